//! Whether a hold on erasure still holds: one rule for its register, for the cases that it keeps, and
//! for erasing.

use super::item::{Book, Item};
use crate::records::kind::Relation;

/// The release of a hold, if it is complete: by a representative of the controller, or by an
/// exception that was ratified. One of an earlier version of the hold releases what took its place.
#[must_use]
pub fn release<'a>(book: &Book<'a>, hold: &'a Item) -> Option<&'a Item> {
    let releases = book.standing_links(hold, Relation::About, "hold-release");
    releases.into_iter().find(|release| release.is_whole())
}

/// The holds that nobody has released, each with the earlier versions of it: a correction alone
/// doesn't end what was held.
pub fn in_force<'a>(book: &Book<'a>) -> impl Iterator<Item = &'a Item> {
    let standing = book.standing("hold").into_iter();
    standing.filter(|hold| release(book, hold).is_none()).flat_map(|hold| book.versions(hold))
}
