//! Printing the empty form of a kind.

use std::fmt::Write as _;

use probity_ledger::records::form::{DECISION_ASK, DECISIONS};
use probity_ledger::records::kind::{Clear, Field, Form, Kind};

use super::page::{Page, question};
use crate::work::record::CASE_NAMES;

/// The empty form of a kind, as TOML that holds nothing yet.
#[must_use]
pub fn template(kind: &Kind) -> String {
    let mut form = Page::default();
    form.note(&format!("{} ({}, version {})", kind.title, kind.name, kind.version));
    form.note("");
    form.note(kind.about);
    form.note("");
    for line in HOW {
        form.note(line);
    }
    form.note(&format!(
        "Then: probity record {} --by NAME --form FILE --dry-run{}",
        kind.name,
        options(kind)
    ));
    form.head("About the record itself");
    beside(&mut form, kind);
    form.head("Questions");
    let asked = |field: &&Field| !matches!(field.form, Form::Doc | Form::List(Form::Doc));
    let (blocks, single): (Vec<&Field>, Vec<&Field>) =
        kind.body_fields().filter(asked).partition(|field| is_block(&field.form));
    for field in single {
        form.question(field, field.name);
    }
    for field in blocks {
        form.block(field);
    }
    form.0
}

/// What is the same for every form. Lines are explanations when they begin with `# `.
const HOW: [&str; 10] = [
    "How to fill it in: take away the # before a line without a blank after it, and write the answer \
     between the quotes. What stays behind a # is not answered, and neither is what stays blank.",
    "Days: \"21/11/2026\", \"21 November 2026\" or 2026-11-21. Moments, with an hour as on the \
     wall: \"21/11/2026 14:02\" or 2026-11-21 14:02.",
    "Yes or no: \"yes\" or \"no\". Numbers: 12.",
    "Several answers: [\"one\", \"another\"].",
    "Several lines of text stand between three quotes each:",
    "    example = \"\"\"",
    "    the first line",
    "    the second line",
    "    \"\"\"",
    "",
];

/// The options that a form doesn't stand for.
fn options(kind: &Kind) -> &'static str {
    match kind.clear {
        Clear::ClockCorrection => " --entry ENTRY --reason WORD",
        Clear::Anchor => " --size NUMBER --evidence FILE",
        _ => "",
    }
}

/// Case, decision, files and links.
fn beside(form: &mut Page, kind: &Kind) {
    form.note(&match kind.case {
        Some(name) => format!("the case: \"new\", or one such as {name}-2026-003"),
        None => format!(
            "the case, such as dpia-2026-001, or NAME-new with NAME one of {}; none: the record book \
             itself",
            CASE_NAMES.join(", ")
        ),
    });
    form.fill("case", "\"\"");
    if kind.clear == Clear::Decision {
        form.note(&format!("{DECISION_ASK} (must be answered)"));
        form.words(DECISIONS);
        form.fill("decision", "\"\"");
    }
    if kind.documents_field().is_some() {
        form.note("paths of files that belong to it, byte for byte, between single quotes");
        form.fill("attach", "['']");
    }
    let must: Vec<String> = kind
        .required_links
        .iter()
        .map(|group| group.iter().map(|rel| rel.name()).collect::<Vec<_>>().join(" or "))
        .collect();
    let usual: Vec<&str> = kind.usual_links.iter().map(|relation| relation.name()).collect();
    let mut words = "earlier entries that it is about, each by a relation".to_owned();
    for (what, names) in [("must be there", must.join(", ")), ("usual", usual.join(", "))] {
        if !names.is_empty() {
            let _ = write!(words, "; {what}: {names}");
        }
    }
    form.note(&words);
    form.fill("links", "[{ rel = \"\", entry = \"\" }]");
}

/// Whether TOML forces it to the end: a list of groups, a block for each.
fn is_block(form: &Form) -> bool {
    matches!(form, Form::List(Form::Group(_)))
}

impl Page {
    fn head(&mut self, text: &str) {
        if !self.0.ends_with("\n\n") {
            self.line("");
        }
        self.line(&format!("# ---- {text} ----"));
        self.line("");
    }

    /// A line to be filled in, with room behind it.
    fn fill(&mut self, name: &str, blank: &str) {
        self.answer(name, blank);
        self.line("");
    }

    fn words(&mut self, words: &[&str]) {
        self.note(&format!("one of {}", words.join(", ")));
    }

    /// A question, or the questions of a group, under `name`.
    fn question(&mut self, field: &Field, name: &str) {
        self.ask(field, "");
        if let Form::Group(members) = &field.form {
            self.line("");
            return self.members(members, &format!("{name}."));
        }
        let (form, blank) = match &field.form {
            Form::List(inner) => (*inner, format!("[{}]", blank(inner))),
            form => (form, blank(form)),
        };
        match form {
            Form::Choice(words) => self.words(words),
            form => {
                if let Some(hint) = hint(form) {
                    self.note(hint);
                }
            }
        }
        self.fill(name, &blank);
    }

    /// A list of groups.
    fn block(&mut self, field: &Field) {
        self.head(field.name);
        self.ask(
            field,
            &format!("; copy the lines from [[{}]] on for each further one", field.name),
        );
        self.line(&format!("#[[{}]]", field.name));
        self.line("");
        if let Form::List(Form::Group(members)) = &field.form {
            self.members(members, "");
        }
    }

    fn members(&mut self, members: &[Field], within: &str) {
        for member in members {
            self.question(member, &format!("{within}{}", member.name));
        }
    }

    fn ask(&mut self, field: &Field, more: &str) {
        let must = if field.required { " (must be answered)" } else { "" };
        let several =
            if matches!(field.form, Form::List(_)) { " (several are possible)" } else { "" };
        let privileged = if field.privileged { " (legal advice: privileged)" } else { "" };
        self.note(&format!("{}{must}{several}{privileged}{more}", question(field)));
    }
}

/// An answer that is none yet.
fn blank(form: &Form) -> String {
    match form {
        Form::Group(members) => {
            let each = members.iter().map(|m| format!("{} = {}", m.name, blank(&m.form)));
            format!("{{ {} }}", each.collect::<Vec<_>>().join(", "))
        }
        Form::List(inner) => format!("[{}]", blank(inner)),
        _ => "\"\"".to_owned(),
    }
}

/// What an answer looks like, where its question doesn't say.
const fn hint(form: &Form) -> Option<&'static str> {
    match form {
        Form::Text | Form::Long | Form::Choice(_) | Form::List(_) | Form::Group(_) | Form::Doc => {
            None
        }
        Form::Person => Some("a person's name"),
        Form::Date => Some("a day"),
        Form::Time => Some("a moment, with its hour"),
        Form::Bool => Some("yes or no"),
        Form::Count => Some("a whole number from 0"),
        Form::Ref => Some(
            "4 to 64 small letters, digits and hyphens with a digit in it; no name, no number that others know",
        ),
        Form::Hash => Some("64 hexadecimal digits"),
        Form::Occurred => {
            Some("such as \"21/11/2026\", \"2026-11-20/2026-11-21\" or \"unknown: why\"")
        }
        Form::Roles => Some("names of roles, such as \"dpo,headteacher\""),
    }
}
