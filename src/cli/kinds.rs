//! `probity kinds`: what can be recorded, who may sign it, and what is asked.

use probity_ledger::records::form::{DECISION_ASK, describe};
use probity_ledger::records::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use probity_ledger::records::page::{authority_table, clear_fields, reference_page};
use probity_ledger::records::schema::json_schema;
use probity_ledger::records::{self, KINDS, roles};
use serde_json::{Value as Json, json};

use super::{Context, Ended, table};
use crate::work::WorkError;

/// Show what can be recorded, and what one kind of record asks
#[derive(Debug, clap::Args)]
pub struct Args {
    /// One kind, such as breach-report
    kind: Option<String>,
    /// Print the JSON Schema of the kind's document, as `record KIND --from-json` takes it
    #[arg(long, requires = "kind", conflicts_with_all = ["page", "authority"])]
    schema: bool,
    /// Print the reference page of all kinds, as Markdown
    #[arg(long, conflicts_with_all = ["kind", "authority"])]
    page: bool,
    /// Print the table of who may sign what, as Markdown, for the format page
    #[arg(long, conflicts_with = "kind")]
    authority: bool,
}

/// Runs the command.
///
/// # Errors
/// A kind that isn't one.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    if args.page {
        context.print(reference_page().trim_end());
    } else if args.authority {
        context.print(authority_table().trim_end());
    } else if let Some(name) = &args.kind {
        let kind = records::newest(&name.to_lowercase()).ok_or_else(|| no_such_kind(name))?;
        match (args.schema, context.json()) {
            (true, true) => context.print_json(&json_schema(kind)),
            (true, false) => context.print(format!("{:#}", json_schema(kind))),
            (false, true) => context.print_json(&kind_json(kind)),
            (false, false) => show_kind(context, kind),
        }
    } else if context.json() {
        context.print_json(&Json::Array(newest().map(kind_json).collect()));
    } else {
        let rows: Vec<Vec<String>> = newest()
            .map(|kind| {
                let cells = [kind.name, kind.title, &signers(kind.signers), kind.source];
                cells.map(str::to_owned).to_vec()
            })
            .collect();
        table::print(context, &["kind", "records", "may be signed by", "source"], &rows);
    }
    Ok(Ended::Well)
}

/// The kinds as they are written today, each in its newest version.
fn newest() -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().copied().filter(|kind| {
        records::newest(kind.name).is_some_and(|newest| newest.version == kind.version)
    })
}

fn no_such_kind(name: &str) -> WorkError {
    let like: Vec<&str> =
        newest().map(|kind| kind.name).filter(|known| known.contains(name)).collect();
    let remedy = if like.is_empty() {
        "see `probity kinds`".to_owned()
    } else {
        format!("see `probity kinds`; is it one of {}?", like.join(", "))
    };
    WorkError::refused(format!("there is no kind of record `{name}`"), remedy)
}

fn signers(signers: Signers) -> String {
    match signers {
        Signers::AnyAppointed => "any appointed person".to_owned(),
        Signers::Appointee => "the person appointed".to_owned(),
        Signers::OneOf(list) => match list.strip_prefix(roles::REPRESENTATIVES) {
            Some([]) => "controller's representative".to_owned(),
            Some(others) => format!("controller's representative, {}", titles(others)),
            None => titles(list),
        },
    }
}

fn titles(names: &[&str]) -> String {
    names.iter().map(|name| roles::title(name)).collect::<Vec<_>>().join(", ")
}

fn class_sentence(class: Class) -> &'static str {
    match class {
        Class::Governance => "decides who may sign; by anyone else it is not genuine",
        Class::Permission => "permits something; without authority only by a signed exception",
        Class::Fact => "a fact; always taken, and shown with what it lacks",
    }
}

fn relations(names: &[Relation], between: &str) -> String {
    names.iter().map(|relation| relation.name()).collect::<Vec<_>>().join(between)
}

fn show_kind(context: &Context, kind: &Kind) {
    context.print(format!("{}: {} (version {})\n", kind.name, kind.title, kind.version));
    context.print(kind.about);
    context.print("");
    let signers = match kind.signers {
        Signers::OneOf(list) => titles(list),
        other => signers(other),
    };
    let mut facts = vec![
        ("source", kind.source.to_owned()),
        ("nature", class_sentence(kind.class).to_owned()),
        ("signed by", signers),
    ];
    for also in kind.also {
        let by = titles(also.roles);
        facts.push(("complete with", format!("{} ({}, by {by})", also.what, also.kind)));
    }
    if let Some(case) = kind.case {
        facts.push(("case", format!("{case}-YEAR-NNN")));
    }
    for group in kind.required_links {
        facts.push(("must link", relations(group, " or ")));
    }
    if !kind.usual_links.is_empty() {
        facts.push(("usually links", relations(kind.usual_links, ", ")));
    }
    match clear_fields(kind.clear) {
        [] => {}
        _ if kind.clear == Clear::Decision => {
            facts.push(("in clear", format!("decision: {DECISION_ASK}")));
        }
        names => facts.push(("in clear", names.join(", "))),
    }
    for (name, value) in facts {
        context.print(format!("{name:<14} {value}"));
    }
    let mut rows = Vec::new();
    for field in kind.body_fields() {
        field_rows("", field, &mut rows);
    }
    context.print("");
    table::print(context, &["field", "needed", "asks", "form"], &rows);
    context.print("");
    context.print(format!("Example:\n    {}", example(kind)));
}

/// A row for a field, and one for each member of a group.
fn field_rows(within: &str, field: &Field, rows: &mut Vec<Vec<String>>) {
    let name = format!("{within}{}", field.name);
    let privileged = if field.privileged { " (legal advice: privileged)" } else { "" };
    let (form, members) = match &field.form {
        Form::Group(members) => ("several answers together".to_owned(), *members),
        Form::List(Form::Group(members)) => ("one or more groups of answers".to_owned(), *members),
        form => (describe(form), &[] as &[Field]),
    };
    let needed = if field.required { "yes" } else { "" };
    rows.push(vec![name.clone(), needed.to_owned(), format!("{}{privileged}", field.ask), form]);
    for member in members {
        field_rows(&format!("{name}."), member, rows);
    }
}

/// A command line that records one, with what is needed and no more.
fn example(kind: &Kind) -> String {
    match kind.name {
        "genesis" => {
            return "probity init --school TEXT --controller TEXT --name NAME --as ROLE".to_owned();
        }
        "appointment" => return "probity appoint NAME --role ROLE --by NAME --as ROLE".to_owned(),
        "acceptance" => return "probity accept --by NAME".to_owned(),
        "revocation" => {
            return "probity revoke NAME --by NAME --as ROLE --reason role-ended".to_owned();
        }
        "statement" => return "probity sign --attach STATEMENT --by NAME --as ROLE".to_owned(),
        "approval" => {
            return "probity sign FILE --by NAME --as ROLE --decision approved".to_owned();
        }
        _ => {}
    }
    let role = match kind.signers {
        Signers::OneOf([role, ..]) => role,
        _ => "ROLE",
    };
    let mut words = vec![format!("probity record {} --by NAME --as {role}", kind.name)];
    if let Some(case) = kind.case {
        // What answers an earlier record stands in that one's case.
        let begins = kind.usual_links.iter().all(|relation| *relation == Relation::About);
        words.push(if begins {
            "--case new".to_owned()
        } else {
            format!("--case {case}-2026-001")
        });
    }
    if kind.clear == Clear::Decision {
        words.push("--decision approved".to_owned());
    }
    if kind.clear == Clear::ClockCorrection {
        words.push("--entry 17 --reason TEXT".to_owned());
    }
    for group in kind.required_links {
        words.extend(group.first().map(|relation| format!("--link {}=ENTRY", relation.name())));
    }
    for field in kind.body_fields().filter(|field| field.required) {
        words.push(match field.form {
            Form::Doc | Form::List(Form::Doc) => "--attach FILE".to_owned(),
            form => format!("--{} {}", field.name, quoted(&example_value(&form))),
        });
    }
    words.join(" ")
}

fn example_value(form: &Form) -> String {
    match form {
        Form::Text | Form::Long => "TEXT".to_owned(),
        Form::Date | Form::Occurred => "2026-11-21".to_owned(),
        Form::Time => "2026-11-21 14:02".to_owned(),
        Form::Bool => "yes".to_owned(),
        Form::Count => "12".to_owned(),
        Form::Choice(words) => words.first().copied().unwrap_or("WORD").to_owned(),
        Form::Ref => "ref-4821".to_owned(),
        Form::Person => "NAME".to_owned(),
        Form::Hash => "64-HEX-DIGITS".to_owned(),
        Form::Doc => "FILE".to_owned(),
        Form::Roles => "headteacher".to_owned(),
        Form::List(inner) => example_value(inner),
        Form::Group(fields) => fields
            .iter()
            .filter(|field| field.required)
            .map(|field| format!("{}={}", field.name, example_value(&field.form)))
            .collect::<Vec<_>>()
            .join("; "),
    }
}

fn quoted(word: &str) -> String {
    if word.contains([' ', ';']) { format!("'{word}'") } else { word.to_owned() }
}

/// One kind as an object.
fn kind_json(kind: &Kind) -> Json {
    let signers = match kind.signers {
        Signers::AnyAppointed => json!("any-appointed"),
        Signers::Appointee => json!("appointee"),
        Signers::OneOf(list) => json!(list),
    };
    let class = match kind.class {
        Class::Governance => "governance",
        Class::Permission => "permission",
        Class::Fact => "fact",
    };
    let names = |relations: &[Relation]| -> Vec<&'static str> {
        relations.iter().map(|relation| relation.name()).collect()
    };
    let required: Vec<Vec<&str>> = kind.required_links.iter().map(|group| names(group)).collect();
    let also: Vec<Json> = kind
        .also
        .iter()
        .map(|also| json!({ "kind": also.kind, "roles": also.roles, "what": also.what }))
        .collect();
    json!({
        "name": kind.name,
        "version": kind.version,
        "title": kind.title,
        "about": kind.about,
        "source": kind.source,
        "class": class,
        "case": kind.case,
        "signers": signers,
        "clear": clear_fields(kind.clear),
        "fields": kind.body_fields().map(field_json).collect::<Vec<_>>(),
        "required_links": required,
        "usual_links": names(kind.usual_links),
        "also": also,
        "example": example(kind),
    })
}

fn field_json(field: &Field) -> Json {
    let members = match &field.form {
        Form::Group(members) | Form::List(Form::Group(members)) => {
            Json::Array(members.iter().map(field_json).collect())
        }
        _ => Json::Null,
    };
    json!({
        "name": field.name,
        "question": field.ask,
        "form": describe(&field.form),
        "required": field.required,
        "privileged": field.privileged,
        "members": members,
    })
}

#[cfg(test)]
mod tests {
    use super::{example, kind_json, newest, no_such_kind};

    #[test]
    fn every_kind_is_told_with_an_example() {
        for kind in newest() {
            let told = kind_json(kind);
            assert_eq!(told["name"], kind.name);
            assert_eq!(told["fields"].as_array().map(Vec::len), Some(kind.body_fields().count()));
            assert!(example(kind).starts_with("probity "), "{}", kind.name);
        }
    }

    #[test]
    fn a_part_of_a_name_finds_the_kinds() {
        let hint = no_such_kind("breach").hint().expect("a hint");
        for name in ["breach-report, ", "breach-decision, ", "breach-review"] {
            assert!(hint.contains(name), "{hint}");
        }
        assert!(!hint.contains("consent"), "{hint}");
    }
}
