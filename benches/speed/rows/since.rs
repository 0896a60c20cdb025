//! Verifying what is new since a checkpoint, from a frame to 100,000 new entries.

use probity::store::{RawJournal, Store as _};
use probity::work::home::Home;
use probity::work::keyring::Keyring;
use probity_ledger::format::hash::Size;
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::tree::root_at;

use super::{Bench, Report, count};
use crate::program;
use crate::support::Outcome;
use crate::support::clock::{Sample, timed, words};
use crate::support::report::Line;

/// About how many entries are new: a checkpoint stands between two frames.
const NEW: [u64; 3] = [1, 30_000, 100_000];

/// The checkpoint that this ledger would have given out at that size.
fn checkpoint(home: &Home, size: Size) -> Outcome<Checkpoint> {
    let reading = program::open(home)?;
    let log = reading.authority.log_key(size).ok_or("no log key")?;
    let key = Keyring::of(home).log_key(log.key())?;
    let root = root_at(reading.store.nodes(), size).ok_or("no root")?;
    Ok(Checkpoint::parse(&Checkpoint::sign(&reading.authority.origin, size, root, &key))?)
}

/// Measures the row.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome {
    let home = Bench::home(bench.large)?;
    let (work, against) = ("verifying only what is new since a checkpoint", "full verification");
    let aim = "proportional to what is new, plus log n";
    let mut measured = Vec::new();
    let mut dearest: f64 = 0.0;
    let raw = RawJournal::open(&home.ledger())?;
    let mut firsts = Vec::new();
    for frame in raw.frames() {
        firsts.push(frame?.first.0);
    }
    for about in NEW.into_iter().filter(|new| *new < bench.large) {
        let between = firsts.iter().rev().find(|first| **first <= bench.large - about);
        let new = bench.large - between.filter(|first| **first > 1).ok_or("no place to begin")?;
        let older = checkpoint(&home, Size(bench.large - new))?;
        let mut sample = Sample::default();
        for _ in 0..bench.rounds {
            let (verified, seconds) = timed(|| program::verify_since(&home, &older));
            verified?;
            sample.push(seconds);
        }
        dearest = dearest.max(sample.median() / new as f64);
        measured.push(format!("{}: {}", count(new), words(sample.median())));
    }
    let full = bench.full()?.seconds.median();
    let entry = full / bench.large as f64;
    measured.push(format!(
        "all: {}; a new entry at most {:.2} times one of all",
        words(full),
        dearest / entry
    ));
    report.lines.push(Line {
        work: work.to_owned(),
        against: against.to_owned(),
        aim: aim.to_owned(),
        measured: measured.join("; "),
        // Proportional: a new one costs much the same, however few are new.
        met: Some(dearest < entry * 1.5),
    });
    Ok(())
}
