//! `accept`: the holder of a key accepts their appointment.

use super::confirm::Confirm;
use super::record::finish::finish;
use super::{Context, Ended};
use crate::store::Mode;
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::{WorkError, people};

/// Accept your appointment with your own key
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Your name
    #[arg(long, value_name = "NAME")]
    by: String,
    #[command(flatten)]
    confirm: Confirm,
}

/// Runs the command.
///
/// # Errors
/// No appointment, one that is accepted already, a wrong passphrase.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let home = context.home()?;
    let reading = Reading::open(&home, &Mode::Browse)?;
    let prepared = people::accept(
        &context.world,
        &reading,
        &Keyring::of(&home),
        &args.by,
        args.confirm.date_confirmed(),
    )?;
    finish(context, &home, reading, vec![prepared], args.confirm.choices())
}
