//! The rules for all kinds, and every finding once.

mod assessment;
mod breach;
mod cctv;
mod data_map;
mod dpia;
mod edges;
mod every_kind;
mod governance;
mod images;
mod imported;
mod kinds;
mod outside;
mod pupils;
mod regulator;
mod requests;
mod school;
mod screening;
mod suppliers;

use serde_json::{Value as Json, json};

use super::answers::Answers;
use super::common::findings;
use super::facts::{Author, Earlier, Facts};
use super::form::from_json;
use super::kind::Relation;
use super::newest;
use crate::format::hash::{EntryHash, Index};

/// Noon UTC on 1 October 2026.
const NOW: i64 = 1_790_856_000;
const HOUR: i64 = 3600;
const HEAD: u8 = 1;
const OTHER: u8 = 2;

/// An entry that stands before the record under test.
struct Past {
    kind: &'static str,
    role: &'static str,
    person: u8,
    decision: Option<&'static str>,
    answers: Answers,
    erased: bool,
    links: Vec<(Relation, EntryHash)>,
}

/// A record under test and what stands before it.
struct Scene {
    kind: &'static str,
    role: &'static str,
    roles: Vec<String>,
    decision: Option<&'static str>,
    links: Vec<(Relation, EntryHash)>,
    case: Vec<Past>,
}

/// The hash of the n-th entry before the record.
fn entry(n: u8) -> EntryHash {
    EntryHash([n; 32])
}

fn answers(kind: &str, document: &Json) -> Answers {
    let kind = newest(kind).expect("a known kind");
    let mut answers = Answers::default();
    for (name, member) in document.as_object().expect("an object") {
        let field = kind.field(name).unwrap_or_else(|| panic!("{} has no {name}", kind.name));
        let value = from_json(&field.form, member).unwrap_or_else(|why| panic!("{name}: {why}"));
        answers.set(name, value);
    }
    answers
}

fn past(kind: &'static str, role: &'static str, person: u8, document: &Json) -> Past {
    let answers = answers(kind, document);
    Past { kind, role, person, decision: None, answers, erased: false, links: Vec::new() }
}

impl Past {
    fn linking(mut self, relation: Relation, to: u8) -> Self {
        self.links.push((relation, entry(to)));
        self
    }

    fn deciding(mut self, decision: &'static str) -> Self {
        self.decision = Some(decision);
        self
    }

    /// The same entry with its answers gone.
    fn erased(mut self) -> Self {
        self.erased = true;
        self
    }
}

fn scene(kind: &'static str, role: &'static str) -> Scene {
    let roles = vec![role.to_owned()];
    Scene { kind, role, roles, decision: None, links: Vec::new(), case: Vec::new() }
}

impl Scene {
    fn deciding(mut self, decision: &'static str) -> Self {
        self.decision = Some(decision);
        self
    }

    fn holding(mut self, role: &str) -> Self {
        self.roles.push(role.to_owned());
        self
    }

    fn linking(mut self, relation: Relation, to: u8) -> Self {
        self.links.push((relation, entry(to)));
        self
    }

    fn after(mut self, past: Past) -> Self {
        self.case.push(past);
        self
    }

    /// Every finding as `rule: text`.
    fn finds(&self, document: &Json) -> Vec<String> {
        let case: Vec<Earlier<'_>> = self
            .case
            .iter()
            .zip(0u8..)
            .map(|(past, n)| Earlier {
                index: Index(u64::from(n)),
                hash: entry(n),
                kind: past.kind,
                role: past.role,
                person: [past.person; 16],
                time: NOW - HOUR,
                decision: past.decision,
                links: &past.links,
                answers: (!past.erased).then_some(&past.answers),
            })
            .collect();
        let facts = Facts {
            author: Author { person: [HEAD; 16], role: self.role, roles: &self.roles },
            time: NOW,
            decision: self.decision,
            links: &self.links,
            case: &case,
            linked: &[],
        };
        let kind = newest(self.kind).expect("a known kind");
        findings(kind, &answers(self.kind, document), &facts)
            .into_iter()
            .map(|finding| format!("{}: {}", finding.rule, finding.text))
            .collect()
    }

    /// Requires that something found begins with `rule` and contains `words`.
    fn expect(&self, document: &Json, rule: &str, words: &str) {
        let found = self.finds(document);
        let hit = found.iter().any(|f| f.starts_with(&format!("{rule}: ")) && f.contains(words));
        assert!(hit, "{} {document} lacks {rule}: {words}; it has {found:#?}", self.kind);
    }

    /// Requires that nothing is found.
    fn clean(&self, document: &Json) {
        assert_eq!(self.finds(document), Vec::<String>::new(), "{} {document}", self.kind);
    }

    /// Requires that nothing is found, and each finding when an answer is exchanged.
    fn each(&self, good: &Json, changes: &[(Json, &str, &str)]) {
        self.clean(good);
        for (change, rule, words) in changes {
            self.expect(&with(good, change), rule, words);
        }
    }
}

/// A document with some answers exchanged; null takes one away.
fn with(document: &Json, change: &Json) -> Json {
    let mut document = document.clone();
    let members = document.as_object_mut().expect("an object");
    for (name, member) in change.as_object().expect("an object") {
        if member.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), member.clone());
        }
    }
    document
}

fn document(byte: &str) -> Json {
    json!([{ "name": "a.pdf", "type": "application/pdf", "size": 9, "sha256": byte.repeat(32) }])
}
