//! The pages that are generated from the kinds: the reference of what can be recorded, and the
//! authority table of the format page (Appendix A).

use std::fmt::Write as _;

use super::form::{DECISION_ASK, describe};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::roles;
use super::{KINDS, newest};

/// The reference page of all kinds, as Markdown, for people who record.
#[must_use]
pub fn reference_page() -> String {
    let mut page = String::from(
        "# What can be recorded\n\n\
         This page is generated from the kinds of record themselves. A field marked **yes** has \
         to be answered; any other may be left out. Free text names no pupils.\n\n\
         | kind | records |\n|---|---|\n",
    );
    for kind in newest_of_each() {
        line(&mut page, format_args!("| [`{0}`](#{0}) | {1} |", kind.name, kind.title));
    }
    page.push_str("\n## Roles\n\n| role | for people | source | signs |\n|---|---|---|---|\n");
    for role in roles::ROLES {
        let own = |kind: &&Kind| matches!(kind.signers, Signers::OneOf(names) if names.contains(&role.name));
        let signs: Vec<&str> = newest_of_each().filter(own).map(|kind| kind.name).collect();
        let beside = if signs.is_empty() { "what anybody appointed may" } else { "" };
        let signs = if signs.is_empty() { String::new() } else { codes(&signs) };
        let (name, title, source) = (role.name, role.title, role.source);
        line(&mut page, format_args!("| `{name}` | {title} | {source} | {signs}{beside} |"));
    }
    for kind in newest_of_each() {
        describe_kind(&mut page, kind);
    }
    page
}

/// Appendix A of the format page, as a Markdown table: per kind and version what a verifier
/// judges by.
#[must_use]
pub fn authority_table() -> String {
    let mut page = String::from(
        "| kind | version | class | fields in order | clear fields | roles that may sign | required links | required signatures |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for kind in KINDS {
        let clear = clear_fields(kind.clear);
        let fields: Vec<&str> =
            clear.iter().copied().chain(kind.body_fields().map(|field| field.name)).collect();
        line(
            &mut page,
            format_args!(
                "| `{}` | {} | {} | {} | {} | {} | {} | {} |",
                kind.name,
                kind.version,
                class_word(kind.class),
                codes(&fields),
                codes(clear),
                signers(kind.signers),
                required_links(kind),
                other_signatures(kind),
            ),
        );
    }
    page
}

/// The names of an entry's clear fields, in the order of the format page.
#[must_use]
pub const fn clear_fields(clear: Clear) -> &'static [&'static str] {
    match clear {
        Clear::Nothing => &[],
        Clear::Genesis => &["format", "school", "log", "key", "person", "roles", "continues"],
        Clear::Appointment => &["person", "key", "roles", "from", "until"],
        Clear::Revocation => &["kid", "suspect-since"],
        Clear::LogKey => &["log"],
        Clear::Anchor => &["size", "evidence"],
        Clear::Statement => &["statement"],
        Clear::ClockCorrection => &["entry", "reason"],
        Clear::Decision => &["decision"],
        Clear::Erasure => &["entries", "ground"],
    }
}

fn line(page: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(page, "{text}").expect("writing to a string does not fail");
}

/// Each kind once, as it is written today.
fn newest_of_each() -> impl Iterator<Item = &'static Kind> {
    let newest = |kind: &&Kind| newest(kind.name).is_some_and(|one| one.version == kind.version);
    KINDS.iter().copied().filter(newest)
}

fn describe_kind(page: &mut String, kind: &Kind) {
    line(page, format_args!("\n## {}\n", kind.name));
    line(page, format_args!("**{}.** {}\n", kind.title, kind.about));
    let earlier = match kind.version {
        1 => "",
        _ => {
            "; what stands in older records under an earlier one is in Appendix A of the format page"
        }
    };
    line(page, format_args!("- Version: {}{earlier}", kind.version));
    line(page, format_args!("- Source: {}", kind.source));
    line(page, format_args!("- Nature: {}", class_sentence(kind.class)));
    if let Some(case) = kind.case {
        line(page, format_args!("- Case: `{case}-YEAR-NNN`"));
    }
    line(page, format_args!("- Signed by: {}", signers_in_words(kind.signers)));
    for also in kind.also {
        line(
            page,
            format_args!(
                "- Complete with: {} (`{}` {}, {})",
                also.what,
                also.kind,
                also.on_what(),
                titles(also.roles)
            ),
        );
    }
    if !kind.required_links.is_empty() {
        line(page, format_args!("- Must link: {}", required_links(kind)));
    }
    if !kind.usual_links.is_empty() {
        let names: Vec<&str> = kind.usual_links.iter().map(|link| link.name()).collect();
        line(page, format_args!("- Usually links: {}", codes(&names)));
    }
    let clear = clear_fields(kind.clear);
    if kind.clear == Clear::Decision {
        line(page, format_args!("- In clear: `decision` ({DECISION_ASK})"));
    } else if !clear.is_empty() {
        line(page, format_args!("- In clear: {}", codes(clear)));
    }
    page.push_str("\n| field | asks | form | needed |\n|---|---|---|---|\n");
    for field in kind.body_fields() {
        describe_field(page, "", field);
    }
}

/// A row for a field, and one for each member of a group.
fn describe_field(page: &mut String, within: &str, field: &Field) {
    let needed = if field.required { "**yes**" } else { "" };
    let privileged = if field.privileged { " (legal advice: privileged)" } else { "" };
    let name = format!("{within}{}", field.name);
    let (form, members) = match &field.form {
        Form::Group(members) => ("several answers together".to_owned(), *members),
        Form::List(Form::Group(members)) => ("one or more groups of answers".to_owned(), *members),
        form => (describe(form), &[] as &[Field]),
    };
    line(page, format_args!("| `{name}` | {}{privileged} | {form} | {needed} |", field.ask));
    for member in members {
        describe_field(page, &format!("{name}."), member);
    }
}

const fn class_word(class: Class) -> &'static str {
    match class {
        Class::Governance => "governance",
        Class::Permission => "permission",
        Class::Fact => "fact",
    }
}

const fn class_sentence(class: Class) -> &'static str {
    match class {
        Class::Governance => "decides who may sign; by anyone else it is not genuine",
        Class::Permission => "permits something; without authority only by a signed exception",
        Class::Fact => "a fact; always taken, and shown with what it lacks",
    }
}

fn signers(signers: Signers) -> String {
    match signers {
        Signers::AnyAppointed => "any appointed person".to_owned(),
        Signers::Appointee => "the key that the linked appointment names".to_owned(),
        Signers::OneOf(names) => codes(names),
    }
}

fn signers_in_words(signers: Signers) -> String {
    match signers {
        Signers::AnyAppointed => "any appointed person".to_owned(),
        Signers::Appointee => "the person appointed, with the key appointed".to_owned(),
        Signers::OneOf(names) => titles(names),
    }
}

fn titles(names: &[&str]) -> String {
    let titles: Vec<&str> = names.iter().map(|name| roles::title(name)).collect();
    titles.join("; ")
}

fn codes(names: &[&str]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    let codes: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    codes.join(", ")
}

fn required_links(kind: &Kind) -> String {
    let one_of = |group: &&[Relation]| {
        let names: Vec<String> = group.iter().map(|link| format!("`{}`", link.name())).collect();
        names.join(" or ")
    };
    let groups: Vec<String> = kind.required_links.iter().map(one_of).collect();
    if groups.is_empty() { "none".to_owned() } else { groups.join("; and ") }
}

fn other_signatures(kind: &Kind) -> String {
    let each: Vec<String> = kind
        .also
        .iter()
        .map(|also| {
            let author = if also.by_author { ", also by its author" } else { "" };
            format!("`{}` {} signed as {}{author}", also.kind, also.on_what(), codes(also.roles))
        })
        .collect();
    if each.is_empty() { "none".to_owned() } else { each.join("; and ") }
}
