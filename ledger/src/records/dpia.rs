//! `dpia`: a data protection impact assessment, in the six steps of policy §12 and App 4 and with
//! the heads of the fuller forms that councils give out.
//!
//! What its answers say of each other stands in three files: its content and contradictions
//! (`content`), its risks and their controls (`risks`), and how it agrees with the screening
//! and the approvals before it (`before`).

use super::answers::Answers;
use super::assessing;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::terms::{ANSWERS, BASES, GROUNDS, IMPACTS, LEVELS, LIKELIHOODS};

mod before;
mod content;
mod risks;

pub(super) use before::started_before;
pub(super) use content::check_transfers;

/// How the data go.
const FLOWS: &[Field] = &[
    Field::optional("obtained", Form::Long, "how data are obtained; name no pupils"),
    Field::optional("processed", Form::Long, "what is done with them, now and perhaps later"),
    Field::optional("stored", Form::Long, "where and how they are stored"),
    Field::optional("disclosed", Form::Long, "to whom they are disclosed"),
];

/// What data are used for, and why that is lawful.
const PURPOSE: &[Field] = &[
    Field::required("purpose", Form::Text, "what for"),
    Field::optional("data", Form::Text, "which data"),
    Field::optional("basis", Form::Choice(BASES), "lawful basis"),
    Field::optional("basis-stated", Form::Text, "the lawful basis as the form has it"),
    Field::optional("condition", Form::Text, "condition for special category data, if any"),
];

/// Somebody who processes data for the school.
const PROCESSOR: &[Field] = &[
    Field::required("name", Form::Text, "who"),
    Field::optional("role", Form::Choice(&["processor", "sub-processor"]), "as what"),
    Field::optional("country", Form::Text, "where"),
];

/// Data that leave the United Kingdom.
const TRANSFER: &[Field] = &[
    Field::required("country", Form::Text, "to which country"),
    Field::optional("ground", Form::Choice(GROUNDS), "on which ground"),
    Field::optional("detail", Form::Long, "what goes there, and what protects it"),
];

/// A question on a principle of data protection.
const PRINCIPLE: &[Field] = &[
    Field::required("question", Form::Text, "the question"),
    Field::required("answer", Form::Choice(ANSWERS), "the answer"),
    Field::optional("detail", Form::Long, "what there is to say; name no pupils"),
];

/// A risk to people.
const RISK: &[Field] = &[
    Field::required("id", Form::Text, "its mark, such as R1"),
    Field::optional("head", Form::Text, "what it belongs to, such as data security"),
    Field::required("description", Form::Long, "what could happen to whom; name no pupils"),
    Field::required(
        "scale",
        Form::Choice(&["five-by-five", "three-level"]),
        "how it is rated: by impact and likelihood, or by one of three levels",
    ),
    Field::optional("impact-before", Form::Choice(IMPACTS), "impact as it was found"),
    Field::optional("likelihood-before", Form::Choice(LIKELIHOODS), "likelihood as it was found"),
    Field::optional("level-before", Form::Choice(LEVELS), "level as it was found"),
    Field::optional("impact-after", Form::Choice(IMPACTS), "impact after the controls"),
    Field::optional("likelihood-after", Form::Choice(LIKELIHOODS), "likelihood after the controls"),
    Field::optional("level-after", Form::Choice(LEVELS), "level after the controls"),
    Field::optional("called-high-by", Form::Person, "who calls it high, author or DPO, if anybody"),
];

/// What is done about a risk.
const CONTROL: &[Field] = &[
    Field::required("risk", Form::Text, "the mark of the risk"),
    Field::required(
        "kind",
        Form::Choice(&[
            "contract",
            "privacy-notice",
            "procedure",
            "disable-feature",
            "training",
            "technical",
            "none-needed",
        ]),
        "what sort of control",
    ),
    Field::required("text", Form::Long, "what is done, or why nothing needs to be"),
    Field::optional(
        "expected",
        Form::Choice(&["eliminate", "reduce", "accept"]),
        "what it is to do: end the risk, reduce it, or leave it to be accepted",
    ),
    Field::optional("level-stated", Form::Choice(LEVELS), "level of the risk as stated here"),
    Field::optional("effect-stated", Form::Text, "its effect as the form has it"),
];

/// Who puts a control in place.
const RESPONSIBILITY: &[Field] = &[
    Field::required("risk", Form::Text, "the mark of the risk"),
    Field::required("control", Form::Text, "the control, or the beginning of its text"),
    Field::optional("officer", Form::Person, "who puts it in place"),
    Field::optional("deadline", Form::Date, "by when"),
    Field::optional("completed", Form::Date, "when it was in place"),
];

/// Whether people were asked, and what came of it.
const CONSULTATION: &[Field] = &[
    Field::required("done", Form::Bool, "whether anybody was consulted"),
    Field::optional("who", Form::List(&Form::Text), "who was consulted; name no pupils"),
    Field::optional("date", Form::Date, "when"),
    Field::optional("views", Form::Long, "what they said; name no pupils"),
    Field::optional("how-addressed", Form::Long, "what was done about it"),
    Field::optional("why-not", Form::Long, "why nobody was consulted"),
];

/// Whom people ask about it.
const CONTACT: &[Field] = &[
    Field::optional("name", Form::Person, "whom to ask"),
    Field::optional("job-title", Form::Text, "their job"),
    Field::optional("email", Form::Text, "their e-mail address"),
    Field::optional("telephone", Form::Text, "their telephone number"),
];

/// Version 1.
pub const V1: Kind = Kind {
    name: "dpia",
    version: 1,
    title: "DPIA",
    about: "A data protection impact assessment: what is planned and why, which data go where, \
            what could happen to people, what is done about it, by whom and by when, and what risk \
            remains. Long answers are best given with --from-json.",
    source: "Art 35(7), (9) UK GDPR; policy §12.8, §12.9, App 4",
    class: Class::Fact,
    case: Some("dpia"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("initiative", Form::Text, "what is assessed: a product, a system, a plan"),
        Field::optional("author", Form::Person, "who wrote the assessment"),
        Field::optional("project-lead", Form::Person, "who leads the initiative"),
        Field::optional("dpo-named", Form::Person, "whom it names as data protection officer"),
        Field::optional("completed", Form::Date, "day on which it was completed"),
        Field::optional(
            "context",
            Form::Long,
            "what the initiative is for, when, and whom it helps; name no pupils",
        ),
        Field::optional(
            "processing",
            Form::Choice(&["planned", "started"]),
            "whether the processing is planned or has started",
        ),
        Field::optional("started-on", Form::Date, "day on which the processing started"),
        Field::optional(
            "flows",
            Form::Group(FLOWS),
            "how data are obtained, processed, stored and disclosed: obtained=TEXT; stored=TEXT",
        ),
        Field::optional(
            "people",
            Form::List(&Form::Text),
            "which sorts of people are concerned: pupils, parents, staff",
        ),
        Field::optional("data-types", Form::List(&Form::Text), "which sorts of data"),
        Field::optional(
            "special-data",
            Form::Choice(ANSWERS),
            "whether special category data are processed",
        ),
        Field::optional("special-data-detail", Form::Long, "which ones; name no pupils"),
        Field::optional(
            "new-data",
            Form::Choice(&["yes", "no"]),
            "whether data are processed that the school didn't process before",
        ),
        Field::optional(
            "data-shared",
            Form::Choice(&["yes", "no"]),
            "whether data are given to anybody outside the school",
        ),
        Field::optional(
            "purposes",
            Form::List(&Form::Group(PURPOSE)),
            "each purpose: purpose=TEXT; data=TEXT; basis=public-task",
        ),
        Field::optional(
            "assets",
            Form::List(&Form::Text),
            "what the data rest on: devices, software, networks, paper, people",
        ),
        Field::optional("retention", Form::Long, "how long which data are kept"),
        Field::optional(
            "processors",
            Form::List(&Form::Group(PROCESSOR)),
            "each processor: name=TEXT; role=processor; country=TEXT",
        ),
        Field::optional(
            "transfers",
            Form::List(&Form::Group(TRANSFER)),
            "each transfer abroad: country=TEXT; ground=uk-us-data-bridge",
        ),
        Field::optional("necessity", Form::Long, "why it can't be done with less; name no pupils"),
        Field::optional(
            "proportionality",
            Form::Long,
            "why what it does to people is in proportion to its aim; name no pupils",
        ),
        Field::optional(
            "principles",
            Form::List(&Form::Group(PRINCIPLE)),
            "each question on a principle: question=TEXT; answer=yes; detail=TEXT",
        ),
        Field::optional(
            "training-needed",
            Form::Choice(ANSWERS),
            "whether staff need training or instructions",
        ),
        Field::optional(
            "risks",
            Form::List(&Form::Group(RISK)),
            "each risk: id=R1; description=TEXT; scale=three-level; level-before=medium",
        ),
        Field::optional(
            "controls",
            Form::List(&Form::Group(CONTROL)),
            "each control: risk=R1; kind=training; text=TEXT; expected=reduce",
        ),
        Field::optional(
            "responsibilities",
            Form::List(&Form::Group(RESPONSIBILITY)),
            "who does what: risk=R1; control=TEXT; officer=NAME; deadline=2026-09-30",
        ),
        Field::optional(
            "codes",
            Form::List(&Form::Text),
            "guidance and codes of conduct that apply to it",
        ),
        Field::optional("codes-compliance", Form::Long, "how it complies with them"),
        Field::optional(
            "consultation",
            Form::Group(CONSULTATION),
            "who was consulted, or why nobody: done=yes; who=TEXT; views=TEXT; how-addressed=TEXT",
        ),
        Field::optional("planned-changes", Form::Long, "changes that are planned"),
        Field::optional("review-date", Form::Date, "day by which it is reviewed"),
        Field::optional(
            "contact",
            Form::Group(CONTACT),
            "whom people ask about it: name=NAME; email=ADDRESS",
        ),
        Field::optional("documents", Form::List(&Form::Doc), "the assessment as a document"),
    ],
    required_links: &[],
    usual_links: &[Relation::About, Relation::Continues],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    content::check(answers, facts, &mut findings);
    risks::check(answers, facts, &mut findings);
    assessing::check_dpo(answers, "dpo-named", facts, &mut findings);
    before::check(answers, facts, &mut findings);
    assessing::check_consultation(answers, &mut findings);
    assessing::check_review_date(answers, facts, &mut findings);
    findings
}
