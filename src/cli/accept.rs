//! `accept`: the holder of a key accepts their appointment.

use super::confirm::Confirm;
use super::elsewhere::Ask;
use super::record::finish::{Choices, finish};
use super::{Context, Ended};
use crate::store::Mode;
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::{WorkError, people};

/// Accept your appointment with your own key
///
/// If that key lies on another machine, `--request FILE` makes a request to be signed there.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Your name
    #[arg(long, value_name = "NAME")]
    by: String,
    #[command(flatten)]
    confirm: Confirm,
    #[command(flatten)]
    ask: Ask,
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
    let request = args.ask.request.clone().map(|to| (to, args.ask.expires_in));
    let choices = Choices { request, ..args.confirm.choices() };
    finish(context, &home, reading, vec![prepared], &choices)
}
