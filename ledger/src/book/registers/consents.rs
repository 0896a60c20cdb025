//! Consents as they stand, pupil by pupil and purpose by purpose.
//!
//! In the order in which things happened (when they were said to have happened, never later than
//! they were recorded, and a correction when what it corrects did), for each purpose:
//!
//! 1. A consent or refusal takes the place of the answer before it.
//! 2. A withdrawal takes back what was given; one that names no purpose takes back all of them. It
//!    comes after the consents to which it links, whenever these were recorded or corrected, and
//!    after those of its day whose hour nobody knows (Art 7(3) UK GDPR). It counts for the pupil whose
//!    reference it gives, and for the pupils of the consents to which it links.
//! 3. What the pupil refuses or takes back stays refused until the pupil gives it (policy §11.3:
//!    no images against a pupil's wishes).
//! 4. For biometric data anybody's refusal or withdrawal stands until a consent that links to it as
//!    continuing or correcting it (Protection of Freedoms Act 2012 s.26: one parent's written
//!    objection is enough).
//! 5. A consent past its last day has lapsed; one before its first day doesn't count yet.
//!
//! Where a record can't be read any more, the reading is the one that publishes less: an erased
//! withdrawal takes back everything. Two answers of which neither continues the other are shown as
//! differing, since they may be two parents'.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::cell::Cell;
use super::gather::{newest, standing};
use super::of::Of;
use super::row::Row;
use super::{Column, Register};
use crate::book::item::{Book, Item};
use crate::book::standing::in_order as in_order_of_ledger;
use crate::format::cbor::Value;
use crate::format::hash::Index;
use crate::records::days;
use crate::records::kind::Relation;

const COLUMNS: [Column; 11] = [
    Column::main("reference", "the pupil's reference"),
    Column::main("consented", "purposes for which consent stands on the day"),
    Column::main("refused", "purposes that are refused, and whether by the pupil"),
    Column::main("withdrawn", "purposes for which it was taken back, and whether by the pupil"),
    Column::more("lapsed", "purposes whose consent is past its last day"),
    Column::main("withhold", "whether nothing may be published, whatever was consented to"),
    Column::more(
        "differing",
        "purposes that another answer, not continued by the newest, saw otherwise",
    ),
    Column::more("answered-by", "who answered last, as what"),
    Column::more("wording", "version of the wording that was shown last"),
    Column::more("until", "last day of the newest answer"),
    Column::more("newest", "day of the newest answer or withdrawal"),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "consents",
    title: "Consents as they stand",
    about: "One row a pupil's reference. A later answer replaces an earlier one, a withdrawal ends \
            it, a pupil's own refusal prevails, and for biometric data anybody's does.",
    source: "Art 7, 8 UK GDPR; Protection of Freedoms Act 2012 ss.26-28; policy §2.2, §11",
    kinds: &["consent", "consent-withdrawal"],
    with_linked: false,
    columns: &COLUMNS,
    rows,
};

/// What was last said about a purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Given,
    Refused,
    Withdrawn,
}

/// Who said it, and until when it holds.
#[derive(Clone, Copy, Debug)]
struct Answer<'a> {
    said: Said,
    item: &'a Item,
    until: Option<Date>,
}

impl Answer<'_> {
    fn has_lapsed(&self, book: &Book<'_>) -> bool {
        self.until.is_some_and(|until| until < book.today())
    }
}

/// Everything about one pupil.
#[derive(Default)]
struct Pupil<'a> {
    /// Every record about them, those that don't count among them.
    items: Vec<&'a Item>,
    /// What was said last for a purpose.
    last: BTreeMap<&'a str, Answer<'a>>,
    /// What the pupil refuses.
    own: BTreeMap<&'a str, Answer<'a>>,
    /// Who objects to biometric processing.
    objection: Option<Answer<'a>>,
    /// What came last.
    newest: Option<&'a Item>,
    /// Purposes with answers that differ, each with the other answer.
    differing: BTreeMap<&'a str, &'a Item>,
    marks: Vec<String>,
}

fn rows(book: &Book<'_>) -> Vec<Row> {
    let (mut rows, mut unknown) = (Vec::new(), Vec::new());
    for (reference, mut pupil) in pupils(book, book.items()) {
        let Some(reference) = reference else {
            unknown = pupil.items;
            continue;
        };
        pupil.add_up(book);
        rows.push(pupil.row(book, reference));
    }
    rows.extend(unknown.into_iter().map(|item| row_of_nobody(book, item)));
    rows
}

/// How the consents of a case stand, by the rules of this register.
#[derive(Debug, Default)]
pub(in crate::book) struct OfCase<'a> {
    /// The newest consent, and whether nothing that counts came after it.
    pub newest: Option<(&'a Item, bool)>,
    /// The purposes for which consent stands.
    pub given: BTreeSet<&'a str>,
    /// What is refused, withdrawn or past its last day, in words.
    pub refused: Vec<String>,
    /// The same of what was taken back.
    pub withdrawn: Vec<String>,
    /// The same of what is past its last day.
    pub lapsed: Vec<String>,
    /// The first day of a consent that is still to come.
    pub later: Option<(&'a Item, Date)>,
}

/// How the consents of a case stand, by its records and by withdrawals elsewhere that take them back.
pub(in crate::book) fn of_case<'a>(book: &Book<'a>, case: &str) -> OfCase<'a> {
    let mut items: Vec<&Item> = book.of_case(case).collect();
    items.extend(withdrawals(book, case));
    in_order_of_ledger(&mut items);
    let mut found = OfCase::default();
    for mut pupil in pupils(book, items.into_iter()).into_values() {
        pupil.add_up(book);
        for purpose in pupil.purposes() {
            let Some((answer, how)) = pupil.standing(purpose) else { continue };
            let named = purpose.replace('-', " ");
            let words = if how.is_empty() { named } else { format!("{named} ({how})") };
            match answer.said {
                Said::Given if answer.has_lapsed(book) => found.lapsed.push(words),
                Said::Given => {
                    found.given.insert(purpose);
                }
                Said::Refused => found.refused.push(words),
                // It may stand under two references.
                Said::Withdrawn if found.withdrawn.contains(&words) => {}
                Said::Withdrawn => found.withdrawn.push(words),
            }
        }
        let consents = pupil.items.iter().copied().filter(|item| item.kind == "consent");
        let consents: Vec<&Item> = consents.filter(|item| !book.is_replaced(item)).collect();
        let first = |item: &&'a Item| {
            let from = item.day("from").filter(|from| *from > book.today())?;
            Some((*item, from))
        };
        found.later = found.later.or(consents.iter().rev().find_map(first));
        let last = pupil.newest.filter(|newest| newest.kind == "consent");
        let newest = last.or(consents.last().copied()).map(|newest| (newest, last.is_some()));
        found.newest = found.newest.into_iter().chain(newest).max_by_key(|(item, _)| item.index);
    }
    found
}

/// The withdrawals that stand, of a case or of its consents.
pub(in crate::book) fn withdrawals<'a>(book: &Book<'a>, case: &str) -> Vec<&'a Item> {
    let kind = "consent-withdrawal";
    let mut all = book.standing_in(case, kind);
    for consent in book.standing_in(case, "consent") {
        all.extend(book.standing_links(consent, Relation::Withdraws, kind));
    }
    in_order_of_ledger(&mut all);
    all
}

/// The records about each pupil among some; `None`: those that don't tell whose they are.
fn pupils<'a>(
    book: &Book<'a>,
    items: impl Iterator<Item = &'a Item>,
) -> BTreeMap<Option<&'a str>, Pupil<'a>> {
    let items: Vec<&Item> = items.filter(|item| is_about_consent(item)).collect();
    let mut pupils: BTreeMap<Option<&str>, Pupil<'_>> = BTreeMap::new();
    for item in &items {
        pupils.entry(reference(book, item)).or_default().items.push(item);
    }
    let consents: BTreeSet<Index> =
        items.iter().filter(|item| item.kind == "consent").map(|item| item.index).collect();
    for withdrawal in standing(book, &items) {
        if withdrawal.kind != "consent-withdrawal" {
            continue;
        }
        let own = reference(book, withdrawal);
        for consent in taken_back(book, withdrawal) {
            let theirs = reference(book, consent);
            // Whose an erased consent was, nobody can tell.
            if theirs.is_none() || theirs == own || !consents.contains(&consent.index) {
                continue;
            }
            // A mistyped reference doesn't let stand what the link names.
            let pupil = pupils.entry(theirs).or_default();
            if pupil.items.iter().any(|item| item.index == withdrawal.index) {
                continue;
            }
            pupil.items.push(withdrawal);
            let (Some(named), Some(theirs)) = (withdrawal.text("subject"), theirs) else {
                continue;
            };
            let (by, of) = (withdrawal.index, consent.index);
            pupil.marks.push(format!(
                "entry {by} takes back entry {of}, though under another reference: {named}"
            ));
            pupils.entry(own).or_default().marks.push(format!(
                "entry {by} gives this reference, and takes back entry {of} of another: {theirs}"
            ));
        }
    }
    pupils
}

/// The consents that stand and that a withdrawal takes back by its links.
pub(super) fn taken_back<'a>(book: &Book<'a>, withdrawal: &'a Item) -> Vec<&'a Item> {
    let versions = book.versions(withdrawal).into_iter();
    let mut found: Vec<&Item> =
        versions.flat_map(|version| book.linked(version, Relation::Withdraws)).collect();
    let mut at = 0;
    while let Some(consent) = found.get(at).copied() {
        for later in book.linking(consent, Relation::Corrects) {
            if found.iter().all(|known| known.index != later.index) {
                found.push(later);
            }
        }
        at += 1;
    }
    found.retain(|item| {
        item.kind == "consent" && !book.is_replaced(item) && takes_back(book, withdrawal, item)
    });
    in_order_of_ledger(&mut found);
    found
}

fn is_about_consent(item: &Item) -> bool {
    matches!(item.kind.as_str(), "consent" | "consent-withdrawal")
}

/// The reference that it names, or the one of the consent that it takes back.
fn reference<'a>(book: &Book<'a>, item: &'a Item) -> Option<&'a str> {
    let linked = || {
        let versions = book.versions(item);
        let mut consents =
            versions.into_iter().flat_map(|version| book.linked(version, Relation::Withdraws));
        consents.find_map(|to| to.text("subject").filter(|_| to.kind == "consent"))
    };
    item.text("subject").or_else(linked)
}

/// Whether a withdrawal links to a consent, in whatever version of either.
fn takes_back<'a>(book: &Book<'a>, withdrawal: &'a Item, consent: &'a Item) -> bool {
    let consents = book.versions(consent);
    book.versions(withdrawal).iter().any(|withdrawal| {
        consents.iter().any(|consent| withdrawal.links_to(consent, Relation::Withdraws))
    })
}

/// When a consent was given, as far as is on record, and on which day if nobody knows the hour. A
/// first day before the signature counts, so that an old form that is recorded late doesn't undo a
/// withdrawal.
fn given<'a>(book: &Book<'a>, consent: &'a Item) -> (i64, Option<Date>) {
    let recorded = book.versions(consent).iter().map(|version| version.time).min();
    let recorded = recorded.unwrap_or(consent.time);
    let done = days::done_by(&consent.answers, i64::MAX);
    let said = consent.day("from").and_then(days::end_of).map_or(done, |from| from.min(done));
    let when = said.min(recorded);
    let occurred = days::occurred(&consent.answers).and_then(|span| span.times);
    let hour_known = occurred.is_some_and(|(_, to)| to == said);
    let day = days::day_at(when).filter(|day| !hour_known && days::day_at(said) == Some(*day));
    (when, day)
}

/// The records that count, each with its moment, in the order in which things happened.
fn in_order<'a>(book: &Book<'a>, items: &[&'a Item]) -> Vec<(i64, &'a Item)> {
    let (withdrawals, consents): (Vec<&Item>, Vec<&Item>) =
        standing(book, items).into_iter().partition(|item| item.kind == "consent-withdrawal");
    let consents: Vec<(&Item, i64, Option<Date>)> = consents
        .into_iter()
        .map(|consent| {
            let (when, day) = given(book, consent);
            (consent, when, day)
        })
        .collect();
    let after = |withdrawal: &'a Item| {
        let done = days::done_by(&withdrawal.answers, withdrawal.time);
        let own = withdrawal.integer("received").map_or(done, |received| received.min(done));
        let day = days::day_at(own);
        consents
            .iter()
            .filter(|(consent, _, on)| {
                (on.is_some() && *on == day) || takes_back(book, withdrawal, consent)
            })
            .map(|(_, when, _)| *when)
            .fold(own, i64::max)
    };
    let mut all: Vec<(i64, &Item)> =
        withdrawals.into_iter().map(|withdrawal| (after(withdrawal), withdrawal)).collect();
    all.extend(consents.iter().map(|(consent, when, _)| (*when, *consent)));
    all.sort_by_key(|(when, item)| (*when, item.kind == "consent-withdrawal", item.index));
    all
}

fn by_pupil(item: &Item) -> bool {
    item.text("capacity") == Some("pupil")
}

/// Each purpose with what is said of it.
fn decisions(item: &Item) -> impl Iterator<Item = (&str, Said)> {
    item.list("purposes").iter().filter_map(|group| {
        let part = |name| group.get(name).and_then(Value::as_text);
        let said = if part("decision")? == "given" { Said::Given } else { Said::Refused };
        Some((part("purpose")?, said))
    })
}

impl<'a> Pupil<'a> {
    fn add_up(&mut self, book: &Book<'a>) {
        let counting = in_order(book, &self.items);
        for (when, item) in &counting {
            let later = item.day("from").filter(|from| *from > book.today());
            match (item.kind.as_str(), later) {
                ("consent-withdrawal", _) => self.withdraw(item),
                (_, Some(from)) => self.marks.push(format!(
                    "entry {} doesn't count before {}",
                    item.index,
                    days::written(from)
                )),
                (_, None) => self.answer(item, *when),
            }
        }
        let newest = self.items.iter().filter(|item| item.kind == "consent").map(|i| i.index).max();
        self.newest = counting.last().map(|(_, item)| *item);
        if let Some(last) = self.newest
            && last.kind == "consent-withdrawal"
            && newest.is_some_and(|newest| newest > last.index)
        {
            self.marks.push(format!(
                "the withdrawal in entry {} came after what was recorded later",
                last.index
            ));
        }
    }

    fn answer(&mut self, item: &'a Item, when: i64) {
        let until = item.day("until");
        for (purpose, said) in decisions(item) {
            let answer = Answer { said, item, until };
            let replaces = |before: &Answer<'_>| {
                [Relation::Continues, Relation::Corrects]
                    .into_iter()
                    .any(|relation| item.links_to(before.item, relation))
            };
            if let Some(before) = self.last.insert(purpose, answer) {
                let first = item.day("from").max(days::day_at(when));
                let lapsed = before.until.zip(first);
                if replaces(&before) {
                    self.differing.remove(purpose);
                } else if before.said != said
                    && before.said != Said::Withdrawn
                    && lapsed.is_none_or(|(until, first)| until >= first)
                {
                    self.differing.insert(purpose, before.item);
                }
            }
            if said == Said::Refused {
                if by_pupil(item) {
                    self.own.insert(purpose, answer);
                }
                if purpose == "biometric" {
                    self.objection = Some(answer);
                }
                continue;
            }
            if by_pupil(item) {
                self.own.remove(purpose);
            }
            if purpose == "biometric" && self.objection.as_ref().is_some_and(replaces) {
                self.objection = None;
            }
        }
    }

    fn withdraw(&mut self, item: &'a Item) {
        let named: BTreeSet<&str> = item.texts("purposes").collect();
        let purposes: Vec<&str> = if named.is_empty() {
            self.last.keys().copied().collect()
        } else {
            named.into_iter().collect()
        };
        for purpose in purposes {
            let answer = Answer { said: Said::Withdrawn, item, until: None };
            self.differing.remove(purpose);
            // A refusal isn't softened into something that was once given.
            if self.last.get(purpose).is_none_or(|before| before.said == Said::Given) {
                self.last.insert(purpose, answer);
            }
            if by_pupil(item) {
                self.own.insert(purpose, answer);
            }
            if purpose == "biometric" {
                self.objection = Some(answer);
            }
        }
    }

    /// What stands for a purpose, and what to add in words.
    fn standing(&self, purpose: &str) -> Option<(Answer<'a>, &'static str)> {
        let last = self.last.get(purpose).copied();
        let own = self.own.get(purpose).copied();
        let objection = self.objection.filter(|_| purpose == "biometric");
        match (own, objection) {
            (Some(own), _) => Some((own, "by the pupil")),
            (None, Some(objection)) if last.is_some_and(|last| last.said == Said::Given) => {
                Some((objection, "an objection that stands"))
            }
            _ => last.map(|last| (last, "")),
        }
    }

    /// The purposes that anything was said of.
    fn purposes(&self) -> BTreeSet<&'a str> {
        self.last.keys().chain(self.own.keys()).copied().collect()
    }

    fn row(self, book: &Book<'a>, reference: &str) -> Row {
        let (mut consented, mut refused) = (Vec::new(), Vec::new());
        let (mut withdrawn, mut lapsed) = (Vec::new(), Vec::new());
        for purpose in self.purposes() {
            let Some((answer, how)) = self.standing(purpose) else { continue };
            let cell = match how {
                "" => Cell::word(purpose),
                how => Cell::text(format!("{purpose} ({how})")),
            };
            match answer.said {
                Said::Given if answer.has_lapsed(book) => lapsed.push(cell),
                Said::Given => consented.push(cell),
                Said::Refused => refused.push(cell),
                Said::Withdrawn => withdrawn.push(cell),
            }
        }
        let answers: Vec<&Item> =
            self.items.iter().copied().filter(|item| item.kind == "consent").collect();
        let last = standing(book, &answers).last().map(|item| Of::new(book, item));
        let of_last = |read: fn(Of<'_, '_>) -> Cell| last.map_or(Cell::Empty, read);
        let answers: Vec<&Item> =
            in_order(book, &answers).into_iter().map(|(_, answer)| answer).collect();
        let newest_day = self.items.iter().map(|item| item.signed_on()).max();
        let differing = self
            .differing
            .iter()
            .map(|(purpose, item)| Cell::text(format!("{purpose} (entry {})", item.index)));
        let cells = [
            Cell::text(reference),
            Cell::many(consented),
            Cell::many(refused),
            Cell::many(withdrawn),
            Cell::many(lapsed),
            newest(book, &answers, |of| of.truth("withhold-by-default")),
            Cell::many(differing),
            of_last(|of| of.word("capacity")),
            of_last(|of| of.text("wording-version")),
            of_last(|of| of.day("until")),
            Cell::some(newest_day, Cell::Day),
        ];
        Row::new(book, &COLUMNS, &self.items, cells).marked(self.marks)
    }
}

/// A record that doesn't tell, or no longer tells, whose it is.
fn row_of_nobody(book: &Book<'_>, item: &Item) -> Row {
    let of = Of::new(book, item);
    let mut cells = [const { Cell::Empty }; COLUMNS.len()];
    cells[0] = of.text("subject");
    cells[7] = of.word("capacity");
    cells[10] = of.signed();
    Row::new(book, &COLUMNS, &[item], cells).marked(["it names no pupil's reference".to_owned()])
}
