//! Which rights a person has on which lawful basis: erasure, portability and objection
//! (Art 17, 20, 21 UK GDPR, as policy §3 tabulates them).
//!
//! ```text
//! basis                            erasure  portability  objection
//! vital-interests                  yes      no           no
//! legal-obligation                 no       no           no
//! public-task                      no       no           yes
//! legitimate-interests             yes      no           yes
//! contract                         yes      yes          no
//! consent                          yes      yes          withdraw it instead
//! recognised-legitimate-interests  yes      no           yes           from 5 February 2026
//! ```
//!
//! **What the table doesn't say:** that a request may be refused. Data that are processed
//! unlawfully have to go on any basis, and where there is no right to erasure, data are still
//! kept no longer than the rules on retention say. So "no" is never a ground by itself.

use jiff::civil::Date;

/// A right that depends on the lawful basis. The others (access, rectification, restriction)
/// stand on any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// To have data erased (Art 17).
    Erasure,
    /// To take data elsewhere in a form that machines read (Art 20).
    Portability,
    /// To object to processing (Art 21).
    Objection,
}

/// What the table says of a right on a basis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The person has it.
    Stands,
    /// The table gives none.
    NotGiven,
    /// The person may take consent back instead, at any time.
    Withdraw,
}

/// The table: a basis, and what it gives of erasure, portability and objection, in this order.
pub const BY_BASIS: [(&str, [Standing; 3]); 7] = {
    use Standing::{NotGiven, Stands, Withdraw};
    [
        ("vital-interests", [Stands, NotGiven, NotGiven]),
        ("legal-obligation", [NotGiven, NotGiven, NotGiven]),
        ("public-task", [NotGiven, NotGiven, Stands]),
        ("legitimate-interests", [Stands, NotGiven, Stands]),
        ("contract", [Stands, Stands, NotGiven]),
        ("consent", [Stands, Stands, Withdraw]),
        (RECOGNISED, [Stands, NotGiven, Stands]),
    ]
};

/// The newest basis, and the first day on which anything could rest on it.
const RECOGNISED: &str = "recognised-legitimate-interests";
const RECOGNISED_FROM: Date = Date::constant(2026, 2, 5);

impl Right {
    /// The right that a request of this type asks for, if it depends on the basis.
    #[must_use]
    pub fn of_request(request_type: &str) -> Option<Self> {
        match request_type {
            "erasure" => Some(Self::Erasure),
            "portability" => Some(Self::Portability),
            "objection" => Some(Self::Objection),
            _ => None,
        }
    }

    /// What the table says; `None` when nothing could rest on that basis on that day.
    #[must_use]
    pub fn on_basis(self, basis: &str, day: Date) -> Option<Standing> {
        if basis == RECOGNISED && day < RECOGNISED_FROM {
            return None;
        }
        let (_, [erasure, portability, objection]) =
            BY_BASIS.into_iter().find(|(name, _)| *name == basis)?;
        Some(match self {
            Self::Erasure => erasure,
            Self::Portability => portability,
            Self::Objection => objection,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::terms::BASES;

    const DAY: Date = Date::constant(2026, 10, 1);

    /// The policy's table as it is printed, one row a basis.
    const PRINTED: &str = "\
        vital-interests ✓ X X
        legal-obligation X X X
        public-task X X ✓
        legitimate-interests ✓ X ✓
        contract ✓ ✓ X
        consent ✓ ✓ withdraw
        recognised-legitimate-interests ✓ X ✓";

    #[test]
    fn a_school_that_answers_by_the_table_finds_in_it_what_its_policy_prints() {
        assert_eq!(PRINTED.lines().count(), BASES.len());
        for row in PRINTED.lines() {
            let cells: Vec<&str> = row.split_whitespace().collect();
            assert!(BASES.contains(&cells[0]), "{row}");
            let rights = [Right::Erasure, Right::Portability, Right::Objection];
            for (right, cell) in rights.into_iter().zip(&cells[1..]) {
                let printed = match *cell {
                    "✓" => Standing::Stands,
                    "X" => Standing::NotGiven,
                    _ => Standing::Withdraw,
                };
                assert_eq!(right.on_basis(cells[0], DAY), Some(printed), "{right:?}, {row}");
            }
        }
    }

    #[test]
    fn the_newest_basis_gives_nothing_before_its_day() {
        let on = |day| Right::Erasure.on_basis("recognised-legitimate-interests", day);
        assert_eq!(on(Date::constant(2026, 2, 5)), Some(Standing::Stands));
        assert_eq!(on(Date::constant(2026, 2, 4)), None);
        assert_eq!(Right::Erasure.on_basis("goodwill", DAY), None);
    }

    #[test]
    fn a_request_for_access_rests_on_no_basis() {
        assert_eq!(Right::of_request("erasure"), Some(Right::Erasure));
        for other in ["subject-access", "rectification", "restriction", "educational-record"] {
            assert_eq!(Right::of_request(other), None, "{other}");
        }
    }
}
