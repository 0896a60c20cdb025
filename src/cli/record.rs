//! `record KIND`: writes one entry, or many from a file of lines.

use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command};
use probity_ledger::book::clear::{ClearFields, Decision};
use probity_ledger::format::hash::{Sha256Hash, Size};
use probity_ledger::records;
use probity_ledger::records::kind::{Clear, Kind, Relation};
use serde_json::Value as Json;

use self::finish::{Choices, finish};
use super::{Context, Ended};
use crate::store::{Mode, Store as _};
use crate::work::given::Given;
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::record::{self, CaseChoice, Exception, Wanted, log_key};
use crate::work::{WorkError, document, elsewhere, forms, input, time};

pub mod finish;
mod lines;
mod options;

/// The command with a subcommand for each kind.
pub fn describe(command: Command) -> Command {
    options::recordable().fold(
        command
            .about("Write something down: one kind of record each")
            .long_about(
                "Writes one signed entry. It is shown in words before the key is unlocked; \
                 --dry-run shows it and writes nothing. --template prints a form with every \
                 question, to be filled in with any editor; --form reads it.\n\n\
                 Who may sign is recorded by `init`, `appoint`, `accept` and `revoke`.",
            )
            .subcommand_required(true)
            .arg_required_else_help(true)
            .disable_help_subcommand(true)
            .allow_external_subcommands(true)
            .subcommand_value_name("KIND")
            .subcommand_help_heading("Kinds of record"),
        |command, kind| command.subcommand(options::describe_kind(kind)),
    )
}

/// Runs it.
pub fn run(context: &Context, matches: &ArgMatches) -> Result<Ended, WorkError> {
    let (name, matches) = matches
        .subcommand()
        .ok_or_else(|| WorkError::refused("no kind of record is named", "see `probity kinds`"))?;
    let kind =
        options::recordable().find(|kind| kind.name == name).ok_or_else(|| not_recorded(name))?;
    if matches.get_flag("template") {
        context.print(forms::template(kind).trim_end());
        return Ok(Ended::Well);
    }
    let home = context.home()?;
    let reading = Reading::open(&home, &Mode::Browse)?;
    let keyring = Keyring::of(&home);
    let clear = clear_fields(&reading, kind, matches)?;
    let mut wanted = common(kind, matches)?;
    wanted.clear = clear;
    let request = matches.get_one::<PathBuf>("request").cloned();
    let days = matches.get_one::<u16>("expires-in").copied().unwrap_or(elsewhere::DAYS);
    let choices = Choices {
        dry_run: matches.get_flag("dry-run"),
        yes: matches.get_flag("yes"),
        request: request.map(|to| (to, days)),
    };
    let prepared = if let Some(path) = matches.get_one::<PathBuf>("from-jsonl") {
        lines::prepare(context, &reading, &keyring, &wanted, path)?
    } else {
        fill(&mut wanted, matches, context.world.now())?;
        note_corrected_entry(&mut wanted);
        vec![match kind.clear {
            Clear::LogKey => log_key::prepare(&context.world, &reading, &keyring, &wanted)?,
            _ => record::prepare(&context.world, &reading, &keyring, &wanted)?,
        }]
    };
    finish(context, &home, reading, prepared, &choices)
}

fn not_recorded(name: &str) -> WorkError {
    let name = &*name.to_lowercase();
    let command = match name {
        "genesis" => Some("init"),
        "appointment" => Some("appoint"),
        "acceptance" => Some("accept"),
        "revocation" => Some("revoke"),
        "statement" => Some("sign --attach"),
        "erasure" => Some("erase"),
        _ => None,
    };
    if let Some(command) = command {
        return WorkError::refused(
            format!("`{name}` is not recorded this way"),
            format!(
                "use `probity {command}`; who may sign is recorded by `init`, `appoint`, `accept` and `revoke`, and what was signed elsewhere by `sign --attach`"
            ),
        );
    }
    let alike =
        |kind: &&Kind| kind.name.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
    let meant = options::recordable().max_by_key(alike).filter(|kind| alike(kind) >= 3);
    let meant = meant.map_or(String::new(), |kind| format!("; did you mean `{}`?", kind.name));
    WorkError::refused(
        format!("there is no kind of record `{name}`{meant}"),
        "see `probity kinds`; who may sign is recorded by `init`, `appoint`, `accept` and `revoke`, and what was signed elsewhere by `sign --attach`",
    )
}

/// What is the same for every record of a run.
fn common(kind: &'static Kind, matches: &ArgMatches) -> Result<Wanted, WorkError> {
    let text = |id: &str| matches.get_one::<String>(id).cloned();
    let mut wanted = Wanted::new(kind, &text("by").unwrap_or_default());
    wanted.role = text("as");
    wanted.case = read_case(text("case").as_deref())?;
    wanted.date_confirmed = matches.get_flag("confirm-date");
    if kind.clear == Clear::Decision {
        wanted.decision = text("decision").as_deref().and_then(Decision::named);
    }
    if options::takes_exception(kind) {
        wanted.exception = exception(
            text("exception"),
            text("exception-reason"),
            text("ratify-role"),
            text("ratify-by"),
        );
    }
    Ok(wanted)
}

/// The case that an option names.
pub fn read_case(text: Option<&str>) -> Result<CaseChoice, WorkError> {
    text.map_or(Ok(CaseChoice::Unsaid), CaseChoice::parse)
        .map_err(|fact| WorkError::refused(fact, "see the cases with `probity log`"))
}

/// The exception that the options describe; the command line has made sure that it is whole.
pub fn exception(
    rule: Option<String>,
    reason: Option<String>,
    ratify_role: Option<String>,
    ratify_by: Option<String>,
) -> Option<Exception> {
    // A day that can't be read is refused with the other answers.
    let ratify_by =
        ratify_by.map(|text| time::read_date(&text).map(|day| day.to_string()).unwrap_or(text));
    Some(Exception { rule: rule?, reason: reason?, ratify_role: ratify_role?, ratify_by })
}

/// Adds document, options, files and links of a single record.
fn fill(wanted: &mut Wanted, matches: &ArgMatches, now: i64) -> Result<(), WorkError> {
    let kind = wanted.kind;
    let mut given = Given::at(now);
    if let Some(path) = matches.get_one::<PathBuf>("from-json") {
        given.document(kind, parse(&read_input(path, input::MAX_ANSWERS)?)?);
    }
    if let Some(path) = matches.get_one::<PathBuf>("form") {
        given.form(kind, &read_input(path, input::MAX_FORM)?)?;
    }
    for field in options::fields(kind) {
        if let Some(texts) = matches.get_many::<String>(&options::field_id(field.name)) {
            given.option(kind, field.name, &texts.collect::<Vec<_>>());
        }
    }
    let many = matches.get_many::<PathBuf>("attach");
    given.attach.extend(many.into_iter().flatten().cloned());
    let many = matches.get_many::<(Relation, String)>("link");
    given.links.extend(many.into_iter().flatten().cloned());
    let given = given.checked(kind)?;
    take(wanted, given, true);
    Ok(())
}

/// Puts what was given into what is wanted. Case and decision may have been said by option, too;
/// `options_win` says which counts.
fn take(wanted: &mut Wanted, given: Given, options_win: bool) {
    if let Some(case) = given.case
        && !(options_win && wanted.case != CaseChoice::Unsaid)
    {
        wanted.case = case;
    }
    wanted.decision = if options_win {
        wanted.decision.or(given.decision)
    } else {
        given.decision.or(wanted.decision)
    };
    wanted.answers = given.answers;
    wanted.attach = given.attach;
    wanted.links = given.links;
}

/// A document, or standard input when it is `-`.
fn read_input(path: &Path, most: u64) -> Result<String, WorkError> {
    let text = if path == Path::new("-") {
        input::text_from(std::io::stdin(), most)
    } else {
        input::text(path, most)
    };
    let text = text.map_err(WorkError::file("reading", path))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn parse(text: &str) -> Result<Json, WorkError> {
    serde_json::from_str(text).map_err(|error| {
        WorkError::refused(
            format!("the answers are not JSON: {error}"),
            "`probity kinds KIND --schema` describes the document",
        )
    })
}

/// The clear fields that come by options.
fn clear_fields(
    reading: &Reading,
    kind: &Kind,
    matches: &ArgMatches,
) -> Result<Option<ClearFields>, WorkError> {
    let text = |id: &str| matches.get_one::<String>(id).map(String::as_str).unwrap_or_default();
    match kind.clear {
        Clear::ClockCorrection => Ok(Some(ClearFields::ClockCorrection {
            entry: reading.resolve(text("clear:entry"))?,
            reason: text("clear:reason").to_owned(),
        })),
        Clear::Anchor => {
            let size = Size(matches.get_one::<u64>("clear:size").copied().unwrap_or_default());
            let newest = reading.store.head().size;
            if size.0 < 2 || size > newest {
                return Err(WorkError::refused(
                    format!("the checkpoint covers {size} entries, expected 2 to {newest}"),
                    "give the size that stands in the checkpoint",
                ));
            }
            Ok(Some(ClearFields::Anchor { size, evidence: evidence(text("clear:evidence"))? }))
        }
        _ => Ok(None),
    }
}

/// A SHA-256 as it is typed, or that of a file.
fn evidence(text: &str) -> Result<Sha256Hash, WorkError> {
    let typed = hex::decode(text).ok().and_then(|bytes| bytes.as_slice().try_into().ok());
    match typed {
        Some(hash) => Ok(hash),
        None => Ok(document::hash_file(Path::new(text))?.1),
    }
}

/// A correction of a clock links to the entry that it corrects, so that readers of that entry
/// find it.
fn note_corrected_entry(wanted: &mut Wanted) {
    if let Some(ClearFields::ClockCorrection { entry, .. }) = &wanted.clear
        && wanted.links.is_empty()
    {
        wanted.links.push((Relation::About, entry.to_string()));
    }
}

/// The kind of that name, for commands that record one of a few.
pub fn kind_named(name: &str) -> Result<&'static Kind, WorkError> {
    records::newest(name).ok_or_else(|| {
        WorkError::refused(format!("there is no kind `{name}`"), "see `probity kinds`")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_command_is_sound_and_takes_every_kind() {
        let command = describe(Command::new("record"));
        command.clone().debug_assert();
        let parsed = command.try_get_matches_from([
            "record", "note", "--by", "amina", "--text", "a", "--link", "about=3", "--link",
            "about=4",
        ]);
        let matches = parsed.expect("good options");
        let (name, matches) = matches.subcommand().expect("a kind");
        let kind = kind_named(name).expect("a known kind");
        let mut wanted = common(kind, matches).expect("good options");
        fill(&mut wanted, matches, 0).expect("good answers");
        assert_eq!(wanted.answers.text("text"), Some("a"));
        assert_eq!(wanted.links.len(), 2);
    }

    #[test]
    fn other_kinds_are_sent_to_their_commands() {
        assert!(
            not_recorded("appointment")
                .hint()
                .is_some_and(|hint| hint.contains("`probity appoint`"))
        );
        assert!(not_recorded("breech-report").to_string().contains("did you mean `breach-"));
        assert!(!not_recorded("zebra").to_string().contains("did you mean"));
    }

    #[test]
    fn a_line_wins_over_the_run_and_an_option_over_a_document() {
        let kind = kind_named("approval").expect("a known kind");
        for (options_win, case, decision) in [
            (true, "dpia-2026-001", Decision::Approved),
            (false, "dpia-2026-002", Decision::Refused),
        ] {
            let mut wanted = Wanted::new(kind, "amina");
            wanted.case = CaseChoice::Existing("dpia-2026-001".to_owned());
            wanted.decision = Some(Decision::Approved);
            let mut given = Given::default();
            given.document(kind, json!({ "case": "dpia-2026-002", "decision": "refused" }));
            take(&mut wanted, given, options_win);
            assert_eq!(wanted.case, CaseChoice::Existing(case.to_owned()));
            assert_eq!(wanted.decision, Some(decision));
        }
    }
}
