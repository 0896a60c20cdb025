//! What contradicts or outruns itself across records and cases: findings that no record could
//! show when it was signed, because the other side came later or lies in another case; and records
//! that can't tell anything any more, because they are damaged.
//!
//! What a record shows by itself, or beside the earlier ones of its case, its own kind finds
//! ([`crate::records::common::findings`]). A finding never makes anything less genuine.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::content::{counts, is_outrun};
use super::item::{Book, Item};
use super::lasting::{named, newest_of, same_name};
use crate::format::cbor::Value;
use crate::format::hash::Index;
use crate::records::answers::part;
use crate::records::common::mentions;
use crate::records::days::written;
use crate::records::ground_fault_of;
use crate::records::kind::Relation;
use crate::records::terms;

/// A finding about a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// The record that it is about.
    pub entry: Index,
    /// The record's case.
    pub case: Option<String>,
    /// The rule that speaks.
    pub rule: &'static str,
    /// What was found, as one plain sentence without a full stop.
    pub text: String,
}

/// The kinds that the linter reads.
pub const READS: &[&str] = &[
    "consent",
    "dpia",
    "dpia-approval",
    "dpia-screening",
    "policy",
    "processing-activity",
    "supplier-check",
];

/// The kinds that are read beside a case's own records, to tell what doesn't fit in it. Consents
/// are left out: a school has thousands of them, and what they say is told of the whole book.
pub const BESIDE: &[&str] = &["policy", "supplier-check"];

/// Words by which a policy's demand and an assessment are recognised as speaking of the same.
const MATTERS: &[&[&str]] =
    &[&["video", "webcam"], &["photo", "image"], &["biometric", "fingerprint"]];

/// Everything that is found, by entry.
#[must_use]
pub fn findings(book: &Book<'_>) -> Vec<Found> {
    let mut all = Vec::new();
    stale_approvals(book, &mut all);
    limits(book, &mut all);
    consent_or_task(book, &mut all);
    unreadable(book, &mut all);
    all.sort_by(|a, b| (a.entry, a.rule, &a.text).cmp(&(b.entry, b.rule, &b.text)));
    all.dedup();
    all
}

/// The rule that finds records whose answers can't be opened.
pub const UNREADABLE: &str = "unreadable";

/// Records whose answers can't be opened: nothing is told by them, and a deadline may be missing.
fn unreadable(book: &Book<'_>, all: &mut Vec<Found>) {
    let damaged = book.items().filter(|item| item.is_unreadable());
    all.extend(damaged.map(|item| {
        found(
            item,
            UNREADABLE,
            "its answers can't be opened, and no erasure says why, so what falls due by it isn't \
             known: run `probity verify`"
                .to_owned(),
        )
    }));
}

fn found(item: &Item, rule: &'static str, text: String) -> Found {
    Found { entry: item.index, case: item.case.clone(), rule, text }
}

/// Approvals whose DPIA was written anew, or whose supplier or ground of transfer no longer
/// stands. What a correction made stale and left its content as it was, the review that falls due
/// tells.
fn stale_approvals(book: &Book<'_>, all: &mut Vec<Found>) {
    let permits = |item: &&Item| item.decision.is_some_and(|decision| decision != "refused");
    // The newest check of each supplier.
    let mut checks: HashMap<String, &Item> = HashMap::new();
    for check in book.of_kind("supplier-check") {
        checks.extend(check.text("supplier").and_then(same_name).map(|name| (name, check)));
    }
    for approval in book.of_kind("dpia-approval").filter(permits) {
        let of_case = || approval.case.as_deref().into_iter().flat_map(|case| book.of_case(case));
        let newest = of_case().rfind(|item| item.kind == "dpia");
        if let Some(newest) = newest.filter(|newest| is_outrun(book, approval, newest))
            && !of_case().any(|by| by.kind == "dpia-approval" && counts(book, by, newest))
        {
            all.push(found(
                approval,
                "stale-approval",
                format!(
                    "it is on other content than the DPIA of entry {}, and no approval is on that",
                    newest.index.0
                ),
            ));
        }
        for dpia in book.linked(approval, Relation::Approves).filter(|item| item.kind == "dpia") {
            for transfer in dpia.list("transfers") {
                let fault = part(transfer, "ground")
                    .and_then(|ground| terms::ground_fault(ground, book.today()));
                if let Some(fault) = fault {
                    all.push(found(
                        approval,
                        "stale-ground",
                        format!(
                            "what it approves, entry {}, rests on a transfer to {}: {fault}",
                            dpia.index.0,
                            part(transfer, "country").unwrap_or("a country that is not named")
                        ),
                    ));
                }
            }
            for processor in dpia.list("processors").iter().filter_map(|one| part(one, "name")) {
                let check = same_name(processor).and_then(|name| checks.get(&name));
                if let Some(text) = check.and_then(|check| supplier_fault(book, check)) {
                    all.push(found(
                        approval,
                        "stale-supplier",
                        format!(
                            "what it approves, entry {}, relies on {processor}: {text}",
                            dpia.index.0
                        ),
                    ));
                }
            }
        }
    }
}

/// What stands against a supplier, by its newest check.
fn supplier_fault(book: &Book<'_>, check: &Item) -> Option<String> {
    let at = format!("entry {}", check.index.0);
    if check.text("conclusion") == Some("unsuitable") {
        return Some(format!("{at} finds it unsuitable"));
    }
    if let Some(day) = check.day("expires").filter(|day| *day < book.today()) {
        return Some(format!("its agreement ran out on {} ({at})", written(day)));
    }
    ground_fault_of(&check.answers, book.today()).map(|fault| format!("{fault} ({at})"))
}

/// One limit given in several ways by the policies that stand.
fn limits(book: &Book<'_>, all: &mut Vec<Found>) {
    let mut given: BTreeMap<&str, Vec<(&Item, String)>> = BTreeMap::new();
    for policy in newest_of(book, "policy", named("title")) {
        for target in policy.list("targets") {
            let (Some(rule), Some(unit)) = (part(target, "rule"), part(target, "unit")) else {
                continue;
            };
            let number = target.get("number").and_then(Value::as_int).unwrap_or_default();
            let detail = part(target, "detail").map(str::to_lowercase).unwrap_or_default();
            // The same words say that the same thing is to be done by then.
            let limit = format!("{number} {}", unit.replace('-', " "));
            let known = given.entry(rule).or_default();
            if !known.iter().any(|(item, one)| {
                item.index == policy.index && *one == format!("{limit}\n{detail}")
            }) {
                known.push((policy, format!("{limit}\n{detail}")));
            }
        }
    }
    for (rule, ways) in given {
        let words: Vec<&str> =
            ways.iter().map(|(_, way)| way.split('\n').next().unwrap_or_default()).collect();
        let mut different = words.clone();
        different.sort_unstable();
        different.dedup();
        if let (true, Some((policy, _))) = (different.len() > 1, ways.last()) {
            all.push(found(
                policy,
                "limit-given-differently",
                format!(
                    "the limit {rule} is given in {} ways: {}",
                    different.len(),
                    words.join(", ")
                ),
            ));
        }
    }
}

/// A policy that demands consent where another document relies on a public task.
fn consent_or_task(book: &Book<'_>, all: &mut Vec<Found>) {
    let on_task = |item: &&Item| {
        let own = item.text("basis") == Some("public-task");
        own || item.list("purposes").iter().any(|one| part(one, "basis") == Some("public-task"))
    };
    let documents: Vec<&Item> = ["dpia", "dpia-screening", "processing-activity"]
        .into_iter()
        .flat_map(|kind| book.of_kind(kind))
        .filter(on_task)
        .collect();
    let speaks = |item: &Item, words: &[&str]| {
        words.iter().any(|word| item.answers.0.values().any(|value| mentions(value, word)))
    };
    for matter in MATTERS {
        let demands = |item: &&Item| match item.kind.as_str() {
            "policy" => item.answers.0.values().any(|value| {
                mentions(value, "consent") && matter.iter().any(|word| mentions(value, word))
            }),
            _ => item.list("purposes").iter().any(|one| {
                part(one, "purpose")
                    .is_some_and(|purpose| matter.iter().any(|word| purpose.contains(word)))
            }),
        };
        let Some(policy) =
            ["policy", "consent"].into_iter().flat_map(|kind| book.of_kind(kind)).find(demands)
        else {
            continue;
        };
        for document in documents.iter().filter(|document| speaks(document, matter)) {
            all.push(found(
                document,
                "consent-or-task",
                format!(
                    "it relies on a public task, and entry {} asks for consent to {}",
                    policy.index.0,
                    matter.join(" or ")
                ),
            ));
        }
    }
}

#[cfg(test)]
mod tests;
