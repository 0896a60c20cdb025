//! How the records behind the rows are found: case by case, or thing by thing where a later record
//! takes the place of an earlier one.

use super::cell::Cell;
use super::of::Of;
use crate::book::item::{Book, Item};
use crate::book::standing::in_order;
use crate::records::kind::Relation;

/// Those of the records whose place no later one has taken.
pub(super) fn standing<'a>(book: &Book<'a>, items: &[&'a Item]) -> Vec<&'a Item> {
    items.iter().copied().filter(|item| !book.is_replaced(item)).collect()
}

/// The records of some kinds, case by case in the order in which these began. One that belongs to
/// no case stands alone.
pub(super) fn by_case<'a>(book: &Book<'a>, kinds: &[&str]) -> Vec<Vec<&'a Item>> {
    let wanted = |item: &&Item| kinds.contains(&item.kind.as_str());
    let cases = book.cases().map(|case| book.of_case(case).filter(wanted).collect());
    let alone = book.items().filter(|item| item.case.is_none()).filter(wanted);
    let mut groups: Vec<Vec<&'a Item>> = cases.chain(alone.map(|item| vec![item])).collect();
    groups.retain(|items| !items.is_empty());
    groups.sort_by_key(|items| items.first().map(|item| item.index));
    groups
}

/// Those of a list that are of one kind.
pub(super) fn of_kind<'a>(items: &[&'a Item], kind: &str) -> Vec<&'a Item> {
    items.iter().copied().filter(|item| item.kind == kind).collect()
}

/// Adds the records of some kinds that link to those of a list by one of some relations.
pub(super) fn with_linking<'a>(
    book: &Book<'a>,
    items: &mut Vec<&'a Item>,
    kinds: &[&str],
    relations: &[Relation],
) {
    let found: Vec<&Item> = items
        .iter()
        .flat_map(|item| relations.iter().flat_map(|relation| book.linking(item, *relation)))
        .filter(|later| kinds.contains(&later.kind.as_str()))
        .collect();
    items.extend(found);
    in_order(items);
}

/// The answer of the newest record that has one, beside what is gone since.
pub(super) fn newest<'a>(
    book: &Book<'a>,
    items: &[&'a Item],
    read: impl Fn(Of<'_, 'a>) -> Cell,
) -> Cell {
    let mut gone = Vec::new();
    for item in items.iter().rev() {
        match read(Of::new(book, item)) {
            Cell::Empty => {}
            cell @ Cell::Gone(_) => {
                if !gone.contains(&cell) {
                    gone.push(cell);
                }
            }
            cell => return Cell::many(std::iter::once(cell).chain(gone)),
        }
    }
    Cell::many(gone)
}

/// The answers of all of them, oldest first.
pub(super) fn each<'a>(
    book: &Book<'a>,
    items: &[&'a Item],
    read: impl Fn(Of<'_, 'a>) -> Cell,
) -> Cell {
    Cell::many(items.iter().map(|item| read(Of::new(book, item))))
}
