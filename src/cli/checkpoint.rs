//! `checkpoint`: a head to keep outside the school, and what witnesses say to it.

use std::path::{Path, PathBuf};

use probity_ledger::format::hash::Size;
use probity_ledger::format::note::Checkpoint;
use serde_json::{Value as Json, json};

use super::table::safe;
use super::{Context, Ended};
use crate::store::Mode;
use crate::web::sender::Sender;
use crate::web::submit::{self, Submitted};
use crate::work::checkpoint::attach::{self, Attached};
use crate::work::checkpoint::request;
use crate::work::home::Home;
use crate::work::keyring::Keyring;
use crate::work::minute::{self, Minute};
use crate::work::reading::Reading;
use crate::work::record::open_for_writing;
use crate::work::{WorkError, bag, checkpoint, input, time, witnesses};

/// Sign the newest head, to be kept by somebody outside
///
/// Whoever keeps it can later see whether anything before it was changed or removed, with
/// `probity verify --since FILE`. `--minute` makes half a page of it for the minutes of a meeting.
///
/// A witness does more: it cosigns the head once it has checked that it continues the one that it
/// saw before. Name yours with `probity witness use`. Then send them a request by stick or e-mail
/// (--request), and take their answer (--attach); or do both over the network (--submit).
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").multiple(false))]
pub struct Args {
    /// Write it to this file
    #[arg(long, short, value_name = "FILE", conflicts_with = "what")]
    output: Option<PathBuf>,
    /// As half a page for the minutes of the governors: words, digits in groups, a QR code. Print
    /// it in a font of fixed width, without room between the lines
    #[arg(long, conflicts_with = "what")]
    minute: bool,
    /// Write a request for a witness to this file: the head, and the proof that it continues the
    /// one that the witness saw
    #[arg(long, value_name = "FILE", group = "what")]
    request: Option<PathBuf>,
    /// For which witness the request is [default: the only one in use]
    #[arg(long, value_name = "NAME", requires = "request")]
    witness: Option<String>,
    /// How many entries the witness saw, if it says another number than is known here
    #[arg(long, value_name = "SIZE", requires = "request")]
    from: Option<u64>,
    /// Take a witness's answer: check it, keep it, and add it to the newest head
    #[arg(long, value_name = "FILE", group = "what")]
    attach: Option<PathBuf>,
    /// Send the newest head to the witnesses in use that have an address, or to these addresses,
    /// and take their answers
    #[arg(long, value_name = "URL", num_args = 0.., group = "what")]
    submit: Option<Vec<String>>,
    /// Print the line by which a witness knows this record book: its log key
    #[arg(long, group = "what")]
    log_key: bool,
}

/// Runs the command.
///
/// # Errors
/// A log key that isn't here, a record book that contradicts an earlier checkpoint, an answer
/// that doesn't hold.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let home = context.home()?;
    if let Some(path) = &args.request {
        return write_request(context, &home, path, args);
    }
    if let Some(path) = &args.attach {
        return take_answer(context, &home, path);
    }
    if let Some(urls) = &args.submit {
        return send(context, &home, urls);
    }
    if args.log_key {
        return log_key(context, &home);
    }
    if let Some(path) = &args.output {
        bag::refuse_existing(path)?;
    }
    let mut reading = open_for_writing(&home, "checkpoint", &context.world)?;
    let own = witnesses::policy(&home)?;
    let note = checkpoint::give_outside(&mut reading, &Keyring::of(&home), &own)?;
    if args.minute {
        return half_page(context, args, &reading, &note);
    }
    if let Some(path) = &args.output {
        bag::write_new(&context.world, path, &note)?;
    }
    let text = String::from_utf8_lossy(&note);
    if context.json() {
        let parsed = parse(&note)?;
        context.print_json(&json!({
            "origin": parsed.origin,
            "size": parsed.size,
            "root": parsed.root,
            "note": text,
        }));
    } else if args.output.is_none() {
        context.print(text.trim_end());
    }
    context.say("Send this file to somebody outside the school, or put it into the minutes. They check later\n\
         with `probity verify --since FILE` that nothing before it was changed or removed.");
    Ok(Ended::Well)
}

fn parse(note: &[u8]) -> Result<Checkpoint, WorkError> {
    Checkpoint::parse(note)
        .map_err(|fault| WorkError::refused(fault.to_string(), "run `probity verify`"))
}

/// Half a page for the minutes.
fn half_page(
    context: &Context,
    args: &Args,
    reading: &Reading,
    note: &[u8],
) -> Result<Ended, WorkError> {
    let checkpoint = parse(note)?;
    let fingerprint = &reading.authority.fingerprint;
    let half = Minute {
        school: &safe(&reading.authority.school),
        fingerprint,
        checkpoint: &checkpoint,
        note,
        now: context.world.now(),
        practice: context.home()?.config()?.practice,
    };
    let (words, code) = half.page()?;
    for doubt in minute::doubts(reading)? {
        context.say(doubt);
    }
    let page = format!("{words}\n{code}");
    if let Some(path) = &args.output {
        bag::write_new(&context.world, path, page.as_bytes())?;
    }
    if context.json() {
        context.print_json(&json!({
            "origin": checkpoint.origin,
            "fingerprint": fingerprint,
            "size": checkpoint.size,
            "root": checkpoint.root,
            "note": String::from_utf8_lossy(note),
            "page": page,
        }));
    } else if args.output.is_none() {
        context.print(words);
        for line in code.lines() {
            // Black on white, whatever the terminal's own colours are.
            context.print(format_args!("\u{1b}[30;107m{line}\u{1b}[0m"));
        }
    }
    Ok(Ended::Well)
}

fn write_request(
    context: &Context,
    home: &Home,
    path: &Path,
    args: &Args,
) -> Result<Ended, WorkError> {
    bag::refuse_existing(path)?;
    let own = witnesses::policy(home)?;
    let witness = match (&args.witness, own.witnesses.as_slice()) {
        (Some(name), _) => Some(witnesses::named(&own, name)?),
        (None, [only]) => Some(only),
        (None, []) => None,
        (None, _) if args.from.is_some() => None,
        (None, _) => {
            return Err(WorkError::refused(
                format!(
                    "{} witnesses are in use, and each has seen another head",
                    own.witnesses.len()
                ),
                "say for which one with --witness NAME",
            ));
        }
    };
    let mut reading = open_for_writing(home, "checkpoint", &context.world)?;
    let note = checkpoint::give_outside(&mut reading, &Keyring::of(home), &own)?;
    let old = match (args.from, witness.and_then(|witness| witness.key.as_ref())) {
        (Some(from), _) => {
            // Where none is named, it may be for any of them.
            let asked = witness.map_or(own.witnesses.as_slice(), std::slice::from_ref);
            request::refuse_forgotten(&reading, asked, Size(from))?;
            Size(from)
        }
        (None, Some(key)) => request::last_cosigned(&reading, key)?,
        (None, None) => Size(0),
    };
    let request = request::request(&reading, &note, old)?;
    let size = reading.size();
    drop(reading);
    bag::write_new(&context.world, path, &request)?;
    if context.json() {
        context.print_json(&json!({ "file": path, "size": size, "from": old }));
    } else {
        context.print(match old.0 {
            0 => format!(
                "{}: {size} entries, for a witness that has seen nothing of them",
                path.display()
            ),
            old => {
                format!("{}: {size} entries, from the {old} that the witness saw", path.display())
            }
        });
    }
    context.say(
        "Send it by e-mail or stick. The witness answers with `probity witness sign FILE`;\n\
         take the answer with `probity checkpoint --attach FILE`.",
    );
    Ok(Ended::Well)
}

fn take_answer(context: &Context, home: &Home, path: &Path) -> Result<Ended, WorkError> {
    let most = probity_ledger::format::note::MAX_NOTE as u64;
    let answer = input::note(path, most).map_err(WorkError::file("reading", path))?;
    let own = witnesses::policy(home)?;
    let mut reading = open_for_writing(home, "checkpoint", &context.world)?;
    let attached = attach::attach(&context.world, &mut reading, &own, &answer)?;
    if context.json() {
        context.print_json(&attached_json(&attached));
    } else {
        context.print(words(&attached));
    }
    quorum_words(context, &attached);
    Ok(Ended::Well)
}

fn attached_json(attached: &Attached) -> Json {
    let by: Vec<Json> =
        attached.by.iter().map(|(name, time)| json!({ "witness": name, "time": time })).collect();
    json!({
        "size": attached.size,
        "by": by,
        "kept": attached.kept.to_string(),
        "newest": attached.newest,
        "quorum": attached.quorum,
        "ignored": attached.ignored,
    })
}

fn words(attached: &Attached) -> String {
    let by: Vec<String> = attached
        .by
        .iter()
        .map(|(name, at)| {
            format!("{name}, {}", time::words(i64::try_from(*at).unwrap_or(i64::MAX)))
        })
        .collect();
    format!("{} entries cosigned by {}", attached.size, by.join("; "))
}

fn quorum_words(context: &Context, attached: &Attached) {
    if !attached.newest {
        context.say("It is over an older head than the newest one; it is kept as evidence.");
    }
    if !attached.quorum {
        context
            .say("The quorum of policy.txt is not met yet: other witnesses are still to cosign.");
    }
}

fn send(context: &Context, home: &Home, urls: &[String]) -> Result<Ended, WorkError> {
    let mut each = |done: &Submitted| {
        if context.json() {
            let mut line = match &done.result {
                Ok(attached) => attached_json(attached),
                Err(error) => json!({ "error": error.to_string(), "hint": error.hint() }),
            };
            line["witness"] = json!(done.witness);
            line["url"] = json!(done.url);
            context.print_json(&line);
            return;
        }
        match &done.result {
            Ok(attached) => {
                context.print(words(attached));
                quorum_words(context, attached);
            }
            Err(error) => {
                let fact = format!("{}: {error}", done.witness);
                context.complain(&WorkError::refused(fact, error.hint().unwrap_or_default()));
            }
        }
    };
    let sender = Sender { world: &context.world, home, shelf: None };
    let done = submit::submit(sender, urls, &mut each)?;
    let all = done.iter().all(|submitted| submitted.result.is_ok());
    Ok(if all { Ended::Well } else { Ended::CannotCheck })
}

fn log_key(context: &Context, home: &Home) -> Result<Ended, WorkError> {
    let reading = Reading::open(home, &Mode::Browse)?;
    let log = reading.authority.log_key(reading.size()).ok_or_else(|| {
        WorkError::refused("the ledger declares no log key", "run `probity verify`")
    })?;
    let kid = log.key().kid();
    if context.json() {
        context.print_json(&json!({ "vkey": log.to_string(), "log_key": kid.to_string() }));
    } else {
        context.print(format_args!("log {log}"));
    }
    context.say(format_args!(
        "A witness takes this line with `probity witness add`, and compares with you, over the\n\
         telephone or on paper, the log key {kid}."
    ));
    Ok(Ended::Well)
}
