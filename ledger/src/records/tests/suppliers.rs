//! Findings of suppliers, sharing, checks of safeguards and disposal.

use serde_json::{Value as Json, json};

use super::{document, scene, with};

fn check() -> Json {
    json!({
        "supplier": "Parley Video Ltd",
        "service": "video calls for classes",
        "documents-checked": [
            { "title": "Processing terms 4", "binding": "binding", "checked-by": "Sunita Rao" },
            { "title": "Newsletter", "binding": "mere-assurance", "checked-by": "Sunita Rao" },
        ],
        "countries": ["United Kingdom", "United States"],
        "ground": "uk-us-data-bridge",
        "breach-clause": true,
        "deletion-at-end": true,
        "agreement-signed": "2026-08-20",
        "expires": "2026-10-01",
        "conclusion": "suitable",
    })
}

/// What may speak against a supplier, with the rule and the words that say so.
fn faults() -> Vec<(Json, &'static str, &'static str)> {
    let assurance =
        json!([{ "title": "Newsletter", "binding": "mere-assurance", "checked-by": "Sunita Rao" }]);
    let unread = json!([{ "title": "Terms", "binding": "binding" }]);
    vec![
        (json!({ "documents-checked": null }), "supplier-documents", "no document"),
        (json!({ "documents-checked": assurance }), "supplier-documents", "mere assurance"),
        (json!({ "documents-checked": unread }), "supplier-documents", "who read this: Terms"),
        (json!({ "agreement-signed": null }), "supplier-agreement", "no agreement"),
        (json!({ "agreement-signed": "2026-10-02" }), "future", "2 October 2026"),
        (json!({ "expires": "2026-09-30" }), "supplier-agreement", "expired on 30 September 2026"),
        (json!({ "breach-clause": null }), "supplier-breach-clause", "tell the school"),
        (json!({ "breach-clause": false }), "supplier-breach-clause", "tell the school"),
        (json!({ "deletion-at-end": false }), "supplier-deletion", "delete or return"),
        (json!({ "countries": null }), "supplier-countries", "in which countries"),
        (json!({ "ground": null }), "transfer-ground", "to this country: United States"),
        (json!({ "ground": "eu-us-privacy-shield" }), "transfer-ground", "16 July 2020"),
        (json!({ "ground": "none" }), "transfer-ground", ""),
        (json!({ "ground": "not-known" }), "transfer-ground", ""),
    ]
}

#[test]
fn findings_of_supplier_checks() {
    let scene = scene("supplier-check", "it-lead");
    scene.each(&check(), &faults());
    scene.each(
        &with(
            &check(),
            &json!({ "conclusion": "suitable-with-settings", "settings": "no recording" }),
        ),
        &[
            (json!({ "settings": null }), "supplier-conclusion", "not said which"),
            (json!({ "conclusion": null }), "supplier-conclusion", "no conclusion"),
        ],
    );
    let at_home = json!({ "countries": ["England", "the UK"], "ground": null });
    scene.clean(&with(&check(), &at_home));
    scene.clean(&with(&check(), &with(&at_home, &json!({ "ground": "none" }))));
}

#[test]
fn nothing_that_speaks_against_a_supplier_is_called_suitable_unseen() {
    let scene = scene("supplier-check", "it-lead");
    for (fault, ..) in faults() {
        for conclusion in ["suitable", "suitable-with-settings"] {
            let called = with(&fault, &json!({ "conclusion": conclusion, "settings": "all off" }));
            scene.expect(&with(&check(), &called), "supplier-conclusion", "speaks against it");
        }
        let refused = with(&check(), &with(&fault, &json!({ "conclusion": "unsuitable" })));
        let found = scene.finds(&refused);
        assert!(!found.iter().any(|it| it.starts_with("supplier-conclusion")), "{found:?}");
    }
}

#[test]
fn a_ground_is_judged_on_the_day_of_the_check() {
    let on = |day: &str, ground: &str| {
        let change = json!({
            "ground": ground,
            "agreement-signed": "2020-05-01",
            "expires": null,
            "occurred": { "from": day, "to": day },
        });
        let found = scene("supplier-check", "it-lead").finds(&with(&check(), &change));
        found.iter().any(|finding| finding.starts_with("transfer-ground"))
    };
    assert!(!on("2020-07-15", "eu-us-privacy-shield"));
    assert!(on("2020-07-16", "eu-us-privacy-shield"));
    assert!(on("2023-10-11", "uk-us-data-bridge"));
    assert!(!on("2023-10-12", "uk-us-data-bridge"));
}

#[test]
fn findings_of_sharing() {
    let good = json!({
        "recipient": "Fernbank Academy",
        "reason": "the pupil moves there",
        "basis": "legal-obligation",
        "content-class": "child-protection-file",
        "method": "courier",
        "sent": "2026-09-20",
        "receipt-confirmed": "2026-09-20",
        "sent-apart": true,
    });
    scene("sharing", "dsl").each(
        &good,
        &[
            (json!({ "basis": null }), "sharing-basis", "no lawful basis"),
            (json!({ "method": "plain-e-mail" }), "sharing-method", "special category"),
            (json!({ "method": "post" }), "sharing-method", "by post"),
            (json!({ "sent-apart": null }), "sharing-apart", "main file"),
            (json!({ "sent-apart": false }), "sharing-apart", "main file"),
            (json!({ "receipt-confirmed": null }), "sharing-receipt", "not confirmed"),
            (json!({ "receipt-confirmed": "2026-09-19" }), "time-order", "before anything was"),
            (json!({ "sent": "2026-10-02" }), "future", "they were sent on 2 October"),
            (json!({ "receipt-confirmed": "2026-10-02" }), "future", "receipt was confirmed"),
            (
                json!({ "content-class": "exam", "method": "plain-e-mail" }),
                "sharing-method",
                "no secure way",
            ),
        ],
    );
    let file =
        json!({ "content-class": "pupil-file", "receipt-confirmed": null, "sent-apart": null });
    scene("sharing", "administrator").clean(&with(&good, &file));
}

#[test]
fn findings_of_checks_of_safeguards() {
    let good = json!({
        "control": "cupboards",
        "result": "faults-found",
        "checked": "2026-10-01",
        "found": "one was open",
    });
    scene("control-check", "staff").each(
        &good,
        &[
            (json!({ "found": null }), "control-faults", "not said which"),
            (json!({ "checked": "2026-10-02" }), "future", "2 October 2026"),
        ],
    );
    scene("control-check", "staff")
        .clean(&with(&good, &json!({ "result": "in-order", "found": null })));
}

#[test]
fn findings_of_disposal() {
    let good = json!({
        "record-class": "visitor books",
        "retention-rule": "visitor books: 6 years",
        "method": "contractor",
        "disposed": "2026-10-01",
        "contractor": "Shredwell",
        "certificate": "88-1",
    });
    scene("disposal", "administrator").each(
        &good,
        &[
            (json!({ "retention-rule": null }), "disposal-rule", "no rule"),
            (json!({ "contractor": null }), "disposal-contractor", "not said who"),
            (json!({ "certificate": null }), "disposal-certificate", "no certificate"),
            (
                json!({ "certificate": null, "method": "shredded" }),
                "disposal-certificate",
                "no certificate",
            ),
            (json!({ "disposed": "2026-10-02" }), "future", "2 October 2026"),
        ],
    );
    let attached = json!({ "certificate": null, "documents": document("ab") });
    scene("disposal", "administrator").clean(&with(&good, &attached));
    let own = json!({ "certificate": null, "contractor": null, "method": "shredded" });
    scene("disposal", "administrator").clean(&with(&good, &own));
}
