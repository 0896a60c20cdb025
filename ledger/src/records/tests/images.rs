//! Findings of what follows a withdrawal, of photography, and of video meetings.

use serde_json::{Value as Json, json};

use super::{HOUR, NOW, OTHER, Scene, past, scene, with};
use crate::records::kind::Relation;

/// A removal after a withdrawal that came on 20 September 2026 and names two places.
fn removing() -> Scene {
    let withdrawal = json!({
        "received": NOW - 11 * 24 * HOUR,
        "capacity": "parent",
        "places": ["school website", "Hall display"],
    });
    scene("image-removal", "administrator")
        .after(past("consent-withdrawal", "staff", OTHER, &withdrawal))
        .linking(Relation::Removes, 0)
}

#[test]
fn findings_of_removals() {
    let good = json!({
        "place": "hall display",
        "what": "destroyed",
        "done": "2026-09-22",
        "confirmation-sent": "2026-09-22",
    });
    removing().each(
        &good,
        &[
            (json!({ "place": "hall" }), "withdrawal-places", "names no such place: hall"),
            (json!({ "what": null }), "removal-how", "what was done"),
            (json!({ "done": "2026-09-19" }), "time-order", "before consent was withdrawn"),
            (json!({ "confirmation-sent": "2026-09-21" }), "time-order", "before it was done"),
            (json!({ "done": "2026-10-02" }), "future", "it was done on 2 October"),
            (json!({ "confirmation-sent": "2026-10-02" }), "future", "it was confirmed on 2 Octo"),
        ],
    );
    // Of two parents' withdrawals, the linked one is meant.
    let other = json!({ "received": NOW - HOUR, "capacity": "parent", "places": ["newsletter"] });
    removing().after(past("consent-withdrawal", "staff", OTHER, &other)).clean(&good);
    let note = past("note", "staff", OTHER, &json!({ "text": "a call" }));
    scene("image-removal", "staff").after(note).linking(Relation::Removes, 0).expect(
        &good,
        "removal-of-what",
        "entry 0, after which",
    );
    let posted =
        json!({ "where": "a forum", "found": "2026-09-20", "removal-asked": "2026-09-20" });
    scene("image-removal", "staff")
        .after(past("image-challenge", "staff", OTHER, &posted))
        .linking(Relation::Removes, 0)
        .clean(&good);
}

#[test]
fn findings_of_challenges() {
    let good = json!({
        "where": "a public page of a social network",
        "posted-by": "public",
        "found": "2026-09-20",
        "removal-asked": "2026-09-21",
        "outcome": "removed",
    });
    scene("image-challenge", "staff").each(
        &good,
        &[
            (json!({ "removal-asked": null }), "challenge-asked", "nothing says"),
            (json!({ "removal-asked": "2026-09-19" }), "time-order", "before the images"),
            (json!({ "found": "2026-10-02" }), "future", "found on 2 October"),
            (json!({ "removal-asked": "2026-10-02" }), "future", "its removal was asked for"),
            (json!({ "outcome": "refused" }), "challenge-open", "still published"),
            (json!({ "outcome": "no-reply" }), "challenge-open", "still published"),
        ],
    );
    for outcome in ["not-pursued", "reported"] {
        scene("image-challenge", "staff")
            .clean(&with(&good, &json!({ "outcome": outcome, "removal-asked": null })));
    }
}

#[test]
fn findings_of_photography() {
    let press = json!({
        "event": "Harvest assembly",
        "event-date": "2026-10-01",
        "photographer": "The Northshire Post",
        "sort": "press",
        "identity-verified": true,
        "agreement-signed": true,
        "first-names-only": true,
        "supervised": true,
        "visitor-badge": true,
    });
    let permit = || scene("photography-permit", "leadership-group");
    permit().each(
        &press,
        &[
            (json!({ "identity-verified": null }), "photo-identity", "not verified"),
            (json!({ "identity-verified": false }), "photo-identity", "not verified"),
            (json!({ "agreement-signed": null }), "photo-agreement", "no agreement"),
            (json!({ "first-names-only": false }), "photo-names", "first names"),
            (json!({ "supervised": false }), "photo-supervised", "supervised"),
            (json!({ "visitor-badge": null }), "photo-badge", "badge"),
            (json!({ "trip-devices": "allowed" }), "photo-devices", "people's own devices"),
            (json!({ "event-date": "2026-09-30" }), "permit-late", "the event was on 30 September"),
            (json!({ "sort": "trip" }), "photo-devices", "not said which devices"),
        ],
    );
    // Permitted by word before the event, and recorded after it.
    let decided = json!({
        "event-date": "2026-09-30",
        "occurred": { "from": "2026-09-29", "to": "2026-09-29" },
    });
    permit().clean(&with(&press, &decided));
    let bare = |sort: &str| json!({ "event": "a day", "event-date": "2026-10-02", "photographer": "A firm", "sort": sort });
    permit().clean(&bare("school"));
    permit().clean(&with(&bare("trip"), &json!({ "trip-devices": "school-devices" })));
    permit().expect(&bare("professional"), "photo-agreement", "no agreement");
    permit().expect(&bare("professional"), "photo-supervised", "supervised");
    permit().expect(&bare("visitor"), "photo-supervised", "supervised");
    permit().clean(&with(&bare("visitor"), &json!({ "supervised": true, "visitor-badge": true })));
    scene("photography-permit", "chair-of-governors").clean(&press);
    scene("photography-permit", "staff").expect(&press, "authority", "Member of staff");
}

fn meeting() -> Json {
    json!({
        "host": "Bryn Hughes",
        "held": "2026-10-01",
        "started": NOW - 2 * HOUR,
        "minutes": 40,
        "adults-count": 2,
        "pupils-count": 14,
        "waiting-room": true,
        "passcode": true,
        "recorded": false,
    })
}

#[test]
fn findings_of_meetings() {
    scene("meeting-log", "staff").each(
        &meeting(),
        &[
            (json!({ "started": null, "minutes": null }), "meeting-attendance", "not: when it beg"),
            (json!({ "pupils-count": null }), "meeting-attendance", "how many pupils"),
            (json!({ "held": "2026-09-30" }), "time-order", "another day"),
            (json!({ "held": "2026-10-02" }), "future", "2 October 2026"),
            (json!({ "waiting-room": false }), "meeting-entry", "waited"),
            (json!({ "waiting-room": null }), "meeting-entry", "waited"),
            (json!({ "passcode": false }), "meeting-entry", "passcode"),
            (json!({ "recorded": true }), "recording-consents", "agreed"),
            (json!({ "incident": "a stranger came in" }), "safeguarding-told", "went wrong"),
        ],
    );
    let agreed = json!({ "recorded": true, "recording-consents": true });
    scene("meeting-log", "staff").clean(&with(&meeting(), &agreed));
    let told = json!({ "incident": "a stranger came in", "safeguarding-told": "yes" });
    scene("meeting-log", "staff").clean(&with(&meeting(), &told));
}

#[test]
fn one_adult_alone_with_one_pupil_always_shows() {
    let alone = with(&meeting(), &json!({ "adults-count": 1, "pupils-count": 1 }));
    let scene = scene("meeting-log", "meeting-host");
    scene.expect(&alone, "one-to-one", "was the safeguarding lead told?");
    for (told, words) in [
        ("yes", "the safeguarding lead was told"),
        ("no", "was not told"),
        ("not-needed", "not to be needed"),
    ] {
        scene.expect(&with(&alone, &json!({ "safeguarding-told": told })), "one-to-one", words);
    }
    scene.clean(&with(&alone, &json!({ "second-adult": true })));
    scene.clean(&with(&alone, &json!({ "pupils-count": 2 })));
    scene.clean(&with(&alone, &json!({ "adults-count": 2 })));
}
