//! Tests of reading, on a small ledger that is made entry by entry.

use probity_keys::SigningKey;
use probity_ledger::book::clear::{ClearFields, Decision};
use probity_ledger::format::body::Document;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::entry::{Entry, Subject};
use probity_ledger::format::hash::{EntryHash, Index, Sha256Hash};
use probity_ledger::format::note::VerifierKey;
use probity_ledger::records;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::kind::{Form, Relation};
use tempfile::TempDir;

use super::view::safe_name;
use super::words::value_words;
use super::{Aftermath, CaseView, FileView, Line, Query, View, list, save_documents};
use crate::store::{Attachment, LocalStore, Mode, Options, Source, Store as _};
use crate::work::compose::{self, Chain, Draft, LinkTo, Signed};
use crate::work::home::Home;
use crate::work::reading::{Reading, terms};
use crate::work::{WorkError, World};

const ORIGIN: &str = "oakfield.example/ledger";
const CASE: &str = "dpia-2026-001";
const HEAD: u8 = 1;
const CHAIR: u8 = 2;
const DPO: u8 = 3;

/// 21 November 2026, 14:02 GMT.
const NOW: i64 = 1_795_269_720;

fn world() -> World {
    World::real().with_clock(|| NOW)
}

fn key(of: u8) -> SigningKey {
    SigningKey::from_seed([of; 32])
}

fn draft(kind: &str, role: &str) -> Draft {
    Draft {
        kind: records::newest(kind).expect("a kind"),
        subject: Subject::Ledger,
        role: role.to_owned(),
        links: Vec::new(),
        clear: ClearFields::Nothing,
        answers: Answers::default(),
        attachments: Vec::new(),
        openings: None,
    }
}

fn appointment(of: u8, name: &str, role: &str) -> Draft {
    let mut made = draft("appointment", "headteacher");
    made.clear = ClearFields::Appointment {
        person: [of; 16],
        key: key(of).public(),
        roles: vec![role.to_owned()],
        from: 0,
        until: None,
    };
    made.answers.set("name", Value::text(name));
    made
}

struct School {
    _folder: TempDir,
    home: Home,
}

impl School {
    /// Entries 0 to 3: the head begins, and appoints the chair and the DPO.
    fn begin() -> Self {
        let folder = TempDir::new().expect("a folder");
        let home = Home::locate(Some(folder.path().to_owned())).expect("a home");
        home.create(true).expect("made");
        let mut genesis = draft("genesis", "headteacher");
        genesis.clear = ClearFields::Genesis {
            school: "Oakfield".to_owned(),
            log: VerifierKey::new(ORIGIN, key(9).public()),
            key: key(HEAD).public(),
            person: [HEAD; 16],
            roles: vec!["headteacher".to_owned()],
            continues: None,
        };
        genesis.answers.set("name", Value::text("Amina Khan"));
        let first = appointment(HEAD, "Amina Khan", "headteacher");
        let mut chain = Chain::empty();
        let head = chain.head();
        let batch = [genesis, first]
            .iter()
            .map(|draft| chain.sign(&world(), draft, ORIGIN, &key(HEAD), NOW))
            .map(|signed| signed.map(Signed::into_new))
            .collect::<Result<Vec<_>, WorkError>>()
            .expect("signed");
        let options = Options::new(terms);
        let mut store = LocalStore::create(&home.ledger(), "a test", &options).expect("a ledger");
        store.append(head, batch).expect("appended");
        drop(store);
        let school = Self { _folder: folder, home };
        school.sign(HEAD, &[appointment(CHAIR, "Ben Moss", "chair-of-governors")]);
        school.sign(HEAD, &[appointment(DPO, "Carol Dean", "dpo")]);
        school
    }

    fn sign(&self, of: u8, drafts: &[Draft]) -> Vec<Entry> {
        let mut reading =
            Reading::open(&self.home, &Mode::Write("a test".to_owned())).expect("open");
        compose::append(&world(), &mut reading, drafts, &key(of)).expect("appended")
    }

    fn read(&self) -> Reading {
        let reading = Reading::open(&self.home, &Mode::Read).expect("open");
        // Whatever a test is about: what the index finds around an entry tells the same of it
        // as the whole ledger.
        let all = Aftermath::of_all(&reading, i64::MAX).expect("read");
        for index in (0..reading.store.head().size.0).map(Index) {
            let record = [reading.record(index).expect("read")];
            let around = Aftermath::around(&reading, &record, i64::MAX).expect("read");
            let [around, all] =
                [&around, &all].map(|after| View::of(&reading, after, &record[0]).expect("read"));
            assert_eq!(around, all);
        }
        reading
    }

    fn view(&self, index: u64) -> View {
        View::open(&self.read(), Index(index)).expect("a view")
    }

    /// A note in the case, with a file.
    fn note(&self, of: u8, role: &str, text: &str, files: &[(&str, &[u8])]) -> EntryHash {
        let mut note = draft("note", role);
        note.subject = Subject::Case(CASE.to_owned());
        note.answers.set("text", Value::text(text));
        if !files.is_empty() {
            let values = files.iter().map(|(name, bytes)| document(name, bytes).to_value());
            note.answers.set("documents", Value::Array(values.collect()));
            note.attachments = files
                .iter()
                .map(|(_, bytes)| Attachment {
                    sha256: Sha256Hash::of(bytes),
                    size: bytes.len() as u64,
                    source: Source::Bytes(bytes.to_vec()),
                })
                .collect();
        }
        self.sign(of, &[note])[0].hash()
    }

    fn link(&self, of: u8, mut draft: Draft, relation: Relation, to: EntryHash) -> EntryHash {
        draft.subject = Subject::Case(CASE.to_owned());
        draft.links.push((relation, LinkTo::Entry(to)));
        self.sign(of, &[draft])[0].hash()
    }

    fn correct(&self, what: EntryHash) -> EntryHash {
        let mut correction = draft("correction", "headteacher");
        correction.answers.set("what-changed", Value::text("the supplier's name"));
        self.link(HEAD, correction, Relation::Corrects, what)
    }

    fn list(&self, query: &Query) -> Vec<u64> {
        list(&self.read(), query).expect("listed").iter().map(|line| line.entry.0).collect()
    }

    fn line(&self, index: u64) -> Line {
        let mut all = list(&self.read(), &Query::default()).expect("listed");
        all.remove(usize::try_from(index).expect("an index"))
    }
}

fn document(name: &str, bytes: &[u8]) -> Document {
    Document {
        name: name.to_owned(),
        media_type: "text/plain".to_owned(),
        size: bytes.len() as u64,
        sha256: Sha256Hash::of(bytes),
    }
}

fn approval() -> Draft {
    let mut approval = draft("dpia-approval", "headteacher");
    approval.clear = ClearFields::Decision(Decision::Approved);
    approval
}

fn advice() -> Draft {
    let mut advice = draft("dpo-advice", "dpo");
    advice.answers.set("recommendation", Value::text("proceed-with-changes"));
    advice
}

fn has(view: &View, part: &str) -> bool {
    view.since.sentences(view.line.entry).iter().any(|sentence| sentence.contains(part))
}

#[test]
fn lists_by_every_term() {
    let school = School::begin();
    school.note(DPO, "dpo", "The Camera in the hall", &[("plan of site.txt", b"plan")]);
    let query = Query::default;
    assert_eq!(school.list(&query()), [0, 1, 2, 3, 4]);
    assert_eq!(school.list(&Query { limit: Some(2), ..query() }), [3, 4]);
    assert_eq!(school.list(&Query { case: Some(CASE.to_owned()), ..query() }), [4]);
    assert_eq!(school.list(&Query { kind: Some("appointment".to_owned()), ..query() }), [1, 2, 3]);
    assert_eq!(school.list(&Query { by: Some("carol dean".to_owned()), ..query() }), [4]);
    assert!(school.list(&Query { since: Some(NOW), before: Some(NOW), ..query() }).is_empty());
    assert_eq!(school.list(&Query { since: Some(NOW), limit: Some(1), ..query() }), [4]);
    let text = |words: &str| Query { text: Some(words.to_owned()), ..Query::default() };
    assert_eq!(school.list(&text("hall CAMERA")), [4]);
    assert_eq!(school.list(&text("plan site")), [4]);
    assert!(school.list(&text("hall garden")).is_empty());
    assert_eq!(school.list(&text("carol appointment")), [3]);
    let document = |bytes: &[u8]| Query { document: Some(Sha256Hash::of(bytes)), ..query() };
    assert_eq!(school.list(&document(b"plan")), [4]);
    assert!(school.list(&document(b"plans")).is_empty());
    assert!(
        school.list(&Query { kind: Some("approval".to_owned()), ..document(b"plan") }).is_empty()
    );
    let nobody = Query { case: Some("dpia-2026-002".to_owned()), ..query() };
    assert!(list(&school.read(), &nobody).is_err());
}

#[test]
fn a_line_is_the_documented_object() {
    let school = School::begin();
    let line = serde_json::to_value(school.line(2)).expect("JSON");
    let names: Vec<&str> =
        line.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "entry",
            "hash",
            "time",
            "kind",
            "version",
            "title",
            "case",
            "role",
            "signer",
            "entered_by",
            "person",
            "decision",
            "marks"
        ]
    );
    assert_eq!(line["time"], "2026-11-21T14:02:00Z");
    assert_eq!(line["signer"], "Amina Khan");
}

#[test]
fn an_approval_is_complete_with_advice_and_stale_after_a_correction() {
    let school = School::begin();
    let described = school.note(CHAIR, "chair-of-governors", "what we plan", &[]);
    school.link(HEAD, approval(), Relation::Approves, described);
    assert_eq!(school.line(5).marks, ["incomplete"]);
    assert!(has(&school.view(5), "not complete: missing: the DPO's advice"));

    school.link(DPO, advice(), Relation::Advises, described);
    assert!(school.line(5).marks.is_empty());
    assert!(school.view(5).since.complete);
    assert!(has(&school.view(4), "approved by entry 5, DPIA approval by Amina Khan"));
    assert!(has(&school.view(4), "advised on by entry 6"));
    assert_eq!(school.view(6).links[0].words, "advises on entry 4, Note by Ben Moss");

    let first = school.correct(described);
    assert_eq!(school.line(4).marks, ["corrected"]);
    assert_eq!(school.line(5).marks, ["stale"]);
    school.correct(first);
    let view = school.view(5);
    assert_eq!(view.since.stale, [Index(7), Index(8)]);
    assert!(has(&view, "corrected by entry 7 and 8; it has to be given again"));

    school.link(HEAD, approval(), Relation::Approves, described);
    assert_eq!(school.view(5).since.given_again, [Index(9)]);
    assert!(school.view(9).since.stale.is_empty());
}

#[test]
fn an_exception_shows_until_its_role_ratifies_it() {
    let school = School::begin();
    let mut exception = draft("exception", "headteacher");
    exception.answers.set("rule", Value::text("the DPO advises first"));
    exception.answers.set("reason", Value::text("the DPO is away"));
    exception.answers.set("ratify-role", Value::text("chair-of-governors"));
    exception.subject = Subject::Case(CASE.to_owned());
    let mut note = draft("note", "headteacher");
    note.subject = Subject::Case(CASE.to_owned());
    note.answers.set("text", Value::text("we begin"));
    note.links.push((Relation::Excepts, LinkTo::Before));
    let signed = school.sign(HEAD, &[exception, note]);
    assert_eq!(school.line(5).marks, ["by exception"]);
    let case = CaseView::open(&school.read(), CASE, None, 0).expect("a case");
    assert_eq!(case.incomplete.len(), 1);
    assert_eq!(case.incomplete[0].0, Index(5));

    let by_dpo = draft("ratification", "dpo");
    school.link(DPO, by_dpo, Relation::Ratifies, signed[0].hash());
    assert!(has(&school.view(5), "not ratified by the role that it names (entry 6)"));
    let by_chair = draft("ratification", "chair-of-governors");
    school.link(CHAIR, by_chair, Relation::Ratifies, signed[0].hash());
    assert!(school.line(5).marks.is_empty());
    assert!(has(&school.view(5), "signed by exception (entry 4), ratified by entry 6 and 7"));
    assert!(has(&school.view(4), "used by entry 5"));
}

/// The act that it completes is complete by the format; that its person never held the role, a
/// reader has to be told.
#[test]
fn a_paper_signature_in_a_role_that_its_person_never_held_is_asked_about() {
    let school = School::begin();
    let what = school.note(HEAD, "headteacher", "what we plan", &[]);
    let paper = |person: u8, role: &str, date: &str| {
        let mut paper = draft("paper-signature", "headteacher");
        for (name, value) in [
            ("person", "Carol Dean"),
            ("person-id", &hex::encode([person; 16])),
            ("role", role),
            ("date", date),
            ("what", "advice"),
        ] {
            paper.answers.set(name, Value::text(value));
        }
        school.link(HEAD, paper, Relation::Advises, what);
        let last = school.read().store.head().size.0 - 1;
        let asked = school.view(last).findings.into_iter();
        asked
            .map(|one| one.text)
            .filter(|text| text.contains("appointments here"))
            .collect::<Vec<_>>()
    };
    let none: Vec<String> = Vec::new();
    let day = "2026-11-20";
    assert_eq!(paper(DPO, "dpo", day), none);
    let asked =
        "by the appointments here, Ben Moss was not Data protection officer on 20 November 2026";
    assert_eq!(paper(CHAIR, "dpo", day), [asked]);
    // Whom nobody knows completes nothing anyway.
    assert_eq!(paper(77, "dpo", day), none);
    // From tomorrow on Ben is also DPO, and only chair before.
    let mut both = appointment(CHAIR, "Ben Moss", "chair-of-governors");
    let roles = vec!["chair-of-governors".to_owned(), "dpo".to_owned()];
    both.clear = ClearFields::Appointment {
        person: [CHAIR; 16],
        key: key(CHAIR).public(),
        roles,
        from: NOW + 86_400,
        until: None,
    };
    school.sign(HEAD, &[both]);
    assert_eq!(paper(CHAIR, "dpo", day), [asked]);
    assert_eq!(paper(CHAIR, "chair-of-governors", day), none);
    assert_eq!(paper(CHAIR, "dpo", "2026-11-22"), none);
}

#[test]
fn a_suspect_key_makes_its_entries_doubtful() {
    let school = School::begin();
    school.note(DPO, "dpo", "seen", &[]);
    let mut revocation = draft("revocation", "headteacher");
    revocation.clear =
        ClearFields::Revocation { kid: key(DPO).public().kid(), suspect_since: Some(NOW) };
    revocation.answers.set("reason", Value::text("key-suspect"));
    school.sign(HEAD, &[revocation]);
    assert_eq!(school.line(4).marks, ["doubtful"]);
    assert!(school.line(3).marks.is_empty());
    let view = school.view(4);
    assert!(has(&view, "its author's key was revoked by entry 5; it may have been in other hands"));
    assert!(has(&school.view(3), "the key that it appoints was revoked by entry 5"));
    assert!(has(&school.view(3), "its holder has not accepted it"));
    let words: Vec<String> = school.view(5).clear.iter().flat_map(|c| c.words.clone()).collect();
    assert!(words[0].ends_with("(Carol Dean)"), "{words:?}");
    assert_eq!(words[1], "21 November 2026, 14:02 GMT");
}

#[test]
fn documents_are_saved_and_nothing_is_overwritten() {
    let school = School::begin();
    let files: [(&str, &[u8]); 3] =
        [("plan.txt", b"one"), ("PLAN.txt", b"two"), ("../../etc/passwd", b"three")];
    school.note(HEAD, "headteacher", "plans", &files);
    let folder = TempDir::new().expect("a folder");
    let into = folder.path().join("saved");
    let view = school.view(4);
    let (saved, erased) = save_documents(&school.read(), &view, &into).expect("saved");
    assert!(erased.is_empty());
    let names: Vec<_> = saved.iter().filter_map(|path| path.strip_prefix(&into).ok()).collect();
    assert_eq!(names.len(), 3);
    assert!(names.iter().all(|name| name.components().count() == 1), "{names:?}");
    let mut read: Vec<Vec<u8>> =
        saved.iter().map(|path| std::fs::read(path).expect("read")).collect();
    read.sort();
    assert_eq!(read, [b"one".to_vec(), b"three".to_vec(), b"two".to_vec()]);
    let again = save_documents(&school.read(), &view, &into).expect_err("they exist");
    assert!(again.to_string().ends_with("exists already"), "{again}");
}

#[test]
fn names_of_files_stay_in_their_folder() {
    let safe = |name: &str| {
        safe_name(&FileView {
            name: name.to_owned(),
            media_type: String::new(),
            size: 1,
            sha256: Sha256Hash([0xab; 32]),
        })
    };
    assert_eq!(safe("DPIA approval.pdf"), "DPIA approval.pdf");
    assert_eq!(safe("..\\..\\boot.ini"), "boot.ini");
    assert_eq!(safe("/etc/passwd"), "passwd");
    assert_eq!(safe(".."), "document-abababab");
    assert_eq!(safe(".bashrc"), "bashrc");
    assert_eq!(safe("con.txt"), "_con.txt");
    assert_eq!(safe("LPT1"), "_LPT1");
    assert_eq!(safe("a\u{202e}fdp.exe:x\n"), "afdp.exe_x");
    assert!(safe(&"x".repeat(500)).len() < 130);
}

#[test]
fn answers_are_told_in_words() {
    let words = |form: &Form, value: Value| value_words(Some(form), &value);
    assert_eq!(words(&Form::Date, Value::text("2026-11-21")), ["21 November 2026"]);
    assert_eq!(words(&Form::Time, Value::Int(NOW)), ["21 November 2026, 14:02 GMT"]);
    assert_eq!(words(&Form::Choice(&["key-lost"]), Value::text("key-lost")), ["key lost"]);
    let span = Value::map([("from", Value::text("2026-11-01")), ("to", Value::text("2026-11-02"))]);
    assert_eq!(words(&Form::Occurred, span), ["1 November 2026 to 2 November 2026"]);
    let list = Value::Array(vec![Value::text("one\nmore"), Value::text("two")]);
    assert_eq!(words(&Form::List(&Form::Text), list), ["- one", "  more", "- two"]);
    let single = Value::Array(vec![Value::text("one")]);
    assert_eq!(words(&Form::List(&Form::Text), single), ["one"]);
    assert_eq!(super::spoken("dpo-view"), "DPO view");
    let document = document("a.txt", b"x").to_value();
    let told = words(&Form::Doc, document);
    assert_eq!(told[0], "a.txt (1 byte, text/plain)");
    assert!(told[1].starts_with("SHA-256 2d711642"));
}
