//! Findings of DPIAs.

use serde_json::{Value as Json, json};

use super::{OTHER, Scene, past, scene, with};

/// A DPIA with nothing to ask about, once a screening stands before it.
pub(super) fn dpia() -> Json {
    json!({
        "initiative": "Homework app",
        "author": "Tom Fielding",
        "project-lead": "Amina Okafor",
        "dpo-named": "Priya Raman",
        "completed": "2026-09-30",
        "processing": "planned",
        "flows": {
            "obtained": "from pupils",
            "processed": "marked",
            "stored": "with the supplier",
            "disclosed": "to nobody else",
        },
        "people": ["pupils", "staff"],
        "data-types": ["names", "work"],
        "special-data": "no",
        "new-data": "yes",
        "data-shared": "yes",
        "purposes": [{ "purpose": "homework", "basis": "public-task" }],
        "transfers": [{ "country": "United States", "ground": "uk-us-data-bridge" }],
        "necessity": "paper gets lost",
        "proportionality": "only names and work",
        "principles": [
            { "question": "Do data go outside the United Kingdom?", "answer": "yes" },
            { "question": "Can data be corrected?", "answer": "yes", "detail": "by the office" },
        ],
        "training-needed": "yes",
        "risks": [{
            "id": "R1",
            "description": "work is seen by others",
            "scale": "five-by-five",
            "impact-before": "major",
            "likelihood-before": "neither",
            "impact-after": "minor",
            "likelihood-after": "unlikely",
        }],
        "controls": [{ "risk": "R1", "kind": "training", "text": "Staff are shown how to share." }],
        "responsibilities": [{
            "risk": "R1",
            "control": "staff are shown",
            "officer": "Ruth Bell",
            "deadline": "2026-10-15",
        }],
        "consultation": { "done": true, "who": ["parents"], "views": "fine", "how-addressed": "x" },
        "review-date": "2027-09-30",
    })
}

/// The screening of the same.
fn screening() -> Json {
    json!({
        "questions": "short",
        "initiative": "Homework app",
        "dpo-reviewed": "Priya Raman",
        "purposes": ["Homework"],
        "people": ["staff", "Pupils"],
        "special-data": "no",
        "basis": "public-task",
        "new-information": { "answer": "yes", "detail": "work" },
        "transfer-abroad": true,
    })
}

fn after(screening: &Json) -> Scene {
    scene("dpia", "project-lead").after(past("dpia-screening", "project-lead", OTHER, screening))
}

#[test]
fn findings_on_what_a_dpia_holds() {
    let stated = |words: &str| json!({ "purposes": [{ "purpose": "homework", "basis": "public-task", "basis-stated": words }] });
    let transfer =
        |ground: &str| json!({ "transfers": [{ "country": "Malaysia", "ground": ground }] });
    let asked = |answer: &str| json!({ "principles": [{ "question": "Will data go abroad?", "answer": answer }] });
    after(&screening()).each(
        &dpia(),
        &[
            (json!({ "flows": null }), "dpia-content", "how data are obtained, processed, stored"),
            (
                json!({ "flows": { "obtained": "x", "processed": "x", "stored": "x" } }),
                "dpia-content",
                "to whom they are disclosed",
            ),
            (json!({ "purposes": null }), "dpia-content", "the purposes (a)"),
            (json!({ "necessity": null }), "dpia-content", "whether it is necessary (b)"),
            (json!({ "risks": null }), "dpia-content", "the risks to people (c)"),
            (json!({ "controls": null }), "dpia-content", "the measures against them (d)"),
            (json!({ "completed": "2026-10-02" }), "future", "completed on 2 October 2026"),
            (json!({ "purposes": [{ "purpose": "homework" }] }), "basis", "named for: homework"),
            (stated("e"), "basis-stated", "the letter 'e'"),
            (
                json!({ "principles": [{ "question": "Which basis?", "answer": "yes", "detail": "E" }] }),
                "basis-stated",
                "the letter 'E'",
            ),
            (json!({ "special-data": "yes" }), "special-condition", "no condition"),
            (json!({ "training-needed": "no" }), "training-denied", "risk R1"),
            (transfer("none"), "transfer-ground", "Malaysia: no ground is given"),
            (transfer("eu-us-privacy-shield"), "transfer-ground", "no ground since 16 July 2020"),
            (json!({ "transfers": [{ "country": "Malaysia" }] }), "transfer-ground", "no ground is named"),
            (asked("potentially"), "transfer-differs", "'Will data go abroad?' is answered potentially"),
            (asked("no"), "transfer-differs", "transfers are listed"),
            (
                with(&json!({ "transfers": null }), &asked("yes")),
                "transfer-differs",
                "no transfer is listed, and 'Will",
            ),
            (asked("not-investigated"), "unknown-answer", "principles"),
            (json!({ "new-data": "no" }), "new-data", "data are given to others"),
            (json!({ "consultation": { "done": false } }), "consultation", "no reasons"),
            (
                json!({ "consultation": { "done": true, "who": ["parents"], "views": "worried" } }),
                "consultation",
                "how these were addressed",
            ),
            (json!({ "review-date": null }), "dpia-review", "no review date"),
            (json!({ "review-date": "2026-09-01" }), "dpia-review", "has passed"),
        ],
    );
    after(&screening()).clean(&with(&dpia(), &stated("Art 6(1)(e)")));
}

#[test]
fn findings_on_who_is_named_as_dpo() {
    after(&screening()).each(
        &dpia(),
        &[
            (json!({ "dpo-named": "Tom Fielding" }), "dpo-prepared", "Tom Fielding prepared it"),
            (json!({ "dpo-named": "Amina Okafor" }), "dpo-conflict", "as project lead"),
            (
                json!({ "dpo-named": "Amir Shah" }),
                "dpo-named",
                "Amir Shah, and Priya Raman in entry 0",
            ),
        ],
    );
    let by = |change: Json| after(&with(&screening(), &change));
    by(json!({ "author": "Priya Raman" })).expect(&dpia(), "dpo-prepared", "and prepared entry 0");
    by(json!({ "school-lead": "Priya Raman" })).expect(&dpia(), "dpo-conflict", "lead in entry 0");
    by(json!({ "dpo-reviewed": "yes" })).clean(&dpia());
    scene("dpia", "dpo").expect(&dpia(), "dpo-prepared", "office of the DPO");
    after(&screening())
        .after(past("dpia", "staff", OTHER, &with(&dpia(), &json!({ "dpo-named": "Amir Shah" }))))
        .expect(&dpia(), "dpo-named", "Amir Shah in entry 1");
}

#[test]
fn findings_on_risks_and_their_controls() {
    let risk = |change: &Json| json!({ "risks": [with(&dpia()["risks"][0], change)] });
    let control = |change: &Json| json!({ "controls": [with(&dpia()["controls"][0], change)] });
    let duty = |change: &Json| json!({ "responsibilities": [with(&dpia()["responsibilities"][0], change)] });
    let unrated = json!({ "impact-after": null });
    let mut lowers = risk(&unrated);
    lowers["controls"] = control(&json!({ "effect-stated": "Lowers risk" }))["controls"].clone();
    let two = json!({ "risks": [dpia()["risks"][0], dpia()["risks"][0]] });
    after(&screening()).each(
        &dpia(),
        &[
            (
                risk(&json!({ "likelihood-before": null })),
                "risk-rating",
                "not rated where they are found: risk R1",
            ),
            (two, "risk-rating", "risk R1 stands there twice"),
            (risk(&unrated), "residual-rating", "not rated after the controls: risk R1"),
            (lowers, "residual-rating", "'Lowers risk' is no rating"),
            (json!({ "controls": null }), "risk-untreated", "none is needed: risk R1"),
            (control(&json!({ "risk": "R7" })), "risk-unknown", "a control names risk R7"),
            (duty(&json!({ "risk": "R7" })), "risk-unknown", "a responsibility names risk R7"),
            (
                duty(&json!({ "risk": "R7" })),
                "responsibility",
                "nobody is responsible for: risk R1",
            ),
            (duty(&json!({ "officer": null })), "responsibility", "no officer is named"),
            (duty(&json!({ "deadline": null })), "responsibility", "no deadline for"),
        ],
    );
    let none_needed = json!({ "kind": "none-needed" });
    after(&screening())
        .clean(&with(&with(&dpia(), &control(&none_needed)), &json!({ "responsibilities": null })));

    // Where three levels are used, what is treated has the level that was found.
    let levels = json!({ "scale": "three-level", "level-before": "medium", "level-after": "low" });
    let mut by_level = with(&dpia(), &json!({}));
    by_level["risks"][0] = json!({ "id": "R1", "description": "x" });
    by_level["risks"][0] = with(&by_level["risks"][0], &levels);
    let stated = |level: &str| with(&by_level, &control(&json!({ "level-stated": level })));
    after(&screening()).clean(&stated("medium"));
    after(&screening()).expect(
        &stated("low"),
        "risk-rating",
        "risk R1 is medium where it is found, and low where it is treated",
    );
}

#[test]
fn findings_on_risks_that_are_high() {
    let rated =
        |change: Json| with(&dpia(), &json!({ "risks": [with(&dpia()["risks"][0], &change)] }));
    let red = rated(json!({ "likelihood-before": "likely" }));
    let called = rated(json!({ "called-high-by": "Priya Raman" }));
    let stays = rated(json!({ "impact-after": "severe", "likelihood-after": "very-likely" }));
    let advised = || {
        after(&screening()).after(past(
            "dpo-advice",
            "dpo",
            OTHER,
            &json!({ "recommendation": "proceed", "advice": "x" }),
        ))
    };
    for high in [&red, &called] {
        after(&screening()).expect(high, "dpia-advice", "hasn't advised: risk R1");
        advised().clean(high);
    }
    let until_asked =
        "risk R1 stays high: processing must not start until the regulator is consulted";
    advised().expect(&stays, "dpia-consult", until_asked);
    // What was high and is not rated again is not shown to be lower.
    let unrated = rated(json!({ "likelihood-before": "likely", "likelihood-after": null }));
    advised().expect(&unrated, "dpia-consult", "nothing shows that the controls lower it");
    let asked = |change: Json| {
        let asked = with(&json!({ "sent": 1_780_000_000, "risks": ["R1"] }), &change);
        advised().after(past("ico-consultation", "dpo", OTHER, &asked))
    };
    asked(json!({})).expect(
        &stays,
        "dpia-consult",
        "until the regulator replies (consulted in entry 2)",
    );
    let replied = |outcome: &str| json!({ "reply-received": "2026-08-01", "outcome": outcome });
    asked(replied("waiting")).expect(&stays, "dpia-consult", "until the regulator replies");
    asked(replied("prohibition")).expect(&stays, "dpia-consult", "prohibits it (entry 2)");
    asked(replied("advice")).clean(&stays);
    asked(with(&replied("advice"), &json!({ "risks": ["R2"] }))).expect(
        &stays,
        "dpia-consult",
        until_asked,
    );
}

#[test]
fn findings_on_what_stood_before_a_dpia() {
    scene("dpia", "project-lead").expect(&dpia(), "no-screening", "no screening");
    let differing = |change: Json, rule: &str, words: &str| {
        after(&with(&screening(), &change)).expect(&dpia(), rule, words);
    };
    differing(
        json!({ "people": ["pupils", "parents"] }),
        "screening-differs",
        "the people concerned differ; only here: staff; only in the screening (entry 0): parents",
    );
    differing(json!({ "purposes": ["lessons"] }), "screening-differs", "the purposes differ");
    differing(json!({ "basis": "consent" }), "screening-differs", "the lawful bases differ");
    differing(
        json!({ "special-data": "yes" }),
        "special-data",
        "no here, and yes in the screening",
    );
    differing(
        json!({ "special-data": null, "sensitive-data": true }),
        "special-data",
        "no here, and yes",
    );
    differing(json!({ "transfer-abroad": false }), "transfer-differs", "that no data go abroad");
    let no_new = with(&dpia(), &json!({ "new-data": "no", "data-shared": "no" }));
    after(&screening()).expect(&no_new, "new-data", "whether new information is collected: yes");
    let others = json!({ "new-information": null, "new-recipients": { "answer": "yes" } });
    after(&with(&screening(), &others)).expect(
        &no_new,
        "new-data",
        "others get the information: yes",
    );
    after(&with(&screening(), &json!({ "new-information": { "answer": "no" } }))).clean(&no_new);
    let at_home = with(&dpia(), &json!({ "transfers": null, "principles": null }));
    after(&screening()).expect(&at_home, "transfer-differs", "says that data go abroad");
    after(&with(&screening(), &json!({ "transfer-abroad": null }))).clean(&at_home);
    let special = json!({ "special-data": "yes", "purposes": [{
        "purpose": "homework", "basis": "public-task", "condition": "Art 9(2)(g)"
    }] });
    after(&screening()).expect(&with(&dpia(), &special), "special-data", "yes here, and no in");
}

#[test]
fn processing_that_started_was_approved_before() {
    let started =
        |day: Option<&str>| with(&dpia(), &json!({ "processing": "started", "started-on": day }));
    // The approval was signed on 1 October 2026; it may have been given earlier, as it says.
    let approved = |decision, given: Json| {
        after(&screening())
            .after(past("dpia-approval", "headteacher", OTHER, &given).deciding(decision))
    };
    let rule = "started-before-approval";
    after(&screening()).expect(&started(None), rule, "has started, and nothing is approved");
    after(&screening()).expect(
        &started(Some("2026-09-01")),
        rule,
        "on 1 September 2026, and nothing",
    );
    approved("approved", json!({})).clean(&started(Some("2026-10-01")));
    approved("approved", json!({})).expect(
        &started(Some("2026-09-01")),
        rule,
        "before it was approved on 1 October 2026",
    );
    let given = json!({ "occurred": { "from": "2026-08-31", "to": "2026-08-31" } });
    approved("approved", given).clean(&started(Some("2026-09-01")));
    approved("refused", json!({})).expect(
        &started(Some("2026-10-01")),
        rule,
        "nothing is approved",
    );
    let planned = with(&dpia(), &json!({ "started-on": "2026-09-30" }));
    after(&screening()).expect(&planned, rule, "it is called planned");
    after(&screening()).clean(&with(&dpia(), &json!({ "started-on": "2026-11-02" })));
}

#[test]
fn lists_differ_where_both_say_something() {
    let differs = |dpia: &Json, screening: &Json| {
        let before = past("dpia-screening", "staff", OTHER, screening);
        let found = scene("dpia", "project-lead").after(before).finds(dpia);
        found.iter().any(|finding| finding.starts_with("screening-differs: the people concerned"))
    };
    let people = |people: &[&str]| json!({ "people": people });
    assert!(differs(&people(&["pupils"]), &people(&["staff"])));
    assert!(!differs(&people(&["pupils"]), &json!({})));
    assert!(!differs(&json!({}), &people(&["staff"])));
}

#[test]
fn only_a_question_on_transfers_is_held_against_them() {
    let differs = |question: &str| {
        let dpia = json!({ "transfers": [{ "country": "Malaysia" }],
            "principles": [{ "question": question, "answer": "no" }] });
        let found = scene("dpia", "project-lead").finds(&dpia);
        found.iter().any(|finding| finding.starts_with("transfer-differs: "))
    };
    assert!(differs("Will data go overseas?") && differs("Are data kept Outside the UK?"));
    assert!(!differs("Will data be sold?"));
}
