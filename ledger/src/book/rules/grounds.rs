//! Grounds of transfer that fell: from when on a transfer can't rest on them.

use jiff::civil::Date;

/// The grounds by their names in records, with the first day on which they are none.
const FALLEN: &[(&str, Date)] = &[
    ("eu-us-privacy-shield", Date::constant(2020, 7, 16)),
    ("standard-contractual-clauses", Date::constant(2024, 3, 21)),
];

/// The first day on which a ground is none any more, if it fell.
#[must_use]
pub fn fell(ground: &str) -> Option<Date> {
    FALLEN.iter().find(|(name, _)| *name == ground).map(|(_, day)| *day)
}
