//! What is due for backups: one of the newest records, and one to each medium that may still open
//! what was erased.

use std::collections::BTreeSet;

use probity_ledger::book::due::{self, Due, When};
use probity_ledger::book::rules::Worked;
use probity_ledger::format::hash::Index;
use probity_ledger::records::days;

use super::note::{Medium, media};
use crate::store::Store as _;
use crate::work::home::Home;
use crate::work::reading::Reading;
use crate::work::{WorkError, erase, time};

/// For how many days records may be nowhere but here, and a medium may open what was erased.
const DAYS: i64 = 7;

/// When the next backups are due. What media there are is known for now only, so nothing is said of
/// a moment (POSIX seconds) at which there were fewer records.
///
/// # Errors
/// Damage.
pub fn due(home: &Home, reading: &Reading, at: i64) -> Result<Vec<Due>, WorkError> {
    let newest = Index(reading.store.head().size.0.saturating_sub(1));
    if reading.entry(newest)?.own_words().time > at {
        return Ok(Vec::new());
    }
    let media = match media(home) {
        Ok(media) => media,
        Err(error) => return Ok(vec![untold(reading, newest, &error)]),
    };
    let mut all: Vec<Due> = weekly(reading, &media, at)?.into_iter().collect();
    for (medium, erasure) in media.iter().zip(behind(reading, &media)?) {
        if let Some(erasure) = erasure {
            all.push(forgetting(reading, medium, erasure, at)?);
        }
    }
    Ok(all)
}

/// That it can't be told, because of a list of media that can't be read.
fn untold(reading: &Reading, newest: Index, error: &WorkError) -> Due {
    Due {
        rule: "backup-weekly",
        title: "Backup: when it is due can't be told, as the list of backups can't be read \
                (`probity backup --list`)"
            .to_owned(),
        about: Some(error.to_string()),
        case: None,
        entry: newest,
        when: When::NotKnown,
        legal: None,
        target: None,
        source: "docs/guide/backing-up.md",
        state: due::State::Open,
        uid: uid(reading),
        corrected: None,
    }
}

/// The name of what is due for the whole book.
fn uid(reading: &Reading) -> String {
    format!("backup-{}", &reading.authority.fingerprint.to_string()[..16])
}

/// A week after the oldest record that is on no medium which was whole since.
fn weekly(reading: &Reading, media: &[Medium], at: i64) -> Result<Option<Due>, WorkError> {
    let copied = media.iter().filter(|medium| medium.at > 0).map(|one| one.size).max();
    let first = copied.unwrap_or(0);
    if first >= reading.store.head().size.0 {
        return Ok(None);
    }
    let (when, state, since) = a_week_after(reading, Index(first), at)?;
    let words = match copied {
        None => format!("never backed up from here; first record of {since}; {DAYS} days later"),
        Some(_) => {
            format!("on no medium since entry {first}, of {since}; {DAYS} days later")
        }
    };
    let rule = "backup-weekly";
    Ok(Some(Due {
        rule,
        title: "Backup due: copy the newest records to another medium (`probity backup FOLDER`)"
            .to_owned(),
        about: None,
        case: None,
        entry: Index(first),
        when,
        legal: None,
        target: Some(Worked { rule, due: when, words }),
        source: "docs/guide/backing-up.md",
        state,
        uid: uid(reading),
        corrected: None,
    }))
}

/// A week after an erasure that a medium knows nothing of.
fn forgetting(
    reading: &Reading,
    medium: &Medium,
    erasure: Index,
    at: i64,
) -> Result<Due, WorkError> {
    let (when, state, since) = a_week_after(reading, erasure, at)?;
    let rule = "backup-after-erasure";
    let words = format!("complete with entry {erasure}, of {since}; {DAYS} days later");
    Ok(Due {
        rule,
        title:
            "This backup may still open what was erased: bring it up to date, or destroy it and \
                strike it off with `probity backup --forget`"
                .to_owned(),
        about: Some(format!("{} ({})", medium.path.display(), medium.of())),
        case: None,
        entry: erasure,
        when,
        legal: None,
        target: Some(Worked { rule, due: when, words }),
        source: "docs/guide/backing-up.md",
        state,
        uid: format!("backup-{}-{erasure}", medium.id),
        corrected: None,
    })
}

/// The day a week after an entry was signed, what that is by now, and the day of signing in words.
fn a_week_after(
    reading: &Reading,
    index: Index,
    at: i64,
) -> Result<(When, due::State, String), WorkError> {
    let time = reading.entry(index)?.own_words().time;
    let limit = days::day_at(time.saturating_add(DAYS * 86_400));
    let overdue = days::day_at(at).is_some_and(|today| limit.is_some_and(|limit| limit < today));
    let state = if overdue { due::State::Overdue } else { due::State::Open };
    let since = time::day_words(&time::iso_day(time));
    Ok((limit.map_or(When::NotKnown, When::Day), state, since))
}

/// For each of these media, the entry that completed the first erasure of which it knows nothing:
/// it may still open what that took away. One that is unfinished may hold anything.
///
/// # Errors
/// Damage.
pub fn behind(reading: &Reading, media: &[Medium]) -> Result<Vec<Option<Index>>, WorkError> {
    let complete: BTreeSet<Index> =
        if media.is_empty() { BTreeSet::new() } else { erase::completing(reading)? };
    let first = |medium: &Medium| complete.range(Index(medium.size)..).next().copied();
    Ok(media.iter().map(first).collect())
}
