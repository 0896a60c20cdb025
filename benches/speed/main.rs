//! The benchmarks of `docs/performance.md`: `cargo bench --bench speed`.
//!
//! Each row measures work of the program beside a yardstick, both in every round by turns, so
//! that a machine that is slower for a while is slower for both. They are no gates: nothing
//! fails because it is slow.
//!
//! ```text
//! main       options, the rows in their order, the report
//! program    what is asked of the program, in one place
//! support/   clock and statistics, chance, machine, report, plot
//! school/    a made-up school, its records, ledgers of a given size
//! rows/      a file for each row or group of rows
//! ```

#![forbid(unsafe_code)]
#![allow(
    clippy::cast_precision_loss,
    reason = "counts and bytes become figures of three digits, for people to read"
)]

mod program;
mod rows;
mod school;
mod support;

use std::alloc::System;
use std::process::ExitCode;

use clap::Parser;
use zeroizing_alloc::ZeroAlloc;

use rows::{Bench, ROWS, Report};
use support::{Outcome, machine, report};

/// As the program has it: memory that is given back is wiped.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

/// Measures what docs/performance.md says
#[derive(Debug, Parser)]
#[command(name = "cargo bench --bench speed --")]
struct Options {
    /// Size of the large ledger, which is made once and kept
    #[arg(long, default_value_t = 1_000_000)]
    entries: u64,
    /// Rounds of each row
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Only this row; repeat for several
    #[arg(long, value_name = "ROW", value_parser = names())]
    only: Vec<String>,
    /// Write the results into docs/performance.md; of a section, only if all its rows ran
    #[arg(long)]
    write: bool,
    /// What cargo says to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

fn names() -> clap::builder::PossibleValuesParser {
    ROWS.iter().map(|row| row.name).collect::<Vec<_>>().into()
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Outcome {
    let bench = Bench::new(options.entries, options.rounds);
    let asked = |name: &str| options.only.is_empty() || options.only.iter().any(|one| one == name);
    bench.prepare(&ROWS.iter().filter(|row| asked(row.name)).collect::<Vec<_>>())?;
    let mut whole = Report::default();
    for row in ROWS.iter().filter(|row| asked(row.name)) {
        eprintln!("{} …", row.name);
        let (ran, seconds) = support::clock::timed(|| (row.run)(&bench, &mut whole));
        ran.map_err(|error| format!("{}: {error}", row.name))?;
        eprintln!("{} took {seconds:.1} s", row.name);
    }
    let made = format!(
        "Measured on {}: {}\nThe large ledger has {} entries; {} rounds.",
        machine::today(),
        machine::describe(&school::ledgers::folder()),
        bench.large,
        bench.rounds,
    );
    println!("{made}\n");
    let mut sections = vec![("machine", made)];
    if !whole.lines.is_empty() {
        sections.push(("table", report::table(&whole.lines)));
    }
    sections.extend(whole.sections.iter().map(|(name, text)| (*name, text.clone())));
    for (name, text) in &sections[1..] {
        println!("[{name}]\n{text}");
    }
    if !options.write {
        return Ok(());
    }
    let all = options.only.is_empty();
    for (name, text) in
        sections.iter().filter(|(name, _)| all || !["machine", "table"].contains(name))
    {
        report::write(name, text)?;
    }
    if let Some(plot) = whole.plot {
        std::fs::write(report::docs("performance-growth.svg"), plot)?;
    }
    Ok(())
}
