//! Erasing by the program as people use it: two people, a hold, a rule, attachments; and what is
//! found of it afterwards, wherever one looks.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::{BEGUN, CHAIR, DPO, HEAD, OFFICE, School, Snapshot, index, text};
use hkdf::Hkdf;
use probity::store::RawJournal;
use probity_ledger::format::body::Body;
use rules::CONSENT;
use serde_json::Value as Json;
use sha2::Sha256;

mod common;

#[path = "erasing/media.rs"]
mod media;
#[path = "erasing/rules.rs"]
mod rules;
#[path = "erasing/stopped.rs"]
mod stopped;

const SECRET: &str = "p-7f3a2c was collected by an aunt at noon";

/// A note with an attached file; its entry.
fn note(school: &School, words: &str) -> u64 {
    let file = school.file("letter.txt", format!("a letter: {words}"));
    let report = school.record("note", HEAD, &["--text", words, "--attach", &file]);
    index(&report["entry"])
}

/// What would give an entry's answers away: the words, each salt, the slot, the body's key.
fn traces(school: &School, entry: u64) -> Vec<Vec<u8>> {
    let ledger = school.home().join("ledger");
    let raw = RawJournal::open(&ledger).expect("a journal");
    let at = usize::try_from(entry).expect("small");
    let stored = raw.entries().nth(at).expect("the entry").expect("whole");
    let opened = raw.body(&stored).expect("read").expect("opens");
    let body = Body::parse(&opened.body).expect("a body");
    let mut traces: Vec<Vec<u8>> = body.iter().map(|(_, open)| open.salt.to_vec()).collect();
    traces
        .extend(body.iter().filter_map(|(_, o)| o.value.as_text().map(|t| t.as_bytes().to_vec())));
    let keys = std::fs::read(ledger.join("bodykeys")).expect("slots");
    let at = usize::try_from(32 * (opened.slot + 1)).expect("small");
    let slot = keys[at..at + 32].to_vec();
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(None, &slot).expand(b"probity/v1/body", &mut key).expect("32 bytes");
    traces.extend([slot, key.to_vec()]);
    traces.extend(opened.documents.iter().map(|document| document.file.to_string().into_bytes()));
    traces
}

/// Every file below a folder, its path and its bytes.
fn everything(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for item in std::fs::read_dir(folder).expect("a readable folder") {
        let path = item.expect("a readable folder").path();
        if path.is_dir() {
            found.extend(everything(&path));
        } else {
            let bytes = std::fs::read(&path).expect("a readable file");
            found.push((path, bytes));
        }
    }
    found
}

/// Where a trace is found below `ledger/`, in a name or in any byte.
fn found(school: &School, traces: &[Vec<u8>]) -> Vec<PathBuf> {
    let all = everything(&school.home().join("ledger"));
    let within = |bytes: &[u8], trace: &[u8]| bytes.windows(trace.len()).any(|part| part == trace);
    all.into_iter()
        .filter(|(path, bytes)| {
            let name = path.as_os_str().as_encoded_bytes();
            traces.iter().any(|trace| within(name, trace) || within(bytes, trace))
        })
        .map(|(path, _)| path)
        .collect()
}

/// The first signature; the erasure's entry.
fn erase(school: &School, entry: u64, options: &[&str]) -> u64 {
    let entry = entry.to_string();
    let line = ["erase", &entry, "--ground", "request", "--by", HEAD];
    let report = school.json(line.iter().chain(options));
    assert!(!report["incomplete"].as_array().expect("a list").is_empty(), "{report:#}");
    index(&report["entry"])
}

fn agree(school: &School, erasure: u64) {
    let report = school.json(["erase", "--approve", &erasure.to_string(), "--by", DPO]);
    assert_eq!(report["kind"], "dpo-advice");
}

fn intact(school: &School) -> Json {
    let (status, verdict) = school.verify(["--fingerprint", &school.fingerprint]);
    assert_eq!((status, &verdict["verdict"]), (0, &Json::from("intact")), "{verdict:#}");
    verdict
}

#[test]
fn two_people_erase_a_record_and_nothing_of_it_is_left() {
    let school = School::begun();
    let entry = note(&school, SECRET);
    assert_eq!(school.log(&["--text", "aunt"]), [entry]);
    let traces = traces(&school, entry);
    assert!(!found(&school, &traces).is_empty(), "the search finds what is there");
    let before = Snapshot::of(&school.home());

    let dry =
        school.ok(["erase", &entry.to_string(), "--ground", "request", "--by", HEAD, "--dry-run"]);
    assert!(dry.out.contains("GONE FOR EVER") && dry.out.contains("letter.txt"), "{}", dry.out);
    assert!(dry.out.contains("What stays"), "{}", dry.out);

    let erasure = erase(&school, entry, &[]);
    let verdict = intact(&school);
    assert_eq!(verdict["erased"], serde_json::json!([]));
    assert_eq!(
        school.log(&["--text", "aunt"]),
        [entry],
        "nothing goes before the second signature"
    );

    agree(&school, erasure);
    assert_eq!(found(&school, &traces), Vec::<PathBuf>::new());
    assert_eq!(std::fs::read_dir(school.home().join("ledger/documents")).expect("read").count(), 0);
    assert!(school.log(&["--text", "aunt"]).is_empty());
    let view = school.show(entry);
    assert_eq!(view["fields"], serde_json::json!([]));
    assert_eq!(view["unanswered"], serde_json::json!([]));
    let gone = &view["erased"][0];
    assert_eq!((index(&gone["by"]), &gone["ground"]), (erasure, &Json::from("request")));
    assert!(text(&gone["signed_by"]).contains(HEAD));
    let words = school.ok(["show", &entry.to_string()]).out;
    assert!(words.contains("gone for ever") && !words.contains("Not answered"), "{words}");

    let verdict = intact(&school);
    let erased = &verdict["erased"][0];
    assert_eq!((index(&erased["entry"]), index(&erased["by"])), (entry, erasure));
    assert_eq!(
        erased["fields"],
        serde_json::json!(["text", "occurred", "documents", "decided-by"])
    );
    assert_eq!(erased["ground"], "request");
    let said = school.ok(["verify"]);
    assert!(said.out.contains("4 answers in record"), "{}", said.out);

    // Whoever looks again changes nothing, and every answer of others is there.
    school.ok(["checkpoint"]);
    school
        .refused(["erase", &entry.to_string(), "--ground", "request", "--by", HEAD])
        .says("nothing left", "probity show");
    school
        .refused(["erase", "--approve", &erasure.to_string(), "--by", DPO])
        .says("is complete", "probity show");

    // A copy made before still opens: the guide says so.
    let copy = School::nothing();
    before.restore(&copy.home());
    assert_eq!(copy.log(&["--text", "aunt"]), [entry]);
}

/// Advice that completes an erasure says before what will be gone, however it comes, and after
/// which backups still hold it.
#[test]
fn whoever_completes_an_erasure_is_shown_what_goes_and_told_what_still_holds_it() {
    let school = School::begun();
    let (first, second) = (note(&school, SECRET), note(&school, "an uncle"));
    let medium = school.path("medium").display().to_string();
    school.ok(["backup", &medium]);
    let told = |said: &str| {
        let (shown, done) = said.split_once("\nErased.").unwrap_or((said, ""));
        assert!(shown.contains("GONE FOR EVER") && shown.contains("letter.txt"), "{said}");
        assert!(done.contains("These backups still hold it") && done.contains(&medium), "{said}");
    };
    // By a record.
    let erasure = erase(&school, first, &[]);
    let link = format!("advises={erasure}");
    let advice = ["--recommendation", "proceed", "--advice", "Agreed.", "--link", &link];
    let line = ["record", "dpo-advice", "--by", DPO, "--yes"];
    told(&school.ok([&line[..], &advice].concat()).err);
    // By a statement that was asked for before there was anything to erase.
    let rule =
        ["--record-class", "day notes", "--kinds", "note", "--number", "0", "--unit", "days"];
    let more = ["--trigger", "record-made", "--action", "erase"];
    let rule = school.record("retention-rule", HEAD, &[&rule[..], &more].concat());
    let rule = index(&rule["entry"]).to_string();
    let link = format!("advises={rule}");
    let advice = ["--recommendation", "proceed", "--advice", "As scheduled.", "--link", &link];
    let request = school.path("advice.request").display().to_string();
    let ask = ["record", "dpo-advice", "--by", DPO, "--request", &request, "--yes"];
    let asked = school.ok([&ask[..], &advice].concat());
    assert!(!asked.err.contains("GONE FOR EVER"), "nothing is erased under it yet: {}", asked.err);
    let entry = second.to_string();
    let under = ["erase", &entry, "--ground", "retention", "--rule", &rule, "--by", HEAD, "--yes"];
    let waits = school.ok(under);
    assert!(waits.err.contains("Nothing of it is erased yet"), "{}", waits.err);
    let statement = school.ok(["sign", "--detached", &request, "--yes"]).out.trim().to_owned();
    let attach = ["sign", "--attach", &statement, "--by", OFFICE, "--yes"];
    let dry = school.ok([&attach[..], &["--dry-run"]].concat()).err;
    assert!(dry.contains("GONE FOR EVER") && !dry.contains("Erased."), "{dry}");
    told(&school.ok(attach).err);
    assert!(school.log(&["--text", "uncle"]).is_empty());
    intact(&school);
}

#[test]
fn one_field_goes_and_the_rest_stays() {
    let school = School::begun();
    let entry = note(&school, SECRET);
    let erasure = erase(&school, entry, &["--field", "text"]);
    agree(&school, erasure);
    let view = school.show(entry);
    assert_eq!(view["erased"][0]["fields"], serde_json::json!(["text"]));
    assert_eq!(view["documents"][0]["name"], "letter.txt");
    let saved = school.path("saved").display().to_string();
    school.ok(["show", &entry.to_string(), "--save", &saved]);
    let letter = std::fs::read_to_string(school.path("saved/letter.txt")).expect("the file");
    assert!(letter.contains("a letter"));
    intact(&school);
    school
        .refused([
            "erase",
            &entry.to_string(),
            "--field",
            "text",
            "--ground",
            "court",
            "--by",
            HEAD,
        ])
        .says("is erased already", "probity show");
    school
        .refused([
            "erase",
            &entry.to_string(),
            "--field",
            "colour",
            "--ground",
            "court",
            "--by",
            HEAD,
        ])
        .says("has no field `colour`", "probity show");
    school
        .refused(["erase", "0", "--field", "school", "--ground", "court", "--by", HEAD])
        .says("has no field `school`", "stands in clear");
    school
        .refused(["erase", "999", "--ground", "court", "--by", HEAD])
        .says("there is no entry 999", "probity log");
}

#[test]
fn the_second_signature_is_another_persons_and_the_dpos() {
    let school = School::begun();
    let entry = note(&school, SECRET);
    school
        .refused(["erase", &entry.to_string(), "--ground", "request", "--by", DPO])
        .says("signed by", "have one of them");
    school
        .refused(["erase", &entry.to_string(), "--ground", "request", "--by", OFFICE])
        .says("under a retention rule only", "--rule");
    let erasure = erase(&school, entry, &[]);
    school
        .refused(["erase", "--approve", &erasure.to_string(), "--by", CHAIR])
        .says("data protection officer", "nominee");
    school
        .refused(["erase", "--approve", &entry.to_string(), "--by", DPO])
        .says("is no erasure", "probity log");
    // Advice against it is taken, and erases nothing.
    let link = format!("advises={erasure}");
    let against = ["--recommendation", "do-not-proceed", "--advice", "No.", "--link", &link];
    school.record("dpo-advice", DPO, &against);
    assert_eq!(school.log(&["--text", "aunt"]), [entry]);
    // Advice by the general command completes it, too.
    let agreed = ["--recommendation", "proceed", "--advice", "Yes.", "--link", &link];
    school.record("dpo-advice", DPO, &agreed);
    assert!(school.log(&["--text", "aunt"]).is_empty());
    intact(&school);
    let advice = school.log(&["--kind", "dpo-advice"]).into_iter().next_back().expect("one");
    school
        .refused(["erase", &advice.to_string(), "--ground", "court", "--by", HEAD])
        .says("part of an erasure", "other entries");
}

/// A data protection officer whose key is at home agrees there: her own command has a way to ask for
/// it, and what came back erases as soon as it is entered.
#[test]
fn the_second_signature_is_given_elsewhere() {
    let school = School::begun();
    let entry = note(&school, SECRET);
    let to = school.path("agree.request").display().to_string();
    let first = entry.to_string();
    let alone = ["erase", &first, "--ground", "request", "--by", HEAD, "--request", &to];
    school.refused(alone).says("can't be signed elsewhere", "--approve ENTRY --request FILE");
    let erasure = erase(&school, entry, &[]).to_string();
    let (key, away) = (school.home().join("keys/sunita-rao.pem"), school.path("sunita-rao.pem"));
    std::fs::rename(&key, &away).expect("it is at home");
    let approve = ["erase", "--approve", &erasure, "--by", DPO];
    school.refused(approve).says("is not on this machine", "--request FILE");
    school.ok([&approve[..], &["--request", &to]].concat());
    assert_eq!(school.log(&["--text", "aunt"]), [entry], "nothing goes before she signed");

    std::fs::rename(&away, &key).expect("there");
    let shown = school.ok(["sign", "--detached", &to, "--dry-run"]).err;
    assert!(shown.contains("GONE FOR EVER") && shown.contains("proceed"), "{shown}");
    let statement = school.path("agree.statement").display().to_string();
    school.ok(["sign", "--detached", &to, "-o", &statement]);
    let said = school.ok(["sign", "--attach", &statement, "--by", OFFICE, "--yes"]).err;
    assert!(said.contains("\nErased."), "{said}");
    assert!(school.log(&["--text", "aunt"]).is_empty());
    intact(&school);
}

#[test]
fn what_is_held_is_not_erased() {
    let school = School::begun();
    let entry = note(&school, SECRET);
    let number = entry.to_string();
    let hold = |options: &[&str]| {
        let all: Vec<&str> = ["--reason", "a claim"].iter().chain(options).copied().collect();
        index(&school.record("hold", OFFICE, &all)["entry"])
    };
    let refused = |holding: u64| {
        school
            .refused(["erase", &number, "--ground", "request", "--by", HEAD])
            .says(&format!("the hold in entry {holding}"), "hold-release");
    };
    let release = |holding: u64| {
        let link = format!("about={holding}");
        school.record("hold-release", CHAIR, &["--reason", "settled", "--link", &link]);
    };
    let about = format!("about={number}");
    for options in [
        &["--scope", "everything"][..],
        &["--scope", "kind", "--kind-held", "note"],
        &["--scope", "case", "--link", &about],
        // Of no case, and about nothing: nobody can tell what was meant.
        &["--scope", "case"],
    ] {
        let holding = hold(options);
        refused(holding);
        release(holding);
    }
    let reference = index(&school.record("consent", OFFICE, &CONSENT)["entry"]);
    let holding = hold(&["--scope", "subject", "--subject", "p-7f3a2c"]);
    school
        .refused(["erase", &reference.to_string(), "--ground", "withdrawal", "--by", HEAD])
        .says(&format!("the hold in entry {holding}"), "hold-release");
    // Another kind, another person: no hindrance. The hold comes between the two signatures.
    let erasure = erase(&school, entry, &[]);
    let later = hold(&["--scope", "everything"]);
    school
        .refused(["erase", "--approve", &erasure.to_string(), "--by", DPO])
        .says(&format!("the hold in entry {later}"), "hold-release");
    let link = format!("advises={erasure}");
    let agrees =
        ["record", "dpo-advice", "--by", DPO, "--recommendation", "proceed", "--link", &link];
    school.refused(agrees).says(&format!("the hold in entry {later}"), "hold-release");
    assert_eq!(school.log(&["--text", "aunt"]), [entry]);
    release(later);
    agree(&school, erasure);
    assert!(school.log(&["--text", "aunt"]).is_empty());
    intact(&school);
}

/// The register calls it released, and so does whoever erases.
#[test]
fn a_release_by_exception_counts_once_it_is_ratified() {
    let school = School::begun();
    let entry = note(&school, SECRET);
    let hold = ["--scope", "everything", "--reason", "a claim"];
    let holding = index(&school.record("hold", OFFICE, &hold)["entry"]);
    let link = format!("about={holding}");
    let exception = ["--exception", "hold-release", "--exception-reason", "the head is away"];
    let more = ["--ratify-role", "headteacher", "--reason", "settled", "--link", &link];
    let release = school.record("hold-release", OFFICE, &[&exception[..], &more].concat());
    let number = entry.to_string();
    school
        .refused(["erase", &number, "--ground", "request", "--by", HEAD])
        .says(&format!("the hold in entry {holding}"), "hold-release");
    let link = format!("ratifies={}", release["exception_entry"]);
    school.record("ratification", HEAD, &["--link", &link, "--reasons", "as I would have"]);
    agree(&school, erase(&school, entry, &[]));
    assert!(school.log(&["--text", "aunt"]).is_empty());
    intact(&school);
}

/// A request that was given out before holds its answers in the clear until it is answered.
#[test]
fn waiting_requests_that_may_hold_what_was_erased_are_named() {
    let school = School::begun();
    let entry = note(&school, SECRET);
    let waiting = || -> BTreeSet<PathBuf> {
        let files = std::fs::read_dir(school.home().join("requests")).into_iter().flatten();
        files.map(|file| file.expect("listed").path()).collect()
    };
    let ask = |name: &str, line: &[&str]| {
        let (to, before) = (school.path(name).display().to_string(), waiting());
        school.ok([line, &["--by", CHAIR, "--request", &to, "--yes"]].concat());
        let new: Vec<PathBuf> = waiting().difference(&before).cloned().collect();
        let [path] = new.as_slice() else { panic!("one request: {new:?}") };
        path.display().to_string()
    };
    let link = format!("corrects={entry}");
    let correction = ["record", "correction", "--what-changed", "By an uncle.", "--link", &link];
    let of_it = ask("of-it.request", &correction);
    let of_its_kind = ask("of-its-kind.request", &["record", "note", "--text", "an aunt again"]);
    let other = ask("other.request", &[&["record", "consent"][..], &CONSENT].concat());
    let odd = school.home().join("requests/odd.request");
    std::fs::write(odd, "of another version").expect("written");

    let erasure = erase(&school, entry, &[]).to_string();
    let said = school.ok(["erase", "--approve", &erasure, "--by", DPO, "--yes"]).err;
    let (_, done) = said.split_once("\nErased.").expect("it is erased");
    let why = |path: &str| {
        let line = done.lines().find(|line| line.contains(path));
        line.and_then(|line| line.rsplit_once("): ")).map(|(_, why)| why.to_owned())
    };
    assert_eq!(why(&of_it), Some(format!("it links to entry {entry}")), "{done}");
    assert_eq!(why(&of_its_kind), Some(format!("it is of the kind of entry {entry}")), "{done}");
    assert_eq!(why(&other), None, "{done}");
    assert!(done.contains("  1 in ") && done.contains("this program can't read"), "{done}");
    assert!(done.contains("remove these files and ask anew"), "{done}");

    // What is asked for afterwards can't hold it, and nothing is said of it.
    std::fs::remove_dir_all(school.home().join("requests")).expect("removed");
    let again = note(&school, "an uncle");
    let erasure = erase(&school, again, &["--field", "documents"]);
    agree(&school, erasure);
    ask("later.request", &["record", "note", "--text", "a cousin"]);
    let world = probity::work::World::real();
    let home = probity::work::home::Home::locate(Some(school.home())).expect("a home");
    let said = probity::work::erase::still_asked(&world, &home);
    assert!(said.is_empty(), "{said:?}");
    intact(&school);
}

#[test]
fn bundles_say_what_is_erased_and_by_what() {
    let school = School::begun();
    let entry = note(&school, SECRET);
    let erasure = erase(&school, entry, &["--field", "text"]);
    agree(&school, erasure);
    let folder = school.path("bundle.zip").display().to_string();
    school.ok(["export", "--entry", &entry.to_string(), "--withhold", "documents", "-o", &folder]);
    let verdict = school.json(["verify", &folder]);
    assert_eq!(verdict["erased"][0]["fields"], serde_json::json!(["text"]));
    let withheld = verdict["withheld"].as_array().expect("a list");
    let own = withheld.iter().find(|of| of["entry"] == entry).expect("the note");
    assert_eq!(own["fields"], serde_json::json!(["documents"]));
    let bytes = std::fs::read(school.path("bundle.zip")).expect("the bundle");
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip");
    let mut names = zip.file_names().flatten();
    let name = names.find(|name| name.ends_with("data/schedule.csv")).expect("one").into_owned();
    drop(names);
    let mut schedule = String::new();
    let mut file = zip.by_name(&name).expect("the schedule");
    std::io::Read::read_to_string(&mut file, &mut schedule).expect("text");
    assert!(schedule.contains(&format!("erased for ever by entry {erasure}")), "{schedule}");
}

/// The program is killed at any moment of the second signature: what comes after finds the
/// erasure done or not begun.
#[test]
fn sigkill_leaves_it_done_or_not_begun() {
    let school = School::begun();
    // Each takes two signatures: an eighth of the number by which a record alone is tried.
    let kills: Option<u32> = std::env::var("PROBITY_KILLS").ok().and_then(|n| n.parse().ok());
    let kills = kills.map_or(8, |kills| kills.div_ceil(8));
    let (mut done, mut not_begun) = (0, 0);
    let mut whole = Duration::ZERO;
    for kill in 0..=kills {
        let words = format!("{SECRET} {kill}");
        let entry = note(&school, &words);
        let erasure = erase(&school, entry, &[]).to_string();
        let mut command = school.command(["erase", "--approve", &erasure, "--by", DPO]);
        let begun = Instant::now();
        let mut child = command
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("the program runs");
        if kill == 0 {
            assert!(child.wait().expect("it ends").success());
            whole = begun.elapsed();
        } else {
            // What matters happens at the end, after the passphrase.
            let mut random = [0; 2];
            getrandom::fill(&mut random).expect("the system has random bytes");
            let part = f64::from(u16::from_le_bytes(random)) / f64::from(u16::MAX);
            std::thread::sleep(whole.mul_f64(0.6 + part * 0.5));
            let _ = child.kill();
            child.wait().expect("it ends");
        }
        // A reader comes first, then the next writer.
        intact(&school);
        school.ok(["checkpoint"]);
        let advised = !school.log(&["--kind", "dpo-advice"]).is_empty()
            && school.show(&erasure)["since"].to_string().contains("advised");
        let view = school.show(entry);
        let gone = !view["erased"].as_array().expect("a list").is_empty();
        assert_eq!(advised, gone, "kill {kill}: {view:#}");
        assert!(!school.home().join("ledger/erasing").exists(), "kill {kill}");
        if gone {
            done += 1;
            assert!(school.log(&["--text", &words]).is_empty());
        } else {
            not_begun += 1;
            assert_eq!(school.log(&["--text", &words]), [entry]);
            agree(&school, erasure.parse().expect("an index"));
        }
        intact(&school);
    }
    println!("{done} done, {not_begun} not begun");
    assert!(index(&school.json(["checkpoint"])["size"]) > BEGUN);
}

/// Overwrites the slot of an entry, as an erasure does at its end, with no erasure on record.
fn destroy(school: &School, entry: u64) {
    let ledger = school.home().join("ledger");
    let raw = RawJournal::open(&ledger).expect("a journal");
    let stored = raw.entries().nth(usize::try_from(entry).expect("small"));
    let stored = stored.expect("the entry").expect("whole");
    let slot = raw.body(&stored).expect("read").expect("opens").slot;
    let mut keys = std::fs::read(ledger.join("bodykeys")).expect("slots");
    let at = usize::try_from(32 * (slot + 1)).expect("small");
    keys[at..at + 32].fill(0);
    std::fs::write(ledger.join("bodykeys"), keys).expect("written");
}

/// Answers that somebody destroyed without the two signatures are never called erased: a bundle
/// that said so would be believed, and a person's copy would leave out what may be about them.
#[test]
fn answers_that_were_destroyed_are_not_called_erased() {
    let school = School::begun();
    let consent = |subject: &str| {
        let purposes = ["--purposes", "purpose=press; decision=given"];
        let case = ["--case", "new", "--subject", subject];
        index(&school.record("consent", OFFICE, &[&case[..], &purposes].concat())["entry"])
    };
    let (theirs, destroyed) = (consent("p-1111"), consent("p-2222"));
    let last = note(&school, "unrelated");
    destroy(&school, destroyed);
    assert_ne!(school.verify([""; 0]).0, 0);

    let says = format!("the answers of entry {destroyed} can't be opened, and no erasure says why");
    let out = school.path("out.zip").display().to_string();
    for chosen in [&["--all"][..], &["--for", "subject:p-1111"], &["--for", "subject:p-2222"]] {
        school.refused([&["export"], chosen, &["-o", &out]].concat()).says(&says, "verify");
        school.refused([&["export"], chosen, &["--dry-run"]].concat()).says(&says, "verify");
    }
    assert!(!Path::new(&out).exists());
    // The person has a right to the rest, and the sender answers for what is left out.
    let gone = destroyed.to_string();
    let without = ["export", "--for", "subject:p-1111", "--leave-out", &gone];
    let hint = format!("--leave-out {destroyed}");
    school.refused(["export", "--for", "subject:p-1111", "--dry-run"]).says(&says, &hint);
    let preview = school.json([&without[..], &["--dry-run"]].concat()).to_string();
    assert!(preview.contains("can't be opened; left out by the sender"), "{preview}");
    school.ok([&without[..], &["-o", &school.path("theirs.zip").display().to_string()]].concat());
    // Beside other records it goes along bare, as what wasn't chosen.
    let others = [theirs, last].map(|entry| entry.to_string());
    let run = ["export", "--dry-run", "--entry", &others[0], &others[1]];
    let preview = school.json(run);
    assert!(!preview.to_string().contains("erased\""), "{preview:#}");

    let view = school.show(destroyed);
    assert_eq!(view["marks"], serde_json::json!(["can't be opened"]), "{view:#}");
    let shown = school.ok(["show", &destroyed.to_string()]).out;
    assert!(shown.contains("can't be opened, and no erasure says why"), "{shown}");
    assert!(!shown.contains("were erased"), "{shown}");
    let listed = school.ok(["log", "--kind", "consent"]).out;
    assert_eq!(listed.matches("can't be opened").count(), 1, "{listed}");
    assert_eq!(school.show(theirs)["marks"], serde_json::json!([]));
}
