//! Which acts are complete: those that need several signatures, those signed by exception,
//! and those signed in a role that may not sign them.
//!
//! Completeness is reported and never makes an entry less genuine. An approval is bound to
//! exact content: the entries that it links to and the files that it names, by SHA-256.

use std::collections::{BTreeMap, BTreeSet};

use self::piles::{How, Piles, Ratifications};
use super::authority::Authority;
use super::clear::ClearFields;
use super::erasing::Erasures;
use super::fault::quoted;
use super::judge::Judged;
use crate::format::body::{Body, Document};
use crate::format::cbor::Value;
use crate::format::entry::Entry;
use crate::format::hash::{EntryHash, Index};
use crate::records::facts::PersonId;
use crate::records::kind::{Also, Class, Clear, Kind, On, Relation, Signers};
use crate::records::roles;

mod piles;

/// A signature on paper, and who put it on record.
#[derive(Clone, Debug)]
struct Paper {
    entry: Index,
    recorder: Option<PersonId>,
    /// The name that was written down, if it is disclosed.
    name: Option<String>,
}

/// An act that waits for other signatures.
#[derive(Clone, Debug)]
struct Waiting {
    index: Index,
    kind: &'static str,
    person: Option<PersonId>,
    also: &'static [Also],
    /// The act's own entry.
    itself: EntryHash,
    /// Content by hash; `None` when the body that names it is not disclosed.
    content: Option<Box<[[u8; 32]]>>,
}

impl Waiting {
    /// What a signature has to be on; `None` when that is not disclosed.
    fn content(&self, on: On) -> Option<&[[u8; 32]]> {
        match on {
            On::Content => self.content.as_deref(),
            On::Itself | On::ItselfOrRule => Some(std::slice::from_ref(&self.itself.0)),
        }
    }
}

/// An act signed by exception.
#[derive(Clone, Debug)]
struct Excepted {
    index: Index,
    kind: &'static str,
    person: Option<PersonId>,
    exception: EntryHash,
}

/// An exception that is on record.
#[derive(Clone, Debug)]
struct Exception {
    author: Option<PersonId>,
    /// The role that must ratify; outer `None` when it is not disclosed.
    #[allow(clippy::option_option, reason = "not disclosed and not named are two things")]
    ratify_role: Option<Option<String>>,
}

/// What an act still lacks, or how it came to be complete.
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
    given: Piles,
    waiting: Vec<Waiting>,
    lacking: Vec<Incomplete>,
    excepted: Vec<Excepted>,
    exceptions: BTreeMap<EntryHash, Exception>,
    /// By the exception that is ratified.
    ratified: Ratifications,
    erasures: Erasures,
}

/// The content that an entry approves or advises on: linked entries and named files. `None`
/// when the field that names files is withheld, so that the content can't be known.
#[must_use]
pub fn content(entry: &Entry, judged: &Judged, body: Option<&Body>) -> Option<BTreeSet<[u8; 32]>> {
    let approving = [Relation::Approves, Relation::Advises, Relation::SignsOff];
    let mut content = targets(entry, &approving);
    if let Some(field) = judged.kind.and_then(Kind::documents_field) {
        let named = &body?.get(field.name)?.value;
        content.extend(Document::within(named).iter().map(|document| document.sha256.0));
    }
    Some(content)
}

fn targets(entry: &Entry, relations: &[Relation]) -> BTreeSet<[u8; 32]> {
    let links = entry.says().links.iter();
    links
        .filter(|link| Relation::named(&link.rel).is_some_and(|rel| relations.contains(&rel)))
        .map(|link| link.entry.0)
        .collect()
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
        self.erasures.note(entry, judged, body);
        let Some(kind) = judged.kind else { return };
        let (said, index) = (entry.says(), entry.index());
        let under_exception = self.note_exceptions(entry, kind.name, judged, body, authority);
        let mut lack = |why: String| {
            self.lacking.push(Incomplete { entry: index, kind: kind.name.to_owned(), why });
        };
        if kind.class != Class::Governance && !judged.authorised && !under_exception {
            lack(format!("signed as {}, a role that may not sign this", roles::title(said.role)));
        }
        if kind.signers == Signers::Appointee && !accepts_own_key(entry, authority) {
            lack("not signed by the key that the appointment names".to_owned());
        }
        let approves = match &judged.clear {
            Some(ClearFields::Decision(decision)) => decision.approves(),
            _ => true,
        };
        if !approves {
            return;
        }
        if kind.name == "paper-signature" {
            self.note_paper(entry, judged, body, authority);
        } else if judged.authorised && judged.appointment.is_some() {
            for item in content(entry, judged, body).iter().flatten() {
                self.given.sign(*item, kind.name, said.role, judged.person);
            }
        }
        if !kind.also.is_empty() && kind.clear != Clear::Erasure {
            let content = content(entry, judged, body).map(|content| content.into_iter().collect());
            let (person, itself) = (judged.person, entry.hash());
            let also = kind.also;
            self.waiting.push(Waiting { index, kind: kind.name, person, also, itself, content });
        }
    }

    /// A signature on paper counts for what its own relation names, and for the files with it.
    fn note_paper(
        &mut self,
        entry: &Entry,
        judged: &Judged,
        body: Option<&Body>,
        authority: &Authority,
    ) {
        let (role, person, paper) = on_paper(entry, judged, body, authority);
        for (relation, kind) in [
            (Relation::Advises, "dpo-advice"),
            (Relation::Approves, "approval"),
            (Relation::SignsOff, "breach-signoff"),
        ] {
            let mut items = targets(entry, &[relation]);
            if items.is_empty() {
                continue;
            }
            items.extend(content(entry, judged, body).into_iter().flatten());
            for item in items {
                self.given.sign_on_paper(item, kind, &role, (person, paper.clone()));
            }
        }
    }

    /// Returns whether the entry stands under an exception that is on record.
    fn note_exceptions(
        &mut self,
        entry: &Entry,
        kind: &'static str,
        judged: &Judged,
        body: Option<&Body>,
        authority: &Authority,
    ) -> bool {
        if kind == "exception" {
            let role = body.and_then(|body| body.get("ratify-role"));
            let ratify_role = role.map(|opening| opening.value.as_text().map(str::to_owned));
            self.exceptions.insert(entry.hash(), Exception { author: judged.person, ratify_role });
        }
        let mut under_exception = false;
        // A link that is repeated says nothing more.
        let links: BTreeSet<(&str, EntryHash)> =
            entry.says().links.iter().map(|link| (link.rel.as_str(), link.entry)).collect();
        for (rel, to) in links {
            match Relation::named(rel) {
                Some(Relation::Excepts) => {
                    under_exception |= self.exceptions.contains_key(&to);
                    self.excepted.push(Excepted {
                        index: entry.index(),
                        kind,
                        person: judged.person,
                        exception: to,
                    });
                }
                Some(Relation::Ratifies) if kind == "paper-signature" => {
                    let (role, person, paper) = on_paper(entry, judged, body, authority);
                    self.ratified.put(to, &role, person, Some(&paper));
                }
                Some(Relation::Ratifies)
                    if kind == "ratification" && judged.appointment.is_some() =>
                {
                    self.ratified.put(to, entry.says().role, judged.person, None);
                }
                _ => {}
            }
        }
        under_exception
    }

    /// What is not complete, by index.
    #[must_use]
    pub fn incomplete(&self) -> Vec<Incomplete> {
        self.judge().0
    }

    /// Whether a signature is there that an act on this content by this person needs.
    #[must_use]
    pub fn is_given(&self, also: &Also, content: &[[u8; 32]], author: PersonId) -> bool {
        !matches!(self.signature(also, Some(content), Some(author)), Settled::Lacks(_))
    }

    /// The erasures.
    #[must_use]
    pub fn erasures(&self) -> &Erasures {
        &self.erasures
    }

    /// Signatures on paper that made acts complete, by index.
    #[must_use]
    pub fn on_paper(&self) -> Vec<Incomplete> {
        self.judge().1
    }

    fn judge(&self) -> (Vec<Incomplete>, Vec<Incomplete>) {
        let (mut lacking, mut paper) = (self.lacking.clone(), Vec::new());
        let mut settle = |entry: Index, kind: &str, settled: Settled| {
            let say = |why| Incomplete { entry, kind: kind.to_owned(), why };
            match settled {
                Settled::Whole => {}
                Settled::OnPaper(why) => paper.push(say(why)),
                Settled::Lacks(why) => lacking.push(say(why)),
            }
        };
        for waiting in &self.waiting {
            for also in waiting.also {
                let settled = self.signature(also, waiting.content(also.on), waiting.person);
                settle(waiting.index, waiting.kind, settled);
            }
            settle(waiting.index, waiting.kind, self.apart(waiting));
        }
        for excepted in &self.excepted {
            settle(excepted.index, excepted.kind, self.ratification(excepted));
        }
        lacking.extend(self.erasures.incomplete());
        for list in [&mut lacking, &mut paper] {
            list.sort_by(|a, b| (a.entry, &a.why).cmp(&(b.entry, &b.why)));
        }
        (lacking, paper)
    }

    fn ratification(&self, excepted: &Excepted) -> Settled {
        let Some(exception) = self.exceptions.get(&excepted.exception) else {
            return Settled::Lacks(
                "signed by exception; what it names as its exception is not one that is here"
                    .to_owned(),
            );
        };
        let Some(role) = &exception.ratify_role else {
            return Settled::Lacks(
                "signed by exception; can't be told: the role that must ratify is not disclosed"
                    .to_owned(),
            );
        };
        let others = [exception.author, excepted.person];
        let given = self.ratified.of(&excepted.exception, role.as_ref(), others);
        match (given, role) {
            (Some(How::OnPaper(paper)), _) => {
                Settled::OnPaper(paper.words("its exception was ratified"))
            }
            (Some(How::Signed), _) => Settled::Whole,
            (None, Some(role)) => Settled::Lacks(format!(
                "signed by exception; ratification by {} is missing",
                roles::title(role)
            )),
            (None, None) => Settled::Lacks(
                "signed by exception; its ratification by another person is missing".to_owned(),
            ),
        }
    }

    /// Whether the other signatures that are there were given by as many people.
    fn apart(&self, waiting: &Waiting) -> Settled {
        if waiting.also.len() < 2 {
            return Settled::Whole;
        }
        let mut signers: Vec<Vec<PersonId>> = waiting
            .also
            .iter()
            .map(|also| {
                let content = waiting.content(also.on).unwrap_or_default();
                self.given.people(content.iter(), also)
            })
            .filter(|signers: &Vec<PersonId>| !signers.is_empty())
            .collect();
        // Whoever has the least choice first.
        signers.sort_by_key(Vec::len);
        if someone_each(&signers, &mut Vec::new()) {
            Settled::Whole
        } else {
            Settled::Lacks(
                "one person gave two of the signatures; they have to be by different people"
                    .to_owned(),
            )
        }
    }

    /// How one of the signatures stands that an act on this content by this author needs; `None`
    /// for what is not known.
    fn signature(
        &self,
        also: &Also,
        content: Option<&[[u8; 32]]>,
        author: Option<PersonId>,
    ) -> Settled {
        let Some(content) = content else {
            return Settled::Lacks(format!(
                "can't be told: {} (its documents are not disclosed)",
                also.what
            ));
        };
        if content.is_empty() {
            return Settled::Lacks("it names neither an entry nor a document".to_owned());
        }
        let Some(author) = author else {
            return Settled::Lacks(format!(
                "can't be told: {} (its author is not known)",
                also.what
            ));
        };
        let mut paper = None;
        for item in content {
            if self.given.is_signed(item, also, author) {
                continue;
            }
            match self.given.on_paper(item, also, author) {
                Some((shown, true)) => paper = Some(shown),
                Some((first, false)) => {
                    return Settled::Lacks(format!(
                        "{}; it can't be shown that two people signed",
                        first.words(also.what)
                    ));
                }
                None => return Settled::Lacks(format!("missing: {}", also.what)),
            }
        }
        paper.map_or(Settled::Whole, |paper| Settled::OnPaper(paper.words(also.what)))
    }
}

/// Whether each of these lists can give a person whom no other gives.
fn someone_each(lists: &[Vec<PersonId>], taken: &mut Vec<PersonId>) -> bool {
    let Some((first, others)) = lists.split_first() else { return true };
    first.iter().any(|person| {
        if taken.contains(person) {
            return false;
        }
        taken.push(*person);
        let whole = someone_each(others, taken);
        taken.pop();
        whole
    })
}

/// How a requirement of an act stands.
enum Settled {
    Whole,
    OnPaper(String),
    Lacks(String),
}

impl Paper {
    fn words(&self, what: &str) -> String {
        let name = self.name.as_deref();
        let name = name.map_or_else(|| "somebody whose name is not disclosed".to_owned(), quoted);
        format!("{what}: signed on paper by {name}, recorded by entry {}", self.entry)
    }
}

/// Role, person and circumstances of a paper signature. The person counts only if the id is that
/// of somebody who was appointed before.
fn on_paper(
    entry: &Entry,
    judged: &Judged,
    body: Option<&Body>,
    authority: &Authority,
) -> (String, Option<PersonId>, Paper) {
    let text = |name: &str| answer(body, name).and_then(Value::as_text);
    let named = text("person-id").and_then(person_id);
    let person = named.filter(|id| authority.is_appointed_below(id, entry.index()));
    let paper = Paper {
        entry: entry.index(),
        recorder: judged.person,
        name: text("person").map(str::to_owned),
    };
    (text("role").unwrap_or_default().to_owned(), person, paper)
}

/// Whether an acceptance is signed by the key of the appointment that it accepts.
#[must_use]
pub fn accepts_own_key(entry: &Entry, authority: &Authority) -> bool {
    let kid = entry.says().kid;
    entry.says().links.iter().any(|link| {
        link.rel == Relation::Accepts.name() && authority.appointed_by(&link.entry) == Some(kid)
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
