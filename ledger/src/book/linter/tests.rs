//! What contradicts itself across records: each finding once raised and once not.

use super::findings;
use crate::book::cases::state;
use crate::book::due::{School, due};
use crate::book::item::Book;
use crate::book::registers;
use crate::book::story::{NOW, Story, group, text};
use crate::format::cbor::Value;
use crate::records::kind::Relation;

const CASE: &str = "dpia-2026-001";

fn list(groups: &[&[(&str, &str)]]) -> Value {
    Value::Array(groups.iter().map(|members| group(members)).collect())
}

fn rules(story: &Story) -> Vec<&'static str> {
    findings(&Book::new(&story.0, NOW)).into_iter().map(|found| found.rule).collect()
}

/// A DPIA with an approval of it.
fn approved(answers: &[(&str, Value)]) -> Story {
    Story::default()
        .then("dpia", CASE, answers)
        .then("dpia-approval", CASE, &[])
        .deciding("approved")
        .to(Relation::Approves, 0)
}

#[test]
fn an_approval_is_stale_once_its_dpia_is_written_anew_until_that_is_approved() {
    let story = approved(&[]);
    assert!(rules(&story).is_empty());
    let story = story.then("dpia", CASE, &[]);
    assert_eq!(rules(&story), ["stale-approval"]);
    let story =
        story.then("dpia-approval", CASE, &[]).deciding("approved").to(Relation::Approves, 2);
    assert!(rules(&story).is_empty());
}

#[test]
fn an_approval_is_stale_once_a_ground_of_transfer_no_longer_stands() {
    let transfer = |ground| [("transfers", list(&[&[("country", "US"), ("ground", ground)]]))];
    assert_eq!(rules(&approved(&transfer("eu-us-privacy-shield"))), ["stale-ground"]);
    assert!(rules(&approved(&transfer("adequacy"))).is_empty());
    let mut refused = approved(&transfer("eu-us-privacy-shield"));
    refused.last().decision = Some("refused");
    assert!(rules(&refused).is_empty());
}

#[test]
fn an_approval_is_stale_once_its_supplier_no_longer_stands() {
    let story = || approved(&[("processors", list(&[&[("name", "Meetly Ltd")]]))]);
    let checked = |answers: &[(&str, Value)]| {
        let mut all = vec![("supplier", text("meetly ltd"))];
        all.extend(answers.iter().cloned());
        story().then("supplier-check", "supplier-2026-001", &all)
    };
    assert!(rules(&story()).is_empty());
    assert!(rules(&checked(&[("conclusion", text("suitable"))])).is_empty());
    assert_eq!(rules(&checked(&[("conclusion", text("unsuitable"))])), ["stale-supplier"]);
    assert_eq!(rules(&checked(&[("expires", text("2026-09-30"))])), ["stale-supplier"]);
    // Data that stay at home need no ground.
    let none = |country: &str| {
        let countries = Value::Array(vec![text("England"), text(country)]);
        rules(&checked(&[("ground", text("none")), ("countries", countries)]))
    };
    assert!(none("Scotland").is_empty());
    assert_eq!(none("France"), ["stale-supplier"]);
}

#[test]
fn one_limit_is_given_in_one_way() {
    let targets = |days: &[(i64, &str)]| {
        let groups = days.iter().map(|(number, detail)| {
            let mut members = vec![("rule", text("sar-month")), ("unit", text("days"))];
            members.push(("detail", text(detail)));
            let mut pairs: Vec<_> = members
                .into_iter()
                .map(|(name, value)| (crate::format::cbor::Key::Text(name.to_owned()), value))
                .collect();
            pairs.push((crate::format::cbor::Key::Text("number".to_owned()), Value::Int(*number)));
            Value::Map(pairs)
        });
        Value::Array(groups.collect())
    };
    let policy = |days: &[(i64, &str)]| {
        Story::default().then("policy", CASE, &[("title", text("P")), ("targets", targets(days))])
    };
    assert!(rules(&policy(&[(28, "answer")])).is_empty());
    assert_eq!(
        rules(&policy(&[(28, "answer"), (30, "answer"), (15, "aim")])),
        ["limit-given-differently"]
    );
    // A policy that was replaced speaks no more.
    let replaced = policy(&[(28, "answer")]).then(
        "policy",
        CASE,
        &[("title", text("p")), ("targets", targets(&[(30, "answer")]))],
    );
    assert!(rules(&replaced).is_empty());
}

#[test]
fn consent_is_not_demanded_where_another_document_relies_on_a_public_task() {
    let dpia = |basis| {
        Story::default().then(
            "dpia",
            CASE,
            &[
                ("initiative", text("Video lessons")),
                ("purposes", list(&[&[("purpose", "lessons"), ("basis", basis)]])),
            ],
        )
    };
    let policy = [("title", text("P")), ("summary", text("Webcams only with parents' consent"))];
    assert_eq!(rules(&dpia("public-task").then("policy", CASE, &policy)), ["consent-or-task"]);
    assert!(rules(&dpia("consent").then("policy", CASE, &policy)).is_empty());
    let asked = [("purposes", list(&[&[("purpose", "video-conference"), ("decision", "given")]]))];
    assert_eq!(rules(&dpia("public-task").then("consent", CASE, &asked)), ["consent-or-task"]);
    assert!(rules(&dpia("public-task")).is_empty());
}

/// What is found, with the entry that it is about.
fn texts(story: &Story) -> Vec<(u64, String)> {
    let found = findings(&Book::new(&story.0, NOW));
    found.into_iter().map(|found| (found.entry.0, found.text)).collect()
}

#[test]
fn only_an_approval_of_the_newest_dpia_makes_good() {
    let stale = "it is on other content than the DPIA of entry 2, and no approval is on that";
    let story = || approved(&[]).then("dpia", CASE, &[]);
    assert_eq!(texts(&story()), [(1, stale.to_owned())]);
    // Of the old one once more, of the owner's controls alone, and of another case.
    let again = story().then("dpia-approval", CASE, &[]).deciding("approved");
    let again = again.to(Relation::Approves, 0);
    assert_eq!(texts(&again), [(1, stale.to_owned()), (3, stale.to_owned())]);
    let controls = story().then("control-approval", CASE, &[]).to(Relation::Approves, 2);
    assert_eq!(texts(&controls), [(1, stale.to_owned())]);
    let other = approved(&[]).then("dpia", "dpia-2026-002", &[]);
    assert_eq!(texts(&other), []);
}

#[test]
fn a_supplier_stands_by_its_newest_check_and_until_the_last_day() {
    let story = || approved(&[("processors", list(&[&[("name", "Meetly Ltd")]]))]);
    let check = |story: Story, answers: &[(&str, Value)]| {
        let mut all = vec![("supplier", text("Meetly Ltd"))];
        all.extend(answers.iter().cloned());
        story.then("supplier-check", "supplier-2026-001", &all)
    };
    let today = check(story(), &[("expires", text("2026-10-01"))]);
    assert_eq!(texts(&today), []);
    let unsuitable = check(story(), &[("conclusion", text("unsuitable"))]);
    let words = "what it approves, entry 0, relies on Meetly Ltd: entry 2 finds it unsuitable";
    assert_eq!(texts(&unsuitable), [(1, words.to_owned())]);
    assert_eq!(texts(&check(unsuitable, &[("conclusion", text("suitable"))])), []);
    let over = check(story(), &[("expires", text("2026-09-30"))]);
    let words = "its agreement ran out on 30 September 2026 (entry 2)";
    assert!(texts(&over)[0].1.ends_with(words), "{:?}", texts(&over));
}

#[test]
fn a_limit_that_a_policy_repeats_is_named_once() {
    let target = |number, detail: &str| {
        Value::map([
            ("rule", text("sar-month")),
            ("unit", text("working-days")),
            ("number", Value::Int(number)),
            ("detail", text(detail)),
        ])
    };
    let targets = Value::Array(vec![target(28, "Answer"), target(28, "answer"), target(30, "aim")]);
    let story = Story::default().then("policy", CASE, &[("targets", targets)]);
    let words = "the limit sar-month is given in 2 ways: 28 working days, 30 working days";
    assert_eq!(texts(&story), [(0, words.to_owned())]);
}

#[test]
fn a_policy_asks_for_consent_to_what_it_names_beside_it() {
    let story = || {
        let activity = [("name", text("Video lessons")), ("basis", text("public-task"))];
        Story::default().then("processing-activity", CASE, &activity)
    };
    let policy = |words| story().then("policy", CASE, &[("summary", text(words))]);
    let found = "it relies on a public task, and entry 1 asks for consent to video or webcam";
    assert_eq!(texts(&policy("Video only with consent")), [(0, found.to_owned())]);
    assert_eq!(texts(&policy("Trips only with consent")), []);
    assert_eq!(texts(&policy("Video lessons are on Mondays")), []);
}

/// A record whose answers are damaged has no deadline that anybody could see: so it is named, and
/// one that was erased isn't.
#[test]
fn answers_that_cant_be_opened_are_found() {
    let mut story = Story::default().then("request", "request-2026-001", &[]);
    story.last().marks.gone = Some(crate::book::item::Loss::Erased);
    assert!(rules(&story).is_empty());
    story.last().marks.gone = Some(crate::book::item::Loss::Unreadable);
    assert_eq!(rules(&story), [super::UNREADABLE]);
}

/// Else a policy and the one that took its place under another title contradict each other for ever.
#[test]
fn a_limit_of_a_policy_whose_place_was_taken_is_given_no_more() {
    let month = |number: i64| {
        let members = [("rule", text("sar-month")), ("number", Value::Int(number))];
        let target = Value::map(members.into_iter().chain([("unit", text("days"))]));
        ("targets", Value::Array(vec![target]))
    };
    let policy = |story: Story, title: &str, number| {
        story.then("policy", "other-2026-001", &[("title", text(title)), month(number)])
    };
    let story = policy(policy(Story::default(), "Data-protection policy", 30), "Privacy", 28);
    assert_eq!(rules(&story), ["limit-given-differently"]);
    assert!(rules(&story.to(Relation::Continues, 0)).is_empty());
    let story = policy(Story::default(), "Data-protection policy", 30);
    assert!(rules(&policy(story, "DATA protection policy", 28)).is_empty());
}

/// Else the checks say nothing of a DPIA whose approved file was replaced.
#[test]
fn an_approval_of_a_file_is_stale_once_the_dpia_names_another() {
    let file = |byte| {
        let file = Value::map([("sha256", Value::bytes(vec![byte; 32]))]);
        [("documents", Value::Array(vec![file]))]
    };
    let signed =
        |story: Story, byte| story.then("dpia-approval", CASE, &file(byte)).deciding("approved");
    let story = || signed(Story::default().then("dpia", CASE, &file(7)), 7);
    assert!(rules(&story()).is_empty());
    let anew = || story().then("dpia", CASE, &file(8)).to(Relation::Corrects, 0);
    let text = "it is on other content than the DPIA of entry 2, and no approval is on that";
    assert_eq!(texts(&anew()), [(1, text.to_owned())]);
    assert!(rules(&signed(anew(), 8)).is_empty());
    // A link to the old one is made good by a file of the new one, too.
    let linked = approved(&[]).then("dpia", CASE, &file(8));
    assert_eq!(rules(&linked), ["stale-approval"]);
    assert!(rules(&signed(linked, 8)).is_empty());
}

/// What the checks, the case, its register and what falls due say of an approval.
fn told(story: &Story) -> (bool, String, String, bool) {
    let book = Book::new(&story.0, NOW);
    let register = registers::find("dpias").expect("a register");
    let row = register.rows(&book).remove(0);
    let due = due(&book, &School::default());
    (
        rules(story).contains(&"stale-approval"),
        state(&book, CASE).state,
        row.cell(register, "state").expect("a column").plain(),
        due.iter().any(|due| due.uid.starts_with("dpia-review-stale")),
    )
}

/// Else one of them sends the controller to approve anew what another calls approved.
#[test]
fn checks_case_register_and_what_falls_due_agree_on_what_is_approved() {
    let file = |byte| {
        let file = Value::map([("sha256", Value::bytes(vec![byte; 32]))]);
        [("documents", Value::Array(vec![file]))]
    };
    let approved = (false, "approved".to_owned(), "approved".to_owned(), false);
    let waits = "waits for the data protection officer's advice";
    let stale = (true, waits.to_owned(), "stale".to_owned(), true);
    let story = || {
        let story = Story::default().then("dpia", CASE, &file(7));
        let story = story.then("dpia-approval", CASE, &file(7)).deciding("approved");
        story.to(Relation::Approves, 0)
    };
    assert_eq!(told(&story()), approved);
    // A word of the record is mended; its files stay what they were.
    let mended = story().then("dpia", CASE, &file(7)).to(Relation::Corrects, 0);
    assert_eq!(told(&mended), approved);
    // Whoever approved didn't call that immaterial.
    let mut open = mended;
    open.0[1].marks.stale = vec![open.0[2].index];
    let stale_yet = (false, "approved, but stale".to_owned(), "stale".to_owned(), true);
    assert_eq!(told(&open), stale_yet);
    let changed = || story().then("dpia", CASE, &file(8)).to(Relation::Corrects, 0);
    assert_eq!(told(&changed()), stale);
    assert_eq!(told(&story().then("dpia", CASE, &[])), stale);
    // What names nothing is on what it follows.
    let story = changed().then("dpia-approval", CASE, &[]).deciding("approved");
    assert_eq!(told(&story), approved);
    // On no other DPIA, as far as anybody can tell; and not on one that was written afterwards.
    let story = Story::default().then("dpia-approval", CASE, &[]).deciding("approved");
    let story = story.then("dpia", CASE, &file(7));
    assert_eq!(told(&story), (false, waits.to_owned(), "stale".to_owned(), false));
}
