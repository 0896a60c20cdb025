//! Findings of consents, breaches and CCTV.

use serde_json::{Value as Json, json};

use super::{HOUR, NOW, OTHER, past, scene, with};
use crate::records::days;
use crate::records::kind::Relation;

#[test]
fn findings_of_consents() {
    let good = json!({
        "subject": "p4k9z2",
        "capacity": "parent",
        "parental-responsibility-checked": true,
        "purposes": [{ "purpose": "website", "decision": "given" }],
        "wording-version": "2026",
        "from": "2026-09-01",
        "until": "2027-08-31",
    });
    let biometric = json!([{ "purpose": "biometric", "decision": "given" }]);
    scene("consent", "administrator").each(
        &good,
        &[
            (json!({ "capacity": null }), "consent-giver", "not said who"),
            (
                json!({ "parental-responsibility-checked": null }),
                "parental-responsibility",
                "parent",
            ),
            (
                json!({ "parental-responsibility-checked": false }),
                "parental-responsibility",
                "parent",
            ),
            (json!({ "wording-version": null }), "consent-wording", "wording"),
            (json!({ "until": null }), "consent-year", "no last day"),
            (json!({ "until": "2028-08-31" }), "consent-year", "longer than"),
            (json!({ "until": "2026-08-31" }), "time-order", "before its first"),
            (json!({ "purposes": biometric, "capacity": "pupil" }), "biometric", "a parent"),
            (json!({ "purposes": biometric, "method": "by telephone" }), "biometric", "in writing"),
            (json!({ "withhold-by-default": true }), "withhold-by-default", "withheld"),
        ],
    );
    let refusing = |capacity: &str| {
        let no = json!([{ "purpose": "website", "decision": "refused" }]);
        let before = with(&good, &json!({ "capacity": capacity, "purposes": no }));
        scene("consent", "staff").after(past("consent", "staff", OTHER, &before))
    };
    refusing("pupil").expect(&good, "pupil-refusal", "website in entry 0");
    refusing("parent").expect(&good, "consent-differs", "two parents");
    refusing("pupil").clean(&with(&good, &json!({ "subject": "q5m8x3" })));
}

#[test]
fn findings_of_withdrawals() {
    let linked = || scene("consent-withdrawal", "administrator").linking(Relation::Withdraws, 0);
    let good = json!({
        "received": NOW - HOUR,
        "capacity": "parent",
        "purposes": ["website"],
        "places": ["school website"],
    });
    linked().each(
        &good,
        &[
            (json!({ "capacity": null }), "consent-giver", "who withdrew"),
            (json!({ "purposes": null }), "withdrawal-of-what", "all of them"),
            (json!({ "places": null }), "withdrawal-places", "no places"),
            (json!({ "received": NOW + 1 }), "future", "received after"),
        ],
    );
    let unlinked = scene("consent-withdrawal", "administrator");
    unlinked.expect(&good, "withdrawal-of-what", "links to no consent");
    unlinked.expect(&good, "withdrawal-of-what", "no pupil's reference");
}

/// Else a slip in a reference or a number is signed without a word, and the consent is thought ended.
#[test]
fn a_withdrawal_asks_whether_it_is_of_that_consent() {
    let good = json!({
        "received": NOW - HOUR,
        "subject": "p-5555ab",
        "capacity": "parent",
        "purposes": ["website"],
        "places": ["school website"],
    });
    let given = |subject: &str| {
        let yes = json!([{ "purpose": "website", "decision": "given" }]);
        past("consent", "staff", OTHER, &json!({ "subject": subject, "purposes": yes }))
    };
    let of = |before| {
        scene("consent-withdrawal", "administrator").linking(Relation::Withdraws, 0).after(before)
    };
    of(given("p-5555ab")).clean(&good);
    of(given("p-5555aa")).expect(&good, "withdrawal-of-what", "p-5555ab, and entry 0");
    of(given("p-5555aa")).expect(&good, "withdrawal-of-what", "is of p-5555aa");
    of(given("p-5555aa")).clean(&with(&good, &json!({ "subject": null })));
    of(given("p-5555aa").erased()).clean(&good);
    // The reference of the consent was put right.
    let mended = given("p-5555ab").linking(Relation::Corrects, 0);
    of(given("p-5555aa")).after(mended).clean(&good);
    // Another pupil's, recorded since, is none of it.
    of(given("p-5555ab")).after(given("q5m8x3")).clean(&good);
    let other = || of(past("breach-report", "staff", OTHER, &report()));
    other().expect(&good, "withdrawal-of-what", "entry 0 (Breach report)");
    let nobody = with(&good, &json!({ "subject": null }));
    other().expect(&nobody, "withdrawal-of-what", "no pupil's reference");
}

fn report() -> Json {
    json!({
        "aware": NOW - HOUR,
        "nature": ["confidentiality"],
        "still-occurring": false,
        "likely-consequences": "unwanted letters",
        "people-kinds": ["parents"],
        "people-count": 40,
        "records-count": 40,
        "occurred": { "from": "2026-09-30", "to": "2026-09-30" },
    })
}

#[test]
fn findings_of_breach_reports() {
    scene("breach-report", "staff").each(
        &report(),
        &[
            (json!({ "nature": null }), "breach-content", "the nature of the breach"),
            (json!({ "people-count": null }), "breach-content", "how many people"),
            (json!({ "still-occurring": true }), "still-occurring", "still going on"),
            (json!({ "still-occurring": null }), "still-occurring", "not said"),
            (json!({ "occurred": null }), "occurred-unknown", "not said when"),
            (json!({ "occurred": { "unknown": "no logs" } }), "occurred-unknown", "not known when"),
            (json!({ "aware": NOW + 1 }), "future", "awareness"),
            (json!({ "aware": NOW - 72 * HOUR - 1 }), "breach-72h", "28 September 2026, 12:59 BST"),
            (json!({ "aware": NOW - 48 * HOUR }), "time-order", "aware before it happened"),
            (
                json!({ "occurred": { "from": NOW - 60, "to": NOW - 60 } }),
                "time-order",
                "1 October 2026",
            ),
        ],
    );
    let exactly = with(
        &report(),
        &json!({ "aware": NOW - 72 * HOUR, "occurred": { "from": "2026-09-28", "to": "2026-09-28" } }),
    );
    scene("breach-report", "staff").clean(&exactly);
}

#[test]
fn findings_of_breach_decisions() {
    let after = |role, aware: i64| {
        let report = with(&report(), &json!({ "aware": aware }));
        scene("breach-decision", role).after(past("breach-report", "staff", OTHER, &report))
    };
    let good = json!({
        "risk": "likely",
        "notify-regulator": true,
        "tell-people": "no",
        "police": "not-needed",
        "dpo-view": "agrees",
    });
    after("headteacher", NOW - 72 * HOUR).each(
        &good,
        &[
            (json!({ "notify-regulator": false }), "breach-72h", "no justification"),
            (json!({ "notify-regulator": false }), "risk-notify", "not notified"),
            (json!({ "risk": "unlikely" }), "risk-notify", "called unlikely"),
            (json!({ "risk": "high" }), "breach-people", "are not told"),
            (json!({ "tell-people": null }), "breach-people", "not said"),
            (json!({ "tell-people": "exempt" }), "breach-people", "no exemption"),
            (
                json!({ "risk": "high", "tell-people": "exempt", "exemption": "disproportionate-effort" }),
                "breach-people",
                "public notice",
            ),
            (json!({ "dpo-view": null }), "dpo-view", "missing"),
            (json!({ "police": null }), "police", "not said"),
            (
                json!({ "occurred": { "from": NOW - 80 * HOUR, "to": NOW - 80 * HOUR } }),
                "time-order",
                "before the school was aware",
            ),
        ],
    );
    let late = || after("headteacher", NOW - 72 * HOUR - 1);
    late().expect(&good, "breach-72h", "ended on 1 October 2026, 12:59 BST");
    late().clean(&with(&good, &json!({ "delay-reasons": "the school was closed" })));
    // Decided in time by the head and recorded later by another.
    let decided =
        json!({ "decided-by": { "person": "A", "role": "headteacher", "date": "2026-09-29" } });
    assert!(!late().finds(&with(&good, &decided)).iter().any(|f| f.starts_with("breach-72h")));

    scene("breach-decision", "headteacher").expect(&good, "no-report", "no breach report");
    after("dpo", NOW - HOUR).expect(&good, "dpo-decides", "no policy");
    let policy = json!({ "title": "Data", "delegations": [{ "power": "dpo-decides" }] });
    after("dpo", NOW - HOUR)
        .after(past("policy", "chair-of-governors", OTHER, &policy))
        .clean(&good);
    after("staff", NOW - HOUR).expect(&good, "authority", "Member of staff");
}

#[test]
fn the_72_hours_do_not_move_with_the_clocks() {
    // Aware 28 March 2026 14:00 GMT: the limit is 31 March 15:00 BST.
    let (aware, limit) = (1_774_706_400, 1_774_965_600);
    assert_eq!(limit, aware + days::SECONDS_IN_72_HOURS);
    assert_eq!(days::written_time(aware), "28 March 2026, 14:00 GMT");
    assert_eq!(days::written_time(limit), "31 March 2026, 15:00 BST");
}

#[test]
fn findings_of_cctv_access() {
    let good = json!({
        "cameras": ["3"],
        "footage-from": NOW - 9 * HOUR,
        "footage-to": NOW - 8 * HOUR,
        "viewed-from": NOW - 2 * HOUR,
        "viewed-to": NOW - HOUR,
        "reason": "damage",
        "outcome": "clip",
        "clip-sha256": "ab".repeat(32),
        "storage-place": "safe",
        "delete-by": "2026-10-31",
    });
    scene("cctv-access", "cctv-caretaker").each(
        &good,
        &[
            (
                json!({ "footage-to": NOW - 10 * HOUR }),
                "time-order",
                "the footage ends before it begins",
            ),
            (json!({ "viewed-to": NOW - 3 * HOUR }), "time-order", "viewing ended before it began"),
            (
                json!({ "viewed-from": NOW - 10 * HOUR }),
                "time-order",
                "viewing began before the footage does",
            ),
            (json!({ "viewed-to": NOW + 1 }), "future", "viewing ended"),
            (json!({ "clip-sha256": null }), "cctv-copy", "no hash"),
            (json!({ "storage-place": null }), "cctv-copy", "no place"),
            (json!({ "delete-by": null }), "cctv-copy", "no date"),
            (json!({ "delete-by": "2026-09-30" }), "cctv-delete", "30 September 2026"),
            (json!({ "reason": "other" }), "cctv-reason", "nothing explains"),
        ],
    );
    let other = scene("cctv-access", "staff");
    other.expect(&good, "authority", "Member of staff");
    other.expect(&good, "cctv-authority", "nobody is named");
}

#[test]
fn answers_differ_of_one_purpose_and_fingerprints_are_asked_for_apart() {
    let answers = |purpose: &str, decision: &str| {
        json!({ "subject": "pupil-7f3a", "capacity": "parent",
            "purposes": [{ "purpose": purpose, "decision": decision }] })
    };
    let found = |now: &Json, rule: &str| {
        let before = past("consent", "staff", OTHER, &answers("website", "given"));
        let found = scene("consent", "staff").after(before).finds(now);
        found.iter().any(|finding| finding.starts_with(&format!("{rule}: ")))
    };
    assert!(found(&answers("website", "refused"), "consent-differs"));
    assert!(!found(&answers("website", "given"), "consent-differs"));
    assert!(!found(&answers("press", "refused"), "consent-differs"));
    let by_pupil = |purpose, decision| {
        with(&answers(purpose, decision), &json!({ "capacity": "pupil", "subject": "pupil-1" }))
    };
    assert!(found(&by_pupil("biometric", "given"), "biometric"));
    assert!(!found(&by_pupil("biometric", "refused"), "biometric"));
    assert!(!found(&by_pupil("website", "given"), "biometric"));
}
