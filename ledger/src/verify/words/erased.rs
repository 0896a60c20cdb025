//! What a verdict says of answers that were erased.

use std::collections::BTreeMap;

use super::{count, day, indices};
use crate::format::hash::Index;
use crate::verify::verdict::{ErasedOf, Verdict};

/// Most records that are named with their fields.
const SHOWN: usize = 24;

/// For the person in charge: one sentence for each erasure.
pub(super) fn head(verdict: &Verdict) -> Option<String> {
    let mut by: BTreeMap<Index, Vec<&ErasedOf>> = BTreeMap::new();
    for of in &verdict.erased {
        by.entry(of.by).or_default().push(of);
    }
    let sentences: Vec<String> = by.iter().map(|(by, all)| sentence(*by, all)).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn sentence(by: Index, all: &[&ErasedOf]) -> String {
    let answers = all.iter().map(|of| of.fields.len() as u64).sum();
    let records: Vec<Index> = all.iter().map(|of| of.entry).collect();
    let (day, why) =
        all.first().map_or_else(Default::default, |of| (day(of.time), reason(of.ground)));
    format!(
        "{} in {} {} {} erased on {day} {why} (record {by}); what they said is gone and can't be checked.",
        count(answers, "answer", "answers"),
        if records.len() == 1 { "record" } else { "records" },
        indices(&records),
        if answers == 1 { "was" } else { "were" },
    )
}

/// A ground of erasure in words: "under your retention rules".
fn reason(ground: &str) -> &'static str {
    match ground {
        "retention" => "under your retention rules",
        "request" => "because whom they are about asked for it",
        "withdrawal" => "because a consent was withdrawn",
        _ => "by order of a court or the regulator",
    }
}

/// For an inspector: each record with its fields.
pub(super) fn inspector(verdict: &Verdict) -> Option<String> {
    let all = &verdict.erased;
    let mut lines: Vec<String> = all.iter().take(SHOWN).map(line).collect();
    if all.len() > SHOWN {
        lines.push(format!("and {} more", all.len() - SHOWN));
    }
    (!lines.is_empty()).then(|| format!("Erased: {}", lines.join("; ")))
}

fn line(of: &ErasedOf) -> String {
    let fields: Vec<String> = of.fields.iter().map(|field| format!("`{field}`")).collect();
    format!(
        "entry {} {} (entry {}, ground {}, signed by key {})",
        of.entry,
        fields.join(", "),
        of.by,
        of.ground,
        of.kid.short()
    )
}
