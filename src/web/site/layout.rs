//! The frame of every page.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use super::parts;
use super::visit::Visit;
use crate::work::{WorkError, ways};

/// The one stylesheet, and the one script.
pub const STYLE: &str = include_str!("assets/style.css");
/// No page needs it.
pub const SCRIPT: &str = include_str!("assets/page.js");

/// Where they lie: the address changes with the content, so that browsers may keep them.
#[must_use]
pub fn asset(name: &str, content: &str) -> String {
    let digest = hex::encode(Sha256::digest(content.as_bytes()));
    format!("/assets/{}/{name}", &digest[..16])
}

/// The parts of the page, in the order of the menu, and which are for who reads everything alone.
const MENU: &[(&str, &str, bool)] = &[
    ("/", "Front page", false),
    ("/record", "Record", false),
    ("/cases", "Cases", false),
    ("/due", "What falls due", true),
    ("/registers", "Registers", true),
    ("/search", "Search", false),
    ("/verify", "Check and hand out", false),
    ("/people", "People", false),
    ("/settings", "More", false),
];

/// A page: its title is its first heading, too.
#[must_use]
pub fn page(visit: &Visit, title: &str, body: &Markup) -> Markup {
    frame(visit, title, &html! { h1 { (title) } (body) }, false)
}

/// A page of which something is wrong: the summary takes the focus.
#[must_use]
pub fn page_with_errors(visit: &Visit, title: &str, errors: &Markup, body: &Markup) -> Markup {
    frame(visit, title, &html! { (errors) h1 { (title) } (body) }, true)
}

/// A page that has its own first heading.
#[must_use]
pub fn frame(visit: &Visit, title: &str, body: &Markup, wrong: bool) -> Markup {
    let practice = visit.practice();
    let school = &visit.school;
    let whole = match school {
        Some(school) => format!("{title} - {school}"),
        None => title.to_owned(),
    };
    let (wrong, made_up) =
        (if wrong { "Error: " } else { "" }, if practice { "PRACTICE: " } else { "" });
    html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (wrong) (made_up) (whole) }
                link rel="stylesheet" href=(asset("style.css", STYLE));
                link rel="icon" href="/assets/icon.svg" type="image/svg+xml";
                script src=(asset("page.js", SCRIPT)) defer {}
            }
            body data-patience=[visit.who.as_ref().map(|_| visit.site.sessions.patience().as_secs())] {
                a.skip href="#main" { "Skip to the content" }
                @if practice {
                    aside.practice aria-label="Practice" { strong { "PRACTICE" } " Nothing that is signed here counts."
                        @if visit.site.practice.is() { " " a href="/practice" { "Leave or throw away" } }
                    }
                }
                header.top {
                    div.wide {
                        a.product href="/" { "probity" }
                        @if let Some(school) = school { span.school { (school) } }
                        @if let Some(person) = &visit.who { (who(visit, &person.name, &person.titles())) }
                    }
                }
                @if let Some(person) = &visit.who { (menu(&visit.path, person.sight.is_everything())) }
                main.wide id="main" tabindex="-1" {
                    @if visit.lacks && visit.who.is_some() { (lacking()) }
                    (body)
                }
                footer {
                    div.wide {
                        p { "Everything here stays on this machine. "
                            a href="/accessibility" { "Accessibility" } }
                    }
                }
            }
        }
    }
}

/// What stands above everything that may not be the whole.
fn lacking() -> Markup {
    html! {
        section.health.bad aria-label="Records may be missing" {
            h2 { "This record book is damaged, or an older one" }
            p { "Records, deadlines and rows of registers may be missing on every page. Sign nothing more here, "
                "tell the data protection officer today, and look at what "
                a href="/verify" { "the check" } " says." }
        }
    }
}

fn who(visit: &Visit, name: &str, titles: &str) -> Markup {
    html! {
        form.who method="post" action="/lock" {
            (visit.token())
            span { strong { (name) } ", " (titles) }
            button.plain { "Lock" }
        }
    }
}

fn menu(path: &str, everything: bool) -> Markup {
    let path = path.split('?').next().unwrap_or(path);
    let here = |to: &str| path == to || (to != "/" && path.starts_with(&format!("{to}/")));
    html! {
        nav.menu aria-label="Parts of the record book" {
            ul.wide {
                @for (to, words, _) in MENU.iter().filter(|(_, _, all)| everything || !all) {
                    li { a href=(to) aria-current=[here(to).then_some("page")] { (words) } }
                }
            }
        }
    }
}

/// What went wrong, where there is no form to show it with.
#[must_use]
pub fn trouble(error: &WorkError) -> Markup {
    html! {
        (parts::error_summary(&[(None, sentence(&ways::fact(error)))]))
        @if let Some(remedy) = ways::remedy(error) { p { (sentence(&remedy)) } }
        p { a href="/" { "Go to the front page" } }
    }
}

/// What a message says as a sentence, in this page's own words.
#[must_use]
pub fn sentence(text: &str) -> String {
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    capital(&records(text)) + end
}

/// A text that begins with a capital letter.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}

/// A sentence that speaks of records where it spoke of entries by their numbers. What follows a colon
/// or stands in quotation marks may be somebody's own words, and stays.
#[must_use]
pub fn records(text: &str) -> String {
    let own = [": ", "\u{201c}", "\"", "`"].iter().filter_map(|mark| text.find(mark)).min();
    let (said, rest) = text.split_at(own.unwrap_or(text.len()));
    let mut out = String::with_capacity(text.len());
    let mut words = said.split_inclusive(' ').peekable();
    while let Some(word) = words.next() {
        let number =
            words.peek().is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()));
        let (before, bare) = word.split_at(word.len() - word.trim_start_matches('(').len());
        out.push_str(before);
        out.push_str(match bare {
            "entry " if number => "record ",
            "Entry " if number => "Record ",
            "entries " if number => "records ",
            "Entries " if number => "Records ",
            other => other,
        });
    }
    out.push_str(rest);
    out
}

/// A text that names kinds of record as a terminal does, with what people call them, and without the
/// sentences that are about a terminal alone.
#[must_use]
pub fn kinds_named(text: &str) -> String {
    let plain = text.split_inclusive(". ").filter(|sentence| !sentence.contains(" --"));
    let text: String = plain.collect();
    let text = text.trim_end();
    let mut out = String::with_capacity(text.len());
    for (at, part) in text.split('`').enumerate() {
        match probity_ledger::records::newest(part).filter(|_| at % 2 == 1) {
            Some(kind) => {
                out.push('\u{201c}');
                out.push_str(kind.title);
                out.push('\u{201d}');
            }
            None => out.push_str(part),
        }
    }
    out
}

/// The little picture that browsers show in their tabs.
pub const ICON: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect \
    width=\"32\" height=\"32\" rx=\"6\" fill=\"#173a5e\"/><path d=\"M9 17l5 5 9-12\" fill=\"none\" \
    stroke=\"#fff\" stroke-width=\"4\"/></svg>";

/// A drawing that was made here, not text from anybody.
#[must_use]
pub fn drawing(svg: String) -> Markup {
    PreEscaped(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_named_as_people_call_it() {
        let title = probity_ledger::records::newest("action-done").expect("there").title;
        assert_eq!(
            kinds_named("until an `action-done` is recorded on it"),
            format!("until an \u{201c}{title}\u{201d} is recorded on it")
        );
        for kind in probity_ledger::records::KINDS {
            let said = kinds_named(kind.about);
            assert!(!said.is_empty() && !said.contains('`') && !said.contains("--"), "{said}");
        }
    }

    #[test]
    fn a_sentence_speaks_of_records_and_leaves_what_somebody_wrote() {
        for (given, said) in [
            ("withdrawn by entry 21, Consent", "Withdrawn by record 21, Consent."),
            ("entries 3 and 4 are held by entry 9", "Records 3 and 4 are held by record 9."),
            (
                "it is decided (entry 18, by her); see entry 9",
                "It is decided (record 18, by her); see record 9.",
            ),
            ("aware at 02:36 GMT; entry 18 decides", "Aware at 02:36 GMT; record 18 decides."),
            ("entry of data, entry", "Entry of data, entry."),
            ("do what entry 7 asks for: see entry 8", "Do what record 7 asks for: see entry 8."),
            ("he wrote \u{201c}entry 8\u{201d}", "He wrote \u{201c}entry 8\u{201d}."),
        ] {
            assert_eq!(sentence(given), said);
        }
    }
}
