//! Many at once: two processes of the real program, ten threads of this one, single records
//! and whole files of them, and a reader that verifies all the while. Whoever is told that
//! the book is in use, or has moved on, tries again. In the end, every record that was
//! acknowledged is there once, where the acknowledgement said.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use common::{BEGUN, HEAD, OFFICE, OWNER, School, index, json_lines, text};
use probity::store::{Mode, Store as _, StoreError};
use probity::work::keyring::Keyring;
use probity::work::reading::Reading;
use probity::work::record::{self, CaseChoice, Wanted};
use probity::work::{WorkError, World};
use probity_keys::SigningKey;
use probity_ledger::format::hash::Index;

mod common;

const THREADS: u64 = 10;
/// Rounds of each writer, every other one with several records at once.
const ROUNDS: u64 = 4;
const AT_ONCE: u64 = 5;
/// How often somebody tries again before this test gives up on them.
const TRIES: u32 = 400;

/// What was acknowledged: a record's text, its place and its hash.
#[derive(Default)]
struct Acknowledged(Mutex<Vec<(String, u64, String)>>);

impl Acknowledged {
    fn add(&self, text: String, index: u64, hash: String) {
        self.0.lock().expect("nobody panics here").push((text, index, hash));
    }
}

/// The texts of a round: one, or several at once.
fn texts(writer: &str, round: u64) -> Vec<String> {
    let count = if round % 2 == 0 { 1 } else { AT_ONCE };
    (0..count).map(|number| format!("{writer}, round {round}, number {number}")).collect()
}

/// Whether an error says that somebody else was quicker, and nothing else.
fn somebody_was_quicker(error: &str) -> bool {
    ["is being written by another process", "has moved on", "meanwhile"]
        .iter()
        .any(|words| error.contains(words))
}

/// A process for each round, until it is acknowledged.
fn by_program(school: &School, writer: &str, by: &str, told: &Acknowledged) {
    for round in 0..ROUNDS {
        let texts = texts(writer, round);
        let mut line = vec!["record", "note", "--by", by, "--json"];
        let lines: Vec<_> =
            texts.iter().map(|text| serde_json::json!({ "text": text }).to_string()).collect();
        let file = school.file(&format!("{writer}-{round}.jsonl"), lines.join("\n"));
        match texts.as_slice() {
            [one] => line.extend(["--case", "other-new", "--text", one]),
            _ => line.extend(["--from-jsonl", &file]),
        }
        let ran = (0..TRIES)
            .map(|_| school.run(&line))
            .find(|ran| ran.status == 0 || !somebody_was_quicker(&ran.err))
            .expect("it is somebody's turn at last");
        assert_eq!(ran.status, 0, "{ran:#?}");
        let reports = json_lines(&ran.out);
        assert_eq!(reports.len(), texts.len());
        for (report, written) in reports.iter().zip(texts) {
            told.add(written, index(&report["entry"]), text(&report["hash"]));
        }
    }
}

fn sign_once(
    school: &School,
    by: &str,
    key: &SigningKey,
    texts: &[String],
) -> Result<Vec<(u64, String)>, WorkError> {
    let (home, world) = (school.inside(), World::real());
    let reading = Reading::open(&home, &Mode::Browse)?;
    let wanted: Vec<Wanted> = texts
        .iter()
        .map(|text| {
            // Single records begin cases, whose numbers others want as well.
            let case = CaseChoice::New(Some("other".to_owned()));
            let case = if texts.len() == 1 { case } else { CaseChoice::Unsaid };
            common::inside::note(by, text, case)
        })
        .collect();
    let prepared = wanted
        .iter()
        .map(|one| record::prepare(&world, &reading, &Keyring::of(&home), one))
        .collect::<Result<Vec<_>, _>>()?;
    drop(reading);
    let written = record::sign_all(&world, &home, &prepared, key)?;
    Ok(written.entries.iter().map(|entry| (entry.index().0, entry.hash().to_string())).collect())
}

/// One thread's rounds, through the library.
fn by_thread(school: &School, number: u64, key: &SigningKey, told: &Acknowledged) {
    for round in 0..ROUNDS {
        let texts = texts(&format!("thread {number}"), round);
        let signed = (0..TRIES)
            .map(|_| sign_once(school, HEAD, key, &texts))
            .find(|signed| match signed {
                Err(WorkError::Store(StoreError::InUse { .. } | StoreError::HeadMoved { .. })) => {
                    false
                }
                Err(error) => !somebody_was_quicker(&error.to_string()),
                Ok(_) => true,
            })
            .expect("it is somebody's turn at last")
            .unwrap_or_else(|error| panic!("thread {number}: {error}"));
        assert_eq!(signed.len(), texts.len());
        for ((index, hash), text) in signed.into_iter().zip(texts) {
            told.add(text, index, hash);
        }
    }
}

#[test]
fn two_processes_ten_threads_and_a_reader_lose_nothing_and_double_nothing() {
    let school = School::begun();
    let key = school.unlock(HEAD);
    let (told, done) = (Acknowledged::default(), AtomicBool::new(false));
    let mut verified = 0;
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            // Each look sees at least what the one before saw, and nothing broken.
            let (mut looks, mut seen) = (0, 0);
            while !done.load(Ordering::Acquire) || looks == 0 {
                let (status, verdict) = school.verify([""; 0]);
                assert_eq!(status, 0, "look {looks}: {verdict:#}");
                assert_eq!(verdict["verdict"], "intact", "look {looks}");
                let size = index(&verdict["size"]);
                assert!(size >= seen, "look {looks}: {size} after {seen}");
                (looks, seen) = (looks + 1, size);
            }
            looks
        });
        let (school, key, told) = (&school, &key, &told);
        let mut writers: Vec<_> = (0..THREADS)
            .map(|number| scope.spawn(move || by_thread(school, number, key, told)))
            .collect();
        for (writer, by) in [("process one", OFFICE), ("process two", OWNER)] {
            writers.push(scope.spawn(move || by_program(school, writer, by, told)));
        }
        let ended: Vec<_> = writers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        // The reader ends even if a writer failed.
        done.store(true, Ordering::Release);
        verified = reader.join().expect("the book is intact at every look");
        assert!(ended.iter().all(Result::is_ok), "every writer ends well");
    });

    let told = told.0.into_inner().expect("nobody panics here");
    let expected = (THREADS + 2) * (ROUNDS / 2) * (1 + AT_ONCE);
    assert_eq!(told.len() as u64, expected);
    let reading = Reading::open(&school.inside(), &Mode::Read).expect("the book opens");
    assert_eq!(reading.store.head().size.0, BEGUN + expected, "nothing twice, nothing unasked");
    let mut there = BTreeMap::new();
    for at in BEGUN..BEGUN + expected {
        let record = reading.record(Index(at)).expect("a record");
        let answers = record.answers().expect("a body");
        let text = answers.text("text").expect("a note has a text").to_owned();
        let before = there.insert(text, (at, record.entry.hash().to_string()));
        assert!(before.is_none(), "entry {at} was written twice");
    }
    for (text, index, hash) in told {
        assert_eq!(there.get(&text), Some(&(index, hash)), "{text}");
    }
    drop(reading);
    assert_eq!(school.verify([""; 0]).0, 0);
    assert_eq!(school.json(["checkpoint"])["size"], BEGUN + expected);
    println!("{expected} records, verified {verified} times meanwhile");
}
