//! What a verdict says of a record book or bundle that isn't genuine: where it fails.

use super::meaning::meaning;
use super::{count, what};
use crate::book::fault::Code;
use crate::verify::verdict::{Continuity, Subject, Verdict};

/// For the person in charge: what it means, and what to do today.
pub(super) fn head(verdict: &Verdict) -> Vec<String> {
    let Some(fault) = &verdict.fault else { return Vec::new() };
    if let Some(Continuity::DoesNotContinue { other_ledger: Some(other), .. }) = &verdict.continuity
    {
        return vec![format!(
            "What you kept is of another record book ({other}), not of this one ({}). Either it is the \
             wrong file, or this is not the record book that it was taken from: look for the right file \
             first.",
            verdict.origin.as_deref().unwrap_or("without a name")
        )];
    }
    if fault.code == Code::DoesNotContinue && verdict.continuity.is_none() {
        return vec![format!(
            "This does not continue the record book that somebody outside confirmed ({}). It was \
             rewritten, or an old copy was restored and carried on; this check can't tell which. Copy this \
             folder, change nothing, tell your data protection officer and chair of governors today.",
            fault.what
        )];
    }
    if fault.code == Code::DoesNotContinue {
        return vec![format!(
            "This does not continue the record book that you kept a confirmation of ({}). It was \
             rewritten, or an old copy was restored and carried on; this check can't tell which. Keep both; \
             tell your data protection officer and chair of governors today.",
            older_size(verdict)
        )];
    }
    if fault.code == Code::Genesis
        && verdict.fingerprint.compared
        && fault.what == "the fingerprint"
    {
        return vec![format!(
            "This is another record book than the one whose code you gave: its code is {}. Check the code \
             in your minutes; if that is right, do not rely on this {}.",
            fault.found,
            what(verdict)
        )];
    }
    let advice = match verdict.subject {
        Subject::Ledger => {
            "Copy this folder, change nothing, tell your data protection officer today: this may itself be \
             a data breach."
        }
        Subject::Bundle => {
            "Don't rely on this copy. Ask whoever sent it for a new one, and keep this one."
        }
    };
    let advice = match (fault.code, verdict.subject) {
        (Code::Journal, _) => {
            "An interrupted write leaves such a place at the end, and so does a failing disk. Copy this \
             folder before anything else; if records are missing, tell your data protection officer today."
        }
        _ => advice,
    };
    let place = match fault.entry {
        Some(entry) if fault.code == Code::Journal => {
            format!("From record {entry} on, what is stored can't be read as it was written.")
        }
        Some(entry) => match meaning(fault.code) {
            None => format!("Record {entry} is not as it was signed."),
            Some(meaning) => format!("The first failure is at record {entry}. {meaning}"),
        },
        // What failed may be a file's name, and whoever made the file chose it.
        None => format!(
            "This {} is not as it was made. {}",
            what(verdict),
            meaning(fault.code).unwrap_or_default()
        ),
    };
    let before = match verdict.intact_before {
        Some(0) | None => String::new(),
        Some(1) => " Record 0 is sound.".to_owned(),
        Some(sound) => format!(" Records 0 to {} are sound.", sound - 1),
    };
    vec![format!("{place}{before} {advice}")]
}

/// For an inspector: the first failure, and what it leaves.
pub(super) fn inspector(verdict: &Verdict) -> Vec<String> {
    let Some(fault) = &verdict.fault else { return Vec::new() };
    let mut all = Vec::new();
    if fault.code == Code::DoesNotContinue && verdict.continuity.is_none() {
        all.push(format!(
            "Does not continue: outside evidence that this record book keeps contradicts it. {}. \
             Something in those entries was changed or removed; only the older entries can show what.",
            fault.told()
        ));
        return all;
    }
    if fault.code == Code::DoesNotContinue {
        let (signed, first) = match &verdict.continuity {
            Some(Continuity::DoesNotContinue { signed, first_difference, .. }) => {
                (*signed, *first_difference)
            }
            _ => (false, None),
        };
        let both = if signed {
            "both carry the ledger's key"
        } else {
            "the older one is not signed by a log key that this ledger names"
        };
        let place = match first {
            Some(index) => format!("The first entry that differs is {index}."),
            None => format!(
                "Something in the first {} was changed or removed; only the older entries can show what.",
                older_size(verdict)
            ),
        };
        all.push(format!(
            "Does not continue: the kept checkpoint ({}) and this {} contradict each other; {both}. \
             {place} {}.",
            older_size(verdict),
            what(verdict),
            fault.told()
        ));
        return all;
    }
    all.push(format!(
        "Not intact. First failure: {} (fault `{}`). Nothing later is relied on. This doesn't show who or \
         why.",
        fault.told(),
        fault.code.name()
    ));
    match verdict.intact_before {
        Some(sound) if sound > 0 => {
            all.push(format!("Intact before it: entries 0 to {}.", sound - 1));
        }
        _ => {}
    }
    all
}

fn older_size(verdict: &Verdict) -> String {
    match &verdict.continuity {
        Some(
            Continuity::Continues { size, .. }
            | Continuity::DoesNotContinue { size, .. }
            | Continuity::CannotTell { size },
        ) => count(size.0, "record", "records"),
        None => "an older head".to_owned(),
    }
}
