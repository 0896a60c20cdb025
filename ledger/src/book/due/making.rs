//! What all deadlines are made with: the book, the school's days and targets, and which record
//! belongs to which.

use jiff::civil::Date;

use super::{Due, State, When, limit};
use crate::book::item::{Book, Item};
use crate::book::lasting::lasting;
use crate::book::rules::school::{School, Terms};
use crate::book::rules::targets::{Target, Targets};
use crate::book::rules::{Worked, in_force, rule};
use crate::format::cbor::Value;
pub(super) use crate::records::answers::part;
use crate::records::days::{day, written};

/// A book with what the deadlines in it are counted by.
pub(super) struct Scene<'b, 'a> {
    pub(super) book: &'b Book<'a>,
    pub(super) school: &'b School,
    pub(super) terms: Terms,
    pub(super) targets: Targets,
}

/// A deadline in the making.
pub(super) struct Making {
    due: Due,
    since: Option<When>,
    met: Option<When>,
    history: bool,
}

impl<'b, 'a> Scene<'b, 'a> {
    pub(super) fn new(book: &'b Book<'a>, school: &'b School) -> Self {
        Self { book, school, terms: Terms::of(book), targets: Targets::of(book) }
    }

    /// Whether deadlines follow from an item: it stands, and can be read.
    pub(super) fn stands(&self, item: &Item) -> bool {
        item.marks.gone.is_none() && !self.book.is_replaced(item)
    }

    /// The items of a kind from which deadlines follow. What ends one is asked of the book instead,
    /// where what was erased counts as far as its kind alone tells.
    pub(super) fn standing(&self, kind: &str) -> Vec<&'a Item> {
        self.book.of_kind(kind).filter(|item| self.stands(item)).collect()
    }

    /// Each standing item of a kind with the first standing one that takes its place.
    pub(super) fn succession(
        &self,
        kind: &str,
        name: impl Fn(&Item) -> Option<String>,
    ) -> Vec<(&'a Item, Option<&'a Item>)> {
        lasting(self.book, kind, name)
            .into_iter()
            .filter(|(item, _)| self.stands(item))
            .map(|(item, later)| (item, later.into_iter().find(|later| self.stands(later))))
            .collect()
    }

    /// Begins a deadline that follows from an item by a rule as it was in force on a day. `key`
    /// tells the deadlines of one item apart.
    pub(super) fn make(
        &self,
        id: &'static str,
        on: Date,
        key: &str,
        item: &Item,
        title: impl Into<String>,
    ) -> Making {
        let rule = in_force(id, on).or_else(|| rule(id));
        let due = Due {
            rule: id,
            title: title.into(),
            about: None,
            case: item.case.clone(),
            entry: item.index,
            when: When::NotKnown,
            legal: None,
            target: None,
            source: rule.map_or("", |rule| rule.source),
            state: State::Open,
            uid: format!("{key}-{}", &item.hash.to_string()[..16]),
            corrected: self.book.correction(item).map(|correction| correction.index),
        };
        Making { due, since: None, met: None, history: false }
    }

    /// The policy's target for a rule, from a day.
    pub(super) fn target(&self, id: &'static str, on: Date, first: &str) -> Option<Worked> {
        self.target_of(id, on).map(|target| target.from_day(id, on, 0, &self.terms, first))
    }

    /// The target for a rule that holds for what begins on a day.
    pub(super) fn target_of(&self, id: &str, on: Date) -> Option<Target> {
        self.targets.on(id, on)
    }

    /// The day of the book.
    pub(super) fn today(&self) -> Date {
        self.book.today()
    }
}

impl Making {
    /// Says what it is about, in the record's words.
    pub(super) fn about(mut self, words: Option<&str>) -> Self {
        self.due.about = words.map(str::to_owned);
        self
    }

    /// It comes from elsewhere than its rule says in general.
    pub(super) fn source(mut self, source: &'static str) -> Self {
        self.due.source = source;
        self
    }

    /// Sets the legal limit.
    pub(super) fn legal(mut self, worked: Worked) -> Self {
        self.due.legal = Some(worked);
        self
    }

    /// Sets the school's own target.
    pub(super) fn target(mut self, worked: Option<Worked>) -> Self {
        self.due.target = worked;
        self
    }

    /// It is owed without undue delay from a day or moment on; `words` say since when and why.
    pub(super) fn owed(mut self, since: When, words: String) -> Self {
        let rule = self.due.rule;
        self.since = Some(since);
        self.legal(Worked { rule, due: When::NotKnown, words })
    }

    /// It is listed at a day or moment, though that is no limit.
    pub(super) fn listed_at(mut self, when: When) -> Self {
        self.since = Some(when);
        self
    }

    /// When it was done, if it was.
    pub(super) fn met(mut self, on: Option<When>) -> Self {
        self.met = on;
        self
    }

    /// Whether it had passed before its record was imported ([`passed_before_import`]).
    pub(super) fn history(mut self, history: bool) -> Self {
        self.history = history;
        self
    }

    /// The deadline as it stands at the book's moment.
    pub(super) fn done(self, scene: &Scene<'_, '_>) -> Due {
        let Self { mut due, since, met, history } = self;
        let limit = limit(due.legal.as_ref(), due.target.as_ref());
        due.when = match limit {
            When::NotKnown => since.unwrap_or(When::NotKnown),
            known => known,
        };
        due.state = match met {
            Some(on) => State::Met { on },
            None if history => State::Imported,
            None if When::Moment(scene.book.at()).is_after(limit) => State::Overdue,
            None => State::Open,
        };
        due
    }
}

/// Whether a record was imported, and its limit had passed before that day.
pub(super) fn passed_before_import(item: &Item, limit: When) -> bool {
    item.marks.imported && limit.day().is_some_and(|day| day < item.signed_on())
}

/// A deadline that a record sets itself.
pub(super) fn set(id: &'static str, on: Date, who: &str) -> Worked {
    let words = format!("{who}: {}", When::Day(on).written());
    Worked { rule: id, due: When::Day(on), words }
}

/// A member of a group as a day.
pub(super) fn day_part(group: &Value, name: &str) -> Option<Date> {
    part(group, name).and_then(day)
}

/// Words as they are compared: without case and outer spaces.
pub(super) fn folded(words: Option<&str>) -> String {
    words.unwrap_or_default().trim().to_lowercase()
}

/// "since 3 May 2026".
pub(super) fn since(day: Date) -> String {
    format!("since {}", written(day))
}
