//! What is about to be signed, in words, and the passphrase below it: the last step of every page that
//! signs something by itself.
//!
//! What was shown is what is signed: its digest goes along, and where the words would be other ones now
//! (somebody signed meanwhile), they are shown again and nothing is signed.

use axum::http::StatusCode;
use maud::{Markup, html};
use probity_ledger::format::hash::Sha256Hash;

use super::shown;
use crate::web::site::fields::Fields;
use crate::web::site::layout::{self, capital};
use crate::web::site::parts::{self, Question, Row};
use crate::web::site::visit::{Answer, Reply, Visit};
use crate::work::drafts::EXCEPTION;
use crate::work::preview::{self, Preview};
use crate::work::record::{self, Prepared, Written};
use crate::work::{WorkError, ways};

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

/// What was signed by this very form, if it was sent before. Whoever prepares anew asks first: what
/// stands by now may not be signed a second time.
pub fn before(visit: &Visit, fields: &Fields) -> Option<Written> {
    let name = fields.text("once");
    visit.site.once.find(visit.session.id, name).filter(|_| !name.is_empty())
}

/// Shows what was prepared, or signs it where the form says that it was shown and has the passphrase.
/// One that was sent before ([`before`]) signs nothing.
///
/// # Errors
/// Somebody who isn't unlocked.
pub fn step(
    visit: &Visit,
    fields: &Fields,
    ask: &Ask<'_>,
    prepared: &[Prepared],
) -> Result<Step, WorkError> {
    step_by(visit, fields, ask, prepared, |key| {
        record::sign_all(visit.world(), visit.home(), prepared, key)
    })
}

/// The same where what is signed is another record than what it is shown as.
///
/// # Errors
/// As [`step`].
pub fn step_by(
    visit: &Visit,
    fields: &Fields,
    ask: &Ask<'_>,
    prepared: &[Prepared],
    sign: impl Fn(&dyn probity_keys::Signer) -> Result<Written, WorkError>,
) -> Result<Step, WorkError> {
    visit.refuse_damaged()?;
    let school = visit.read(preview::school)?;
    let all: Vec<Preview> = prepared.iter().map(|one| Preview::of(one, &school)).collect();
    let digest = digest(&all);
    let shown =
        |error: Option<(&str, String)>| page(visit, ask, &all, &digest, error).map(Step::Show);
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
    let signed = visit.apart(|| {
        // The same form may have been sent twice, and the other one was quicker.
        if let Some(written) = before(visit, fields) {
            return Ok(written);
        }
        let written = sign(&key)?;
        visit.site.once.keep(visit.session.id, fields.text("once"), &written);
        Ok(written)
    });
    match signed {
        Ok(written) => Ok(Step::Signed(written)),
        Err(error) => shown(Some(("words", sentence(&error)))),
    }
}

/// A fact and its remedy, as a page says them.
pub fn sentence(error: &WorkError) -> String {
    let remedy = ways::remedy(error).map(|remedy| format!(" {}", layout::sentence(&remedy)));
    format!("{}{}", layout::sentence(&ways::fact(error)), remedy.unwrap_or_default())
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
    all: &[Preview],
    digest: &str,
    error: Option<(&str, String)>,
) -> Result<Reply, WorkError> {
    let once = hex::encode(visit.world().random::<16>()?);
    let wrong = error.as_ref().filter(|(at, _)| *at == "passphrase").map(|(_, text)| text.as_str());
    let inner = html! {
        @for (name, value) in &ask.hidden { input type="hidden" name=(name) value=(value); }
        input type="hidden" name="step" value="sign";
        input type="hidden" name="seen" value=(digest);
        input type="hidden" name="once" value=(once);
        (passphrase(wrong))
        (parts::button(ask.button))
    };
    let body = html! {
        div id="words" tabindex="-1" {
            @for preview in all { (Words::fixed(preview).whole()) }
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

/// What a record says, in words: everything but its answers and files.
pub struct Words<'a> {
    /// The record.
    pub preview: &'a Preview,
    /// Where an answer or a fact of that name is changed, if it can be.
    pub change: &'a dyn Fn(&str) -> Option<String>,
}

impl<'a> Words<'a> {
    /// Words that can't be changed any more.
    pub fn fixed(preview: &'a Preview) -> Self {
        Self { preview, change: &|_| None }
    }

    /// Who signs what, for which school, and what they should know before.
    pub fn opening(&self) -> Markup {
        let named: Vec<(String, &(String, String))> =
            self.preview.facts.iter().map(|fact| (capital(&fact.0), fact)).collect();
        let facts: Vec<Row<'_>> = named
            .iter()
            .map(|(what, (name, text))| {
                (what.as_str(), vec![layout::records(text)], (self.change)(name))
            })
            .collect();
        html! {
            @for text in self.preview.decision_of_another.iter() { (parts::inset(&html! { p { (text) } })) }
            p.signs { strong { (self.preview.heading) } }
            @for note in &self.preview.notes { (parts::warning(&html! { (note) })) }
            (parts::summary_list(&facts))
        }
    }

    /// Question by question.
    pub fn answers(&self) -> Markup {
        listed(&self.preview.answers, self.change)
    }

    /// The files, byte for byte.
    pub fn documents(&self) -> Markup {
        html! {
            @if !self.preview.documents.is_empty() {
                h2 { "Exactly these files" }
                ul.files {
                    @for file in &self.preview.documents {
                        li { (file.name) ", " (file.size) " bytes" (shown::exact(file.sha256)) }
                    }
                }
            }
        }
    }

    /// The exception under which it stands, what an inspector may ask, and who else has to sign.
    pub fn closing(&self) -> Markup {
        html! {
            @if !self.preview.exception.is_empty() {
                h2 { "Under an exception" }
                (listed(&self.preview.exception, &|_| (self.change)(EXCEPTION)))
            }
            @if !self.preview.findings.is_empty() {
                h2 { "An inspector may ask" }
                ul { @for finding in &self.preview.findings { li { (layout::sentence(finding)) } } }
                p { "You can sign nevertheless. What is asked here stays visible beside the record." }
            }
            @if !self.preview.given.is_empty() {
                h2 { "Already there" }
                ul { @for given in &self.preview.given { li { (capital(&layout::records(given))) } } }
            }
            @if !self.preview.needs.is_empty() {
                h2 { "Complete only with" }
                ul { @for need in &self.preview.needs { li { (capital(need)) } } }
            }
        }
    }

    /// All of it.
    pub fn whole(&self) -> Markup {
        html! {
            (self.opening())
            @if !self.preview.answers.is_empty() { h2 { "What it says" } (self.answers()) }
            (self.documents())
            (self.closing())
        }
    }
}

fn listed(answers: &[preview::Answer], change: &dyn Fn(&str) -> Option<String>) -> Markup {
    let said = answers.iter().filter(|answer| !answer.lines.is_empty());
    let asked: Vec<(String, &preview::Answer)> =
        said.map(|answer| (capital(answer.question), answer)).collect();
    let rows: Vec<Row<'_>> = asked
        .iter()
        .map(|(what, answer)| (what.as_str(), answer.lines.clone(), change(answer.field)))
        .collect();
    parts::summary_list(&rows)
}

/// A digest of everything that is shown. What isn't, such as the number that a new person gets, may be
/// another each time.
fn digest(all: &[Preview]) -> String {
    Sha256Hash::of(format!("{all:?}").as_bytes()).to_string()
}
