//! Mappings, and what they make of rows: each refusal once, with the line or the column.

use probity_ledger::records::answers::Answers;
use probity_ledger::records::form::to_json;
use serde_json::{Value as Json, json};

use super::cells::Bound;
use super::mapping::Mapping;
use super::sheet::{Layout, Sheet};
use super::{MOST_SPANS, Register, spans, template};

const BREACHES: &str = r#"
origin = "Breach log of the office"
case = "No"
dates = ["%d/%m/%Y", "%d.%m.%y"]
times = "%d/%m/%Y %H:%M"
[field]
aware = { columns = ["Date", "Time"], hour = "12:00" }
kind = { column = "Type", values = { "Theft" = "loss-theft", "n/a" = "" } }
nature = { column = "What was lost", split = "+", values = { "secrecy" = "confidentiality" } }
media = ["Media", { constant = "paper" }]
people-count = "People"
still-occurring.column = "Open"
sensitivity.constant = "not assessed"
what-happened = "Details"
discovered-by = "Found by"
occurred.from.column = "From"
occurred.to = { column = "To" }
decided-by.person = "Head"
decided-by.role.constant = "Headteacher"
decided-by.date.column = "Decided"
"#;

const HEAD: &str =
    "No;Date;Time;Type;What was lost;Media;People;Open;Details;Found by;From;To;Head;Decided\n";

/// The answers of each row, or its faults.
fn rows(register: Register, mapping: &str, csv: &str) -> Vec<Result<Answers, Vec<String>>> {
    let mapping = Mapping::read(register, mapping).unwrap_or_else(|error| panic!("{error}"));
    let mut sheet = Sheet::open(csv, &Layout::default(), &[]).expect("columns");
    let bound = Bound::new(&mapping, &sheet, 0).unwrap_or_else(|error| panic!("{error}"));
    let mut found = Vec::new();
    while let Some(row) = sheet.next() {
        let faults =
            |faults: Vec<super::cells::CellFault>| faults.iter().map(ToString::to_string).collect();
        found.push(bound.answers(&row.expect("a row")).map_err(faults));
    }
    found
}

fn breach(row: &str) -> Result<Answers, Vec<String>> {
    rows(Register::Breaches, BREACHES, &format!("{HEAD}{row}\n")).remove(0)
}

#[track_caller]
fn refused(row: &str, what: &str) {
    let faults = breach(row).expect_err("a fault");
    assert_eq!(faults, [what], "{row}");
}

fn answer(answers: &Answers, name: &str) -> Json {
    answers.get(name).map_or(Json::Null, to_json)
}

#[test]
fn a_row_becomes_the_answers_that_its_mapping_says() {
    let row = "7;01/07/2026;00:30;theft;secrecy + Integrity;usb \n stick;12;Y;\" Two\nlines \";Ms  A\t B;30/06/2026;1.7.26;Jo Lee;02/07/2026";
    let answers = breach(&row.replace(" \n ", " ")).expect("a good row");
    for (name, value) in [
        ("aware", json!(1_782_862_200)),
        ("kind", json!("loss-theft")),
        ("nature", json!(["confidentiality", "integrity"])),
        ("media", json!(["usb stick", "paper"])),
        ("people-count", json!(12)),
        ("still-occurring", json!(true)),
        ("sensitivity", json!("not assessed")),
        ("what-happened", json!("Two\nlines")),
        ("discovered-by", json!("Ms A B")),
        ("occurred", json!({ "from": "2026-06-30", "to": "2026-07-01" })),
        ("decided-by", json!({ "person": "Jo Lee", "role": "Headteacher", "date": "2026-07-02" })),
    ] {
        assert_eq!(answer(&answers, name), value, "{name}");
    }
    // A day without its hour gets the one that is said; what is blank is not answered.
    let answers = breach(";01/07/2026;;N/A;;;;;;;;01/07/2026;;").expect("a good row");
    assert_eq!(answer(&answers, "aware"), json!(1_782_903_600), "noon, summer time");
    assert_eq!(answer(&answers, "occurred"), json!({ "from": "2026-07-01", "to": "2026-07-01" }));
    assert_eq!(answer(&answers, "media"), json!(["paper"]));
    for name in ["kind", "nature", "decided-by", "people-count"] {
        assert!(answers.lacks(name), "{name}");
    }
}

#[test]
fn every_fault_of_a_row_names_its_columns() {
    let good = ";01/07/2026;10:00;;;;;;;;;;;";
    assert!(breach(good).is_ok());
    let with = |at: usize, cell: &str| {
        let mut cells: Vec<&str> = good.split(';').collect();
        cells[at] = cell;
        cells.join(";")
    };
    refused(
        &with(1, "31/02/2026"),
        "columns `Date`, `Time`: aware: expected a form such as %d/%m/%Y %H:%M or %d/%m/%Y or %d.%m.%y, found `31/02/2026 10:00`",
    );
    refused(
        ";;;;;;;;x;;;;;",
        "columns `Date`, `Time`: aware is not answered: when the school became aware of it, exactly",
    );
    let faults = breach(&with(3, "Fire")).expect_err("no kind");
    assert!(
        faults[0].starts_with("column `Type`: kind: expected one of loss-theft, "),
        "{faults:?}"
    );
    assert!(faults[0].ends_with("found 'Fire'"), "{faults:?}");
    refused(
        &with(6, "a few"),
        "column `People`: people-count: expected a whole number from 0, found 'a few'",
    );
    refused(
        &with(6, "#REF!"),
        "column `People`: people-count: `#REF!` is a failure of the spreadsheet and no value",
    );
    refused(
        &with(1, "########"),
        "columns `Date`, `Time`: aware: `########` is a failure of the spreadsheet and no value",
    );
    refused(
        &with(7, "perhaps"),
        "column `Open`: still-occurring: expected yes or no, found 'perhaps'",
    );
    refused(
        &with(10, "June"),
        "column `From`: occurred: from: expected a form such as %d/%m/%Y %H:%M or %d/%m/%Y or %d.%m.%y, found `June`",
    );
    let faults = breach(&with(12, "Jo Lee")).expect_err("no date");
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(
        faults[0].starts_with("columns `Decided`, `Head`: decided-by: expected date "),
        "{faults:?}"
    );
    refused(";01/07/2026", "it has 2 cells, expected 14 as in the first row");
    let faults = breach(&with(3, "Fire").replace("10:00", "ten")).expect_err("two faults");
    assert_eq!(faults.len(), 2, "{faults:?}");
}

/// Else what a spreadsheet shows as a day of this year goes on record, signed, as one of the year 26
/// or of 1970.
#[test]
fn what_is_no_day_that_anybody_means_is_no_day() {
    let mapping = |dates: &str| {
        format!("origin = \"log\"\n{dates}[field]\naware = \"Date\"\noccurred = \"When\"\n")
    };
    let read = |dates: &str, date: &str, when: &str| {
        rows(Register::Breaches, &mapping(dates), &format!("Date;When\n{date};{when}\n")).remove(0)
    };
    let plain = |date: &str, when: &str| read("", date, when);
    let aware = "01/07/2026 10:00";
    for when in ["2026-06-30", "01/07/2026", "29/06/2026/01/07/2026", "30 June 2026, 09:00", ""] {
        assert!(plain(aware, when).is_ok(), "{when}");
    }
    for (column, date, when) in [
        ("Date", "44927", ""),
        ("Date", "14:02", ""),
        ("Date", "2026", ""),
        ("When", aware, "2019"),
        ("When", aware, "07/2026"),
        ("When", aware, "2019/2026-07-01"),
        ("When", aware, "14:02"),
    ] {
        let faults = plain(date, when).expect_err("a fault");
        let named = format!("column `{column}`: ");
        assert!(
            faults[0].starts_with(&named) && faults[0].contains("expected a day"),
            "{faults:?}"
        );
    }
    let with = "dates = [\"%d/%m/%Y\"]\ntimes = \"%d/%m/%Y %H:%M\"\n";
    for when in ["03/04/26", "03/04/202"] {
        let faults = read(with, aware, when).expect_err("a fault");
        assert!(faults[0].starts_with("column `When`: occurred: expected a form"), "{faults:?}");
    }
    // Whoever says so has years of two digits read.
    let short = "dates = [\"%d/%m/%Y\", \"%d/%m/%y\"]\ntimes = \"%d/%m/%Y %H:%M\"\n";
    let answers = read(short, aware, "03/04/26").expect("a good row");
    assert_eq!(answer(&answers, "occurred"), json!({ "from": "2026-04-03", "to": "2026-04-03" }));
}

#[test]
fn consents_come_purpose_by_purpose_and_blank_ones_not_at_all() {
    let mapping = r#"
        origin = "Consent list"
        [field]
        subject = "Ref"
        method.constant = "paper form"
        until = "Until"
        [[field.purposes]]
        purpose.constant = "website"
        decision = { column = "Web", values = { "Y" = "given", "N" = "refused" } }
        [[field.purposes]]
        purpose.constant = "press"
        decision = { column = "Press", values = { "Y" = "given", "N" = "refused" } }
    "#;
    let csv = "Ref,Web,Press,Until\np-0001,y,N,2027-07-31\np-0002,,n,\np-0003,,,\nJane Doe,Y,Y,31 July 2027\n";
    let found = rows(Register::Consents, mapping, csv);
    let purposes = |at: usize| found[at].as_ref().map(|answers| answer(answers, "purposes"));
    let press = json!({ "purpose": "press", "decision": "refused" });
    assert_eq!(purposes(0), Ok(json!([{ "purpose": "website", "decision": "given" }, press])));
    assert_eq!(purposes(1), Ok(json!([press])));
    let none = purposes(2).expect_err("no purpose");
    assert!(none[0].starts_with("columns `Web`, `Press`: purposes is not answered: "), "{none:?}");
    let name = purposes(3).expect_err("a name");
    assert!(name[0].starts_with("column `Ref`: subject: expected a reference"), "{name:?}");
}

#[test]
fn rows_share_a_case_by_a_column_whatever_its_letters() {
    let mapping = Mapping::read(Register::Breaches, BREACHES).expect("a good mapping");
    let csv = format!("{HEAD}A1;;;;;;;;;;;;;\na1 ;;;;;;;;;;;;;\n;x;;;;;;;;;;;;\n");
    let mut sheet = Sheet::open(&csv, &Layout::default(), &[]).expect("columns");
    let bound = Bound::new(&mapping, &sheet, 0).expect("all columns");
    let mut case = || bound.case_of(&sheet.next().expect("a row").expect("a good one"));
    assert_eq!((case(), case(), case()), (Some("a1".into()), Some("a1".into()), None));
}

/// What is refused in a mapping.
#[track_caller]
fn fault(register: Register, mapping: &str) -> String {
    Mapping::read(register, mapping).expect_err("a fault").to_string()
}

#[test]
fn every_fault_of_a_mapping_names_its_line() {
    let said = fault(
        Register::Breaches,
        "register = 'consents'\nfields = 1\nencoding = 'latin'\ndelimiter = '::'\ndates = '%d/%m'\ntimes = ['%d/%m/%Y']\norigin = ' '\nheader = 0\n[field]\n",
    );
    for part in [
        "the mapping: line 1: it maps `consents`, and breaches are imported",
        "line 2: expected register, kind, origin, case, encoding, delimiter, header, dates, times, field, found `fields`; did you mean `field`?",
        "line 3: encoding: expected utf-8 or windows-1252, found `latin`",
        "line 4: delimiter: expected \",\", \";\" or \"tab\", found `::`",
        "line 5: dates: expected a form such as %d/%m/%Y, found `%d/%m`",
        "line 6: times: expected a form such as %d/%m/%Y %H:%M, found `%d/%m/%Y`",
        "line 8: header: expected the number of a row, found `0`",
        "line 9: it maps no column yet",
        "; origin is not said",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let said = fault(
        Register::Breaches,
        "origin = 'a'\n[field]\naware = 'When'\nawares = 'When'\nkind = { column = 'K', values = { 'Fire' = 'burnt', '' = 'hacking' } }\n\
         media = { column = 'M', split = '' }\nsensitivity = { constant = 'a', column = 'b' }\nprotections = {}\n\
         people-count = { constant = 'many' }\nrecords-count = { colum = 'R' }\nwhat-happened = 3\npossible-misuse = { column = 'P', split = ';' }\n\
         discovered-by = { column = 'D', hour = '12:00' }\noccurred = { from = 'F' }\ndecided-by = { person = 'P', rol = 'R' }\nnature = { column = 'N', values = 3 }\n\
         likely-consequences = { columns = 'L' }\nout-of-hours = { column = 'O', format = '%q' }",
    );
    for part in [
        "line 4: breach-report has no field `awares`; did you mean `aware`?",
        "line 5: kind: expected one of loss-theft, ",
        "line 5: kind: values: write what stands in the cell before the =",
        "line 6: media: split: expected what stands between",
        "line 7: sensitivity: expected a column or a constant, and not both",
        "line 8: protections: expected a column or a constant",
        "line 9: people-count: expected a whole number from 0, found 'many'",
        "line 10: expected column, columns, constant, values, format, hour, split, found `colum`; did you mean `column`?",
        "line 11: what-happened: expected a column's name, or a table",
        "line 12: possible-misuse: split: expected",
        "line 13: discovered-by: hour: expected an hour such as 12:00, for a moment only",
        "line 14: occurred: to has to be answered",
        "line 15: expected person, role, date, found `rol`; did you mean `role`?",
        "line 15: decided-by: date has to be answered",
        "line 16: nature: values: expected a table",
        "line 17: likely-consequences: columns: expected a list of names",
        "line 18: format: expected a form such as %d/%m/%Y, found `%q`",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(
        fault(Register::Consents, "origin = 'a'").contains("it maps no column: [field] is missing")
    );
    let missing = fault(Register::Breaches, "origin = 'a'\n[field]\nsensitivity = 'S'");
    assert!(missing.contains("aware has to be answered, and nothing maps it: when"), "{missing}");
    let file = fault(
        Register::Requests,
        "origin = 'a'\n[field]\ndocuments = 'D'\ntype = 'T'\nreceived = 'R'",
    );
    assert_eq!(
        file,
        "the mapping: line 3: documents: files are not mapped; the register is attached whole"
    );
    assert!(
        fault(Register::Breaches, "origin = 'a\n")
            .starts_with("the mapping can't be read at line 1")
    );
}

#[test]
fn rows_become_facts_of_their_sort_of_case_and_nothing_that_somebody_decides() {
    let names =
        |register: Register| register.kinds().iter().map(|kind| kind.name).collect::<Vec<_>>();
    assert_eq!(names(Register::Breaches)[0], "breach-report");
    assert_eq!(names(Register::Cctv)[0], "cctv-access");
    for (register, never) in [
        (Register::Breaches, "breach-decision"),
        (Register::Consents, "image-removal"),
        (Register::Requests, "request-answer"),
    ] {
        assert!(!names(register).contains(&never), "{never}");
        let said = fault(register, &format!("origin = 'a'\nkind = '{never}'\n[field]\n"));
        assert!(
            said.contains(&format!("line 2: kind: expected one of {}", names(register)[0])),
            "{said}"
        );
    }
}

#[test]
fn columns_that_are_not_there_or_twice_are_refused() {
    let mapping =
        Mapping::read(Register::Breaches, "origin = 'a'\n[field]\naware = 'When'").expect("good");
    let bound = |csv: &str| {
        let sheet = Sheet::open(csv, &Layout::default(), &[]).expect("columns");
        Bound::new(&mapping, &sheet, 0)
            .err()
            .map(|e| format!("{e}; {}", e.hint().unwrap_or_default()))
    };
    assert_eq!(bound("No, when \n1,2"), None);
    assert_eq!(
        bound("No,Wen\n1,2").as_deref(),
        Some(
            "the mapping names the column `When` at line 3, which the register doesn't have; its columns are: No, Wen"
        )
    );
    assert!(
        bound("When,WHEN\n1,2")
            .is_some_and(|said| said.starts_with("the register has the column `When` twice"))
    );
}

#[test]
fn an_empty_mapping_is_toml_and_says_that_it_maps_nothing() {
    for register in Register::ALL {
        let Some(page) = template(register) else {
            assert_eq!(register, Register::Dpia);
            continue;
        };
        let table: toml::Table = page.parse().expect("TOML");
        assert_eq!(table.len(), 2, "register and an empty [field]");
        let said = fault(register, &page);
        assert!(
            said.contains("it maps no column yet") && said.contains("origin is not said"),
            "{said}"
        );
        let kind = register.kinds()[0];
        for field in kind.fields.iter().filter(|field| field.required) {
            let asked = [format!("#{}.column", field.name), format!("#[[field.{}]]", field.name)];
            assert!(asked.iter().any(|line| page.contains(line)), "{}", field.name);
        }
    }
}

#[test]
fn a_filled_in_template_is_a_mapping() {
    let page = template(Register::Consents).expect("a mapping");
    let filled: Vec<String> = page
        .lines()
        .map(|line| match line {
            "#origin = \"\"" => "origin = \"List\"".to_owned(),
            "#subject.column = \"\"" => "subject.column = \"Ref\"".to_owned(),
            "#[[field.purposes]]" => "[[field.purposes]]".to_owned(),
            "#purpose.column = \"\"" => "purpose.constant = \"website\"".to_owned(),
            "#decision.column = \"\"" => "decision.column = \"Web\"".to_owned(),
            "#decision.values.\"\" = \"given\"" => "decision.values.\"Y\" = \"given\"".to_owned(),
            "#decision.values.\"\" = \"refused\"" => {
                "decision.values.\"N\" = \"refused\"".to_owned()
            }
            other => other.to_owned(),
        })
        .collect();
    let found = rows(Register::Consents, &filled.join("\n"), "Ref,Web\np-0001,N\n");
    let purposes = found[0].as_ref().map(|answers| answer(answers, "purposes"));
    assert_eq!(purposes, Ok(json!([{ "purpose": "website", "decision": "refused" }])));
}

#[test]
fn rows_that_were_left_out_are_named_in_spans() {
    assert_eq!(spans(&[2, 3, 4, 9, 11, 12], MOST_SPANS), "2 to 4, 9, 11 to 12");
    let every_other: Vec<usize> = (0..20_000).map(|number| number * 2).collect();
    let named = spans(&every_other, MOST_SPANS);
    assert!(
        named.ends_with("9998, and 15000 more spans") && named.len() < 64 << 10,
        "{}",
        named.len()
    );
}
