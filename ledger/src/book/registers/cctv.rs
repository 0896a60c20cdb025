//! Who looked at recorded CCTV images, and who was given them (policy §10.6, §10.8).
//!
//! An access by somebody in no role of the CCTV desk is shown as unlisted, as is a disclosure to
//! an organisation that the policy's list doesn't have. Both are facts; the register doesn't say
//! that they were wrong.

use super::cell::Cell;
use super::of::Of;
use super::row::Row;
use super::{Column, Register};
use crate::book::item::{Book, Item};
use crate::records::days;
use crate::records::kind::Relation;
use crate::records::roles::CCTV_DESK;

const COLUMNS: [Column; 18] = [
    Column::main("what", "access or disclosure"),
    Column::main("when", "when images were viewed or handed over"),
    Column::main("cameras", "which cameras"),
    Column::more("footage", "from when to when the footage is"),
    Column::main("reason", "why"),
    Column::more("detail", "more about it"),
    Column::main("by", "who signed the record, in which role"),
    Column::main(
        "authority",
        "listed, or unlisted: no role of the CCTV desk, or another recipient",
    ),
    Column::more("authorised-by", "who allowed it"),
    Column::more("others-present", "who else was there"),
    Column::more("recipient", "who was given the images, and which sort of organisation that is"),
    Column::more("reference", "the recipient's reference, or the related case"),
    Column::more("outcome", "viewed, still or clip; or how it was handed over"),
    Column::more("redaction", "whether others were made unrecognisable"),
    Column::more("copy", "where the still or clip is kept, and its SHA-256"),
    Column::more("delete-by", "when the copy is to be deleted"),
    Column::more("deleted", "when it was deleted, if that is on record"),
    Column::more("state", "deletion overdue on the day"),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "cctv",
    title: "CCTV: accesses and disclosures",
    about: "One row an access or disclosure, in the order of the record book. A deletion counts \
            for the record that it links to.",
    source: "Art 5(1)(f), 5(2) UK GDPR; policy §10.5, §10.6, §10.8",
    kinds: &["cctv-access", "cctv-disclosure", "cctv-deletion"],
    with_linked: false,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    let mut items = book.standing("cctv-access");
    items.extend(book.standing("cctv-disclosure"));
    items.sort_by_key(|item| item.index);
    items
        .into_iter()
        .map(
            |item| {
                if item.kind == "cctv-access" { access(book, item) } else { disclosure(book, item) }
            },
        )
        .collect()
}

fn access<'a>(book: &Book<'a>, item: &'a Item) -> Row {
    let of = Of::new(book, item);
    let listed = CCTV_DESK.contains(&item.role.as_str());
    let deletions = book.standing_links(item, Relation::About, "cctv-deletion");
    let deleted = deletions.iter().filter_map(|later| later.integer("deleted")).min();
    let overdue = match (item.day("delete-by"), deleted.and_then(days::day_at)) {
        (Some(last), None) => last < book.today(),
        (Some(last), Some(deleted)) => last < deleted,
        (None, _) => false,
    };
    let cells = [
        Cell::word("access"),
        of.span("viewed-from", "viewed-to"),
        of.texts("cameras"),
        of.span("footage-from", "footage-to"),
        of.word("reason"),
        of.text("detail"),
        of.signed_by(),
        Cell::word(if listed { "listed" } else { "unlisted" }),
        of.text("authorised-by"),
        of.texts("others-present"),
        Cell::Empty,
        of.text("related-case"),
        of.word("outcome"),
        Cell::Empty,
        Cell::many([
            of.text("storage-place"),
            of.read("clip-sha256", |hash| {
                Cell::some(hash.as_bytes(), |hash| Cell::text(hex::encode(hash)))
            }),
        ]),
        of.day("delete-by"),
        Cell::some(deleted, Cell::Moment),
        match (overdue, deleted) {
            (true, None) => Cell::word("deletion-overdue"),
            (true, Some(_)) => Cell::word("deleted-late"),
            (false, _) => Cell::Empty,
        },
    ];
    let basis: Vec<&Item> = std::iter::once(item).chain(deletions).collect();
    Row::new(book, &COLUMNS, &basis, cells)
}

fn disclosure<'a>(book: &Book<'a>, item: &'a Item) -> Row {
    let of = Of::new(book, item);
    let deletions = book.standing_links(item, Relation::About, "cctv-deletion");
    let deleted = deletions.iter().filter_map(|later| later.integer("deleted")).min();
    let authority = match of.text("organisation") {
        Cell::Text(organisation) if organisation == "other" => Cell::word("unlisted"),
        Cell::Text(_) => Cell::word("listed"),
        gone => gone,
    };
    let cells = [
        Cell::word("disclosure"),
        of.moment("disclosed"),
        of.texts("cameras"),
        of.span("footage-from", "footage-to"),
        of.text("purpose"),
        of.text("other-reason"),
        of.signed_by(),
        authority,
        of.text("authorised-by"),
        Cell::Empty,
        Cell::many([of.text("recipient"), of.word("organisation")]),
        of.text("reference"),
        of.word("method"),
        of.word("redaction"),
        Cell::Empty,
        Cell::Empty,
        Cell::some(deleted, Cell::Moment),
        Cell::Empty,
    ];
    let basis: Vec<&Item> = std::iter::once(item).chain(deletions).collect();
    Row::new(book, &COLUMNS, &basis, cells)
}
