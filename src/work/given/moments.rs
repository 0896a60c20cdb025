//! Written days and times take their one form here, before the records see them: days become
//! `2026-11-21`, times seconds. What can't be read is left as it is where the form itself says
//! better what it expects.

use probity_ledger::format::clip::clipped;
use probity_ledger::records::kind::{Field, Form};
use serde_json::Value as Json;

use crate::work::time::{is_short_number, iso_day, no_day, read_date, read_moment};

/// An option's text with its times as seconds; `now` says which day `15:00` is on.
///
/// # Errors
/// A time that can't be read.
pub fn in_text(form: &Form, text: &str, now: i64) -> Result<String, String> {
    if !holds_time(form) {
        return Ok(text.to_owned());
    }
    if text.starts_with(['{', '[']) {
        // The form names the fault in JSON that can't be parsed.
        let Ok(mut json) = serde_json::from_str::<Json>(text) else { return Ok(text.to_owned()) };
        in_json(form, &mut json, now)?;
        return Ok(json.to_string());
    }
    match form {
        Form::Date => Ok(one_day(text)?.unwrap_or_else(|| text.to_owned())),
        Form::Time => read_moment(text, Some(now)).map(|seconds| seconds.to_string()),
        Form::Occurred => match short_number(text) {
            None => Ok(occurred(text)),
            Some(short) => Err(format!(
                "`{}` is no day and no time: expected a day such as 2026-11-21, or a day and the clock such \
                 as 2026-11-21 14:02",
                clipped(short, 60)
            )),
        },
        Form::List(inner) => in_text(inner, text, now),
        Form::Group(fields) => group(fields, text, now),
        _ => Ok(text.to_owned()),
    }
}

/// Replaces the written days and times of a document by their one form.
///
/// # Errors
/// A time that can't be read, and where it stands.
pub fn in_json(form: &Form, json: &mut Json, now: i64) -> Result<(), String> {
    each_moment(form, json, &mut |form, json| {
        match (form, json) {
            (Form::Date, json) => {
                if let Some(day) = json.as_str().map(one_day).transpose()?.flatten() {
                    *json = day.into();
                }
            }
            (Form::Time, json) => {
                if let Some(text) = json.as_str() {
                    *json = read_moment(text, Some(now))?.into();
                }
            }
            (Form::Occurred, Json::Object(members)) => {
                for (_, side) in
                    members.iter_mut().filter(|(name, _)| matches!(name.as_str(), "from" | "to"))
                {
                    let Some(text) = side.as_str() else { continue };
                    if let Some(day) = day(text) {
                        *side = day.into();
                    } else if let Ok(seconds) = read_moment(text, None) {
                        *side = seconds.into();
                    }
                }
            }
            _ => {}
        }
        Ok(())
    })
}

/// Gives each clock without a day, which means the day on which it is typed, that day: read on
/// another, it would mean another.
pub fn date(form: &Form, json: &mut Json, now: i64) {
    let dated = each_moment(form, json, &mut |form, json| {
        if let (Form::Time, Json::String(text)) = (form, json)
            && read_moment(text, None).is_err()
            && read_moment(text, Some(now)).is_ok()
        {
            *text = format!("{} {}", iso_day(now), text.trim());
        }
        Ok(())
    });
    debug_assert!(dated.is_ok());
}

/// Does something to each answer of a document that is no list and no group, with its form. What
/// fails says where it stands.
fn each_moment(
    form: &Form,
    json: &mut Json,
    act: &mut impl FnMut(&Form, &mut Json) -> Result<(), String>,
) -> Result<(), String> {
    match (form, json) {
        (Form::List(inner), Json::Array(items)) => {
            for (at, item) in items.iter_mut().enumerate() {
                each_moment(inner, item, act).map_err(|why| format!("item {}: {why}", at + 1))?;
            }
            Ok(())
        }
        (Form::Group(fields), Json::Object(members)) => {
            for (name, member) in members.iter_mut() {
                if let Some(field) = fields.iter().find(|field| field.name == name) {
                    each_moment(&field.form, member, act)
                        .map_err(|why| format!("{name}: {why}"))?;
                }
            }
            Ok(())
        }
        (form, json) => act(form, json),
    }
}

fn holds_time(form: &Form) -> bool {
    match form {
        Form::Date | Form::Time | Form::Occurred => true,
        Form::List(inner) => holds_time(inner),
        Form::Group(fields) => fields.iter().any(|field| holds_time(&field.form)),
        _ => false,
    }
}

/// The same where a day has to stand. What was written as people write days isn't told that only
/// 2026-11-21 will do; of a day in that form, the form itself says what is wrong.
fn one_day(text: &str) -> Result<Option<String>, String> {
    match day(text) {
        None if text.trim().contains(['/', ' ']) => Err(no_day(text)),
        found => Ok(found),
    }
}

/// A day in its one form, if the text is one.
fn day(text: &str) -> Option<String> {
    read_date(text).map(|day| day.to_string())
}

/// `DAY`, `TIME`, `FROM/TO` of either, or `unknown: REASON`.
fn occurred(text: &str) -> String {
    if text.starts_with("unknown:") {
        return text.to_owned();
    }
    let side = |text: &str| {
        day(text).or_else(|| read_moment(text, None).ok().map(|seconds| seconds.to_string()))
    };
    // A day may have strokes of its own.
    let mut spans = text.match_indices('/').filter_map(|(at, _)| {
        let (from, to) = (text.get(..at)?, text.get(at + 1..)?);
        Some(format!("{}/{}", side(from)?, side(to)?))
    });
    side(text).or_else(|| spans.next()).unwrap_or_else(|| text.to_owned())
}

/// A year, a month or an hour, alone or on a side of a span: it would count as seconds since 1970.
fn short_number(text: &str) -> Option<&str> {
    let parts: Vec<&str> = text.split('/').collect();
    match *parts {
        [one] => is_short_number(one).then_some(one),
        // With three parts, it is a day with strokes.
        [from, to] => [from, to].into_iter().any(is_short_number).then_some(text),
        _ => None,
    }
}

/// `key=value; key=value`.
fn group(fields: &[Field], text: &str, now: i64) -> Result<String, String> {
    let parts = text.split(';').map(|part| {
        let Some((name, answer)) = part.split_once('=') else { return Ok(part.to_owned()) };
        let field = fields.iter().find(|field| field.name == name.trim());
        let Some(field) = field else { return Ok(part.to_owned()) };
        let answer = in_text(&field.form, answer.trim(), now)
            .map_err(|why| format!("{}: {why}", field.name))?;
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
        assert_eq!(in_text(&Form::Time, "2026-11-21 14:02", 0).as_deref(), Ok("1795269720"));
        assert_eq!(
            in_text(&Form::Time, "2026-07-01T00:30:00+01:00", 0).as_deref(),
            Ok("1782862200")
        );
        assert_eq!(in_text(&Form::Time, "1782862200", 0).as_deref(), Ok("1782862200"));
        assert!(in_text(&Form::Time, "yesterday", 0).is_err());
        assert_eq!(in_text(&Form::Text, "2026-11-21 14:02", 0).as_deref(), Ok("2026-11-21 14:02"));
    }

    #[test]
    fn a_short_number_is_no_time() {
        for text in ["2026", "0915", "915", "20261002", "012345678901"] {
            assert!(in_text(&Form::Time, text, 0).is_err(), "{text}");
            assert!(in_text(&Form::Occurred, text, 0).is_err(), "{text}");
        }
        for span in ["07/2026", "2019/2026-07-01", "2026-07-01/0915"] {
            assert!(in_text(&Form::Occurred, span, 0).is_err(), "{span}");
        }
    }

    /// What waits overnight would else begin a limit of 72 hours a day late.
    #[test]
    fn a_clock_alone_is_of_the_day_on_which_it_was_typed() {
        let form = Form::List(&Form::Group(VISIT));
        let typed = |at: &str| json!([{ "at": at, "who": "15:05" }]);
        for (at, dated) in [
            ("15:05", "2026-11-21 15:05"),
            ("2026-11-20 15:05", "2026-11-20 15:05"),
            ("noon", "noon"),
            ("1795269720", "1795269720"),
        ] {
            let mut json = typed(at);
            date(&form, &mut json, 1_795_269_720);
            assert_eq!(json, typed(dated));
        }
    }

    #[test]
    fn days_stay_days() {
        for text in ["2026-07-01", "2026-07-01/2026-07-02", "unknown: 2026-07-01 10:00?", "x"] {
            assert_eq!(in_text(&Form::Occurred, text, 0).as_deref(), Ok(text));
        }
        assert_eq!(
            in_text(&Form::Occurred, "2026-07-01 00:30/2026-07-01 00:31", 0).as_deref(),
            Ok("1782862200/1782862260")
        );
    }

    #[test]
    fn british_days_become_days() {
        for (form, text, becomes) in [
            (&Form::Date, "1/7/2026", "2026-07-01"),
            (&Form::Date, "1 July 2026", "2026-07-01"),
            (&Form::Occurred, "01/07/2026", "2026-07-01"),
            (&Form::Occurred, "01/07/2026/02/07/2026", "2026-07-01/2026-07-02"),
            (&Form::Occurred, "1 July 2026/2 July 2026", "2026-07-01/2026-07-02"),
        ] {
            assert_eq!(in_text(form, text, 0).as_deref(), Ok(becomes));
        }
        assert!(in_text(&Form::Time, "1 July 2026", 0).is_err());
        // Who may write 31/7/2027 isn't told to write 2027-07-31.
        for (text, lack) in [("7/31/2026", "21/11/2026"), ("31/7/27", "four digits")] {
            let why = in_text(&Form::Date, text, 0).expect_err("no day");
            assert!(why.starts_with(&format!("`{text}` is not a day such as")), "{why}");
            assert!(why.ends_with(lack), "{why}");
            assert_eq!(in_json(&Form::Date, &mut json!(text), 0), Err(why));
        }
        assert_eq!(in_text(&Form::Date, "2026-02-30", 0).as_deref(), Ok("2026-02-30"));
    }

    #[test]
    fn documents_are_walked_whole() {
        let form = Form::List(&Form::Group(VISIT));
        let mut json = json!([{ "at": "2026-07-01 00:30", "who": "2026-07-01 00:30" }]);
        in_json(&form, &mut json, 0).expect("a time");
        assert_eq!(json, json!([{ "at": 1_782_862_200, "who": "2026-07-01 00:30" }]));
        let mut wrong = json!([{ "at": 1 }, { "at": "noon" }]);
        let why = in_json(&form, &mut wrong, 0).expect_err("no time");
        assert!(why.starts_with("item 2: at: "), "{why}");
        assert_eq!(
            in_text(&form, "at=2026-07-01 00:30; who=A", 0).as_deref(),
            Ok("at=1782862200;who=A")
        );
        let mut span = json!({ "from": "2026-07-01 00:30", "to": "2026-07-01T00:31:00+01:00" });
        in_json(&Form::Occurred, &mut span, 0).expect("times");
        assert_eq!(span, json!({ "from": 1_782_862_200, "to": 1_782_862_260 }));
    }
}
