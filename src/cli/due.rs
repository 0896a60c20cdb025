//! `probity due`: what falls due, by which rule, and how its day came about.

use std::path::PathBuf;

use probity_ledger::book::due::{Due, State, When, imported};
use probity_ledger::book::linter::{Found, UNREADABLE};
use probity_ledger::book::rules::Worked;
use probity_ledger::format::hash::Index;
use probity_ledger::verify::words::{count, indices};

use super::log::{open, to_json};
use super::show::moment_at;
use super::table::safe;
use super::{Context, Ended};
use crate::store::Store as _;
use crate::work::erase::retention::{self, Proposal};
use crate::work::{WorkError, bag, due};

/// List what falls due, and how each day came about
///
/// Computed from the records alone. Each line names its rule and where that comes from, the legal
/// limit and the school's own target. What is done already is left out unless --all is said. This
/// counts days and is no legal advice: docs/deadlines.md has every rule. What is past its retention
/// by a retention rule comes last, with how to erase it; nothing is erased unasked.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// As it stood at the end of this day [default: now]
    #[arg(long, value_name = "DAY")]
    at: Option<String>,
    /// Only this case, such as request-2026-001
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// Also what is done, with when, and what had passed before it was imported
    #[arg(long)]
    all: bool,
    /// Write what is open as a calendar file, without anything that somebody wrote
    #[arg(long, value_name = "FILE")]
    ics: Option<PathBuf>,
    /// Exit with status 1 if anything is overdue, or if records don't fit together
    #[arg(long, value_name = "WHAT")]
    fail_on: Vec<FailOn>,
}

/// What makes the exit status 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Something is overdue.
    Overdue,
    /// Something contradicts itself across records.
    Finding,
}

/// Runs the command.
///
/// # Errors
/// A day that isn't one; damage; a calendar file that exists or can't be written.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let at = moment_at(context, args.at.as_deref())?;
    let reading = open(context)?;
    let (mut all, mut found) = due::of_home(&context.home()?, &reading, at)?;
    if let Some(case) = args.case.as_deref().map(str::to_lowercase) {
        if !reading.has_case(&case)? {
            return Err(WorkError::refused(
                format!("there is no case {}", safe(&case)),
                "see the cases with `probity log`",
            ));
        }
        all.retain(|one| one.case.as_deref() == Some(&*case));
        found.retain(|one| one.case.as_deref() == Some(&*case));
    }
    let overdue = all.iter().filter(|one| one.state == State::Overdue).count();
    if let Some(path) = &args.ics {
        reading.check_whole()?;
        let book = reading.store.hash(Index(0))?.short();
        let text = due::calendar(&all, &found, &book, context.world.now());
        bag::write_new(&context.world, path, text.as_bytes())?;
        context.say(format!("Wrote {}", safe(&path.display().to_string())));
    }
    // A case is erased record by record; what a rule proposes is asked of the whole book.
    let retained = if args.case.is_none() && args.ics.is_none() {
        retention::proposals(&reading, at).unwrap_or_else(|error| {
            context.say_once(
                context.wrap(&format!("What is past its retention can't be told: {error}")),
            );
            Vec::new()
        })
    } else {
        Vec::new()
    };
    let imported = imported(&all);
    if !args.all {
        all.retain(|one| one.state.is_to_do());
    }
    if context.json() {
        for one in &all {
            context.print_json(&to_json(one)?);
        }
        for one in &found {
            context.print_json(&to_json(one)?);
        }
        for one in &retained {
            context.print_json(&to_json(one)?);
        }
    } else if args.ics.is_none() {
        print(context, &all, overdue, found.iter().any(|one| one.rule == UNREADABLE));
        if let Some(imported) = imported {
            context.say(format!("\n{imported} --all lists them."));
        }
        print_found(context, &found);
        print_retained(context, &retained);
    }
    let fails = |what: &FailOn| match what {
        FailOn::Overdue => overdue > 0,
        FailOn::Finding => !found.is_empty(),
    };
    Ok(if args.fail_on.iter().any(fails) { Ended::NotGenuine } else { Ended::Well })
}

fn print_retained(context: &Context, retained: &[Proposal]) {
    if retained.is_empty() {
        return;
    }
    context.print("\nPast their retention (nothing is erased unasked):");
    for one in retained {
        if let Some(why) = &one.cannot {
            context.print(format!(
                "    retention rule in entry {} ({}) can't be computed: {}",
                one.rule,
                safe(&one.class),
                safe(why)
            ));
            continue;
        }
        let held = match one.held {
            0 => String::new(),
            held => format!("; {held} more are under a hold"),
        };
        context.print(format!(
            "    {} of kind {} by the retention rule in entry {} ({}): entries {}{held}",
            count(one.entries.len() as u64, "record", "records"),
            one.kind,
            one.rule,
            safe(&one.class),
            indices(&one.entries),
        ));
        context.print(format!(
            "        erase with `probity erase --due --rule {} --by NAME --as administrator`",
            one.rule
        ));
    }
}

fn print_found(context: &Context, found: &[Found]) {
    if found.is_empty() {
        return;
    }
    context.print("\nWhat doesn't fit together across records:");
    for one in found {
        let place = one.case.as_deref().map(|case| format!(", {case}")).unwrap_or_default();
        context.print(format!(
            "    entry {}{place}: {} ({})",
            one.entry,
            safe(&one.text),
            one.rule
        ));
    }
}

fn print(context: &Context, all: &[Due], overdue: usize, unreadable: bool) {
    if all.is_empty() {
        context.say(if unreadable {
            "Nothing is due, by what can be opened."
        } else {
            "Nothing is due, by what is on record."
        });
        return;
    }
    for (at, one) in all.iter().enumerate() {
        if at > 0 {
            context.print("");
        }
        print_one(context, one);
    }
    match overdue {
        0 if unreadable => context.say("\nOf what can be opened, nothing is overdue."),
        0 => context.say("\nNothing is overdue."),
        1 => context.say("\n1 of these is overdue."),
        several => context.say(format!("\n{several} of these are overdue.")),
    }
}

fn print_one(context: &Context, one: &Due) {
    let state = match one.state {
        State::Open => String::new(),
        State::Overdue => "OVERDUE  ".to_owned(),
        State::Imported => "NOT KNOWN, IMPORTED  ".to_owned(),
        State::Met { on } => format!("DONE {}  ", on.written()),
    };
    let place = match &one.case {
        Some(case) => format!("{case}, entry {}", one.entry),
        None => format!("entry {}", one.entry),
    };
    let about = one.about.as_deref().map(|about| format!(": {}", safe(about))).unwrap_or_default();
    context.print(format!("{state}{}  {}{about} ({place})", one.when.written(), one.title));
    for (name, worked) in [("limit", &one.legal), ("own target", &one.target)] {
        if let Some(worked) = worked {
            print_worked(context, name, worked);
        }
    }
    context.print(format!("    rule: {}, {}", one.rule, one.source));
    if let Some(by) = one.corrected {
        context
            .print(format!("    entry {} was corrected in words by entry {by}: check its days; `probity show {}` says how to have others count", one.entry, one.entry));
    }
}

fn print_worked(context: &Context, name: &str, worked: &Worked) {
    let day = match worked.due {
        When::NotKnown => String::new(),
        when => format!("{}: ", when.written()),
    };
    for (at, line) in
        context.wrap(&format!("{name}: {day}{}", safe(&worked.words))).lines().enumerate()
    {
        let indent = if at == 0 { "    " } else { "        " };
        context.print(format!("{indent}{line}"));
    }
}
