//! `init`: a new record book.

use std::path::PathBuf;

use probity_ledger::book::clear::Continues;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::form;
use serde_json::json;

use super::appoint::{Plan, appoint_now};
use super::{Context, Ended};
use crate::work::init::{self, Begin, grouped};
use crate::work::keyring::Keyring;
use crate::work::people::{self, Appoint};
use crate::work::record::kind;
use crate::work::verify::read_fingerprint;
use crate::work::{WorkError, input, synced};

/// Begin a school's record book
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of the school
    #[arg(long, value_name = "TEXT")]
    school: String,
    /// Legal name of the controller: the governing body, trust, proprietor or council
    #[arg(long, value_name = "TEXT")]
    controller: String,
    /// Name of the first representative of the controller, such as the head
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Role of the first representative
    #[arg(long = "as", value_name = "ROLE", default_value = "headteacher")]
    role: String,
    /// Name of a second representative, who can replace a lost key
    #[arg(long, value_name = "NAME", requires = "second_role")]
    second: Option<String>,
    /// Role of the second representative, such as chair-of-governors
    #[arg(long, value_name = "ROLE", requires = "second")]
    second_role: Option<String>,
    /// How the second representative's key came to be
    #[arg(long, value_name = "HOW", value_parser = people::key_made())]
    second_key_made: Option<String>,
    /// A name for the record book that no other has, such as a web address
    #[arg(long, value_name = "TEXT")]
    origin: Option<String>,
    /// Further answers of the first record (`probity kinds genesis --schema`)
    #[arg(long, value_name = "FILE")]
    from_json: Option<PathBuf>,
    /// It takes the place of this earlier record book: its home, a bundle of it, or a checkpoint
    #[arg(long, value_name = "HOME|BUNDLE|CHECKPOINT")]
    continues: Option<PathBuf>,
    /// The code of the earlier record book, from the minutes
    #[arg(long, value_name = "CODE", requires = "continues")]
    continues_code: Option<String>,
    /// Everything in it is for practice
    #[arg(long)]
    practice: bool,
    /// Begin it in a folder that a cloud service or a roaming profile keeps in step, although
    /// what is erased stays there and two machines would make two books of it
    #[arg(long)]
    allow_synced_folder: bool,
}

/// Runs the command.
///
/// # Errors
/// A home that has a record book, roles that can't begin one, weak passphrases.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let home = context.home()?;
    synced::refuse(home.path(), "a record book", args.allow_synced_folder)?;
    context.warn_if_synced(&home);
    let keyring = Keyring::of(&home);
    let begin = Begin {
        school: args.school.clone(),
        controller: args.controller.clone(),
        name: args.name.clone(),
        role: people::role_named(&args.role)?,
        origin: args.origin.clone(),
        answers: answers(args)?,
        practice: args.practice,
        continues: continues(args)?,
    };
    init::check(&context.world, &home, &begin)?;
    if let (Some(second), Some(role)) = (&args.second, &args.second_role) {
        people::role_named(role)?;
        if crate::work::keyring::file_name(second) == crate::work::keyring::file_name(&args.name) {
            return Err(WorkError::refused(
                "the two representatives have the same name",
                "name two different people",
            ));
        }
    }
    let key = if keyring.public(&args.name).is_ok() {
        context.signer(&keyring, &args.name)?
    } else {
        let new = context.new_passphrase(&args.name)?;
        keyring.create(&context.world, &args.name, &new)?;
        Box::new(keyring.unlock(&args.name, &new)?)
    };
    let begun = init::begin(&context.world, &home, &begin, &*key)?;
    if let (Some(second), Some(role)) = (&args.second, &args.second_role) {
        let asked = context.can_ask() && !context.has_passphrase();
        if keyring.public(second).is_err() {
            if asked {
                context.say(format_args!("\nNow {second} chooses a passphrase."));
            }
            let new = context.new_passphrase(second)?;
            keyring.create(&context.world, second, &new)?;
            drop(new);
        }
        let made = if asked { "by-holder-school-machine" } else { "made-for-holder" };
        let wanted = Appoint {
            name: second.clone(),
            roles: vec![role.clone()],
            by: args.name.clone(),
            role: Some(args.role.clone()),
            public: None,
            same_person_as: None,
            called: None,
            from: None,
            until: None,
            key_made: Some(args.second_key_made.clone().unwrap_or_else(|| made.to_owned())),
            qualifications: None,
            date_confirmed: false,
        };
        appoint_now(context, &home, &wanted, &Plan::Unlocked(&*key))?;
    }
    drop(key);
    if context.json() {
        context.print_json(&json!({
            "fingerprint": begun.fingerprint,
            "origin": begun.origin,
            "home": home.path().display().to_string(),
        }));
    } else {
        context.print(grouped(&begun.fingerprint));
    }
    context.say(format_args!(
        "\nThe record book of {} has begun, in {}.\n\
         The line above is its code (fingerprint). Write it in the minutes: it tells this record\n\
         book from any other.{}",
        args.school,
        home.path().display(),
        next_steps(args)
    ));
    Ok(Ended::Well)
}

fn continues(args: &Args) -> Result<Option<Continues>, WorkError> {
    let code = args.continues_code.as_deref().map(read_fingerprint).transpose();
    let code = code.map_err(|fact| WorkError::refused(fact, "copy the whole code"))?;
    args.continues.as_deref().map(|path| init::continued(path, code)).transpose()
}

/// Who accepts now, and that one key is not enough.
fn next_steps(args: &Args) -> String {
    let accept = |name: &str| format!("probity accept --by \"{name}\"");
    match &args.second {
        Some(second) => format!(
            "\n\nNow both accept with their own keys:\n{}\n{}",
            accept(&args.name),
            accept(second)
        ),
        None => format!(
            "\n\nNow accept with your own key: {}\n\n\
             If you lose your key, nobody can give you a new one. Give a second representative a\n\
             key today:\n\
             probity key new NAME\n\
             probity appoint NAME --role chair-of-governors --by \"{}\"",
            accept(&args.name),
            args.name
        ),
    }
}

fn answers(args: &Args) -> Result<Answers, WorkError> {
    let Some(path) = &args.from_json else { return Ok(Answers::default()) };
    let text = input::text(path, input::MAX_ANSWERS).map_err(WorkError::file("reading", path))?;
    let document: serde_json::Value = serde_json::from_str(&text).map_err(|error| {
        WorkError::refused(format!("{} is not JSON: {error}", path.display()), "correct it")
    })?;
    let serde_json::Value::Object(given) = document else {
        return Err(WorkError::refused(
            format!("{} is not a JSON object", path.display()),
            "correct it",
        ));
    };
    let genesis = kind("genesis")?;
    let mut answers = Answers::default();
    for (name, value) in given {
        let field = genesis.field(&name).ok_or_else(|| {
            WorkError::refused(
                format!("the first record has no field `{name}`"),
                "see `probity kinds genesis`",
            )
        })?;
        // The names that the options give are filled in afterwards, and checked then.
        let value = with_names(&name, value, args);
        let value = form::from_json(&field.form, &value)
            .map_err(|reason| WorkError::refused(format!("{name}: {reason}"), "correct it"))?;
        answers.set(name, value);
    }
    Ok(answers)
}

fn with_names(field: &str, mut value: serde_json::Value, args: &Args) -> serde_json::Value {
    let (member, name) = match field {
        "establishment" => ("name", &args.school),
        "controller" => ("legal-name", &args.controller),
        _ => return value,
    };
    if let Some(group) = value.as_object_mut() {
        group.insert(member.to_owned(), json!(name));
    }
    value
}
