//! Records as the book adds them up: the answers of an entry beside what later entries did to
//! it, and a book of many of them as it stood at a moment.
//!
//! Everything that is computed from a school's records (the state of a case, what falls due, a
//! register) is a function of a [`Book`]: of items and a moment, with no clock and no disk. The
//! program reads the items that a question needs, not always all; a book says nothing about
//! records that it wasn't given.
//!
//! What this doesn't do: judge whether an entry is genuine, which verification tells. Times are what
//! authors claim.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use crate::format::cbor::Value;
use crate::format::hash::{EntryHash, Index};
use crate::records::answers::Answers;
use crate::records::days;
use crate::records::facts::PersonId;
use crate::records::kind::Relation;

/// One record.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its place.
    pub index: Index,
    /// Its hash.
    pub hash: EntryHash,
    /// Name of its kind.
    pub kind: String,
    /// Its case.
    pub case: Option<String>,
    /// The role in which it was signed.
    pub role: String,
    /// Who signed.
    pub person: PersonId,
    /// Who signed, by name, or by the beginning of their key's thumbprint.
    pub signer: String,
    /// When, as the author says: POSIX seconds.
    pub time: i64,
    /// Whether it was signed elsewhere, and entered here later.
    pub is_statement: bool,
    /// The decision that stands in clear, if its kind has one.
    pub decision: Option<&'static str>,
    /// What it links to.
    pub links: Vec<(Relation, EntryHash)>,
    /// Its answers; none when they were erased or can't be opened.
    pub answers: Answers,
    /// What later entries did to it.
    pub marks: Marks,
}

/// What later entries did to a record, up to the book's moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Why answers of it aren't there, if it can't be told any more what it said.
    pub gone: Option<Loss>,
    /// What its act lacks, in words; not the ratification of its exception.
    pub lacks: Vec<String>,
    /// It was signed under an exception that nobody has ratified.
    pub by_exception: bool,
    /// The corrections of what it rests on: it is stale if there is one.
    pub stale: Vec<Index>,
    /// Of an exception: something was signed under it, and it isn't ratified for that.
    pub unratified: bool,
    /// It was taken over from an existing register.
    pub imported: bool,
}

/// Why it can't be told any more what a record said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// All its answers were erased.
    Erased,
    /// Answers of it can't be opened, and no erasure says why.
    Unreadable,
}

impl Item {
    /// Whether all its answers were erased.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.marks.gone == Some(Loss::Erased)
    }

    /// Whether answers of it can't be opened.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        self.marks.gone == Some(Loss::Unreadable)
    }

    /// Whether its act is complete: whoever signed may, nothing is owed, and no exception that
    /// nobody ratified stands over it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.marks.lacks.is_empty() && !self.marks.by_exception
    }

    /// The answer as text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.answers.text(name)
    }

    /// The answer as a day.
    #[must_use]
    pub fn day(&self, name: &str) -> Option<Date> {
        self.answers.day(name)
    }

    /// The answer as an integer: a moment or a count.
    #[must_use]
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.answers.integer(name)
    }

    /// The answer as a truth value.
    #[must_use]
    pub fn truth(&self, name: &str) -> Option<bool> {
        self.answers.truth(name)
    }

    /// The answer as a list; empty when there is none.
    #[must_use]
    pub fn list(&self, name: &str) -> &[Value] {
        self.answers.list(name)
    }

    /// The texts of a list.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.list(name).iter().filter_map(Value::as_text)
    }

    /// Whether it links to `to` by `relation`.
    #[must_use]
    pub fn links_to(&self, to: &Item, relation: Relation) -> bool {
        self.links.contains(&(relation, to.hash))
    }

    /// The day on which it was signed, in London.
    ///
    /// # Panics
    /// Never for a book's items: those have a time that is a day.
    #[must_use]
    pub fn signed_on(&self) -> Date {
        days::day_at(self.time).unwrap_or(Date::MAX)
    }
}

/// Records as they stood at a moment.
#[derive(Debug)]
pub struct Book<'a> {
    items: Vec<&'a Item>,
    at: i64,
    kinds: BTreeMap<&'a str, Vec<usize>>,
    cases: BTreeMap<&'a str, Vec<usize>>,
    places: HashMap<EntryHash, usize>,
    linking: HashMap<EntryHash, Vec<(Relation, usize)>>,
}

impl<'a> Book<'a> {
    /// The items that were signed at `at` (POSIX seconds) or before, in the order of the ledger.
    #[must_use]
    pub fn new(items: &'a [Item], at: i64) -> Self {
        let mut items: Vec<&Item> = items.iter().filter(|item| item.time <= at).collect();
        items.sort_by_key(|item| item.index);
        let mut book = Self {
            at,
            kinds: BTreeMap::new(),
            cases: BTreeMap::new(),
            places: HashMap::new(),
            linking: HashMap::new(),
            items: Vec::new(),
        };
        for (place, item) in items.iter().enumerate() {
            book.kinds.entry(&item.kind).or_default().push(place);
            if let Some(case) = &item.case {
                book.cases.entry(case).or_default().push(place);
            }
            book.places.insert(item.hash, place);
            for (relation, to) in &item.links {
                book.linking.entry(*to).or_default().push((*relation, place));
            }
        }
        book.items = items;
        book
    }

    /// The moment: POSIX seconds.
    #[must_use]
    pub const fn at(&self) -> i64 {
        self.at
    }

    /// The day of that moment in London.
    #[must_use]
    pub fn today(&self) -> Date {
        days::day_at(self.at).unwrap_or(Date::MAX)
    }

    /// All items, oldest first.
    #[must_use]
    pub fn items(&self) -> impl DoubleEndedIterator<Item = &'a Item> {
        self.items.iter().copied()
    }

    /// The items of a kind, oldest first.
    #[must_use]
    pub fn of_kind(&self, kind: &str) -> impl DoubleEndedIterator<Item = &'a Item> {
        self.at_places(self.kinds.get(kind))
    }

    /// The items of a case, oldest first.
    #[must_use]
    pub fn of_case(&self, case: &str) -> impl DoubleEndedIterator<Item = &'a Item> {
        self.at_places(self.cases.get(case))
    }

    /// The cases, by name.
    pub fn cases(&self) -> impl Iterator<Item = &'a str> {
        self.cases.keys().copied()
    }

    /// The item of that hash.
    #[must_use]
    pub fn get(&self, hash: &EntryHash) -> Option<&'a Item> {
        self.places.get(hash).map(|place| self.items[*place])
    }

    /// The items that link to one by a relation, oldest first.
    #[must_use]
    pub fn linking(
        &self,
        to: &Item,
        wanted: Relation,
    ) -> impl DoubleEndedIterator<Item = &'a Item> {
        let found = self.linking.get(&to.hash).map(Vec::as_slice).unwrap_or_default();
        found
            .iter()
            .filter(move |(relation, _)| *relation == wanted)
            .map(|(_, place)| self.items[*place])
    }

    /// The earlier items to which one links by a relation.
    pub fn linked(&self, from: &Item, wanted: Relation) -> impl Iterator<Item = &'a Item> {
        let found: BTreeSet<usize> = from
            .links
            .iter()
            .filter(|(relation, _)| *relation == wanted)
            .filter_map(|(_, hash)| self.places.get(hash).copied())
            .collect();
        found.into_iter().map(|place| self.items[place])
    }

    fn at_places(&self, places: Option<&Vec<usize>>) -> impl DoubleEndedIterator<Item = &'a Item> {
        let places = places.map(Vec::as_slice).unwrap_or_default();
        let found: Vec<&'a Item> = places.iter().map(|place| self.items[*place]).collect();
        found.into_iter()
    }
}
