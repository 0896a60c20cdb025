//! Findings of requests and complaints, and of what is done about them.

use serde_json::{Value as Json, json};

use super::{OTHER, Scene, past, scene, with};
use crate::records::kind::Relation;

fn request() -> Json {
    json!({
        "type": "subject-access",
        "channel": "e-mail",
        "written": true,
        "received": "2026-09-01",
        "requester": "parent",
        "authority": "shown",
        "child-capacity": "does-not",
        "subject": "p4k9z2",
        "scope": "attendance since 2024",
    })
}

#[test]
fn findings_of_requests() {
    scene("request", "staff").each(
        &request(),
        &[
            (json!({ "received": "2026-10-02" }), "future", "received on 2 October 2026"),
            (json!({ "subject": null }), "request-subject", "no reference"),
            (json!({ "requester": null }), "requester", "who asked"),
            (json!({ "authority": null }), "parental-responsibility", "not checked"),
            (json!({ "authority": "missing" }), "parental-responsibility", "not checked"),
            (json!({ "child-capacity": null }), "child-capacity", "not considered"),
            (json!({ "child-capacity": "not-considered" }), "child-capacity", "not considered"),
            (
                json!({ "child-capacity": "understands", "authority": "not-needed" }),
                "child-capacity",
                "if the child agrees",
            ),
            (json!({ "child-capacity": "not-a-child" }), "child-capacity", "no child"),
        ],
    );
    scene("request", "staff").clean(&with(&request(), &json!({ "child-capacity": "understands" })));
    let own = with(&request(), &json!({ "requester": "subject", "authority": null }));
    scene("request", "staff").clean(&with(&own, &json!({ "child-capacity": null })));
}

#[test]
fn nobody_asks_for_another_without_authority() {
    let by = |requester: &str, authority: &str| {
        with(&request(), &json!({ "requester": requester, "authority": authority }))
    };
    let scene = scene("request", "staff");
    for requester in ["solicitor", "attorney", "court-appointed", "other"] {
        for authority in ["missing", "not-needed"] {
            scene.expect(&by(requester, authority), "third-party-authority", "for another");
        }
        scene.clean(&by(requester, "shown"));
        scene.clean(&by(requester, "asked"));
    }
    let unsaid = with(&by("solicitor", "shown"), &json!({ "authority": null }));
    scene.expect(&unsaid, "third-party-authority", "a solicitor");
}

#[test]
fn findings_of_requests_for_records_and_marks() {
    // The right is the parent's own, so what the child understands is not asked.
    let record = json!({ "type": "educational-record", "child-capacity": null });
    scene("request", "staff").each(
        &with(&request(), &record),
        &[
            (json!({ "written": false }), "edu-record", "and this was not"),
            (json!({ "written": null }), "edu-record", "not said here"),
            (json!({ "requester": "subject" }), "edu-record", "only a parent"),
        ],
    );
    let marks = json!({ "type": "exam-marks", "results-announced": "2026-09-02" });
    let on_the_day = json!({ "results-announced": "2026-09-01" });
    scene("request", "staff")
        .each(&with(&request(), &marks), &[(on_the_day, "exam-marks", "1 September 2026")]);
}

#[test]
fn rights_that_depend_on_the_basis_ask_for_it() {
    let erasure = with(&request(), &json!({ "type": "erasure", "basis": "public-task" }));
    scene("request", "staff").each(
        &erasure,
        &[
            (json!({ "basis": null }), "rights-by-basis", "erasure is asked for"),
            (json!({ "type": "objection", "basis": "consent" }), "rights-by-basis", "withdrawal"),
            (
                json!({ "basis": "recognised-legitimate-interests", "received": "2026-02-04" }),
                "rights-by-basis",
                "on 4 February 2026",
            ),
        ],
    );
    scene("request", "staff")
        .clean(&with(&erasure, &json!({ "type": "rectification", "basis": null })));
}

/// A scene of `kind` in the case of `request()` with `change`, after these steps.
fn case_of(kind: &'static str, role: &'static str, change: &Json, steps: &[Json]) -> Scene {
    let begun = past("request", "staff", OTHER, &with(&request(), change));
    let scene = scene(kind, role).after(begun);
    steps.iter().fold(scene, |scene, step| scene.after(past("request-step", "staff", OTHER, step)))
}

fn step(name: &str, done: &str) -> Json {
    json!({ "step": name, "done": done })
}

/// A step after the request as it stands, and these earlier ones.
fn after(steps: &[Json]) -> Scene {
    case_of("request-step", "staff", &json!({}), steps)
}

#[test]
fn findings_of_any_step() {
    let acknowledged = step("acknowledged", "2026-09-01");
    after(&[]).each(
        &acknowledged,
        &[
            (json!({ "done": "2026-08-31" }), "time-order", "before the request"),
            (json!({ "done": "2026-10-02" }), "future", "2 October 2026"),
            (step("identity-asked", "2026-09-02"), "identity-doubt", "no doubt"),
            (step("identity-received", "2026-09-02"), "identity-seen", "what sort of proof"),
            (step("identity-received", "2026-09-02"), "identity-seen", "who saw"),
            (step("authority-received", "2026-09-02"), "authority-seen", "what sort of proof"),
            (step("fee-asked", "2026-09-02"), "request-fee", "a fee"),
            (step("unfounded-or-excessive", "2026-09-02"), "unfounded-reasons", "no reasons"),
            (step("clarification-answered", "2026-09-02"), "sar-clarify", "nothing recorded"),
            (step("results-announced", "2026-09-02"), "exam-marks", "marks"),
        ],
    );
    scene("request-step", "staff").expect(&acknowledged, "no-request", "no request");
    after(&[])
        .clean(&with(&step("identity-asked", "2026-09-02"), &json!({ "doubt": "new address" })));
    let seen = json!({ "seen": "passport", "seen-by": "M. Lane" });
    after(&[]).clean(&with(&step("identity-received", "2026-09-02"), &seen));
    after(&[]).clean(&with(
        &step("unfounded-or-excessive", "2026-09-02"),
        &json!({ "reason": "the same as in June" }),
    ));
    after(&[step("clarification-asked", "2026-09-02")])
        .clean(&step("clarification-answered", "2026-09-04"));
    let fee = step("fee-asked", "2026-09-03");
    after(&[step("unfounded-or-excessive", "2026-09-02")]).clean(&fee);
    after(&[]).clean(&with(&fee, &json!({ "reason": "a second copy" })));
    case_of("request-step", "staff", &json!({ "type": "educational-record" }), &[]).clean(&fee);
    case_of("request-step", "staff", &json!({ "type": "exam-marks" }), &[])
        .clean(&step("results-announced", "2026-09-02"));
}

#[test]
fn clarification_is_asked_at_once_and_only_about_access() {
    let asked = |done| with(&step("clarification-asked", done), &json!({ "reason": "six years" }));
    after(&[]).each(
        &asked("2026-09-08"),
        &[
            (json!({ "done": "2026-09-09" }), "sar-clarify", "more than a week"),
            (json!({ "reason": null }), "sar-clarify", "not said why"),
        ],
    );
    let long_ago = || case_of("request-step", "staff", &json!({ "received": "2026-08-20" }), &[]);
    long_ago().expect(&asked("2026-09-25"), "sar-clarify", "when the answer was due");
    // 24 September may be the last day, if four days before it are free of work.
    long_ago().expect(&asked("2026-09-24"), "sar-clarify", "more than a week");
    let erasure = json!({ "type": "erasure", "basis": "consent" });
    case_of("request-step", "staff", &erasure, &[]).expect(
        &asked("2026-09-02"),
        "sar-clarify",
        "not for access",
    );
    // The month begins when the proof arrives that was asked for, and not before.
    let identity = [step("identity-asked", "2026-09-02"), step("identity-received", "2026-09-14")];
    after(&identity).clean(&asked("2026-09-21"));
    after(&identity).expect(&asked("2026-09-22"), "sar-clarify", "began on 14 September 2026");
    after(&identity[..1]).clean(&asked("2026-09-21"));
    // Proof that nobody asked for moves nothing.
    after(&identity[1..]).expect(&asked("2026-09-21"), "sar-clarify", "began on 1 September 2026");
}

#[test]
fn an_extension_is_told_with_reasons_within_the_month() {
    let told = json!({ "reason": "three systems to search", "subject-told": true });
    let extended = |done| with(&step("extended", done), &told);
    after(&[]).each(
        &extended("2026-10-01"),
        &[
            (json!({ "reason": null }), "sar-extend", "no reason"),
            (json!({ "subject-told": null }), "sar-extend", "was told"),
            (json!({ "subject-told": false }), "sar-extend", "was told"),
        ],
    );
    let earlier = |steps: &[Json]| {
        case_of("request-step", "staff", &json!({ "received": "2026-08-20" }), steps)
    };
    earlier(&[]).clean(&extended("2026-09-24"));
    earlier(&[]).expect(&extended("2026-09-25"), "sar-extend", "after the first month");
    // Clarification asked on the 24th and answered on the 25th adds two days.
    let clarified =
        [step("clarification-asked", "2026-08-24"), step("clarification-answered", "2026-08-25")];
    earlier(&clarified).clean(&extended("2026-09-26"));
    earlier(&clarified[..1]).clean(&extended("2026-10-01"));
    earlier(&clarified).expect(&extended("2026-09-27"), "sar-extend", "after the first month");
    case_of("request-step", "staff", &json!({ "type": "educational-record" }), &[]).expect(
        &extended("2026-09-02"),
        "sar-extend",
        "educational record",
    );
    after(&[step("identity-asked", "2026-09-02")]).expect(
        &extended("2026-09-03"),
        "sar-extend",
        "proof of identity is awaited",
    );
    after(&[step("unfounded-or-excessive", "2026-09-02")]).expect(
        &extended("2026-09-03"),
        "sar-extend",
        "no reason to extend",
    );
}

/// Everything that an answer to a request for access tells.
fn told() -> Json {
    json!({
        "confirmed": true, "purposes": true, "categories": true, "recipients": true,
        "retention": true, "rights": true, "source": true, "automated-decisions": true,
        "copy": true, "complaint-route": true,
    })
}

fn answer() -> Json {
    json!({
        "answered": "2026-09-30",
        "outcome": "partly-granted",
        "method": "portal",
        "checklist": told(),
        "exemptions": ["DPA 2018 Sch 2 para 16"],
        "withheld": ["what other families wrote"],
        "reasons": "it would show what others said of themselves",
    })
}

/// An answer by the DPO to the request with `change`, after these steps.
fn answering(change: &Json, steps: &[Json]) -> Scene {
    case_of("request-answer", "dpo", change, steps).linking(Relation::Answers, 0)
}

#[test]
fn findings_of_answers() {
    answering(&json!({}), &[]).each(
        &answer(),
        &[
            (json!({ "answered": "2026-10-02" }), "future", "answered on 2 October"),
            (json!({ "answered": "2026-08-31" }), "time-order", "before the request"),
            (json!({ "method": null }), "answer-method", "how the answer"),
            (json!({ "reasons": null }), "refusal-reasons", "a part is refused"),
            (json!({ "reasons": null, "outcome": "refused" }), "refusal-reasons", "it is refused"),
            (json!({ "exemptions": null }), "refusal-exemption", "no provision"),
            (json!({ "withheld": null }), "answer-withheld", "which sorts"),
            (json!({ "outcome": "granted" }), "answer-withheld", "granted in full"),
            (json!({ "checklist": null }), "answer-checklist", "confirmed, purposes"),
            (
                json!({ "checklist": with(&told(), &json!({ "source": false, "rights": null })) }),
                "answer-checklist",
                "to tell: rights, source",
            ),
            (
                json!({ "outcome": "nothing-held", "checklist": { "confirmed": true } }),
                "answer-checklist",
                "to tell: complaint-route",
            ),
        ],
    );
    let granted =
        json!({ "outcome": "granted", "exemptions": null, "withheld": null, "reasons": null });
    answering(&json!({}), &[]).clean(&with(&answer(), &granted));
    scene("request-answer", "dpo").expect(&answer(), "no-request", "no request");
    for role in ["headteacher", "gdpr-lead", "dpo-nominee"] {
        let scene = case_of("request-answer", role, &json!({}), &[]);
        scene.linking(Relation::Answers, 0).clean(&answer());
    }
    case_of("request-answer", "administrator", &json!({}), &[])
        .linking(Relation::Answers, 0)
        .expect(&answer(), "authority", "Administrator");
    // A request that was called excessive is refused on that ground, and no other need be named.
    let unfounded = step("unfounded-or-excessive", "2026-09-02");
    let refused = json!({ "outcome": "refused", "exemptions": null, "withheld": null });
    answering(&json!({}), &[unfounded]).clean(&with(&answer(), &refused));
}

#[test]
fn nothing_is_answered_while_proof_is_awaited() {
    let asked = |what: &str| step(&format!("{what}-asked"), "2026-09-02");
    let arrived = |what: &str| step(&format!("{what}-received"), "2026-09-03");
    for (what, words) in
        [("identity", "proof of identity"), ("authority", "proof of authority"), ("fee", "the fee")]
    {
        let awaiting = answering(&json!({}), &[asked(what)]);
        awaiting.expect(&answer(), "answer-before-proof", words);
        awaiting.clean(&json!({ "answered": "2026-09-30", "outcome": "withdrawn" }));
        answering(&json!({}), &[asked(what), arrived(what)]).clean(&answer());
        let again = step(&format!("{what}-asked"), "2026-09-04");
        answering(&json!({}), &[asked(what), arrived(what), again]).expect(
            &answer(),
            "answer-before-proof",
            words,
        );
    }
}

#[test]
fn a_basis_is_never_a_ground_to_refuse_by_itself() {
    let asked = |kind: &str, basis: &str| {
        answering(&json!({ "type": kind, "basis": basis, "child-capacity": "does-not" }), &[])
    };
    let refused = with(&answer(), &json!({ "outcome": "refused", "withheld": null }));
    let bare = with(&refused, &json!({ "exemptions": null }));
    asked("erasure", "public-task").clean(&refused);
    asked("erasure", "public-task").expect(&bare, "rights-by-basis", "never a ground by itself");
    asked("portability", "legal-obligation").expect(&bare, "rights-by-basis", "never a ground");
    asked("erasure", "consent").expect(&refused, "rights-by-basis", "there is that right");
    asked("objection", "consent").expect(&refused, "rights-by-basis", "taken back");
    let granted = json!({ "answered": "2026-09-30", "outcome": "granted", "method": "paper" });
    asked("erasure", "consent").clean(&granted);
    asked("rectification", "consent").clean(&refused);
}

#[test]
fn what_is_withheld_for_serious_harm_is_not_told() {
    let quiet = json!({ "serious-harm": true, "reasons": null, "exemptions": ["DPA 2018 Sch 3"] });
    let granted = with(&quiet, &json!({ "outcome": "granted" }));
    let quiet = with(&answer(), &quiet);
    answering(&json!({}), &[]).clean(&with(&answer(), &granted));
    answering(&json!({}), &[]).each(
        &quiet,
        &[
            (json!({ "reasons": "to prevent serious Harm" }), "serious-harm", "the reasons"),
            (json!({ "exemptions": null }), "serious-harm", "no provision"),
        ],
    );
    let searched = with(&step("searched", "2026-09-04"), &json!({ "subject-told": true }));
    answering(&json!({}), std::slice::from_ref(&searched)).expect(
        &quiet,
        "serious-harm",
        "entry 1",
    );
    answering(&json!({}), &[step("searched", "2026-09-04")]).clean(&quiet);
    answering(&json!({}), std::slice::from_ref(&searched)).clean(&answer());

    // A step after such an answer is the school's own.
    let told = with(&step("escalated", "2026-10-01"), &json!({ "subject-told": true }));
    let later = |answer: &Json| after(&[]).after(past("request-answer", "dpo", OTHER, answer));
    later(&quiet).expect(&told, "serious-harm", "who asked is told");
    later(&quiet).clean(&step("escalated", "2026-10-01"));
    later(&answer()).clean(&told);
}

#[test]
fn findings_of_complaints() {
    let complaint = json!({ "received": "2026-09-20", "about": "a letter in the wrong bag", "complainant": "parent" });
    scene("complaint", "staff").each(
        &complaint,
        &[
            (json!({ "received": "2026-10-02" }), "future", "2 October 2026"),
            (json!({ "complainant": null }), "complainant", "who complains"),
        ],
    );
    let scene = || scene("complaint-step", "staff");
    let open = || scene().after(past("complaint", "staff", OTHER, &complaint));
    let outcome = json!({ "step": "outcome", "done": "2026-09-20", "outcome": "upheld" });
    open().each(
        &outcome,
        &[
            (json!({ "outcome": null }), "complaint-outcome", "whether the complaint is upheld"),
            (json!({ "step": "enquiry" }), "complaint-outcome", "is not the outcome"),
            (json!({ "done": "2026-09-19" }), "time-order", "before the complaint"),
            (json!({ "done": "2026-10-02" }), "future", "2 October 2026"),
        ],
    );
    open().clean(&json!({ "step": "acknowledged", "done": "2026-09-21" }));
    scene().expect(&outcome, "no-complaint", "no complaint");
}

/// Of two requests in one case an answer is to the one that it links to.
#[test]
fn an_answer_is_held_against_its_own_request() {
    let later =
        past("request", "staff", OTHER, &with(&request(), &json!({ "received": "2026-09-20" })));
    let early = with(&answer(), &json!({ "answered": "2026-09-10" }));
    let found = answering(&json!({}), &[]).after(later).finds(&early);
    assert!(!found.iter().any(|finding| finding.starts_with("time-order")), "{found:?}");
    // A link to something else names no request: the newest counts.
    let note = past("note", "staff", OTHER, &json!({ "text": "a call" }));
    let later =
        past("request", "staff", OTHER, &with(&request(), &json!({ "received": "2026-09-20" })));
    let scene = scene("request-answer", "dpo").after(note).after(later);
    scene.linking(Relation::Answers, 0).expect(&early, "time-order", "before the request");
}

#[test]
fn whoever_asks_for_another_is_called_what_they_are() {
    for (requester, who) in [
        ("solicitor", "a solicitor asks"),
        ("attorney", "an attorney asks"),
        ("court-appointed", "somebody appointed by a court asks"),
    ] {
        let asked = json!({ "type": "subject-access", "requester": requester });
        scene("request", "staff").expect(&asked, "third-party-authority", who);
    }
}

#[test]
fn what_an_answer_tells_depends_on_the_right() {
    let lacks = |kind: &str, outcome: &str| {
        let asked = json!({ "type": kind });
        let answer = json!({ "answered": "2026-09-30", "outcome": outcome });
        let found = answering(&asked, &[]).finds(&answer);
        let all = found.iter().find(|finding| finding.starts_with("answer-checklist: "));
        all.map_or(0, |finding| finding.split(", ").count())
    };
    let whole = told().as_object().expect("an object").len();
    assert_eq!(lacks("subject-access", "granted"), whole);
    assert_eq!(lacks("subject-access", "partly-granted"), whole);
    assert_eq!(lacks("subject-access", "nothing-held"), 2);
    assert_eq!(lacks("subject-access", "refused"), 1);
    for (outcome, expected) in
        [("granted", 0), ("nothing-held", 0), ("refused", 1), ("partly-granted", 1)]
    {
        assert_eq!(lacks("rectification", outcome), expected, "{outcome}");
    }
}
