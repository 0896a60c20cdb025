//! Signing apart for a record book that continues another: the signer's memory goes from the older
//! to the newer one, and takes no other for either.

use super::common::{HEAD, OFFICE, School, index, text};
use super::{Apart, RUTH, put_aside};

/// A record book of the older one's name, begun in another home; Ruth is appointed in it with the
/// key that she has.
fn begun(ruth: &School, continues: &[&str]) -> School {
    let mut school = School::nothing();
    let line = ["init", "--school", "Hillside Primary School", "--controller", "Governing Body"];
    let named = ["--name", HEAD, "--as", "headteacher", "--origin", "hillside.example/records"];
    let told = school.json([&line[..], &named, continues].concat());
    school.fingerprint = text(&told["fingerprint"]);
    let public = ruth.home().join("keys/ruth-adeyemi.pub").display().to_string();
    let role = ["--role", "chair-of-governors", "--by", HEAD, "--as", "headteacher"];
    let made = ["--pub", public.as_str(), "--key-made", "by-holder-own-device"];
    school.ok(["appoint", RUTH].iter().chain(&role).chain(&made));
    school
}

/// The school asks, and the request is copied to her.
fn ask(school: &School, ruth: &School, name: &str) -> String {
    let (here, there) = (school.path(name), ruth.path(name));
    let file = here.to_str().expect("a path");
    school.ok(["accept", "--by", RUTH, "--request", file]);
    std::fs::copy(&here, &there).expect("the request travels");
    there.display().to_string()
}

/// The record books that she remembers: their codes and sizes.
fn remembered(ruth: &School) -> Vec<(String, String)> {
    let memory = ruth.home().join("keys/ruth-adeyemi.seen");
    let memory = std::fs::read_to_string(memory).expect("a memory");
    let line = |line: &str| {
        let mut words = line.split(' ').skip(1).map(str::to_owned);
        words.next().zip(words.next()).expect("a code and a size")
    };
    memory.lines().skip(1).map(line).collect()
}

/// She signed in the older book, and is asked to sign in the one that continues it.
#[test]
fn a_signer_elsewhere_goes_on_in_a_book_that_continues_the_older_one() {
    let Apart { school: older, ruth } = Apart::accepted();
    let home = older.home().display().to_string();
    let newer = begun(&ruth, &["--continues", &home]);
    let request = ask(&newer, &ruth, "newer.request");
    let signed = ruth.ok(["sign", "--detached", &request]);
    let statement = newer.path("newer.statement").display().to_string();
    std::fs::copy(signed.out.trim(), &statement).expect("the statement travels");
    let entered = newer.json(["sign", "--attach", &statement, "--by", HEAD]);
    let view = newer.show(index(&entered["entry"]));
    assert_eq!((text(&view["kind"]), text(&view["signer"])), ("acceptance".into(), RUTH.into()));
    assert!(text(&view["entered_by"]).contains(HEAD), "{view:#}");
    assert_eq!(newer.verify([""; 0]).0, 0);
    let now = remembered(&ruth);
    assert_eq!(now.len(), 1, "{now:?}");
    assert_eq!(now[0].0, newer.fingerprint);
    let [aside] = &put_aside(&ruth, "ruth-adeyemi")[..] else { panic!("the older one is kept") };
    let aside = std::fs::read_to_string(aside).expect("kept");
    assert!(aside.contains(&older.fingerprint) && aside.contains("continues it"), "{aside}");

    // The older one is at its end for her.
    older.record("note", OFFICE, &["--text", "carried on beside the new one"]);
    let late = ask_note(&older, &ruth, "late.request");
    let refusal = ruth.refused(["sign", "--detached", &late]);
    refusal.says("another record book of the name", "minutes");
    // So is a second one that continues the same.
    let second = begun(&ruth, &["--continues", &home]);
    let request = ask(&second, &ruth, "second.request");
    let refusal = ruth.refused(["sign", "--detached", &request]);
    refusal.says(&format!("expected {}", newer.fingerprint), "put what the key remembers aside");
    assert_eq!(remembered(&ruth), now, "nothing was signed, and nothing is forgotten");
}

/// What the older book asks her once she has accepted there: a note.
fn ask_note(school: &School, ruth: &School, name: &str) -> String {
    let (here, there) = (school.path(name), ruth.path(name));
    let file = here.to_str().expect("a path");
    school.ok(["record", "note", "--by", RUTH, "--text", "a question", "--request", file]);
    std::fs::copy(&here, &there).expect("the request travels");
    there.display().to_string()
}

/// Books of the same name that continue nothing, or something else than she signed over.
#[test]
fn a_signer_elsewhere_takes_no_other_book_for_the_one_that_continues() {
    let Apart { school: older, ruth } = Apart::accepted();
    let before = remembered(&ruth);
    let elsewhere = begun(&ruth, &[]);
    let head = elsewhere.path("head.txt").display().to_string();
    elsewhere.ok(["checkpoint", "-o", &head]);
    let other = [
        begun(&ruth, &[]),
        begun(&ruth, &["--continues", &elsewhere.home().display().to_string()]),
        begun(&ruth, &["--continues", &head, "--continues-code", &elsewhere.fingerprint]),
    ];
    for (number, school) in other.iter().enumerate() {
        let request = ask(school, &ruth, &format!("{number}.request"));
        let refusal = ruth.refused(["sign", "--detached", &request]);
        refusal.says(&format!("expected {}", older.fingerprint), "governors' minutes");
        assert_eq!(remembered(&ruth), before);
    }
    assert_eq!(put_aside(&ruth, "ruth-adeyemi").len(), 0);
    // The older one itself goes on.
    let request = ask_note(&older, &ruth, "on.request");
    ruth.ok(["sign", "--detached", &request]);
}
