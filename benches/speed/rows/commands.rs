//! What a person at the keyboard waits for: whole commands, each a process of its own.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use probity::store::Store as _;
use probity_ledger::format::hash::Index;

use super::{Bench, Report, count};
use crate::program;
use crate::school::{PASSPHRASE, ledgers};
use crate::support::Outcome;
use crate::support::clock::{Sample, timed, words};
use crate::support::report::pairs;

/// How many records the file has.
const LINES: u64 = 10_000;

/// Measures the section.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome {
    let copy = ledgers::copy(&Bench::home(bench.medium)?)?;
    let home = &copy.school.home;
    let reading = program::open(home)?;
    let newest = reading.record(Index(reading.store.head().size.0 - 1))?.entry;
    drop(reading);
    let case = newest.subject().as_str();
    let file = tempfile::NamedTempFile::new_in(ledgers::folder())?;
    std::fs::write(&file, notes())?;
    let lines = file.path().to_str().ok_or("a path that is not text")?;
    let many = format!("`probity record note --from-jsonl …` of {} lines", count(LINES));
    let commands: [(&str, &[&str]); 8] = [
        ("`probity show CASE`", &["show", case]),
        ("`probity show ENTRY`", &["show", "4711"]),
        ("`probity due`, from all records", &["due"]),
        ("`probity register breaches`", &["register", "breaches"]),
        ("`probity log --limit 20`", &["log", "--limit", "20"]),
        ("`probity log --case CASE`", &["log", "--case", case]),
        (
            "`probity record note …` (170 ms of it unlock the key)",
            &[
                "record",
                "note",
                "--by",
                "Ruth Bell",
                "--case",
                case,
                "--text",
                "the office looked at it again",
                "--confirm-date",
                "--yes",
            ],
        ),
        // The last one, since each round makes the ledger longer.
        (
            &many,
            &[
                "record",
                "note",
                "--by",
                "Ruth Bell",
                "--from-jsonl",
                lines,
                "--confirm-date",
                "--yes",
            ],
        ),
    ];
    let mut rows = Vec::new();
    for (what, arguments) in commands {
        let mut sample = Sample::default();
        for _ in 0..bench.rounds {
            let mut command = Command::new(env!("CARGO_BIN_EXE_probity"));
            command.args(arguments).arg("--home").arg(home.path());
            command.env("PROBITY_PASSPHRASE", PASSPHRASE).stdin(Stdio::null());
            let (output, seconds) = timed(|| command.output());
            let output = output?;
            if !output.status.success() {
                return Err(String::from_utf8_lossy(&output.stderr).into());
            }
            sample.push(seconds);
        }
        rows.push((what.to_owned(), words(sample.median())));
    }
    let head = format!("command, at {} entries", count(bench.medium));
    report.sections.push(("commands", pairs((&head, "median"), &rows)));
    Ok(())
}

/// A note a line, in no case.
fn notes() -> String {
    (0..LINES).fold(String::new(), |mut all, nth| {
        let _ = writeln!(all, "{{\"text\":\"the office looked at it again, number {nth}\"}}");
        all
    })
}
