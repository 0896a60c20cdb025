//! Where a finding begins: nothing on the edge, and something a second, a day or one beyond it.

use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::{HEAD, HOUR, NOW, OTHER, Scene, past, scene, with};
use crate::records::days::{day, end_of};
use crate::records::kind::Relation;
use crate::records::rights::Right;

const TODAY: &str = "2026-10-01";
const YESTERDAY: &str = "2026-09-30";
const TOMORROW: &str = "2026-10-02";
const THREE_DAYS: i64 = 72 * HOUR;

/// Requires the finding of what lies beyond an edge, and not of what lies on it.
#[track_caller]
fn edge(rule: &str, words: &str, on: (&Scene, Json), beyond: (&Scene, Json)) {
    let said = |(scene, document): (&Scene, Json)| {
        let found = scene.finds(&document);
        let hit = |one: &String| one.starts_with(&format!("{rule}: ")) && one.contains(words);
        (found.iter().any(hit), format!("{} {document}: {found:#?}", scene.kind))
    };
    let ((on, on_text), (beyond, beyond_text)) = (said(on), said(beyond));
    assert!(!on, "{rule}: {words} is found on the edge: {on_text}");
    assert!(beyond, "{rule}: {words} isn't found beyond the edge: {beyond_text}");
}

/// The same of one kind, for documents of one answer.
#[track_caller]
fn answer(kind: &'static str, name: &str, on: &Json, beyond: &Json, rule: &str, words: &str) {
    let scene = scene(kind, "staff");
    edge(rule, words, (&scene, json!({ name: on })), (&scene, json!({ name: beyond })));
}

#[test]
fn what_is_dated_by_the_record_itself_does_not_lie_ahead() {
    for (kind, name, words) in [
        ("breach-measure", "done-at", "it was done after"),
        ("breach-report", "aware", "awareness is dated after"),
        ("breach-told", "told-at", "they were told after"),
        ("consent-withdrawal", "received", "it was received after"),
        ("covert-end", "ended", "it ended after"),
        ("ico-consultation", "sent", "the consultation is dated after"),
        ("key-notice", "suspect-since", "is said to be suspect from"),
        ("regulator-contact", "sent", "is said to have been sent on"),
        ("cctv-access", "viewed-to", "viewing ended after"),
    ] {
        answer(kind, name, &json!(NOW), &json!(NOW + 1), "future", words);
    }
    for (kind, name, words) in [
        ("breach-investigation", "report-date", "the report is dated after"),
        ("breach-review", "reviewed", "the review is dated after"),
        ("cctv-complaint", "received", "it names"),
        ("cctv-complaint", "answered", "it names"),
        ("checkpoint-minuted", "meeting", "the meeting is dated"),
        ("dpia", "completed", "it is said to be completed on"),
        ("dpia-review", "reviewed", "it is dated"),
        ("dpia-screening", "screened", "it is dated"),
        ("governance-report", "presented", "the presentation is dated"),
        ("paper-signature", "date", "the signature is dated"),
        ("registration", "registered", "the registration is dated"),
        ("supplier-check", "agreement-signed", "the agreement was signed on"),
        ("training", "held", "the training is dated"),
    ] {
        answer(kind, name, &json!(TODAY), &json!(TOMORROW), "future", words);
    }
}

#[test]
fn a_last_day_has_not_passed_before_it_ends() {
    for (kind, name, rule, words) in [
        ("cctv-access", "delete-by", "cctv-delete", "was to be deleted by"),
        ("dpia-review", "next-review", "dpia-review", "the next review was due"),
        ("exception", "ratify-by", "ratification", "has passed"),
        ("policy", "next-review", "policy-year", "the next review was due"),
        ("registration", "fee-expiry", "fee", "was paid until"),
        ("regulator-contact", "reply-due", "regulator-contact", "the reply was due"),
        ("risk-acceptance", "until", "acceptance-until", "has passed"),
        ("supplier-check", "expires", "supplier-agreement", "the agreement expired"),
        ("training", "expires", "training", "it had to be repeated by"),
    ] {
        let scene = scene(kind, "staff");
        // A review tells its next one from its own day.
        let own = if kind == "dpia-review" { json!({ "reviewed": YESTERDAY }) } else { json!({}) };
        let with = |day: &str| with(&own, &json!({ name: day }));
        edge(rule, words, (&scene, with(TODAY)), (&scene, with(YESTERDAY)));
    }
    answer(
        "photography-permit",
        "event-date",
        &json!(TODAY),
        &json!(YESTERDAY),
        "permit-late",
        "the event was on",
    );
    let ratifying = |last: &str| {
        let exception = past("exception", "staff", OTHER, &json!({ "ratify-by": last }));
        scene("ratification", "headteacher").linking(Relation::Ratifies, 0).after(exception)
    };
    let words = "it comes after its last day";
    let (on, beyond) = (ratifying(TODAY), ratifying(YESTERDAY));
    edge("ratification", words, (&on, json!({})), (&beyond, json!({})));
    answer(
        "policy",
        "implemented",
        &json!(TOMORROW),
        &json!(TODAY),
        "policy-adoption",
        "applied since",
    );
}

#[test]
fn what_ends_when_it_began_is_in_order() {
    let pair = |kind: &'static str, begins: (&str, Json), ends: (&str, Json, Json), words: &str| {
        let (scene, (first, begins), (second, on, beyond)) = (scene(kind, "staff"), begins, ends);
        let with = |end: Json| json!({ first: begins, second: end });
        let rule = if kind == "policy" { "policy-adoption" } else { "time-order" };
        edge(rule, words, (&scene, with(on)), (&scene, with(beyond)));
    };
    let days = |name| (name, json!(YESTERDAY), json!("2026-09-29"));
    let begins = |name| (name, json!(YESTERDAY));
    pair(
        "breach-investigation",
        begins("incident-date"),
        days("report-date"),
        "before the incident",
    );
    pair("cctv-complaint", begins("received"), days("answered"), "before it was received");
    pair("consent", begins("from"), days("until"), "before its first");
    pair("governance-report", begins("period-from"), days("period-to"), "before it begins");
    pair("policy", begins("approved"), days("implemented"), "before it was adopted");
    pair("registration", begins("registered"), days("fee-expiry"), "before the registration");
    pair("training", begins("held"), days("expires"), "before it was held");
    let moments = |name| (name, json!(NOW - 60), json!(NOW - 61));
    for (first, second, words) in [
        ("footage-from", "footage-to", "the footage ends before it begins"),
        ("viewed-from", "viewed-to", "viewing ended before it began"),
        ("footage-from", "viewed-from", "viewing began before the footage does"),
    ] {
        pair("cctv-access", (first, json!(NOW - 60)), moments(second), words);
    }
    let sent = ("sent", json!(NOW));
    let replied = ("reply-received", json!(TODAY), json!(YESTERDAY));
    pair("ico-consultation", sent, replied, "before the regulator was asked");
}

#[test]
fn the_72_hours_of_a_breach_have_passed_a_second_after_them() {
    let words = "it is recorded more than 72 hours after";
    let (on, beyond) = (json!(NOW - THREE_DAYS), json!(NOW - THREE_DAYS - 1));
    answer("breach-report", "aware", &on, &beyond, "breach-72h", words);
    let after = |kind, aware: i64| {
        scene(kind, "headteacher").after(past(
            "breach-report",
            "staff",
            OTHER,
            &json!({ "aware": aware }),
        ))
    };
    let decided = || json!({ "risk": "likely", "notify-regulator": true });
    let (on, beyond) = (
        after("breach-decision", NOW - THREE_DAYS),
        after("breach-decision", NOW - THREE_DAYS - 1),
    );
    edge("breach-72h", "no reasons for the delay", (&on, decided()), (&beyond, decided()));
    let (on, beyond) = (after("breach-decision", NOW), after("breach-decision", NOW + 1));
    edge("time-order", "before the school was aware", (&on, decided()), (&beyond, decided()));
    let told = |at: i64| json!({ "whom": ["regulator"], "told-at": at });
    let late = after("breach-told", NOW - THREE_DAYS - 100);
    edge("breach-72h", "after the 72 hours", (&late, told(NOW - 100)), (&late, told(NOW - 99)));
    // Told first a second before: this was not the first word.
    let earlier = |at: i64| {
        let word = json!({ "whom": ["regulator"], "told-at": at });
        after("breach-told", NOW - THREE_DAYS - 100).after(past(
            "breach-told",
            "staff",
            OTHER,
            &word,
        ))
    };
    let (on, beyond) = (earlier(NOW - 51), earlier(NOW - 50));
    edge("breach-72h", "after the 72 hours", (&on, told(NOW - 50)), (&beyond, told(NOW - 50)));
}

#[test]
fn nobody_acts_on_a_breach_before_the_school_knows_of_it() {
    let after = |kind| {
        let report = past("breach-report", "staff", OTHER, &json!({ "aware": NOW - 60 }));
        scene(kind, "staff").after(report)
    };
    let words = "before the school was aware";
    let measure = after("breach-measure");
    let done = |at: i64| json!({ "done-at": at });
    edge("time-order", words, (&measure, done(NOW - 60)), (&measure, done(NOW - 61)));
    let telling = after("breach-told");
    let told = |at: i64| json!({ "whom": ["police"], "told-at": at });
    edge("time-order", words, (&telling, told(NOW - 60)), (&telling, told(NOW - 61)));
    // It is known of at the moment at which it happened, or on the day.
    let report = scene("breach-report", "staff");
    let aware = |aware: i64, from: Json| json!({ "aware": aware, "occurred": { "from": from, "to": from } });
    let words = "the school was aware before it happened";
    let at = |at: i64| (&report, aware(at, json!(NOW - 60)));
    edge("time-order", words, at(NOW - 60), at(NOW - 61));
    let at = |at: i64| (&report, aware(at, json!(TODAY)));
    edge("time-order", words, at(NOW), at(NOW - 24 * HOUR));
    // Whoever is told at the same moment is told with them.
    let knowing = |at: i64| {
        let inner = json!({ "whom": ["dpo", "headteacher", "chair-of-governors"], "told-at": at });
        after("breach-told").after(past("breach-told", "staff", OTHER, &inner))
    };
    let (on, beyond) = (knowing(NOW - 20), knowing(NOW - 19));
    let words = "was told before or with them";
    edge("breach-told", words, (&on, told(NOW - 20)), (&beyond, told(NOW - 20)));
}

#[test]
fn a_report_of_a_breach_is_signed_off_and_reviewed_after_it() {
    let report = |dated: &str| {
        past("breach-investigation", "staff", OTHER, &json!({ "report-date": dated }))
    };
    let reviewing = |dated: &str| scene("breach-review", "staff").after(report(dated));
    let reviewed = || json!({ "reviewed": YESTERDAY });
    let (on, beyond) = (reviewing(YESTERDAY), reviewing(TODAY));
    edge("time-order", "before the report", (&on, reviewed()), (&beyond, reviewed()));
    let signing = || {
        scene("breach-signoff", "headteacher").linking(Relation::SignsOff, 0).after(report(TODAY))
    };
    let at = |at: i64| json!({ "occurred": { "from": at, "to": at } });
    let scene = signing();
    let words = "before the report, entry 0, was on record";
    edge("signoff", words, (&scene, at(NOW - HOUR)), (&scene, at(NOW - HOUR - 1)));
    let newer = signing().after(report(TODAY));
    edge("signoff", "a newer report stands at entry 1", (&scene, json!({})), (&newer, json!({})));
}

#[test]
fn terms_follow_each_other_and_closures_lie_within_them() {
    let spans = |spans: &[(&str, &str)]| -> Vec<Json> {
        spans.iter().map(|(from, to)| json!({ "from": from, "to": to })).collect()
    };
    let scene = scene("calendar", "staff");
    let terms = |second: &str| json!({ "terms": spans(&[("2026-09-02", "2026-12-18"), (second, "2027-03-24")]) });
    let words = "two terms overlap";
    edge("calendar", words, (&scene, terms("2026-12-19")), (&scene, terms("2026-12-18")));
    let closure = |from: &str, to: &str| {
        let terms = spans(&[("2026-09-02", "2026-12-18")]);
        json!({ "terms": terms, "closures": spans(&[(from, to)]) })
    };
    let words = "a closure lies outside";
    for (on, beyond) in [
        (("2026-12-18", "2026-12-20"), ("2026-12-19", "2026-12-20")),
        (("2026-08-31", "2026-09-02"), ("2026-08-31", "2026-09-01")),
    ] {
        let (on, beyond) = (closure(on.0, on.1), closure(beyond.0, beyond.1));
        edge("calendar", words, (&scene, on), (&scene, beyond));
    }
    let one_day = |to: &str| closure("2026-10-26", to);
    let words = "a closure ends on";
    edge("time-order", words, (&scene, one_day("2026-10-26")), (&scene, one_day("2026-10-25")));
}

#[test]
fn how_long_something_may_last() {
    let scene_of = |kind| scene(kind, "staff");
    let consent = scene_of("consent");
    let until = |until: &str| json!({ "from": "2026-10-01", "until": until });
    let words = "longer than a school year";
    edge("consent-year", words, (&consent, until("2027-10-01")), (&consent, until("2027-10-02")));
    let review = scene_of("dpia-review");
    let next = |next: &str| json!({ "reviewed": YESTERDAY, "next-review": next });
    let words = "more than a year away";
    edge("dpia-review", words, (&review, next("2027-09-30")), (&review, next("2027-10-01")));
    let planned = scene("dpia-review", "staff").after(past(
        "dpia",
        "staff",
        OTHER,
        &json!({ "review-date": "2026-09-20" }),
    ));
    let reviewed = |day: &str| json!({ "reviewed": day });
    let words = "it was due on 20 September 2026 (entry 0)";
    edge(
        "dpia-review",
        words,
        (&planned, reviewed("2026-09-20")),
        (&planned, reviewed("2026-09-21")),
    );
    let covert = scene_of("covert-authorisation");
    let ends = |end: &str| json!({ "start": NOW + HOUR, "longest-end": end });
    for (words, on, beyond) in [
        ("is before its start", TODAY, YESTERDAY),
        ("which is more than 28", "2026-10-29", "2026-10-30"),
        ("has passed", TODAY, YESTERDAY),
    ] {
        edge("covert-end", words, (&covert, ends(on)), (&covert, ends(beyond)));
    }
}

#[test]
fn covert_monitoring_is_approved_before_it_starts_and_ends_in_time() {
    let covert = scene("covert-authorisation", "staff");
    let start = |start: i64| json!({ "start": start });
    let words = "before anybody can have approved it";
    edge("covert-approval", words, (&covert, start(NOW + 1)), (&covert, start(NOW)));
    let advised = |at: i64| json!({ "start": NOW + HOUR, "controller-advised": at });
    let words = "after it started";
    edge(
        "covert-advised",
        words,
        (&covert, advised(NOW + HOUR)),
        (&covert, advised(NOW + HOUR + 1)),
    );
    let authorised = |start: i64| {
        let answers = json!({ "start": start, "longest-end": YESTERDAY });
        past("covert-authorisation", "leadership-group", OTHER, &answers)
    };
    let approving = |start: i64| {
        scene("approval", "headteacher")
            .deciding("approved")
            .linking(Relation::Approves, 0)
            .after(authorised(start))
    };
    let (on, beyond) = (approving(NOW), approving(NOW - 1));
    edge("covert-approval", "after its start", (&on, json!({})), (&beyond, json!({})));
    let ending = |start: i64| {
        scene("covert-end", "staff").linking(Relation::About, 0).after(authorised(start))
    };
    let last = day(YESTERDAY).and_then(end_of).expect("a day");
    let scene_of = ending(last - 60);
    let ended = |at: i64| json!({ "ended": at });
    let words = "before it started";
    edge("time-order", words, (&scene_of, ended(last - 60)), (&scene_of, ended(last - 61)));
    edge(
        "covert-end",
        "after its last day",
        (&scene_of, ended(last)),
        (&scene_of, ended(last + 1)),
    );
    // The approvals of the tests' past are an hour old.
    let approved = |start: i64, role: &'static str, by: u8| {
        let approval = past("approval", role, by, &json!({})).deciding("approved");
        ending(start).after(approval.linking(Relation::Approves, 0))
    };
    let words = "no approval by another person";
    let on = approved(NOW - HOUR, "headteacher", HEAD);
    for beyond in [
        approved(NOW - HOUR - 1, "headteacher", HEAD),
        approved(NOW - HOUR, "staff", HEAD),
        approved(NOW - HOUR, "headteacher", OTHER),
    ] {
        edge("covert-approval", words, (&on, ended(NOW)), (&beyond, ended(NOW)));
    }
    let on_paper = |date: &str, role: &str, by: u8| {
        let paper = json!({ "person": "C", "role": role, "date": date, "what": "x",
            "person-id": hex::encode([by; 16]) });
        let paper = past("paper-signature", "staff", HEAD, &paper);
        ending(NOW - HOUR).after(paper.linking(Relation::Approves, 0))
    };
    let on = on_paper(TODAY, "headteacher", HEAD);
    for beyond in [
        on_paper(TOMORROW, "headteacher", HEAD),
        on_paper(TODAY, "staff", HEAD),
        on_paper(TODAY, "headteacher", OTHER),
    ] {
        edge("covert-approval", words, (&on, ended(NOW)), (&beyond, ended(NOW)));
    }
}

#[test]
fn a_part_is_no_more_than_the_whole() {
    let report = scene("governance-report", "staff");
    for (part, whole, words) in [
        ("requests-late-count", "requests-count", "requests answered late are more than 3"),
        ("breaches-notified-count", "breaches-count", "breaches notified are more than 3"),
    ] {
        let counted = |number: i64| json!({ part: number, whole: 3 });
        edge("governance-report", words, (&report, counted(3)), (&report, counted(4)));
    }
    let import = scene("import", "staff");
    let taken = |taken: i64| json!({ "rows": 3, "taken": taken });
    edge("import", "records were made of 3 rows", (&import, taken(3)), (&import, taken(4)));
    edge("import", "why 1 rows were left out", (&import, taken(3)), (&import, taken(2)));
    let (minuted, words) = ("checkpoint-minuted", "fewer than two records");
    answer(minuted, "size", &json!(2), &json!(1), minuted, words);
    let training = scene("training", "staff");
    let counted =
        |people: i64| json!({ "people-count": people, "attendees": ["staff-a1", "staff-b2"] });
    let words = "2 people are listed, and 1 counted";
    edge("training", words, (&training, counted(2)), (&training, counted(1)));
    let nobody = |people: i64| json!({ "people-count": people });
    edge("training", "nobody is named", (&training, nobody(1)), (&training, nobody(0)));
}

#[test]
fn days_from_which_a_rule_holds() {
    // Assessments are owed from the day on which the GDPR applied.
    let (before, from) = (json!("2018-05-24"), json!("2018-05-25"));
    answer("cctv-camera", "since", &before, &from, "cctv-dpia", "links to no DPIA");
    let on = |day: &str| {
        let day: Date = day.parse().expect("a day");
        Right::Erasure.on_basis("recognised-legitimate-interests", day).is_some()
    };
    assert!(on("2026-02-05") && !on("2026-02-04"));
    let request = scene("request", "staff");
    let marks = |announced: &str| json!({ "type": "exam-marks", "received": YESTERDAY, "results-announced": announced });
    let words = "so the usual month applies";
    edge("exam-marks", words, (&request, marks(TODAY)), (&request, marks(YESTERDAY)));
}

#[test]
fn clarification_is_asked_for_within_a_week() {
    let asking = |received: &str| {
        let request = json!({ "type": "subject-access", "received": received });
        scene("request-step", "staff").after(past("request", "staff", OTHER, &request))
    };
    let asked = || json!({ "step": "clarification-asked", "done": "2026-09-30", "reason": "x" });
    let (on, beyond) = (asking("2026-09-23"), asking("2026-09-22"));
    edge("sar-clarify", "more than a week after", (&on, asked()), (&beyond, asked()));
}

#[test]
fn a_risk_is_accepted_once_its_controls_are_done() {
    let accepting = scene("risk-acceptance", "headteacher");
    let control =
        |day: &str| json!({ "controls": [{ "control": "lobby", "done": true, "date": day }] });
    let words = "before a control is done: lobby";
    let rule = "acceptance-before-controls";
    edge(rule, words, (&accepting, control(TODAY)), (&accepting, control(TOMORROW)));
    let planned = |completed: &str| {
        let dpia = json!({
            "risks": [{ "id": "R1", "description": "people are seen", "scale": "three-level" }],
            "controls": [{ "risk": "R1", "kind": "procedure", "text": "lobby" }],
            "responsibilities": [{ "risk": "R1", "control": "lobby", "completed": completed }],
        });
        scene("risk-acceptance", "headteacher").after(past("dpia", "staff", OTHER, &dpia))
    };
    let accepted = || json!({ "risks": [{ "id": "R1", "level": "low" }] });
    let (on, beyond) = (planned(TODAY), planned(TOMORROW));
    let words = "(entry 0) shows their controls done: risk R1";
    edge(rule, words, (&on, accepted()), (&beyond, accepted()));
}

#[test]
fn processing_starts_when_it_is_approved_and_not_before() {
    let dpia = scene("dpia", "staff");
    let planned = |day: &str| json!({ "processing": "planned", "started-on": day });
    let rule = "started-before-approval";
    edge(rule, "it is called planned", (&dpia, planned(TOMORROW)), (&dpia, planned(TODAY)));
    let approved = scene("dpia", "staff")
        .after(past("dpia-approval", "headteacher", OTHER, &json!({})).deciding("approved"));
    let started = |day: &str| json!({ "processing": "started", "started-on": day });
    let words = "before it was approved on 1 October 2026";
    edge(rule, words, (&approved, started(TODAY)), (&approved, started(YESTERDAY)));
}

#[test]
fn a_control_is_done_for_its_own_risk_alone() {
    let planned = |risk: &str, control: &str| {
        let dpia = json!({
            "risks": [{ "id": "R1", "description": "people are seen", "scale": "three-level" }],
            "controls": [{ "risk": "R1", "kind": "procedure", "text": "lobby" }],
            "responsibilities": [{ "risk": risk, "control": control, "completed": TODAY }],
        });
        scene("risk-acceptance", "headteacher").after(past("dpia", "staff", OTHER, &dpia))
    };
    let accepted = || json!({ "risks": [{ "id": "R1", "level": "low" }] });
    let on = planned("R1", "lobby");
    for beyond in [planned("R2", "lobby"), planned("R1", "passwords")] {
        let words = "shows their controls done: risk R1";
        edge("acceptance-before-controls", words, (&on, accepted()), (&beyond, accepted()));
    }
}
