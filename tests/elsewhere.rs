//! A chair of governors signs at home, on a machine that has no record book: two homes that share
//! nothing but the files that travel. And what a signer's key remembers.

use std::path::PathBuf;

use common::files::pdf;
use common::{BEGUN, DPO, HEAD, OFFICE, School, Snapshot, index, text};
use probity_keys::Signer;
use probity_ledger::format::entry::{Header, Subject, assemble, sig_structure};
use probity_ledger::format::statement::Statement;
use serde_json::json;

#[path = "elsewhere/cases.rs"]
mod cases;
mod common;
#[path = "elsewhere/continued.rs"]
mod continued;
#[path = "elsewhere/life.rs"]
mod life;

const RUTH: &str = "Ruth Adeyemi";

/// A school, and Ruth's machine.
struct Apart {
    school: School,
    ruth: School,
}

impl Apart {
    /// Ruth made her key at home and sent its public half; the head appointed her with it.
    fn appointed() -> Self {
        let (school, ruth) = (School::begun(), School::nothing());
        ruth.ok(["key", "new", RUTH]);
        let public = ruth.home().join("keys/ruth-adeyemi.pub");
        let public = public.to_str().expect("a path");
        let role = ["--role", "chair-of-governors", "--by", HEAD, "--as", "headteacher"];
        let made = ["--pub", public, "--key-made", "by-holder-own-device"];
        school.ok(["appoint", RUTH].iter().chain(&role).chain(&made));
        Self { school, ruth }
    }

    /// She has accepted, too.
    fn accepted() -> Self {
        let apart = Self::appointed();
        let request = apart.ask("accept.request", &["accept", "--by", RUTH]);
        let statement = apart.sign(&request);
        apart.enter(&statement);
        apart
    }

    /// The school makes a request, which is copied to her.
    fn ask(&self, name: &str, command: &[&str]) -> String {
        let here = self.school.path(name);
        let line = [command, &["--request", here.to_str().expect("a path")]].concat();
        self.school.ok(line);
        let there = self.ruth.path(name);
        std::fs::copy(here, &there).expect("the request travels");
        there.display().to_string()
    }

    /// She signs, and the statement is copied to the school.
    fn sign(&self, request: &str) -> String {
        let ran = self.ruth.ok(["sign", "--detached", request]);
        let statement = PathBuf::from(ran.out.trim());
        let name = statement.file_name().and_then(|name| name.to_str()).expect("a name");
        let here = self.school.path(name);
        std::fs::copy(&statement, &here).expect("the statement travels");
        here.display().to_string()
    }

    fn enter(&self, statement: &str) -> u64 {
        let line = ["sign", "--attach", statement, "--by", OFFICE];
        index(&self.school.json(line)["entry"])
    }

    fn requests(&self) -> usize {
        std::fs::read_dir(self.school.home().join("requests")).map_or(0, Iterator::count)
    }
}

fn approval<'a>(file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let line = ["sign", file, "--by", RUTH, "--as", "chair-of-governors", "--decision", "approved"];
    [&line[..], more].concat()
}

/// The way there and back, for an acceptance and for a document. What came back holds no answer,
/// and what went out is gone from the school.
#[test]
fn a_chair_signs_at_home() {
    let apart = Apart::accepted();
    let (school, ruth) = (&apart.school, &apart.ruth);
    let accepted = BEGUN + 1;
    let view = school.show(accepted);
    assert_eq!((&view["kind"], &view["signer"]), (&json!("acceptance"), &json!(RUTH)));
    assert!(text(&view["entered_by"]).contains(OFFICE), "{view:#}");
    assert_eq!(apart.requests(), 0, "an answered request stays nowhere");

    let file = school.file("plan.pdf", pdf("the plan"));
    let command = approval(&file, &["--wording", "I approve the quiet plan"]);
    let request = apart.ask("plan.request", &command);
    assert_eq!(apart.requests(), 1);
    let waits = school.json(["sign", "--waiting"]);
    assert_eq!((&waits["signer"], &waits["kind"]), (&json!(RUTH), &json!("approval")));

    // She reads what she is to sign, as the school would have shown it.
    let shown = ruth.ok(["sign", "--detached", &request, "--dry-run"]).err;
    for part in
        ["You sign as Chair of governors: ", "I approve the quiet plan", "plan.pdf", "Hillside"]
    {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let folder = ruth.path("to-read");
    ruth.ok(["sign", "--detached", &request, "--save", folder.to_str().expect("a path")]);
    assert_eq!(std::fs::read(folder.join("plan.pdf")).expect("saved"), pdf("the plan"));

    let statement = apart.sign(&request);
    let bytes = std::fs::read(&statement).expect("a statement");
    let holds = |what: &[u8]| bytes.windows(what.len()).any(|part| part == what);
    assert!(!holds(b"quiet plan") && !holds(b"plan.pdf") && holds(b"approval"));
    let entry = apart.enter(&statement);
    let view = school.show(entry);
    assert_eq!((&view["kind"], &view["role"]), (&json!("approval"), &json!("chair-of-governors")));
    assert_eq!((&view["signer"], &view["decision"]), (&json!(RUTH), &json!("approved")));
    assert_eq!(apart.requests(), 0);
    assert_eq!(school.log(&["--by", RUTH]), [accepted, entry]);
    assert_eq!(school.log(&["--kind", "approval"]), [entry]);

    let (status, verdict) = school.verify(["--document", &file]);
    assert_eq!(status, 0, "{verdict:#}");
    assert_eq!(verdict["verdict"], "intact");
    let stated = verdict["stated"].as_array().expect("a list");
    assert_eq!(
        stated.iter().map(|one| index(&one["entry"])).collect::<Vec<_>>(),
        [accepted, entry]
    );
    let words = school.ok(["verify"]).out;
    assert!(
        words.contains(&format!("signed by “{RUTH}” elsewhere and entered by “{OFFICE}”")),
        "{words}"
    );
}

/// Advice that stands already is named before an approval of that very content is signed, here and
/// elsewhere; advice on other content, or by whoever approves, completes nothing.
#[test]
fn advice_that_is_there_is_named_and_not_asked_for() {
    let apart = Apart::accepted();
    let (school, ruth) = (&apart.school, &apart.ruth);
    let [plan, other] = ["plan.pdf", "other.pdf"].map(|name| school.file(name, pdf(name)));
    let advice = ["--attach", &plan, "--recommendation", "proceed", "--advice", "It is sound"];
    let advice = school.record("dpo-advice", DPO, &[&["--case", "dpia-new"], &advice[..]].concat());
    let case = text(&advice["case"]);
    let approve = |by, files: &[&str], decision| {
        let line = ["record", "dpia-approval", "--by", by, "--case", &case, "--decision", decision];
        let files = files.iter().flat_map(|file| ["--attach", file]);
        line.into_iter().chain(files).map(str::to_owned).collect::<Vec<String>>()
    };
    let joined = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = |command: Vec<String>| {
        joined(&school.ok(command.into_iter().chain(["--dry-run".to_owned()])).out)
    };
    let there = format!(
        "Already there: the DPO's advice on this exact content (entry {}, DPO's advice by {DPO}",
        advice["entry"]
    );
    let missing = "Complete only with: the DPO's advice on this exact content (";
    let preview = shown(approve(HEAD, &[&plan], "approved"));
    assert!(preview.contains(&there) && !preview.contains(missing), "{preview}");
    for files in [&[other.as_str()][..], &[&plan, &other]] {
        let preview = shown(approve(HEAD, files, "approved"));
        assert!(preview.contains(missing) && !preview.contains("Already there"), "{preview}");
    }
    let preview = shown(approve(HEAD, &[&plan], "refused"));
    assert!(!preview.contains(missing) && !preview.contains("Already there"), "{preview}");

    let command = approve(RUTH, &[&plan], "approved");
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    let request = apart.ask("approval.request", &command);
    let preview = ruth.ok(["sign", "--detached", &request, "--dry-run"]).err;
    let preview = joined(&preview);
    assert!(preview.contains(&format!("{there}: proceed, as the school says)")), "{preview}");
    assert!(!preview.contains(missing), "{preview}");
}

/// A request that anybody changed on its way is refused, whichever byte it was.
#[test]
fn a_changed_request_is_not_signed() {
    let apart = Apart::appointed();
    let file = apart.school.file("plan.pdf", pdf("the plan"));
    let request = apart.ask("plan.request", &approval(&file, &[]));
    let bytes = std::fs::read(&request).expect("a request");
    let at = |what: &[u8]| {
        bytes.windows(what.len()).position(|part| part == what).expect("it is in there")
    };
    for (place, what) in [
        (at(&pdf("the plan")), "a file in it is not the one"),
        (at(b"checkpoint") + 40, ""),
        (at(b"fingerprint") + 20, "its fingerprint is another one"),
        (bytes.len() - 1, ""),
    ] {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        let changed = apart.ruth.file("changed.request", changed);
        let refusal = apart.ruth.refused(["sign", "--detached", &changed]);
        refusal.says(what, "");
    }
    let cut = apart.ruth.file("cut.request", &bytes[..bytes.len() / 2]);
    apart
        .ruth
        .refused(["sign", "--detached", &cut])
        .says("not a request as it was made", "new one");
    // What the answers say is bound by their commitments only once it is signed: changed answers
    // give another statement, which answers no request of the school.
    let mut other = bytes.clone();
    other[at(b"I approve exactly")] = b'Y';
    let other = apart.ruth.file("other.request", other);
    let out = apart.ruth.ok(["sign", "--detached", &other]).out;
    let refusal = apart.school.refused(["sign", "--attach", out.trim(), "--by", OFFICE]);
    refusal.says("no request that waits here is answered", "--answers");
}

/// What the request asked one person to say in one case is not entered as said by another, or in
/// another case: whoever enters it was shown the request.
#[test]
fn a_statement_of_the_same_by_another_key_or_in_another_case_is_not_entered() {
    let apart = Apart::appointed();
    let school = &apart.school;
    let file = school.file("plan.pdf", pdf("the plan"));
    let request = apart.ask("plan.request", &approval(&file, &[]));
    let honest = apart.sign(&request);
    let statement = Statement::parse(&std::fs::read(&honest).expect("read")).expect("a statement");
    let (header, stated) = statement.parts();
    let ruth = apart.ruth.unlock("ruth-adeyemi");
    let owen = school.unlock("owen-reid");
    let in_other_case =
        Header { subject: Subject::Case("dpia-2031-001".to_owned()), ..header.clone() };
    let by_another = Header { kid: owen.public().kid(), ..header.clone() };
    let others: [(_, &dyn Signer); 2] = [(in_other_case, &ruth), (by_another, &owen)];
    for (header, key) in others {
        let (protected, payload) = (header.to_statement_bytes(), stated.to_bytes());
        let signature = key.sign(&sig_structure(&protected, &payload)).expect("signed");
        let forged = school.file("forged.statement", assemble(&protected, &payload, &signature));
        let size = school.log(&[]).len();
        let refusal = school.refused(["sign", "--attach", &forged, "--by", OFFICE]);
        refusal.says("says something else than the request", "ask its signer");
        assert_eq!(school.log(&[]).len(), size);
        std::fs::remove_file(forged).expect("removed");
    }
    apart.enter(&honest);
}

/// A request that another version of the program made, or that was damaged, may be signed
/// somewhere: looking at what waits leaves it alone.
#[test]
fn a_waiting_request_that_cannot_be_read_stays() {
    let apart = Apart::appointed();
    apart.ask("accept.request", &["accept", "--by", RUTH]);
    let folder = apart.school.home().join("requests");
    let strange = folder.join("of-another-version.request");
    std::fs::write(&strange, b"not of this version").expect("written");
    assert_eq!(apart.school.lines(["sign", "--waiting"]).len(), 1);
    assert!(strange.exists());
}

/// Whoever has the wrong key, no key, or a file that isn't one, is told so.
#[test]
fn what_is_refused_on_the_signers_machine() {
    let apart = Apart::appointed();
    let request = apart.ask("accept.request", &["accept", "--by", RUTH]);
    let stranger = School::nothing();
    stranger.ok(["key", "new", "Peter Lamb"]);
    stranger.refused(["sign", "--detached", &request]).says("which isn't here", "key list");
    let statement = apart.sign(&request);
    apart.ruth.refused(["sign", "--detached", &request]).says("exists already", "");
    apart.ruth.refused(["sign", "--detached", &statement]).says("not a request", "");
    let wrong = apart
        .ruth
        .command(["sign", "--detached", &request, "-o", "again.statement"])
        .env("PROBITY_PASSPHRASE", "another Passphrase 1!")
        .output()
        .expect("it runs");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(!apart.ruth.path("again.statement").exists());
}

/// A statement counts once, in its own record book, while it is in time and its author in force.
#[test]
fn what_is_refused_at_the_school() {
    let apart = Apart::appointed();
    let school = &apart.school;
    let request = apart.ask("accept.request", &["accept", "--by", RUTH]);
    let statement = apart.sign(&request);
    school.refused(["sign", "--attach", &request, "--by", OFFICE]).says("", "");
    let other = School::begin();
    other.refused(["sign", "--attach", &statement, "--by", OFFICE]).says("knew another entry", "");
    apart.enter(&statement);
    let again = school.refused(["sign", "--attach", &statement, "--by", OFFICE]);
    again.says("entered already, as entry", "nothing is left");

    let note = ["record", "note", "--by", RUTH, "--as", "chair-of-governors", "--text", "seen"];
    let request = apart.ask("note.request", &note);
    let statement = apart.sign(&request);
    school.ok([
        "revoke",
        RUTH,
        "--by",
        HEAD,
        "--as",
        "headteacher",
        "--reason",
        "role-ended",
        "--yes",
    ]);
    let refusal = school.refused(["sign", "--attach", &statement, "--by", OFFICE]);
    refusal.says("revoked by entry", "");
    assert_eq!(school.verify([""; 0]).0, 0);
}

/// What decides who may sign is signed where the record book is; so is what stands under an
/// exception.
#[test]
fn what_cannot_be_asked_for() {
    let apart = Apart::appointed();
    let to = apart.school.path("no.request").display().to_string();
    let refusal =
        apart.school.refused(["record", "log-key", "--by", HEAD, "--request", to.as_str()]);
    refusal.says("can't be signed elsewhere", "where the record book is");
    assert_eq!(apart.requests(), 0);
    apart.school.file("taken.request", "something");
    let taken = apart.school.path("taken.request").display().to_string();
    let refusal = apart.school.refused(["accept", "--by", RUTH, "--request", taken.as_str()]);
    refusal.says("exists already", "nothing is overwritten");
    assert_eq!(apart.requests(), 0);
}

/// The head signs, somebody puts an older copy back, and the head signs again: their key tells.
#[test]
fn a_record_book_that_went_back_is_not_signed() {
    let school = School::begun();
    let older = Snapshot::of(&school.home().join("ledger"));
    school.record("note", HEAD, &["--text", "the first"]);
    std::fs::remove_dir_all(school.home().join("ledger")).expect("removed");
    older.restore(&school.home().join("ledger"));
    let refusal = school.refused(["record", "note", "--by", HEAD, "--text", "again", "--yes"]);
    refusal.says("went back or was rewritten", "keep it, and tell");
    let kept = std::fs::read_dir(school.home().join("keys")).expect("listed").filter(|item| {
        let name = item.as_ref().expect("listed").file_name();
        name.to_string_lossy().contains("hannah-price.contradiction")
    });
    assert_eq!(kept.count(), 1);
    // Whoever signed nothing since can't know; but the check of the whole does.
    let (status, verdict) = school.verify([""; 0]);
    assert_eq!((status, &verdict["fault"]["code"]), (1, &json!("does-not-continue")));
    // Somebody else carries the older copy on, past the size that the head remembers.
    for text in ["one", "two", "three"] {
        school.record("note", OFFICE, &["--text", text]);
    }
    let (status, verdict) = school.verify([""; 0]);
    assert_eq!((status, &verdict["fault"]["code"]), (1, &json!("does-not-continue")));
    let refusal = school.refused(["record", "note", "--by", HEAD, "--text", "again", "--yes"]);
    refusal.says("are not those that", "key forget-seen");
}

/// The files beside a key that keep what it remembered.
fn put_aside(school: &School, name: &str) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(school.home().join("keys")).expect("listed");
    let mut found: Vec<PathBuf> = listed.map(|item| item.expect("listed").path()).collect();
    let prefix = format!("{name}.seen-");
    found.retain(|path| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(&prefix)));
    found.sort();
    found
}

/// Newer records are lost for good, and that is minuted: the head goes on, and what their key
/// remembered is kept.
#[test]
fn what_a_key_saw_is_put_aside_and_kept_when_an_older_copy_goes_on() {
    let school = School::begun();
    let forget = ["key", "forget-seen", HEAD, "--reason", "disk failed, minute 12"];
    school.refused(forget).says("remembers fits", "key list");
    let older = Snapshot::of(&school.home().join("ledger"));
    school.record("note", HEAD, &["--text", "the first"]);
    let seen = school.home().join("keys/hannah-price.seen");
    let memory = std::fs::read_to_string(&seen).expect("a memory");
    std::fs::remove_dir_all(school.home().join("ledger")).expect("removed");
    older.restore(&school.home().join("ledger"));
    let note = ["record", "note", "--by", HEAD, "--text", "again", "--yes"];
    school.refused(note).says("went back", "key forget-seen hannah-price --reason");
    let ran = school.run(["verify"]);
    assert!(ran.status == 1 && ran.err.contains("key forget-seen NAME"), "{ran:#?}");
    school.refused(["key", "forget-seen", HEAD, "--reason", " "]).says("no reason", "minuted");
    assert!(put_aside(&school, "hannah-price").is_empty(), "nothing was touched");

    let ran = school.ok(forget);
    assert!(ran.err.contains(&format!("entry {BEGUN}, which")), "{}", ran.err);
    assert!(ran.err.contains("breach of availability"), "{}", ran.err);
    let [kept] = &put_aside(&school, "hannah-price")[..] else { panic!("one file") };
    let kept = std::fs::read_to_string(kept).expect("kept");
    let line = memory.lines().nth(1).expect("a line");
    assert!(kept.contains(line) && kept.contains("disk failed, minute 12"), "{kept}");
    assert_eq!(school.verify([""; 0]).0, 0);
    school.record("note", HEAD, &["--text", "again"]);
    assert_eq!(school.verify([""; 0]).0, 0);
    school.refused(forget).says("remembers fits", "key list");
}

/// The same where the key lies apart from the record book: by the request that it refuses.
#[test]
fn a_signer_elsewhere_goes_on_from_an_older_copy_by_its_request() {
    let apart = Apart::appointed();
    let school = &apart.school;
    let older = Snapshot::of(&school.home().join("ledger"));
    school.record("note", OFFICE, &["--text", "what is lost"]);
    let request = apart.ask("first.request", &["accept", "--by", RUTH]);
    apart.sign(&request);
    std::fs::remove_dir_all(school.home().join("ledger")).expect("removed");
    older.restore(&school.home().join("ledger"));
    std::fs::remove_dir_all(school.home().join("requests")).expect("removed");
    school.ok(["key", "forget-seen", OFFICE, "--reason", "the disk failed"]);
    let request = apart.ask("second.request", &["accept", "--by", RUTH]);
    let refusal = apart.ruth.refused(["sign", "--detached", &request]);
    refusal.says("has signed over", "key forget-seen ruth-adeyemi --help");
    let forget = ["key", "forget-seen", RUTH, "--reason", "as minuted", "--request", &request];
    let ran = apart.ruth.ok(forget);
    assert!(ran.err.contains("is not in this record book: it is lost"), "{}", ran.err);
    assert_eq!(put_aside(&apart.ruth, "ruth-adeyemi").len(), 1);
    let statement = apart.sign(&request);
    apart.enter(&statement);
    assert_eq!(school.verify([""; 0]).0, 0);
    // The school's word against hers is still proven by what was kept.
    apart.ruth.refused(forget).says("remembers fits", "");
}

/// So does a key that signs elsewhere; and its memory can be brought to the school.
#[test]
fn a_signer_elsewhere_is_a_witness() {
    let apart = Apart::appointed();
    let school = &apart.school;
    let older = Snapshot::of(&school.home().join("ledger"));
    school.record("note", OFFICE, &["--text", "what is taken out later"]);
    let request = apart.ask("first.request", &["accept", "--by", RUTH]);
    apart.sign(&request);
    std::fs::remove_dir_all(school.home().join("ledger")).expect("removed");
    older.restore(&school.home().join("ledger"));
    std::fs::remove_dir_all(school.home().join("requests")).expect("removed");
    let seen = std::fs::read_dir(school.home().join("keys")).expect("listed");
    for item in seen.map(|item| item.expect("listed").path()) {
        if item.extension().is_some_and(|extension| extension == "seen") {
            std::fs::remove_file(item).expect("removed");
        }
    }
    school.record("note", OFFICE, &["--text", "put in its place"]);
    assert_eq!(school.verify([""; 0]).0, 0, "by itself it is intact");
    let request = apart.ask("second.request", &["accept", "--by", RUTH]);
    let refusal = apart.ruth.refused(["sign", "--detached", &request]);
    refusal.says("went back or was rewritten", "nothing was signed");
    let memory = apart.ruth.home().join("keys/ruth-adeyemi.seen");
    let (status, verdict) = school.verify(["--since", memory.to_str().expect("a path")]);
    assert_eq!((status, &verdict["fault"]["code"]), (1, &json!("does-not-continue")));
}

/// Two requests, answered in the other order: no alarm, and a way on.
#[test]
fn a_request_that_is_older_than_what_was_signed_is_asked_for_anew() {
    let apart = Apart::appointed();
    let first = apart.ask("first.request", &["accept", "--by", RUTH]);
    apart.school.record("note", OFFICE, &["--text", "meanwhile"]);
    let second = apart.ask("second.request", &["accept", "--by", RUTH]);
    apart.sign(&second);
    let refusal = apart.ruth.refused(["sign", "--detached", &first]);
    refusal.says("has signed over", "ask the school for a new request");
    let kept = std::fs::read_dir(apart.ruth.home().join("keys")).expect("listed").filter(|item| {
        let name = item.as_ref().expect("listed").file_name();
        name.to_string_lossy().contains("contradiction")
    });
    assert_eq!(kept.count(), 0, "nothing speaks against the school");
}
