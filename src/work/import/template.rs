//! Printing the empty mapping of a register.

use probity_ledger::records::form::describe;
use probity_ledger::records::kind::{Field, Form, Kind};

use super::Register;
use crate::work::forms::page::{Page, question};

/// The empty mapping of a register: TOML that maps nothing yet. None for an assessment, and none
/// where the kind isn't known.
#[must_use]
pub fn template(register: Register) -> Option<String> {
    let kinds = register.kinds();
    let kind: &Kind = kinds.first().copied().filter(|_| register != Register::Dpia)?;
    let mut page = Page::default();
    page.note(&format!("Which column of your {} becomes which answer.", register.name()));
    page.note("");
    for line in HOW {
        page.note(line);
    }
    page.note(&format!(
        "Then: probity import {} FILE.csv --map THIS.toml --by NAME --dry-run",
        register.name()
    ));
    page.line("");
    page.line(&format!("register = \"{}\"", register.name()));
    let others: Vec<&str> = kinds.iter().skip(1).map(|kind| kind.name).collect();
    if !others.is_empty() {
        page.line("");
        page.note(&format!("what each row becomes; instead, one of {}", others.join(", ")));
        page.answer("kind", &format!("\"{}\"", kind.name));
    }
    page.line("");
    page.note("what the register was, and who kept it (must be said)");
    page.answer("origin", "\"\"");
    page.line("");
    page.note(
        "the column by which rows share a case; without it, each row begins a case of its own",
    );
    page.answer("case", "\"\"");
    page.line("");
    page.note("how days and moments are written, in every column that says nothing else");
    page.answer("dates", "[\"%d/%m/%Y\"]");
    page.answer("times", "[\"%d/%m/%Y %H:%M\"]");
    page.line("");
    page.note("only if the file is not UTF-8, or its cells aren't told apart rightly");
    page.answer("encoding", "\"windows-1252\"");
    page.answer("delimiter", "\";\"");
    page.line("");
    page.note("the row that names the columns, if titles stand above it");
    page.answer("header", "3");
    page.line("");
    page.line("[field]");
    let asked = |field: &&Field| !matches!(field.form, Form::Doc | Form::List(Form::Doc));
    let (blocks, single): (Vec<&Field>, Vec<&Field>) = kind
        .body_fields()
        .filter(asked)
        .partition(|field| matches!(field.form, Form::List(Form::Group(_))));
    for field in single {
        page.line("");
        ask(&mut page, field);
        source(&mut page, &field.form, field.name);
    }
    for field in blocks {
        page.line("");
        ask(&mut page, field);
        page.note(
            "a block from [[ to the next for each item; one whose cells are blank is left out",
        );
        page.line(&format!("#[[field.{}]]", field.name));
        if let Form::List(Form::Group(inner)) = &field.form {
            members(&mut page, inner, "");
        }
    }
    Some(page.0)
}

/// What is the same for every mapping.
const HOW: [&str; 5] = [
    "How to fill it in: take away the # before a line without a blank after it, and write the name \
     of the column between the quotes, as the first row of the file has it. Answers that no column \
     gives stay behind their #.",
    "Instead of NAME.column: NAME.columns = [\"Date\", \"Time\"] puts cells together; \
     NAME.constant = \"…\" is the same in every row.",
    "NAME.values.\"Theft\" = \"loss-theft\" says what a cell means; \"\" after the = says that it means \
     nothing.",
    "NAME.format = \"%d/%m/%Y\" says how days are written in this column, and NAME.hour = \"12:00\" \
     gives days an hour where a moment is asked for. NAME.split = \";\" cuts a cell into a list.",
    "",
];

fn ask(page: &mut Page, field: &Field) {
    let must = if field.required { " (must be answered)" } else { "" };
    page.note(&format!("{}{must}: {}", question(field), describe(&field.form)));
}

/// The lines that say where an answer comes from.
fn source(page: &mut Page, form: &Form, name: &str) {
    let inner = match form {
        Form::Group(inner) => return members(page, inner, &format!("{name}.")),
        Form::List(inner) => *inner,
        form => form,
    };
    page.answer(&format!("{name}.column"), "\"\"");
    match inner {
        Form::Time => page.answer(&format!("{name}.hour"), "\"12:00\""),
        Form::Choice(words) => {
            for word in *words {
                page.answer(&format!("{name}.values.\"\""), &format!("\"{word}\""));
            }
        }
        _ => {}
    }
    if matches!(form, Form::List(_)) {
        page.answer(&format!("{name}.split"), "\";\"");
    }
}

fn members(page: &mut Page, asked: &[Field], within: &str) {
    for member in asked {
        ask(page, member);
        source(page, &member.form, &format!("{within}{}", member.name));
    }
}
