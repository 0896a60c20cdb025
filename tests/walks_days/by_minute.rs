//! The governors decide in a meeting. Their minute is attached to a signature on paper, which
//! counts, and is always shown as signed on paper and recorded by somebody else.

use serde_json::{Value as Json, json};

use super::{entries, intact, says};
use crate::common::files::pdf;
use crate::common::{CHAIR, HEAD, OFFICE, School, day, findings, since, text};

/// Records what a minute says about an entry.
fn minuted(school: &School, person: &[&str], role: &str, what: &str, link: &str) -> Json {
    let minute = school.file("minute.pdf", pdf("Minutes of the meeting"));
    let date = day(-2);
    let line = ["--role", role, "--date", &date, "--what", what, "--attach", &minute];
    school.record("paper-signature", OFFICE, &[person, &line, &["--link", link]].concat())
}

#[test]
fn a_committee_without_a_key_stands_by_what_the_head_approved_alone() {
    let school = School::begun();
    school.record("note", HEAD, &["--text", "New lockers with cameras", "--case", "other-new"]);
    let approval = ["--decision", "approved", "--link", "approves=13"];
    let own = school.record("approval", HEAD, &approval);
    says(&findings(&own).join("\n"), &["its author wrote what it approves, entry 13"]);

    // The chair of the committee has no key and never had one.
    let agreed = "Minute 6: the committee agrees to the lockers";
    let paper =
        minuted(&school, &["--person", "Ruth Amos"], "committee-chair", agreed, "approves=13");
    says(&findings(&paper).join("\n"), &["this can't show that two people are different"]);
    says(
        &since(&school.show(13)),
        &["approved by entry 15, Signature on paper by Mary O’Neill, Administrator"],
    );
    says(&since(&school.show(14)), &["counter-signed in entry 15, Signature on paper"]);
    let shown = school.ok(["show", "15"]).out;
    says(&shown, &["Ruth Amos", agreed, "minute.pdf"]);
    intact(&school, &[]);
}

#[test]
fn the_governors_ratify_an_exception_by_minute() {
    let school = School::begun();
    let risks = ["--case", "dpia-new", "--risks", "id=R1; level=low", "--reasons", "small"];
    let exception = [
        "--exception",
        "asset owners accept risks",
        "--exception-reason",
        "the owner left, and term begins on Monday",
        "--ratify-role",
        "chair-of-governors",
    ];
    let accepted = school.record("risk-acceptance", OFFICE, &[&risks[..], &exception].concat());
    assert_eq!((&accepted["exception_entry"], &accepted["entry"]), (&json!(13), &json!(14)));
    intact(&school, &[14]);

    // A name alone doesn't show that it was another person than whoever made the exception.
    let words = "Minute 9: the board stands by it";
    let chair = ["--person", CHAIR];
    minuted(&school, &chair, "chair-of-governors", words, "ratifies=13");
    intact(&school, &[14]);
    // The chair's identifier does.
    let id = text(&school.show(8)["person"]);
    let chair = ["--person", CHAIR, "--person-id", &id];
    let paper = minuted(&school, &chair, "chair-of-governors", words, "ratifies=13");
    assert_eq!((&paper["entry"], &paper["findings"]), (&json!(16), &json!([])));
    let verdict = intact(&school, &[]);
    assert_eq!(entries(&verdict["on_paper"]), [14]);
    says(
        &verdict["on_paper"].to_string(),
        &["its exception was ratified: signed on paper by “Owen Reid”, recorded by entry 16"],
    );
    let view = school.show(14);
    assert_eq!((&view["marks"], &view["since"]["complete"]), (&json!([]), &json!(true)));
    says(&school.ok(["verify"]).out, &["signed on paper"]);
}
