//! A builder of whole ledgers in memory, with fixed keys, salts and times. It makes honest
//! entries, and faulty ones that are signed all the same.

#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(clippy::disallowed_methods, reason = "tests read and write vectors")]
#![allow(clippy::needless_pass_by_value, reason = "a draft is made where it is written")]

pub mod bundle;
pub mod bundle_vector;
pub mod tsa;
pub mod vectors;

use std::collections::BTreeMap;

use probity_keys::{Kid, PreparedKey, PublicKey, SigningKey};
use probity_ledger::book::clear::ClearFields;
use probity_ledger::book::fault::Code;
use probity_ledger::format::body::{Body, Document, Opening};
use probity_ledger::format::cbor::{self, Key, Value};
use probity_ledger::format::entry::{
    Entry, Header, Link, Payload, Subject, assemble, is_governance, sig_structure,
};
use probity_ledger::format::hash::{EntryHash, Index, RootHash, Sha256Hash, Size};
use probity_ledger::format::note::VerifierKey;
use probity_ledger::format::statement::Stated;
use probity_ledger::format::tree;
use probity_ledger::records;
use probity_ledger::verify::ledger::{DocumentState, Reader, Walk};
use probity_ledger::verify::look::{BodyState, Looked, Signers};
use probity_ledger::verify::verdict::{Outcome, Verdict};

/// The ledger's origin.
pub const ORIGIN: &str = "example.org/school";
/// When entry 0 is signed; each later one a minute later.
pub const START: i64 = 1_790_000_000;
/// A case.
pub const BREACH: &str = "breach-2026-001";

/// Somebody with a key, whose seed and person are this number repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder(pub u8);

/// The head teacher, who makes the ledger.
pub const HEAD: Holder = Holder(1);
/// The data protection officer.
pub const DPO: Holder = Holder(2);
/// The deputy head teacher.
pub const DEPUTY: Holder = Holder(3);
/// Somebody without an appointment.
pub const STRANGER: Holder = Holder(4);
/// The log.
pub const LOG: Holder = Holder(9);
/// Another log.
pub const OTHER_LOG: Holder = Holder(8);

impl Holder {
    /// The private key.
    pub fn key(self) -> SigningKey {
        SigningKey::from_seed([self.0; 32])
    }

    /// The public key.
    pub fn public(self) -> PublicKey {
        self.key().public()
    }

    /// The key's thumbprint.
    pub fn kid(self) -> Kid {
        self.public().kid()
    }

    /// The person.
    pub fn person(self) -> [u8; 16] {
        [self.0; 16]
    }

    /// The verifier key, as a log.
    pub fn log(self) -> VerifierKey {
        VerifierKey::new(ORIGIN, self.public())
    }
}

/// An entry to be written.
#[derive(Clone, Debug)]
pub struct Draft {
    pub by: Holder,
    pub role: String,
    pub kind: String,
    pub version: u64,
    pub subject: Subject,
    pub time: Option<i64>,
    pub clear: Value,
    pub answers: Vec<(String, Value)>,
    pub links: Vec<Link>,
}

impl Draft {
    pub fn new(kind: &str, by: Holder, role: &str) -> Self {
        Self {
            by,
            role: role.to_owned(),
            kind: kind.to_owned(),
            version: 1,
            subject: Subject::Ledger,
            time: None,
            clear: Value::Map(Vec::new()),
            answers: Vec::new(),
            links: Vec::new(),
        }
    }

    pub fn by(mut self, by: Holder, role: &str) -> Self {
        (self.by, self.role) = (by, role.to_owned());
        self
    }

    pub fn version(mut self, version: u64) -> Self {
        self.version = version;
        self
    }

    pub fn case(mut self, case: &str) -> Self {
        self.subject = Subject::parse(case).expect("a case");
        self
    }

    pub fn at(mut self, time: i64) -> Self {
        self.time = Some(time);
        self
    }

    pub fn clear(mut self, clear: &ClearFields) -> Self {
        self.clear = clear.to_value();
        self
    }

    /// Replaces one clear field.
    pub fn with_clear(mut self, name: &str, value: Value) -> Self {
        set(&mut self.clear, name, value);
        self
    }

    pub fn answer(mut self, name: &str, value: Value) -> Self {
        self.answers.push((name.to_owned(), value));
        self
    }

    pub fn link(mut self, rel: &str, entry: EntryHash) -> Self {
        self.links.push(Link { rel: rel.to_owned(), entry });
        self
    }
}

/// Sets a field of a map, or adds it.
pub fn set(map: &mut Value, name: impl Into<Key>, value: Value) {
    let name = name.into();
    let mut pairs = map.as_map().expect("a map").to_vec();
    pairs.retain(|(key, _)| *key != name);
    pairs.push((name, value));
    *map = Value::map(pairs);
}

/// Takes a field out of a map.
pub fn unset(map: &mut Value, name: impl Into<Key>) {
    let name = name.into();
    let mut pairs = map.as_map().expect("a map").to_vec();
    pairs.retain(|(key, _)| *key != name);
    *map = Value::Map(pairs);
}

pub fn genesis() -> Draft {
    Draft::new("genesis", HEAD, "headteacher").answer("name", Value::text("Ada Head")).clear(
        &ClearFields::Genesis {
            school: "A School".to_owned(),
            log: LOG.log(),
            key: HEAD.public(),
            person: HEAD.person(),
            roles: vec!["headteacher".to_owned()],
            continues: None,
        },
    )
}

/// An appointment by the head teacher, without end.
pub fn appointment(of: Holder, roles: &[&str]) -> Draft {
    appointment_as(of, of, roles)
}

/// An appointment of one holder's key to another's person.
pub fn appointment_as(key: Holder, person: Holder, roles: &[&str]) -> Draft {
    let clear = ClearFields::Appointment {
        person: person.person(),
        key: key.public(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        from: START - 1000,
        until: None,
    };
    Draft::new("appointment", HEAD, "headteacher")
        .clear(&clear)
        .answer("name", Value::text(format!("Holder {}", key.0)))
}

pub fn revocation(of: Holder, suspect_since: Option<i64>) -> Draft {
    Draft::new("revocation", HEAD, "headteacher")
        .clear(&ClearFields::Revocation { kid: of.kid(), suspect_since })
        .answer("reason", Value::text("key-suspect"))
}

pub fn log_key(log: Holder) -> Draft {
    Draft::new("log-key", HEAD, "headteacher").clear(&ClearFields::LogKey { log: log.log() })
}

pub fn anchor(size: u64) -> Draft {
    let evidence = Sha256Hash::of(b"a token");
    Draft::new("anchor", HEAD, "headteacher")
        .clear(&ClearFields::Anchor { size: Size(size), evidence })
}

pub fn note(by: Holder, role: &str) -> Draft {
    Draft::new("note", by, role).answer("text", Value::text("a note"))
}

pub fn acceptance(by: Holder, role: &str, of: EntryHash) -> Draft {
    Draft::new("acceptance", by, role).link("accepts", of)
}

/// An entry that carries a statement.
pub fn entering(by: Holder, role: &str) -> Draft {
    Draft::new("statement", by, role)
}

/// An entry that was written.
#[derive(Clone, Debug)]
pub struct Written {
    pub bytes: Vec<u8>,
    pub hash: EntryHash,
    pub body: Option<Vec<u8>>,
    pub governance: bool,
}

/// A ledger in memory.
#[derive(Clone, Debug)]
pub struct Book {
    pub written: Vec<Written>,
    gov: EntryHash,
    cases: BTreeMap<String, EntryHash>,
    pub documents: BTreeMap<Sha256Hash, Vec<u8>>,
}

impl Book {
    /// Without any entries.
    pub fn empty() -> Self {
        let (gov, cases) = (EntryHash::ZERO, BTreeMap::new());
        Self { written: Vec::new(), gov, cases, documents: BTreeMap::new() }
    }

    /// With entries 0 and 1.
    pub fn begun() -> Self {
        let mut book = Self::empty();
        book.add(genesis());
        book.add(appointment(HEAD, &["headteacher"]));
        book
    }

    /// With the data protection officer appointed at 2.
    pub fn with_dpo() -> Self {
        let mut book = Self::begun();
        book.add(appointment(DPO, &["dpo"]));
        book
    }

    /// Eight entries: 2 and 3 the data protection officer's appointment and acceptance; 4, 5
    /// and 7 a case, with a document at 4; 6 the deputy's appointment.
    pub fn school() -> Self {
        let mut book = Self::with_dpo();
        book.add(acceptance(DPO, "dpo", book.hash(2)).answer("name", Value::text("Holder 2")));
        let document = book.document("plan.pdf", b"%PDF-1.7 a plan");
        book.add(note(DPO, "dpo").case(BREACH).answer("documents", Value::Array(vec![document])));
        book.add(note(HEAD, "headteacher").case(BREACH));
        book.add(appointment(DEPUTY, &["deputy-headteacher"]));
        book.add(note(DPO, "dpo").case(BREACH).link("about", book.hash(4)));
        book
    }

    /// Keeps a document and returns the value that names it.
    pub fn document(&mut self, name: &str, bytes: &[u8]) -> Value {
        let sha256 = Sha256Hash::of(bytes);
        self.documents.insert(sha256, bytes.to_vec());
        let (name, media_type) = (name.to_owned(), "application/pdf".to_owned());
        Document { name, media_type, size: bytes.len() as u64, sha256 }.to_value()
    }

    pub fn len(&self) -> u64 {
        self.written.len() as u64
    }

    pub fn hash(&self, index: usize) -> EntryHash {
        self.written[index].hash
    }

    pub fn hashes(&self) -> Vec<EntryHash> {
        self.written.iter().map(|entry| entry.hash).collect()
    }

    pub fn entry(&self, index: usize) -> Entry {
        Entry::parse(&self.written[index].bytes).expect("an entry")
    }

    pub fn root(&self, size: u64) -> RootHash {
        tree::root_of(&self.hashes()[..usize::try_from(size).expect("small")])
    }

    /// Writes an honest entry.
    pub fn add(&mut self, draft: Draft) -> EntryHash {
        self.add_with(draft, |_, _| ())
    }

    /// Writes an entry whose header and payload are changed before it is signed.
    pub fn add_with(
        &mut self,
        draft: Draft,
        change: impl FnOnce(&mut Header, &mut Payload),
    ) -> EntryHash {
        let (mut header, mut payload, body) = self.compose(&draft);
        change(&mut header, &mut payload);
        self.place(&draft, sign(draft.by, &header.to_bytes(), &payload.to_bytes()), &body)
    }

    /// Writes an entry whose header and payload are changed, as CBOR, before it is signed.
    pub fn add_values(
        &mut self,
        draft: Draft,
        change: impl FnOnce(&mut Value, &mut Value),
    ) -> EntryHash {
        let (header, payload, body) = self.compose(&draft);
        let mut header = cbor::parse_header(&header.to_bytes()).expect("a header");
        let mut payload = cbor::parse(&payload.to_bytes()).expect("a payload");
        change(&mut header, &mut payload);
        self.place(&draft, sign(draft.by, &header.to_bytes(), &payload.to_bytes()), &body)
    }

    /// Writes an entry whose parts, protected header and payload, are changed as bytes before
    /// it is signed.
    pub fn add_parts(
        &mut self,
        draft: Draft,
        change: impl FnOnce(&mut Vec<u8>, &mut Vec<u8>),
    ) -> EntryHash {
        let (header, payload, body) = self.compose(&draft);
        let (mut header, mut payload) = (header.to_bytes(), payload.to_bytes());
        change(&mut header, &mut payload);
        self.place(&draft, sign(draft.by, &header, &payload), &body)
    }

    /// Writes an entry whose bytes are changed after it was signed.
    pub fn add_changed(&mut self, draft: Draft, change: impl FnOnce(&mut Vec<u8>)) -> EntryHash {
        let (header, payload, body) = self.compose(&draft);
        let mut bytes = sign(draft.by, &header.to_bytes(), &payload.to_bytes());
        change(&mut bytes);
        self.place(&draft, bytes, &body)
    }

    fn compose(&self, draft: &Draft) -> (Header, Payload, Body) {
        let seq = self.len();
        let names: Vec<String> = match records::find(&draft.kind, draft.version) {
            Some(kind) => kind.body_fields().map(|field| field.name.to_owned()).collect(),
            None => draft.answers.iter().map(|(name, _)| name.clone()).collect(),
        };
        let body = Body::new(names.into_iter().map(|name| {
            let answer = draft.answers.iter().find(|(field, _)| *field == name);
            let value = answer.map_or(Value::Null, |(_, value)| value.clone());
            let salt = Sha256Hash::of(format!("salt {seq} {name}").as_bytes()).0;
            (name, Opening::new(salt, value))
        }));
        let header = Header {
            kid: draft.by.kid(),
            origin: ORIGIN.to_owned(),
            subject: draft.subject.clone(),
            time: draft.time.unwrap_or(START + 60 * i64::try_from(seq).expect("small")),
        };
        let payload = Payload {
            seq: Index(seq),
            prev: self.written.last().map_or(EntryHash::ZERO, |entry| entry.hash),
            gov: self.gov,
            case: draft.subject.case().and_then(|case| self.cases.get(case)).copied(),
            kind: draft.kind.clone(),
            version: draft.version,
            role: draft.role.clone(),
            links: draft.links.clone(),
            clear: draft.clear.clone(),
            body: body
                .iter()
                .map(|(name, open)| (name.to_owned(), open.commitment(name)))
                .collect(),
        };
        (header, payload, body)
    }

    /// What somebody signs elsewhere, knowing all that is there so far, and its openings.
    pub fn statement(
        &self,
        draft: &Draft,
        change: impl FnOnce(&mut Header, &mut Stated),
    ) -> (Vec<u8>, Body) {
        let (mut header, payload, body) = self.compose(draft);
        let last = self.len() - 1;
        let Payload { kind, version, role, links, clear, body: commitments, .. } = payload;
        let after = (Index(last), self.hash(usize::try_from(last).expect("small")));
        let expires = header.time + 14 * 24 * 3600;
        let mut stated =
            Stated { kind, version, role, links, clear, body: commitments, after, expires };
        change(&mut header, &mut stated);
        (sign(draft.by, &header.to_statement_bytes(), &stated.to_bytes()), body)
    }

    /// Enters a statement, as whoever enters it.
    pub fn enter(&mut self, by: Draft, statement: &[u8], body: &Body) -> EntryHash {
        self.enter_with(by, statement, body, |_, _| ())
    }

    /// Enters a statement, in an entry that is changed before it is signed.
    pub fn enter_with(
        &mut self,
        by: Draft,
        statement: &[u8],
        body: &Body,
        change: impl FnOnce(&mut Header, &mut Payload),
    ) -> EntryHash {
        let draft = by.clear(&ClearFields::Statement { statement: statement.to_vec() });
        let (mut header, mut payload, _) = self.compose(&draft);
        change(&mut header, &mut payload);
        self.place(&draft, sign(draft.by, &header.to_bytes(), &payload.to_bytes()), body)
    }

    fn place(&mut self, draft: &Draft, bytes: Vec<u8>, body: &Body) -> EntryHash {
        let hash = tree::leaf_hash(&bytes);
        let governance = is_governance(&draft.kind);
        if governance {
            self.gov = hash;
        }
        if let Some(case) = draft.subject.case() {
            self.cases.insert(case.to_owned(), hash);
        }
        let body = (!body.is_empty()).then(|| body.to_bytes());
        self.written.push(Written { bytes, hash, body, governance });
        hash
    }

    /// Takes fields out of an entry's body; an empty one is none.
    pub fn forget(&mut self, entry: usize, fields: &[&str]) {
        let body = self.written[entry].body.take().expect("a body");
        let body = Body::parse(&body).expect("a body of the form");
        let left = body.iter().filter(|(name, _)| !fields.contains(name));
        let left = Body::new(left.map(|(name, opening)| (name.to_owned(), opening.clone())));
        self.written[entry].body = (!left.is_empty()).then(|| left.to_bytes());
    }

    /// Walks over the whole ledger, with every body open: once as it comes, and once with
    /// everything looked at ahead, as whoever verifies a large ledger does. Nobody can tell which.
    pub fn walk(&self, reader: &Reader, checkpoint: Option<&[u8]>) -> Verdict {
        let (verdict, signers) = self.walk_with(reader, checkpoint, &Signers::default());
        let (again, _) = self.walk_with(reader, checkpoint, &signers);
        assert_eq!(serde_json::json!(verdict), serde_json::json!(again));
        verdict
    }

    /// Returns the keys that it met, too, every other one with a table.
    fn walk_with(
        &self,
        reader: &Reader,
        checkpoint: Option<&[u8]>,
        signers: &Signers,
    ) -> (Verdict, Signers) {
        let mut looked: Vec<Looked> = self
            .written
            .iter()
            .map(|written| {
                let body = written.body.clone().map_or(BodyState::Closed, BodyState::Open);
                Looked::at(written.bytes.clone(), |_| body)
            })
            .collect();
        signers.check(looked.iter_mut());
        let mut walk = Walk::begin(reader, checkpoint, true);
        for looked in &looked {
            let kept = |_: Index, document: &Document| match self.documents.get(&document.sha256) {
                None => DocumentState::Absent,
                Some(bytes) if Sha256Hash::of(bytes) == document.sha256 => DocumentState::Present,
                Some(_) => DocumentState::Differs,
            };
            if !walk.step(looked, &kept) {
                break;
            }
        }
        let mut signers = Signers::default();
        if let Some(authority) = walk.authority() {
            signers.learn(authority);
            let keys = authority.keys().map(|(_, record)| record.key).step_by(2);
            signers.keep(keys.map(PreparedKey::new).collect());
        }
        (walk.finish(), signers)
    }

    /// Walks over the whole ledger without anything from outside.
    pub fn verify(&self) -> Verdict {
        self.walk(&Reader::default(), None)
    }
}

/// Signs and puts together.
pub fn sign(by: Holder, protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let signature = by.key().sign(&sig_structure(protected, payload));
    assemble(protected, payload, &signature)
}

/// Requires that every step passed.
#[track_caller]
pub fn intact(verdict: &Verdict) {
    assert_eq!(verdict.verdict, Outcome::Intact, "{:?}", verdict.fault);
    assert!(verdict.fault.is_none());
}

/// Requires this fault, in this entry or in the whole.
#[track_caller]
pub fn not_genuine(verdict: &Verdict, code: Code, entry: impl Into<Option<u64>>) {
    assert_eq!(verdict.verdict, Outcome::NotGenuine, "{:?}", verdict.fault);
    names(verdict, code, entry.into());
}

/// Requires that it can't be judged, for this reason.
#[track_caller]
pub fn cannot_check(verdict: &Verdict, code: Code, entry: impl Into<Option<u64>>) {
    assert_eq!(verdict.verdict, Outcome::CannotCheck, "{:?}", verdict.fault);
    names(verdict, code, entry.into());
}

#[track_caller]
fn names(verdict: &Verdict, code: Code, entry: Option<u64>) {
    let fault = verdict.fault.as_ref().expect("a verdict that is not intact names its fault");
    assert_eq!((fault.code, fault.entry.map(|index| index.0)), (code, entry), "{fault}");
}

/// Requires the same fault of the whole ledger and of a bundle of all its entries.
#[track_caller]
pub fn both_not_genuine(book: &Book, code: Code, entry: impl Into<Option<u64>>) {
    let entry = entry.into();
    not_genuine(&book.verify(), code, entry);
    not_genuine(&bundle::whole(book).verify(), code, entry);
}

/// Requires that neither the whole ledger nor a bundle of it can be judged, for this reason.
#[track_caller]
pub fn both_cannot_check(book: &Book, code: Code, entry: impl Into<Option<u64>>) {
    let entry = entry.into();
    cannot_check(&book.verify(), code, entry);
    cannot_check(&bundle::whole(book).verify(), code, entry);
}

/// Requires that the whole ledger and a bundle of it are intact.
#[track_caller]
pub fn both_intact(book: &Book) {
    intact(&book.verify());
    intact(&bundle::whole(book).verify());
}
