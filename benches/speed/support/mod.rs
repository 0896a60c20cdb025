//! What all rows share: clock, chance, machine, report and plot.

pub mod chance;
pub mod clock;
pub mod machine;
pub mod plot;
pub mod report;
pub mod unsynced;

/// What a row may fail with: it is printed, and the program ends.
pub type Failure = Box<dyn std::error::Error>;

/// A result of a row.
pub type Outcome<T = ()> = Result<T, Failure>;
