//! What somebody who handles a breach must see at once: since when the school knows, who was told,
//! and what of Article 33(3) UK GDPR is on record and was told to the regulator.
//!
//! The deadline itself is told in [`crate::book::due`]; where that sets no limit, there is no clock.

use super::{breach, newest, of};
use crate::book::item::{Book, Item};
use crate::format::hash::Index;

/// A breach as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// The earliest awareness that a report names, and that report.
    pub aware: Option<(i64, Index)>,
    /// Who was told, the earliest first.
    pub told: Vec<Told>,
    /// The first letter to the regulator, where nothing says that it was told of the breach.
    pub letter: Option<Index>,
    /// What the law asks to be told to the regulator.
    pub parts: Vec<Part>,
    /// The newest decision.
    pub decision: Option<Index>,
    /// What it says: to notify the regulator, and to tell the people concerned.
    pub notify: Option<bool>,
    /// Whether people are told: `yes`, `no`, or another word of the decision.
    pub tell_people: Option<String>,
    /// Whether the newest report says that it is still going on.
    pub still_occurring: bool,
}

/// Somebody was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// When: POSIX seconds.
    pub at: i64,
    /// The record that says so.
    pub entry: Index,
    /// Whom, as the record's words: `regulator`, `people-concerned`.
    pub whom: Vec<String>,
    /// The reference that they gave.
    pub reference: Option<String>,
}

/// One thing that Article 33(3) asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which point of the article.
    pub point: &'static str,
    /// What is asked for.
    pub what: &'static str,
    /// The newest record of the school's own that answers it.
    pub recorded: Option<Index>,
    /// The first record that says that the regulator was told.
    pub told: Option<Index>,
}

/// Where an answer stands: a kind and a field, or any record of a kind.
type Source = (&'static str, Option<&'static str>);

/// Point, what is asked for, the word of `content` in a `breach-told`, where the school records it.
const PARTS: [(&str, &str, &str, Option<Source>); 8] = [
    ("33(3)(a)", "what happened", "nature", Some(("breach-report", Some("what-happened")))),
    ("33(3)(a)", "which sorts of people", "nature", Some(("breach-report", Some("people-kinds")))),
    ("33(3)(a)", "about how many people", "nature", Some(("breach-report", Some("people-count")))),
    ("33(3)(a)", "which sorts of data", "nature", Some(("breach-report", Some("data-types")))),
    (
        "33(3)(a)",
        "about how many records",
        "nature",
        Some(("breach-report", Some("records-count"))),
    ),
    ("33(3)(b)", "whom to ask: the data protection officer", "dpo-contact", None),
    (
        "33(3)(c)",
        "the likely consequences",
        "consequences",
        Some(("breach-report", Some("likely-consequences"))),
    ),
    ("33(3)(d)", "the measures taken or proposed", "measures", Some(("breach-measure", None))),
];

impl Room {
    /// The breach of a case, by the records of the case.
    #[must_use]
    pub fn of(book: &Book<'_>, case: &str) -> Self {
        let aware = book
            .standing_in(case, "breach-report")
            .into_iter()
            .filter_map(|report| Some((report.integer("aware")?, report.index)))
            .min();
        let decision = breach::decision(book, case);
        let last = newest(book, case, "breach-report");
        let told = told(book, case);
        let notified = told.iter().any(|told| told.whom.iter().any(|one| one == "regulator"));
        let letter = breach::letter(book, case).filter(|_| !notified);
        Self {
            aware,
            told,
            letter: letter.map(|letter| letter.index),
            parts: parts(book, case),
            decision: decision.map(|item| item.index),
            notify: decision.and_then(|item| item.truth("notify-regulator")),
            tell_people: decision.and_then(|item| item.text("tell-people")).map(str::to_owned),
            still_occurring: last.and_then(|last| last.truth("still-occurring")) == Some(true),
        }
    }

    /// The first time that somebody was told.
    #[must_use]
    pub fn first(&self, whom: &str) -> Option<&Told> {
        self.told.iter().find(|told| told.whom.iter().any(|one| one == whom))
    }

    /// What the regulator hasn't been told.
    pub fn lacking(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.told.is_none())
    }
}

fn told(book: &Book<'_>, case: &str) -> Vec<Told> {
    let mut all: Vec<Told> = book
        .standing_in(case, "breach-told")
        .into_iter()
        .map(|item| Told {
            at: item.integer("told-at").unwrap_or(item.time),
            entry: item.index,
            whom: item.texts("whom").map(str::to_owned).collect(),
            reference: item.text("reference").map(str::to_owned),
        })
        .collect();
    all.sort_by_key(|told| (told.at, told.entry));
    all
}

fn parts(book: &Book<'_>, case: &str) -> Vec<Part> {
    let to_regulator = |word: &str| {
        book.standing_in(case, "breach-told")
            .into_iter()
            .find(|item| {
                item.texts("whom").any(|whom| whom == "regulator")
                    && item.texts("content").any(|part| part == word)
            })
            .map(|item| item.index)
    };
    PARTS
        .iter()
        .map(|(point, what, word, source)| Part {
            point,
            what,
            recorded: source.and_then(|(kind, field)| {
                let answers =
                    |item: &&Item| field.is_none_or(|field| item.answers.get(field).is_some());
                of(book, case, kind).rev().find(answers).map(|item| item.index)
            }),
            told: to_regulator(word),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::story::{NOW, Story, text, texts};
    use crate::format::cbor::Value;
    use crate::records::kind::Relation;

    const CASE: &str = "breach-2026-001";

    fn reported() -> Story {
        Story::default().then(
            "breach-report",
            CASE,
            &[
                ("aware", Value::Int(NOW - 3600)),
                ("what-happened", text("a list went to the wrong parent")),
                ("people-count", Value::Int(30)),
            ],
        )
    }

    fn room(story: &Story) -> Room {
        Room::of(&Book::new(&story.0, NOW), CASE)
    }

    #[test]
    fn it_says_field_by_field_what_the_regulator_still_lacks() {
        let story = reported();
        let before = room(&story);
        assert_eq!(before.aware.map(|(aware, _)| aware), Some(NOW - 3600));
        assert_eq!(before.lacking().count(), 8);
        let unknown: Vec<&str> = before
            .parts
            .iter()
            .filter(|part| part.recorded.is_none())
            .map(|part| part.what)
            .collect();
        assert!(unknown.contains(&"which sorts of data") && !unknown.contains(&"what happened"));
        let story = story.then(
            "breach-told",
            CASE,
            &[
                ("whom", texts(&["regulator", "dpo"])),
                ("told-at", Value::Int(NOW - 60)),
                ("content", texts(&["nature", "dpo-contact"])),
                ("reference", text("IC-1")),
            ],
        );
        let after = room(&story);
        let lacking: Vec<&str> = after.lacking().map(|part| part.point).collect();
        assert_eq!(lacking, ["33(3)(c)", "33(3)(d)"]);
        assert_eq!(
            after.first("regulator").and_then(|told| told.reference.as_deref()),
            Some("IC-1")
        );
        assert!(after.first("people-concerned").is_none());
    }

    #[test]
    fn what_somebody_else_was_told_is_not_told_to_the_regulator() {
        let story = reported().then(
            "breach-told",
            CASE,
            &[("whom", texts(&["dpo"])), ("content", texts(&["nature"]))],
        );
        assert_eq!(room(&story).lacking().count(), 8);
    }

    #[test]
    fn another_breach_is_another_room() {
        let story =
            reported().then("breach-report", "breach-2026-002", &[("aware", Value::Int(5))]);
        assert_eq!(room(&story).aware.map(|(aware, _)| aware), Some(NOW - 3600));
        assert_eq!(
            Room::of(&Book::new(&story.0, NOW), "breach-2026-003"),
            Room { parts: room(&Story::default()).parts, ..Room::default() }
        );
    }

    #[test]
    fn the_earliest_awareness_of_a_report_that_stands_counts() {
        let aware = |at: i64| [("aware", Value::Int(at))];
        let story = reported().then("breach-report", CASE, &aware(NOW - 7200));
        assert_eq!(room(&story).aware, Some((NOW - 7200, Index(1))));
        // A correction in words leaves the report, and another report in its place doesn't.
        let story = story.then("correction", CASE, &[]).to(Relation::Corrects, 1);
        assert_eq!(room(&story).aware, Some((NOW - 7200, Index(1))));
        let story = story.then("breach-report", CASE, &aware(NOW - 1800)).to(Relation::Corrects, 1);
        assert_eq!(room(&story).aware, Some((NOW - 3600, Index(0))));
    }

    #[test]
    fn who_was_told_stands_in_the_order_of_time() {
        let told = |story: Story, whom: &str, at: i64| {
            let answers = [("whom", texts(&[whom])), ("told-at", Value::Int(at))];
            story.then("breach-told", CASE, &answers)
        };
        let story = told(told(reported(), "dpo", NOW - 10), "headteacher", NOW - 20);
        let letter = |direction| [("direction", text(direction)), ("sent", Value::Int(NOW - 15))];
        let story = story.then("regulator-contact", CASE, &letter("from-regulator")).then(
            "regulator-contact",
            CASE,
            &letter("to-regulator"),
        );
        // A letter may be about anything, and nobody is told by it; it is named as long as nothing
        // says that the regulator was told.
        assert_eq!(room(&story).letter, Some(Index(4)));
        let story = told(story, "regulator", NOW - 15);
        assert_eq!(room(&story).letter, None);
        let whom = |story: &Story| -> Vec<(u64, String)> {
            room(story).told.iter().map(|told| (told.entry.0, told.whom.join(" "))).collect()
        };
        let expected = [(2, "headteacher"), (5, "regulator"), (1, "dpo")];
        assert_eq!(whom(&story), expected.map(|(entry, whom)| (entry, whom.to_owned())));
        let story = told(story, "dpo", NOW - 5).to(Relation::Corrects, 1);
        let expected = [(2, "headteacher"), (5, "regulator"), (6, "dpo")];
        assert_eq!(whom(&story), expected.map(|(entry, whom)| (entry, whom.to_owned())));
    }

    #[test]
    fn the_newest_decision_and_report_count() {
        let still = |still| [("still-occurring", Value::Bool(still))];
        let decided =
            |notify, tell| [("notify-regulator", Value::Bool(notify)), ("tell-people", text(tell))];
        let story = reported().then("breach-report", CASE, &still(true));
        assert!(room(&story).still_occurring && room(&story).decision.is_none());
        let story = story
            .then("breach-decision", CASE, &decided(false, "no"))
            .then("breach-decision", CASE, &decided(true, "yes"))
            .then("breach-report", CASE, &still(false));
        let found = room(&story);
        assert!(!found.still_occurring);
        assert_eq!((found.decision, found.notify), (Some(Index(3)), Some(true)));
        assert_eq!(found.tell_people.as_deref(), Some("yes"));
    }

    #[test]
    fn the_newest_record_that_answers_a_part_is_named() {
        let story = reported()
            .then("breach-report", CASE, &[("what-happened", text("two lists went"))])
            .then("breach-measure", CASE, &[]);
        let found = room(&story).parts;
        let recorded = |what: &str| {
            found.iter().find(|part| part.what.starts_with(what)).and_then(|part| part.recorded)
        };
        assert_eq!(recorded("what happened"), Some(Index(1)));
        assert_eq!(recorded("about how many people"), Some(Index(0)));
        assert_eq!(recorded("the measures"), Some(Index(2)));
        assert_eq!(recorded("whom to ask"), None);
    }
}
