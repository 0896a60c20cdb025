//! Words that several kinds share: lawful bases, grounds of transfer with their days, scales of
//! risk.
//!
//! [`ground_fault`] says whether the law knew a ground on a day. It doesn't say whether this
//! country is covered by adequacy regulations, or this recipient certified or bound by the clauses.

use jiff::civil::Date;

use super::days::written;

/// Lawful bases (Art 6(1) UK GDPR; recognised legitimate interests since 5 February 2026).
pub const BASES: &[&str] = &[
    "consent",
    "contract",
    "legal-obligation",
    "vital-interests",
    "public-task",
    "legitimate-interests",
    "recognised-legitimate-interests",
];

/// Grounds on which data may leave the United Kingdom (Chapter V UK GDPR), and what schools write
/// where there is none.
pub const GROUNDS: &[&str] = &[
    "adequacy",
    "eu-us-privacy-shield",
    "uk-us-data-bridge",
    "international-data-transfer-agreement",
    "addendum",
    "standard-contractual-clauses",
    "binding-corporate-rules",
    "derogation",
    "none",
    "not-known",
];

/// A ground, what it is called, the first day on which it holds and the first on which it no
/// longer does.
struct Dated {
    ground: &'static str,
    name: &'static str,
    from: Option<Date>,
    void: Option<Date>,
}

/// The grounds that have days. The others have held for as long as there was a rule on transfers.
///
/// - Privacy Shield: Decision (EU) 2016/1250 of 12 July 2016; void by the Court's judgment in
///   C-311/18.
/// - Data bridge: the regulations of 2023 on the UK extension to the EU-US Data Privacy Framework.
/// - Agreement and addendum: issued under s.119A of the Data Protection Act 2018.
/// - Standard contractual clauses of the EU, without the addendum: the transitional provisions
///   issued with these two. No new contract since 22 September 2022; those before it ended with
///   20 March 2024.
const DATED: &[Dated] = &[
    Dated {
        ground: "eu-us-privacy-shield",
        name: "the EU-US Privacy Shield",
        from: Some(Date::constant(2016, 7, 12)),
        void: Some(Date::constant(2020, 7, 16)),
    },
    Dated {
        ground: "uk-us-data-bridge",
        name: "the UK-US data bridge",
        from: Some(Date::constant(2023, 10, 12)),
        void: None,
    },
    Dated {
        ground: "international-data-transfer-agreement",
        name: "the international data transfer agreement",
        from: Some(Date::constant(2022, 3, 21)),
        void: None,
    },
    Dated {
        ground: "addendum",
        name: "the addendum to the EU's clauses",
        from: Some(Date::constant(2022, 3, 21)),
        void: None,
    },
    Dated {
        ground: "standard-contractual-clauses",
        name: "the EU's standard contractual clauses without the addendum",
        from: None,
        void: Some(Date::constant(2024, 3, 21)),
    },
];

/// What is wrong with resting a transfer on `ground` on that day, as words without a full stop:
/// "the EU-US Privacy Shield is no ground since 16 July 2020". `None`: nothing that its name and
/// the day would show.
#[must_use]
pub fn ground_fault(ground: &str, day: Date) -> Option<String> {
    match ground {
        "none" => return Some("no ground is given for a transfer".to_owned()),
        "not-known" => return Some("the ground of a transfer is not known".to_owned()),
        _ => {}
    }
    let dated = DATED.iter().find(|dated| dated.ground == ground)?;
    if let Some(void) = dated.void.filter(|void| *void <= day) {
        return Some(format!("{} is no ground since {}", dated.name, written(void)));
    }
    let from = dated.from.filter(|from| day < *from)?;
    Some(format!("{} is a ground only from {}", dated.name, written(from)))
}

/// Impact of a risk, from least to most (policy §12.8).
pub const IMPACTS: &[&str] = &["insignificant", "minor", "moderate", "major", "severe"];

/// Likelihood of a risk, from least to most (policy §12.8).
pub const LIKELIHOODS: &[&str] = &["very-unlikely", "unlikely", "neither", "likely", "very-likely"];

/// Level of a risk where three levels are used.
pub const LEVELS: &[&str] = &["low", "medium", "high"];

/// Answers to a question of a form, with the ones that aren't an answer yet.
pub const ANSWERS: &[&str] = &["yes", "no", "potentially", "not-applicable", "not-investigated"];

/// Whether a risk stands in a red cell: impact major or severe, and likely or very likely
/// (policy §12.9).
#[must_use]
pub fn is_red(impact: Option<&str>, likelihood: Option<&str>) -> bool {
    matches!(impact, Some("major" | "severe"))
        && matches!(likelihood, Some("likely" | "very-likely"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::days::day;

    fn fault(ground: &str, on: &str) -> Option<String> {
        ground_fault(ground, day(on).expect("a day"))
    }

    #[test]
    fn a_ground_holds_from_its_first_day_until_it_falls() {
        for (ground, good, bad, words) in [
            ("eu-us-privacy-shield", "2020-07-15", "2020-07-16", "no ground since 16 July 2020"),
            ("eu-us-privacy-shield", "2016-07-12", "2016-07-11", "only from 12 July 2016"),
            ("uk-us-data-bridge", "2023-10-12", "2023-10-11", "only from 12 October 2023"),
            (
                "international-data-transfer-agreement",
                "2022-03-21",
                "2022-03-20",
                "only from 21 March 2022",
            ),
            ("addendum", "2022-03-21", "2022-03-20", "only from 21 March 2022"),
            (
                "standard-contractual-clauses",
                "2024-03-20",
                "2024-03-21",
                "no ground since 21 March 2024",
            ),
        ] {
            assert_eq!(fault(ground, good), None, "{ground} on {good}");
            let found = fault(ground, bad).unwrap_or_default();
            assert!(found.contains(words), "{ground} on {bad}: {found}");
        }
    }

    #[test]
    fn what_is_no_ground_is_none_on_any_day() {
        for on in ["2000-01-01", "2026-10-01"] {
            assert!(fault("none", on).is_some() && fault("not-known", on).is_some());
            assert_eq!(fault("adequacy", on), None);
            assert_eq!(fault("derogation", on), None);
        }
    }

    #[test]
    fn every_dated_ground_is_one_that_can_be_answered() {
        assert!(DATED.iter().all(|dated| GROUNDS.contains(&dated.ground)));
    }
}
