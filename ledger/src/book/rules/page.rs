//! The page of the rules, as Markdown, for people who want to know how a date came about.

use std::fmt::Write as _;

use super::{RULES, Rule, regulator};
use crate::records::days::written;

/// What stands above the list.
const HEAD: &str = "\
# Deadlines

This page is generated from the rules themselves. `probity due` computes by them, and shows with
each date how it came about.

**It is a tool and no legal advice.** It counts days by the rules below, from what is on record. It
doesn't judge whether a rule applies, whether proof or clarification was reasonably asked for, or
whether what is on record is true. Where much hangs on a date, ask your data protection officer.

- A request, complaint or breach keeps the rule that was in force on its own day.
- A legal limit and the school's own target are shown side by side. Targets come from the newest
  policy that applied on the day; without one, from the defaults that are named below.
- What the law wants without undue delay has no date. It is listed from the day on which it became
  owed, and turns overdue only by a target of the school's own.
- A limit that can't be computed says what is missing.
- Bank holidays are England and Wales's. Terms and closures come from `calendar` records.
- Policy and forms that are cited without a name are the school policy and the screening forms on
  which this program was modelled. Your school's own may differ.

Each rule says how its source was read: its text; a part of its text, the rest by the account of
others; or by the account of others alone, because its text could not be read.

";

/// The whole page.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(HEAD);
    let taken = RULES.iter().map(|rule| rule.taken).max();
    if let Some(taken) = taken {
        let _ = writeln!(page, "On {} the regulator was the {}.", written(taken), regulator(taken));
    }
    page.push_str("\n| rule | about | in force |\n|---|---|---|\n");
    for rule in RULES {
        let _ = writeln!(page, "| [`{0}`](#{0}) | {1} | {2} |", rule.id, rule.title, force(rule));
    }
    let mut before = "";
    for rule in RULES {
        if rule.id != before {
            let _ = write!(page, "\n## {}\n", rule.id);
        }
        before = rule.id;
        let _ = write!(
            page,
            "\n**{}.** {}\n\n- Source: {}\n- Read: {}, on {}\n- In force: {}\n",
            rule.title,
            rule.text,
            rule.source,
            rule.reading.words(),
            written(rule.taken),
            force(rule),
        );
    }
    page
}

fn force(rule: &Rule) -> String {
    match (rule.from, rule.until) {
        (None, None) => "as long as policy or record says so".to_owned(),
        (Some(from), None) => format!("from {}", written(from)),
        (None, Some(until)) => format!("until {}", written(until)),
        (Some(from), Some(until)) => format!("from {} until {}", written(from), written(until)),
    }
}
