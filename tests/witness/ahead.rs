//! Evidence that is dated ahead, a witness that forgot, and one that keeps a proof.

use std::path::Path;

use probity_keys::SigningKey;
use probity_ledger::format::cosignature::{WitnessKey, cosign};
use probity_ledger::format::note::Checkpoint;

use super::council::Council;
use super::history::{self, History};
use super::network::{answers, said};
use crate::common::{HEAD, School, now};

const YEAR: u64 = 365 * 86_400;

/// A witness whose clock can say anything.
struct Other(SigningKey);

impl Other {
    const NAME: &str = "other.example/w";

    fn used_by(school: &School) -> Self {
        let key = SigningKey::from_seed([41; 32]);
        let line = WitnessKey::new(Self::NAME, key.public()).expect("a name").to_string();
        school.ok(["witness", "use", &line, "--name", "other"]);
        Self(key)
    }

    /// The school's newest head, cosigned so many seconds from now.
    fn cosigns(&self, school: &School, ahead: u64) -> (String, String) {
        let head = school.ok(["checkpoint"]).out;
        let parsed = Checkpoint::parse(head.as_bytes()).expect("a checkpoint");
        let time = u64::try_from(now()).expect("after 1970") + ahead;
        let line = cosign(parsed.text(), time, Self::NAME, &self.0).expect("a line");
        (format!("{head}{line}"), line)
    }
}

#[test]
fn a_cosignature_that_is_dated_ahead_is_not_taken() {
    let school = School::begun();
    let other = Other::used_by(&school);
    let (answer, line) = other.cosigns(&school, YEAR);
    let file = school.file("ahead", &answer);
    school
        .refused(["checkpoint", "--attach", &file])
        .says("other dates this", "look at this machine's clock");
    let refused = school.refused(["checkpoint", "--attach", &file]);
    assert!(refused.error.contains("which lies ahead: this machine's clock says"), "{refused:?}");
    let ran = school.run(["checkpoint", "--submit", &answers(said("200 OK", line.as_bytes()))]);
    assert!(ran.status == 2 && ran.err.contains("which lies ahead"), "{ran:#?}");
    assert!(!school.home().join("ledger/times").exists(), "nothing was kept");
    // Clocks differ by some minutes.
    let file = school.file("near", other.cosigns(&school, 500).0);
    school.ok(["checkpoint", "--attach", &file]);
}

/// What an older program took lies in the home: it isn't anchored, and keeps nothing from it.
#[test]
fn kept_evidence_that_is_dated_ahead_is_not_anchored() {
    let (school, council) = (School::begun(), Council::new(&[]));
    council.meet(&school);
    let other = Other::used_by(&school);
    let times = school.home().join("ledger/times");
    std::fs::create_dir_all(&times).expect("a folder");
    std::fs::write(times.join("13.1.note"), other.cosigns(&school, YEAR).0).expect("written");
    let anchor = ["anchor", "--by", HEAD, "--as", "headteacher", "--yes"];
    school.refused(anchor).says("which lies ahead", "look at this machine's clock");
    let (head, answer) = (school.path("head"), school.path("head.cosigned"));
    school.ok(["checkpoint", "-o", &head.display().to_string()]);
    council.ok(["witness", "sign", &head.display().to_string()]);
    school.ok(["checkpoint", "--attach", &answer.display().to_string()]);
    let signed = school.ok(anchor);
    assert!(!signed.err.contains("lies ahead"), "{signed:#?}");
    school.refused(anchor).says("which lies ahead", "look at this machine's clock");
    assert_eq!(school.verify([""; 0]).0, 0);
}

#[test]
fn a_request_from_below_what_a_witness_cosigned_is_not_made() {
    let (school, council) = (School::begun(), Council::new(&[]));
    council.meet(&school);
    let request = |name: &str| school.path(name).display().to_string();
    school.ok(["checkpoint", "--request", &request("first")]);
    council.ok(["witness", "sign", &request("first")]);
    school.ok(["checkpoint", "--attach", &format!("{}.cosigned", request("first"))]);
    school.record("note", HEAD, &["--text", "The gate was mended."]);
    let said = "saw 5 entries, and it cosigned 13";
    let second = request("second");
    let from = |from: &'static str| ["checkpoint", "--request", &second, "--from", from];
    school.refused(from("5")).says(said, "use it no more");
    school.refused(from("0")).says("saw 0 entries, and it cosigned 13", "use it no more");
    assert!(!Path::new(&second).exists());
    // With another one that has seen nothing yet, it may be for that.
    Other::used_by(&school);
    let named = [&from("5")[..], &["--witness", "data-team"]].concat();
    school.refused(named).says(said, "use it no more");
    school.ok(from("5"));
    let third = request("third");
    school.ok(["checkpoint", "--request", &third, "--from", "13", "--witness", "data-team"]);
}

#[test]
fn while_a_proof_of_two_histories_is_kept_nothing_more_is_cosigned() {
    let council = history::council();
    let sign = |name: &str, request: Vec<u8>| {
        let file = council.path(name);
        std::fs::write(&file, request).expect("written");
        council.run(["witness", "sign", &file.display().to_string()])
    };
    assert_eq!(sign("first", History(1).request(0, 6)).status, 0);
    assert_eq!(sign("other", History(2).request(6, 6)).status, 1);
    let proof = council.proof_names().remove(0);
    let refused = sign("next", History(1).request(6, 8));
    assert_eq!(refused.status, 2, "{refused:#?}");
    assert!(refused.err.contains(&proof) && refused.err.contains("move the proof"), "{refused:#?}");
    let server = council.serve();
    let answer = server.post("/add-checkpoint", &History(1).request(6, 8));
    assert!(answer.status == 422 && answer.body.contains(&proof), "{answer:?}");
    drop(server);
    assert_eq!(council.seen(), Some(6));
    // Settled: the proof lies elsewhere, and what continues is cosigned.
    council.move_proofs_away();
    assert_eq!(sign("again", History(1).request(6, 8)).status, 0);
}
