//! Findings of what follows a breach report: who was told, measures, investigation, sign-offs,
//! review.

use serde_json::{Value as Json, json};

use super::{HEAD, HOUR, NOW, OTHER, Past, Scene, past, scene, with};
use crate::records::kind::Relation;

/// A report by the office, two days ago, with these answers exchanged.
fn report(change: &Json) -> Past {
    let report = json!({ "aware": NOW - 48 * HOUR, "still-occurring": false });
    past("breach-report", "staff", OTHER, &with(&report, change))
}

/// Somebody told, so many hours ago.
fn told(whom: &[&str], hours: i64) -> Past {
    let told = json!({ "whom": whom, "told-at": NOW - hours * HOUR });
    past("breach-told", "dpo", OTHER, &told)
}

fn measure(purpose: &str) -> Past {
    past("breach-measure", "it-lead", OTHER, &json!({ "measure": "reset", "purpose": purpose }))
}

/// After a report, and the three who must know told at once.
fn known(kind: &'static str, role: &'static str) -> Scene {
    scene(kind, role)
        .after(report(&json!({})))
        .after(told(&["dpo"], 47))
        .after(told(&["headteacher", "chair-of-governors"], 46))
}

#[test]
fn the_dpo_is_told_before_anybody_and_head_and_chair_before_the_world() {
    let to = |whom: &[&str]| json!({ "whom": whom, "told-at": NOW - 40 * HOUR });
    known("breach-told", "dpo").clean(&to(&["police"]));
    let after = |past: Past| scene("breach-told", "dpo").after(report(&json!({}))).after(past);
    after(told(&["dpo"], 47)).clean(&to(&["headteacher", "chair-of-governors"]));
    after(told(&["it-lead"], 47)).clean(&to(&["dpo"]));
    // All of them at one moment is early enough.
    after(told(&["dpo"], 40)).clean(&to(&["headteacher", "chair-of-governors", "police"]));

    after(told(&["headteacher"], 47)).expect(&to(&["it-lead"]), "breach-told", "that the DPO was");
    after(told(&["dpo"], 39)).expect(&to(&["headteacher"]), "breach-told", "the DPO");
    let without_head = after(told(&["dpo", "chair-of-governors"], 47));
    without_head.expect(&to(&["council"]), "breach-told", "the head teacher was told");
    let without_chair = after(told(&["dpo", "headteacher"], 47));
    without_chair.expect(&to(&["council"]), "breach-told", "the chair of governors was told");

    // Who reported it knows of it.
    let by_dpo = past("breach-report", "dpo", OTHER, &json!({ "aware": NOW - 48 * HOUR }));
    scene("breach-told", "dpo").after(by_dpo).clean(&to(&["headteacher"]));

    scene("breach-told", "dpo").expect(&to(&["dpo"]), "no-report", "no breach report");
    known("breach-told", "dpo").each(
        &to(&["police"]),
        &[
            (json!({ "told-at": NOW + 1 }), "future", "after this record"),
            (json!({ "told-at": NOW - 49 * HOUR }), "time-order", "before the school was aware"),
        ],
    );
}

#[test]
fn the_regulator_is_told_within_72_hours_or_with_reasons() {
    let all = ["nature", "dpo-contact", "consequences", "measures"];
    let to_regulator = |hours: i64| json!({ "whom": ["regulator"], "told-at": NOW - hours * HOUR, "content": all });
    let aware = |hours: i64| {
        scene("breach-told", "dpo")
            .after(report(&json!({ "aware": NOW - hours * HOUR })))
            .after(told(&["dpo", "headteacher", "chair-of-governors"], hours))
    };
    aware(72).clean(&to_regulator(0));
    aware(73).expect(&to_regulator(0), "breach-72h", "ended on 1 October 2026, 12:00 BST");
    let decided = |change: &Json| {
        let decision = json!({ "risk": "likely", "notify-regulator": true });
        past("breach-decision", "headteacher", OTHER, &with(&decision, change))
    };
    aware(73).after(decided(&json!({}))).expect(&to_regulator(0), "breach-72h", "no decision");
    aware(73)
        .after(decided(&json!({ "delay-reasons": "the school was flooded" })))
        .clean(&to_regulator(0));
    // A second phase may come later than the first, which was in time.
    aware(90).after(told(&["regulator"], 80)).clean(&to_regulator(0));
    aware(90).after(told(&["regulator"], 10)).expect(&to_regulator(12), "breach-72h", "after");
}

#[test]
fn all_phases_together_tell_the_regulator_what_the_law_asks_for() {
    let told = |content: &[&str]| json!({ "whom": ["regulator"], "told-at": NOW - 40 * HOUR, "content": content });
    let first = |content: &[&str]| {
        known("breach-told", "dpo").after(past("breach-told", "dpo", OTHER, &told(content)))
    };
    first(&["nature", "dpo-contact"]).clean(&told(&["consequences", "measures"]));
    let missing = "the regulator has still not been told: the likely consequences";
    first(&["nature", "dpo-contact"]).expect(&told(&["measures"]), "breach-content", missing);
    let nothing = json!({ "whom": ["regulator"], "told-at": NOW - 40 * HOUR });
    known("breach-told", "dpo").expect(&nothing, "breach-content", "the DPO's contact details");
}

#[test]
fn people_concerned_are_told_all_that_the_checklist_names() {
    let whole = json!({
        "how-and-when": true, "data-involved": true, "measures-taken": true,
        "protect-yourself": true, "our-help": true, "how-to-complain": true,
    });
    let good = json!({
        "whom": ["people-concerned"], "told-at": NOW - 40 * HOUR, "checklist": whole,
    });
    let without =
        |part: &str, value: Json| json!({ "checklist": with(&whole, &json!({ part: value })) });
    known("breach-told", "dpo").each(
        &good,
        &[
            (without("how-to-complain", json!(false)), "breach-people", "how they can complain"),
            (without("our-help", Json::Null), "breach-people", "what the school can do to help"),
            (json!({ "checklist": null }), "breach-people", "how and when it happened; which data"),
        ],
    );
    // Nobody else needs it.
    known("breach-told", "dpo").clean(&json!({ "whom": ["bank"], "told-at": NOW - 40 * HOUR }));
}

#[test]
fn findings_of_measures() {
    let good = json!({
        "measure": "the shared link was switched off",
        "purpose": "containment",
        "done-by": "Tom Ellis",
        "done-at": NOW - 47 * HOUR,
    });
    scene("breach-measure", "it-lead").after(report(&json!({}))).each(
        &good,
        &[
            (json!({ "purpose": null }), "breach-measure", "contains, recovers"),
            (json!({ "done-by": null }), "breach-measure", "who did it"),
            (json!({ "done-at": null }), "breach-measure", "when it was done"),
            (json!({ "done-at": NOW - 49 * HOUR }), "time-order", "before the school was aware"),
            (json!({ "done-at": NOW + 1 }), "future", "after this record"),
        ],
    );
    scene("breach-measure", "it-lead").expect(&good, "no-report", "no breach report");
}

fn investigation() -> Json {
    json!({
        "incident-number": "2026/3",
        "incident-date": "2026-09-29",
        "investigator": "Sunita Rao",
        "report-date": "2026-10-01",
        "description": "a link to a list was open to everybody for a day",
        "people-count": 31,
        "chronology": [
            { "when": NOW - 50 * HOUR, "what": "the list was shared" },
            { "when": NOW - 47 * HOUR, "what": "the link was switched off" },
        ],
        "information-recovered": "nobody outside had opened it",
        "telling-people": "not-told",
        "telling-people-reasons": "nobody outside had opened it",
        "contributory-factors": ["a new tool"],
        "root-causes": [{ "id": "C1", "text": "links are open to everybody by default" }],
        "lessons": [{ "id": "L1", "text": "look at a link as a stranger would" }],
        "type": "formal",
        "recommendations": [
            { "id": "R1", "text": "change the default", "ties-to": "C1" },
            { "id": "R2", "text": "show it in training", "ties-to": "C1, L1" },
        ],
        "shared-learning": "staff meeting",
        "log-formally": true,
    })
}

#[test]
fn findings_of_investigations() {
    let tied = |to: Json| json!({ "recommendations": [with(&json!({ "id": "R1", "text": "x" }), &json!({ "ties-to": to }))] });
    known("breach-investigation", "dpo").each(
        &investigation(),
        &[
            (tied(Json::Null), "recommendation", "R1 is tied to no cause"),
            (tied(json!(" , ")), "recommendation", "R1 is tied to no cause"),
            (tied(json!("C1, C2")), "recommendation", "R1 is tied to C2, which is no cause"),
            (json!({ "root-causes": null }), "root-causes", "no root cause"),
            (
                json!({ "lessons": [{ "id": "C1", "text": "x" }] }),
                "root-causes",
                "C1 stands for two",
            ),
            (json!({ "type": "near-miss" }), "breach-log", "a near miss is logged"),
            (json!({ "log-formally": false }), "breach-log", "formal breach is not logged"),
            (json!({ "log-formally": null }), "breach-log", "not said"),
            (json!({ "type": "potential" }), "further-action", "potential breach"),
            (json!({ "further-action": true }), "further-action", "not said which"),
            (json!({ "telling-people": null }), "breach-people", "not said"),
            (json!({ "telling-people": "to-be-told" }), "breach-people", "still to be told"),
            (json!({ "telling-people": "told" }), "breach-people", "no record says when"),
            (json!({ "telling-people-reasons": null }), "breach-people", "no reasons"),
            (json!({ "incident-number": null }), "breach-investigation", "incident number"),
            (json!({ "report-date": "2026-09-28" }), "time-order", "before the incident"),
            (json!({ "report-date": "2026-10-02" }), "future", "after this record"),
            (
                json!({ "chronology": [{ "when": NOW, "what": "b" }, { "when": 1, "what": "a" }] }),
                "time-order",
                "not in order",
            ),
        ],
    );
    let other = |change: &Json| with(&investigation(), change);
    known("breach-investigation", "dpo").clean(&other(
        &json!({ "type": "near-miss", "log-formally": false, "further-action": false }),
    ));
    known("breach-investigation", "dpo").clean(&other(
        &json!({ "type": "potential", "further-action": true, "further-action-detail": "look again" }),
    ));
    known("breach-investigation", "dpo")
        .after(told(&["people-concerned"], 10))
        .clean(&other(&json!({ "telling-people": "told" })));
}

#[test]
fn an_investigation_asks_for_what_the_case_lacks() {
    let good = investigation();
    let alone = scene("breach-investigation", "dpo");
    alone.expect(&good, "no-report", "no breach report");
    let reported = || scene("breach-investigation", "dpo").after(report(&json!({})));
    for name in ["the DPO", "the head teacher", "the chair of governors"] {
        reported().expect(&good, "breach-told", &format!("{name} was told"));
    }
    let decided = |tell: &str| {
        let decision = json!({ "risk": "likely", "notify-regulator": true, "tell-people": tell });
        past("breach-decision", "headteacher", OTHER, &decision)
    };
    // Who decides knows of it.
    reported().after(told(&["dpo", "chair-of-governors"], 40)).after(decided("no")).clean(&good);
    known("breach-investigation", "dpo").after(decided("yes")).expect(
        &good,
        "breach-people",
        "it was decided to tell",
    );
}

#[test]
fn what_is_still_going_on_has_to_be_contained() {
    let going_on = || report(&json!({ "still-occurring": true }));
    let decision = json!({
        "risk": "likely", "notify-regulator": true, "tell-people": "no", "police": "not-needed",
        "dpo-view": "agrees",
    });
    let review = json!({ "reviewed": "2026-10-01", "outcome": "closed" });
    for (kind, role, answers) in [
        ("breach-decision", "headteacher", decision),
        ("breach-investigation", "dpo", investigation()),
        ("breach-review", "dpo", review),
    ] {
        let found = |past: Vec<Past>| {
            let scene = past.into_iter().fold(scene(kind, role), Scene::after);
            scene.finds(&answers).iter().any(|f| f.starts_with("still-occurring: "))
        };
        assert!(found(vec![going_on()]), "{kind}");
        assert!(found(vec![going_on(), measure("recovery")]), "{kind}");
        assert!(!found(vec![going_on(), measure("containment")]), "{kind}");
        // A later report says that it has stopped.
        assert!(!found(vec![going_on(), report(&json!({}))]), "{kind}");
    }
}

#[test]
fn findings_of_sign_offs() {
    let after = |role| {
        scene("breach-signoff", role).linking(Relation::SignsOff, 0).after(past(
            "breach-investigation",
            "dpo",
            OTHER,
            &investigation(),
        ))
    };
    let good = json!({ "wording": "I have read this report and agree with it" });
    for role in ["headteacher", "dpo-nominee", "trust-chair"] {
        after(role).clean(&good);
    }
    for role in ["deputy-headteacher", "staff"] {
        after(role).expect(&good, "authority", "a role that may not sign this");
    }
    scene("breach-signoff", "dpo").expect(&good, "signoff", "no record that is at hand");
    scene("breach-signoff", "dpo").linking(Relation::SignsOff, 0).after(report(&json!({}))).expect(
        &good,
        "signoff",
        "entry 0 is no investigation report",
    );
    // The report was put on record an hour ago, and is said to have been signed off before.
    let early = json!({ "occurred": { "from": NOW - 2 * HOUR, "to": NOW - 2 * HOUR } });
    after("dpo").expect(&early, "signoff", "before the report, entry 0");
    after("dpo").after(past("breach-investigation", "dpo", OTHER, &investigation())).expect(
        &good,
        "signoff",
        "newer report stands at entry 1",
    );
}

/// An investigation as entry 0, and sign-offs of it in these roles.
fn signed_off(roles: &[&'static str]) -> Scene {
    let investigation = past("breach-investigation", "dpo", OTHER, &investigation());
    let scene = scene("breach-review", "dpo").after(investigation);
    roles.iter().fold(scene, |scene, role| {
        let signoff = past("breach-signoff", role, HEAD, &json!({}));
        scene.after(signoff.linking(Relation::SignsOff, 0))
    })
}

#[test]
fn findings_of_reviews() {
    let good = json!({
        "reviewed": "2026-10-01",
        "reported-to": ["leadership-group", "governors"],
        "reported-on": "2026-10-01",
        "action-plan": "change the default by November",
        "outcome": "actions-open",
    });
    let three = ["headteacher", "dpo", "chair-of-governors"];
    signed_off(&three).each(
        &good,
        &[
            (json!({ "reviewed": "2026-10-02" }), "future", "after this record"),
            (json!({ "reviewed": "2026-09-30" }), "time-order", "the report of 1 October 2026"),
            (json!({ "reported-to": ["governors"] }), "breach-reported", "the leadership group"),
            (json!({ "reported-to": ["trust"] }), "breach-reported", "the governors"),
            (json!({ "reported-to": null }), "breach-reported", "the governors"),
            (json!({ "reported-on": null }), "breach-reported", "not said when"),
            (json!({ "action-plan": null }), "action-plan", "no action plan"),
        ],
    );
    let closed = with(&good, &json!({ "outcome": "closed", "action-plan": null }));
    signed_off(&three).clean(&closed);
    let before = "review-before-signoff";
    scene("breach-review", "dpo").expect(&good, before, "no investigation report");
    signed_off(&["dpo", "vice-chair-of-governors"]).expect(&good, before, "the head teacher's");
    signed_off(&["headteacher", "chair-of-governors"]).expect(&good, before, "the DPO's");
    signed_off(&["headteacher", "dpo", "staff"]).expect(&good, before, "the chair's");
    // A sign-off of something else is none of this report.
    let other = past("breach-signoff", "dpo", HEAD, &json!({})).linking(Relation::SignsOff, 1);
    signed_off(&["headteacher", "chair-of-governors"])
        .after(other)
        .expect(&good, before, "the DPO");
    let paper = |role: &str| {
        let paper = json!({ "person": "Owen Reid", "role": role, "date": "2026-10-01", "what": "minute 4" });
        past("paper-signature", "administrator", OTHER, &paper).linking(Relation::SignsOff, 0)
    };
    signed_off(&["headteacher", "dpo"]).after(paper("chair-of-governors")).clean(&good);
    signed_off(&["headteacher", "dpo"]).after(paper("staff")).expect(&good, before, "the chair's");

    let to_tell = with(&investigation(), &json!({ "telling-people": "to-be-told" }));
    let waiting = || {
        scene("breach-review", "dpo").after(past("breach-investigation", "dpo", OTHER, &to_tell))
    };
    waiting().expect(&closed, "breach-people", "still to be told");
    let found = waiting().after(told(&["people-concerned"], 1)).finds(&closed);
    assert!(!found.iter().any(|f| f.starts_with("breach-people")), "{found:?}");
}

#[test]
fn what_was_erased_may_have_said_what_is_looked_for() {
    let to_police = json!({ "whom": ["police"], "told-at": NOW - 40 * HOUR });
    let after = |past: Past| scene("breach-told", "dpo").after(report(&json!({}))).after(past);
    after(told(&["it-lead"], 47)).expect(&to_police, "breach-told", "the DPO");
    after(told(&["it-lead"], 47).erased()).clean(&to_police);

    let late = json!({
        "whom": ["regulator"], "told-at": NOW,
        "content": ["nature", "dpo-contact", "consequences", "measures"],
    });
    let decision = || {
        past(
            "breach-decision",
            "headteacher",
            OTHER,
            &json!({ "risk": "likely", "notify-regulator": true }),
        )
    };
    let aware = || {
        scene("breach-told", "dpo")
            .after(report(&json!({ "aware": NOW - 73 * HOUR })))
            .after(told(&["dpo", "headteacher", "chair-of-governors"], 73))
    };
    aware().after(decision()).expect(&late, "breach-72h", "no decision");
    aware().after(decision().erased()).clean(&late);

    let going_on =
        || known("breach-investigation", "dpo").after(report(&json!({ "still-occurring": true })));
    going_on().after(measure("recovery")).expect(&investigation(), "still-occurring", "contain it");
    going_on().after(measure("recovery").erased()).clean(&investigation());

    let paper =
        json!({ "person": "Owen Reid", "role": "staff", "date": "2026-10-01", "what": "x" });
    let paper =
        past("paper-signature", "administrator", OTHER, &paper).linking(Relation::SignsOff, 0);
    let review = json!({
        "reviewed": "2026-10-01", "reported-to": ["leadership-group", "governors"],
        "reported-on": "2026-10-01", "outcome": "closed",
    });
    signed_off(&["headteacher", "dpo"]).after(paper.erased()).clean(&review);
}

#[test]
fn effort_is_an_exemption_and_asks_for_a_notice_where_the_risk_is_high() {
    for (risk, owed) in [("high", true), ("likely", false)] {
        let decision = json!({ "risk": risk, "notify-regulator": true, "tell-people": "exempt",
            "exemption": "disproportionate-effort" });
        let found = scene("breach-decision", "headteacher").finds(&decision);
        let notice = found.iter().any(|finding| finding.contains("a public notice is owed"));
        assert_eq!(notice, owed, "{risk}");
    }
}
