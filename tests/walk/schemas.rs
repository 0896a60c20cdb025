//! Every kind of record, from a document that its own schema describes.

use probity::store::{Mode, Store as _};
use probity::work::reading::Reading;
use probity_ledger::format::hash::Index;
use serde_json::{Map, Value as Json, json};

use crate::common::files::pdf;
use crate::common::{
    CARETAKER, CHAIR, DPO, HEAD, OFFICE, OWNER, School, answer, day, index, now, text,
};

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// A document that the schema describes, with every property that isn't a file.
fn document(schema: &Json) -> Json {
    if let Some(alternatives) = schema["anyOf"].as_array() {
        // A moment is a number or written out; a span begins with days.
        let written = alternatives.iter().any(|one| one["format"] == "date-time");
        let moment = || json!(probity::work::time::rfc3339(now() - 7200));
        return if written { moment() } else { document(&alternatives[0]) };
    }
    if let Some(words) = schema["enum"].as_array() {
        return words[0].clone();
    }
    let (form, pattern) = (schema["format"].as_str(), schema["pattern"].as_str());
    match schema["type"].as_str().expect("a type") {
        "object" => {
            let properties = schema["properties"].as_object().expect("properties");
            let answered = properties.iter().filter(|(name, _)| *name != "documents");
            Json::Object(answered.map(|(name, schema)| (name.clone(), document(schema))).collect())
        }
        "array" => json!([document(&schema["items"])]),
        "boolean" => json!(true),
        "integer" => json!(3),
        "string" if form == Some("date") => json!(day(-2)),
        "string" if pattern.is_some_and(|pattern| pattern.ends_with("[0-9a-f]{64}$")) => {
            json!(HASH)
        }
        "string" if pattern.is_some() => json!("ref-4821"),
        "string" => json!("Written by hand"),
        other => panic!("a schema of the unknown type {other}"),
    }
}

/// The way for a role that nobody here holds.
const EXCEPTING: &[&str] = &[
    "--exception",
    "authority",
    "--exception-reason",
    "nobody is in the leadership group",
    "--ratify-role",
    "chair-of-governors",
];

/// Who signs each kind, and what stands beside the answers; `of` finds the record of a kind.
fn beside(kind: &str, of: &dyn Fn(&str) -> u64) -> (&'static str, &'static [&'static str], Json) {
    let link_to =
        |relation: &str, entry: u64| json!({ "links": [{ "rel": relation, "entry": entry }] });
    let link = |relation: &str| link_to(relation, 13);
    let attach = |case: &str| json!({ "attach": ["policy.pdf"], "case": case });
    match kind {
        "log-key" | "succession" | "retention-rule" => (HEAD, &[], json!({})),
        "anchor" => (OFFICE, &["--size", "13", "--evidence", HASH], json!({})),
        "clock-correction" => (OFFICE, &["--entry", "13", "--reason", "other"], json!({})),
        "policy" => (CHAIR, &[], json!({ "attach": ["policy.pdf"] })),
        "approval" => (CHAIR, &[], link("approves")),
        "correction" => (OFFICE, &[], link("corrects")),
        "ratification" => (HEAD, &[], link("ratifies")),
        "paper-signature" => (OFFICE, &[], link("signs-off")),
        "request" | "request-step" | "complaint" | "complaint-step" | "image-challenge"
        | "meeting-log" | "supplier-check" => (OFFICE, &["--case", "new"], json!({})),
        "request-answer" => (DPO, &[], link_to("answers", of("request"))),
        "image-removal" => (OFFICE, &[], link_to("removes", of("image-challenge"))),
        "photography-permit" => (HEAD, &["--case", "new"], json!({})),
        "dpo-advice" => (DPO, &[], attach("dpia-new")),
        "dpia-approval" => (HEAD, &[], attach("new")),
        "risk-acceptance" | "control-approval" => (OWNER, &[], json!({ "case": "new" })),
        "breach-decision" => (HEAD, &[], json!({ "case": "new" })),
        "breach-report"
        | "consent"
        | "consent-withdrawal"
        | "dpia-screening"
        | "dpia"
        | "ico-consultation"
        | "dpia-review"
        | "breach-told"
        | "breach-measure"
        | "breach-investigation"
        | "breach-review"
        | "cctv-camera"
        | "cctv-disclosure"
        | "cctv-deletion"
        | "cctv-complaint" => (OFFICE, &[], json!({ "case": "new" })),
        "breach-signoff" => (HEAD, &[], link_to("signs-off", of("breach-investigation"))),
        "covert-authorisation" => (HEAD, EXCEPTING, json!({ "case": "new" })),
        "covert-end" => (OFFICE, &["--case", "new"], link("about")),
        "cctv-access" => (CARETAKER, &[], json!({ "case": "new" })),
        "hold-release" => (HEAD, &[], link("about")),
        "action-done" => (OFFICE, &[], link("about")),
        _ => (OFFICE, &[], json!({})),
    }
}

#[test]
fn every_kind_takes_a_document_made_from_its_own_schema() {
    let school = School::begun();
    school.file("policy.pdf", pdf("Data protection policy"));
    let exception = school.record("exception", OFFICE, &["--rule", "r", "--reason", "because"]);
    assert_eq!(index(&exception["entry"]), 13);
    let mut recorded = 0;
    let mut recorded_as = std::collections::BTreeMap::new();
    let kinds = school.json(["kinds"]);
    let names = kinds.as_array().expect("kinds").iter().map(|kind| text(&kind["name"]));
    // What is only on a record of one kind comes after that.
    let (last, first): (Vec<String>, Vec<String>) = names.partition(|name| {
        matches!(name.as_str(), "request-answer" | "image-removal" | "breach-signoff")
    });
    for name in first.into_iter().chain(last) {
        let schema = school.json(["kinds", &name, "--schema"]);
        if matches!(
            name.as_str(),
            "genesis" | "appointment" | "acceptance" | "revocation" | "statement" | "erasure"
        ) {
            continue;
        }
        let of = |kind: &str| recorded_as.get(kind).copied().expect("recorded before");
        let (by, options, more) = beside(&name, &of);
        let answers = document(&schema);
        let mut whole = answers.as_object().cloned().unwrap_or_default();
        whole.extend(more.as_object().cloned().unwrap_or_default());
        let file = school.file(&format!("{name}.json"), Json::Object(whole).to_string());
        let mut line = options.to_vec();
        line.extend(["--from-json", &file]);
        let report = school.record(&name, by, &line);
        recorded_as.insert(name.clone(), index(&report["entry"]));
        let view = school.show(&report["entry"]);
        assert_eq!(view["findings"], report["findings"], "{name}");
        as_given(&name, &answers, &view);
        recorded += 1;
    }
    assert!(recorded >= 18, "{recorded}");
    assert_eq!(school.verify([""; 0]).0, 0);
    nothing_written_stands_in_an_entry(&school);
    // Options win over the document.
    let line = ["--from-json", "note.json", "--text", "by option", "--case", "other-new"];
    let view = school.show(&school.record("note", OFFICE, &line)["entry"]);
    assert_eq!(answer(&view, "text"), "by option");
}

/// An answer as it is kept: written moments as seconds, wherever they stand.
fn kept(given: &Json) -> Json {
    match given {
        Json::String(text) => match text.parse::<jiff::Timestamp>() {
            Ok(moment) => json!(moment.as_second()),
            Err(_) => given.clone(),
        },
        Json::Array(items) => items.iter().map(kept).collect(),
        Json::Object(members) => {
            Json::Object(members.iter().map(|(name, one)| (name.clone(), kept(one))).collect())
        }
        _ => given.clone(),
    }
}

fn as_given(kind: &str, given: &Json, view: &Json) {
    for (name, value) in given.as_object().unwrap_or(&Map::new()) {
        if name == "decision" {
            assert_eq!(&view["decision"], value);
            continue;
        }
        assert_eq!(answer(view, name), &kept(value), "{kind}: {name}");
    }
    let unanswered: Vec<&Json> = view["unanswered"].as_array().expect("a list").iter().collect();
    assert!(unanswered.iter().all(|name| *name == "documents"), "{kind}: {unanswered:?}");
}

/// What was typed stands in sealed bodies, and in no entry: entries go to everybody who verifies,
/// and what stands in them stays for ever.
fn nothing_written_stands_in_an_entry(school: &School) {
    let reading = Reading::open(&school.inside(), &Mode::Read).expect("the book opens");
    let holds =
        |bytes: &[u8], words: &str| bytes.windows(words.len()).any(|part| part == words.as_bytes());
    let mut in_bodies = 0;
    for at in 0..reading.store.head().size.0 {
        let record = reading.record(Index(at)).expect("a record");
        let body = record.body.as_ref().expect("its answers").to_bytes();
        for words in ["Written by hand", "ref-4821", HEAD, OFFICE] {
            in_bodies += usize::from(holds(&body, words));
            assert!(!holds(record.entry.bytes(), words), "entry {at} holds `{words}`");
        }
    }
    assert!(in_bodies > 30, "{in_bodies}");
}

#[test]
fn the_first_record_takes_everything_that_its_schema_asks() {
    let school = School::nothing();
    let mut first = document(&school.json(["kinds", "genesis", "--schema"]));
    first["establishment"]["urn"] = json!("123456");
    let file = school.file("first.json", first.to_string());
    let begin = ["init", "--school", "Hillside", "--controller", "Hillside Trust", "--name", HEAD];
    let said = school.ok(begin.into_iter().chain(["--as", "headteacher", "--from-json", &file]));
    let view = school.show(0);
    let printed: String = said.out.chars().filter(|c| !c.is_whitespace()).collect();
    assert_eq!(printed, text(&view["hash"]), "what is minuted is the hash of the first record");
    assert!(said.err.contains("Give a second representative a"), "{said:#?}");
    assert_eq!(view["unanswered"], json!([]));
    assert_eq!(answer(&view, "establishment")["urn"], "123456");
    assert_eq!(answer(&view, "establishment")["name"], "Hillside");
    assert_eq!(school.log(&[]), [0, 1]);
    assert_eq!(school.verify([""; 0]).0, 0);
}
