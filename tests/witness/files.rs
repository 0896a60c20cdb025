//! By stick and by e-mail: two folders that share nothing but files.

use std::path::Path;

use probity_ledger::format::cosignature::WitnessKey;
use probity_ledger::format::note::Checkpoint;

use super::council::{Council, NAME};
use crate::common::{HEAD, School, Snapshot};

fn note(school: &School, text: &str) {
    school.record("note", HEAD, &["--text", text]);
}

/// A request, the council's answer, and the school's taking of it.
fn round(school: &School, council: &Council, name: &str) -> serde_json::Value {
    let (request, answer) = (school.path(name), council.path(name));
    let request = request.display().to_string();
    school.ok(["checkpoint", "--request", &request]);
    let answer = answer.display().to_string();
    council.ok(["witness", "sign", &request, "-o", &answer]);
    school.json(["checkpoint", "--attach", &answer])
}

fn kept_checkpoint(school: &School) -> Checkpoint {
    let note = std::fs::read(school.home().join("ledger/checkpoint")).expect("a checkpoint");
    Checkpoint::parse(&note).expect("a checkpoint")
}

fn key(council: &Council) -> WitnessKey {
    let vkey = council.line.split(' ').nth(2).expect("a vkey");
    WitnessKey::parse(vkey).expect("a witness's key")
}

#[test]
fn a_witness_does_not_begin_in_a_synced_folder() {
    let school = School::begun();
    let cloud = school.path("OneDrive - Borough/witness").display().to_string();
    let new = ["witness", "new", "borough.example/data-team", "--unattended", "--dir", &cloud];
    school.refused(new).says("OneDrive keeps in step", "--allow-synced-folder");
    assert!(!Path::new(&cloud).exists(), "nothing was made");
    school.ok([&new[..], &["--allow-synced-folder"]].concat());
    let request = school.path("head.request").display().to_string();
    school.ok(["checkpoint", "--request", &request]);
    let sign = ["witness", "sign", &request, "--dir", &cloud];
    school.refused(sign).says("OneDrive keeps in step", "--allow-synced-folder");
}

/// How many witnesses are enough is said by a command, and follows who is used.
#[test]
fn a_quorum_is_said_and_follows_the_witnesses() {
    let (school, council) = (School::begun(), Council::new(&[]));
    let policy = || std::fs::read_to_string(school.home().join("policy.txt")).unwrap_or_default();
    let anchor = || school.ok(["due"]).out.contains("Anchor due");
    assert!(!anchor());
    school.refused(["witness", "quorum", "all"]).says("0 witnesses are in use", "witness use");
    let other = council.path("other").display().to_string();
    let line = council.ok(["witness", "new", "other.example/w", "--unattended", "--dir", &other]);
    let first: Vec<&str> = council.line.split_whitespace().collect();
    school.ok([&["witness", "use"], &first[..], &["--name", "one"]].concat());
    assert!(anchor(), "a witness is named, so evidence of theirs falls due");
    school.refused(["witness", "quorum", "2"]).says("1 witnesses are in use", "smaller number");
    school.ok(["witness", "quorum", "all"]);
    assert!(policy().contains("group enough all one\nquorum enough\n"), "{}", policy());
    let second: Vec<&str> = line.out.split_whitespace().collect();
    school.ok([&["witness", "use"], &second[..], &["--name", "two"]].concat());
    assert!(policy().contains("group enough all one two\nquorum enough\n"), "{}", policy());
    school.ok(["witness", "quorum", "2"]);
    assert!(policy().ends_with("group enough 2 one two\nquorum enough\n"), "{}", policy());
    school.refused(["witness", "drop", "one"]).says("1 witnesses are in use", "smaller number");
    school.ok(["witness", "quorum", "any"]);
    school.ok(["witness", "drop", "one"]);
    assert!(policy().ends_with("quorum none\n") && !policy().contains("group"), "{}", policy());
    school.refused(["witness", "quorum", "0"]);
    let by_hand = policy().replace("\nquorum none\n", "\ngroup both all two\nquorum both\n");
    std::fs::write(school.home().join("policy.txt"), &by_hand).expect("written");
    school.refused(["witness", "quorum", "any"]).says("written by hand", "by hand, too");
    assert_eq!(policy(), by_hand);
}

#[test]
fn a_head_goes_out_on_a_stick_and_comes_back_cosigned() {
    let (school, council) = (School::begun(), Council::new(&[]));
    council.meet(&school);
    school.ok(["checkpoint"]);
    let before = kept_checkpoint(&school);
    let attached = round(&school, &council, "first");
    assert_eq!((&attached["size"], &attached["kept"]), (&13.into(), &"13.1.note".into()));
    assert_eq!(attached["by"][0]["witness"], "data-team");
    assert_eq!((&attached["newest"], &attached["quorum"]), (&true.into(), &true.into()));
    let after = kept_checkpoint(&school);
    assert!(after.bytes().starts_with(before.bytes()), "what the log signed is as it was");
    assert_eq!(key(&council).valid(&after).len(), 1);
    let shown = school.ok(["checkpoint"]).out;
    assert!(shown.contains(NAME), "{shown}");
    // The next request proves from what the witness saw.
    note(&school, "The second copy of the key was put into the safe.");
    let attached = round(&school, &council, "second");
    assert_eq!((&attached["size"], &attached["kept"]), (&14.into(), &"14.1.note".into()));
    assert_eq!(council.seen(), Some(14));
    // What lies in the home is intact, and a bundle says which witnesses the school uses.
    assert_eq!(school.verify([""; 0]).0, 0);
    let bundle = school.path("bundle.zip").display().to_string();
    school.ok(["export", "--all", "-o", &bundle]);
    let shown = school.ok(["verify", &bundle]);
    assert_eq!(shown.status, 0);
}

/// A mail program's line ends change nothing that is signed.
#[test]
fn a_request_and_an_answer_are_taken_as_mail_programs_save_them() {
    let (school, council) = (School::begun(), Council::new(&[]));
    council.meet(&school);
    let (request, answer) = (school.path("request"), council.path("answer"));
    let saved = |path: &Path| {
        let sent = std::fs::read_to_string(path).expect("text");
        let sent = format!("\u{feff}{}", sent.trim_end().replace('\n', "\r\n"));
        std::fs::write(path, sent).expect("written");
        path.display().to_string()
    };
    school.ok(["checkpoint", "--request", &request.display().to_string()]);
    council.ok(["witness", "sign", &saved(&request), "-o", &answer.display().to_string()]);
    let attached = school.json(["checkpoint", "--attach", &saved(&answer)]);
    assert_eq!(attached["by"][0]["witness"], "data-team", "{attached:#}");
    assert_eq!(school.verify([""; 0]).0, 0);
}

#[test]
fn an_answer_over_an_older_head_is_kept_and_one_that_was_lost_can_be_asked_for_again() {
    let (school, council) = (School::begun(), Council::new(&[]));
    council.meet(&school);
    let request = school.path("request").display().to_string();
    school.ok(["checkpoint", "--request", &request]);
    council.ok(["witness", "sign", &request]);
    note(&school, "Written while the council was at it.");
    school.ok(["checkpoint"]);
    let attached = school.json(["checkpoint", "--attach", &format!("{request}.cosigned")]);
    assert_eq!((&attached["size"], &attached["newest"]), (&13.into(), &false.into()));
    assert!(school.home().join("ledger/times/13.1.note").exists());
    // The same file again: cosigned again, as seen before.
    let again = council.path("again").display().to_string();
    council.ok(["witness", "sign", &request, "-o", &again]);
    // The council saw 14, and the school doesn't know.
    let second = school.path("second").display().to_string();
    school.ok(["checkpoint", "--request", &second]);
    council.ok(["witness", "sign", &second]);
    note(&school, "The answer was lost on the way.");
    let third = school.path("third").display().to_string();
    let made = school.json(["checkpoint", "--request", &third]);
    assert_eq!(made["from"], 13);
    let refused = council.run(["witness", "sign", &third]);
    assert_eq!(refused.status, 2);
    assert!(refused.err.contains("--from 14"), "{refused:#?}");
    let fourth = school.path("fourth").display().to_string();
    school.ok(["checkpoint", "--request", &fourth, "--from", "14"]);
    council.ok(["witness", "sign", &fourth]);
    assert_eq!((council.seen(), council.proofs()), (Some(15), 0));
}

/// The whole of it: copied, and continued differently with the school's real keys.
#[test]
fn a_history_that_was_rewritten_with_the_real_keys_is_refused_and_the_proof_kept() {
    let (school, council) = (School::begun(), Council::new(&[]));
    council.meet(&school);
    round(&school, &council, "common");
    let other = School::nothing();
    Snapshot::of(&school.home()).restore(&other.home());
    note(&school, "The camera at the gate was switched off on Monday.");
    round(&school, &council, "honest");
    note(&other, "The camera at the gate was switched off on Friday.");
    let request = other.path("rewritten").display().to_string();
    other.ok(["checkpoint", "--request", &request]);
    let refused = council.run(["witness", "sign", &request]);
    assert_eq!(refused.status, 1, "{refused:#?}");
    assert!(refused.err.contains("history was rewritten"), "{refused:#?}");
    assert!(!Path::new(&format!("{request}.cosigned")).exists());
    assert_eq!(council.proofs(), 1);
    // Further on, with a proof from the size that the council saw.
    note(&other, "Another note.");
    let request = other.path("further").display().to_string();
    other.ok(["checkpoint", "--request", &request, "--from", "14"]);
    let refused = council.run(["witness", "sign", &request]);
    assert_eq!((refused.status, council.proofs()), (1, 2), "{refused:#?}");
    let unproven = council.run(["witness", "sign", &request, "--json"]);
    assert!(unproven.out.contains(r#""refused":"unproven""#), "{unproven:#?}");
    assert!(unproven.err.contains("What was sent is kept: "), "{unproven:#?}");
    // The proof stands without the council: two heads of one size, both by the log's key.
    let kept = std::fs::read_dir(council.dir().join("proofs")).expect("a folder");
    assert_eq!(kept.count(), 4);
    // Once it is settled that the honest one counts, it goes on; an older head of it is no proof of
    // anything.
    note(&school, "The camera is on again.");
    let on = school.path("unsettled").display().to_string();
    school.ok(["checkpoint", "--request", &on]);
    let refused = council.run(["witness", "sign", &on]);
    assert!(refused.status == 2 && refused.err.contains("keeps the proof"), "{refused:#?}");
    council.move_proofs_away();
    round(&school, &council, "on");
    let older = School::nothing();
    Snapshot::of(&other.home()).restore(&older.home());
    let refused = council.run(["witness", "sign", &school.path("common").display().to_string()]);
    assert_eq!((refused.status, council.proofs()), (2, 1), "{refused:#?}");
    assert!(refused.err.contains("older than what you saw"), "{refused:#?}");
}

#[test]
fn a_cosignature_moved_to_another_checkpoint_or_by_somebody_else_is_not_attached() {
    let (school, council) = (School::begun(), Council::new(&[]));
    council.meet(&school);
    round(&school, &council, "first");
    let cosigned = kept_checkpoint(&school);
    let line = cosigned.lines().last().expect("a line").to_string();
    note(&school, "Something new.");
    school.ok(["checkpoint"]);
    let own = String::from_utf8(kept_checkpoint(&school).bytes().to_vec()).expect("text");
    let moved = school.file("moved", format!("{own}{line}\n"));
    school
        .refused(["checkpoint", "--attach", &moved])
        .says("no witness of policy.txt", "witness use");
    let bare = school.file("bare", format!("{line}\n"));
    school
        .refused(["checkpoint", "--attach", &bare])
        .says("no witness of policy.txt", "witness use");
    let stranger = Council::new(&[]);
    let request = school.path("request").display().to_string();
    school.ok(["checkpoint", "--request", &request]);
    let log = school.ok(["checkpoint", "--log-key"]).out;
    stranger.ok(["witness", "add", log.trim()]);
    // It never saw the head from which the request proves.
    let refused = stranger.run(["witness", "sign", &request]);
    assert!(refused.status == 2 && refused.err.contains("--from 0"), "{refused:#?}");
    school.ok(["checkpoint", "-o", &school.path("head").display().to_string()]);
    let head = school.path("head").display().to_string();
    stranger.ok(["witness", "sign", &head]);
    school
        .refused(["checkpoint", "--attach", &format!("{head}.cosigned")])
        .says("no witness of policy.txt", "witness use");
    for (name, content) in [("empty", ""), ("words", "Dear school,\nwe cosigned it.\n")] {
        let file = school.file(name, content);
        school
            .refused(["checkpoint", "--attach", &file])
            .says("no answer of a witness", "sent back");
    }
    // Another school's head.
    let (other, its_council) = (School::begin(), Council::new(&[]));
    its_council.meet(&other);
    round(&other, &its_council, "other");
    let answer = its_council.path("other").display().to_string();
    school.refused(["checkpoint", "--attach", &answer]).says("no head of this record book", "");
}

#[test]
fn who_can_t_be_a_witness_is_refused() {
    let (school, council) = (School::begun(), Council::new(&["--unattended"]));
    let log = school.ok(["checkpoint", "--log-key"]).out;
    let log = log.trim().strip_prefix("log ").expect("a line");
    let key = probity_ledger::format::note::VerifierKey::parse(log).expect("a log's key");
    school.refused(["witness", "use", log]).says("type 4", "witness new");
    // The log's own key, and a person's, as a witness.
    let as_witness =
        |public| WitnessKey::new("outside.example", public).expect("a name").to_string();
    let own = as_witness(*key.key());
    school.refused(["witness", "use", &own]).says("the record book's own", "somebody outside");
    let pem = std::fs::read_to_string(school.home().join("keys/hannah-price.pub")).expect("a key");
    let person = as_witness(probity_keys::public_from_pem(&pem).expect("a key"));
    school.refused(["witness", "use", &person]).says("is a person's", "somebody outside");
    let line = council.line.as_str();
    school.ok(["witness", "use", line, "--url", "https://witness.example/hill"]);
    school.refused(["witness", "use", line]).says("the name `data-team` is taken", "--name");
    let twice = ["witness", "use", line, "--name", "second"];
    school.refused(twice).says("stands there twice", "--name");
    school.refused(["witness", "use", line, "--name", "two words"]).says("two words", "one word");
    school
        .refused(["witness", "use", line, "--url", "borough.example"])
        .says("no address", "https");
    school.refused(["witness", "use", "hello"]).says("type 4", "witness new");
    let used = school.json(["witness", "use"]);
    assert_eq!(
        (&used["name"], &used["url"]),
        (&"data-team".into(), &"https://witness.example/hill".into())
    );
    school
        .refused(["witness", "drop", "nobody"])
        .says("no witness of the name `nobody`", "witness use");
    school.ok(["witness", "drop", "data-team"]);
    assert!(school.lines(["witness", "use"]).is_empty());
    // Who is used no more is not attached, and a policy by hand is respected.
    let text = format!("{line}\ngroup both all data-team\nquorum both\n");
    std::fs::write(school.home().join("policy.txt"), text).expect("written");
    school
        .refused(["witness", "drop", "data-team"])
        .says("`data-team` is not defined", "policy.txt");
    std::fs::write(school.home().join("policy.txt"), "nonsense\n").expect("written");
    school.refused(["witness", "use"]).says("line 1 of the policy", "mend");
}

/// A key that somebody else may have is trusted until it is taken back; the only one can't be.
#[test]
fn a_renewed_log_key_takes_the_old_ones_place() {
    let (school, council) = (School::begun(), Council::new(&["--unattended"]));
    council.meet(&school);
    let log_keys = || council.json(["witness", "list"])["log_keys"].clone();
    let old = log_keys()[0].as_str().expect("a key").to_owned();
    let remove = |named: &str| council.run(["witness", "remove", named]);
    let only = remove(&old[..8]);
    assert!(only.status == 2 && only.err.contains("the only log key"), "{only:#?}");
    let head = school.path("head.txt").display().to_string();
    school.ok(["checkpoint", "--request", &head]);
    let log_key = ["record", "log-key", "--by", HEAD, "--as", "headteacher", "--reason", "routine"];
    school.ok(log_key);
    let line = school.ok(["checkpoint", "--log-key"]).out;
    council.ok(["witness", "add", line.trim()]);
    assert_eq!(log_keys().as_array().map(Vec::len), Some(2));
    for (named, why) in [
        (&old[..7], "no record book is looked after with a log key"),
        ("00000000", "no record book is looked after with a log key"),
        ("", "no record book is looked after with a log key"),
    ] {
        let ran = remove(named);
        assert!(ran.status == 2 && ran.err.contains(why), "{named}: {ran:#?}");
    }
    assert_eq!(council.json(["witness", "remove", &old[..8]])["log_key"], old.as_str());
    assert_eq!(log_keys().as_array().map(Vec::len), Some(1));
    let ran = council.run(["witness", "sign", &head]);
    assert!(ran.status == 2 && ran.err.contains("not signed by a key that"), "{ran:#?}");
    let next = school.path("next.txt").display().to_string();
    school.ok(["checkpoint", "--request", &next]);
    council.ok(["witness", "sign", &next]);
    // By its whole line, too.
    assert!(remove(line.trim()).err.contains("the only log key"));
}

#[test]
fn a_witness_says_what_it_is_and_is_made_once() {
    let council = Council::new(&["--unattended"]);
    let again = council.run(["witness", "new", "another.example", "--unattended"]);
    assert!(again.status == 2 && again.err.contains("holds a witness already"), "{again:#?}");
    for name in ["two words", "a+b", ""] {
        let place = council.path("elsewhere").display().to_string();
        let refused = council.run(["witness", "new", name, "--unattended", "--dir", &place]);
        assert!(
            refused.status == 2 && refused.err.contains("can't name a witness"),
            "{refused:#?}"
        );
    }
    #[cfg(unix)]
    assert_eq!(crate::common::mode(&council.dir().join("key.pem")), 0o600);
    for other in ["hello", "log x", &council.line] {
        let refused = council.run(["witness", "add", other]);
        assert!(refused.status == 2 && refused.err.contains("--log-key"), "{refused:#?}");
    }
    // With a passphrase, nobody signs without it.
    let locked = Council::new(&[]);
    let school = School::begun();
    locked.meet(&school);
    let head = school.path("head").display().to_string();
    school.ok(["checkpoint", "-o", &head]);
    let wrong = locked.command(["witness", "sign", &head]).env("PROBITY_PASSPHRASE", "x").output();
    let wrong = wrong.expect("the program runs");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("wrong passphrase"));
    assert_eq!(locked.seen(), None);
    let none = School::nothing();
    let dir = none.path("nowhere").display().to_string();
    none.refused(["witness", "list", "--dir", &dir]).says("there is no witness in", "witness new");
}
