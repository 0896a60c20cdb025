//! The questions of a kind as inputs, and what was typed into them as the answers of a document.
//!
//! An input is named by where its answer stands: `a.cameras.0`, `a.decided-by.person`. What can't be
//! read stays as it was typed; the check of the answers names it.

use std::collections::BTreeSet;

use maud::{Markup, html};
use probity_ledger::records::form::AnswerFault;
use probity_ledger::records::kind::{Field, Form, Kind};
use probity_ledger::records::roles::ROLES;
use probity_ledger::records::spoken::spoken;
use serde_json::{Map, Value as Json};

use crate::web::site::fields::Fields;
use crate::web::site::layout::{capital, sentence};
use crate::web::site::parts::{self, Question, typed_date};
use crate::work::preview;

/// More words than this are chosen from a list that opens.
const RADIOS: usize = 9;

/// The input of a field.
#[must_use]
pub fn name_of(field: &str) -> String {
    format!("a.{field}")
}

/// Puts what a form says about these fields into the answers.
pub fn read_into(answers: &mut Map<String, Json>, fields: &Fields, asked: &[&'static Field]) {
    for field in asked {
        if is_file(&field.form) {
            continue;
        }
        match read(fields, &field.form, &name_of(field.name)) {
            Some(answer) => answers.insert(field.name.to_owned(), answer),
            None => answers.shift_remove(field.name),
        };
    }
}

/// Whether its answers are files.
#[must_use]
pub const fn is_file(form: &Form) -> bool {
    matches!(form, Form::Doc | Form::List(Form::Doc))
}

fn read(fields: &Fields, form: &Form, name: &str) -> Option<Json> {
    let said = || fields.said(name).map(|text| Json::from(text.to_owned()));
    match form {
        Form::Text | Form::Long | Form::Choice(_) | Form::Ref | Form::Person => said(),
        Form::Hash => {
            let file = fields.files_of(&format!("{name}.file")).next();
            let file = file.map(|file| Json::from(file.sha256.to_string()));
            file.or_else(|| fields.said(name).map(|text| text.to_lowercase().into()))
        }
        Form::Date => Some(typed_date(fields, name)).filter(|day| !day.is_empty()).map(Json::from),
        Form::Time => moment(fields, name).map(Json::from),
        Form::Bool => match fields.said(name)? {
            "yes" => Some(true.into()),
            "no" => Some(false.into()),
            other => Some(other.into()),
        },
        Form::Count => {
            let text = fields.said(name)?;
            Some(text.parse::<i64>().map_or_else(|_| text.into(), Json::from))
        }
        Form::Occurred => occurred(fields, name),
        Form::Roles | Form::List(Form::Choice(_)) => {
            let ticked: BTreeSet<&str> = fields.all(name).filter(|word| !word.is_empty()).collect();
            (!ticked.is_empty()).then(|| ticked.into_iter().map(Json::from).collect())
        }
        Form::Doc | Form::List(Form::Doc) => None,
        Form::List(inner) => {
            let items: Vec<Json> = places(fields, name)
                .into_iter()
                .filter_map(|at| read(fields, inner, &format!("{name}.{at}")))
                .collect();
            (!items.is_empty()).then_some(Json::Array(items))
        }
        Form::Group(members) => {
            let said = members.iter().filter_map(|member| {
                let answer = read(fields, &member.form, &format!("{name}.{}", member.name))?;
                Some((member.name.to_owned(), answer))
            });
            let said: Map<String, Json> = said.collect();
            (!said.is_empty()).then_some(Json::Object(said))
        }
    }
}

/// Which items of a list there are.
fn places(fields: &Fields, name: &str) -> BTreeSet<usize> {
    let begin = format!("{name}.");
    let rest = fields.iter().filter_map(|(known, _)| known.strip_prefix(&begin));
    rest.filter_map(|rest| rest.split(['.', '-']).next()?.parse().ok()).collect()
}

fn moment(fields: &Fields, name: &str) -> Option<String> {
    let day = typed_date(fields, name);
    let time = clock(fields.text(&format!("{name}-time")));
    match (day.is_empty(), time.is_empty()) {
        (true, true) => None,
        (true, false) => Some(time),
        (false, true) => Some(day),
        (false, false) => Some(format!("{day} {time}")),
    }
}

/// `1405`, `905` and `14.05` are times as people type them.
fn clock(text: &str) -> String {
    let digits = (3..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if digits {
        let (hour, minute) = text.split_at(text.len() - 2);
        return format!("{hour:0>2}:{minute}");
    }
    match text.replace('.', ":").split_once(':') {
        Some((hour, minute)) if hour.len() == 1 => format!("0{hour}:{minute}"),
        Some((hour, minute)) => format!("{hour}:{minute}"),
        None => text.to_owned(),
    }
}

fn occurred(fields: &Fields, name: &str) -> Option<Json> {
    let side = |id: &str| moment(fields, &format!("{name}.{id}"));
    let pair = |from: Option<String>, to: Option<String>| {
        let sides = [("from", from), ("to", to)];
        let said: Map<String, Json> = sides
            .into_iter()
            .filter_map(|(side, text)| Some((side.to_owned(), text?.into())))
            .collect();
        (!said.is_empty()).then_some(Json::Object(said))
    };
    match fields.text(&format!("{name}.how")) {
        "between" => pair(side("from"), side("to")),
        "unknown" => {
            let why = fields.text(&format!("{name}.unknown"));
            Some(Json::Object(Map::from_iter([("unknown".to_owned(), why.into())])))
        }
        _ => side("on").and_then(|on| pair(Some(on.clone()), Some(on))),
    }
}

/// Where on a form a fault stands, and what to say of it.
#[must_use]
pub fn place(kind: &Kind, fault: &AnswerFault) -> (Option<String>, String) {
    match fault {
        AnswerFault::Missing { field: "decision", ask } => {
            (Some("decision".to_owned()), format!("Choose what is decided: {ask}"))
        }
        AnswerFault::Missing { field, ask } => {
            let question = ask.split([':', ';']).next().unwrap_or(ask);
            (Some(name_of(field)), format!("Answer this: {question}"))
        }
        AnswerFault::Form { field, reason } => match kind.field(field) {
            Some(known) => {
                let (path, reason) = within(&known.form, name_of(field), reason);
                let question = preview::question(known);
                let said = if reason.contains("has no hour") {
                    format!("Enter a time of day, as 14:05: {question}")
                } else if reason.contains("is not a time such as") {
                    format!(
                        "Enter a day and a time that there are, as 21 11 2026 and 14:05: {question}"
                    )
                } else if reason.contains("expected FROM before TO") {
                    "The end is before the beginning".to_owned()
                } else if reason.contains("expected a whole number") {
                    format!("Enter a number alone, such as 28: {question}")
                } else if reason.contains("is not a day such as")
                    || reason.contains("expected a day as")
                {
                    let typed =
                        reason.rsplit_once("found ").map(|(_, typed)| typed.trim_matches('\''));
                    let none =
                        typed.and_then(no_such_day).map(|day| format!("There is no {day}. "));
                    let none = none.unwrap_or_default();
                    format!("{none}Enter a day that there is, as 21 11 2026: {question}")
                } else {
                    sentence(reason).trim_end_matches('.').to_owned()
                };
                (Some(path), said)
            }
            None => (Some(field.clone()), sentence(reason).trim_end_matches('.').to_owned()),
        },
        unknown @ AnswerFault::Unknown { .. } => (None, sentence(&unknown.to_string())),
    }
}

/// `31 February 2026`, of a day and a month and a year that were typed and make no day.
fn no_such_day(typed: &str) -> Option<String> {
    let mut parts = typed.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let first = crate::work::time::day_words(&format!("{year}-{month}-01"));
    let month = first.strip_prefix("1 ")?;
    Some(format!("{} {month}", day.parse::<u8>().ok()?))
}

/// Follows a reason such as `item 2: person: expected …` to the input that it is about.
fn within<'a>(form: &Form, path: String, reason: &'a str) -> (String, &'a str) {
    let Some((head, rest)) = reason.split_once(": ") else { return (path, reason) };
    match form {
        Form::List(inner) if !matches!(inner, Form::Choice(_)) => {
            match head.strip_prefix("item ").and_then(|at| at.parse::<usize>().ok()) {
                Some(at) => within(inner, format!("{path}.{}", at.saturating_sub(1)), rest),
                None => (path, reason),
            }
        }
        Form::Group(members) => match members.iter().find(|member| member.name == head) {
            Some(member) => within(&member.form, format!("{path}.{head}"), rest),
            None => (path, reason),
        },
        _ => (path, reason),
    }
}

/// Questions as they are shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown<'a> {
    /// What is wrong, each by its input.
    pub wrong: &'a [(Option<String>, String)],
    /// The list that has one more line than it has answers.
    pub more: Option<&'a str>,
    /// The list that has lost a line.
    pub fewer: Option<&'a str>,
    /// A question of short texts, and the texts that are known for it.
    pub offered: Option<(&'a str, &'a [String])>,
}

impl Shown<'_> {
    /// A question with its answer so far; as the page's first heading if it is the only one.
    #[must_use]
    pub fn field(&self, field: &Field, answer: Option<&Json>, heading: bool) -> Markup {
        let optional = if field.required { "" } else { " (optional)" };
        let label = format!("{}{optional}", capital(preview::question(field)));
        let hint = hint(field);
        let asked = Asked {
            label: &label,
            hint: hint.as_deref(),
            heading,
            required: field.required,
            focus: false,
        };
        self.one(&field.form, &name_of(field.name), field.name, asked, answer)
    }

    fn one(
        &self,
        form: &Form,
        path: &str,
        name: &str,
        asked: Asked<'_>,
        answer: Option<&Json>,
    ) -> Markup {
        let text = written(answer);
        let wrong = self.wrong.iter().find(|(at, _)| at.as_deref() == Some(path));
        let question = Question {
            name: path,
            label: asked.label,
            hint: asked.hint,
            value: &text,
            error: wrong.map(|(_, text)| text.as_str()),
            heading: asked.heading,
            autocomplete: None,
            offered: self.offered_for(name).map(|_| name),
            autofocus: asked.focus || self.fewer == Some(path),
        };
        match form {
            // In a list, the list offers them.
            Form::Text if path == name_of(name) => html! {
                (question.text())
                @if let Some(offered) = self.offered_for(name) {
                    p.hint { "Still open: " (offered.join("; ")) }
                    datalist id=(parts::offer(name)) { @for text in offered { option value=(text) {} } }
                }
            },
            Form::Text | Form::Person | Form::Ref => question.text(),
            Form::Hash => html! {
                (question.text())
                (Question { name: &format!("{path}.file"), label: "Or choose the file: it is not kept, only the number that tells it from any other",
                    ..Question::default() }.files(false))
            },
            Form::Long => question.area(5),
            Form::Count => question.number(),
            Form::Date => question.date(),
            Form::Time => moment_of(question),
            Form::Bool => radios(question, asked.required, &[("yes", "Yes"), ("no", "No")]),
            Form::Choice(words) => choice(question, asked.required, words),
            Form::Roles => {
                let ticked = texts(answer);
                let choices: Vec<(&str, &str)> =
                    ROLES.iter().map(|role| (role.name, role.title)).collect();
                question.boxes(&choices, &ticked)
            }
            Form::List(Form::Choice(words)) => {
                let spoken: Vec<String> = words.iter().map(|word| choice_words(word)).collect();
                let choices: Vec<(&str, &str)> =
                    words.iter().copied().zip(spoken.iter().map(String::as_str)).collect();
                question.boxes(&choices, &texts(answer))
            }
            Form::Occurred => when(question, path, answer),
            Form::List(inner) => self.list(inner, path, name, question, answer),
            Form::Group(members) => {
                let inner = self.members(members, path, asked.focus, answer);
                fieldset(Question { autofocus: false, ..question }, &inner)
            }
            Form::Doc => html! {},
        }
    }

    fn offered_for(&self, name: &str) -> Option<&[String]> {
        let (_, texts) = self.offered.filter(|(offered, _)| *offered == name)?;
        (!texts.is_empty()).then_some(texts)
    }

    fn members(&self, members: &[Field], path: &str, focus: bool, answer: Option<&Json>) -> Markup {
        html! {
            @for (at, member) in members.iter().enumerate() {
                @let optional = if member.required { "" } else { " (optional)" };
                @let label = format!("{}{optional}", capital(preview::question(member)));
                @let hint = hint(member);
                @let asked = Asked { label: &label, hint: hint.as_deref(), heading: false, required: member.required, focus: focus && at == 0 };
                @let answer = answer.and_then(|answer| answer.get(member.name));
                (self.one(&member.form, &format!("{path}.{}", member.name), member.name, asked, answer))
            }
        }
    }

    fn list(
        &self,
        inner: &Form,
        path: &str,
        name: &str,
        question: Question<'_>,
        answer: Option<&Json>,
    ) -> Markup {
        let empty = Vec::new();
        let items = answer.and_then(Json::as_array).unwrap_or(&empty);
        let more = usize::from(self.more == Some(path));
        let rows = (items.len() + more).max(1);
        let one = singular(name);
        fieldset(
            question,
            &html! {
                @for at in 0..rows {
                    @let label = format!("{one} {}", at + 1);
                    @let asked = Asked { label: &label, hint: None, heading: false, required: false, focus: more > 0 && at + 1 == rows };
                    div.item {
                        (self.one(inner, &format!("{path}.{at}"), name, asked, items.get(at)))
                        @if rows > 1 {
                            button.plain name="less" value={ (path) "." (at) } { "Remove " (label.to_lowercase()) }
                        }
                    }
                }
                button.button.secondary name="more" value=(path) { "Add another " (one.to_lowercase()) }
                @if let Some(offered) = self.offered_for(name) {
                    datalist id=(parts::offer(name)) { @for text in offered { option value=(text) {} } }
                }
            },
        )
    }
}

/// When it happened, as exactly as that is known.
fn when(question: Question<'_>, path: &str, answer: Option<&Json>) -> Markup {
    let side = |name: &str| written(answer.and_then(|answer| answer.get(name)));
    let (from, to, unknown) = (side("from"), side("to"), side("unknown"));
    let how = if answer.is_some_and(|answer| answer.get("unknown").is_some()) {
        "unknown"
    } else if from == to {
        "on"
    } else {
        "between"
    };
    let on = if how == "on" { from.as_str() } else { "" };
    let ask = |id: &str| format!("{path}.{id}");
    let moment = |id: &str, label: &str, value: &str| {
        let name = ask(id);
        moment_of(Question { name: &name, label, value, ..Question::default() })
    };
    let ways = [
        ("on", "On a day, or at a time"),
        ("between", "Between two days or times"),
        ("unknown", "It is not known"),
    ];
    fieldset(
        question,
        &html! {
            div.how {
                (Question { name: &ask("how"), label: "How exactly is that known?", value: how, ..Question::default() }.radios(&ways))
                div.on { (moment("on", "When (the time may be left empty)", on)) }
                div.between {
                    (moment("from", "From", if how == "between" { &from } else { "" }))
                    (moment("to", "To", if how == "between" { &to } else { "" }))
                }
                div.unknown {
                    (Question { name: &ask("unknown"), label: "Why it is not known", value: &unknown, ..Question::default() }.text())
                }
            }
        },
    )
}

#[derive(Clone, Copy)]
struct Asked<'a> {
    label: &'a str,
    hint: Option<&'a str>,
    heading: bool,
    required: bool,
    /// Whether the page opens at it: a line that was just added.
    focus: bool,
}

fn fieldset(question: Question<'_>, inner: &Markup) -> Markup {
    let Question { name, label, hint, error, heading, autofocus, .. } = question;
    html! {
        div.field.wrong[error.is_some()] {
            fieldset.set id=(name) tabindex="-1" autofocus[autofocus] {
                legend { @if heading { h1.question { (label) } } @else { (label) } }
                @if let Some(hint) = hint { p.hint { (hint) } }
                @if let Some(error) = error { p.error { span.hidden { "Error: " } (error) } }
                (inner)
            }
        }
    }
}

/// A time without its day stands where the time stands.
fn moment_of(question: Question<'_>) -> Markup {
    let alone = question.value.contains(':') && !question.value.contains([' ', 'T', '-']);
    let value = if alone { format!(" {}", question.value) } else { question.value.to_owned() };
    Question { value: &value, ..question }.moment()
}

fn radios(question: Question<'_>, required: bool, choices: &[(&str, &str)]) -> Markup {
    if required {
        return question.radios(choices);
    }
    let mut all = choices.to_vec();
    all.push(("", "No answer"));
    question.radios(&all)
}

fn choice(question: Question<'_>, required: bool, words: &[&str]) -> Markup {
    let spoken: Vec<String> = words.iter().map(|word| choice_words(word)).collect();
    let choices: Vec<(&str, &str)> =
        words.iter().copied().zip(spoken.iter().map(String::as_str)).collect();
    if words.len() <= RADIOS {
        radios(question, required, &choices)
    } else {
        question.select(&choices)
    }
}

/// A word that can be chosen, as it is read.
fn choice_words(word: &str) -> String {
    match word {
        "dpo" => "Data protection officer".to_owned(),
        "dsl" => "Designated safeguarding lead".to_owned(),
        "it-lead" => "IT lead".to_owned(),
        "hr-or-audit" => "HR or audit".to_owned(),
        "eu-us-privacy-shield" => "EU-US Privacy Shield".to_owned(),
        "uk-us-data-bridge" => "UK-US data bridge".to_owned(),
        "e-mail" => "E-mail".to_owned(),
        "loss-theft" => "Loss or theft".to_owned(),
        "poor-destruction" => "Not properly destroyed".to_owned(),
        "pupils-work" => "Pupils\u{2019} work".to_owned(),
        "sub-processor" => "Sub-processor".to_owned(),
        other => capital(&spoken(other)),
    }
}

/// An answer as it was typed.
fn written(answer: Option<&Json>) -> String {
    match answer {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Bool(true)) => "yes".to_owned(),
        Some(Json::Bool(false)) => "no".to_owned(),
        Some(Json::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn texts(answer: Option<&Json>) -> Vec<&str> {
    let items = answer.and_then(Json::as_array).into_iter().flatten();
    items.filter_map(Json::as_str).collect()
}

/// What follows a question is advice, unless it is about the command line.
fn hint(field: &Field) -> Option<String> {
    let form = if let Form::List(inner) = field.form { *inner } else { field.form };
    let advice = field.ask.split_once([':', ';']).map(|(_, advice)| advice.trim());
    let advice = advice.filter(|advice| !advice.contains('=') && !matches!(form, Form::Occurred));
    let about = match form {
        Form::Ref => Some(
            "4 to 64 small letters, digits and hyphens, with a digit in it. No name, no pupil number, no birthday",
        ),
        Form::Date => Some("For example, 21 11 2026"),
        Form::Hash => Some("64 hexadecimal digits"),
        _ => None,
    };
    match (advice.map(capital), about) {
        (Some(advice), Some(about)) => Some(format!("{advice}. {about}")),
        (Some(advice), None) => Some(advice),
        (None, about) => about.map(str::to_owned),
    }
}

/// One of several: `Camera` of `cameras`.
fn singular(name: &str) -> String {
    match name {
        "people" | "who" => return "Person".to_owned(),
        "media" => return "Medium".to_owned(),
        "people-kinds" => return "Sort of people".to_owned(),
        _ => {}
    }
    let words = name.replace('-', " ");
    let one = if let Some(stem) = words.strip_suffix("ies") {
        format!("{stem}y")
    } else if words.ends_with("sses") {
        words.trim_end_matches("es").to_owned()
    } else if words.ends_with("ss") {
        words
    } else {
        words.strip_suffix('s').map_or(words.clone(), str::to_owned)
    };
    capital(&one)
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
