//! Grounds of transfer that fell: from when on a transfer can't rest on them, and why.

use jiff::civil::Date;

/// How a ground of transfer fell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fall {
    /// Its name in records.
    pub ground: &'static str,
    /// The first day on which it is none.
    pub day: Date,
    /// What ended it.
    pub source: &'static str,
}

const FALLEN: &[Fall] = &[
    Fall {
        ground: "eu-us-privacy-shield",
        day: Date::constant(2020, 7, 16),
        source: "CJEU C-311/18",
    },
    Fall {
        ground: "standard-contractual-clauses",
        day: Date::constant(2024, 3, 21),
        source: "Data Protection Act 2018 Sch 21: end of the older clauses",
    },
];

/// How a ground fell, if it did.
#[must_use]
pub fn fell(ground: &str) -> Option<&'static Fall> {
    FALLEN.iter().find(|fall| fall.ground == ground)
}
