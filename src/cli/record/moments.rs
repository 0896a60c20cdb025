//! Written times become seconds here, before the forms see them: `2026-11-21 14:02` as the
//! clock on the school's wall, or RFC 3339. What can't be read as a time is left as it is where
//! the form itself says better what it expects.

use probity_ledger::records::days;
use probity_ledger::records::kind::{Field, Form};
use serde_json::Value as Json;

use crate::work::time::read_moment;

/// An option's text with its times as seconds.
///
/// # Errors
/// A time that can't be read.
pub fn in_text(form: &Form, text: &str) -> Result<String, String> {
    if !holds_time(form) {
        return Ok(text.to_owned());
    }
    if text.starts_with(['{', '[']) {
        // The form names the fault in JSON that can't be parsed.
        let Ok(mut json) = serde_json::from_str::<Json>(text) else { return Ok(text.to_owned()) };
        in_json(form, &mut json)?;
        return Ok(json.to_string());
    }
    match form {
        Form::Time => read_moment(text).map(|seconds| seconds.to_string()),
        Form::Occurred => Ok(occurred(text)),
        Form::List(inner) => in_text(inner, text),
        Form::Group(fields) => group(fields, text),
        _ => Ok(text.to_owned()),
    }
}

/// Replaces the written times of a document by seconds.
///
/// # Errors
/// A time that can't be read, and where it stands.
pub fn in_json(form: &Form, json: &mut Json) -> Result<(), String> {
    match (form, json) {
        (Form::Time, json) => {
            if let Some(text) = json.as_str() {
                *json = read_moment(text)?.into();
            }
        }
        (Form::Occurred, Json::Object(members)) => {
            for (_, side) in
                members.iter_mut().filter(|(name, _)| matches!(name.as_str(), "from" | "to"))
            {
                if let Some(seconds) = side.as_str().and_then(moment_and_no_day) {
                    *side = seconds.into();
                }
            }
        }
        (Form::List(inner), Json::Array(items)) => {
            for (at, item) in items.iter_mut().enumerate() {
                in_json(inner, item).map_err(|why| format!("item {}: {why}", at + 1))?;
            }
        }
        (Form::Group(fields), Json::Object(members)) => {
            for (name, member) in members.iter_mut() {
                if let Some(field) = fields.iter().find(|field| field.name == name) {
                    in_json(&field.form, member).map_err(|why| format!("{name}: {why}"))?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn holds_time(form: &Form) -> bool {
    match form {
        Form::Time | Form::Occurred => true,
        Form::List(inner) => holds_time(inner),
        Form::Group(fields) => fields.iter().any(|field| holds_time(&field.form)),
        _ => false,
    }
}

fn moment_and_no_day(text: &str) -> Option<i64> {
    if days::day(text.trim()).is_some() { None } else { read_moment(text).ok() }
}

/// `DAY`, `TIME`, `FROM/TO` of either, or `unknown: REASON`.
fn occurred(text: &str) -> String {
    if text.starts_with("unknown:") {
        return text.to_owned();
    }
    let side = |text: &str| {
        moment_and_no_day(text).map_or_else(|| text.to_owned(), |seconds| seconds.to_string())
    };
    match text.split_once('/') {
        Some((from, to)) => format!("{}/{}", side(from), side(to)),
        None => side(text),
    }
}

/// `key=value; key=value`.
fn group(fields: &[Field], text: &str) -> Result<String, String> {
    let parts = text.split(';').map(|part| {
        let Some((name, answer)) = part.split_once('=') else { return Ok(part.to_owned()) };
        let field = fields.iter().find(|field| field.name == name.trim());
        let Some(field) = field else { return Ok(part.to_owned()) };
        let answer =
            in_text(&field.form, answer.trim()).map_err(|why| format!("{}: {why}", field.name))?;
        Ok(format!("{}={answer}", field.name))
    });
    Ok(parts.collect::<Result<Vec<_>, String>>()?.join(";"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const VISIT: &[Field] =
        &[Field::required("at", Form::Time, "when"), Field::optional("who", Form::Person, "who")];

    #[test]
    fn options_take_times_as_on_the_wall() {
        assert_eq!(in_text(&Form::Time, "2026-11-21 14:02").as_deref(), Ok("1795269720"));
        assert_eq!(in_text(&Form::Time, "2026-07-01T00:30:00+01:00").as_deref(), Ok("1782862200"));
        assert_eq!(in_text(&Form::Time, "1782862200").as_deref(), Ok("1782862200"));
        assert!(in_text(&Form::Time, "yesterday").is_err());
        assert_eq!(in_text(&Form::Text, "2026-11-21 14:02").as_deref(), Ok("2026-11-21 14:02"));
    }

    #[test]
    fn days_stay_days() {
        for text in ["2026-07-01", "2026-07-01/2026-07-02", "unknown: 2026-07-01 10:00?", "x"] {
            assert_eq!(in_text(&Form::Occurred, text).as_deref(), Ok(text));
        }
        assert_eq!(
            in_text(&Form::Occurred, "2026-07-01 00:30/2026-07-01 00:31").as_deref(),
            Ok("1782862200/1782862260")
        );
    }

    #[test]
    fn documents_are_walked_whole() {
        let form = Form::List(&Form::Group(VISIT));
        let mut json = json!([{ "at": "2026-07-01 00:30", "who": "2026-07-01 00:30" }]);
        in_json(&form, &mut json).expect("a time");
        assert_eq!(json, json!([{ "at": 1_782_862_200, "who": "2026-07-01 00:30" }]));
        let mut wrong = json!([{ "at": 1 }, { "at": "noon" }]);
        let why = in_json(&form, &mut wrong).expect_err("no time");
        assert!(why.starts_with("item 2: at: "), "{why}");
        assert_eq!(
            in_text(&form, "at=2026-07-01 00:30; who=A").as_deref(),
            Ok("at=1782862200;who=A")
        );
        let mut span = json!({ "from": "2026-07-01 00:30", "to": "2026-07-01T00:31:00+01:00" });
        in_json(&Form::Occurred, &mut span).expect("times");
        assert_eq!(span, json!({ "from": 1_782_862_200, "to": 1_782_862_260 }));
    }
}
