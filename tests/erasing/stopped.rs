//! What stops an erasure at its second signature as at its first: a consent that would stand again,
//! a rule that was changed between the two, and advice that can't be opened any more.

use super::rules::{advise_on, rule};
use super::{HEAD, OFFICE, School, agree, destroy, erase, index, intact, note};
use crate::common::DPO;

const REFERENCE: [&str; 4] = ["--case", "new", "--subject", "p-7f3a2c"];

fn consent(school: &School, by: &str, what: &str, more: &[&str]) -> String {
    let said = ["--capacity", by, "--purposes", what];
    let all = [&REFERENCE[..], &said, more].concat();
    index(&school.record("consent", OFFICE, &all)["entry"]).to_string()
}

fn withdrawal(school: &School, by: &str, more: &[&str]) -> String {
    let said = ["--capacity", by, "--received", "2026-01-05 09:00"];
    let all = [&REFERENCE[..], &said, more].concat();
    let entry = index(&school.record("consent-withdrawal", OFFICE, &all)["entry"]).to_string();
    // What is recorded in the same second comes before it.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    entry
}

/// The purposes for which the register shows a consent that stands.
fn consented(school: &School) -> String {
    let rows = school.lines(["register", "consents"]);
    rows[0]["cells"]["consented"].as_str().unwrap_or_default().to_owned()
}

fn refused(school: &School, entries: &[&str], why: &str, hint: &str) {
    let line = [&["erase"][..], entries, &["--ground", "request", "--by", HEAD]].concat();
    school.refused(line).says(why, hint);
}

/// Somebody's picture would be published against their wishes, and the book would say that they had
/// agreed.
#[test]
fn what_a_pupil_refused_or_took_back_stays_while_a_parents_consent_is_on_record() {
    let school = School::begun();
    let first = consent(&school, "parent", "purpose=website; decision=given", &[]);
    let link = format!("withdraws={first}");
    let back = withdrawal(&school, "pupil", &["--link", &link]);
    let again = consent(&school, "parent", "purpose=website; decision=given", &[]);
    let stands =
        |by: &str| format!("without it the consent in {by} would stand again, for website");
    let both = format!("entries {first} and {again}");
    refused(&school, &[&back], &stands(&both), &format!("erase {both} before"));
    refused(&school, &[&back, "--field", "capacity"], &stands(&both), "");
    assert_eq!(consented(&school), "");
    // With the consents it goes.
    let all = erase(&school, back.parse().expect("a number"), &[&first, &again]);
    agree(&school, all);

    let given = consent(&school, "parent", "purpose=website; decision=given", &[]);
    let no = consent(&school, "pupil", "purpose=website; decision=refused", &[]);
    refused(&school, &[&no], &stands(&format!("entry {given}")), &format!("erase entry {given}"));
    intact(&school);
}

/// One parent's objection is enough (Protection of Freedoms Act 2012 s.26).
#[test]
fn an_objection_to_biometric_data_stays_while_the_other_parents_consent_is_on_record() {
    let school = School::begun();
    let first = consent(&school, "parent", "purpose=website; decision=given", &[]);
    let link = format!("withdraws={first}");
    let objection = withdrawal(&school, "parent", &["--purposes", "biometric", "--link", &link]);
    let other = consent(&school, "parent", "purpose=biometric; decision=given", &[]);
    let why = format!("the consent in entry {other} would stand again, for biometric");
    refused(&school, &[&objection], &why, "");
}

/// A consent that begins only later is on nobody's list of today.
#[test]
fn a_refusal_stays_while_a_consent_is_still_to_begin() {
    let school = School::begun();
    let from = crate::common::day(30);
    let later = consent(&school, "parent", "purpose=website; decision=given", &["--from", &from]);
    let no = consent(&school, "pupil", "purpose=website; decision=refused", &[]);
    refused(&school, &[&no], &format!("the consent in entry {later} would stand again"), "");
}

/// Whoever is told to erase a consent that is in force would lose what the school may rest on.
#[test]
fn a_withdrawal_that_changes_nothing_any_more_can_go() {
    let school = School::begun();
    let first = consent(&school, "parent", "purpose=website; decision=given", &[]);
    let back = withdrawal(&school, "parent", &[]);
    let gone = erase(&school, first.parse().expect("a number"), &[]);
    agree(&school, gone);
    consent(&school, "parent", "purpose=website; decision=given", &[]);
    assert_eq!(consented(&school), "website");
    let erasure = erase(&school, back.parse().expect("a number"), &[]);
    agree(&school, erasure);
    assert_eq!(consented(&school), "website");
    intact(&school);
}

/// What is past its time together goes together, but never so that a consent would stand again.
#[test]
fn a_rule_proposes_no_more_withdrawals_than_may_go() {
    let school = School::begun();
    consent(&school, "parent", "purpose=website; decision=given", &[]);
    let first = withdrawal(&school, "pupil", &["--purposes", "website"]);
    withdrawal(&school, "pupil", &["--purposes", "website"]);
    consent(&school, "parent", "purpose=website; decision=given", &[]);
    let class = ["--record-class", "withdrawals", "--kinds", "consent-withdrawal"];
    let when = ["--number", "0", "--unit", "days", "--trigger", "record-made", "--action", "erase"];
    let rule = school.record("retention-rule", HEAD, &[&class[..], &when].concat());
    advise_on(&school, &index(&rule["entry"]).to_string());
    let due = school.ok(["due"]).out;
    assert!(due.contains("1 record of kind consent-withdrawal"), "{due}");
    school.ok(["erase", "--due", "--by", OFFICE, "--as", "administrator", "--yes"]);
    assert_eq!(consented(&school), "");
    refused(&school, &[&first], "nothing left", "");
    intact(&school);
}

/// Between the two signatures a consent can come that the first didn't know.
#[test]
fn the_second_signature_is_refused_where_a_consent_would_stand_again() {
    let school = School::begun();
    let back = withdrawal(&school, "parent", &[]);
    let erasure = erase(&school, back.parse().expect("a number"), &[]).to_string();
    let older = ["--from", "2026-01-04"];
    let late = consent(&school, "parent", "purpose=website; decision=given", &older);
    school
        .refused(["erase", "--approve", &erasure, "--by", DPO])
        .says(&format!("the consent in entry {late} would stand again"), "erase entry");
    assert_eq!(consented(&school), "");
}

/// A rule that was put right between the two signatures lets nothing go, whichever way the second
/// one comes: by `erase --approve`, as advice, or as a statement that was signed elsewhere.
#[test]
fn an_erasure_under_a_rule_that_was_changed_meanwhile_is_not_carried_out() {
    let school = School::begun();
    let entry = note(&school, super::SECRET);
    let old = rule(&school, &[]);
    let erasure = erase(&school, entry, &["--rule", &old]).to_string();
    let ask = school.path("advice.request").display().to_string();
    let (on_it, on_rule) = (format!("advises={erasure}"), format!("advises={old}"));
    let advice = ["--recommendation", "proceed", "--advice", "Yes."];
    let advise = [&["record", "dpo-advice", "--by", DPO][..], &advice].concat();
    school.ok([&advise[..], &["--link", &on_it, "--request", &ask, "--yes"]].concat());
    let signed = school.ok(["sign", "--detached", &ask]).out;

    let against = ["--recommendation", "do-not-proceed", "--advice", "No.", "--link", &on_rule];
    school.record("dpo-advice", DPO, &against);
    let approve = ["erase", "--approve", &erasure, "--by", DPO];
    school.refused(approve).says("is against it", "probity show");
    // Whoever thinks better of it says so of the rule; that it was corrected, nobody overrules.
    let both = [&advise[..], &["--link", &on_rule, "--dry-run"]].concat();
    assert!(school.ok(both).out.contains("This completes the erasure"));
    let link = format!("corrects={old}");
    let words = ["--what-changed", "Ten years, not none.", "--reason", "A slip.", "--link", &link];
    let correction = index(&school.record("correction", HEAD, &words)["entry"]);
    let why = format!("the retention rule in entry {old} was corrected by entry {correction}");
    school.refused(approve).says(&why, "newer rule");
    for link in [&on_it, &on_rule] {
        school.refused([&advise[..], &["--link", link]].concat()).says(&why, "newer rule");
    }
    school.refused(["sign", "--attach", signed.trim(), "--by", OFFICE]).says(&why, "newer rule");
    assert_eq!(school.log(&["--text", "aunt"]), [entry]);
    intact(&school);
}

/// Nobody can tell any more that it was against the erasure. Were it taken for agreement, the book
/// would say that the erasure was carried out, and a real agreement would not carry it out.
#[test]
fn advice_that_cannot_be_opened_is_no_agreement() {
    let school = School::begun();
    let entry = note(&school, super::SECRET);
    let erasure = erase(&school, entry, &[]).to_string();
    let link = format!("advises={erasure}");
    let against = ["--recommendation", "do-not-proceed", "--advice", "No.", "--link", &link];
    let against = index(&school.record("dpo-advice", DPO, &against)["entry"]);
    destroy(&school, against);

    let says = format!("the advice in entry {against} can't be opened");
    let shown = school.ok(["show", &erasure]).out;
    assert!(shown.contains(&format!("can't be told: {says}")), "{shown}");
    let why = format!("the data protection officer's advice in entry {against} can't be opened");
    school.refused(["erase", "--approve", &erasure, "--by", DPO]).says(&why, "restore");
    let agreed = ["--recommendation", "proceed", "--advice", "Yes.", "--link", &link];
    let advise = [&["record", "dpo-advice", "--by", DPO][..], &agreed].concat();
    school.refused(advise).says(&why, "restore");
    for list in [&["due"][..], &["log"], &["register", "consents"], &["show", &entry.to_string()]] {
        school.ok(list);
    }
    assert_eq!(school.log(&["--text", "aunt"]), [entry]);
    // Another erasure doesn't rest on it.
    let another = erase(&school, entry, &[]);
    agree(&school, another);
    assert!(school.log(&["--text", "aunt"]).is_empty());
}

/// What was erased with an agreement stays erased when that can't be opened any more; a rule lets
/// nothing more go until it is advised on anew.
#[test]
fn an_agreement_that_cannot_be_opened_lets_nothing_more_go() {
    let school = School::begun();
    let first = note(&school, super::SECRET);
    let rule = rule(&school, &[]);
    let link = format!("advises={rule}");
    let agreed = ["--recommendation", "proceed", "--advice", "As scheduled.", "--link", &link];
    let advice = index(&school.record("dpo-advice", DPO, &agreed)["entry"]);
    let all_due = ["erase", "--due", "--by", OFFICE, "--as", "administrator", "--yes"];
    school.ok(all_due);
    destroy(&school, advice);
    let second = note(&school, super::SECRET);

    let shown = school.ok(["show", &first.to_string()]).out;
    assert!(shown.contains("erased on"), "{shown}");
    let due = school.ok(["due"]).out;
    assert!(
        due.contains(&format!("newest advice on it, entry {advice}, can't be opened")),
        "{due}"
    );
    school
        .refused([
            "erase",
            &second.to_string(),
            "--ground",
            "retention",
            "--rule",
            &rule,
            "--by",
            HEAD,
        ])
        .says(&format!("entry {advice}, can't be opened"), "advise on the rule anew");
    advise_on(&school, &rule);
    school.ok(all_due);
    assert!(school.log(&["--text", "aunt"]).is_empty());
}
