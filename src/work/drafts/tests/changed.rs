//! What was shown is what is signed: a file that changed since it was attached is refused, wherever a
//! draft leads to a signature.

use super::*;
use crate::work::WorkError;

/// What a power cut, a virus scanner or a sync service may leave of a file.
fn damages(whole: &[u8]) -> Vec<(&'static str, Option<Vec<u8>>)> {
    let mut other = whole.to_vec();
    other[3] ^= 1;
    vec![
        ("cut", Some(whole[..whole.len() / 2].to_vec())),
        ("longer", Some([whole, b"\n"].concat())),
        ("zeroed", Some(vec![0; whole.len()])),
        ("another byte", Some(other)),
        ("empty", Some(Vec::new())),
        ("gone", None),
    ]
}

fn damage(path: &Path, bytes: Option<&[u8]>) {
    match bytes {
        Some(bytes) => std::fs::write(path, bytes).expect("written"),
        None => std::fs::remove_file(path).expect("removed"),
    }
}

#[track_caller]
fn is_refused<T>(what: &str, result: Result<T, WorkError>) {
    let Err(refused) = result else { panic!("{what}: it was not refused") };
    let text = refused.to_string();
    assert!(text.contains("policy.txt changed since it was attached"), "{what}: {text}");
    assert!(refused.hint().is_some_and(|hint| hint.contains("attach it again")), "{what}: {text}");
}

/// A policy that was read and is about to be signed.
const POLICY: &[u8] =
    b"The head teacher approves every new camera before it is put up, and tells the governors.";

fn attached(drafts: &Drafts, world: &World, name: &str) -> Draft {
    let answers = match name {
        "note" => json!({ "text": "the policy as it was read" }),
        "dpo-advice" => {
            json!({ "case": "dpia-new", "recommendation": "proceed", "advice": "it is sound" })
        }
        _ => json!({ "decision": "approved" }),
    };
    let kind = kind_named(name).expect("a known kind");
    let answers = answers.as_object().cloned().expect("an object");
    let draft = drafts.begin(world, HEAD, kind, answers).expect("a draft");
    let taken = drafts.take_bytes(world, (&draft.id, HEAD), "policy.txt", POLICY);
    taken.expect("a file")
}

/// Else the page shows one document, and another one is signed.
#[test]
fn a_file_that_changed_since_it_was_attached_is_never_signed() {
    let (_folder, home, world) = school();
    let drafts = Drafts::of(&home);
    // A record with a file, and a signature on a file itself.
    for name in ["note", "approval"] {
        let draft = attached(&drafts, &world, name);
        let (_, path) = drafts.file(&draft, 0).expect("a file");
        let shown = digest(&drafts, &home, &world, &draft);
        let before = size(&home);
        for (how, left) in damages(POLICY) {
            damage(&path, left.as_deref());
            let what = format!("{name}, {how}");
            let reading = Reading::open(&home, &Mode::Browse).expect("a record book");
            is_refused(&what, drafts.prepare(&world, &reading, &draft, HEAD));
            is_refused(&what, drafts.request(&world, &reading, &draft, HEAD));
            drop(reading);
            is_refused(&what, drafts.sign(&world, (&draft.id, HEAD), &shown, &key()));
            // A digest of what lies there now helps nobody, either.
            is_refused(&what, drafts.sign(&world, (&draft.id, HEAD), "", &key()));
            assert_eq!(size(&home), before, "{what}");
            is_refused(&what, drafts.content(&draft, 0));
            assert!(!home.requests().exists(), "{what}: a request was kept");
        }
        std::fs::write(&path, POLICY).expect("as it was");
        assert_eq!(drafts.content(&draft, 0).expect("as it was"), POLICY);
        let signed = drafts.sign(&world, (&draft.id, HEAD), &shown, &key()).expect("signed");
        let Outcome::Signed(Written { entries, .. }) = signed else { panic!("{signed:?}") };
        let reading = Reading::open(&home, &Mode::Browse).expect("a record book");
        let record = reading.record(entries[0].index()).expect("a record");
        let body = record.body.as_ref().expect("a body");
        let documents = probity_ledger::book::judge::documents(body);
        let sha256 = probity_ledger::format::hash::Sha256Hash::of(POLICY);
        assert_eq!((documents[0].size, documents[0].sha256), (POLICY.len() as u64, sha256));
    }
}

/// The bytes that are compared are those that are sealed: between the two lies no second look.
#[test]
fn a_file_that_changes_while_it_is_signed_is_not_signed() {
    let (_folder, home, world) = school();
    let drafts = Drafts::of(&home);
    let draft = attached(&drafts, &world, "note");
    let (_, path) = drafts.file(&draft, 0).expect("a file");
    let before = size(&home);
    for (how, left) in damages(POLICY) {
        std::fs::write(&path, POLICY).expect("as it was");
        let reading = Reading::open(&home, &Mode::Browse).expect("a record book");
        let prepared = drafts.prepare(&world, &reading, &draft, HEAD).expect("prepared");
        drop(reading);
        damage(&path, left.as_deref());
        assert!(record::sign(&world, &home, &prepared, &key()).is_err(), "{how}");
        assert_eq!(size(&home), before, "{how}");
    }
}

/// Else whoever does what they are told, and attaches the file again, is told the same again.
#[test]
fn attaching_it_again_mends_it() {
    let (_folder, home, world) = school();
    let drafts = Drafts::of(&home);
    let draft = attached(&drafts, &world, "note");
    let (_, path) = drafts.file(&draft, 0).expect("a file");
    let shown = digest(&drafts, &home, &world, &draft);
    for (how, left) in damages(POLICY) {
        damage(&path, left.as_deref());
        // Under whatever name it comes this time: it is the same file.
        let again = drafts.take_bytes(&world, (&draft.id, HEAD), "Policy (1).txt", POLICY);
        assert_eq!(again.expect("taken").files, draft.files, "{how}");
        assert_eq!(digest(&drafts, &home, &world, &draft), shown, "{how}");
    }
    damage(&path, Some(b"something else"));
    let left_out = drafts.leave_out(&world, (&draft.id, HEAD), 0).expect("left out");
    assert!(left_out.files.is_empty());
    digest(&drafts, &home, &world, &left_out);
}

/// Else what a scanner left of an upload would be shown as what somebody chose.
#[test]
fn an_upload_that_changed_on_its_way_is_not_attached() {
    let (folder, home, world) = school();
    let drafts = Drafts::of(&home);
    let draft = note(&drafts, &world, HEAD);
    let upload = folder.path().join("one.upload");
    let sha256 = probity_ledger::format::hash::Sha256Hash::of(POLICY);
    for left in [&POLICY[..40], b"something else"] {
        std::fs::write(&upload, left).expect("written");
        let taken = drafts.take(&world, (&draft.id, HEAD), "policy.txt", (&upload, sha256));
        let refused = taken.expect_err("it is another one").to_string();
        assert!(refused.contains("policy.txt changed while it was taken in"), "{refused}");
        assert!(drafts.open(&draft.id, HEAD).expect("there").files.is_empty());
    }
}

/// A draft names a file only once it is on the medium, with its name and its folders: each of these
/// waits can fail, and then the draft doesn't name it.
#[test]
fn a_file_is_on_the_medium_before_its_draft_names_it() {
    let (_folder, home, world) = school();
    let disk = Faulty::new(Arc::new(RealDisk));
    let draft = note(&Drafts::of(&home), &world, HEAD);
    let drafts = Drafts::of(&Home::on(home.path().to_owned(), Arc::new(disk.clone())));
    for at in 0.. {
        disk.arm(Fault::Lost, at);
        let taken = drafts.take_bytes(&world, (&draft.id, HEAD), "policy.txt", POLICY);
        let struck = disk.heal();
        let kept = drafts.open(&draft.id, HEAD).expect("there");
        if let Ok(taken) = taken {
            // It is moved and synced, and so are its own folder, that of all files, and the draft's.
            assert!(!struck && at == 5, "after {at} changes");
            assert_eq!(kept.files, taken.files);
            assert_eq!(drafts.content(&kept, 0).expect("there"), POLICY);
            return;
        }
        assert!(kept.files.is_empty(), "change {at}");
    }
}
