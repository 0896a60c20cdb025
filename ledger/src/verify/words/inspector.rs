//! What a verdict says to an inspector: what was checked and against what; the rest is told by the
//! modules beside this one.

use super::{
    continuity, count, indices, missing, not_genuine, outside, stated, unjudged_entries, whose_word,
};
use crate::format::hash::{Index, Size};
use crate::verify::verdict::{Outcome, Subject, Verdict};

/// All but the closing sentence.
pub(super) fn sentences(verdict: &Verdict) -> Vec<String> {
    if verdict.verdict == Outcome::NotGenuine {
        return not_genuine::inspector(verdict);
    }
    let mut all = Vec::new();
    let fingerprint = verdict.fingerprint.hash.map_or_else(String::new, |hash| hash.to_string());
    let compared = if verdict.fingerprint.compared {
        "equal to the one given"
    } else {
        "not compared with any that you hold"
    };
    let root = verdict.root.map_or_else(String::new, |root| root.to_string());
    let checked = match (verdict.verdict, &verdict.fault) {
        (Outcome::CannotCheck, Some(fault)) => format!(
            "Not checked whole: {} can't be judged by this version (first: {}); above an unjudged \
             governance entry, signatures by unknown keys and all authority are unjudged too. What could be \
             checked agrees:",
            unjudged_entries(verdict),
            fault.told()
        ),
        _ => "Intact:".to_owned(),
    };
    let first = verdict.relied_on.unwrap_or(Size(0));
    all.push(match verdict.subject {
        Subject::Ledger if first == verdict.size => format!(
            "Nothing is newer than the head that you kept, of {first} entries: the stored tree has its root, \
             {root}. Fingerprint {fingerprint} ({compared})."
        ),
        Subject::Ledger => format!(
            "{checked} entries {first} to {}: signatures, roles, order and fields agree with each other and with \
             fingerprint {fingerprint} ({compared}). Root at {} entries: {root}.",
            verdict.size.0.saturating_sub(1),
            verdict.size,
        ),
        Subject::Bundle => format!(
            "{checked} {} of {}: signatures, roles and fields agree; each is proven to the checkpoint of {} \
             entries (root {root}). By what its authors signed, the governance chain is whole from entry {} \
             down to 0. Fingerprint {fingerprint} ({compared}).",
            count(verdict.entries, "entry", "entries"),
            verdict.size,
            verdict.size,
            verdict.size.0.saturating_sub(1),
        ),
    });
    all.push(whose_word::inspector(verdict));
    all.extend(stated::inspector(verdict));
    all.extend(outside::inspector(verdict));
    all.extend(continuity(verdict));
    all.push(missing::inspector(verdict));
    all.extend(cases(verdict));
    if !verdict.clock.is_empty() {
        let steps: Vec<Index> = verdict.clock.iter().map(|step| step.entry).collect();
        all.push(format!("Claimed time steps back at: {}.", indices(&steps)));
    }
    if !verdict.unjudged.is_empty() {
        all.push(format!("Not judged: {}.", verdict.unjudged.join("; ")));
    }
    if !verdict.reading_copies.is_empty() {
        all.push(format!(
            "Reading copies, not checked beyond their hashes: {}.",
            verdict.reading_copies.join(", ")
        ));
    }
    all
}

fn cases(verdict: &Verdict) -> Option<String> {
    if verdict.relied_on.is_some() {
        return None;
    }
    if verdict.subject != Subject::Bundle || verdict.cases.is_empty() {
        return None;
    }
    let lines: Vec<String> = verdict
        .cases
        .iter()
        .map(|case| {
            if case.whole {
                format!(
                    "{}: by what their authors signed, nothing was left out before entry {}; later entries \
                     can't be excluded, and only the whole record book can show that authors named the entry \
                     before",
                    case.case, case.newest
                )
            } else {
                format!("{}: a selection: other entries of this case exist", case.case)
            }
        })
        .collect();
    Some(format!("Cases: {}.", lines.join(". ")))
}
