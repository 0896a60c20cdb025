//! Decisions that go against the data protection officer's advice, said or not. A controller may
//! overrule the advice; the regulator's guidance asks for the reasons and for a name.

use std::collections::{BTreeSet, HashMap};

use super::cell::Cell;
use super::of::Of;
use super::row::Row;
use super::{Column, Register};
use crate::book::item::{Book, Item};
use crate::format::cbor::Value;
use crate::records::kind::Relation;

const COLUMNS: [Column; 9] = [
    Column::main("advice", "what the data protection officer advised"),
    Column::more("concerns", "the concerns named in it"),
    Column::more("advised-by", "who advised, and on which day"),
    Column::main("decision", "what was decided"),
    Column::main("decided-by", "who decided, and on which day"),
    Column::main("overruled-by", "who overruled the advice, as the decision says"),
    Column::main("reasons", "why, as the decision says"),
    Column::more("conditions", "conditions of the decision"),
    Column::main(
        "state",
        "said with reasons, said without reasons, not said, or advised afterwards",
    ),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "overruled-advice",
    title: "Advice of the DPO that was not followed",
    about: "One row a DPIA approval that says that the advice is not followed, or that goes \
            further than the newest advice on the same content before it, or than later advice. \
            Advice signed in a role that may not give it counts for nothing.",
    source: "Art 35(2), 38(1), 39(1)(c) UK GDPR; policy §12",
    kinds: &["dpia-approval", "dpo-advice"],
    with_linked: false,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    // Each part of what was advised on, with the advice on it.
    let mut advice: HashMap<&[u8], Vec<&Item>> = HashMap::new();
    for item in book.of_kind("dpo-advice").filter(|item| item.is_whole()) {
        for part in content(item) {
            advice.entry(part).or_default().push(item);
        }
    }
    book.of_kind("dpia-approval")
        .filter_map(|approval| {
            let parts = content(approval).into_iter().filter_map(|part| advice.get(part));
            let mut on_same: Vec<&Item> = parts.flatten().copied().collect();
            on_same.sort_by_key(|item| item.index);
            row(book, approval, decisive(approval, &on_same))
        })
        .collect()
}

/// What a decision is held against: the newest advice that was there. Later advice can't make good
/// that it was overruled; it counts where it speaks against a decision that followed what was there.
fn decisive<'a>(approval: &Item, advice: &[&'a Item]) -> Option<&'a Item> {
    let (before, after) = advice.split_at(advice.partition_point(|it| it.index < approval.index));
    let overruled = |it: &Item| goes_against(approval.decision, it.text("recommendation"));
    let (before, after) = (before.last().copied(), after.last().copied());
    match (before, after) {
        (Some(before), _) if overruled(before) => Some(before),
        (_, Some(after)) if overruled(after) => Some(after),
        _ => before.or(after),
    }
}

/// What an approval or advice is on: entries and files, by hash.
fn content(item: &Item) -> BTreeSet<&[u8]> {
    let entries = item
        .links
        .iter()
        .filter(|(relation, _)| matches!(relation, Relation::Approves | Relation::Advises))
        .map(|(_, hash)| hash.0.as_slice());
    let files = item.list("documents").iter();
    entries.chain(files.filter_map(|file| file.get("sha256").and_then(Value::as_bytes))).collect()
}

/// Whether a decision goes further than the advice.
fn goes_against(decision: Option<&str>, recommendation: Option<&str>) -> bool {
    match recommendation {
        Some("do-not-proceed") => matches!(decision, Some("approved" | "approved-with-conditions")),
        Some("restrict" | "proceed-with-changes") => decision == Some("approved"),
        _ => false,
    }
}

fn row(book: &Book<'_>, approval: &Item, advice: Option<&Item>) -> Option<Row> {
    let said = approval.truth("advice-followed") == Some(false);
    let recommendation = advice.and_then(|advice| advice.text("recommendation"));
    if !said && !goes_against(approval.decision, recommendation) {
        return None;
    }
    let of = Of::new(book, approval);
    let read =
        |cell: fn(Of<'_, '_>) -> Cell| Cell::some(advice, |advice| cell(Of::new(book, advice)));
    let after = advice.is_some_and(|advice| advice.index > approval.index);
    let (by, reasons) = (of.text("overruled-by"), of.text("overruled-reasons"));
    let erased = matches!(of.truth("advice-followed"), Cell::Gone(_));
    let state = match (said, after) {
        _ if erased => "not-known",
        (false, true) => "advised-afterwards",
        (false, false) => "not-said",
        (true, _) if reasons.is_empty() || by.is_empty() => "said-without-reasons-or-name",
        (true, _) => "said-with-reasons",
    };
    let cells = [
        read(|of| of.word("recommendation")),
        read(|of| of.texts("concerns")),
        read(|of| Cell::many([of.signed_by(), of.signed()])),
        Cell::some(approval.decision, Cell::word),
        Cell::many([of.signed_by(), of.signed()]),
        by,
        reasons,
        of.texts("conditions"),
        Cell::word(state),
    ];
    let basis: Vec<&Item> = advice.into_iter().chain([approval]).collect();
    Some(Row::new(book, &COLUMNS, &basis, cells))
}
