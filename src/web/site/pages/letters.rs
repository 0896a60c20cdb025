//! Drafts of messages: to be copied into whatever the school writes its letters with. None is sent.

use maud::{Markup, html};

/// A draft under its heading.
pub fn draft(title: &str, text: &str) -> Markup {
    let rows = text.lines().map(|line| 1 + line.chars().count() / 60).sum::<usize>().clamp(4, 20);
    html! {
        h2 { label for="letter" { (title) } }
        p.hint id="letter-hint" { "Copy it into an e-mail or a letter, and change it as you like. Nothing is sent from here." }
        textarea id="letter" rows=(rows) readonly aria-describedby="letter-hint" { (text) }
    }
}
