//! The checks that every kind shares, and the one entry point to all findings.

use jiff::civil::Date;

use super::answers::Answers;
use super::days::{day, day_at, occurred, written};
use super::facts::{Earlier, Facts, Finding};
use super::kind::{Kind, Relation, Signers};
use super::policy;
use super::roles::{self, REPRESENTATIVES};
use crate::format::cbor::Value;

/// Roles that are a conflict of interests in a data protection officer (Art 38(6) UK GDPR).
const CONFLICTING: [&str; 6] =
    ["headteacher", "acting-headteacher", "trust-executive", "it-lead", "gdpr-lead", "asset-owner"];

/// The rules whose finding refuses a record on input: what nobody can permit. Everything else is
/// shown and taken.
pub const REFUSED: &[&str] = &["covert-private"];

/// After so many days a record is shown as a late entry.
const LATE_AFTER_DAYS: i32 = 31;

/// Everything that a reader should ask about this record: what its kind finds, then what all
/// kinds find.
#[must_use]
pub fn findings(kind: &Kind, answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut all = (kind.check)(answers, facts);
    all.extend(check_common(kind, answers, facts));
    all
}

/// The findings that don't depend on the kind.
#[must_use]
pub fn check_common(kind: &Kind, answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_author(kind, facts, &mut findings);
    check_occurred(answers, facts, &mut findings);
    check_decided_by(kind, answers, facts, &mut findings);
    check_words(answers, facts, &mut findings);
    if facts.linked_by(Relation::About).any(|entry| entry.kind == "import") {
        findings.extend(imported(kind));
    }
    findings
}

/// That a record which links an `import` was taken over by it. Kinds that belong to no sort of
/// case, such as a note, speak about an import and don't come from it.
#[must_use]
pub fn imported(kind: &Kind) -> Option<Finding> {
    kind.case.map(|_| {
        Finding::new("imported", "it was imported from an existing register, and not witnessed")
    })
}

/// Whether a policy at hand (in the case, or linked) gives `power`.
pub(super) fn policy_gives(facts: &Facts<'_>, power: &str) -> bool {
    facts.earlier("policy").filter_map(|entry| entry.answers).any(|p| policy::gives(p, power))
}

/// Whether `finds` is true of any text within a value.
pub(super) fn doubts(value: &Value, finds: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::Text(text) => finds(text),
        Value::Array(items) => items.iter().any(|item| doubts(item, finds)),
        Value::Map(pairs) => pairs.iter().any(|(_, value)| doubts(value, finds)),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Bytes(_) => false,
    }
}

/// Whether a word occurs anywhere in an answer, whatever its case. `word` is in lower case.
#[must_use]
pub fn mentions(value: &Value, word: &str) -> bool {
    doubts(value, &|text| text.to_lowercase().contains(word))
}

/// Whether a text says that the answer is not known.
pub(super) fn says_unknown(text: &str) -> bool {
    let text = text.trim().trim_end_matches('.').to_lowercase();
    text.contains("not investigated")
        || matches!(
            text.as_str(),
            // The words by which a choice says it, first.
            "not-investigated"
                | "not-known"
                | "unknown"
                | "not known"
                | "not yet known"
                | "don't know"
                | "not sure"
                | "tbc"
                | "tbd"
                | "?"
        )
}

fn check_author(kind: &Kind, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let author = facts.author;
    if !kind.admits(author.role) {
        findings.push(Finding::new(
            "authority",
            format!("signed as {}, a role that may not sign this", roles::title(author.role)),
        ));
    }
    let acts_for_head = author.role == "deputy-headteacher"
        && matches!(kind.signers, Signers::OneOf(list) if list.contains(&REPRESENTATIVES[0]));
    if acts_for_head && !policy_gives(facts, "deputy-represents") {
        findings.push(Finding::new(
            "delegation",
            "the deputy head acts for the controller, and no policy at hand provides for that",
        ));
    }
    let person = hex::encode(author.person);
    let own = |entry: &&Earlier<'_>| {
        entry.answers.is_some_and(|conflict| conflict.text("person-id") == Some(&person))
    };
    let conflict = facts.case.iter().filter(|entry| entry.kind == "conflict").filter(own);
    if let Some(newest) = conflict.max_by_key(|entry| entry.index)
        && newest.answers.and_then(|conflict| conflict.truth("excluded")) == Some(true)
    {
        findings.push(Finding::new(
            "conflict",
            format!(
                "the author is excluded from this case by a conflict of interests (entry {})",
                newest.index.0
            ),
        ));
    }
    let held = |role: &&&str| author.roles.iter().any(|held| held == **role);
    if author.roles.iter().any(|role| role == "dpo")
        && let Some(other) = CONFLICTING.iter().find(held)
    {
        findings.push(Finding::new(
            "dpo-conflict",
            format!("the author is data protection officer and also {}", roles::title(other)),
        ));
    }
}

fn check_occurred(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    if answers.get("occurred").is_some_and(|value| value.get("unknown").is_some()) {
        findings.push(Finding::new("occurred-unknown", "it is not known when it happened"));
    }
    let (Some(span), Some(today)) = (occurred(answers), day_at(facts.time)) else { return };
    let future = match span.times {
        Some((_, to)) => to > facts.time,
        None => span.to > today,
    };
    if future {
        findings.push(Finding::new(
            "future",
            format!("it is said to have happened on {}, after this record", written(span.to)),
        ));
    } else if (today - span.to).get_days() > LATE_AFTER_DAYS {
        findings.push(Finding::new(
            "late-entry",
            format!("it is recorded long after {}, when it happened", written(span.to)),
        ));
    }
}

fn check_decided_by(
    kind: &Kind,
    answers: &Answers,
    facts: &Facts<'_>,
    findings: &mut Vec<Finding>,
) {
    let Some(decided) = answers.get("decided-by") else { return };
    let part = |name| decided.get(name).and_then(Value::as_text);
    let role = part("role").unwrap_or("somebody else");
    findings.push(Finding::new(
        "not-signed",
        format!("it was decided as {} by somebody who has not signed", roles::title(role)),
    ));
    if roles::find(role).is_some() && !kind.admits(role) {
        findings.push(Finding::new(
            "authority",
            format!("it was decided as {}, a role that may not sign this", roles::title(role)),
        ));
    }
    if let (Some(date), Some(today)) = (part("date").and_then(day), day_at(facts.time))
        && date > today
    {
        findings.push(Finding::new(
            "future",
            format!("it is said to have been decided on {}, after this record", written(date)),
        ));
    }
}

/// What stands in the words of the answers.
fn check_words(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let unknown: Vec<&str> = answers
        .0
        .iter()
        .filter(|(_, value)| doubts(value, &says_unknown))
        .map(|(name, _)| name.as_str())
        .collect();
    if !unknown.is_empty() {
        findings.push(Finding::new(
            "unknown-answer",
            format!("answers are said to be not known: {}", unknown.join(", ")),
        ));
    }
    // The Data Protection Act 2018 replaced that of 1998 on 25 May 2018.
    let replaced = Date::constant(2018, 5, 25);
    let then = occurred(answers).map(|span| span.to).or_else(|| day_at(facts.time));
    let cites_1998 = |text: &str| {
        let text = text.to_lowercase();
        text.contains("data protection act 1998") || text.contains("dpa 1998")
    };
    if then.is_none_or(|then| then >= replaced)
        && answers.0.values().any(|value| doubts(value, &cites_1998))
    {
        findings.push(Finding::new(
            "law-cited",
            "it cites the Data Protection Act 1998, which the Act of 2018 replaced",
        ));
    }
    if answers.0.values().any(|value| doubts(value, &cites_law_enforcement)) {
        findings.push(Finding::new(
            "law-cited",
            "it cites sections 35 to 40 or 45 of the Data Protection Act 2018, which are for law \
             enforcement; a school's duties stand in the UK GDPR",
        ));
    }
}

/// Whether a text cites the Act's part on law enforcement for what the UK GDPR says: its
/// principles (sections 35 to 40), or the right of access (section 45).
fn cites_law_enforcement(text: &str) -> bool {
    let text = text.to_lowercase();
    let act = text.contains("data protection act") || text.contains("dpa");
    let sections = text.match_indices("section").filter_map(|(at, word)| {
        let after = text[at + word.len()..].trim_start_matches('s').trim_start();
        let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        after[..digits].parse::<u32>().ok()
    });
    act && sections.into_iter().any(|number| matches!(number, 35..=40 | 45))
}
