//! Export and verification of a case of fifty entries: choosing, proofs, writing, reading the
//! file again and verifying it, and verifying it once more as its recipient would.

use probity::store::{Store as _, Term};
use probity_ledger::format::hash::Index;

use super::{Bench, Report, count};
use crate::program;
use crate::school::drafts::CASE;
use crate::school::ledgers;
use crate::support::Outcome;
use crate::support::chance::Chance;
use crate::support::clock::{Sample, timed, words};
use crate::support::report::Line;

/// Measures the row.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome {
    let home = Bench::home(bench.large)?;
    let cases = cases(bench)?;
    let place = tempfile::tempdir_in(ledgers::folder())?;
    let (mut sample, mut chosen) = (Sample::default(), 0);
    for (nth, case) in cases.iter().enumerate() {
        let path = place.path().join(format!("{nth}.zip"));
        let (exported, seconds) = timed(|| program::export_and_verify(&home, case, &path));
        chosen = exported?;
        sample.push(seconds);
    }
    report.lines.push(Line {
        work: format!(
            "export and verify of a case bundle of {chosen} entries out of {}",
            count(bench.large)
        ),
        against: "–".to_owned(),
        aim: "under 1 s".to_owned(),
        measured: format!(
            "{} (quartiles {} to {})",
            words(sample.median()),
            words(sample.quantile(0.25)),
            words(sample.quantile(0.75))
        ),
        met: Some(sample.median() < 1.0),
    });
    Ok(())
}

/// As many whole cases as there are rounds, by chance.
fn cases(bench: &Bench) -> Outcome<Vec<String>> {
    let reading = program::open(&Bench::home(bench.large)?)?;
    let mut chance = Chance::new(23);
    let mut cases = Vec::new();
    for _ in 0..1000 {
        let index = Index(chance.below(usize::try_from(bench.large)?) as u64);
        let entry = reading.record(index)?.entry;
        let Some(case) = entry.subject().case() else { continue };
        if reading.store.lookup(&Term::Case(case.to_owned()))?.len() == CASE {
            cases.push(case.to_owned());
        }
        if cases.len() == bench.rounds {
            break;
        }
    }
    if cases.is_empty() { Err("no case has fifty entries".into()) } else { Ok(cases) }
}
