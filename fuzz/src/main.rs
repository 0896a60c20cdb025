//! `probity-fuzz`: runs one target in a process of its own, so that its memory can be told and
//! an end of the process is a finding, too.
//!
//! ```text
//! probity-fuzz list
//! probity-fuzz run TARGET SECONDS SEED
//! probity-fuzz replay TARGET FILE…
//! probity-fuzz corpus TARGET FOLDER      writes the known inputs, for libFuzzer
//! ```

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use peak_alloc::PeakAlloc;
use probity_fuzz::harness::{self, Meter};
use probity_fuzz::{TARGETS, Target, target};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const METER: Meter = Meter {
    worked,
    now: || MEMORY.current_usage(),
    peak: || MEMORY.peak_usage(),
    reset: || MEMORY.reset_peak_usage(),
};

/// Processor time of all threads of this process.
#[cfg(unix)]
fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(time).expect("a process has worked no less than nothing")
}

/// Where no such clock is at hand: the time since the first call.
#[cfg(not(unix))]
fn worked() -> Duration {
    static BEGUN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    BEGUN.get_or_init(std::time::Instant::now).elapsed()
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["list"] => {
            for target in TARGETS {
                println!("{}", target.name);
            }
            Ok(())
        }
        ["run", name, seconds, seed] => named(name).and_then(|target| {
            let wrong = |_| "SECONDS and SEED are whole numbers".to_owned();
            run(target, seconds.parse().map_err(wrong)?, seed.parse().map_err(wrong)?)
        }),
        ["replay", name, files @ ..] => named(name).and_then(|target| replay(target, files)),
        ["corpus", name, folder] => {
            named(name).and_then(|target| corpus(target, Path::new(folder)))
        }
        _ => Err("expected list, run, replay or corpus".to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn named(name: &str) -> Result<&'static Target, String> {
    target(name).ok_or_else(|| format!("there is no target `{name}`; see `probity-fuzz list`"))
}

/// Where the input under trial lies.
fn trial(target: &Target) -> PathBuf {
    let name = format!("probity-fuzz-{}-{}.trial", target.name, std::process::id());
    std::env::temp_dir().join(name)
}

fn run(target: &Target, seconds: u64, seed: u64) -> Result<(), String> {
    // Shrinking panics thousands of times; the last one is told below.
    std::panic::set_hook(Box::new(|_| ()));
    let trial = trial(target);
    println!("{}: seed {seed}, input under trial in {}", target.name, trial.display());
    let outcome = harness::run(target, Duration::from_secs(seconds), seed, METER, &trial);
    let _ = std::fs::remove_file(&trial);
    match outcome {
        Ok(ran) => {
            println!(
                "{}: {} inputs in {seconds} s, at most {} KiB and {} ms for one",
                target.name,
                ran.inputs,
                ran.peak / 1024,
                ran.slowest.as_millis()
            );
            Ok(())
        }
        Err(finding) => {
            let kept = harness::keep(target, &finding).map_err(|error| error.to_string())?;
            Err(format!(
                "{}: {}\nkept as {}; try it again with: cargo run -p probity-fuzz -- replay {} {}",
                target.name,
                finding.why,
                kept.display(),
                target.name,
                kept.display()
            ))
        }
    }
}

fn replay(target: &Target, files: &[&str]) -> Result<(), String> {
    for file in files {
        let input = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
        let trial = trial(target);
        let outcome = harness::replay(target, METER, &trial, &input);
        let _ = std::fs::remove_file(&trial);
        let ran = outcome.map_err(|why| format!("{file}: {why}"))?;
        let (memory, time) = (ran.peak / 1024, ran.slowest.as_millis());
        println!("{file}: {memory} KiB, {time} ms");
    }
    Ok(())
}

fn corpus(target: &Target, folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let kept = harness::kept(target).into_iter().map(|(_, bytes)| bytes);
    for (number, seed) in (target.seeds)().into_iter().chain(kept).enumerate() {
        std::fs::write(folder.join(format!("seed-{number:04}")), seed)
            .map_err(|error| error.to_string())?;
    }
    Ok(())
}
