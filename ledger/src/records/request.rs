//! `request`: somebody asks for what data protection law gives them.

use super::answers::Answers;
use super::days::written;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::order::in_future;
use super::rights::{Right, Standing};
use super::terms::BASES;

/// How a request or a complaint comes.
pub(super) const CHANNELS: &[&str] =
    &["letter", "e-mail", "in-person", "phone", "social-media", "website", "third-party"];

/// Version 1.
pub const V1: Kind = Kind {
    name: "request",
    version: 1,
    title: "Request",
    about: "Somebody asks to see data, or to have them corrected, erased, restricted, handed over \
            or no longer used. It need not name the law, and anybody at the school may receive it.",
    source: "Art 12, 15 to 21 UK GDPR; Education (Pupil Information) (England) Regulations 2005; \
             policy §3, §13",
    class: Class::Fact,
    case: Some("request"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "type",
            Form::Choice(&[
                "subject-access",
                "educational-record",
                "exam-marks",
                "erasure",
                "rectification",
                "restriction",
                "portability",
                "objection",
            ]),
            "what is asked for",
        ),
        Field::optional("channel", Form::Choice(CHANNELS), "how it came"),
        Field::optional("written", Form::Bool, "whether it was in writing"),
        Field::required("received", Form::Date, "day on which anybody at the school received it"),
        Field::optional(
            "requester",
            Form::Choice(&[
                "subject",
                "parent",
                "solicitor",
                "attorney",
                "court-appointed",
                "other",
            ]),
            "who asked: the person concerned, or somebody for them",
        ),
        Field::optional(
            "authority",
            Form::Choice(&["not-needed", "shown", "asked", "missing"]),
            "whether somebody who asks for another showed that they may",
        ),
        Field::optional(
            "child-capacity",
            Form::Choice(&["understands", "does-not", "not-considered", "not-a-child"]),
            "whether a child whose data these are understands their own rights",
        ),
        Field::optional(
            "subject",
            Form::Ref,
            "reference of the person whose data these are; never a name",
        ),
        Field::optional("scope", Form::Long, "which data, as far as it is said; name no pupils"),
        Field::optional(
            "basis",
            Form::Choice(BASES),
            "lawful basis on which these data are processed; some rights depend on it",
        ),
        Field::optional(
            "results-announced",
            Form::Date,
            "day on which results are announced, if marks are asked for",
        ),
        Field::optional("documents", Form::List(&Form::Doc), "the request, or a note of it"),
    ],
    required_links: &[],
    usual_links: &[Relation::Continues],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(in_future(answers, facts, "received", "it was received"));
    if answers.lacks("subject") {
        findings.push(Finding::new(
            "request-subject",
            "it names no reference, so it can't be told whose data are asked for",
        ));
    }
    check_requester(answers, &mut findings);
    check_type(answers, &mut findings);
    check_basis(answers, &mut findings);
    findings
}

/// Who asks, and by what right for another.
fn check_requester(answers: &Answers, findings: &mut Vec<Finding>) {
    let authority = answers.text("authority");
    match answers.text("requester") {
        None => findings.push(Finding::new("requester", "it is not said who asked")),
        Some("subject") => {}
        Some("parent") => {
            if matches!(authority, None | Some("missing")) {
                findings.push(Finding::new(
                    "parental-responsibility",
                    "parental responsibility of the parent was not checked",
                ));
            }
            check_child(answers, findings);
        }
        Some(requester) => {
            if matches!(authority, None | Some("missing" | "not-needed")) {
                let who = match requester {
                    "solicitor" => "a solicitor",
                    "attorney" => "an attorney",
                    "court-appointed" => "somebody appointed by a court",
                    _ => "a third party",
                };
                findings.push(Finding::new(
                    "third-party-authority",
                    format!("{who} asks for another without authority that was shown or asked for"),
                ));
            }
        }
    }
}

/// The right of access is the child's, whoever uses it (policy §13.1). The educational record is
/// a right of the parent's own.
fn check_child(answers: &Answers, findings: &mut Vec<Finding>) {
    if answers.text("type") == Some("educational-record") {
        return;
    }
    match answers.text("child-capacity") {
        None | Some("not-considered") => findings.push(Finding::new(
            "child-capacity",
            "a parent asks, and whether the child understands their own rights is not considered",
        )),
        Some("understands") if answers.text("authority") != Some("shown") => {
            findings.push(Finding::new(
                "child-capacity",
                "the child understands their rights, so a parent asks only if the child agrees",
            ));
        }
        Some("not-a-child") => findings.push(Finding::new(
            "child-capacity",
            "a parent asks about somebody who is no child, and is a third party like any other",
        )),
        Some(_) => {}
    }
}

/// What some types of request need.
fn check_type(answers: &Answers, findings: &mut Vec<Finding>) {
    match answers.text("type") {
        Some("educational-record") => {
            match answers.truth("written") {
                Some(true) => {}
                Some(false) => findings.push(Finding::new(
                    "edu-record",
                    "an educational record has to be asked for in writing, and this was not",
                )),
                None => findings.push(Finding::new(
                    "edu-record",
                    "an educational record has to be asked for in writing, which is not said here",
                )),
            }
            if !matches!(answers.text("requester"), None | Some("parent")) {
                findings.push(Finding::new(
                    "edu-record",
                    "only a parent can ask for the educational record; a request by anybody else \
                     is one for access",
                ));
            }
        }
        Some("exam-marks") => {
            if let (Some(announced), Some(received)) =
                (answers.day("results-announced"), answers.day("received"))
                && announced <= received
            {
                findings.push(Finding::new(
                    "exam-marks",
                    format!(
                        "results were announced on {}, no later than the request came, so the usual \
                         month applies",
                        written(announced)
                    ),
                ));
            }
        }
        _ => {}
    }
}

/// Rights that depend on the lawful basis.
fn check_basis(answers: &Answers, findings: &mut Vec<Finding>) {
    let kind = answers.text("type").unwrap_or_default();
    let (Some(right), Some(received)) = (Right::of_request(kind), answers.day("received")) else {
        return;
    };
    let Some(basis) = answers.text("basis") else {
        findings.push(Finding::new(
            "rights-by-basis",
            format!("{kind} is asked for, and the basis on which that right depends is not said"),
        ));
        return;
    };
    match right.on_basis(basis, received) {
        Some(Standing::Withdraw) => findings.push(Finding::new(
            "rights-by-basis",
            "what rests on consent is not objected to: treat it as a withdrawal of consent",
        )),
        None => findings.push(Finding::new(
            "rights-by-basis",
            format!("nothing rested on {basis} on {}", written(received)),
        )),
        Some(Standing::Stands | Standing::NotGiven) => {}
    }
}
