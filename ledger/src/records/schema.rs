//! The JSON Schema (draft 2020-12) of the document that gives a record's answers.
//!
//! It describes what `record KIND --from-json` takes: the body's fields, and the decision for
//! kinds whose decision stands in clear. Other clear values come by options. A time may be
//! written out (RFC 3339); the program turns it into seconds.

use serde_json::{Map, Value as Json, json};

use super::form::{DECISION_ASK, DECISIONS, MAX_LONG, MAX_TEXT};
use super::kind::{Clear, Field, Form, Kind};
use super::roles::ROLES;
use crate::format::cbor::MAX_INTEGER;

/// The schema of a kind's document.
#[must_use]
pub fn json_schema(kind: &Kind) -> Json {
    let mut object = object(kind.body_fields());
    if kind.clear == Clear::Decision {
        let decision = json!({ "description": DECISION_ASK, "enum": DECISIONS });
        if let Some(Json::Object(properties)) = object.get_mut("properties") {
            properties.insert("decision".to_owned(), decision);
        }
        if let Some(Json::Array(required)) = object.get_mut("required") {
            required.push(Json::from("decision"));
        }
    }
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("title".to_owned(), format!("{} version {}", kind.name, kind.version).into());
    schema.insert("description".to_owned(), kind.about.into());
    schema.extend(object);
    Json::Object(schema)
}

/// An object of fields, and nothing else in it.
fn object<'a>(fields: impl Iterator<Item = &'a Field>) -> Map<String, Json> {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for field in fields {
        let mut schema = Map::new();
        schema.insert("description".to_owned(), field.ask.into());
        schema.extend(of_form(&field.form));
        properties.insert(field.name.to_owned(), Json::Object(schema));
        if field.required {
            required.push(Json::from(field.name));
        }
    }
    let mut object = Map::new();
    object.insert("type".to_owned(), "object".into());
    object.insert("properties".to_owned(), Json::Object(properties));
    object.insert("required".to_owned(), Json::Array(required));
    object.insert("additionalProperties".to_owned(), false.into());
    object
}

fn of_form(form: &Form) -> Map<String, Json> {
    let schema = match form {
        Form::Text | Form::Person => {
            json!({ "type": "string", "minLength": 1, "maxLength": MAX_TEXT })
        }
        Form::Long => json!({ "type": "string", "minLength": 1, "maxLength": MAX_LONG }),
        Form::Date => json!({ "type": "string", "format": "date" }),
        Form::Time => json!({ "anyOf": [moment(), { "type": "string", "format": "date-time" }] }),
        Form::Bool => json!({ "type": "boolean" }),
        Form::Count => moment(),
        Form::Choice(words) => json!({ "enum": words }),
        Form::Ref => json!({ "type": "string", "pattern": "^(?=.*[0-9])[a-z0-9-]{4,64}$" }),
        Form::Hash => json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" }),
        Form::Doc => Json::Object(object(super::form::DOC.iter())),
        Form::Occurred => occurred(),
        Form::Roles => {
            let names: Vec<&str> = ROLES.iter().map(|role| role.name).collect();
            json!({
                "type": "array",
                "minItems": 1,
                "uniqueItems": true,
                "items": { "enum": names },
            })
        }
        Form::List(inner) => {
            json!({ "type": "array", "minItems": 1, "items": of_form(inner) })
        }
        // An empty group is no answer.
        Form::Group(fields) => {
            let mut group = object(fields.iter());
            group.insert("minProperties".to_owned(), json!(1));
            Json::Object(group)
        }
    };
    match schema {
        Json::Object(members) => members,
        _ => Map::new(),
    }
}

/// A whole number from 0.
fn moment() -> Json {
    json!({ "type": "integer", "minimum": 0, "maximum": MAX_INTEGER })
}

fn occurred() -> Json {
    let span = |end: &Json| {
        json!({
            "type": "object",
            "properties": { "from": end, "to": end },
            "required": ["from", "to"],
            "additionalProperties": false,
        })
    };
    json!({
        "anyOf": [
            span(&json!({ "type": "string", "format": "date" })),
            span(&Json::Object(of_form(&Form::Time))),
            {
                "type": "object",
                "properties": { "unknown": { "type": "string", "minLength": 1 } },
                "required": ["unknown"],
                "additionalProperties": false,
            },
        ],
    })
}
