//! Append, lookup and opening at 1,000 entries and at each power of ten up to the large
//! ledger; drawn in `docs/performance-growth.svg`. The sizes take turns within each round, so
//! that a machine that is slow for a while bends no line.

use std::fmt::Write as _;

use probity::work::World;
use probity::work::home::Home;
use probity::work::reading::Reading;

use super::append::signer;
use super::{Bench, Report, count, lookup, opening};
use crate::program;
use crate::school::drafts::Maker;
use crate::school::ledgers::{self, Copy};
use crate::support::Outcome;
use crate::support::clock::{Sample, timed, words};
use crate::support::plot::{self, Series};

/// Single appends at each size in a round.
const APPENDS: usize = 50;

/// A ledger of one size, and a copy of it that is appended to.
struct Grown {
    home: Home,
    // Closed before the copy is removed.
    reading: Reading,
    copy: Copy,
    maker: Maker,
    size: u64,
    opening: Sample,
    append: Sample,
}

impl Grown {
    fn of(size: u64) -> Outcome<Self> {
        let home = Bench::home(size)?;
        let copy = ledgers::copy(&home)?;
        let mut grown = Self {
            reading: copy.school.write("append")?,
            maker: Maker::new(usize::try_from(size)?, 0, 5).only(1),
            home,
            copy,
            size,
            opening: Sample::default(),
            append: Sample::default(),
        };
        // The first one opens the index, which is another figure.
        grown.append_one()?;
        Ok(grown)
    }

    fn append_one(&mut self) -> Outcome<f64> {
        let (world, school) = (World::real(), &self.copy.school);
        let draft = self.maker.draft(school, world.now())?.0;
        let (appended, seconds) =
            timed(|| program::append_one(&world, &mut self.reading, &draft, signer(school)));
        appended?;
        Ok(seconds)
    }

    fn round(&mut self) -> Outcome {
        self.opening.push(opening::open(&self.home)?);
        for _ in 0..APPENDS {
            let seconds = self.append_one()?;
            self.append.push(seconds);
        }
        Ok(())
    }
}

/// Measures the section.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome {
    let mut sizes = bench.sizes().into_iter().map(Grown::of).collect::<Outcome<Vec<_>>>()?;
    for _ in 0..bench.rounds {
        sizes.iter_mut().try_for_each(Grown::round)?;
    }
    let series = |name, short| Series { name, short, points: Vec::new() };
    let mut all = [
        series("opening, index included", "opening"),
        series("one durable append", "append"),
        series("lookup by case, p99", "lookup"),
    ];
    let mut text = String::from(
        "| entries | opening, index included | one durable append | lookup by case, p99 |\n\
         |---|---|---|---|\n",
    );
    for grown in &sizes {
        let figures =
            [grown.opening.median(), grown.append.median(), lookup::by_case(&grown.home)?];
        for (one, seconds) in all.iter_mut().zip(figures) {
            one.points.push((grown.size, seconds));
        }
        let [opened, append, lookup] = figures.map(words);
        let _ = writeln!(text, "| {} | {opened} | {append} | {lookup} |", count(grown.size));
    }
    report.sections.push(("growth", text));
    report.plot = Some(plot::draw(
        "What grows with the ledger, and what doesn't",
        "medians, for lookups the 99th percentile; lower is better",
        &all,
    ));
    Ok(())
}
