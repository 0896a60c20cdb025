//! What is about to be signed, in words, and the passphrase below it: the last step of every page that
//! signs something by itself.
//!
//! What was shown is what is signed: its digest goes along, and where the words would be other ones now
//! (somebody signed meanwhile), they are shown again and nothing is signed.

use axum::http::StatusCode;
use maud::{Markup, html};
use probity_ledger::book::clear::ClearFields;
use probity_ledger::records::roles;
use sha2::{Digest as _, Sha256};

use crate::web::site::fields::Fields;
use crate::web::site::layout;
use crate::web::site::parts::{self, Question};
use crate::web::site::visit::{Answer, Reply, Visit};
use crate::work::history::value_words;
use crate::work::record::{self, Prepared, Written};
use crate::work::{WorkError, time};

/// How a page asks for a signature.
pub struct Ask<'a> {
    /// Its title.
    pub title: &'a str,
    /// Where its form goes.
    pub to: &'a str,
    /// What the form carries along.
    pub hidden: Vec<(&'a str, String)>,
    /// Where the way back leads.
    pub back: &'a str,
    /// More to be read before signing.
    pub more: Markup,
    /// What the button says.
    pub button: &'a str,
}

/// What came of a form.
pub enum Step {
    /// It is shown, first or again.
    Show(Reply),
    /// It is signed.
    Signed(Written),
}

/// One line: what, and what is said of it.
pub type Said = (String, Vec<String>);

/// Shows what was prepared, or signs it where the form says that it was shown and has the passphrase.
///
/// # Errors
/// Somebody who isn't unlocked.
pub fn step(
    visit: &Visit,
    fields: &Fields,
    ask: &Ask<'_>,
    prepared: &[Prepared],
) -> Result<Step, WorkError> {
    let all: Vec<(String, Vec<Said>)> = prepared.iter().map(said).collect();
    let digest = digest(&all);
    let shown =
        |error: Option<(&str, String)>| Ok(Step::Show(page(visit, ask, &all, &digest, error)?));
    if fields.text("step") != "sign" {
        return shown(None);
    }
    if fields.text("seen") != digest {
        let fact = "Something was signed meanwhile, so this is not what you were shown. Read it again, then sign";
        return shown(Some(("words", fact.to_owned())));
    }
    let key = match visit.unlock(&fields.secret("passphrase")) {
        Ok(key) => key,
        Err(error) => return shown(Some(("passphrase", sentence(&error)))),
    };
    match visit.apart(|| record::sign_all(visit.world(), visit.home(), prepared, &key)) {
        Ok(written) => Ok(Step::Signed(written)),
        Err(error) => shown(Some(("words", sentence(&error)))),
    }
}

/// A fact and its remedy, as a page says them.
pub fn sentence(error: &WorkError) -> String {
    let remedy = error.hint().map(|hint| format!(" {}", layout::sentence(&hint)));
    format!("{}{}", layout::sentence(&error.to_string()), remedy.unwrap_or_default())
}

/// The question for the passphrase.
pub fn passphrase(error: Option<&str>) -> Markup {
    let question = Question {
        name: "passphrase",
        label: "Your passphrase",
        hint: Some("With it you sign what stands above. A signature can't be taken back."),
        error,
        ..Question::default()
    };
    question.passphrase()
}

fn page(
    visit: &Visit,
    ask: &Ask<'_>,
    all: &[(String, Vec<Said>)],
    digest: &str,
    error: Option<(&str, String)>,
) -> Result<Reply, WorkError> {
    let school = visit.read(|reading| Ok(reading.authority.school.clone()))?;
    let wrong = error.as_ref().filter(|(at, _)| *at == "passphrase").map(|(_, text)| text.as_str());
    let inner = html! {
        @for (name, value) in &ask.hidden { input type="hidden" name=(name) value=(value); }
        input type="hidden" name="step" value="sign";
        input type="hidden" name="seen" value=(digest);
        (passphrase(wrong))
        (parts::button(ask.button))
    };
    let body = html! {
        div id="words" tabindex="-1" {
            @for (heading, lines) in all {
                h2 { (heading) }
                dl.rows {
                    div { dt { "School" } dd { p { (school) } } }
                    @for (what, lines) in lines {
                        div { dt { (what) } dd { @for line in lines { p { (line) } } } }
                    }
                }
            }
        }
        (ask.more)
        (parts::form(visit, ask.to, false, &inner))
    };
    Ok(framed(visit, ask.title, ask.back, error, &body))
}

/// A page of a form, with what is wrong above it.
pub fn framed(
    visit: &Visit,
    title: &str,
    back: &str,
    error: Option<(&str, String)>,
    body: &Markup,
) -> Reply {
    let errors: Vec<(Option<&str>, String)> =
        error.into_iter().map(|(at, text)| (Some(at), text)).collect();
    framed_all(visit, title, back, &errors, body)
}

/// The same for several errors.
pub fn framed_all(
    visit: &Visit,
    title: &str,
    back: &str,
    errors: &[(Option<&str>, String)],
    body: &Markup,
) -> Reply {
    let body = html! { (parts::back(back)) (parts::error_summary(errors)) h1 { (title) } (body) };
    let wrong = !errors.is_empty();
    let page = layout::frame(visit, title, &body, wrong);
    if wrong { Reply::Status(StatusCode::UNPROCESSABLE_ENTITY, page) } else { Reply::Page(page) }
}

/// Where to go after signing; the page there tells where no confirmation could be signed.
pub fn after(to: &str, written: &Written) -> Answer {
    let and = if to.contains('?') { '&' } else { '?' };
    let tail =
        if written.no_checkpoint.is_some() { format!("{and}unconfirmed=1") } else { String::new() };
    Ok(Reply::Go(format!("{to}{tail}")))
}

/// What such a page then says.
pub fn unconfirmed(visit: &Visit) -> Markup {
    html! {
        @if visit.query("unconfirmed").is_some() {
            (parts::warning(&html! {
                "It is signed and kept. The record book's own key could not confirm it; the next \
                 confirmation will cover it, too."
            }))
        }
    }
}

/// The digest of everything that was shown.
fn digest(all: &[(String, Vec<Said>)]) -> String {
    let whole = serde_json::to_vec(all).unwrap_or_default();
    hex::encode(Sha256::digest(whole))
}

/// A prepared record in words: its heading, and line by line what it says.
pub fn said(one: &Prepared) -> (String, Vec<Said>) {
    let draft = one.record();
    let heading = one.heading.clone().unwrap_or_else(|| {
        format!("You sign as {}: {}", roles::title(&draft.role), draft.kind.title)
    });
    let mut lines: Vec<Said> = Vec::new();
    let mut say = |what: &str, said: Vec<String>| lines.push((what.to_owned(), said));
    if !one.notes.is_empty() {
        say("To know before", one.notes.clone());
    }
    say("Signed by", vec![one.name.clone()]);
    if let Some(case) = draft.subject.case() {
        say("Case", vec![format!("{case}{}", if one.new_case { " (new)" } else { "" })]);
    }
    for (what, text) in clear(&draft.clear) {
        say(what, vec![text]);
    }
    for (relation, linked) in &one.linked {
        say(
            &layout::sentence(&relation.name().replace('-', " ")).replace('.', ""),
            vec![linked.clone()],
        );
    }
    for field in draft.kind.body_fields() {
        if let Some(value) = draft.answers.get(field.name) {
            let question = field.ask.split([':', ';']).next().unwrap_or(field.ask);
            let question = layout::sentence(question);
            say(question.trim_end_matches('.'), value_words(Some(&field.form), value));
        }
    }
    if !one.findings.is_empty() {
        let asks = one.findings.iter().map(|finding| finding.text.clone());
        say("An inspector may ask", asks.collect());
    }
    for also in draft.kind.also {
        let names: Vec<&str> = also.roles.iter().map(|role| roles::title(role)).collect();
        say("Complete only with", vec![format!("{} ({})", also.what, names.join(" or "))]);
    }
    (heading, lines)
}

fn clear(clear: &ClearFields) -> Vec<(&'static str, String)> {
    match clear {
        ClearFields::Appointment { key, roles: names, from, until, .. } => {
            let titles: Vec<&str> = names.iter().map(|name| roles::title(name)).collect();
            let mut said = vec![
                ("Appointed as", titles.join(", ")),
                ("Key", key.kid().to_string()),
                ("From", time::words(*from)),
            ];
            said.extend(until.map(|until| ("Until", time::words(until))));
            said
        }
        ClearFields::Revocation { kid, suspect_since } => {
            let mut said = vec![("Key", kid.to_string())];
            said.extend(suspect_since.map(|since| ("Suspect since", time::words(since))));
            said
        }
        ClearFields::Erasure { ground, .. } => vec![("Ground", ground.name().to_owned())],
        ClearFields::Anchor { size, evidence } => vec![
            ("Over", format!("the first {size} records")),
            ("Evidence", format!("SHA-256 {evidence}")),
        ],
        ClearFields::Decision(decision) => vec![("Decision", decision.name().replace('-', " "))],
        _ => Vec::new(),
    }
}
