//! From a prepared record to a signed one: shown in words, confirmed, unlocked, signed.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use probity_keys::{KeyFileError, Signer};
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::Index;
use probity_ledger::records::kind::Clear;
use serde_json::json;

use crate::cli::table::safe;
use crate::cli::{Context, Ended, elsewhere, preview};
use crate::store::Mode;
use crate::work::home::Home;
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::record::{self, Prepared, Written, complete, log_key};
use crate::work::{WorkError, batch, erase, people};

/// How far to go, and how.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Show and write nothing.
    pub dry_run: bool,
    /// Don't ask for confirmation.
    pub yes: bool,
    /// Sign nothing, but write a request to this file, which can be answered for so many days.
    pub request: Option<(PathBuf, u16)>,
}

/// Shows prepared records and signs them, unless it is a dry run.
///
/// # Errors
/// When the author says no, the key can't be unlocked, or signing refuses. Nothing is written
/// then.
pub fn finish(
    context: &Context,
    home: &Home,
    reading: Reading,
    prepared: Vec<Prepared>,
    choices: &Choices,
) -> Result<Ended, WorkError> {
    if let Some((to, days)) = &choices.request {
        return elsewhere::ask(context, home, &reading, &prepared, (to, *days), choices.yes);
    }
    let practice = home.config()?.practice;
    if choices.dry_run {
        dry_run(context, &reading, &prepared, practice)?;
        return Ok(Ended::Well);
    }
    let asks = context.can_ask() && !choices.yes;
    let words = preview::words(&reading, &prepared, practice)?;
    show(context, asks, &words);
    let signer = prepared.first().and_then(|first| reading.authority.person(&first.kid()));
    let others = people::other_representatives(&reading, context.world.now(), signer);
    drop(reading);
    let question = match prepared.len() {
        1 => "Sign this?".to_owned(),
        several => format!("Sign these {several} records?"),
    };
    if asks && !context.confirm(&question, false) {
        return Err(WorkError::refused(
            "nothing was signed",
            "run the command again when it is right",
        ));
    }
    let Some((by, name)) = prepared.first().map(|first| (first.by.clone(), first.name.clone()))
    else {
        return Ok(Ended::Well);
    };
    context.warn_if_synced(home);
    let key = context.signer(&Keyring::of(home), &by);
    let key = key.map_err(|error| wrong_passphrase(error, &name, others))?;
    say_frames(context, &prepared);
    let written = sign(context, home, &prepared, &*key)?;
    drop(key);
    report(context, home, prepared, &written);
    Ok(Ended::Well)
}

/// Shows what is about to be signed. Nobody is asked about what they weren't shown, however quiet
/// they want it.
pub fn show(context: &Context, asks: bool, words: &str) {
    if asks {
        let _ = writeln!(anstream::stderr(), "{words}");
    } else {
        context.say(words);
    }
}

/// A wrong passphrase, and who can help when it is lost.
fn wrong_passphrase(error: WorkError, name: &str, others: usize) -> WorkError {
    let WorkError::Key { error: error @ KeyFileError::WrongPassphrase, .. } = error else {
        return error;
    };
    let remedy = if others == 0 {
        "try again; nobody can reset a passphrase: if it is really lost, a new record book has to be \
         begun"
    } else {
        "try again; nobody can reset a passphrase, but another representative can appoint a new key"
    };
    WorkError::refused(WorkError::Key { name: name.to_owned(), error }.to_string(), remedy)
}

fn sign(
    context: &Context,
    home: &Home,
    prepared: &[Prepared],
    key: &dyn Signer,
) -> Result<Written, WorkError> {
    match prepared {
        [one] if one.record().kind.clear == Clear::LogKey => {
            log_key::sign(&context.world, home, one.clone(), key)
        }
        several => record::sign_all(&context.world, home, several, key),
    }
}

/// Says what couldn't be done beside what was written. Nothing failed: the records stand.
pub fn beside(context: &Context, written: &Written) {
    if let Some(error) = &written.no_checkpoint {
        no_checkpoint(context, error);
    }
    if let Some(error) = &written.not_kept {
        context.say(format!("note: what you signed is on record, but {error}"));
        if let Some(hint) = error.hint() {
            context.say(format!("hint: {hint}"));
        }
    }
    if let Some(cut) = &written.cut {
        context.say(context.wrap(&format!("note: {}.", cut.end())));
    }
}

fn no_checkpoint(context: &Context, error: &WorkError) {
    context.say(format!("note: what you signed is kept, but no checkpoint covers it yet: {error}"));
    if let Some(hint) = error.hint() {
        context.say(format!("hint: {hint}; then run `probity checkpoint`"));
    }
}

fn say_frames(context: &Context, prepared: &[Prepared]) {
    let frames = batch::frames(prepared).len();
    if frames > 1 {
        context.say(format!(
            "These are more than fit into one write: they are written in {frames} parts, each whole or not \
             at all."
        ));
    }
}

fn dry_run(
    context: &Context,
    reading: &Reading,
    prepared: &[Prepared],
    practice: bool,
) -> Result<(), WorkError> {
    for one in prepared {
        if context.json() {
            context.print_json(&preview::payload(one));
        } else {
            context.print(preview::words(reading, std::slice::from_ref(one), practice)?);
        }
    }
    context.say("This was a dry run: nothing was signed.");
    Ok(())
}

/// Says what was signed, what is still missing, and what was erased by it. The records stand, so
/// nothing here fails.
pub fn report(context: &Context, home: &Home, prepared: Vec<Prepared>, written: &Written) {
    let entries = written.entries.as_slice();
    say_signed(context, home, prepared, entries);
    if written.erased {
        let said = erase::carried_out(&context.world, home).unwrap_or_else(|error| {
            vec![
                "Erased. `probity verify` says what is gone.".to_owned(),
                format!(
                    "Backups made before still hold it, and which there are can't be told: {error}"
                ),
            ]
        });
        context.say("");
        for line in &said {
            context.say(safe(line));
        }
    }
    beside(context, written);
}

fn say_signed(context: &Context, home: &Home, prepared: Vec<Prepared>, entries: &[Entry]) {
    let missing = Reading::open(home, &Mode::Browse)
        .and_then(|reading| complete::still_missing(&reading, entries))
        .unwrap_or_default();
    let mut lacking: BTreeMap<Index, Vec<String>> = BTreeMap::new();
    for lack in missing {
        lacking.entry(lack.entry).or_default().push(lack.why);
    }
    let mut rest = entries;
    for one in prepared {
        let (own, more) = rest.split_at(one.drafts.len().min(rest.len()));
        rest = more;
        let Some((entry, before)) = own.split_last() else { continue };
        let lacks = lacking.get(&entry.index()).map(Vec::as_slice).unwrap_or_default();
        let case = entry.subject().case();
        if context.json() {
            context.print_json(&json!({
                "entry": entry.index().0,
                "hash": entry.hash().to_string(),
                "case": case,
                "kind": entry.says().kind,
                "findings": one.findings,
                "exception_entry": before.first().map(|exception| exception.index().0),
                "incomplete": lacks,
            }));
            say_waiting(context, entry, lacks);
            continue;
        }
        let case = case.map(|case| format!("  {case}")).unwrap_or_default();
        context.print(format!("entry {}  {}…{case}", entry.index(), entry.hash().short()));
        for lack in lacks {
            context.say(format!("not complete yet: {}", lack.replacen("missing: ", "missing ", 1)));
        }
        say_waiting(context, entry, lacks);
    }
}

/// Who has to agree to an erasure that isn't complete.
fn say_waiting(context: &Context, entry: &Entry, lacks: &[String]) {
    if entry.says().kind == "erasure" && !lacks.is_empty() {
        context.say(format_args!(
            "\nNothing of it is erased yet. The data protection officer agrees with\n\
             probity erase --approve {} --by NAME",
            entry.index()
        ));
    }
}
