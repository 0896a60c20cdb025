//! The words of all records in memory, for a server that is searched often. Words are found as
//! [`super::history::list`] finds them, only without opening every record each time.
//!
//! What is kept is each different word once, and of each the records in which it stands: a word that
//! is looked for occurs in a record if it occurs in one of the record's own words. So a search reads
//! the vocabulary, which grows slowly, and not the records.

use std::collections::HashMap;
use std::sync::Arc;

use memchr::memmem::Finder;
use probity_ledger::format::hash::{Index, Size};

use super::WorkError;
use super::history::text_of;
use super::reading::Reading;

/// So many records are added one by one before all words are brought together again.
const APART: usize = 1000;

/// Different words, and where each stands. Records are counted from 0 here.
#[derive(Clone, Debug, Default)]
struct Words {
    /// All of them, each with a blank behind it.
    all: String,
    /// Where each ends in `all`, ascending.
    ends: Vec<u32>,
    /// By word: the records, ascending.
    records: Vec<Vec<u32>>,
    /// Which number a word has.
    numbers: HashMap<Box<str>, u32>,
}

impl Words {
    /// Adds a record's text. `None` when there are more words than numbers.
    fn add(&mut self, record: u32, text: &str) -> Option<()> {
        for word in text.split_whitespace() {
            let number = if let Some(number) = self.numbers.get(word) {
                *number
            } else {
                let number = u32::try_from(self.records.len()).ok()?;
                self.all.push_str(word);
                self.all.push(' ');
                self.ends.push(u32::try_from(self.all.len()).ok()?);
                self.records.push(Vec::new());
                self.numbers.insert(word.into(), number);
                number
            };
            let records = self.records.get_mut(number as usize)?;
            if records.last() != Some(&record) {
                records.push(record);
            }
        }
        Some(())
    }

    /// Adds other words, of records that come behind these.
    fn add_all(&mut self, other: &Self, behind: u32) -> Option<()> {
        let mut from = 0;
        for (end, records) in other.ends.iter().zip(&other.records) {
            let word = other.all.get(from..*end as usize)?;
            from = *end as usize;
            for record in records {
                self.add(record.checked_add(behind)?, word)?;
            }
        }
        Some(())
    }

    /// Marks the records in which a word occurs, if only as a part of one.
    fn mark(&self, word: &str, behind: usize, marks: &mut Marks) {
        let finder = Finder::new(word);
        let mut from = 0;
        while let Some(at) = self.all.as_bytes().get(from..).and_then(|rest| finder.find(rest)) {
            let number = self.ends.partition_point(|end| *end as usize <= from + at);
            let (Some(end), Some(records)) = (self.ends.get(number), self.records.get(number))
            else {
                return;
            };
            for record in records {
                marks.set(behind + *record as usize);
            }
            from = *end as usize;
        }
    }

    fn bytes(&self) -> usize {
        let listed: usize = self.records.iter().map(|records| records.capacity() * 4).sum();
        // A word stands twice, and its list, its number and its end have their own place.
        listed + 2 * self.all.len() + self.records.len() * 80
    }
}

/// A bit for each record.
struct Marks(Vec<u64>);

impl Marks {
    fn of(size: usize, set: bool) -> Self {
        Self(vec![if set { u64::MAX } else { 0 }; size.div_ceil(64)])
    }

    fn set(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    fn has(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    fn keep(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own &= other);
    }
}

/// The words of all records, and when each was signed, as claimed: POSIX seconds.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    /// Those of the first records.
    most: Arc<Words>,
    /// How many these are.
    first: usize,
    /// Those of the others, which are few.
    others: Words,
    times: Vec<i64>,
}

/// Kinds that take text away.
const TAKES: &[&str] = &["erasure", "dpo-advice"];

/// Whether nothing can have been erased by the records behind so many.
///
/// # Errors
/// Damage.
pub fn takes_nothing(reading: &Reading, from: Size) -> Result<bool, WorkError> {
    for index in from.0..reading.size().0 {
        if TAKES.contains(&reading.entry(Index(index))?.says().kind) {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Texts {
    /// Those of the records as they are now.
    ///
    /// # Errors
    /// Damage; more different words than can be numbered.
    pub fn of(reading: &Reading) -> Result<Self, WorkError> {
        let mut all = Self::default();
        all.read_on(reading)?;
        all.bring_together()?;
        Ok(all)
    }

    /// The same from what was known before. `None` when something may have been erased since.
    ///
    /// # Errors
    /// As [`Texts::of`].
    pub fn further(&self, reading: &Reading) -> Result<Option<Self>, WorkError> {
        let from = self.size();
        if from > reading.size() || !takes_nothing(reading, from)? {
            return Ok(None);
        }
        let mut all = self.clone();
        all.read_on(reading)?;
        if all.times.len() - all.first > APART {
            all.bring_together()?;
        }
        Ok(Some(all))
    }

    fn read_on(&mut self, reading: &Reading) -> Result<(), WorkError> {
        for index in self.size().0..reading.size().0 {
            let record = reading.shown(Index(index))?;
            self.add(record.entry.says().time, &text_of(&record))?;
        }
        Ok(())
    }

    fn add(&mut self, time: i64, text: &str) -> Result<(), WorkError> {
        let place = u32::try_from(self.times.len() - self.first).ok();
        place.and_then(|place| self.others.add(place, text)).ok_or_else(too_many)?;
        self.times.push(time);
        Ok(())
    }

    fn bring_together(&mut self) -> Result<(), WorkError> {
        let others = std::mem::take(&mut self.others);
        if self.first == 0 {
            self.most = Arc::new(others);
        } else {
            let first = u32::try_from(self.first).map_err(|_| too_many())?;
            Arc::make_mut(&mut self.most).add_all(&others, first).ok_or_else(too_many)?;
        }
        self.first = self.times.len();
        Ok(())
    }

    /// How many records there are.
    #[must_use]
    pub fn size(&self) -> Size {
        Size(self.times.len() as u64)
    }

    /// What they take in memory, roughly.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.most.bytes() + self.others.bytes() + self.times.capacity() * 8
    }

    /// The records in which all words occur and that were signed in a span, ascending.
    #[must_use]
    pub fn find(&self, text: &str, since: Option<i64>, before: Option<i64>) -> Vec<Index> {
        let mut all = Marks::of(self.times.len(), true);
        for word in text.split_whitespace().map(str::to_lowercase) {
            let mut has = Marks::of(self.times.len(), false);
            self.most.mark(&word, 0, &mut has);
            self.others.mark(&word, self.first, &mut has);
            all.keep(&has);
        }
        let in_span = |time: i64| {
            since.is_none_or(|since| time >= since) && before.is_none_or(|before| time < before)
        };
        let all_times = self.times.iter().enumerate();
        all_times
            .filter(|(at, time)| all.has(*at) && in_span(**time))
            .map(|(at, _)| Index(at as u64))
            .collect()
    }
}

fn too_many() -> WorkError {
    WorkError::refused(
        "there are more different words in the record book than this search can hold",
        "look for records by their kind, case or person",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [(i64, &str); 4] = [
        (10, "breach report lost list"),
        (20, "consent photo\nof a ländler"),
        (30, "breach lost key lost"),
        (40, "consent list"),
    ];

    /// The texts, of which so many were brought together, in two steps.
    fn texts(together: usize) -> Texts {
        let mut texts = Texts::default();
        for (nth, (time, text)) in (1..).zip(TEXTS) {
            texts.add(time, text).expect("added");
            if nth == together || nth == together / 2 {
                texts.bring_together().expect("together");
            }
        }
        texts
    }

    fn found(texts: &Texts, words: &str, (since, before): (Option<i64>, Option<i64>)) -> Vec<u64> {
        texts.find(words, since, before).iter().map(|index| index.0).collect()
    }

    #[test]
    fn records_are_found_by_all_words_and_span() {
        for together in 0..=TEXTS.len() {
            let texts = texts(together);
            let always = (None, None);
            assert_eq!(found(&texts, "Lost BREACH", always), [0, 2]);
            assert_eq!(found(&texts, "breach", (None, Some(30))), [0]);
            assert_eq!(found(&texts, "", (Some(20), None)), [1, 2, 3]);
            assert!(found(&texts, "breach photo", always).is_empty());
        }
    }

    #[test]
    fn a_part_of_a_word_finds_what_looking_through_each_text_would() {
        for together in 0..=TEXTS.len() {
            let texts = texts(together);
            for words in ["st", "list", "ist", "e", "t l", "än", "nt", "ntp", "lo", "photo of"] {
                let has = |text: &str| words.split_whitespace().all(|word| text.contains(word));
                let all = (0..).zip(TEXTS).filter(|(_, (_, text))| has(text));
                let by_hand: Vec<u64> = all.map(|(nth, _)| nth).collect();
                assert_eq!(found(&texts, words, (None, None)), by_hand, "{words} {together}");
            }
        }
    }
}
