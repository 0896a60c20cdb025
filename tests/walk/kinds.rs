//! Every kind of record, with every answer by options.

use serde_json::{Value as Json, json};

use super::typed::Typed;
use crate::common::{CARETAKER, CHAIR, DPO, HEAD, OFFICE, OWNER, School, findings, index, text};

/// One record: kind, author, options, and the findings that remain.
pub type Full = (&'static str, &'static str, &'static str, &'static [&'static str]);

const GOVERNANCE: &[Full] = &[
    (
        "anchor",
        OFFICE,
        "size 13
         evidence {pdf stamp.tsr}
         evidence-type timestamp
         source a timestamp service",
        &[],
    ),
    ("log-key", HEAD, "reason routine", &[]),
    (
        "clock-correction",
        OFFICE,
        "entry 13
         reason computer-clock-wrong
         detail the battery was flat",
        &[],
    ),
    (
        "policy",
        CHAIR,
        "title Data protection policy
         policy-version 3.0
         summary How we look after data
         applies-to staff
         applies-to governors
         developed-with the DPO
         ratifying-body full governing body
         approved {day -10}
         implemented {day -9}
         next-review {day 300}
         published-where school website
         disseminated-to all staff
         change-note CCTV added
         delegations power=dpo-decides; role=dpo; detail=breaches
         targets rule=sar-month; number=20; unit=days; detail=answer sent
         attach {pdf policy.pdf}",
        &[],
    ),
];

const CASES: &[Full] = &[
    (
        "breach-report",
        OFFICE,
        "case new
         aware {hours-ago 3}
         discovered-by a parent
         out-of-hours no
         source other
         kind human-error
         nature confidentiality
         nature integrity
         still-occurring no
         media paper
         data-types attendance
         sensitivity low: no health data
         protections a sealed envelope
         what-happened a letter went astray
         possible-misuse gossip
         likely-consequences embarrassment
         people-kinds pupils
         people-count 1
         records-count 2",
        &[],
    ),
    // The policy gives the DPO this decision, so there is nothing to ask.
    (
        "breach-decision",
        DPO,
        "case {case breach-report}
         risk likely
         notify-regulator yes
         justification one letter
         delay-reasons none
         tell-people exempt
         exemption risk-removed
         police not-needed
         dpo-view it should be told
         advice-taken from the council",
        &[],
    ),
    (
        "cctv-access",
        CARETAKER,
        "case new
         cameras gate 2
         cameras hall
         footage-from {hours-ago 26}
         footage-to {hours-ago 25}
         viewed-from {hours-ago 2}
         viewed-to {hours-ago 1}
         reason damage
         detail a broken window
         authorised-by Hannah Price
         others-present Mary
         related-case insurance 12
         outcome clip
         clip-sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
         storage-place the safe
         delete-by {day 20}",
        &[],
    ),
    (
        "consent",
        OFFICE,
        "case new
         subject p-7f3a2c
         capacity parent
         parental-responsibility-checked yes
         purposes purpose=website; decision=given
         purposes purpose=press; decision=refused
         wording-version 2026
         wording-sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
         method paper form
         from {day -1}
         until {day 300}
         withhold-by-default yes",
        &["a purpose is consented to, and images are to be withheld by default"],
    ),
    (
        "consent-withdrawal",
        OFFICE,
        "case {case consent}
         received {hours-ago 1}
         subject p-7f3a2c
         capacity parent
         purposes website
         places the summer fair page",
        &[],
    ),
];

const ABOUT_OTHERS: &[Full] = &[
    (
        "note",
        OFFICE,
        "text The gate was left open
         case {case breach-report}
         attach {pdf minute.pdf}
         decided-by person=Jo Lane; role=headteacher; date={day -3}",
        &["it was decided as Headteacher by somebody who has not signed"],
    ),
    (
        "correction",
        OFFICE,
        "link corrects={entry note}
         what-changed It was the side gate
         reason misheard
         attach {pdf minute.pdf}",
        &[],
    ),
    (
        "approval",
        CHAIR,
        "link approves={entry note}
         decision approved-with-conditions
         conditions a lock
         wording We approve this
         attach {pdf lock.pdf}",
        &[],
    ),
    (
        "paper-signature",
        OFFICE,
        "person Owen Reid
         person-id {person 8}
         role chair-of-governors
         date {day -2}
         what Minute 7: noted
         attach {pdf minute.pdf}
         link about={entry note}",
        &[],
    ),
    (
        "exception",
        OFFICE,
        "rule two signatures
         reason the chair is away
         ratify-role headteacher
         ratify-by {day 9}",
        &[],
    ),
    (
        "ratification",
        HEAD,
        "link ratifies={entry exception}
         reasons it could not wait",
        &[],
    ),
];

const ASSESSMENT: &[Full] = &[
    (
        "dpia-screening",
        OFFICE,
        "case new
         questions short
         initiative a homework app
         author Jo Lane
         school-lead Mary
         dpo-reviewed Sunita Rao
         purposes homework
         people pupils
         special-data no
         basis public-task
         basis-stated Art 6(1)(e)
         condition none
         safeguards no-one-to-one=yes; separate-work-account=yes; blocked-number=yes; \
             no-personal-contact=yes; parents-account=yes; neutral-background=yes; \
             etiquette-and-adult-present=yes
         new-information answer=yes; detail=names
         new-recipients answer=yes; detail=the supplier
         intrusive-technology answer=no; detail=none
         significant-decisions answer=no; detail=none
         privacy-concerns answer=not-applicable; detail=none
         scoring no
         automated-decisions no
         systematic-monitoring no
         sensitive-data no
         large-scale no
         matched-data no
         vulnerable-people yes
         innovative-technology no
         transfer-abroad yes
         prevents-right no
         consultation done=yes; who=parents; why-not=none
         told-how a letter
         reasons it helps
         dpia-required yes
         outcome proceed-with-dpia
         screened {day -3}
         review-date {day 300}
         actions what=tell parents; owner=Mary; due={day 20}
         attach {pdf screening.pdf}",
        &[],
    ),
    (
        "dpo-advice",
        DPO,
        "case {case dpia-screening}
         link advises={entry dpia-screening}
         recommendation proceed
         advice assess it in full
         concerns where the data lie
         attach {pdf review.pdf}",
        &[],
    ),
    (
        "dpia",
        OFFICE,
        "case {case dpia-screening}
         initiative a homework app
         author Jo Lane
         project-lead Hannah Price
         dpo-named Sunita Rao
         completed {day -1}
         context homework gets lost on paper
         processing planned
         started-on {day 30}
         flows obtained=from pupils; processed=marked; stored=with the supplier; disclosed=to nobody
         people pupils
         data-types names
         special-data no
         special-data-detail none
         new-data yes
         data-shared yes
         purposes purpose=homework; data=names; basis=public-task; basis-stated=Art 6(1)(e); \
             condition=none
         assets tablets
         retention a school year
         processors name=Northwind; role=processor; country=United States
         transfers country=United States; ground=uk-us-data-bridge; detail=certified
         necessity paper gets lost
         proportionality only names
         principles question=Can data be corrected?; answer=yes; detail=by the office
         training-needed yes
         risks id=R1; head=security; description=work is seen by others; scale=five-by-five; \
             impact-before=major; likelihood-before=unlikely; level-before=medium; \
             impact-after=minor; likelihood-after=very-unlikely; level-after=low; \
             called-high-by=Sunita Rao
         controls risk=R1; kind=training; text=staff are shown; expected=reduce; \
             level-stated=medium; effect-stated=fewer slips
         responsibilities risk=R1; control=staff are shown; officer=Mary; deadline={day 20}; \
             completed={day -1}
         codes the regulator's guidance for apps
         codes-compliance in full
         consultation done=yes; who=parents; date={day -5}; views=fine; how-addressed=noted; \
             why-not=none
         planned-changes none
         review-date {day 300}
         contact name=Mary; job-title=Administrator; email=office@hillside.example; telephone=01
         attach {pdf dpia.pdf}",
        &[],
    ),
    (
        "control-approval",
        OWNER,
        "case {case dpia-screening}
         link approves={entry dpia}
         controls risk=R1; control=staff are shown
         conditions before half-term
         reasons it is enough
         attach {pdf controls.pdf}",
        &[],
    ),
    (
        "ico-consultation",
        DPO,
        "case {case dpia-screening}
         sent 1767607200
         reference IC-12
         risks R1
         reply-due 2026-03-02
         extended no
         reply-received 2026-02-20
         outcome advice
         detail train everybody
         attach {pdf reply.pdf}",
        &[],
    ),
    (
        "dpia-review",
        OFFICE,
        "case {case dpia-screening}
         trigger supplier
         reviewed {day 0}
         outcome changes-needed
         found the supplier moved its servers
         next-review {day 200}
         attach {pdf reviewed.pdf}",
        &[],
    ),
];

const DPIA: &[Full] = &[
    (
        "dpo-advice",
        DPO,
        "case dpia-new
         recommendation restrict
         advice only year 6
         concerns too wide
         attach {pdf plan.pdf}",
        &[],
    ),
    (
        "dpia-approval",
        HEAD,
        "case {case dpo-advice}
         decision approved-with-conditions
         conditions look again at half-term
         advice-followed no
         overruled-reasons year 5 needs it, too
         overruled-by Hannah Price
         review-date {day 300}
         wording I approve this plan
         attach {pdf plan.pdf}",
        &[],
    ),
    (
        "risk-acceptance",
        OWNER,
        "case {case dpo-advice}
         risks id=R1; impact=minor; likelihood=unlikely; level=low
         risks id=R2; impact=moderate; likelihood=neither; level=medium
         controls control=sharing off; done=yes; date={day -1}
         reasons little harm
         conditions half-term check
         until {day 300}",
        &[],
    ),
];

/// Records one and holds what is shown against what was typed.
pub fn record(school: &School, typed: &mut Typed, (kind, by, lines, expected): &Full) {
    // Of a report it is when the matter happened, of a decision when it was taken.
    let occurred = match *kind {
        "anchor" | "log-key" => "",
        "breach-report" => "occurred {day -4}",
        _ => "occurred {hours-ago 0}",
    };
    let options = typed.options(school, &format!("{lines}\n{occurred}"));
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let report = school.record(kind, by, &options);
    assert_eq!(findings(&report), *expected, "{kind}");
    let missing = match *kind {
        "dpia-screening" => json!(["missing: the DPO's review of this screening"]),
        _ => json!([]),
    };
    assert_eq!(report["incomplete"], missing, "{kind}");
    let view = school.show(&report["entry"]);
    assert_eq!((&view["kind"], &view["signer"]), (&json!(kind), &json!(by)));
    assert_eq!(view["findings"], report["findings"], "{kind}: as it stood then");
    let unanswered = match *kind {
        "note" | "log-key" | "anchor" => json!([]),
        _ => json!(["decided-by"]),
    };
    assert_eq!(view["unanswered"], unanswered, "{kind}");
    let line = options.join("\n");
    for field in view["fields"].as_array().expect("fields") {
        if field["name"] != "documents" {
            stands_in(&line, &field["value"], kind);
        }
    }
    typed.note(&report);
}

/// Every scalar of an answer stands in what was typed.
fn stands_in(line: &str, value: &Json, kind: &str) {
    match value {
        Json::Array(items) => {
            for item in items {
                stands_in(line, item, kind);
            }
        }
        Json::Object(members) => {
            for member in members.values() {
                stands_in(line, member, kind);
            }
        }
        Json::Bool(truth) => assert!(line.contains(if *truth { "yes" } else { "no" }), "{kind}"),
        Json::Number(number) => assert!(line.contains(&number.to_string()), "{kind}: {number}"),
        Json::String(text) => assert!(line.contains(text.as_str()), "{kind}: {text}"),
        Json::Null => panic!("{kind}: an answer that is none"),
    }
}

#[test]
fn every_kind_takes_every_answer_by_options_and_shows_it_again() {
    let school = School::begun();
    let mut typed = Typed::default();
    for full in [GOVERNANCE, CASES, ABOUT_OTHERS, ASSESSMENT, DPIA].into_iter().flatten() {
        record(&school, &mut typed, full);
    }
    let entry = |kind: &str| index(&typed.report(kind)["entry"]);

    // The anchored evidence stands in clear, and the new log key signs heads.
    let anchor = school.show(entry("anchor"));
    assert!(anchor["clear"].to_string().contains("13"), "{anchor:#}");
    assert_eq!(anchor["since"]["clock_corrections"], json!([entry("clock-correction")]));
    let head = text(&school.json(["checkpoint"])["note"]);
    let size = school.log(&[]).len();
    assert!(head.starts_with(&format!("hillside.example/records\n{size}\n")), "{head}");

    // What is usually meant is linked without being named.
    let decision = school.show(entry("breach-decision"));
    let link = &decision["links"][0];
    assert_eq!(
        (&link["relation"], index(&link["entry"])),
        (&json!("decides"), entry("breach-report"))
    );
    let advice = decision["fields"].as_array().expect("fields").iter();
    let mut advice = advice.filter(|field| field["name"] == "advice-taken");
    assert_eq!(advice.next().expect("answered")["privileged"], true);
    let consent = school.show(entry("consent"));
    assert_eq!(consent["marks"], json!(["withdrawn"]));
    assert_eq!(index(&consent["since"]["links"][0]["entry"]), entry("consent-withdrawal"));

    assert_eq!(school.verify(["--fail-on", "incomplete"]).0, 0);
}
