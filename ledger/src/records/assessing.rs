//! What screenings and DPIAs are both asked: who is named as DPO, whether people were consulted,
//! whether the lawful basis stands in words, when it is looked at again.

use super::answers::{Answers, part};
use super::days::{day_at, written};
use super::facts::{Earlier, Facts, Finding};
use super::roles::DPO;
use crate::format::cbor::Value;

/// Answers to "who?" that are no name.
const NO_NAMES: [&str; 6] = ["yes", "no", "n/a", "na", "none", "dpo"];

/// A name or a phrase as it is compared: no capitals, no double spaces, no title before it.
pub(super) fn plain(text: &str) -> String {
    let text = text.to_lowercase();
    let words = text.split_whitespace().map(|word| word.trim_end_matches('.'));
    let untitled = words.skip_while(|word| matches!(*word, "mr" | "mrs" | "ms" | "miss" | "dr"));
    untitled.collect::<Vec<_>>().join(" ")
}

/// The DPO who is named in `field`: one person through the case, who has prepared nothing of what
/// they review and leads nothing of it (Art 38(6) UK GDPR).
pub(super) fn check_dpo(
    answers: &Answers,
    field: &str,
    facts: &Facts<'_>,
    findings: &mut Vec<Finding>,
) {
    if facts.author.roles.iter().any(|role| DPO.contains(&role.as_str())) {
        findings.push(Finding::new(
            "dpo-prepared",
            "its author holds the office of the DPO, who has to review it",
        ));
    }
    let Some(dpo) = answers.text(field) else { return };
    if NO_NAMES.contains(&plain(dpo).as_str()) {
        findings.push(Finding::new(
            "dpo-named",
            format!("'{dpo}' is nobody's name, so it can't be told who reviews it as DPO"),
        ));
        return;
    }
    let is_dpo = |name: &str| plain(name) == plain(dpo);
    for (own, rule, what) in [
        ("author", "dpo-prepared", "prepared it and is named as the DPO who reviews it"),
        ("school-lead", "dpo-conflict", "is named as DPO and as the school's lead"),
        ("project-lead", "dpo-conflict", "is named as DPO and as project lead"),
    ] {
        if answers.text(own).is_some_and(is_dpo) {
            findings.push(Finding::new(rule, format!("{dpo} {what}")));
        }
    }
    for (entry, before) in readable(facts, "dpia-screening").chain(readable(facts, "dpia")) {
        let index = entry.index.0;
        let named = before.text("dpo-reviewed").or_else(|| before.text("dpo-named"));
        if let Some(other) = named.filter(|name| !is_dpo(name))
            && !NO_NAMES.contains(&plain(other).as_str())
        {
            findings.push(Finding::new(
                "dpo-named",
                format!("two people are named as DPO: {dpo}, and {other} in entry {index}"),
            ));
        }
        for (theirs, rule, what) in [
            ("author", "dpo-prepared", "prepared"),
            ("school-lead", "dpo-conflict", "as the school's lead in"),
        ] {
            if before.text(theirs).is_some_and(is_dpo) {
                findings.push(Finding::new(
                    rule,
                    format!("{dpo} is named as DPO, and {what} entry {index}"),
                ));
            }
        }
    }
}

/// The earlier entries of a kind whose answers can be read.
pub(super) fn readable<'a>(
    facts: &'a Facts<'a>,
    kind: &'a str,
) -> impl Iterator<Item = (&'a Earlier<'a>, &'a Answers)> {
    facts.earlier(kind).filter_map(|entry| Some((entry, entry.answers?)))
}

/// Whether people were consulted, or why not (Art 35(9) UK GDPR; policy §12.9).
pub(super) fn check_consultation(answers: &Answers, findings: &mut Vec<Finding>) {
    let mut found = |text: &str| findings.push(Finding::new("consultation", text));
    let Some(consultation) = answers.get("consultation") else {
        return found("it is not said whether anybody was consulted");
    };
    let lacks = |name: &str| consultation.get(name).is_none();
    match consultation.get("done").and_then(Value::as_bool) {
        Some(true) if lacks("who") => found("it is not said who was consulted"),
        Some(false) if lacks("why-not") => {
            found("nobody was consulted, and no reasons are given");
        }
        _ => {}
    }
    if !lacks("views") && lacks("how-addressed") {
        found("people gave their views, and it is not said how these were addressed");
    }
}

/// Whether a day is set on which it is looked at again, and is still to come (Art 35(11) UK GDPR).
pub(super) fn check_review_date(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    match (answers.day("review-date"), day_at(facts.time)) {
        (None, _) => findings.push(Finding::new("dpia-review", "no review date is set")),
        (Some(review), Some(today)) if review < today => findings.push(Finding::new(
            "dpia-review",
            format!("the review date, {}, has passed", written(review)),
        )),
        _ => {}
    }
}

/// Whether a basis is answered by a letter of Art 6(1) alone, as forms with a key to it invite.
pub(super) fn is_letter(stated: &str) -> bool {
    let mut letters = stated.trim().chars().filter(|c| !matches!(c, '(' | ')' | '.'));
    matches!((letters.next(), letters.next()), (Some('a'..='f' | 'A'..='F'), None))
}

/// The finding on a basis that is answered by a letter.
pub(super) fn by_letter(letter: &str) -> Finding {
    Finding::new(
        "basis-stated",
        format!("the lawful basis is answered by the letter '{}' and not in words", letter.trim()),
    )
}

/// The finding on special category data without a condition (Art 9(2) UK GDPR).
pub(super) fn no_condition() -> Finding {
    Finding::new(
        "special-condition",
        "special category data are or may be processed, and no condition is named",
    )
}

/// Whether a screening or DPIA says that special category data are processed: in a word of
/// `terms::ANSWERS`.
pub(super) fn said_special(answers: &Answers) -> Option<&str> {
    let ticked = || Some(if answers.truth("sensitive-data")? { "yes" } else { "no" });
    answers.text("special-data").or_else(ticked)
}

/// Whether an answer says yes, or perhaps.
pub(super) fn is_maybe(answer: &str) -> bool {
    matches!(answer, "yes" | "potentially")
}

/// What each of two lists says that the other doesn't, as words; `there` names the other.
pub(super) fn differences(here: &[&str], other: &[&str], there: &str) -> Option<String> {
    let only = |these: &[&str], those: &[&str]| -> Vec<String> {
        let known: Vec<String> = those.iter().map(|text| plain(text)).collect();
        let rest = these.iter().filter(|text| !known.contains(&plain(text)));
        rest.map(|text| (*text).to_owned()).collect()
    };
    let parts: Vec<String> = [("only here", only(here, other)), (there, only(other, here))]
        .into_iter()
        .filter(|(_, items)| !items.is_empty())
        .map(|(place, items)| format!("{place}: {}", items.join(", ")))
        .collect();
    if parts.is_empty() { None } else { Some(parts.join("; ")) }
}

/// The texts of a list of lines, or of one member of a list of groups.
pub(super) fn texts<'a>(answers: &'a Answers, list: &str, member: Option<&str>) -> Vec<&'a str> {
    let text = |item: &'a Value| match member {
        None => item.as_text(),
        Some(name) => part(item, name),
    };
    answers.list(list).iter().filter_map(text).collect()
}
