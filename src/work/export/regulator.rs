//! A regulator's copy: a case whole, and what was in force at its date.
//!
//! The date of a case is the day on which its first record says that it happened, else the day on
//! which that record was signed. In force on it are:
//!
//! ```text
//! policies      the versions that applied by their own dates; a review that is due ends none
//! training      held by then, and not to be repeated before
//! DPIAs         decided by approval, whatever the decision lacks, or by a screening that found
//!               none to be required; with all that the register of DPIAs rests on
//! suppliers     the newest check of each supplier and service, unless its agreement had ended
//! appointments  the newest of each key, unless it had ended or the key was revoked
//! ```
//!
//! What stood in the record book on that day counts, by the time that its author claims. Policies
//! and training carry dates of their own, so those that were recorded afterwards go along as well,
//! and the schedule says that they were. Whether any of this is about the case, nobody but a reader
//! can tell.

use std::collections::BTreeMap;

use jiff::civil::Date;
use probity_ledger::book::item::{Book, Item};
use probity_ledger::book::registers::{Cell, find};
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::Index;
use probity_ledger::records::kind::Relation;
use probity_ledger::records::roles;

use super::choice::{Choice, Chosen, named, of_case};
use crate::work::book::{Scope, items};
use crate::work::reading::{Reading, Record};
use crate::work::{WorkError, register, time};

/// A register that is asked: its name, what a row of it is called, and the states in which that is
/// in force, each as the schedule words it.
type Asked = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const IN_FORCE: [Asked; 4] = [
    ("policies", "policy", &[("in-force", ""), ("review-overdue", ", its review overdue")]),
    (
        "training",
        "training",
        &[("current", ""), ("no-end-set", ", no end set"), ("not-known", ", its end erased")],
    ),
    (
        "dpias",
        "DPIA",
        &[
            ("approved", ", approved"),
            ("by-exception", ", approved by exception"),
            ("incomplete", ", approved, not complete"),
            ("stale", ", approved, but stale"),
            ("review-overdue", ", its review overdue"),
            ("no-dpia-required", ", screened and none required"),
        ],
    ),
    (
        "suppliers",
        "check of a supplier",
        &[
            ("current", ""),
            ("unsuitable", ", found unsuitable"),
            ("no-good-ground", ", without a good ground for transfers"),
        ],
    ),
];

/// The entries of a regulator's copy.
pub(super) fn select(reading: &Reading, choice: &Choice) -> Result<Chosen, WorkError> {
    if choice.cases.is_empty() {
        return Err(WorkError::refused(
            "a regulator's copy is of a case, and none is named",
            "add --case REF; see `probity log` for the cases",
        ));
    }
    let span = choice.since.is_some() || choice.until.is_some();
    if choice.all || !choice.kinds.is_empty() || span {
        return Err(WorkError::refused(
            "a regulator's copy is of whole cases, and not chosen by --all, --kind or time",
            "name the cases with --case, and add single records with --entry",
        ));
    }
    let mut chosen = Chosen { with_cases: true, ..Chosen::default() };
    for case in &choice.cases {
        let entries = of_case(reading, case)?;
        for index in &entries {
            chosen.add(*index, &format!("case {case}, asked for"));
        }
        let first = reading.record(entries[0])?;
        let at = end_of_day_of(&first)?;
        in_registers(reading, at, &mut chosen)?;
        recorded_afterwards(reading, at, &mut chosen)?;
        appointments(reading, at, &mut chosen)?;
    }
    for index in named(reading, &choice.entries)? {
        chosen.add(index, "added by the sender");
    }
    Ok(chosen)
}

/// The last second of the day on which a case happened.
fn end_of_day_of(first: &Record) -> Result<i64, WorkError> {
    let signed = first.entry.says().time;
    let from = first.answers().and_then(|answers| answers.get("occurred")?.get("from").cloned());
    let day = match from {
        Some(Value::Text(day)) => day,
        Some(Value::Int(moment)) => time::iso_day(moment),
        _ => time::iso_day(signed),
    };
    let day = day.min(time::iso_day(signed));
    time::read_end_of_day(&day)
        .map_err(|fact| WorkError::refused(fact, "see the case with `probity show CASE`"))
}

fn on(at: i64) -> String {
    format!("in force on {}", time::day_words(&time::iso_day(at)))
}

/// What the registers of that day say.
fn in_registers(reading: &Reading, at: i64, chosen: &mut Chosen) -> Result<(), WorkError> {
    for (name, what, states) in IN_FORCE {
        let Some(register) = find(name) else { continue };
        for row in register::fill(reading, register, at)?.rows {
            let Some(Cell::Word(state)) = row.cell(register, "state") else { continue };
            let still_to_come = matches!(
                row.cell(register, "held"),
                Some(Cell::Day(day)) if time::read_date(&time::iso_day(at)).is_some_and(|at| *day > at)
            );
            let known = states.iter().find(|(known, _)| known == state);
            let Some((_, state)) = known.filter(|_| !still_to_come) else { continue };
            for entry in row.entries {
                chosen.add(entry, &format!("{}: {what}{state}", on(at)));
            }
        }
    }
    Ok(())
}

/// Policies and training that were in force by their own dates and recorded later.
fn recorded_afterwards(reading: &Reading, at: i64, chosen: &mut Chosen) -> Result<(), WorkError> {
    let Some(today) = time::read_date(&time::iso_day(at)) else { return Ok(()) };
    let all = items(reading, Scope::Kinds(&["policy", "training"]), i64::MAX)?;
    let book = Book::new(&all, i64::MAX);
    let mut policies: BTreeMap<String, (Date, Index, i64)> = BTreeMap::new();
    for item in book.of_kind("policy") {
        let from = item.day("implemented").or_else(|| item.day("approved"));
        let (Some(from), Some(title)) = (from, item.text("title")) else { continue };
        let known = policies.get(&title.to_lowercase());
        if from <= today && known.is_none_or(|(earlier, ..)| from >= *earlier) {
            policies.insert(title.to_lowercase(), (from, item.index, item.time));
        }
    }
    let replaced =
        |item: &Item| book.linking(item, Relation::Corrects).any(|later| later.kind == item.kind);
    let training = book.of_kind("training").filter(|item| {
        let held = item.day("held").is_some_and(|day| day <= today);
        held && item.day("expires").is_none_or(|day| day >= today) && !replaced(item)
    });
    let policies = policies.into_values().map(|(_, index, time)| (index, time, "policy"));
    let training = training.map(|item| (item.index, item.time, "training"));
    for (index, signed, what) in policies.chain(training) {
        if signed > at {
            let recorded = time::day_words(&time::iso_day(signed));
            chosen.add(index, &format!("{}: {what}, recorded afterwards, on {recorded}", on(at)));
        }
    }
    Ok(())
}

/// The appointment of each key, as it stood.
fn appointments(reading: &Reading, at: i64, chosen: &mut Chosen) -> Result<(), WorkError> {
    let signed = |index: Index| Ok::<_, WorkError>(reading.entry(index)?.says().time);
    for (_, key) in reading.authority.keys() {
        let mut newest = None;
        for appointment in &key.appointments {
            if signed(appointment.index)? <= at {
                newest = Some(appointment);
            }
        }
        let Some(newest) = newest else { continue };
        let revoked = match &key.revoked {
            Some(revocation) => signed(revocation.index)? <= at,
            None => false,
        };
        let ended = newest.from > at || newest.until.is_some_and(|until| until <= at);
        if !revoked && !ended {
            let roles: Vec<&str> = newest.roles.iter().map(|role| roles::title(role)).collect();
            chosen.add(newest.index, &format!("{}: appointed as {}", on(at), roles.join(" and ")));
        }
    }
    Ok(())
}
