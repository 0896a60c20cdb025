//! Risks as a DPIA rates them: before its controls and after, by impact and likelihood or by a
//! level, and what a high one means.
//!
//! A red cell (impact major or severe, and likely or very likely), or a risk that somebody calls
//! high, has to go to the DPO. What is still high after the controls has to go to the regulator
//! before processing starts (Art 36 UK GDPR; policy §12.9). A high risk that nobody rated again
//! counts as still high: nothing shows that it is lower.

use super::answers::{Answers, part};
use super::facts::{Earlier, Facts};
use super::terms::is_red;
use crate::format::cbor::Value;

/// How a risk is rated at one point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rating<'a> {
    impact: Option<&'a str>,
    likelihood: Option<&'a str>,
    level: Option<&'a str>,
}

/// A risk of a DPIA.
#[derive(Clone, Copy, Debug)]
pub(super) struct Risk<'a> {
    /// Its mark, such as R1.
    pub id: &'a str,
    /// Its rating before the controls.
    pub before: Rating<'a>,
    /// Its rating after them.
    pub after: Rating<'a>,
    called_high: bool,
}

impl<'a> Rating<'a> {
    /// The rating that stands in a group, under these names of its impact, likelihood and level.
    pub fn within(group: &'a Value, [impact, likelihood, level]: [&str; 3]) -> Self {
        Self {
            impact: part(group, impact),
            likelihood: part(group, likelihood),
            level: part(group, level),
        }
    }

    /// Whether it says how great the risk is.
    pub const fn is_given(self) -> bool {
        self.level.is_some() || (self.impact.is_some() && self.likelihood.is_some())
    }

    /// Whether the risk is high: in a red cell, or by name.
    pub fn is_high(self) -> bool {
        is_red(self.impact, self.likelihood) || self.level == Some("high")
    }

    /// The level, where the rating names or amounts to one.
    pub fn level(self) -> Option<&'a str> {
        self.level.or_else(|| is_red(self.impact, self.likelihood).then_some("high"))
    }
}

impl Risk<'_> {
    /// Whether it is high where it was found.
    pub fn is_high(&self) -> bool {
        self.before.is_high() || self.called_high
    }

    /// Whether it stays high after the controls, or nothing shows that it doesn't.
    pub fn stays_high(&self) -> bool {
        if self.after.is_given() { self.after.is_high() } else { self.is_high() }
    }
}

/// The risks of a DPIA.
pub(super) fn risks(dpia: &Answers) -> impl Iterator<Item = Risk<'_>> {
    dpia.list("risks").iter().filter_map(|risk| {
        Some(Risk {
            id: part(risk, "id")?,
            before: Rating::within(risk, ["impact-before", "likelihood-before", "level-before"]),
            after: Rating::within(risk, ["impact-after", "likelihood-after", "level-after"]),
            called_high: part(risk, "called-high-by").is_some(),
        })
    })
}

/// "risk R1", "risks R1, R2".
pub(super) fn list(ids: &[&str]) -> String {
    format!("{} {}", if ids.len() == 1 { "risk" } else { "risks" }, ids.join(", "))
}

/// Whether a DPIA has a risk of that mark.
pub(super) fn has_risk(dpia: &Answers, id: &str) -> bool {
    risks(dpia).any(|risk| risk.id == id)
}

/// Whether a control, as somebody names it later, is this control of the DPIA: its text, or the
/// beginning of it.
pub(super) fn is_control(control: &Value, named: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    part(control, "text").is_some_and(|text| plain(text).starts_with(&plain(named)))
}

/// What stands against starting while the risk `id` is high, as words; `None` once the regulator,
/// asked about it, has replied and doesn't prohibit it.
pub(super) fn must_not_start(facts: &Facts<'_>, id: &str) -> Option<String> {
    let about = |entry: &&Earlier<'_>| entry.answers.is_some_and(|asked| asks_about(asked, id));
    let asked = facts.earlier("ico-consultation").filter(about).max_by_key(|entry| entry.index);
    let Some((index, asked)) = asked.and_then(|entry| Some((entry.index.0, entry.answers?))) else {
        return Some("processing must not start until the regulator is consulted".to_owned());
    };
    match reply(asked) {
        Reply::Prohibits => {
            Some(format!("processing must not start: the regulator prohibits it (entry {index})"))
        }
        Reply::Awaited => Some(format!(
            "processing must not start until the regulator replies (consulted in entry {index})"
        )),
        Reply::Allows => None,
    }
}

/// What the regulator says to a consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// Nothing yet.
    Awaited,
    /// That the processing must not be.
    Prohibits,
    /// Anything else.
    Allows,
}

/// What the regulator says, by a record of its consultation.
pub(crate) fn reply(consultation: &Answers) -> Reply {
    match consultation.text("outcome") {
        Some("prohibition") => Reply::Prohibits,
        Some("waiting") => Reply::Awaited,
        _ if consultation.lacks("reply-received") => Reply::Awaited,
        _ => Reply::Allows,
    }
}

/// Whether a consultation is about a risk: it names it, or names none.
pub(crate) fn asks_about(consultation: &Answers, id: &str) -> bool {
    let risks = consultation.list("risks");
    risks.is_empty() || risks.iter().any(|risk| risk.as_text() == Some(id))
}
