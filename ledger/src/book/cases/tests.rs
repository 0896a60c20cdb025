//! What a case's story comes to: the state that a head teacher reads first.

use super::state;
use crate::book::item::Book;
use crate::book::story::{NOW, Story};

mod advice;
mod breach;
mod cctv;
mod closed;
mod complaint;
mod consent;
mod dpia;
mod everywhere;
mod high_risk;
mod request;
mod supplier;
mod told;

impl Story {
    /// Requires the state, and words among what is missing or comes next.
    fn is(&self, case: &str, expected: &str, words: &[&str]) {
        let found = state(&Book::new(&self.0, NOW), case);
        assert_eq!(found.state, expected, "{found:#?}");
        let all = [found.missing.join("\n"), found.next.join("\n")].join("\n");
        for word in words {
            assert!(all.contains(word), "`{word}` is neither missing nor next: {found:#?}");
        }
    }

    /// Requires that none of the words stand among what is missing or comes next.
    fn says_nothing_of(&self, case: &str, words: &[&str]) {
        let found = state(&Book::new(&self.0, NOW), case);
        let all = [found.missing.join("\n"), found.next.join("\n")].join("\n");
        for word in words {
            assert!(!all.contains(word), "`{word}` is missing or next: {found:#?}");
        }
    }

    fn closed(&self, case: &str) -> bool {
        state(&Book::new(&self.0, NOW), case).closed
    }
}
