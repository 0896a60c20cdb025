//! Ledgers of a given size, made once and kept in `target/bench/ledger-SIZE` with a stamp of
//! what made them; a ledger with another stamp is made anew. Rows that write work on a copy.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use probity::store::{Store as _, Term, journal};
use probity::work::World;
use probity::work::compose::{Chain, Draft, Signed};
use probity::work::home::Home;
use probity::work::keyring::Keyring;
use probity::work::reading::Reading;
use probity::work::record;
use probity_ledger::format::entry::Entry;

use super::drafts::Maker;
use super::{REAPPOINTMENTS, School, set_clock};
use crate::support::Outcome;
use crate::support::clock::timed;

/// Counts up when the maker makes something else.
const MAKER: u32 = 1;

/// How long the ledger's years are, in seconds.
const YEARS: i64 = 5 * 365 * 86_400;

/// Most records in a frame, as the program's own batches have.
pub const FRAME: u64 = probity::work::batch::MAX_RECORDS as u64;

/// The folder of all ledgers, on the same file system as everything that is measured.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap_or(Path::new("target")).join("bench")
}

/// The home of a ledger of that size, made if it isn't there.
///
/// # Errors
/// Whatever an action refuses.
pub fn of_size(entries: u64) -> Outcome<Home> {
    let (path, stamp) = (folder().join(format!("ledger-{entries}")), stamp(entries));
    let home = Home::locate(Some(path.clone()))?;
    if fs::read_to_string(path.join("stamp")).is_ok_and(|found| found == stamp) {
        return Ok(home);
    }
    let making = folder().join(format!("making-{entries}"));
    for old in [&path, &making] {
        if old.exists() {
            fs::remove_dir_all(old)?;
        }
    }
    fs::create_dir_all(folder())?;
    let (made, seconds) = timed(|| make(&making, entries));
    made?;
    fs::write(making.join("stamp"), stamp)?;
    fs::rename(&making, &path)?;
    eprintln!("made a ledger of {entries} entries in {seconds:.0} s");
    Ok(home)
}

fn stamp(entries: u64) -> String {
    format!("{entries} entries by maker {MAKER}, {}\n", journal::MAGIC.escape_ascii())
}

/// A copy that may be written to, synced, and removed when it is dropped.
pub struct Copy {
    /// The school of the copy, with its keys.
    pub school: School,
    _folder: tempfile::TempDir,
}

/// Copies a home.
///
/// # Errors
/// What the system says.
pub fn copy(home: &Home) -> Outcome<Copy> {
    let target = tempfile::Builder::new().prefix("copy-").tempdir_in(folder())?;
    copy_folder(home.path(), target.path())?;
    let school = School::unlock(Home::locate(Some(target.path().to_owned()))?)?;
    Ok(Copy { school, _folder: target })
}

/// Copies a folder with all that is in it, and syncs each file.
///
/// # Errors
/// What the system says.
pub fn copy_folder(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
            // What is still on its way to the disk would be charged to the first append.
            File::open(&target)?.sync_all()?;
        }
    }
    Ok(())
}

fn make(path: &Path, entries: u64) -> Outcome {
    let end = World::real().now();
    set_clock(end - YEARS);
    let school = School::begin(path)?;
    let mut reading = school.write("making a ledger")?;
    let documents = if entries <= 10_000 { 33 } else { 1000 };
    let mut maker = Maker::new(usize::try_from(entries)?, documents, entries);
    let frame = (entries / 20).clamp(10, FRAME);
    let mut rounds = 0;
    loop {
        let size = reading.store.head().size.0;
        if size >= entries {
            break;
        }
        let (from, step) = (clock(end, size, entries)?, YEARS / i64::try_from(entries)?.max(1));
        set_clock(from);
        if rounds < REAPPOINTMENTS && size > entries * (rounds + 1) / (REAPPOINTMENTS + 2) {
            rounds += 1;
            school.appoint(&mut reading)?;
            continue;
        }
        let count = frame.min(entries - size);
        append(&school, &mut reading, &mut maker, count, &|nth| from + nth * step)?;
        if entries > 100_000 {
            eprint!("\r{} of {entries}", size + count);
        }
    }
    close(reading, &school.home)
}

/// A clean close: tiles and index have caught up, and a checkpoint is given out.
fn close(reading: Reading, home: &Home) -> Outcome {
    reading.store.lookup(&Term::Kind("note".to_owned()))?;
    Ok(record::close(reading, &Keyring::of(home))?)
}

/// Opens a kept ledger for writing and closes it: tiles and index that an earlier program
/// wrote are made anew here, and not on the clock.
///
/// # Errors
/// Damage.
pub fn settle(home: &Home) -> Outcome {
    close(record::open_for_writing(home, "settle", &World::real())?, home)
}

/// When the entry at `size` was signed.
fn clock(end: i64, size: u64, entries: u64) -> Outcome<i64> {
    let since = i128::from(YEARS) * i128::from(size) / i128::from(entries.max(1));
    Ok(end - YEARS + i64::try_from(since)?)
}

/// Appends so many records as one frame, each signed by whoever would sign it.
fn append(
    school: &School,
    reading: &mut Reading,
    maker: &mut Maker,
    count: u64,
    time: &dyn Fn(i64) -> i64,
) -> Outcome {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut people = Vec::new();
    for nth in 0..i64::try_from(count)? {
        let (draft, person) = maker.draft(school, time(nth))?;
        drafts.push(draft);
        people.push(person);
    }
    let mut chain = Chain::of(reading, &drafts)?;
    let head = chain.head();
    let origin = reading.authority.origin.clone();
    let world = super::world();
    let signed = (0_i64..)
        .zip(drafts.iter().zip(&people))
        .map(|(nth, (draft, person))| {
            Ok(chain.sign(&world, draft, &origin, &school.people[*person].key, time(nth))?)
        })
        .collect::<Outcome<Vec<Signed>>>()?;
    let entries: Vec<Entry> = signed.iter().map(|signed| signed.entry.clone()).collect();
    reading.store.append(head, signed.into_iter().map(Signed::into_new).collect())?;
    maker.written(&entries);
    Ok(())
}
