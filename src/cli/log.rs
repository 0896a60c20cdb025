//! `probity log`: what is on record.

use std::path::PathBuf;

use probity_ledger::records;

use super::{Context, Ended, table};
use crate::store::Mode;
use crate::work::document::hash_file;
use crate::work::history::{self, Line, Query};
use crate::work::reading::Reading;
use crate::work::{WorkError, time};

/// List what is on record, newest last
///
/// Everything that you say must hold for an entry to be listed. The last column warns in
/// words: corrected, withdrawn, incomplete (a signature is missing), by exception (not
/// ratified yet), stale (what it rests on was corrected), doubtful (the key is suspect),
/// without effect (a ratification of nothing), imported (from an existing register, not
/// witnessed), erased. Signatures are not checked here: `probity verify` does that.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this case, such as breach-2026-003
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// Only this kind of record (see `probity kinds`)
    #[arg(long)]
    kind: Option<String>,
    /// Only what this person signed, with any of their keys
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Only what was signed on this day or later, such as 2026-11-21
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// Only what was signed on this day or earlier
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// Only what names exactly this file, byte for byte, whatever it was called
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    /// Only where all these words occur, in an answer, a document's name or the kind's title
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
    /// At most so many, the newest
    #[arg(long, short = 'n', value_name = "NUMBER")]
    limit: Option<usize>,
}

/// Runs the command.
///
/// # Errors
/// A day, case, kind or person that isn't one; damage.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let query = query(args)?;
    let reading = open(context)?;
    let lines = history::list(&reading, &query)?;
    if context.json() {
        for line in &lines {
            context.print_json(&to_json(line)?);
        }
        return Ok(Ended::Well);
    }
    if lines.is_empty() {
        context.say("Nothing on record fits that.");
        return Ok(Ended::Well);
    }
    let rows: Vec<Vec<String>> = lines.iter().map(row).collect();
    table::print(context, &["entry", "signed at", "what", "case", "signed by", "marks"], &rows);
    Ok(Ended::Well)
}

/// Opens the ledger to look things up, and says when it is not whole.
pub(super) fn open(context: &Context) -> Result<Reading, WorkError> {
    let reading = Reading::open(&context.home()?, &Mode::Browse)?;
    warn(context, &reading);
    Ok(reading)
}

/// Says when a record book may lack records.
pub(super) fn warn(context: &Context, reading: &Reading) {
    if let Some(lacks) = reading.lacks() {
        let warning = format!(
            "Warning: this record book is damaged or an older one, so records and deadlines may be \
             missing here. Run `probity verify`, and tell the data protection officer. What was \
             found: {lacks}."
        );
        context.say_once(context.wrap(&warning));
    }
}

/// Any of the documented objects as JSON.
pub(super) fn to_json(value: &impl serde::Serialize) -> Result<serde_json::Value, WorkError> {
    serde_json::to_value(value)
        .map_err(|error| WorkError::refused(format!("this can't be JSON: {error}"), "report this"))
}

fn query(args: &Args) -> Result<Query, WorkError> {
    let lower = |text: &Option<String>| text.as_deref().map(str::to_lowercase);
    let kind = lower(&args.kind);
    if let Some(kind) = kind.as_deref().filter(|kind| records::newest(kind).is_none()) {
        return Err(WorkError::refused(
            format!("there is no kind of record `{kind}`"),
            "see `probity kinds`",
        ));
    }
    let refused = |fact: String| WorkError::refused(fact, "write days as 2026-11-21");
    let since = args.since.as_deref().map(time::read_day).transpose().map_err(refused)?;
    let before = args.until.as_deref().map(day_after).transpose().map_err(refused)?;
    let document = args.document.as_deref().map(hash_file).transpose()?;
    Ok(Query {
        document: document.map(|(_, sha256)| sha256),
        case: lower(&args.case),
        kind,
        by: args.by.clone(),
        since,
        before,
        text: args.text.clone(),
        among: None,
        limit: args.limit,
    })
}

/// The first second after a day.
fn day_after(text: &str) -> Result<i64, String> {
    // A text that is no day is refused in the words that are used for days everywhere.
    let next = time::read_date(text).and_then(|day| day.tomorrow().ok());
    time::read_day(&next.map_or_else(|| text.to_owned(), |next| next.to_string()))
}

fn row(line: &Line) -> Vec<String> {
    vec![
        line.entry.to_string(),
        time::words(line.time),
        match &line.decided_by {
            Some(name) => format!("{}, decided by {name}", line.heading()),
            None => line.heading(),
        },
        line.case.clone().unwrap_or_default(),
        line.signed_by(),
        line.marks.join(", "),
    ]
}

#[cfg(test)]
mod tests {
    use super::day_after;

    #[test]
    fn until_includes_its_day() {
        // 21 November 2026 ends at midnight GMT, 29 March 2026 an hour early in UTC.
        assert_eq!(day_after("2026-11-21"), Ok(1_795_305_600));
        assert_eq!(day_after("2026-03-29"), Ok(1_774_825_200));
        assert!(day_after("yesterday").is_err());
    }
}
