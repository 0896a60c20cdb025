//! Another implementation of C2SP tlog-witness, `aics-witness` from `PyPI`, in both of its roles. It
//! is young, and follows a later draft in places; where they differ, the specification decides.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use super::council::{Council, NAME};
use super::history::{self, History, ORIGIN};
use crate::common::{HEAD, School};

fn python() -> Command {
    Command::new(std::env::var_os("PROBITY_PYTHON").unwrap_or_else(|| "python3".into()))
}

/// Their client: submits histories in turn, says each status.
const CLIENT: &str = r#"
import json, sys
from aics_witness.feeder import WitnessClient, WitnessRejected, WitnessAhead
url, vkey = sys.argv[1:3]
client = WitnessClient(url, vkey, max_attempts=1)
for line in sys.stdin:
    one = json.loads(line)
    proofs = {int(old): [bytes.fromhex(h) for h in proof] for old, proof in one["proofs"].items()}
    try:
        lines = client.submit(one["note"], lambda old, new: proofs[old])
        print(json.dumps({"lines": lines.count("\n")}))
    except WitnessRejected as refused:
        print(json.dumps({"status": refused.status}))
    except WitnessAhead as ahead:
        print(json.dumps({"ahead": ahead.known_size}))
"#;

#[test]
fn their_client_has_our_server_cosign() {
    let council = history::council();
    let server = council.serve();
    let vkey = council.line.split(' ').nth(2).expect("a vkey").to_owned();
    let line = |history: History, size: u64, olds: &[u64]| {
        let proofs: serde_json::Map<String, serde_json::Value> = olds
            .iter()
            .map(|old| {
                let proof: Vec<String> =
                    history.proof(*old, size).iter().map(hex::encode).collect();
                (old.to_string(), proof.into())
            })
            .collect();
        let note = String::from_utf8(history.head(size).bytes().to_vec()).expect("text");
        serde_json::json!({ "note": note, "proofs": proofs }).to_string()
    };
    let asked = [
        (line(History(1), 5, &[]), r#"{"lines": 1}"#),
        (line(History(1), 9, &[5]), r#"{"lines": 1}"#),
        (line(History(1), 9, &[]), r#"{"lines": 1}"#),
        (line(History(2), 9, &[]), r#"{"status": 409}"#),
        (line(History(2), 12, &[9]), r#"{"status": 422}"#),
        (line(History(1), 7, &[5]), r#"{"ahead": 9}"#),
        // A proof of two histories is kept by now.
        (line(History(1), 40, &[9]), r#"{"status": 422}"#),
    ];
    let input: String = asked.iter().flat_map(|(line, _)| [line.as_str(), "\n"]).collect();
    let mut child = python()
        .args(["-c", CLIENT, &server.url, &vkey])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python runs");
    std::io::Write::write_all(&mut child.stdin.take().expect("piped"), input.as_bytes())
        .expect("sent");
    let out = child.wait_with_output().expect("it ends");
    let said = String::from_utf8(out.stdout).expect("text");
    let expected: String = asked.iter().flat_map(|(_, answer)| [*answer, "\n"]).collect();
    assert_eq!(said, expected, "{}", String::from_utf8_lossy(&out.stderr));
    assert_eq!((council.seen(), council.proofs()), (Some(9), 2));
}

/// Their server, ended with the test.
struct Theirs {
    child: Child,
    url: String,
    line: String,
}

impl Drop for Theirs {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn theirs(place: &School, logs: &[(&str, &str)]) -> Theirs {
    let config = place.path("aics.json").display().to_string();
    let run = |arguments: &[&str]| {
        let out = python()
            .args(["-m", "aics_witness"])
            .args(arguments)
            .args(["--config", &config])
            .output()
            .expect("Python runs");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).expect("text")
    };
    let made = run(&["init", "--name", "theirs.example/w1"]);
    let vkey = made.split_whitespace().find(|word| word.starts_with("theirs.example/w1+"));
    let line = format!("witness theirs {}", vkey.unwrap_or_else(|| panic!("a vkey: {made}")));
    for (origin, vkey) in logs {
        run(&["add-log", "--origin", origin, "--vkey", vkey]);
    }
    let mut child = python()
        .args(["-m", "aics_witness", "serve", "--listen", "127.0.0.1:0", "--config", &config])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python runs");
    let stderr = BufReader::new(child.stderr.take().expect("piped"));
    let mut url = None;
    for line in stderr.lines() {
        let line = line.expect("text");
        url = line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned);
        if url.is_some() {
            break;
        }
    }
    Theirs { child, url: url.expect("it says where it listens"), line }
}

#[test]
fn our_client_has_their_server_cosign() {
    let (school, council) = (School::begun(), Council::new(&["--unattended"]));
    council.meet(&school);
    let log = school.json(["checkpoint", "--log-key"])["vkey"].as_str().expect("a vkey").to_owned();
    let origin = log.split('+').next().expect("a name").to_owned();
    let theirs = theirs(&school, &[(&origin, &log), (ORIGIN, &history::log().to_string())]);
    school.ok(["witness", "use", &theirs.line, "--url", &theirs.url]);
    let given = school.json(["checkpoint", "--submit"]);
    assert_eq!((&given["witness"], &given["size"]), (&"theirs".into(), &13.into()));
    school.record("note", HEAD, &["--text", "The fire door was checked."]);
    let given = school.json(["checkpoint", "--submit"]);
    assert_eq!((&given["size"], &given["quorum"]), (&14.into(), &true.into()));
    // Both witnesses on one head.
    let server = council.serve();
    school.json(["checkpoint", "--submit", &server.url]);
    let note = school.ok(["checkpoint"]).out;
    assert!(note.contains("theirs.example/w1") && note.contains(NAME), "{note}");
    // Without what was kept, their server tells where to begin.
    std::fs::remove_dir_all(school.home().join("ledger/times")).expect("removed");
    school.record("note", HEAD, &["--text", "The fire door was mended."]);
    let given = school.json(["checkpoint", "--submit"]);
    assert_eq!(given["size"], 15);
}
