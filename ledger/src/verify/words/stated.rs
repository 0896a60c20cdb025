//! What a verdict says of what was signed elsewhere: who signed it, and who entered it here.

use super::whose_word::{NO_NAME, name_of, short};
use crate::book::fault::quoted;
use crate::verify::verdict::Verdict;

/// So many of what was signed elsewhere are named one by one.
const SHOWN: usize = 12;

/// For the person in charge.
pub(super) fn head(verdict: &Verdict) -> Option<String> {
    let name = |kid: &str| {
        let key = verdict.keys.iter().find(|key| key.kid == kid);
        let name = key.and_then(|key| key.name.as_deref());
        name.map_or_else(|| "somebody unnamed".to_owned(), quoted)
    };
    let lines: Vec<String> = verdict
        .stated
        .iter()
        .take(SHOWN)
        .map(|one| {
            let (by, entered) = (name(&one.by), name(&one.entered_by));
            format!("record {} was signed by {by} elsewhere and entered by {entered}", one.entry)
        })
        .collect();
    let more = match verdict.stated.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("; so were {more} more"),
    };
    (!lines.is_empty()).then(|| format!("On another machine: {}{more}.", lines.join("; ")))
}

/// For an inspector: with keys, and up to where the author knew the chain.
pub(super) fn inspector(verdict: &Verdict) -> Option<String> {
    let name = |kid: &str| {
        let key = verdict.keys.iter().find(|key| key.kid == kid);
        let name = key.map_or_else(|| NO_NAME.to_owned(), name_of);
        format!("{name} (key {})", short(kid))
    };
    let lines: Vec<String> = verdict
        .stated
        .iter()
        .take(SHOWN)
        .map(|one| {
            format!(
                "entry {} by {}, who knew the chain up to entry {}; entered by {}",
                one.entry,
                name(&one.by),
                one.after,
                name(&one.entered_by)
            )
        })
        .collect();
    let more = match verdict.stated.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    (!lines.is_empty()).then(|| format!("Signed elsewhere: {}{more}.", lines.join("; ")))
}
