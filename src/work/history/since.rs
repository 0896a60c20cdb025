//! What has happened since an entry was signed.

use probity_ledger::book::clear::ClearFields;
use probity_ledger::book::judge;
use probity_ledger::format::hash::{EntryHash, Index};
use probity_ledger::records::kind::Relation;
use probity_ledger::records::roles;
use probity_ledger::verify::words::indices;
use serde::Serialize;

use super::words::{backwards, spoken};
use super::{Aftermath, Doubt, doubt, rfc3339};
use crate::work::WorkError;
use crate::work::reading::{Reading, Record};
use crate::work::time;

/// Another entry that bears on one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Later {
    /// Its place.
    pub entry: Index,
    /// Its hash.
    pub hash: EntryHash,
    /// Its relation; null when both only name the same file.
    pub relation: Option<&'static str>,
    /// Name of its kind.
    pub kind: String,
    /// What its kind is called by people.
    pub title: String,
    /// Who signed it.
    pub signer: String,
    /// The role in which it was signed.
    pub role: String,
    /// When: POSIX seconds; as JSON RFC 3339 in UTC.
    #[serde(serialize_with = "rfc3339")]
    pub time: i64,
    /// The decision that stands in clear, or null.
    pub decision: Option<&'static str>,
    /// In words: `approved by entry 9, DPIA approval by Amina Khan, Headteacher, on …`.
    pub words: String,
}

/// The exception that an entry stands under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ByException {
    /// The exception's entry.
    pub entry: Index,
    /// Whether the role that it names ratified it.
    pub ratified: bool,
    /// The ratifications, by whatever role.
    pub ratifications: Vec<Index>,
}

/// The end of the author's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyEnd {
    /// The revocation's entry.
    pub entry: Index,
    /// Since when the key may have been in other hands, as POSIX seconds, or null.
    pub suspect_since: Option<i64>,
}

/// What has happened since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Since {
    /// Whether the act is complete.
    pub complete: bool,
    /// What it lacks, in words.
    pub lacks: Vec<String>,
    /// The entries that link to it, oldest first.
    pub links: Vec<Later>,
    /// Approvals, advice and paper signatures on files that it names, too.
    pub on_same_files: Vec<Later>,
    /// Corrections of what it approves or advises on: while there are any, it is stale.
    pub stale: Vec<Index>,
    /// Signatures given on the same content after that.
    pub given_again: Vec<Index>,
    /// The exception that it stands under, or null.
    pub exception: Option<ByException>,
    /// The revocation of its author's key, or null.
    pub key_revoked: Option<KeyEnd>,
    /// Why it may be somebody else's, or null.
    pub doubtful: Option<Doubt>,
    /// Newer appointments of its author's key.
    pub appointed_anew: Vec<Index>,
    /// Entries that correct its time.
    pub clock_corrections: Vec<Index>,
    /// The rest of that in sentences.
    pub words: Vec<String>,
}

impl Since {
    /// Looks at everything after an entry.
    ///
    /// # Errors
    /// Damage.
    pub fn of(reading: &Reading, after: &Aftermath, record: &Record) -> Result<Self, WorkError> {
        let (entry, index, hash) = (&record.entry, record.index(), record.entry.hash());
        let links = after
            .since(&hash)
            .iter()
            .map(|(relation, at)| later(reading, *at, Some(*relation)))
            .collect::<Result<Vec<_>, WorkError>>()?;
        let stale = after.stale(entry);
        let newest = stale.last().copied();
        let mut since = Self {
            complete: after.lacking_all(index).next().is_none(),
            lacks: after.lacking_all(index).map(str::to_owned).collect(),
            on_same_files: on_same_files(reading, after, record, &links)?,
            given_again: newest.map(|newest| after.again(entry, newest)).unwrap_or_default(),
            exception: exception(after, record),
            doubtful: doubt(&reading.authority, &entry.says().kid, index),
            clock_corrections: after.clock_corrections(index).to_vec(),
            links,
            stale,
            key_revoked: None,
            appointed_anew: Vec::new(),
            words: Vec::new(),
        };
        if let Some(key) = reading.authority.key(&entry.says().kid) {
            since.key_revoked = key.revoked.as_ref().map(|revoked| KeyEnd {
                entry: revoked.index,
                suspect_since: revoked.suspect_since,
            });
            // Entry 1 appoints the key of entry 0 again, as every ledger begins.
            since.appointed_anew = key
                .appointments
                .iter()
                .map(|appointment| appointment.index)
                .filter(|at| *at > index && *at > Index(1))
                .collect();
        }
        since.words = since.others(reading, after, record);
        Ok(since)
    }

    /// The entries before `at` that name the same files.
    #[must_use]
    pub fn earlier(&self, at: Index) -> Vec<String> {
        let earlier = self.on_same_files.iter().filter(|on| on.entry < at);
        earlier
            .map(|on| on.words.split_once(" in entry ").map_or(&*on.words, |(_, words)| words))
            .map(|words| format!("entry {words}"))
            .collect()
    }

    /// All that came after `at` in sentences; none when nothing happened and nothing is lacking.
    #[must_use]
    pub fn sentences(&self, at: Index) -> Vec<String> {
        let on_files = self.on_same_files.iter().filter(|on| on.entry > at);
        let later = briefly(self.links.iter().chain(on_files)).into_iter();
        let lacks = self.lacks.iter().map(|why| format!("not complete: {why}"));
        later.chain(lacks).chain(self.words.iter().cloned()).collect()
    }

    fn others(&self, reading: &Reading, after: &Aftermath, record: &Record) -> Vec<String> {
        let mut all = Vec::new();
        if let Some(exception) = &self.exception {
            all.push(format!(
                "signed by exception (entry {}), {}",
                exception.entry,
                match (exception.ratified, exception.ratifications.as_slice()) {
                    (true, by) => format!("ratified by entry {}", indices(by)),
                    (false, []) => "not ratified".to_owned(),
                    (false, by) =>
                        format!("not ratified by the role that it names (entry {})", indices(by)),
                }
            ));
        }
        if !self.stale.is_empty() {
            let again = if self.given_again.is_empty() {
                "it has to be given again".to_owned()
            } else {
                format!("signed again in entry {}", indices(&self.given_again))
            };
            all.push(format!(
                "stale: what it rests on was corrected by entry {}; {again}",
                indices(&self.stale)
            ));
        }
        self.key_sentences(reading, record, &mut all);
        if !self.clock_corrections.is_empty() {
            all.push(format!(
                "its time is said to be wrong by entry {}",
                indices(&self.clock_corrections)
            ));
        }
        if after.is_unreadable(record) {
            all.push(
                "its answers can't be opened, and no erasure says why: run `probity verify`"
                    .to_owned(),
            );
        } else if record.body.is_none() {
            all.push("its answers were erased and can't be read".to_owned());
        }
        all
    }

    fn key_sentences(&self, reading: &Reading, record: &Record, all: &mut Vec<String>) {
        if let Some(end) = &self.key_revoked {
            let suspect = end.suspect_since.map_or_else(String::new, |since| {
                format!("; it may have been in other hands from {}", time::words(since))
            });
            all.push(format!("its author's key was revoked by entry {}{suspect}", end.entry));
        }
        if let Some(doubt) = &self.doubtful {
            let whose = if doubt.through_appointment {
                "the key that appointed its author"
            } else {
                "its author's key"
            };
            all.push(format!(
                "doubtful: the signature is valid, but {whose} is suspect (entry {}), so it isn't \
                 proven who signed",
                doubt.revocation
            ));
        }
        if !self.appointed_anew.is_empty() {
            let now = reading.roles_of(&record.entry.says().kid);
            let titles: Vec<&str> = now.iter().map(|role| roles::title(role)).collect();
            let now = if titles.is_empty() {
                String::new()
            } else {
                format!(", now as {}", titles.join(", "))
            };
            all.push(format!(
                "its author was appointed anew by entry {}{now}",
                indices(&self.appointed_anew)
            ));
        }
        if let Some(ClearFields::Appointment { key, .. }) = &record.clear {
            if !self.links.iter().any(|later| later.relation == Some(Relation::Accepts.name())) {
                all.push("its holder has not accepted it".to_owned());
            }
            let theirs = reading.authority.key(&key.kid());
            if let Some(end) = theirs.and_then(|key| key.revoked.as_ref()) {
                all.push(format!("the key that it appoints was revoked by entry {}", end.index));
            }
        }
    }
}

/// More of one sort than this are told by the first of them; an import has thousands.
const MANY: usize = 12;

fn briefly<'a>(later: impl Iterator<Item = &'a Later>) -> Vec<String> {
    let mut sorts: Vec<(&Later, Vec<&Later>)> = Vec::new();
    for one in later {
        let alike = |(first, _): &&mut (&Later, Vec<&Later>)| {
            (first.relation, &first.kind) == (one.relation, &one.kind)
        };
        match sorts.iter_mut().find(alike) {
            Some((_, all)) => all.push(one),
            None => sorts.push((one, vec![one])),
        }
    }
    let mut told: Vec<(Index, String)> = Vec::new();
    for (first, all) in sorts {
        if all.len() > MANY {
            let last = all.last().map_or(first.entry, |last| last.entry);
            let more = all.len() - 1;
            told.push((
                first.entry,
                format!("{}; and by {more} more of that kind, up to entry {last}", first.words),
            ));
        } else {
            told.extend(all.into_iter().map(|one| (one.entry, one.words.clone())));
        }
    }
    told.sort_by_key(|(entry, _)| *entry);
    told.into_iter().map(|(_, words)| words).collect()
}

fn later(reading: &Reading, at: Index, relation: Option<Relation>) -> Result<Later, WorkError> {
    let record = reading.shown(at)?;
    let said = record.entry.says();
    let decision = record.decision();
    let how = match (relation, decision) {
        (Some(relation), _) => backwards(relation, decision).to_owned(),
        (None, Some(decision)) => format!("the same file is signed ({}) in", spoken(decision)),
        (None, None) => "the same file is signed in".to_owned(),
    };
    Ok(Later {
        entry: at,
        hash: record.entry.hash(),
        relation: relation.map(Relation::name),
        kind: said.kind.to_owned(),
        title: record.title().to_owned(),
        signer: reading.signer(&record.entry),
        role: said.role.to_owned(),
        time: said.time,
        decision,
        words: format!(
            "{how} entry {at}, {} by {}, on {}",
            record.title(),
            reading.signer_and_role(&record.entry),
            time::words(said.time)
        ),
    })
}

/// Signatures on the record's files, before or after it, that don't link to it anyway.
fn on_same_files(
    reading: &Reading,
    after: &Aftermath,
    record: &Record,
    links: &[Later],
) -> Result<Vec<Later>, WorkError> {
    let mut found: Vec<Index> = record
        .body
        .iter()
        .flat_map(judge::documents)
        .flat_map(|document| after.on_file(&document.sha256).to_vec())
        .filter(|at| *at != record.index() && !links.iter().any(|later| later.entry == *at))
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(|at| later(reading, at, None)).collect()
}

fn exception(after: &Aftermath, record: &Record) -> Option<ByException> {
    let (_, hash) = record.links().iter().find(|(relation, _)| *relation == Relation::Excepts)?;
    Some(ByException {
        entry: after.place(hash)?,
        ratified: !after.is_by_exception(record.index()),
        ratifications: after.linked_by(hash, Relation::Ratifies).collect(),
    })
}
