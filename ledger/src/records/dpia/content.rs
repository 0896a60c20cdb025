//! Whether a DPIA holds what Art 35(7) UK GDPR asks for, and whether it contradicts itself.

use crate::records::answers::{Answers, part};
use crate::records::assessing::{self, is_letter, is_maybe};
use crate::records::days::{day_at, written};
use crate::records::facts::{Facts, Finding};
use crate::records::risk::list;
use crate::records::terms::ground_fault;

/// What Art 35(7) asks for: the field, and the part of it that it answers.
const CONTENT: [(&str, &str); 8] = [
    ("flows", "how data are obtained, processed, stored and disclosed (a)"),
    ("people", "whose data (a)"),
    ("data-types", "which data (a)"),
    ("purposes", "the purposes (a)"),
    ("necessity", "whether it is necessary (b)"),
    ("proportionality", "whether it is proportionate (b)"),
    ("risks", "the risks to people (c)"),
    ("controls", "the measures against them (d)"),
];

pub(super) fn check(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let mut missing: Vec<&str> =
        CONTENT.iter().filter(|(field, _)| answers.lacks(field)).map(|(_, part)| *part).collect();
    for (flow, lack) in [
        ("obtained", "how data are obtained (a)"),
        ("processed", "what is done with them (a)"),
        ("stored", "how they are stored (a)"),
        ("disclosed", "to whom they are disclosed (a)"),
    ] {
        if answers.get("flows").is_some_and(|flows| flows.get(flow).is_none()) {
            missing.push(lack);
        }
    }
    if !missing.is_empty() {
        findings.push(Finding::new(
            "dpia-content",
            format!("still missing by Art 35(7): {}", missing.join(", ")),
        ));
    }
    if let (Some(completed), Some(today)) = (answers.day("completed"), day_at(facts.time))
        && completed > today
    {
        findings.push(Finding::new(
            "future",
            format!("it is said to be completed on {}, after this record", written(completed)),
        ));
    }
    check_basis(answers, findings);
    check_training(answers, findings);
    check_transfers(answers, facts, findings);
    check_said_transfers(answers, findings);
    if answers.text("new-data") == Some("no") && answers.text("data-shared") == Some("yes") {
        findings.push(Finding::new(
            "new-data",
            "it says that no new data are processed, and that data are given to others",
        ));
    }
}

/// Each purpose has a lawful basis, in words.
fn check_basis(answers: &Answers, findings: &mut Vec<Finding>) {
    let purposes = answers.list("purposes");
    let baseless: Vec<&str> = purposes
        .iter()
        .filter(|purpose| {
            part(purpose, "basis").is_none() && part(purpose, "basis-stated").is_none()
        })
        .filter_map(|purpose| part(purpose, "purpose"))
        .collect();
    if !baseless.is_empty() {
        findings.push(Finding::new(
            "basis",
            format!("no lawful basis is named for: {}", baseless.join("; ")),
        ));
    }
    // A question on the principles may ask for the basis, too.
    let stated = purposes.iter().filter_map(|purpose| part(purpose, "basis-stated"));
    let details = answers.list("principles").iter().filter_map(|asked| part(asked, "detail"));
    if let Some(letter) = stated.chain(details).find(|stated| is_letter(stated)) {
        findings.push(assessing::by_letter(letter));
    }
    let conditions = purposes.iter().any(|purpose| part(purpose, "condition").is_some());
    if answers.text("special-data").is_some_and(is_maybe) && !conditions {
        findings.push(assessing::no_condition());
    }
}

/// Training can't be what lowers a risk and needless at once.
fn check_training(answers: &Answers, findings: &mut Vec<Finding>) {
    let relied: Vec<&str> = answers
        .list("controls")
        .iter()
        .filter(|control| part(control, "kind") == Some("training"))
        .filter_map(|control| part(control, "risk"))
        .collect();
    if !relied.is_empty() && answers.text("training-needed") == Some("no") {
        findings.push(Finding::new(
            "training-denied",
            format!(
                "it relies on training against {}, and says that none is needed",
                list(&relied)
            ),
        ));
    }
}

/// Each transfer has a ground that holds on the day of the record.
pub(in crate::records) fn check_transfers(
    dpia: &Answers,
    facts: &Facts<'_>,
    findings: &mut Vec<Finding>,
) {
    let Some(today) = day_at(facts.time) else { return };
    for transfer in dpia.list("transfers") {
        let country = part(transfer, "country").unwrap_or("another country");
        let fault = match part(transfer, "ground") {
            None => Some("no ground is named for it".to_owned()),
            Some(ground) => ground_fault(ground, today),
        };
        if let Some(fault) = fault {
            findings
                .push(Finding::new("transfer-ground", format!("transfer to {country}: {fault}")));
        }
    }
}

/// A question on transfers isn't answered by no or perhaps where transfers are listed.
fn check_said_transfers(answers: &Answers, findings: &mut Vec<Finding>) {
    let listed = !answers.lacks("transfers");
    for asked in answers.list("principles") {
        let (Some(question), Some(answer)) = (part(asked, "question"), part(asked, "answer"))
        else {
            continue;
        };
        let differs = match answer {
            "yes" => !listed,
            "no" | "potentially" | "not-applicable" => listed,
            _ => false,
        };
        if is_on_transfers(question) && differs {
            let found = if listed { "transfers are listed" } else { "no transfer is listed" };
            findings.push(Finding::new(
                "transfer-differs",
                format!("{found}, and '{question}' is answered {answer}"),
            ));
        }
    }
}

fn is_on_transfers(question: &str) -> bool {
    let question = question.to_lowercase();
    ["outside the", "abroad", "overseas"].iter().any(|words| question.contains(words))
}
