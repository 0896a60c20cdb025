//! Records that tell of something lasting: a policy, a notice, a supplier, a processing activity. A
//! later record takes the place of an earlier one if it links to it as continuing or correcting it,
//! or bears the same name.

use std::collections::BTreeMap;

use super::item::{Book, Item};
use crate::format::hash::Index;
use crate::records::kind::Relation;

/// The records of a kind that tell of something lasting, each with the later ones that take its
/// place: that link to it as continuing or correcting it, or that bear the same name.
pub(super) fn lasting<'a>(
    book: &Book<'a>,
    kind: &str,
    name: impl Fn(&Item) -> Option<String>,
) -> Vec<(&'a Item, Vec<&'a Item>)> {
    let direct = direct_successors(book, kind, name);
    let after = |item: &Item| direct.get(&item.index).into_iter().flatten().copied();
    book.of_kind(kind)
        .map(|item| {
            let (mut later, mut open) = (BTreeMap::new(), vec![item]);
            while let Some(next) = open.pop() {
                for found in after(next) {
                    if later.insert(found.index, found).is_none() {
                        open.push(found);
                    }
                }
            }
            (item, later.into_values().collect())
        })
        .collect()
}

/// Those that no later record has taken the place of.
pub(super) fn newest_of<'a>(
    book: &Book<'a>,
    kind: &str,
    name: impl Fn(&Item) -> Option<String>,
) -> Vec<&'a Item> {
    let direct = direct_successors(book, kind, name);
    book.of_kind(kind).filter(|item| !direct.contains_key(&item.index)).collect()
}

/// By record: those that link to it, and the next one of its name.
fn direct_successors<'a>(
    book: &Book<'a>,
    kind: &str,
    name: impl Fn(&Item) -> Option<String>,
) -> BTreeMap<Index, Vec<&'a Item>> {
    let mut direct: BTreeMap<Index, Vec<&Item>> = BTreeMap::new();
    let mut last: BTreeMap<String, Index> = BTreeMap::new();
    for item in book.of_kind(kind) {
        for relation in [Relation::Continues, Relation::Corrects] {
            for earlier in book.linked(item, relation).filter(|earlier| earlier.kind == kind) {
                direct.entry(earlier.index).or_default().push(item);
            }
        }
        if let Some(earlier) = name(item).and_then(|name| last.insert(name, item.index)) {
            direct.entry(earlier).or_default().push(item);
        }
    }
    direct
}

/// The name that a field gives to what a record tells of.
pub(super) fn named(field: &'static str) -> impl Fn(&Item) -> Option<String> {
    move |item| item.text(field).and_then(same_name)
}

/// The supplier and service that a check is about.
pub(super) fn supplier(check: &Item) -> Option<String> {
    let supplier = named("supplier")(check)?;
    let service = named("service")(check).unwrap_or_default();
    Some(format!("{supplier}\n{service}"))
}

/// A name by which two records are held to be about one thing: its letters and digits, in whatever
/// case and whatever stands between them. `None` when it has none.
pub(super) fn same_name(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then(|| words.join(" "))
}
