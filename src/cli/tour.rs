//! `tour`: a made-up school, from nothing to a checked evidence bundle.

use std::path::{Path, PathBuf};

use probity_ledger::verify::verdict::Outcome;
use serde_json::json;

use super::verify::{Voices, print_verdict};
use super::{Context, Ended};
use crate::work::WorkError;
use crate::work::tour::{self, PASSPHRASE, Toured};

/// See a made-up school from its first record to a checked evidence bundle
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder to make and to leave everything in [default: probity-practice, or the next free
    /// name]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// A folder that exists, or a disk that can't be written.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let folder = args.dir.clone().unwrap_or_else(free_folder);
    context.say(
        "PRACTICE: this school and its people are made up; the keys and signatures are real.\n",
    );
    let made = tour::tour(&context.world, &folder, &|line| context.say(line))?;
    let good =
        made.ledger.verdict == Outcome::Intact && made.bundle.verdict.verdict == Outcome::Intact;
    if context.json() {
        context.print_json(&json!({
            "practice": true,
            "folder": made.folder.display().to_string(),
            "home": made.home.display().to_string(),
            "fingerprint": made.fingerprint,
            "ledger": made.ledger,
            "bundle": made.bundle.path.display().to_string(),
            "bundle_verdict": made.bundle.verdict,
        }));
    } else {
        report(context, &made);
    }
    Ok(if good { Ended::Well } else { Ended::NotGenuine })
}

fn report(context: &Context, made: &Toured) {
    context.print("\nPRACTICE: the verdict on the record book\n");
    print_verdict(context, &made.ledger, Voices::Head, false);
    context.print("\nPRACTICE: the verdict on the bundle, as an inspector reads it\n");
    print_verdict(context, &made.bundle.verdict, Voices::Inspector, false);
    let program = program();
    let home = shown(&made.home);
    context.print(format_args!(
        "\nEverything is in {}. Try next:\n\n\
         {program} --home {home} log\n\
         {program} --home {home} show dpia-{}-001\n\
         {program} --home {home} verify --document {}\n\
         {program} verify {} --fingerprint {}\n\n\
         Unzip the bundle and open data/index.html in a browser: it checks itself, offline.\n\
         Change one letter of the document, or one byte of {}, and verify again.\n\
         Every key opens with: {PASSPHRASE}\n\
         Your own school begins with: {program} init --help",
        shown(&made.folder),
        crate::work::time::year(context.world.now()),
        shown(&made.document),
        shown(&made.bundle.path),
        made.fingerprint,
        shown(&made.home.join("ledger").join("journal")),
    ));
}

/// The program as the user can call it again: through cargo while it is not installed.
fn program() -> String {
    if std::env::var_os("CARGO").is_some() {
        "cargo run --release --".to_owned()
    } else {
        "probity".to_owned()
    }
}

fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    if text.contains(char::is_whitespace) { format!("\"{text}\"") } else { text }
}

/// `probity-practice`, or with a number behind it.
fn free_folder() -> PathBuf {
    let plain = PathBuf::from("probity-practice");
    if !plain.exists() {
        return plain;
    }
    (2..1000)
        .map(|number| PathBuf::from(format!("probity-practice-{number}")))
        .find(|path| !path.exists())
        .unwrap_or(plain)
}
