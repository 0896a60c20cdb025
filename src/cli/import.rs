//! `probity import`: an existing register becomes records, each row one.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use probity_ledger::verify::words::count;
use serde_json::json;

use super::record::finish::{Choices, finish};
use super::table::safe;
use super::{Context, Ended, preview};
use crate::store::Mode;
use crate::work::WorkError;
use crate::work::batch::MAX_FAULTS;
use crate::work::history::value_words;
use crate::work::import::{self, Order, Outcome, Plan, PlannedRow, Register};
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::record::Prepared;

/// Take over an existing register: each row becomes a record
///
/// First stands one record of the import itself, with the file whole; every record that is made
/// links it, and shows as imported, not witnessed. Which column becomes which answer is said in a
/// mapping: --map-template prints an empty one. A DPIA comes as the JSON that the program PIA of
/// the CNIL exports, without a mapping. Nothing is written unless every row makes a record, or
/// --skip-faulty is said, and unless no row is on record already, or --only-new is said.
#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub struct Args {
    /// Which register: breaches, consents, cctv, requests, or dpia
    #[arg(
        value_name = "REGISTER",
        value_parser = PossibleValuesParser::new(Register::ALL.map(Register::name)),
        required_unless_present = "map_template"
    )]
    register: Option<String>,
    /// The register as CSV; a DPIA as JSON
    #[arg(value_name = "FILE", required_unless_present = "map_template")]
    file: Option<PathBuf>,
    /// The mapping: which column becomes which answer
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Print an empty mapping for this register, and write nothing
    #[arg(
        long,
        value_name = "REGISTER",
        value_parser = PossibleValuesParser::new(Register::ALL.map(Register::name)),
        conflicts_with_all = ["register", "file", "map"]
    )]
    map_template: Option<String>,
    /// Whose key signs
    #[arg(long, value_name = "NAME", required_unless_present = "map_template")]
    by: Option<String>,
    /// The role in which they sign; needed by who holds several
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<String>,
    /// What the register was and who kept it, instead of what the mapping says
    #[arg(long, value_name = "TEXT")]
    origin: Option<String>,
    /// Show what each row would become, or why it is refused, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Leave out the rows that make no record; the import says which
    #[arg(long)]
    skip_faulty: bool,
    /// Leave out the rows that an earlier import has put on record; this import says which
    #[arg(long)]
    only_new: bool,
    /// Sign without asking for confirmation
    #[arg(long)]
    yes: bool,
    /// Today's date is right, though more than 30 days after the newest entry
    #[arg(long)]
    confirm_date: bool,
}

/// Runs the command.
///
/// # Errors
/// A register, mapping or row that can't be used; anything that signing refuses.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let register = args.map_template.as_ref().or(args.register.as_ref());
    let register = register
        .and_then(|name| Register::named(name))
        .ok_or_else(|| WorkError::refused("no register is named", "see `probity import --help`"))?;
    if args.map_template.is_some() {
        let template = import::template(register).ok_or_else(|| {
            WorkError::refused(
                "an assessment takes no mapping",
                "give the JSON file that PIA exports: `probity import dpia FILE.json`",
            )
        })?;
        context.print(template.trim_end());
        return Ok(Ended::Well);
    }
    let order = Order {
        register,
        file: args.file.clone().unwrap_or_default(),
        map: args.map.clone(),
        origin: args.origin.clone(),
        by: args.by.clone().unwrap_or_default(),
        role: args.role.clone(),
        skip_faulty: args.skip_faulty,
        only_new: args.only_new,
        date_confirmed: args.confirm_date,
    };
    let home = context.home()?;
    let reading = Reading::open(&home, &Mode::Browse)?;
    let plan = import::plan(&context.world, &reading, &Keyring::of(&home), &order)?;
    for note in &plan.notes {
        context.say(format!("note: {}", safe(note)));
    }
    if args.dry_run {
        plan.rows.iter().for_each(|row| show(context, row));
    }
    refuse_faulty(context, &plan, args)?;
    let (total, left) = (plan.rows.len(), plan.faulty() + plan.already());
    context.say(format!(
        "{}: {} to sign, beside the import itself.",
        count(total as u64, "row", "rows"),
        count((total - left) as u64, "record", "records")
    ));
    if args.dry_run {
        let import = PlannedRow {
            name: "the import itself".to_owned(),
            number: 0,
            outcome: Outcome::Record(Box::new(plan.import)),
        };
        show(context, &import);
        context.say("This was a dry run: nothing was signed.");
        return Ok(Ended::Well);
    }
    let choices = Choices { yes: args.yes, ..Choices::default() };
    finish(context, &home, reading, plan.into_batch(), &choices)
}

/// Complains about rows that make no record; a dry run has shown them.
fn refuse_faulty(context: &Context, plan: &Plan, args: &Args) -> Result<(), WorkError> {
    // What is on record already is not looked at again.
    let (total, faulty) = (plan.rows.len() - plan.already(), plan.faulty());
    if faulty == 0 {
        return Ok(());
    }
    if !args.dry_run {
        let faults = plan.rows.iter().filter_map(|row| match &row.outcome {
            Outcome::Faulty(faults) => Some((row, faults)),
            Outcome::Record(_) | Outcome::Already(_) => None,
        });
        for (row, faults) in faults.take(MAX_FAULTS) {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            let fact = format!("{}: {}", row.name, faults.join("; "));
            context.complain(&WorkError::Refused { fact, remedy: None });
        }
    }
    if args.skip_faulty && faulty < total {
        context.say(format!("{} left out.", count(faulty as u64, "row is", "rows are")));
        return Ok(());
    }
    if args.register.as_deref() == Some(Register::Dpia.name()) {
        return Err(WorkError::refused(
            "the assessment can't be recorded, so nothing was written",
            "mend it in PIA, and export it once more",
        ));
    }
    let remedy = if faulty == total {
        "mend the mapping or the register; --dry-run shows every row"
    } else {
        "mend them, or leave them out with --skip-faulty; --dry-run shows every row"
    };
    Err(WorkError::refused(
        format!("{faulty} of {total} rows can't be recorded, so nothing was written"),
        remedy,
    ))
}

/// What a row would become, or why it becomes nothing.
fn show(context: &Context, row: &PlannedRow) {
    match (&row.outcome, context.json()) {
        (Outcome::Record(prepared), true) => {
            let mut object = preview::payload(prepared);
            object["row"] = row.number.into();
            context.print_json(&object);
        }
        (Outcome::Faulty(faults), true) => {
            let faults: Vec<_> = faults
                .iter()
                .map(|fault| json!({ "columns": fault.columns, "reason": fault.reason }))
                .collect();
            context.print_json(&json!({ "row": row.number, "faults": faults }));
        }
        (Outcome::Record(prepared), false) => show_record(context, &row.name, prepared),
        (Outcome::Already(entry), true) => {
            context.print_json(&json!({ "row": row.number, "already": entry.0 }));
        }
        (Outcome::Already(entry), false) => {
            context
                .print(format!("{}: left out, being on record already as entry {entry}", row.name));
        }
        (Outcome::Faulty(faults), false) => {
            context.print(format!("{}: refused", row.name));
            for fault in faults {
                context.print(format!("    {}", safe(&fault.to_string())));
            }
        }
    }
}

fn show_record(context: &Context, name: &str, prepared: &Prepared) {
    let draft = prepared.record();
    let new = if prepared.new_case { " (new)" } else { "" };
    context.print(format!("{name}: {} in {}{new}", draft.kind.name, draft.subject));
    for field in draft.kind.body_fields() {
        let Some(value) = draft.answers.get(field.name) else { continue };
        let words = value_words(Some(&field.form), value);
        let mut words = words.iter().map(|line| safe(line));
        context.print(format!("    {}: {}", field.name, words.next().unwrap_or_default()));
        for line in words {
            context.print(format!("        {line}"));
        }
    }
    for finding in &prepared.findings {
        context.print(format!("    ask: {}", safe(&finding.text)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(clap::Parser)]
    struct Whole {
        #[command(flatten)]
        args: Args,
    }

    #[test]
    fn the_command_is_sound() {
        <Whole as clap::CommandFactory>::command().debug_assert();
    }
}
