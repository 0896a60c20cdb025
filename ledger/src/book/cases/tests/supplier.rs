//! Suppliers, whose ground for sending data abroad falls or whose agreement runs out.

use crate::book::story::{Story, text, texts};

#[test]
fn a_supplier_whose_ground_fell_is_to_be_checked_anew() {
    let case = "supplier-2026-001";
    let answers = [("conclusion", text("suitable")), ("ground", text("eu-us-privacy-shield"))];
    let story = Story::default().then("supplier-check", case, &answers);
    story.is(case, "suitable", &["16 July 2020", "record supplier-check"]);
    // Data that stay at home need none.
    let none = |country: &str| {
        let answers = [("ground", text("none")), ("countries", texts(&[country]))];
        Story::default().then("supplier-check", case, &answers)
    };
    none("England").says_nothing_of(case, &["ground", "record supplier-check"]);
    none("France").is(case, "not concluded", &["no ground is given", "record supplier-check"]);
}

#[test]
fn a_supplier_s_agreement_runs_out_after_its_last_day() {
    let case = "supplier-2026-001";
    let until = |day| Story::default().then("supplier-check", case, &[("expires", text(day))]);
    until("2026-09-30").is(case, "not concluded", &["ran out on 30 September 2026"]);
    until("2026-10-01").is(case, "not concluded", &["check it again by 1 October 2026"]);
    until("2026-10-01").says_nothing_of(case, &["ran out"]);
}
