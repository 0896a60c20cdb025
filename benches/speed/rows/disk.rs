//! Bytes on disk for each entry, as the file system allots them, against the entry and its
//! body in clear. Documents and keys are left out.

use std::fs;
use std::path::Path;

use probity::store::RawJournal;

use super::{Bench, Report, count};
use crate::support::Outcome;
use crate::support::clock::digits;
use crate::support::report::{Line, pairs};

/// Every so-manieth body is opened to learn its length.
const STEP: u64 = 50;

/// Bytes that a file or folder takes.
fn taken(path: &Path) -> Outcome<u64> {
    let file = fs::symlink_metadata(path)?;
    if !file.is_dir() {
        return Ok(allotted(&file));
    }
    fs::read_dir(path)?.map(|entry| taken(&entry?.path())).sum()
}

#[cfg(unix)]
fn allotted(file: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(file) * 512
}

#[cfg(not(unix))]
fn allotted(file: &fs::Metadata) -> u64 {
    file.len()
}

/// Measures the row.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome {
    let home = Bench::home(bench.large)?;
    let raw = RawJournal::open(&home.ledger())?;
    let (mut entries, mut bodies, mut opened) = (0_u64, 0_u64, 0_u64);
    for stored in raw.entries() {
        let stored = stored?;
        entries += stored.entry.len() as u64;
        if stored.index.0 % STEP == 0 {
            let body = raw.body(&stored)?.ok_or("a body that was erased")?;
            bodies += body.body.len() as u64;
            opened += 1;
        }
    }
    let all = bench.large as f64;
    let (entry, body) = (entries as f64 / all, bodies as f64 / opened.max(1) as f64);
    let mut rows = vec![
        ("entry, as signed".to_owned(), digits(entry)),
        ("body, in clear".to_owned(), digits(body)),
    ];
    let mut total = 0.0;
    for part in fs::read_dir(home.ledger())? {
        let part = part?;
        let name = part.file_name().to_string_lossy().into_owned();
        if name == "documents" {
            continue;
        }
        let bytes = taken(&part.path())? as f64 / all;
        total += bytes;
        if bytes >= 0.05 {
            rows.push((format!("`ledger/{name}`"), digits(bytes)));
        }
    }
    rows[2..].sort();
    let ratio = total / (entry + body);
    rows.push(("all of `ledger/` but documents".to_owned(), digits(total)));
    report.sections.push(("disk", pairs(("part", "bytes an entry"), &rows)));
    report.lines.push(Line {
        work: format!("bytes on disk an entry, without documents, at {}", count(bench.large)),
        against: "entry + body".to_owned(),
        aim: "at most 1.25 times".to_owned(),
        measured: format!(
            "{} times: {} against {} + {}",
            digits(ratio),
            digits(total),
            digits(entry),
            digits(body)
        ),
        met: Some(ratio <= 1.25),
    });
    Ok(())
}
