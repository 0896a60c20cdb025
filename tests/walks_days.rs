//! Hard days: somebody is suspended, away, alone, without a key, or comes too late; the school
//! changes hands; one person's key is stolen from many schools at once. On each the work goes
//! on: what happens is recorded and flagged, stood by later, and the book stays intact.
//!
//! Each file is one day, told in the commands that people would type.

mod common;

#[path = "walks_days/by_minute.rs"]
mod by_minute;
#[path = "walks_days/dpo_away.rs"]
mod dpo_away;
#[path = "walks_days/head_suspended.rs"]
mod head_suspended;
#[path = "walks_days/late_entry.rs"]
mod late_entry;
#[path = "walks_days/one_dpo.rs"]
mod one_dpo;
#[path = "walks_days/trust.rs"]
mod trust;
#[path = "walks_days/two_people.rs"]
mod two_people;

use common::{School, index};
use serde_json::Value as Json;

/// Somebody makes a key, is appointed with it, and accepts; the appointment's entry.
fn appoint(school: &School, name: &str, role: &str, by: &str) -> u64 {
    school.ok(["key", "new", name]);
    let made = ["--key-made", "by-holder-school-machine"];
    let line = ["appoint", name, "--role", role, "--by", by];
    let appointed = school.json(line.iter().chain(&made));
    school.ok(["accept", "--by", name]);
    index(&appointed["entry"])
}

/// The book is intact, and these entries lack something.
#[track_caller]
fn intact(school: &School, incomplete: &[u64]) -> Json {
    let (status, verdict) = school.verify(["--fingerprint", &school.fingerprint]);
    assert_eq!((status, &verdict["verdict"]), (0, &"intact".into()), "{verdict:#}");
    assert_eq!(entries(&verdict["incomplete"]), incomplete, "{:#}", verdict["incomplete"]);
    verdict
}

/// The entries that a list of a verdict names, each once.
fn entries(list: &Json) -> Vec<u64> {
    let mut all: Vec<u64> =
        list.as_array().into_iter().flatten().map(|one| index(&one["entry"])).collect();
    all.dedup();
    all
}

/// Requires that a text holds each of these.
#[track_caller]
fn says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "`{word}` is not in: {text}");
    }
}
