//! What can follow a record: the kinds that link to it, as their own definitions tell.

use probity_ledger::records;
use probity_ledger::records::kind::{Class, Kind, Relation, Signers};
use serde::Serialize;

use super::WorkError;
use super::reading::Record;
use super::sight::Person;

/// A kind of record that can follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Follow {
    /// The kind.
    pub kind: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// How it is linked, if it is.
    pub relation: Option<&'static str>,
}

/// Whether a person may sign a kind in one of their roles.
#[must_use]
pub fn may_sign(person: &Person, kind: &Kind) -> bool {
    match kind.signers {
        Signers::AnyAppointed => !person.roles.is_empty(),
        Signers::OneOf(names) => person.roles.iter().any(|role| names.contains(&role.as_str())),
        Signers::Appointee => false,
    }
}

/// Refuses a record on what only a few may know of, to whoever doesn't: that it can be recorded would
/// tell them.
///
/// # Errors
/// The end of covert monitoring, for who can't read its authorisation.
pub fn refuse_secret(person: &Person, kind: &Kind) -> Result<(), WorkError> {
    let secret = records::newest("covert-authorisation");
    if kind.name != "covert-end" || secret.is_some_and(|kind| person.sight.of_kind(kind)) {
        return Ok(());
    }
    Err(WorkError::refused(
        format!("`{}` is recorded by those who may read its authorisation", kind.title),
        "ask the head teacher or the data protection officer",
    ))
}

fn newest() -> impl Iterator<Item = &'static Kind> {
    records::KINDS
        .iter()
        .copied()
        .filter(|kind| records::newest(kind.name).is_some_and(|newest| std::ptr::eq(newest, *kind)))
        .filter(|kind| kind.class != Class::Governance)
}

/// The kinds that belong into a case of this name and that a person may sign.
#[must_use]
pub fn in_case(case: &str, person: &Person) -> Vec<Follow> {
    let sort = case.split('-').next().unwrap_or_default();
    newest()
        .filter(|kind| kind.case == Some(sort) && may_sign(person, kind))
        .filter(|kind| refuse_secret(person, kind).is_ok())
        .map(|kind| Follow { kind: kind.name, title: kind.title, relation: None })
        .collect()
}

/// What a person can record on a record, with the relation: corrections, withdrawals, approvals,
/// ratifications, decisions, advice.
#[must_use]
pub fn on(record: &Record, person: &Person) -> Vec<Follow> {
    let Some(kind) = record.kind else { return Vec::new() };
    let mut found = Vec::new();
    if kind.class != Class::Governance && may_sign(person, kind) {
        let relation = Some(Relation::Corrects.name());
        found.push(Follow { kind: kind.name, title: kind.title, relation });
    }
    for other in newest().filter(|other| other.name != kind.name && may_sign(person, other)) {
        let needed = other.required_links.iter().flat_map(|group| group.iter());
        let relation =
            needed.chain(other.usual_links).find(|relation| fits(kind, other, **relation));
        found.extend(relation.map(|relation| Follow {
            kind: other.name,
            title: other.title,
            relation: Some(relation.name()),
        }));
    }
    found
}

/// Whether a later record of a kind says something of an earlier one by that relation.
fn fits(earlier: &Kind, later: &Kind, relation: Relation) -> bool {
    let needs = earlier.also.iter().any(|also| also.kind == later.name);
    let same_case = later.case.is_some() && later.case == earlier.case;
    match relation {
        Relation::Corrects
        | Relation::Accepts
        | Relation::Erases
        | Relation::Continues
        | Relation::Excepts => false,
        Relation::Ratifies => earlier.name == "exception",
        Relation::Withdraws => earlier.name == "consent",
        Relation::Removes => earlier.name == "consent-withdrawal",
        Relation::SignsOff => needs,
        Relation::About => same_case,
        Relation::Approves | Relation::Advises | Relation::Decides | Relation::Answers => {
            needs || same_case
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::sight::Sight;

    fn person(role: &str) -> Person {
        let roles = vec![role.to_owned()];
        Person {
            key: "joe".to_owned(),
            name: "Joe Marsh".to_owned(),
            id: [1; 16],
            kid: probity_keys::Kid([1; 32]),
            sight: Sight::of([1; 16], &roles),
            roles,
        }
    }

    /// That its end can be recorded would tell a caretaker that there was covert monitoring.
    #[test]
    fn the_end_of_covert_monitoring_is_for_those_who_may_read_its_authorisation() {
        let end = records::newest("covert-end").expect("a kind");
        let (joe, head) = (person("cctv-caretaker"), person("headteacher"));
        assert!(refuse_secret(&joe, end).is_err() && refuse_secret(&head, end).is_ok());
        let offered =
            |of: &Person| in_case("cctv-2026-001", of).iter().any(|one| one.kind == end.name);
        assert!(!offered(&joe) && offered(&head));
        let note = records::newest("note").expect("a kind");
        assert!(refuse_secret(&joe, note).is_ok());
    }

    #[test]
    fn only_what_somebody_may_sign_is_offered() {
        let offered = |role: &str| {
            in_case("breach-2026-001", &person(role)).iter().map(|one| one.kind).collect::<Vec<_>>()
        };
        assert!(offered("headteacher").contains(&"breach-decision"));
        assert!(!offered("cctv-operator").contains(&"breach-decision"));
        assert!(offered("headteacher").iter().all(|kind| kind.starts_with("breach-")));
    }

    #[test]
    fn a_withdrawal_follows_a_consent_and_a_ratification_an_exception() {
        let kind = |name| records::newest(name).expect("there");
        assert!(fits(kind("consent"), kind("consent-withdrawal"), Relation::Withdraws));
        assert!(!fits(kind("breach-report"), kind("consent-withdrawal"), Relation::Withdraws));
        assert!(fits(kind("exception"), kind("ratification"), Relation::Ratifies));
        assert!(!fits(kind("dpia"), kind("ratification"), Relation::Ratifies));
        assert!(fits(kind("breach-report"), kind("breach-decision"), Relation::Decides));
    }
}
