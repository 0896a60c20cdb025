//! One row of a register, and how rows come from records: the records that a row rests on, and
//! what a reader must know of each of them.

use super::cell::Cell;
use super::of::Of;
use super::{Column, Register};
use crate::book::item::{Book, Item, Loss};
use crate::format::hash::Index;
use crate::records::kind::Relation;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The case that it is about.
    pub case: Option<String>,
    /// The entries that it rests on, ascending: where each of its cells can be looked up.
    pub entries: Vec<Index>,
    /// One for each column of its register.
    pub cells: Vec<Cell>,
    /// What a reader must know: corrected, erased, can't be opened, by exception, incomplete, stale.
    pub marks: Vec<String>,
}

impl Row {
    /// The cell under a column of that name.
    #[must_use]
    pub fn cell(&self, register: &Register, column: &str) -> Option<&Cell> {
        let at = register.columns.iter().position(|known| known.name == column)?;
        self.cells.get(at)
    }

    /// A row with as many cells as its register has columns. It rests on the records given, and on
    /// those whose place they have taken.
    pub(super) fn new<'a, const N: usize>(
        book: &Book<'a>,
        _columns: &[Column; N],
        basis: &[&'a Item],
        cells: [Cell; N],
    ) -> Self {
        let mut basis: Vec<&Item> = basis.iter().flat_map(|item| book.versions(item)).collect();
        basis.sort_by_key(|item| item.index);
        basis.dedup_by_key(|item| item.index);
        let case = basis.iter().find_map(|item| item.case.clone());
        let one = basis.len() == 1;
        let marks = basis
            .iter()
            .flat_map(|item| {
                let of = if one { String::new() } else { format!("entry {}: ", item.index) };
                marks(book, item).into_iter().map(move |mark| format!("{of}{mark}"))
            })
            .collect();
        Self {
            case,
            entries: basis.iter().map(|item| item.index).collect(),
            cells: cells.into(),
            marks,
        }
    }

    /// The same with another mark.
    pub(super) fn marked(mut self, marks: impl IntoIterator<Item = String>) -> Self {
        self.marks.extend(marks);
        self
    }
}

/// What later entries did to one that a row rests on.
fn marks(book: &Book<'_>, item: &Item) -> Vec<String> {
    let mut marks = Vec::new();
    let corrections = corrections(book, item);
    if !corrections.is_empty() {
        marks.push(format!("corrected by entry {}", numbers(&corrections)));
    }
    let erased_by = Of::new(book, item).erased_by();
    match (item.marks.gone, erased_by) {
        (Some(Loss::Unreadable), _) => marks.push("can't be opened".to_owned()),
        (Some(Loss::Erased), Some(by)) => marks.push(format!("erased by entry {by}")),
        (Some(Loss::Erased), None) => marks.push("erased".to_owned()),
        (None, Some(by)) => marks.push(format!("erased in part by entry {by}")),
        (None, None) => {}
    }
    if item.marks.by_exception {
        marks.push("by exception, not ratified".to_owned());
    }
    marks.extend(item.marks.lacks.iter().map(|lack| format!("incomplete: {lack}")));
    if !item.marks.stale.is_empty() {
        let by = numbers(&item.marks.stale);
        marks.push(format!("stale: what it rests on was corrected by entry {by}"));
    }
    marks
}

/// The entries that correct an item, and those that correct these.
fn corrections(book: &Book<'_>, item: &Item) -> Vec<Index> {
    let (mut found, mut open) = (Vec::new(), vec![item]);
    while let Some(item) = open.pop() {
        for correction in book.linking(item, Relation::Corrects) {
            if !found.contains(&correction.index) {
                found.push(correction.index);
                open.push(correction);
            }
        }
    }
    found.sort_unstable();
    found
}

/// Places of entries as people list them, all of them: "3, 7 and 12".
pub(super) fn numbers(all: &[Index]) -> String {
    let words: Vec<String> = all.iter().map(ToString::to_string).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}
