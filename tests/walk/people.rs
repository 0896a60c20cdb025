//! Keys, appointments and acceptances.

use std::process::Command;

use crate::common::{
    BEGUN, CHAIR, DPO, HEAD, OFFICE, PASSPHRASE, PEOPLE, SCHOOL, School, answer, index, mode,
    since, text,
};

#[test]
fn six_people_are_appointed_and_accept_and_the_book_says_who_may_sign_as_what() {
    let school = School::begun();
    let log = school.lines(["log"]);
    assert_eq!(log.len() as u64, BEGUN);
    assert_eq!((&log[0]["kind"], &log[0]["signer"]), (&"genesis".into(), &HEAD.into()));
    for (at, (name, role)) in PEOPLE.iter().enumerate() {
        let (appointment, acceptance) = (&log[1 + at], &log[7 + at]);
        assert_eq!(appointment["kind"], "appointment");
        assert_eq!(appointment["signer"], HEAD);
        assert_eq!(acceptance["kind"], "acceptance");
        assert_eq!(
            (&acceptance["signer"], &acceptance["role"]),
            (&(*name).into(), &(*role).into())
        );
        let view = school.show(1 + at);
        assert_eq!(answer(&view, "name"), name);
        assert!(since(&view).contains(&format!("accepted by entry {}", 7 + at)), "{view:#}");
    }
    let keys = school.lines(["key", "list"]);
    assert_eq!(keys.len(), PEOPLE.len());
    for (key, (at, (name, role))) in keys.iter().zip(PEOPLE.iter().enumerate()) {
        assert_eq!(key["name"], *name);
        assert_eq!(key["roles"], serde_json::json!([role]));
        assert_eq!(
            (index(&key["appointment"]), index(&key["accepted"])),
            (1 + at as u64, 7 + at as u64)
        );
        assert_eq!((&key["private"], &key["revoked"]), (&true.into(), &serde_json::Value::Null));
    }
    let first = school.show(0);
    assert_eq!(text(&first["hash"]), school.fingerprint);
    assert_eq!(answer(&first, "establishment")["name"], SCHOOL);
    assert_eq!(
        answer(&first, "controller")["legal-name"],
        "Governing Body of Hillside Primary School"
    );

    let (status, verdict) = school.verify(["--fingerprint", &school.fingerprint]);
    assert_eq!((status, &verdict["verdict"]), (0, &"intact".into()));
    assert_eq!(verdict["fingerprint"]["compared"], true);
    let accepted =
        verdict["keys"].as_array().expect("keys").iter().filter(|key| key["accepted"] == true);
    assert_eq!(accepted.count(), PEOPLE.len());
    // A person's own copy of the code, in groups and with capitals, is the same code.
    let grouped: Vec<String> = school
        .fingerprint
        .as_bytes()
        .chunks(8)
        .map(|group| String::from_utf8_lossy(group).to_uppercase())
        .collect();
    assert_eq!(school.verify(["--fingerprint", &grouped.join(" ")]).0, 0);
}

#[cfg(unix)]
#[test]
fn a_key_file_is_for_its_holder_alone_and_opens_with_openssl() {
    let school = School::begin();
    assert_eq!(mode(&school.home().join("keys")), 0o700);
    for (name, _) in PEOPLE {
        let file = probity::work::keyring::file_name(name);
        let pem = school.home().join("keys").join(format!("{file}.pem"));
        assert_eq!(mode(&pem), 0o600, "{name}");
        let openssl = |passphrase: &str| {
            Command::new("openssl")
                .args(["pkey", "-pubout", "-passin", "env:PHRASE", "-in"])
                .arg(&pem)
                .env("PHRASE", passphrase)
                .output()
                .expect("openssl is installed")
        };
        let opened = openssl(PASSPHRASE);
        assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
        let public = std::fs::read(pem.with_extension("pub")).expect("the public half");
        assert_eq!(
            String::from_utf8_lossy(&opened.stdout),
            String::from_utf8_lossy(&public),
            "{name}"
        );
        assert!(!openssl("another passphrase").status.success());
    }
    assert_eq!(mode(&school.home().join("keys/log.pem")), 0o600);
}

#[test]
fn a_new_passphrase_opens_the_same_key_and_the_old_one_no_longer() {
    let school = School::begun();
    let kid = |school: &School| school.lines(["key", "list"])[0]["kid"].clone();
    let before = kid(&school);
    let new = school.file("new", "correct horse battery staple lamp\nsecond line\n");
    school.ok(["key", "passphrase", HEAD, "--new-passphrase-file", &new]);
    assert_eq!(kid(&school), before);
    let note = ["record", "note", "--by", HEAD, "--text", "still me"];
    school.refused(note).says("passphrase", "try again");
    let written = school.json(note.into_iter().chain(["--passphrase-file", &new]));
    assert_eq!(index(&written["entry"]), BEGUN);
    if cfg!(unix) {
        assert_eq!(mode(&school.home().join("keys/hannah-price.pem")), 0o600);
    }
}

#[test]
fn a_key_made_on_another_machine_is_appointed_by_its_public_half() {
    let (school, elsewhere) = (School::begun(), School::nothing());
    elsewhere.ok(["key", "new", "Lena Novak"]);
    let public = elsewhere.home().join("keys/lena-novak.pub").display().to_string();
    let appoint =
        ["appoint", "Lena Novak", "--role", "dpo-nominee", "--by", CHAIR, "--pub", &public];
    let entry = index(
        &school.json(appoint.into_iter().chain(["--key-made", "by-holder-own-device"]))["entry"],
    );
    let view = school.show(entry);
    assert_eq!(answer(&view, "key-made"), "by-holder-own-device");
    assert!(since(&view).contains("its holder has not accepted it"), "{view:#}");
    school
        .refused(["record", "note", "--by", "Lena Novak", "--text", "x"])
        .says("is not on this machine", "sign where it lies");
}

#[test]
fn a_newer_appointment_of_a_key_replaces_the_older_and_a_new_key_keeps_the_person() {
    let school = School::begun();
    let both = ["appoint", OFFICE, "--role", "administrator", "gdpr-lead", "--by", HEAD];
    let entry = index(&school.json(both)["entry"]);
    let note = school.record("note", OFFICE, &["--as", "gdpr-lead", "--text", "in the new role"]);
    assert_eq!(school.show(&note["entry"])["appointment"], entry);
    assert!(since(&school.show(12)).contains(&format!("appointed anew by entry {entry}")));

    let person = text(&school.show(9)["person"]);
    school.ok(["revoke", DPO, "--by", HEAD, "--reason", "key-lost"]);
    school.ok(["key", "new", "Sunita Rao 2026"]);
    school.ok([
        "appoint",
        "Sunita Rao 2026",
        "--same-person-as",
        DPO,
        "--role",
        "dpo",
        "--by",
        HEAD,
    ]);
    school.ok(["accept", "--by", "Sunita Rao 2026"]);
    let note = school.record("note", "Sunita Rao 2026", &["--text", "with the new key"]);
    let view = school.show(&note["entry"]);
    assert_eq!((text(&view["person"]), text(&view["signer"])), (person, DPO.to_owned()));
    assert_eq!(school.log(&["--by", DPO]), [9, 17, 18]);
    let (status, verdict) = school.verify([""; 0]);
    assert_eq!((status, &verdict["verdict"]), (0, &"intact".into()));
}

/// A public key that came along is kept once its appointment stands: neither a look at what would be
/// signed nor a refused run leaves the wrong one in the way of the right one.
#[test]
fn a_key_that_came_along_is_kept_once_its_appointment_stands() {
    let (school, away) = (School::begun(), School::nothing());
    let [wrong, right] = ["Somebody Else", "Ruth Adeyemi"].map(|name| {
        away.ok(["key", "new", name]);
        let file = name.to_lowercase().replace(' ', "-");
        away.home().join(format!("keys/{file}.pub")).display().to_string()
    });
    let keys = || {
        let names = std::fs::read_dir(school.home().join("keys")).expect("a folder");
        let names = names.map(|one| one.expect("a file").file_name());
        names.collect::<std::collections::BTreeSet<_>>()
    };
    let appoint = |file: &str, by: &str, more: &[&str]| {
        let made = ["--key-made", "by-holder-own-device", "--pub", file, "--by", by];
        let whom = ["appoint", "Ruth Adeyemi", "--role", "data-protection-governor"];
        [&whom[..], &made, more].concat().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let before = keys();
    school.ok(appoint(&wrong, HEAD, &["--as", "headteacher", "--dry-run"]));
    assert_eq!(keys(), before);
    school.refused(appoint(&wrong, OFFICE, &[]));
    assert_eq!(keys(), before);
    school.ok(appoint(&right, HEAD, &["--as", "headteacher"]));
    assert!(keys().contains(std::ffi::OsStr::new("ruth-adeyemi.pub")));
    assert_eq!(
        std::fs::read(school.home().join("keys/ruth-adeyemi.pub")).expect("kept"),
        std::fs::read(&right).expect("a key")
    );
    let refused = school.refused(appoint(&wrong, HEAD, &["--as", "headteacher"]));
    refused.says("another key goes by the name", "choose another name");
}
