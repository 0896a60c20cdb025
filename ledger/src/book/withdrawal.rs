//! Whether a withdrawal of consent is carried out: one rule for what falls due, for its case and for
//! its register.
//!
//! It is once every place that it lists is closed by a removal, whatever stands between the letters
//! of its name, and a confirmation was sent. A removal that was erased closed some place, and nobody
//! can tell any more which.

use jiff::civil::Date;

use super::item::{Book, Item};
use super::lasting::same_name;
use crate::records::kind::Relation;

/// What was done about a withdrawal.
#[derive(Debug)]
pub(super) struct CarriedOut<'a> {
    /// The removals that it led to, the oldest first.
    pub removals: Vec<&'a Item>,
    /// Its places that no removal names.
    pub open: Vec<&'a str>,
    /// When confirmation was sent, last.
    pub confirmed: Option<Date>,
    /// The erased record for which it can't be told whether anything is left to do.
    pub lost: Option<&'a Item>,
}

impl<'a> CarriedOut<'a> {
    pub(super) fn of(book: &Book<'a>, withdrawal: &'a Item) -> Self {
        let removals = book.following(withdrawal, Relation::Removes, "image-removal");
        let closed: Vec<_> =
            removals.iter().filter_map(|item| item.text("place")).map(same_name).collect();
        let open: Vec<&str> =
            withdrawal.texts("places").filter(|at| !closed.contains(&same_name(at))).collect();
        let confirmed = removals.iter().filter_map(|item| item.day("confirmation-sent")).max();
        let erased: Vec<&Item> = removals.iter().copied().filter(|item| item.is_erased()).collect();
        let left = !open.is_empty() || confirmed.is_none();
        let lost = match erased.last() {
            _ if withdrawal.is_erased() => Some(withdrawal),
            Some(newest) if left && open.len() <= erased.len() => Some(*newest),
            _ => None,
        };
        Self { removals, open, confirmed, lost }
    }

    /// The day on which the last of what had to be done was done.
    pub(super) fn done(&self) -> Option<Date> {
        let done = |item: &&Item| item.day("done").unwrap_or_else(|| item.signed_on());
        let last = self.removals.iter().map(done).max();
        self.confirmed
            .filter(|_| self.open.is_empty() && self.lost.is_none())
            .map(|confirmed| last.map_or(confirmed, |last| last.max(confirmed)))
    }
}
