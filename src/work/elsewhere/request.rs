//! The request file: one item of strict CBOR, as `docs/guide/signing-elsewhere.md` tells.
//!
//! ```text
//! {form: "probity-request/v1", origin, fingerprint, school, practice,
//!  checkpoint: the newest head, hashes: of every entry that it counts, one behind the other,
//!  signer, key, subject, new, kind, v, role, clear, links: [{rel, entry, words}],
//!  body: the openings, documents: [{sha256, content or null}],
//!  findings: [text], notes: [text], given: [{kind, words}], made, expires}
//! ```
//!
//! It is no evidence and is not signed: what it says is recomputed, and what can't be is shown
//! as what the school says.

use std::collections::BTreeSet;

use probity_keys::Kid;
use probity_ledger::book::clear::{ClearFields, Continues};
use probity_ledger::book::judge::documents;
use probity_ledger::format::body::{Body, Document, MAX_BODY, Opening};
use probity_ledger::format::cbor::{self, Item, ItemKey, Value};
use probity_ledger::format::clip::clipped;
use probity_ledger::format::entry::{Entry, Link, Subject, is_name, is_origin};
use probity_ledger::format::hash::{Commitment, EntryHash, Index, RootHash, Sha256Hash, Size};
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::statement::Stated;
use probity_ledger::format::tree;
use probity_ledger::records::kind::{Also, Kind, On, Relation};
use probity_ledger::records::{self};

use crate::store::Store as _;
use crate::work::compose::LinkTo;
use crate::work::reading::Reading;
use crate::work::record::Prepared;
use crate::work::seen::continued_by;
use crate::work::{WorkError, World};

const FORM: &str = "probity-request/v1";

/// Most bytes of a request.
pub const MAX_REQUEST: u64 = 64 << 20;

/// Most bytes of all files that travel in a request; others have to be brought along.
const MAX_CARRIED: u64 = 32 << 20;

/// Most values in a request. Its large parts are byte strings, a value each; the many small ones are
/// what stands in clear (65,535 bytes at most) and the files that a body of 1 MiB can name. In memory
/// each takes dozens of bytes, so 64 MiB of nothing else would exhaust the machine.
const MAX_VALUES: u64 = 1 << 18;

/// Most entries of a ledger whose hashes a request can hold.
const MAX_HASHES: u64 = 500_000;

/// What the school wants, beside the record.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// For how many days the statement can be entered.
    pub days: u16,
    /// Whether everything here is for practice.
    pub practice: bool,
}

/// A link as the school describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// The link that is signed.
    pub link: Link,
    /// What the school says that it leads to.
    pub words: String,
}

/// A file that the record names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Its hash.
    pub sha256: Sha256Hash,
    /// Its bytes, if they travel along.
    pub content: Option<Vec<u8>>,
}

/// A request: what is to be signed, and what its signer has to know.
#[derive(Clone, Debug)]
pub struct Request {
    /// The ledger's origin.
    pub origin: String,
    /// Its first entry's hash.
    pub fingerprint: EntryHash,
    /// The first entry itself, where it continues an earlier record book of the same name.
    pub genesis: Option<Vec<u8>>,
    /// The establishment's name.
    pub school: String,
    /// Whether it is for practice.
    pub practice: bool,
    /// The newest head.
    pub checkpoint: Checkpoint,
    /// The hashes of the entries that it counts.
    pub hashes: Vec<EntryHash>,
    /// Who is to sign.
    pub signer: String,
    /// With which key.
    pub key: Kid,
    /// The ledger or a case.
    pub subject: Subject,
    /// Whether the case is new.
    pub new_case: bool,
    /// The kind, which this program knows.
    pub kind: &'static Kind,
    /// The role in which it is signed.
    pub role: String,
    /// What stands in clear.
    pub clear: ClearFields,
    /// Its links.
    pub links: Vec<Linked>,
    /// What opens its commitments.
    pub body: Body,
    /// The files that it names.
    pub documents: Vec<Carried>,
    /// What an inspector would ask, as the school's program found.
    pub findings: Vec<String>,
    /// What else the signer should know, as the school's program found.
    pub notes: Vec<String>,
    /// Which other signatures are there already, as the school's program found.
    pub given: Vec<(&'static Also, String)>,
    /// When it was made: POSIX seconds.
    pub made: i64,
    /// Until when it can be entered.
    pub expires: i64,
}

impl Request {
    /// Makes a request of a prepared record.
    ///
    /// # Errors
    /// A record that can't be signed elsewhere, files that can't be read, no checkpoint.
    pub fn make(
        world: &World,
        reading: &Reading,
        prepared: &Prepared,
        wish: Wish,
    ) -> Result<Self, WorkError> {
        let draft = prepared.record();
        if !draft.kind.can_be_stated() {
            return Err(WorkError::refused(
                format!("a `{}` can't be signed elsewhere", draft.kind.name),
                "what decides who may sign, or erases, is signed where the record book is",
            ));
        }
        if prepared.drafts.len() > 1 {
            return Err(WorkError::refused(
                "a record under an exception can't be signed elsewhere",
                "its exception stands directly before it: sign both where the record book is",
            ));
        }
        let checkpoint = newest(reading)?;
        let mut hashes = Vec::new();
        for index in 0..checkpoint.size.0 {
            hashes.push(reading.store.hash(Index(index))?);
        }
        let mut links = Vec::new();
        for ((relation, to), (_, words)) in draft.links.iter().zip(&prepared.linked) {
            let LinkTo::Entry(entry) = to else { continue };
            let link = Link { rel: relation.name().to_owned(), entry: *entry };
            links.push(Linked { link, words: words.clone() });
        }
        let mut salts = vec![[0; 32]; draft.kind.body_fields().count()];
        world.fill(salts.as_flattened_mut())?;
        let body = Body::new(draft.kind.body_fields().zip(salts).map(|(field, salt)| {
            let value = draft.answers.get(field.name).cloned().unwrap_or(Value::Null);
            (field.name.to_owned(), Opening::new(salt, value))
        }));
        let mut room = MAX_CARRIED;
        let mut carried = Vec::new();
        for one in &draft.attachments {
            let fits = one.size <= room;
            let content = if fits {
                Some(one.read().map_err(|error| {
                    WorkError::refused(format!("a file can't be read: {error}"), "try again")
                })?)
            } else {
                None
            };
            room -= if fits { one.size } else { 0 };
            carried.push(Carried { sha256: one.sha256, content });
        }
        let made = world.now();
        Ok(Self {
            origin: reading.authority.origin.clone(),
            fingerprint: reading.authority.fingerprint,
            genesis: genesis(reading)?,
            school: reading.authority.school.clone(),
            practice: wish.practice,
            checkpoint,
            hashes,
            signer: prepared.name.clone(),
            key: prepared.kid(),
            subject: draft.subject.clone(),
            new_case: prepared.new_case,
            kind: draft.kind,
            role: draft.role.clone(),
            clear: draft.clear.clone(),
            links,
            body,
            documents: carried,
            findings: prepared.findings.iter().map(|finding| finding.text.clone()).collect(),
            notes: prepared.notes.clone(),
            given: prepared.given.clone(),
            made,
            expires: made + i64::from(wish.days) * 24 * 3600,
        })
    }

    /// The entry that the signer vouches for the chain up to.
    ///
    /// # Panics
    /// Never: a request counts at least two entries.
    #[must_use]
    pub fn after(&self) -> (Index, EntryHash) {
        let last = self.hashes.last().expect("at least two entries");
        (Index(self.checkpoint.size.0 - 1), *last)
    }

    /// The root over the first entries, if it counts so many.
    #[must_use]
    pub fn root_of_first(&self, size: Size) -> Option<RootHash> {
        let first = self.hashes.get(..usize::try_from(size.0).ok()?)?;
        (!first.is_empty()).then(|| tree::root_of(first))
    }

    /// The earlier record book that this one continues, as far as its first entry says.
    #[must_use]
    pub fn continues(&self) -> Option<Continues> {
        let entry = Entry::parse(self.genesis.as_deref()?).ok()?;
        continued_by(&entry).filter(|_| entry.hash() == self.fingerprint)
    }

    /// What is signed.
    #[must_use]
    pub fn stated(&self) -> Stated {
        let commitments: Vec<(String, Commitment)> = self
            .body
            .iter()
            .map(|(name, opening)| (name.to_owned(), opening.commitment(name)))
            .collect();
        Stated {
            kind: self.kind.name.to_owned(),
            version: self.kind.version,
            role: self.role.clone(),
            links: self.links.iter().map(|linked| linked.link.clone()).collect(),
            clear: self.clear.to_value(),
            body: commitments,
            after: self.after(),
            expires: self.expires,
        }
    }

    /// What names it, and the statement that answers it: a hash of what is signed.
    #[must_use]
    pub fn name(stated: &Stated) -> Sha256Hash {
        Sha256Hash::of(&stated.to_bytes())
    }

    /// The files that the record names.
    #[must_use]
    pub fn named(&self) -> Vec<Document> {
        documents(&self.body)
    }

    /// The bytes of the file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let number = |n: u64| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
        let texts = |all: &[String]| Value::Array(all.iter().map(Value::text).collect());
        let links = self.links.iter().map(|linked| {
            Value::map([
                ("rel", Value::text(&*linked.link.rel)),
                ("entry", Value::bytes(linked.link.entry.0)),
                ("words", Value::text(&*linked.words)),
            ])
        });
        let documents = self.documents.iter().map(|one| {
            let content = one.content.clone().map_or(Value::Null, Value::bytes);
            Value::map([("sha256", Value::bytes(one.sha256.0)), ("content", content)])
        });
        let given = self.given.iter().map(|(also, words)| {
            Value::map([("kind", Value::text(also.kind)), ("words", Value::text(&**words))])
        });
        let hashes: Vec<u8> = self.hashes.iter().flat_map(|hash| hash.0).collect();
        let genesis = self.genesis.iter().map(|bytes| ("genesis", Value::bytes(bytes.clone())));
        let given = (!self.given.is_empty()).then(|| ("given", Value::Array(given.collect())));
        let all = [
            ("form", Value::text(FORM)),
            ("origin", Value::text(&*self.origin)),
            ("fingerprint", Value::bytes(self.fingerprint.0)),
            ("school", Value::text(&*self.school)),
            ("practice", Value::Bool(self.practice)),
            ("checkpoint", Value::bytes(self.checkpoint.bytes())),
            ("hashes", Value::bytes(hashes)),
            ("signer", Value::text(&*self.signer)),
            ("key", Value::bytes(self.key.0)),
            ("subject", Value::text(self.subject.as_str())),
            ("new", Value::Bool(self.new_case)),
            ("kind", Value::text(self.kind.name)),
            ("v", number(self.kind.version)),
            ("role", Value::text(&*self.role)),
            ("clear", self.clear.to_value()),
            ("links", Value::Array(links.collect())),
            ("body", Value::bytes(self.body.to_bytes())),
            ("documents", Value::Array(documents.collect())),
            ("findings", texts(&self.findings)),
            ("notes", texts(&self.notes)),
            ("made", Value::Int(self.made)),
            ("expires", Value::Int(self.expires)),
        ];
        Value::map(all.into_iter().chain(genesis).chain(given)).to_bytes()
    }

    /// Reads a request, and holds everything in it against everything else.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, WorkError> {
        let off = |what: String| {
            WorkError::refused(
                format!("this is not a request as it was made: {what}"),
                "have the school make a new one, and send it whole",
            )
        };
        if bytes.len() as u64 > MAX_REQUEST {
            return Err(off(format!("{} bytes, expected at most {MAX_REQUEST}", bytes.len())));
        }
        let values = cbor::count(bytes).map_err(|error| off(error.to_string()))?;
        if values > MAX_VALUES {
            return Err(off(format!("{values} values, expected at most {MAX_VALUES}")));
        }
        // Borrowed from the bytes: what is taken over is copied once.
        let item = cbor::read(bytes).map_err(|error| off(error.to_string()))?;
        let value = Parts(item.as_map().unwrap_or_default());
        if value.text("form") != Some(FORM) {
            return Err(off(format!("its form is not {FORM}")));
        }
        let version = value.get("v").and_then(Item::as_int);
        let version = version.and_then(|version| u64::try_from(version).ok());
        let kind = value.text("kind").zip(version);
        let kind = kind.ok_or_else(|| off("it names no kind of record".to_owned()))?;
        let kind = records::find(kind.0, kind.1).ok_or_else(|| {
            WorkError::refused(
                format!("this program knows no `{}` version {}", clipped(kind.0, 60), kind.1),
                "use a newer version of probity",
            )
        })?;
        if !kind.can_be_stated() {
            return Err(off(format!("a `{}` can't be signed elsewhere", kind.name)));
        }
        let request = read(value, kind)
            .ok_or_else(|| off("a part is missing, or is of another form".to_owned()))?;
        drop(item);
        if request.to_bytes() != bytes {
            return Err(off("it has more or other parts".to_owned()));
        }
        request.check().map_err(|what| off(what.to_owned()))?;
        Ok(request)
    }

    /// Whether its parts fit each other.
    fn check(&self) -> Result<(), &'static str> {
        let head = &self.checkpoint;
        if head.size.0 < 2 || self.hashes.len() as u64 != head.size.0 {
            return Err("it doesn't have the entries that its checkpoint counts");
        }
        if head.origin != self.origin || self.root_of_first(head.size) != Some(head.root) {
            return Err("its checkpoint is of other entries");
        }
        if self.hashes.first() != Some(&self.fingerprint) {
            return Err("its fingerprint is another one");
        }
        if self.genesis.is_some() && self.continues().is_none() {
            return Err("the first entry in it is another one, or continues nothing");
        }
        let mut fields: Vec<&str> = self.kind.body_fields().map(|field| field.name).collect();
        fields.sort_by_key(|name| (name.len(), *name));
        if !self.body.iter().map(|(name, _)| name).eq(fields) {
            return Err("its answers are not those of its kind");
        }
        let named: BTreeSet<Sha256Hash> =
            self.named().iter().map(|document| document.sha256).collect();
        for one in &self.documents {
            if !named.contains(&one.sha256) {
                return Err("it holds a file that the record doesn't name");
            }
            if one.content.as_ref().is_some_and(|bytes| Sha256Hash::of(bytes) != one.sha256) {
                return Err("a file in it is not the one that the record names");
            }
        }
        Ok(())
    }
}

/// The first entry, if it continues an earlier record book.
fn genesis(reading: &Reading) -> Result<Option<Vec<u8>>, WorkError> {
    let entry = reading.entry(Index(0))?;
    Ok(continued_by(&entry).map(|_| entry.bytes().to_vec()))
}

/// The newest head that was given out.
fn newest(reading: &Reading) -> Result<Checkpoint, WorkError> {
    let kept = reading.store.checkpoint()?;
    let checkpoint = kept.as_deref().and_then(|kept| Checkpoint::parse(kept).ok());
    let checkpoint = checkpoint.filter(|kept| kept.size <= reading.store.head().size);
    let checkpoint = checkpoint.ok_or_else(|| {
        WorkError::refused(
            "no checkpoint was given out yet, and a request has to name one",
            "run `probity checkpoint`, then make the request again",
        )
    })?;
    if checkpoint.size.0 > MAX_HASHES {
        return Err(WorkError::refused(
            format!(
                "the record book has {} entries, more than the {MAX_HASHES} that a request can prove",
                checkpoint.size
            ),
            "sign where the record book is",
        ));
    }
    Ok(checkpoint)
}

/// The parts of a map.
#[derive(Clone, Copy)]
struct Parts<'a>(&'a [(ItemKey<'a>, Item<'a>)]);

impl<'a> Parts<'a> {
    fn of(item: &'a Item<'a>) -> Option<Self> {
        item.as_map().map(Self)
    }

    fn get(self, name: &str) -> Option<&'a Item<'a>> {
        let (_, item) = self.0.iter().find(|(key, _)| *key == ItemKey::Text(name))?;
        Some(item)
    }

    fn text(self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_text()
    }

    fn bytes(self, name: &str) -> Option<&'a [u8]> {
        self.get(name)?.as_bytes()
    }

    fn truth(self, name: &str) -> Option<bool> {
        if let Item::Bool(truth) = self.get(name)? { Some(*truth) } else { None }
    }
}

/// What a list holds, each read in the same way.
fn list<'a, T>(item: &'a Item<'a>, read: impl FnMut(&'a Item<'a>) -> Option<T>) -> Option<Vec<T>> {
    item.as_array()?.iter().map(read).collect()
}

fn read(value: Parts<'_>, kind: &'static Kind) -> Option<Request> {
    let hash = |bytes: &[u8]| EntryHash::try_from(bytes).ok();
    let texts = |name: &str| list(value.get(name)?, |one| one.as_text().map(str::to_owned));
    let link = |one| {
        let one = Parts::of(one)?;
        let rel = one.text("rel")?;
        Relation::named(rel)?;
        let link = Link { rel: rel.to_owned(), entry: hash(one.bytes("entry")?)? };
        Some(Linked { link, words: one.text("words")?.to_owned() })
    };
    let document = |one| {
        let one = Parts::of(one)?;
        let content = match one.get("content")? {
            Item::Null => None,
            content => Some(content.as_bytes()?.to_vec()),
        };
        Some(Carried { sha256: one.bytes("sha256")?.try_into().ok()?, content })
    };
    let given = |one| {
        let one = Parts::of(one)?;
        let given = one.text("kind")?;
        let also = kind.also.iter().find(|also| also.kind == given && also.on == On::Content)?;
        Some((also, one.text("words")?.to_owned()))
    };
    let (hashes, []) = value.bytes("hashes")?.as_chunks::<32>() else { return None };
    let body = value.bytes("body").filter(|body| body.len() <= MAX_BODY)?;
    let time = |name: &str| value.get(name)?.as_int().filter(|time| *time >= 0);
    Some(Request {
        origin: value.text("origin").filter(|origin| is_origin(origin))?.to_owned(),
        fingerprint: hash(value.bytes("fingerprint")?)?,
        genesis: match value.get("genesis") {
            Some(bytes) => Some(bytes.as_bytes()?.to_vec()),
            None => None,
        },
        school: value.text("school")?.to_owned(),
        practice: value.truth("practice")?,
        checkpoint: Checkpoint::parse(value.bytes("checkpoint")?).ok()?,
        hashes: hashes.iter().map(|hash| EntryHash(*hash)).collect(),
        signer: value.text("signer")?.to_owned(),
        key: Kid(value.bytes("key")?.try_into().ok()?),
        subject: Subject::parse(value.text("subject")?)?,
        new_case: value.truth("new")?,
        kind,
        role: value.text("role").filter(|role| is_name(role))?.to_owned(),
        clear: ClearFields::parse(kind.clear, &value.get("clear")?.to_value()).ok()?,
        links: list(value.get("links")?, link)?,
        body: Body::parse(body).ok()?,
        documents: list(value.get("documents")?, document)?,
        findings: texts("findings")?,
        notes: texts("notes")?,
        given: match value.get("given") {
            Some(all) => list(all, given)?,
            None => Vec::new(),
        },
        made: time("made")?,
        expires: time("expires")?,
    })
}
