//! Opening after a clean close: the store, who may sign, and the first answer of the index.

use probity::store::Term;
use probity::work::home::Home;

use super::{Bench, Report, count};
use crate::program;
use crate::support::Outcome;
use crate::support::clock::{Sample, digits, timed, words};
use crate::support::report::Line;

/// Opens and looks one thing up; seconds, closing not counted.
pub fn open(home: &Home) -> Outcome<f64> {
    let (opened, seconds) = timed(|| -> Outcome<_> {
        let reading = program::open(home)?;
        let found = program::lookup(&reading, &Term::Kind("genesis".to_owned()))?;
        Ok((reading, found))
    });
    if opened?.1.len() != 1 {
        return Err("a ledger has one genesis entry".into());
    }
    Ok(seconds)
}

/// Measures the row.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome {
    let home = Bench::home(bench.large)?;
    let full = bench.full()?.seconds.median();
    let opening = (0..bench.rounds).map(|_| open(&home)).collect::<Outcome<Sample>>()?;
    let share = 100.0 * opening.median() / full;
    report.lines.push(Line {
        work: format!(
            "opening a ledger of {} after a clean close, index included",
            count(bench.large)
        ),
        against: "full verification".to_owned(),
        aim: "under 1%".to_owned(),
        measured: format!(
            "{}%: {} against {}",
            digits(share),
            words(opening.median()),
            words(full)
        ),
        met: Some(share < 1.0),
    });
    Ok(())
}
