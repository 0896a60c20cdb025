//! Erasures: what each of them names, and which are complete (section 8 of the format page,
//! "Erasure").
//!
//! An erasure is signed by a representative of the controller, or by an administrator under a
//! retention rule that somebody else signed. It is complete when the data protection officer,
//! another person than its author, advises on it, or on a retention rule that it is about.
//!
//! What this doesn't protect: whoever once held a field with its salt can prove it for ever.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use probity_keys::Kid;

use super::acts::Incomplete;
use super::clear::ClearFields;
use super::judge::Judged;
use crate::format::body::Body;
use crate::format::cbor::Value;
use crate::format::entry::{Entry, is_name};
use crate::format::hash::{EntryHash, Index};
use crate::records::facts::PersonId;
use crate::records::kind::Relation;
use crate::records::roles::{ADMINISTRATOR, DPO};

/// Most entries that one erasure names.
pub const MOST_ERASED: usize = 256;

/// Why fields are erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// Their time is over.
    Retention,
    /// Whom they are about asked for it.
    Request,
    /// A consent was withdrawn.
    Withdrawal,
    /// A court or the regulator ordered it.
    Court,
}

impl Ground {
    /// The words that stand in entries.
    pub const NAMES: [&'static str; 4] = ["retention", "request", "withdrawal", "court"];

    /// The word that stands in entries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The ground of that word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Retention, Self::Request, Self::Withdrawal, Self::Court]
            .into_iter()
            .find(|ground| ground.name() == name)
    }
}

/// An entry that an erasure names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The entry.
    pub entry: Index,
    /// Its fields, in bytewise order; `None` for all of them.
    pub fields: Option<Vec<String>>,
}

impl Target {
    /// Whether it names this field.
    #[must_use]
    pub fn names(&self, field: &str) -> bool {
        self.fields
            .as_ref()
            .is_none_or(|fields| fields.binary_search_by(|name| name.as_str().cmp(field)).is_ok())
    }

    /// Reads the list of an entry's clear fields.
    #[must_use]
    pub fn parse_all(value: &Value) -> Option<Vec<Self>> {
        let list = value.as_array()?;
        let targets = list.iter().map(Self::parse).collect::<Option<Vec<Self>>>()?;
        let ascending = targets.windows(2).all(|two| two[0].entry < two[1].entry);
        (ascending && (1..=MOST_ERASED).contains(&targets.len())).then_some(targets)
    }

    fn parse(value: &Value) -> Option<Self> {
        let [entry, fields] = value.as_array()? else { return None };
        let entry = Index(u64::try_from(entry.as_int()?).ok()?);
        let fields = match fields {
            Value::Null => None,
            list => {
                let names = list
                    .as_array()?
                    .iter()
                    .map(|name| name.as_text().filter(|name| is_name(name)).map(str::to_owned))
                    .collect::<Option<Vec<String>>>()?;
                if names.is_empty() || names.windows(2).any(|two| two[0] >= two[1]) {
                    return None;
                }
                Some(names)
            }
        };
        Some(Self { entry, fields })
    }

    /// As it stands in clear.
    ///
    /// # Panics
    /// When the index exceeds 2⁵³−1.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let entry = i64::try_from(self.entry.0).expect("numbers stay below 2^53");
        let fields = self.fields.as_ref().map_or(Value::Null, |fields| {
            Value::Array(fields.iter().map(|name| Value::text(&**name)).collect())
        });
        Value::Array(vec![Value::Int(entry), fields])
    }
}

/// One erasure on record.
#[derive(Clone, Debug)]
pub struct Erasure {
    /// Its entry.
    pub index: Index,
    /// Why.
    pub ground: Ground,
    /// What it names.
    pub targets: Vec<Target>,
    /// When it was signed, as claimed: POSIX seconds.
    pub time: i64,
    /// The key that signed it.
    pub kid: Kid,
    hash: EntryHash,
    /// `None` where its authority could not be judged.
    person: Option<PersonId>,
    administrator: bool,
    /// What it links `about`.
    about: Vec<EntryHash>,
}

/// A retention rule, or advice on something.
#[derive(Clone, Debug)]
struct Signed {
    index: Index,
    person: PersonId,
    /// Of advice: whether what it recommends is disclosed.
    told: bool,
}

/// The erasures so far, and what can make them complete.
#[derive(Clone, Debug, Default)]
pub struct Erasures {
    acts: Vec<Erasure>,
    rules: HashMap<EntryHash, Signed>,
    /// By what is advised on.
    advice: HashMap<EntryHash, Vec<Signed>>,
    /// Entries whose recommendation an erasure names.
    hushed: BTreeSet<Index>,
}

impl Erasures {
    /// Takes an entry into account.
    pub fn note(&mut self, entry: &Entry, judged: &Judged, body: Option<&Body>) {
        let Some(kind) = judged.kind else { return };
        let person = judged.person.filter(|_| judged.appointment.is_some());
        let signed = person.filter(|_| judged.authorised);
        let told = body.is_some_and(|body| body.get("recommendation").is_some());
        let signed = signed.map(|person| Signed { index: entry.index(), person, told });
        match (kind.name, signed) {
            ("erasure", _) => {
                let Some(ClearFields::Erasure { entries, ground }) = &judged.clear else { return };
                let hushed = entries.iter().filter(|target| target.names("recommendation"));
                self.hushed.extend(hushed.map(|target| target.entry));
                self.acts.push(Erasure {
                    index: entry.index(),
                    ground: *ground,
                    targets: entries.clone(),
                    time: entry.says().time,
                    kid: entry.says().kid,
                    hash: entry.hash(),
                    person,
                    administrator: entry.says().role == ADMINISTRATOR,
                    about: linked(entry, Relation::About).into_iter().collect(),
                });
            }
            ("retention-rule", Some(signed)) => {
                self.rules.insert(entry.hash(), signed);
            }
            ("dpo-advice", Some(signed)) if agrees(body) && DPO.contains(&entry.says().role) => {
                for target in linked(entry, Relation::Advises) {
                    self.advice.entry(target).or_default().push(signed.clone());
                }
            }
            _ => {}
        }
    }

    /// Those that are complete, by index.
    pub fn complete(&self) -> impl Iterator<Item = &Erasure> {
        self.acts.iter().filter(|erasure| self.lacks(erasure).is_none())
    }

    /// Those that are not complete, and what they lack, by index.
    pub fn incomplete(&self) -> impl Iterator<Item = Incomplete> {
        self.acts.iter().filter_map(|erasure| {
            let why = self.lacks(erasure)?;
            Some(Incomplete { entry: erasure.index, kind: "erasure".to_owned(), why })
        })
    }

    /// The erasure with that index.
    #[must_use]
    pub fn get(&self, index: Index) -> Option<&Erasure> {
        self.acts.iter().find(|erasure| erasure.index == index)
    }

    /// What an erasure lacks, in words; `None` when it is complete.
    #[must_use]
    pub fn lacks(&self, erasure: &Erasure) -> Option<String> {
        let Some(author) = erasure.person else {
            return Some("can't be told: its author is not known".to_owned());
        };
        let mut rules = self.rules_of(erasure).peekable();
        if erasure.administrator && rules.all(|(_, rule)| rule.person == author) {
            return Some(
                "missing: a retention rule by another person that it is about, since its author \
                 signs as administrator"
                    .to_owned(),
            );
        }
        let advised = self.advice_on(erasure).any(|advice| advice.person != author);
        (!advised).then(|| {
            "missing: the DPO's advice on this erasure, or on the retention rule that it is about"
                .to_owned()
        })
    }

    /// Those that aren't complete and would be, if this person, as data protection officer, advised
    /// on these entries.
    pub fn would_complete<'a>(
        &'a self,
        on: &'a BTreeSet<EntryHash>,
        person: PersonId,
    ) -> impl Iterator<Item = &'a Erasure> {
        self.acts.iter().filter(move |erasure| {
            let author = erasure.person;
            let mut rules = self.rules_of(erasure);
            let ruled = !erasure.administrator
                || rules.any(|(_, rule)| author.is_some_and(|author| rule.person != author));
            let reached = on.contains(&erasure.hash)
                || self.rules_of(erasure).any(|(hash, _)| on.contains(&hash));
            let another = author.is_some_and(|author| author != person);
            self.lacks(erasure).is_some() && ruled && reached && another
        })
    }

    /// Whether the data protection officer, another person than this one, advised on an entry.
    #[must_use]
    pub fn is_advised(&self, on: &EntryHash, other_than: PersonId) -> bool {
        self.advice.get(on).into_iter().flatten().any(|advice| advice.person != other_than)
    }

    /// The entries that make an erasure complete: rules that it is about, and advice.
    #[must_use]
    pub fn supports(&self, erasure: &Erasure) -> BTreeSet<Index> {
        let rules = self.rules_of(erasure).map(|(_, rule)| rule.index);
        rules.chain(self.advice_on(erasure).map(|advice| advice.index)).collect()
    }

    /// The fields of each entry that complete erasures name: by entry, then by erasure.
    #[must_use]
    pub fn erased(&self) -> BTreeMap<Index, Vec<(&Erasure, &Target)>> {
        let mut erased: BTreeMap<Index, Vec<_>> = BTreeMap::new();
        for erasure in self.complete() {
            for target in &erasure.targets {
                erased.entry(target.entry).or_default().push((erasure, target));
            }
        }
        erased
    }

    fn rules_of(&self, erasure: &Erasure) -> impl Iterator<Item = (EntryHash, &Signed)> {
        erasure.about.iter().filter_map(|hash| Some((*hash, self.rules.get(hash)?)))
    }

    fn advice_on(&self, erasure: &Erasure) -> impl Iterator<Item = &Signed> {
        let rules = self.rules_of(erasure).map(|(hash, _)| hash);
        let on: BTreeSet<EntryHash> = rules.chain([erasure.hash]).collect();
        let all = on.into_iter().filter_map(|hash| self.advice.get(&hash)).flatten();
        // No erasure takes away what speaks against one: where a recommendation is not disclosed,
        // and an erasure names it, nobody can tell what it was.
        all.filter(|advice| advice.told || !self.hushed.contains(&advice.index))
    }
}

/// What an entry links to by a relation, each once.
fn linked(entry: &Entry, relation: Relation) -> BTreeSet<EntryHash> {
    let links = entry.says().links.iter();
    links.filter(|link| link.rel == relation.name()).map(|link| link.entry).collect()
}

/// Whether advice lets an erasure go ahead: one that is not disclosed is not held against it.
fn agrees(body: Option<&Body>) -> bool {
    let disclosed = body.and_then(|body| body.get("recommendation"));
    disclosed.is_none_or(|opening| {
        matches!(opening.value.as_text(), Some("proceed" | "proceed-with-changes"))
    })
}
