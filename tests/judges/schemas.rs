//! Documents for every kind, minimal, full and spoiled: the JSON Schema that `kinds` prints and
//! the program's own reading must take the same ones.

use probity_ledger::records::form::answers_from_json;
use probity_ledger::records::kind::{Clear, Field, Form, Kind};
use probity_ledger::records::{KINDS, newest};
use serde_json::{Map, Value as Json, json};

use super::{judge, probity, run, said};

fn value(form: &Form, full: bool) -> Json {
    match form {
        Form::Text | Form::Long => json!("some words"),
        Form::Person => json!("Priya Raman"),
        Form::Date => json!("2026-09-21"),
        Form::Time => json!(1_790_000_000),
        Form::Bool => json!(true),
        Form::Count => json!(12),
        Form::Choice(words) => json!(words[0]),
        Form::Ref => json!("p-7f3a2c"),
        Form::Hash => json!("ab".repeat(32)),
        Form::Doc => json!({
            "name": "a.txt", "type": "text/plain", "size": 3, "sha256": "cd".repeat(32),
        }),
        Form::Occurred => json!({ "from": "2026-09-20", "to": "2026-09-21" }),
        Form::Roles => json!(["dpo", "headteacher"]),
        Form::List(inner) => json!([value(inner, full)]),
        Form::Group(fields) => object(fields.iter(), full),
    }
}

fn object<'a>(fields: impl Iterator<Item = &'a Field>, full: bool) -> Json {
    let wanted = fields.filter(|field| full || field.required);
    let mut members: Map<String, Json> =
        wanted.map(|field| (field.name.to_owned(), value(&field.form, full))).collect();
    if members.is_empty() && full {
        members.insert("nothing".to_owned(), Json::Null);
    }
    Json::Object(members)
}

fn document(kind: &Kind, full: bool) -> Json {
    let mut document = object(kind.body_fields(), full);
    if kind.clear == Clear::Decision {
        document["decision"] = json!("approved");
    }
    document
}

/// The full document with one field set to something else, or without it.
fn with(kind: &Kind, field: &str, value: Option<Json>) -> Json {
    let mut document = document(kind, true);
    let members = document.as_object_mut().expect("a document is an object");
    match value {
        Some(value) => members.insert(field.to_owned(), value),
        None => members.remove(field),
    };
    document
}

fn documents(kind: &Kind) -> Vec<(String, Json)> {
    let mut all = vec![
        ("minimal".to_owned(), document(kind, false)),
        ("full".to_owned(), document(kind, true)),
        ("a field too many".to_owned(), with(kind, "no-such-field", Some(json!("x")))),
        ("no object".to_owned(), json!(["a"])),
    ];
    for field in kind.body_fields() {
        let mut add = |what: &str, value: Option<Json>| {
            all.push((format!("{} {what}", field.name), with(kind, field.name, value)));
        };
        add("left out", None);
        add("null", Some(Json::Null));
        add("an empty object", Some(json!({})));
        add("an empty list", Some(json!([])));
        if !matches!(field.form, Form::Time) {
            // Whether a text is a date-time, this library leaves to another package.
            add("an empty text", Some(json!("")));
        }
        add("-1", Some(json!(-1)));
        match field.form {
            Form::Date => add("no day", Some(json!("2026-02-30"))),
            Form::Choice(_) => add("another word", Some(json!("no-such-word"))),
            Form::Ref => add("a name", Some(json!("Joe Marsh"))),
            Form::Hash => add("short", Some(json!("ab"))),
            Form::Occurred => {
                add("unknown", Some(json!({ "unknown": "nobody saw it" })));
                add("moments", Some(json!({ "from": 1_790_000_000, "to": 1_790_000_060 })));
                add("half", Some(json!({ "from": "2026-09-20" })));
            }
            _ => {}
        }
    }
    if kind.clear == Clear::Decision {
        all.push(("no decision".to_owned(), with(kind, "decision", None)));
        all.push(("another decision".to_owned(), with(kind, "decision", Some(json!("maybe")))));
    }
    all
}

#[test]
fn schemas_and_program_take_the_same_documents() {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let mut lines = String::new();
    // What was signed elsewhere has no answers of its own.
    let shown = |kind: &&&Kind| newest(kind.name).is_some_and(|one| one.version == kind.version);
    for kind in KINDS.iter().filter(shown).filter(|kind| kind.body_fields().next().is_some()) {
        let mut command = probity();
        command.args(["kinds", kind.name, "--schema"]);
        let output = run(command);
        assert!(output.status.success(), "{}: {}", kind.name, said(&output));
        let schema: Json = serde_json::from_slice(&output.stdout).expect("a schema is JSON");
        for (what, document) in documents(kind) {
            let valid = answers_from_json(kind, &document).is_ok();
            assert!(
                valid || !matches!(what.as_str(), "minimal" | "full"),
                "{} {what}: {:?}",
                kind.name,
                answers_from_json(kind, &document).err()
            );
            let case = json!({
                "kind": kind.name, "what": what, "schema": schema, "document": document, "valid": valid,
            });
            lines.extend([case.to_string(), "\n".to_owned()]);
        }
    }
    let path = folder.path().join("documents.jsonl");
    std::fs::write(&path, lines).expect("it can be written");
    judge("documents.py", &[&path]);
}
