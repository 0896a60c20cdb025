//! A maintained school becomes an academy. The governors record who takes over, appoint the
//! trust's people while they still can, and the book goes on: the same code, the same past.

use serde_json::json;

use super::{appoint, intact, says};
use crate::common::files::pdf;
use crate::common::{CHAIR, DPO, HEAD, OFFICE, School, answer, day, findings, now, since, text};

const EXECUTIVE: &str = "Imogen Clarke";
const TRUST_CHAIR: &str = "David Osei";
const TRUST: &str = "North Vale Learning Trust";

#[test]
fn an_academy_trust_takes_over_and_the_book_goes_on() {
    let school = School::begun();
    let (today, order) = (day(0), school.file("order.pdf", pdf("Academy order")));
    let conversion = [
        "--what",
        "conversion",
        "--new-controller",
        TRUST,
        "--new-controller-form",
        "trust",
        "--effective",
        &today,
        "--record-book",
        "continues",
        "--attach",
        &order,
    ];
    // Nobody but the controller's representatives says who the controller is.
    school
        .refused(["record", "succession", "--by", OFFICE].iter().chain(&conversion))
        .says("administrator may not sign it", "add --exception");
    let succession = school.record("succession", CHAIR, &conversion);
    assert_eq!((&succession["entry"], &succession["findings"]), (&json!(13), &json!([])));
    appoint(&school, EXECUTIVE, "trust-executive", CHAIR);
    appoint(&school, TRUST_CHAIR, "trust-chair", CHAIR);
    school.ok(["revoke", CHAIR, "--by", TRUST_CHAIR, "--reason", "role-ended"]);

    // The trust's people act for the controller: registration, policy, a breach.
    let (paid, review) = (day(365), day(360));
    let number = ["--number", "Z0000000", "--holder", TRUST, "--fee-expiry", &paid];
    let registered = school.record("registration", EXECUTIVE, &number);
    assert_eq!(registered["findings"], json!([]));
    let file = school.file("policy.pdf", pdf("Data protection policy of the trust"));
    let policy = [
        "--title",
        "Data protection",
        "--ratifying-body",
        "the trust's board",
        "--approved",
        &today,
        "--implemented",
        &today,
        "--next-review",
        &review,
        "--attach",
        &file,
    ];
    assert_eq!(school.record("policy", TRUST_CHAIR, &policy)["incomplete"], json!([]));
    let aware = (now() - 3600).to_string();
    let report = ["--case", "new", "--aware", &aware, "--what-happened", "a lost memory stick"];
    let case = text(&school.record("breach-report", OFFICE, &report)["case"]);
    let decision = ["--case", &case, "--risk", "likely", "--notify-regulator", "yes"];
    let decided = school.record("breach-decision", EXECUTIVE, &decision);
    assert_eq!(decided["incomplete"], json!([]));

    // What the governors signed stays theirs, and an inspector finds the day on which it changed.
    assert_eq!(school.log(&["--kind", "succession"]), [13]);
    let view = school.show(13);
    assert_eq!(answer(&view, "new-controller"), TRUST);
    says(&since(&view), &["its author's key was revoked by entry 18"]);
    assert_eq!(answer(&school.show(0), "controller")["legal-name"].as_str(), Some(GOVERNORS));
    says(&school.ok(["log", "--case", &case]).out, &["Breach decision", "Imogen Clarke"]);
    // Head and data protection officer were appointed by the governors, and still are.
    assert_eq!(school.record("note", HEAD, &["--text", "Day one"])["findings"], json!([]));
    assert_eq!(findings(&school.record("note", DPO, &["--text", "Day one"])), [""; 0]);
    intact(&school, &[]);
}

const GOVERNORS: &str = "Governing Body of Hillside Primary School";

#[test]
fn a_school_that_closes_says_who_keeps_its_book() {
    let school = School::begun();
    let today = day(0);
    let closure = ["--what", "closure", "--effective", &today, "--record-book", "closed"];
    let silent = school.record("succession", CHAIR, &closure);
    says(
        &findings(&silent).join("\n"),
        &["it is not said who keeps the records after the closure", "no order"],
    );
    let reasons = ["--reasons", "Northshire Council keeps the book and all files"];
    let said = school.record("succession", HEAD, &[&closure[..], &reasons].concat());
    assert!(!findings(&said).join("\n").contains("who keeps"), "{said:#}");
    intact(&school, &[]);
}
