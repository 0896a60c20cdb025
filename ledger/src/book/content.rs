//! Which advice and decisions are on the DPIA that stands: one rule for what falls due, for the state
//! of cases, for registers and for the linter.
//!
//! ```text
//! on it        it links to the DPIA; or it links to none, and names all of its files by SHA-256, or, signed
//!              after it, one of them
//! on another   it links to another DPIA, or names other files, or one that the DPIA named before it
//!              was corrected
//! not told     it links to no DPIA, and files can't tell: then it is on the DPIA that it follows
//! ```

use std::collections::BTreeSet;

use super::item::{Book, Item};
use super::standing::newest;
use crate::format::cbor::Value;
use crate::format::hash::Index;
use crate::records::kind::Relation;

/// How a signature stands to a DPIA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    /// It is on this one, exactly as it stands.
    It,
    /// It is on other content.
    Another,
    /// Neither links nor files tell.
    NotTold,
}

/// Whether a signature is on a DPIA. Of what isn't one, such as a screening, it isn't told.
pub(super) fn on<'a>(book: &Book<'a>, signature: &'a Item, dpia: &'a Item) -> On {
    if dpia.kind != "dpia" {
        return On::NotTold;
    }
    let (signed, whole) = (files(signature), files(dpia));
    let names_file_of = |version: &Item| files(version).iter().any(|file| signed.contains(file));
    let names_all = !whole.is_empty() && whole.is_subset(&signed);
    let linked = dpias(book, signature);
    if linked.contains(&dpia.index) {
        return On::It;
    }
    if !linked.is_empty() {
        // A word mended in the record makes no new content.
        let was_it = book.versions(dpia).iter().any(|version| linked.contains(&version.index));
        return if was_it && names_all { On::It } else { On::Another };
    }
    // One file that stayed doesn't carry a signature over to what the others became.
    if names_all || signature.index > dpia.index && names_file_of(dpia) {
        return On::It;
    }
    // What was erased names no file any more.
    if signed.is_empty() || dpia.marks.gone.is_some() {
        return On::NotTold;
    }
    let was_on_it = || book.versions(dpia).into_iter().any(names_file_of);
    if !whole.is_empty() || was_on_it() { On::Another } else { On::NotTold }
}

/// Whether a signature counts for a DPIA.
pub(super) fn counts<'a>(book: &Book<'a>, signature: &'a Item, dpia: &'a Item) -> bool {
    match on(book, signature, dpia) {
        On::It => true,
        On::Another => false,
        On::NotTold => signature.index > dpia.index,
    }
}

/// Whether a signature rests on other content than the DPIA that stands. What names nothing is on
/// whatever it followed.
pub(super) fn is_outrun<'a>(book: &Book<'a>, signature: &'a Item, dpia: &'a Item) -> bool {
    let told = !files(signature).is_empty() || !dpias(book, signature).is_empty();
    told && !counts(book, signature, dpia)
}

/// The newest of some signatures, oldest first, that counts for a DPIA.
pub(super) fn newest_on<'a>(
    book: &Book<'a>,
    signatures: impl IntoIterator<Item = &'a Item>,
    dpia: &'a Item,
) -> Option<&'a Item> {
    let others = |item: &&Item| on(book, item, dpia) != On::Another;
    newest(signatures.into_iter().filter(others)).filter(|item| counts(book, item, dpia))
}

/// The newest record of a kind in a case that decides on a DPIA.
pub(super) fn decision_on<'a>(
    book: &Book<'a>,
    case: &str,
    kind: &str,
    dpia: &'a Item,
) -> Option<&'a Item> {
    newest_on(book, deciding(book, case, kind), dpia)
}

/// The same; where none of the case decides, the newest on the DPIA that stands.
pub(super) fn decision_or_newest_on<'a>(
    book: &Book<'a>,
    case: &str,
    kind: &str,
    dpia: &'a Item,
) -> Option<&'a Item> {
    let deciding = deciding(book, case, kind);
    let all = if deciding.is_empty() { book.standing_in(case, kind) } else { deciding };
    newest_on(book, all, dpia)
}

fn deciding<'a>(book: &Book<'a>, case: &str, kind: &str) -> Vec<&'a Item> {
    book.deciding(book.of_case(case).filter(|item| item.kind == kind))
}

/// The DPIAs to which a signature links.
fn dpias(book: &Book<'_>, signature: &Item) -> BTreeSet<Index> {
    let pointing = [Relation::Approves, Relation::Advises, Relation::SignsOff];
    let linked = pointing.into_iter().flat_map(|relation| book.linked(signature, relation));
    linked.filter(|to| to.kind == "dpia").map(|to| to.index).collect()
}

/// The hashes of the files that a record names.
fn files(item: &Item) -> BTreeSet<&[u8]> {
    let files = item.list("documents").iter();
    files.filter_map(|file| file.get("sha256").and_then(Value::as_bytes)).collect()
}
