//! A person's own copy: what somebody gets who asks for the data that the school holds on them
//! (Art 15 UK GDPR), and nothing of others (Art 15(4); DPA 2018 Sch 2 paras 16, 17 and 19, Sch 3).
//!
//! **Which entries.** Those whose fields name the person's reference, letter by letter, at any
//! depth; and of the same case those that link to such an entry and name nobody else, and the
//! steps that link to nothing, if the case names nobody but this person. Outside a case only what
//! corrects, withdraws, removes or answers such an entry.
//!
//! **What stays out without a trace**, unless the sender names it: answers to requests and steps
//! that the person wasn't told of, since what is withheld for serious harm must not show in them;
//! that a child protection file was handed on; covert monitoring; and whatever rests on one of
//! these. They are neither listed nor counted in the bundle, and no entry is enclosed bare to make
//! a case whole. The newest entry is in every bundle, so a copy is refused while that one would
//! tell.
//!
//! **Which answers.** Not those that name another reference, or somebody who isn't appointed in
//! this book; those who act for the school in an office that is on record stay named (para 17).
//! Not free text and files of an entry that names another person, nor a text in which another
//! person's reference stands. No legal advice. A few fields are withheld whatever they say.
//!
//! What this doesn't do: read. Free text and files may name others without a reference; the report
//! on the export lists them for the sender's eyes.

use std::collections::BTreeSet;

use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::Index;
use probity_ledger::records::form;
use probity_ledger::records::kind::{Field, Form};

use self::gathering::{Gathered, never_told};
use super::choice::{Choice, Chosen, LeftOut, keep_span, named};
use super::disclosure::LEGAL_ADVICE;
use super::named::{Named, is_privileged, references, spelt_as_references};
use crate::store::Store as _;
use crate::work::WorkError;
use crate::work::erase::Explained;
use crate::work::keyring::file_name;
use crate::work::reading::{Reading, Record};

mod gathering;

/// Whom a copy is for, and who else is known.
pub(super) struct Person {
    reference: String,
    others: BTreeSet<String>,
    appointed: BTreeSet<String>,
}

/// Fields whose answer the person is never told, by kind.
const NEVER_TOLD: [(&str, &str); 4] = [
    ("request-answer", "serious-harm"),
    ("request-answer", "exemptions"),
    ("request-answer", "withheld"),
    ("consent", "withhold-by-default"),
];

impl Person {
    /// Why a field of a chosen entry stays out.
    pub fn withheld(&self, record: &Record, field: &Field, value: &Value) -> Option<&'static str> {
        let kind = record.entry.says().kind;
        if is_privileged(field) {
            return Some(LEGAL_ADVICE);
        }
        if NEVER_TOLD.contains(&(kind, field.name)) {
            return Some("not told, whatever it says");
        }
        let named = Named::in_answer(field, value);
        let others = named.refs.iter().any(|other| *other != self.reference);
        if others && named.refs.contains(self.reference.as_str()) {
            return Some("names others beside the person: to be answered by letter");
        }
        if others {
            return Some("names another person");
        }
        if named.people.iter().any(|name| !self.appointed.contains(&file_name(name))) {
            return Some("names somebody who isn't appointed in this record book");
        }
        let mentions =
            |text: &&str| spelt_as_references(text).iter().any(|word| self.others.contains(word));
        if named.texts.iter().any(mentions) {
            return Some("another person's reference stands in the text");
        }
        let entry_names_others = || references(record).iter().any(|other| *other != self.reference);
        if (named.long || named.files) && entry_names_others() {
            return Some("may tell of others whom this entry names");
        }
        None
    }
}

/// The entries of a person's copy, and the rules that its answers follow.
pub(super) fn select(
    reading: &Reading,
    choice: &Choice,
    reference: &str,
    explained: &Explained,
) -> Result<(Chosen, Person), WorkError> {
    check(choice, reference)?;
    let by_sender = named(reading, &choice.entries)?;
    let removed = named(reading, &choice.leave_out)?;
    let Gathered { mut chosen, left_out, own, others } =
        gathering::gather(reading, (reference, explained), &by_sender, &removed)?;
    if own.is_empty() {
        return Err(WorkError::refused(
            format!("no record names the reference `{reference}`"),
            "references are compared whole; look for one with `probity log --text REFERENCE`",
        ));
    }
    if let Some(wrong) = removed.iter().find(|index| !left_out.contains_key(index)) {
        return Err(WorkError::refused(
            format!("entry {wrong} is none of those that would go along"),
            "see them with --dry-run",
        ));
    }
    let mut touched: BTreeSet<Index> = own;
    touched.extend(chosen.entries.keys().chain(left_out.keys()));
    keep_span(reading, choice, &mut chosen)?;
    if chosen.entries.is_empty() {
        return Err(WorkError::refused(
            format!("nothing that names `{reference}` can go along by these rules"),
            "name what is to go along all the same with --entry ENTRY",
        ));
    }
    chosen.left_out =
        left_out.into_iter().map(|(entry, why)| LeftOut { entry, why: why.to_owned() }).collect();
    refuse_telling_newest(reading, &chosen, &touched)?;
    let appointed = reading.appointed_names().map(file_name).collect();
    Ok((chosen, Person { reference: reference.to_owned(), others, appointed }))
}

/// What is no choice for a person's copy.
fn check(choice: &Choice, reference: &str) -> Result<(), WorkError> {
    if let Err(reason) = form::check_value(&Form::Ref, &Value::Text(reference.to_owned())) {
        return Err(WorkError::refused(
            format!("`{reference}` is no reference: {reason}"),
            "give the reference that the records have; never a name",
        ));
    }
    if choice.all || !choice.cases.is_empty() || !choice.kinds.is_empty() {
        return Err(WorkError::refused(
            "a person's copy is chosen by the reference, and not by --all, --case or --kind",
            "add single records with --entry, leave some out with --leave-out",
        ));
    }
    Ok(())
}

/// Refuses while the newest entry, which goes along bare, would tell of one that stays out.
fn refuse_telling_newest(
    reading: &Reading,
    chosen: &Chosen,
    touched: &BTreeSet<Index>,
) -> Result<(), WorkError> {
    let newest = Index(reading.store.head().size.0 - 1);
    let record = reading.record(newest)?;
    if chosen.entries.contains_key(&newest) || record.entry.is_governance() {
        return Ok(());
    }
    let subject = record.entry.subject();
    let mut tells = never_told(&record).is_some() || touched.contains(&newest);
    for index in touched {
        let entry = reading.entry(*index)?;
        tells |= subject.case().is_some() && entry.subject() == subject;
        tells |= record.links().iter().any(|(_, to)| *to == entry.hash());
    }
    if !tells {
        return Ok(());
    }
    Err(WorkError::refused(
        format!(
            "entry {newest} stays out of this copy, and it is the newest, which every bundle shows \
             without its answers"
        ),
        "record anything else first, such as a note that this copy is made, and export again",
    ))
}
