//! `key new`: a key for a person, in a file here or held elsewhere.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::{Context, Ended};
use crate::work::WorkError;
use crate::work::holder::{self, Holder, Secret};
use crate::work::home::Home;
use crate::work::keyring::{KeyFile, Keyring};

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
    /// Take an Ed25519 key on a token, through this library of the token's maker (PKCS#11)
    #[arg(long, value_name = "LIBRARY", conflicts_with = "ssh_agent")]
    pkcs11: Option<PathBuf>,
    /// The token's label, if there are several
    #[arg(long, value_name = "LABEL", requires = "pkcs11")]
    token: Option<String>,
    /// The key's id on the token, hexadecimal, if there are several
    #[arg(long, value_name = "HEX", requires = "pkcs11")]
    key_id: Option<String>,
    /// The key's label on the token, if there are several
    #[arg(long, value_name = "TEXT", requires = "pkcs11")]
    key_label: Option<String>,
    /// Have the token make a new key, which never leaves it
    #[arg(long, requires = "pkcs11")]
    generate: bool,
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
    } else if let Some(module) = &args.pkcs11 {
        from_token(context, &keyring, args, module)?
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

#[cfg(any(unix, windows))]
fn from_token(
    context: &Context,
    keyring: &Keyring,
    args: &Args,
    module: &Path,
) -> Result<KeyFile, WorkError> {
    let choice = holder::token::Choice {
        module: module.to_owned(),
        token: args.token.clone(),
        key_id: args.key_id.clone(),
        key_label: args.key_label.clone(),
        generate: args.generate,
    };
    let ask = |secret: &Secret<'_>| context.secret(secret);
    holder::take_from_token(&context.world, keyring, &args.name, &choice, &ask)
}

#[cfg(not(any(unix, windows)))]
fn from_token(_: &Context, _: &Keyring, _: &Args, _: &Path) -> Result<KeyFile, WorkError> {
    Err(WorkError::refused("tokens can't be used on this system", "use a key file"))
}
