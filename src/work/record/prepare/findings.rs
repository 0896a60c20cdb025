//! The findings that a record would have.

use probity_ledger::book::clear::ClearFields;
use probity_ledger::format::hash::Index;
use probity_ledger::records::facts::{Author, Finding};
use probity_ledger::records::kind::Relation;

use super::author::Signer;
use crate::store::Store as _;
use crate::work::circumstances::{About, Circumstances};
use crate::work::compose::Draft;
use crate::work::desk::Desk;
use crate::work::record::others::advised;
use crate::work::{WorkError, minute};

/// What an inspector would ask about, in view of the case, the linked entries and the policies.
pub(super) fn find(
    desk: &mut Desk<'_>,
    draft: &Draft,
    (links, content): (&[(Relation, Index)], &[[u8; 32]]),
    signer: &Signer,
    now: i64,
) -> Result<Vec<Finding>, WorkError> {
    let mut linked: Vec<Index> = links.iter().map(|(_, index)| *index).collect();
    linked.extend(advised(desk.reading, draft.kind, content)?);
    let next = Index(desk.reading.store.head().size.0);
    let around = Circumstances::gather(desk, &draft.subject, &linked, next)?;
    let own = draft.linked_entries();
    let decision = match &draft.clear {
        ClearFields::Decision(decision) => Some(decision.name()),
        _ => None,
    };
    let author = Author {
        person: desk.reading.authority.person(&signer.kid).unwrap_or_default(),
        role: &draft.role,
        roles: &signer.held,
    };
    let about = About { author, time: now, decision, links: &own };
    let mut found = around.findings(draft.kind, &draft.answers, &about);
    found.extend(minute::differences(desk.reading, draft.kind, &draft.answers, next));
    Ok(found)
}
