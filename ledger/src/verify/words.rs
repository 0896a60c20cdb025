//! The verdict in sentences, for the person in charge and for an inspector.
//!
//! The sentences say what was checked and no more; each verdict ends by saying what no
//! check can show.

use jiff::tz::TimeZone;

use super::verdict::{Continuity, KeyReport, Outcome, Subject, Verdict};
use crate::book::fault::{Code, quoted};
use crate::format::hash::{Index, Size};

mod erased;
mod outside;

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
        Voice::Head => head(verdict),
        Voice::Inspector => inspector(verdict),
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

fn head(verdict: &Verdict) -> Vec<String> {
    if verdict.verdict == Outcome::NotGenuine {
        return head_not_genuine(verdict);
    }
    let first = if verdict.verdict == Outcome::Intact {
        head_intact(verdict)
    } else {
        head_cannot_check(verdict)
    };
    let mut all = vec![first];
    all.extend(continuity(verdict));
    all.extend(head_missing(verdict));
    all
}

/// The school as the records name it: quoted, one line, of bounded length.
fn school(verdict: &Verdict) -> String {
    quoted(verdict.school.as_deref().unwrap_or("a school without a name"))
}

fn head_intact(verdict: &Verdict) -> String {
    let records = count(verdict.entries, "record", "records");
    let fit = match (verdict.subject, verdict.relied_on) {
        (Subject::Ledger, Some(size)) => format!(
            "{records} of {}, added since the checkpoint that you kept: they fit together exactly as \
             signed. The {} before were not looked at again; they are the ones that the checkpoint \
             counts.",
            school(verdict),
            count(size.0, "record", "records"),
        ),
        (Subject::Ledger, None) => {
            format!("These {records} of {} fit together exactly as signed.", school(verdict))
        }
        (Subject::Bundle, _) => format!(
            "The {records} in this bundle are exactly as signed, and each has its place in a record book of \
             {} that calls itself {}.",
            count(verdict.size.0, "record", "records"),
            school(verdict)
        ),
    };
    let known = match (verdict.fingerprint.compared, verdict.subject) {
        (true, _) => " It is the record book whose code you gave.",
        (false, Subject::Bundle) => {
            " You gave no code to compare, so this can't show whose record book it is: ask for the code in \
             the governors' minutes."
        }
        (false, Subject::Ledger) => "",
    };
    let next = match verdict.subject {
        Subject::Ledger => {
            " Next: give your data protection officer or council a checkpoint to keep (`probity checkpoint \
             -o checkpoint.txt`); with it they can see later whether anything was changed or removed."
        }
        Subject::Bundle => "",
    };
    if let Some(confirmed) = outside::head(verdict) {
        return format!("{fit}{known} {confirmed}");
    }
    let who = outside::too_few(verdict).unwrap_or_else(|| {
        "Nobody outside has confirmed this: it rests on the word of whoever holds the keys."
            .to_owned()
    });
    format!("{fit}{known} {who}{}{next}", outside::head_unconfirmed(verdict))
}

fn head_cannot_check(verdict: &Verdict) -> String {
    format!(
        "This {} could not be checked whole: {} {}. What could be checked holds together; what could not \
         must not be relied on yet. Next: check it with a newer version of probity.",
        what(verdict),
        unjudged_entries(verdict),
        why_unjudged(verdict),
    )
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

fn why_unjudged(verdict: &Verdict) -> String {
    let fault = verdict.fault.as_ref();
    fault.map_or_else(
        || "can't be judged by this version".to_owned(),
        |fault| {
            format!("can't be judged by this version ({}: {})", fault.what, quoted(&fault.found))
        },
    )
}

fn head_missing(verdict: &Verdict) -> Vec<String> {
    let mut all: Vec<String> = head_stated(verdict).into_iter().collect();
    if !verdict.doubtful.is_empty() {
        let since = verdict.doubtful.iter().map(|d| d.suspect_since).min().unwrap_or_default();
        let entries: Vec<Index> = verdict.doubtful.iter().map(|d| d.entry).collect();
        all.push(format!(
            "The records fit together, but a key may have been in other hands from {}, and {} on it \
             ({}). Ask its holder which are theirs; have those signed again.",
            day(since),
            count(entries.len() as u64, "record depends", "records depend"),
            indices(&entries)
        ));
    }
    if !verdict.answers_opened {
        all.push(
            "As you asked, the answers and documents were not opened: this says who signed what kind \
             of record and when, and not whether what they wrote is still there."
                .to_owned(),
        );
    }
    if !verdict.incomplete.is_empty() {
        let lines: Vec<String> = verdict
            .incomplete
            .iter()
            .map(|i| format!("record {} ({}): {}", i.entry, i.kind, i.why))
            .collect();
        all.push(format!("Not complete yet: {}.", lines.join("; ")));
    }
    if !verdict.on_paper.is_empty() {
        let lines: Vec<String> = verdict
            .on_paper
            .iter()
            .map(|act| format!("record {} ({}): {}", act.entry, act.kind, act.why))
            .collect();
        all.push(format!("Complete only through a signature on paper: {}.", lines.join("; ")));
    }
    all.extend(erased::head(verdict));
    if verdict.subject == Subject::Bundle {
        let (partly, bare) = left_out(verdict);
        if !partly.is_empty() {
            all.push(format!(
                "Left out of this copy, sealed in place so that they can be shown later and checked: {}.",
                partly.join("; ")
            ));
        }
        if bare > 0 {
            all.push(format!(
                "{} here without answers, to prove order and authority.",
                count(bare, "record stands", "records stand")
            ));
        }
    }
    if !verdict.absent_documents.is_empty() {
        let names: Vec<String> = verdict.absent_documents.iter().map(|d| quoted(&d.name)).collect();
        all.push(format!("Named in the records and not there: {}.", names.join(", ")));
    }
    all
}

/// What a bundle leaves out: fields of records that are shown in part, in words, and how many
/// records are shown without answers (but perhaps a name).
fn left_out(verdict: &Verdict) -> (Vec<String>, u64) {
    let (mut partly, mut bare) = (Vec::new(), 0);
    for of in &verdict.withheld {
        if of.bare {
            bare += 1;
        } else {
            partly.push(format!("record {} ({})", of.entry, of.fields.join(", ")));
        }
    }
    (partly, bare)
}

fn head_not_genuine(verdict: &Verdict) -> Vec<String> {
    let Some(fault) = &verdict.fault else { return Vec::new() };
    if let Some(Continuity::DoesNotContinue { other_ledger: Some(other), .. }) = &verdict.continuity
    {
        return vec![format!(
            "What you kept is of another record book ({other}), not of this one ({}). Either it is the \
             wrong file, or this is not the record book that it was taken from: look for the right file \
             first.",
            verdict.origin.as_deref().unwrap_or("without a name")
        )];
    }
    if fault.code == Code::DoesNotContinue && verdict.continuity.is_none() {
        return vec![format!(
            "This does not continue the record book that somebody outside confirmed ({}). It was \
             rewritten, or an old copy was restored and carried on; this check can't tell which. Copy this \
             folder, change nothing, tell your data protection officer and chair of governors today.",
            fault.what
        )];
    }
    if fault.code == Code::DoesNotContinue {
        return vec![format!(
            "This does not continue the record book that you kept a confirmation of ({}). It was \
             rewritten, or an old copy was restored and carried on; this check can't tell which. Keep both; \
             tell your data protection officer and chair of governors today.",
            older_size(verdict)
        )];
    }
    if fault.code == Code::Genesis
        && verdict.fingerprint.compared
        && fault.what == "the fingerprint"
    {
        return vec![format!(
            "This is another record book than the one whose code you gave: its code is {}. Check the code \
             in your minutes; if that is right, do not rely on this {}.",
            fault.found,
            what(verdict)
        )];
    }
    let advice = match verdict.subject {
        Subject::Ledger => {
            "Copy this folder, change nothing, tell your data protection officer today: this may itself be \
             a data breach."
        }
        Subject::Bundle => {
            "Don't rely on this copy. Ask whoever sent it for a new one, and keep this one."
        }
    };
    let advice = match (fault.code, verdict.subject) {
        (Code::Journal, _) => {
            "An interrupted write leaves such a place at the end, and so does a failing disk. Copy this \
             folder before anything else; if records are missing, tell your data protection officer today."
        }
        _ => advice,
    };
    let place = match fault.entry {
        Some(entry) if fault.code == Code::Journal => {
            format!("From record {entry} on, what is stored can't be read as it was written.")
        }
        Some(entry) => match meaning(fault.code) {
            None => format!("Record {entry} is not as it was signed."),
            Some(meaning) => format!("The first failure is at record {entry}. {meaning}"),
        },
        // What failed may be a file's name, and whoever made the file chose it.
        None => format!(
            "This {} is not as it was made. {}",
            what(verdict),
            meaning(fault.code).unwrap_or_default()
        ),
    };
    let before = match verdict.intact_before {
        Some(0) | None => String::new(),
        Some(1) => " Record 0 is sound.".to_owned(),
        Some(sound) => format!(" Records 0 to {} are sound.", sound - 1),
    };
    vec![format!("{place}{before} {advice}")]
}

/// What a fault means, for somebody who never heard of its name; `None` where the record itself was
/// changed after signing, and for what is told in other sentences. The page has the same ones
/// (`src/page/ui/faults.js`).
fn meaning(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::Signature
        | Code::Commitment
        | Code::Typ
        | Code::KindUnknown
        | Code::DoesNotContinue => return None,
        Code::Journal => "What is stored can't be read as it was written.",
        Code::Encoding => "It is not written in the one way in which records are written.",
        Code::Shape => "It lacks a part that every record has, or has one too many.",
        Code::Origin => "It belongs to another record book.",
        Code::Seq => "It does not stand at the place that it says it has.",
        Code::Prev => {
            "It does not follow the record before it: something was changed, removed or put in."
        }
        Code::Document => "A file that came with it is not the one that the record names.",
        Code::Gov => {
            "It does not name the latest record on who may sign: one of those was changed, \
             removed or put in."
        }
        Code::Case => {
            "It does not follow the record before it in its case: something was changed, removed \
             or put in."
        }
        Code::UnknownKey => "It is signed with a key that nobody here was appointed to use.",
        Code::KeyRule => "It names a key that can't be a sound one.",
        Code::NotInForce => "Whoever signed it had no appointment for this role at that time.",
        Code::Fields => "It does not have the fields that a record of its kind has.",
        Code::Clear => "It lacks something that a record of its kind has to say openly.",
        Code::Statement => {
            "It carries what somebody signed elsewhere, and that can't stand there: it is not \
             whole, for another record book or case, or too late."
        }
        Code::Duplicate => "It carries what somebody signed elsewhere a second time.",
        Code::Links => "It does not refer to the earlier records as its kind has to.",
        Code::Role => "It is signed in a role that may not decide this.",
        Code::Governance => "It breaks a rule about who may appoint and revoke.",
        Code::Body => "What is given as its answers can't be read as such.",
        Code::Container => {
            "The file holds something that has no place in an evidence bundle, or lacks \
             something."
        }
        Code::Manifest => {
            "A file in it is not the one that its own list names: it was changed, added or \
             removed after the bundle was made."
        }
        Code::Checkpoint => "The confirmation of how many records there are can't be read.",
        Code::CheckpointSignature => "The confirmation is not signed by the record book's own key.",
        Code::Transparent => "The enclosed receipt does not belong to it.",
        Code::Times => {
            "A confirmation that it encloses for an earlier time is not one of this record book."
        }
        Code::Root => {
            "Its records don't give what the confirmation says of them: something was changed, \
             removed or put in."
        }
        Code::Size => "The confirmation counts too few records.",
        Code::Proof => "Nothing proves that it has a place in the record book.",
        Code::Name => "It lies under another number than its own.",
        Code::CopyOfCheckpoint => "Its proof of place belongs to another confirmation.",
        Code::MissingGenesis => "The first record, by which all others are judged, is not there.",
        Code::Genesis => "The first record is not what it has to be.",
        Code::MissingHead => "The newest record that the confirmation counts is not there.",
        Code::GovernanceChain => {
            "The chain of records on who may sign is broken: one of them is missing or was put \
             in."
        }
        Code::Policy => "The enclosed policy names another key than the record book's own.",
        Code::Jsonl => "The enclosed reading copy says something else than the records.",
    })
}

fn older_size(verdict: &Verdict) -> String {
    match &verdict.continuity {
        Some(
            Continuity::Continues { size, .. }
            | Continuity::DoesNotContinue { size, .. }
            | Continuity::CannotTell { size },
        ) => count(size.0, "record", "records"),
        None => "an older head".to_owned(),
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
            "Whether it continues the head of {} that you kept can't be told from a bundle alone; check it \
             against the whole record book, or ask for a bundle of everything.",
            count(size.0, "record", "records")
        )),
        Continuity::DoesNotContinue { .. } => None,
    }
}

fn inspector(verdict: &Verdict) -> Vec<String> {
    if verdict.verdict == Outcome::NotGenuine {
        return inspector_not_genuine(verdict);
    }
    let mut all = Vec::new();
    let fingerprint = verdict.fingerprint.hash.map_or_else(String::new, |hash| hash.to_string());
    let compared = if verdict.fingerprint.compared {
        "equal to the one given"
    } else {
        "not compared with any that you hold"
    };
    let root = verdict.root.map_or_else(String::new, |root| root.to_string());
    let checked = match (verdict.verdict, &verdict.fault) {
        (Outcome::CannotCheck, Some(fault)) => format!(
            "Not checked whole: {} can't be judged by this version (first: {}); above an unjudged \
             governance entry, signatures by unknown keys and all authority are unjudged too. What could be \
             checked agrees:",
            unjudged_entries(verdict),
            fault.told()
        ),
        _ => "Intact:".to_owned(),
    };
    let first = verdict.relied_on.unwrap_or(Size(0));
    all.push(match verdict.subject {
        Subject::Ledger if first == verdict.size => format!(
            "Nothing is newer than the head that you kept, of {first} entries: the stored tree has its root, \
             {root}. Fingerprint {fingerprint} ({compared})."
        ),
        Subject::Ledger => format!(
            "{checked} entries {first} to {}: signatures, roles, order and fields agree with each other and with \
             fingerprint {fingerprint} ({compared}). Root at {} entries: {root}.",
            verdict.size.0.saturating_sub(1),
            verdict.size,
        ),
        Subject::Bundle => format!(
            "{checked} {} of {}: signatures, roles and fields agree; each is proven to the checkpoint of {} \
             entries (root {root}). By what its authors signed, the governance chain is whole from entry {} \
             down to 0. Fingerprint {fingerprint} ({compared}).",
            count(verdict.entries, "entry", "entries"),
            verdict.size,
            verdict.size,
            verdict.size.0.saturating_sub(1),
        ),
    });
    all.push(whose_word(verdict));
    all.extend(stated(verdict));
    all.extend(outside::inspector(verdict));
    all.extend(continuity(verdict));
    all.push(missing(verdict));
    all.extend(cases(verdict));
    if !verdict.clock.is_empty() {
        let steps: Vec<Index> = verdict.clock.iter().map(|step| step.entry).collect();
        all.push(format!("Claimed time steps back at: {}.", indices(&steps)));
    }
    if !verdict.unjudged.is_empty() {
        all.push(format!("Not judged: {}.", verdict.unjudged.join("; ")));
    }
    if !verdict.reading_copies.is_empty() {
        all.push(format!(
            "Reading copies, not checked beyond their hashes: {}.",
            verdict.reading_copies.join(", ")
        ));
    }
    all
}

fn whose_word(verdict: &Verdict) -> String {
    let keys = verdict.keys.len() as u64;
    let people: std::collections::BTreeSet<&str> =
        verdict.keys.iter().map(|key| key.person.as_str()).collect();
    let accepted = verdict.keys.iter().filter(|key| key.accepted).count() as u64;
    if verdict.relied_on.is_some() {
        return format!(
            "Whose word: {} Since your checkpoint signed: {}. Whose keys \
             they are, and who accepted them, verifying the whole tells.",
            outside::word(verdict, "have written these entries, or removed the newest"),
            if verdict.keys.is_empty() {
                "nobody".to_owned()
            } else {
                verdict.keys.iter().map(name_key_alone).collect::<Vec<_>>().join("; ")
            }
        );
    }
    let here = if verdict.subject == Subject::Bundle { " in this bundle" } else { "" };
    let named: Vec<String> = verdict.keys.iter().map(name_key).collect();
    format!(
        "Whose word: {} {} signed{here}, appointed to {}; {accepted} of them accepted \
         by their holders (this ledger can't show that different people hold them): {}. Times are claims{}.",
        outside::word(verdict, "have rewritten all or removed the newest"),
        count(keys, "key", "keys"),
        count(people.len() as u64, "person", "persons"),
        named.join("; "),
        verdict.times.map_or_else(String::new, |(first, last)| format!(
            ", from {} to {}",
            moment(first),
            moment(last)
        )),
    )
}

/// So many of what was signed elsewhere are named one by one.
const STATED: usize = 12;

/// Who signed what elsewhere, and who entered it here.
fn stated(verdict: &Verdict) -> Option<String> {
    let name = |kid: &str| {
        let key = verdict.keys.iter().find(|key| key.kid == kid);
        let name = key.map_or_else(|| NO_NAME.to_owned(), name_of);
        format!("{name} (key {})", kid.get(..8).unwrap_or(kid))
    };
    let lines: Vec<String> = verdict
        .stated
        .iter()
        .take(STATED)
        .map(|one| {
            format!(
                "entry {} by {}, who knew the chain up to entry {}; entered by {}",
                one.entry,
                name(&one.by),
                one.after,
                name(&one.entered_by)
            )
        })
        .collect();
    let more = match verdict.stated.len().saturating_sub(STATED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    (!lines.is_empty()).then(|| format!("Signed elsewhere: {}{more}.", lines.join("; ")))
}

fn head_stated(verdict: &Verdict) -> Option<String> {
    let name = |kid: &str| {
        let key = verdict.keys.iter().find(|key| key.kid == kid);
        let name = key.and_then(|key| key.name.as_deref());
        name.map_or_else(|| "somebody unnamed".to_owned(), quoted)
    };
    let lines: Vec<String> = verdict
        .stated
        .iter()
        .take(STATED)
        .map(|one| {
            let (by, entered) = (name(&one.by), name(&one.entered_by));
            format!("record {} was signed by {by} elsewhere and entered by {entered}", one.entry)
        })
        .collect();
    let more = match verdict.stated.len().saturating_sub(STATED) {
        0 => String::new(),
        more => format!("; so were {more} more"),
    };
    (!lines.is_empty()).then(|| format!("On another machine: {}{more}.", lines.join("; ")))
}

const NO_NAME: &str = "name not disclosed";

fn name_of(key: &KeyReport) -> String {
    key.name.as_deref().map_or_else(|| NO_NAME.to_owned(), quoted)
}

fn name_key_alone(key: &KeyReport) -> String {
    format!(
        "{} ({}, key {}, {})",
        name_of(key),
        key.roles.join(", "),
        &key.kid[..8],
        count(key.entries, "entry", "entries"),
    )
}

fn name_key(key: &KeyReport) -> String {
    format!(
        "{} ({}, key {}, {}{}{})",
        name_of(key),
        key.roles.join(", "),
        &key.kid[..8],
        count(key.entries, "entry", "entries"),
        if key.accepted { "" } else { ", not accepted" },
        key.revoked_by.map_or_else(String::new, |by| format!(", revoked by entry {by}")),
    )
}

fn missing(verdict: &Verdict) -> String {
    let mut parts = Vec::new();
    parts.extend(erased::inspector(verdict));
    if verdict.subject == Subject::Bundle {
        let (partly, bare) = left_out(verdict);
        parts.push(if partly.is_empty() {
            "Withheld from records that are shown: nothing".to_owned()
        } else {
            format!("Withheld from records that are shown: {}", partly.join("; "))
        });
        if bare > 0 {
            parts.push(format!("Entries here without their answers: {bare}"));
        }
    } else {
        if !verdict.answers_opened {
            parts.push(
                "Bodies not opened: any, as was asked; answers, documents and the completeness of acts \
                 were not checked"
                    .to_owned(),
            );
        }
        let closed: Vec<Index> = verdict.withheld.iter().map(|of| of.entry).collect();
        if !closed.is_empty() {
            parts.push(format!(
                "Answers not there, and not known to be erased: {}",
                indices(&closed)
            ));
        }
    }
    let absent: Vec<String> = verdict
        .absent_documents
        .iter()
        .map(|document| {
            format!("entry {} {} ({})", document.entry, quoted(&document.name), document.sha256)
        })
        .collect();
    if let Some(size) = verdict.relied_on {
        parts.push(format!(
            "Not looked at: entries 0 to {}, and whether acts are complete",
            size.0.saturating_sub(1)
        ));
    }
    parts.push(if !verdict.answers_opened {
        "Documents absent: not asked".to_owned()
    } else if absent.is_empty() {
        "Documents absent: none".to_owned()
    } else {
        format!("Documents absent: {}", absent.join("; "))
    });
    if !verdict.doubtful.is_empty() {
        let entries: Vec<Index> = verdict.doubtful.iter().map(|doubt| doubt.entry).collect();
        let by: std::collections::BTreeSet<Index> =
            verdict.doubtful.iter().map(|doubt| doubt.revocation).collect();
        let by: Vec<Index> = by.into_iter().collect();
        parts.push(format!(
            "Signature valid, authorship unproven (suspect keys, revoked by entry {}): {}",
            indices(&by),
            indices(&entries)
        ));
    }
    if !verdict.incomplete.is_empty() {
        let lines: Vec<String> = verdict
            .incomplete
            .iter()
            .map(|act| format!("entry {} `{}`: {}", act.entry, act.kind, act.why))
            .collect();
        parts.push(format!("Acts not complete: {}", lines.join("; ")));
    }
    if !verdict.on_paper.is_empty() {
        let lines: Vec<String> = verdict
            .on_paper
            .iter()
            .map(|act| format!("entry {} `{}`: {}", act.entry, act.kind, act.why))
            .collect();
        parts.push(format!("Complete only through signatures on paper: {}", lines.join("; ")));
    }
    let newest = match &verdict.continuity {
        Some(Continuity::Continues { .. }) => {
            "Removal of entries newer than the head that you kept can't be seen"
        }
        _ => "Removal of the newest entries can't be seen from this alone",
    };
    parts.push(newest.to_owned());
    format!("Missing: {}.", parts.join(". "))
}

fn cases(verdict: &Verdict) -> Option<String> {
    if verdict.relied_on.is_some() {
        return None;
    }
    if verdict.subject != Subject::Bundle || verdict.cases.is_empty() {
        return None;
    }
    let lines: Vec<String> = verdict
        .cases
        .iter()
        .map(|case| {
            if case.whole {
                format!(
                    "{}: by what their authors signed, nothing was left out before entry {}; later entries \
                     can't be excluded, and only the whole record book can show that authors named the entry \
                     before",
                    case.case, case.newest
                )
            } else {
                format!("{}: a selection: other entries of this case exist", case.case)
            }
        })
        .collect();
    Some(format!("Cases: {}.", lines.join(". ")))
}

fn inspector_not_genuine(verdict: &Verdict) -> Vec<String> {
    let Some(fault) = &verdict.fault else { return Vec::new() };
    let mut all = Vec::new();
    if fault.code == Code::DoesNotContinue && verdict.continuity.is_none() {
        all.push(format!(
            "Does not continue: outside evidence that this record book keeps contradicts it. {}. \
             Something in those entries was changed or removed; only the older entries can show what.",
            fault.told()
        ));
        return all;
    }
    if fault.code == Code::DoesNotContinue {
        let (signed, first) = match &verdict.continuity {
            Some(Continuity::DoesNotContinue { signed, first_difference, .. }) => {
                (*signed, *first_difference)
            }
            _ => (false, None),
        };
        let both = if signed {
            "both carry the ledger's key"
        } else {
            "the older one is not signed by a log key that this ledger names"
        };
        let place = match first {
            Some(index) => format!("The first entry that differs is {index}."),
            None => format!(
                "Something in the first {} was changed or removed; only the older entries can show what.",
                older_size(verdict)
            ),
        };
        all.push(format!(
            "Does not continue: the kept checkpoint ({}) and this {} contradict each other; {both}. \
             {place} {}.",
            older_size(verdict),
            what(verdict),
            fault.told()
        ));
        return all;
    }
    all.push(format!(
        "Not intact. First failure: {} (fault `{}`). Nothing later is relied on. This doesn't show who or \
         why.",
        fault.told(),
        fault.code.name()
    ));
    match verdict.intact_before {
        Some(sound) if sound > 0 => {
            all.push(format!("Intact before it: entries 0 to {}.", sound - 1));
        }
        _ => {}
    }
    all
}

#[cfg(test)]
mod tests;
