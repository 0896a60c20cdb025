//! The mapping of a register: which column becomes which answer, as a file of TOML.
//!
//! ```text
//! origin = "Breach log of the office, 2019 to 2025"    # what it was, and who kept it
//! case = "No"                          # rows with one value here share a case; else each has its own
//! header = 3                           # the row with the columns' names, if it isn't the first
//! dates = ["%d/%m/%Y"]                 # how days are written; times likewise for moments
//! [field]
//! what-happened = "Details"            # a column, as it is
//! aware = { columns = ["Date", "Time"], format = "%d/%m/%Y %H:%M", hour = "12:00" }
//! kind = { column = "Type", values = { "Theft" = "loss-theft" } }
//! media = { column = "Media", split = "/" }
//! sensitivity = { constant = "not assessed" }
//! [[field.purposes]]                   # a group; one block for each item of a list
//! purpose = { constant = "website" }
//! decision = { column = "Web", values = { "Y" = "given", "N" = "refused" } }
//! ```
//!
//! Everything in it is checked before the first row is read, and its text is kept in the `import`
//! record, so that whoever doubts a record can follow each answer back to its cell.

use probity_ledger::records::kind::{Field, Form, Kind};

use self::reader::{Fault, Reader};
use super::Register;
use super::sheet::Layout;
use crate::work::WorkError;
use crate::work::forms::Document;

mod reader;
mod source;

/// A mapping that was read and checked.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The kind of record that each row becomes.
    pub kind: &'static Kind,
    /// What the register was, and who kept it.
    pub origin: String,
    /// The column by which rows share a case.
    pub case: Option<Column>,
    /// How the file is written.
    pub layout: Layout,
    /// Each answer, and where it comes from.
    pub answers: Vec<(&'static Field, Shape)>,
}

/// A column that a mapping names.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name, as the mapping has it.
    pub name: String,
    /// The line of the mapping.
    pub line: usize,
}

/// How an answer is put together.
#[derive(Clone, Debug)]
pub enum Shape {
    /// One value.
    One(Source),
    /// A list, cut out of one cell.
    Split(Source, String),
    /// A list, item by item.
    Items(Vec<Self>),
    /// The members of a group; or `from` and `to` of a span.
    Group(Vec<(&'static str, Form, Self)>),
}

/// Where one value comes from.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// Cells, put together with a blank between them.
    pub columns: Vec<Column>,
    /// What is answered in every row instead.
    pub constant: Option<String>,
    /// What stands in the cell, and what it means.
    pub values: Vec<(String, String)>,
    /// How days and moments are written.
    pub formats: Vec<String>,
    /// The hour of days that have none.
    pub hour: Option<String>,
}

/// Most faults of a mapping that are named, and most bytes of them.
const MOST: usize = 20;
const MOST_BYTES: usize = 8 << 10;

impl Mapping {
    /// Reads a mapping for a register.
    ///
    /// # Errors
    /// Every fault in it, with its line.
    pub fn read(register: Register, text: &str) -> Result<Self, WorkError> {
        let document = Document::parse("the mapping", text)?;
        let mut reader = Reader {
            document: &document,
            dates: Vec::new(),
            times: Vec::new(),
            faults: Vec::new(),
        };
        let mapping = reader.mapping(register);
        let mut faults = reader.faults;
        faults.sort();
        match mapping {
            Some(mapping) if faults.is_empty() => Ok(mapping),
            _ => Err(WorkError::refused(
                format!("the mapping: {}", named(&faults)),
                format!("`probity import --map-template {}` shows all of it", register.name()),
            )),
        }
    }

    /// Every column that it names.
    #[must_use]
    pub fn columns(&self) -> Vec<&Column> {
        let mut all = Vec::new();
        for (_, shape) in &self.answers {
            shape.columns(&mut all);
        }
        all.extend(&self.case);
        all
    }

    /// The columns that an answer comes from.
    #[must_use]
    pub fn columns_of(&self, field: &str) -> Vec<String> {
        let mut all = Vec::new();
        for (_, shape) in self.answers.iter().filter(|(known, _)| known.name == field) {
            shape.columns(&mut all);
        }
        all.into_iter().map(|column| column.name.clone()).collect()
    }

    /// The columns that go into free text as they are, each with its field.
    #[must_use]
    pub fn free_text(&self) -> Vec<(String, &'static str)> {
        let mut all = Vec::new();
        for (field, shape) in &self.answers {
            if takes_text(&field.form) {
                let mut columns = Vec::new();
                shape.columns(&mut columns);
                all.extend(columns.into_iter().map(|column| (column.name.clone(), field.name)));
            }
        }
        all
    }
}

/// The first faults, and how many more there are.
fn named(faults: &[Fault]) -> String {
    let (mut said, mut bytes) = (Vec::new(), 0);
    for fault in faults.iter().take(MOST).map(Fault::to_string) {
        bytes += fault.len();
        if bytes > MOST_BYTES && !said.is_empty() {
            break;
        }
        said.push(fault);
    }
    let more = faults.len() - said.len();
    said.extend((more > 0).then(|| format!("and {more} more")));
    said.join("; ")
}

/// Whether people write what they like into it.
fn takes_text(form: &Form) -> bool {
    match form {
        Form::Text | Form::Long => true,
        Form::List(inner) => takes_text(inner),
        Form::Group(members) => members.iter().any(|member| takes_text(&member.form)),
        _ => false,
    }
}

impl Shape {
    fn columns<'a>(&'a self, into: &mut Vec<&'a Column>) {
        match self {
            Self::One(source) | Self::Split(source, _) => into.extend(&source.columns),
            Self::Items(items) => items.iter().for_each(|item| item.columns(into)),
            Self::Group(members) => members.iter().for_each(|(_, _, part)| part.columns(into)),
        }
    }
}
