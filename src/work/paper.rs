//! Signatures on paper, held against the appointments of the record book.
//!
//! A paper signature that names a person by their identifier counts in the role that it says. The
//! format asks only that the person is appointed; in which roles, this asks.

use probity_ledger::book::authority::Revocation;
use probity_ledger::format::hash::Index;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::facts::{Finding, PersonId};
use probity_ledger::records::kind::Kind;
use probity_ledger::records::{days, roles};

use super::reading::Reading;
use super::time;

/// That a signature on paper is by somebody whose appointments below an entry don't name its role on
/// its day. Before the first of them began, nobody can tell, and any of them will do. A role ends with
/// its time, or with the key that was revoked because it ended.
pub(super) fn never_held(
    reading: &Reading,
    kind: &Kind,
    answers: &Answers,
    below: Index,
) -> Option<Finding> {
    if kind.name != "paper-signature" {
        return None;
    }
    let person: PersonId = hex::decode(answers.text("person-id")?).ok()?.try_into().ok()?;
    let (role, day) = (roles::find(answers.text("role")?)?.name, answers.day("date")?);
    let (from, to) = (days::end_of(day.yesterday().ok()?)?, days::end_of(day)?);
    let authority = &reading.authority;
    let ends_role = |revocation: &Revocation| {
        let record = reading.record(revocation.index).ok();
        let reason = record.as_ref().and_then(|record| record.answers()?.text("reason"));
        reason == Some("role-ended")
    };
    if !authority.is_appointed_below(&person, below)
        || authority.names_role(&person, role, (from, to), below, ends_role)
    {
        return None;
    }
    Some(Finding::new(
        "paper-signature",
        format!(
            "by the appointments here, {} was not {} on {}",
            reading.name(&person).unwrap_or("the person with this identifier"),
            roles::title(role),
            time::day_words(&day.to_string())
        ),
    ))
}
