//! Screenings and data protection impact assessments: whether one was required, what the data
//! protection officer advised, what was decided, and when it is looked at again.

use jiff::civil::Date;

use super::cell::Cell;
use super::gather::{by_case, newest, of_kind, standing as standing_of, with_linking};
use super::of::Of;
use super::row::{Row, numbers};
use super::{Column, Register};
use crate::book::content::{counts, newest_on};
use crate::book::due::{dpia_ended, open_review};
use crate::book::item::{Book, Item};
use crate::book::standing;
use crate::records::kind::Relation;

/// What is read: the kinds that it is made from, and at the end those by which a review falls due.
const READS: &[&str] = &[
    "dpia-screening",
    "dpia",
    "dpo-advice",
    "dpia-approval",
    "control-approval",
    "risk-acceptance",
    "ico-consultation",
    "dpia-review",
    "paper-signature",
    "policy",
    "calendar",
];

const KINDS: &[&str] = READS.split_at(READS.len() - 2).0;

/// The kinds that make a case one of these; advice and paper are also given on other matters.
const LEADING: [&str; 7] = [
    "dpia-screening",
    "dpia",
    "dpia-approval",
    "control-approval",
    "risk-acceptance",
    "ico-consultation",
    "dpia-review",
];

const COLUMNS: [Column; 19] = [
    Column::main("initiative", "what is assessed"),
    Column::more("screened", "day of the screening"),
    Column::more("screening-outcome", "what the screening came to"),
    Column::main("required", "whether the screening requires a DPIA"),
    Column::more("assessed", "day on which the DPIA was completed, or signed"),
    Column::more("processing", "whether processing is planned or has started, and since when"),
    Column::main("advice", "what the data protection officer advised last"),
    Column::more("advised-by", "who advised, and on which day"),
    Column::main("decision", "the decision on it, the newest"),
    Column::more("decided-by", "who decided, and on which day"),
    Column::more("conditions", "conditions of the decision"),
    Column::more(
        "overruled",
        "whether the decision says that it goes against the advice, and by whom",
    ),
    Column::more("overruled-reasons", "why"),
    Column::more("risks-accepted-until", "last day on which the remaining risks are accepted"),
    Column::more("regulator", "what consulting the regulator came to"),
    Column::more("stale", "what corrects or replaces what was decided on, if anything"),
    Column::main("review", "day by which it is to be looked at again, as it falls due"),
    Column::more("last-review", "the newest review and its outcome"),
    Column::main("state", "how it stands on the day"),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "dpias",
    title: "Data protection impact assessments",
    about: "One row a case, screenings that required no DPIA too. Advice and decision are the \
            newest complete ones on the DPIA that stands, by links and files; where there are \
            none, the newest on other content, and the marks tell.",
    source: "Art 35, 36 UK GDPR; policy §12",
    kinds: READS,
    with_linked: false,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    by_case(book, KINDS)
        .into_iter()
        .filter(|items| items.iter().any(|item| LEADING.contains(&item.kind.as_str())))
        .map(|mut items| {
            let relations = [Relation::Advises, Relation::Approves, Relation::About];
            with_linking(book, &mut items, &["dpo-advice", "paper-signature"], &relations);
            row(book, &items)
        })
        .collect()
}

fn row<'a>(book: &Book<'a>, items: &[&'a Item]) -> Row {
    let of = |kind| standing_of(book, &of_kind(items, kind));
    let (screenings, dpias) = (of("dpia-screening"), of("dpia"));
    let dpia = dpias.last().copied();
    let chosen = |signatures: Vec<&'a Item>| -> Vec<&'a Item> {
        let on_it = dpia.and_then(|dpia| newest_on(book, signatures.iter().copied(), dpia));
        on_it.or_else(|| standing::newest(signatures)).into_iter().collect()
    };
    // Whoever may not give it advises as anybody does, and not as the data protection officer.
    let advice = chosen(book.deciding(of_kind(items, "dpo-advice")));
    // What doesn't count is shown where nothing does.
    let mut approvals = book.deciding(of_kind(items, "dpia-approval"));
    if approvals.is_empty() {
        approvals = of("dpia-approval");
    }
    approvals = chosen(approvals);
    let outrun = |signature: &&&'a Item| dpia.is_some_and(|dpia| !counts(book, signature, dpia));
    let replaced_by = approvals.last().filter(outrun).and(dpia);
    let screening = |read: fn(Of<'_, '_>) -> Cell| newest(book, &screenings, read);
    let by_and_when = |item: Option<&&Item>| {
        Cell::some(item, |item| {
            let of = Of::new(book, item);
            Cell::many([of.signed_by(), of.signed()])
        })
    };
    let decided = |read: fn(Of<'_, '_>) -> Cell| newest(book, &approvals, read);
    let review = review(book, items);
    let case = items.iter().find_map(|item| item.case.as_deref());
    let cells = [
        initiative(book, &screenings, &dpias, &approvals),
        screenings.last().map_or(Cell::Empty, |item| {
            let of = Of::new(book, item);
            first(of.day("screened"), of.signed())
        }),
        screening(|of| of.word("outcome")),
        screening(|of| of.truth("dpia-required")),
        dpias.last().map_or(Cell::Empty, |item| {
            let of = Of::new(book, item);
            first(of.day("completed"), of.signed())
        }),
        newest(book, &dpias, |of| Cell::many([of.word("processing"), of.day("started-on")])),
        newest(book, &advice, |of| of.word("recommendation")),
        by_and_when(advice.last()),
        Cell::some(approvals.last().and_then(|item| item.decision), Cell::word),
        by_and_when(approvals.last()),
        decided(|of| of.texts("conditions")),
        decided(|of| match of.truth("advice-followed") {
            Cell::Truth(false) => Cell::many([Cell::Truth(true), of.text("overruled-by")]),
            Cell::Truth(true) => Cell::Truth(false),
            other => other,
        }),
        decided(|of| of.text("overruled-reasons")),
        newest(book, &of("risk-acceptance"), |of| of.day("until")),
        newest(book, &of("ico-consultation"), |of| of.word("outcome")),
        stale(approvals.last().copied(), replaced_by),
        Cell::some(review, Cell::Day),
        newest(book, &of("dpia-review"), |of| Cell::many([of.day("reviewed"), of.word("outcome")])),
        Cell::word(match case.and_then(|case| dpia_ended(book, case)) {
            Some(end) if end.kind == "dpia-review" => "stopped",
            _ if replaced_by.is_some() && is_plain(approvals.last().copied()) => "stale",
            _ => state(book, &screenings, approvals.last().copied(), review),
        }),
    ];
    let marks = advice.iter().chain(&approvals).filter(outrun).zip(dpia.into_iter().cycle());
    let marks = marks.map(|(signature, dpia)| {
        format!(
            "entry {}: stale: it is on other content than the DPIA that stands, entry {}",
            signature.index, dpia.index
        )
    });
    Row::new(book, &COLUMNS, items, cells).marked(marks)
}

/// What took the place of what was decided on: the corrections of it, or the DPIA that stands.
fn stale(approval: Option<&Item>, replaced_by: Option<&Item>) -> Cell {
    let corrected = approval.map(|item| item.marks.stale.as_slice()).unwrap_or_default();
    match (corrected, replaced_by) {
        ([], None) => Cell::Empty,
        ([], Some(dpia)) => Cell::text(format!("entry {}", dpia.index)),
        (corrected, _) => Cell::text(format!("entry {}", numbers(corrected))),
    }
}

/// Whether nothing more than its content is wrong with an approval.
fn is_plain(approval: Option<&Item>) -> bool {
    approval.is_some_and(Item::is_whole)
}

fn first(cell: Cell, otherwise: Cell) -> Cell {
    if cell.is_empty() { otherwise } else { cell }
}

/// The newest name; of documents that were approved as they are, the names of the files.
fn initiative(book: &Book<'_>, screenings: &[&Item], dpias: &[&Item], approvals: &[&Item]) -> Cell {
    let mut named = [screenings, dpias].concat();
    named.sort_by_key(|item| item.index);
    first(
        newest(book, &named, |of| of.text("initiative")),
        newest(book, approvals, |of| of.documents()),
    )
}

/// The day of the next review, as what falls due tells it; outside a case, or on documents alone,
/// the one that the newest record sets.
fn review(book: &Book<'_>, items: &[&Item]) -> Option<Date> {
    let case = items.iter().find_map(|item| item.case.as_deref());
    if case.is_some_and(|case| dpia_ended(book, case).is_some()) {
        return None;
    }
    let due = case.and_then(|case| open_review(book, case));
    due.and_then(|due| due.when.day()).or_else(|| {
        items.iter().rev().filter(|item| !book.is_replaced(item)).find_map(|item| {
            match item.kind.as_str() {
                "dpia-review" => item.day("next-review"),
                "dpia-approval" | "dpia" | "dpia-screening" => item.day("review-date"),
                _ => None,
            }
        })
    })
}

fn state(
    book: &Book<'_>,
    screenings: &[&Item],
    approval: Option<&Item>,
    review: Option<Date>,
) -> &'static str {
    let overdue = review.is_some_and(|day| day < book.today());
    let Some(approval) = approval else {
        let outcome = screenings.last().and_then(|item| item.text("outcome"));
        return match outcome {
            Some("do-not-proceed") => "not-to-proceed",
            Some("proceed") if overdue => "review-overdue",
            Some("proceed") => "no-dpia-required",
            _ => "not-decided",
        };
    };
    match approval.decision {
        _ if approval.marks.by_exception => "by-exception",
        _ if !approval.marks.lacks.is_empty() => "incomplete",
        Some("refused") => "refused",
        _ if !approval.marks.stale.is_empty() => "stale",
        _ if overdue => "review-overdue",
        Some(_) => "approved",
        None => "not-decided",
    }
}
