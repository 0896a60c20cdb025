//! Every kind of record, by options and by a document made from its schema.

use serde_json::{Map, Value as Json, json};

use crate::common::files::pdf;
use crate::common::{
    CARETAKER, CHAIR, DPO, HEAD, OFFICE, OWNER, School, answer, day, findings, index, now, text,
};

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// Every question that `record` asks, answered; with the findings that remain.
struct Full {
    kind: &'static str,
    by: &'static str,
    options: Vec<String>,
    findings: &'static [&'static str],
}

fn full(kind: &'static str, by: &'static str, options: &[&str]) -> Full {
    let options = options.iter().map(|option| (*option).to_owned()).collect();
    Full { kind, by, options, findings: &[] }
}

impl Full {
    fn finds(mut self, findings: &'static [&'static str]) -> Self {
        self.findings = findings;
        self
    }
}

/// Records one and holds what is shown against what was typed.
fn record(school: &School, full: &Full) -> Json {
    let mut options: Vec<&str> = full.options.iter().map(String::as_str).collect();
    let decided = format!("person=Jo Lane; role=headteacher; date={}", day(-3));
    // Of a report it is when the matter happened, of a decision when it was taken.
    let occurred = if full.kind == "breach-report" { day(-4) } else { (now() - 60).to_string() };
    let governance = matches!(full.kind, "log-key" | "anchor");
    if !governance {
        options.extend(["--occurred", &occurred]);
    }
    if full.kind == "note" {
        options.extend(["--decided-by", &decided]);
    }
    let report = school.record(full.kind, full.by, &options);
    assert_eq!(findings(&report), full.findings, "{}", full.kind);
    let view = school.show(&report["entry"]);
    assert_eq!(view["kind"], full.kind);
    assert_eq!(view["signer"], full.by);
    assert_eq!(view["findings"], report["findings"], "{}: as it stood then", full.kind);
    let unanswered = match full.kind {
        "note" | "log-key" | "anchor" => json!([]),
        _ => json!(["decided-by"]),
    };
    assert_eq!(view["unanswered"], unanswered, "{}", full.kind);
    let typed = options.join("\n");
    for field in view["fields"].as_array().expect("fields") {
        if field["name"] != "documents" {
            typed_somewhere(full.kind, &field["value"], &typed);
        }
    }
    report
}

/// Every scalar of an answer stands in what was typed.
fn typed_somewhere(kind: &str, value: &Json, typed: &str) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| typed_somewhere(kind, item, typed)),
        Json::Object(members) => {
            members.values().for_each(|item| typed_somewhere(kind, item, typed))
        }
        Json::Bool(truth) => assert!(typed.contains(if *truth { "yes" } else { "no" }), "{kind}"),
        Json::Number(number) => assert!(typed.contains(&number.to_string()), "{kind}: {number}"),
        Json::String(text) => assert!(typed.contains(text.as_str()), "{kind}: {text}"),
        Json::Null => panic!("{kind}: an answer that is none"),
    }
}

#[test]
fn every_kind_takes_every_answer_by_options_and_shows_it_again() {
    let school = School::begun();
    let attached = school.file("policy.pdf", pdf("Data protection policy"));
    let (scan, plan) =
        (school.file("minute.pdf", pdf("Minute 7")), school.file("plan.pdf", pdf("Plan")));
    let at = |hours: i64| (now() - hours * 3600).to_string();
    governance(&school);

    record(
        &school,
        &full(
            "policy",
            CHAIR,
            &[
                "--title",
                "Data protection policy",
                "--policy-version",
                "3.0",
                "--summary",
                "How we look after data",
                "--applies-to",
                "staff",
                "--applies-to",
                "governors",
                "--developed-with",
                "the DPO",
                "--ratifying-body",
                "full governing body",
                "--approved",
                &day(-10),
                "--implemented",
                &day(-9),
                "--next-review",
                &day(300),
                "--published-where",
                "school website",
                "--disseminated-to",
                "all staff",
                "--change-note",
                "CCTV added",
                "--delegations",
                "power=dpo-decides; role=dpo; detail=breaches",
                "--targets",
                "rule=sar-month; number=20; unit=days; detail=answer sent",
                "--attach",
                &attached,
            ],
        ),
    );
    let case = breach(&school, &at);
    pupils(&school, &at);
    let note = text(&json!(
        index(
            &record(
                &school,
                &full(
                    "note",
                    OFFICE,
                    &["--text", "The gate was left open", "--attach", &scan, "--case", &case]
                )
                .finds(&["it was decided as Headteacher by somebody who has not signed",]),
            )["entry"]
        )
        .to_string()
    ));
    record(
        &school,
        &full(
            "correction",
            OFFICE,
            &[
                "--link",
                &format!("corrects={note}"),
                "--what-changed",
                "It was the side gate",
                "--reason",
                "misheard",
                "--attach",
                &scan,
            ],
        ),
    );
    record(
        &school,
        &full(
            "approval",
            CHAIR,
            &[
                "--link",
                &format!("approves={note}"),
                "--decision",
                "approved-with-conditions",
                "--conditions",
                "a lock",
                "--wording",
                "We approve this",
                "--attach",
                &plan,
            ],
        ),
    );
    let chair = text(&school.show(2)["clear"][0]["value"]);
    let chair = if chair.len() == 32 { chair } else { text(&school.show(8)["person"]) };
    record(
        &school,
        &full(
            "paper-signature",
            OFFICE,
            &[
                "--person",
                CHAIR,
                "--person-id",
                &chair,
                "--role",
                "chair-of-governors",
                "--date",
                &day(-2),
                "--what",
                "Minute 7: noted",
                "--attach",
                &scan,
                "--link",
                &format!("about={note}"),
            ],
        ),
    );
    let exception = record(
        &school,
        &full(
            "exception",
            OFFICE,
            &[
                "--rule",
                "two signatures",
                "--reason",
                "the chair is away",
                "--ratify-role",
                "headteacher",
                "--ratify-by",
                &day(9),
            ],
        ),
    );
    record(
        &school,
        &full(
            "ratification",
            HEAD,
            &[
                "--link",
                &format!("ratifies={}", exception["entry"]),
                "--reasons",
                "it could not wait",
            ],
        ),
    );
    dpia(&school, &plan);
    assert_eq!(school.verify(["--fail-on", "incomplete"]).0, 0);
}

fn governance(school: &School) {
    let stamp = school.file("stamp.tsr", b"a timestamp");
    record(
        school,
        &full(
            "anchor",
            OFFICE,
            &[
                "--size",
                "13",
                "--evidence",
                &stamp,
                "--evidence-type",
                "timestamp",
                "--source",
                "a timestamp service",
            ],
        ),
    );
    let size = &school.show(13)["clear"];
    assert!(size.to_string().contains("13"), "{size}");
    record(school, &full("log-key", HEAD, &["--reason", "routine"]));
    let note = text(&school.json(["checkpoint"])["note"]);
    assert!(note.starts_with("hillside.example/records\n15\n"), "{note}");
    record(
        school,
        &full(
            "clock-correction",
            OFFICE,
            &[
                "--entry",
                "13",
                "--reason",
                "computer-clock-wrong",
                "--detail",
                "the battery was flat",
            ],
        ),
    );
    let view = school.show(13);
    assert_eq!(view["since"]["clock_corrections"], json!([15]));
}

fn breach(school: &School, at: &dyn Fn(i64) -> String) -> String {
    let report = record(
        school,
        &full(
            "breach-report",
            OFFICE,
            &[
                "--case",
                "new",
                "--aware",
                &at(3),
                "--discovered-by",
                "a parent",
                "--out-of-hours",
                "no",
                "--source",
                "other",
                "--kind",
                "human-error",
                "--nature",
                "confidentiality",
                "--nature",
                "integrity",
                "--still-occurring",
                "no",
                "--media",
                "paper",
                "--data-types",
                "attendance",
                "--sensitivity",
                "low: no health data",
                "--protections",
                "a sealed envelope",
                "--what-happened",
                "a letter went astray",
                "--possible-misuse",
                "gossip",
                "--likely-consequences",
                "embarrassment",
                "--people-kinds",
                "pupils",
                "--people-count",
                "1",
                "--records-count",
                "2",
            ],
        ),
    );
    let case = text(&report["case"]);
    // The policy gives the DPO this decision, so there is nothing to ask.
    let decision = record(
        school,
        &full(
            "breach-decision",
            DPO,
            &[
                "--case",
                &case,
                "--risk",
                "likely",
                "--notify-regulator",
                "yes",
                "--justification",
                "one letter",
                "--delay-reasons",
                "none",
                "--tell-people",
                "exempt",
                "--exemption",
                "risk-removed",
                "--police",
                "not-needed",
                "--dpo-view",
                "it should be told",
                "--advice-taken",
                "from the council",
            ],
        ),
    );
    let view = school.show(&decision["entry"]);
    assert_eq!(view["links"][0]["relation"], "decides");
    assert_eq!(view["links"][0]["entry"], report["entry"], "the report of the case is found");
    let advice = view["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .find(|field| field["name"] == "advice-taken");
    assert_eq!(advice.expect("answered")["privileged"], true);
    case
}

fn pupils(school: &School, at: &dyn Fn(i64) -> String) {
    record(
        school,
        &full(
            "cctv-access",
            CARETAKER,
            &[
                "--case",
                "new",
                "--cameras",
                "gate 2",
                "--cameras",
                "hall",
                "--footage-from",
                &at(26),
                "--footage-to",
                &at(25),
                "--viewed-from",
                &at(2),
                "--viewed-to",
                &at(1),
                "--reason",
                "damage",
                "--detail",
                "a broken window",
                "--authorised-by",
                HEAD,
                "--others-present",
                OFFICE,
                "--related-case",
                "insurance 12",
                "--outcome",
                "clip",
                "--clip-sha256",
                HASH,
                "--storage-place",
                "the safe",
                "--delete-by",
                &day(20),
            ],
        ),
    );
    let consent = record(
        school,
        &full(
            "consent",
            OFFICE,
            &[
                "--case",
                "new",
                "--subject",
                "p-7f3a2c",
                "--capacity",
                "parent",
                "--parental-responsibility-checked",
                "yes",
                "--purposes",
                "purpose=website; decision=given",
                "--purposes",
                "purpose=press; decision=refused",
                "--wording-version",
                "2026",
                "--wording-sha256",
                HASH,
                "--method",
                "paper form",
                "--from",
                &day(-1),
                "--until",
                &day(300),
                "--withhold-by-default",
                "yes",
            ],
        )
        .finds(&["a purpose is consented to, and images are to be withheld by default"]),
    );
    let withdrawal = record(
        school,
        &full(
            "consent-withdrawal",
            OFFICE,
            &[
                "--case",
                &text(&consent["case"]),
                "--received",
                &at(1),
                "--subject",
                "p-7f3a2c",
                "--capacity",
                "parent",
                "--purposes",
                "website",
                "--places",
                "the summer fair page",
            ],
        ),
    );
    let view = school.show(&consent["entry"]);
    assert_eq!(view["marks"], json!(["withdrawn"]));
    assert_eq!(view["since"]["links"][0]["entry"], withdrawal["entry"]);
}

fn dpia(school: &School, plan: &str) {
    let advice = record(
        school,
        &full(
            "dpo-advice",
            DPO,
            &[
                "--case",
                "dpia-new",
                "--recommendation",
                "restrict",
                "--advice",
                "only year 6",
                "--concerns",
                "too wide",
                "--attach",
                plan,
            ],
        ),
    );
    let case = text(&advice["case"]);
    let approval = record(
        school,
        &full(
            "dpia-approval",
            HEAD,
            &[
                "--case",
                &case,
                "--decision",
                "approved-with-conditions",
                "--conditions",
                "look again at half-term",
                "--advice-followed",
                "no",
                "--overruled-reasons",
                "year 5 needs it, too",
                "--overruled-by",
                HEAD,
                "--review-date",
                &day(300),
                "--wording",
                "I approve this plan",
                "--attach",
                plan,
            ],
        ),
    );
    assert_eq!(approval["incomplete"], json!([]));
    record(
        school,
        &full(
            "risk-acceptance",
            OWNER,
            &[
                "--case",
                &case,
                "--risks",
                "id=R1; impact=minor; likelihood=unlikely; level=low",
                "--risks",
                "id=R2; impact=moderate; likelihood=neither; level=medium",
                "--controls",
                &format!("control=sharing off; done=yes; date={}", day(-1)),
                "--reasons",
                "little harm",
                "--conditions",
                "half-term check",
                "--until",
                &day(300),
            ],
        ),
    );
}

/// A document that the schema describes, with every property that isn't a file.
fn document(schema: &Json) -> Json {
    if let Some(alternatives) = schema["anyOf"].as_array() {
        // A moment is a number or written out; a span begins with days.
        let written = alternatives.iter().any(|one| one["format"] == "date-time");
        return if written {
            json!(probity::work::time::rfc3339(now() - 7200))
        } else {
            document(&alternatives[0])
        };
    }
    if let Some(words) = schema["enum"].as_array() {
        return words[0].clone();
    }
    match (schema["type"].as_str(), schema["format"].as_str(), schema["pattern"].as_str()) {
        (Some("object"), _, _) => {
            let properties = schema["properties"].as_object().expect("properties");
            let all = properties.iter().filter(|(name, _)| *name != "documents");
            Json::Object(all.map(|(name, schema)| (name.clone(), document(schema))).collect())
        }
        (Some("array"), _, _) => json!([document(&schema["items"])]),
        (Some("boolean"), _, _) => json!(true),
        (Some("integer"), _, _) => json!(3),
        (Some("string"), Some("date"), _) => json!(day(-2)),
        (Some("string"), _, Some(pattern))
            if pattern.contains("{64}") && !pattern.contains("4,64") =>
        {
            json!(HASH)
        }
        (Some("string"), _, Some(_)) => json!("ref-4821"),
        (Some("string"), _, None) => json!("Written by hand"),
        _ => panic!("a schema of an unknown form: {schema}"),
    }
}

/// Who signs each kind, and what stands beside the answers.
fn beside(kind: &str) -> (&'static str, &'static [&'static str], Json) {
    let link = |relation: &str| json!({ "links": [{ "rel": relation, "entry": 13 }] });
    let case = |case: &str| json!({ "case": case });
    match kind {
        "log-key" => (HEAD, &[], json!({})),
        "anchor" => (OFFICE, &["--size", "13", "--evidence", HASH], json!({})),
        "clock-correction" => (OFFICE, &["--entry", "13", "--reason", "other"], json!({})),
        "policy" => (CHAIR, &[], json!({ "attach": ["policy.pdf"] })),
        "approval" => (CHAIR, &[], link("approves")),
        "correction" => (OFFICE, &[], link("corrects")),
        "ratification" => (HEAD, &[], link("ratifies")),
        "paper-signature" => (OFFICE, &[], link("signs-off")),
        "dpo-advice" => (DPO, &[], json!({ "attach": ["policy.pdf"], "case": "dpia-new" })),
        "dpia-approval" => (HEAD, &[], json!({ "attach": ["policy.pdf"], "case": "new" })),
        "risk-acceptance" => (OWNER, &[], case("new")),
        "breach-report" | "consent" | "consent-withdrawal" => (OFFICE, &[], case("new")),
        "breach-decision" => (HEAD, &[], case("new")),
        "cctv-access" => (CARETAKER, &[], case("new")),
        _ => (OFFICE, &[], json!({})),
    }
}

#[test]
fn every_kind_takes_a_document_made_from_its_own_schema() {
    let school = School::begun();
    school.file("policy.pdf", pdf("Data protection policy"));
    let exception = ["--rule", "r", "--reason", "because"];
    assert_eq!(index(&school.record("exception", OFFICE, &exception)["entry"]), 13);
    let kinds = school.json(["kinds"]);
    let mut recorded = 0;
    for kind in kinds.as_array().expect("kinds") {
        let name = text(&kind["name"]);
        let schema = school.json(["kinds", &name, "--schema"]);
        if matches!(name.as_str(), "genesis" | "appointment" | "acceptance" | "revocation") {
            continue;
        }
        let (by, options, more) = beside(&name);
        let answers = document(&schema);
        let mut whole = answers.as_object().cloned().unwrap_or_default();
        whole.extend(more.as_object().cloned().unwrap_or_default());
        let file = school.file(&format!("{name}.json"), Json::Object(whole.clone()).to_string());
        let mut line = options.to_vec();
        line.extend(["--from-json", &file]);
        let report = school.record(&name, by, &line);
        let view = school.show(&report["entry"]);
        assert_eq!(view["findings"], report["findings"], "{name}");
        as_given(&name, &answers, &view);
        recorded += 1;
    }
    assert!(recorded >= 18, "{recorded}");
    assert_eq!(school.verify([""; 0]).0, 0);
    // Options win over the document.
    let line = ["--from-json", "note.json", "--text", "by option", "--case", "other-new"];
    let view = school.show(&school.record("note", OFFICE, &line)["entry"]);
    assert_eq!(answer(&view, "text"), "by option");
}

fn as_given(kind: &str, given: &Json, view: &Json) {
    for (name, value) in given.as_object().unwrap_or(&Map::new()) {
        if name == "decision" {
            assert_eq!(&view["decision"], value);
            continue;
        }
        let expected = match value.as_str().map(|text| text.parse::<jiff::Timestamp>()) {
            Some(Ok(moment)) => json!(moment.as_second()),
            _ => value.clone(),
        };
        assert_eq!(answer(view, name), &expected, "{kind}: {name}");
    }
    let unanswered: Vec<&Json> = view["unanswered"].as_array().expect("a list").iter().collect();
    assert!(unanswered.iter().all(|name| *name == "documents"), "{kind}: {unanswered:?}");
}

#[test]
fn the_first_record_takes_everything_that_its_schema_asks() {
    let school = School::nothing();
    let mut first = document(&school.json(["kinds", "genesis", "--schema"]));
    first["establishment"]["urn"] = json!("123456");
    let file = school.file("first.json", first.to_string());
    let said = school.ok([
        "init",
        "--school",
        "Hillside",
        "--controller",
        "Hillside Trust",
        "--name",
        HEAD,
        "--as",
        "headteacher",
        "--from-json",
        &file,
    ]);
    let view = school.show(0);
    let printed: String = said.out.chars().filter(|c| !c.is_whitespace()).collect();
    assert_eq!(printed, text(&view["hash"]), "what is minuted is the hash of the first record");
    assert!(said.err.contains("There is no second representative"), "{said:#?}");
    assert_eq!(view["unanswered"], json!([]));
    assert_eq!(answer(&view, "establishment")["urn"], "123456");
    assert_eq!(answer(&view, "establishment")["name"], "Hillside");
    assert_eq!(school.log(&[]), [0, 1]);
    assert_eq!(school.verify([""; 0]).0, 0);
}

/// What an inspector asks about records that say as little as they may.
#[test]
fn a_bare_record_is_taken_and_what_it_lacks_is_named() {
    let school = School::begun();
    let plan = school.file("plan.pdf", pdf("Plan"));
    let late = (now() - 80 * 3600).to_string();
    let (week, soon) = (day(-7), day(30));
    let control = format!("control=training; done=no; date={soon}");
    let asks = |kind: &str, by: &str, options: &[&str], expected: &[&str]| {
        let mut line = vec!["record", kind, "--by", by, "--dry-run"];
        line.extend(options);
        let found = findings(&school.json(line));
        let fits = |(found, expected): (&String, &&str)| found.starts_with(expected);
        assert!(
            found.len() == expected.len() && found.iter().zip(expected).all(fits),
            "{kind}: {found:#?}"
        );
    };
    asks(
        "dpia-approval",
        HEAD,
        &["--case", "new", "--decision", "approved-with-conditions", "--attach", &plan],
        &[
            "it is approved with conditions, and none is named",
            "approval before advice: the DPO has not advised on this content",
            "no review date is set",
        ],
    );
    asks(
        "dpia-approval",
        HEAD,
        &[
            "--case",
            "new",
            "--decision",
            "approved",
            "--advice-followed",
            "no",
            "--review-date",
            &week,
        ],
        &[
            "it links to no record and names no document",
            "the DPO's advice is overruled without reasons",
            "the DPO's advice is overruled and nobody is named who did it",
            "approval before advice: the DPO has not advised on this content",
            "the review date, ",
        ],
    );
    asks(
        "risk-acceptance",
        OWNER,
        &[
            "--case",
            "new",
            "--risks",
            "id=R1; impact=major; likelihood=likely",
            "--risks",
            "id=R2",
            "--controls",
            &control,
        ],
        &[
            "risk R2 has no rating after the controls",
            "risk R1 stays high: processing must not start until the regulator is consulted",
            "the risk is accepted before a control is done: training, due ",
            "no reasons are given",
            "no last day is set",
        ],
    );
    asks(
        "breach-report",
        OFFICE,
        &["--case", "new", "--aware", &late],
        &[
            "still missing for the regulator: the nature of the breach, the kinds of people concerned, ",
            "it is not said whether the breach is still going on",
            "it is not said when the breach happened",
            "it is recorded more than 72 hours after awareness (",
        ],
    );
    asks(
        "breach-decision",
        HEAD,
        &["--case", "new", "--risk", "high", "--notify-regulator", "no", "--tell-people", "no"],
        &[
            "the regulator is not notified and no justification is given",
            "a risk is likely, and the regulator is not notified",
            "no breach report stands before this decision",
            "the risk is high, and the people concerned are not told",
            "the DPO's view is missing",
            "it is not said whether the police are told",
        ],
    );
    asks(
        "breach-decision",
        DPO,
        &[
            "--case",
            "new",
            "--risk",
            "unlikely",
            "--notify-regulator",
            "yes",
            "--tell-people",
            "yes",
            "--police",
            "told",
        ],
        &[
            "a risk is called unlikely, and yet the regulator is notified",
            "no breach report stands before this decision",
            "the DPO decided, and no policy at hand gives the DPO this decision",
        ],
    );
    asks(
        "cctv-access",
        OFFICE,
        &[
            "--case",
            "new",
            "--cameras",
            "gate",
            "--footage-from",
            &late,
            "--footage-to",
            "2020-01-01 10:00",
            "--viewed-from",
            &late,
            "--viewed-to",
            &late,
            "--reason",
            "other",
            "--outcome",
            "still",
        ],
        &[
            "footage-to is before footage-from",
            "no hash of what was taken",
            "no place where what was taken is kept",
            "no date by which what was taken is deleted",
            "the reason is 'other' and nothing explains it",
            "its author is not authorised to view images, and nobody is named who allowed it",
            "signed as Administrator, a role that may not sign this",
        ],
    );
    asks(
        "consent",
        OFFICE,
        &[
            "--case",
            "new",
            "--subject",
            "p-0001",
            "--purposes",
            "purpose=biometric; decision=given",
            "--capacity",
            "relative",
        ],
        &[
            "parental responsibility of the relative was not checked",
            "the wording is not named, so it can't be shown what was consented to",
            "no last day is set; consent is asked again each school year",
            "for biometric data of an under-18 a parent has to consent in writing",
        ],
    );
    asks(
        "consent-withdrawal",
        OFFICE,
        &["--case", "new", "--received", &late],
        &[
            "it links to no consent; if that is on paper, say so",
            "it names no pupil's reference, so it can't be told whose consent ends",
            "it is not said who withdrew, as what",
            "no purpose is named, so it is read as all of them",
            "no places are listed where copies were looked for or found",
        ],
    );
    asks(
        "policy",
        CHAIR,
        &["--title", "Under the Data Protection Act 1998"],
        &[
            "the day of adoption is left blank",
            "the body that adopted it is left blank",
            "no day of the next review is set",
            "the policy itself is not attached",
            "it cites the Data Protection Act 1998, which the Act of 2018 replaced",
        ],
    );
    asks(
        "note",
        OFFICE,
        &["--text", "not known", "--occurred", "2019-05-01/2020-05-31"],
        &[
            "it is recorded long after 31 May 2020, when it happened",
            "answers are said to be not known: text",
        ],
    );
    asks(
        "correction",
        CHAIR,
        &["--link", "corrects=1", "--what-changed", "x"],
        &[
            "no reason is given for the correction",
            "entry 1 is corrected by somebody other than its author",
        ],
    );
    asks(
        "exception",
        OFFICE,
        &["--rule", "x", "--reason", "y"],
        &["no role is named that has to ratify", "no day is set for the ratification"],
    );
    asks(
        "paper-signature",
        OFFICE,
        &[
            "--person", "Jo Lane", "--role", "mayor", "--date", &soon, "--what", "x", "--link",
            "about=1",
        ],
        &[
            "no scan or minute is attached",
            "the person has no identifier here, so this can't show that two people are different",
            "'mayor' is no role of this ledger, so it completes nothing",
            "the signature is dated ",
        ],
    );
    asks(
        "approval",
        HEAD,
        &[
            "--decision",
            "approved",
            "--link",
            "approves=1",
            "--conditions",
            "x",
            "--occurred",
            "2020-05-01/2020-05-31",
        ],
        &[
            "conditions are named, and the decision is approved without conditions",
            "the approval is dated by a span and not by a day",
            "its author wrote what it approves, entry 1",
            "it is recorded long after ",
        ],
    );
    asks(
        "ratification",
        OFFICE,
        &["--link", "ratifies=1"],
        &["no reasons are given", "entry 1 is no exception but a record of kind appointment"],
    );
    asks(
        "dpo-advice",
        DPO,
        &["--recommendation", "do-not-proceed"],
        &[
            "the advice itself is not written down",
            "it links to no record and names no document",
            "it advises against and lists no concerns",
        ],
    );
}
