//! What the author should know before signing, beside the record and its findings: what it would
//! have erased, or that it is without effect.

use probity_keys::Kid;
use probity_ledger::book::erasing::is_agreement;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::Index;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::kind::{Class, Kind, Relation};
use probity_ledger::records::roles;

use crate::work::compose::Draft;
use crate::work::desk::Desk;
use crate::work::reading::Reading;
use crate::work::record::kinds::recordable;
use crate::work::{WorkError, erase, time};

/// Seconds.
const DAY: i64 = 86_400;

/// What the data protection officer's agreement, signed at a moment, would have erased.
pub(crate) fn would_erase(
    reading: &Reading,
    kind: &Kind,
    answers: &Answers,
    links: &[(Relation, Index)],
    (kid, at): (&Kid, i64),
) -> Result<Vec<String>, WorkError> {
    if kind.name != "dpo-advice" || !is_agreement(answers.text("recommendation")) {
        return Ok(Vec::new());
    }
    let on = links.iter().filter(|(relation, _)| *relation == Relation::Advises);
    let on: Vec<Index> = on.map(|(_, index)| *index).collect();
    erase::foretell(reading, &on, reading.authority.person(kid), at)
}

/// That a ratification ratifies nothing, if it doesn't.
pub(super) fn without_effect(
    desk: &mut Desk<'_>,
    kind: &Kind,
    role: &str,
    links: &[(Relation, Index)],
) -> Result<Vec<String>, WorkError> {
    if kind.name != "ratification" {
        return Ok(Vec::new());
    }
    let mut wanted = Vec::new();
    for (_, index) in links.iter().filter(|(relation, _)| *relation == Relation::Ratifies) {
        let record = desk.record(*index)?;
        if record.is_ratified_as(role) {
            return Ok(Vec::new());
        }
        wanted.push(match record.answers().and_then(|answers| answers.text("ratify-role")) {
            Some(role) => format!("entry {index} is to be ratified as {}", roles::title(role)),
            None => format!("entry {index} is no exception"),
        });
    }
    Ok(vec![format!("WITHOUT EFFECT: this ratifies nothing; {}", wanted.join("; "))])
}

/// That a correction in words leaves what it corrects as it counts, and what does change that.
pub(super) fn mends_words_only(
    desk: &mut Desk<'_>,
    kind: &Kind,
    links: &[(Relation, Index)],
) -> Result<Option<String>, WorkError> {
    let target = links.iter().find(|(relation, _)| *relation == Relation::Corrects);
    let Some((_, index)) = target.filter(|_| kind.name == "correction") else { return Ok(None) };
    let record = desk.record(*index)?;
    let (name, title) = (record.entry.says().kind, record.title());
    let again = recordable().any(|kind| kind.name == name && kind.class != Class::Governance);
    Ok(again.then(|| {
        format!(
            "This says in words what was wrong. The days and answers of entry {index} still count as they \
             stand: to have others count, record a new {title} in its place (on the page: Correct it; \
             here: `probity record {name} --link corrects={index}`)"
        )
    }))
}

/// How many of the newest entries are looked at for one that says the same.
const LATEST: u64 = 50;

/// The answers, without what stays unanswered, which is on record as that.
fn given(answers: &Answers) -> impl Iterator<Item = (&String, &Value)> {
    answers.0.iter().filter(|(_, value)| **value != Value::Null)
}

/// That the same person said exactly this within the last day: a command that was sent twice.
pub(super) fn said_before(
    desk: &mut Desk<'_>,
    draft: &Draft,
    new_case: bool,
    (kid, now): (&Kid, i64),
) -> Result<Option<String>, WorkError> {
    let person = desk.reading.authority.person(kid);
    let links = draft.linked_entries();
    let size = desk.reading.size().0;
    for index in (size.saturating_sub(LATEST)..size).rev().map(Index) {
        let entry = desk.reading.entry(index)?;
        if entry.says().kind != draft.kind.name || entry.own_words().time < now - DAY {
            continue;
        }
        let record = desk.record(index)?;
        let same_place = new_case || record.entry.subject() == &draft.subject;
        if Some(record.person) == person
            && same_place
            && record.links() == links.as_slice()
            && record.clear.as_ref() == Some(&draft.clear)
            && record.answers().is_some_and(|answers| given(answers).eq(given(&draft.answers)))
        {
            return Ok(Some(format!(
                "SAID ALREADY: entry {index}{}, of {}, says exactly the same. Sign only if this is \
                 another one",
                record
                    .entry
                    .subject()
                    .case()
                    .map_or_else(String::new, |case| format!(" in {case}")),
                time::words(record.entry.own_words().time)
            )));
        }
    }
    Ok(None)
}
