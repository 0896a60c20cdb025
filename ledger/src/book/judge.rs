//! One entry, judged by the authority that stands below it: steps 8 of Appendix B, in their
//! order, from the author's key to the rules of governance.
//!
//! The place of an entry in its chain is checked elsewhere ([`crate::verify`]), since a
//! bundle shows other neighbours than a whole ledger.

use std::collections::BTreeSet;

use probity_keys::{BadSignature, Kid, PublicKey};

use super::authority::Authority;
use super::clear::ClearFields;
use super::fault::{Code, Fault};
use crate::format::body::{Body, BodyFault, Document};
use crate::format::cbor::Value;
use crate::format::entry::{Entry, EntryFault, Link, Said, TYP};
use crate::format::hash::{EntryHash, Index, Sha256Hash};
use crate::records;
use crate::records::facts::PersonId;
use crate::records::kind::{Class, Clear, Kind, Relation};

mod statement;

/// What judging an entry found out.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The kind, when this program knows its version.
    pub kind: Option<&'static Kind>,
    /// What stands in clear, for a known kind.
    pub clear: Option<ClearFields>,
    /// The author.
    pub person: Option<PersonId>,
    /// The entry of the appointment under which it counts; `None` where authority could not
    /// be judged, of a statement's author or of whoever entered it.
    pub appointment: Option<Index>,
    /// Whether the author's role may sign the kind. Where it may not, the record stands and
    /// its act is not complete.
    pub authorised: bool,
    /// Why it could not be judged whole: a kind or type that this program doesn't know.
    pub unjudged: Option<Fault>,
}

/// Names the fault in bytes that are not an entry.
#[must_use]
pub fn entry_fault(fault: &EntryFault) -> Fault {
    let code = match fault {
        EntryFault::TooLarge { .. } | EntryFault::Encoding { .. } => Code::Encoding,
        EntryFault::Shape { .. } => Code::Shape,
    };
    Fault::new(code, "its bytes", fault.to_string(), "the exact form of an entry")
}

/// Which of the signatures in an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The entry's own.
    Entry,
    /// That of the statement that it carries.
    Statement,
}

/// Checks a signature of an entry against a key.
pub type Check<'a> = &'a dyn Fn(Which, &PublicKey) -> Result<(), BadSignature>;

/// Checks a signature of an entry.
///
/// # Errors
/// As [`PublicKey::verify`]; also when the entry carries no statement, and its signature is
/// asked for.
pub fn check_signature(entry: &Entry, which: Which, key: &PublicKey) -> Result<(), BadSignature> {
    match (which, entry.statement()) {
        (Which::Entry, _) => key.verify(&entry.signed_bytes(), entry.signature()),
        (Which::Statement, Some(stated)) => key.verify(&stated.signed_bytes(), stated.signature()),
        (Which::Statement, None) => Err(BadSignature::RDiffers),
    }
}

/// Where links lead.
pub trait Targets {
    /// The subject of an entry that stands before the one at `index`.
    ///
    /// # Errors
    /// In words, what was found instead.
    fn subject_before(&self, hash: &EntryHash, index: Index) -> Result<Option<&str>, &'static str>;

    /// The hash of the entry at a place, if it is known: a statement names one.
    fn hash_at(&self, index: Index) -> Option<EntryHash>;

    /// An entry before the one at `index` that carries the statement with this hash.
    fn stated_before(&self, statement: &Sha256Hash, index: Index) -> Option<Index>;

    /// Whether the entry at `index` commits to this field; `None` when it is not here, or of a
    /// form that is not known.
    fn commits_to(&self, index: Index, field: &str) -> Option<bool> {
        let _ = (index, field);
        None
    }
}

/// Links that are trusted to lead where they say: they were resolved or checked before, or nothing that
/// is asked rests on them.
#[derive(Clone, Copy, Debug)]
pub struct Trusting;

impl Targets for Trusting {
    fn subject_before(&self, _: &EntryHash, _: Index) -> Result<Option<&str>, &'static str> {
        Ok(None)
    }

    fn hash_at(&self, _: Index) -> Option<EntryHash> {
        None
    }

    fn stated_before(&self, _: &Sha256Hash, _: Index) -> Option<Index> {
        None
    }
}

/// Judges an entry and takes it into account. `authority` is `None` at entry 0, and holds
/// every governance entry up to this one afterwards.
///
/// # Errors
/// The first fault that makes it not genuine. What only can't be judged is in
/// [`Judged::unjudged`].
pub fn judge(
    authority: &mut Option<Authority>,
    entry: &Entry,
    targets: &dyn Targets,
) -> Result<Judged, Fault> {
    let check = |which: Which, key: &PublicKey| check_signature(entry, which, key);
    judge_with(authority, entry, targets, &check)
}

/// As [`judge`], with another way of checking the entry's signature against the key that the
/// authority names for it: one that looks up what was found out before, or leaves it to later.
///
/// # Errors
/// As [`judge`].
pub fn judge_with(
    authority: &mut Option<Authority>,
    entry: &Entry,
    targets: &dyn Targets,
    check: Check<'_>,
) -> Result<Judged, Fault> {
    let said = entry.own_words();
    let (kind, unjudged) = known_kind(entry);
    let clear = kind.map(|kind| ClearFields::of(kind.clear, said.clear, entry));
    let Some(known) = authority else {
        return begin(authority, entry, kind, clear, unjudged, targets, check);
    };
    let index = entry.index();
    // Where authority can't be judged, an unknown key or a lack of force says nothing.
    let blind = known.blind_at(index);
    let author = Author::of(known, &said, index)?;
    refuse_bad_key(clear.as_ref())?;
    let appointment = author.check(Which::Entry, check)?;
    let person = author.person;
    let (Some(kind), Some(clear)) = (kind, clear) else {
        if entry.is_governance() {
            known.blind(index);
        }
        return Ok(Judged {
            kind: None,
            clear: None,
            person,
            appointment,
            authorised: false,
            unjudged,
        });
    };
    let clear = check_form(entry, &said, kind, clear, targets)?;
    if kind.clear == Clear::Statement {
        let judged = statement::judge(known, entry, targets, check)?;
        // Where it can't be judged who entered it, it can't be who said it either.
        let appointment = judged.appointment.filter(|_| appointment.is_some());
        return Ok(Judged { appointment, ..judged });
    }
    let authorised = kind.admits(said.role);
    let mut ruled = Ok(());
    if kind.class == Class::Governance {
        check_role(kind, said.role)?;
        // An author whose standing can't be judged changes nothing.
        if appointment.is_some() {
            ruled = known.apply(entry, &clear);
        }
    } else {
        check_erasure(kind, said.role, &clear, targets)?;
    }
    if kind.class != Class::Governance && index == Index(1) {
        ruled = Err(Authority::not_the_first_appointment(kind.name));
    }
    if !blind {
        ruled?;
    }
    Ok(Judged { kind: Some(kind), clear: Some(clear), person, appointment, authorised, unjudged })
}

/// The fault of an entry of another type, which this program can't judge.
#[must_use]
pub fn foreign_typ(entry: &Entry) -> Option<Fault> {
    let typ = entry.foreign_typ()?;
    Some(Fault::new(Code::Typ, "its type", typ, TYP).at(entry.index()))
}

fn known_kind(entry: &Entry) -> (Option<&'static Kind>, Option<Fault>) {
    match foreign_typ(entry) {
        Some(fault) => (None, Some(fault)),
        None => kind_of(&entry.own_words(), entry.index()),
    }
}

fn kind_of(said: &Said<'_>, index: Index) -> (Option<&'static Kind>, Option<Fault>) {
    let kind = records::find(said.kind, said.version);
    let unjudged = kind.is_none().then(|| {
        let found = format!("{} version {}", said.kind, said.version);
        Fault::new(
            Code::KindUnknown,
            "its kind",
            found,
            "a kind and version that this program knows",
        )
        .at(index)
    });
    (kind, unjudged)
}

fn check_role(kind: &Kind, role: &str) -> Result<(), Fault> {
    if kind.admits(role) {
        return Ok(());
    }
    Err(Fault::new(
        Code::Role,
        format!("the role of the author of `{}`", kind.name),
        role,
        if kind.clear == Clear::Erasure {
            "a role that acts for the controller, or administrator"
        } else {
            "a role that acts for the controller"
        },
    ))
}

/// An erasure is by somebody who may erase, and each field that it names is one that there is.
fn check_erasure(
    kind: &Kind,
    role: &str,
    clear: &ClearFields,
    targets: &dyn Targets,
) -> Result<(), Fault> {
    let ClearFields::Erasure { entries, .. } = clear else { return Ok(()) };
    check_role(kind, role)?;
    for target in entries {
        let mut fields = target.fields.iter().flatten();
        let unknown = fields.find(|field| targets.commits_to(target.entry, field) == Some(false));
        if let Some(field) = unknown {
            return Err(Fault::new(
                Code::Clear,
                "a field that it erases",
                format!("field `{field}` of entry {}", target.entry),
                "fields that the entry has",
            ));
        }
    }
    Ok(())
}

/// Step 5 for entry 0: a genesis entry, whose clear fields, if it can be judged, have their form.
///
/// # Errors
/// [`Code::Genesis`].
pub fn check_genesis(entry: &Entry) -> Result<(), Fault> {
    let said = entry.own_words();
    if said.kind != "genesis" {
        let found = format!("{} version {}", said.kind, said.version);
        return Err(Fault::new(Code::Genesis, "the kind of entry 0", found, "genesis"));
    }
    let Some(kind) = known_kind(entry).0 else { return Ok(()) };
    match ClearFields::of(kind.clear, said.clear, entry) {
        Err(fault) if fault.code == Code::Clear => Err(Fault { code: Code::Genesis, ..fault }),
        _ => Ok(()),
    }
}

fn begin(
    authority: &mut Option<Authority>,
    entry: &Entry,
    kind: Option<&'static Kind>,
    clear: Option<Result<ClearFields, Fault>>,
    unjudged: Option<Fault>,
    targets: &dyn Targets,
    check: Check<'_>,
) -> Result<Judged, Fault> {
    check_genesis(entry)?;
    let (Some(kind), Some(clear)) = (kind, clear) else {
        *authority = Some(Authority::unreadable(entry));
        return Ok(Judged {
            kind: None,
            clear: None,
            person: None,
            appointment: None,
            authorised: false,
            unjudged,
        });
    };
    let said = entry.own_words();
    let declared = said.clear.get("key").and_then(Value::as_bytes).map(thumbprint);
    if declared.is_none_or(|kid| kid != said.kid) {
        return Err(Fault::new(
            Code::UnknownKey,
            "its author's key",
            said.kid.to_string(),
            "the key that it declares",
        ));
    }
    refuse_bad_key(Some(&clear))?;
    let Ok(ClearFields::Genesis { key, person, roles, .. }) = clear.clone() else {
        return Err(Fault::new(
            Code::Genesis,
            "the clear fields of entry 0",
            "fields of another form",
            kind.clear.describe(),
        ));
    };
    signed(&key, Which::Entry, check)?;
    let role = said.role;
    if !roles.iter().any(|declared| declared == role) {
        return Err(Fault::new(
            Code::NotInForce,
            "the role of its author",
            role,
            "one of the roles that it declares",
        ));
    }
    let clear = check_form(entry, &said, kind, clear, targets)?;
    check_role(kind, role)?;
    *authority = Some(Authority::begin(entry, &clear)?);
    Ok(Judged {
        kind: Some(kind),
        clear: Some(clear),
        person: Some(person),
        appointment: Some(Index(0)),
        authorised: true,
        unjudged,
    })
}

/// The thumbprint of bytes that may not be a key that is accepted.
fn thumbprint(key: &[u8]) -> Kid {
    let key = Value::map([(1, Value::Int(1)), (-1, Value::Int(6)), (-2, Value::bytes(key))]);
    Kid(Sha256Hash::of(&key.to_bytes()).0)
}

fn refuse_bad_key(clear: Option<&Result<ClearFields, Fault>>) -> Result<(), Fault> {
    match clear {
        Some(Err(fault)) if fault.code == Code::KeyRule => Err(fault.clone()),
        _ => Ok(()),
    }
}

/// Whoever signed something, as the authority below it knows them.
struct Author {
    key: Option<PublicKey>,
    person: Option<PersonId>,
    standing: Result<Index, Fault>,
    blind: bool,
}

impl Author {
    /// # Errors
    /// [`Code::UnknownKey`], unless that can't be judged there.
    fn of(known: &Authority, said: &Said<'_>, index: Index) -> Result<Self, Fault> {
        let blind = known.blind_at(index);
        let standing = known.in_force(said, index).map(|found| found.index);
        match &standing {
            Err(fault) if fault.code == Code::UnknownKey && !blind => return Err(fault.clone()),
            _ => {}
        }
        let key = known.key(&said.kid).map(|record| record.key);
        Ok(Self { key, person: known.person(&said.kid), standing, blind })
    }

    /// The appointment under which the signature counts, if that can be judged.
    ///
    /// # Errors
    /// [`Code::Signature`] or [`Code::NotInForce`].
    fn check(&self, which: Which, check: Check<'_>) -> Result<Option<Index>, Fault> {
        if let Some(key) = self.key {
            signed(&key, which, check)?;
        }
        if self.blind { Ok(self.standing.clone().ok()) } else { self.standing.clone().map(Some) }
    }
}

fn signed(key: &PublicKey, which: Which, check: Check<'_>) -> Result<(), Fault> {
    check(which, key).map_err(|bad| {
        Fault::new(
            Code::Signature,
            format!("its signature ({bad})"),
            "one that doesn't fit its content",
            format!("one by key {}", key.kid().short()),
        )
    })
}

/// Fields, clear fields and links of a known kind.
fn check_form(
    entry: &Entry,
    said: &Said<'_>,
    kind: &'static Kind,
    clear: Result<ClearFields, Fault>,
    targets: &dyn Targets,
) -> Result<ClearFields, Fault> {
    // No name stands twice in either list.
    let mut expected = kind.body_fields();
    if said.body.len() != kind.body_fields().count()
        || expected.any(|field| said.commitment(field.name).is_none())
    {
        let list = |names: BTreeSet<&str>| names.into_iter().collect::<Vec<_>>().join(", ");
        let found = said.body.iter().map(|(name, _)| name.as_str()).collect();
        let expected = kind.body_fields().map(|field| field.name).collect();
        return Err(Fault::new(
            Code::Fields,
            format!("the fields of `{}` version {}", kind.name, kind.version),
            list(found),
            list(expected),
        ));
    }
    let clear = clear?;
    let relations: Option<Vec<Relation>> =
        said.links.iter().map(|link| Relation::named(&link.rel)).collect();
    if kind.clear == Clear::Statement && !said.links.is_empty() {
        let found = count_words(said.links.len());
        return Err(Fault::new(Code::Links, "the links of the entry itself", found, "none"));
    }
    let Some(relations) = relations else {
        return Err(Fault::new(
            Code::Links,
            "the relation of a link",
            said.links.iter().map(|link| link.rel.as_str()).collect::<Vec<_>>().join(", "),
            "relations of the format page",
        ));
    };
    for group in kind.required_links {
        if !group.iter().any(|wanted| relations.contains(wanted)) {
            let names: Vec<&str> = group.iter().map(|relation| relation.name()).collect();
            return Err(Fault::new(
                Code::Links,
                format!("the links of `{}`", kind.name),
                "none of that relation",
                format!("a link of relation {}", names.join(" or ")),
            ));
        }
    }
    for link in said.links {
        check_target(entry, said.kind, link, targets)?;
    }
    Ok(clear)
}

fn count_words(links: usize) -> String {
    if links == 1 { "a link".to_owned() } else { format!("{links} links") }
}

fn check_target(
    entry: &Entry,
    kind: &str,
    link: &Link,
    targets: &dyn Targets,
) -> Result<(), Fault> {
    let fault = |found: String, expected: &str| {
        Err(Fault::new(Code::Links, format!("its link `{}`", link.rel), found, expected))
    };
    match targets.subject_before(&link.entry, entry.index()) {
        Err(found) => fault(format!("{found} ({})", link.entry.short()), "an earlier entry"),
        Ok(Some(subject))
            if kind == "correction"
                && link.rel == Relation::Corrects.name()
                && subject != entry.subject().as_str() =>
        {
            fault(format!("an entry of {subject}"), "an entry of the same case")
        }
        Ok(_) => Ok(()),
    }
}

/// Reads a disclosed body and holds it against the commitments of the entry, or of the statement
/// that it carries. What a statement commits to that can't be read isn't known: fields that the
/// entry itself has not are then passed over.
///
/// # Errors
/// [`Code::Body`] or [`Code::Commitment`].
pub fn open_body(entry: &Entry, bytes: &[u8]) -> Result<Body, Fault> {
    let body = Body::parse(bytes).map_err(|fault: BodyFault| {
        Fault::new(Code::Body, "its body", fault.to_string(), "a body of disclosed fields")
    })?;
    let mut committed = Vec::new();
    for (name, opening) in body.iter() {
        let Some(expected) = entry.says().commitment(name) else {
            if entry.carries_unread() {
                continue;
            }
            let found = format!("field `{name}`");
            return Err(Fault::new(Code::Body, "its body", found, "fields that the entry has"));
        };
        committed.push((name, opening, expected));
    }
    for (name, opening, expected) in committed {
        let found = opening.commitment(name);
        if expected != found {
            return Err(Fault::new(
                Code::Commitment,
                format!("field `{name}`"),
                found.short(),
                expected.short(),
            ));
        }
    }
    Ok(body)
}

/// The documents that a body names.
#[must_use]
pub fn documents(body: &Body) -> Vec<Document> {
    body.iter().flat_map(|(_, opening)| Document::within(&opening.value)).collect()
}
