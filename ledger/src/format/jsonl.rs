//! `entries.jsonl`: the reading copy that a verifier derives again and compares.
//!
//! One line for each entry, keys in a fixed order, no spaces; bytes as lower-case
//! hexadecimal. It says nothing that the entries and bodies don't say.

use std::fmt::{self, Write as _};

use super::body::Body;
use super::cbor::Value;
use super::entry::Entry;

/// The line of one entry, with its newline.
#[must_use]
pub fn line(entry: &Entry, body: Option<&Body>) -> String {
    let (header, payload) = entry.own();
    let mut out = format!(
        r#"{{"seq":{},"hash":"{}","kid":"{}","iss":"#,
        payload.seq,
        entry.hash(),
        header.kid
    );
    string(&mut out, &header.origin);
    out.push_str(r#","sub":"#);
    string(&mut out, header.subject.as_str());
    put(
        &mut out,
        format_args!(
            r#","iat":{},"prev":"{}","gov":"{}","case":"#,
            header.time, payload.prev, payload.gov
        ),
    );
    match payload.case {
        None => out.push_str("null"),
        Some(hash) => put(&mut out, format_args!("\"{hash}\"")),
    }
    out.push_str(r#","kind":"#);
    string(&mut out, &payload.kind);
    put(&mut out, format_args!(r#","v":{},"role":"#, payload.version));
    string(&mut out, &payload.role);
    out.push_str(r#","links":["#);
    for (count, link) in payload.links.iter().enumerate() {
        comma(&mut out, count);
        out.push_str(r#"{"rel":"#);
        string(&mut out, &link.rel);
        put(&mut out, format_args!(r#","entry":"{}"}}"#, link.entry));
    }
    out.push_str(r#"],"clear":"#);
    value(&mut out, &payload.clear);
    out.push_str(r#","body":{"#);
    for (count, (name, hash)) in payload.body.iter().enumerate() {
        comma(&mut out, count);
        put(&mut out, format_args!(r#""{name}":"{hash}""#));
    }
    out.push_str(r#"},"disclosed":{"#);
    for (count, (name, opening)) in body.into_iter().flat_map(Body::iter).enumerate() {
        comma(&mut out, count);
        string(&mut out, name);
        out.push(':');
        value(&mut out, &opening.value);
    }
    out.push_str("}}\n");
    out
}

fn put(out: &mut String, text: fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a String takes any text");
}

fn comma(out: &mut String, count: usize) {
    if count > 0 {
        out.push(',');
    }
}

fn value(out: &mut String, from: &Value) {
    match from {
        Value::Null => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Int(number) => out.push_str(&number.to_string()),
        Value::Text(text) => string(out, text),
        Value::Bytes(bytes) => {
            out.push('"');
            out.push_str(&hex::encode(bytes));
            out.push('"');
        }
        Value::Array(items) => {
            out.push('[');
            for (count, item) in items.iter().enumerate() {
                comma(out, count);
                value(out, item);
            }
            out.push(']');
        }
        Value::Map(pairs) => {
            out.push('{');
            for (count, (key, item)) in pairs.iter().enumerate() {
                comma(out, count);
                string(out, &key.to_string());
                out.push(':');
                value(out, item);
            }
            out.push('}');
        }
    }
}

fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => put(out, format_args!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}
