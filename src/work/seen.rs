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
//! What this doesn't protect: whoever can write the folder can change the memory. It isn't signed,
//! and is worth what the signer's own machine is worth.

use std::path::{Path, PathBuf};

use probity_ledger::format::entry::is_origin;
use probity_ledger::format::hash::{EntryHash, RootHash, Size};
use probity_ledger::format::tree::root_at;

use probity_ledger::book::clear::ClearFields;
use probity_ledger::format::hash::Index;
use probity_ledger::records::kind::Clear;
use probity_ledger::verify::remembered::Remembered;

use super::elsewhere::Request;
use super::home::Home;
use super::keyring::Keyring;
use super::reading::Reading;
use super::{WorkError, input};
use crate::store::Store as _;

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
    /// what shows it is kept beside the key. A new one `continues` the one of that fingerprint.
    ///
    /// # Errors
    /// That; or a memory that can't be read.
    pub fn check(
        &self,
        keyring: &Keyring,
        name: &str,
        continues: Option<EntryHash>,
        root_of_first: RootOfFirst<'_>,
    ) -> Result<(), WorkError> {
        let all = read(&keyring.seen_path(name))?;
        let concerns =
            |known: &&Self| known.origin == self.origin && continues != Some(known.fingerprint);
        for known in all.iter().filter(concerns) {
            if known.fingerprint == self.fingerprint
                && root_of_first(known.size) == Some(known.root)
            {
                continue;
            }
            let kept = self.keep_proof(keyring, name, known)?;
            return Err(self.contradiction(known, name, &kept));
        }
        Ok(())
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
                "ask the school for a new request of the same; it can't be told from this one whether the \
                 book went back",
            )),
        }
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
                     take its line out of keys/{name}.seen"
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
                 and it is minuted that an older copy goes on, take the book's line out of keys/{name}.seen"
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

    /// Remembers this head, if it is newer than what is remembered.
    ///
    /// # Errors
    /// What the system says.
    pub fn remember(&self, keyring: &Keyring, name: &str) -> Result<(), WorkError> {
        let mut all = read(&keyring.seen_path(name))?;
        let same =
            |one: &&mut Self| one.origin == self.origin && one.fingerprint == self.fingerprint;
        match all.iter_mut().find(same) {
            Some(known) if known.size >= self.size => return Ok(()),
            Some(known) => known.clone_from(self),
            None => all.push(self.clone()),
        }
        all.sort();
        let mut text = format!("{FIRST}\n");
        for one in &all {
            text.push_str(&one.line());
            text.push('\n');
        }
        keyring.keep_beside(&format!("{name}.seen"), text.as_bytes()).map(drop)
    }

    fn line(&self) -> String {
        format!("{} {} {} {} {}", self.origin, self.fingerprint, self.size, self.root, self.entry)
    }

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
/// As [`Seen::check`] and [`Seen::remember`].
pub fn sign_over(reading: &Reading, keyring: &Keyring, name: &str) -> Result<(), WorkError> {
    let seen = Seen::of(reading);
    let root = |size: Size| (size <= seen.size).then(|| root_at(reading.store.nodes(), size))?;
    let genesis = reading.entry(Index(0))?;
    let clear = ClearFields::parse(Clear::Genesis, genesis.own_words().clear);
    let continues = match clear {
        Ok(ClearFields::Genesis { continues, .. }) => continues.map(|earlier| earlier.fingerprint),
        _ => None,
    };
    seen.check(keyring, name, continues, &root)?;
    seen.remember(keyring, name)
}

/// What the keys of a home remember.
///
/// # Errors
/// What the system says, or a memory that isn't as it was written.
pub fn of_home(home: &Home) -> Result<Vec<Remembered>, WorkError> {
    let folder = home.keys();
    let mut all = Vec::new();
    if !folder.exists() {
        return Ok(all);
    }
    let reading = || WorkError::file("reading", &folder);
    for item in std::fs::read_dir(&folder).map_err(reading())? {
        let path = item.map_err(reading())?.path();
        if path.extension().is_some_and(|extension| extension == "seen") {
            all.extend(remembered(&path)?);
        }
    }
    all.sort_by(|a, b| (a.size, &a.by).cmp(&(b.size, &b.by)));
    Ok(all)
}

/// What a memory holds, as verification takes it.
///
/// # Errors
/// As [`read`].
pub fn remembered(path: &Path) -> Result<Vec<Remembered>, WorkError> {
    let by = path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let all = read(path)?.into_iter().map(|one| Remembered {
        by: by.clone(),
        origin: one.origin,
        fingerprint: one.fingerprint,
        size: one.size,
        root: one.root,
    });
    Ok(all.collect())
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
