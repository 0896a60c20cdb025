//! What a verdict says to the person in charge: what is intact, or couldn't be checked; the rest is
//! told by the modules beside this one.

use super::{continuity, count, missing, not_genuine, outside, unjudged_entries, what};
use crate::book::fault::quoted;
use crate::verify::verdict::{Outcome, Subject, Verdict};

/// All but the closing sentence.
pub(super) fn sentences(verdict: &Verdict) -> Vec<String> {
    if verdict.verdict == Outcome::NotGenuine {
        return not_genuine::head(verdict);
    }
    let first =
        if verdict.verdict == Outcome::Intact { intact(verdict) } else { cannot_check(verdict) };
    let mut all = vec![first];
    all.extend(continuity(verdict));
    all.extend(missing::head(verdict));
    all
}

/// The school as the records name it: quoted, one line, of bounded length.
fn school(verdict: &Verdict) -> String {
    quoted(verdict.school.as_deref().unwrap_or("a school without a name"))
}

fn intact(verdict: &Verdict) -> String {
    let records = count(verdict.entries, "record", "records");
    let fit = match (verdict.subject, verdict.relied_on) {
        (Subject::Ledger, Some(size)) => format!(
            "{records} of {}, added since the checkpoint that you kept: they fit together exactly as \
             signed. The {} before were not looked at again; they are the ones that the checkpoint \
             counts.",
            school(verdict),
            count(size.0, "record", "records"),
        ),
        (Subject::Ledger, None) => {
            format!("These {records} of {} fit together exactly as signed.", school(verdict))
        }
        (Subject::Bundle, _) => format!(
            "The {records} in this bundle are exactly as signed, and each has its place in a record book of \
             {} that calls itself {}.",
            count(verdict.size.0, "record", "records"),
            school(verdict)
        ),
    };
    let known = match (verdict.fingerprint.compared, verdict.subject) {
        (true, _) => " It is the record book whose code you gave.",
        (false, Subject::Bundle) => {
            " You gave no code to compare, so this can't show whose record book it is: ask for the code in \
             the governors' minutes."
        }
        (false, Subject::Ledger) => "",
    };
    let next = match verdict.subject {
        Subject::Ledger => {
            " Next: give your data protection officer or council a checkpoint to keep (`probity checkpoint \
             -o checkpoint.txt`); with it they can see later whether anything was changed or removed."
        }
        Subject::Bundle => "",
    };
    if let Some(confirmed) = outside::head(verdict) {
        return format!("{fit}{known} {confirmed}");
    }
    let who = outside::too_few(verdict).unwrap_or_else(|| {
        "Nobody outside has confirmed this: it rests on the word of whoever holds the keys."
            .to_owned()
    });
    format!("{fit}{known} {who}{}{next}", outside::head_unconfirmed(verdict))
}

fn cannot_check(verdict: &Verdict) -> String {
    format!(
        "This {} could not be checked whole: {} {}. What could be checked holds together; what could not \
         must not be relied on yet. Next: check it with a newer version of probity.",
        what(verdict),
        unjudged_entries(verdict),
        why_unjudged(verdict),
    )
}

fn why_unjudged(verdict: &Verdict) -> String {
    let fault = verdict.fault.as_ref();
    fault.map_or_else(
        || "can't be judged by this version".to_owned(),
        |fault| {
            format!("can't be judged by this version ({}: {})", fault.what, quoted(&fault.found))
        },
    )
}
