//! What surrounds a record when it is checked for findings: the earlier entries of its case,
//! those that it links to, the advice on its content wherever that is filed, the first record,
//! which says what the school is, and the policies. The same for a record that is being prepared
//! and for one that has stood for years, so both are asked the same questions.

use std::collections::BTreeSet;
use std::rc::Rc;

use probity_ledger::format::entry::Subject;
use probity_ledger::format::hash::{EntryHash, Index};
use probity_ledger::records::answers::Answers;
use probity_ledger::records::common;
use probity_ledger::records::facts::{Author, Earlier, Facts, Finding};
use probity_ledger::records::kind::{Kind, Relation};

use super::WorkError;
use super::desk::{Desk, Records};
use super::reading::Record;

/// The entries around a record, as they stood below its place.
pub(crate) struct Circumstances {
    case: Records,
    around: Vec<Rc<Record>>,
}

/// What is known of the record itself, beside its answers.
pub(crate) struct About<'a> {
    /// Who signs, or signed.
    pub author: Author<'a>,
    /// When: POSIX seconds.
    pub time: i64,
    /// The decision that stands in clear.
    pub decision: Option<&'a str>,
    /// Its links.
    pub links: &'a [(Relation, EntryHash)],
}

impl Circumstances {
    /// Reads what stands around a record at the place `below`.
    ///
    /// # Errors
    /// Damage.
    pub fn gather(
        desk: &mut Desk<'_>,
        subject: &Subject,
        links: &[Index],
        below: Index,
    ) -> Result<Self, WorkError> {
        let places = desk.places(subject)?;
        let earlier = places.partition_point(|index| *index < below);
        let case = if earlier == places.len() {
            desk.case(subject)?
        } else {
            desk.records(&places[..earlier])?
        };
        let within = &places[..earlier];
        let outside: BTreeSet<Index> = links
            .iter()
            .copied()
            .filter(|index| *index < below && within.binary_search(index).is_err())
            .collect();
        let outside: Vec<Index> = outside.into_iter().collect();
        let mut around = desk.records(&outside)?.to_vec();
        let linked = around.len();
        let first = if below > Index(0) { Some(desk.record(Index(0))?) } else { None };
        let policies = desk.policies()?;
        let known_to_all = policies.iter().filter(|policy| policy.index() < below);
        for record in first.iter().chain(known_to_all) {
            if !around[..linked].iter().any(|known| known.index() == record.index()) {
                around.push(Rc::clone(record));
            }
        }
        Ok(Self { case, around })
    }

    /// What an inspector would ask about.
    #[must_use]
    pub fn findings(&self, kind: &Kind, answers: &Answers, about: &About<'_>) -> Vec<Finding> {
        let case: Vec<Earlier<'_>> = self.case.iter().map(|record| record.earlier()).collect();
        let linked: Vec<Earlier<'_>> = self.around.iter().map(|record| record.earlier()).collect();
        let facts = Facts {
            author: about.author,
            time: about.time,
            decision: about.decision,
            links: about.links,
            case: &case,
            linked: &linked,
        };
        let mut findings: Vec<Finding> = Vec::new();
        for finding in common::findings(kind, answers, &facts) {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
        findings
    }
}
