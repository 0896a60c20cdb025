//! Every form refuses what is not it, and takes what is.

use serde_json::{Value as Json, json};

use super::*;
use crate::records::answers::Answers;
use crate::records::find;

const GROUP: &[Field] = &[
    Field::required("id", Form::Text, "which"),
    Field::optional("level", Form::Choice(&["low", "high"]), "how great"),
    Field::optional("marks", Form::List(&Form::Text), "marks"),
];
const GROUPS: Form = Form::List(&Form::Group(GROUP));
const NAMES: Form = Form::List(&Form::Text);
const LEVEL: Form = Form::Choice(&["low", "high"]);

fn text(text: &str) -> Value {
    Value::text(text)
}

/// Requires that each is refused, and that the reason is in the house form.
fn all_refused(refused: Vec<(&str, Form, Value)>) {
    for (name, form, value) in refused {
        let reason = check_value(&form, &value).expect_err(name);
        assert!(reason.contains("expected ") && reason.contains("found "), "{name}: {reason}");
    }
}

#[test]
fn values_of_another_form_are_refused() {
    let refused: Vec<(&str, Form, Value)> = vec![
        ("null", Form::Text, Value::Null),
        ("empty text", Form::Text, text("")),
        ("blank text", Form::Text, text(" \t")),
        ("two lines", Form::Text, text("a\nb")),
        ("an escape", Form::Long, text("a\u{1b}[2J")),
        ("a long line", Form::Text, text(&"é".repeat(MAX_TEXT + 1))),
        ("a longer text", Form::Long, text(&"é".repeat(MAX_LONG / 2 + 1))),
        ("a number as text", Form::Text, Value::Int(1)),
        ("no such day", Form::Date, text("2026-02-29")),
        ("a day in another spelling", Form::Date, text("20260228")),
        ("a time before 1970", Form::Time, Value::Int(-1)),
        ("a time beyond 2^53-1", Form::Time, Value::Int(MAX_INTEGER + 1)),
        ("a negative count", Form::Count, Value::Int(-1)),
        ("a word for a truth", Form::Bool, text("yes")),
        ("another word", LEVEL, text("medium")),
        ("a choice in capitals", LEVEL, text("Low")),
        ("a name as reference", Form::Ref, text("jane-doe")),
        ("a short reference", Form::Ref, text("a1b")),
        ("a long reference", Form::Ref, text(&"a1".repeat(33))),
        ("capitals in a reference", Form::Ref, text("A1b2c3")),
        ("a pupil number as reference", Form::Ref, text("a123456789012")),
        ("a temporary pupil number", Form::Ref, text("a12345678901b")),
        ("a birth date as reference", Form::Ref, text("2014-05-03")),
        ("a birth date the other way", Form::Ref, text("03-05-2014")),
        ("31 bytes of hash", Form::Hash, Value::bytes([7; 31])),
        ("a hash as text", Form::Hash, text(&"07".repeat(32))),
        ("an empty list", NAMES, Value::Array(vec![])),
        ("an empty item", NAMES, Value::Array(vec![text("")])),
        ("a null item", NAMES, Value::Array(vec![Value::Null])),
        ("one item without its list", NAMES, text("a")),
        ("an empty group", Form::Group(GROUP), Value::Map(vec![])),
        (
            "an unknown member",
            Form::Group(GROUP),
            Value::map([("id", text("1")), ("x", text("2"))]),
        ),
        ("a missing member", Form::Group(GROUP), Value::map([("level", text("low"))])),
        (
            "a null member",
            Form::Group(GROUP),
            Value::map([("id", text("1")), ("level", Value::Null)]),
        ),
        (
            "a member twice",
            Form::Group(GROUP),
            Value::Map(vec![("id".into(), text("1")), ("id".into(), text("1"))]),
        ),
        ("a numbered member", Form::Group(GROUP), Value::map([(1, text("1"))])),
    ];
    all_refused(refused);
}

#[test]
fn values_of_another_shape_are_refused() {
    let sha = || Value::bytes([7; 32]);
    let refused: Vec<(&str, Form, Value)> = vec![
        ("an unknown role", Form::Roles, Value::Array(vec![text("king")])),
        ("roles out of order", Form::Roles, Value::Array(vec![text("staff"), text("dpo")])),
        ("a role twice", Form::Roles, Value::Array(vec![text("dpo"), text("dpo")])),
        ("no roles", Form::Roles, Value::Array(vec![])),
        ("a start without an end", Form::Occurred, Value::map([("from", text("2026-05-01"))])),
        (
            "a day and a moment",
            Form::Occurred,
            Value::map([("from", text("2026-05-01")), ("to", Value::Int(1_800_000_000))]),
        ),
        (
            "an end before its start",
            Form::Occurred,
            Value::map([("from", text("2026-05-02")), ("to", text("2026-05-01"))]),
        ),
        (
            "moments out of order",
            Form::Occurred,
            Value::map([("from", Value::Int(2)), ("to", Value::Int(1))]),
        ),
        ("an unknown time without a reason", Form::Occurred, Value::map([("unknown", text(""))])),
        (
            "known and unknown at once",
            Form::Occurred,
            Value::map([
                ("from", text("2026-05-01")),
                ("to", text("2026-05-01")),
                ("unknown", text("lost")),
            ]),
        ),
        ("a plain day for a span", Form::Occurred, text("2026-05-01")),
        (
            "a document without a hash",
            Form::Doc,
            Value::map([("name", text("a")), ("type", text("b")), ("size", Value::Int(1))]),
        ),
        (
            "a document of negative size",
            Form::Doc,
            Value::map([
                ("name", text("a")),
                ("type", text("b")),
                ("size", Value::Int(-1)),
                ("sha256", sha()),
            ]),
        ),
    ];
    all_refused(refused);
}

#[test]
fn json_of_every_form_comes_back_the_same() {
    let sha = "ab".repeat(32);
    let taken: Vec<(Form, Json)> = vec![
        (Form::Text, json!("O'Brien, née Smith")),
        (Form::Long, json!("two\nlines")),
        (Form::Date, json!("2024-02-29")),
        (Form::Time, json!(1_790_856_000)),
        (Form::Bool, json!(false)),
        (Form::Count, json!(0)),
        (LEVEL, json!("high")),
        (Form::Ref, json!("p7k2-x9")),
        (Form::Ref, json!("2014-0503-77")),
        (Form::Hash, json!(sha)),
        (
            Form::Doc,
            json!({ "name": "a.pdf", "size": 3, "type": "application/pdf", "sha256": sha }),
        ),
        (Form::Occurred, json!({ "from": "2026-05-01", "to": "2026-05-03" })),
        (Form::Occurred, json!({ "from": 1, "to": 1 })),
        (Form::Occurred, json!({ "unknown": "found in a drawer" })),
        (Form::Roles, json!(["dpo", "staff"])),
        (NAMES, json!(["a", "b"])),
        (GROUPS, json!([{ "id": "1" }, { "id": "2", "level": "low", "marks": ["x"] }])),
    ];
    for (form, document) in taken {
        let value = from_json(&form, &document).unwrap_or_else(|why| panic!("{document}: {why}"));
        assert_eq!(to_json(&value), document);
        let stored = value.to_bytes();
        assert_eq!(crate::format::cbor::parse(&stored), Ok(value));
    }
}

#[test]
fn json_of_another_form_is_refused() {
    for (form, document) in [
        (Form::Text, json!(null)),
        (Form::Text, json!(1)),
        (Form::Time, json!("2026-05-01T10:00:00Z")),
        (Form::Time, json!(1.5)),
        (Form::Count, json!(-1)),
        (Form::Count, json!(u64::MAX)),
        (Form::Bool, json!("yes")),
        (Form::Hash, json!("AB".repeat(32))),
        (Form::Hash, json!("ab")),
        (NAMES, json!("a")),
        (GROUPS, json!([{ "id": "1", "colour": "red" }])),
        (GROUPS, json!([{ "id": "1", "level": null }])),
        (Form::Occurred, json!({ "from": true, "to": true })),
        (Form::Doc, json!({})),
    ] {
        let reason = from_json(&form, &document).expect_err("refused");
        assert!(reason.contains("expected ") && reason.contains("found "), "{document}: {reason}");
    }
}

#[test]
fn options_give_values() {
    let sha = "AB".repeat(32);
    for (form, option, document) in [
        (Form::Bool, "yes", json!(true)),
        (Form::Bool, "false", json!(false)),
        (Form::Count, "012", json!(12)),
        (Form::Hash, sha.as_str(), json!("ab".repeat(32))),
        (Form::Occurred, "2026-05-01", json!({ "from": "2026-05-01", "to": "2026-05-01" })),
        (
            Form::Occurred,
            "2026-05-01/2026-05-03",
            json!({ "from": "2026-05-01", "to": "2026-05-03" }),
        ),
        (Form::Occurred, "5/7", json!({ "from": 5, "to": 7 })),
        (Form::Occurred, "unknown: no log was kept", json!({ "unknown": "no log was kept" })),
        (Form::Roles, "staff, dpo", json!(["dpo", "staff"])),
        (NAMES, "one, and only", json!(["one, and only"])),
        (NAMES, r#"["a", "b"]"#, json!(["a", "b"])),
        (Form::Group(GROUP), "id=R1; level=low", json!({ "id": "R1", "level": "low" })),
        (
            Form::Group(GROUP),
            "id = a=b ; marks=x; marks=y;",
            json!({ "id": "a=b", "marks": ["x", "y"] }),
        ),
        (Form::Group(GROUP), r#"{"id": "a; b"}"#, json!({ "id": "a; b" })),
    ] {
        let value = from_option(&form, option).unwrap_or_else(|why| panic!("{option}: {why}"));
        assert_eq!(from_json(&form, &document), Ok(value), "{option}");
    }
    assert_eq!(from_options(&NAMES, &["a", "b"]), from_json(&NAMES, &json!(["a", "b"])));
    assert_eq!(
        from_options(&Form::Roles, &["staff", "dpo"]),
        from_option(&Form::Roles, "dpo,staff")
    );
}

#[test]
fn options_of_another_form_are_refused() {
    for (form, option) in [
        (Form::Text, ""),
        (Form::Bool, "maybe"),
        (Form::Count, "+1"),
        (Form::Count, "about 40"),
        (Form::Count, "99999999999999999999"),
        (Form::Time, "10:00"),
        (Form::Date, "1 May 2026"),
        (Form::Hash, "zz"),
        (Form::Doc, "letter.pdf"),
        (Form::Occurred, "May 2020"),
        (Form::Occurred, "unknown:"),
        (Form::Occurred, "2026-05-03/2026-05-01"),
        (Form::Group(GROUP), "R1"),
        (Form::Group(GROUP), "id=1; id=2"),
        (Form::Group(GROUP), "colour=red"),
        (Form::Group(GROUP), "level=low"),
        (Form::Group(GROUP), ""),
        (Form::Group(GROUP), "{"),
        (Form::Roles, "king"),
    ] {
        let reason = from_option(&form, option).expect_err(option);
        assert!(reason.contains("expected ") && reason.contains("found "), "{option}: {reason}");
    }
    assert!(from_options(&Form::Text, &["a", "b"]).is_err());
    assert!(from_options(&NAMES, &[] as &[&str]).is_err());
}

#[test]
fn every_fault_is_named_at_once() {
    let kind = find("breach-decision", 1).expect("a known kind");
    let mut answers = Answers::default();
    answers.set("risk", text("huge"));
    answers.set("polise", text("told"));
    answers.set("shoe-size", Value::Int(9));
    let faults = check_answers(kind, &answers).expect_err("three faults and one missing");
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "risk: expected one of unlikely, likely, high, found 'huge'",
            "notify-regulator is not answered: whether the regulator is notified",
            "breach-decision has no field 'polise'; did you mean 'police'?",
            "breach-decision has no field 'shoe-size'",
        ]
    );
    answers = Answers::default();
    answers.set("risk", text("likely"));
    answers.set("notify-regulator", Value::Bool(true));
    answers.set("police", Value::Null);
    assert_eq!(check_answers(kind, &answers), Ok(()));
}

#[test]
fn a_document_gives_answers_and_decision() {
    let kind = find("dpia-approval", 1).expect("a known kind");
    let (answers, decision) =
        answers_from_json(kind, &json!({ "decision": "approved", "review-date": "2027-01-01" }))
            .expect("a good document");
    assert_eq!(decision.as_deref(), Some("approved"));
    assert_eq!(answers.text("review-date"), Some("2027-01-01"));
    for (document, count) in [
        (json!({}), 1),
        (json!([]), 1),
        (json!({ "decision": "maybe", "review-date": "soon", "wording": null, "x": 1 }), 4),
    ] {
        let faults = answers_from_json(kind, &document).expect_err("a bad document");
        assert_eq!(faults.len(), count, "{faults:?}");
    }
    let note = find("note", 1).expect("a known kind");
    assert!(answers_from_json(note, &json!({ "text": "a", "decision": "approved" })).is_err());
}

#[test]
fn messages_are_short_and_fit_for_a_terminal() {
    let reason = check_value(&LEVEL, &text(&format!("\u{1b}[31m{}", "x".repeat(99))));
    let reason = reason.expect_err("not a choice");
    assert!(reason.len() < 120 && !reason.contains('\u{1b}'), "{reason}");
}

#[test]
fn text_may_be_as_long_as_is_said_and_no_longer() {
    for (form, text_of, taken) in [
        (Form::Text, "é".repeat(MAX_TEXT), true),
        (Form::Text, "é".repeat(MAX_TEXT + 1), false),
        (Form::Long, "x".repeat(MAX_LONG), true),
        (Form::Long, "x".repeat(MAX_LONG + 1), false),
    ] {
        assert_eq!(check_value(&form, &text(&text_of)).is_ok(), taken, "{form:?}");
    }
}

/// Only what has the form of a pupil's number is one: a letter, eleven digits, and one sign more.
#[test]
fn a_reference_may_begin_or_be_as_long_as_a_pupil_s_number() {
    for reference in [
        "1234567890abc",
        "a12345678901",
        "a1234567890123",
        "ab34567890123",
        // Nor are digits a day that stand otherwise.
        "1234567890",
        "2014-05-031",
    ] {
        assert_eq!(check_value(&Form::Ref, &text(reference)), Ok(()), "{reference}");
    }
}

#[test]
fn a_slip_is_found_and_another_word_is_not() {
    let known = ["role", "what-happened"];
    for (name, meant) in [
        ("rloe", Some("role")),
        ("roles", Some("role")),
        // Three letters too many, wherever they stand.
        ("xxxrole", None),
        ("roxxxle", None),
        ("rolexxx", None),
        ("r", None),
        // A long name may be further off: a third of it.
        ("what-hapend", Some("what-happened")),
        ("wht-hapned", Some("what-happened")),
        ("wh-hapnd", None),
    ] {
        assert_eq!(nearest(name, known), meant, "{name}");
    }
}

#[test]
fn a_refusal_of_json_says_what_it_found() {
    for (document, found) in [
        (json!(null), "found null"),
        (json!(true), "found true"),
        (json!(17), "found 17"),
        (json!([]), "found a list"),
        (json!({}), "found a group"),
    ] {
        let reason = from_json(&Form::Text, &document).expect_err("refused");
        assert!(reason.ends_with(found), "{reason}");
    }
    let reason = from_json(&Form::Bool, &json!("perhaps")).expect_err("refused");
    assert!(reason.ends_with("found 'perhaps'"), "{reason}");
}

#[test]
fn an_option_may_be_json_where_its_form_has_parts() {
    let document = json!({ "name": "a.pdf", "size": 3, "type": "application/pdf",
        "sha256": "ab".repeat(32) });
    for (form, document) in [
        (Form::Doc, document),
        (Form::Occurred, json!({ "from": "2026-05-01", "to": "2026-05-03" })),
        (Form::Roles, json!(["dpo", "staff"])),
        (NAMES, json!(["a", "b"])),
        (Form::Group(GROUP), json!({ "id": "1" })),
    ] {
        let text = document.to_string();
        assert_eq!(from_option(&form, &text), from_json(&form, &document), "{text}");
        // Once is like any option that may be given more often.
        assert_eq!(from_options(&form, &[text]), from_json(&form, &document));
    }
    let attached = from_option(&Form::Doc, "letter.pdf").expect_err("no document");
    assert_eq!(attached, "expected a file to be attached, found 'letter.pdf'");
    assert_eq!(from_options(&Form::Text, &["a"]), Ok(text("a")));
    for digits in [62, 66] {
        let reason = from_option(&Form::Hash, &"a".repeat(digits)).expect_err("no hash");
        assert!(reason.contains(&"a".repeat(40)), "{reason}");
    }
}
