//! Signing where the record book isn't: a request goes out, a statement comes back.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::record::finish::{self, Choices};
use super::{Context, Ended, preview};
use crate::store::Mode;
use crate::work::elsewhere::{self, Asked, Wish};
use crate::work::home::Home;
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::record::kind;
use crate::work::record::{Prepared, Wanted};
use crate::work::{WorkError, time};

/// A request that a command makes instead of signing.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Ask {
    /// Sign nothing here: write a request, to be signed by `sign --detached` where the key lies
    ///
    /// It holds the answers and the files in the clear: give it to its signer alone, and have it
    /// destroyed once it is signed.
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run", help_heading = "Elsewhere")]
    pub request: Option<PathBuf>,
    /// For how many days the request can be answered
    #[arg(long, value_name = "DAYS", requires = "request", default_value_t = elsewhere::DAYS,
        value_parser = clap::value_parser!(u16).range(1..=365), help_heading = "Elsewhere")]
    pub expires_in: u16,
}

/// Shows a prepared record and writes a request of it.
///
/// # Errors
/// As [`elsewhere::make_request`]; or when the user says no.
pub fn ask(
    context: &Context,
    home: &Home,
    reading: &Reading,
    prepared: &[Prepared],
    ask: (&Path, u16),
    yes: bool,
) -> Result<Ended, WorkError> {
    let [one] = prepared else {
        return Err(WorkError::refused("a request is for one record", "make one for each"));
    };
    let (to, days) = ask;
    let practice = home.config()?.practice;
    let mut shown = one.clone();
    shown.heading = Some(format!(
        "You ask {} to sign elsewhere, as {}: {}",
        one.name,
        probity_ledger::records::roles::title(&one.record().role),
        one.record().kind.title
    ));
    show(context, &preview::words(reading, std::slice::from_ref(&shown), practice)?, yes);
    if context.can_ask() && !yes && !context.confirm("Write this request?", false) {
        return Err(WorkError::refused("no request was made", "run the command again"));
    }
    let wish = Wish { days, practice };
    let request = elsewhere::make_request(&context.world, home, reading, one, wish, to)?;
    if context.json() {
        context.print_json(&json!({
            "request": to.display().to_string(),
            "signer": request.signer,
            "kind": request.kind.name,
            "expires": time::rfc3339(request.expires),
        }));
    } else {
        context.print(to.display());
    }
    context.say(format!(
        "Give this file to {} alone: it holds the answers and files in the clear. They sign it until {} with\n\
         `probity sign --detached FILE`, destroy it, and send back the statement, which holds no answers.\n\
         Enter that with `probity sign --attach STATEMENT --by NAME`. A copy waits here, in {};\n\
         if they don't agree, take it back with `probity sign --withdraw FILE`.",
        request.signer,
        time::words(request.expires),
        home.requests().display()
    ));
    Ok(Ended::Well)
}

/// What `sign --detached` is given.
pub struct Detached<'a> {
    /// The request.
    pub request: &'a Path,
    /// Where the statement goes.
    pub output: Option<&'a Path>,
    /// Files that didn't fit into the request.
    pub documents: &'a [PathBuf],
    /// Where to write the files that did, instead of signing.
    pub save: Option<&'a Path>,
    /// How far to go.
    pub choices: Choices,
}

/// Signs a request, on a machine that has no record book.
///
/// # Errors
/// Everything that [`Asked::open`] refuses; or when the user says no.
pub fn detached(context: &Context, args: &Detached<'_>) -> Result<Ended, WorkError> {
    let keyring = Keyring::of(&context.home()?);
    let bytes = elsewhere::read_request(args.request)?;
    let given = elsewhere::given_files(args.documents)?;
    let asked = Asked::open(&context.world, &keyring, &bytes, &given)?;
    if let Some(folder) = args.save {
        for path in asked.save_documents(folder)? {
            context.print(path.display());
        }
        context.say("Nothing was signed. Read these files, then sign without --save.");
        return Ok(Ended::Well);
    }
    let to = match args.output {
        Some(path) => path.to_owned(),
        None => args.request.with_extension("statement"),
    };
    let prepared = asked.prepared();
    let request = &asked.request;
    if args.choices.dry_run && context.json() {
        context.print_json(&preview::payload(&prepared));
        return Ok(Ended::Well);
    }
    let words = preview::words_for(&request.school, &[prepared], request.practice);
    let words = format!(
        "{words}\n\n  The record book's code is {}.\n  You vouch for it up to entry {}. This can be entered until \
         {}.\n  What linked records say, and what an inspector may ask, is what the school's program says.",
        request.fingerprint,
        request.after().0,
        time::words(request.expires)
    );
    show(context, &words, args.choices.yes);
    if args.choices.dry_run {
        context.say("This was a dry run: nothing was signed.");
        return Ok(Ended::Well);
    }
    if !request.documents.is_empty() {
        context.say("To read the files first: `probity sign --detached FILE --save FOLDER`.");
    }
    if context.can_ask() && !args.choices.yes && !context.confirm("Sign this?", false) {
        return Err(WorkError::refused(
            "nothing was signed",
            "run the command again when it is right",
        ));
    }
    let key = context.signer(&keyring, &asked.key.name)?;
    asked.sign(&context.world, &keyring, &*key, &to)?;
    drop(key);
    if context.json() {
        context.print_json(&json!({ "statement": to.display().to_string() }));
    } else {
        context.print(to.display());
    }
    context.say(
        "Send this file to the school: it holds no answers. Then destroy the request, which does.",
    );
    Ok(Ended::Well)
}

/// What `sign --attach` is given.
pub struct Attach<'a> {
    /// The statement.
    pub statement: &'a Path,
    /// Who enters it.
    pub by: &'a str,
    /// In which role.
    pub role: Option<&'a str>,
    /// The request, if no copy waits here.
    pub answers: Option<&'a Path>,
    /// Files that didn't fit into the request.
    pub documents: &'a [PathBuf],
    /// Whether the date was confirmed.
    pub date_confirmed: bool,
    /// How far to go.
    pub choices: Choices,
}

/// Enters a statement.
///
/// # Errors
/// Everything that [`elsewhere::prepare`] refuses; or when the user says no.
pub fn attach(context: &Context, args: &Attach<'_>) -> Result<Ended, WorkError> {
    let home = context.home()?;
    let reading = Reading::open(&home, &Mode::Browse)?;
    let practice = home.config()?.practice;
    let mut by = Wanted::new(kind("statement")?, args.by);
    by.role = args.role.map(str::to_owned);
    by.date_confirmed = args.date_confirmed;
    let given = elsewhere::given_files(args.documents)?;
    let entering = elsewhere::prepare(
        &context.world,
        &home,
        &reading,
        args.statement,
        &by,
        (args.answers, &given),
    )?;
    let carrier = &entering.carrier;
    let words = format!(
        "You enter, as {}, what {} signed. It counts as theirs; you say where it stands.\n\n{}",
        probity_ledger::records::roles::title(&carrier.record().role),
        entering.record.name,
        preview::words(&reading, std::slice::from_ref(&entering.record), practice)?
    );
    show(context, &words, args.choices.yes);
    drop(reading);
    if args.choices.dry_run {
        context.say("This was a dry run: nothing was entered.");
        return Ok(Ended::Well);
    }
    if context.can_ask() && !args.choices.yes && !context.confirm("Enter this?", false) {
        return Err(WorkError::refused(
            "nothing was entered",
            "run the command again when it is right",
        ));
    }
    let key = context.signer(&Keyring::of(&home), &carrier.by)?;
    let written = elsewhere::enter(&context.world, &home, &entering, &*key)?;
    drop(key);
    finish::report(context, &home, vec![carrier.clone()], &written);
    Ok(Ended::Well)
}

/// Lists the requests that wait for their statements.
///
/// # Errors
/// What the system says.
pub fn waiting(context: &Context) -> Result<Ended, WorkError> {
    let home = context.home()?;
    home.config()?;
    let all = elsewhere::waiting(&context.world, &home)?;
    for one in &all {
        let request = &one.request;
        if context.json() {
            context.print_json(&json!({
                "signer": request.signer,
                "kind": request.kind.name,
                "case": request.subject.case(),
                "made": time::rfc3339(request.made),
                "expires": time::rfc3339(request.expires),
                "file": one.path(&home).display().to_string(),
            }));
        } else {
            context.print(format!(
                "{}: {}, asked on {}, until {}\n  {}",
                preview::clean(&request.signer),
                what(request),
                time::words(request.made),
                time::words(request.expires),
                one.path(&home).display()
            ));
        }
    }
    if all.is_empty() {
        context.say("No request waits for its statement.");
    }
    Ok(Ended::Well)
}

/// Takes a request back that waits here. What was signed already can still be entered by whoever
/// has the request's file, so that is said.
///
/// # Errors
/// None that waits, or several; what the system says.
pub fn withdraw(context: &Context, named: &str) -> Result<Ended, WorkError> {
    let home = context.home()?;
    home.config()?;
    let gone = elsewhere::withdraw(&context.world, &home, named)?;
    let request = &gone.request;
    let path = gone.path(&home).display().to_string();
    if context.json() {
        context.print_json(&json!({
            "signer": request.signer,
            "kind": request.kind.name,
            "case": request.subject.case(),
            "removed": path,
        }));
    } else {
        context.print(&path);
    }
    context.say(context.wrap(&format!(
        "Taken back: {} by {}. Nothing is on record of it. Have them destroy the file that was given \
         out, and what they signed, if they did: with both it could still be entered until {}.",
        what(request),
        preview::clean(&request.signer),
        time::words(request.expires)
    )));
    Ok(Ended::Well)
}

/// What is asked for: the kind of record, and its case.
fn what(request: &elsewhere::Request) -> String {
    let case = request.subject.case().map(|case| format!(" ({case})")).unwrap_or_default();
    format!("{}{case}", request.kind.title)
}

/// Nobody is asked about what they weren't shown, however quiet they want it.
fn show(context: &Context, words: &str, yes: bool) {
    if context.can_ask() && !yes {
        let _ = writeln!(anstream::stderr(), "{words}");
    } else {
        context.say(words);
    }
}
