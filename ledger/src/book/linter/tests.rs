//! What contradicts itself across records: each finding once raised and once not.

use super::findings;
use crate::book::item::Book;
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
    assert_eq!(rules(&checked(&[("ground", text("none"))])), ["stale-supplier"]);
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
