//! Erasing under a retention rule that the DPO agreed to: nothing goes but what the rule says, and
//! nothing that still stands.

use super::{DPO, HEAD, Json, OFFICE, SECRET, School, agree, erase, index, intact, note, text};

/// What stands is nobody's to erase by a rule about cases that are over.
#[test]
fn a_rule_on_closed_cases_leaves_a_consent_that_stands_for_some_purposes() {
    let school = School::begun();
    let purposes = ["purpose=website; decision=given", "purpose=press; decision=given"];
    let given = ["--case", "new", "--purposes", purposes[0], "--purposes", purposes[1]];
    let given = school.record("consent", OFFICE, &[&given[..], &CONSENT[2..4]].concat());
    let case = text(&given["case"]);
    let withdraw = |purpose: &str| {
        let received = ["--case", &case, "--received", "2026-01-05 09:00"];
        let what = ["--purposes", purpose, "--places", "Website"];
        let all = [&received[..], &what].concat();
        let link = format!(
            "removes={}",
            index(&school.record("consent-withdrawal", OFFICE, &all)["entry"])
        );
        let place = ["--case", &case, "--place", "Website", "--link", &link];
        let done = ["--done", "2026-01-06", "--confirmation-sent", "2026-01-06"];
        school.record("image-removal", OFFICE, &[&place[..], &done].concat());
    };
    let class = ["--record-class", "consents", "--kinds", "consent", "--number", "0"];
    let when = ["--unit", "days", "--trigger", "case-closed", "--action", "erase"];
    school.record("retention-rule", HEAD, &[&class[..], &when].concat());
    withdraw("website");
    assert!(!school.ok(["due"]).out.contains("of kind consent"));
    withdraw("press");
    assert!(school.ok(["due"]).out.contains("1 record of kind consent"));
}

/// Else what nobody answered yet is erased, and its deadline with it; or what is left of a closed case
/// never goes, because what went first closed it.
#[test]
fn a_rule_on_closed_cases_waits_for_all_of_a_case_and_then_takes_all_of_it() {
    let school = School::begun();
    let complain = |case: &str| {
        let what = ["--received", "2026-07-01", "--about", "A list.", "--complainant", "parent"];
        let made = school.record("complaint", OFFICE, &[&["--case", case], &what[..]].concat());
        (index(&made["entry"]).to_string(), text(&made["case"]))
    };
    let (first, case) = complain("new");
    let (second, _) = complain(&case);
    let end = |complaint: &str| {
        let link = format!("about={complaint}");
        let step = ["--case", &case, "--step", "outcome", "--outcome", "upheld"];
        let done = ["--done", "2026-07-02", "--link", &link];
        school.record("complaint-step", OFFICE, &[&step[..], &done].concat());
    };
    let rule = |kind: &str| {
        let class = ["--record-class", kind, "--kinds", kind, "--number", "0", "--unit", "days"];
        let when = ["--trigger", "case-closed", "--action", "erase"];
        let made = school.record("retention-rule", HEAD, &[&class[..], &when].concat());
        let rule = index(&made["entry"]).to_string();
        advise_on(&school, &rule);
        rule
    };
    let (steps, complaints) = (rule("complaint-step"), rule("complaint"));
    let proposed = |kind: &str| school.ok(["due"]).out.contains(&format!("of kind {kind}"));
    end(&first);
    assert!(!proposed("complaint") && !proposed("complaint-step"));
    assert!(school.ok(["show", &case]).out.contains("to be acknowledged"));
    end(&second);
    assert!(proposed("complaint-step"));
    for rule in [steps, complaints] {
        let all = ["erase", "--due", "--rule", &rule, "--by", OFFICE, "--as", "administrator"];
        school.ok([&all[..], &["--yes"]].concat());
    }
    assert!(!proposed("complaint") && !proposed("complaint-step"));
    assert!(school.ok(["show", &case]).out.contains("how it ended is not known"));
    intact(&school);
}

/// Nothing but the reference in it tells whose consent it took back.
#[test]
fn an_unlinked_withdrawal_stays_while_a_consent_would_stand_again_without_it() {
    let school = School::begun();
    let given = [&CONSENT[..], &["--from", "2026-01-04"]].concat();
    let consent = index(&school.record("consent", OFFICE, &given)["entry"]).to_string();
    let received = ["--case", "new", "--received", "2026-01-05 09:00", "--capacity", "parent"];
    let withdraw = |more: &[&str]| {
        let all = [&received[..], &CONSENT[2..4], more].concat();
        index(&school.record("consent-withdrawal", OFFICE, &all)["entry"]).to_string()
    };
    let alone = withdraw(&[]);
    let why = format!("the consent in entry {consent} would stand again");
    let refused = |more: &[&str]| {
        let line = ["erase", &alone, "--ground", "withdrawal", "--by", HEAD];
        school.refused(line.iter().chain(more)).says(&why, &format!("erase entry {consent}"));
    };
    refused(&[]);
    refused(&["--field", "subject"]);
    // Nor does a rule propose it.
    let class = ["--record-class", "withdrawals", "--kinds", "consent-withdrawal"];
    let when = ["--number", "0", "--unit", "days", "--trigger", "record-made", "--action", "erase"];
    school.record("retention-rule", HEAD, &[&class[..], &when].concat());
    assert!(!school.ok(["due"]).out.contains("of kind consent-withdrawal"));
    let number: u64 = alone.parse().expect("a number");
    erase(&school, number, &["--field", "capacity"]);
    // One that links to its consent tells by that what it takes back.
    let link = format!("withdraws={consent}");
    let linked = withdraw(&["--link", &link]);
    erase(&school, linked.parse().expect("a number"), &[]);
    let both = erase(&school, number, &[&consent]);
    agree(&school, both);
    intact(&school);
}

pub const CONSENT: [&str; 6] =
    ["--case", "new", "--subject", "p-7f3a2c", "--purposes", "purpose=website; decision=given"];

#[test]
fn an_administrator_erases_under_a_rule_that_the_dpo_agreed_to() {
    let school = School::begun();
    let entries: Vec<u64> = (0..3).map(|n| note(&school, &format!("{SECRET} {n}"))).collect();
    let rule = school.record(
        "retention-rule",
        HEAD,
        &[
            "--record-class",
            "day notes",
            "--kinds",
            "note",
            "--number",
            "0",
            "--unit",
            "days",
            "--trigger",
            "record-made",
            "--action",
            "erase",
        ],
    );
    let rule = index(&rule["entry"]).to_string();
    let link = format!("advises={rule}");
    let agreed = ["--recommendation", "proceed", "--advice", "As scheduled.", "--link", &link];
    school.record("dpo-advice", DPO, &agreed);
    let due = school.ok(["due"]).out;
    assert!(due.contains("3 records of kind note") && due.contains("--due"), "{due}");
    assert_eq!(school.log(&["--text", "aunt"]).len(), 3, "due erases nothing");
    let said = school.ok(["erase", "--due", "--by", OFFICE, "--as", "administrator", "--yes"]);
    assert!(said.err.contains("Erased."), "{}", said.err);
    assert!(school.log(&["--text", "aunt"]).is_empty());
    let verdict = intact(&school);
    assert_eq!(verdict["erased"].as_array().expect("a list").len(), 3);
    assert!(!school.ok(["due"]).out.contains("of kind note"));
    let again = school.ok(["erase", "--due", "--by", OFFICE, "--as", "administrator"]);
    assert!(again.err.contains("Nothing is past its retention"), "{}", again.err);
    // A bundle of one of them encloses the erasure, the rule and the advice.
    let bundle = school.path("one.zip").display().to_string();
    let first = entries[0].to_string();
    school.ok(["export", "--entry", &first, "-o", &bundle]);
    let told = school.json(["verify", &bundle]);
    assert_eq!(told["erased"][0]["entry"], entries[0], "{told:#}");
    let of: Vec<Json> = told["incomplete"].as_array().expect("a list").clone();
    assert!(of.iter().all(|act| act["kind"] != "erasure"), "{of:#?}");
}

/// A retention rule by which notes, and records of more kinds, go at once; its entry.
pub fn rule(school: &School, more: &[&str]) -> String {
    let class = ["--record-class", "day notes", "--kinds", "note", "--number", "0"];
    let when = ["--unit", "days", "--trigger", "record-made", "--action", "erase"];
    let report = school.record("retention-rule", HEAD, &[&class[..], &when, more].concat());
    index(&report["entry"]).to_string()
}

pub fn advise_on(school: &School, rule: &str) {
    let link = format!("advises={rule}");
    let agreed = ["--recommendation", "proceed", "--advice", "As scheduled.", "--link", &link];
    school.record("dpo-advice", DPO, &agreed);
}

/// What was said of a rule in words changed it, and nobody advised on what it says now.
#[test]
fn a_rule_that_was_corrected_proposes_nothing_until_it_is_recorded_anew() {
    let school = School::begun();
    let entry = note(&school, SECRET).to_string();
    let old = rule(&school, &[]);
    advise_on(&school, &old);
    assert!(school.ok(["due"]).out.contains("1 record of kind note"));
    let link = format!("corrects={old}");
    let words = ["--what-changed", "Ten years, not none.", "--reason", "A slip.", "--link", &link];
    let correction = index(&school.record("correction", HEAD, &words)["entry"]);
    let due = school.ok(["due"]).out;
    assert!(!due.contains("of kind note"), "{due}");
    assert!(due.contains(&format!("entry {correction} corrects it")), "{due}");
    let all_due = ["erase", "--due", "--by", OFFICE, "--as", "administrator", "--yes"];
    let said = school.ok(all_due);
    assert!(said.err.contains("Nothing is past its retention"), "{}", said.err);
    school
        .refused(["erase", &entry, "--ground", "retention", "--rule", &old, "--by", HEAD])
        .says(&format!("corrected by entry {correction}"), "newer rule");
    assert_eq!(school.log(&["--text", "aunt"]).len(), 1);

    let link = format!("continues={old}");
    let new = rule(&school, &["--link", &link]);
    let due = school.ok(["due"]).out;
    assert!(due.contains(&format!("retention rule in entry {new}")), "{due}");
    assert!(!due.contains("corrects it"), "{due}");
    advise_on(&school, &new);
    let said = school.ok(all_due);
    assert!(said.err.contains("Erased."), "{}", said.err);
    assert!(school.log(&["--text", "aunt"]).is_empty());
    intact(&school);
}

/// Otherwise one signature of an administrator could destroy any record, such as a breach report of
/// this morning, under a rule for something else that the DPO once agreed to.
#[test]
fn under_a_rule_nothing_goes_but_what_the_rule_says() {
    let school = School::begun();
    let entry = note(&school, SECRET).to_string();
    let made = |kind: &str, number: &str, trigger: &str, link: &[&str]| {
        let class = ["--record-class", "some", "--kinds", kind, "--number", number];
        let when = ["--unit", "years", "--trigger", trigger, "--action", "erase"];
        let report = school.record("retention-rule", HEAD, &[&class[..], &when, link].concat());
        let rule = index(&report["entry"]).to_string();
        advise_on(&school, &rule);
        rule
    };
    let refused = |rule: &str, says: &str, hint: &str| {
        let line = ["erase", &entry, "--ground", "retention", "--rule", rule, "--by", OFFICE];
        school.refused(line).says(says, hint);
    };
    let other = made("cctv-access", "0", "record-made", &[]);
    refused(&other, &format!("isn't about records such as entry {entry}"), "probity show");
    let unknown = made("cctv-access", "0", "pupil-left", &[]);
    refused(&unknown, &format!("isn't about records such as entry {entry}"), "probity show");
    let young = made("note", "6", "record-made", &[]);
    refused(&young, &format!("entry {entry} isn't past its time"), "probity due");
    let open = made("note", "0", "case-closed", &[]);
    refused(&open, &format!("entry {entry} isn't past its time"), "probity due");

    let old = made("note", "0", "record-made", &[]);
    let new = made("note", "0", "record-made", &["--link", &format!("continues={old}")]);
    refused(&old, &format!("was replaced by entry {new}"), "newer rule");
    let link = format!("advises={new}");
    let against = ["--recommendation", "do-not-proceed", "--advice", "No.", "--link", &link];
    let against = index(&school.record("dpo-advice", DPO, &against)["entry"]);
    refused(&new, &format!("entry {against}, is against it"), "probity show");
    let due = school.ok(["due"]).out;
    assert!(due.contains(&format!("newest advice on it, entry {against}, is against it")), "{due}");
    let all_due = ["erase", "--due", "--by", OFFICE, "--as", "administrator", "--yes"];
    let said = school.ok(all_due);
    assert!(said.err.contains("Nothing is past its retention"), "{}", said.err);
    assert_eq!(school.log(&["--text", "aunt"]).len(), 1);

    // Whoever looked knows that the pupil left; and advice can change again.
    advise_on(&school, &new);
    let left = made("note", "6", "pupil-left", &[]);
    for rule in [&new, &left] {
        let line = ["erase", &entry, "--ground", "retention", "--rule", rule, "--by", OFFICE];
        school.ok([&line[..], &["--dry-run"]].concat());
    }
    intact(&school);
}

/// Advice on the rule, and the erasures under it, are older than its period, too.
#[test]
fn a_rule_that_names_kinds_which_have_to_stay_erases_the_others() {
    let school = School::begun();
    note(&school, SECRET);
    let rule = rule(&school, &["--kinds", "dpo-advice", "--kinds", "erasure"]);
    advise_on(&school, &rule);
    let all_due = ["erase", "--due", "--by", OFFICE, "--as", "administrator", "--yes"];
    for _ in 0..2 {
        let due = school.ok(["due"]).out;
        assert!(!due.contains("of kind dpo-advice") && !due.contains("of kind erasure"), "{due}");
        school.ok(all_due);
        assert!(school.log(&["--text", "aunt"]).is_empty());
    }
    intact(&school);
}
