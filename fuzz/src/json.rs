//! Answers as JSON: documents for `--from-json`, lines for `--from-jsonl`, and options.

use probity::work::given::Given;
use probity_ledger::format::cbor;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::form;
use probity_ledger::records::kind::{Form, Kind};
use probity_ledger::records::{self, KINDS};
use serde_json::{Value as Json, json};

use super::short;

/// When the answers are given: 21 September 2026.
const NOW: i64 = 1_790_000_000;

/// Every line, as a document for the kind that its member `kind` names, or for a note.
pub fn record_json(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for line in text.lines() {
        match serde_json::from_str::<Json>(line) {
            Ok(json) => document(json),
            Err(error) => short(&error),
        }
    }
}

fn document(mut json: Json) {
    let named = json.as_object_mut().and_then(|members| members.remove("kind"));
    let name = named.as_ref().and_then(Json::as_str).unwrap_or("note");
    let Some(kind) = records::newest(name) else { return };
    if let Json::Object(members) = &json {
        for (name, member) in members {
            if let Some(field) = kind.field(name) {
                value(&field.form, member);
            }
            if let Some(text) = member.as_str() {
                option(kind, name, text);
            }
        }
    }
    let mut given = Given::at(NOW);
    given.document(kind, json);
    match given.checked(kind) {
        Ok(given) => {
            assert_eq!(form::check_answers(kind, &given.answers), Ok(()));
            spelled(&given.answers);
        }
        Err(error) => short(&error),
    }
}

/// What is accepted is a value that the ledger can hold, and it comes back from JSON the same.
fn value(form: &Form, json: &Json) {
    match form::from_json(form, json) {
        Ok(value) => {
            assert_eq!(form::check_value(form, &value), Ok(()));
            assert_eq!(cbor::parse(&value.to_bytes()).as_ref(), Ok(&value), "the ledger holds it");
            assert_eq!(form::from_json(form, &form::to_json(&value)), Ok(value), "there and back");
        }
        Err(reason) => short(&reason),
    }
}

fn option(kind: &Kind, name: &str, text: &str) {
    let Some(field) = kind.field(name) else { return };
    match form::from_option(&field.form, text) {
        Ok(value) => {
            assert_eq!(cbor::parse(&value.to_bytes()).as_ref(), Ok(&value), "the ledger holds it");
        }
        Err(reason) => short(&reason),
    }
}

fn spelled(answers: &Answers) {
    for value in answers.0.values() {
        assert_eq!(cbor::parse(&value.to_bytes()).as_ref(), Ok(value), "the ledger holds it");
    }
}

/// A document of every kind with an answer in every field, and lines.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = KINDS
        .iter()
        .map(|kind| {
            let mut members: serde_json::Map<String, Json> = kind
                .fields
                .iter()
                .map(|field| (field.name.to_owned(), example(&field.form)))
                .collect();
            members.insert("kind".to_owned(), kind.name.into());
            Json::Object(members).to_string().into_bytes()
        })
        .collect();
    // The same with the largest number that the ledger holds wherever a number stands: a step
    // further is too much.
    let edge = cbor::MAX_INTEGER.to_string();
    let numbers = ["30", &NOW.to_string()].map(|number| format!(":{number}"));
    let edges: Vec<Vec<u8>> = found
        .iter()
        .map(|seed| String::from_utf8_lossy(seed).into_owned())
        .filter(|seed| numbers.iter().any(|number| seed.contains(number)))
        .map(|seed| {
            let put = |seed: String, number: &String| seed.replace(number, &format!(":{edge}"));
            numbers.iter().fold(seed, put).into_bytes()
        })
        .collect();
    found.extend(edges);
    found.push(
        br#"{"text":"a","case":"new","links":[{"rel":"about","entry":17}],"attach":["a.pdf"]}
{"text":"b","case":"dpia-2026-001"}
"#
        .to_vec(),
    );
    found
}

fn example(form: &Form) -> Json {
    match form {
        Form::Text | Form::Long | Form::Person => json!("Something that happened"),
        Form::Date => json!("2026-09-21"),
        Form::Time => json!(NOW),
        Form::Bool => json!(true),
        Form::Count => json!(30),
        Form::Choice(words) => json!(words.first()),
        Form::Ref => json!("p7kq-3xw9"),
        Form::Hash => json!("00".repeat(32)),
        Form::Doc => {
            json!({"name": "a.pdf", "type": "application/pdf", "size": 3, "sha256": "11".repeat(32)})
        }
        Form::Occurred => json!({"from": "2026-09-01", "to": NOW}),
        Form::Roles => json!(["dpo", "staff"]),
        Form::List(inner) => json!([example(inner)]),
        Form::Group(fields) => {
            let members = fields.iter().map(|field| (field.name.to_owned(), example(&field.form)));
            Json::Object(members.collect())
        }
    }
}
