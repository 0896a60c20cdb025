//! What a key remembered and no longer fits is put aside: by somebody, with a reason, or where another
//! record book continues the one that it remembers.

use std::path::PathBuf;

use probity_ledger::book::clear::Continues;
use probity_ledger::format::hash::Index;

use super::file::{FIRST, read, write};
use super::memories::{memories, whose};
use super::{Seen, continued_by, root_of_first};
use crate::store::Mode;
use crate::work::elsewhere::Request;
use crate::work::home::Home;
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::{WorkError, World, time};

/// What a key remembered, and what is gone on from no longer fits.
#[derive(Clone, Debug)]
pub struct PutAside {
    /// Whose key.
    pub name: String,
    /// What it remembered.
    pub lines: Vec<Seen>,
    /// The head that it remembers from now on.
    pub now: Seen,
    /// The file that keeps it.
    pub kept: PathBuf,
}

impl PutAside {
    /// What it means, a sentence for each head.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let (name, now) = (&self.name, &self.now);
        let words = |known: &Seen| {
            if known.fingerprint != now.fingerprint {
                format!(
                    "{name} signed in another record book of this name, with the code {}",
                    known.fingerprint
                )
            } else if known.size > now.size {
                let last = known.size.0 - 1;
                let (which, are) = if now.size.0 == last {
                    (format!("entry {last}"), "is not in this record book: it is lost")
                } else {
                    (
                        format!("entries {} to {last}", now.size),
                        "are not in this record book: they are lost",
                    )
                };
                format!("{which}, which {name} had seen, {are}, unless somebody else holds it")
            } else {
                format!(
                    "the first {} entries of this record book are not those that {name} had seen: some \
                     of those are lost, unless somebody else holds them",
                    known.size
                )
            }
        };
        self.lines.iter().map(words).collect()
    }
}

/// Where an older copy goes on for good, or a new book that was minuted: puts aside what keys of
/// this home remember and the record book contradicts, of one person or of all. It stays beside
/// the key, with the reason; from now on the key remembers the record book as it is.
///
/// # Errors
/// No reason; a memory that can't be read; what the system says.
pub fn accept_loss(
    world: &World,
    home: &Home,
    name: Option<&str>,
    reason: &str,
) -> Result<Vec<PutAside>, WorkError> {
    let (keyring, reading) = (Keyring::of(home), Reading::open(home, &Mode::Browse)?);
    let now = Seen::of(&reading);
    let continues = continued_by(&reading.entry(Index(0))?);
    let contradicts =
        |known: &Seen| now.contradicts(known, continues, &|size| root_of_first(&reading, size));
    let names = match name {
        Some(name) => vec![name.to_owned()],
        None => memories(&home.keys())?.iter().map(|path| whose(path)).collect(),
    };
    let mut all = Vec::new();
    let _lock = keyring.remembering()?;
    for name in names {
        all.extend(now.put_aside(world, &keyring, &name, &contradicts, reason)?);
    }
    Ok(all)
}

/// The same where there is no record book: what contradicts the head that a request names, or is
/// newer than that.
///
/// # Errors
/// As [`accept_loss`].
pub fn accept_loss_of(
    world: &World,
    keyring: &Keyring,
    name: &str,
    request: &Request,
    reason: &str,
) -> Result<Option<PutAside>, WorkError> {
    let now = Seen::of_request(request);
    let contradicts = |known: &Seen| {
        now.contradicts(known, request.continues(), &|size| request.root_of_first(size))
    };
    let _lock = keyring.remembering()?;
    now.put_aside(world, keyring, name, &contradicts, reason)
}

impl Seen {
    /// Takes a record book's place in the memory by the one that continues it, so that a third
    /// which continues that one doesn't contradict the first. What was remembered stays aside.
    ///
    /// # Errors
    /// A memory that can't be read; what the system says.
    pub(super) fn succeed(
        &self,
        world: &World,
        keyring: &Keyring,
        name: &str,
        continues: Option<Continues>,
    ) -> Result<(), WorkError> {
        let succeeds = |known: &Self| {
            known.origin == self.origin
                && known.fingerprint != self.fingerprint
                && continues.is_some_and(|earlier| known.is_continued_by(&earlier))
        };
        let reason = format!("the record book with the code {} continues it", self.fingerprint);
        self.put_aside(world, keyring, name, &succeeds, &reason).map(drop)
    }

    fn put_aside(
        &self,
        world: &World,
        keyring: &Keyring,
        name: &str,
        contradicts: &dyn Fn(&Self) -> bool,
        reason: &str,
    ) -> Result<Option<PutAside>, WorkError> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().any(char::is_control) {
            return Err(WorkError::refused(
                "no reason was given in one line",
                "say what was lost, how, and where that is minuted",
            ));
        }
        let (lines, rest): (Vec<Self>, Vec<Self>) =
            read(&keyring.seen_path(name))?.into_iter().partition(contradicts);
        let Some(first) = lines.first() else { return Ok(None) };
        let remembered: Vec<String> = lines.iter().map(Self::line).collect();
        let text = format!(
            "What the key of {name} remembered until {}, and what the record book no longer \
             shows.\nWhy it was put aside: {reason}\n\nRemembered:\n{FIRST}\n{}\n\n\
             From now on:\n{FIRST}\n{}\n\nKeep this file: it proves what was there.\n",
            time::words(world.now()),
            remembered.join("\n"),
            self.line()
        );
        let file = |number: u32| match number {
            1 => format!("{name}.seen-{}-{}.txt", first.size, first.entry.short()),
            more => format!("{name}.seen-{}-{}-{more}.txt", first.size, first.entry.short()),
        };
        let free = |file: &String| !keyring.seen_path(name).with_file_name(file).exists();
        let file = (1..10_000).map(file).find(free).ok_or_else(|| {
            WorkError::refused(
                format!("too much was put aside for {name} already"),
                "move its older files out of keys/",
            )
        })?;
        // First what is kept: an interruption leaves a key that still refuses.
        let kept = keyring.keep_beside(&file, text.as_bytes())?;
        let same = |one: &Self| one.origin == self.origin && one.fingerprint == self.fingerprint;
        let mut rest = rest;
        if !rest.iter().any(same) {
            rest.push(self.clone());
        }
        write(keyring, name, rest)?;
        Ok(Some(PutAside { name: name.to_owned(), lines, now: self.clone(), kept }))
    }
}
