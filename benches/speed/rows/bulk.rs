//! Bulk append with the index caught up and a checkpoint given out, against bare signing: one
//! thread that signs messages of the same size and does nothing else.

use std::hint::black_box;

use probity::work::World;
use probity::work::home::Home;
use probity_keys::SigningKey;

use super::append::signer;
use super::{Bench, Report, count};
use crate::program;
use crate::school::drafts::Maker;
use crate::school::{School, ledgers, set_clock};
use crate::support::Outcome;
use crate::support::clock::{Stopwatch, digits, duel, timed, words};
use crate::support::report::Line;

/// What is signed of an entry of the usual size, in bytes.
const SIGNED: usize = 620;

/// Measures the row.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome {
    let entries = bench.medium;
    let world = World::real();
    set_clock(world.now());
    let place = tempfile::tempdir_in(ledgers::folder())?;
    let mut school = School::begin(&place.path().join("begun"))?;
    let begun = school.home.clone();
    let mut nth = 0;
    let work = || -> Outcome<f64> {
        nth += 1;
        let folder = place.path().join(nth.to_string());
        ledgers::copy_folder(begun.path(), &folder)?;
        school.home = Home::locate(Some(folder.clone()))?;
        let mut reading = school.write("bulk")?;
        let mut maker = Maker::new(usize::try_from(entries)?, 0, nth).only(1);
        let mut clock = Stopwatch::default();
        let drafts = (0..entries)
            .map(|_| Ok(maker.draft(&school, world.now())?.0))
            .collect::<Outcome<Vec<_>>>()?;
        let key = signer(&school);
        let written = clock.run(|| program::append_many(&world, &mut reading, &drafts, key))?;
        black_box(written.len());
        clock.run(|| program::close(reading, &school.home))?;
        std::fs::remove_dir_all(&folder)?;
        Ok(clock.seconds())
    };
    let key = SigningKey::from_seed([1; 32]);
    let yardstick = || Ok(timed(|| sign(&key, entries)).1);
    let duel = duel(bench.rounds, work, yardstick)?;
    let share = 100.0 / duel.ratio.median();
    let per = entries as f64;
    report.lines.push(Line {
        work: format!("bulk append of {}, index caught up, checkpoint given out", count(entries)),
        against: "bare signing".to_owned(),
        aim: "at least 60%".to_owned(),
        measured: format!(
            "{}% (quartiles {} to {}): {} an entry against {}, {} a second",
            digits(share),
            digits(100.0 / duel.ratio.quantile(0.75)),
            digits(100.0 / duel.ratio.quantile(0.25)),
            words(duel.work.median() / per),
            words(duel.yardstick.median() / per),
            digits(per / duel.work.median()),
        ),
        met: Some(share >= 60.0),
    });
    Ok(())
}

fn sign(key: &SigningKey, entries: u64) {
    let mut message = [7; SIGNED];
    for nth in 0..entries {
        message[..8].copy_from_slice(&nth.to_be_bytes());
        black_box(key.sign(black_box(&message)));
    }
}
