//! Full verification against a loop of `verify_strict`, by itself on one thread, over a sample
//! of the same entries, which are in memory and already parsed.

use ed25519_dalek::{Signature, VerifyingKey};
use probity::store::RawJournal;
use probity::work::home::Home;
use probity_ledger::format::entry::Entry;
use rayon::prelude::*;

use super::{Bench, Report, count};
use crate::program::{self, Bodies};
use crate::support::Outcome;
use crate::support::clock::{Duel, digits, duel, timed, words};
use crate::support::report::Line;

/// Entries in the yardstick's sample.
const SAMPLE: u64 = 20_000;

/// Signed bytes with their key and signature.
pub struct Signed(VerifyingKey, Vec<u8>, Signature);

impl Signed {
    /// What `verify_strict` does.
    pub fn check(&self) -> Outcome {
        Ok(self.0.verify_strict(&self.1, &self.2)?)
    }
}

/// Entries of a ledger from all over it, ready for `verify_strict`.
pub fn sample(home: &Home, entries: u64) -> Outcome<Vec<Signed>> {
    let reading = program::open(home)?;
    let step = entries.div_ceil(SAMPLE).max(1);
    let mut sample = Vec::new();
    for stored in RawJournal::open(&home.ledger())?.entries() {
        let stored = stored?;
        if stored.index.0 % step != 0 {
            continue;
        }
        let entry = Entry::parse(&stored.entry)?;
        let key = reading.authority.key(&entry.says().kid).ok_or("a key that nobody has")?.key;
        sample.push(Signed(
            VerifyingKey::from_bytes(&key.to_bytes())?,
            entry.signed_bytes(),
            Signature::from_bytes(&entry.signature().0),
        ));
    }
    Ok(sample)
}

/// Seconds that the yardstick takes for an entry.
pub fn strict(sample: &[Signed]) -> Outcome<f64> {
    let (checked, seconds) = timed(|| sample.iter().try_for_each(Signed::check));
    checked?;
    Ok(seconds / sample.len() as f64)
}

/// The same on all processors: the most that any verifier gains from having several.
fn strict_everywhere(sample: &[Signed]) -> Outcome<f64> {
    let (checked, seconds) = timed(|| sample.par_iter().all(|one| one.check().is_ok()));
    if !checked {
        return Err("a signature that doesn't verify".into());
    }
    Ok(seconds / sample.len() as f64)
}

/// Measures the rows.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome {
    let entries = bench.medium;
    let home = Bench::home(entries)?;
    let sample = sample(&home, entries)?;
    for (bodies, what, aim) in [(Bodies::Closed, "closed", 4.5), (Bodies::Opened, "opened", 3.8)] {
        let work = format!("full verification, bodies {what}");
        let against = "single-threaded `verify_strict` loop over the same entries, 2 cores";
        let aim_words = format!("at least {aim} times");
        let duel = duel(
            bench.rounds,
            || {
                let (verified, seconds) = timed(|| program::verify(&home, bodies));
                verified?;
                Ok(seconds)
            },
            || Ok(strict(&sample)? * entries as f64),
        )?;
        report.lines.push(Line {
            work,
            against: against.to_owned(),
            aim: aim_words,
            measured: measured(&duel, entries, sample.len()),
            met: Some(1.0 / duel.ratio.median() >= aim),
        });
    }
    let processors = duel(bench.rounds, || strict_everywhere(&sample), || strict(&sample))?;
    report.lines.push(Line {
        work: "the same `verify_strict` loop on all processors".to_owned(),
        against: "on one".to_owned(),
        aim: "stated".to_owned(),
        measured: format!(
            "{} times (quartiles {} to {})",
            digits(1.0 / processors.ratio.median()),
            digits(1.0 / processors.ratio.quantile(0.75)),
            digits(1.0 / processors.ratio.quantile(0.25)),
        ),
        met: None,
    });
    Ok(())
}

fn measured(duel: &Duel, entries: u64, sample: usize) -> String {
    let per = entries as f64;
    format!(
        "{} times (quartiles {} to {}): {} an entry against {}, over {} entries (yardstick: a sample of {})",
        digits(1.0 / duel.ratio.median()),
        digits(1.0 / duel.ratio.quantile(0.75)),
        digits(1.0 / duel.ratio.quantile(0.25)),
        words(duel.work.median() / per),
        words(duel.yardstick.median() / per),
        count(entries),
        count(sample as u64),
    )
}
