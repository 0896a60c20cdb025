//! What a signer's key remembers: `keys/NAME.seen`, the newest head of each record book that it
//! signed over. So every signer is a witness of what they saw.
//!
//! ```text
//! probity-seen/v1
//! ORIGIN FINGERPRINT SIZE ROOT ENTRY      one line for each record book, sorted
//! ```
//!
//! FINGERPRINT, ROOT (over the first SIZE entries) and ENTRY (the hash of the newest of them) are
//! hexadecimal. It is written before a signature leaves, over what stood there already: an
//! interruption leaves a memory of something that was there, and never a signature that nobody
//! remembers. Once an entry is kept, the memory takes it in, too.
//!
//! Where records are lost for good and that is minuted, what no longer fits is put aside: into a
//! file `keys/NAME.seen-….txt` that says why, and nothing is deleted ([`accept_loss`]).
//!
//! What this doesn't protect: whoever can write the folder can change the memory. It isn't signed,
//! and is worth what the signer's own machine is worth.

use std::path::{Path, PathBuf};

use probity_ledger::format::entry::{Entry, is_origin};
use probity_ledger::format::hash::{EntryHash, RootHash, Size};
use probity_ledger::format::tree::root_at;

use probity_ledger::book::clear::{ClearFields, Continues};
use probity_ledger::format::hash::Index;
use probity_ledger::records::kind::Clear;
use probity_ledger::verify::remembered::Remembered;

use super::elsewhere::Request;
use super::home::Home;
use super::keyring::Keyring;
use super::reading::Reading;
use super::{WorkError, World, input, time};
use crate::store::{Mode, Store as _};

const FIRST: &str = "probity-seen/v1";

/// Most bytes of a memory: some thousand record books.
pub const MAX_SEEN: u64 = 1 << 20;

/// A head of a record book that a key signed over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// The ledger's origin.
    pub origin: String,
    /// Its first entry.
    pub fingerprint: EntryHash,
    /// How many entries it had.
    pub size: Size,
    /// The root over them.
    pub root: RootHash,
    /// The newest of them.
    pub entry: EntryHash,
}

/// The root over the first entries of a record book, as it is now; `None` when it has fewer.
pub type RootOfFirst<'a> = &'a dyn Fn(Size) -> Option<RootHash>;

impl Seen {
    /// The head of an open record book.
    #[must_use]
    pub fn of(reading: &Reading) -> Self {
        let head = reading.store.head();
        Self {
            origin: reading.authority.origin.clone(),
            fingerprint: reading.authority.fingerprint,
            size: head.size,
            root: reading.store.root(),
            entry: head.hash,
        }
    }

    /// The head that a request names.
    #[must_use]
    pub fn of_request(request: &Request) -> Self {
        Self {
            origin: request.origin.clone(),
            fingerprint: request.fingerprint,
            size: request.checkpoint.size,
            root: request.checkpoint.root,
            entry: request.after().1,
        }
    }

    /// Refuses a record book that isn't the one that this key signed over, or went back since;
    /// what shows it is kept beside the key. A new one `continues` an earlier one, with all that
    /// this key signed over.
    ///
    /// # Errors
    /// That; or a memory that can't be read.
    pub fn check(
        &self,
        keyring: &Keyring,
        name: &str,
        continues: Option<Continues>,
        root_of_first: RootOfFirst<'_>,
    ) -> Result<(), WorkError> {
        let all = read(&keyring.seen_path(name))?;
        match all.iter().find(|known| self.contradicts(known, continues, root_of_first)) {
            None => Ok(()),
            Some(known) => {
                let kept = self.keep_proof(keyring, name, known)?;
                let earlier = continues.filter(|earlier| earlier.fingerprint == known.fingerprint);
                Err(match earlier {
                    Some(earlier) => known.not_whole(&earlier, name, &kept),
                    None => self.contradiction(known, name, &kept),
                })
            }
        }
    }

    /// Whether this head is not one that goes on from a remembered one.
    fn contradicts(
        &self,
        known: &Self,
        continues: Option<Continues>,
        root_of_first: RootOfFirst<'_>,
    ) -> bool {
        known.origin == self.origin
            && !continues.is_some_and(|earlier| known.is_continued_by(&earlier))
            && (known.fingerprint != self.fingerprint
                || root_of_first(known.size) != Some(known.root))
    }

    /// Whether a new record book goes on from this head, or from a later one of the same book: what
    /// that one was can't be told here.
    fn is_continued_by(&self, earlier: &Continues) -> bool {
        earlier.fingerprint == self.fingerprint
            && (earlier.size > self.size
                || (earlier.size == self.size && earlier.root == self.root))
    }

    /// Refuses a request that was made before the newest head that this key signed over: nothing
    /// in it can be held against that, and nothing is wrong with it.
    ///
    /// # Errors
    /// That; or a memory that can't be read.
    pub fn check_age(&self, keyring: &Keyring, name: &str) -> Result<(), WorkError> {
        let newer = |known: &Self| {
            (&known.origin, known.fingerprint) == (&self.origin, self.fingerprint)
                && known.size > self.size
        };
        match read(&keyring.seen_path(name))?.into_iter().find(newer) {
            None => Ok(()),
            Some(known) => Err(WorkError::refused(
                format!(
                    "the request was made when the record book had {} entries, and {name} has signed over \
                     {} since",
                    self.size, known.size
                ),
                format!(
                    "ask the school for a new request of the same; it can't be told from this one whether \
                     the book went back. If the school says that it restored an older copy, and that is \
                     minuted, see `probity key forget-seen {name} --help`"
                ),
            )),
        }
    }

    /// A new record book that goes on from less than this.
    fn not_whole(&self, earlier: &Continues, name: &str, kept: &Path) -> WorkError {
        let what = if earlier.size < self.size {
            format!("from its first {} entries, and {name} signed over {}", earlier.size, self.size)
        } else {
            format!("from other {} entries than those that {name} signed over", earlier.size)
        };
        WorkError::refused(
            format!(
                "this new record book continues the earlier one not as {name} knows it: {what}"
            ),
            format!(
                "nothing was signed. What shows it is in {}: keep it, and ask where the newer records are. \
                 Where they are lost for good, and that is minuted, put what the key remembers aside with \
                 `probity key forget-seen {name} --reason TEXT`",
                kept.display()
            ),
        )
    }

    fn contradiction(&self, known: &Self, name: &str, kept: &Path) -> WorkError {
        let kept = kept.display();
        if known.fingerprint != self.fingerprint {
            return WorkError::refused(
                format!(
                    "this is another record book of the name {} than the one that {name} signed in: \
                     its code is {}, expected {}",
                    self.origin, self.fingerprint, known.fingerprint
                ),
                format!(
                    "ask for the code in the governors' minutes; what shows it is in {kept}. If it \
                     really is another school's book of the same name, or a new one that was minuted, \
                     put what the key remembers aside with `probity key forget-seen {name} --reason TEXT`"
                ),
            );
        }
        let what = if self.size < known.size {
            format!("it has {} entries, and {name} signed over {}", self.size, known.size)
        } else {
            format!("its first {} entries are not those that {name} signed over", known.size)
        };
        WorkError::refused(
            format!("this record book went back or was rewritten: {what}"),
            format!(
                "nothing was signed. An older copy may have been restored and carried on, or somebody \
                 rewrote it; this can't tell which. What shows it is in {kept}: keep it, and tell the data \
                 protection officer and the chair of governors today. Where newer records are lost for good, \
                 and it is minuted that an older copy goes on, put what the key remembers aside with \
                 `probity key forget-seen {name} --reason TEXT`"
            ),
        )
    }

    /// Both heads, in words and exactly, beside the key.
    fn keep_proof(
        &self,
        keyring: &Keyring,
        name: &str,
        known: &Self,
    ) -> Result<PathBuf, WorkError> {
        let text = format!(
            "This record book contradicts what the key of {name} signed over.\n\n\
             Signed over earlier:\n{FIRST}\n{}\n\nFound now:\n{FIRST}\n{}\n\n\
             Keep this file, keys/{name}.seen, the request file if there was one, and a copy of the \
             record book.\n",
            known.line(),
            self.line()
        );
        let file = format!("{name}.contradiction-{}.txt", self.entry.short());
        keyring.keep_beside(&file, text.as_bytes())
    }

    /// Holds this head against what a key remembers, and has the key remember it. No other process
    /// does so in between: of two, the older head would be written last.
    ///
    /// # Errors
    /// As [`Seen::check`]; what the system says.
    pub fn take_up(
        &self,
        world: &World,
        keyring: &Keyring,
        name: &str,
        continues: Option<Continues>,
        root_of_first: RootOfFirst<'_>,
    ) -> Result<(), WorkError> {
        let _lock = keyring.remembering()?;
        self.check(keyring, name, continues, root_of_first)?;
        self.succeed(world, keyring, name, continues)?;
        self.remember(keyring, name)
    }

    /// Remembers this head, which goes on from what was taken up before.
    ///
    /// # Errors
    /// What the system says.
    pub fn go_on(&self, keyring: &Keyring, name: &str) -> Result<(), WorkError> {
        let _lock = keyring.remembering()?;
        self.remember(keyring, name)
    }

    /// Remembers this head, if it is newer than what is remembered.
    fn remember(&self, keyring: &Keyring, name: &str) -> Result<(), WorkError> {
        let mut all = read(&keyring.seen_path(name))?;
        let same =
            |one: &&mut Self| one.origin == self.origin && one.fingerprint == self.fingerprint;
        match all.iter_mut().find(same) {
            Some(known) if known.size >= self.size => return Ok(()),
            Some(known) => known.clone_from(self),
            None => all.push(self.clone()),
        }
        write(keyring, name, all)
    }

    fn remembered(self, by: &str) -> Remembered {
        let Self { origin, fingerprint, size, root, .. } = self;
        Remembered { by: by.to_owned(), origin, fingerprint, size, root }
    }

    fn line(&self) -> String {
        format!("{} {} {} {} {}", self.origin, self.fingerprint, self.size, self.root, self.entry)
    }

    /// One line of a memory.
    fn parse(line: &str) -> Option<Self> {
        let parts: Vec<&str> = line.split(' ').collect();
        let [origin, fingerprint, size, root, entry] = parts.as_slice() else { return None };
        let hash = |text: &str| <[u8; 32]>::try_from(hex::decode(text).ok()?).ok();
        let seen = Self {
            origin: (*origin).to_owned(),
            fingerprint: EntryHash(hash(fingerprint)?),
            size: Size(size.parse().ok()?),
            root: RootHash(hash(root)?),
            entry: EntryHash(hash(entry)?),
        };
        (is_origin(origin) && seen.size.0 > 0 && seen.line() == line).then_some(seen)
    }
}

/// Holds an open record book against what a key remembers of it, and has the key remember it.
///
/// # Errors
/// As [`Seen::take_up`].
pub fn sign_over(
    world: &World,
    reading: &Reading,
    keyring: &Keyring,
    name: &str,
) -> Result<(), WorkError> {
    let seen = Seen::of(reading);
    let continues = continued_by(&reading.entry(Index(0))?);
    seen.take_up(world, keyring, name, continues, &|size| root_of_first(reading, size))
}

/// The root over the first entries of an open record book.
fn root_of_first(reading: &Reading, size: Size) -> Option<RootHash> {
    (size <= reading.store.head().size).then(|| root_at(reading.store.nodes(), size))?
}

/// The record book that one continues, by its genesis entry.
pub(super) fn continued_by(genesis: &Entry) -> Option<Continues> {
    match ClearFields::parse(Clear::Genesis, genesis.own_words().clear) {
        Ok(ClearFields::Genesis { continues, .. }) => continues,
        _ => None,
    }
}

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
    fn succeed(
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

/// Writes a memory.
fn write(keyring: &Keyring, name: &str, mut all: Vec<Seen>) -> Result<(), WorkError> {
    all.sort();
    let mut text = format!("{FIRST}\n");
    for one in &all {
        text.push_str(&one.line());
        text.push('\n');
    }
    keyring.keep_beside(&format!("{name}.seen"), text.as_bytes()).map(drop)
}

/// The memories in a folder of keys, sorted.
fn memories(folder: &Path) -> Result<Vec<PathBuf>, WorkError> {
    let reading = || WorkError::file("reading", folder);
    let mut all = Vec::new();
    if !folder.exists() {
        return Ok(all);
    }
    for item in std::fs::read_dir(folder).map_err(reading())? {
        let path = item.map_err(reading())?.path();
        if path.extension().is_some_and(|extension| extension == "seen") {
            all.push(path);
        }
    }
    all.sort();
    Ok(all)
}

/// Whose memory a file is.
fn whose(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// What the keys of a home remember.
///
/// # Errors
/// What the system says, or a memory that isn't as it was written.
pub fn of_home(home: &Home) -> Result<Vec<Remembered>, WorkError> {
    let mut all = Vec::new();
    for path in memories(&home.keys())? {
        all.extend(remembered(&path)?);
    }
    all.sort_by(|a, b| (a.size, &a.by).cmp(&(b.size, &b.by)));
    Ok(all)
}

/// What a memory holds, as verification takes it.
///
/// # Errors
/// As [`read`].
pub fn remembered(path: &Path) -> Result<Vec<Remembered>, WorkError> {
    let by = whose(path);
    Ok(read(path)?.into_iter().map(|one| one.remembered(&by)).collect())
}

/// What the signers of a home remember, for a record book that is to come into it. Whatever
/// else such a file holds is left alone.
///
/// # Errors
/// What the system says.
pub(super) fn of_signers(home: &Home) -> Result<Vec<Remembered>, WorkError> {
    let mut all = Vec::new();
    for path in memories(&home.keys())? {
        let by = whose(&path);
        let text = input::text(&path, MAX_SEEN).unwrap_or_default();
        all.extend(text.lines().filter_map(Seen::parse).map(|one| one.remembered(&by)));
    }
    Ok(all)
}

/// Reads a memory: none, if there is no such file.
///
/// # Errors
/// What the system says, or a file of another form.
pub fn read(path: &Path) -> Result<Vec<Seen>, WorkError> {
    match input::text(path, MAX_SEEN) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(WorkError::file("reading", path)(error)),
        Ok(text) => parse(&text).ok_or_else(|| {
            WorkError::refused(
                format!("{} is not a memory as it was written", path.display()),
                "take it from a backup; without it nothing tells whether a record book went back",
            )
        }),
    }
}

/// Whether a file looks like a memory.
#[must_use]
pub fn is_memory(bytes: &[u8]) -> bool {
    bytes.starts_with(FIRST.as_bytes())
}

/// Reads the text of a memory; `None` if it has another form.
#[must_use]
pub fn parse(text: &str) -> Option<Vec<Seen>> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    if lines.next() != Some(FIRST) {
        return None;
    }
    let all = lines.map(Seen::parse).collect::<Option<Vec<Seen>>>()?;
    all.is_sorted().then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(size: u64) -> Seen {
        Seen {
            origin: "hill.example/records".to_owned(),
            fingerprint: EntryHash([1; 32]),
            size: Size(size),
            root: RootHash([2; 32]),
            entry: EntryHash([3; 32]),
        }
    }

    /// A third record book that continues a second of the same name, which continued a first: the
    /// first is remembered no more, and kept aside.
    #[test]
    fn a_memory_follows_from_book_to_book() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::locate(Some(folder.path().join("home"))).expect("a home");
        let (world, keyring) = (World::real(), Keyring::of(&home));
        let book =
            |number: u8, size: u64| Seen { fingerprint: EntryHash([number; 32]), ..seen(size) };
        let (first, second, third) = (book(1, 7), book(2, 3), book(3, 2));
        let whole =
            |one: &Seen| Continues { fingerprint: one.fingerprint, size: one.size, root: one.root };
        let sign = |one: &Seen, continues: Option<Continues>| {
            one.check(&keyring, "ruth", continues, &|_| Some(one.root))?;
            one.succeed(&world, &keyring, "ruth", continues)?;
            one.remember(&keyring, "ruth")
        };
        sign(&first, None).expect("signed");
        let less = Continues { size: Size(6), ..whole(&first) };
        let refused = sign(&second, Some(less)).expect_err("a record is missing").to_string();
        assert!(refused.contains("first 6 entries, and ruth signed over 7"), "{refused}");
        let other = Continues { root: RootHash([9; 32]), ..whole(&first) };
        assert!(sign(&second, Some(other)).is_err(), "seven other entries");
        sign(&second, Some(whole(&first))).expect("signed");
        // Of later entries than the key saw nothing is known.
        let more = Continues { size: Size(9), root: RootHash([9; 32]), ..whole(&second) };
        sign(&third, Some(more)).expect("signed");
        assert_eq!(read(&keyring.seen_path("ruth")).expect("a memory"), [third]);
        let aside = std::fs::read_dir(home.keys()).expect("listed").count();
        assert_eq!(aside, 4, "the memory, two books aside, and what was refused");
        assert!(sign(&first, None).is_err(), "the first is continued, and not gone on with");
    }

    /// A line that was half written, or that somebody changed by hand, is not taken for another
    /// memory.
    #[test]
    fn a_memory_has_one_spelling() {
        let good = format!("{FIRST}\n{}\n", seen(7).line());
        assert_eq!(parse(&good), Some(vec![seen(7)]));
        assert_eq!(parse(&format!("{FIRST}\n")), Some(Vec::new()));
        let upper = good.replace("03030303\n", "0303030A\n");
        for bad in [
            "",
            FIRST,
            good.trim_end(),
            &good[..good.len() - 2],
            &good.replace(" 7 ", " 07 "),
            &good.replace(" 7 ", " 0 "),
            &good.replace(" 7 ", "  7 "),
            &good.replace("v1", "v2"),
            &good.replace("hill", "Hill"),
            &format!("{good}{}\n", seen(3).line()),
            &format!("{good}\n"),
            &upper,
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
