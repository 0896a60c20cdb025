//! Options as a test writes them: one a line, `name value`, with what is only known when it
//! runs in braces.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::common::files::pdf;
use crate::common::{School, day, now, text};

/// What was recorded so far, by kind.
#[derive(Default)]
pub struct Typed(BTreeMap<String, Json>);

impl Typed {
    /// Remembers a report, for `{entry KIND}` and `{case KIND}`.
    pub fn note(&mut self, report: &Json) {
        self.0.insert(text(&report["kind"]), report.clone());
    }

    /// The report on the newest of a kind.
    pub fn report(&self, kind: &str) -> &Json {
        self.0.get(kind).unwrap_or_else(|| panic!("no `{kind}` was recorded"))
    }

    /// The options of a command line.
    pub fn options(&self, school: &School, lines: &str) -> Vec<String> {
        let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
        lines
            .flat_map(|line| {
                let (name, value) = line.split_once(' ').expect("a name and a value");
                [format!("--{name}"), self.fill(school, value)]
            })
            .collect()
    }

    fn fill(&self, school: &School, value: &str) -> String {
        let Some((before, rest)) = value.split_once('{') else { return value.to_owned() };
        let (inside, after) = rest.split_once('}').expect("a closing brace");
        let (what, which) = inside.split_once(' ').expect("two words in braces");
        let number = || which.parse::<i64>().expect("a number");
        let filled = match what {
            "day" => day(number()),
            "hours-ago" => (now() - number() * 3600).to_string(),
            "pdf" => school.file(which, pdf(which)),
            "head" => match &school.json(["checkpoint"])[which] {
                Json::Number(size) => size.to_string(),
                root => text(root),
            },
            "code" => school.fingerprint.clone(),
            "person" => text(&school.show(which)["person"]),
            "entry" => self.report(which)["entry"].to_string(),
            "case" => text(&self.report(which)["case"]),
            _ => panic!("`{what}` stands for nothing"),
        };
        format!("{before}{filled}{}", self.fill(school, after))
    }
}
