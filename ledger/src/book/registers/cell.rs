//! What stands in one cell of a register: an answer as it was given, or something counted from
//! several. A cell is data; only at the end it becomes text, in one of two ways:
//!
//! ```text
//!             for people (terminal)            plain (CSV, JSON)
//! day         21 November 2026                 2026-11-21
//! moment      21 November 2026, 14:02 GMT      2026-11-21T14:02:00Z
//! span        1 May 2026 to 3 May 2026         2026-05-01/2026-05-03
//! word        loss theft                       loss-theft
//! elapsed     71 h 59 min                      71:59
//! ```
//!
//! An unanswered question is an empty cell, and an erased answer says so: a register never makes
//! one look like the other. What this doesn't do: make text harmless for a terminal or a
//! spreadsheet; whoever prints or writes it does.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::format::cbor::Value;
use crate::format::hash::Index;
use crate::records::days;
use crate::records::spoken::spoken;

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Not answered, or nothing to say.
    Empty,
    /// Text as it was written.
    Text(String),
    /// A word with hyphens: one of a choice, a name of a rule, a state.
    Word(String),
    /// A day.
    Day(Date),
    /// A moment, POSIX seconds.
    Moment(i64),
    /// From one day or moment to another.
    Span(Box<Cell>, Box<Cell>),
    /// A count, or days counted from one day to another.
    Number(i64),
    /// Elapsed seconds, shown in hours and begun minutes.
    Elapsed(i64),
    /// Yes or no.
    Truth(bool),
    /// The answer isn't there any more.
    Gone(Gone),
    /// One with a label before it: `possible misuse: …`.
    Labelled(Box<Cell>, Box<Cell>),
    /// Several, in their order.
    Many(Vec<Cell>),
}

/// Why an answer isn't there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// It was erased; the erasure's entry where it is known.
    Erased(Option<Index>),
    /// It can't be opened, and no erasure says why.
    Unreadable,
}

impl Cell {
    /// Text, or nothing.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A word.
    pub(super) fn word(word: impl Into<String>) -> Self {
        Self::Word(word.into())
    }

    /// What there is, or an empty cell.
    pub(super) fn some<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Empty, cell)
    }

    /// Several cells without the empty ones.
    pub(super) fn many(cells: impl IntoIterator<Item = Self>) -> Self {
        let mut full: Vec<Self> = cells.into_iter().filter(|cell| !cell.is_empty()).collect();
        match full.len() {
            0 => Self::Empty,
            1 => full.remove(0),
            _ => Self::Many(full),
        }
    }

    /// The same with a label before it, unless it is empty.
    pub(super) fn labelled(self, label: &str) -> Self {
        self.under(Self::text(label))
    }

    /// The same with another cell as its label, unless it is empty.
    pub(super) fn under(self, label: Self) -> Self {
        if self.is_empty() { self } else { Self::Labelled(Box::new(label), Box::new(self)) }
    }

    /// Whether nothing stands in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// For people: dates and words as they are read.
    #[must_use]
    pub fn words(&self) -> String {
        self.written(&People)
    }

    /// For a spreadsheet or a program: ISO dates, and words as they stand in records.
    #[must_use]
    pub fn plain(&self) -> String {
        self.written(&Plain)
    }

    fn written(&self, hand: &dyn Hand) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Word(word) => hand.word(word),
            Self::Day(day) => hand.day(*day),
            Self::Moment(moment) => hand.moment(*moment),
            Self::Span(from, to) => hand.span(&from.written(hand), &to.written(hand)),
            Self::Number(number) => number.to_string(),
            Self::Elapsed(seconds) => hand.elapsed(*seconds),
            Self::Truth(true) => "yes".to_owned(),
            Self::Truth(false) => "no".to_owned(),
            Self::Gone(Gone::Erased(Some(entry))) => format!("erased (entry {entry})"),
            Self::Gone(Gone::Erased(None)) => "erased".to_owned(),
            Self::Gone(Gone::Unreadable) => "can't be opened".to_owned(),
            Self::Labelled(label, cell) => {
                format!("{}: {}", label.written(hand), cell.written(hand))
            }
            Self::Many(cells) => {
                cells.iter().map(|cell| cell.written(hand)).collect::<Vec<_>>().join("; ")
            }
        }
    }
}

/// One of the two ways of writing a cell.
trait Hand {
    fn word(&self, word: &str) -> String;
    fn day(&self, day: Date) -> String;
    fn moment(&self, moment: i64) -> String;
    fn span(&self, from: &str, to: &str) -> String;
    fn elapsed(&self, seconds: i64) -> String;
}

struct People;

impl Hand for People {
    fn word(&self, word: &str) -> String {
        spoken(word)
    }

    fn day(&self, day: Date) -> String {
        days::written(day)
    }

    fn moment(&self, moment: i64) -> String {
        days::written_time(moment)
    }

    fn span(&self, from: &str, to: &str) -> String {
        format!("{from} to {to}")
    }

    fn elapsed(&self, seconds: i64) -> String {
        let (sign, hours, minutes) = hours_and_minutes(seconds);
        format!("{sign}{hours} h {minutes} min")
    }
}

struct Plain;

impl Hand for Plain {
    fn word(&self, word: &str) -> String {
        word.to_owned()
    }

    fn day(&self, day: Date) -> String {
        day.to_string()
    }

    fn moment(&self, moment: i64) -> String {
        // Beyond the years that can be written, the number itself tells more than nothing.
        Timestamp::from_second(moment)
            .map_or_else(|_| moment.to_string(), |moment| moment.to_string())
    }

    fn span(&self, from: &str, to: &str) -> String {
        format!("{from}/{to}")
    }

    fn elapsed(&self, seconds: i64) -> String {
        let (sign, hours, minutes) = hours_and_minutes(seconds);
        format!("{sign}{hours}:{minutes:02}")
    }
}

/// Begun minutes count in full, so that a second over 72 hours doesn't look like 72 hours.
fn hours_and_minutes(seconds: i64) -> (&'static str, u64, u64) {
    let sign = if seconds < 0 { "-" } else { "" };
    let minutes = seconds.unsigned_abs().div_ceil(60);
    (sign, minutes / 60, minutes % 60)
}

/// When something happened, as the field `occurred` says it.
pub(super) fn occurred(value: &Value) -> Cell {
    if let Some(reason) = value.get("unknown").and_then(Value::as_text) {
        return Cell::text(format!("not known: {reason}"));
    }
    let side = |name: &str| match value.get(name) {
        Some(Value::Text(text)) => Cell::some(days::day(text), Cell::Day),
        Some(Value::Int(moment)) => Cell::Moment(*moment),
        _ => Cell::Empty,
    };
    match (side("from"), side("to")) {
        (from, to) if from == to => from,
        (from, to) => Cell::Span(Box::new(from), Box::new(to)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Cell {
        Cell::some(days::day(text), Cell::Day)
    }

    #[test]
    fn each_cell_is_written_for_people_and_for_programs() {
        let span = Cell::Span(Box::new(day("2026-05-01")), Box::new(day("2026-05-03")));
        for (cell, words, plain) in [
            (Cell::Empty, "", ""),
            (day("2026-11-21"), "21 November 2026", "2026-11-21"),
            (Cell::Moment(1_782_862_200), "1 July 2026, 00:30 BST", "2026-06-30T23:30:00Z"),
            (span, "1 May 2026 to 3 May 2026", "2026-05-01/2026-05-03"),
            (Cell::word("loss-theft"), "loss theft", "loss-theft"),
            (Cell::text("as-it-is"), "as-it-is", "as-it-is"),
            (Cell::Number(-3), "-3", "-3"),
            (Cell::Truth(false), "no", "no"),
            (Cell::Gone(Gone::Erased(Some(Index(9)))), "erased (entry 9)", "erased (entry 9)"),
            (Cell::Gone(Gone::Erased(None)), "erased", "erased"),
            (Cell::Gone(Gone::Unreadable), "can't be opened", "can't be opened"),
            (
                Cell::many([Cell::Empty, Cell::word("a-b").labelled("why"), day("2026-01-02")]),
                "why: a b; 2 January 2026",
                "why: a-b; 2026-01-02",
            ),
        ] {
            assert_eq!((cell.words().as_str(), cell.plain().as_str()), (words, plain), "{cell:?}");
        }
    }

    #[test]
    fn a_second_over_the_limit_does_not_look_like_the_limit() {
        let limit = days::SECONDS_IN_72_HOURS;
        assert_eq!(Cell::Elapsed(limit).plain(), "72:00");
        assert_eq!(Cell::Elapsed(limit + 1).plain(), "72:01");
        assert_eq!(Cell::Elapsed(limit - 59).words(), "72 h 0 min");
        assert_eq!(Cell::Elapsed(-5400).plain(), "-1:30");
        assert_eq!(Cell::Elapsed(0).plain(), "0:00");
    }

    #[test]
    fn what_happened_at_one_time_is_no_span() {
        let happened = |from: Value, to: Value| occurred(&Value::map([("from", from), ("to", to)]));
        let text = |text| Value::text(text);
        assert_eq!(happened(text("2026-05-01"), text("2026-05-01")), day("2026-05-01"));
        let span = Cell::Span(Box::new(day("2026-05-01")), Box::new(day("2026-05-03")));
        assert_eq!(happened(text("2026-05-01"), text("2026-05-03")), span);
        assert_eq!(happened(Value::Int(5), Value::Int(5)), Cell::Moment(5));
        let span = Cell::Span(Box::new(Cell::Moment(5)), Box::new(Cell::Moment(7)));
        assert_eq!(happened(Value::Int(5), Value::Int(7)), span);
    }

    #[test]
    fn a_moment_out_of_all_years_is_still_shown() {
        assert_eq!(Cell::Moment(i64::MAX).plain(), i64::MAX.to_string());
    }

    #[test]
    fn nothing_is_left_of_many_empty_cells() {
        assert_eq!(Cell::many([Cell::Empty, Cell::Empty]), Cell::Empty);
        assert_eq!(Cell::Empty.labelled("why"), Cell::Empty);
    }
}
