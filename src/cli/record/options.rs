//! The command line of one kind: an option for each question, and the options that every
//! record has.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, Command};
use probity_ledger::book::clear::Decision;
use probity_ledger::records::form::{DECISION_ASK, describe};
use probity_ledger::records::kind::{Clear, Field, Form, Kind, Signers};
use probity_ledger::records::roles;

use crate::work::given::read_link;
use crate::work::record::CASE_NAMES;
pub use crate::work::record::kinds::{CLOCK_REASONS, recordable, takes_exception};

/// The id of a field's option.
pub fn field_id(name: &str) -> String {
    format!("field:{name}")
}

/// The fields that have an option. Files come by `--attach`.
pub fn fields(kind: &Kind) -> impl Iterator<Item = &'static Field> + use<> {
    kind.body_fields().filter(|field| !matches!(field.form, Form::Doc | Form::List(Form::Doc)))
}

/// The subcommand of a kind.
pub fn describe_kind(kind: &'static Kind) -> Command {
    let mut command = Command::new(kind.name)
        .aliases(spellings(kind.name))
        .about(kind.title)
        .long_about(about(kind))
        .disable_help_subcommand(true)
        .args(fields(kind).map(field_option))
        .args(clear_options(kind.clear));
    if kind.clear == Clear::Decision {
        command = command.arg(
            Arg::new("decision")
                .long("decision")
                .value_name("DECISION")
                .value_parser(PossibleValuesParser::new(Decision::NAMES))
                .help(DECISION_ASK)
                .help_heading("Answers"),
        );
    }
    if takes_exception(kind) {
        command = command.args(exception_options());
    }
    command.args(common_options(kind))
}

/// How people write a kind's name otherwise: `Breach-Report`, `Breach-report`, `BREACH-REPORT`.
fn spellings(name: &str) -> BTreeSet<String> {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(char::to_uppercase).into_iter().flatten().chain(letters).collect()
    };
    let words: Vec<String> = name.split('-').map(capital).collect();
    BTreeSet::from([capital(name), words.join("-"), words.join(" "), name.to_uppercase()])
}

fn about(kind: &Kind) -> String {
    let titles =
        |names: &[&str]| names.iter().map(|name| roles::title(name)).collect::<Vec<_>>().join("; ");
    let signers = match kind.signers {
        Signers::AnyAppointed => "any appointed person".to_owned(),
        Signers::Appointee => "the person appointed".to_owned(),
        Signers::OneOf(names) => titles(names),
    };
    let mut text = format!("{}.\n\n{}\n\nSigned by: {signers}", kind.title, kind.about);
    for also in kind.also {
        let _ = write!(text, "\nComplete with: {} ({})", also.what, titles(also.roles));
    }
    for group in kind.required_links {
        let names: Vec<&str> = group.iter().map(|relation| relation.name()).collect();
        let _ = write!(text, "\nMust link: {}", names.join(" or "));
    }
    text + &format!("\nSource: {}", kind.source)
}

fn field_option(field: &'static Field) -> Arg {
    let must = if field.required { " (must be answered)" } else { "" };
    let privileged = if field.privileged { " (legal advice: privileged)" } else { "" };
    let (form, repeatable) = match &field.form {
        Form::List(inner) => (*inner, " (may be repeated)"),
        form => (form, ""),
    };
    let members = match form {
        Form::Group(members) => members_help(members),
        _ => String::new(),
    };
    let example = match field.name {
        "decided-by" => {
            "\n  such as \"person=Margaret Hill; role=Chair of governors; date=2026-09-03\""
        }
        _ => "",
    };
    let option = Arg::new(field_id(field.name))
        .long(field.name)
        .value_name(value_name(form))
        .action(ArgAction::Append)
        .help(format!("{}{must}{repeatable}{privileged}{members}{example}", field.ask))
        .help_heading("Answers");
    match form {
        Form::Choice(words) => option.value_parser(PossibleValuesParser::new(*words)),
        Form::Bool => option.value_parser(PossibleValuesParser::new([
            PossibleValue::new("yes"),
            PossibleValue::new("no"),
            PossibleValue::new("true").hide(true),
            PossibleValue::new("false").hide(true),
        ])),
        _ => option,
    }
}

fn members_help(members: &[Field]) -> String {
    let each: Vec<String> = members
        .iter()
        .map(|member| {
            let must = if member.required { "" } else { ", optional" };
            format!("\n  {}= {} ({}{must})", member.name, member.ask, describe(&member.form))
        })
        .collect();
    format!(", as KEY=VALUE; KEY=VALUE or as JSON:{}", each.concat())
}

const fn value_name(form: &Form) -> &'static str {
    match form {
        Form::Text | Form::Long => "TEXT",
        Form::Date => "YYYY-MM-DD",
        Form::Time => "YYYY-MM-DD HH:MM",
        Form::Bool => "YES|NO",
        Form::Count => "NUMBER",
        Form::Choice(_) => "WORD",
        Form::Ref => "REFERENCE",
        Form::Person => "NAME",
        Form::Hash => "SHA256",
        Form::Doc => "FILE",
        Form::Occurred => "WHEN",
        Form::Roles => "ROLE,…",
        Form::List(_) | Form::Group(_) => "KEY=VALUE; …",
    }
}

fn clear_options(clear: Clear) -> Vec<Arg> {
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(format!("clear:{name}"))
            .long(name)
            .value_name(value)
            .required_unless_present("template")
            .help(help)
            .help_heading("Answers")
    };
    match clear {
        Clear::ClockCorrection => vec![
            option("entry", "ENTRY", "the entry that carries the wrong time"),
            option("reason", "WORD", "why it is wrong")
                .value_parser(PossibleValuesParser::new(CLOCK_REASONS)),
        ],
        Clear::Anchor => vec![
            option("size", "NUMBER", "size of the checkpoint that the evidence stands over")
                .value_parser(clap::value_parser!(u64)),
            option(
                "evidence",
                "FILE|SHA256",
                "the timestamp or cosigned checkpoint, or its SHA-256",
            ),
        ],
        _ => Vec::new(),
    }
}

/// The options by which something is signed under an exception.
fn exception_options() -> [Arg; 4] {
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help).help_heading("Exception")
    };
    [
        option("exception", "RULE", "sign although this rule stands against it")
            .requires_all(["exception-reason", "ratify-role"]),
        option("exception-reason", "TEXT", "why it can't wait; name no pupils")
            .requires("exception"),
        option("ratify-role", "ROLE", "the role that has to ratify it").requires("exception"),
        option("ratify-by", "YYYY-MM-DD", "last day for that [default: ten working days on]")
            .requires("exception"),
    ]
}

fn common_options(kind: &Kind) -> Vec<Arg> {
    let option = |name: &'static str, value: &'static str, help: String| {
        Arg::new(name).long(name).value_name(value).help(help).help_heading("Record")
    };
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help).help_heading("Record")
    };
    let path = |arg: Arg| arg.value_parser(clap::value_parser!(std::path::PathBuf));
    let case = match kind.case {
        Some(name) => format!("`new`, or a case such as {name}-2026-003"),
        None => format!(
            "a case such as dpia-2026-001, or NAME-new with NAME one of {}; none: the record book itself",
            CASE_NAMES.join(", ")
        ),
    };
    let relations = kind.required_links.iter().copied().flatten().chain(kind.usual_links);
    let relations: Vec<&str> = relations.map(|relation| relation.name()).collect();
    let usual = match relations.as_slice() {
        [] => String::new(),
        names => format!("; usual: {}", names.join(", ")),
    };
    vec![
        option("by", "NAME", "whose key signs".to_owned()).required_unless_present("template"),
        option("as", "ROLE", "the role in which they sign; needed by who holds several".to_owned()),
        option("case", "CASE", case),
        path(option("attach", "FILE", "a file that belongs to it, byte for byte (may be repeated)".to_owned()))
            .action(ArgAction::Append)
            .hide(kind.documents_field().is_none()),
        option("link", "REL=ENTRY", format!("an earlier entry that it is about (may be repeated){usual}"))
            .action(ArgAction::Append)
            .value_parser(read_link),
        path(option(
            "from-json",
            "FILE",
            "answers as a JSON document, - for standard input; options override it".to_owned(),
        )),
        path(option(
            "form",
            "FILE",
            "answers as a filled-in form, - for standard input; options override it".to_owned(),
        ))
        .conflicts_with("from-json"),
        flag("template", "print the empty form, for --form, and write nothing"),
        path(option(
            "from-jsonl",
            "FILE",
            "many records, one JSON document a line, with `case`, `decision`, `links` and `attach` \
             beside the answers; all are checked before one is written"
                .to_owned(),
        ))
        .conflicts_with_all(
            fields(kind).map(|field| field_id(field.name)).chain(
                ["from-json", "form", "attach", "link"].into_iter().map(str::to_owned),
            ),
        )
        .hide(kind.clear == Clear::LogKey),
        path(option(
            "request",
            "FILE",
            "sign nothing here: write a request, to be signed by `sign --detached` where the key lies; it \
             holds the answers in the clear"
                .to_owned(),
        ))
        .conflicts_with_all(["dry-run", "from-jsonl"])
        .hide(!kind.can_be_stated()),
        option("expires-in", "DAYS", "for how many days the request can be answered [default: 14]".to_owned())
            .value_parser(clap::value_parser!(u16).range(1..=365))
            .requires("request")
            .hide(!kind.can_be_stated()),
        flag("dry-run", "show exactly what would be signed, and write nothing"),
        flag("yes", "sign without asking for confirmation"),
        flag("confirm-date", "today's date is right, though more than 30 days after the newest entry"),
    ]
}

#[cfg(test)]
mod tests {
    use probity_ledger::records::RESERVED;

    use super::*;

    #[test]
    fn every_kind_makes_a_sound_command() {
        let global = <crate::cli::Global as clap::CommandFactory>::command();
        let command =
            recordable().fold(global, |command, kind| command.subcommand(describe_kind(kind)));
        command.debug_assert();
        assert!(recordable().count() >= 15);
        for own in ["genesis", "appointment", "acceptance", "revocation", "statement"] {
            assert!(recordable().all(|kind| kind.name != own));
        }
    }

    #[test]
    fn option_names_are_reserved() {
        let reserved = |name: &str| RESERVED.contains(&name);
        for kind in recordable() {
            for field in fields(kind) {
                let own =
                    kind.name == "exception" && matches!(field.name, "ratify-by" | "ratify-role");
                assert!(own || !reserved(field.name), "{}: {}", kind.name, field.name);
                assert!(
                    !matches!(field.name, "links" | "record" | "confirm-date"),
                    "{}",
                    kind.name
                );
            }
        }
        for option in exception_options().iter().filter_map(Arg::get_long) {
            assert!(reserved(option), "{option}");
        }
    }
}
