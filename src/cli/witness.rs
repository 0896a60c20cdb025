//! `witness`: somebody outside who confirms a record book's head, and whom a school uses.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::table;
use super::{Context, Ended};
use crate::web::{listen, witness as server};
use crate::work::keyring::Passphrase;
use crate::work::witness::{self, Answer, Cosigned, Refusal, Witness};
use crate::work::witnesses::{self, Quorum, Wanted};
use crate::work::{WorkError, input, synced, time};

/// Confirm the heads of schools' record books, or name who confirms yours
///
/// A witness is somebody outside the school: a council's data team, another school, an external
/// data protection officer. They keep the newest head that they saw of a record book, and cosign
/// another one only when it is shown to continue theirs. They see no records.
///
/// A witness uses new, add, remove, list, sign and serve. A school uses use and drop, and then
/// `probity checkpoint --request`, `--attach` or `--submit`. See docs/guide/choosing-witnesses.md.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Args)]
struct Place {
    /// Folder of the witness [default: probity-witness in the system's data folder]
    #[arg(long, value_name = "FOLDER", env = "PROBITY_WITNESS")]
    dir: Option<PathBuf>,
    /// Go on in a folder that a cloud service or a roaming profile keeps in step, although two
    /// machines would cosign what contradicts each other
    #[arg(long)]
    allow_synced_folder: bool,
}

impl Place {
    /// The folder of a witness that is about to sign, or to begin.
    fn to_sign(&self) -> Result<witness::Folder, WorkError> {
        let folder = witness::locate(self.dir.clone())?;
        synced::refuse(folder.path(), "a witness", self.allow_synced_folder)?;
        Ok(folder)
    }
}

/// The witness that is to cosign, and whether its clock was looked at.
#[derive(Debug, clap::Args)]
struct Signing {
    #[command(flatten)]
    place: Place,
    /// Today's date is right, though more than 30 days after this witness's newest cosignature
    #[arg(long = "confirm-date")]
    date_is_right: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Become a witness: make its folder and its key, and print the line to hand over
    ///
    /// The key opens with a passphrase. With --unattended it lies unencrypted, readable by its
    /// owner's account alone, so that `probity witness serve` can sign when nobody is there.
    New {
        /// The witness's name for ever: a web address without https://, such as
        /// borough.example/data-team
        name: String,
        /// Keep the key unencrypted, to sign when nobody is there
        #[arg(long)]
        unattended: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Look after a record book: trust its log key
    Add {
        /// The line that the school's `probity checkpoint --log-key` prints, or a file that holds
        /// such lines
        #[arg(num_args = 1.., required = true)]
        log: Vec<String>,
        #[command(flatten)]
        place: Place,
    },
    /// Trust a log key of a record book no more, once the school signs with a new one
    Remove {
        /// The line by which it was added, or eight digits of the key and more
        #[arg(num_args = 1.., required = true)]
        log: Vec<String>,
        #[command(flatten)]
        place: Place,
    },
    /// List the record books that are looked after, and what was seen of each
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Cosign what a school sent in a file, if it continues what was seen
    ///
    /// Exit status 1 means one of two things. History was rewritten: the log signed two heads that
    /// contradict each other. Or the request doesn't show that its head continues what was seen: the
    /// file was damaged on its way, or history was rewritten. Either is kept in the witness's folder.
    /// While it keeps two contradicting heads of a record book, nothing more of that is cosigned.
    Sign {
        /// The request (or, at first, the checkpoint)
        file: PathBuf,
        /// Where to write the answer [default: FILE.cosigned]
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        #[command(flatten)]
        signing: Signing,
    },
    /// Cosign what schools send over the network (C2SP tlog-witness)
    ///
    /// This speaks plain HTTP. Where others can reach it, put a web server in front of it that
    /// speaks HTTPS and passes /add-checkpoint on.
    Serve {
        /// Address to listen at
        #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7430")]
        listen: SocketAddr,
        #[command(flatten)]
        signing: Signing,
    },
    /// Name a witness that your school uses; without one, show who is used
    Use {
        /// The line that the witness handed over: `witness NAME VKEY`, or the verifier key alone
        #[arg(num_args = 1.., value_name = "VKEY")]
        vkey: Vec<String>,
        /// What to call it here [default: its own name]
        #[arg(long, requires = "vkey")]
        name: Option<String>,
        /// The address at which it takes checkpoints
        #[arg(long, requires = "vkey")]
        url: Option<String>,
    },
    /// Say how many of your school's witnesses are enough for it
    ///
    /// It goes into the policy that bundles carry. What is enough for whoever checks, they say
    /// themselves, in a policy of their own.
    Quorum {
        /// any, all, or a number of them
        #[arg(value_name = "any|all|N", value_parser = Quorum::parse)]
        quorum: Quorum,
    },
    /// Use a witness no more; what it cosigned stays
    Drop {
        /// What it is called here
        name: String,
    },
}

/// Runs the command.
///
/// # Errors
/// As the actions of [`crate::work::witness`] and [`crate::work::witnesses`].
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    match &args.action {
        Action::New { name, unattended, place } => new(context, name, *unattended, place),
        Action::Add { log, place } => add(context, log, place),
        Action::Remove { log, place } => remove(context, log, place),
        Action::List { place } => list(context, place),
        Action::Sign { file, output, signing } => sign(context, file, output.as_ref(), signing),
        Action::Serve { listen, signing } => run_server(context, *listen, signing),
        Action::Use { vkey, name, url } if vkey.is_empty() => {
            debug_assert!(name.is_none() && url.is_none());
            used(context)
        }
        Action::Use { vkey, name, url } => {
            let vkey = vkey.join(" ");
            let wanted = Wanted { vkey: &vkey, name: name.as_deref(), url: url.as_deref() };
            let added = witnesses::add(&context.home()?, &wanted)?;
            if context.json() {
                context.print_json(
                    &json!({ "name": added.name, "vkey": added.vkey, "url": added.url }),
                );
            }
            context.say(format_args!(
                "The witness {} is used from now on. Its cosignatures are kept and go into bundles.\n\
                 Ask for one with `probity checkpoint --request FILE`{}.",
                added.name,
                if added.url.is_some() { ", or with --submit" } else { "" }
            ));
            Ok(Ended::Well)
        }
        Action::Quorum { quorum } => {
            let policy = witnesses::set_quorum(&context.home()?, *quorum)?;
            let (used, enough) = (policy.witnesses.len(), policy.groups.first());
            let enough = enough.map_or(1, |group| group.threshold);
            if context.json() {
                context.print_json(&json!({ "witnesses": used, "enough": enough }));
            }
            context.say(format_args!("Of {used} witnesses, {enough} are enough for your school."));
            Ok(Ended::Well)
        }
        Action::Drop { name } => {
            witnesses::remove(&context.home()?, name)?;
            context.say(format_args!("{name} is used no more. What it cosigned stays."));
            Ok(Ended::Well)
        }
    }
}

fn new(context: &Context, name: &str, unattended: bool, place: &Place) -> Result<Ended, WorkError> {
    let folder = place.to_sign()?;
    witness::check_name(name)?;
    let passphrase: Option<Passphrase> = if unattended {
        None
    } else {
        Some(context.new_passphrase(&format!("the witness {name}"))?)
    };
    let own = witness::create(&context.world, &folder, name, passphrase.as_ref())?;
    let label = own.name();
    if context.json() {
        context.print_json(&json!({
            "name": label,
            "vkey": own.to_string(),
            "unattended": unattended,
            "folder": folder.path(),
        }));
    } else {
        context.print(format_args!("witness {label} {own}"));
    }
    context.say(
        "\nHand this line to the schools, and to whoever is to rely on you: it names your key.\n\
         A school takes it with `probity witness use`, you take a school's own line with\n\
         `probity witness add`.",
    );
    if unattended {
        context.say(format_args!(
            "\nThe key lies unencrypted in {}: whoever can read it there can cosign in your name.",
            folder.path().display()
        ));
    }
    context.say(
        "\nNever put this folder back from a backup to go on with it: it would forget what it\n\
         cosigned since. If it is lost, make a new witness and tell the schools.",
    );
    Ok(Ended::Well)
}

fn add(context: &Context, given: &[String], place: &Place) -> Result<Ended, WorkError> {
    let folder = witness::locate(place.dir.clone())?;
    folder.config()?;
    let path = std::path::Path::new(&given[0]);
    let text = if given.len() == 1 && path.is_file() {
        input::text(path, input::MAX_SMALL).map_err(WorkError::file("reading", path))?
    } else {
        given.join(" ")
    };
    for log in witness::read_logs(&text)? {
        let new = folder.add(&log)?;
        let kid = log.key().kid();
        if context.json() {
            context.print_json(
                &json!({ "origin": log.name(), "log_key": kid.to_string(), "new": new }),
            );
        } else {
            let what = if new { "is looked after now" } else { "was looked after already" };
            context.print(format_args!("{} {what}, with log key {kid}", log.name()));
        }
    }
    context.say(
        "Compare the log key with the school, digit by digit, over the telephone or on paper:\n\
         `probity checkpoint --log-key` shows it there.",
    );
    Ok(Ended::Well)
}

fn remove(context: &Context, given: &[String], place: &Place) -> Result<Ended, WorkError> {
    let folder = witness::locate(place.dir.clone())?;
    folder.config()?;
    let log = folder.remove(&given.join(" "))?;
    let kid = log.key().kid();
    if context.json() {
        context.print_json(&json!({ "origin": log.name(), "log_key": kid.to_string() }));
    } else {
        context.print(format_args!(
            "{}: heads that the log key {kid} signed are cosigned no more",
            log.name()
        ));
    }
    Ok(Ended::Well)
}

fn list(context: &Context, place: &Place) -> Result<Ended, WorkError> {
    let folder = witness::locate(place.dir.clone())?;
    let (own, unattended, lines) = witness::list(&folder)?;
    let mut rows = Vec::new();
    for line in &lines {
        let seen = line.seen.as_ref().map(|(seen, time)| (seen.size, *time));
        let keys: Vec<String> =
            line.known.logs.iter().map(|log| log.key().kid().to_string()).collect();
        if context.json() {
            context.print_json(&json!({
                "origin": line.known.origin,
                "log_keys": keys,
                "size": seen.map(|(size, _)| size),
                "time": seen.map(|(_, time)| time),
                "rewritten": line.rewritten,
                "unproven": line.unproven,
            }));
            continue;
        }
        let short = keys.iter().map(|key| key.get(..8).unwrap_or_default().to_owned());
        rows.push(vec![
            line.known.origin.clone(),
            short.collect::<Vec<_>>().join(", "),
            seen.map_or_else(|| "nothing yet".to_owned(), |(size, _)| format!("{size} entries")),
            seen.map_or_else(String::new, |(_, time)| words(time)),
            match (line.rewritten.len(), line.unproven.len()) {
                (0, 0) => String::new(),
                (0, refused) => format!("{refused} refused"),
                (proofs, _) => format!("{proofs} × history rewritten"),
            },
        ]);
    }
    if !context.json() {
        context.print(format_args!("witness {} {own}", own.name()));
        if !rows.is_empty() {
            table::print(context, &["record book", "log key", "seen", "cosigned", "kept"], &rows);
        }
        if unattended {
            context.say("The key is unencrypted, to sign when nobody is there.");
        }
    }
    Ok(Ended::Well)
}

fn open(context: &Context, doing: &str, signing: &Signing) -> Result<Witness, WorkError> {
    let folder = signing.place.to_sign()?;
    Witness::open(&context.world, folder, doing, signing.date_is_right, |own| {
        context.passphrase(&format!("Passphrase of the witness {}: ", own.name()))
    })
}

fn sign(
    context: &Context,
    file: &std::path::Path,
    output: Option<&PathBuf>,
    signing: &Signing,
) -> Result<Ended, WorkError> {
    let output = output.cloned().unwrap_or_else(|| {
        let mut name = file.as_os_str().to_owned();
        name.push(".cosigned");
        PathBuf::from(name)
    });
    crate::work::bag::refuse_existing(&output)?;
    // Its key is gone before anything is said.
    let answer = open(context, "witness sign", signing)?.answer_file(&context.world, file)?;
    match answer {
        Answer::Cosigned(cosigned) => {
            witness::write_reply(&context.world, &output, &cosigned)?;
            if context.json() {
                context.print_json(&cosigned_json(&cosigned, &output));
            } else {
                context.print(report(&cosigned));
            }
            context.say(format_args!(
                "The answer is in {}. Send it back; the school takes it with\n\
                 `probity checkpoint --attach FILE`.",
                output.display()
            ));
            Ok(Ended::Well)
        }
        Answer::Refused(refusal) => refused(context, &refusal),
    }
}

fn cosigned_json(cosigned: &Cosigned, output: &std::path::Path) -> serde_json::Value {
    json!({
        "origin": cosigned.origin,
        "size": cosigned.size,
        "before": cosigned.before,
        "time": cosigned.time,
        "file": output,
    })
}

fn report(cosigned: &Cosigned) -> String {
    let before = match cosigned.before.0 {
        0 => "seen for the first time".to_owned(),
        before if before == cosigned.size.0 => "as seen before".to_owned(),
        before => format!("continues the {before} seen before"),
    };
    format!(
        "cosigned {} entries of {} ({before}), {}",
        cosigned.size,
        cosigned.origin,
        words(cosigned.time)
    )
}

fn words(time: u64) -> String {
    time::words(i64::try_from(time).unwrap_or(i64::MAX))
}

/// What was not cosigned, and what to do about it.
fn refused(context: &Context, refusal: &Refusal) -> Result<Ended, WorkError> {
    let kept = match refusal {
        Refusal::Rewritten { kept, .. } | Refusal::Inconsistent { kept, .. } => kept.as_ref(),
        _ => None,
    };
    let remedy = match refusal {
        Refusal::Unreadable(_) => "ask the school for the file of `probity checkpoint --request`".to_owned(),
        Refusal::UnknownLedger(_) | Refusal::NotSigned(_) => {
            "take the school's log key with `probity witness add`, if it is one of yours".to_owned()
        }
        Refusal::Elsewhere { seen, size, .. } if size < seen => format!(
            "it is older than what you saw: an old file, or a record book put back from an older \
             backup; ask the school for a head over at least {seen} entries"
        ),
        Refusal::Elsewhere { seen, .. } => {
            format!("ask the school for `probity checkpoint --request FILE --from {seen}`")
        }
        Refusal::Clock { .. } => {
            "look at this machine's clock, and set it if it is wrong; if it is right, that cosignature's \
             time is wrong and can't be taken back: tell the school, and look after this record book as a \
             new witness, with `probity witness new NAME --dir FOLDER`"
                .to_owned()
        }
        Refusal::Ahead { .. } => {
            "look at this machine's clock; if it is right, begin anew with --confirm-date".to_owned()
        }
        Refusal::Proven { .. } => {
            "tell the school's governors, if you haven't; once it is settled which record book counts, \
             move the proof from the folder proofs to where it is kept for good, and sign again"
                .to_owned()
        }
        Refusal::Rewritten { .. } => {
            "cosign nothing more of it; tell the school's governors, and keep what is in the folder proofs".to_owned()
        }
        Refusal::Inconsistent { .. } => {
            "the file may be damaged: ask for it once more; if that fails, history was rewritten, so tell the school's governors".to_owned()
        }
    };
    let error = WorkError::refused(refusal.to_string(), remedy);
    match refusal {
        Refusal::Inconsistent { seen, .. } if seen.0 == 0 => Err(error),
        Refusal::Rewritten { size, .. } | Refusal::Inconsistent { size, .. } => {
            let (why, words) = match refusal {
                Refusal::Rewritten { .. } => ("rewritten", "Both signed heads are kept"),
                _ => ("unproven", "What was sent is kept"),
            };
            if context.json() {
                context.print_json(&json!({ "refused": why, "size": size, "proof": kept }));
            }
            context.complain(&error);
            if let Some(kept) = kept {
                context.say(format_args!("{words}: {}", kept.display()));
            }
            Ok(Ended::NotGenuine)
        }
        _ => Err(error),
    }
}

fn run_server(
    context: &Context,
    listen: SocketAddr,
    signing: &Signing,
) -> Result<Ended, WorkError> {
    let witness = open(context, "witness serve", signing)?;
    let (listener, address) = listen::bind(listen)?;
    let own = witness.own().clone();
    if context.json() {
        context.print_json(&json!({ "name": own.name(), "vkey": own.to_string(), "url": format!("http://{address}") }));
    } else {
        context.print(format_args!("witness {} {own} http://{address}", own.name()));
    }
    if !address.ip().is_loopback() {
        context.say(
            "This address can be reached by others, and what is sent to it is not encrypted.\n\
             Put a web server in front of it that speaks HTTPS.",
        );
    }
    context.say("Ends with Ctrl-C.");
    let quiet = context.quiet();
    let tell = move |answer: &Result<Answer, WorkError>| {
        let line = match answer {
            Ok(Answer::Cosigned(cosigned)) if !quiet => report(cosigned),
            Ok(Answer::Refused(
                refusal @ (Refusal::Rewritten { .. }
                | Refusal::Inconsistent { .. }
                | Refusal::Proven { .. }
                | Refusal::Ahead { .. }
                | Refusal::Clock { .. }),
            )) => format!("REFUSED: {refusal}"),
            Err(error) => format!("error: {error}"),
            _ => return,
        };
        super::context::tell(&line);
    };
    server::serve(listener, witness, context.world, Box::new(tell))?;
    Ok(Ended::Well)
}

fn used(context: &Context) -> Result<Ended, WorkError> {
    let home = context.home()?;
    home.config()?;
    let own = witnesses::policy(&home)?;
    let mut rows = Vec::new();
    for witness in &own.witnesses {
        if context.json() {
            context.print_json(&json!({
                "name": witness.name,
                "vkey": witness.vkey,
                "url": witness.url,
                "usable": witness.key.is_some(),
            }));
            continue;
        }
        rows.push(vec![
            witness.name.clone(),
            witness.key.as_ref().map_or("not usable".to_owned(), |key| key.key().kid().short()),
            witness.url.clone().unwrap_or_else(|| "by file".to_owned()),
        ]);
    }
    if rows.is_empty() {
        if !context.json() {
            context
                .say("No witness is used. docs/guide/choosing-witnesses.md says how to find one.");
        }
    } else {
        table::print(context, &["name", "key", "address"], &rows);
        context.say(format_args!("quorum: {}", own.quorum));
    }
    Ok(Ended::Well)
}
