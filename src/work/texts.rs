//! The text of all records in memory, for a server that is searched often. Words are found in it as
//! [`super::history::list`] finds them, only without opening every record each time.

use std::sync::Arc;

use probity_ledger::format::hash::{Index, Size};

use super::WorkError;
use super::history::text_of;
use super::reading::Reading;

/// What is looked through of one record.
#[derive(Clone, Debug)]
struct Text {
    /// When it was signed, as claimed: POSIX seconds.
    time: i64,
    words: Arc<str>,
}

/// The texts of all records.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    all: Vec<Text>,
}

/// Kinds that take text away.
const TAKES: &[&str] = &["erasure", "dpo-advice"];

impl Texts {
    /// Those of the records as they are now; what is known from `before` isn't read again unless
    /// something may have been erased since.
    ///
    /// # Errors
    /// Damage.
    pub fn of(reading: &Reading, before: Option<&Self>) -> Result<Self, WorkError> {
        let size = reading.size();
        let mut known =
            before.filter(|before| before.all.len() as u64 <= size.0).cloned().unwrap_or_default();
        let from = known.all.len() as u64;
        for index in from..size.0 {
            if from > 0 && TAKES.contains(&reading.entry(Index(index))?.says().kind) {
                known.all.clear();
                break;
            }
        }
        for index in known.all.len() as u64..size.0 {
            let record = reading.record(Index(index))?;
            known.all.push(Text { time: record.entry.says().time, words: text_of(&record).into() });
        }
        Ok(known)
    }

    /// How many records there are.
    #[must_use]
    pub fn size(&self) -> Size {
        Size(self.all.len() as u64)
    }

    /// The records in which all words occur and that were signed in a span, ascending; at most so many,
    /// the newest.
    #[must_use]
    pub fn find(
        &self,
        text: &str,
        since: Option<i64>,
        before: Option<i64>,
        most: usize,
    ) -> Vec<Index> {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let in_span = |one: &Text| {
            since.is_none_or(|since| one.time >= since)
                && before.is_none_or(|before| one.time < before)
        };
        let has = |one: &Text| words.iter().all(|word| one.words.contains(word.as_str()));
        let newest_first = self.all.iter().enumerate().rev();
        let mut found: Vec<Index> = newest_first
            .filter(|(_, one)| in_span(one) && has(one))
            .map(|(at, _)| Index(at as u64))
            .take(most)
            .collect();
        found.reverse();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_found_by_all_words_and_span() {
        let text = |time, words: &str| Text { time, words: words.into() };
        let texts = Texts {
            all: vec![
                text(10, "breach report lost list"),
                text(20, "consent photo"),
                text(30, "breach lost key"),
            ],
        };
        let found = |words, since, before, most| {
            texts.find(words, since, before, most).iter().map(|index| index.0).collect::<Vec<_>>()
        };
        assert_eq!(found("Lost BREACH", None, None, 9), [0, 2]);
        assert_eq!(found("breach", None, None, 1), [2]);
        assert_eq!(found("breach", None, Some(30), 9), [0]);
        assert_eq!(found("", Some(20), None, 9), [1, 2]);
        assert!(found("breach photo", None, None, 9).is_empty());
    }
}
