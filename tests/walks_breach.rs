//! A breach from the first report to its review, and a camera from its DPIA to the end of a covert
//! one, as a school's people would type it: `tests/walks/breach/`.

mod common;
#[path = "walks/script.rs"]
mod script;

use common::inside::words;
use common::{CHAIR, DPO, HEAD, OFFICE, School, findings, index, now, since, text, year};
use probity::work::World;
use probity::work::record::{CaseChoice, Wanted};
use probity_ledger::format::cbor::Value;
use probity_ledger::records;
use serde_json::Value as Json;

/// The kinds of a case's entries, oldest first.
fn kinds(case: &Json) -> Vec<String> {
    case["entries"].as_array().expect("entries").iter().map(|one| text(&one["kind"])).collect()
}

#[test]
fn a_breach_from_its_report_to_its_review() {
    let school = School::begun();
    script::walk(&school, "breach/breach.walk");

    let case = school.show(format!("breach-{}-001", year()));
    let told = ["breach-told"; 3];
    let mut story = vec!["breach-report", "breach-told", "breach-told", "breach-measure"];
    story.extend(["breach-told", "breach-measure", "breach-report", "breach-decision"]);
    story.extend(told);
    story.push("breach-investigation");
    story.extend(["breach-signoff"; 3]);
    story.push("breach-review");
    assert_eq!(kinds(&case), story);
    assert_eq!(case["incomplete"], Json::Array(Vec::new()));
    assert_eq!(school.verify(["--fail-on", "incomplete"]).0, 0);

    // What was not said is linked as it is meant: to the newest report, and to the investigation.
    let entries = case["entries"].as_array().expect("entries");
    let report = index(&entries[6]["entry"]);
    assert_eq!(index(&entries[8]["links"][0]["entry"]), report);
    let investigation = index(&entries[11]["entry"]);
    for signoff in &entries[12..15] {
        assert_eq!(signoff["links"][0]["relation"], "signs-off");
        assert_eq!(index(&signoff["links"][0]["entry"]), investigation);
    }
    let signers: Vec<String> = entries[12..15].iter().map(|one| text(&one["signer"])).collect();
    assert_eq!(signers, [DPO, HEAD, CHAIR]);

    // A correction of the report shows at the signatures that rest on it.
    school.record(
        "correction",
        DPO,
        &["--link", &format!("corrects={investigation}"), "--what-changed", "126 people, not 128"],
    );
    let signoff = school.show(index(&entries[13]["entry"]));
    assert!(since(&signoff).contains("stale"), "{signoff:#}");
}

#[test]
fn a_review_before_the_sign_offs_shows_whose_are_missing() {
    let school = School::begun();
    let case = format!("breach-{}-001", year());
    let aware = (now() - 3600).to_string();
    school.record("breach-report", OFFICE, &["--case", "new", "--aware", &aware]);
    let report = ["--case", &case, "--description", "x", "--type", "near-miss"];
    school.record("breach-investigation", OFFICE, &report);
    school.record("breach-signoff", CHAIR, &["--case", &case]);
    let today = common::day(0);
    let review = ["--case", &case, "--reviewed", &today, "--outcome", "closed"];
    let report = school.record("breach-review", OFFICE, &review);
    let asked = findings(&report).join("\n");
    for missing in ["the report has the head teacher's sign-off", "the report has the DPO's"] {
        assert!(asked.contains(missing), "{asked}");
    }
    assert!(!asked.contains("the chair's sign-off"), "{asked}");
}

/// The clock when covert monitoring has ended.
fn twelve_days_on() -> i64 {
    now() + 12 * 86400
}

#[test]
fn a_camera_from_its_dpia_to_the_end_of_a_covert_one() {
    let school = School::begun();
    script::walk(&school, "breach/cctv.walk");

    // Ten days of monitoring later, by the same program with another clock.
    let case = format!("cctv-{}-004", year());
    let mut end = Wanted::new(records::newest("covert-end").expect("a known kind"), HEAD);
    end.case = CaseChoice::Existing(case.clone());
    for (field, value) in [
        ("ended", Value::Int(twelve_days_on() - 3600)),
        ("result", Value::text("The cash was miscounted; nobody took any")),
        ("footage", Value::text("deleted")),
        ("people-told", Value::text("yes")),
    ] {
        end.answers.set(field, value);
    }
    let world = World::real().with_clock(twelve_days_on);
    let prepared = school.prepare(&world, &end).expect("a record");
    assert_eq!(prepared.findings, []);
    school.sign(&world, &prepared, HEAD).expect("a signed record");
    let view = school.show(&case);
    assert_eq!(kinds(&view), ["covert-authorisation", "approval", "covert-end"]);
    assert_eq!(view["incomplete"], Json::Array(Vec::new()));
    let ended = &view["entries"][2]["links"][0];
    assert_eq!(ended["relation"], "about");
    assert_eq!(ended["entry"], view["entries"][0]["entry"]);
    assert_eq!(school.verify(["--fail-on", "incomplete"]).0, 0);

    // What never ends by its last day is asked about when its end is recorded.
    let late = World::real().with_clock(|| now() + 20 * 86400);
    end.answers.set("ended", Value::Int(now() + 19 * 86400));
    let prepared = school.prepare(&late, &end).expect("a fact is never refused");
    assert!(prepared.findings.iter().any(|finding| finding.text.contains("after its last day")));
    let (error, _) = words(school.prepare(&World::real(), &end));
    assert!(error.contains("this machine's clock says"), "{error}");
}
