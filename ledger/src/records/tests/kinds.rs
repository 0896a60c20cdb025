//! Every kind is well formed, and every page and schema is complete.

use serde_json::{Value as Json, json};

use crate::format::cbor::MAX_INTEGER;
use crate::records::form::{MAX_LONG, MAX_TEXT, answers_from_json};
use crate::records::kind::{Class, Clear, Field, Form, Signers};
use crate::records::page::{authority_table, clear_fields, reference_page};
use crate::records::schema::json_schema;
use crate::records::{KINDS, RESERVED, newest, roles};

fn is_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

fn check_fields(kind: &str, fields: &[&Field]) {
    for (at, field) in fields.iter().enumerate() {
        assert!(is_name(field.name), "{kind}.{}", field.name);
        assert!(fields[..at].iter().all(|f| f.name != field.name), "{kind}.{} twice", field.name);
        assert!(!field.ask.is_empty() && !field.ask.ends_with('.'), "{kind}.{}", field.name);
        assert!(field.ask.len() <= 100, "{kind}.{}: {} characters", field.name, field.ask.len());
        check_form(kind, &field.form);
    }
}

fn check_form(kind: &str, form: &Form) {
    match form {
        Form::List(inner) => check_form(kind, inner),
        Form::Group(fields) => check_fields(kind, &fields.iter().collect::<Vec<_>>()),
        Form::Choice(words) => {
            assert!(words.iter().all(|word| is_name(word)), "{kind}: {words:?}");
        }
        _ => {}
    }
}

#[test]
fn kinds_are_well_formed() {
    for (at, kind) in KINDS.iter().enumerate() {
        assert!(is_name(kind.name), "{}", kind.name);
        assert!(kind.version > 0);
        let same = KINDS[..at].iter().any(|k| (k.name, k.version) == (kind.name, kind.version));
        assert!(!same, "{} stands twice", kind.name);
        let fields: Vec<&Field> = kind.body_fields().collect();
        assert!(fields.len() <= 256);
        check_fields(kind.name, &fields);
        for field in &fields {
            let own = kind.name == "exception" && field.name.starts_with("ratify-");
            let free = own || !RESERVED.contains(&field.name);
            assert!(free, "{}.{} is an option", kind.name, field.name);
            let clear = clear_fields(kind.clear);
            assert!(!clear.contains(&field.name), "{}.{} is clear", kind.name, field.name);
        }
        if let Signers::OneOf(roles) = kind.signers {
            assert!(roles.iter().all(|role| roles::find(role).is_some()), "{}", kind.name);
        }
        for also in kind.also {
            assert!(also.roles.iter().all(|role| roles::find(role).is_some()), "{}", kind.name);
            assert!(newest(also.kind).is_some(), "{} needs {}", kind.name, also.kind);
        }
        assert!(!kind.about.is_empty() && !kind.source.is_empty() && !kind.title.is_empty());
        let governs =
            matches!(kind.name, "genesis" | "appointment" | "revocation" | "log-key" | "anchor");
        assert_eq!(governs, kind.class == Class::Governance, "{}", kind.name);
        let bare = governs || kind.name == "statement";
        assert_eq!(kind.field("occurred").is_none(), bare, "{}", kind.name);
        assert_eq!(kind.can_be_stated(), !bare && kind.name != "erasure", "{}", kind.name);
    }
}

#[test]
fn groups_of_roles_exist() {
    for group in [
        roles::REPRESENTATIVES,
        roles::DPO,
        roles::CCTV_DESK,
        roles::HEADS,
        roles::CHAIRS,
        roles::BREACH_SIGNERS,
        roles::LEADERSHIP,
        roles::ASSET_OWNERS,
        roles::POLICY_BODIES,
        roles::BREACH_DECIDERS,
        roles::GOVERNORS,
        roles::REQUEST_ANSWERERS,
        roles::PHOTOGRAPHY_PERMITTERS,
    ] {
        assert!(group.iter().all(|role| roles::find(role).is_some()), "{group:?}");
    }
    let deciders: Vec<&str> = roles::REPRESENTATIVES.iter().chain(roles::DPO).copied().collect();
    assert_eq!(roles::BREACH_DECIDERS, deciders);
    let signers = [roles::HEADS, roles::DPO, roles::CHAIRS].concat();
    assert_eq!(roles::BREACH_SIGNERS, signers);
    let answerers = [deciders.as_slice(), &["gdpr-lead"]].concat();
    assert_eq!(roles::REQUEST_ANSWERERS, answerers);
    assert_eq!(
        roles::PHOTOGRAPHY_PERMITTERS,
        [roles::REPRESENTATIVES, &["leadership-group"]].concat()
    );
}

#[test]
fn pages_name_every_kind_and_field() {
    let (reference, authority) = (reference_page(), authority_table());
    for kind in KINDS {
        assert!(reference.contains(&format!("\n## {}\n", kind.name)), "{}", kind.name);
        let start = format!("| `{}` | {} |", kind.name, kind.version);
        let row = authority.lines().find(|line| line.starts_with(&start));
        let row = row.unwrap_or_else(|| panic!("{} has no row", kind.name));
        for field in kind.body_fields() {
            assert!(reference.contains(&format!("\n| `{}` |", field.name)), "{}", field.name);
            assert!(row.contains(&format!("`{}`", field.name)), "{}", field.name);
        }
    }
    assert!(authority.contains("| `dpo-advice` on the same content signed as `dpo`"));
    assert!(
        reference.contains("| `advice-taken` | legal advice that was taken (legal advice: priv")
    );
    assert!(reference.ends_with('\n') && !reference.ends_with("\n\n"));
}

#[test]
fn schemas_name_what_is_asked() {
    for kind in KINDS {
        let schema = json_schema(kind);
        let properties = schema["properties"].as_object().expect("properties");
        let decides = usize::from(kind.clear == Clear::Decision);
        assert_eq!(properties.len(), kind.body_fields().count() + decides, "{}", kind.name);
        assert_eq!(schema["additionalProperties"], json!(false));
        assert_eq!(properties.contains_key("decision"), decides == 1, "{}", kind.name);
        let empty = answers_from_json(kind, &json!({}));
        let required = schema["required"].as_array().expect("required").len();
        assert_eq!(empty.map_or_else(|faults| faults.len(), |_| 0), required, "{}", kind.name);
    }
}

/// What a form says of itself, as another program reads it.
#[test]
fn schemas_say_what_form_an_answer_has() {
    let moment = json!({ "type": "integer", "minimum": 0, "maximum": MAX_INTEGER });
    let day = json!({ "type": "string", "format": "date" });
    let time = json!({ "anyOf": [moment.clone(), { "type": "string", "format": "date-time" }] });
    let span = |end: &Json| {
        json!({ "type": "object", "properties": { "from": end, "to": end },
            "required": ["from", "to"], "additionalProperties": false })
    };
    let unknown = json!({ "type": "object",
        "properties": { "unknown": { "type": "string", "minLength": 1 } },
        "required": ["unknown"], "additionalProperties": false });
    let occurred = json!({ "anyOf": [span(&day), span(&time), unknown] });
    let text = |most: usize| json!({ "type": "string", "minLength": 1, "maxLength": most });
    for kind in KINDS {
        let schema = json_schema(kind);
        for field in kind.body_fields() {
            let mut said = schema["properties"][field.name].clone();
            let members = said.as_object_mut().expect("an object");
            assert_eq!(members.remove("description"), Some(json!(field.ask)), "{}", field.name);
            let expected = match &field.form {
                Form::Text | Form::Person => text(MAX_TEXT),
                Form::Long => text(MAX_LONG),
                Form::Date => day.clone(),
                Form::Time => time.clone(),
                Form::Bool => json!({ "type": "boolean" }),
                Form::Count => moment.clone(),
                Form::Choice(words) => json!({ "enum": words }),
                Form::Occurred => occurred.clone(),
                Form::List(Form::Text) => {
                    json!({ "type": "array", "minItems": 1, "items": text(MAX_TEXT) })
                }
                Form::List(Form::Group(_)) => {
                    assert_eq!(said["items"]["minProperties"], json!(1), "{}", field.name);
                    assert_eq!(said["items"]["additionalProperties"], json!(false));
                    continue;
                }
                _ => {
                    assert!(said.get("type").is_some(), "{} {}", kind.name, field.name);
                    continue;
                }
            };
            assert_eq!(said, expected, "{} {}", kind.name, field.name);
        }
    }
}
