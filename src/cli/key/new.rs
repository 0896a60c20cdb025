//! `key new`: a key for a person, in a file here or held elsewhere.

use serde_json::json;

use crate::cli::{Context, Ended};
use crate::work::WorkError;
use crate::work::holder::{self, Holder};
use crate::work::home::Home;
use crate::work::keyring::Keyring;

/// What `key new` is given.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The person's name; use the same one in later commands
    name: String,
    /// Take a key that ssh-agent holds, of the type ssh-ed25519; nothing secret is kept here
    #[arg(long)]
    ssh_agent: bool,
    /// Which of the agent's keys: the file of its public half, or its fingerprint
    #[arg(long, value_name = "FILE.pub|SHA256:…", requires = "ssh_agent")]
    ssh_key: Option<String>,
    /// Take the agent's key although it also logs in to other machines
    #[arg(long, requires = "ssh_agent")]
    even_if_it_logs_in: bool,
}

/// Runs it.
///
/// # Errors
/// Names that are taken, weak passphrases; a holder that isn't there or has no such key.
pub fn run(context: &Context, home: &Home, args: &Args) -> Result<Ended, WorkError> {
    let (keyring, name) = (Keyring::of(home), &args.name);
    let key = if args.ssh_agent {
        let (wanted, even_login) = (args.ssh_key.as_deref(), args.even_if_it_logs_in);
        let (key, offered) = holder::take_from_agent(&keyring, name, wanted, even_login)?;
        context.say(format_args!("This is the agent's key {}.", offered.words()));
        key
    } else {
        let passphrase = context.new_passphrase(name)?;
        keyring.create(&context.world, name, &passphrase)?
    };
    let kid = key.public.kid().to_string();
    if context.json() {
        context.print_json(&json!({ "name": key.name, "kid": kid, "held": key.holder.name() }));
    } else {
        context.print(format_args!("{}  key {kid}", key.name));
    }
    let lies = match &key.holder {
        Holder::File => format!("The key lies in {}.", home.keys().display()),
        held => format!(
            "Its secret stays in {held}: no backup of the record book holds it. Where it lies is noted in {}.",
            home.keys().display()
        ),
    };
    context.say(format_args!(
        "\n{lies} It counts once a representative of the school appoints it:\n\
         probity appoint \"{name}\" --role ROLE --by NAME --as ROLE"
    ));
    Ok(Ended::Well)
}
