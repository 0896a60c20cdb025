//! `key rotate`: a new key for the same person, and the end of the old one, by a representative.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::confirm::Confirm;
use crate::cli::record::finish::{beside, finish, show};
use crate::cli::{Context, Ended, preview};
use crate::store::Mode;
use crate::work::holder::Holder;
use crate::work::home::Home;
use crate::work::keyring::Keyring;
use crate::work::people::{self, Revoke};
use crate::work::reading::Reading;
use crate::work::{WorkError, record, time};

/// What `key rotate` is given.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of the key's holder, or the first 8 digits of the key's thumbprint
    name: String,
    /// Name of the representative who appoints the new key and revokes the old one; another person
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The role in which they do
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<String>,
    /// The public half of the new key, if its holder made it on a machine of their own
    #[arg(long = "pub", value_name = "FILE")]
    public: Option<PathBuf>,
    /// How the new key came to be [default: as far as this command sees it]
    #[arg(long, value_name = "HOW", value_parser = people::key_made())]
    key_made: Option<String>,
    /// Why the old key ends
    #[arg(long, value_name = "WHY", default_value = "replaced",
          value_parser = ["replaced", "key-lost", "key-suspect"])]
    reason: String,
    /// Earliest moment at which the old key may have been in other hands, such as "2026-10-02 09:00"
    #[arg(long, value_name = "TIME", required_if_eq("reason", "key-suspect"))]
    suspect_since: Option<String>,
    #[command(flatten)]
    confirm: Confirm,
}

/// Runs it.
///
/// # Errors
/// A key that isn't in force, its own holder as author, wrong passphrases.
pub fn run(context: &Context, home: &Home, args: &Args) -> Result<Ended, WorkError> {
    let suspect_since = args
        .suspect_since
        .as_deref()
        .map(time::read_moment_or_day)
        .transpose()
        .map_err(|fact| WorkError::refused(fact, "write it as \"2026-10-02 09:00\""))?;
    let keyring = Keyring::of(home);
    let reading = Reading::open(home, &Mode::Browse)?;
    let old = people::key_of(&reading, &keyring, &args.name)?;
    let public = args.public.as_deref();
    let mut wanted =
        people::successor(context.world.now(), &reading, &keyring, &args.name, public)?;
    let holder = wanted.same_person_as.clone().unwrap_or_else(|| args.name.clone());
    wanted.date_confirmed = args.confirm.date_confirmed();
    wanted.by.clone_from(&args.by);
    wanted.role.clone_from(&args.role);
    let revoke = Revoke {
        // By then their new key is in force, too.
        name: old.to_string(),
        by: args.by.clone(),
        role: args.role.clone(),
        reason: args.reason.clone(),
        suspect_since,
        date_confirmed: args.confirm.date_confirmed(),
    };
    // Refused before anybody thinks up a passphrase.
    let ends = people::revoke(&context.world, &reading, &keyring, &revoke)?;
    let choices = args.confirm.choices();
    let makes = args.public.is_none() && keyring.public(&wanted.name).is_err();
    let for_holder = makes && context.has_passphrase();
    if makes && args.key_made.as_deref() == Some("by-holder-own-device") {
        return Err(WorkError::refused(
            "this command makes the key on this machine, so its holder didn't make it on their own",
            "leave --key-made out; or have them make it there, and give its public half with --pub FILE",
        ));
    }
    wanted.key_made = args.key_made.clone().or_else(|| made(args, makes, for_holder));
    if makes && choices.dry_run {
        context.say(format!(
            "{holder} would choose a passphrase for a new key, {}, and it would be appointed.",
            wanted.name
        ));
        return finish(context, home, reading, vec![ends], &choices);
    }
    if makes {
        if for_holder {
            context.say(context.wrap(&format!(
                "The passphrase that was given with this command becomes that of the new key, {}, too. Have \
                 {holder} change it: probity key passphrase \"{}\"",
                wanted.name, wanted.name
            )));
        } else {
            context.say(format!("{holder} chooses a passphrase for the new key, {}.", wanted.name));
        }
        say_where_it_lies(context, &keyring, &args.name, &wanted.name);
        let passphrase = context.new_passphrase(&wanted.name)?;
        keyring.create(&context.world, &wanted.name, &passphrase)?;
    }
    let begins = people::appoint(&context.world, &reading, &keyring, &wanted)?;
    if choices.dry_run {
        return finish(context, home, reading, vec![begins, ends], &choices);
    }
    let practice = home.config()?.practice;
    let by = begins.by.clone();
    let words = preview::words(&reading, &[begins.clone(), ends], practice)?;
    drop(reading);
    let asks = context.can_ask() && !choices.yes;
    show(context, asks, &words);
    if asks && !context.confirm("Sign both?", false) {
        return Err(WorkError::refused(
            "nothing was signed",
            "run the command again when it is right; the new key is kept",
        ));
    }
    let key = context.signer(&keyring, &by)?;
    let begun = record::sign(&context.world, home, &begins, &*key)?;
    beside(context, &begun);
    // Prepared anew, since the appointment stands before it now.
    let ended = Reading::open(home, &Mode::Browse)
        .and_then(|reading| people::revoke(&context.world, &reading, &keyring, &revoke))
        .and_then(|ends| record::sign(&context.world, home, &ends, &*key))
        .map_err(|error| half_done(&error, &begun, &wanted.name, &revoke))?;
    beside(context, &ended);
    drop(key);
    let entry = |written: &record::Written| written.entries.last().map(|entry| entry.index().0);
    if context.json() {
        context.print_json(&json!({
            "name": wanted.name,
            "appointment": entry(&begun),
            "revocation": entry(&ended),
        }));
    } else {
        context.print(format_args!("{}  appointed, and the old key revoked", wanted.name));
    }
    context.say(format_args!(
        "\nNow {holder} accepts with the new key, and signs with it: probity accept --by \"{}\"",
        wanted.name,
    ));
    context.say(of_the_old(&keyring, &args.name, suspect_since.is_some()));
    Ok(Ended::Well)
}

/// How the new key came to be, as far as can be seen here. Of one that lay here before, nothing can.
fn made(args: &Args, makes: bool, for_holder: bool) -> Option<String> {
    let made = match (&args.public, makes, for_holder) {
        (Some(_), ..) => "by-holder-own-device",
        // Nobody was asked for a passphrase, so somebody else knows it.
        (None, _, true) => "made-for-holder",
        (None, true, false) => "by-holder-school-machine",
        (None, false, false) => return None,
    };
    Some(made.to_owned())
}

/// That the new key lies in a file here, where the old one doesn't.
fn say_where_it_lies(context: &Context, keyring: &Keyring, old: &str, new: &str) {
    match keyring.public(old).map(|key| key.holder) {
        Ok(held @ (Holder::Agent | Holder::Token(_))) => context.say(format!(
            "It will lie in a file. To have it held elsewhere, as the old one is in {held}, take it first \
             with `probity key new \"{new}\"` and its options, then run this again."
        )),
        Ok(Holder::Elsewhere) => context.say(context.wrap(
            "It will lie in a file on this machine, and the old one doesn't. If they make the new one on \
             theirs, give its public half with --pub FILE instead.",
        )),
        _ => {}
    }
}

/// The new key is appointed, and the old one still in force.
fn half_done(error: &WorkError, begun: &record::Written, name: &str, revoke: &Revoke) -> WorkError {
    let entry = begun
        .entries
        .last()
        .map_or_else(String::new, |entry| format!(" by entry {}", entry.index()));
    let suspect = revoke
        .suspect_since
        .map_or_else(String::new, |since| format!(" --suspect-since \"{}\"", time::words(since)));
    WorkError::refused(
        format!("{name} is appointed{entry}, but the old key is still in force: {error}"),
        format!(
            "end it now with `probity revoke {} --reason {}{suspect} --by \"{}\"`; don't run `key rotate` \
             again",
            revoke.name, revoke.reason, revoke.by
        ),
    )
}

/// What becomes of the old key and of what it signed.
fn of_the_old(keyring: &Keyring, name: &str, suspect: bool) -> String {
    let old = keyring.public(name);
    let file = old.as_ref().map_or_else(|_| name.to_owned(), |old| old.name.clone());
    if suspect {
        "All that the old key signed is in doubt now, but for what somebody outside had confirmed \
         before: `probity verify` says what. Don't delete its file yet: with it `probity key notice` \
         tells other schools."
            .to_owned()
    } else {
        let rest = match old.map(|old| old.holder) {
            Ok(Holder::Agent) => "Take it out of the agent with `ssh-add -d`.".to_owned(),
            Ok(Holder::Token(_)) => "It may be deleted from its token.".to_owned(),
            _ => format!(
                "The file keys/{file}.pem may be deleted; keep {file}.pub, by which drafts go."
            ),
        };
        format!("What the old key signed stays valid. {rest}")
    }
}
