//! What may be erased at all, and by whom under which rule.

use probity_ledger::book::erasing::Target;
use probity_ledger::format::hash::Index;
use probity_ledger::records::kind::Relation;
use probity_ledger::records::roles::ADMINISTRATOR;

use crate::work::WorkError;
use crate::work::reading::{Reading, Record};

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
