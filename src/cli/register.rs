//! `probity register`: the registers that law and policy ask for.

use std::path::PathBuf;

use probity_ledger::book::registers::{Cell, Column, REGISTERS, Register, Row};
use probity_ledger::format::clip::clipped;
use probity_ledger::format::hash::Index;
use probity_ledger::records::spoken::spoken;
use probity_ledger::verify::words::{count, indices};
use serde_json::{Value as Json, json};

use super::log::{open, to_json};
use super::table::{self, safe};
use super::{Context, Ended};
use crate::work::WorkError;
use crate::work::register::{self, Filled};

/// The longest text in a column of a terminal, in characters.
const LONGEST: usize = 80;

/// Show a register as the law or a policy wants it, as it stood on any day
///
/// Without a name it lists the registers. A register is worked out from the records each time; the
/// numbers in the first column are the entries that a row rests on, see `probity show`. The
/// terminal shows the main columns; --full, --csv and --json have all of them.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// One register, such as breaches
    #[arg(value_name = "KIND")]
    name: Option<String>,
    /// As it stood at the end of this day, such as 2026-08-31 [default: today]
    #[arg(long, value_name = "DAY", requires = "name")]
    at: Option<String>,
    /// Write it into this file, for a spreadsheet; nothing is overwritten
    #[arg(long, value_name = "FILE", requires = "name")]
    csv: Option<PathBuf>,
    /// Show every column, row by row
    #[arg(long, requires = "name", conflicts_with = "csv")]
    full: bool,
}

/// Runs the command.
///
/// # Errors
/// A register or a day that isn't one; a file that exists; damage.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let Some(name) = &args.name else {
        list(context);
        return Ok(Ended::Well);
    };
    let wanted = register::named(name)?;
    let at = register::moment(&context.world, args.at.as_deref())?;
    let reading = open(context)?;
    if args.csv.is_some() {
        reading.check_whole()?;
    }
    let filled = register::fill(&reading, wanted, at)?;
    if args.at.is_none() && !filled.later.is_empty() {
        context.say(format!(
            "warning: left out, because they claim a time that is still to come: {}; if a clock \
             was wrong, record a clock-correction",
            indices(&filled.later)
        ));
    }
    if !filled.unreadable.is_empty() {
        context.say_once(context.wrap(&format!(
            "Warning: the answers of {} can't be opened, and no erasure says why, so rows may be \
             missing or say too much. Run `probity verify`, and tell the data protection officer.",
            of_entries(&filled.unreadable)
        )));
    }
    if let Some(file) = &args.csv {
        filled.write_csv(&context.world, file)?;
        let rows = filled.rows.len();
        if context.json() {
            let path = file.display().to_string();
            context.print_json(&json!({ "file": path, "rows": rows }));
        } else {
            let rows = count(rows as u64, "row", "rows");
            context.print(format!("{}  {rows}", safe(&file.display().to_string())));
        }
    } else if context.json() {
        for line in filled.lines() {
            context.print_json(&to_json(&line)?);
        }
    } else {
        show(context, &filled, args.full);
    }
    Ok(Ended::Well)
}

fn of_entries(entries: &[Index]) -> String {
    let which = if entries.len() == 1 { "entry" } else { "entries" };
    format!("{which} {}", indices(entries))
}

fn list(context: &Context) {
    if context.json() {
        for register in REGISTERS {
            context.print_json(&description(register));
        }
        return;
    }
    let rows: Vec<Vec<String>> = REGISTERS
        .iter()
        .map(|register| [register.name, register.title, register.source].map(str::to_owned).into())
        .collect();
    table::print(context, &["register", "is", "source"], &rows);
}

fn description(register: &Register) -> Json {
    let columns: Vec<Json> = register
        .columns
        .iter()
        .map(|column| json!({ "name": column.name, "about": column.about }))
        .collect();
    json!({
        "register": register.name,
        "title": register.title,
        "about": register.about,
        "source": register.source,
        "kinds": register.kinds,
        "columns": columns,
    })
}

fn show(context: &Context, filled: &Filled, full: bool) {
    let title = filled.register.title;
    context.say(format!("{title}, at the end of {}\n", filled.day()));
    if filled.rows.is_empty() {
        context.say("Nothing on record belongs in it.");
    } else if full {
        filled.rows.iter().for_each(|row| show_row(context, filled.register, row));
    } else {
        show_table(context, filled);
    }
}

/// The main columns side by side.
fn show_table(context: &Context, filled: &Filled) {
    let columns = filled.register.columns;
    let with_case = filled.rows.iter().any(|row| row.case.is_some());
    let with_marks = filled.rows.iter().any(|row| !row.marks.is_empty());
    let main = |cell: &&Column| cell.main;
    let names: Vec<String> = columns.iter().filter(main).map(|c| spoken(c.name)).collect();
    let mut head = vec!["entries"];
    head.extend(with_case.then_some("case"));
    head.extend(names.iter().map(String::as_str));
    head.extend(with_marks.then_some("marks"));
    let rows: Vec<Vec<String>> = filled
        .rows
        .iter()
        .map(|row| {
            let mut cells = vec![indices(&row.entries)];
            cells.extend(with_case.then(|| row.case.clone().unwrap_or_default()));
            let all = columns.iter().zip(&row.cells);
            cells.extend(all.filter(|(column, _)| column.main).map(|(_, cell)| short(cell)));
            cells.extend(with_marks.then(|| row.marks.join("; ")));
            cells
        })
        .collect();
    table::print(context, &head, &rows);
    let more = columns.iter().filter(|column| !column.main).count();
    if more > 0 {
        let more = count(more as u64, "more column", "more columns");
        context.say(format!("\n{more} with --full, --csv FILE or --json"));
    }
}

/// A cell on one line, and no longer than one can take in.
fn short(cell: &Cell) -> String {
    let words = cell.words();
    clipped(&words.split_whitespace().collect::<Vec<_>>().join(" "), LONGEST)
}

/// Every column below the other.
fn show_row(context: &Context, register: &Register, row: &Row) {
    let case = row.case.as_ref().map(|case| format!(", case {case}")).unwrap_or_default();
    context.print(format!("Entry {}{case}", indices(&row.entries)));
    let mut empty = Vec::new();
    for (column, cell) in register.columns.iter().zip(&row.cells) {
        let name = spoken(column.name);
        let words = cell.words();
        let lines: Vec<&str> = words.lines().collect();
        match lines.as_slice() {
            [] => empty.push(name),
            [line] => context.print(format!("    {name}: {}", safe(line))),
            lines => {
                context.print(format!("    {name}:"));
                for line in lines {
                    context.print(format!("        {}", safe(line)));
                }
            }
        }
    }
    if !empty.is_empty() {
        context.print(format!("    nothing under: {}", empty.join(", ")));
    }
    row.marks.iter().for_each(|mark| context.print(format!("    marked: {}", safe(mark))));
    context.print("");
}
