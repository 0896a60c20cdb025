//! Findings of the record of processing activities and of privacy notices, and how they fit
//! what other records say.

use serde_json::{Value as Json, json};

use super::{OTHER, Past, document, past, scene, with};
use crate::format::cbor::Value;
use crate::records::answers::Answers;
use crate::records::kind::Relation;

fn activity() -> Json {
    json!({
        "name": "Attendance",
        "owner": "B. Clerk",
        "purposes": ["registers"],
        "people-kinds": ["pupils"],
        "data-types": ["presence"],
        "special-data": ["reasons of health"],
        "condition": "substantial public interest",
        "transfers": [{ "country": "France", "ground": "adequacy" }],
        "retention": "3 years",
        "security": "on the school's own server",
        "basis": "public-task",
        "next-review": "2027-09-01",
    })
}

#[test]
fn an_activity_asks_for_what_the_law_wants_recorded() {
    let going = |ground: Json| {
        let mut transfer = json!({ "country": "the United States" });
        if !ground.is_null() {
            transfer["ground"] = ground;
        }
        json!({ "transfers": [{ "country": "France", "ground": "adequacy" }, transfer] })
    };
    scene("processing-activity", "gdpr-lead").each(
        &activity(),
        &[
            (json!({ "purposes": null }), "ropa", "what the data are for"),
            (json!({ "people-kinds": null }), "ropa", "whose data"),
            (json!({ "data-types": null }), "ropa", "which data"),
            (json!({ "retention": null }), "ropa", "how long"),
            (json!({ "security": null }), "ropa", "how the data are protected"),
            (json!({ "basis": null }), "ropa", "no lawful basis"),
            (json!({ "condition": null }), "special-condition", "no condition"),
            (json!({ "next-review": null }), "ropa", "no day"),
            (json!({ "next-review": "2026-09-30" }), "ropa", "was due on 30 September 2026"),
            (going(Json::Null), "transfer-ground", "data go to the United States; no ground"),
            (going(json!("none")), "transfer-ground", "the United States; no ground"),
            (going(json!("not-known")), "transfer-ground", "not known"),
            (going(json!("eu-us-privacy-shield")), "transfer-ground", "since 16 July 2020"),
        ],
    );
    let held = scene("processing-activity", "gdpr-lead");
    held.clean(&with(&activity(), &going(json!("uk-us-data-bridge"))));
    held.clean(&with(&activity(), &json!({ "special-data": null, "condition": null })));
    // What ended is judged by its own day, and not looked at again.
    let ended = json!({ "ended": "2020-03-31", "next-review": null });
    let shield = with(&ended, &going(json!("eu-us-privacy-shield")));
    held.clean(&with(&activity(), &shield));
}

#[test]
fn legitimate_interests_are_asked_about_by_the_kind_of_school() {
    let of = |school: &str| {
        let genesis = json!({ "name": "A. Head", "establishment": { "name": "Hill School" },
            "controller": { "legal-name": "Hill Trust" }, "type": school });
        scene("processing-activity", "gdpr-lead").after(past("genesis", "headteacher", 1, &genesis))
    };
    for basis in ["legitimate-interests", "recognised-legitimate-interests"] {
        let change = with(&activity(), &json!({ "basis": basis }));
        scene("processing-activity", "gdpr-lead").expect(&change, "basis", "as most schools are");
        for school in
            ["la-maintained", "maintained-nursery", "pru", "academy-or-free", "sixth-form"]
        {
            of(school).expect(&change, "basis", "the school is one");
            of(school).clean(&activity());
        }
        of("independent").clean(&change);
        of("non-maintained-special").clean(&change);
    }
}

#[test]
fn a_basis_is_held_against_what_other_records_rest_on() {
    let beside =
        |relation, past| scene("processing-activity", "gdpr-lead").linking(relation, 0).after(past);
    let consent = || past("consent", "staff", OTHER, &json!({ "subject": "p4k9z2" }));
    beside(Relation::About, consent()).expect(
        &activity(),
        "basis-differs",
        "it rests on public task, and entry 0 on consent",
    );
    beside(Relation::About, consent()).clean(&with(&activity(), &json!({ "basis": "consent" })));
    let before = |basis: &str| {
        let before = with(&activity(), &json!({ "basis": basis }));
        beside(Relation::Continues, past("processing-activity", "staff", OTHER, &before))
    };
    before("consent").expect(&activity(), "basis-differs", "entry 0 on consent");
    before("public-task").clean(&activity());
    // A DPIA has a basis for each of its purposes; one of them is enough.
    let dpia = |bases: &[&str]| {
        let purpose = |basis: &&str| Value::map([("basis", Value::text(*basis))]);
        let mut answers = Answers::default();
        answers.set("purposes", Value::Array(bases.iter().map(purpose).collect()));
        beside(Relation::About, of_kind("dpia", answers))
    };
    dpia(&["consent", "contract"]).expect(&activity(), "basis-differs", "on consent, contract");
    dpia(&["consent", "public-task"]).clean(&activity());
    // What is in the case and isn't linked concerns something else.
    scene("processing-activity", "gdpr-lead").after(consent()).clean(&activity());
}

/// An entry of a kind that other rooms of the catalogue bring.
fn of_kind(kind: &'static str, answers: Answers) -> Past {
    Past {
        kind,
        role: "staff",
        person: OTHER,
        decision: None,
        answers,
        links: Vec::new(),
        erased: false,
    }
}

#[test]
fn a_privacy_notice_asks_where_it_is_and_whom_it_names() {
    let good = json!({
        "title": "How we use pupils' data",
        "notice-version": "2026-2",
        "audience": ["pupils", "parents"],
        "published": "2026-09-01",
        "published-where": ["school website"],
        "processors-added": ["Chalkboard Cloud Ltd"],
        "next-review": "2027-09-01",
        "documents": document("aa"),
    });
    scene("privacy-notice", "dpo").each(
        &good,
        &[
            (json!({ "published": null }), "privacy-notice", "when it was published"),
            (json!({ "published-where": null }), "privacy-notice", "where it can be read"),
            (json!({ "next-review": null }), "privacy-notice", "no day"),
            (json!({ "next-review": "2026-09-30" }), "privacy-notice", "was due"),
            (json!({ "documents": null }), "no-document", "notice itself"),
            (json!({ "published": "2026-10-02" }), "future", "publication is dated 2 October"),
        ],
    );
    let checked = |conclusion: &str| {
        let mut answers = Answers::default();
        answers.set("supplier", Value::text("Chalkboard Cloud"));
        answers.set("conclusion", Value::text(conclusion));
        scene("privacy-notice", "dpo").after(of_kind("supplier-check", answers))
    };
    let silent = with(&good, &json!({ "processors-added": null }));
    checked("suitable").clean(&good);
    checked("suitable").expect(&silent, "privacy-notice", "adds the supplier Chalkboard Cloud");
    checked("unsuitable").clean(&silent);
    // An earlier notice named it already.
    checked("suitable").after(past("privacy-notice", "dpo", OTHER, &good)).clean(&silent);
    let mut dpia = Answers::default();
    let processor = Value::map([("name", Value::text("Wave Video"))]);
    dpia.set("processors", Value::Array(vec![processor]));
    scene("privacy-notice", "dpo").after(of_kind("dpia", dpia)).expect(
        &good,
        "privacy-notice",
        "entry 0 adds the supplier Wave Video",
    );
}
