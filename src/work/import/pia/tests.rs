//! An invented assessment in the structure that PIA exports, and what becomes of each part.

use std::path::PathBuf;

use probity_ledger::records::answers::Answers;
use probity_ledger::records::form::to_json;
use serde_json::{Value as Json, json};

use super::super::{Order, Read, Register};

/// Noon on 21 September 2026.
const NOW: i64 = 1_789_988_400;

fn order() -> Order {
    Order {
        register: Register::Dpia,
        file: PathBuf::from("pia.json"),
        map: None,
        origin: None,
        by: "amina".to_owned(),
        role: None,
        skip_faulty: false,
        only_new: false,
        date_confirmed: false,
    }
}

fn export() -> Json {
    serde_json::from_str(include_str!("../../../../tests/common/pia.json")).expect("JSON")
}

fn read(export: &Json) -> Read {
    super::read(export.to_string().as_bytes(), &order(), NOW)
        .unwrap_or_else(|error| panic!("{error}"))
}

fn answers(read: &Read) -> Answers {
    read.rows[0].answers.clone().unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn answer(answers: &Answers, name: &str) -> Json {
    answers.get(name).map_or(Json::Null, to_json)
}

#[test]
fn each_part_has_its_place() {
    let read = read(&export());
    let found = answers(&read);
    assert_eq!(read.origin, "Assessment \"Library loans app\" in the program PIA by Ines Okafor");
    for (name, value) in [
        ("initiative", json!("Library loans app")),
        ("author", json!("Ines Okafor")),
        ("dpo-named", json!("Tomas Varga")),
        ("occurred", json!({ "from": "2025-03-03", "to": "2025-03-10" })),
        (
            "context",
            json!(
                "Pupils borrow books by an app.\nIt replaces cards.\n\nResponsibilities: The school decides; Shelfwise hosts.\n\nCategory: Teaching"
            ),
        ),
        ("codes", json!(["None applies."])),
        ("data-types", json!(["name & class", "books lent"])),
        ("assets", json!(["Tablets", "Shelfwise servers"])),
        ("flows", json!({ "processed": "Scanned at the desk, deleted in July." })),
        ("necessity", json!("Only what a loan needs.")),
        ("retention", json!("One school year.")),
        (
            "purposes",
            json!([{ "purpose": "Lending books, and reminding of them.", "basis-stated": "Public task." }]),
        ),
        (
            "consultation",
            json!({ "done": true, "who": ["Pupil council", "two parents"], "views": "They like reminders." }),
        ),
    ] {
        assert_eq!(answer(&found, name), value, "{name}");
    }
    // Nobody else's opinion or decision is taken.
    for name in ["processing", "review-date", "special-data", "transfers", "processors"] {
        assert!(found.lacks(name), "{name}");
    }
}

#[test]
fn evaluations_answer_the_questions_on_principles() {
    let found = answers(&read(&export()));
    let principles = answer(&found, "principles");
    let by = |question: &str| {
        let all = principles.as_array().expect("a list");
        let one =
            all.iter().find(|one| one["question"].as_str().is_some_and(|q| q.contains(question)));
        one.cloned().unwrap_or_else(|| panic!("{question}: {principles:#}"))
    };
    assert_eq!(by("specific")["answer"], "yes");
    assert_eq!(by("lawful basis")["answer"], "not-investigated");
    let retention = by("how long");
    assert_eq!(retention["answer"], "potentially");
    assert_eq!(
        retention["detail"],
        "One school year.\n\nEvaluated as: improvable\n\nEvaluation: Leavers are forgotten.\n\nTo be done: Delete leavers in September."
    );
    assert_eq!(by("contract")["answer"], "no");
    assert_eq!(principles.as_array().map(Vec::len), Some(5));
}

#[test]
fn risks_have_their_levels_before_and_after_and_their_controls() {
    let found = answers(&read(&export()));
    let risks = answer(&found, "risks");
    let access = &risks[0];
    assert_eq!(access["id"], "pia-3.2");
    for (name, level) in [
        ("scale", "five-by-five"),
        ("impact-before", "major"),
        ("likelihood-before", "likely"),
        ("impact-after", "minor"),
        ("likelihood-after", "very-unlikely"),
    ] {
        assert_eq!(access[name], level, "{name}");
    }
    let about = access["description"].as_str().expect("text");
    for part in [
        "Impacts: teasing; shame",
        "Measures: Passwords; Rules for the desk; A locked room",
        "Severity, with the measures that are planned: significant: Titles tell things.",
        "To be done: Hide titles on the desk's screen.",
    ] {
        assert!(about.contains(part), "{part}: {about}");
    }
    // An unrated one has no level, and none is made up.
    assert_eq!(risks[1]["head"], "Loss of data");
    assert!(risks[1].get("impact-before").is_none() && risks[1].get("impact-after").is_none());
    assert_eq!(risks.as_array().map(Vec::len), Some(2), "nothing is said of the third");
    assert_eq!(
        answer(&found, "controls"),
        json!([
            { "risk": "pia-3.2", "kind": "technical", "text": "Passwords: Twelve characters." },
            { "risk": "pia-3.2", "kind": "procedure", "text": "Rules for the desk" },
        ])
    );
    assert_eq!(
        answer(&found, "responsibilities"),
        json!([
            { "risk": "pia-3.2", "control": "Make them fourteen.", "officer": "Ken Abara", "deadline": "2025-09-01" },
            { "risk": "pia-3.2", "control": "Hide titles on the desk's screen." },
        ])
    );
}

#[test]
fn what_has_no_place_is_named_and_kept_in_the_mapping() {
    let read = read(&export());
    let expected = [
        "dpo_opinion: have the DPO record it as `dpo-advice`",
        "evaluator_name",
        "validator_name: who approves it records a `dpia-approval`",
        "the answer to question 901",
        "the measure \"A locked room\" as a control of a risk",
        "the measure \"Nobody names me\" as a control of a risk",
        "the evaluation of 1.1",
        "1 of the comments that were made while it was written",
    ];
    for one in expected {
        assert!(read.notes.contains(&format!("left out: {one}")), "{one}: {:#?}", read.notes);
        assert!(read.mapping.contains(&format!("\nLeft out: {one}")), "{one}: {}", read.mapping);
    }
    assert_eq!(read.notes.len(), expected.len() + 1, "{:#?}", read.notes);
}

#[test]
fn a_consultation_that_was_not_held_says_why() {
    let mut export = export();
    export["pia"]["concerned_people_searched_opinion"] = json!(false);
    export["pia"]["concerned_people_searched_content"] = json!("<p>Too early.</p>");
    let consultation = answer(&answers(&read(&export)), "consultation");
    assert_eq!(
        (&consultation["done"], &consultation["why-not"]),
        (&json!(false), &json!("Too early."))
    );
    export["pia"].as_object_mut().expect("an object").remove("concerned_people_searched_opinion");
    assert!(answers(&read(&export)).lacks("consultation"), "nobody said");
}

#[test]
fn what_is_too_long_for_a_line_is_named_and_nothing_is_cut() {
    let mut export = export();
    let long = "x".repeat(5000);
    export["answers"][2]["data"]["text"] = json!(long);
    export["pia"]["author_name"] = json!(long);
    let read = read(&export);
    assert!(answers(&read).lacks("codes") && answers(&read).lacks("author"));
    assert!(
        read.notes
            .contains(&"left out: question 113: a line of it is too long for codes".to_owned()),
        "{:#?}",
        read.notes
    );
    assert!(read.notes.contains(&"left out: author_name: it is too long for author".to_owned()));
}

#[test]
fn what_is_no_export_is_refused() {
    for (bytes, fact) in [
        (&b"\xff\xfe"[..], "the assessment is not UTF-8 text"),
        (b"PIA", "the assessment is not JSON: "),
        (b"{\"answers\": []}", "this is no assessment that PIA exported"),
        (b"{\"pia\": {\"name\": \" \"}}", "the assessment has no name"),
        (b"[]", "this is no assessment"),
    ] {
        let error = super::read(bytes, &order(), NOW).err().expect("no export");
        assert!(error.to_string().starts_with(fact), "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("PIA")), "{:?}", error.hint());
    }
    // A name is enough.
    let bare = super::read(
        b"\xef\xbb\xbf{\"pia\": {\"name\": \"Bare\"}, \"answers\": null}",
        &order(),
        NOW,
    );
    assert_eq!(answers(&bare.expect("an export")).text("initiative"), Some("Bare"));
}

#[test]
fn an_export_of_thousands_of_parts_names_some_of_them() {
    let mut export = export();
    let answers: Vec<Json> = (1000..9000)
        .map(|number| json!({ "reference_to": number, "data": { "text": "x" } }))
        .collect();
    export["answers"] = answers.into();
    let read = read(&export);
    assert!(read.mapping.ends_with("more parts") && read.mapping.len() < 64 << 10);
    assert!(read.notes.len() < 600, "{}", read.notes.len());
}
