//! Words that several kinds share: lawful bases, grounds of transfer, scales of risk.

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
