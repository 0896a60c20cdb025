//! Breaches: who is still to be told of one and what, and when it is over.

use crate::book::cases::room::Room;
use crate::book::cases::state;
use crate::book::item::{Book, Loss};
use crate::book::story::{NOW, Story, text, texts};
use crate::format::cbor::Value;
use crate::records::answers::Answers;
use crate::records::kind::Relation;

#[test]
fn a_breach_says_who_was_not_told_and_what_article_33_still_lacks() {
    let case = "breach-2026-001";
    let story = Story::default().then(
        "breach-report",
        case,
        &[("aware", Value::Int(NOW - 5000)), ("still-occurring", Value::Bool(true))],
    );
    story.is(
        case,
        "waits for the decision whether to notify",
        &["no measure is on record", "the chair of governors was told", "record breach-decision"],
    );
    let story = story
        .then(
            "breach-told",
            case,
            &[("whom", texts(&["dpo", "headteacher", "chair-of-governors"]))],
        )
        .then("breach-measure", case, &[])
        .then(
            "breach-decision",
            case,
            &[("notify-regulator", Value::Bool(true)), ("tell-people", text("yes"))],
        );
    story.is(
        case,
        "decided, to be investigated",
        &["--whom regulator", "--whom people-concerned", "record breach-investigation"],
    );
    let story = story.then(
        "breach-told",
        case,
        &[("whom", texts(&["regulator", "people-concerned"])), ("content", texts(&["nature"]))],
    );
    story.is(case, "decided, to be investigated", &["the likely consequences"]);
    let story = story.then("breach-investigation", case, &[]).lacking("missing: a sign-off");
    story.is(case, "investigated, waits for sign-offs", &["record breach-signoff"]);
    let mut story = story;
    story.last().marks.lacks.clear();
    story.is(case, "investigated and signed off, to be reviewed", &["record breach-review"]);
    let story = story.then("breach-review", case, &[("outcome", text("closed"))]);
    story.is(case, "closed", &[]);
    assert!(state(&Book::new(&story.0, NOW), case).closed);
}

#[test]
fn a_breach_lists_those_alone_who_were_not_told() {
    let case = "breach-2026-001";
    let told = |story: Story, whom: &[&str], content: &[&str]| {
        story.then("breach-told", case, &[("whom", texts(whom)), ("content", texts(content))])
    };
    let story = told(Story::default().then("breach-report", case, &[]), &["dpo"], &[]);
    story.is(case, "waits for the decision whether to notify", &["headteacher", "chair"]);
    story.says_nothing_of(case, &["that the data protection officer", "still going on"]);
    let story = told(story, &["headteacher", "chair-of-governors"], &[]);
    story.says_nothing_of(case, &["was told"]);
    let no = [("notify-regulator", Value::Bool(false)), ("tell-people", text("no"))];
    let decided = "decided, to be investigated";
    let story = story.then("breach-decision", case, &no);
    story.is(case, decided, &[]);
    story.says_nothing_of(case, &["regulator", "people concerned"]);
    let yes = [("notify-regulator", Value::Bool(true)), ("tell-people", text("yes"))];
    let story = told(story.then("breach-decision", case, &yes), &["people-concerned"], &["nature"]);
    story.is(case, decided, &["--whom regulator"]);
    story.says_nothing_of(case, &["--whom people-concerned", "still to be told"]);
    // What others were told isn't told to the regulator.
    let story = told(story, &["regulator"], &["nature", "dpo-contact", "measures"]);
    story.is(case, decided, &["still to be told to the regulator: the likely consequences"]);
    story.says_nothing_of(case, &["--whom regulator", "the measures taken", "can be learnt"]);
    let story = told(story, &["regulator"], &["consequences"]);
    story.says_nothing_of(case, &["still to be told"]);
}

#[test]
fn a_breach_goes_on_until_a_measure_is_on_record_and_a_review_closes_it() {
    let case = "breach-2026-001";
    let going = |still| {
        let story = Story::default().then("breach-report", case, &[]);
        story.then("breach-report", case, &[("still-occurring", Value::Bool(still))])
    };
    let words = ["record breach-measure"];
    going(true).is(case, "waits for the decision whether to notify", &words);
    going(false).says_nothing_of(case, &words);
    let story = going(true).then("breach-measure", case, &[]);
    story.says_nothing_of(case, &words);
    let story = story.then("breach-decision", case, &[]);
    let story = story.then("breach-investigation", case, &[]);
    story.is(case, "investigated and signed off, to be reviewed", &["record breach-review"]);
    let story = story.then("breach-review", case, &[("outcome", text("actions-open"))]);
    story.is(case, "reviewed, work is open", &[]);
    assert!(!story.closed(case));
    story.then("breach-review", case, &[("outcome", text("closed"))]).is(case, "closed", &[]);
}

#[test]
fn a_report_or_decision_after_its_review_opens_a_breach_again() {
    let case = "breach-2026-001";
    let closed = || {
        let story = Story::default().then("breach-report", case, &[]);
        let story = story.then("breach-decision", case, &[]);
        let story = story.then("breach-investigation", case, &[]);
        story.then("breach-review", case, &[("outcome", text("closed"))])
    };
    assert!(closed().closed(case));
    let again = [("still-occurring", Value::Bool(true))];
    let story = closed().then("breach-report", case, &again);
    assert!(!story.closed(case));
    story.is(case, "investigated and signed off, to be reviewed", &["record breach-measure"]);
    let mut again = closed().then("breach-decision", case, &[]);
    assert!(!again.closed(case));
    // One that doesn't count opens nothing, nor does one that was signed before the review.
    again.last().marks.by_exception = true;
    assert!(again.closed(case));
    again.last().marks.by_exception = false;
    again.last().is_statement = true;
    assert!(!again.closed(case));
    again.last().time = again.0[3].time;
    assert!(!again.closed(case));
    again.last().time = again.0[3].time - 1;
    assert!(again.closed(case));
    let story = story.then("breach-review", case, &[("outcome", text("closed"))]);
    assert!(story.closed(case));
}

/// Else the room says that the regulator was told all, by a record that was put right since.
#[test]
fn what_was_told_by_mistake_is_still_to_be_told() {
    let case = "breach-2026-001";
    let told = |story: Story, content: &[&str]| {
        let answers = [("whom", texts(&["regulator"])), ("content", texts(content))];
        story.then("breach-told", case, &answers)
    };
    let yes = [("notify-regulator", Value::Bool(true))];
    let story = Story::default().then("breach-report", case, &[]);
    let all = ["nature", "dpo-contact", "consequences", "measures"];
    let story = told(story.then("breach-decision", case, &yes), &all);
    story.says_nothing_of(case, &["still to be told"]);
    let story = told(story, &["nature"]).to(Relation::Corrects, 2);
    story.is(
        case,
        "decided, to be investigated",
        &["still to be told to the regulator: the likely"],
    );
    let room = Room::of(&Book::new(&story.0, NOW), case);
    assert_eq!(room.lacking().count(), 3);
}

/// Else whoever closes the room of a breach never reads that families are still to be told, or is sent
/// after a notification that a retention rule erased.
#[test]
fn a_closed_breach_says_who_is_still_to_be_told_unless_what_would_say_so_was_erased() {
    let case = "breach-2026-001";
    let yes = [("notify-regulator", Value::Bool(true)), ("tell-people", text("yes"))];
    let decided = || {
        let story = Story::default().then("breach-report", case, &[]);
        story.then("breach-decision", case, &yes)
    };
    let close = |story: Story| story.then("breach-review", case, &[("outcome", text("closed"))]);
    let both = ["--whom regulator", "--whom people-concerned"];
    close(decided()).is(case, "closed", &both);
    let erased = || {
        let whom = [("whom", texts(&["regulator", "people-concerned"]))];
        let mut story = decided().then("breach-told", case, &whom);
        story.last().answers = Answers::default();
        story.last().marks.gone = Some(Loss::Erased);
        story
    };
    erased().is(case, "decided, to be investigated", &both);
    let missing = state(&Book::new(&erased().0, NOW), case).missing;
    for who in
        ["the regulator is to be notified, and whether it was isn't known", "they were isn't"]
    {
        assert!(missing.iter().any(|one| one.contains(who)), "{missing:?}");
    }
    close(erased()).is(case, "closed", &[]);
    close(erased()).says_nothing_of(case, &["regulator", "people"]);
}
