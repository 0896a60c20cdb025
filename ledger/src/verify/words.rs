//! The verdict in sentences, for the person in charge and for an inspector.
//!
//! The sentences say what was checked and no more; each verdict ends by saying what no
//! check can show.

use jiff::tz::TimeZone;

use super::verdict::{Continuity, Subject, Verdict};
use crate::format::hash::Index;

mod erased;
mod head;
mod inspector;
mod meaning;
mod missing;
mod not_genuine;
mod outside;
mod stated;
mod whose_word;

/// Whom the sentences are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// A head teacher or whoever is in charge.
    Head,
    /// An inspector, auditor or engineer.
    Inspector,
}

/// How every verdict ends.
pub const CLOSING: &str = "This check shows whether the records are as signed. It doesn't show that they \
                           are true, complete, or that the decisions were right.";

/// A moment as people in the school write it: `21 November 2026, 14:02 GMT`.
#[must_use]
pub fn moment(time: i64) -> String {
    in_london(time).map_or_else(
        || format!("{time} seconds after 1970"),
        |zoned| zoned.strftime("%-d %B %Y, %H:%M %Z").to_string(),
    )
}

/// A moment's day: `21 November 2026`.
#[must_use]
pub fn day(time: i64) -> String {
    in_london(time).map_or_else(
        || format!("{time} seconds after 1970"),
        |zoned| zoned.strftime("%-d %B %Y").to_string(),
    )
}

fn in_london(time: i64) -> Option<jiff::Zoned> {
    let zone = TimeZone::get("Europe/London").ok()?;
    Some(jiff::Timestamp::from_second(time).ok()?.to_zoned(zone))
}

/// A count with its noun: `1 record`, `12 records`.
#[must_use]
pub fn count(number: u64, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// Indices as a short list: `3, 7 and 12`, with a count where there are many.
#[must_use]
pub fn indices(all: &[Index]) -> String {
    const SHOWN: usize = 12;
    let words: Vec<String> = all.iter().take(SHOWN).map(ToString::to_string).collect();
    match (words.split_last(), all.len() > SHOWN) {
        (Some(_), true) => format!("{} and {} more", words.join(", "), all.len() - SHOWN),
        (Some((last, [])), false) => last.clone(),
        (Some((last, first)), false) => format!("{} and {last}", first.join(", ")),
        (None, _) => "none".to_owned(),
    }
}

/// The sentences of a verdict, one paragraph each: intact, whose word, what is missing.
#[must_use]
pub fn sentences(verdict: &Verdict, voice: Voice) -> Vec<String> {
    let mut all = match voice {
        Voice::Head => head::sentences(verdict),
        Voice::Inspector => inspector::sentences(verdict),
    };
    all.push(CLOSING.to_owned());
    all
}

fn what(verdict: &Verdict) -> &'static str {
    match verdict.subject {
        Subject::Ledger => "record book",
        Subject::Bundle => "evidence bundle",
    }
}

/// How many entries this version can't judge, and from where on.
fn unjudged_entries(verdict: &Verdict) -> String {
    match verdict.unjudged_from {
        None => "part of it".to_owned(),
        Some(first) => format!(
            "{} of {}, the first being record {first},",
            verdict.unjudged_entries,
            count(verdict.entries, "record", "records")
        ),
    }
}

fn continuity(verdict: &Verdict) -> Option<String> {
    match verdict.continuity.as_ref()? {
        Continuity::Continues { size, signed, .. } => Some(format!(
            "It continues the head of {} that you kept: nothing in those was changed or removed.{}",
            count(size.0, "record", "records"),
            if *signed { "" } else { " That head does not carry this ledger's signature." }
        )),
        Continuity::CannotTell { size } => Some(format!(
            "Whether it continues the head of {} that you kept can't be told from this bundle alone: give \
             the school the file that you kept, and ask for the same bundle, made with `--continues` and \
             that file; it needs no more records.",
            count(size.0, "record", "records")
        )),
        Continuity::DoesNotContinue { .. } => None,
    }
}

#[cfg(test)]
mod tests;
