//! Drafts are their owner's alone, lie where they should, and are signed once.

use probity_keys::SigningKey;
use probity_ledger::records::answers::Answers;
use serde_json::json;
use tempfile::TempDir;

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::store::Mode;
use crate::store::disk::RealDisk;
use crate::store::tests::faulty::{Fault, Faulty};
use crate::work::World;
use crate::work::init::{self, Begin};
use crate::work::keyring::Keyring;
use crate::work::people::{self, Appoint, Revoke};
use crate::work::reading::Reading;
use crate::work::record::{self, Prepared, Written, log_key};
use crate::work::sight::Person;

mod changed;

const HEAD: &str = "amina-okafor";

fn key() -> SigningKey {
    SigningKey::from_seed([7; 32])
}

fn school() -> (TempDir, Home, World) {
    let folder = tempfile::tempdir().expect("a folder");
    let home = Home::locate(Some(folder.path().join("home"))).expect("a place");
    let begin = Begin {
        school: "Northfield Primary School".to_owned(),
        controller: "Northfield Primary School".to_owned(),
        name: "Amina Okafor".to_owned(),
        role: "headteacher".to_owned(),
        origin: Some("northfield.example/records".to_owned()),
        answers: Answers::default(),
        practice: false,
        continues: None,
    };
    init::begin(&World::real(), &home, &begin, &key()).expect("a record book");
    Keyring::of(&home).import_public("Amina Okafor", &key().public()).expect("a key");
    (folder, home, World::real())
}

fn note(drafts: &Drafts, world: &World, owner: &str) -> Draft {
    let answers = Map::from_iter([("text".to_owned(), json!("the gate camera was cleaned"))]);
    let kind = kind_named("note").expect("a known kind");
    drafts.begin(world, owner, kind, answers).expect("a draft")
}

fn digest(drafts: &Drafts, home: &Home, world: &World, draft: &Draft) -> String {
    let reading = Reading::open(home, &Mode::Browse).expect("a record book");
    drafts.prepare(world, &reading, draft, HEAD).expect("prepared").digest()
}

fn size(home: &Home) -> u64 {
    Reading::open(home, &Mode::Browse).expect("a record book").size().0
}

#[test]
fn a_draft_is_its_owners_alone_and_no_path_leads_elsewhere() {
    let (folder, home, world) = school();
    let drafts = Drafts::of(&home);
    let draft = note(&drafts, &world, HEAD);
    assert_eq!(drafts.open(&draft.id, HEAD).expect("theirs").answers, draft.answers);
    assert_eq!(drafts.list(&world, HEAD).expect("a list").len(), 1);
    assert!(drafts.list(&world, "joe-marsh").expect("a list").is_empty());
    for (id, owner) in [(draft.id.as_str(), "joe-marsh"), (&draft.id.to_uppercase(), HEAD)] {
        assert!(drafts.open(id, owner).is_err(), "{id} of {owner}");
        assert!(drafts.throw_away(id, owner).is_err(), "{id} of {owner}");
        assert!(drafts.change(&world, (id, owner), |_| Ok(())).is_err(), "{id} of {owner}");
    }
    std::fs::create_dir_all(folder.path().join("home/other")).expect("a folder");
    let up = format!("../drafts/{}", draft.id);
    for id in ["", ".", "..", "../../other", up.as_str(), "/etc", &draft.id[1..], "%2e%2e"] {
        assert!(drafts.open(id, HEAD).is_err(), "{id}");
        assert!(drafts.throw_away(id, HEAD).is_err(), "{id}");
    }
    assert!(folder.path().join("home/other").exists());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let own = home.page().join("drafts").join(&draft.id);
        let mode =
            |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&own), mode(&own.join("draft.json"))), (0o700, 0o600));
    }
    drafts.throw_away(&draft.id, HEAD).expect("thrown away");
    assert!(drafts.open(&draft.id, HEAD).is_err());
}

#[test]
fn a_draft_that_is_sent_twice_is_signed_once() {
    let (_folder, home, world) = school();
    let drafts = Drafts::of(&home);
    let draft = note(&drafts, &world, HEAD);
    let whose = (draft.id.as_str(), HEAD);
    drafts.take_bytes(&world, whose, "plan.txt", b"a plan").expect("a file");
    let draft = drafts.open(&draft.id, HEAD).expect("there");
    let (_, file) = drafts.file(&draft, 0).expect("a file");
    assert_eq!(std::fs::read(&file).expect("kept"), b"a plan");
    let before = size(&home);
    let shown = digest(&drafts, &home, &world, &draft);
    let first = drafts.sign(&world, whose, &shown, &key()).expect("signed");
    let Outcome::Signed(Written { entries, .. }) = first else { panic!("{first:?}") };
    assert_eq!(entries.len(), 1);
    let again = drafts.sign(&world, whose, &shown, &key()).expect("seen");
    assert!(matches!(again, Outcome::Already(entry) if entry == entries[0].index()), "{again:?}");
    assert_eq!(size(&home), before + 1);
    let left = drafts.open(&draft.id, HEAD).expect("remembered");
    assert!(left.answers.is_empty() && left.files.is_empty() && !file.exists());
    assert!(drafts.list(&world, HEAD).expect("a list").is_empty());
    assert!(drafts.change(&world, whose, |_| Ok(())).is_err(), "what is signed changes no more");
}

/// What a reader finds may be in memory alone; a draft that is forgotten for it would be gone with
/// it, and its author told that it was signed.
#[test]
fn a_draft_is_forgotten_only_once_a_writer_has_synced_its_entry() {
    let (_folder, home, world) = school();
    let disk = Faulty::new(Arc::new(RealDisk));
    let mut draft = note(&Drafts::of(&home), &world, HEAD);
    let prepared = begin_signing(&Drafts::of(&home), &home, &world, &mut draft);
    let written = record::sign(&world, &home, &prepared, &key()).expect("signed");
    let entry = written.entries.last().expect("an entry").index();
    for at in 0.. {
        // Each time another process: a sync that failed ends one.
        let home = Home::on(home.path().to_owned(), Arc::new(disk.clone()));
        let drafts = Drafts::of(&home);
        disk.arm(Fault::Lost, at);
        let signed = drafts.sign(&world, (&draft.id, HEAD), "", &key());
        disk.heal();
        let kept = drafts.open(&draft.id, HEAD).expect("there");
        if matches!(signed, Ok(Outcome::Already(seen)) if seen == entry) {
            assert!(kept.answers.is_empty() && at >= 2, "after {at} changes");
            return;
        }
        assert_eq!(kept.answers, draft.answers, "change {at}: {signed:?}");
    }
}

/// What a signature does before it writes.
fn begin_signing(drafts: &Drafts, home: &Home, world: &World, draft: &mut Draft) -> Prepared {
    let reading = Reading::open(home, &Mode::Browse).expect("a record book");
    let prepared = drafts.prepare(world, &reading, draft, HEAD).expect("prepared");
    drafts.begin_signing(draft, &reading, &prepared).expect("kept");
    prepared
}

#[test]
fn an_entry_that_an_interrupted_signature_wrote_is_found() {
    let (_folder, home, world) = school();
    let drafts = Drafts::of(&home);
    let permit = json!({
        "case": "new",
        "event": "the summer fair",
        "event-date": "2099-07-01",
        "photographer": "the school office",
        "sort": "school",
    });
    for (name, answers) in [
        ("note", json!({ "text": "the gate camera was cleaned" })),
        ("photography-permit", permit),
        ("log-key", json!({ "reason": "routine" })),
    ] {
        let kind = kind_named(name).expect("a known kind");
        let answers = answers.as_object().cloned().expect("an object");
        let mut draft = drafts.begin(&world, HEAD, kind, answers).expect("a draft");
        if name == "note" {
            let taken = drafts.take_bytes(&world, (&draft.id, HEAD), "plan.txt", b"a plan");
            draft = taken.expect("a file");
        }
        if name == "photography-permit" {
            // Two entries: the exception, and what stands under it.
            draft.say(EXCEPTION, "photo-permit");
            draft.say(REASON, "the fair is tomorrow");
            draft.say(RATIFY_ROLE, "chair-of-governors");
        }
        let prepared = begin_signing(&drafts, &home, &world, &mut draft);
        // The first signature was written; the power failed before its draft was forgotten.
        let written = match name {
            "log-key" => log_key::sign(&world, &home, prepared, &key()),
            _ => record::sign(&world, &home, &prepared, &key()),
        };
        let entry = written.expect("signed").entries.last().expect("an entry").index();
        let before = size(&home);
        let again = drafts.sign(&world, (&draft.id, HEAD), "", &key()).expect("seen");
        assert!(matches!(again, Outcome::Already(seen) if seen == entry), "{name}: {again:?}");
        assert_eq!(size(&home), before, "{name}");
        let left = drafts.open(&draft.id, HEAD).expect("remembered");
        assert!(left.answers.is_empty() && left.files.is_empty(), "{name}");
        assert_eq!((left.signed, left.signing), (Some(entry.0), None), "{name}");
    }
}

#[test]
fn another_record_of_the_same_kind_is_not_the_drafts_own() {
    let (_folder, home, world) = school();
    let drafts = Drafts::of(&home);
    let sign = |draft: &Draft| {
        let shown = digest(&drafts, &home, &world, draft);
        let signed = drafts.sign(&world, (&draft.id, HEAD), &shown, &key()).expect("signed");
        let Outcome::Signed(Written { entries, .. }) = signed else { panic!("{signed:?}") };
        entries[0].index()
    };
    let one = note(&drafts, &world, HEAD);
    let taken = drafts.take_bytes(&world, (&one.id, HEAD), "plan.txt", b"a plan");
    let mut one = taken.expect("a file");
    // The power failed before anything was written.
    begin_signing(&drafts, &home, &world, &mut one);
    // The same words without the file, and with another one; other words with the same file.
    let bare = note(&drafts, &world, HEAD);
    let newer = note(&drafts, &world, HEAD);
    let newer = drafts.take_bytes(&world, (&newer.id, HEAD), "plan.txt", b"a newer plan");
    let other = note(&drafts, &world, HEAD);
    let other = drafts.take_bytes(&world, (&other.id, HEAD), "plan.txt", b"a plan");
    let mut other = other.expect("a file");
    other.answers.insert("text".to_owned(), json!("the hall camera was cleaned"));
    drafts.keep(&other).expect("kept");
    for draft in [&bare, &newer.expect("a file"), &other] {
        sign(draft);
    }
    let own = sign(&one);
    let reading = Reading::open(&home, &Mode::Browse).expect("a record book");
    assert_eq!(own.0 + 1, reading.size().0);
    let record = reading.record(own).expect("a record");
    let answers = record.answers().expect("answers");
    assert_eq!(answers.text("text"), Some("the gate camera was cleaned"));
    assert_eq!(answers.list("documents").len(), 1);
}

#[test]
fn what_was_changed_after_an_interrupted_signature_is_not_emptied() {
    let (_folder, home, world) = school();
    let drafts = Drafts::of(&home);
    let mut draft = note(&drafts, &world, HEAD);
    let prepared = begin_signing(&drafts, &home, &world, &mut draft);
    record::sign(&world, &home, &prepared, &key()).expect("signed");
    let before = size(&home);
    let newer = json!("the gate camera was cleaned, and turned");
    let changed = drafts.change(&world, (&draft.id, HEAD), |draft| {
        draft.answers.insert("text".to_owned(), newer.clone());
        Ok(())
    });
    let shown = digest(&drafts, &home, &world, &changed.expect("changed"));
    let refused = drafts.sign(&world, (&draft.id, HEAD), &shown, &key()).expect_err("signed");
    assert!(refused.to_string().contains("was signed as record"), "{refused}");
    assert_eq!(drafts.open(&draft.id, HEAD).expect("there").answers.get("text"), Some(&newer));
    assert_eq!(size(&home), before);
}

#[test]
fn a_damaged_draft_can_still_be_thrown_away() {
    let (_folder, home, world) = school();
    let drafts = Drafts::of(&home);
    let file = |draft: &Draft| home.page().join("drafts").join(&draft.id).join("draft.json");
    let draft = note(&drafts, &world, HEAD);
    let whole = std::fs::read(file(&draft)).expect("kept");
    std::fs::write(file(&draft), &whole[..whole.len() - 9]).expect("written");
    assert!(drafts.list(&world, HEAD).expect("a list").is_empty());
    let damaged = drafts.damaged(HEAD).expect("a list");
    let shown: Vec<_> = damaged.iter().map(|one| (one.id.as_str(), one.title())).collect();
    assert_eq!(shown, [(draft.id.as_str(), "Note")]);
    let told = |owner: &str| drafts.open(&draft.id, owner).expect_err("damaged").to_string();
    assert!(told(HEAD).contains("damaged"), "{}", told(HEAD));
    assert!(told("joe-marsh").contains("no such draft of yours"), "{}", told("joe-marsh"));
    assert!(drafts.damaged("joe-marsh").expect("a list").is_empty());
    assert!(drafts.throw_away(&draft.id, "joe-marsh").is_err());
    drafts.throw_away(&draft.id, HEAD).expect("thrown away");
    assert!(!file(&draft).exists());
    // Where nothing tells whose it is, it is nobody's.
    let draft = note(&drafts, &world, HEAD);
    std::fs::write(file(&draft), [0_u8; 64]).expect("written");
    assert!(drafts.damaged(HEAD).expect("a list").is_empty());
    assert!(drafts.throw_away(&draft.id, HEAD).is_err());
}

#[test]
fn a_later_key_inherits_what_was_begun_under_a_lost_one() {
    let (_folder, home, world) = school();
    let (drafts, keyring) = (Drafts::of(&home), Keyring::of(&home));
    let reading = || Reading::open(&home, &Mode::Browse).expect("a record book");
    let appoint = |name: &str, seed: u8, same: Option<&str>| {
        keyring.import_public(name, &SigningKey::from_seed([seed; 32]).public()).expect("a key");
        let wanted = Appoint {
            name: name.to_owned(),
            roles: vec!["it-lead".to_owned()],
            by: HEAD.to_owned(),
            role: None,
            public: None,
            same_person_as: same.map(str::to_owned),
            called: None,
            from: None,
            until: None,
            key_made: None,
            qualifications: None,
            date_confirmed: false,
        };
        let prepared = people::appoint(&world, &reading(), &keyring, &wanted).expect("prepared");
        record::sign(&world, &home, &prepared, &key()).expect("signed");
    };
    appoint("Joe Marsh", 8, None);
    appoint("Joe Marsh 2", 9, Some("Joe Marsh"));
    appoint("Ruth Bell", 10, None);
    let draft = note(&drafts, &world, "joe-marsh");
    note(&drafts, &world, "ruth-bell");
    let earlier = |key: &str| {
        let (reading, now) = (reading(), world.now());
        let person = Person::of(&reading, &keyring, key, now).expect("in force");
        earlier_keys(&reading, &keyring, &person, now).expect("told")
    };
    assert!(earlier("joe-marsh-2").is_empty(), "both keys are in force");
    let lost = keyring.public("joe-marsh").expect("there").public.kid();
    let revoke = Revoke {
        name: lost.to_string(),
        by: HEAD.to_owned(),
        role: None,
        reason: "key-lost".to_owned(),
        suspect_since: None,
        date_confirmed: false,
    };
    let prepared = people::revoke(&world, &reading(), &keyring, &revoke).expect("prepared");
    record::sign(&world, &home, &prepared, &key()).expect("signed");
    assert!(earlier("ruth-bell").is_empty() && earlier(HEAD).is_empty());
    let from = earlier("joe-marsh-2");
    assert_eq!(from, ["joe-marsh"]);
    drafts.inherit(&from[0], "joe-marsh-2").expect("inherited");
    let theirs = drafts.open(&draft.id, "joe-marsh-2").expect("theirs");
    assert_eq!((&theirs.answers, theirs.changed), (&draft.answers, draft.changed));
    assert!(drafts.open(&draft.id, "joe-marsh").is_err());
    let count = |owner: &str| drafts.list(&world, owner).expect("a list").len();
    assert_eq!((count("joe-marsh-2"), count("ruth-bell"), count(HEAD)), (1, 1, 0));
}

#[test]
fn what_changed_since_it_was_shown_is_shown_again() {
    let (_folder, home, world) = school();
    let drafts = Drafts::of(&home);
    let kind = kind_named("breach-report").expect("a known kind");
    let answers = json!({ "case": "other-new", "text": "first" });
    let mut one = note(&drafts, &world, HEAD);
    one.answers = answers.as_object().cloned().expect("an object");
    drafts.keep(&one).expect("kept");
    let shown = digest(&drafts, &home, &world, &one);
    let mut other = note(&drafts, &world, HEAD);
    other.answers = one.answers.clone();
    drafts.keep(&other).expect("kept");
    let theirs = digest(&drafts, &home, &world, &other);
    let signed = drafts.sign(&world, (&other.id, HEAD), &theirs, &key()).expect("signed");
    assert!(matches!(signed, Outcome::Signed(_)));
    // Another one took the case that this was to begin.
    let before = size(&home);
    let changed = drafts.sign(&world, (&one.id, HEAD), &shown, &key()).expect("looked at");
    assert!(matches!(changed, Outcome::Changed), "{changed:?}");
    assert_eq!(size(&home), before);
    let seen = digest(&drafts, &home, &world, &one);
    assert!(matches!(drafts.sign(&world, (&one.id, HEAD), &seen, &key()), Ok(Outcome::Signed(_))));
    let empty = drafts.begin(&world, HEAD, kind, Map::new()).expect("a draft");
    assert!(!empty.faults(0).expect("a known kind").is_empty());
    assert!(drafts.sign(&world, (&empty.id, HEAD), "", &key()).is_err());
}

#[test]
fn whoever_overrules_advice_says_why() {
    let (_folder, home, world) = school();
    let drafts = Drafts::of(&home);
    let kind = kind_named("dpia-approval").expect("a known kind");
    let faults = |answers: Json| {
        let answers = answers.as_object().cloned().expect("an object");
        let draft = drafts.begin(&world, HEAD, kind, answers).expect("a draft");
        draft.faults(0).expect("a known kind").len()
    };
    assert_eq!(faults(json!({ "decision": "approved", "advice-followed": true })), 0);
    assert_eq!(faults(json!({ "decision": "approved", "advice-followed": false })), 2);
    assert_eq!(faults(json!({ "advice-followed": true })), 1, "nothing is decided");
}
