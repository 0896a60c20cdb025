//! What people fill in or hand over to be taken over: forms of answers, registers with their
//! mappings, and assessments of another program.

use probity::work::forms;
use probity::work::given::Given;
use probity::work::import::cells::Bound;
use probity::work::import::mapping::Mapping;
use probity::work::import::sheet::{self, Sheet};
use probity::work::import::{Register, pia};
use probity_ledger::format::cbor;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::form;
use probity_ledger::records::kind::{Form, Kind};
use probity_ledger::records::{self, KINDS};

use super::short;

/// When the answers are given: 21 September 2026.
const NOW: i64 = 1_790_000_000;

/// What stands between a mapping and its register.
const BREAK: &[u8] = b"\n----\n";

/// A form whose first line names the kind.
pub fn record_form(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (name, form) = text.split_once('\n').unwrap_or(("note", text));
    let Some(kind) = records::newest(name) else { return };
    let mut given = Given::at(NOW);
    if let Err(error) = given.form(kind, form) {
        return short(&error);
    }
    match given.checked(kind) {
        Ok(given) => accepted(kind, &given.answers),
        Err(error) => short(&error),
    }
}

/// A mapping whose first line names the register, and the register's bytes.
pub fn register(data: &[u8]) {
    let Some(at) = data.windows(BREAK.len()).position(|bytes| bytes == BREAK) else { return };
    let (map, bytes) = (&data[..at], &data[at + BREAK.len()..]);
    let Ok(map) = std::str::from_utf8(map) else { return };
    let (name, map) = map.split_once('\n').unwrap_or((map, ""));
    let Some(register) = Register::named(name) else { return };
    let mapping = match Mapping::read(register, map) {
        Ok(mapping) => mapping,
        Err(error) => return short(&error),
    };
    let text = match sheet::decode(bytes.to_vec(), &mapping.layout) {
        Ok(text) => text,
        Err(error) => return short(&error),
    };
    let mut sheet = match Sheet::open(&text, &mapping.layout, &[]) {
        Ok(sheet) => sheet,
        Err(error) => return short(&error),
    };
    let bound = match Bound::new(&mapping, &sheet, NOW) {
        Ok(bound) => bound,
        Err(error) => return short(&error),
    };
    let mut before = 0;
    while let Some(row) = sheet.next() {
        let row = match row {
            Ok(row) => row,
            Err(error) => return short(&error),
        };
        assert!(row.number > before, "rows are numbered upwards");
        before = row.number;
        match bound.answers(&row) {
            Ok(answers) => accepted(mapping.kind, &answers),
            Err(faults) => {
                assert!(!faults.is_empty(), "a refusal says why");
                for fault in &faults {
                    short(fault);
                }
            }
        }
    }
}

/// An assessment as the program PIA exports it.
pub fn assessment(data: &[u8]) {
    let Some(kind) = records::newest("dpia") else { return };
    match pia::take(data, kind, NOW) {
        Ok(taken) => {
            for left in &taken.left {
                short(left);
            }
            short(&taken.origin);
            match taken.answers {
                Ok(answers) => accepted(kind, &answers),
                Err(error) => short(&error),
            }
        }
        Err(error) => short(&error),
    }
}

/// What is accepted fits the kind, and the ledger can hold it.
fn accepted(kind: &Kind, answers: &Answers) {
    let faults = form::check_answers(kind, answers).err().unwrap_or_default();
    // Files are attached beside the answers.
    let files = kind.documents_field().map(|field| field.name);
    for fault in &faults {
        let missing =
            matches!(&fault, form::AnswerFault::Missing { field, .. } if Some(*field) == files);
        assert!(missing, "{fault}");
    }
    for value in answers.0.values() {
        assert_eq!(cbor::parse(&value.to_bytes()).as_ref(), Ok(value), "the ledger holds it");
    }
}

/// The empty form of every kind, and one with an answer in every line.
pub fn form_seeds() -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for kind in KINDS {
        let empty = forms::template(kind);
        found.push(format!("{}\n{empty}", kind.name).into_bytes());
        let filled: Vec<String> = empty.lines().map(|line| fill(kind, line)).collect();
        found.push(format!("{}\n{}", kind.name, filled.join("\n")).into_bytes());
    }
    found
}

/// A line of an empty form, answered if it asks for something.
fn fill(kind: &Kind, line: &str) -> String {
    let Some(asked) = line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')) else {
        return line.to_owned();
    };
    let Some((name, _)) = asked.split_once(" = ") else { return asked.to_owned() };
    let field = kind.field(name).map(|field| field.form);
    let answer = match field {
        Some(Form::Date | Form::Occurred) => "2026-09-21",
        Some(Form::Time) => "2026-09-21 14:02",
        Some(Form::Count) => "30",
        Some(Form::Bool) => "true",
        Some(Form::List(_)) => "[\"a\"]",
        _ => "\"something\"",
    };
    format!("{name} = {answer}")
}

/// Registers with a mapping each, and the empty mappings.
pub fn register_seeds() -> Vec<Vec<u8>> {
    let breaches = "breaches\norigin = 'Log'\ncase = 'No'\ndates = ['%d/%m/%Y']\n[field]\n\
        aware = { columns = ['Date', 'Time'], hour = '12:00' }\nkind = { column = 'Type', values = { 'Theft' = 'loss-theft' } }\n\
        media = { column = 'Media', split = '/' }\noccurred.from.column = 'Date'\noccurred.to.column = 'Date'\n\
        what-happened = 'What'\n----\nNo,Date,Time,Type,Media,What\r\n1,05/03/2024,10:00,Theft,usb/paper,\"a \"\"b\"\"\nc\"\r\n2,,,,,\r\n";
    let consents = "consents\norigin = 'List'\nencoding = 'windows-1252'\nheader = 2\n[field]\nsubject = 'Ref'\n\
        [[field.purposes]]\npurpose.constant = 'website'\ndecision = { column = 'Web', values = { 'Y' = 'given' } }\n\
        ----\nsep=;\nTitle;\nRef;Web\np-0001;Y\n";
    let mut found = vec![breaches.into(), consents.into()];
    for register in Register::ALL {
        let page = probity::work::import::template(register).unwrap_or_default();
        found.push(format!("{}\n{page}\n----\nNo\n1\n", register.name()).into_bytes());
    }
    found
}

/// An invented assessment.
pub fn assessments() -> Vec<Vec<u8>> {
    vec![include_bytes!("../../tests/common/pia.json").to_vec()]
}
