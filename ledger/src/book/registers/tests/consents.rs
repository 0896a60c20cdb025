use serde_json::{Value as Json, json};

use super::{Made, at};
use crate::records::kind::Relation;

const PUPIL: &str = "pupil-7f3a";

fn purposes(answers: &[(&str, &str)]) -> Json {
    answers
        .iter()
        .map(|(purpose, decision)| json!({"purpose": purpose, "decision": decision}))
        .collect()
}

fn consent(made: &mut Made, day: &str, capacity: &str, answers: &[(&str, &str)]) -> usize {
    let answers = json!({"subject": PUPIL, "capacity": capacity, "purposes": purposes(answers),
                         "withhold-by-default": null});
    made.in_case("consent-2026-001", "consent", &format!("{day} 09:00"), answers)
}

fn withdrawal(made: &mut Made, day: &str, capacity: &str, purposes: &[&str]) -> usize {
    let purposes = if purposes.is_empty() { Json::Null } else { json!(purposes) };
    let answers = json!({"subject": PUPIL, "capacity": capacity, "purposes": purposes,
                         "received": at(&format!("{day} 08:00"))});
    made.in_case("consent-2026-001", "consent-withdrawal", &format!("{day} 09:00"), answers)
}

#[test]
fn a_later_consent_replaces_and_a_withdrawal_closes() {
    let mut made = Made::default();
    let answers = [("website", "given"), ("press", "refused"), ("print", "given")];
    consent(&mut made, "2026-09-01", "parent", &answers);
    let row = made.only_row("consents", "2026-09-01");
    row.says(&[
        ("reference", PUPIL),
        ("consented", "print; website"),
        ("refused", "press"),
        ("answered-by", "parent"),
    ]);
    withdrawal(&mut made, "2026-10-01", "parent", &["website"]);
    made.only_row("consents", "2026-10-01")
        .says(&[("consented", "print"), ("withdrawn", "website")]);
    consent(&mut made, "2026-11-01", "parent", &[("website", "given"), ("press", "given")]);
    let row = made.only_row("consents", "2026-11-01");
    row.says(&[
        ("consented", "press; print; website"),
        ("refused", ""),
        ("withdrawn", ""),
        // It may be another parent who refused.
        ("differing", "press (entry 0)"),
    ]);
    assert_eq!(row.entries(), [0, 1, 2]);
    // No purpose named: all of them. What was refused stays refused.
    withdrawal(&mut made, "2026-12-01", "parent", &[]);
    let row = made.only_row("consents", "2026-12-01");
    row.says(&[("consented", ""), ("withdrawn", "press; print; website"), ("differing", "")]);
    // And each day stays as it was.
    assert_eq!(made.only_row("consents", "2026-09-30").at("consented"), "print; website");
}

#[test]
fn a_pupils_own_refusal_prevails_until_the_pupil_consents() {
    let mut made = Made::default();
    consent(&mut made, "2026-09-01", "pupil", &[("website", "refused")]);
    consent(&mut made, "2026-09-02", "parent", &[("website", "given"), ("print", "given")]);
    let row = made.only_row("consents", "2026-09-02");
    row.says(&[("consented", "print"), ("refused", "website (by the pupil)")]);
    withdrawal(&mut made, "2026-09-03", "pupil", &["print"]);
    consent(&mut made, "2026-09-04", "parent", &[("print", "given")]);
    let row = made.only_row("consents", "2026-09-04");
    row.says(&[("consented", ""), ("withdrawn", "print (by the pupil)")]);
    consent(&mut made, "2026-09-05", "pupil", &[("website", "given"), ("print", "given")]);
    assert_eq!(made.only_row("consents", "2026-09-05").at("consented"), "print; website");
}

#[test]
fn one_objection_to_biometric_data_stands_until_a_consent_continues_it() {
    let mut made = Made::default();
    let no = consent(&mut made, "2026-09-01", "parent", &[("biometric", "refused")]);
    consent(&mut made, "2026-09-02", "parent", &[("biometric", "given")]);
    let row = made.only_row("consents", "2026-09-02");
    row.says(&[("consented", ""), ("refused", "biometric (an objection that stands)")]);
    let yes = consent(&mut made, "2026-09-03", "parent", &[("biometric", "given")]);
    made.link(yes, Relation::Continues, no);
    assert_eq!(made.only_row("consents", "2026-09-03").at("consented"), "biometric");
    withdrawal(&mut made, "2026-09-04", "parent", &["biometric"]);
    consent(&mut made, "2026-09-05", "relative", &[("biometric", "given")]);
    let row = made.only_row("consents", "2026-09-05");
    row.says(&[("consented", ""), ("withdrawn", "biometric (an objection that stands)")]);
}

#[test]
fn consent_has_a_first_and_a_last_day() {
    let mut made = Made::default();
    let first = consent(&mut made, "2026-09-01", "parent", &[("website", "given")]);
    made.0[first].answers.set("until", crate::format::cbor::Value::text("2027-08-31"));
    let next = consent(&mut made, "2027-06-01", "parent", &[("website", "refused")]);
    made.0[next].answers.set("from", crate::format::cbor::Value::text("2027-09-02"));
    made.only_row("consents", "2027-08-31").says(&[("consented", "website"), ("lapsed", "")]);
    let row = made.only_row("consents", "2027-09-01");
    row.says(&[("consented", ""), ("lapsed", "website"), ("refused", "")]);
    assert_eq!(row.row.marks, ["entry 1 doesn't count before 2 September 2027"]);
    let row = made.only_row("consents", "2027-09-02");
    // The first one had ended, so the two don't differ.
    row.says(&[("lapsed", ""), ("refused", "website"), ("differing", "")]);
    assert_eq!(row.row.marks, [""; 0]);
}

#[test]
fn an_old_form_that_is_recorded_late_does_not_undo_a_withdrawal() {
    let mut made = Made::default();
    withdrawal(&mut made, "2026-09-15", "parent", &["website"]);
    let late = consent(&mut made, "2026-10-01", "parent", &[("website", "given")]);
    made.0[late].answers.set("from", crate::format::cbor::Value::text("2026-09-01"));
    let row = made.only_row("consents", "2026-10-01");
    row.says(&[("consented", ""), ("withdrawn", "website")]);
    assert_eq!(row.row.marks, ["the withdrawal in entry 0 came after what was recorded later"]);
}

#[test]
fn what_can_no_longer_be_read_publishes_nothing() {
    let mut made = Made::default();
    let given = consent(&mut made, "2026-09-01", "parent", &[("website", "given")]);
    let taken = withdrawal(&mut made, "2026-09-02", "parent", &["website"]);
    made.link(taken, Relation::Withdraws, given);
    made.erase(taken);
    let row = made.only_row("consents", "2026-09-02");
    row.says(&[("reference", PUPIL), ("consented", ""), ("withdrawn", "website")]);
    assert_eq!(row.row.marks, ["entry 1: erased"]);
    // Nobody knows any more whose consent it was.
    made.erase(given);
    let rows = made.rows("consents", "2026-09-02");
    assert_eq!(rows.len(), 2);
    for row in rows {
        row.says(&[("reference", "erased"), ("consented", "")]);
        assert!(row.row.marks.contains(&"it names no pupil's reference".to_owned()));
    }
    // Whose the withdrawal is, it tells itself.
    let mut made = Made::default();
    let given = consent(&mut made, "2026-09-01", "parent", &[("website", "given")]);
    let taken = withdrawal(&mut made, "2026-09-02", "parent", &["website"]);
    made.link(taken, Relation::Withdraws, given);
    made.erase(given);
    let rows = made.rows("consents", "2026-09-02");
    let entries: Vec<Vec<u64>> = rows.iter().map(super::Shown::entries).collect();
    assert_eq!(entries, [[1], [0]]);
    rows[0].says(&[("reference", PUPIL), ("withdrawn", "website")]);
}

#[test]
fn pupils_have_a_row_each_and_withholding_is_told() {
    let mut made = Made::default();
    let first = consent(&mut made, "2026-09-01", "parent", &[("website", "given")]);
    made.0[first].answers.set("withhold-by-default", crate::format::cbor::Value::Bool(true));
    let second = consent(&mut made, "2026-09-01", "parent", &[("press", "given")]);
    made.0[second].answers.set("subject", crate::format::cbor::Value::text("pupil-0001"));
    let rows = made.rows("consents", "2026-09-01");
    rows[0].says(&[("reference", "pupil-0001"), ("consented", "press"), ("withhold", "")]);
    rows[1].says(&[("reference", PUPIL), ("consented", "website"), ("withhold", "yes")]);
}

/// A form that doesn't ask whether to withhold leaves what was said before.
#[test]
fn what_is_to_be_withheld_stays_so_until_a_consent_says_otherwise() {
    let mut made = Made::default();
    let withhold = |made: &mut Made, day: &str, said: Json| {
        let at = consent(made, day, "parent", &[("website", "given")]);
        made.0[at].answers.set("withhold-by-default", super::value(said));
        at
    };
    withhold(&mut made, "2026-09-01", json!(true));
    withhold(&mut made, "2026-09-02", Json::Null);
    assert_eq!(made.only_row("consents", "2026-09-02").at("withhold"), "yes");
    // Nor does an old form that comes late.
    let late = withhold(&mut made, "2026-09-03", json!(false));
    made.0[late].answers.set("from", super::value(json!("2026-08-01")));
    assert_eq!(made.only_row("consents", "2026-09-03").at("withhold"), "yes");
    withhold(&mut made, "2026-09-04", json!(false));
    assert_eq!(made.only_row("consents", "2026-09-04").at("withhold"), "no");
}

#[test]
fn a_consent_that_corrects_another_takes_its_place() {
    let mut made = Made::default();
    let wrong =
        consent(&mut made, "2026-09-01", "parent", &[("website", "given"), ("press", "given")]);
    let right = consent(&mut made, "2026-09-02", "parent", &[("website", "given")]);
    made.link(right, Relation::Corrects, wrong);
    let row = made.only_row("consents", "2026-09-02");
    row.says(&[("consented", "website"), ("differing", "")]);
    assert_eq!(row.row.marks, ["entry 0: corrected by entry 1"]);
}

#[test]
fn a_withdrawal_is_open_until_every_place_is_closed_and_confirmed() {
    let mut made = Made::default();
    let given = consent(&mut made, "2026-09-01", "parent", &[("website", "given")]);
    let taken = withdrawal(&mut made, "2026-10-01", "parent", &["website"]);
    made.link(taken, Relation::Withdraws, given);
    made.0[taken].answers.0.extend([
        ("places".to_owned(), super::value(json!(["School website", "Foyer screen"]))),
        ("subject".to_owned(), super::value(Json::Null)),
    ]);
    let row = made.only_row("withdrawals", "2026-10-11");
    row.says(&[
        ("reference", PUPIL),
        ("received", "2026-10-01T07:00:00Z"),
        ("purposes", "website"),
        ("withdraws", "0"),
        ("places-open", "School website; Foyer screen"),
        ("state", "open"),
        ("days-open", "10"),
    ]);
    let removal = |made: &mut Made, day: &str, place: &str, sent: Json| {
        let answers = json!({"place": place, "done": day, "confirmation-sent": sent});
        let at =
            made.in_case("consent-2026-001", "image-removal", &format!("{day} 09:00"), answers);
        made.link(at, Relation::Removes, taken);
        at
    };
    removal(&mut made, "2026-10-12", "school  website.", Json::Null);
    let row = made.only_row("withdrawals", "2026-10-12");
    row.says(&[
        ("places-closed", "school  website.; 2026-10-12"),
        ("places-open", "Foyer screen"),
        ("state", "open"),
    ]);
    let last = removal(&mut made, "2026-10-14", "Foyer screen", Json::Null);
    // Nobody has told the family yet.
    made.only_row("withdrawals", "2026-10-20").says(&[("places-open", ""), ("state", "open")]);
    made.0[last].answers.set("confirmation-sent", super::value(json!("2026-10-15")));
    let row = made.only_row("withdrawals", "2026-12-31");
    row.says(&[("confirmed", "2026-10-15"), ("state", "closed"), ("days-open", "14")]);
    assert_eq!(row.entries(), [1, 2, 3]);
    made.erase(taken);
    let row = made.only_row("withdrawals", "2026-12-31");
    row.says(&[("reference", PUPIL), ("places", "erased"), ("state", "not-known")]);
}

/// A form that came in before the consent and was recorded after it takes nothing back.
#[test]
fn a_withdrawal_counts_from_the_day_on_which_it_was_received() {
    let mut made = Made::default();
    consent(&mut made, "2026-09-10", "parent", &[("website", "given")]);
    let withdrawn = withdrawal(&mut made, "2026-09-12", "parent", &[]);
    made.only_row("consents", "2026-09-12").says(&[("consented", ""), ("withdrawn", "website")]);
    let received = crate::format::cbor::Value::Int(at("2026-09-01 08:00"));
    made.0[withdrawn].answers.set("received", received);
    made.only_row("consents", "2026-09-12").says(&[("consented", "website"), ("withdrawn", "")]);
}

#[test]
fn what_only_names_a_pupil_is_no_consent() {
    let mut made = Made::default();
    consent(&mut made, "2026-09-10", "parent", &[("website", "given")]);
    // A correction of something else is read with every register.
    made.add("correction", "2026-09-11 09:00", json!({ "subject": "pupil-9999" }));
    assert_eq!(made.rows("consents", "2026-09-12").len(), 1);
}

/// An objection to fingerprints stands against a consent that is given, and adds nothing to a
/// refusal.
#[test]
fn an_objection_stands_beside_what_is_given() {
    let mut made = Made::default();
    consent(&mut made, "2026-09-01", "parent", &[("biometric", "refused")]);
    made.only_row("consents", "2026-09-02").says(&[("refused", "biometric")]);
    consent(&mut made, "2026-09-03", "parent", &[("biometric", "given")]);
    let row = made.only_row("consents", "2026-09-04");
    row.says(&[("consented", ""), ("refused", "biometric (an objection that stands)")]);
}

/// An old form of which nothing says when it was filled in, recorded after it was taken back.
#[test]
fn a_withdrawal_follows_the_consent_that_it_links_to_however_late_that_was_recorded() {
    let mut made = Made::default();
    let given = consent(&mut made, "2026-11-27", "parent", &[("website", "given")]);
    let taken = withdrawal(&mut made, "2026-11-27", "parent", &[]);
    let received = crate::format::cbor::Value::Int(at("2026-11-26 15:00"));
    made.0[taken].answers.set("received", received);
    made.link(taken, Relation::Withdraws, given);
    made.only_row("consents", "2026-11-27").says(&[("consented", ""), ("withdrawn", "website")]);
    // What the parent answers afterwards is another consent.
    consent(&mut made, "2026-11-28", "parent", &[("website", "given")]);
    made.only_row("consents", "2026-11-28").says(&[("consented", "website"), ("withdrawn", "")]);
}

#[test]
fn a_withdrawal_on_the_day_of_a_consent_of_unknown_hour_takes_it_back() {
    let mut made = Made::default();
    let given = consent(&mut made, "2026-11-27", "parent", &[("website", "given")]);
    made.0[given].answers.set("from", super::value(json!("2026-11-20")));
    let taken = withdrawal(&mut made, "2026-11-27", "parent", &[]);
    let received = |made: &mut Made, moment: &str| {
        made.0[taken].answers.set("received", crate::format::cbor::Value::Int(at(moment)));
        made.only_row("consents", "2026-11-27").at("consented")
    };
    assert_eq!(received(&mut made, "2026-11-20 12:00"), "");
    assert_eq!(received(&mut made, "2026-11-19 23:59"), "website");
    // Where both hours are known, they tell.
    let (morning, evening) = (at("2026-11-20 09:00"), at("2026-11-20 18:00"));
    for (hour, consented) in [(morning, ""), (evening, "website")] {
        made.0[given].answers.set("from", super::value(Json::Null));
        made.0[given].answers.set("occurred", super::value(json!({"from": hour, "to": hour})));
        assert_eq!(received(&mut made, "2026-11-20 12:00"), consented);
    }
}

/// Mending the version of the wording gives nothing anew.
#[test]
fn a_corrected_consent_stays_withdrawn() {
    for linked in [true, false] {
        let mut made = Made::default();
        let given = consent(&mut made, "2026-09-01", "parent", &[("website", "given")]);
        let taken = withdrawal(&mut made, "2026-10-01", "parent", &["website"]);
        if linked {
            made.link(taken, Relation::Withdraws, given);
        }
        let mended = consent(&mut made, "2026-10-05", "parent", &[("website", "given")]);
        made.link(mended, Relation::Corrects, given);
        let again = consent(&mut made, "2026-10-06", "parent", &[("website", "given")]);
        made.link(again, Relation::Corrects, mended);
        let row = made.only_row("consents", "2026-10-07");
        row.says(&[("consented", ""), ("withdrawn", "website")]);
        // Nor does mending the withdrawal, which need not say again what it is about.
        let mended = withdrawal(&mut made, "2026-10-08", "parent", &["website"]);
        made.0[mended].answers.set("subject", super::value(Json::Null));
        made.link(mended, Relation::Corrects, taken);
        if linked {
            let row = made.only_row("consents", "2026-10-09");
            row.says(&[("consented", ""), ("withdrawn", "website")]);
        }
    }
}

/// Else whoever picks photos reads "consented" of a pupil whose family took it back.
#[test]
fn a_withdrawal_ends_the_consent_that_it_links_to_under_whatever_reference() {
    let other = "pupil-7f3b";
    let mut made = Made::default();
    let given = consent(&mut made, "2026-09-01", "parent", &[("website", "given")]);
    let taken = withdrawal(&mut made, "2026-10-01", "parent", &["website"]);
    made.0[taken].answers.set("subject", super::value(json!(other)));
    // By its reference alone it is another pupil's.
    let rows = made.rows("consents", "2026-10-01");
    rows[0].says(&[("reference", PUPIL), ("consented", "website"), ("withdrawn", "")]);
    made.link(taken, Relation::Withdraws, given);
    let rows = made.rows("consents", "2026-10-01");
    assert_eq!(rows.len(), 2);
    rows[0].says(&[("reference", PUPIL), ("consented", ""), ("withdrawn", "website")]);
    assert_eq!(rows[0].entries(), [0, 1]);
    assert_eq!(
        rows[0].row.marks,
        ["entry 1 takes back entry 0, though under another reference: pupil-7f3b"]
    );
    rows[1].says(&[("reference", other), ("consented", ""), ("withdrawn", "website")]);
    assert_eq!(
        rows[1].row.marks,
        ["entry 1 gives this reference, and takes back entry 0 of another: pupil-7f3a"]
    );
    let row = made.only_row("withdrawals", "2026-10-01");
    row.says(&[("reference", other), ("withdraws", "0")]);
    assert_eq!(row.row.marks, ["entry 0, which it takes back, gives another: pupil-7f3a"]);
    // Nor does it let stand what corrects that consent.
    let mended = consent(&mut made, "2026-10-02", "parent", &[("website", "given")]);
    made.link(mended, Relation::Corrects, given);
    let rows = made.rows("consents", "2026-10-02");
    rows[0].says(&[("reference", PUPIL), ("consented", ""), ("withdrawn", "website")]);
    made.0.pop();
    // It takes back no purpose that it doesn't name.
    made.0[given].answers.set("purposes", super::value(purposes(&[("press", "given")])));
    made.rows("consents", "2026-10-01")[0].says(&[("consented", "press")]);
}

/// The reference of the consent was the wrong one, and was put right.
#[test]
fn a_withdrawal_goes_with_the_consent_that_stands() {
    let mut made = Made::default();
    let given = consent(&mut made, "2026-09-01", "parent", &[("website", "given")]);
    made.0[given].answers.set("subject", super::value(json!("pupil-0000")));
    let mended = consent(&mut made, "2026-09-02", "parent", &[("website", "given")]);
    made.link(mended, Relation::Corrects, given);
    let taken = withdrawal(&mut made, "2026-10-01", "parent", &["website"]);
    made.link(taken, Relation::Withdraws, given);
    let rows = made.rows("consents", "2026-10-01");
    rows[0].says(&[("reference", "pupil-0000"), ("consented", ""), ("withdrawn", "")]);
    rows[1].says(&[("reference", PUPIL), ("consented", ""), ("withdrawn", "website")]);
    let marks: Vec<&String> = rows.iter().flat_map(|row| &row.row.marks).collect();
    assert!(!marks.iter().any(|mark| mark.contains("another")), "{marks:?}");
}

/// One form for two children, without a reference.
#[test]
fn a_withdrawal_ends_each_consent_that_it_links_to() {
    let mut made = Made::default();
    let first = consent(&mut made, "2026-09-01", "parent", &[("website", "given")]);
    let second = consent(&mut made, "2026-09-01", "parent", &[("website", "given")]);
    made.0[second].answers.set("subject", super::value(json!("pupil-8888")));
    let taken = withdrawal(&mut made, "2026-10-01", "parent", &[]);
    made.0[taken].answers.set("subject", super::value(Json::Null));
    made.link(taken, Relation::Withdraws, first);
    made.link(taken, Relation::Withdraws, second);
    for row in made.rows("consents", "2026-10-01") {
        row.says(&[("consented", ""), ("withdrawn", "website")]);
        assert_eq!(row.row.marks, [""; 0]);
    }
}
