//! Breaches as Article 33(5) UK GDPR wants them documented: the facts, their effects and what was
//! done, so that a regulator can verify that the article was kept. Near misses are among them.
//!
//! The 72 hours run from the earliest awareness that a standing report names, to the earliest
//! moment at which the regulator was told.

use super::cell::Cell;
use super::gather::{by_case, each, newest, of_kind, standing as standing_of, with_linking};
use super::of::{Of, days_between};
use super::row::Row;
use super::{Column, Register};
use crate::book::item::{Book, Item};
use crate::book::standing;
use crate::records::days;
use crate::records::kind::Relation;
use crate::records::roles;

const KINDS: &[&str] = &[
    "breach-report",
    "breach-decision",
    "breach-told",
    "breach-measure",
    "breach-investigation",
    "breach-signoff",
    "breach-review",
    "regulator-contact",
    "paper-signature",
];

const COLUMNS: [Column; 26] = [
    Column::main("what-happened", "what happened, and what became of the data"),
    Column::more("type", "near miss, potential or formal, as the investigation found"),
    Column::main("kind", "kind of breach"),
    Column::more("nature", "what was lost: confidentiality, integrity, availability"),
    Column::main("aware", "when the school became aware"),
    Column::more("occurred", "when it happened"),
    Column::more("recorded", "when it was first recorded"),
    Column::more("days-to-record", "days from its beginning to the first record"),
    Column::main("people", "about how many people"),
    Column::more("people-kinds", "which sorts of people"),
    Column::more("records", "about how many records"),
    Column::more("data-types", "which sorts of data"),
    Column::more("causes", "root causes, as investigation and review found"),
    Column::more("likely-consequences", "what it is likely to mean for the people concerned"),
    Column::more("possible-misuse", "what the data could be misused for"),
    Column::more("remedies", "what was done against it"),
    Column::main("risk", "risk to people, as decided last"),
    Column::more("notify-regulator", "whether to notify the regulator, as decided last"),
    Column::more("decided-by", "who decided last, and on which day"),
    Column::main(
        "notified",
        "when the regulator was first told; or a letter to it, if that is all",
    ),
    Column::more("hours-to-notify", "from awareness to that moment, hours and begun minutes"),
    Column::more("reference", "the regulator's reference"),
    Column::more("reasons", "why it was not notified, or late"),
    Column::more("people-told", "whether and when the people concerned were told, and how many"),
    Column::more("signed-off-by", "who signed the investigation off"),
    Column::main("state", "reported, decided, investigated, actions open, closed or not known"),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "breaches",
    title: "Breaches of personal data",
    about: "One row a case, near misses too. Where reports of one case answer the same question, \
            the newest answer stands; awareness is the earliest that a report names. A decision \
            counts if whoever signed it may decide.",
    source: "Art 33(5) UK GDPR; policy §9, App 3",
    kinds: KINDS,
    with_linked: false,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    by_case(book, KINDS)
        .into_iter()
        .filter(|items| items.iter().any(|item| item.kind.starts_with("breach-")))
        .map(|mut items| {
            // What was recorded outside the case and links into it belongs to it.
            let outside = [Relation::About, Relation::SignsOff];
            with_linking(book, &mut items, &["regulator-contact", "paper-signature"], &outside);
            row(book, &items)
        })
        .collect()
}

fn row(book: &Book<'_>, items: &[&Item]) -> Row {
    let of = |kind| standing_of(book, &of_kind(items, kind));
    let (reports, investigations) = (of("breach-report"), of("breach-investigation"));
    let (decisions, reviews) =
        (book.deciding(of_kind(items, "breach-decision")), of("breach-review"));
    let decided: Vec<&Item> = standing::newest(decisions.iter().copied()).into_iter().collect();
    let told = of("breach-told");
    let report = |read: fn(Of<'_, '_>) -> Cell| newest(book, &reports, read);
    let decision = |read: fn(Of<'_, '_>) -> Cell| newest(book, &decided, read);
    let aware = reports.iter().filter_map(|item| item.integer("aware")).min();
    let notified = notified(&told);
    let first = reports.first().or(items.first());
    let cells = [
        report(|of| of.text("what-happened")),
        newest(book, &investigations, |of| of.word("type")),
        report(|of| of.word("kind")),
        report(|of| of.words("nature")),
        aware.map_or_else(|| report(|of| of.moment("aware")), Cell::Moment),
        report(|of| of.occurred()),
        Cell::some(first, |item| Cell::Moment(item.time)),
        days_between(
            reports.iter().rev().find_map(|item| days::occurred(&item.answers)).map(|at| at.from),
            first.map(|item| item.signed_on()),
        ),
        report(|of| of.number("people-count")),
        report(|of| of.texts("people-kinds")),
        report(|of| of.number("records-count")),
        report(|of| of.texts("data-types")),
        Cell::many([
            newest(book, &investigations, |of| of.groups("root-causes", &["id", "text"])),
            newest(book, &reviews, |of| of.text("causes")),
        ]),
        report(|of| of.text("likely-consequences")),
        report(|of| of.text("possible-misuse")),
        each(book, &of("breach-measure"), |of| of.text("measure")),
        decision(|of| of.word("risk")),
        decision(|of| of.truth("notify-regulator")),
        Cell::some(decided.last(), |item| {
            let of = Of::new(book, item);
            Cell::many([of.signed_by(), of.signed()])
        }),
        // Where it can't be read any more who was told, nothing says that the regulator wasn't.
        notified.map_or_else(
            || {
                Cell::many([
                    newest(book, &told, |of| of.read("whom", |_| Cell::Empty)),
                    letter(items),
                ])
            },
            Cell::Moment,
        ),
        Cell::some(aware.zip(notified), |(aware, notified)| Cell::Elapsed(notified - aware)),
        reference(book, items, &told),
        Cell::many([
            decision(|of| of.text("justification").labelled("not notified")),
            decision(|of| of.text("delay-reasons").labelled("late")),
        ]),
        people_told(book, &decided, &told),
        signed_off(book, items, &investigations),
        Cell::word(state(book, items, (!decided.is_empty(), notified.is_some()), &investigations)),
    ];
    Row::new(book, &COLUMNS, items, cells)
}

fn names(item: &Item, whom: &str) -> bool {
    item.texts("whom").any(|named| named == whom)
}

/// The earliest moment at which the regulator was told of the breach.
fn notified(told: &[&Item]) -> Option<i64> {
    let told = told.iter().filter(|item| names(item, "regulator"));
    told.map(|item| item.integer("told-at").unwrap_or(item.time)).min()
}

/// The first letter to the regulator. What it says, no record tells: it notifies nobody.
fn letter(items: &[&Item]) -> Cell {
    let to_regulator = |item: &&&Item| {
        item.kind == "regulator-contact" && item.text("direction") == Some("to-regulator")
    };
    let letter = items.iter().filter(to_regulator).min_by_key(|item| item.index);
    Cell::some(letter, |item| Cell::text(format!("a letter only, entry {}", item.index)))
}

fn reference(book: &Book<'_>, items: &[&Item], told: &[&Item]) -> Cell {
    let mut with: Vec<&Item> =
        told.iter().copied().filter(|item| names(item, "regulator")).collect();
    with.extend(of_kind(items, "regulator-contact"));
    with.sort_by_key(|item| item.index);
    newest(book, &with, |of| of.text("reference"))
}

fn people_told(book: &Book<'_>, decisions: &[&Item], told: &[&Item]) -> Cell {
    let told = told.iter().copied().filter(|item| names(item, "people-concerned"));
    let told = told.min_by_key(|item| item.integer("told-at"));
    let decided = Cell::many([
        newest(book, decisions, |of| of.word("tell-people")),
        newest(book, decisions, |of| of.word("exemption")),
    ]);
    Cell::many([
        decided.labelled("decided"),
        Cell::some(told, |item| {
            let of = Of::new(book, item);
            Cell::many([
                of.moment("told-at").labelled("told"),
                of.number("people-count").labelled("people"),
            ])
        }),
    ])
}

/// Signatures on the investigation, with a key or on paper.
fn signed_off(book: &Book<'_>, items: &[&Item], investigations: &[&Item]) -> Cell {
    let signs = |item: &&Item| {
        matches!(item.kind.as_str(), "breach-signoff" | "paper-signature")
            && investigations.iter().any(|report| item.links_to(report, Relation::SignsOff))
    };
    Cell::many(items.iter().copied().filter(signs).map(|item| {
        let of = Of::new(book, item);
        match (item.kind.as_str(), of.text("person")) {
            ("paper-signature", Cell::Text(person)) => {
                let role = item.text("role").map_or("in no role", roles::title);
                Cell::text(format!("{person}, {role} (on paper)"))
            }
            ("paper-signature", erased) => erased.labelled("on paper"),
            _ => of.signed_by(),
        }
    }))
}

/// The review by which a case stands: the newest, if no report or decision of after it opened the
/// case again.
pub(in crate::book) fn review<'a>(book: &Book<'a>, case: &str) -> Option<&'a Item> {
    let decisions = book.of_case(case).filter(|item| item.kind == "breach-decision");
    let mut opening = book.standing_in(case, "breach-report");
    opening.extend(book.deciding(decisions));
    let review = standing::newest(book.standing_in(case, "breach-review"))?;
    let after =
        |item: &Item| item.index > review.index && !(item.is_statement && item.time < review.time);
    (!opening.into_iter().any(after)).then_some(review)
}

/// How far the case is. A review closes only what was decided on or notified.
fn state(
    book: &Book<'_>,
    items: &[&Item],
    (decided, notified): (bool, bool),
    investigations: &[&Item],
) -> &'static str {
    let case = items.iter().find_map(|item| item.case.as_deref());
    let review = case.and_then(|case| review(book, case));
    let settled = decided || notified;
    match review.and_then(|review| review.text("outcome")) {
        Some("closed") if settled => "closed",
        Some("actions-open") => "actions-open",
        _ if review.is_some_and(Item::is_erased) && settled => "not-known",
        _ if !investigations.is_empty() => "investigated",
        _ if decided => "decided",
        _ => "reported",
    }
}
