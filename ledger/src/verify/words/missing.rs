//! What a verdict says of what is doubtful, not complete, left out, erased or not there.

use super::{count, day, erased, indices, stated};
use crate::book::fault::quoted;
use crate::format::hash::Index;
use crate::verify::verdict::{Continuity, Subject, Verdict};

/// For the person in charge: one paragraph for each sort of thing.
pub(super) fn head(verdict: &Verdict) -> Vec<String> {
    let mut all: Vec<String> = stated::head(verdict).into_iter().collect();
    if !verdict.doubtful.is_empty() {
        let since = verdict.doubtful.iter().map(|d| d.suspect_since).min().unwrap_or_default();
        let entries: Vec<Index> = verdict.doubtful.iter().map(|d| d.entry).collect();
        all.push(format!(
            "The records fit together, but a key may have been in other hands from {}, and {} on it \
             ({}). Ask its holder which are theirs; have those signed again.",
            day(since),
            count(entries.len() as u64, "record depends", "records depend"),
            indices(&entries)
        ));
    }
    if !verdict.answers_opened {
        all.push(
            "The answers and documents were not opened: this says who signed what kind \
             of record and when, and not whether what they wrote is still there."
                .to_owned(),
        );
    }
    if !verdict.incomplete.is_empty() {
        let lines: Vec<String> = verdict
            .incomplete
            .iter()
            .map(|i| format!("record {} ({}): {}", i.entry, i.kind, i.why))
            .collect();
        all.push(format!("Not complete yet: {}.", lines.join("; ")));
    }
    if !verdict.on_paper.is_empty() {
        let lines: Vec<String> = verdict
            .on_paper
            .iter()
            .map(|act| format!("record {} ({}): {}", act.entry, act.kind, act.why))
            .collect();
        all.push(format!("Complete only through a signature on paper: {}.", lines.join("; ")));
    }
    all.extend(erased::head(verdict));
    if verdict.subject == Subject::Bundle {
        let (partly, bare) = left_out(verdict);
        if !partly.is_empty() {
            all.push(format!(
                "Left out of this copy, sealed in place so that they can be shown later and checked: {}.",
                partly.join("; ")
            ));
        }
        if bare > 0 {
            all.push(format!(
                "{} here without answers, to prove order and authority.",
                count(bare, "record stands", "records stand")
            ));
        }
    }
    if !verdict.absent_documents.is_empty() {
        let names: Vec<String> = verdict.absent_documents.iter().map(|d| quoted(&d.name)).collect();
        all.push(format!("Named in the records and not there: {}.", names.join(", ")));
    }
    all
}

/// For an inspector: all of it in one paragraph.
pub(super) fn inspector(verdict: &Verdict) -> String {
    let mut parts = Vec::new();
    parts.extend(erased::inspector(verdict));
    if verdict.subject == Subject::Bundle {
        let (partly, bare) = left_out(verdict);
        parts.push(if partly.is_empty() {
            "Withheld from records that are shown: nothing".to_owned()
        } else {
            format!("Withheld from records that are shown: {}", partly.join("; "))
        });
        if bare > 0 {
            parts.push(format!("Entries here without their answers: {bare}"));
        }
    } else {
        if !verdict.answers_opened {
            parts.push(
                "Bodies not opened: any; answers, documents and the completeness of acts \
                 were not checked"
                    .to_owned(),
            );
        }
        let closed: Vec<Index> = verdict.withheld.iter().map(|of| of.entry).collect();
        if !closed.is_empty() {
            parts.push(format!(
                "Answers not there, and not known to be erased: {}",
                indices(&closed)
            ));
        }
    }
    let absent: Vec<String> = verdict
        .absent_documents
        .iter()
        .map(|document| {
            format!("entry {} {} ({})", document.entry, quoted(&document.name), document.sha256)
        })
        .collect();
    if let Some(size) = verdict.relied_on {
        parts.push(format!(
            "Not looked at: entries 0 to {}, and whether acts are complete",
            size.0.saturating_sub(1)
        ));
    }
    parts.push(if !verdict.answers_opened {
        "Documents absent: not asked".to_owned()
    } else if absent.is_empty() {
        "Documents absent: none".to_owned()
    } else {
        format!("Documents absent: {}", absent.join("; "))
    });
    if !verdict.doubtful.is_empty() {
        let entries: Vec<Index> = verdict.doubtful.iter().map(|doubt| doubt.entry).collect();
        let by: std::collections::BTreeSet<Index> =
            verdict.doubtful.iter().map(|doubt| doubt.revocation).collect();
        let by: Vec<Index> = by.into_iter().collect();
        parts.push(format!(
            "Signature valid, authorship unproven (suspect keys, revoked by entry {}): {}",
            indices(&by),
            indices(&entries)
        ));
    }
    if !verdict.incomplete.is_empty() {
        let lines: Vec<String> = verdict
            .incomplete
            .iter()
            .map(|act| format!("entry {} `{}`: {}", act.entry, act.kind, act.why))
            .collect();
        parts.push(format!("Acts not complete: {}", lines.join("; ")));
    }
    if !verdict.on_paper.is_empty() {
        let lines: Vec<String> = verdict
            .on_paper
            .iter()
            .map(|act| format!("entry {} `{}`: {}", act.entry, act.kind, act.why))
            .collect();
        parts.push(format!("Complete only through signatures on paper: {}", lines.join("; ")));
    }
    let newest = match &verdict.continuity {
        Some(Continuity::Continues { .. }) => {
            "Removal of entries newer than the head that you kept can't be seen"
        }
        _ => "Removal of the newest entries can't be seen from this alone",
    };
    parts.push(newest.to_owned());
    format!("Missing: {}.", parts.join(". "))
}

/// What a bundle leaves out: fields of records that are shown in part, in words, and how many
/// records are shown without answers (but perhaps a name).
fn left_out(verdict: &Verdict) -> (Vec<String>, u64) {
    let (mut partly, mut bare) = (Vec::new(), 0);
    for of in &verdict.withheld {
        if of.bare {
            bare += 1;
        } else {
            partly.push(format!("record {} ({})", of.entry, of.fields.join(", ")));
        }
    }
    (partly, bare)
}
