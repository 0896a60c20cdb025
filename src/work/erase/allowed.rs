//! What may be erased at all, by whom, and what stops it.
//!
//! What stops an erasure ([`may_go`]) is asked before its first signature, and of each erasure that
//! another signature would carry out, at that moment, whichever way that signature comes.

use probity_ledger::book::erasing::{Named, Target};
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::{EntryHash, Index};
use probity_ledger::records::kind::Relation;
use probity_ledger::records::roles::{ADMINISTRATOR, DPO};

use super::acts::advice_on;
use super::{consents, hold, holds, retention};
use crate::store::Store as _;
use crate::work::WorkError;
use crate::work::reading::{Reading, Record};

/// What an erasure would take away.
pub(super) struct Going {
    /// Its entry, if it is on record.
    pub erasure: Option<Index>,
    /// What is there of what it names.
    pub named: Vec<Named>,
    /// The retention rules that it is about.
    pub rules: Vec<Index>,
    /// Of these, the one that the data protection officer is agreeing to just now.
    pub agreed: Vec<Index>,
}

/// Refuses what may not be erased at a moment (POSIX seconds): what somebody who can't be read any
/// more may have advised against, what a hold holds, what its rule doesn't say, and what keeps a
/// consent from standing again. What goes together is asked together.
pub(super) fn may_go(reading: &Reading, all: &[Going], at: i64) -> Result<(), WorkError> {
    let held = holds(reading)?;
    for going in all {
        if let Some(erasure) = going.erasure {
            refuse_untold(reading, &reading.store.hash(erasure)?)?;
        }
        for named in &going.named {
            hold::refuse(reading, &held, named.entry)?;
        }
    }
    let named: Vec<&Named> = all.iter().flat_map(|going| &going.named).collect();
    consents::refuse(reading, &named, at)?;
    for going in all {
        for rule in &going.rules {
            let agreed = going.agreed.contains(rule);
            let entries = going.named.iter().map(|named| named.entry);
            retention::refuse(reading, (*rule, agreed), entries, at)?;
        }
    }
    Ok(())
}

/// What is there of what an erasure on record, or about to be, names; and its rules.
pub(super) fn left(reading: &Reading, named: &[Named]) -> Result<Vec<Named>, WorkError> {
    let mut left = Vec::new();
    for named in named {
        let record = reading.record(named.entry)?;
        let missing = record.missing();
        if record.field_names().iter().any(|field| named.names(field) && !missing.contains(field)) {
            left.push(named.clone());
        }
    }
    Ok(left)
}

/// The retention rules that an erasure is about.
pub(super) fn rules_of(reading: &Reading, erasure: &Entry) -> Result<Vec<Index>, WorkError> {
    let mut rules = Vec::new();
    for link in erasure.says().links.iter().filter(|link| link.rel == Relation::About.name()) {
        if let Some(at) = reading.find(&link.entry)?
            && reading.entry(at)?.says().kind == "retention-rule"
        {
            rules.push(at);
        }
    }
    Ok(rules)
}

/// Whether the data protection officer signed it, and nobody can tell any more whether they agreed.
/// No such answer is ever erased, so that in one's own book this is damage.
pub(super) fn is_untold(advice: &Record) -> bool {
    let word = advice.answers().and_then(|answers| answers.text("recommendation"));
    DPO.contains(&advice.entry.says().role) && word.is_none()
}

/// Whether it is such advice on an erasure, or on a rule under which one may be.
///
/// # Errors
/// Damage.
pub(in crate::work) fn is_untold_of_erasing(
    reading: &Reading,
    record: &Record,
) -> Result<bool, WorkError> {
    Ok(record.entry.says().kind == "dpo-advice"
        && is_untold(record)
        && advises_erasing(reading, record)?)
}

/// Refuses what the data protection officer may have advised against.
pub(super) fn refuse_untold(reading: &Reading, erasure: &EntryHash) -> Result<(), WorkError> {
    for index in advice_on(reading, erasure)? {
        if is_untold(&reading.shown(index)?) {
            return Err(WorkError::refused(
                format!(
                    "the data protection officer's advice in entry {index} can't be opened, so \
                     nobody can tell whether they agreed"
                ),
                "run `probity verify`, and restore the newest backup; without one, have the records \
                 erased by a new erasure, and that agreed to",
            ));
        }
    }
    Ok(())
}

/// Refuses what isn't there, is gone already, or has to stay.
pub(super) fn check(reading: &Reading, record: &Record, target: &Target) -> Result<(), WorkError> {
    let index = target.entry;
    let payload = record.entry.says();
    let missing = record.missing();
    for field in target.fields.iter().flatten() {
        if payload.commitment(field).is_none() {
            let clear = payload.clear.get(field.as_str()).is_some();
            return Err(WorkError::refused(
                format!("entry {index} has no field `{field}` that could be erased"),
                if clear {
                    "it stands in clear, because rules of authority read it, and stays".to_owned()
                } else {
                    format!("see its fields with `probity show {index}`")
                },
            ));
        }
        if missing.contains(&field.as_str()) {
            return Err(WorkError::refused(
                format!("field `{field}` of entry {index} is erased already"),
                format!("see by whom with `probity show {index}`"),
            ));
        }
    }
    if missing.len() == payload.body.len() {
        return Err(WorkError::refused(
            format!("entry {index} has nothing left that could be erased"),
            format!("see by whom it was erased with `probity show {index}`"),
        ));
    }
    let on_erasing = payload.kind == "dpo-advice" && advises_erasing(reading, record)?;
    if payload.kind == "erasure" || on_erasing {
        return Err(WorkError::refused(
            format!(
                "entry {index} is part of an erasure, and has to stay so that others can check it"
            ),
            "erase other entries",
        ));
    }
    Ok(())
}

fn advises_erasing(reading: &Reading, record: &Record) -> Result<bool, WorkError> {
    for (relation, hash) in record.links() {
        if *relation == Relation::Advises
            && let Some(at) = reading.find(hash)?
            && matches!(reading.entry(at)?.says().kind, "erasure" | "retention-rule")
        {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn rule_named(reading: &Reading, text: &str) -> Result<Index, WorkError> {
    let index = reading.resolve(text)?;
    let record = reading.record(index)?;
    let payload = record.entry.says();
    if payload.kind != "retention-rule" {
        return Err(WorkError::refused(
            format!("entry {index} is no retention rule but a {}", record.title()),
            "see the rules with `probity log --kind retention-rule`",
        ));
    }
    if !record.kind.is_some_and(|kind| kind.admits(payload.role)) {
        return Err(WorkError::refused(
            format!("nobody with the authority for it signed the retention rule in entry {index}"),
            "have a representative of the controller record it",
        ));
    }
    Ok(index)
}

/// An administrator erases under a rule that somebody else signed.
pub(super) fn refuse_own_rule(
    reading: &Reading,
    role: &str,
    person: Option<[u8; 16]>,
    rule: Option<Index>,
) -> Result<(), WorkError> {
    if role != ADMINISTRATOR {
        return Ok(());
    }
    let Some(rule) = rule else {
        return Err(WorkError::refused(
            "an administrator may erase under a retention rule only",
            "name the rule with --rule ENTRY, or have a representative of the controller sign",
        ));
    };
    if reading.authority.person(&reading.entry(rule)?.says().kid) == person {
        return Err(WorkError::refused(
            format!("you signed the retention rule in entry {rule} yourself"),
            "have another person sign the erasure, or another representative the rule",
        ));
    }
    Ok(())
}
