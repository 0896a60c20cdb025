//! Lookups in the large ledger, in a reading that is open: 2,000 by chance of each sort. Kinds
//! and signers are drawn with equal chances, so that many of them find a large share of all
//! entries; cases and documents find what a person asks for.

use std::collections::BTreeSet;

use probity::store::{Store as _, Term};
use probity::work::home::Home;
use probity::work::reading::Reading;
use probity_ledger::book::judge;
use probity_ledger::format::hash::Index;

use super::{Bench, Report, count};
use crate::program;
use crate::support::Outcome;
use crate::support::chance::Chance;
use crate::support::clock::{Sample, timed, words};
use crate::support::report::Line;

const LOOKUPS: usize = 2000;

/// Seconds of lookups, and how many entries they found at most.
struct Asked {
    seconds: Sample,
    most: usize,
}

fn ask(reading: &Reading, terms: &[Term], chance: &mut Chance) -> Outcome<Asked> {
    let mut asked = Asked { seconds: Sample::default(), most: 0 };
    for _ in 0..LOOKUPS {
        let term = chance.one(terms);
        let (found, seconds) = timed(|| program::lookup(reading, term));
        let found = found?.len();
        if found == 0 {
            return Err(format!("{term:?} finds nothing").into());
        }
        asked.seconds.push(seconds);
        asked.most = asked.most.max(found);
    }
    Ok(asked)
}

/// Terms of entries that are drawn by chance: cases, kinds, signers.
fn terms(reading: &Reading, chance: &mut Chance) -> Outcome<[Vec<Term>; 3]> {
    let size = usize::try_from(reading.store.head().size.0)?;
    let (mut cases, mut kinds, mut signers) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for _ in 0..LOOKUPS {
        let entry = reading.record(Index(chance.below(size) as u64))?.entry;
        cases.extend(entry.subject().case().map(str::to_owned));
        kinds.insert(entry.says().kind.to_owned());
        signers.insert(entry.says().kid.0);
    }
    Ok([
        cases.into_iter().map(Term::Case).collect(),
        kinds.into_iter().map(Term::Kind).collect(),
        signers.into_iter().map(Term::Signer).collect(),
    ])
}

/// 99th percentile of lookups by case, in seconds.
pub fn by_case(home: &Home) -> Outcome<f64> {
    let (reading, mut chance) = (program::open(home)?, Chance::new(11));
    let [cases, _, _] = terms(&reading, &mut chance)?;
    Ok(ask(&reading, &cases, &mut chance)?.seconds.p99())
}

/// Measures the rows.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome {
    let home = Bench::home(bench.large)?;
    let (reading, mut chance) = (program::open(&home)?, Chance::new(11));
    let [cases, kinds, signers] = terms(&reading, &mut chance)?;
    let documents = documents(&reading, bench.large, &mut chance)?;
    for (what, terms) in
        [("case", cases), ("kind", kinds), ("document", documents), ("signer", signers)]
    {
        let work = format!("one lookup by {what} at {}", count(bench.large));
        let aim = "p99 under 5 ms";
        if terms.is_empty() {
            let why = "no record that was drawn has one";
            report.lines.push(Line::absent(&work, "–", aim, why));
            continue;
        }
        let asked = ask(&reading, &terms, &mut chance)?;
        report.lines.push(Line {
            work,
            against: "–".to_owned(),
            aim: aim.to_owned(),
            measured: format!(
                "p99 {}, median {} ({} different, at most {} entries found)",
                words(asked.seconds.p99()),
                words(asked.seconds.median()),
                count(terms.len() as u64),
                count(asked.most as u64),
            ),
            met: Some(asked.seconds.p99() < 5e-3),
        });
    }
    Ok(())
}

/// Terms of a few hundred documents from all over the ledger.
fn documents(reading: &Reading, entries: u64, chance: &mut Chance) -> Outcome<Vec<Term>> {
    const WANTED: usize = 200;
    let mut found = Vec::new();
    // One record of a thousand has a document.
    for _ in 0..WANTED * 400 {
        let index = Index(chance.below(usize::try_from(entries)?) as u64);
        let Some(body) = reading.record(index)?.body else { continue };
        for document in judge::documents(&body) {
            found.push(program::document_term(document.sha256));
        }
        if found.len() >= WANTED {
            break;
        }
    }
    Ok(found)
}
