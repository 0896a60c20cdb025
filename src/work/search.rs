//! Looking for documents in records that are being verified: where a file is named, what
//! happened to that record since, and where this copy can't tell.

use std::collections::BTreeMap;

use probity_ledger::book::judge;
use probity_ledger::format::body::Body;
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::{EntryHash, Index, Sha256Hash};
use probity_ledger::records::kind::{Kind, Relation};
use probity_ledger::records::{self, roles};
use probity_ledger::verify::verdict::{Outcome, Verdict};
use serde::Serialize;

/// Where a document is named.
#[derive(Clone, Debug, Serialize)]
pub struct Mention {
    /// The entry.
    pub entry: Index,
    /// Its kind.
    pub kind: String,
    /// What its kind is called by people.
    pub title: String,
    /// What was decided, for kinds that decide.
    pub decision: Option<String>,
    /// The role in which it was signed, as people call it.
    pub role: String,
    /// The name that the file had.
    pub name: String,
    /// When: POSIX seconds, as claimed.
    pub time: i64,
    /// Later entries that correct or withdraw it.
    pub undone: Vec<Undone>,
    /// Whether the author's key is suspect.
    pub doubtful: bool,
    /// Whether this program can't judge the record: who signed it isn't shown then.
    pub unjudged: bool,
}

/// A later entry that takes something from a record.
#[derive(Clone, Debug, Serialize)]
pub struct Undone {
    /// How it is linked: `corrects` or `withdraws`.
    pub relation: &'static str,
    /// The later entry.
    pub by: Index,
}

/// A document that was looked for.
#[derive(Clone, Debug, Serialize)]
pub struct DocumentReport {
    /// The file as it was given.
    pub file: String,
    /// Its SHA-256.
    pub sha256: Sha256Hash,
    /// Whether all records were looked through; a check that fails ends where it fails.
    pub looked_for: bool,
    /// Where it is named.
    pub mentions: Vec<Mention>,
    /// Entries that could name it and whose documents this copy leaves out.
    pub untold: Vec<Index>,
}

/// The search, fed with every entry that was found sound, in ascending order.
#[derive(Debug, Default)]
pub struct Search {
    reports: Vec<DocumentReport>,
    /// The mentioning entries by hash.
    found: BTreeMap<EntryHash, Index>,
}

impl Search {
    /// Looks for files of these names and hashes.
    #[must_use]
    pub fn begin(documents: &[(String, Sha256Hash)]) -> Self {
        let report = |(file, sha256): &(String, Sha256Hash)| DocumentReport {
            file: file.clone(),
            sha256: *sha256,
            looked_for: true,
            mentions: Vec::new(),
            untold: Vec::new(),
        };
        Self { reports: documents.iter().map(report).collect(), found: BTreeMap::new() }
    }

    /// Looks at an entry and what is disclosed of it.
    pub fn note(&mut self, entry: &Entry, body: Option<&Body>) {
        if self.reports.is_empty() {
            return;
        }
        self.note_links(entry);
        let said = entry.says();
        let kind = records::find(said.kind, said.version);
        let field = kind.and_then(Kind::documents_field);
        if field.is_some_and(|field| body.is_none_or(|body| body.get(field.name).is_none())) {
            for report in &mut self.reports {
                report.untold.push(entry.index());
            }
        }
        for document in body.into_iter().flat_map(judge::documents) {
            for report in self.reports.iter_mut().filter(|one| one.sha256 == document.sha256) {
                self.found.insert(entry.hash(), entry.index());
                report.mentions.push(Mention {
                    entry: entry.index(),
                    kind: said.kind.to_owned(),
                    title: kind.map_or(said.kind, |kind| kind.title).to_owned(),
                    decision: said
                        .clear
                        .get("decision")
                        .and_then(|decision| decision.as_text().map(str::to_owned)),
                    role: roles::title(said.role).to_owned(),
                    name: document.name.clone(),
                    time: said.time,
                    undone: Vec::new(),
                    doubtful: false,
                    unjudged: false,
                });
            }
        }
    }

    /// Looks only at what an entry says of earlier ones.
    pub fn note_links(&mut self, entry: &Entry) {
        for link in entry.says().links {
            let undoes = [Relation::Corrects, Relation::Withdraws]
                .into_iter()
                .find(|relation| relation.name() == link.rel);
            if let (Some(relation), Some(target)) = (undoes, self.found.get(&link.entry)) {
                let all = self.reports.iter_mut().flat_map(|report| &mut report.mentions);
                for mention in all.filter(|mention| mention.entry == *target) {
                    mention.undone.push(Undone { relation: relation.name(), by: entry.index() });
                }
            }
        }
    }

    /// Ends, with the verdict's doubts marked.
    #[must_use]
    pub fn finish(mut self, verdict: &Verdict) -> Vec<DocumentReport> {
        for report in &mut self.reports {
            report.looked_for = verdict.verdict != Outcome::NotGenuine;
        }
        for mention in self.reports.iter_mut().flat_map(|report| &mut report.mentions) {
            mention.doubtful = verdict.doubtful.iter().any(|doubt| doubt.entry == mention.entry);
            mention.unjudged = verdict.unjudged_at.binary_search(&mention.entry).is_ok();
        }
        self.reports
    }
}

#[cfg(test)]
mod tests {
    use probity_ledger::verify::verdict::Subject;

    use super::*;

    fn mention(entry: u64) -> Mention {
        Mention {
            entry: Index(entry),
            kind: "approval".to_owned(),
            title: "Approval".to_owned(),
            decision: Some("approved".to_owned()),
            role: "Headteacher".to_owned(),
            name: "plan.pdf".to_owned(),
            time: 0,
            undone: Vec::new(),
            doubtful: false,
            unjudged: false,
        }
    }

    /// A key that nobody is known to have appointed can "sign" anything under a made-up signature.
    #[test]
    fn a_record_that_is_not_judged_is_marked() {
        let mut search = Search::begin(&[("plan.pdf".to_owned(), Sha256Hash([7; 32]))]);
        search.reports[0].mentions.extend([mention(2), mention(4)]);
        let mut verdict = Verdict::begin(Subject::Bundle);
        verdict.verdict = Outcome::CannotCheck;
        verdict.unjudged_at = vec![Index(3), Index(4)];
        let [report] = &search.finish(&verdict)[..] else { panic!("one document") };
        let marks: Vec<bool> = report.mentions.iter().map(|mention| mention.unjudged).collect();
        assert_eq!((marks, report.looked_for), (vec![false, true], true));
    }
}
