//! `import`: records were taken over from a register that was kept elsewhere.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "import",
    version: 1,
    title: "Import of a register",
    about: "An existing register was taken over: which, who kept it, how many rows it had and \
            how many became records. These link it, and always show as imported, not witnessed.",
    source: "Art 5(1)(d), 5(2), 30, 33(5) UK GDPR",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "register",
            Form::Choice(&["breaches", "consents", "cctv", "requests", "dpia"]),
            "which register",
        ),
        Field::required("origin", Form::Text, "what the register was, and who kept it"),
        Field::required("rows", Form::Count, "how many rows it had"),
        Field::required("taken", Form::Count, "how many of them became records"),
        Field::optional(
            "mapping",
            Form::Long,
            "which column became which answer, and what was left out; name no pupils",
        ),
        Field::optional("documents", Form::List(&Form::Doc), "the register itself, whole"),
    ],
    required_links: &[],
    usual_links: &[],
    also: &[],
    check,
};

fn check(answers: &Answers, _facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut ask = |rule, text: String| findings.push(Finding::new(rule, text));
    match (answers.integer("rows"), answers.integer("taken")) {
        (Some(rows), Some(taken)) if taken > rows => {
            ask("import", format!("{taken} records were made of {rows} rows"));
        }
        (Some(rows), Some(taken)) if taken < rows && answers.lacks("mapping") => {
            ask("import", format!("it is not said why {} rows were left out", rows - taken));
        }
        _ => {}
    }
    if answers.lacks("documents") {
        ask("no-document", "the register itself is not attached".to_owned());
    }
    findings
}
