//! `anchor`: outside evidence is put under the chain.

use super::confirm::Confirm;
use super::record::finish::finish;
use super::{Context, Ended};
use crate::store::Mode;
use crate::work::anchor::{self, Anchor};
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::{WorkError, witnesses};

/// Take the newest outside evidence into the record book
///
/// Every record that is signed afterwards is then shown not to be older than that timestamp or
/// witness's signature. Do it weekly; `probity due` reminds you.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Your name
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The role in which you sign
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<String>,
    #[command(flatten)]
    confirm: Confirm,
}

/// Runs the command.
///
/// # Errors
/// No evidence that isn't anchored yet, a wrong passphrase.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let home = context.home()?;
    let reading = Reading::open(&home, &Mode::Browse)?;
    let wanted = Anchor {
        by: args.by.clone(),
        role: args.role.clone(),
        date_confirmed: args.confirm.date_confirmed(),
    };
    let (keyring, own) = (Keyring::of(&home), witnesses::policy(&home)?);
    let prepared = anchor::anchor(&context.world, &reading, (&keyring, &own), &wanted)?;
    finish(context, &home, reading, vec![prepared], &args.confirm.choices())
}
