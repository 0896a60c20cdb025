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
use crate::format::entry::{Entry, EntryFault, Link, TYP};
use crate::format::hash::{EntryHash, Index, Sha256Hash};
use crate::records;
use crate::records::facts::PersonId;
use crate::records::kind::{Class, Kind, Relation};

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
    /// be judged.
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

/// Checks an entry's signature against a key.
pub type Check<'a> = &'a dyn Fn(&PublicKey) -> Result<(), BadSignature>;

/// Where links lead.
pub trait Targets {
    /// The subject of an entry that stands before the one at `index`.
    ///
    /// # Errors
    /// In words, what was found instead.
    fn subject_before(&self, hash: &EntryHash, index: Index) -> Result<Option<&str>, &'static str>;
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
    let check = |key: &PublicKey| key.verify(&entry.signed_bytes(), entry.signature());
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
    let payload = entry.payload();
    let (kind, unjudged) = known_kind(entry);
    let clear = kind.map(|kind| ClearFields::of(kind.clear, entry));
    let Some(known) = authority else {
        return begin(authority, entry, kind, clear, unjudged, targets, check);
    };
    let (header, index) = (entry.header(), entry.index());
    // Where authority can't be judged, an unknown key or a lack of force says nothing.
    let blind = known.blind_at(index);
    let key = known.key(&header.kid).map(|record| record.key);
    let person = known.person(&header.kid);
    let standing = known.in_force(header, &payload.role, index).map(|found| found.index);
    match &standing {
        Err(fault) if fault.code == Code::UnknownKey && !blind => return Err(fault.clone()),
        _ => {}
    }
    refuse_bad_key(clear.as_ref())?;
    if let Some(key) = key {
        check_signature(&key, check)?;
    }
    let appointment = if blind { standing.ok() } else { Some(standing?) };
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
    let clear = check_form(entry, kind, clear, targets)?;
    let authorised = kind.admits(&payload.role);
    let mut ruled = Ok(());
    if kind.class == Class::Governance {
        check_role(kind, &payload.role)?;
        // An author whose standing can't be judged changes nothing.
        if appointment.is_some() {
            ruled = known.apply(entry, &clear);
        }
    } else if index == Index(1) {
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
    let payload = entry.payload();
    if let Some(fault) = foreign_typ(entry) {
        return (None, Some(fault));
    }
    let kind = records::find(&payload.kind, payload.version);
    let unjudged = kind.is_none().then(|| {
        let found = format!("{} version {}", payload.kind, payload.version);
        Fault::new(
            Code::KindUnknown,
            "its kind",
            found,
            "a kind and version that this program knows",
        )
        .at(entry.index())
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
        "a role that acts for the controller",
    ))
}

/// Step 5 for entry 0: a genesis entry, whose clear fields, if it can be judged, have their form.
///
/// # Errors
/// [`Code::Genesis`].
pub fn check_genesis(entry: &Entry) -> Result<(), Fault> {
    let payload = entry.payload();
    if payload.kind != "genesis" {
        let found = format!("{} version {}", payload.kind, payload.version);
        return Err(Fault::new(Code::Genesis, "the kind of entry 0", found, "genesis"));
    }
    let Some(kind) = known_kind(entry).0 else { return Ok(()) };
    match ClearFields::of(kind.clear, entry) {
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
    let declared = entry.payload().clear.get("key").and_then(Value::as_bytes).map(thumbprint);
    if declared.is_none_or(|kid| kid != entry.header().kid) {
        return Err(Fault::new(
            Code::UnknownKey,
            "its author's key",
            entry.header().kid.to_string(),
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
    check_signature(&key, check)?;
    let role = &entry.payload().role;
    if !roles.contains(role) {
        return Err(Fault::new(
            Code::NotInForce,
            "the role of its author",
            role.clone(),
            "one of the roles that it declares",
        ));
    }
    let clear = check_form(entry, kind, clear, targets)?;
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

fn check_signature(key: &PublicKey, check: Check<'_>) -> Result<(), Fault> {
    check(key).map_err(|bad| {
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
    kind: &'static Kind,
    clear: Result<ClearFields, Fault>,
    targets: &dyn Targets,
) -> Result<ClearFields, Fault> {
    let payload = entry.payload();
    // No name stands twice in either list.
    let mut expected = kind.body_fields();
    if payload.body.len() != kind.body_fields().count()
        || expected.any(|field| payload.commitment(field.name).is_none())
    {
        let list = |names: BTreeSet<&str>| names.into_iter().collect::<Vec<_>>().join(", ");
        let found = payload.body.iter().map(|(name, _)| name.as_str()).collect();
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
        payload.links.iter().map(|link| Relation::named(&link.rel)).collect();
    let Some(relations) = relations else {
        return Err(Fault::new(
            Code::Links,
            "the relation of a link",
            payload.links.iter().map(|link| link.rel.as_str()).collect::<Vec<_>>().join(", "),
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
    for link in &payload.links {
        check_target(entry, link, targets)?;
    }
    Ok(clear)
}

fn check_target(entry: &Entry, link: &Link, targets: &dyn Targets) -> Result<(), Fault> {
    let fault = |found: String, expected: &str| {
        Err(Fault::new(Code::Links, format!("its link `{}`", link.rel), found, expected))
    };
    match targets.subject_before(&link.entry, entry.index()) {
        Err(found) => fault(format!("{found} ({})", link.entry.short()), "an earlier entry"),
        Ok(Some(subject))
            if entry.payload().kind == "correction"
                && link.rel == Relation::Corrects.name()
                && subject != entry.header().subject.as_str() =>
        {
            fault(format!("an entry of {subject}"), "an entry of the same case")
        }
        Ok(_) => Ok(()),
    }
}

/// Reads a disclosed body and holds it against the entry's commitments.
///
/// # Errors
/// [`Code::Body`] or [`Code::Commitment`].
pub fn open_body(entry: &Entry, bytes: &[u8]) -> Result<Body, Fault> {
    let body = Body::parse(bytes).map_err(|fault: BodyFault| {
        Fault::new(Code::Body, "its body", fault.to_string(), "a body of disclosed fields")
    })?;
    let mut committed = Vec::new();
    for (name, opening) in body.iter() {
        let Some(expected) = entry.payload().commitment(name) else {
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
