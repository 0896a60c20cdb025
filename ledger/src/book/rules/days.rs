//! Bank holidays of England and Wales, for any year, and the working days between them.

use jiff::civil::Date;

/// A bank holiday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BankHoliday {
    /// The day on which it is kept: the substitute day, where there is one.
    pub day: Date,
    /// Its name.
    pub name: &'static str,
}

/// The bank holidays of a year, in order.
#[must_use]
pub fn bank_holidays(_year: i16) -> Vec<BankHoliday> {
    Vec::new()
}

/// Whether a day is neither on a weekend nor a bank holiday.
#[must_use]
pub fn is_working_day(day: Date) -> bool {
    bank_holidays(day.year()).iter().all(|holiday| holiday.day != day)
}

/// The day itself if it is a working day, else the next one.
#[must_use]
pub fn next_working_day(day: Date) -> Date {
    day
}
