//! What a verdict says of whose word it rests on: the keys that signed, and whose they are.

use super::{count, moment, outside};
use crate::book::fault::quoted;
use crate::verify::verdict::{KeyReport, Subject, Verdict};

/// For an inspector.
pub(super) fn inspector(verdict: &Verdict) -> String {
    let keys = verdict.keys.len() as u64;
    let people: std::collections::BTreeSet<&str> =
        verdict.keys.iter().map(|key| key.person.as_str()).collect();
    let accepted = verdict.keys.iter().filter(|key| key.accepted).count() as u64;
    if verdict.relied_on.is_some() {
        return format!(
            "Whose word: {} Since your checkpoint signed: {}. Whose keys \
             they are, and who accepted them, verifying the whole tells.",
            outside::word(verdict, "have written these entries, or removed the newest"),
            if verdict.keys.is_empty() {
                "nobody".to_owned()
            } else {
                verdict.keys.iter().map(name_key_alone).collect::<Vec<_>>().join("; ")
            }
        );
    }
    let here = if verdict.subject == Subject::Bundle { " in this bundle" } else { "" };
    let named: Vec<String> = verdict.keys.iter().map(name_key).collect();
    format!(
        "Whose word: {} {} signed{here}, appointed to {}; {accepted} of them accepted \
         by their holders (this ledger can't show that different people hold them): {}. Times are claims{}.",
        outside::word(verdict, "have rewritten all or removed the newest"),
        count(keys, "key", "keys"),
        count(people.len() as u64, "person", "persons"),
        named.join("; "),
        verdict.times.map_or_else(String::new, |(first, last)| format!(
            ", from {} to {}",
            moment(first),
            moment(last)
        )),
    )
}

pub(super) const NO_NAME: &str = "name not disclosed";

pub(super) fn name_of(key: &KeyReport) -> String {
    key.name.as_deref().map_or_else(|| NO_NAME.to_owned(), quoted)
}

/// The beginning of a key's name, enough to tell it from the others.
pub(super) fn short(kid: &str) -> &str {
    kid.get(..8).unwrap_or(kid)
}

fn name_key_alone(key: &KeyReport) -> String {
    described(key, "")
}

fn name_key(key: &KeyReport) -> String {
    let revoked = key.revoked_by.map_or_else(String::new, |by| format!(", revoked by entry {by}"));
    let accepted = if key.accepted { "" } else { ", not accepted" };
    described(key, &format!("{accepted}{revoked}"))
}

fn described(key: &KeyReport, more: &str) -> String {
    format!(
        "{} ({}, key {}, {}{more})",
        name_of(key),
        key.roles.join(", "),
        short(&key.kid),
        count(key.entries, "entry", "entries"),
    )
}
