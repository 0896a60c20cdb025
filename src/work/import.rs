//! Existing registers become records: a breach log, a list of consents, a CCTV book, a list of
//! requests, each row a record of its own; and a DPIA that was written with another program.
//!
//! First stands one record of kind `import`, with the register's file whole, what it was and who
//! kept it, and how it was read. Every record that was taken over links it, and shows as imported:
//! whoever signs says that the register said so, and not that they saw it happen. All of them are
//! one batch, written as any batch is ([`super::batch`]).
//!
//! What this does not do: it judges no row, and mends none. A row that makes no record is named
//! with its column, and nothing is written unless all are good or leaving the others out is asked
//! for; then the `import` says which were left out. So it is with rows that an earlier import took
//! over already (`again`).

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::{Index, Sha256Hash};
use probity_ledger::records;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::kind::{Class, Clear, Kind, Signers};
use sha2::{Digest as _, Sha256};

use self::again::Already;
use self::cells::{Bound, CellFault};
use self::mapping::Mapping;
use self::sheet::Sheet;
use super::keyring::Keyring;
use super::reading::Reading;
use super::record::{CaseChoice, Prepared, Wanted, kind};
use super::{WorkError, World, batch, input};

mod again;
pub mod cells;
pub mod mapping;
pub mod pia;
pub mod sheet;
mod template;

pub use template::template;

/// A register that can be taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Register {
    /// Breaches of personal data.
    Breaches,
    /// Consents for images and the like.
    Consents,
    /// Views of CCTV images.
    Cctv,
    /// Requests of data subjects.
    Requests,
    /// One data protection impact assessment.
    Dpia,
}

impl Register {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Breaches, Self::Consents, Self::Cctv, Self::Requests, Self::Dpia];

    /// The name, as `import` records have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Breaches => "breaches",
            Self::Consents => "consents",
            Self::Cctv => "cctv",
            Self::Requests => "requests",
            Self::Dpia => "dpia",
        }
    }

    /// The register of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|register| register.name() == name)
    }

    /// The kind that its rows become unless the mapping says another.
    #[must_use]
    pub const fn usual_kind(self) -> &'static str {
        match self {
            Self::Breaches => "breach-report",
            Self::Consents => "consent",
            Self::Cctv => "cctv-access",
            Self::Requests => "request",
            Self::Dpia => "dpia",
        }
    }

    /// The kinds that its rows may become: the usual one, and facts of the same sort of case that
    /// anybody may record. What permits, decides or answers something is signed by who did.
    #[must_use]
    pub fn kinds(self) -> Vec<&'static Kind> {
        let case = records::newest(self.usual_kind()).and_then(|kind| kind.case);
        let newest = records::KINDS.iter().copied().filter(|kind| {
            records::newest(kind.name).is_some_and(|newest| newest.version == kind.version)
        });
        let mut kinds: Vec<&Kind> = newest
            .filter(|kind| kind.case.is_some() && kind.case == case)
            .filter(|kind| kind.class == Class::Fact && kind.clear == Clear::Nothing)
            .filter(|kind| kind.required_links.is_empty() && kind.also.is_empty())
            .filter(|kind| kind.signers == Signers::AnyAppointed || kind.name == self.usual_kind())
            .collect();
        kinds.sort_by_key(|kind| kind.name != self.usual_kind());
        kinds
    }
}

/// What is to be imported, by whom, and how.
#[derive(Clone, Debug)]
pub struct Order {
    /// Which register.
    pub register: Register,
    /// Its file.
    pub file: PathBuf,
    /// The mapping's file; an assessment has none.
    pub map: Option<PathBuf>,
    /// What the register was and who kept it, if that is said here.
    pub origin: Option<String>,
    /// Name of the author's key.
    pub by: String,
    /// The role.
    pub role: Option<String>,
    /// Whether rows that make no record are left out.
    pub skip_faulty: bool,
    /// Whether rows that are on record already, from an earlier import, are left out.
    pub only_new: bool,
    /// Whether the date was confirmed.
    pub date_confirmed: bool,
}

/// What a register would become. Nothing is written yet.
#[derive(Debug)]
pub struct Plan {
    /// The `import` that comes first.
    pub import: Prepared,
    /// Every row that holds anything.
    pub rows: Vec<PlannedRow>,
    /// What whoever signs should know first, in sentences.
    pub notes: Vec<String>,
}

/// What a row would become, or why it becomes nothing.
#[derive(Debug)]
pub struct PlannedRow {
    /// `row 14`.
    pub name: String,
    /// Its number, as a spreadsheet shows it.
    pub number: usize,
    /// What becomes of it.
    pub outcome: Outcome,
}

/// What becomes of a row.
#[derive(Debug)]
pub enum Outcome {
    /// A record.
    Record(Box<Prepared>),
    /// Nothing: an earlier import made this entry of it.
    Already(Index),
    /// Nothing, for every one of these faults.
    Faulty(Vec<CellFault>),
}

impl Plan {
    /// How many rows make no record.
    #[must_use]
    pub fn faulty(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row.outcome, Outcome::Faulty(_))).count()
    }

    /// How many rows are left out, as they are on record already.
    #[must_use]
    pub fn already(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row.outcome, Outcome::Already(_))).count()
    }

    /// All that is to be signed, the `import` first.
    #[must_use]
    pub fn into_batch(self) -> Vec<Prepared> {
        let rows = self.rows.into_iter().filter_map(|row| match row.outcome {
            Outcome::Record(one) => Some(*one),
            Outcome::Already(_) | Outcome::Faulty(_) => None,
        });
        std::iter::once(self.import).chain(rows).collect()
    }
}

/// Reads a register and prepares all of it.
///
/// # Errors
/// A file, mapping or author that can't be used; a file that was imported already, or rows that
/// were and are not left out. Faults in rows are in the plan.
pub fn plan(
    world: &World,
    reading: &Reading,
    keyring: &Keyring,
    order: &Order,
) -> Result<Plan, WorkError> {
    let bytes = input::bytes(&order.file, input::MAX_REGISTER)
        .map_err(WorkError::file("reading", &order.file))?;
    let sha256 = Sha256Hash(Sha256::digest(&bytes).into());
    let mut read = match (order.register, &order.map) {
        (Register::Dpia, None) => pia::read(&bytes, order, world.now())?,
        (Register::Dpia, Some(_)) => {
            return Err(WorkError::refused(
                "an assessment takes no mapping",
                "leave --map out; what it holds has its place already",
            ));
        }
        (register, None) => {
            return Err(WorkError::refused(
                format!("it is not said which column of the {} means what", register.name()),
                format!(
                    "write a mapping with `probity import --map-template {}`, and give it with --map",
                    register.name()
                ),
            ));
        }
        (register, Some(map)) => {
            let text =
                input::text(map, input::MAX_SMALL).map_err(WorkError::file("reading", map))?;
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            read_rows(bytes, register, text, order, world.now())?
        }
    };
    again::refuse_file(reading, order.register, &sha256)?;
    again::find(reading, order.register, &mut read)?;
    again::refuse_rows(&read, order.register, order.only_new)?;
    prepare(world, reading, keyring, order, read, &sha256)
}

/// What was read: rows that may become records.
struct Read {
    kind: &'static Kind,
    origin: String,
    mapping: String,
    rows: Vec<ReadRow>,
    notes: Vec<String>,
}

struct ReadRow {
    name: String,
    number: usize,
    together: Option<String>,
    answers: Result<Answers, Vec<CellFault>>,
    already: Option<Already>,
}

fn read_rows(
    bytes: Vec<u8>,
    register: Register,
    map: &str,
    order: &Order,
    now: i64,
) -> Result<Read, WorkError> {
    let mapping = Mapping::read(register, map)?;
    let text = sheet::decode(bytes, &mapping.layout)?;
    let wanted: Vec<&str> = mapping.columns().iter().map(|column| column.name.as_str()).collect();
    let mut sheet = Sheet::open(&text, &mapping.layout, &wanted)?;
    let bound = Bound::new(&mapping, &sheet, now)?;
    let mut rows = Vec::new();
    while let Some(row) = sheet.next() {
        let row = row?;
        // One place in the batch is the import's.
        if rows.len() + 1 == batch::MAX_RUN {
            return Err(WorkError::refused(
                format!("the register has more than {} rows", batch::MAX_RUN - 1),
                "split it, and import one part after another",
            ));
        }
        rows.push(ReadRow {
            name: row.to_string(),
            number: row.number,
            together: bound.case_of(&row),
            answers: bound.answers(&row),
            already: None,
        });
    }
    if rows.is_empty() {
        return Err(WorkError::refused(
            "the register has names of columns and no rows",
            "name the file that you mean",
        ));
    }
    let notes = notes(&mapping, &sheet);
    let origin = order.origin.clone().unwrap_or(mapping.origin);
    Ok(Read { kind: mapping.kind, origin, mapping: map.trim_end().to_owned(), rows, notes })
}

/// Columns that nobody reads, and columns in which people may be named.
fn notes(mapping: &Mapping, sheet: &Sheet<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    let used: Vec<Option<usize>> =
        mapping.columns().iter().map(|column| sheet.column(&column.name)).collect();
    let names = sheet.columns().iter().enumerate();
    let left: Vec<String> = names
        .filter(|(at, name)| !name.is_empty() && !used.contains(&Some(*at)))
        .map(|(_, name)| format!("`{name}`"))
        .collect();
    if !left.is_empty() {
        notes.push(format!(
            "no record has what stands in {}; it is kept in the attached file alone",
            left.join(", ")
        ));
    }
    let free: Vec<String> = mapping
        .free_text()
        .into_iter()
        .map(|(column, field)| format!("`{column}` ({field})"))
        .collect();
    if !free.is_empty() {
        notes.push(format!(
            "what stands in {} goes into the records as it is; look through it for pupils' names \
             first",
            free.join(", ")
        ));
    }
    notes.push(
        "the file is kept whole beside the records, with every name that stands in it".to_owned(),
    );
    notes
}

fn prepare(
    world: &World,
    reading: &Reading,
    keyring: &Keyring,
    order: &Order,
    read: Read,
    sha256: &Sha256Hash,
) -> Result<Plan, WorkError> {
    let total = read.rows.len();
    let import = |taken: usize, mapping: &str| {
        let wanted = import(order, &read.origin, mapping, (total, taken))?;
        super::record::prepare(world, reading, keyring, &wanted)
    };
    // What is wrong with author, role or clock is said once, and not for each row.
    let mut first = import(total, &read.mapping)?;
    let mut notes = read.notes;
    let known = again::words(&read.rows, again::SAID);
    notes.extend(known.map(|words| format!("left out, being on record already: {words}")));
    let kept = again::words(&read.rows, again::KEPT);
    // A new row of a case that is there already belongs to it.
    let cases: HashMap<String, String> = read
        .rows
        .iter()
        .filter_map(|row| Some((row.together.clone()?, row.already.as_ref()?.case.clone()?)))
        .collect();
    let mut wanted = Vec::new();
    let mut rows: Vec<(String, usize, Option<Outcome>)> = Vec::with_capacity(total);
    for row in read.rows {
        let known = row.already.map(|already| Outcome::Already(already.entry));
        let outcome = match (known, row.answers) {
            (Some(known), _) => Some(known),
            (None, Ok(answers)) => {
                let case = row.together.as_ref().and_then(|word| cases.get(word));
                let (case, together) = match case {
                    Some(case) => (CaseChoice::Existing(case.clone()), None),
                    None => (CaseChoice::New(None), row.together),
                };
                wanted.push(record(order, read.kind, (case, together), answers));
                None
            }
            (None, Err(faults)) => Some(Outcome::Faulty(faults)),
        };
        rows.push((row.name, row.number, outcome));
    }
    let mut prepared = batch::prepare_all(world, reading, keyring, wanted);
    let rows: Vec<PlannedRow> = rows
        .into_iter()
        .map(|(name, number, outcome)| {
            let outcome = outcome.unwrap_or_else(|| match prepared.next() {
                Some(Ok(one)) => Outcome::Record(Box::new(one)),
                Some(Err(error)) => Outcome::Faulty(vec![CellFault {
                    columns: Vec::new(),
                    reason: error.to_string(),
                }]),
                None => Outcome::Faulty(Vec::new()),
            });
            PlannedRow { name, number, outcome }
        })
        .collect();
    drop(prepared);
    let taken = rows.iter().filter(|row| matches!(row.outcome, Outcome::Record(_))).count();
    let left: Vec<usize> = rows
        .iter()
        .filter(|row| matches!(row.outcome, Outcome::Faulty(_)))
        .map(|row| row.number)
        .collect();
    let mut out = String::new();
    if let Some(words) = kept {
        let _ = write!(out, "\n# Left out, being on record already: {words}");
    }
    if order.skip_faulty && !left.is_empty() {
        let rows = if left.len() == 1 { "row" } else { "rows" };
        let _ = write!(out, "\n# Left out: {rows} {}", spans(&left, MOST_SPANS));
    }
    if !out.is_empty() {
        first = import(taken, &format!("{}\n{out}\n", read.mapping))?;
    }
    if first.documents.first().is_none_or(|document| document.sha256 != *sha256) {
        return Err(WorkError::refused(
            format!("{} was changed while it was read", order.file.display()),
            "close it in other programs, then try again",
        ));
    }
    Ok(Plan { import: first, rows, notes })
}

/// The `import` itself.
fn import(
    order: &Order,
    origin: &str,
    mapping: &str,
    (rows, taken): (usize, usize),
) -> Result<Wanted, WorkError> {
    let kind = kind("import")?;
    let mut wanted = Wanted::new(kind, &order.by);
    wanted.role.clone_from(&order.role);
    wanted.date_confirmed = order.date_confirmed;
    wanted.attach.push(Path::to_owned(&order.file));
    for (name, value) in [
        ("register", Value::text(order.register.name())),
        ("origin", Value::text(origin)),
        ("rows", count(rows)),
        ("taken", count(taken)),
    ] {
        wanted.answers.set(name, value);
    }
    if !mapping.trim().is_empty() {
        wanted.answers.set("mapping", Value::text(mapping));
    }
    Ok(wanted)
}

fn count(number: usize) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A record that is taken over.
fn record(
    order: &Order,
    kind: &'static Kind,
    (case, together): (CaseChoice, Option<String>),
    answers: Answers,
) -> Wanted {
    let mut wanted = Wanted::new(kind, &order.by);
    wanted.role.clone_from(&order.role);
    wanted.date_confirmed = order.date_confirmed;
    wanted.case = case;
    wanted.together = together;
    wanted.imported = true;
    wanted.answers = answers;
    wanted
}

/// Most spans that are named; a long text holds so many whatever their numbers.
const MOST_SPANS: usize = 5_000;

/// Numbers in ascending order as `2 to 5, 9`, so many spans at most.
fn spans(numbers: &[usize], most: usize) -> String {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => spans.push((*number, *number)),
        }
    }
    let more = spans.len().saturating_sub(most);
    let named = spans.iter().take(most).map(|(first, last)| match last - first {
        0 => first.to_string(),
        _ => format!("{first} to {last}"),
    });
    let named = named.collect::<Vec<_>>().join(", ");
    if more == 0 { named } else { format!("{named}, and {more} more spans") }
}

#[cfg(test)]
mod tests;
