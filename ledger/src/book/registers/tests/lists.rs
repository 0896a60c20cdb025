use serde_json::json;

use super::{Made, at, value};
use crate::records::kind::Relation;

#[test]
fn a_processing_activity_recorded_again_replaces_the_one_before() {
    let mut made = Made::default();
    for (day, name, purpose, next) in [
        ("2026-01-10", "Catering", "Lunch", "2026-06-01"),
        ("2026-02-10", "catering ", "Lunch and allergies", "2027-01-01"),
        ("2026-02-11", "Payroll", "Pay", "2026-03-01"),
    ] {
        let answers = json!({"name": name, "purposes": [purpose], "next-review": next});
        made.add("processing-activity", &format!("{day} 09:00"), answers);
    }
    made.only_row("processing-activities", "2026-01-31").says(&[("purposes", "Lunch")]);
    let rows = made.rows("processing-activities", "2026-03-02");
    rows[0].says(&[("purposes", "Lunch and allergies"), ("state", "current")]);
    rows[1].says(&[("activity", "Payroll"), ("state", "review-overdue")]);
    // Renamed, and linked to what it continues.
    let renamed = json!({"name": "Wages", "ended": "2026-04-01"});
    let renamed = made.add("processing-activity", "2026-04-01 09:00", renamed);
    made.link(renamed, Relation::Continues, 2);
    let rows = made.rows("processing-activities", "2026-04-01");
    assert_eq!(rows.len(), 2);
    rows[1].says(&[("activity", "Wages"), ("state", "ended")]);
}

#[test]
fn a_policy_is_in_force_until_the_next_version_is() {
    let mut made = Made::default();
    for (day, version, from) in
        [("2026-01-10", "1", "2026-01-15"), ("2026-06-01", "2", "2026-09-01")]
    {
        let answers = json!({"title": "Data protection", "policy-version": version,
                             "approved": day, "implemented": from, "next-review": "2026-12-31"});
        made.add("policy", &format!("{day} 09:00"), answers);
    }
    let states = |day: &str| -> Vec<(String, String)> {
        let rows = made.rows("policies", day);
        rows.iter().map(|row| (row.at("version"), row.at("state"))).collect()
    };
    let pair = |version: &str, state: &str| (version.to_owned(), state.to_owned());
    assert_eq!(states("2026-01-10"), [pair("1", "not-in-force-yet")]);
    assert_eq!(states("2026-05-31"), [pair("1", "in-force")]);
    assert_eq!(states("2026-06-01"), [pair("1", "in-force"), pair("2", "not-in-force-yet")]);
    assert_eq!(states("2026-09-01"), [pair("2", "in-force")]);
    assert_eq!(states("2027-01-01"), [pair("2", "review-overdue")]);
}

/// Else a policy that is past its year is told as in force, because it named a later day itself.
#[test]
fn a_policy_is_reviewed_each_year_whatever_day_it_names() {
    let mut made = Made::default();
    let answers = json!({"title": "Data", "approved": "2024-01-10", "next-review": "2030-01-01"});
    made.add("policy", "2024-01-10 09:00", answers);
    let state = |day: &str| made.only_row("policies", day).at("state");
    assert_eq!(state("2025-01-10"), "in-force");
    assert_eq!(state("2025-01-11"), "review-overdue");
}

#[test]
fn a_privacy_notice_is_replaced_by_what_is_published() {
    let mut made = Made::default();
    for (day, version, published) in
        [("2026-01-10", "1", json!("2026-01-10")), ("2026-06-01", "2", json!(null))]
    {
        let answers = json!({"title": "For parents", "notice-version": version,
                             "audience": ["parents"], "published": published});
        made.add("privacy-notice", &format!("{day} 09:00"), answers);
    }
    let rows = made.rows("privacy-notices", "2026-06-01");
    rows[0].says(&[("version", "1"), ("state", "current")]);
    rows[1].says(&[("version", "2"), ("state", "not-published")]);
    made.0[1].answers.set("published", value(json!("2026-06-02")));
    assert_eq!(made.rows("privacy-notices", "2026-06-01").len(), 2);
    made.only_row("privacy-notices", "2026-06-02").says(&[("version", "2")]);
}

#[test]
fn a_supplier_shows_its_newest_check_and_what_ran_out() {
    let mut made = Made::default();
    for (day, service, ground, expires) in [
        ("2026-01-10", "Video", "eu-us-privacy-shield", "2026-06-30"),
        ("2026-02-10", "Video", "uk-us-data-bridge", "2026-12-31"),
        ("2026-02-11", "Post", "none", "2026-03-31"),
    ] {
        let answers = json!({
            "supplier": "Acme Ltd", "service": service, "ground": ground, "expires": expires,
            "documents-checked": [{"title": "Contract", "binding": "binding"},
                                  {"title": "Leaflet", "binding": "mere-assurance"}],
        });
        made.in_case("supplier-2026-001", "supplier-check", &format!("{day} 09:00"), answers);
    }
    let rows = made.rows("suppliers", "2026-04-01");
    rows[0].says(&[
        ("ground", "uk-us-data-bridge"),
        ("binding", "Contract"),
        ("assurances", "Leaflet"),
        ("state", "current"),
    ]);
    rows[1].says(&[("service", "Post"), ("state", "expired")]);
    // Data that stay at home need no ground, and others do.
    for (country, state) in [("England", "expired"), ("France", "no-good-ground")] {
        made.0[2].answers.set("countries", value(json!([country])));
        assert_eq!(made.rows("suppliers", "2026-04-01")[1].at("state"), state, "{country}");
    }
    made.only_row("suppliers", "2026-01-31").says(&[
        ("ground", "eu-us-privacy-shield"),
        ("ground-fault", "the EU-US Privacy Shield is no ground since 16 July 2020"),
        ("state", "no-good-ground"),
    ]);
}

#[test]
fn sharing_training_and_disposal_show_what_is_missing() {
    let mut made = Made::default();
    let shared = json!({"recipient": "Next school", "reason": "Moved.", "sent": "2026-05-01",
                        "content-class": "child-protection-file", "method": "courier",
                        "receipt-confirmed": null});
    made.add("sharing", "2026-05-01 09:00", shared);
    let row = made.only_row("sharing", "2026-05-11");
    row.says(&[
        ("content", "child-protection-file"),
        ("days-to-receipt", "10"),
        ("state", "not-confirmed"),
    ]);
    made.0[0].answers.set("receipt-confirmed", value(json!("2026-05-04")));
    made.only_row("sharing", "2026-05-11")
        .says(&[("days-to-receipt", "3"), ("state", "confirmed")]);

    let course = json!({"course": "Basics", "held": "2026-05-01", "expires": "2027-05-01",
                        "roles-trained": ["staff", "governors"], "people-count": 12});
    made.add("training", "2026-05-01 10:00", course);
    made.only_row("training", "2027-05-01")
        .says(&[("roles", "staff; governors"), ("state", "current")]);
    made.only_row("training", "2027-05-02").says(&[("state", "expired")]);

    let gone = json!({"record-class": "Old registers", "method": "contractor",
                      "disposed": "2026-05-01"});
    made.add("disposal", "2026-05-01 11:00", gone);
    made.only_row("disposal", "2026-05-01").says(&[("certificate", "missing")]);
}

#[test]
fn an_action_is_open_then_overdue_then_done() {
    let mut made = Made::default();
    let report = made.in_case("breach-2026-001", "breach-report", "2026-05-01 09:00", json!({}));
    let answers = json!({"what": "Encrypt laptops", "owner": "Joe Marsh", "due": "2026-05-31"});
    let action = made.add("action", "2026-05-02 09:00", answers);
    made.link(action, Relation::About, report);
    let row = made.only_row("actions", "2026-05-31");
    row.says(&[("about", "0"), ("days-overdue", ""), ("state", "open")]);
    made.only_row("actions", "2026-06-02").says(&[("days-overdue", "2"), ("state", "overdue")]);
    let done = json!({"done": "2026-06-03", "outcome": "done", "how": "All of them."});
    let done = made.add("action-done", "2026-06-04 09:00", done);
    made.link(done, Relation::About, action);
    let row = made.only_row("actions", "2026-12-31");
    row.says(&[("done", "2026-06-03"), ("days-overdue", "3"), ("state", "done")]);
    assert_eq!(row.entries(), [1, 2]);
}

#[test]
fn an_exception_waits_for_its_role_until_its_day() {
    let mut made = Made::default();
    let answers = json!({"rule": "authority", "reason": "The head is ill.",
                         "ratify-role": "headteacher", "ratify-by": "2026-05-15"});
    let exception = made.add("exception", "2026-05-01 09:00", answers);
    made.only_row("exceptions", "2026-05-01").says(&[("state", "nothing-under-it")]);
    let under = made.add("dpia-approval", "2026-05-01 09:00", json!({}));
    made.link(under, Relation::Excepts, exception);
    made.0[under].marks.by_exception = true;
    let row = made.only_row("exceptions", "2026-05-15");
    row.says(&[
        ("what", "DPIA approval (entry 1)"),
        ("ratify-role", "Headteacher"),
        ("ratify-by", "2026-05-15"),
        ("state", "open"),
    ]);
    assert_eq!(row.row.marks, ["entry 1: by exception, not ratified"]);
    made.only_row("exceptions", "2026-05-16").says(&[("state", "overdue")]);
    // Whether a ratification counts, the marks of the record under it tell.
    let ratified = made.add("ratification", "2026-05-20 09:00", json!({}));
    made.link(ratified, Relation::Ratifies, exception);
    let row = made.only_row("exceptions", "2026-05-20");
    row.says(&[("ratifications", "Hannah Price, Headteacher; 2026-05-20"), ("state", "overdue")]);
    made.0[under].marks.by_exception = false;
    made.only_row("exceptions", "2026-05-20").says(&[("state", "ratified")]);
}

#[test]
fn a_hold_ends_with_a_release_that_has_its_authority() {
    let mut made = Made::default();
    let answers = json!({"scope": "subject", "subject": "adult-0042", "reason": "A claim.",
                         "review-date": "2026-06-01"});
    let hold = made.add("hold", "2026-05-01 09:00", answers);
    made.only_row("holds", "2026-06-01").says(&[("held", "adult-0042"), ("state", "in-force")]);
    made.only_row("holds", "2026-06-02").says(&[("state", "review-overdue")]);
    let release = made.add("hold-release", "2026-06-03 09:00", json!({"reason": "Settled."}));
    made.link(release, Relation::About, hold);
    made.0[release].marks.by_exception = true;
    made.only_row("holds", "2026-06-03").says(&[("state", "release-incomplete")]);
    made.0[release].marks.by_exception = false;
    let row = made.only_row("holds", "2026-06-03");
    row.says(&[("release-reason", "Settled."), ("state", "released")]);
    assert_eq!(row.entries(), [0, 1]);
}

#[test]
fn a_correction_is_named_and_so_is_the_one_that_corrects_it() {
    let mut made = Made::default();
    made.add("training", "2026-05-01 09:00", json!({"course": "Basics", "held": "2026-05-01"}));
    for (day, what) in [("2026-05-02 09:00", 0), ("2026-05-03 09:00", 1)] {
        let at = made.add("correction", day, json!({"what-changed": "The day."}));
        made.link(at, Relation::Corrects, what);
    }
    assert_eq!(made.only_row("training", "2026-05-01").row.marks, [""; 0]);
    assert_eq!(made.only_row("training", "2026-05-02").row.marks, ["corrected by entry 1"]);
    assert_eq!(made.only_row("training", "2026-05-03").row.marks, ["corrected by entry 1 and 2"]);
    // One of its own kind takes its place.
    let again = made.add("training", "2026-05-04 09:00", json!({"course": "Basics, again"}));
    made.link(again, Relation::Corrects, 0);
    let row = made.only_row("training", "2026-05-04");
    row.says(&[("course", "Basics, again")]);
    assert_eq!(row.entries(), [0, 3]);
    assert_eq!(row.row.marks, ["entry 0: corrected by entry 1, 2 and 3"]);
}

#[test]
fn images_of_one_moment_are_no_span() {
    let mut made = Made::default();
    let (from, to) = (at("2026-05-01 09:00"), at("2026-05-01 09:05"));
    made.add(
        "cctv-access",
        "2026-05-02 09:00",
        json!({ "footage-from": from, "footage-to": from }),
    );
    made.add("cctv-access", "2026-05-02 10:00", json!({ "footage-from": from, "footage-to": to }));
    made.add("cctv-access", "2026-05-02 11:00", json!({ "footage-to": to }));
    let found: Vec<String> =
        made.rows("cctv", "2026-05-03").iter().map(|row| row.at("footage")).collect();
    let (from, to) = ("2026-05-01T08:00:00Z", "2026-05-01T08:05:00Z");
    assert_eq!(found, [from, &format!("{from}/{to}"), to]);
}

/// What is due on a day is not overdue on that day.
#[test]
fn a_state_changes_after_its_last_day() {
    for (register, kind, column, on, expected) in [
        ("processing-activities", "processing-activity", "next-review", "2026-05-01", "current"),
        (
            "processing-activities",
            "processing-activity",
            "next-review",
            "2026-04-30",
            "review-overdue",
        ),
        ("processing-activities", "processing-activity", "ended", "2026-05-01", "ended"),
        ("processing-activities", "processing-activity", "ended", "2026-05-02", "current"),
        ("suppliers", "supplier-check", "expires", "2026-05-01", "current"),
        ("suppliers", "supplier-check", "expires", "2026-04-30", "expired"),
        ("policies", "policy", "next-review", "2026-05-01", "in-force"),
        ("policies", "policy", "next-review", "2026-04-30", "review-overdue"),
        ("policies", "policy", "implemented", "2026-05-02", "not-in-force-yet"),
        ("privacy-notices", "privacy-notice", "next-review", "2026-05-01", "current"),
        ("privacy-notices", "privacy-notice", "next-review", "2026-05-02", "current"),
        ("privacy-notices", "privacy-notice", "next-review", "2026-04-30", "review-overdue"),
        ("training", "training", "expires", "2026-05-01", "current"),
        ("training", "training", "expires", "2026-04-30", "expired"),
        ("cctv", "cctv-access", "delete-by", "2026-05-01", ""),
        ("cctv", "cctv-access", "delete-by", "2026-04-30", "deletion-overdue"),
    ] {
        let mut made = Made::default();
        let published = json!({ column: on, "published": "2026-01-01" });
        let answers = if kind == "privacy-notice" { published } else { json!({ column: on }) };
        made.add(kind, "2026-01-01 09:00", answers);
        let row = made.only_row(register, "2026-05-01");
        assert_eq!(row.at("state"), expected, "{register}: {column} {on}");
    }
}

#[test]
fn a_copy_that_was_deleted_on_its_last_day_is_not_late() {
    for (deleted, state) in [("2026-05-01 09:00", ""), ("2026-05-02 09:00", "deleted-late")] {
        let mut made = Made::default();
        let access = json!({ "delete-by": "2026-05-01" });
        let access = made.add("cctv-access", "2026-04-20 09:00", access);
        let deletion = json!({ "deleted": at(deleted) });
        let deletion = made.add("cctv-deletion", "2026-05-03 09:00", deletion);
        made.link(deletion, Relation::About, access);
        assert_eq!(made.only_row("cctv", "2026-05-03").at("state"), state, "{deleted}");
    }
}

#[test]
fn an_answer_that_was_erased_leaves_its_state_unknown() {
    for (register, kind) in [("sharing", "sharing"), ("training", "training")] {
        let mut made = Made::default();
        let one = made.add(kind, "2026-05-01 09:00", json!({}));
        assert_ne!(made.only_row(register, "2026-05-02").at("state"), "not-known", "{kind}");
        made.erase(one);
        assert_eq!(made.only_row(register, "2026-05-02").at("state"), "not-known", "{kind}");
    }
}

#[test]
fn a_certificate_is_missed_of_a_contractor_alone() {
    for (method, certificate) in [("contractor", "missing"), ("shredded", "")] {
        let mut made = Made::default();
        made.add("disposal", "2026-05-01 09:00", json!({ "method": method }));
        assert_eq!(made.only_row("disposal", "2026-05-02").at("certificate"), certificate);
    }
}

#[test]
fn a_hold_names_what_its_scope_says() {
    let both =
        |scope: &str| json!({ "scope": scope, "subject": "pupil-7f3a", "kind-held": "note" });
    for (scope, held) in [
        ("case", "breach-2026-001"),
        ("subject", "pupil-7f3a"),
        ("kind", "note"),
        ("everything", "pupil-7f3a; note"),
    ] {
        let mut made = Made::default();
        made.in_case("breach-2026-001", "hold", "2026-05-01 09:00", both(scope));
        assert_eq!(made.only_row("holds", "2026-05-02").at("held"), held, "{scope}");
    }
}

#[test]
fn an_organisation_of_no_listed_sort_is_unlisted() {
    for (organisation, authority) in [("police", "listed"), ("other", "unlisted")] {
        let mut made = Made::default();
        let answers = json!({ "organisation": organisation });
        made.add("cctv-disclosure", "2026-05-01 09:00", answers);
        assert_eq!(made.only_row("cctv", "2026-05-02").at("authority"), authority);
    }
}

#[test]
fn a_withdrawal_whose_places_were_erased_is_not_called_closed() {
    let mut made = Made::default();
    let withdrawal =
        made.add("consent-withdrawal", "2026-05-01 09:00", json!({ "places": ["website"] }));
    let removal =
        json!({ "place": "website", "done": "2026-05-02", "confirmation-sent": "2026-05-02" });
    let removal = made.add("image-removal", "2026-05-02 09:00", removal);
    assert_eq!(made.only_row("withdrawals", "2026-05-03").at("state"), "open");
    made.link(removal, Relation::Removes, withdrawal);
    let days = |made: &Made| made.only_row("withdrawals", "2026-05-03").at("state");
    assert_eq!(days(&made), "closed");
    made.0[withdrawal].answers.set("places", value(json!(["website", "hall"])));
    assert_eq!(days(&made), "open");
    let mut erased = made.0.clone();
    erased[withdrawal].answers = crate::records::answers::Answers::default();
    erased[withdrawal].marks.gone = Some(crate::book::item::Loss::Erased);
    assert_eq!(days(&Made(erased)), "not-known");
    // The list of places alone was erased, or the removal that may have closed the last of them.
    made.0[withdrawal].answers.0.remove("places");
    assert_eq!(days(&made), "closed");
    let erasure = made.add("erasure", "2026-05-03 09:00", json!({}));
    made.link(erasure, Relation::Erases, withdrawal);
    assert_eq!(days(&made), "not-known");
    made.0[erasure].links.clear();
    made.0[withdrawal].answers.set("places", value(json!(["website"])));
    made.erase(removal);
    assert_eq!(days(&made), "not-known");
}

/// Else the list reads as if the hall had been cleared after the website.
#[test]
fn removals_are_listed_in_the_order_in_which_they_were_recorded() {
    let mut made = Made::default();
    let case = "consent-2026-001";
    let taken = made.in_case(case, "consent-withdrawal", "2026-05-01 09:00", json!({}));
    for (day, place) in [("2026-05-02 09:00", "Hall"), ("2026-05-03 09:00", "Website")] {
        made.in_case(case, "image-removal", day, json!({ "place": place }));
    }
    made.link(2, Relation::Removes, taken);
    assert_eq!(made.only_row("withdrawals", "2026-05-04").at("places-closed"), "Hall; Website");
}
