//! Append, lookup and opening at 1,000 entries and at each power of ten up to the large
//! ledger; drawn in `docs/performance-growth.svg`.

use std::fmt::Write as _;

use probity::work::World;
use probity::work::home::Home;

use super::append::signer;
use super::{Bench, Report, count, lookup, opening};
use crate::program;
use crate::school::drafts::Maker;
use crate::school::ledgers;
use crate::support::Outcome;
use crate::support::clock::{Sample, timed, words};
use crate::support::plot::{self, Series};

/// Single appends at each size.
const APPENDS: usize = 300;

/// Median of single durable appends to a copy, in seconds.
fn append(home: &Home, size: u64) -> Outcome<f64> {
    let copy = ledgers::copy(home)?;
    let world = World::real();
    let mut reading = copy.school.write("append")?;
    let mut maker = Maker::new(usize::try_from(size)?, 0, 5).only(1);
    let mut sample = Sample::default();
    for nth in 0..=APPENDS {
        let draft = maker.draft(&copy.school, world.now())?.0;
        let key = signer(&copy.school);
        let (appended, seconds) = timed(|| program::append_one(&world, &mut reading, &draft, key));
        appended?;
        // The first one opens the index.
        if nth > 0 {
            sample.push(seconds);
        }
    }
    Ok(sample.median())
}

/// Measures the section.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome {
    let mut series = [
        Series { name: "opening, index included", points: Vec::new() },
        Series { name: "one durable append", points: Vec::new() },
        Series { name: "lookup by case, p99", points: Vec::new() },
    ];
    let mut text = String::from(
        "| entries | opening, index included | one durable append | lookup by case, p99 |\n\
         |---|---|---|---|\n",
    );
    for size in bench.sizes() {
        let home = Bench::home(size)?;
        let opened =
            (0..bench.rounds).map(|_| opening::open(&home)).collect::<Outcome<Sample>>()?;
        let figures = [opened.median(), append(&home, size)?, lookup::by_case(&home)?];
        for (one, seconds) in series.iter_mut().zip(figures) {
            one.points.push((size, seconds));
        }
        let [opened, append, lookup] = figures.map(words);
        let _ = writeln!(text, "| {} | {opened} | {append} | {lookup} |", count(size));
    }
    report.sections.push(("growth", text));
    report.plot = Some(plot::draw(
        "What grows with the ledger, and what doesn't",
        "medians, for lookups the 99th percentile; lower is better",
        &series,
    ));
    Ok(())
}
