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

use self::unjudged::Unjudged;

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

mod unjudged;

/// Most entries that one erasure names.
pub const MOST_ERASED: usize = 256;

/// Most fields that one erasure names of one entry: no entry has more.
pub const MOST_OF_ONE: usize = 256;

/// Most fields that one erasure names, of all its entries together.
pub const MOST_FIELDS: usize = 4096;

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
        let named: usize = targets.iter().map(Self::named).sum();
        let few = (1..=MOST_ERASED).contains(&targets.len()) && named <= MOST_FIELDS;
        (ascending && few).then_some(targets)
    }

    /// How many fields it names; none where it names all without their names.
    #[must_use]
    pub fn named(&self) -> usize {
        self.fields.as_ref().map_or(0, Vec::len)
    }

    fn parse(value: &Value) -> Option<Self> {
        let [entry, fields] = value.as_array()? else { return None };
        let entry = Index(u64::try_from(entry.as_int()?).ok()?);
        let fields = match fields {
            Value::Null => None,
            list => {
                let list = list.as_array().filter(|list| list.len() <= MOST_OF_ONE)?;
                let names = list
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

/// What an erasure on record names of an entry, in no more room than it takes there: a bundle can
/// hold millions of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The entry.
    pub entry: Index,
    /// The names, one a line; `None` for all of its fields.
    fields: Option<Box<str>>,
}

impl From<&Target> for Named {
    fn from(target: &Target) -> Self {
        let fields = target.fields.as_ref().map(|fields| fields.join("\n").into_boxed_str());
        Self { entry: target.entry, fields }
    }
}

impl Named {
    /// Whether it names this field.
    #[must_use]
    pub fn names(&self, field: &str) -> bool {
        self.fields().is_none_or(|mut fields| fields.any(|name| name == field))
    }

    /// The fields; `None` for all that the entry has.
    #[must_use]
    pub fn fields(&self) -> Option<impl Iterator<Item = &str>> {
        self.fields.as_ref().map(|fields| fields.split('\n'))
    }

    /// Takes out of the fields that are left those that it names, in as many steps as it names.
    pub fn take<T>(&self, left: &mut BTreeMap<&str, T>) -> Vec<T> {
        match self.fields() {
            None => std::mem::take(left).into_values().collect(),
            Some(fields) => fields.filter_map(|name| left.remove(name)).collect(),
        }
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
    pub targets: Vec<Named>,
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

/// Two people at most: enough to tell whether somebody else than one person is among them.
type People = Vec<PersonId>;

/// The erasures so far, and what can make them complete. Whatever is told of all of them takes as
/// many steps as they, their rules and the advice on them are long together.
#[derive(Clone, Debug, Default)]
pub struct Erasures {
    acts: Vec<Erasure>,
    rules: HashMap<EntryHash, Signed>,
    /// By what is advised on.
    advice: HashMap<EntryHash, Vec<Signed>>,
    /// Entries whose recommendation an erasure names.
    hushed: BTreeSet<Index>,
    unjudged: Unjudged,
}

impl Erasures {
    /// Takes an entry into account. Entries come in ascending order.
    pub fn note(&mut self, entry: &Entry, judged: &Judged, body: Option<&Body>) {
        let Some(kind) = judged.kind else {
            self.unjudged.note_unknown(entry, judged);
            return;
        };
        let person = judged.person.filter(|_| judged.appointment.is_some());
        let told = body.is_some_and(|body| body.get("recommendation").is_some());
        let signed = person.map(|person| Signed { index: entry.index(), person, told });
        match (kind.name, signed) {
            ("erasure", _) => self.note_erasure(entry, judged, person),
            ("retention-rule", Some(signed)) if judged.authorised => {
                self.rules.insert(entry.hash(), signed);
            }
            ("retention-rule", None) if judged.authorised => self.unjudged.note_rule(entry, None),
            ("dpo-advice", signed)
                if judged.authorised && agrees(body) && DPO.contains(&entry.says().role) =>
            {
                let Some(signed) = signed else {
                    self.unjudged.note_advice(entry, None);
                    return;
                };
                for target in linked(entry, Relation::Advises) {
                    self.advice.entry(target).or_default().push(signed.clone());
                }
            }
            _ => {}
        }
    }

    fn note_erasure(&mut self, entry: &Entry, judged: &Judged, person: Option<PersonId>) {
        let Some(ClearFields::Erasure { entries, ground }) = &judged.clear else { return };
        let hushed = entries.iter().filter(|target| target.names("recommendation"));
        self.hushed.extend(hushed.map(|target| target.entry));
        self.acts.push(Erasure {
            index: entry.index(),
            ground: *ground,
            targets: entries.iter().map(Named::from).collect(),
            time: entry.says().time,
            kid: entry.says().kid,
            hash: entry.hash(),
            person,
            administrator: entry.says().role == ADMINISTRATOR,
            about: linked(entry, Relation::About).into_iter().collect(),
        });
    }

    /// Those that are complete, by index.
    pub fn complete(&self) -> impl Iterator<Item = &Erasure> {
        let advised = self.advised();
        self.acts.iter().filter(move |erasure| self.lacking(erasure, &advised).is_none())
    }

    /// Those that are not complete, and what they lack, by index.
    pub fn incomplete(&self) -> impl Iterator<Item = Incomplete> {
        let advised = self.advised();
        self.acts.iter().filter_map(move |erasure| {
            let why = self.lacking(erasure, &advised)?;
            Some(Incomplete { entry: erasure.index, kind: "erasure".to_owned(), why })
        })
    }

    /// The erasure with that index.
    #[must_use]
    pub fn get(&self, index: Index) -> Option<&Erasure> {
        let at = self.acts.binary_search_by_key(&index, |erasure| erasure.index).ok()?;
        self.acts.get(at)
    }

    /// What an erasure lacks, in words; `None` when it is complete.
    #[must_use]
    pub fn lacks(&self, erasure: &Erasure) -> Option<String> {
        let on = self.advised_by(erasure).into_iter();
        self.lacking(erasure, &on.map(|hash| (hash, self.people_on(&hash))).collect())
    }

    fn lacking(&self, erasure: &Erasure, advised: &HashMap<EntryHash, People>) -> Option<String> {
        let Some(author) = erasure.person else {
            return Some("can't be told: its author is not known".to_owned());
        };
        let mut rules = self.rules_of(erasure);
        if erasure.administrator && rules.all(|(_, rule)| rule.person == author) {
            return Some(
                "missing: a retention rule by another person that it is about, since its author \
                 signs as administrator"
                    .to_owned(),
            );
        }
        let on = self.advised_by(erasure);
        let mut people = on.iter().filter_map(|hash| advised.get(hash)).flatten();
        people.all(|person| *person == author).then(|| {
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
        let advised = self.advised();
        self.acts.iter().filter(move |erasure| {
            let author = erasure.person;
            let mut rules = self.rules_of(erasure);
            let ruled = !erasure.administrator
                || rules.any(|(_, rule)| author.is_some_and(|author| rule.person != author));
            let reached = on.contains(&erasure.hash)
                || self.rules_of(erasure).any(|(hash, _)| on.contains(&hash));
            let another = author.is_some_and(|author| author != person);
            self.lacking(erasure, &advised).is_some() && ruled && reached && another
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
        let on = self.advised_by(erasure);
        let advice = on.iter().flat_map(|hash| self.counting_on(hash));
        rules.chain(advice.map(|advice| advice.index)).collect()
    }

    /// The entry with which a complete erasure became so: itself, the first rule by another person
    /// where it needs one, or the first advice by another person.
    #[must_use]
    pub fn completed_with(&self, erasure: &Erasure) -> Index {
        let another = |signed: &&Signed| Some(signed.person) != erasure.person;
        let rules = self.rules_of(erasure).map(|(_, rule)| rule).filter(another);
        let rule = rules.map(|rule| rule.index).min().filter(|_| erasure.administrator);
        let on = self.advised_by(erasure);
        let advice = on.iter().flat_map(|hash| self.counting_on(hash)).filter(another);
        let advice = advice.map(|advice| advice.index).min();
        rule.into_iter().chain(advice).fold(erasure.index, Index::max)
    }

    /// The fields of each entry that complete erasures name: by entry, then by erasure.
    #[must_use]
    pub fn erased(&self) -> BTreeMap<Index, Vec<(&Erasure, &Named)>> {
        by_entry(self.complete())
    }

    /// What may be erased, as far as this reader can tell: where an erasure, or what would make
    /// one complete, can't be judged.
    pub(crate) fn may_be_erased(&self) -> MayBe<'_> {
        let advised = self.advised();
        let open = self.acts.iter().filter(|erasure| {
            self.lacking(erasure, &advised).is_some()
                && self.unjudged.may_complete(self, erasure, &advised)
        });
        MayBe { below: self.unjudged.erasure, named: by_entry(open) }
    }

    fn rules_of(&self, erasure: &Erasure) -> impl Iterator<Item = (EntryHash, &Signed)> {
        erasure.about.iter().filter_map(|hash| Some((*hash, self.rules.get(hash)?)))
    }

    /// What advice on counts for an erasure: itself, and the rules that it is about.
    fn advised_by(&self, erasure: &Erasure) -> BTreeSet<EntryHash> {
        self.rules_of(erasure).map(|(hash, _)| hash).chain([erasure.hash]).collect()
    }

    /// The advice on something that counts. No erasure takes away what speaks against one: where a
    /// recommendation is not disclosed, and an erasure names it, nobody can tell what it was.
    fn counting_on(&self, hash: &EntryHash) -> impl Iterator<Item = &Signed> {
        let all = self.advice.get(hash).into_iter().flatten();
        all.filter(|advice| advice.told || !self.hushed.contains(&advice.index))
    }

    fn people_on(&self, hash: &EntryHash) -> People {
        let mut people = People::new();
        for advice in self.counting_on(hash) {
            if people.len() < 2 && !people.contains(&advice.person) {
                people.push(advice.person);
            }
        }
        people
    }

    /// Who advised on each thing, so that the advice on it is gone through once, however many
    /// erasures are about it.
    fn advised(&self) -> HashMap<EntryHash, People> {
        self.advice.keys().map(|hash| (*hash, self.people_on(hash))).collect()
    }
}

/// What may be erased, for all that this reader can judge.
pub(crate) struct MayBe<'a> {
    /// Any field of an entry below this one.
    pub below: Option<Index>,
    /// The fields of each entry that erasures name which may be complete.
    pub named: BTreeMap<Index, Vec<(&'a Erasure, &'a Named)>>,
}

fn by_entry<'a>(
    erasures: impl Iterator<Item = &'a Erasure>,
) -> BTreeMap<Index, Vec<(&'a Erasure, &'a Named)>> {
    let mut all: BTreeMap<Index, Vec<_>> = BTreeMap::new();
    for erasure in erasures {
        for target in &erasure.targets {
            all.entry(target.entry).or_default().push((erasure, target));
        }
    }
    all
}

/// What an entry links to by a relation, each once.
fn linked(entry: &Entry, relation: Relation) -> BTreeSet<EntryHash> {
    let links = entry.says().links.iter();
    links.filter(|link| link.rel == relation.name()).map(|link| link.entry).collect()
}

/// Whether advice lets an erasure go ahead: one that is not disclosed is not held against it.
#[must_use]
pub fn agrees(body: Option<&Body>) -> bool {
    let disclosed = body.and_then(|body| body.get("recommendation"));
    disclosed.is_none_or(|opening| is_agreement(opening.value.as_text()))
}

/// Whether a recommendation of the data protection officer is one to go ahead.
#[must_use]
pub fn is_agreement(recommendation: Option<&str>) -> bool {
    matches!(recommendation, Some("proceed" | "proceed-with-changes"))
}
