//! Many records at once, and trying out.

use std::fmt::Write as _;

use probity::store::Mode;
use probity::work::keyring::Keyring;
use probity::work::reading::Reading;
use probity::work::record::CaseChoice;
use probity::work::{World, batch};
use serde_json::json;

use crate::common::inside::note;
use crate::common::{BEGUN, HEAD, OFFICE, School, day, index, text, year};

fn consents(faulty: Option<usize>) -> String {
    let mut lines = String::new();
    for number in 1..=50 {
        let subject =
            if faulty == Some(number) { "Jane Doe".to_owned() } else { format!("p-{number:04}") };
        let line = json!({
            "subject": subject, "capacity": "parent", "parental-responsibility-checked": true,
            "purposes": [{ "purpose": "website", "decision": "given" }],
            "wording-version": "2026", "method": "paper form", "until": day(200), "case": "new",
        });
        let _ = writeln!(lines, "{line}");
    }
    lines
}

#[test]
fn fifty_consents_are_written_under_one_unlocking_or_not_at_all() {
    let school = School::begun();
    let faulty = school.file("faulty.jsonl", consents(Some(17)));
    let line = ["record", "consent", "--by", OFFICE, "--as", "administrator", "--from-jsonl"];
    let before = school.journal();
    let refusal = school.refused(line.into_iter().chain([faulty.as_str()]));
    refusal
        .says("1 of 50 lines can't be recorded, so nothing was written", "probity kinds consent");
    let ran = school.run(line.into_iter().chain([faulty.as_str()]));
    assert!(ran.err.contains("error: line 17: subject: "), "{ran:#?}");
    assert!(school.journal() == before);

    let good = school.file("good.jsonl", consents(None));
    let reports = school.lines(line.into_iter().chain([good.as_str()]));
    assert_eq!(reports.len(), 50);
    for (report, number) in reports.iter().zip(1..) {
        assert_eq!(index(&report["entry"]), BEGUN + number - 1);
        assert_eq!(text(&report["case"]), format!("consent-{}-{number:03}", year()));
        assert_eq!(report["findings"], json!([]));
    }
    assert_eq!(school.log(&["--kind", "consent"]).len(), 50);
    assert_eq!(school.log(&["--text", "p-0017"]), [BEGUN + 16]);
    assert_eq!(school.verify([""; 0]).0, 0);
    // The numbers go on where the batch ended.
    let line =
        ["--case", "new", "--subject", "p-0051", "--purposes", "purpose=press; decision=refused"];
    assert_eq!(
        text(&school.record("consent", OFFICE, &line)["case"]),
        format!("consent-{}-051", year())
    );
}

#[test]
fn a_batch_reads_the_key_of_its_author_once() {
    let school = School::begun();
    let home = school.inside();
    let reading = Reading::open(&home, &Mode::Browse).expect("the book opens");
    let keyring = Keyring::of(&home);
    let wanted = (0..3).map(|number| {
        note(OFFICE, &format!("note {number}"), CaseChoice::New(Some("other".to_owned())))
    });
    let mut prepared = batch::prepare_all(&World::real(), &reading, &keyring, wanted);
    let first = prepared.next().expect("three were wanted").expect("the key is there");
    std::fs::remove_dir_all(home.keys()).expect("the keys can be removed");
    let mut all = vec![first];
    all.extend(prepared.map(|one| one.expect("its key was read already")));
    for (one, number) in all.iter().zip(1..) {
        assert_eq!(one.record().subject.as_str(), format!("other-{}-{number:03}", year()));
        assert_eq!((&one.name, one.kid()), (&all[0].name, all[0].kid()));
    }
    assert_eq!(all.len(), 3);
    // Another batch asks anew.
    let wanted = [note(OFFICE, "note 4", CaseChoice::Unsaid)];
    let mut later = batch::prepare_all(&World::real(), &reading, &keyring, wanted);
    assert!(later.next().is_some_and(|one| one.is_err()));
}

#[test]
fn a_dry_run_shows_what_would_be_signed_and_writes_nothing() {
    let school = School::begun();
    let before = school.journal();
    let line = ["record", "note", "--by", HEAD, "--text", "to be or not", "--case", "other-new"];
    let dry = school.json(line.into_iter().chain(["--dry-run"]));
    let said = school.ok(line.into_iter().chain(["--dry-run"]));
    assert!(
        said.out.contains("You sign as Headteacher: Note") && said.out.contains("to be or not"),
        "{said:#?}"
    );
    assert!(said.err.contains("nothing was signed"), "{said:#?}");
    for other in [
        vec!["appoint", OFFICE, "--role", "staff", "--by", HEAD],
        vec!["revoke", OFFICE, "--by", HEAD, "--reason", "paused"],
        vec!["record", "log-key", "--by", HEAD],
    ] {
        // No key is opened for it, so no passphrase is needed.
        let mut command = school.command(other.iter().chain(&["--dry-run", "--json"]));
        let output = command.env_remove("PROBITY_PASSPHRASE").output().expect("the program runs");
        assert!(output.status.success(), "{output:?}");
    }
    assert!(school.journal() == before);
    assert!(!school.home().join("keys/log-next.pem").exists(), "a dry run makes no key");

    let written = school.json(line);
    let view = school.show(&written["entry"]);
    for name in ["kind", "version", "role", "signer"] {
        assert_eq!(dry[name], view[name], "{name}");
    }
    assert_eq!(dry["subject"], view["case"]);
    assert_eq!(dry["answers"]["text"], "to be or not");
    assert_eq!(
        dry["answers"].as_object().expect("answers").len(),
        4,
        "unanswered fields are committed to, too"
    );
}
