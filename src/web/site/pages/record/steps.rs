//! The pages on which a record's questions are answered: one page for a short kind, one question a
//! page for a long one.

use axum::http::StatusCode;
use maud::{Markup, html};
use probity_ledger::records::kind::{Class, Field, Form, Kind, Relation};
use probity_ledger::records::roles::ROLES;
use serde_json::{Map, Value as Json};

use super::about::{self, SoFar};
use super::form::{self, Shown, is_file, name_of};
use super::{advice, drafts, owner};
use crate::web::site::fields::Fields;
use crate::web::site::layout::{self, capital, kinds_named};
use crate::web::site::pages::shown;
use crate::web::site::parts::{self, Question};
use crate::web::site::visit::{Answer, Reply, Visit};
use crate::work::drafts::known::{CAMERAS, Cameras, PLACE, open_places};
use crate::work::drafts::{Draft, EXCEPTION, RATIFY_BY, RATIFY_ROLE, REASON, ROLE};
use crate::work::{WorkError, time};

/// More questions of its own than this are asked one a page.
const SHORT: usize = 8;

/// Kinds that are written down in passing: all on one page, what is optional folded away.
const QUICK: &[&str] = &["cctv-access"];

/// Kinds that are written down while something presses: all on one page.
const TOGETHER: &[&str] = &["breach-told"];

/// A page of questions.
#[derive(Clone, Copy)]
pub enum Step {
    /// Everything.
    All,
    /// What it is about, beside the answers.
    About,
    /// One question.
    One(&'static Field),
    /// The exception under which it is signed.
    Exception,
}

impl Step {
    /// As addresses name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::About => "about",
            Self::One(field) => field.name,
            Self::Exception => "exception",
        }
    }

    /// The step of that name.
    pub fn named(kind: &Kind, name: &str) -> Result<Self, WorkError> {
        match name {
            "exception" => Ok(Self::Exception),
            _ => steps(kind).into_iter().find(|step| step.name() == name).ok_or_else(|| {
                WorkError::refused("this record has no such question", "look at its draft again")
            }),
        }
    }

    fn asked(self, kind: &Kind) -> Vec<&'static Field> {
        match self {
            Self::All => kind.body_fields().collect(),
            Self::One(field) => vec![field],
            Self::About | Self::Exception => Vec::new(),
        }
    }
}

/// Whether all questions stand on one page.
#[must_use]
pub fn on_one_page(kind: &Kind) -> bool {
    let block = |field: &Field| matches!(field.form, Form::List(Form::Group(_)));
    let together = QUICK.contains(&kind.name) || TOGETHER.contains(&kind.name);
    together || (kind.fields.len() <= SHORT && !kind.fields.iter().any(block))
}

/// The pages of a kind, in their order.
#[must_use]
pub fn steps(kind: &Kind) -> Vec<Step> {
    if on_one_page(kind) {
        return vec![Step::All];
    }
    std::iter::once(Step::About).chain(kind.body_fields().map(Step::One)).collect()
}

/// What a page of questions is shown with.
pub struct Page<'a> {
    kind: &'static Kind,
    step: Step,
    answers: &'a Map<String, Json>,
    draft: Option<&'a Draft>,
    wrong: Vec<(Option<String>, String)>,
    more: Option<&'a str>,
    fewer: Option<&'a str>,
    left: bool,
    then: &'a str,
}

/// The first page of a kind, before there is a draft.
pub fn first(visit: &Visit, kind: &'static Kind) -> Answer {
    let (mut answers, cameras) = (about::from_query(visit, kind), cameras(visit, kind)?);
    if QUICK.contains(&kind.name) || TOGETHER.contains(&kind.name) {
        let today = about::today(visit);
        let moments = kind.fields.iter().filter(|field| matches!(field.form, Form::Time));
        for field in moments.filter(|field| field.required) {
            let now = if field.name == "viewed-to" { about::now(visit) } else { today.clone() };
            answers.insert(field.name.to_owned(), now.into());
        }
        if let Some(only) = cameras.only() {
            answers.insert(CAMERAS.to_owned(), Json::Array(vec![only.into()]));
        }
    }
    let step = steps(kind).first().copied().unwrap_or(Step::All);
    show_with(
        visit,
        &Page {
            kind,
            step,
            answers: &answers,
            draft: None,
            wrong: Vec::new(),
            more: None,
            fewer: None,
            left: false,
            then: "",
        },
        &cameras,
    )
}

/// The cameras that somebody may name who answers this kind's questions.
fn cameras(visit: &Visit, kind: &Kind) -> Result<Cameras, WorkError> {
    if kind.field(CAMERAS).is_none() {
        return Ok(Cameras::default());
    }
    let sight = visit.sight()?;
    visit.read(|reading| Cameras::of(reading, sight))
}

/// The places that a removal of images may close.
fn places(
    visit: &Visit,
    kind: &Kind,
    answers: &Map<String, Json>,
) -> Result<Vec<String>, WorkError> {
    if kind.name != "image-removal" {
        return Ok(Vec::new());
    }
    let case = answers.get("case").and_then(Json::as_str).filter(|case| !case.ends_with("new"));
    let case = case.map(str::to_lowercase);
    let removes = about::link_of(answers, Relation::Removes);
    let sight = visit.sight()?;
    // What was typed may name none: its own question tells of that.
    visit.read(|reading| {
        Ok(open_places(reading, sight, (case.as_deref(), removes.as_deref())).unwrap_or_default())
    })
}

/// A page of a draft.
pub fn again(visit: &Visit, draft: &Draft, step: Step) -> Answer {
    let kind = draft.kind()?;
    let then = visit.query("then").unwrap_or_default().to_owned();
    let wrong = if then == "check" { faults_of(visit, draft, step)? } else { Vec::new() };
    show(
        visit,
        &Page {
            kind,
            step,
            answers: &draft.answers,
            draft: Some(draft),
            wrong,
            more: None,
            fewer: None,
            left: false,
            then: &then,
        },
    )
}

/// Takes what was answered on one page, and goes on.
pub fn take(visit: &Visit, draft: &Draft, step: Step, mut fields: Fields) -> Answer {
    let kind = draft.kind()?;
    let owner = owner(visit)?;
    let whose = (draft.id.as_str(), owner);
    let drafts = drafts(visit);
    let less = fields.said("less").map(str::to_owned);
    if let Some(less) = &less {
        fields.forget(less);
    }
    let asked = step.asked(kind);
    drafts.change(visit.world(), whose, |draft| {
        if fields.has("about") {
            about::read(&fields, kind, &mut draft.answers);
            about::read_beside(&fields, draft);
        }
        if matches!(step, Step::Exception) {
            for name in [EXCEPTION, REASON, RATIFY_ROLE] {
                draft.say(name, fields.text(name));
            }
            draft.say(RATIFY_BY, &parts::typed_date(&fields, RATIFY_BY));
        }
        form::read_into(&mut draft.answers, &fields, &asked);
        Ok(())
    })?;
    let mut refused = Vec::new();
    for field in asked.iter().filter(|field| is_file(&field.form)) {
        for file in fields.files_of(&name_of(field.name)) {
            let upload = (file.path.as_path(), file.sha256);
            if let Err(error) = drafts.take(visit.world(), whose, &file.name, upload) {
                refused.push((Some(name_of(field.name)), error.to_string()));
            }
        }
    }
    if let Some(number) = fields.said("leave").and_then(|number| number.parse().ok()) {
        drafts.leave_out(visit.world(), whose, number)?;
    }
    let draft = drafts.open(whose.0, owner)?;
    let more = fields.said("more").map(str::to_owned);
    let then = fields.text("then").to_owned();
    let page = |wrong, more| Page {
        kind,
        step,
        answers: &draft.answers,
        draft: Some(&draft),
        wrong,
        more,
        fewer: less.as_deref().and_then(|less| less.rsplit_once('.')).map(|(list, _)| list),
        left: fields.has("leave"),
        then: if then == "save" { "" } else { &then },
    };
    if more.is_some() || less.is_some() || fields.has("leave") {
        return show(visit, &page(refused, more.as_deref()));
    }
    if then == "keep" {
        // The page is about to lock: nobody has asked yet whether the answers are good.
        return Ok(Reply::Go(format!("/draft/{}/answer/{}", draft.id, step.name())));
    }
    if then == "later" {
        return Ok(Reply::Go("/record".to_owned()));
    }
    let mut wrong = refused;
    wrong.extend(faults_of(visit, &draft, step)?);
    if !wrong.is_empty() {
        return show(visit, &page(wrong, None));
    }
    let next = steps(kind).into_iter().skip_while(|one| one.name() != step.name()).nth(1);
    Ok(Reply::Go(match next.filter(|_| then != "check") {
        Some(next) => format!("/draft/{}/answer/{}", draft.id, next.name()),
        None => format!("/draft/{}", draft.id),
    }))
}

/// What is wrong with the answers of one page.
fn faults_of(
    visit: &Visit,
    draft: &Draft,
    step: Step,
) -> Result<Vec<(Option<String>, String)>, WorkError> {
    let kind = draft.kind()?;
    let mut wrong = Vec::new();
    if matches!(step, Step::All | Step::About) {
        wrong.extend(about::wrong(visit, draft)?);
    }
    if matches!(step, Step::Exception) && draft.said(EXCEPTION).is_some() {
        for (name, text) in
            [(REASON, "Say why it can't wait"), (RATIFY_ROLE, "Choose who has to ratify it")]
        {
            if draft.said(name).is_none() {
                wrong.push((Some(name.to_owned()), text.to_owned()));
            }
        }
    }
    let here = |path: &Option<String>| match (step, path.as_deref()) {
        (Step::All, _) => true,
        (Step::About, Some(path)) => !path.starts_with("a."),
        (Step::One(field), Some(path)) => {
            let own = name_of(field.name);
            path.strip_prefix(own.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }
        _ => false,
    };
    let faults = draft.faults(visit.world().now())?;
    wrong
        .extend(faults.iter().map(|fault| form::place(kind, fault)).filter(|(path, _)| here(path)));
    Ok(wrong)
}

/// Where a question of a draft is answered again.
#[must_use]
pub fn change(kind: &Kind, id: &str, field: &str) -> String {
    let own = steps(kind).into_iter().find(|step| step.name() == field);
    let about = matches!(field, "decision" | "case" | "links" | "role");
    match own {
        Some(step) => format!("/draft/{id}/answer/{}?then=check", step.name()),
        None if on_one_page(kind) && about => format!("/draft/{id}/answer/all?then=check"),
        None if on_one_page(kind) => {
            format!("/draft/{id}/answer/all?then=check#{}", name_of(field))
        }
        None => format!("/draft/{id}/answer/about?then=check"),
    }
}

/// Everything on one page; what is optional is folded away.
fn everything(
    visit: &Visit,
    page: &Page<'_>,
    shown: Shown<'_>,
    so_far: &SoFar<'_>,
) -> Result<Markup, WorkError> {
    let about = about::gather(visit, page.kind, so_far)?;
    let (first, folded) = in_order(page.kind);
    let begun = |field: &&Field| {
        page.answers.contains_key(field.name)
            || page
                .wrong
                .iter()
                .any(|(at, _)| at.as_deref().is_some_and(|at| at.starts_with(&name_of(field.name))))
    };
    let open = folded.iter().any(begun)
        || page
            .more
            .is_some_and(|more| folded.iter().any(|field| more.starts_with(&name_of(field.name))));
    Ok(html! {
        (about::show(page.kind, &about, so_far, &page.wrong))
        @for field in first { (question(page, shown, field, false)) }
        @if !folded.is_empty() {
            details open[open] {
                summary { "More, where there is more to say" }
                div { @for field in folded { (question(page, shown, field, false)) } }
            }
        }
    })
}

fn show(visit: &Visit, page: &Page<'_>) -> Answer {
    show_with(visit, page, &cameras(visit, page.kind)?)
}

fn show_with(visit: &Visit, page: &Page<'_>, cameras: &Cameras) -> Answer {
    let Page { kind, step, draft, .. } = page;
    let to = match draft {
        Some(draft) => format!("/draft/{}/answer/{}", draft.id, step.name()),
        None => format!("/record/{}", kind.name),
    };
    let so_far = SoFar {
        answers: page.answers,
        role: draft.and_then(|draft| draft.said(ROLE)),
        draft: *draft,
    };
    let places = places(visit, kind, page.answers)?;
    let offered = match places.as_slice() {
        [] => (CAMERAS, cameras.names.as_slice()),
        places => (PLACE, places),
    };
    let offered = Some(offered);
    let shown = Shown { wrong: &page.wrong, more: page.more, fewer: page.fewer, offered };
    let heading = match step {
        Step::One(field) => {
            Some(capital(crate::work::preview::question(field))).filter(|_| !is_file(&field.form))
        }
        _ => None,
    };
    let questions = match step {
        Step::All => everything(visit, page, shown, &so_far)?,
        Step::About => {
            let about = about::gather(visit, kind, &so_far)?;
            about::show(kind, &about, &so_far, &page.wrong)
        }
        Step::One(field) => question(page, shown, field, heading.is_some()),
        Step::Exception => exception(visit, page),
    };
    let inner = html! {
        // Whoever presses Enter means this one, not a button that adds a line.
        button.hidden tabindex="-1" aria-hidden="true" name="then" value=(page.then) { "Continue" }
        (questions)
        button.button name="then" value=(page.then) { "Continue" }
        @if !matches!(step, Step::All | Step::Exception) && page.then != "check" {
            button.button.secondary name="then" value="check" { "Save and check the answers" }
        }
        @if draft.is_some() { button.button.secondary name="then" value="later" { "Save for later" } }
    };
    let files = step
        .asked(kind)
        .iter()
        .any(|field| is_file(&field.form) || matches!(field.form, Form::Hash));
    let all = steps(kind);
    let at = all.iter().position(|one| one.name() == step.name());
    let body = html! {
        @if let Some(at) = at.filter(|_| all.len() > 1) {
            p.quiet { (kind.title) ": question " (at + 1) " of " (all.len()) }
        }
        @if matches!(step, Step::All | Step::About) { p { (kinds_named(kind.about)) } (foreign(visit, kind)?) }
        (advice::beside(visit, kind, page.answers, draft.map_or(&[], |draft| draft.files.as_slice()))?)
        (parts::form(visit, &to, files, &inner))
    };
    let back = match (draft, at) {
        (Some(draft), _) if page.then == "check" => format!("/draft/{}", draft.id),
        (Some(draft), Some(at)) if at > 0 => {
            format!("/draft/{}/answer/{}", draft.id, all[at - 1].name())
        }
        _ => "/record".to_owned(),
    };
    let title = match step {
        Step::All | Step::About => kind.title.to_owned(),
        Step::Exception => "Sign under an exception".to_owned(),
        Step::One(field) => capital(crate::work::preview::question(field)),
    };
    let errors = parts::error_summary(
        &page.wrong.iter().map(|(at, text)| (at.as_deref(), text.clone())).collect::<Vec<_>>(),
    );
    let whole = html! {
        (parts::back(&back))
        (errors)
        @if heading.is_none() { h1 { (title) } }
        (body)
    };
    let wrong = !page.wrong.is_empty();
    let framed = layout::frame(visit, &title, &whole, wrong);
    Ok(if wrong {
        Reply::Status(StatusCode::UNPROCESSABLE_ENTITY, framed)
    } else {
        Reply::Page(framed)
    })
}

/// What is asked first, and what is folded away.
fn in_order(kind: &Kind) -> (Vec<&'static Field>, Vec<&'static Field>) {
    let quick = QUICK.contains(&kind.name);
    let common = |field: &Field| matches!(field.name, "occurred" | "decided-by");
    kind.body_fields().partition(|field| field.required || !(quick || common(field)))
}

fn question(page: &Page<'_>, shown: Shown<'_>, field: &'static Field, heading: bool) -> Markup {
    if !is_file(&field.form) {
        return shown.field(field, page.answers.get(field.name), heading);
    }
    let name = name_of(field.name);
    let error = page.wrong.iter().find(|(at, _)| at.as_deref() == Some(name.as_str()));
    let optional = if field.required { "" } else { " (optional)" };
    let label = format!("{}{optional}", capital(crate::work::preview::question(field)));
    let question = Question {
        name: &name,
        label: &label,
        hint: Some("Choose files, or drop them here. They are kept byte for byte."),
        error: error.map(|(_, text)| text.as_str()),
        autofocus: page.left,
        ..Question::default()
    };
    html! {
        @if let Some(draft) = page.draft {
            @if !draft.files.is_empty() {
                h2 { "Files so far" }
                ul.files {
                    @for file in &draft.files {
                        li {
                            a href={ "/draft/" (draft.id) "/file/" (file.number) } { (file.name) }
                            ", " (file.size) " bytes"
                            (shown::exact(&file.sha256))
                            p { button.plain name="leave" value=(file.number) { "Leave out " (file.name) } }
                        }
                    }
                }
            }
        }
        (question.files(true))
    }
}

/// Who signs what permits something, to whoever can't.
fn foreign(visit: &Visit, kind: &Kind) -> Result<Markup, WorkError> {
    let signers = super::signers(visit, kind)?.filter(|_| kind.class == Class::Permission);
    Ok(html! {
        @if let Some(titles) = signers { (parts::warning(&html! {
            "This is signed by: " (titles) ". Ask one of them to record it. In an emergency you can fill it in \
             and sign it under an exception, which somebody else then has to ratify."
        })) }
    })
}

fn exception(visit: &Visit, page: &Page<'_>) -> Markup {
    let said = |name: &str| page.draft.and_then(|draft| draft.said(name)).unwrap_or_default();
    let error = |name: &str| {
        page.wrong.iter().find(|(at, _)| at.as_deref() == Some(name)).map(|(_, text)| text.as_str())
    };
    let titles: Vec<(&str, &str)> = ROLES.iter().map(|role| (role.name, role.title)).collect();
    let year = time::year(visit.world().now());
    let hint = format!("For example, 21 11 {year}. Left empty: ten working days from now");
    html! {
        p { "In an emergency a rule can be left aside, if somebody else ratifies that later. Leave the first \
             question empty to sign without an exception." }
        (Question { name: EXCEPTION, label: "Which rule stands against it?", value: said(EXCEPTION), ..Question::default() }.text())
        (Question { name: REASON, label: "Why can't it wait?", hint: Some("Name no pupils"), value: said(REASON),
            error: error(REASON), ..Question::default() }.area(4))
        (Question { name: RATIFY_ROLE, label: "Who has to ratify it?", value: said(RATIFY_ROLE),
            error: error(RATIFY_ROLE), ..Question::default() }.select(&titles))
        (Question { name: RATIFY_BY, label: "By when? (optional)", hint: Some(&hint), value: said(RATIFY_BY),
            ..Question::default() }.date())
    }
}
