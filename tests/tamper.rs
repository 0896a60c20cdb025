//! Every byte of a record book and of a bundle, changed: each change is found, and the right
//! entry named, or it changes nothing that anybody is told.
//!
//! A byte is taken three times: its lowest bit, its highest bit, and zero; and each file is cut
//! off at one length after another. With `PROBITY_FULL=1`, which continuous integration sets,
//! every byte's lowest bit is taken, and the rest at every third place. The quick run takes the
//! lowest bit of every byte of the journal, the rest at every seventh place, and about a fifth
//! of that of a bundle.

use std::path::Path;

use probity::store::journal;
use probity::work::bag;
use probity::work::export::{Choice, export};
use probity::work::home::Home;
use probity::work::verify::{self, Asked};
use probity_ledger::book::fault::Code;
use probity_ledger::format::hash::Index;
use probity_ledger::verify::bundle as verifier;
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::{Outcome, Verdict};
use support::bundle::{self, Parts};
use support::{School, copy, full};

mod support;

/// What happens to a file.
#[derive(Clone, Copy, Debug)]
enum Change {
    /// The byte at a place takes another value.
    Byte(usize, u8),
    /// The file ends before this place.
    Length(usize),
}

impl Change {
    fn make(self, bytes: &[u8]) -> Vec<u8> {
        let mut changed = bytes.to_vec();
        match self {
            Self::Byte(at, value) => changed[at] = value,
            Self::Length(length) => changed.truncate(length),
        }
        changed
    }
}

/// The lowest bit at each `low`-th byte, the highest bit and zero at each `other`-th, and each
/// `length`-th length; those that change nothing are left out.
fn changes(bytes: &[u8], low: usize, other: usize, length: usize) -> Vec<Change> {
    let mut all = Vec::new();
    for (at, byte) in bytes.iter().enumerate() {
        if at % low == 0 {
            all.push(Change::Byte(at, byte ^ 1));
        }
        if at % other == 0 {
            all.push(Change::Byte(at, byte ^ 128));
            if ![0, 1, 128].contains(byte) {
                all.push(Change::Byte(at, 0));
            }
        }
    }
    all.extend((0..bytes.len()).step_by(length).map(Change::Length));
    all
}

/// Looks at all changes on two threads; each gets a folder of its own. Returns what was wrong.
fn on_two_threads(
    changes: &[Change],
    look: impl Fn(usize, Change) -> Result<(), String> + Sync,
) -> Vec<String> {
    let half = |thread: usize| {
        let look = &look;
        move || {
            let mine = changes.iter().skip(thread).step_by(2);
            let wrong = mine.filter_map(|change| look(thread, *change).err());
            wrong.take(20).collect::<Vec<String>>()
        }
    };
    std::thread::scope(|scope| {
        let threads = [scope.spawn(half(0)), scope.spawn(half(1))];
        threads.into_iter().flat_map(|thread| thread.join().expect("no look panics")).collect()
    })
}

fn verdict(home: &Home) -> Verdict {
    verify::home(home, &Reader::default(), &Asked::default(), &|_| ())
        .expect("whatever stands in a journal or checkpoint, it is looked at")
        .verdict
}

fn words(verdict: &Verdict) -> String {
    serde_json::to_string(verdict).expect("a verdict is plain data")
}

/// A record of the journal: where it begins and ends, and where its frame does.
struct Place {
    entry: u64,
    start: usize,
    end: usize,
    frame: (usize, usize),
}

fn places(journal: &[u8]) -> Vec<Place> {
    let size = |n: u64| usize::try_from(n).expect("the journal is small");
    let mut all = Vec::new();
    for frame in journal::frames(journal) {
        let frame = frame.expect("the journal is whole");
        for record in frame.records() {
            let start = size(record.offset);
            let end = start + 16 + record.entry.len() + record.sealed.len();
            let frame = (size(frame.offset), size(frame.end()));
            all.push(Place { entry: record.index.0, start, end, frame });
        }
    }
    all
}

/// The entry to be named when this byte changes: that of its record, or the first of its frame.
fn entry_at(places: &[Place], at: usize) -> u64 {
    let within = places.iter().find(|place| (place.start..place.end).contains(&at));
    let framed = || places.iter().find(|place| (place.frame.0..place.frame.1).contains(&at));
    within.or_else(framed).map_or(0, |place| place.entry)
}

/// What is to be found.
enum Expected {
    /// Not genuine from this entry on.
    Entry(u64),
    /// Not genuine as a whole, with one of these codes.
    Whole(&'static [Code]),
}

fn require(found: &Verdict, expected: &Expected, change: Change) -> Result<(), String> {
    let fault = found.fault.as_ref();
    let good = found.verdict == Outcome::NotGenuine
        && match expected {
            Expected::Entry(entry) => {
                fault.and_then(|fault| fault.entry) == Some(Index(*entry))
                    && found.intact_before == Some(*entry)
            }
            Expected::Whole(codes) => {
                fault.is_some_and(|fault| fault.entry.is_none() && codes.contains(&fault.code))
                    && found.intact_before.is_none()
            }
        };
    let wanted = match expected {
        Expected::Entry(entry) => format!("entry {entry}"),
        Expected::Whole(codes) => format!("{codes:?}"),
    };
    if good {
        Ok(())
    } else {
        Err(format!("{change:?}: expected {wanted}, found {}", words(found)))
    }
}

/// Copies of a home, one for each thread.
fn two_homes(school: &School, folder: &Path) -> [Home; 2] {
    ["one", "two"].map(|name| {
        let to = folder.join(name);
        copy(school.home.path(), &to);
        Home::locate(Some(to)).expect("a named home is found")
    })
}

#[test]
fn no_byte_of_the_journal_changes_unseen() {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let school = School::small(folder.path()).expect("the school can be made");
    let journal = std::fs::read(school.home.ledger().join("journal")).expect("it has a journal");
    let places = places(&journal);
    assert_eq!(verdict(&school.home).verdict, Outcome::Intact);
    let several = places.iter().filter(|place| place.start > place.frame.0 + 28).count();
    assert_eq!((places.len(), several), (14, 3), "frames with several entries are among them");
    let homes = two_homes(&school, folder.path());
    let changes = if full() { changes(&journal, 1, 3, 3) } else { changes(&journal, 1, 7, 7) };
    println!("{} bytes, {} changes", journal.len(), changes.len());
    let wrong = on_two_threads(&changes, |thread, change| {
        let path = homes[thread].ledger().join("journal");
        std::fs::write(path, change.make(&journal)).map_err(|error| error.to_string())?;
        let expected = match change {
            Change::Byte(at, _) => Expected::Entry(entry_at(&places, at)),
            Change::Length(16) => Expected::Whole(&[Code::MissingGenesis]),
            Change::Length(length) if places.iter().any(|place| place.frame.1 == length) => {
                Expected::Whole(&[Code::Size])
            }
            Change::Length(length) => {
                let first = places.iter().find(|place| place.end > length);
                Expected::Entry(first.map_or(0, |place| place.entry))
            }
        };
        require(&verdict(&homes[thread]), &expected, change)
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn without_checkpoint_and_memories_a_shorter_journal_is_a_smaller_record_book() {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let school = School::small(folder.path()).expect("the school can be made");
    let path = school.home.ledger().join("journal");
    let journal = std::fs::read(&path).expect("it has a journal");
    std::fs::remove_file(school.home.ledger().join("checkpoint")).expect("it has a checkpoint");
    let memories = std::fs::read_dir(school.home.keys()).expect("it has keys");
    for path in memories.map(|item| item.expect("it can be read").path()) {
        if path.extension().is_some_and(|ending| ending == "seen") {
            std::fs::remove_file(path).expect("a key's memory can be removed");
        }
    }
    for place in places(&journal).iter().filter(|place| place.end == place.frame.1) {
        std::fs::write(&path, &journal[..place.end]).expect("the journal can be written");
        let found = verdict(&school.home);
        assert_eq!((found.verdict, found.size.0), (Outcome::Intact, place.entry + 1));
        assert_eq!(found.checkpoint, None, "nothing says that there was more");
    }
}

#[test]
fn no_byte_of_the_checkpoint_changes_unseen() {
    const CODES: &[Code] =
        &[Code::Checkpoint, Code::Origin, Code::Size, Code::CheckpointSignature, Code::Root];
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let school = School::small(folder.path()).expect("the school can be made");
    let note = std::fs::read(school.home.ledger().join("checkpoint")).expect("it has a checkpoint");
    let homes = two_homes(&school, folder.path());
    let wrong = on_two_threads(&changes(&note, 1, 1, 1), |thread, change| {
        let path = homes[thread].ledger().join("checkpoint");
        std::fs::write(path, change.make(&note)).map_err(|error| error.to_string())?;
        require(&verdict(&homes[thread]), &Expected::Whole(CODES), change)
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A bundle of everything, as a file and as its parts. Without the page in it, which is as long
/// as all the rest, carries the same once more, and is one more file that only has to be whole.
fn whole_bundle(folder: &Path) -> (std::path::PathBuf, Parts) {
    let school = School::small(folder).expect("the school can be made");
    let path = folder.join("all.zip");
    let choice = Choice { all: true, ..Choice::default() };
    export(&school.world, &school.home, &choice, &path).expect("everything can be exported");
    let mut parts = bundle::unpack(&path);
    parts.remove("data/index.html").expect("every bundle has its page");
    bundle::remanifest(&mut parts);
    let zip = bag::to_zip("evidence", &parts).expect("a zip in memory");
    std::fs::write(&path, zip).expect("a file can be written in a temporary folder");
    (path, parts)
}

#[test]
fn no_byte_of_a_bundle_changes_unseen() {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let (path, parts) = whole_bundle(folder.path());
    let zip = std::fs::read(path).expect("the bundle is there");
    let changes = if full() { changes(&zip, 1, 3, 3) } else { changes(&zip, 5, 31, 31) };
    println!("{} bytes, {} changes", zip.len(), changes.len());
    let wrong = on_two_threads(&changes, |thread, change| {
        let path = folder.path().join(format!("changed-{thread}.zip"));
        std::fs::write(&path, change.make(&zip)).map_err(|error| error.to_string())?;
        let Some(found) = bundle::read(&path) else { return Ok(()) };
        if bundle::same_files(&found, &parts) {
            // What stands in a zip besides names and contents is told to nobody.
            return match change {
                Change::Byte(..) => Ok(()),
                Change::Length(_) => Err(format!("{change:?} takes nothing away")),
            };
        }
        let bag::Found::Files(files) = found else { return Ok(()) };
        let verdict = verifier::verify(&files, &Reader::default());
        if verdict.verdict == Outcome::NotGenuine { Ok(()) } else { Err(format!("{change:?}")) }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn unpacked(folder: &Path) -> Outcome {
    let report = verify::bundle(folder, &Reader::default(), &Asked::default());
    report.expect("the folder can be read").verdict.verdict
}

#[test]
fn an_unpacked_bundle_is_as_strict() {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let (_, parts) = whole_bundle(folder.path());
    let bag = folder.path().join("unpacked");
    bundle::lay_out(&parts, &bag);
    assert_eq!(unpacked(&bag), Outcome::Intact);

    std::fs::write(bag.join("data/more.txt"), "more").expect("a file can be added");
    assert_eq!(unpacked(&bag), Outcome::NotGenuine, "one file more");
    std::fs::remove_file(bag.join("data/more.txt")).expect("it can be removed");
    std::fs::create_dir(bag.join("data/empty")).expect("a folder can be added");
    assert_eq!(unpacked(&bag), Outcome::Intact, "an empty folder says nothing");

    for (path, bytes) in &parts {
        let file = bag.join(path);
        std::fs::remove_file(&file).expect("each file can be removed");
        if path == "bagit.txt" {
            let report = verify::bundle(&bag, &Reader::default(), &Asked::default());
            assert!(report.is_err(), "without {path} it is no bundle at all");
        } else {
            assert_eq!(unpacked(&bag), Outcome::NotGenuine, "without {path}");
        }
        std::fs::write(&file, bytes).expect("each file can be put back");
    }
    assert_eq!(unpacked(&bag), Outcome::Intact);

    let entry = bag.join(bundle::entry_path(3));
    let mut bytes = parts[&bundle::entry_path(3)].clone();
    bytes[100] ^= 1;
    std::fs::write(&entry, bytes).expect("an entry can be changed");
    assert_eq!(unpacked(&bag), Outcome::NotGenuine, "a changed entry");
}

#[cfg(unix)]
#[test]
fn an_unpacked_bundle_holds_no_links() {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let (_, parts) = whole_bundle(folder.path());
    let bag = folder.path().join("unpacked");
    bundle::lay_out(&parts, &bag);
    for path in ["data/checkpoint", "data/entries/00000003.cose", "bag-info.txt"] {
        let away = folder.path().join("elsewhere");
        std::fs::write(&away, &parts[path]).expect("a copy can be made");
        std::fs::remove_file(bag.join(path)).expect("the file can be removed");
        std::os::unix::fs::symlink(&away, bag.join(path)).expect("a link can be made");
        assert_eq!(unpacked(&bag), Outcome::NotGenuine, "{path} as a link to the same bytes");
        std::fs::remove_file(bag.join(path)).expect("the link can be removed");
        std::fs::write(bag.join(path), &parts[path]).expect("the file can be put back");
    }
    assert_eq!(unpacked(&bag), Outcome::Intact);
    let entries = bag.join("data/entries");
    let away = folder.path().join("entries");
    std::fs::rename(&entries, &away).expect("a folder can be moved");
    std::os::unix::fs::symlink(&away, &entries).expect("a link can be made");
    assert_eq!(unpacked(&bag), Outcome::NotGenuine, "a folder as a link");
}
