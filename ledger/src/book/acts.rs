//! Which acts are complete: those that need several signatures, those signed by exception,
//! and those signed in a role that may not sign them.
//!
//! Completeness is reported and never makes an entry less genuine. An approval is bound to
//! exact content: the entries that it links to and the files that it names, by SHA-256.

use std::collections::{BTreeMap, BTreeSet};

use super::authority::Authority;
use super::clear::ClearFields;
use super::judge::{Judged, documents};
use crate::format::body::Body;
use crate::format::cbor::Value;
use crate::format::entry::Entry;
use crate::format::hash::{EntryHash, Index};
use crate::records::facts::PersonId;
use crate::records::kind::{Also, Class, Kind, Relation, Signers};

/// A signature given to some content.
#[derive(Clone, Debug)]
struct Given {
    kind: String,
    role: String,
    /// Unknown for a paper signature that names nobody by id.
    person: Option<PersonId>,
    paper: bool,
}

/// An act that waits for other signatures.
#[derive(Clone, Debug)]
struct Waiting {
    index: Index,
    person: Option<PersonId>,
    also: &'static [Also],
    /// Content by hash; `None` when the body that names it is not disclosed.
    content: Option<BTreeSet<[u8; 32]>>,
    approves: bool,
}

/// An act signed by exception.
#[derive(Clone, Debug)]
struct Excepted {
    index: Index,
    exception: EntryHash,
}

/// What an act still lacks.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Incomplete {
    /// The act's entry.
    pub entry: Index,
    /// Its kind.
    pub kind: String,
    /// In words.
    pub why: String,
}

/// Signatures and acts so far.
#[derive(Clone, Debug, Default)]
pub struct Acts {
    given: BTreeMap<[u8; 32], Vec<Given>>,
    waiting: Vec<Waiting>,
    kinds: BTreeMap<Index, String>,
    lacking: Vec<Incomplete>,
    excepted: Vec<Excepted>,
    /// The role that must ratify an exception, by the exception's hash.
    exceptions: BTreeMap<EntryHash, Option<String>>,
    /// Roles in which each exception was ratified, judged at the end.
    ratifications: Vec<(EntryHash, String)>,
}

/// The content that an entry approves or advises on: linked entries and named files. `None`
/// when the field that names files is withheld, so that the content can't be known.
#[must_use]
pub fn content(entry: &Entry, judged: &Judged, body: Option<&Body>) -> Option<BTreeSet<[u8; 32]>> {
    let mut content: BTreeSet<[u8; 32]> = entry
        .payload()
        .links
        .iter()
        .filter(|link| {
            matches!(
                Relation::named(&link.rel),
                Some(Relation::Approves | Relation::Advises | Relation::SignsOff)
            )
        })
        .map(|link| link.entry.0)
        .collect();
    if let Some(field) = judged.kind.and_then(Kind::documents_field) {
        body?.get(field.name)?;
        content.extend(documents(body?).iter().map(|document| document.sha256.0));
    }
    Some(content)
}

impl Acts {
    /// Takes an entry into account.
    pub fn note(
        &mut self,
        entry: &Entry,
        judged: &Judged,
        body: Option<&Body>,
        authority: &Authority,
    ) {
        let Some(kind) = judged.kind else { return };
        let payload = entry.payload();
        let index = entry.index();
        let lack = |why: String| Incomplete { entry: index, kind: kind.name.to_owned(), why };
        // Under an exception, what is lacking is its ratification alone.
        let excepted = payload.links.iter().any(|link| link.rel == Relation::Excepts.name());
        if kind.class != Class::Governance && !judged.authorised && !excepted {
            self.lacking.push(lack(format!(
                "signed as {}, a role that may not sign this",
                crate::records::roles::title(&payload.role)
            )));
        }
        if kind.signers == Signers::Appointee && !accepts_own_key(entry, authority) {
            self.lacking.push(lack("not signed by the key that the appointment names".to_owned()));
        }
        let text = |name: &str| {
            body.and_then(|body| body.get(name)).and_then(|opening| opening.value.as_text())
        };
        self.note_exceptions(entry, kind.name, text("ratify-role"));
        let approves = match &judged.clear {
            Some(ClearFields::Decision(decision)) => decision.approves(),
            _ => true,
        };
        let content = content(entry, judged, body);
        let (role, person, paper) = if kind.name == "paper-signature" {
            (
                text("role").unwrap_or_default().to_owned(),
                text("person-id").and_then(person_id),
                true,
            )
        } else {
            (payload.role.clone(), judged.person, false)
        };
        if approves && (judged.authorised || paper || excepted) {
            let given = Given { kind: kind.name.to_owned(), role, person, paper };
            for item in content.iter().flatten() {
                self.given.entry(*item).or_default().push(given.clone());
            }
        }
        if !kind.also.is_empty() {
            self.kinds.insert(index, kind.name.to_owned());
            let person = judged.person;
            self.waiting.push(Waiting { index, person, also: kind.also, content, approves });
        }
    }

    fn note_exceptions(&mut self, entry: &Entry, kind: &str, ratify_role: Option<&str>) {
        let index = entry.index();
        if kind == "exception" {
            self.exceptions.insert(entry.hash(), ratify_role.map(str::to_owned));
        }
        for link in &entry.payload().links {
            match Relation::named(&link.rel) {
                Some(Relation::Excepts) => {
                    self.kinds.insert(index, kind.to_owned());
                    self.excepted.push(Excepted { index, exception: link.entry });
                }
                Some(Relation::Ratifies) => {
                    self.ratifications.push((link.entry, entry.payload().role.clone()));
                }
                _ => {}
            }
        }
    }

    /// What is not complete, by index.
    #[must_use]
    pub fn incomplete(&self) -> Vec<Incomplete> {
        let mut all = self.lacking.clone();
        let kind = |index: &Index| self.kinds.get(index).cloned().unwrap_or_default();
        for waiting in self.waiting.iter().filter(|waiting| waiting.approves) {
            for also in waiting.also {
                if let Some(why) = self.lacks(waiting, also) {
                    all.push(Incomplete { entry: waiting.index, kind: kind(&waiting.index), why });
                }
            }
        }
        for excepted in &self.excepted {
            if !self.is_ratified(&excepted.exception) {
                let why = match self.exceptions.get(&excepted.exception) {
                    Some(Some(role)) => format!(
                        "signed by exception; ratification by {} is missing",
                        crate::records::roles::title(role)
                    ),
                    _ => "signed by exception; its ratification is missing".to_owned(),
                };
                all.push(Incomplete { entry: excepted.index, kind: kind(&excepted.index), why });
            }
        }
        all.sort_by(|a, b| (a.entry, &a.why).cmp(&(b.entry, &b.why)));
        all
    }

    fn is_ratified(&self, exception: &EntryHash) -> bool {
        let wanted = self.exceptions.get(exception).and_then(Option::as_deref);
        self.ratifications
            .iter()
            .any(|(of, role)| of == exception && wanted.is_none_or(|wanted| wanted == role))
    }

    fn lacks(&self, waiting: &Waiting, also: &Also) -> Option<String> {
        let Some(content) = &waiting.content else {
            return Some(format!("can't be told: {} (its documents are not disclosed)", also.what));
        };
        if content.is_empty() {
            return Some("it names neither an entry nor a document".to_owned());
        }
        let mut on_paper = false;
        for item in content {
            let given = self.given.get(item).into_iter().flatten().find(|given| {
                let other = given.person.is_none() || given.person != waiting.person;
                (given.kind == also.kind || given.paper)
                    && other
                    && also.roles.contains(&given.role.as_str())
            });
            match given {
                None => return Some(format!("missing: {}", also.what)),
                Some(given) => on_paper |= given.paper && given.person.is_none(),
            }
        }
        on_paper.then(|| {
            format!("{} was signed on paper by a person not named by id, so it can't be shown that two people signed", also.what)
        })
    }
}

/// Whether an acceptance is signed by the key of the appointment that it accepts.
#[must_use]
pub fn accepts_own_key(entry: &Entry, authority: &Authority) -> bool {
    authority.key(&entry.header().kid).is_some_and(|record| {
        entry.payload().links.iter().any(|link| {
            link.rel == Relation::Accepts.name()
                && record.appointments.iter().any(|appointment| appointment.entry == link.entry)
        })
    })
}

fn person_id(text: &str) -> Option<PersonId> {
    hex::decode(text).ok()?.try_into().ok()
}

/// The answer to a field, if it is disclosed.
#[must_use]
pub fn answer<'a>(body: Option<&'a Body>, name: &str) -> Option<&'a Value> {
    body?.get(name).map(|opening| &opening.value).filter(|value| **value != Value::Null)
}
