//! What the author should know before signing, beside the record and its findings: what it would
//! have erased, or that it is without effect.

use probity_keys::Kid;
use probity_ledger::book::erasing::is_agreement;
use probity_ledger::format::hash::Index;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::kind::{Kind, Relation};
use probity_ledger::records::roles;

use crate::work::desk::Desk;
use crate::work::reading::Reading;
use crate::work::{WorkError, erase};

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
