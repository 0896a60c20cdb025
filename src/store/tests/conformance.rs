//! What every engine must do, whatever it keeps its bytes in. An engine is put under this
//! suite by implementing [`Engine`] and naming it in [`engines`]; nothing here knows of files.
//!
//! Every change that an engine makes also fails once in each of two ways (it didn't happen;
//! it happened and was reported as failed), then the ledger is opened again and looked at. While it
//! erases and keeps evidence, also in the ways of a full disk, of one that was made read-only, and of
//! a process that ends.

use std::sync::Arc;

use probity_ledger::format::hash::Size;
use probity_ledger::format::tree::{leaf_hash, root_of};

use super::super::disk::RealDisk;
use super::faulty::{Fault, Faulty};
use super::simulated::Simulated;
use super::*;

/// A place where one ledger can be kept.
trait Engine {
    /// Makes an empty ledger and opens it for writing.
    fn begin(&self) -> Result<Box<dyn Store>, StoreError>;
    /// Opens the ledger anew, for writing or to read.
    fn reopen(&self, to_write: bool) -> Result<Box<dyn Store>, StoreError>;
    /// Has the change of that number fail, counted from now.
    fn arm(&self, fault: Fault, change: u64);
    /// Takes the fault back; whether it has struck.
    fn heal(&self) -> bool;
}

/// The engine for one machine, on any disk.
struct Local {
    disk: Faulty,
    /// Where sled keeps the index, whatever the disk is.
    folder: TempDir,
}

impl Local {
    fn on(disk: Arc<dyn Disk>) -> Self {
        let folder = TempDir::new().expect("a folder");
        disk.create_dir(folder.path()).expect("a folder");
        Self { disk: Faulty::new(disk), folder }
    }

    fn options(&self) -> Options {
        Options { disk: Arc::new(self.disk.clone()), ..options() }
    }
}

impl Engine for Local {
    fn begin(&self) -> Result<Box<dyn Store>, StoreError> {
        let store = LocalStore::create(self.folder.path(), "a test", &self.options())?;
        Ok(Box::new(store))
    }

    fn reopen(&self, to_write: bool) -> Result<Box<dyn Store>, StoreError> {
        let mode = if to_write { writer() } else { Mode::Browse };
        Ok(Box::new(LocalStore::open(self.folder.path(), &mode, &self.options())?))
    }

    fn arm(&self, fault: Fault, change: u64) {
        self.disk.arm(fault, change);
    }

    fn heal(&self) -> bool {
        self.disk.heal()
    }
}

/// An engine's name, and how to make one that holds nothing yet.
type Make = (&'static str, fn() -> Box<dyn Engine>);

fn engines() -> [Make; 2] {
    [
        ("local, real disk", || Box::new(Local::on(Arc::new(RealDisk)))),
        ("local, simulated disk", || Box::new(Local::on(Arc::new(Simulated::new())))),
    ]
}

/// An engine with a ledger of that size, closed.
fn holding(make: fn() -> Box<dyn Engine>, size: u64) -> Box<dyn Engine> {
    let engine = make();
    extend(&mut *engine.begin().expect("a new ledger"), size);
    engine
}

fn for_each(test: impl Fn(fn() -> Box<dyn Engine>)) {
    for (name, make) in engines() {
        println!("{name}");
        test(make);
    }
}

#[test]
fn what_goes_in_comes_out_now_and_after_opening_again() {
    for_each(|make| {
        let engine = make();
        let mut store = engine.begin().expect("a new ledger");
        assert_eq!(store.head(), Head::EMPTY);
        extend(&mut *store, 11);
        let before = answers(&*store);
        drop(store);
        for to_write in [false, true] {
            let store = engine.reopen(to_write).expect("opened");
            assert!(answers(&*store) == before, "to write: {to_write}");
            let leaves: Vec<_> = (0..11).map(|n| leaf_hash(words(n).as_bytes())).collect();
            assert_eq!(store.root(), root_of(&leaves));
            assert_eq!(store.entry(Index(7)).expect("there"), words(7).as_bytes());
            assert_eq!(store.hash(Index(7)).expect("there"), leaves[7]);
            let prefix = &leaves[7].to_string()[..12];
            assert_eq!(store.find_hash_prefix(prefix).expect("found"), [Index(7)]);
            assert_eq!(store.governance().expect("read"), [Index(0), Index(5), Index(10)]);
            let body = store.body(Index(7)).expect("opens").expect("not erased");
            assert_eq!(body.body, b"the body of 7");
            assert!(matches!(store.entry(Index(11)), Err(StoreError::NoEntry { .. })));
            let odd: Vec<_> = (0..11).filter(|n| n % 2 == 1).map(Index).collect();
            assert_eq!(store.lookup(&Term::Kind("kind-1".to_owned())).expect("found"), odd);
        }
    });
}

#[test]
fn a_batch_appends_only_to_the_head_that_was_signed() {
    for_each(|make| {
        let mut store = holding(make, 2).reopen_writer();
        let head = store.head();
        extend(&mut *store, 3);
        let refused = store.append(head, vec![new(3)]);
        assert!(matches!(refused, Err(StoreError::HeadMoved { expected, .. }) if expected == head));
        let wrong = Head { hash: EntryHash::ZERO, ..store.head() };
        assert!(matches!(store.append(wrong, vec![new(3)]), Err(StoreError::HeadMoved { .. })));
        same(store.append(store.head(), Vec::new()).expect("nothing to do"), 3);
        same(store.append(store.head(), vec![new(3)]).expect("the head"), 4);
    });
}

impl dyn Engine {
    fn reopen_writer(&self) -> Box<dyn Store> {
        self.reopen(true).expect("opened for writing")
    }
}

#[test]
fn one_writer_and_any_number_of_readers() {
    for_each(|make| {
        let engine = holding(make, 2);
        let first = engine.reopen_writer();
        assert!(matches!(engine.reopen(true), Err(StoreError::InUse { .. })));
        assert!(matches!(engine.begin(), Err(StoreError::InUse { .. })));
        let mut reader = engine.reopen(false).expect("a reader");
        let refused = reader.append(reader.head(), vec![new(2)]);
        assert!(matches!(refused, Err(StoreError::ReadOnly)));
        assert!(matches!(reader.keep_checkpoint(b"note"), Err(StoreError::ReadOnly)));
        drop(first);
        engine.reopen_writer();
    });
}

#[test]
fn a_ledger_is_never_written_over_nor_made_by_opening() {
    for_each(|make| {
        assert!(matches!(make().reopen(true), Err(StoreError::NoLedger(_))));
        assert!(matches!(make().reopen(false), Err(StoreError::NoLedger(_))));
        let engine = holding(make, 2);
        assert!(matches!(engine.begin(), Err(StoreError::AlreadyThere(_))));
        same(engine.reopen_writer().head(), 2);
    });
}

#[test]
fn what_cannot_be_kept_is_refused_whole() {
    for_each(|make| {
        let engine = holding(make, 2);
        let mut store = engine.reopen_writer();
        let head = store.head();
        let mut refused = |entry: Vec<u8>, body: Vec<u8>| {
            let batch = vec![new(2), NewEntry { entry, body, attachments: Vec::new() }];
            store.append(head, batch).expect_err("refused")
        };
        let long = format!("a b c #{}", "x".repeat(65_535)).into_bytes();
        assert!(matches!(refused(long, vec![]), StoreError::NotAnEntry { position: 1, .. }));
        assert!(matches!(refused(vec![], vec![]), StoreError::NotAnEntry { position: 1, .. }));
        assert!(matches!(refused(b"?".to_vec(), vec![]), StoreError::NotAnEntry { .. }));
        let large = vec![0; (1 << 20) + 1];
        assert!(matches!(refused(b"a b c".to_vec(), large), StoreError::BodyTooLarge { .. }));
        let many = (2..70).map(|n| NewEntry { body: vec![0; 1 << 20], ..new(n) }).collect();
        assert!(matches!(store.append(head, many), Err(StoreError::BatchTooLarge { .. })));
        let mut changed = attachment(b"as signed");
        changed.source = Source::Bytes(b"as signeD".to_vec());
        let batch = vec![NewEntry { attachments: vec![changed], ..new(2) }];
        let refused = store.append(head, batch);
        assert!(matches!(refused, Err(StoreError::DocumentChanged { .. })));
        drop(store);
        let mut store = engine.reopen_writer();
        assert_eq!(store.head(), head);
        extend(&mut *store, 3);
    });
}

#[test]
fn documents_come_back() {
    for_each(|make| {
        let engine = holding(make, 2);
        let mut store = engine.reopen_writer();
        let attachments = vec![attachment(b"what the governors decided"), attachment(b"")];
        let batch = vec![NewEntry { attachments: attachments.clone(), ..new(2) }];
        store.append(store.head(), batch).expect("appended");
        drop(store);
        let store = engine.reopen(false).expect("opened");
        let body = store.body(Index(2)).expect("opens").expect("not erased");
        assert_eq!(body.documents.len(), 2);
        for wanted in attachments {
            let Source::Bytes(expected) = wanted.source else { panic!("bytes at hand") };
            assert_eq!(store.document(Index(2), wanted.sha256).expect("read"), Some(expected));
        }
        let none = store.document(Index(2), Sha256Hash::ZERO);
        assert!(matches!(none, Err(StoreError::NoDocument { .. })));
    });
}

#[test]
fn a_checkpoint_is_replaced_whole() {
    for_each(|make| {
        let engine = holding(make, 2);
        let mut store = engine.reopen_writer();
        assert_eq!(store.checkpoint().expect("read"), None);
        store.keep_checkpoint(b"a longer first one").expect("kept");
        store.keep_checkpoint(b"second").expect("kept");
        drop(store);
        let kept = engine.reopen(false).expect("opened").checkpoint();
        assert_eq!(kept.expect("read").as_deref(), Some(&b"second"[..]));
    });
}

#[test]
fn evidence_is_kept_as_it_was_given_and_the_same_once() {
    for_each(|make| {
        let engine = holding(make, 3);
        let mut store = engine.reopen_writer();
        assert_eq!(store.evidence().expect("listed"), []);
        let mut keep = |size, form, bytes: &[u8]| {
            let kept = store.keep_evidence(Size(size), form, bytes).expect("kept");
            kept.to_string()
        };
        assert_eq!(keep(3, EvidenceForm::Token, b"one"), "3.1.tsr");
        assert_eq!(keep(3, EvidenceForm::Note, b"one"), "3.2.note");
        assert_eq!(keep(3, EvidenceForm::Token, b"two"), "3.3.tsr");
        assert_eq!(keep(2, EvidenceForm::Token, b"one"), "2.1.tsr");
        assert_eq!(keep(3, EvidenceForm::Token, b"one"), "3.1.tsr", "the same again");
        let large = vec![b'x'; (1 << 20) + 1];
        let refused = store.keep_evidence(Size(3), EvidenceForm::Note, &large);
        assert!(matches!(refused, Err(StoreError::Io { .. })));
        drop(store);
        let mut store = engine.reopen(false).expect("opened");
        let listed = store.evidence().expect("listed");
        let names: Vec<String> = listed.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["2.1.tsr", "3.1.tsr", "3.2.note", "3.3.tsr"]);
        let read = |at: usize| store.read_evidence(listed[at]).expect("read");
        assert_eq!((read(1), read(3)), (b"one".to_vec(), b"two".to_vec()));
        let refused = store.keep_evidence(Size(3), EvidenceForm::Note, b"more");
        assert!(matches!(refused, Err(StoreError::ReadOnly)));
    });
}

#[test]
fn links_find_what_links() {
    for_each(|make| {
        let engine = holding(make, 3);
        let mut store = engine.reopen_writer();
        let target = store.hash(Index(1)).expect("there");
        let linking = NewEntry { entry: format!("x y z {target} {target}").into_bytes(), ..new(3) };
        store.append(store.head(), vec![linking]).expect("appended");
        assert_eq!(store.lookup(&Term::LinksTo(target)).expect("found"), [Index(3)]);
        drop(store);
        let reader = engine.reopen(false).expect("opened");
        assert_eq!(reader.lookup(&Term::LinksTo(target)).expect("found"), [Index(3)]);
    });
}

#[test]
fn an_error_of_the_callers_ends_the_reading() {
    for_each(|make| {
        let store = holding(make, 5).reopen_writer();
        let mut seen = 0;
        let ended = store.range(Index(1), Index(5), &mut |stored| {
            seen = stored.index.0;
            if seen == 3 { Err(StoreError::Caller("enough".into())) } else { Ok(()) }
        });
        assert!(matches!(ended, Err(StoreError::Caller(_))));
        assert_eq!(seen, 3);
        let beyond = store.range(Index(4), Index(6), &mut |_| Ok(()));
        assert!(matches!(beyond, Err(StoreError::NoEntry { .. })));
    });
}

/// What was acknowledged: entries, and the size of a checkpoint.
#[derive(Default)]
struct Acknowledged {
    size: u64,
    kept: u64,
    /// Whether the store said that it doesn't know what became of two more.
    unknown: bool,
}

/// Two entries at once, one with a document, and a checkpoint after each, until something
/// fails.
fn work(engine: &dyn Engine) -> Acknowledged {
    let mut told = Acknowledged::default();
    for goal in [4, 10] {
        let opened = if goal == 4 { engine.begin() } else { engine.reopen(true) };
        let Ok(mut store) = opened else { return told };
        while store.head().size.0 < goal {
            let next = store.head().size.0;
            let attachments = vec![attachment(format!("document {next}").as_bytes())];
            let batch = vec![NewEntry { attachments, ..new(next) }, new(next + 1)];
            match store.append(store.head(), batch) {
                Ok(head) => told.size = head.size.0,
                Err(error) if is_silence(&error) => {
                    let again = store.append(store.head(), vec![new(next)]).err();
                    let silent = [again, store.entry(Index(0)).err(), store.checkpoint().err()];
                    assert!(silent.iter().all(|answer| answer.as_ref().is_some_and(is_silence)));
                    told.unknown = true;
                    return told;
                }
                Err(_) => return told,
            }
            if store.keep_checkpoint(&told.size.to_be_bytes()).is_err() {
                return told;
            }
            told.kept = told.size;
        }
    }
    told
}

#[test]
fn what_was_acknowledged_survives_any_fault() {
    for_each(|make| {
        for fault in [Fault::Lost, Fault::Done] {
            for change in 0.. {
                let engine = make();
                engine.arm(fault, change);
                let Acknowledged { size: acknowledged, kept, unknown } = work(&*engine);
                let struck = engine.heal();
                let what = format!("{fault:?} at change {change}");
                let mut store = match engine.reopen(true) {
                    Ok(store) => store,
                    Err(StoreError::NoLedger(_)) if acknowledged == 0 => {
                        engine.begin().expect("a new ledger")
                    }
                    Err(error) => panic!("{what}: {error}"),
                };
                let size = store.head().size.0;
                let whole = size == acknowledged || unknown && size == acknowledged + 2;
                assert!(whole, "{what}: {size} of {acknowledged}");
                let note = store.checkpoint().expect("read").map_or(0, |note| {
                    u64::from_be_bytes(note.try_into().expect("a checkpoint is replaced whole"))
                });
                assert!((kept..=size).contains(&note), "{what}: checkpoint of {note}");
                extend(&mut *store, size + 2);
                drop(store);
                let store = engine.reopen(false).expect("opened");
                let mut slots = std::collections::BTreeSet::new();
                for stored in all(&*store).expect("read") {
                    let number = stored.index.0;
                    assert_eq!(stored.entry, words(number).into_bytes());
                    assert!(slots.insert(stored.slot), "{what}: slot {} twice", stored.slot);
                    let body = store.body(stored.index).expect("opens").expect("not erased");
                    for document in body.documents {
                        let read = store.document(stored.index, document.sha256).expect("opens");
                        assert_eq!(read, Some(format!("document {number}").into_bytes()));
                    }
                }
                if !struck {
                    assert!(change > 40, "faults were injected");
                    break;
                }
            }
        }
    });
}

/// An entry with two documents that its body names, behind three others, and what was opened of it.
fn with_letters(store: &mut dyn Store) -> [Sha256Hash; 2] {
    let (kept, gone) = (attachment(b"a plan that stays"), attachment(b"a letter that goes"));
    let body = [&b"the letter "[..], &kept.sha256.0, b" and ", &gone.sha256.0].concat();
    let hashes = [kept.sha256, gone.sha256];
    let one = NewEntry { body, attachments: vec![kept, gone], ..new(3) };
    store.append(store.head(), vec![one]).expect("appended");
    hashes
}

/// Of entry 3 the word and the letter, and all of entry 1.
fn to_erase(gone: Sha256Hash) -> Vec<Erase> {
    let part = vec!["letter".to_owned(), hex::encode(gone.0)];
    let all = Erase { index: Index(1), fields: None };
    vec![Erase { index: Index(3), fields: Some(part) }, all]
}

/// Whether all of that is erased, and the rest is there; or none of it is.
fn is_erased(store: &dyn Store, [kept, gone]: [Sha256Hash; 2]) -> bool {
    let part = store.body(Index(3)).expect("opens").expect("not all of it");
    let whole = [&b"the letter "[..], &kept.0, b" and ", &gone.0].concat();
    let left = [&b"the  "[..], &kept.0, b" and "].concat();
    let document = |sha256| store.document(Index(3), sha256);
    let plan = document(kept).expect("read");
    assert_eq!(plan.as_deref(), Some(&b"a plan that stays"[..]), "what stays");
    let found = store.lookup(&Term::Document(gone)).expect("looked up");
    let other = store.body(Index(1)).expect("opens");
    let erased = part.body == left;
    if erased {
        assert_eq!(other, None, "one is erased and the other isn't");
        assert!(matches!(document(gone), Err(StoreError::NoDocument { .. })));
        assert_eq!(part.documents.len(), 1);
        assert_eq!(found, []);
    } else {
        assert_eq!(part.body, whole);
        assert_eq!(other.expect("not erased").body, b"the body of 1");
        assert!(document(gone).expect("read").is_some());
        assert_eq!(found, [Index(3)]);
    }
    for (number, body) in [(0, "the body of 0"), (2, "the body of 2")] {
        let opened = store.body(Index(number)).expect("opens").expect("not erased");
        assert_eq!(opened.body, body.as_bytes());
    }
    erased
}

#[test]
fn what_is_erased_is_gone_and_the_rest_stays() {
    for_each(|make| {
        let engine = holding(make, 3);
        let mut store = engine.reopen_writer();
        let documents = with_letters(&mut *store);
        assert!(!is_erased(&*store, documents));
        let entries = |store: &dyn Store| {
            let all = all(store).expect("read").into_iter();
            all.map(|stored| (stored.entry, store.hash(stored.index).expect("there")))
                .collect::<Vec<_>>()
        };
        let before = entries(&*store);
        // What isn't appended erases nothing.
        let (head, wrong) = (store.head(), Head { hash: EntryHash::ZERO, ..store.head() });
        let refused = store.append_erasing(wrong, vec![new(4)], to_erase(documents[1]));
        assert!(matches!(refused, Err(StoreError::HeadMoved { .. })));
        let refused = store.append_erasing(
            head,
            vec![NewEntry { entry: vec![], ..new(4) }],
            to_erase(documents[1]),
        );
        assert!(matches!(refused, Err(StoreError::NotAnEntry { .. })));
        let mut reader = engine.reopen(false).expect("a reader");
        let refused = reader.append_erasing(head, vec![new(4)], to_erase(documents[1]));
        assert!(matches!(refused, Err(StoreError::ReadOnly)));
        drop(reader);
        assert!(!is_erased(&*store, documents));

        let done = store.append_erasing(head, vec![new(4)], to_erase(documents[1]));
        same(done.expect("erased"), 5);
        assert!(is_erased(&*store, documents));
        // Once more is nothing more, and the ledger goes on.
        let again = to_erase(documents[1]);
        same(store.append_erasing(store.head(), vec![new(5)], again).expect("erased"), 6);
        extend(&mut *store, 12);
        drop(store);
        for to_write in [false, true] {
            let store = engine.reopen(to_write).expect("opened");
            assert!(is_erased(&*store, documents), "to write: {to_write}");
            // The entries are those that were signed, and prove what they proved.
            assert!(entries(&*store).starts_with(&before));
            let leaves = entries(&*store).into_iter().map(|(entry, _)| leaf_hash(&entry));
            assert_eq!(store.root(), root_of(&leaves.collect::<Vec<_>>()));
        }
    });
}

/// Whichever change fails, an erasure that is on record is carried out, one that isn't has taken
/// nothing, and evidence that was kept before and after is there.
#[test]
fn an_erasure_is_done_or_not_begun_whatever_fails() {
    let keep = |store: &mut dyn Store, bytes: &[u8]| {
        let size = store.head().size;
        store.keep_evidence(size, EvidenceForm::Token, bytes).is_ok()
    };
    for_each(|make| {
        for fault in [Fault::Lost, Fault::Done, Fault::Full, Fault::ReadOnly, Fault::Power] {
            for change in 0.. {
                let engine = holding(make, 3);
                let mut store = engine.reopen_writer();
                let documents = with_letters(&mut *store);
                engine.arm(fault, change);
                let mut kept = [false; 2];
                kept[0] = keep(&mut *store, b"before");
                let done = store.append_erasing(store.head(), vec![new(4)], to_erase(documents[1]));
                kept[1] = keep(&mut *store, b"after");
                drop(store);
                let struck = engine.heal();
                let what = format!("{fault:?} at change {change}: {done:?}");
                let mut store = engine.reopen_writer();
                let there = store.head().size.0 == 5;
                assert!(there || done.is_err(), "{what}");
                assert_eq!(is_erased(&*store, documents), there, "{what}");
                let listed = store.evidence().expect("listed");
                let read = listed.iter().map(|which| store.read_evidence(*which).expect("read"));
                let read: Vec<_> = read.collect();
                for (kept, bytes) in kept.into_iter().zip([&b"before"[..], b"after"]) {
                    assert!(!kept || read.iter().any(|read| read == bytes), "{what}");
                }
                extend(&mut *store, 6);
                drop(store);
                let store = engine.reopen(false).expect("opened");
                assert_eq!(is_erased(&*store, documents), there, "{what}");
                if !struck {
                    assert!(change > 25 && there && kept == [true; 2], "{what}");
                    break;
                }
            }
        }
    });
}
