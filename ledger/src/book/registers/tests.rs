//! Each register on a small book: what its rows say, and what happens to them when a record is
//! corrected, erased, replaced, or not there yet.

use jiff::civil::DateTime;
use serde_json::{Value as Json, json};

use super::{ALWAYS, Cell, Gone, REGISTERS, Row, find, page};
use crate::book::item::{Book, Item, Marks};
use crate::format::cbor::Value;
use crate::format::hash::{EntryHash, Index};
use crate::records::answers::Answers;
use crate::records::days;
use crate::records::kind::Relation;

mod breaches;
mod consents;
mod dpias;
mod full;
mod lists;
mod people;

/// A moment in London, such as `2026-05-01 09:00`.
fn at(text: &str) -> i64 {
    let civil: DateTime = text.replace(' ', "T").parse().expect("a moment");
    civil.to_zoned(days::london()).expect("in London").timestamp().as_second()
}

fn value(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(truth),
        Json::Number(number) => Value::Int(number.as_i64().expect("an integer")),
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::Array(items.into_iter().map(value).collect()),
        Json::Object(members) => {
            let pairs = members.iter().map(|(n, json)| (n.as_str(), value(json.clone())));
            Value::map(pairs)
        }
    }
}

/// Records in the making.
#[derive(Default)]
struct Made(Vec<Item>);

impl Made {
    /// Adds a record and returns its place.
    fn add(&mut self, kind: &str, signed: &str, answers: Json) -> usize {
        let index = self.0.len();
        let Json::Object(answers) = answers else { panic!("expected answers by field") };
        self.0.push(Item {
            index: Index(index as u64),
            hash: EntryHash([u8::try_from(index).expect("a small book"); 32]),
            kind: kind.to_owned(),
            case: None,
            role: "headteacher".to_owned(),
            person: [1; 16],
            signer: "Hannah Price".to_owned(),
            time: at(signed),
            is_statement: false,
            decision: None,
            links: Vec::new(),
            answers: Answers(answers.into_iter().map(|(n, json)| (n, value(json))).collect()),
            marks: Marks::default(),
        });
        index
    }

    fn in_case(&mut self, case: &str, kind: &str, signed: &str, answers: Json) -> usize {
        let index = self.add(kind, signed, answers);
        self.0[index].case = Some(case.to_owned());
        index
    }

    fn link(&mut self, from: usize, relation: Relation, to: usize) {
        let hash = self.0[to].hash;
        self.0[from].links.push((relation, hash));
    }

    /// The answers are gone, as if an entry had erased them.
    fn erase(&mut self, index: usize) {
        self.0[index].answers = Answers::default();
        self.0[index].marks.gone = Some(crate::book::item::Loss::Erased);
    }

    /// A register as it stood at the end of a day.
    fn rows(&self, register: &str, day: &str) -> Vec<Shown> {
        let register = find(register).expect("a register");
        let moment = days::day(day).and_then(days::end_of).expect("a day");
        let known = |item: &&Item| {
            let kind = item.kind.as_str();
            register.with_linked || register.kinds.contains(&kind) || ALWAYS.contains(&kind)
        };
        // Only what the program would read: a register that needs more would be wrong there.
        let items: Vec<Item> = self.0.iter().filter(known).cloned().collect();
        let rows = register.rows(&Book::new(&items, moment));
        rows.into_iter().map(|row| Shown { register: register.name, row }).collect()
    }

    #[track_caller]
    fn only_row(&self, register: &str, day: &str) -> Shown {
        let mut rows = self.rows(register, day);
        assert_eq!(rows.len(), 1, "{rows:#?}");
        rows.remove(0)
    }
}

/// A row that is asked by the names of its columns.
#[derive(Debug)]
struct Shown {
    register: &'static str,
    row: Row,
}

impl Shown {
    #[track_caller]
    fn cell(&self, column: &str) -> &Cell {
        let register = find(self.register).expect("a register");
        self.row.cell(register, column).unwrap_or_else(|| panic!("no column {column}"))
    }

    /// The plain text of a cell.
    #[track_caller]
    fn at(&self, column: &str) -> String {
        self.cell(column).plain()
    }

    #[track_caller]
    fn says(&self, expected: &[(&str, &str)]) {
        for (column, text) in expected {
            assert_eq!(self.at(column), *text, "{column} of {:#?}", self.row);
        }
    }

    fn entries(&self) -> Vec<u64> {
        self.row.entries.iter().map(|index| index.0).collect()
    }
}

#[test]
fn names_are_words_with_hyphens_and_given_once() {
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let mut names = Vec::new();
    for register in REGISTERS {
        assert!(is_name(register.name) && !names.contains(&register.name), "{}", register.name);
        names.push(register.name);
        let mut columns = Vec::new();
        for column in register.columns {
            let name = column.name;
            assert!(is_name(name) && !columns.contains(&name), "{}: {name}", register.name);
            // These stand beside the columns in a file.
            assert!(!["entries", "case", "marks", "as-at"].contains(&name), "{name}");
            assert!(!column.about.contains('|') && !column.about.ends_with('.'), "{name}");
            columns.push(name);
        }
        let main = register.columns.iter().filter(|column| column.main).count();
        assert!((3..=8).contains(&main), "{} has {main} main columns", register.name);
        assert!(register.about.ends_with('.'), "{}", register.name);
        assert!(!register.kinds.is_empty());
    }
}

#[test]
fn an_empty_book_has_empty_registers() {
    for register in REGISTERS {
        assert_eq!(register.rows(&Book::new(&[], 0)), [], "{}", register.name);
    }
}

#[test]
fn every_register_survives_records_that_answer_nothing() {
    for register in REGISTERS {
        for gone in [None, Some(Gone::Erased(None)), Some(Gone::Unreadable)] {
            if gone.is_some() && register.name == "overruled-advice" {
                // Of advice that can't be read nobody can say that it was overruled.
                continue;
            }
            let mut made = Made::default();
            for kind in register.kinds {
                // Without this answer an approval overrules nothing.
                let answers = json!({"advice-followed": false});
                let at = made.in_case("dpia-2026-001", kind, "2026-05-01 09:00", answers);
                if let Some(gone) = gone {
                    made.erase(at);
                    if gone == Gone::Unreadable {
                        made.0[at].marks.gone = Some(crate::book::item::Loss::Unreadable);
                    }
                }
            }
            for row in made.rows(register.name, "2026-05-01") {
                assert_eq!(row.row.cells.len(), register.columns.len(), "{}", register.name);
                assert!(!row.entries().is_empty(), "{}", register.name);
                let marked = |word: &str| row.row.marks.iter().any(|mark| mark.ends_with(word));
                for (why, word) in
                    [(Gone::Erased(None), "erased"), (Gone::Unreadable, "can't be opened")]
                {
                    let expected = gone == Some(why);
                    let shown = row.row.cells.contains(&Cell::Gone(why));
                    assert_eq!((shown, marked(word)), (expected, expected), "{row:#?}");
                }
            }
        }
    }
}

#[test]
fn a_record_is_in_no_register_before_it_was_signed() {
    for register in REGISTERS {
        let mut made = Made::default();
        for kind in register.kinds {
            made.add(kind, "2026-05-02 00:00", json!({"advice-followed": false}));
        }
        assert_eq!(made.rows(register.name, "2026-05-01").len(), 0, "{}", register.name);
        assert_ne!(made.rows(register.name, "2026-05-02").len(), 0, "{}", register.name);
    }
}

#[test]
fn the_page_names_every_register_and_column() {
    let page = page();
    for register in REGISTERS {
        assert!(page.contains(&format!("\n## {}\n", register.name)), "{}", register.name);
        for column in register.columns {
            assert!(page.contains(&format!("| `{}` |", column.name)), "{}", column.name);
        }
    }
}
