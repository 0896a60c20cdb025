//! SIGKILL at random moments: what was acknowledged is there afterwards, and what is there is
//! intact.
//!
//! This test runs itself again as a child that signs notes with an unlocked key, some of them
//! with a file or three in one frame, and says which entry it has after each. The parent
//! kills it some milliseconds after it began, opens the record book as the next writer would,
//! and verifies all of it. `PROBITY_KILLS` says how often; continuous integration sets 100.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use probity::store::{Mode, RawJournal, Store as _};
use probity::work::reading::Reading;
use probity::work::record::CaseChoice;
use probity::work::verify::{self, Asked};
use probity_ledger::format::hash::EntryHash;
use probity_ledger::format::tree::leaf_hash;
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::Outcome;
use support::{HEAD, School, world};

mod support;

/// Names the folder to the child.
const FOLDER: &str = "PROBITY_KILL_FOLDER";

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).expect("the parent listens");
    out.flush().expect("the parent listens");
}

/// The child's work; without a folder there is none.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let school = School::at(Path::new(&folder), world()).expect("the school is there");
    let file = school.file("attached.txt", "attached\n").expect("a file can be written");
    say("ready");
    for turn in 0_u64.. {
        let file = (turn % 3 == 1).then(|| file.clone());
        let signed = if turn % 5 == 2 {
            school.batch(HEAD, &["One of three.", "Two of three.", "Three of three."])
        } else {
            school.note(HEAD, "Until it is killed.", CaseChoice::Unsaid, file).map(|one| vec![one])
        };
        for entry in signed.expect("a note can be signed") {
            say(&format!("signed {} {}", entry.index(), entry.hash()));
        }
    }
}

fn start(folder: &Path) -> Child {
    Command::new(std::env::current_exe().expect("this program has a path"))
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("this program can run itself")
}

/// Reads up to the line by which the child says that it begins.
fn until_ready(out: &mut BufReader<ChildStdout>) {
    let mut line = String::new();
    while out.read_line(&mut line).expect("the child can be heard") > 0 {
        if line.trim_end().ends_with("ready") {
            return;
        }
        line.clear();
    }
    panic!("the child ended before it was killed");
}

/// The acknowledgements in what the child said; a line that was cut off is none.
fn acknowledged(said: &str) -> Vec<(u64, String)> {
    let whole = said.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    let words = whole.filter_map(|line| line.trim_end().strip_prefix("signed ")?.split_once(' '));
    words
        .map(|(index, hash)| (index.parse().expect("the child says indices"), hash.to_owned()))
        .collect()
}

/// The hashes of all entries, from the journal itself.
fn hashes(school: &School) -> Vec<EntryHash> {
    let raw = RawJournal::open(&school.home.ledger()).expect("the journal is there");
    raw.blocks()
        .flat_map(|block| block.expect("the journal is whole"))
        .map(|stored| leaf_hash(&stored.entry))
        .collect()
}

fn kills() -> u32 {
    std::env::var("PROBITY_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(40)
}

#[test]
fn what_was_acknowledged_survives_sigkill() {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let school = School::begin(folder.path(), world()).expect("the school can be made");
    let mut known: Vec<EntryHash> = hashes(&school);
    let (mut told, mut cuts) = (0, 0);
    for kill in 0..kills() {
        let mut random = [0; 4];
        getrandom::fill(&mut random).expect("the system has random bytes");
        // Every other one lives longer, so that slow machines get past a first signature.
        let longest = if kill % 2 == 0 { 60_000 } else { 240_000 };
        let delay = Duration::from_micros(u64::from(u32::from_le_bytes(random) % longest));
        let mut child = start(folder.path());
        let mut out = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        until_ready(&mut out);
        std::thread::sleep(delay);
        child.kill().expect("the child can be killed");
        child.wait().expect("the child ends");
        let mut said = String::new();
        out.read_to_string(&mut said).expect("what it said can be read");
        let said = acknowledged(&said);

        // As the next writer: the end that was not acknowledged may be cut, nothing else.
        let reading = Reading::open(&school.home, &Mode::Write("after the kill".to_owned()))
            .unwrap_or_else(|error| panic!("kill {kill} after {delay:?}: {error}"));
        cuts += u32::from(reading.store.recovered().is_some());
        let size = reading.store.head().size;
        drop(reading);
        let found = hashes(&school);
        assert_eq!(found.len() as u64, size.0, "kill {kill} after {delay:?}");
        assert!(found.starts_with(&known), "kill {kill} after {delay:?}: older entries changed");
        for (index, hash) in &said {
            let index = usize::try_from(*index).expect("there are few");
            let there = found.get(index).map(ToString::to_string);
            assert_eq!(there.as_ref(), Some(hash), "kill {kill} after {delay:?}: entry {index}");
        }
        let report = verify::home(&school.home, &Reader::default(), &Asked::default(), &|_| ())
            .unwrap_or_else(|error| panic!("kill {kill} after {delay:?}: {error}"));
        let verdict = report.verdict;
        assert_eq!(verdict.verdict, Outcome::Intact, "kill {kill}: {:?}", verdict.fault);
        assert!(verdict.absent_documents.is_empty(), "kill {kill}: a document is lost");
        told += said.len();
        known = found;
    }
    println!("{} entries, {told} of them acknowledged, {cuts} torn ends cut", known.len());
    assert!(told > 0, "the child signed something at least once");
}
