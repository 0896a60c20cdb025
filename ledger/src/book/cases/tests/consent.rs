//! Consents: whether one stands, and where copies are left after its withdrawal.

use crate::book::cases::state;
use crate::book::item::Book;
use crate::book::story::{NOW, Story, group, text, texts};
use crate::format::cbor::Value;
use crate::records::kind::Relation;

#[test]
fn a_withdrawal_stays_open_until_every_place_is_closed_and_confirmed() {
    let case = "consent-2026-001";
    let story = Story::default().then("consent", case, &[]);
    story.is(case, "given", &[]);
    let story = story
        .then("consent-withdrawal", case, &[("places", texts(&["Website", "prospectus"]))])
        .to(Relation::Withdraws, 0);
    story.is(case, "withdrawn, copies are left", &["Website", "prospectus"]);
    let removal = |story: Story, answers: &[(&str, Value)]| {
        story.then("image-removal", case, answers).to(Relation::Removes, 1)
    };
    let story = removal(story, &[("place", text("website"))]);
    story.is(case, "withdrawn, copies are left", &["from: prospectus"]);
    let story = removal(story, &[("place", text("prospectus"))]);
    story.is(case, "withdrawn, to be confirmed", &["nothing says that the removal was confirmed"]);
    let confirmed = [("place", text("prospectus")), ("confirmation-sent", text("2026-09-30"))];
    removal(story, &confirmed).is(case, "withdrawn and closed", &[]);
}

/// A consent to these purposes, its withdrawal for some of them, and every copy removed.
fn taken_back(case: &str, given: &[&str], withdrawn: &[&str]) -> Story {
    let story = consented(Story::default(), case, given)
        .then(
            "consent-withdrawal",
            case,
            &[
                ("purposes", texts(withdrawn)),
                ("places", texts(&["Website"])),
                ("received", Value::Int(NOW - 900)),
            ],
        )
        .to(Relation::Withdraws, 0);
    let answers = [("place", text("Website")), ("confirmation-sent", text("2026-09-30"))];
    story.then("image-removal", case, &answers).to(Relation::Removes, 1)
}

fn consented(story: Story, case: &str, given: &[&str]) -> Story {
    let one = |purpose: &&str| group(&[("purpose", *purpose), ("decision", "given")]);
    let purposes = Value::Array(given.iter().map(one).collect());
    story.then("consent", case, &[("purposes", purposes), ("subject", text("pupil-7f3a"))])
}

/// What is closed goes by retention rules, and what still stands must not.
#[test]
fn a_case_is_not_closed_while_a_consent_stands_or_came_anew() {
    let case = "consent-2026-001";
    let whole = taken_back(case, &["website", "press"], &["website", "press"]);
    whole.is(case, "withdrawn and closed", &[]);
    assert!(whole.closed(case));
    let part = taken_back(case, &["website", "press"], &["website"]);
    part.is(case, "withdrawn in part", &[]);
    assert!(!part.closed(case));
    let again = consented(whole, case, &["website"]);
    again.is(case, "given", &[]);
    assert!(!again.closed(case));
    // A form of before that is recorded afterwards is taken back as well.
    let mut late = consented(taken_back(case, &["website"], &[]), case, &["website"]);
    late.last().answers.set("from", text("2026-09-01"));
    late.is(case, "withdrawn and closed", &[]);
}

/// The clerk mends the places of a withdrawal whose copies were removed already.
#[test]
fn a_corrected_withdrawal_takes_the_place_of_the_first() {
    let case = "consent-2026-001";
    let places = |places: &[&str]| [("places", texts(places))];
    let story = Story::default()
        .then("consent-withdrawal", case, &places(&["Web site", "Hall"]))
        .then("image-removal", case, &[("place", text("Hall"))])
        .to(Relation::Removes, 0)
        .then("consent-withdrawal", case, &places(&["Website", "Hall"]))
        .to(Relation::Corrects, 0);
    story.is(case, "withdrawn, copies are left", &["removed from: Website"]);
    story.says_nothing_of(case, &["removed from: Web site", "removed from: Hall"]);
    let answers = [("place", text("Website")), ("confirmation-sent", text("2026-09-30"))];
    let story = story.then("image-removal", case, &answers).to(Relation::Removes, 2);
    assert!(story.closed(case));
}

#[test]
fn a_consent_runs_out_after_its_last_day() {
    let case = "consent-2026-001";
    let until = |day| Story::default().then("consent", case, &[("until", text(day))]);
    until("2026-10-01").is(case, "given", &[]);
    until("2026-09-30").is(case, "run out", &["record consent"]);
    let purposes = |decision| {
        let purposes = Value::Array(vec![group(&[("decision", decision)])]);
        Story::default().then("consent", case, &[("purposes", purposes)])
    };
    purposes("given").is(case, "given", &[]);
    purposes("refused").is(case, "answered, some purposes refused", &[]);
    let permit = Story::default().then("photography-permit", case, &[]);
    permit.is(case, "permitted", &[]);
}

#[test]
fn a_withdrawal_that_is_open_is_told_before_a_later_one_that_is_closed() {
    let case = "consent-2026-001";
    let story = Story::default()
        .then("consent-withdrawal", case, &[("places", texts(&["Website"]))])
        .then("consent-withdrawal", case, &[("places", texts(&["Prospectus"]))])
        .then(
            "image-removal",
            case,
            &[("place", text("prospectus")), ("confirmation-sent", text("2026-09-30"))],
        )
        .to(Relation::Removes, 1);
    story.is(case, "withdrawn, copies are left", &["from: Website", "record image-removal"]);
    // Every place of the first is closed, and nobody told the family.
    let story =
        story.then("image-removal", case, &[("place", text("website"))]).to(Relation::Removes, 0);
    story.is(case, "withdrawn, to be confirmed", &[]);
    let story = Story::default().then("consent-withdrawal", case, &[]);
    story.is(case, "withdrawn, copies to be looked for", &["look for copies"]);
    assert!(!story.closed(case));
}

#[test]
fn a_withdrawal_with_an_open_place_is_told_although_another_place_is_confirmed() {
    let case = "consent-2026-001";
    let removed = |story: Story, place: &str, of: usize| {
        let sent = [("place", text(place)), ("confirmation-sent", text("2026-09-30"))];
        story.then("image-removal", case, &sent).to(Relation::Removes, of)
    };
    let places = [("places", texts(&["Website", "Prospectus"]))];
    let story = Story::default().then("consent-withdrawal", case, &places).then(
        "consent-withdrawal",
        case,
        &[("places", texts(&["Hall"]))],
    );
    let story = removed(removed(story, "Website", 0), "Hall", 1);
    story.is(case, "withdrawn, copies are left", &["from: Prospectus"]);
    removed(story, "Prospectus", 0).is(case, "withdrawn and closed", &[]);
}

/// Else the school's own word says that the family agreed, where somebody's objection stands.
#[test]
fn a_consent_is_told_by_what_stands_for_each_purpose() {
    let case = "consent-2026-001";
    let answered = |story: Story, purpose, decision, capacity| {
        let purposes = Value::Array(vec![group(&[("purpose", purpose), ("decision", decision)])]);
        let answers =
            [("purposes", purposes), ("subject", text("s-1")), ("capacity", text(capacity))];
        story.then("consent", case, &answers)
    };
    let story = answered(Story::default(), "website", "refused", "pupil");
    let story = answered(story, "website", "given", "parent");
    story.is(case, "refused", &[]);
    let why = state(&Book::new(&story.0, NOW), case).why;
    assert!(why.contains("website (by the pupil)"), "{why}");
    let story = answered(Story::default(), "biometric", "given", "parent");
    let received = [("received", Value::Int(NOW - 900)), ("places", texts(&["Library"]))];
    let story = story.then("consent-withdrawal", case, &received).to(Relation::Withdraws, 0);
    let removed = [("place", text("library")), ("confirmation-sent", text("2026-09-30"))];
    let story = story.then("image-removal", case, &removed).to(Relation::Removes, 1);
    assert!(story.closed(case));
    let story = answered(story, "biometric", "given", "parent");
    story.is(case, "given anew, but a withdrawal stands", &[]);
    assert!(!story.closed(case));
    let mut story = answered(Story::default(), "website", "given", "parent");
    story.is(case, "given", &[]);
    story.last().answers.set("from", text("2027-09-01"));
    story.is(case, "given for later", &[]);
    // Taken back from elsewhere.
    let story = answered(Story::default(), "website", "given", "parent");
    let story = story.then("consent-withdrawal", "consent-2026-002", &received);
    story.to(Relation::Withdraws, 0).is(case, "withdrawn, copies are left", &["from: Library"]);
}

/// Else the office hears "done" where copies are left, or never.
#[test]
fn places_are_compared_by_their_letters_and_need_no_list() {
    let case = "consent-2026-001";
    let removed = |story: Story, place| {
        let answers = [("place", text(place)), ("confirmation-sent", text("2026-09-30"))];
        story.then("image-removal", case, &answers).to(Relation::Removes, 0)
    };
    let places = [("places", texts(&["School web-site", "Newsletter"]))];
    let story = Story::default().then("consent-withdrawal", case, &places);
    let story = removed(removed(story, "school web site"), "newsletter ");
    assert!(story.closed(case));
    let unlisted = Story::default().then("consent-withdrawal", case, &[]);
    unlisted.is(case, "withdrawn, copies to be looked for", &["look for copies"]);
    assert!(removed(unlisted, "Website").closed(case));
}

/// Else the case is called "given" once the copies are removed, because of a slip in a reference.
#[test]
fn a_withdrawal_under_another_reference_ends_the_consent_that_it_links_to() {
    let case = "consent-2026-001";
    let purposes = |all: &[&str]| {
        let given = |purpose: &&str| group(&[("purpose", purpose), ("decision", "given")]);
        Value::Array(all.iter().map(given).collect())
    };
    let story = |given: &[&str]| {
        let answers = [("subject", text("s-1")), ("purposes", purposes(given))];
        let taken = [
            ("subject", text("s-2")),
            ("purposes", texts(&["website"])),
            ("places", texts(&["Website"])),
        ];
        let removed = [("place", text("website")), ("confirmation-sent", text("2026-09-30"))];
        Story::default()
            .then("consent", case, &answers)
            .then("consent-withdrawal", case, &taken)
            .to(Relation::Withdraws, 0)
            .then("image-removal", case, &removed)
            .to(Relation::Removes, 1)
    };
    story(&["website"]).is(case, "withdrawn and closed", &[]);
    let part = story(&["website", "press"]);
    part.is(case, "withdrawn in part", &[]);
    let why = state(&Book::new(&part.0, NOW), case).why;
    assert!(why.ends_with("withdrawn: website"), "{why}");
}

/// Else a family that agreed for a year is said to have refused, or to have taken it back.
#[test]
fn a_purpose_whose_time_is_over_has_run_out_and_was_not_refused() {
    let case = "consent-2026-001";
    let mut story = consented(Story::default(), case, &["website"]);
    story.last().answers.set("until", text("2026-09-30"));
    story.is(case, "run out", &["ask again, if it is still wanted: `record consent`"]);
    assert!(!story.closed(case));
    let mut story = consented(Story::default(), case, &["press"]);
    story.last().answers.set("until", text("2026-10-01"));
    let mut story = consented(story, case, &["website"]);
    story.last().answers.set("until", text("2026-09-30"));
    story.is(case, "given, some purposes run out", &[]);
    let why = state(&Book::new(&story.0, NOW), case).why;
    assert!(why.ends_with("run out: website"), "{why}");
}

/// Else a refusal of today is called a consent to come.
#[test]
fn what_counts_from_today_counts() {
    let case = "consent-2026-001";
    let answered = |decision, from| {
        let website = group(&[("purpose", "website"), ("decision", decision)]);
        let purposes = Value::Array(vec![website]);
        let answers = [("purposes", purposes), ("subject", text("s-1")), ("from", text(from))];
        Story::default().then("consent", case, &answers)
    };
    answered("refused", "2026-10-01").is(case, "refused", &[]);
    for (decision, state) in [("refused", "refused for later"), ("given", "given for later")] {
        answered(decision, "2026-10-02").is(case, state, &[]);
    }
}

/// Else a case says that what its family gave was taken back, because of another family's consent.
#[test]
fn a_withdrawal_takes_nothing_back_in_a_case_where_the_consent_is_not() {
    let (case, other) = ("consent-2026-001", "consent-2026-002");
    let given = |story: Story, case: &str, subject| {
        let website = group(&[("purpose", "website"), ("decision", "given")]);
        let purposes = Value::Array(vec![website]);
        story.then("consent", case, &[("purposes", purposes), ("subject", text(subject))])
    };
    let taken = [("subject", text("s-1")), ("purposes", texts(&["website"]))];
    let removed = [("place", text("Website")), ("confirmation-sent", text("2026-09-30"))];
    let story = given(Story::default(), other, "s-2")
        .then("consent-withdrawal", case, &taken)
        .to(Relation::Withdraws, 0)
        .then("image-removal", case, &removed)
        .to(Relation::Removes, 1);
    let story = given(story, case, "s-1");
    story.is(case, "given", &[]);
    let why = state(&Book::new(&story.0, NOW), case).why;
    assert!(!why.contains("withdrawn"), "{why}");
    story.is(other, "withdrawn and closed", &[]);
}
