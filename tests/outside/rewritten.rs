//! The whole ledger rewritten with the real keys: nothing in it shows that, and whatever anybody
//! outside kept of the ledger that it was does.

use std::path::Path;

use probity_keys::SigningKey;
use probity_ledger::format::cosignature::{WitnessKey, cosign};
use probity_ledger::format::note::Checkpoint;
use serde_json::{Value as Json, json};

use super::service::{Manner, Service};
use crate::common::{BEGUN, OFFICE, School, Snapshot, text};

const WITNESS: &str = "council.example/witness";

/// A school, what was kept of it outside, and the same school as it is after somebody with every
/// key wrote its newest entries anew.
struct Story {
    school: School,
    service: Service,
}

fn string(path: &Path) -> String {
    path.display().to_string()
}

impl Story {
    fn begin() -> Self {
        let school = School::begun();
        let before = Snapshot::of(&school.home());
        let service = Service::start(Manner::Honest, 1);
        school.record("note", OFFICE, &["--text", "what happened"]);
        let out = school.path("kept");
        std::fs::create_dir(&out).expect("a folder");
        school.ok(["timestamp", "--tsa", &service.url, "-o", &string(&out)]);
        school.ok(["checkpoint", "-o", &string(&out.join("checkpoint"))]);
        school.ok(["export", "--all", "-o", &string(&out.join("bundle.zip"))]);
        let bare = std::fs::read(out.join("checkpoint")).expect("a checkpoint");
        let head = Checkpoint::parse(&bare).expect("a checkpoint");
        let line = cosign(head.text(), 1_795_269_720, WITNESS, &witness()).expect("a line");
        let cosigned = [bare, line.into_bytes()].concat();
        std::fs::write(out.join("cosigned"), &cosigned).expect("it can be written");
        let key = WitnessKey::new(WITNESS, witness().public()).expect("a name");
        std::fs::write(out.join("policy"), format!("witness council {key}\nquorum council\n"))
            .expect("it can be written");
        let times = school.home().join("ledger/times");
        std::fs::copy(times.join("14.1.tsr"), out.join("token")).expect("it was kept");
        std::fs::remove_dir_all(school.home()).expect("a home");
        before.restore(&school.home());
        school.record("note", OFFICE, &["--text", "what they would have liked"]);
        school.record("note", OFFICE, &["--text", "and more"]);
        Self { school, service }
    }

    fn kept(&self, name: &str) -> String {
        string(&self.school.path("kept").join(name))
    }

    /// Puts evidence back that the school kept itself.
    fn put_back(&self, from: &str, name: &str) {
        let times = self.school.home().join("ledger/times");
        let _ = std::fs::remove_dir_all(&times);
        std::fs::create_dir_all(&times).expect("a folder");
        std::fs::copy(self.kept(from), times.join(name)).expect("it can be copied");
    }

    fn refused(&self, arguments: &[&str]) -> Json {
        let (status, verdict) = self.school.verify(arguments.iter().copied());
        assert_eq!(status, 1, "{arguments:?}: {verdict:#}");
        assert_eq!(verdict["fault"]["code"], "does-not-continue", "{arguments:?}");
        let said = verdict["head"].as_array().expect("sentences").iter().map(text);
        let said = said.collect::<Vec<_>>().join(" ");
        assert!(said.contains("does not continue the record book"), "{said}");
        verdict
    }
}

fn witness() -> SigningKey {
    SigningKey::from_seed([41; 32])
}

#[test]
fn whatever_was_kept_outside_shows_it() {
    let story = Story::begin();
    // Nothing shows it to somebody who has nothing.
    let (status, verdict) = story.school.verify([] as [&str; 0]);
    assert_eq!((status, &verdict["verdict"]), (0, &json!("intact")));
    assert!(verdict["inspector"].to_string().contains("self-asserted"));

    for kept in ["checkpoint", "cosigned", "14.1.tsr"] {
        let verdict = story.refused(&["--since", &story.kept(kept)]);
        assert_eq!(verdict["continuity"]["first_difference"], Json::Null, "{kept}");
        assert!(verdict["inspector"].to_string().contains("Something in the first 14 records"));
    }
    // The bundle has the entries: the first that differs is named.
    let verdict = story.refused(&["--since", &story.kept("bundle.zip")]);
    assert_eq!(verdict["continuity"]["first_difference"], json!(BEGUN));

    // A bundle of the rewritten ledger is no better.
    let other = string(&story.school.path("other.zip"));
    story.school.ok(["export", "--all", "-o", &other]);
    for kept in ["checkpoint", "cosigned", "14.1.tsr", "bundle.zip"] {
        story.refused(&[&other, "--since", &story.kept(kept)]);
    }
    let refused = story.school.refused([
        "export",
        "--all",
        "--continues",
        &story.kept("checkpoint"),
        "-o",
        "x.zip",
    ]);
    assert!(refused.error.contains("does not continue the head of 14 entries"), "{refused:?}");

    // What the home itself still keeps of it: a note with the log's own signature for anybody, a
    // timestamp for whoever trusts its service.
    story.put_back("cosigned", "14.1.note");
    story.refused(&[]);
    story.refused(&["--policy", &story.kept("policy")]);
    story.put_back("token", "14.1.tsr");
    let roots = string(&story.service.roots());
    story.refused(&["--tsa-roots", &roots]);
    let (status, verdict) = story.school.verify([] as [&str; 0]);
    assert_eq!((status, &verdict["outside"][0]["state"]), (0, &json!("invalid")));
}

/// Rolled back and cut off: what was confirmed is no longer there.
#[test]
fn rolled_back() {
    let school = School::begun();
    let before = Snapshot::of(&school.home());
    school.record("note", OFFICE, &["--text", "one"]);
    let kept = string(&school.path("checkpoint"));
    school.ok(["checkpoint", "-o", &kept]);
    let note = std::fs::read(&kept).expect("a checkpoint");
    std::fs::remove_dir_all(school.home()).expect("a home");
    before.restore(&school.home());
    let (status, _) = school.verify([] as [&str; 0]);
    assert_eq!(status, 0, "an old copy by itself is as good as it was");
    let (status, verdict) = school.verify(["--since", &kept]);
    assert_eq!((status, &verdict["fault"]["code"]), (1, &json!("does-not-continue")));
    std::fs::create_dir_all(school.home().join("ledger/times")).expect("a folder");
    std::fs::write(school.home().join("ledger/times/14.1.note"), note).expect("it can be written");
    let (status, verdict) = school.verify([] as [&str; 0]);
    assert_eq!((status, &verdict["fault"]["code"]), (1, &json!("does-not-continue")));
}

/// A bundle that encloses the head that its reader knows proves that it continues it.
#[test]
fn a_part_that_continues_what_its_reader_knows() {
    let school = School::begun();
    // Stands below the head that its reader has, and in no bundle.
    school.record("note", OFFICE, &["--text", "zero"]);
    let kept = string(&school.path("checkpoint"));
    school.ok(["checkpoint", "-o", &kept]);
    school.record("note", OFFICE, &["--text", "one"]);
    let (with, without) = (string(&school.path("with.zip")), string(&school.path("without.zip")));
    school.ok(["export", "--entry", "14", "--continues", &kept, "-o", &with]);
    school.ok(["export", "--entry", "14", "-o", &without]);
    for (bundle, result) in [(with, "continues"), (without, "cannot-tell")] {
        let (status, verdict) = school.verify([&bundle, "--since", &kept]);
        assert_eq!((status, &verdict["continuity"]["result"]), (0, &json!(result)));
    }
}

/// A record book that was carried on from an older copy goes to nobody outside while the school
/// itself keeps a witness's word of the real one: every command that would hand out a head says so
/// and writes nothing. A backup is made all the same.
#[test]
fn what_contradicts_kept_evidence_is_handed_to_nobody() {
    let story = Story::begin();
    let school = &story.school;
    story.put_back("cosigned", "14.1.note");
    let checkpoint = std::fs::read(school.home().join("ledger/checkpoint")).expect("one");
    let [zip, tiles, request] = ["out.zip", "tiles", "ask.tsq"].map(|name| school.path(name));
    let [zip_text, tiles_text, request_text] = [&zip, &tiles, &request].map(|path| string(path));
    for line in [
        &["export", "--all", "-o", &zip_text][..],
        &["export", "--all", "--dry-run"],
        &["export", "--tiles", &tiles_text],
        &["timestamp", "--request", &request_text],
        &["checkpoint", "-o", &request_text],
        &["checkpoint", "--request", &request_text],
        &["checkpoint", "--submit", "http://127.0.0.1:9/"],
        &["anchor", "--by", OFFICE, "--yes"],
    ] {
        let refused = school.refused(line);
        refused.says("are not those that were confirmed outside", "nothing was given out");
    }
    for path in [zip, tiles, request, school.home().join("asked")] {
        assert!(!path.exists(), "{}", path.display());
    }
    let kept = std::fs::read(school.home().join("ledger/checkpoint")).expect("one");
    assert_eq!(kept, checkpoint);
    let ran = school.run(["backup", &string(&school.path("medium"))]);
    assert!(school.path("medium").exists(), "{ran:#?}");
}
