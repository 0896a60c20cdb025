//! `ico-consultation`: the regulator is asked about a risk that stays high.
//!
//! The reply is due within eight weeks, or six more where the regulator says so (Art 36(2)).
//! Processing doesn't start before it.

use jiff::ToSpan as _;

use super::answers::Answers;
use super::assessing::readable;
use super::days::{day_at, written};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::risk::has_risk;

/// Version 1.
pub const V1: Kind = Kind {
    name: "ico-consultation",
    version: 1,
    title: "Consultation of the regulator",
    about: "The regulator was consulted because a risk stays high after the controls, or has \
            replied. Record it when it is sent, and again with the reply; processing must not \
            start before that.",
    source: "Art 36 UK GDPR; policy §12.9",
    class: Class::Fact,
    case: Some("dpia"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::optional("sent", Form::Time, "when the regulator was consulted"),
        Field::optional("reference", Form::Text, "the regulator's reference"),
        Field::optional("risks", Form::List(&Form::Text), "the mark of each risk asked about"),
        Field::optional("reply-due", Form::Date, "day by which the reply is due"),
        Field::optional("extended", Form::Bool, "whether the regulator took six weeks more"),
        Field::optional("reply-received", Form::Date, "day on which the reply came"),
        Field::optional(
            "outcome",
            Form::Choice(&["waiting", "no-objection", "advice", "warning", "prohibition"]),
            "what the regulator says",
        ),
        Field::optional("detail", Form::Long, "question and reply; name no pupils").privileged(),
        Field::optional("documents", Form::List(&Form::Doc), "letters to and from the regulator"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut found = |rule, text: String| findings.push(Finding::new(rule, text));
    match readable(facts, "dpia").max_by_key(|(entry, _)| entry.index) {
        None => found("on-what", "no DPIA is here that the regulator could be asked about".into()),
        Some((entry, dpia)) => {
            let asked = answers.list("risks").iter().filter_map(|risk| risk.as_text());
            for id in asked.filter(|id| !has_risk(dpia, id)) {
                found(
                    "risk-unknown",
                    format!("risk {id} isn't in the DPIA (entry {})", entry.index.0),
                );
            }
            if dpia.text("processing") == Some("started") {
                found(
                    "dpia-consult",
                    format!(
                        "the DPIA (entry {}) says that processing has started; the regulator is \
                         consulted before it does",
                        entry.index.0
                    ),
                );
            }
        }
    }
    let sent = answers.integer("sent");
    if sent.is_some_and(|sent| sent > facts.time) {
        found("future", "the consultation is dated after this record".to_owned());
    }
    match sent.and_then(day_at) {
        None => found("ico-reply", "it is not said when the regulator was consulted".to_owned()),
        Some(sent) => {
            let weeks = if answers.truth("extended") == Some(true) { 14 } else { 8 };
            let by_law = sent.checked_add(weeks.weeks()).ok();
            if let Some(by_law) = by_law.filter(|day| answers.day("reply-due") != Some(*day)) {
                found(
                    "ico-reply",
                    format!("by law the reply is due on {}, {weeks} weeks on", written(by_law)),
                );
            }
            if answers.day("reply-received").is_some_and(|reply| reply < sent) {
                found("time-order", "the reply came before the regulator was asked".to_owned());
            }
        }
    }
    let open = matches!(answers.text("outcome"), None | Some("waiting"));
    match (open, answers.lacks("reply-received")) {
        (true, false) => {
            found("ico-reply", "a reply came, and it is not said what the regulator says".into());
        }
        (false, true) => {
            found("ico-reply", "it is said what the regulator says, and not when".to_owned());
        }
        _ => {}
    }
    match answers.text("outcome") {
        Some("prohibition") => found("dpia-consult", "the regulator prohibits it".to_owned()),
        Some("warning") => {
            found("dpia-consult", "the regulator warns that it is likely to break the law".into());
        }
        _ => {}
    }
    findings
}
