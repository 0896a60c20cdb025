//! What others make of our bundles: a second verifier that was written from the format page
//! alone, and tools that have never heard of probity.
//!
//! Python is found in `PROBITY_PYTHON` (`tests/run` sets it to one that has the packages of
//! `tests/requirements.txt`), else as `python3`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use probity::store::Mode;
use probity::work::export::{Choice, export};
use probity::work::home::Home;
use probity::work::keyring::Keyring;
use probity::work::people::{self, Revoke};
use probity::work::reading::Reading;
use probity::work::tour::PASSPHRASE;
use probity::work::{World, record, time};
use serde_json::{Value as Json, json};
use support::bundle::{self, Parts};
use support::{School, python, root};
use tempfile::TempDir;
use zeroize::Zeroizing;

mod support;

#[path = "judges/by_hand.rs"]
mod by_hand;
#[path = "judges/faulty/mod.rs"]
mod faulty;
#[path = "judges/schemas.rs"]
mod schemas;
#[path = "judges/tiles.rs"]
mod tiles;

/// The people of the tour who act here.
const HEAD: &str = "Amina Okafor";
const CARETAKER: &str = "Joe Marsh";

/// The tour's record book and the bundles cut from it.
struct Tour {
    folder: TempDir,
    bundles: Vec<PathBuf>,
}

impl Tour {
    fn home(&self) -> Home {
        Home::locate(Some(self.folder.path().join("tour/home"))).expect("a named home is found")
    }
}

fn probity() -> Command {
    Command::new(env!("CARGO_BIN_EXE_probity"))
}

fn run(mut command: Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?} can't be run: {error}"))
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}\n{}", output.status, text(&output.stdout), text(&output.stderr))
}

/// Makes the tour once for all tests of this file.
fn tour() -> &'static Tour {
    static TOUR: OnceLock<Tour> = OnceLock::new();
    TOUR.get_or_init(|| {
        let folder = tempfile::tempdir().expect("there is a temporary folder");
        let mut command = probity();
        command.arg("tour").arg("--dir").arg(folder.path().join("tour"));
        let output = run(command);
        assert!(output.status.success(), "{}", said(&output));
        let mut tour = Tour { folder, bundles: Vec::new() };
        tour.bundles.push(tour.folder.path().join("tour/PRACTICE-evidence.zip"));
        let choices = [
            ("case", Choice { cases: vec!["dpia-2026-001".to_owned()], ..Choice::default() }),
            ("kind", Choice { kinds: vec!["breach-report".to_owned()], ..Choice::default() }),
            ("entry", Choice { entries: vec!["14".to_owned()], ..Choice::default() }),
            (
                "withheld",
                Choice {
                    all: true,
                    withhold: vec!["name".to_owned(), "what-happened".to_owned()],
                    ..Choice::default()
                },
            ),
        ];
        for (name, choice) in choices {
            tour.cut(name, &choice);
        }
        tour.revoke();
        tour.cut("doubtful", &Choice { all: true, ..Choice::default() });
        tour.cut(
            "doubtful-kind",
            &Choice { kinds: vec!["note".to_owned(), "policy".to_owned()], ..Choice::default() },
        );
        tour
    })
}

impl Tour {
    fn cut(&mut self, name: &str, choice: &Choice) {
        let path = self.folder.path().join(format!("{name}.zip"));
        let mut choice = choice.clone();
        // The tour's cases are numbered in the year in which it is made.
        let year = time::year(World::real().now());
        for case in &mut choice.cases {
            *case = case.replace("2026", &year.to_string());
        }
        export(&World::real(), &self.home(), &choice, &path)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        self.bundles.push(path);
    }

    /// The caretaker's key is revoked, and suspect since before it was made.
    fn revoke(&self) {
        let (world, home) = (World::real(), self.home());
        let keyring = Keyring::of(&home);
        let wanted = Revoke {
            name: CARETAKER.to_owned(),
            by: HEAD.to_owned(),
            role: None,
            reason: "key-lost".to_owned(),
            suspect_since: Some(world.now() - 86_400),
            date_confirmed: false,
        };
        let reading = Reading::open(&home, &Mode::Browse).expect("the tour's record book opens");
        let prepared =
            people::revoke(&world, &reading, &keyring, &wanted).expect("it can be revoked");
        drop(reading);
        let passphrase = Zeroizing::new(PASSPHRASE.to_owned());
        let key = keyring.unlock(HEAD, &passphrase).expect("the tour says its passphrase");
        record::sign(&world, &home, &prepared, &key).expect("the head signs");
    }
}

/// What one verifier says, with the words that the other one uses too.
fn facts(verdict: &Json, status: Option<i32>) -> BTreeMap<&'static str, Json> {
    let mut facts = BTreeMap::new();
    facts.insert("status", json!(status));
    facts.insert("verdict", verdict["verdict"].clone());
    facts.insert("code", verdict["fault"]["code"].clone());
    facts.insert("entry", verdict["fault"]["entry"].clone());
    facts
}

fn numbers(list: &Json, member: &str) -> Json {
    list.as_array().into_iter().flatten().map(|item| item[member].clone()).collect()
}

/// What both report of evidence from outside, in the same words.
const OUTSIDE: [&str; 4] = ["outside", "witnessed", "existed_by", "not_before"];

fn erased(verdict: &Json) -> Json {
    let all = verdict["erased"].as_array().into_iter().flatten();
    all.map(|of| json!([of["entry"], of["fields"], of["by"], of["ground"]])).collect()
}

/// Our verdict on a bundle, and all that both verifiers report of one that is intact.
fn ours(bundle: &Path, more: &[&str]) -> BTreeMap<&'static str, Json> {
    let mut command = probity();
    command.arg("verify").arg(bundle).arg("--json").args(more);
    let output = run(command);
    let verdict: Json = match serde_json::from_slice(&output.stdout) {
        Ok(verdict) => verdict,
        // Not a bundle at all, which is said on the other stream.
        Err(_) if output.status.code() == Some(2) => json!({ "verdict": "cannot-check" }),
        Err(error) => panic!("{error}: {}", said(&output)),
    };
    let mut facts = facts(&verdict, output.status.code());
    if verdict["verdict"] == "intact" {
        for name in ["size", "root", "origin", "entries"].into_iter().chain(OUTSIDE) {
            facts.insert(name, verdict[name].clone());
        }
        facts.insert("erased", erased(&verdict));
        facts.insert("fingerprint", verdict["fingerprint"]["hash"].clone());
        facts.insert("doubtful", numbers(&verdict["doubtful"], "entry"));
        facts.insert("clock", numbers(&verdict["clock"], "entry"));
        facts.insert("absent", numbers(&verdict["absent_documents"], "sha256"));
        let list = |name: &str| verdict[name].as_array().cloned().unwrap_or_default();
        let whole = |case: &Json| if case["whole"] == true { "whole" } else { "selection" };
        let cases =
            list("cases").into_iter().map(|case| (words(&case["case"]), json!(whole(&case))));
        facts.insert("cases", cases.collect());
        let withheld =
            list("withheld").into_iter().map(|of| (of["entry"].to_string(), of["fields"].clone()));
        facts.insert("withheld", withheld.collect());
        let keys = list("keys").into_iter().map(|key| {
            (words(&key["kid"]), json!([key["person"], key["accepted"], key["revoked_by"]]))
        });
        facts.insert("keys", keys.collect());
    }
    facts
}

fn words(json: &Json) -> String {
    json.as_str().unwrap_or_default().to_owned()
}

/// The same from the second verifier.
fn theirs(bundle: &Path, more: &[&str]) -> BTreeMap<&'static str, Json> {
    let mut command = python();
    command.args(["-m", "probity_verifier"]).args(more).arg(bundle);
    let output = run(command);
    let report: Json = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("the second verifier: {error}: {}", said(&output)));
    let mut facts = facts(&report, output.status.code());
    if report["verdict"] == "intact" {
        for name in [
            "size",
            "root",
            "origin",
            "entries",
            "fingerprint",
            "doubtful",
            "clock",
            "cases",
            "withheld",
        ]
        .into_iter()
        .chain(OUTSIDE)
        {
            facts.insert(name, report[name].clone());
        }
        facts.insert("erased", erased(&report));
        facts.insert("absent", numbers(&report["absent_documents"], "sha256"));
        let keys = report["keys"].as_object().into_iter().flatten().map(|(kid, key)| {
            (kid.clone(), json!([key["person"], key["accepted"], key["revoked"]]))
        });
        facts.insert("keys", keys.collect());
    }
    facts
}

/// Requires that both say the same; returns it.
fn agree(name: &str, bundle: &Path, more: &[&str]) -> Result<BTreeMap<&'static str, Json>, String> {
    let (ours, theirs) = (ours(bundle, more), theirs(bundle, more));
    if ours == theirs {
        Ok(ours)
    } else {
        Err(format!("{name}: ours {ours:?}\n  theirs {theirs:?}"))
    }
}

/// Runs a script of `tests/judges`.
fn judge(script: &str, arguments: &[&Path]) {
    let mut command = python();
    command.arg(root().join("tests/judges").join(script)).args(arguments);
    let output = run(command);
    assert!(output.status.success(), "{script}: {}", said(&output));
}

#[test]
fn the_second_verifier_agrees_on_good_bundles() {
    let tour = tour();
    for bundle in &tour.bundles {
        let name = bundle.display().to_string();
        let said = agree(&name, bundle, &[]).unwrap_or_else(|wrong| panic!("{wrong}"));
        assert_eq!(said["verdict"], "intact", "{name}: {said:?}");
        let doubts = said["doubtful"].as_array().map_or(0, Vec::len);
        assert_eq!(doubts > 0, name.contains("doubtful"), "{name}: {said:?}");
        let fingerprint = words(&said["fingerprint"]);
        let compared = agree(&name, bundle, &["--fingerprint", &fingerprint]);
        assert_eq!(compared.expect("both compare it")["verdict"], "intact");
        let unpacked = tempfile::tempdir().expect("there is a temporary folder");
        bundle::lay_out(&bundle::unpack(bundle), unpacked.path());
        assert_eq!(agree(&name, unpacked.path(), &[]), Ok(said), "{name}, unpacked");
    }
    let selection = agree("entry", &tour.bundles[3], &[]).expect("both read it");
    assert!(selection["withheld"].as_object().is_some_and(|withheld| !withheld.is_empty()));
}

#[test]
fn the_second_verifier_agrees_on_older_heads() {
    let tour = tour();
    let [whole, later] = [&tour.bundles[0], &tour.bundles[5]];
    let shown = |path: &Path| path.display().to_string();
    let kept = tour.folder.path().join("kept-checkpoint");
    std::fs::write(&kept, &bundle::unpack(whole)["data/checkpoint"]).expect("it can be written");
    for (name, bundle, older) in [
        ("a newer bundle of everything", later, shown(whole)),
        ("a newer bundle of everything, and a checkpoint", later, shown(&kept)),
        ("the same", whole, shown(whole)),
        ("an older bundle", whole, shown(later)),
        ("a selection", &tour.bundles[6], shown(&kept)),
    ] {
        let said =
            agree(name, bundle, &["--since", &older]).unwrap_or_else(|wrong| panic!("{wrong}"));
        assert_eq!(said["verdict"], "intact", "{name}");
    }
    let elsewhere = tempfile::tempdir().expect("there is a temporary folder");
    let other = School::small(elsewhere.path()).expect("the school can be made");
    let foreign = shown(&other.home.ledger().join("checkpoint"));
    let said = agree("another school", later, &["--since", &foreign])
        .unwrap_or_else(|wrong| panic!("{wrong}"));
    assert_eq!(said["code"], "does-not-continue");
}

#[test]
fn bagit_takes_every_bundle() {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let mut bags = Vec::new();
    for (index, bundle) in tour().bundles.iter().enumerate() {
        let bag = folder.path().join(index.to_string());
        bundle::lay_out(&bundle::unpack(bundle), &bag);
        bags.push(bag);
    }
    let bags: Vec<&Path> = bags.iter().map(PathBuf::as_path).collect();
    judge("bags.py", &bags);
}

#[test]
fn cbor2_and_cryptography_read_entries_and_bodies() {
    let tour = tour();
    let bundles: Vec<&Path> = tour.bundles.iter().map(PathBuf::as_path).collect();
    judge("entries.py", &bundles);
}

#[test]
fn scitt_cose_takes_every_entry_with_its_receipt() {
    let bundles: Vec<&Path> = tour().bundles.iter().map(PathBuf::as_path).collect();
    judge("receipts.py", &bundles);
}

#[test]
fn a_verifier_from_the_c2sp_text_takes_every_proof() {
    let bundles: Vec<&Path> = tour().bundles.iter().map(PathBuf::as_path).collect();
    judge("tlog_proof.py", &bundles);
}

#[test]
fn openssl_reads_the_keys() {
    let keys = tour().home().keys();
    let mut read = 0;
    for file in std::fs::read_dir(&keys).expect("the tour has keys") {
        let path = file.expect("the folder can be read").path();
        // What a key remembers is no key, nor is what keeps two programs apart.
        if path.extension().is_none_or(|extension| extension == "seen") {
            continue;
        }
        let mut command = Command::new("openssl");
        command.arg("pkey").arg("-in").arg(&path).args(["-noout", "-text"]);
        let name =
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let private = path.extension().is_some_and(|extension| extension == "pem");
        if private && name != "log.pem" {
            command.arg("-passin").arg(format!("pass:{PASSPHRASE}"));
        } else if !private {
            command.arg("-pubin");
        }
        let output = run(command);
        let words = said(&output);
        assert!(output.status.success() && words.contains("ED25519"), "{name}: {words}");
        // The public half that it derives is the one in the file beside.
        if private && name != "log.pem" {
            let mut derive = Command::new("openssl");
            derive.arg("pkey").arg("-in").arg(&path).arg("-pubout");
            derive.arg("-passin").arg(format!("pass:{PASSPHRASE}"));
            let derived = run(derive);
            let beside =
                std::fs::read(path.with_extension("pub")).expect("each key has a public half");
            assert_eq!(derived.stdout, beside, "{name}");
            let mut wrong = Command::new("openssl");
            wrong.arg("pkey").arg("-in").arg(&path).args(["-noout", "-passin", "pass:another one"]);
            assert!(!run(wrong).status.success(), "{name} opens with a wrong passphrase");
        }
        read += 1;
    }
    assert_eq!(read, 13, "six people's keys in two files each, and the log's");
}

/// Writes parts as a zip of stored members, in one top folder.
fn zipped(parts: &Parts) -> Vec<u8> {
    let members: Vec<(String, Vec<u8>, u32)> = parts
        .iter()
        .map(|(path, bytes)| (format!("evidence/{path}"), bytes.clone(), 0o100_644))
        .collect();
    bundle::plain_zip(&members)
}
