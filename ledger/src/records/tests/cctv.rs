//! Findings of cameras, of what becomes of their images, and of covert monitoring.

use serde_json::{Value as Json, json};

use super::{HEAD, HOUR, NOW, OTHER, Past, Scene, past, scene, with};
use crate::records::common::{REFUSED, findings};
use crate::records::facts::{Author, Facts};
use crate::records::kind::Relation;

const DAY: i64 = 24 * HOUR;

fn camera() -> Json {
    json!({
        "camera": "Gate 2",
        "type": "dome",
        "location": "above the side gate, looking at the path",
        "area": "entrance",
        "purpose": "damage to bicycles",
        "sound": false,
        "signage": true,
        "privacy-check": "the neighbours' windows are masked",
        "retention-days": 30,
        "status": "in-use",
        "since": "2026-09-01",
    })
}

#[test]
fn findings_of_cameras() {
    let dpia = || {
        past("dpia-approval", "headteacher", OTHER, &json!({ "review-date": "2027-09-01" }))
            .deciding("approved")
    };
    let linked = || scene("cctv-camera", "staff").linking(Relation::About, 0).after(dpia());
    linked().each(
        &camera(),
        &[
            (json!({ "area": "classroom" }), "cctv-classroom", "a classroom"),
            (json!({ "area": "toilet-or-changing" }), "cctv-private", "toilet or changing room"),
            (json!({ "area": null }), "cctv-area", "what sort of place"),
            (json!({ "sound": true }), "cctv-sound", "records sound"),
            (json!({ "sound": null }), "cctv-sound", "not said"),
            (json!({ "signage": false }), "cctv-signage", "no signs"),
            (json!({ "signage": null }), "cctv-signage", "no signs"),
            (json!({ "purpose": null }), "cctv-purpose", "what the camera is for"),
            (json!({ "privacy-check": null }), "cctv-privacy-check", "no check"),
            (json!({ "retention-days": null }), "cctv-delete", "how many days"),
        ],
    );
    linked().clean(&with(&camera(), &json!({ "status": "planned", "signage": null })));
    // What is gone needs nothing.
    scene("cctv-camera", "staff")
        .clean(&json!({ "camera": "Gate 1", "location": "gate", "status": "removed" }));
}

#[test]
fn a_new_camera_links_to_its_dpia() {
    let new = || scene("cctv-camera", "staff");
    new().expect(&camera(), "cctv-dpia", "links to no DPIA");
    let note = || past("note", "staff", OTHER, &json!({ "text": "a DPIA is being written" }));
    new().linking(Relation::About, 0).after(note()).expect(&camera(), "cctv-dpia", "no DPIA");
    // It was there before DPIAs were owed, or is on record already.
    new().clean(&with(&camera(), &json!({ "since": "2018-05-24" })));
    new().expect(&with(&camera(), &json!({ "since": "2018-05-25" })), "cctv-dpia", "no DPIA");
    let earlier = |name: &str| {
        past("cctv-camera", "staff", OTHER, &with(&camera(), &json!({ "camera": name })))
    };
    new().after(earlier("gate 2 ")).clean(&camera());
    new().after(earlier("gate 3")).expect(&camera(), "cctv-dpia", "no DPIA");
}

#[test]
fn findings_of_disclosures() {
    let good = json!({
        "recipient": "Northshire Police",
        "organisation": "police",
        "reference": "NP/4711/26",
        "cameras": ["Gate 2"],
        "footage-from": NOW - 9 * HOUR,
        "footage-to": NOW - 8 * HOUR,
        "disclosed": NOW - HOUR,
        "method": "encrypted-copy",
        "redaction": "extract",
        "purpose": "theft of a bicycle",
    });
    let rule = "cctv-disclosure";
    scene("cctv-disclosure", "cctv-caretaker").each(
        &good,
        &[
            (json!({ "reference": null }), rule, "no reference"),
            (json!({ "purpose": null }), rule, "what the images are for"),
            (json!({ "method": null }), rule, "in which way"),
            (json!({ "redaction": "not-done" }), rule, "were not protected"),
            (json!({ "redaction": null }), rule, "not said how others"),
            (json!({ "footage-to": NOW - 10 * HOUR }), "time-order", "footage-to is before"),
            (json!({ "disclosed": NOW - 10 * HOUR }), "time-order", "disclosed is before"),
            (json!({ "disclosed": NOW + 1 }), "future", "disclosed is after"),
        ],
    );
    for organisation in ["parent", "insurer", "other"] {
        let unusual = with(
            &good,
            &json!({
                "organisation": organisation,
                "reference": null,
                "other-reason": "the claim needs it",
                "authorised-by": "Hannah Price",
            }),
        );
        scene("cctv-disclosure", "cctv-caretaker").each(
            &unusual,
            &[
                (json!({ "other-reason": null }), rule, "no reason"),
                (json!({ "authorised-by": null }), rule, "nobody is named"),
            ],
        );
    }
    for usual in ["investigator", "discipline", "data-subject", "court", "regulator"] {
        let change = json!({ "organisation": usual, "reference": null });
        scene("cctv-disclosure", "cctv-caretaker").clean(&with(&good, &change));
    }
}

#[test]
fn images_go_when_their_cameras_period_ends() {
    let good = json!({
        "cameras": ["gate 2"],
        "footage-from": NOW - 30 * DAY,
        "footage-to": NOW - 29 * DAY,
        "deleted": NOW,
        "method": "overwritten",
        "reason": "retention-ended",
    });
    let kept = || {
        let camera = past("cctv-camera", "staff", OTHER, &camera());
        scene("cctv-deletion", "cctv-caretaker").after(camera)
    };
    let late = "longer than its 30 days, which ended on 30 September 2026";
    kept().each(
        &good,
        &[
            (json!({ "footage-from": NOW - 31 * DAY }), "cctv-delete", late),
            (
                json!({ "footage-from": null, "footage-to": NOW - 31 * DAY }),
                "cctv-delete",
                "images of gate 2",
            ),
            (json!({ "cameras": ["hall"] }), "cctv-delete", "how long images of hall"),
            (json!({ "cameras": null }), "cctv-deletion", "which cameras"),
            (json!({ "method": null }), "cctv-deletion", "in which way"),
            (json!({ "reason": null }), "cctv-deletion", "not said why"),
            (json!({ "footage-from": null, "footage-to": null }), "cctv-deletion", "which footage"),
            (json!({ "footage-to": NOW - 31 * DAY }), "time-order", "footage-to is before"),
            (json!({ "deleted": NOW - 40 * DAY }), "time-order", "deleted is before"),
            (json!({ "deleted": NOW + 1 }), "future", "deleted is after"),
        ],
    );
    // The newest record of the camera counts, and one without a period says nothing.
    let since = |days: Json| {
        let camera = with(&camera(), &json!({ "retention-days": days }));
        kept().after(past("cctv-camera", "staff", OTHER, &camera))
    };
    since(json!(14)).expect(&good, "cctv-delete", "14 days");
    since(Json::Null).expect(&good, "cctv-delete", "no record at hand");
    since(json!(i64::from(u32::MAX))).clean(&good);
    // At one moment is in order.
    let at_once = json!({ "footage-from": NOW, "footage-to": NOW });
    let found = kept().finds(&with(&good, &at_once));
    assert!(!found.iter().any(|finding| finding.starts_with("time-order")), "{found:?}");
}

#[test]
fn findings_of_complaints() {
    let good = json!({
        "received": "2026-09-21",
        "what": "a camera looks into a garden",
        "passed-to": "Sunita Rao",
        "outcome": "upheld",
        "answered": "2026-09-25",
        "reply": "the camera was turned",
    });
    scene("cctv-complaint", "administrator").each(
        &good,
        &[
            (json!({ "passed-to": null }), "cctv-complaint", "who deals with it"),
            (json!({ "answered": null }), "cctv-complaint", "when it was answered"),
            (json!({ "reply": null }), "cctv-complaint", "what was answered"),
            (json!({ "answered": "2026-09-20" }), "time-order", "answered before"),
            (json!({ "answered": "2026-10-02" }), "future", "2 October 2026"),
        ],
    );
    let open = json!({ "outcome": "open", "answered": null, "reply": null });
    scene("cctv-complaint", "administrator").clean(&with(&good, &open));
}

fn covert() -> Json {
    json!({
        "suspected": true,
        "telling-would-prejudice": true,
        "reasons": "cash has gone missing six times; counting twice did not help",
        "area": "the bursar's office",
        "area-kind": "office",
        "controller-advised": NOW - HOUR,
        "start": NOW + DAY,
        "longest-end": "2026-10-16",
    })
}

#[test]
fn findings_of_covert_authorisations() {
    scene("covert-authorisation", "leadership-group").each(
        &covert(),
        &[
            (json!({ "suspected": false }), "covert-grounds", "is suspected"),
            (json!({ "telling-would-prejudice": false }), "covert-grounds", "would not prejudice"),
            (json!({ "area-kind": "classroom" }), "cctv-classroom", "a classroom"),
            (json!({ "controller-advised": null }), "covert-advised", "not said when"),
            (
                json!({ "controller-advised": NOW + 2 * DAY }),
                "covert-advised",
                "after it started, on 3 October 2026",
            ),
            (json!({ "start": NOW }), "covert-approval", "before anybody can have approved it"),
            (json!({ "longest-end": "2026-10-31" }), "covert-end", "29 days, which is more than"),
            (json!({ "longest-end": "2026-10-01" }), "covert-end", "before its start"),
            (
                json!({ "start": NOW - 20 * DAY, "longest-end": "2026-09-30" }),
                "covert-end",
                "30 September 2026, has passed",
            ),
        ],
    );
    // Four weeks to the day.
    scene("covert-authorisation", "leadership-group")
        .clean(&with(&covert(), &json!({ "longest-end": "2026-10-30" })));
    scene("covert-authorisation", "headteacher").expect(&covert(), "authority", "Headteacher");
}

#[test]
fn covert_cameras_in_private_places_are_found_by_the_rule_that_refuses() {
    let facts = Facts {
        author: Author { person: [HEAD; 16], role: "leadership-group", roles: &[] },
        time: NOW,
        decision: None,
        links: &[],
        case: &[],
        linked: &[],
    };
    let kind = crate::records::newest("covert-authorisation").expect("a known kind");
    let refused = |area: &str| {
        let answers = super::answers(kind.name, &with(&covert(), &json!({ "area-kind": area })));
        findings(kind, &answers, &facts).iter().any(|finding| REFUSED.contains(&finding.rule))
    };
    assert!(refused("toilet-or-changing"));
    for area in ["office", "store", "outdoor", "corridor", "classroom", "other"] {
        assert!(!refused(area), "{area}");
    }
}

/// An authorisation of what starts so many hours after the approval of the tests' past.
fn authorised(by: u8, hours: i64) -> Past {
    let start = json!({ "start": NOW - HOUR + hours * HOUR });
    past("covert-authorisation", "leadership-group", by, &with(&covert(), &start))
}

#[test]
fn an_approval_comes_before_covert_monitoring_starts() {
    let approving = |hours: i64| {
        scene("approval", "headteacher")
            .deciding("approved")
            .linking(Relation::Approves, 0)
            .after(authorised(OTHER, hours))
    };
    approving(1).clean(&json!({}));
    approving(0).expect(&json!({}), "covert-approval", "entry 0, after its start on 1 October");
    // Given in time on another day, and recorded later.
    let earlier = json!({ "occurred": { "from": "2026-09-30", "to": "2026-09-30" } });
    approving(0).clean(&earlier);
    approving(0).deciding("refused").clean(&json!({}));
}

#[test]
fn findings_of_the_end_of_covert_monitoring() {
    let good = json!({
        "ended": NOW - 60,
        "result": "nothing was found",
        "footage": "deleted",
        "people-told": "yes",
    });
    let approval = |role, by| {
        past("approval", role, by, &json!({})).deciding("approved").linking(Relation::Approves, 0)
    };
    let ending = |hours: i64| {
        scene("covert-end", "staff").linking(Relation::About, 0).after(authorised(OTHER, hours))
    };
    let approved = || ending(0).after(approval("headteacher", HEAD));
    approved().each(
        &good,
        &[
            (json!({ "result": null }), "covert-end", "what came of the investigation"),
            (json!({ "footage": null }), "covert-end", "what became of the images"),
            (json!({ "people-told": null }), "covert-told", "not said"),
            (json!({ "people-told": "not-yet" }), "covert-told", "still to be told"),
            (json!({ "ended": NOW + 1 }), "future", "after this record"),
            (json!({ "ended": NOW - 2 * HOUR }), "time-order", "before it started"),
            (json!({ "ended": NOW + 16 * DAY }), "covert-end", "after its last day, 16 October"),
        ],
    );
    let lacks = |scene: Scene| scene.expect(&good, "covert-approval", "no approval");
    lacks(ending(0));
    lacks(ending(-1).after(approval("headteacher", HEAD)));
    lacks(ending(0).after(approval("headteacher", OTHER)));
    lacks(ending(0).after(approval("staff", HEAD)));
    lacks(ending(0).after(approval("headteacher", HEAD).deciding("refused")));
    let paper = |date: &str, role: &str| {
        let paper =
            json!({ "person": "Owen Reid", "role": role, "date": date, "what": "approved" });
        past("paper-signature", "administrator", HEAD, &paper).linking(Relation::Approves, 0)
    };
    ending(0).after(paper("2026-10-01", "chair-of-governors")).clean(&good);
    lacks(ending(0).after(paper("2026-10-02", "chair-of-governors")));
    lacks(ending(0).after(paper("2026-10-01", "staff")));

    let alone = scene("covert-end", "staff");
    alone.expect(&good, "covert-end", "no authorisation");
    scene("covert-end", "staff")
        .linking(Relation::About, 0)
        .after(past("note", "staff", OTHER, &json!({ "text": "x" })))
        .expect(&good, "covert-end", "no authorisation");
}
