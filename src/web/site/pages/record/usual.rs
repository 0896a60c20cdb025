//! What somebody usually records in their roles, as the kinds' own definitions tell: who signs them,
//! and to which sort of case they belong.

use std::collections::BTreeSet;

use probity_ledger::records::kind::{Class, Clear, Kind, Signers};
use probity_ledger::records::roles::REPRESENTATIVES;

use super::{EVERYDAY, kinds};
use crate::work::record::CASE_NAMES;

/// So many of the kinds that are signed in some roles alone stand first.
const OWN: usize = 3;

/// What everybody has to record at once, whoever they are.
const EVERYBODY: &str = "breach-report";

/// The kinds that people in these roles usually record, the most usual first.
///
/// First come those that few roles sign, theirs among them; then what everybody records day by day
/// in the sorts of case that are theirs. Who has no sort of case of their own records them all.
#[must_use]
pub fn usual(roles: &[String]) -> Vec<&'static Kind> {
    let own = own(roles);
    let named = roles.iter().filter_map(|role| role.split('-').next());
    let named = named.filter_map(|word| CASE_NAMES.iter().copied().find(|name| *name == word));
    let sorts: BTreeSet<&str> = own.iter().filter_map(|kind| kind.case).chain(named).collect();
    let free = |kind: &&Kind| kind.signers == Signers::AnyAppointed;
    let theirs = |kind: &&Kind| {
        let any = own.is_empty() && sorts.is_empty();
        any || kind.name == EVERYBODY || kind.case.is_some_and(|sort| sorts.contains(sort))
    };
    let everyday = everyday().filter(free).filter(theirs);
    // Of the sort of case that a role is named after, every kind is its holder's.
    let desk = |kind: &&Kind| {
        let named = |role: &String| kind.case == role.split('-').next();
        kind.case.is_some() && roles.iter().any(named)
    };
    let mut all: Vec<&Kind> = own.iter().take(OWN).copied().collect();
    for kind in everyday.chain(kinds().filter(free).filter(desk)) {
        if all.iter().all(|known| known.name != kind.name) {
            all.push(kind);
        }
    }
    all
}

/// The kinds that few roles sign, these among them: all that are signed by fewer than represent the
/// school, and of each sort of case the first.
fn own(roles: &[String]) -> Vec<&'static Kind> {
    let mut sorts = BTreeSet::new();
    let mut found: Vec<(bool, bool, &Kind)> = Vec::new();
    for kind in kinds() {
        let Signers::OneOf(names) = kind.signers else { continue };
        let governs = kind.class == Class::Governance || kind.clear == Clear::LogKey;
        if governs || !roles.iter().any(|role| names.contains(&role.as_str())) {
            continue;
        }
        let few = names.len() < REPRESENTATIVES.len();
        if few || kind.case.is_some_and(|sort| sorts.insert(sort)) {
            found.push((!few, !EVERYDAY.contains(&kind.name), kind));
        }
    }
    // A stable order: within each sort as the catalogue has them.
    found.sort_by_key(|(many, seldom, _)| (*many, *seldom));
    found.into_iter().map(|(_, _, kind)| kind).collect()
}

/// The everyday kinds, in their order.
pub fn everyday() -> impl Iterator<Item = &'static Kind> {
    EVERYDAY.iter().filter_map(|name| kinds().find(|kind| kind.name == *name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(role: &str, most: usize) -> Vec<&'static str> {
        usual(&[role.to_owned()]).iter().take(most).map(|kind| kind.name).collect()
    }

    #[test]
    fn each_role_finds_first_what_it_usually_records() {
        assert_eq!(of("cctv-caretaker", 2), ["cctv-access", "breach-report"]);
        assert_eq!(
            of("administrator", 4),
            ["breach-report", "consent", "consent-withdrawal", "request"]
        );
        assert_eq!(
            of("headteacher", 4),
            ["request-answer", "dpia-approval", "breach-decision", "breach-report"]
        );
        assert_eq!(
            of("dpo", 4),
            ["dpo-advice", "request-answer", "breach-decision", "breach-report"]
        );
        assert_eq!(of("asset-owner", 3), ["control-approval", "risk-acceptance", "breach-report"]);
        assert_eq!(of("chair-of-governors", 1), ["policy"]);
        assert_eq!(of("meeting-host", 2), ["breach-report", "meeting-log"]);
    }

    #[test]
    fn a_desk_has_its_sort_of_case_and_nothing_twice() {
        let desk = of("cctv-caretaker", 99);
        assert!(desk.contains(&"cctv-disclosure") && !desk.contains(&"dpia"), "{desk:?}");
        for role in probity_ledger::records::roles::ROLES {
            let all = of(role.name, 99);
            let once: BTreeSet<&str> = all.iter().copied().collect();
            assert_eq!(once.len(), all.len(), "{}", role.name);
            assert!(all.contains(&EVERYBODY), "{}", role.name);
        }
    }
}
