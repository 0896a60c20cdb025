//! The three risks of an assessment, their controls, and who does what about them.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::html::text_of;
use super::{Assessment, plain};

/// The risks that PIA asks about, by the number of their section.
const RISKS: [(u64, &str); 3] =
    [(2, "Unauthorised access to data"), (3, "Unwanted change of data"), (4, "Loss of data")];

/// PIA's levels of severity and likelihood, from 1.
const SEVERITY: [(&str, &str); 4] = [
    ("negligible", "insignificant"),
    ("limited", "minor"),
    ("significant", "major"),
    ("maximum", "severe"),
];
const LIKELIHOOD: [(&str, &str); 4] = [
    ("negligible", "very-unlikely"),
    ("limited", "unlikely"),
    ("significant", "likely"),
    ("maximum", "very-likely"),
];

impl Assessment<'_> {
    pub(super) fn risks(&mut self) {
        let (mut risks, mut controls, mut duties) = (Vec::new(), Vec::new(), Vec::new());
        for (section, head) in RISKS {
            let (id, first) = (format!("pia-3.{section}"), 300 + section * 10);
            let evaluation = self.evaluation(&format!("3.{section}"));
            let mut about = Vec::new();
            for (number, title) in [(1, "Impacts"), (2, "Threats"), (3, "Sources"), (4, "Measures")]
            {
                let items = self.list(first + number);
                if !items.is_empty() {
                    about.push(format!("{title}: {}", items.join("; ")));
                }
                if number == 4 {
                    self.controls(&id, &items, &mut controls, &mut duties);
                }
            }
            let before = [
                self.gauge(first + 5, "impact-before", "Severity", &SEVERITY, &mut about),
                self.gauge(first + 6, "likelihood-before", "Likelihood", &LIKELIHOOD, &mut about),
            ];
            let mut risk = json!({ "id": id, "head": head, "scale": "five-by-five" });
            for (name, level) in before.into_iter().flatten() {
                risk[name] = level.into();
            }
            if let Some(evaluation) = &evaluation {
                about.extend(evaluation.words());
                for (name, level, levels) in [
                    ("impact-after", evaluation.gauges.0, &SEVERITY),
                    ("likelihood-after", evaluation.gauges.1, &LIKELIHOOD),
                ] {
                    if let Some((_, level)) = at(levels, level) {
                        risk[name] = (*level).into();
                    }
                }
                duties.extend(evaluation.duty(&id));
            }
            if !about.is_empty() {
                risk["description"] = about.join("\n").into();
                risks.push(risk);
            }
        }
        for (name, items) in
            [("risks", risks), ("controls", controls), ("responsibilities", duties)]
        {
            if !items.is_empty() {
                self.set(name, items.into());
            }
        }
    }

    /// The measures that a risk names, as controls where their sort is known.
    fn controls(
        &mut self,
        risk: &str,
        titles: &[String],
        controls: &mut Vec<Json>,
        duties: &mut Vec<Json>,
    ) {
        let titles: BTreeSet<&str> = titles.iter().map(String::as_str).collect();
        for measure in self.items("measures") {
            let Some(title) = measure.get("title").and_then(Json::as_str).map(text_of) else {
                continue;
            };
            let id = measure.get("id").map(plain).unwrap_or_default();
            if title.is_empty() || !titles.contains(title.as_str()) {
                continue;
            }
            if let Some(evaluation) = self.evaluation(&format!("3.1.{id}")) {
                duties.extend(evaluation.duty(risk));
            }
            let content = measure.get("content").and_then(Json::as_str).map(text_of);
            let content = content.filter(|content| !content.is_empty());
            let text =
                content.map_or_else(|| title.clone(), |content| format!("{title}: {content}"));
            let slug = measure.get("placeholder").and_then(Json::as_str).unwrap_or_default();
            let kind = if slug.contains("PIA_TEC_") || slug.contains("PIA_SEC_") {
                "technical"
            } else if slug.contains("PIA_ORG_") {
                "procedure"
            } else {
                continue;
            };
            self.used.insert(format!("measure {id}"));
            controls.push(json!({ "risk": risk, "kind": kind, "text": text }));
        }
    }

    /// A level and why: the words go into `about`.
    fn gauge(
        &mut self,
        number: u64,
        field: &'static str,
        title: &str,
        levels: &[(&'static str, &'static str); 4],
        about: &mut Vec<String>,
    ) -> Option<(&'static str, &'static str)> {
        let gauge = self.data(number)?.get("gauge").and_then(Json::as_i64).unwrap_or_default();
        let level = at(levels, gauge);
        let why = self.answer(number).map_or(String::new(), |why| format!(": {why}"));
        if level.is_some() || !why.is_empty() {
            let name = level.map_or("not rated", |(theirs, _)| theirs);
            about.push(format!("{title}, with the measures that are planned: {name}{why}"));
        }
        level.map(|(_, ours)| (field, *ours))
    }
}

/// A level from 1 to 4; nought is none.
fn at<T>(levels: &[T; 4], gauge: i64) -> Option<&T> {
    usize::try_from(gauge).ok()?.checked_sub(1).and_then(|at| levels.get(at))
}
