//! Drafts are their owner's alone, lie where they should, and are signed once.

use probity_keys::SigningKey;
use probity_ledger::records::answers::Answers;
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::store::Mode;
use crate::work::init::{self, Begin};
use crate::work::record::Written;

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

#[test]
fn an_entry_that_an_interrupted_signature_wrote_is_found() {
    let (_folder, home, world) = school();
    let drafts = Drafts::of(&home);
    let mut draft = note(&drafts, &world, HEAD);
    let shown = digest(&drafts, &home, &world, &draft);
    draft.begun = Some(size(&home));
    drafts.keep(&draft).expect("kept");
    // The first signature was written; the power failed before its draft was forgotten.
    let reading = Reading::open(&home, &Mode::Browse).expect("a record book");
    let prepared = drafts.prepare(&world, &reading, &draft, HEAD).expect("prepared");
    drop(reading);
    let written = crate::work::record::sign(&world, &home, &prepared, &key()).expect("signed");
    let again = drafts.sign(&world, (&draft.id, HEAD), &shown, &key()).expect("seen");
    assert!(
        matches!(again, Outcome::Already(entry) if entry == written.entries[0].index()),
        "{again:?}"
    );
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
