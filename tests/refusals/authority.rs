//! Who may not sign.

use serde_json::json;

use crate::common::files::pdf;
use crate::common::{BEGUN, CHAIR, DPO, HEAD, OFFICE, School, day, index, since, text};

fn note(by: &str) -> [&str; 6] {
    ["record", "note", "--by", by, "--text", "x"]
}

#[test]
fn a_key_that_is_unknown_unappointed_revoked_ended_or_not_yet_begun_signs_nothing() {
    let school = School::begun();
    school.refused(note("Nobody")).says("there is no key of the name `nobody`", "probity key new");
    // With a slip in the name nobody is led to make a second key.
    for slip in ["Hanah Price", "hannah", "Price"] {
        school.refused(note(slip)).says("there is no key", "did you mean `hannah-price`?");
    }
    school.ok(["key", "new", "Ann Example"]);
    school
        .refused(note("Ann Example"))
        .says("the key of `ann-example` has no appointment", "probity appoint");
    school
        .refused(["accept", "--by", "Ann Example"])
        .says("has no appointment to accept", "probity appoint");

    let appoint = ["appoint", "Ann Example", "--role", "staff", "--by", HEAD];
    let past = ["--from", "2020-01-01", "--until", "2020-02-01"];
    let said = school.ok(appoint.into_iter().chain(past)).err;
    assert!(said.contains("over since 1 February 2020"), "{said}");
    school
        .refused(note("Ann Example"))
        .says("the appointment of `ann-example` ended on 1 February 2020", "appointed anew");
    let tomorrow = day(1);
    school.ok(appoint.into_iter().chain(["--from", &tomorrow]));
    school
        .refused(note("Ann Example"))
        .says("the appointment of `ann-example` begins on", "appointed from today");
    school
        .refused(appoint.into_iter().chain(["--from", "2026-02-01", "--until", "2026-01-01"]))
        .says("before it begins", "--until after --from");
    school.ok(appoint);
    school.ok(note("Ann Example"));
    school.ok(["accept", "--by", "Ann Example"]);
    school
        .refused(["accept", "--by", "Ann Example"])
        .says("is accepted already, by entry", "nothing is left to do");

    school.ok(["revoke", "Ann Example", "--by", CHAIR, "--reason", "role-ended"]);
    school
        .refused(note("Ann Example"))
        .says("the key of `ann-example` was revoked by entry 18", "probity key new");
    school.refused(appoint).says("it never returns", "--same-person-as");
    school
        .refused(["revoke", "Ann Example", "--by", CHAIR, "--reason", "replaced"])
        .says("was revoked already", "nothing is left to do");
}

#[test]
fn nobody_signs_in_a_role_that_they_do_not_hold_or_for_themselves() {
    let school = School::begun();
    school
        .refused(note(OFFICE).into_iter().chain(["--as", "headteacher"]))
        .says("is not appointed as headteacher, but as administrator", "--as administrator");
    // Not sent to a role that may not sign it either, nor to an appointment that would end theirs.
    let acceptance = ["record", "risk-acceptance", "--by", HEAD, "--as", "asset-owner", "--case"];
    let risk = ["new", "--risks", "id=R1; impact=major; likelihood=neither", "--reasons", "small"];
    school.refused(acceptance.iter().chain(&risk)).says(
        "is not appointed as asset-owner, but as headteacher",
        "have somebody sign who is appointed as asset-owner or",
    );
    school
        .refused(["appoint", HEAD, "--role", "dpo", "--by", HEAD])
        .says("nobody appoints themselves", "another of the controller's representatives");
    school
        .refused(["revoke", HEAD, "--by", HEAD, "--reason", "key-lost"])
        .says("would revoke their own key", "by another person");
    school
        .refused(["appoint", OFFICE, "--role", "dpo", "--by", DPO])
        .says("`appointment` is signed by headteacher", "have one of them sign");
    school
        .refused(["revoke", OFFICE, "--by", DPO, "--reason", "paused"])
        .says("not by dpo", "have one of them sign");
    school
        .refused(["record", "log-key", "--by", OFFICE])
        .says("not by administrator", "have one of them sign");
    school
        .refused(["appoint", OFFICE, "--role", "wizard", "--by", HEAD])
        .says("`wizard` is no role", "appoint --help");
    school
        .refused(["revoke", OFFICE, "--by", HEAD, "--reason", "key-suspect"])
        .says("needs the time since when", "--suspect-since");
    school.ok(["key", "new", "Namesake"]);
    school
        .refused(["revoke", "Namesake", "--by", HEAD, "--reason", "paused"])
        .says("was never appointed", "nothing to revoke");
    school.ok(["appoint", OFFICE, "--role", "staff", "meeting-host", "--by", HEAD]);
    school.refused(note(OFFICE)).says("holds several roles: meeting-host, staff", "--as");
}

#[test]
fn one_person_never_gives_both_of_two_required_signatures() {
    let school = School::begun();
    let (plan, other) =
        (school.file("plan.pdf", pdf("Plan")), school.file("other.pdf", pdf("Other")));
    school.ok(["appoint", DPO, "--role", "dpo", "headteacher", "--by", CHAIR]);
    let approve = |file: &str| {
        [
            "sign",
            file,
            "--by",
            DPO,
            "--as",
            "headteacher",
            "--kind",
            "dpia-approval",
            "--decision",
            "approved",
            "--case",
            "new",
        ]
        .map(str::to_owned)
    };
    let advise = |file: &str, case: &str| {
        [
            "sign",
            file,
            "--by",
            DPO,
            "--as",
            "dpo",
            "--kind",
            "dpo-advice",
            "--recommendation",
            "proceed",
            "--case",
            case,
        ]
        .map(str::to_owned)
    };
    school.ok(advise(&plan, "dpia-new"));
    school
        .refused(approve(&plan))
        .says("you signed entry 14 (DPO's advice) on the same content", "another person");
    // The other way round, too; and by another key of the same person.
    school.ok(approve(&other));
    school
        .refused(advise(&other, "dpia-new"))
        .says("you signed entry 15 (DPIA approval) on the same content", "another person");
    school.ok(["key", "new", "Sunita at home"]);
    school.ok([
        "appoint",
        "Sunita at home",
        "--same-person-as",
        DPO,
        "--role",
        "headteacher",
        "--by",
        CHAIR,
    ]);
    let again =
        approve(&plan).map(|word| if word == DPO { "Sunita at home".to_owned() } else { word });
    school.refused(again).says("by different people", "another person");
}

#[test]
fn a_permission_by_the_wrong_role_is_refused_unless_by_an_exception_that_shows_until_ratified() {
    let school = School::begun();
    let line = [
        "record",
        "risk-acceptance",
        "--by",
        OFFICE,
        "--case",
        "new",
        "--risks",
        "id=R1; level=low",
    ];
    school.refused(line).says(
        "a `risk-acceptance` permits something still to come, and administrator may not",
        "--exception RULE",
    );
    let excepting =
        ["--exception", "asset owners accept risks", "--exception-reason", "the owner is ill"];
    school
        .refused(line.into_iter().chain(excepting).chain(["--ratify-role", "wizard"]))
        .says("`wizard` is no role", "");
    let report =
        school.json(line.into_iter().chain(excepting).chain(["--ratify-role", "headteacher"]));
    assert_eq!((index(&report["exception_entry"]), index(&report["entry"])), (BEGUN, BEGUN + 1));
    let lacks = report["incomplete"].to_string();
    assert!(
        lacks.contains("signed by exception; ratification by Headteacher is missing"),
        "{lacks}"
    );
    assert_eq!(school.lines(["log"])[14]["marks"], json!(["by exception"]));
    let view = school.show(14);
    assert!(since(&view).contains("signed by exception (entry 13), not ratified"), "{view:#}");
    assert_eq!(school.verify(["--fail-on", "incomplete"]).0, 1);
    school
        .refused(["record", "ratification", "--by", HEAD, "--reasons", "x"])
        .says("has to say which entry it ratifies", "--link ratifies=ENTRY");
    school.record(
        "ratification",
        HEAD,
        &["--link", "ratifies=13", "--reasons", "it could not wait"],
    );
    let view = school.show(14);
    assert!(since(&view).contains("ratified by entry 15"), "{view:#}");
    assert_eq!(view["since"]["exception"]["ratified"], true);
    // A fact is never refused: what the role lacks is said.
    let report = school.record(
        "breach-decision",
        OFFICE,
        &["--case", "breach-new", "--risk", "unlikely", "--notify-regulator", "no"],
    );
    assert_eq!(
        report["incomplete"],
        json!(["signed as Administrator, a role that may not sign this"])
    );
}

/// Else the office could complete the head's approval with advice by somebody who never was DPO.
#[test]
fn a_paper_signature_counts_in_no_role_that_its_person_never_held() {
    let school = School::begun();
    school.record("note", HEAD, &["--text", "a plan"]);
    let on_paper = |id: &str, date: &str, more: &[&'static str]| -> Vec<String> {
        let line =
            ["record", "paper-signature", "--by", OFFICE, "--person", CHAIR, "--role", "dpo"];
        let what = ["--what", "advice", "--link", "advises=13", "--yes"];
        let id = if id.is_empty() { vec![] } else { vec!["--person-id", id] };
        let all = [&line[..], &id, &["--date", date], &what, more].concat();
        all.into_iter().map(str::to_owned).collect()
    };
    let chair = text(&school.show(8)["person"]);
    let today = day(0);
    school
        .refused(on_paper(&chair, &today, &[]))
        .says("by the appointments here, Owen Reid was not Data protection officer on", "--from");
    // That it was signed is a fact, and is taken; it counts for nobody whom the ledger knows.
    school.ok(on_paper("", &today, &[]));
}

/// Else whoever may not decide would put their record under an exception that was ratified for
/// another one.
#[test]
fn no_record_is_put_under_an_exception_that_is_on_record_already() {
    let school = School::begun();
    let exception = ["--exception", "r", "--exception-reason", "x", "--ratify-role", "headteacher"];
    let risks = ["--case", "dpia-new", "--risks", "id=R1; level=low", "--reasons", "small"];
    school.record("risk-acceptance", OFFICE, &[&risks[..], &exception].concat());
    let decision = ["--case", "breach-new", "--risk", "high", "--notify-regulator", "no"];
    let line = ["record", "breach-decision", "--by", OFFICE, "--link", "excepts=13"];
    school
        .refused(line.iter().chain(&decision))
        .says("can't be put under an exception that is on record already", "--exception RULE");
}

/// The newest one may be ratified already; then the other would stay open for ever, and whoever signed
/// would think that it isn't.
#[test]
fn a_ratification_goes_to_the_exception_that_waits() {
    let school = School::begun();
    let exception = |role| ["--exception", "r", "--exception-reason", "x", "--ratify-role", role];
    let risks = ["--risks", "id=R1; level=low", "--reasons", "small"];
    let under = |case: &str, role| {
        let line = [&["--case", case], &risks[..], &exception(role)].concat();
        let report = school.record("risk-acceptance", OFFICE, &line);
        (index(&report["exception_entry"]), text(&report["case"]))
    };
    let (first, case) = under("dpia-new", "headteacher");
    let (second, _) = under(&case, "headteacher");
    let (other, _) = under(&case, "chair-of-governors");
    let ratify = ["record", "ratification", "--case", &case, "--reasons", "I agree."];
    school.refused(ratify.iter().chain(&["--by", HEAD])).says(
        &format!("several exceptions wait to be ratified here: entries {first}, {second}"),
        "--link ratifies=ENTRY",
    );
    let newest = format!("ratifies={second}");
    school.ok(ratify.iter().chain(&["--by", HEAD, "--link", &newest]));
    let ratified = |by| {
        let report = school.json(ratify.iter().chain(&["--by", by]));
        school.show(index(&report["entry"]))["links"][0]["entry"].clone()
    };
    assert_eq!(ratified(HEAD), json!(first), "the one that is left for the headteacher");
    assert_eq!(ratified(CHAIR), json!(other));
    school
        .refused(ratify.iter().chain(&["--by", HEAD]))
        .says("has to say which entry it ratifies", "");
}

/// A slip in the year makes it overdue from the first day.
#[test]
fn whoever_sets_a_day_that_is_past_for_a_ratification_is_told() {
    let school = School::begun();
    let line = ["record", "risk-acceptance", "--by", OFFICE, "--case", "dpia-new"];
    let line = line.iter().chain(&["--risks", "id=R1; level=low", "--reasons", "small"]);
    let line = line.chain(&["--exception", "r", "--exception-reason", "x"]);
    let line: Vec<&str> = line
        .chain(&["--ratify-role", "headteacher", "--dry-run", "--ratify-by"])
        .copied()
        .collect();
    let said = |day: &str| school.ok(line.iter().chain(&[day])).out;
    assert!(said("2025-11-28").contains("28 November 2025, is past: it is overdue at once"));
    assert!(!said(&day(0)).contains("overdue"), "today is not past");
}

/// After a rotation, the old name is the one that people know.
#[test]
fn an_old_name_leads_to_the_key_in_force() {
    let school = School::begun();
    school.ok(["key", "rotate", DPO, "--by", HEAD, "--as", "headteacher", "--yes"]);
    let new = school.home().join("keys").join(format!("{}.pub", slug(DPO, 2)));
    assert!(new.exists(), "{}", new.display());
    school
        .refused(["appoint", DPO, "--role", "staff", "--by", HEAD])
        .says("was revoked by entry", &format!("goes by `{}`", slug(DPO, 2)));
}

/// Whose key lies elsewhere can't accept here.
#[test]
fn what_comes_after_an_appointment_fits_where_the_key_lies() {
    let (school, away) = (School::begun(), School::nothing());
    away.ok(["key", "new", "Lena Novak"]);
    let public = away.home().join("keys/lena-novak.pub").display().to_string();
    let appoint = ["appoint", "Lena Novak", "--role", "staff", "--by", HEAD, "--pub", &public];
    let said = school.ok(appoint).err;
    assert!(said.contains("accept --by \"Lena Novak\" --request accept.request"), "{said}");
    school.ok(["key", "new", "Owen Pike"]);
    let said = school.ok(["appoint", "Owen Pike", "--role", "staff", "--by", HEAD]).err;
    assert!(said.contains("accept --by \"Owen Pike\"") && !said.contains("--request"), "{said}");
}

/// A slip at the first appointment, or a marriage: without a way, the wrong name would be signed again.
#[test]
fn a_person_is_called_otherwise_from_now_on() {
    let school = School::begun();
    let to = "Ruth Okonkwo";
    school.ok(["appoint", DPO, "--role", "dpo", "--by", HEAD, "--called", to]);
    let keys = school.ok(["key", "list"]).out;
    assert!(keys.contains(to), "{keys}");
    school
        .refused(["appoint", DPO, "--role", "dpo", "--by", HEAD, "--called", CHAIR])
        .says("somebody else is appointed under the name", "tells them apart");
    // Who types a new name and forgets the option is told what will stand there.
    school.ok(["key", "new", "Ruth Bello"]);
    let again = ["appoint", "Ruth Bello", "--same-person-as", to, "--role", "dpo", "--by", HEAD];
    let said = school.ok(again.iter().chain(&["--dry-run"])).out;
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("this person is Ruth Okonkwo, and stays so"), "{said}");
    assert!(said.contains("--called \"Ruth Bello\""), "{said}");
}

fn slug(name: &str, number: u32) -> String {
    format!("{}-{number}", name.to_lowercase().replace(' ', "-"))
}

/// The wrong file from a stick would make somebody else data protection officer, and end what they are.
#[test]
fn a_key_that_is_anothers_is_appointed_to_nobody_else() {
    let school = School::begun();
    let public = school.home().join("keys/bryn-hughes.pub").display().to_string();
    let appoint = ["appoint", "Neil Hart", "--role", "staff", "--by", HEAD, "--pub", &public];
    school.refused(appoint).says("is Bryn Hughes's: expected a key of Neil Hart", "which file");
    assert!(!school.home().join("keys/neil-hart.pub").exists());
    // Nor by a second file of it here.
    std::fs::copy(&public, school.home().join("keys/neil-hart.pub")).expect("copied");
    school
        .refused(&appoint[..6])
        .says("is Bryn Hughes's: expected a key of Neil Hart", "which file");
    std::fs::remove_file(school.home().join("keys/neil-hart.pub")).expect("removed");
    let again = ["appoint", "Bryn Hughes", "--role", "asset-owner", "--by", HEAD, "--pub", &public];
    school.ok(again.iter().chain(&["--dry-run"]));
}

#[test]
fn a_number_that_is_too_short_for_seconds_is_no_moment() {
    let school = School::begun();
    let revoke = ["revoke", OFFICE, "--by", HEAD, "--reason", "key-suspect", "--suspect-since"];
    for short in ["20261002", "0915", "2026"] {
        school.refused(revoke.iter().chain(&[short])).says(&format!("`{short}` is not a time"), "");
    }
}

/// A renewed key isn't in force before the one that it takes the place of, and one whose appointment
/// is over isn't renewed.
#[test]
fn an_appointment_to_come_stays_to_come_and_one_that_is_over_stays_over() {
    let school = School::begun();
    let appoint = ["appoint", OFFICE, "--role", "administrator", "--by", HEAD];
    let tomorrow = day(1);
    school.ok(appoint.iter().chain(&["--from", &tomorrow]));
    let list = school.ok(["key", "list"]).out;
    let line = list.lines().find(|line| line.contains(OFFICE)).expect("a line");
    assert!(line.contains("  from ") && !line.contains("in force"), "{line}");
    let rotate = ["key", "rotate", OFFICE, "--by", HEAD, "--reason", "replaced"];
    school.ok(rotate);
    let from = |line: &serde_json::Value| line["from"].as_i64();
    let keys = school.lines(["key", "list"]);
    let theirs: Vec<_> = keys.iter().filter(|key| key["name"] == OFFICE).collect();
    assert_eq!(theirs.len(), 2);
    assert_eq!(from(theirs[0]), from(theirs[1]));
    let past = ["--from", "2020-01-01", "--until", "2020-02-01"];
    school.ok(["appoint", CHAIR, "--role", "chair-of-governors", "--by", HEAD].iter().chain(&past));
    let rotate = ["key", "rotate", CHAIR, "--by", HEAD, "--reason", "replaced"];
    school.refused(rotate).says("is over since 1 February 2020", "probity appoint");
}
