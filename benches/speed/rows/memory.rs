//! Peak memory of `probity verify`, run as a process of its own. The peak is what the system
//! counts as the process's largest resident size (`VmHWM`), asked for until it ends.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use probity::work::home::Home;

use super::{Bench, Report, count, verify};
use crate::support::Outcome;
use crate::support::clock::{Sample, digits, words};
use crate::support::report::Line;

/// A run that takes longer than this, in seconds, is made once, and the table says so.
const LONG: f64 = 25.0;

/// A process that ended.
struct Ran {
    seconds: f64,
    /// In bytes; 0 where the system doesn't tell.
    peak: u64,
}

/// Full verification of the large ledger as a process.
#[derive(Clone, Debug, Default)]
pub struct Full {
    /// How long each run took, in seconds.
    pub seconds: Sample,
    /// `verify_strict` on one thread over as many entries, in seconds, beside each run.
    pub strict: Sample,
    /// The largest peak, in bytes.
    pub peak: u64,
}

fn verify(home: &Home) -> Outcome<Ran> {
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_probity"))
        .args(["verify", "--json", "--home"])
        .arg(home.path())
        .env_remove("PROBITY_HOME")
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let ended = loop {
        peak = peak.max(high_water(&status).unwrap_or(0));
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(3));
    };
    if !ended.success() {
        return Err(format!("probity verify ended with {ended}").into());
    }
    Ok(Ran { seconds: began.elapsed().as_secs_f64(), peak })
}

fn high_water(status: &str) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
}

/// Verifies the large ledger, once in every round unless that takes too long.
///
/// # Errors
/// A ledger that isn't intact.
pub fn full(bench: &Bench) -> Outcome<Full> {
    let home = Bench::home(bench.large)?;
    let sample = verify::sample(&home, bench.large)?;
    let mut full = Full::default();
    for _ in 0..bench.rounds {
        let ran = verify(&home)?;
        full.seconds.push(ran.seconds);
        full.strict.push(verify::strict(&sample)? * bench.large as f64);
        full.peak = full.peak.max(ran.peak);
        if ran.seconds > LONG {
            break;
        }
    }
    Ok(full)
}

/// Measures the row.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome {
    let full = bench.full()?;
    let rounds = full.seconds.len();
    report.lines.push(Line {
        work: format!("`probity verify` as a process, {} entries", count(bench.large)),
        against: "the same loop".to_owned(),
        aim: "stated".to_owned(),
        measured: format!(
            "{} times: {} against {}{}",
            digits(full.strict.median() / full.seconds.median()),
            words(full.seconds.median()),
            words(full.strict.median()),
            if rounds < bench.rounds { format!(" ({rounds} round)") } else { String::new() },
        ),
        met: None,
    });
    let work = format!("peak memory, verifying {} entries", count(bench.large));
    let aim = "under 128 MiB; at most 100 bytes of state an entry";
    if full.peak == 0 {
        report.lines.push(Line::absent(&work, "–", aim, "this system doesn't tell"));
        return Ok(());
    }
    let small = verify(&Bench::home(bench.small)?)?.peak;
    let more = bench.large.saturating_sub(bench.small);
    if more == 0 {
        let why = "state an entry needs a large ledger beside the small one";
        report.lines.push(Line::absent(&work, "–", aim, why));
        return Ok(());
    }
    let state = full.peak.saturating_sub(small) as f64 / more as f64;
    let peak = full.peak as f64 / f64::from(1 << 20);
    report.lines.push(Line {
        work,
        against: "–".to_owned(),
        aim: aim.to_owned(),
        measured: format!(
            "{} MiB; {} bytes an entry ({} MiB at {})",
            digits(peak),
            digits(state),
            digits(small as f64 / f64::from(1 << 20)),
            count(bench.small),
        ),
        met: Some(peak < 128.0 && state <= 100.0),
    });
    Ok(())
}
