//! The commands: one file each. They read options, show words, ask for passphrases and
//! print; everything else is in [`crate::work`].
//!
//! Standard output is data, standard error is talk. Exit status: 0 done or verified,
//! 1 checked and not genuine, 2 could not do or could not check.

use std::path::PathBuf;

use clap::{ArgMatches, Args as _, Command, CommandFactory as _, FromArgMatches as _, Parser};

mod accept;
mod anchor;
mod appoint;
mod backup;
mod checkpoint;
mod completions;
mod confirm;
mod context;
mod due;
pub mod dumps;
mod elsewhere;
mod erase;
mod export;
mod import;
mod init;
mod key;
mod kinds;
mod log;
mod man;
mod page;
mod preview;
mod record;
mod register;
mod restore;
mod revoke;
mod serve;
mod show;
mod sign;
mod table;
mod timestamp;
mod tour;
mod usage;
mod verify;
mod witness;

pub use context::Context;

use crate::work::WorkError;

/// Options that every command takes.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "probity",
    version,
    about = "A signed record book for a school's data protection decisions",
    long_about = "A signed record book for a school's data protection decisions.\n\n\
                  Each decision becomes a signed entry in a chain. A later change shows to anybody who \
                  kept an earlier copy or checkpoint, and an inspector can check the evidence without \
                  this program.\n\n\
                  Try it with `probity tour`. Begin with `probity init`.",
    propagate_version = true,
    max_term_width = 100
)]
pub struct Global {
    /// Folder of the record book and its keys [default: the system's data folder for this machine]
    #[arg(long, global = true, value_name = "FOLDER", env = "PROBITY_HOME")]
    pub home: Option<PathBuf>,
    /// Print one JSON object, or JSON lines, instead of words
    #[arg(long, global = true)]
    pub json: bool,
    /// Say nothing but results and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Read the passphrase from the first line of this file
    #[arg(long, global = true, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Colour,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How a command ended, when it did what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Done, or verified.
    Well,
    /// Checked, and not genuine.
    NotGenuine,
    /// Could not check.
    CannotCheck,
}

impl Ended {
    /// The exit status.
    #[must_use]
    pub const fn status(self) -> u8 {
        match self {
            Self::Well => 0,
            Self::NotGenuine => 1,
            Self::CannotCheck => 2,
        }
    }
}

/// A command: its name, how to describe it, how to run it.
struct Verb {
    name: &'static str,
    describe: fn(Command) -> Command,
    run: fn(&Context, &ArgMatches) -> Result<Ended, WorkError>,
}

/// A command whose options are a struct.
macro_rules! verb {
    ($name:literal, $module:ident) => {
        Verb {
            name: $name,
            describe: |command| $module::Args::augment_args(command),
            run: |context, matches| {
                let args = $module::Args::from_arg_matches(matches)
                    .map_err(|error| WorkError::refused(error.to_string(), "see --help"))?;
                $module::run(context, &args)
            },
        }
    };
}

/// Every command, in the order of the help.
static VERBS: &[Verb] = &[
    verb!("tour", tour),
    verb!("init", init),
    verb!("key", key),
    verb!("appoint", appoint),
    verb!("accept", accept),
    verb!("revoke", revoke),
    verb!("kinds", kinds),
    Verb { name: "record", describe: record::describe, run: record::run },
    verb!("import", import),
    verb!("sign", sign),
    verb!("log", log),
    verb!("show", show),
    verb!("due", due),
    verb!("erase", erase),
    verb!("register", register),
    verb!("verify", verify),
    verb!("export", export),
    verb!("page", page),
    verb!("checkpoint", checkpoint),
    verb!("witness", witness),
    verb!("timestamp", timestamp),
    verb!("anchor", anchor),
    verb!("backup", backup),
    verb!("restore", restore),
    verb!("serve", serve),
    verb!("completions", completions),
    verb!("man", man),
];

/// The whole command line.
#[must_use]
pub fn command() -> Command {
    VERBS
        .iter()
        .fold(Global::command(), |command, verb| {
            command.subcommand((verb.describe)(Command::new(verb.name)))
        })
        .arg_required_else_help(false)
}

/// Runs the program and returns its exit status.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> u8 {
    let arguments: Vec<std::ffi::OsString> = arguments.into_iter().collect();
    let matches = match command().try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(error) => {
            let status = if error.use_stderr() { 2 } else { 0 };
            if let Some(refusal) = usage::refusal(&error) {
                let json = arguments.iter().any(|argument| argument == "--json");
                context::complain(json, &refusal);
            } else if let Err(error) = error.print()
                && error.kind() != std::io::ErrorKind::BrokenPipe
            {
                context::complain(false, &context::unprinted(&error));
                return 2;
            }
            return status;
        }
    };
    let global = match Global::from_arg_matches(&matches) {
        Ok(global) => global,
        Err(error) => {
            let _ = error.print();
            return 2;
        }
    };
    let context = Context::new(global);
    let result = match matches.subcommand() {
        None => serve::by_itself(&context).unwrap_or_else(|| context.first_words()),
        Some((name, matches)) => match VERBS.iter().find(|verb| verb.name == name) {
            Some(verb) => (verb.run)(&context, matches),
            None => context.first_words(),
        },
    };
    match result {
        Ok(_) if context.lost_output() => 2,
        Ok(ended) => ended.status(),
        Err(error) => {
            context.complain(&error);
            2
        }
    }
}
