//! The entries that a record links: those that the author names, those that are plain, and those
//! that must be said.

use std::rc::Rc;

use probity_ledger::format::entry::Subject;
use probity_ledger::format::hash::Index;
use probity_ledger::records::kind::{Kind, Relation};
use probity_ledger::records::newest;

use crate::work::WorkError;
use crate::work::desk::Desk;
use crate::work::history::{by_exception, forwards};

pub(super) fn resolve_links(
    desk: &mut Desk<'_>,
    links: &[(Relation, String)],
) -> Result<Vec<(Relation, Index)>, WorkError> {
    links.iter().map(|(relation, entry)| Ok((*relation, desk.resolve(entry)?))).collect()
}

/// Adds the link that a kind usually has when it is plain which entry is meant: the newest of
/// the right kind in the case; of exceptions, the one that waits to be ratified.
pub(super) fn add_usual_links(
    desk: &mut Desk<'_>,
    (kind, role): (&Kind, &str),
    subject: &Subject,
    mut links: Vec<(Relation, Index)>,
    without_documents: bool,
) -> Result<Vec<(Relation, Index)>, WorkError> {
    let Some((relation, targets)) = usual_targets(kind, without_documents) else {
        return Ok(links);
    };
    if links.iter().any(|(rel, _)| *rel == relation) {
        return Ok(links);
    }
    // What takes a record's place is on what that was on.
    let corrected = links.iter().find(|(rel, _)| *rel == Relation::Corrects).copied();
    if let Some((_, index)) = corrected {
        let record = desk.record(index)?;
        if record.entry.says().kind == kind.name {
            let on = record.links().iter().filter(|(rel, _)| *rel == relation);
            for (_, hash) in on {
                links.extend(desk.reading.find(hash)?.map(|index| (relation, index)));
            }
            return Ok(links);
        }
    }
    if relation == Relation::Ratifies {
        links.extend(waits(desk, subject, role)?.map(|index| (relation, index)));
        return Ok(links);
    }
    let found = desk
        .case(subject)?
        .iter()
        .rev()
        .find(|record| targets.contains(&record.entry.says().kind))
        .map(|record| record.index());
    links.extend(found.map(|index| (relation, index)));
    Ok(links)
}

/// The one exception of a case that waits to be ratified in a role; where none does, the one that
/// waits for another role, so that whoever signs is told of it.
fn waits(desk: &mut Desk<'_>, subject: &Subject, role: &str) -> Result<Option<Index>, WorkError> {
    let mut open = Vec::new();
    for record in &*desk.case(subject)? {
        if record.entry.says().kind == "exception"
            && !by_exception(desk.reading, record.entry.hash())?.is_empty()
        {
            open.push(Rc::clone(record));
        }
    }
    let (own, others): (Vec<_>, Vec<_>) =
        open.into_iter().partition(|record| record.is_ratified_as(role));
    match if own.is_empty() { others } else { own }.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.index())),
        several => {
            let indices: Vec<String> = several.iter().map(|one| one.index().to_string()).collect();
            Err(WorkError::refused(
                format!(
                    "several exceptions wait to be ratified here: entries {}",
                    indices.join(", ")
                ),
                "say which one with --link ratifies=ENTRY",
            ))
        }
    }
}

/// The link that a kind usually has within its case, and the kinds of record that it leads to.
#[must_use]
pub fn usual_targets(
    kind: &Kind,
    without_documents: bool,
) -> Option<(Relation, &'static [&'static str])> {
    Some(match kind.name {
        "breach-decision" => (Relation::Decides, &["breach-report"]),
        "breach-told" | "breach-measure" | "breach-investigation" => {
            (Relation::About, &["breach-report"])
        }
        "breach-signoff" => (Relation::SignsOff, &["breach-investigation"]),
        "breach-review" => (Relation::About, &["breach-investigation"]),
        "covert-end" => (Relation::About, &["covert-authorisation"]),
        "consent-withdrawal" => (Relation::Withdraws, &["consent"]),
        "image-removal" => (Relation::Removes, &["consent-withdrawal"]),
        "request-answer" => (Relation::Answers, &["request"]),
        "ratification" => (Relation::Ratifies, &["exception"]),
        "dpia" => (Relation::About, &["dpia-screening"]),
        "dpo-advice" if without_documents => (Relation::Advises, &["dpia", "dpia-screening"]),
        "dpia-approval" if without_documents => (Relation::Approves, &["dpia", "dpia-screening"]),
        "control-approval" if without_documents => (Relation::Approves, &["dpia"]),
        "risk-acceptance" | "ico-consultation" => (Relation::About, &["dpia"]),
        "dpia-review" => (Relation::About, &["dpia", "dpia-screening"]),
        _ => return None,
    })
}

/// Refuses a link to what a record of this kind can't be on, or to another case's: a slip in a number
/// would decide, answer or correct what is somebody else's, and end what falls due there.
pub(super) fn check_belonging(
    desk: &mut Desk<'_>,
    kind: &Kind,
    subject: &Subject,
    links: &[(Relation, Index)],
) -> Result<(), WorkError> {
    // The link, the kinds that it leads to, and whether it leads to no other.
    let own = match kind.name {
        "request-step" => Some((Relation::About, &["request"][..], false)),
        "complaint-step" => Some((Relation::About, &["complaint"][..], false)),
        "image-removal" => {
            Some((Relation::Removes, &["consent-withdrawal", "image-challenge"][..], true))
        }
        "request-answer" | "consent-withdrawal" | "breach-decision" | "breach-signoff" => {
            usual_targets(kind, true).map(|(link, kinds)| (link, kinds, true))
        }
        "covert-end"
        | "dpo-advice"
        | "dpia-approval"
        | "control-approval"
        | "dpia-review"
        | "risk-acceptance"
        | "ico-consultation"
        | "breach-told"
        | "breach-measure"
        | "breach-investigation"
        | "breach-review" => usual_targets(kind, true).map(|(link, kinds)| (link, kinds, false)),
        _ => None,
    };
    let (mut elsewhere, mut here) = (None, false);
    for (relation, index) in links {
        let target = desk.record(*index)?;
        let (there, other) = (target.entry.says().kind, target.entry.subject());
        if *relation == Relation::Corrects
            && there == kind.name
            && other != subject
            && other.case().is_some()
        {
            return Err(of_another_case(*index, other, subject));
        }
        let Some((_, kinds, only)) = own.filter(|(own, ..)| own == relation) else { continue };
        if !kinds.contains(&there) {
            if !only {
                continue;
            }
            let titles: Vec<&str> =
                kinds.iter().map(|name| newest(name).map_or(*name, |kind| kind.title)).collect();
            return Err(WorkError::refused(
                format!(
                    "entry {index} is \u{201c}{}\u{201d}, and a `{}` {} \u{201c}{}\u{201d}",
                    target.title(),
                    kind.name,
                    forwards(*relation),
                    titles.join("\u{201d} or \u{201c}")
                ),
                "look for its number with `probity log`",
            ));
        }
        // One record may withdraw, and one may remove, what stands in several cases.
        if matches!(relation, Relation::Withdraws | Relation::Removes) || subject.case().is_none() {
            continue;
        }
        if other == subject {
            here = true;
        } else {
            elsewhere.get_or_insert_with(|| of_another_case(*index, other, subject));
        }
    }
    // One letter may answer requests of several cases: then it stands in one of them.
    elsewhere.filter(|_| !here).map_or(Ok(()), Err)
}

fn of_another_case(index: Index, other: &Subject, subject: &Subject) -> WorkError {
    let place =
        |subject: &Subject| subject.case().map_or_else(|| "no case".to_owned(), str::to_owned);
    WorkError::refused(
        format!(
            "entry {index} belongs to {}, and this goes into {}: expected an entry of that",
            place(other),
            place(subject)
        ),
        "look at the number and at the case; leave the case out to have that of the entry",
    )
}

pub(super) fn check_required_links(
    kind: &Kind,
    links: &[(Relation, Index)],
) -> Result<(), WorkError> {
    for group in kind.required_links {
        if !group.iter().any(|wanted| links.iter().any(|(rel, _)| rel == wanted)) {
            let verbs: Vec<String> = group.iter().map(|relation| forwards(*relation)).collect();
            return Err(WorkError::refused(
                format!("a `{}` has to say which entry it {}", kind.name, verbs.join(" or ")),
                format!("add --link {}=ENTRY", group.first().map_or("about", |rel| rel.name())),
            ));
        }
    }
    Ok(())
}
