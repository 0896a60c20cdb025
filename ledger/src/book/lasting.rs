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

/// A name by which two records are held to be about one thing: its letters and digits, in whatever
/// case and whatever stands between them. `None` when it has none.
pub(super) fn same_name(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The complaints about CCTV that stand, each as it was recorded, oldest first: their kind asks to
/// record one again in its case when it is answered, and the day of receipt tells which it is.
pub(super) fn cctv_complaints<'a>(book: &Book<'a>) -> Vec<Vec<&'a Item>> {
    let mut all: Vec<Vec<&Item>> = Vec::new();
    let mut known: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for item in book.of_kind("cctv-complaint").filter(|item| !book.is_replaced(item)) {
        let next = all.len();
        let which = item.case.as_deref().zip(item.text("received"));
        let at = which.map_or(next, |which| *known.entry(which).or_insert(next));
        if at == next {
            all.push(Vec::new());
        }
        all[at].push(item);
    }
    all
}
