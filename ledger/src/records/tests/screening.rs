//! Findings of DPIA screenings.

use serde_json::{Value as Json, json};

use super::{OTHER, past, scene, with};

/// The short form, with nothing to ask about.
fn short() -> Json {
    json!({
        "questions": "short",
        "initiative": "Homework app",
        "author": "Tom Fielding",
        "school-lead": "Ruth Bell",
        "dpo-reviewed": "Priya Raman",
        "basis": "public-task",
        "special-data": "no",
        "safeguards": {
            "no-one-to-one": true,
            "separate-work-account": true,
            "blocked-number": true,
            "no-personal-contact": true,
            "parents-account": true,
            "neutral-background": true,
            "etiquette-and-adult-present": true,
        },
        "new-information": { "answer": "yes", "detail": "names of users" },
        "new-recipients": { "answer": "no" },
        "intrusive-technology": { "answer": "potentially", "detail": "cameras at home" },
        "significant-decisions": { "answer": "no" },
        "privacy-concerns": { "answer": "not-applicable" },
        "consultation": { "done": true, "who": ["the staff"] },
        "told-how": ["a letter"],
        "reasons": "little is shared",
        "outcome": "proceed",
        "screened": "2026-09-30",
        "review-date": "2027-09-30",
        "actions": [{ "what": "add it to the notice", "owner": "Ruth Bell", "due": "2026-10-30" }],
    })
}

/// The ten questions, each answered no.
fn ten() -> Json {
    let none = [
        "scoring",
        "automated-decisions",
        "systematic-monitoring",
        "sensitive-data",
        "large-scale",
        "matched-data",
        "vulnerable-people",
        "innovative-technology",
        "transfer-abroad",
        "prevents-right",
    ];
    let mut form = json!({
        "questions": "ten-questions",
        "initiative": "Door bell",
        "basis": "public-task",
        "consultation": { "done": false, "why-not": "nobody is concerned" },
        "told-how": ["a notice"],
        "reasons": "it holds no data",
        "dpia-required": false,
        "outcome": "proceed",
        "review-date": "2027-09-30",
    });
    for name in none {
        form[name] = json!(false);
    }
    form
}

#[test]
fn findings_of_short_screenings() {
    let mut two_missing = short()["safeguards"].clone();
    two_missing["no-one-to-one"] = json!(false);
    two_missing.as_object_mut().expect("a group").remove("blocked-number");
    let yes = json!({ "answer": "yes" });
    scene("dpia-screening", "project-lead").each(
        &short(),
        &[
            (json!({ "new-recipients": null }), "screening-questions", "answered: new-recipients"),
            (json!({ "new-recipients": yes }), "screening-questions", "what: new-recipients"),
            (
                json!({ "privacy-concerns": { "answer": "not-investigated" } }),
                "unknown-answer",
                "privacy-concerns",
            ),
            (
                json!({ "safeguards": two_missing }),
                "safeguards",
                "attested: no-one-to-one, blocked-number",
            ),
            (json!({ "safeguards": null }), "safeguards", "no-one-to-one, separate-work-account"),
            (json!({ "basis": null }), "basis", "no lawful basis"),
            (json!({ "basis-stated": "E" }), "basis-stated", "the letter 'E'"),
            (json!({ "basis": null, "basis-stated": "(e)." }), "basis-stated", "'(e).'"),
            (json!({ "special-data": "potentially" }), "special-condition", "no condition"),
            (json!({ "sensitive-data": true }), "special-data", "and that sensitive data are"),
            (json!({ "dpo-reviewed": "Yes" }), "dpo-named", "'Yes' is nobody's name"),
            (json!({ "dpo-reviewed": "Mr Tom  fielding" }), "dpo-prepared", "prepared it"),
            (json!({ "dpo-reviewed": "ruth bell" }), "dpo-conflict", "the school's lead"),
            (json!({ "consultation": null }), "consultation", "whether anybody"),
            (json!({ "consultation": { "done": false } }), "consultation", "no reasons"),
            (json!({ "consultation": { "done": true } }), "consultation", "who was consulted"),
            (json!({ "told-how": null }), "told-how", "are told"),
            (json!({ "outcome": null }), "screening-outcome", "goes ahead"),
            (json!({ "reasons": null }), "screening-outcome", "no reasons"),
            (json!({ "review-date": null }), "dpia-review", "no review date"),
            (
                json!({ "review-date": "2026-09-30" }),
                "dpia-review",
                "30 September 2026, has passed",
            ),
            (json!({ "screened": "2026-10-02" }), "future", "2 October 2026"),
            (json!({ "actions": [{ "what": "tell parents" }] }), "action-owner", "tell parents"),
        ],
    );
    scene("dpia-screening", "project-lead").clean(&with(
        &short(),
        &json!({ "basis-stated": "Public task, Art 6(1)(e)", "special-data": "yes", "condition": "Art 9(2)(g)" }),
    ));
}

#[test]
fn findings_of_the_ten_questions() {
    scene("dpia-screening", "project-lead").each(
        &ten(),
        &[
            (
                json!({ "scoring": null, "matched-data": null }),
                "screening-questions",
                "scoring, matched-data",
            ),
            (json!({ "vulnerable-people": true }), "dpia-required", "it says that none is"),
            (
                json!({ "large-scale": true, "dpia-required": null }),
                "dpia-required",
                "large-scale is answered yes",
            ),
            (json!({ "dpia-required": null }), "dpia-required", "not said"),
            (json!({ "dpia-required": true }), "dpia-required", "go ahead without one"),
        ],
    );
    let required = json!({
        "transfer-abroad": true,
        "dpia-required": true,
        "outcome": "proceed-with-dpia",
    });
    scene("dpia-screening", "project-lead").clean(&with(&ten(), &required));
}

#[test]
fn the_dpo_screens_nothing_that_the_dpo_reviews() {
    scene("dpia-screening", "dpo").expect(&short(), "dpo-prepared", "office of the DPO");
    scene("dpia-screening", "staff").holding("dpo-nominee").expect(
        &short(),
        "dpo-prepared",
        "office of the DPO",
    );
    let again = |before: Json| {
        scene("dpia-screening", "project-lead").after(past(
            "dpia-screening",
            "project-lead",
            OTHER,
            &with(&short(), &before),
        ))
    };
    again(json!({})).clean(&short());
    again(json!({ "dpo-reviewed": "Amir Shah" })).expect(
        &short(),
        "dpo-named",
        "two people are named as DPO: Priya Raman, and Amir Shah in entry 0",
    );
    again(json!({ "author": "Priya Raman" })).expect(
        &short(),
        "dpo-prepared",
        "and prepared entry 0",
    );
}

#[test]
fn an_action_has_somebody_and_a_day() {
    let loose = |action: Json| {
        let found = scene("dpia-screening", "project-lead").finds(&json!({ "actions": [action] }));
        found.iter().any(|finding| finding.starts_with("action-owner: "))
    };
    assert!(loose(json!({ "what": "lock", "owner": "A" })));
    assert!(loose(json!({ "what": "lock", "due": "2026-12-01" })));
    assert!(!loose(json!({ "what": "lock", "owner": "A", "due": "2026-12-01" })));
}
