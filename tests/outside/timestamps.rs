//! `timestamp` and `anchor`, as a school and its inspector use them.

use std::path::Path;

use probity::web::sender::Sender;
use probity::web::stamp;
use probity::work::home::Home;
use probity::work::{World, timestamp};
use serde_json::{Value as Json, json};

use super::service::{Manner, Service};
use crate::common::{BEGUN, HEAD, OFFICE, School, now, text};
use crate::tsa::openssl_verifies;

fn words(verdict: &Json, voice: &str) -> String {
    let all = verdict[voice].as_array().expect("sentences");
    all.iter().map(text).collect::<Vec<_>>().join("\n")
}

fn string(path: &Path) -> String {
    path.display().to_string()
}

#[test]
fn a_service_is_asked_and_what_it_says_is_carried_and_checked() {
    let school = School::begun();
    let service = Service::start(Manner::Honest, 2);
    let roots = string(&service.roots());
    let said = school.json(["timestamp", "--tsa", &service.url, "--tsa-roots", &roots]);
    assert_eq!(
        (&said["size"], &said["file"], &said["trusted"]),
        (&json!(BEGUN), &json!(format!("ledger/times/{BEGUN}.1.tsr")), &json!(true))
    );

    // Whoever trusts nobody has only the school's word.
    let (status, nobody) = school.verify([] as [&str; 0]);
    assert_eq!((status, &nobody["existed_by"]), (0, &json!([])));
    assert_eq!(nobody["outside"][0]["state"], "claimed");
    assert!(words(&nobody, "head").contains("Nobody outside has confirmed this"));
    assert!(words(&nobody, "head").contains("“Test TSA”"), "{}", words(&nobody, "head"));
    let (status, verdict) = school.verify(["--tsa-roots", &roots]);
    assert_eq!(status, 0);
    assert_eq!(verdict["existed_by"], json!([{ "below": BEGUN, "time": said["time"] }]));
    let head = words(&verdict, "head");
    assert!(head.contains("“Test TSA”, whom you trust, confirmed all of them on"), "{head}");

    // Under the chain: what is signed later wasn't signed before.
    let due = school.ok(["due"]).out;
    assert!(due.contains("Anchor due"), "{due}");
    school.ok(["anchor", "--by", HEAD, "--as", "headteacher", "--yes"]);
    let refused = school.refused(["anchor", "--by", HEAD, "--as", "headteacher", "--yes"]);
    assert!(refused.error.contains("no evidence from outside waits"), "{refused:?}");
    school.record("note", OFFICE, &["--text", "one"]);
    let (status, verdict) = school.verify(["--tsa-roots", &roots]);
    assert_eq!(status, 0);
    assert_eq!(verdict["not_before"], json!([{ "above": BEGUN, "time": said["time"] }]));
    let head = words(&verdict, "head");
    assert!(head.contains("confirmed the first 13 records on"), "{head}");
    assert!(head.contains("The newest 2 rest on the word of whoever holds the keys"), "{head}");
    let inspector = words(&verdict, "inspector");
    assert!(inspector.contains("entries 0 to 12 existed in this form and order by"), "{inspector}");
    assert!(inspector.contains("entries above 13 were not put on record before"), "{inspector}");

    // In a bundle, and out of it for openssl.
    let bundle = school.path("all.zip");
    school.ok(["export", "--all", "-o", &string(&bundle)]);
    let (status, nobody) = school.verify([&string(&bundle)]);
    assert_eq!((status, &nobody["outside"][0]["state"]), (0, &json!("claimed")));
    let (status, verdict) = school.verify([&string(&bundle), "--tsa-roots", &roots]);
    assert_eq!((status, &verdict["verdict"]), (0, &json!("intact")));
    assert_eq!(verdict["existed_by"], json!([{ "below": BEGUN, "time": said["time"] }]));
    assert_eq!(verdict["not_before"], json!([{ "above": BEGUN, "time": said["time"] }]));
    let folder = school.path("unpacked");
    let unzip = std::process::Command::new("python3")
        .args(["-m", "zipfile", "-e", &string(&bundle), &string(&folder)])
        .status()
        .expect("Python runs");
    assert!(unzip.success());
    let top = std::fs::read_dir(&folder).expect("unpacked").next().expect("a top").expect("a top");
    let times = top.path().join("data/times");
    let (text, token) = (times.join("13.txt"), times.join("13.1.tsr"));
    assert!(openssl_verifies(&text, &token, &service.roots()));

    // Kept by somebody with its text beside it, it is an older head like a checkpoint.
    let (status, verdict) = school.verify(["--since", &string(&token)]);
    assert_eq!((status, &verdict["continuity"]["result"]), (0, &json!("continues")));
    let (status, verdict) = school.verify([&string(&bundle), "--since", &string(&token)]);
    assert_eq!((status, &verdict["continuity"]["result"]), (0, &json!("continues")));
}

fn hour_behind() -> i64 {
    now() - 3600
}

/// Whichever of the two clocks is wrong: anchored, everything later would contradict it.
#[test]
fn a_timestamp_that_is_dated_ahead_is_not_taken() {
    let school = School::begun();
    let service = Service::start(Manner::Honest, 1);
    let home = Home::locate(Some(school.home())).expect("a named home");
    let behind = World::real().with_clock(hour_behind);
    let asked = timestamp::ask(&behind, &home).expect("a request");
    let answer = service.authority.reply(&asked.request.to_bytes());
    let refused = timestamp::attach(&behind, &home, &answer, None).expect_err("dated ahead");
    assert!(refused.to_string().contains("which lies ahead: this machine's clock"), "{refused}");
    assert!(refused.hint().is_some_and(|hint| hint.contains("look at this machine's clock")));
    let sender = Sender { world: &behind, home: &home, shelf: None };
    let refused = stamp::stamp(sender, &service.url, None).expect_err("dated ahead");
    assert!(refused.to_string().contains("which lies ahead"), "{refused}");
    assert!(!school.home().join("ledger/times").exists(), "nothing is kept");
    // The request waits: once the clock is right, the same answer is taken.
    timestamp::attach(&World::real(), &home, &answer, None).expect("a clock that is right");
}

/// A request to which no answer came is not kept: it would push out one that waits for its own.
#[test]
fn a_service_that_fails_leaves_no_request_behind() {
    let school = School::begun();
    let waiting = || std::fs::read_dir(school.home().join("asked")).map_or(0, Iterator::count);
    school.refused(["timestamp", "--tsa", "http://127.0.0.1:9/"]);
    assert_eq!(waiting(), 0);
    school.ok(["timestamp", "--request", &string(&school.path("kept.tsq"))]);
    school.refused(["timestamp", "--tsa", "http://127.0.0.1:9/"]);
    assert_eq!(waiting(), 1, "the one that was handed out waits on");
}

#[test]
fn requests_and_answers_by_file() {
    let school = School::begun();
    let service = Service::start(Manner::Honest, 0);
    let (ask, answer) = (school.path("ask.tsq"), school.path("answer.tsr"));
    school.ok(["timestamp", "--request", &string(&ask)]);
    let request = std::fs::read(&ask).expect("a request");
    let refused = school.refused(["timestamp", "--request", &string(&ask)]);
    assert!(refused.error.contains("exists already"), "{refused:?}");

    // Another number, other bytes, no answer at all.
    let mut other = request.clone();
    let nonce = other.len() - 4;
    other[nonce] ^= 1;
    std::fs::write(&answer, service.authority.reply(&other)).expect("it can be written");
    let refused = school.refused(["timestamp", "--attach", &string(&answer)]);
    assert!(refused.error.contains("nonce"), "{refused:?}");
    std::fs::write(&answer, service.authority.reply(&service.authority.query(b"other", "sha256")))
        .expect("it can be written");
    let refused = school.refused(["timestamp", "--attach", &string(&answer)]);
    assert!(refused.error.contains("over other bytes"), "{refused:?}");
    std::fs::write(&answer, "none").expect("it can be written");
    let refused = school.refused(["timestamp", "--attach", &string(&answer)]);
    assert!(refused.error.contains("not a timestamp"), "{refused:?}");
    assert!(!school.home().join("ledger/times").exists(), "nothing is kept");

    // Records that are written meanwhile change nothing: the answer is over the head that was asked.
    school.record("note", OFFICE, &["--text", "meanwhile"]);
    // Certificates of the other service are as old as the answer, or it would be refused for their age.
    let foreign = Service::start(Manner::Honest, 0);
    std::fs::write(&answer, service.authority.reply(&request)).expect("it can be written");
    let wrong = string(&foreign.roots());
    let refused =
        school.refused(["timestamp", "--attach", &string(&answer), "--tsa-roots", &wrong]);
    assert!(refused.error.contains("no chain of certificates leads"), "{refused:?}");
    let out = school.path("");
    school.ok(["timestamp", "--attach", &string(&answer), "-o", &string(&out)]);
    assert!(openssl_verifies(&out.join("13.txt"), &out.join("13.1.tsr"), &service.roots()));
    let refused = school.refused(["timestamp", "--attach", &string(&answer)]);
    assert!(refused.error.contains("no request"), "an answer counts once: {refused:?}");
}

#[test]
fn services_that_answer_wrongly() {
    let school = School::begun();
    for (manner, words) in [(Manner::OfAnother, "nonce"), (Manner::Fails, "503")] {
        let service = Service::start(manner, 1);
        let refused = school.refused(["timestamp", "--tsa", &service.url]);
        assert!(refused.error.contains(words), "{refused:?}");
    }
    let refused = school.refused(["timestamp", "--tsa", "http://127.0.0.1:9/tsa"]);
    assert!(refused.error.contains("didn't answer"), "{refused:?}");
    let refused = school.refused(["timestamp", "--tsa", "ftp://example.org"]);
    assert!(refused.error.contains("no address"), "{refused:?}");
    assert!(!school.home().join("ledger/times").exists(), "nothing is kept");
}

/// Two services over one head write the same text into the folder of whoever keeps it; and a folder
/// that isn't there is told before anybody is asked.
#[test]
fn a_second_service_over_the_same_head_is_handed_out_beside_the_first() {
    let school = School::begun();
    let (first, second) = (Service::start(Manner::Honest, 1), Service::start(Manner::Honest, 1));
    let out = school.path("kept");
    let line = |url: &str| ["timestamp", "--tsa", url, "-o", &string(&out)].map(str::to_owned);
    school.refused(line(&first.url)).says("there is no folder", "make it first");
    assert!(!school.home().join("ledger/times").exists(), "nobody was asked");
    std::fs::create_dir(&out).expect("a folder");
    school.ok(line(&first.url));
    let told = school.ok(line(&second.url)).out;
    assert!(told.contains("Kept as ledger/times/13.2.tsr"), "{told}");
    for name in ["13.txt", "13.1.tsr", "13.2.tsr"] {
        assert!(out.join(name).exists(), "{name}");
    }
    // Another text in the way: what was kept is told all the same.
    std::fs::write(out.join("13.txt"), "something else").expect("written");
    let third = Service::start(Manner::Honest, 1);
    let ran = school.run(line(&third.url));
    assert_eq!(ran.status, 2, "{ran:#?}");
    assert!(ran.out.contains("Kept as ledger/times/13.3.tsr"), "{ran:#?}");
}
