//! One data protection officer serves two schools with one key, made on her own laptop. When the
//! laptop is stolen, each school puts her notice on record, ends the key, and knows which of her
//! signatures are in doubt; each is given again with her new key.

use std::fs;

use serde_json::{Value as Json, json};

use super::{entries, intact, says};
use crate::common::{CHAIR, DPO, HEAD, OFFICE, School, day, findings, index, since, text, year};

/// A school that has a head, a chair and an office, and buys its officer from outside.
fn school(name: &str, officer: &School) -> School {
    let mut school = School::nothing();
    let begun = school.json([
        "init",
        "--school",
        name,
        "--controller",
        "Its Governing Body",
        "--name",
        HEAD,
        "--as",
        "headteacher",
        "--second",
        CHAIR,
        "--second-role",
        "chair-of-governors",
    ]);
    school.fingerprint = text(&begun["fingerprint"]);
    super::appoint(&school, OFFICE, "administrator", HEAD);
    assert_eq!(appoint(&school, officer, DPO, &[]), 5);
    school
}

/// The school appoints a key that it has the public half of; the officer brings the private half
/// on a stick, and signs.
fn appoint(school: &School, officer: &School, key: &str, more: &[&str]) -> u64 {
    let file = probity::work::keyring::file_name(key);
    let public = officer.home().join(format!("keys/{file}.pub")).display().to_string();
    let line = ["appoint", key, "--role", "dpo", "--by", HEAD, "--pub", &public];
    let made = ["--key-made", "by-holder-own-device"];
    let entry = index(&school.json(line.iter().chain(&made).chain(more))["entry"]);
    school.refused(["accept", "--by", key]).says("is not on this machine", "sign where it lies");
    let private = format!("keys/{file}.pem");
    fs::copy(officer.home().join(&private), school.home().join(&private)).expect("a stick");
    school.ok(["accept", "--by", key]);
    entry
}

/// A plan of the office, entry 7, and the officer's advice on it, entry 8.
fn advised(school: &School) -> Json {
    let plan = ["--text", "A library system", "--case", "dpia-new"];
    assert_eq!(school.record("note", OFFICE, &plan)["entry"], 7);
    advise(school, DPO)
}

fn advise(school: &School, by: &str) -> Json {
    let case = format!("dpia-{}-001", year());
    let line = ["--case", &case, "--link", "advises=7", "--recommendation", "proceed"];
    school.record("dpo-advice", by, &[&line[..], &["--advice", "No photos"]].concat())
}

#[test]
fn one_key_serves_two_schools_until_it_is_stolen() {
    let officer = School::nothing();
    officer.ok(["key", "new", DPO]);
    let schools = ["Hillside", "Lakeside"].map(|name| school(name, &officer));
    let kids = schools.each_ref().map(|school| text(&school.show(6)["key"]));
    assert_eq!(kids[0], kids[1], "one key");
    // Two books know her by two identifiers, so that nobody can join them by it.
    assert_ne!(schools[0].show(6)["person"], schools[1].show(6)["person"]);
    for school in &schools {
        assert_eq!(advised(school)["entry"], 8);
        intact(school, &[]);
    }

    officer.ok(["key", "new", "Sunita Rao 2"]);
    let stolen = format!("{} 00:00", day(-1));
    for school in &schools {
        // She says so once, in writing; each office puts it on record. That ends nothing yet.
        let notice = ["--what", "suspect", "--kid", &kids[0], "--suspect-since", &stolen];
        let reason = ["--reason", "the laptop was stolen on a train"];
        let notice = school.record("key-notice", OFFICE, &[&notice[..], &reason].concat());
        assert_eq!((&notice["entry"], findings(&notice)), (&json!(9), Vec::new()));
        assert_eq!(intact(school, &[])["doubtful"], json!([]));
        let reason = ["--reason", "key-suspect", "--suspect-since", &stolen];
        school.ok(["revoke", DPO, "--by", HEAD].iter().chain(&reason));
        // Her acceptance and her advice are in doubt; the book is as intact as before.
        assert_eq!(entries(&intact(school, &[])["doubtful"]), [6, 8]);
        assert_eq!(school.verify(["--fail-on", "suspect"]).0, 1);
        says(&school.ok(["log", "--kind", "dpo-advice"]).out, &["doubtful"]);

        // The same person with a new key gives her advice again.
        appoint(school, &officer, "Sunita Rao 2", &["--same-person-as", DPO]);
        let again = advise(school, "Sunita Rao 2");
        let (old, new) = (school.show(8), school.show(&again["entry"]));
        assert_eq!((&old["person"], &new["marks"]), (&new["person"], &json!([])));
        says(&since(&old), &["doubtful: the signature is valid", "revoked by entry 10"]);
        assert_eq!(school.log(&["--by", DPO]), [6, 8, 12, 13]);
        intact(school, &[]);
    }
}
