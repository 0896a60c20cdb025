//! High risks: while one remains, processing must not start unless it was accepted as lower or the
//! regulator has replied.

use crate::book::story::{Story, group, text, texts};
use crate::format::cbor::Value;
use crate::records::kind::Relation;

#[test]
fn a_high_risk_stops_processing_until_the_regulator_has_replied() {
    let case = "dpia-2026-001";
    let stop = "processing must not start";
    let rated = |members: &[(&str, &str)]| {
        let risks = Value::Array(vec![group(members)]);
        Story::default().then("dpia", case, &[("risks", risks)])
    };
    let waiting = "waits for the data protection officer's advice";
    let high = rated(&[("level-after", "high")]);
    high.is(case, waiting, &[stop, "record ico-consultation"]);
    rated(&[("level-after", "low")]).says_nothing_of(case, &[stop]);
    rated(&[("impact-after", "severe"), ("likelihood-after", "likely")]).is(case, waiting, &[stop]);
    let asked = high.then("ico-consultation", case, &[]);
    asked.is(case, waiting, &[stop, "has not replied"]);
    asked.says_nothing_of(case, &["record ico-consultation"]);
    let replied = asked.then("ico-consultation", case, &[("reply-received", text("2026-09-30"))]);
    replied.says_nothing_of(case, &[stop]);
    // The newest DPIA counts.
    let story = rated(&[("level-after", "high")]).then("dpia", case, &[]);
    story.says_nothing_of(case, &[stop]);
    // As where it falls due: whoever calls a risk high counts, unless it was rated afterwards; and a
    // risk stands as it was accepted last.
    rated(&[("called-high-by", "Priya Raman")]).is(case, waiting, &[stop]);
    rated(&[("called-high-by", "Priya Raman"), ("level-after", "low")])
        .says_nothing_of(case, &[stop]);
    let accepted = |story: Story, id: &str, level: &str| {
        let risks = Value::Array(vec![group(&[("id", id), ("level", level)])]);
        story.then("risk-acceptance", case, &[("risks", risks)])
    };
    let high = || rated(&[("id", "R1"), ("level-after", "high")]);
    accepted(high(), "R1", "low").says_nothing_of(case, &[stop]);
    accepted(high(), "R2", "low").is(case, waiting, &[stop]);
    let low = rated(&[("id", "R1"), ("level-after", "low")]);
    accepted(low, "R1", "high").is(case, waiting, &[stop]);
}

/// Else processing starts although what falls due says that it must not.
#[test]
fn a_corrected_acceptance_or_consultation_counts_no_more() {
    let case = "dpia-2026-001";
    let stop = "processing must not start";
    let high = |ids: &[&str]| {
        let one = |id: &&str| group(&[("id", *id), ("level-after", "high")]);
        let risks = Value::Array(ids.iter().map(one).collect());
        Story::default().then("dpia", case, &[("risks", risks)])
    };
    let accepted = |story: Story, id| {
        let low = Value::Array(vec![group(&[("id", id), ("level", "low")])]);
        story.then("risk-acceptance", case, &[("risks", low)])
    };
    let story = accepted(high(&["R1"]), "R1");
    story.says_nothing_of(case, &[stop]);
    let mended = accepted(story, "R2").to(Relation::Corrects, 1);
    mended.is(case, "waits for the data protection officer's advice", &[stop]);
    let consulted = |story: Story, ids: &[&str], outcome: &str| {
        let answers = [
            ("risks", texts(ids)),
            ("outcome", text(outcome)),
            ("reply-received", text("2026-09-30")),
        ];
        story.then("ico-consultation", case, &answers)
    };
    let story = consulted(high(&["R1", "R2"]), &["R1", "R2"], "advice");
    story.says_nothing_of(case, &[stop]);
    let story = consulted(story, &["R1"], "advice").to(Relation::Corrects, 1);
    story.is(case, "waits for the data protection officer's advice", &[stop]);
    // To ask again lifts no prohibition.
    let story = consulted(consulted(high(&["R1"]), &["R1"], "prohibition"), &["R1"], "waiting");
    let words = ["the regulator prohibits it (entry 1", "has not replied"];
    story.is(case, "waits for the data protection officer's advice", &words);
    consulted(story, &["R1"], "advice").says_nothing_of(case, &[stop]);
    // A word of the DPIA that is mended forgets no acceptance; another rating does.
    let again = |story: Story, level: &str| {
        let risks = Value::Array(vec![group(&[("id", "R1"), ("level-after", level)])]);
        story.then("dpia", case, &[("risks", risks)]).to(Relation::Corrects, 0)
    };
    let low = |level| {
        let risks = Value::Array(vec![group(&[("id", "R1"), ("level-after", level)])]);
        accepted(Story::default().then("dpia", case, &[("risks", risks)]), "R1")
    };
    again(low("high"), "high").says_nothing_of(case, &[stop]);
    again(low("medium"), "high").is(
        case,
        "waits for the data protection officer's advice",
        &[stop],
    );
}
