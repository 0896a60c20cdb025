//! The clock of a rights request (Art 12(3), 12A UK GDPR).
//!
//! ```text
//! starts    on the day of receipt; for requests before 15 August 2019 on the day after
//! moved     to the day on which the last of identity, authority or fee arrives, of those that
//!           were asked for while the limit had not passed
//! ends      on the same date of the next month, or on that month's last day if it has none
//! pauses    (access requests only) for each day from asking for clarification to its answer,
//!           both included: as many days are added
//! rolls     from a weekend or bank holiday to the next working day
//! extended  to three months from the start, if the person was told of it before the month's end
//!           as it is then, pauses included; where it isn't said whether they were, it counts, and
//!           that is said
//! ```
//!
//! Only days after the start are paused, and no day is counted twice. When a pause begins on the
//! days over which the limit rolls, at least one working day remains after the answer.
//!
//! What this doesn't judge: whether proof was reasonably asked for, or clarification needed.

use jiff::civil::Date;

use super::Worked;
use super::school::Terms;
use super::targets::Target;
use super::working::{Working, count, days_later, months_later, rolled};
use crate::records::days::written;

/// Requests received before this day count from the day after.
const FROM_DAY_OF_RECEIPT: Date = Date::constant(2019, 8, 15);

/// The pause stands in the law for requests from this day on.
const PAUSE_IN_LAW: Date = Date::constant(2026, 2, 5);

/// A request, as far as its clock is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The day of receipt.
    pub received: Date,
    /// Whether it asks for access, so that asking for clarification pauses the clock.
    pub access: bool,
    /// What was asked for before the clock starts.
    pub awaited: Vec<Awaited>,
    /// When clarification was asked for, and answered.
    pub clarified: Vec<Clarified>,
    /// The extension, unless the person was not told of it.
    pub extended: Option<Extended>,
}

/// An extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extended {
    /// Its day: the first on which the person was told, if they were.
    pub on: Date,
    /// Whether it is on record that they were told.
    pub told: bool,
}

/// Something that was asked for before the clock starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// What, in words: "proof of identity".
    pub what: &'static str,
    /// When it was asked for.
    pub asked: Date,
    /// When it arrived, if it has.
    pub arrived: Option<Date>,
}

/// A question about what is asked for, and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clarified {
    /// When it was asked.
    pub asked: Date,
    /// When it was answered, if it was.
    pub answered: Option<Date>,
}

/// The events of a clock in the order of their days.
#[derive(Clone, Copy, Debug)]
enum Event<'a> {
    Awaited(&'a Awaited),
    Clarified(&'a Clarified),
}

/// A clock as its events leave it.
struct Settled<'a> {
    start: Date,
    moved_by: Vec<&'a Awaited>,
    pauses: Vec<(Date, Date)>,
    waiting: Option<&'a Awaited>,
    paused: Option<Date>,
    too_late: Vec<String>,
}

/// Where a number of months ends.
struct End {
    /// Before pauses.
    nominal: Date,
    /// The stretches that were paused, clipped to the time after the start.
    paused: Vec<(Date, Date)>,
    /// With pauses.
    total: Date,
    /// On a working day.
    last: Date,
}

impl Clock {
    /// A request of which nothing but its receipt is known.
    #[must_use]
    pub const fn received(day: Date, access: bool) -> Self {
        Self { received: day, access, awaited: Vec::new(), clarified: Vec::new(), extended: None }
    }

    /// The day on which the clock starts; `None` while something is awaited.
    #[must_use]
    pub fn start(&self) -> Option<Date> {
        let settled = self.settle(1);
        settled.waiting.is_none().then_some(settled.start)
    }

    /// What it waits for, in words, if it stands still.
    #[must_use]
    pub fn waits_for(&self) -> Option<&'static str> {
        let settled = self.settle(if self.is_extended() { 3 } else { 1 });
        let clarified = settled.paused.map(|_| "the clarification");
        settled.waiting.map(|awaited| awaited.what).or(clarified)
    }

    /// The end of the month: for the answer if it isn't extended, or else for telling of the
    /// extension.
    #[must_use]
    pub fn month(&self) -> Worked {
        self.work("sar-month", 1)
    }

    /// Whether it was extended before the month's end, or while the clock stood still.
    #[must_use]
    pub fn is_extended(&self) -> bool {
        let month = self.month().due.day();
        self.extended.is_some_and(|extended| month.is_none_or(|end| extended.on <= end))
    }

    /// The limit for the answer.
    #[must_use]
    pub fn limit(&self) -> Worked {
        let Some(Extended { on, told }) = self.extended else { return self.month() };
        let on = written(on);
        if self.is_extended() {
            let mut worked = self.work("sar-extend", 3);
            worked.say(&if told {
                format!("the extension was told on {on}, within the month")
            } else {
                format!(
                    "extended on {on}, within the month; it counts only if the person was told of \
                     it, with reasons, by the month's end, and that isn't on record"
                )
            });
            return worked;
        }
        let mut worked = self.month();
        let how = if told { "an extension was told" } else { "it was extended" };
        worked.say(&format!("{how} on {on}, after the month had ended, and doesn't count"));
        worked
    }

    /// The school's own target for the answer, which runs and pauses with the clock.
    #[must_use]
    pub fn target(&self, rule: &'static str, target: &Target, terms: &Terms) -> Worked {
        let settled = self.settle(1);
        let working = self.begin(rule, &settled);
        if settled.waiting.is_some() || settled.paused.is_some() {
            return settled.stopped(working, 1);
        }
        let off = settled.end(1).paused.iter().map(|(from, to)| span(*from, *to)).sum();
        let first = working.open().words;
        target.from_day(rule, settled.start, off, terms, &first)
    }

    fn work(&self, rule: &'static str, months: i64) -> Worked {
        let settled = self.settle(months);
        let mut working = self.begin(rule, &settled);
        if settled.waiting.is_some() || settled.paused.is_some() {
            return settled.stopped(working, months);
        }
        let end = settled.end(months);
        working.months(months, end.paused.is_empty());
        let mut until = end.nominal;
        for (from, to) in &end.paused {
            let days = span(*from, *to);
            until = days_later(until, days);
            let by = if self.received < PAUSE_IN_LAW { " by the regulator's guidance" } else { "" };
            working.go_to(
                until,
                format!(
                    "clarification asked for on {} and answered on {}, so {} more{by}: {}",
                    written(*from),
                    written(*to),
                    count(days, "day"),
                    written(until)
                ),
            );
        }
        if end.total > until {
            working.go_to(
                end.total,
                format!("not before the day after the answer, {}", written(end.total)),
            );
        }
        working.roll();
        settled.say_too_late(&mut working);
        working.done()
    }

    /// The words up to the start of the clock.
    fn begin(&self, rule: &'static str, settled: &Settled<'_>) -> Working {
        let received = format!("received {}", written(self.received));
        let mut working = Working::begin(rule, self.received, received);
        for awaited in &settled.moved_by {
            if let Some(arrived) = awaited.arrived {
                working.say(format!(
                    "{}, asked for on {}, arrived on {}",
                    awaited.what,
                    written(awaited.asked),
                    written(arrived)
                ));
            }
        }
        if settled.waiting.is_none() && settled.start != self.received {
            let why = if self.received < FROM_DAY_OF_RECEIPT {
                "counted from the day after, as it was for requests before 15 August 2019"
            } else {
                "the clock starts when the last of them arrives"
            };
            working.go_to(settled.start, format!("{why}: {}", written(settled.start)));
        }
        working
    }

    /// Goes through what was asked for and answered, in the order of days. What is asked for
    /// after the limit has passed changes nothing.
    fn settle(&self, months: i64) -> Settled<'_> {
        let mut settled = Settled {
            start: self.starting(self.received),
            moved_by: Vec::new(),
            pauses: Vec::new(),
            waiting: None,
            paused: None,
            too_late: Vec::new(),
        };
        let mut events: Vec<(Date, Event<'_>)> =
            self.awaited.iter().map(|one| (one.asked, Event::Awaited(one))).collect();
        if self.access {
            events.extend(self.clarified.iter().map(|one| (one.asked, Event::Clarified(one))));
        }
        events.sort_by_key(|(asked, _)| *asked);
        for (asked, event) in events {
            let stands = settled.waiting.is_some() || settled.paused.is_some();
            if !stands && asked > settled.end(months).last {
                let what = match event {
                    Event::Awaited(awaited) => awaited.what,
                    Event::Clarified(_) => "clarification",
                };
                settled.too_late.push(format!(
                    "{what} was asked for on {}, after the limit had passed, and changes nothing",
                    written(asked)
                ));
                continue;
            }
            match event {
                Event::Awaited(awaited) => match awaited.arrived {
                    Some(arrived) => {
                        let start = self.starting(arrived.max(self.received));
                        if start > settled.start {
                            settled.start = start;
                            settled.moved_by.push(awaited);
                        }
                    }
                    None => settled.waiting = settled.waiting.or(Some(awaited)),
                },
                Event::Clarified(Clarified { answered: Some(answered), .. }) => {
                    settled.pauses.push((asked, *answered));
                }
                Event::Clarified(_) => settled.paused = settled.paused.or(Some(asked)),
            }
        }
        settled
    }

    /// The day from which the month is counted that begins on `day`.
    fn starting(&self, day: Date) -> Date {
        if self.received < FROM_DAY_OF_RECEIPT { days_later(day, 1) } else { day }
    }
}

impl Settled<'_> {
    fn end(&self, months: i64) -> End {
        let nominal = months_later(self.start, months);
        let (mut total, mut paused) = (nominal, Vec::<(Date, Date)>::new());
        let mut pauses = self.pauses.clone();
        pauses.sort_unstable();
        for (asked, answered) in pauses {
            let after = paused.last().map_or(self.start, |(_, to)| days_later(*to, 1));
            let from = asked.max(after);
            if from > answered {
                continue;
            }
            total = days_later(total, span(from, answered)).max(days_later(answered, 1));
            paused.push((from, answered));
        }
        End { nominal, paused, total, last: rolled(total) }
    }

    /// The words of a clock that doesn't run.
    fn stopped(&self, mut working: Working, months: i64) -> Worked {
        if let Some(awaited) = self.waiting {
            working.say(format!(
                "{} was asked for on {} and has not arrived: the clock starts when it does",
                awaited.what,
                written(awaited.asked)
            ));
        } else if let Some(asked) = self.paused {
            // Asked on the days over which the limit rolls, at least one is left.
            let left = span(asked, self.end(months).total).max(1);
            working.say(format!(
                "the clock has stood still since {}, when clarification was asked for; {} will be \
                 left after the answer",
                written(asked),
                count(left, "day")
            ));
        }
        self.say_too_late(&mut working);
        working.open()
    }

    fn say_too_late(&self, working: &mut Working) {
        for clause in &self.too_late {
            working.say(clause.clone());
        }
    }
}

/// The days from one to another, both included.
fn span(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days()) + 1
}

#[cfg(test)]
#[path = "tests/requests.rs"]
mod tests;
