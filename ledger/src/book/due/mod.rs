//! What falls due: from a school's records and a moment, every deadline with the rule that sets
//! it and how its date came about.

use super::item::Book;
use super::rules::Worked;
use crate::format::hash::Index;
use crate::records::answers::Answers;

pub use super::rules::When;

/// What the deadlines need to know about the school.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct School {
    /// Its type as `genesis` has it, such as `la-maintained`.
    pub kind: Option<String>,
    /// The nation whose education law applies.
    pub nation: Option<String>,
}

/// Something that falls due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The rule that sets it.
    pub rule: &'static str,
    /// What is to be done.
    pub title: String,
    /// The case that it belongs to.
    pub case: Option<String>,
    /// The record from which it follows.
    pub entry: Index,
    /// The legal limit, or else the school's own target.
    pub when: When,
    /// The legal limit.
    pub legal: Option<Worked>,
    /// The school's own target.
    pub target: Option<Worked>,
    /// Where the rule comes from.
    pub source: &'static str,
    /// How it stands at the book's moment.
    pub state: State,
    /// A name for calendars that stays the same when the date changes; no personal data.
    pub uid: String,
    /// The newest correction of the record from which it follows: its dates are to be checked.
    pub corrected: Option<Index>,
}

/// How a deadline stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Still to be done.
    Open,
    /// Still to be done, and its time has passed.
    Overdue,
    /// Done, late or in time.
    Met {
        /// On which day, or at which moment.
        on: When,
    },
}

/// Everything that falls due or fell due, the earliest first; what can't be told yet last.
#[must_use]
pub fn due(_book: &Book<'_>, _school: &School) -> Vec<Due> {
    Vec::new()
}

impl School {
    /// What the answers of the first record say of the school.
    #[must_use]
    pub fn of(genesis: &Answers) -> Self {
        let text = |name| genesis.text(name).map(str::to_owned);
        Self { kind: text("type"), nation: text("nation") }
    }
}

impl Due {
    /// Whether it was done after its time, or is overdue.
    #[must_use]
    pub fn is_late(&self) -> bool {
        match self.state {
            State::Open => false,
            State::Overdue => true,
            State::Met { on } => on.is_after(self.when),
        }
    }
}
