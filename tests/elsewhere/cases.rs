//! A record signed elsewhere that begins a case, and what is shown of one before it is entered.

use super::*;

const ROLE: [&str; 2] = ["--as", "chair-of-governors"];
const ANSWERS: [&str; 6] = [
    "--aware",
    "2026-11-20 09:15",
    "--kind",
    "human-error",
    "--what-happened",
    "A letter went to the wrong house.",
];

fn report(by: &str) -> Vec<&str> {
    let line = ["record", "breach-report", "--by", by, "--case", "new"];
    [&line[..], &ANSWERS, &["--people-count", "1"]].concat()
}

fn by_ruth() -> Vec<&'static str> {
    [&report(RUTH)[..], &ROLE].concat()
}

fn breaches(school: &School) -> usize {
    school.lines(["register", "breaches"]).len()
}

/// Two breaches that were reported elsewhere before either came back, and one reported here
/// meanwhile, are three cases: each has its own clock and its own line in the register.
#[test]
fn each_request_for_a_new_case_begins_its_own() {
    let apart = Apart::accepted();
    let school = &apart.school;
    let first = apart.ask("first.request", &by_ruth());
    let second = apart.ask("second.request", &by_ruth());
    let here = text(&school.json(report(DPO))["case"]);
    let entered = [second, first].map(|request| {
        let entry = apart.enter(&apart.sign(&request));
        text(&school.show(entry)["case"])
    });
    let year = common::year();
    assert_eq!(entered, [format!("breach-{year}-002"), format!("breach-{year}-001")]);
    assert_eq!(here, format!("breach-{year}-003"));
    assert_eq!(breaches(school), 3);
    assert_eq!(text(&school.json(report(DPO))["case"]), format!("breach-{year}-004"));
}

/// A batch gives its new cases numbers that nobody waits for, either.
#[test]
fn a_batch_leaves_out_what_is_promised() {
    let apart = Apart::accepted();
    let school = &apart.school;
    let year = common::year();
    apart.ask("first.request", &by_ruth());
    let second = apart.ask("second.request", &by_ruth());
    // The first is withdrawn, so that the promised number lies within the batch's own.
    let first = std::fs::read(school.path("first.request")).expect("a request");
    for waits in std::fs::read_dir(school.home().join("requests")).expect("a folder") {
        let path = waits.expect("a file").path();
        if std::fs::read(&path).expect("a request") == first {
            std::fs::remove_file(path).expect("withdrawn");
        }
    }
    let line = json!({
        "case": "new", "aware": "2026-11-20 09:15", "kind": "human-error",
        "what-happened": "A letter was lost.", "people-count": 1,
    });
    let lines = school.file("reports.jsonl", format!("{line}\n{line}\n"));
    school.ok(["record", "breach-report", "--by", DPO, "--from-jsonl", &lines]);
    let cases: Vec<String> = school
        .log(&["--kind", "breach-report"])
        .into_iter()
        .map(|entry| text(&school.show(entry)["case"]))
        .collect();
    assert_eq!(cases, [format!("breach-{year}-001"), format!("breach-{year}-003")]);
    apart.enter(&apart.sign(&second));
    assert_eq!(breaches(school), 3);
}

/// Where the request no longer waits, its number may be taken: what it says is about another
/// breach than the case that stands there now.
#[test]
fn a_statement_for_a_new_case_does_not_enter_one_that_was_begun() {
    let apart = Apart::accepted();
    let school = &apart.school;
    let request = apart.ask("report.request", &by_ruth());
    std::fs::remove_dir_all(school.home().join("requests")).expect("it waits no longer");
    school.ok(report(DPO));
    let statement = apart.sign(&request);
    let attach = ["sign", "--attach", &statement, "--answers", &request, "--by", OFFICE];
    let refusal = school.refused(attach);
    refusal.says("was begun meanwhile", "make a new request");
    assert_eq!(breaches(school), 1);
}

/// A request that couldn't be written was given to nobody: its answers don't stay behind, and
/// its number is free.
#[test]
fn a_request_that_was_not_written_waits_nowhere() {
    let apart = Apart::accepted();
    let school = &apart.school;
    let nowhere = school.path("no-folder/report.request").display().to_string();
    school.refused([&by_ruth()[..], &["--request", &nowhere]].concat());
    assert_eq!(apart.requests(), 0);
    let year = common::year();
    assert_eq!(text(&school.json(report(DPO))["case"]), format!("breach-{year}-001"));
}

/// A signer who doesn't agree signs nothing: the school takes its request back, so that neither the
/// answers nor the case's number wait for two weeks, and what was signed all the same isn't entered.
#[test]
fn what_its_signer_does_not_agree_to_is_taken_back() {
    let apart = Apart::accepted();
    let school = &apart.school;
    let (world, home) = (
        probity::work::World::real(),
        probity::work::home::Home::locate(Some(school.home())).expect("a home"),
    );
    let withdraw = |named: &str| probity::work::elsewhere::withdraw(&world, &home, named);
    let request = apart.ask("report.request", &by_ruth());
    let statement = apart.sign(&request);
    let [waits] = school.lines(["sign", "--waiting"]).try_into().expect("one waits");
    let file = text(&waits["file"]);
    assert!(std::path::Path::new(&file).exists(), "{file}");
    assert!(school.ok(["sign", "--waiting"]).out.contains(&file));

    // By the file that was given out; nothing of it is left.
    let gone = withdraw(&request).expect("it waits");
    assert_eq!(gone.path(&home).display().to_string(), file);
    assert_eq!(apart.requests(), 0);
    let year = common::year();
    assert_eq!(text(&school.json(report(DPO))["case"]), format!("breach-{year}-001"));
    let refusal = school.refused(["sign", "--attach", &statement, "--by", OFFICE]);
    refusal.says("no request that waits here is answered", "--answers REQUEST");
    let none = withdraw(&request).expect_err("it is gone");
    assert!(none.to_string().starts_with("no request that waits here is meant by"), "{none}");

    // By the name of the copy that waits, or enough of it.
    apart.ask("again.request", &by_ruth());
    let [waits] = school.lines(["sign", "--waiting"]).try_into().expect("one waits");
    let file = PathBuf::from(text(&waits["file"]));
    let name = file.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
    assert!(withdraw(&name[..7]).is_err() && apart.requests() == 1, "too little of it");
    withdraw(&name[..8]).expect("it waits");
    assert_eq!(apart.requests(), 0);
    // The whole name of one that is gone means no other.
    apart.ask("third.request", &by_ruth());
    let told = withdraw(&name).expect_err("another waits");
    assert!(told.hint().is_some_and(|hint| hint.contains("sign --waiting")), "{told}");
    assert_eq!(apart.requests(), 1);
    // The command says what is left to do.
    school
        .refused(["sign", "--withdraw", &name])
        .says("no request that waits here is meant", "sign --waiting");
    let there = school.path("third.request").display().to_string();
    let said = school.ok(["sign", "--withdraw", &there]).err;
    let told = ["Taken back: Breach report", "Nothing is on record"];
    assert!(told.iter().all(|words| said.contains(words)), "{said}");
    assert_eq!(apart.requests(), 0);
    assert_eq!(school.verify([""; 0]).0, 0);
}

/// A request isn't signed: who signed, and what is linked, is told from the record book, and what
/// only the request says is told as that.
#[test]
fn what_a_request_says_of_its_signer_is_not_believed() {
    let apart = Apart::accepted();
    let school = &apart.school;
    let about = ["record", "note", "--by", RUTH, "--text", "seen", "--link", "about=3"];
    let request = apart.ask("note.request", &[&about[..], &ROLE].concat());
    let statement = apart.sign(&request);
    let mut changed = std::fs::read(&request).expect("a request");
    for (told, instead) in [(RUTH, "Ruth Adebayo"), ("entry 3, ", "entry 9, ")] {
        let at = changed.windows(told.len()).position(|part| part == told.as_bytes());
        let at = at.expect("it is in there");
        changed[at..at + told.len()].copy_from_slice(instead.as_bytes());
    }
    let changed = school.file("changed.request", changed);
    let attach = ["sign", "--attach", &statement, "--answers", &changed, "--by", OFFICE];
    let shown = school.ok([&attach[..], &["--dry-run"]].concat()).err;
    assert!(shown.contains("entry 3, ") && !shown.contains("entry 9, "), "{shown}");
    assert!(shown.contains(RUTH) && !shown.contains("Adebayo"), "{shown}");
    let kid = apart.ruth.unlock("ruth-adeyemi").public().kid().short();
    assert!(shown.contains(&format!("{RUTH} (key {kid}) signed elsewhere")), "{shown}");
    // What an inspector may ask was found by whoever made the request.
    let late = apart.ask("report.request", &by_ruth());
    let statement = apart.sign(&late);
    let shown = school.ok(["sign", "--attach", &statement, "--by", OFFICE, "--dry-run"]).err;
    let asked = shown.split("An inspector may ask:").nth(1).expect("findings");
    assert!(asked.contains("(as the request says)"), "{shown}");
}
