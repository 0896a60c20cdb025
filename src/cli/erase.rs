//! `erase`: answers that are to be forgotten for ever.

use probity_ledger::book::erasing::Ground;

use super::confirm::Confirm;
use super::elsewhere::Ask;
use super::record::finish::{Choices, finish};
use super::{Context, Ended};
use crate::store::Mode;
use crate::work::WorkError;
use crate::work::erase::{self, ToErase, retention};
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;

/// Erase answers of records for ever
///
/// Two people sign. A representative of the controller says what is to go and why; the data
/// protection officer agrees, with --approve, and at that moment it is gone: the answers, the
/// files attached to them, and the keys that they were sealed with. Either may come first: advice
/// on a retention rule counts for every erasure under it, and an administrator may then erase what
/// the rule says. What is under a hold is not erased.
///
/// If the data protection officer's key lies on another machine, --approve and `--request FILE`
/// make a request to be signed there; entering what was signed erases.
///
/// That a record was signed, by whom, as what and when, stays for ever, and everything still
/// verifies. Copies that were handed out, and backups not refreshed since, are out of reach:
/// docs/guide/erasing.md.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The records: an index, the first digits of a hash, or CASE/KIND
    #[arg(value_name = "ENTRY", required_unless_present_any = ["due", "approve"])]
    entries: Vec<String>,
    /// A field to erase; repeat for several [default: all answers of the records]
    #[arg(long = "field", value_name = "FIELD", requires = "entries")]
    fields: Vec<String>,
    /// Why
    #[arg(long, value_parser = Ground::NAMES, required_unless_present_any = ["due", "approve"])]
    ground: Option<String>,
    /// The retention rule under which it is done: it takes what the rule says, and nothing else
    #[arg(long, value_name = "ENTRY")]
    rule: Option<String>,
    /// Erase what is past its retention, as `probity due` lists it
    #[arg(long, conflicts_with_all = ["entries", "approve", "ground"])]
    due: bool,
    /// As data protection officer, agree to the erasure in this entry
    #[arg(long, value_name = "ENTRY", conflicts_with_all = ["entries", "rule", "ground"])]
    approve: Option<String>,
    /// Name of whoever signs
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The role in which they sign
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<String>,
    #[command(flatten)]
    confirm: Confirm,
    #[command(flatten)]
    ask: Ask,
}

/// Runs the command.
///
/// # Errors
/// Entries or fields that aren't there or are gone already, a hold, a role that may not erase, a
/// wrong passphrase.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let home = context.home()?;
    let keyring = Keyring::of(&home);
    let reading = Reading::open(&home, &Mode::Browse)?;
    let confirmed = args.confirm.date_confirmed();
    if let Some(erasure) = &args.approve {
        let who = (erasure.as_str(), args.by.as_str(), args.role.as_deref());
        let prepared = erase::approve(&context.world, &reading, &keyring, who, confirmed)?;
        let request = args.ask.request.clone().map(|to| (to, args.ask.expires_in));
        let choices = Choices { request, ..args.confirm.choices() };
        return finish(context, &home, reading, vec![prepared], &choices);
    }
    if args.ask.request.is_some() {
        return Err(WorkError::refused(
            "an erasure itself can't be signed elsewhere, only the data protection officer's agreement",
            "have it signed here; then ask for the agreement with --approve ENTRY --request FILE",
        ));
    }
    let wanted = ToErase {
        entries: args.entries.clone(),
        fields: args.fields.clone(),
        ground: args.ground.as_deref().and_then(Ground::named).unwrap_or(Ground::Retention),
        rule: args.rule.clone(),
        by: args.by.clone(),
        role: args.role.clone(),
        date_confirmed: confirmed,
    };
    let all = if args.due { due(context, &reading, &wanted)? } else { vec![wanted] };
    let mut prepared = Vec::new();
    for one in &all {
        prepared.extend(erase::prepare(&context.world, &reading, &keyring, one)?);
    }
    if prepared.is_empty() {
        context.say("Nothing is past its retention, by what is on record.");
        return Ok(Ended::Well);
    }
    finish(context, &home, reading, prepared, &args.confirm.choices())
}

/// What the retention rules propose, one erasure for each.
fn due(context: &Context, reading: &Reading, wanted: &ToErase) -> Result<Vec<ToErase>, WorkError> {
    let only = wanted.rule.as_deref().map(|rule| reading.resolve(rule)).transpose()?;
    let proposals = retention::proposals(reading, context.world.now())?;
    let proposals = proposals.into_iter().filter(|one| only.is_none_or(|only| one.rule == only));
    Ok(proposals
        .filter(|one| !one.entries.is_empty())
        .map(|one| ToErase {
            entries: one.entries.iter().map(ToString::to_string).collect(),
            rule: Some(one.rule.to_string()),
            ..wanted.clone()
        })
        .collect())
}
