//! What is on record, found and shown, with what has happened since.

use serde_json::json;

use crate::common::files::pdf;
use crate::common::{CHAIR, DPO, HEAD, OFFICE, OWNER, School, day, since, text, year};

/// A DPIA that is approved, corrected, approved again; a decision by exception; a lost key.
fn eventful() -> School {
    let school = School::begun();
    let y = year();
    school.record("note", OWNER, &["--text", "Homework app: first plan", "--case", "dpia-new"]);
    let case = format!("dpia-{y}-001");
    school.record(
        "dpo-advice",
        DPO,
        &["--case", &case, "--link", "advises=13", "--recommendation", "proceed"],
    );
    school.record(
        "dpia-approval",
        HEAD,
        &["--case", &case, "--link", "approves=13", "--decision", "approved"],
    );
    school.record("correction", OWNER, &["--link", "corrects=13", "--what-changed", "Year 4, too"]);
    school.record(
        "risk-acceptance",
        OFFICE,
        &[
            "--case",
            &case,
            "--risks",
            "id=R1; level=low",
            "--exception",
            "asset owners accept risks",
            "--exception-reason",
            "the owner is ill",
            "--ratify-role",
            "headteacher",
        ],
    );
    let minute = school.file("minute seven.pdf", pdf("Minute"));
    school.record(
        "note",
        OFFICE,
        &["--text", "Noted at the meeting", "--case", "meeting-new", "--attach", &minute],
    );
    school
}

#[test]
fn the_log_finds_by_case_kind_signer_day_and_words() {
    let school = eventful();
    let case = format!("dpia-{}-001", year());
    assert_eq!(school.log(&["--case", &case]), [13, 14, 15, 16, 17, 18]);
    assert_eq!(school.log(&["--kind", "note"]), [13, 19]);
    assert_eq!(school.log(&["--by", OWNER]), [10, 13, 16]);
    assert_eq!(school.log(&["--by", "bryn hughes", "--kind", "note"]), [13]);
    assert_eq!(school.log(&["--text", "YEAR 4"]), [16]);
    assert_eq!(school.log(&["--text", "minute seven.pdf"]), [19], "by the name of a file");
    assert_eq!(school.log(&["--text", "homework", "--by", OFFICE]), [0; 0]);
    let (today, tomorrow, yesterday) = (day(0), day(1), day(-1));
    assert_eq!(school.log(&["--since", &today, "--until", &today]).len(), 20);
    assert_eq!(school.log(&["--since", &tomorrow]), [0; 0]);
    assert_eq!(school.log(&["--until", &yesterday]), [0; 0]);
    assert_eq!(school.log(&["-n", "2"]), [18, 19]);
    let shown = school.ok(["log", "--case", &case]).out;
    for words in [
        "DPIA approval: approved",
        "Hannah Price, Headteacher",
        "corrected",
        "stale",
        "by exception",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    school.refused(["log", "--kind", "breech"]).says("no kind of record `breech`", "probity kinds");
    school
        .refused(["log", "--by", "Nobody"])
        .says("nobody of the name `Nobody`", "probity key list");
    school
        .refused(["log", "--case", "dpia-1999-001"])
        .says("there is no case dpia-1999-001", "probity log");
    school.refused(["log", "--since", "yesterday"]).says("`yesterday` is not a day", "2026-11-21");
}

#[test]
fn an_entry_shows_that_it_was_corrected_approved_ratified_is_stale_or_its_key_revoked() {
    let school = eventful();
    let case = format!("dpia-{}-001", year());
    let plan = school.show(13);
    assert_eq!(plan["marks"], json!(["corrected"]));
    let said = since(&plan);
    for words in [
        "advised on by entry 14, DPO's advice by Sunita Rao",
        "approved by entry 15, DPIA approval by",
        "corrected by entry 16",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    // The approval and the advice rest on what was corrected.
    for stale in [14, 15] {
        let view = school.show(stale);
        assert_eq!((&view["marks"], &view["since"]["stale"]), (&json!(["stale"]), &json!([16])));
        assert!(
            since(&view).contains("corrected by entry 16; it has to be given again"),
            "{view:#}"
        );
    }
    let again = school.record(
        "dpia-approval",
        HEAD,
        &["--case", &case, "--link", "approves=13", "--decision", "approved"],
    );
    assert_eq!(again["entry"], 20);
    assert!(since(&school.show(15)).contains("signed again in entry 20"));

    // By exception until the role that was named stands by it.
    let excepted = school.show(18);
    assert_eq!(excepted["marks"], json!(["by exception"]));
    assert!(
        since(&excepted).contains("signed by exception (entry 17), not ratified"),
        "{excepted:#}"
    );
    school.record("ratification", CHAIR, &["--link", "ratifies=17", "--reasons", "x"]);
    assert!(since(&school.show(18)).contains("not ratified by the role that it names (entry 21)"));
    school.record("ratification", HEAD, &["--link", "ratifies=17", "--reasons", "x"]);
    let ratified = school.show(18);
    assert_eq!((&ratified["marks"], &ratified["since"]["complete"]), (&json!([]), &json!(true)));
    assert_eq!(
        ratified["since"]["exception"],
        json!({ "entry": 17, "ratified": true, "ratifications": [21, 22] })
    );
    assert!(
        since(&school.show(17))
            .contains("ratified by entry 22, Ratification of an exception by Hannah Price")
    );

    // A key that may have been in other hands casts doubt on what it signed; later ones stand.
    let since_then = format!("{} 00:00", day(-1));
    school.ok([
        "revoke",
        OWNER,
        "--by",
        CHAIR,
        "--reason",
        "key-suspect",
        "--suspect-since",
        &since_then,
    ]);
    let plan = school.show(13);
    assert_eq!(plan["marks"], json!(["corrected", "doubtful"]));
    let said = since(&plan);
    assert!(
        said.contains(
            "its author's key was revoked by entry 23; it may have been in other hands from"
        ),
        "{said}"
    );
    assert!(said.contains("doubtful: the signature is valid"), "{said}");
    let (status, verdict) = school.verify([""; 0]);
    assert_eq!((status, &verdict["verdict"]), (0, &"intact".into()));
    let doubtful: Vec<&serde_json::Value> =
        verdict["doubtful"].as_array().expect("a list").iter().map(|one| &one["entry"]).collect();
    assert_eq!(doubtful, [10, 13, 16]);
    assert_eq!(school.verify(["--fail-on", "suspect"]).0, 1);
    assert!(since(&school.show(4)).contains("the key that it appoints was revoked by entry 23"));
}

#[test]
fn an_entry_is_named_by_index_hash_or_case_and_kind_and_a_case_tells_its_story() {
    let school = eventful();
    let case = format!("dpia-{}-001", year());
    let hash = text(&school.show(15)["hash"]);
    for name in
        ["15", &hash, &hash[..10], &hash[..10].to_uppercase(), &format!("{case}/dpia-approval")]
    {
        assert_eq!(school.show(name)["entry"], 15, "{name}");
    }
    school.refused(["show", "99"]).says("there is no entry 99; the newest is 19", "probity log");
    school.refused(["show", "nonsense"]).says("`nonsense` names no entry", "an index such as 17");
    school.refused(["show", &format!("{case}/consent")]).says("has no `consent`", "probity show");

    let story = school.show(&case);
    let entries = story["entries"].as_array().expect("entries");
    let order: Vec<&serde_json::Value> = entries.iter().map(|view| &view["entry"]).collect();
    assert_eq!(order, [13, 14, 15, 16, 17, 18]);
    assert_eq!(entries[3]["links"][0]["words"], "corrects entry 13, Note by Bryn Hughes");
    let lacking = story["incomplete"].to_string();
    assert!(lacking.contains("signed by exception; ratification by Headteacher"), "{lacking}");
    assert!(!lacking.contains("a role that may not sign this"), "{lacking}");
    let told = school.ok(["show", &case]).out;
    assert!(told.starts_with(&format!("Case {case}, 6 entries")), "{told}");
    for words in [
        "Homework app: first plan",
        "ask: no reasons are given",
        "Not complete",
        "entry 18: signed by exception",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let shown = school.ok(["show", "15"]).out;
    for words in [
        "Entry 15  DPIA approval: approved",
        "signed by  Hannah Price, Headteacher",
        "approves entry 13, Note by",
        "What has happened since",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
}
