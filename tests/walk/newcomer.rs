//! What somebody new types, and what they are told.

use crate::common::{CARETAKER, CHAIR, DPO, HEAD, OFFICE, School, day};

#[test]
fn dates_roles_kinds_and_cases_are_taken_as_people_write_them() {
    let school = School::begun();
    let report = school.json([
        "record",
        "Breach-Report",
        "--by",
        DPO,
        "--as",
        "Data protection officer",
        "--case",
        "NEW",
        "--aware",
        "20 November 2025, 09:15 GMT",
        "--occurred",
        "19/11/2025",
    ]);
    let view = school.show("Breach-2026-001".replace("2026", &crate::common::year().to_string()));
    assert_eq!(view["entries"][0]["entry"], report["entry"]);
    school
        .refused(["record", "breach-report", "--by", DPO, "--case", "new", "--aware", "20/11/2025"])
        .says("`20/11/2025` has no hour; write it as 2025-11-20 09:15", "");
    school
        .refused(["appoint", OFFICE, "--role", "headtaecher", "--by", HEAD])
        .says("did you mean `headteacher`?", "appoint --help");
    let advice = school.file("plan.txt", "A plan");
    let advised = school.json([
        "sign",
        &advice,
        "--by",
        DPO,
        "--kind",
        "dpo-advice",
        "--recommendation",
        "proceed",
        "--case",
        "new",
    ]);
    assert!(advised["case"].as_str().is_some_and(|case| case.starts_with("dpia-")), "{advised}");
}

#[test]
fn previews_say_what_ends_and_what_has_no_effect() {
    let school = School::begun();
    let said = school.ok(["appoint", CARETAKER, "--role", "Trip leader", "--by", HEAD]).err;
    assert!(said.contains("Until now: Caretaker at the CCTV desk"), "{said}");
    assert!(said.contains("ENDS: Caretaker at the CCTV desk; to keep it, name it among"), "{said}");
    // Renewed in July from September on, nobody would be at the desk all summer.
    let later = ["--from", &day(40), "--dry-run"].map(str::to_owned);
    let renewed = ["appoint", OFFICE, "--role", "administrator", "--by", HEAD].map(str::to_owned);
    let said = school.ok(renewed.iter().chain(&later)).out;
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("ENDS: Administrator, at once; until"), "{said}");
    assert!(said.contains("this key can sign nothing"), "{said}");
    let said = school.ok(["revoke", CHAIR, "--by", HEAD, "--reason", "role-ended"]).err;
    for words in [
        "You revoke, for ever, the key of Owen Reid, Chair of governors (",
        "Its earlier signatures stay valid.",
        "After this, 1 representative of the controller has a key in force.",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("key new"), "who leaves needs no new key: {said}");
    let ratified = ["record", "ratification", "--by", HEAD, "--link", "ratifies=1"];
    let said = school.ok(ratified).err;
    assert!(said.contains("WITHOUT EFFECT: this ratifies nothing; entry 1 is no exc"), "{said}");
    let decided = "person=Owen Reid; role=chair-of-governors; date=3/9/2026";
    let note = ["record", "note", "--by", HEAD, "--text", "Agreed", "--decided-by", decided];
    let said = school.ok(note).err;
    assert!(
        said.starts_with(
            "You record a decision by Owen Reid, Chair of governors, of 3 September 2026"
        ),
        "{said}"
    );
    let log = school.ok(["log"]).out;
    assert!(log.contains("without effect") && log.contains("decided by Owen Reid"), "{log}");
}
