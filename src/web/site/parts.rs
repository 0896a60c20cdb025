//! What pages are made of: questions, summaries, tags and tables, after the patterns of the GOV.UK
//! Design System. Each takes text and escapes it; nothing here knows a record.

use maud::{Markup, html};

/// A question of a form, with what was answered before and what is wrong with it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Question<'a> {
    /// The field's name; its id, too.
    pub name: &'a str,
    /// The question.
    pub label: &'a str,
    /// Help below it.
    pub hint: Option<&'a str>,
    /// What was answered.
    pub value: &'a str,
    /// What is wrong with that.
    pub error: Option<&'a str>,
    /// Whether the question is the page's only one: its label is the first heading.
    pub heading: bool,
    /// What browsers may fill in: an `autocomplete` token of HTML.
    pub autocomplete: Option<&'a str>,
    /// The name under which the page offers answers, in a `datalist` with the id [`offer`].
    pub offered: Option<&'a str>,
    /// Whether the page opens at it.
    pub autofocus: bool,
}

/// The id of the list of answers that are offered under a name.
#[must_use]
pub fn offer(name: &str) -> String {
    format!("offered-{name}")
}

impl Question<'_> {
    fn described(&self) -> Option<String> {
        let hint = self.hint.map(|_| format!("{}-hint", self.name));
        let error = self.error.map(|_| format!("{}-error", self.name));
        let ids: Vec<String> = [hint, error].into_iter().flatten().collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn invalid(&self) -> Option<&'static str> {
        self.error.map(|_| "true")
    }

    fn label(&self) -> Markup {
        html! {
            @if self.heading { h1.question { label for=(self.name) { (self.label) } } }
            @else { label for=(self.name) { (self.label) } }
        }
    }

    fn legend(&self) -> Markup {
        html! {
            legend {
                @if self.heading { h1.question { (self.label) } } @else { (self.label) }
            }
        }
    }

    fn help(&self) -> Markup {
        html! {
            @if let Some(hint) = self.hint { p.hint id={ (self.name) "-hint" } { (hint) } }
            @if let Some(error) = self.error {
                p.error id={ (self.name) "-error" } { span.hidden { "Error: " } (error) }
            }
        }
    }

    fn group(&self, inner: &Markup) -> Markup {
        html! { div.field.wrong[self.error.is_some()] { (self.label()) (self.help()) (inner) } }
    }

    fn set(&self, inner: &Markup) -> Markup {
        html! {
            div.field.wrong[self.error.is_some()] {
                fieldset id=(self.name) tabindex="-1" aria-describedby=[self.described()] autofocus[self.autofocus] {
                    (self.legend()) (self.help()) (inner)
                }
            }
        }
    }

    /// A line of text.
    #[must_use]
    pub fn text(&self) -> Markup {
        self.input("text", "")
    }

    /// A short line, such as a number.
    #[must_use]
    pub fn number(&self) -> Markup {
        self.group(&html! {
            input.short type="text" inputmode="numeric" id=(self.name) name=(self.name) value=(self.value)
                aria-describedby=[self.described()] aria-invalid=[self.invalid()] autocomplete="off"
                autofocus[self.autofocus];
        })
    }

    /// A line of another type, such as `password`; that is never filled in again.
    #[must_use]
    pub fn input(&self, kind: &str, class: &str) -> Markup {
        let value = if kind == "password" { "" } else { self.value };
        let spellcheck = (kind == "password").then_some("false");
        self.group(&html! {
            input class=(class) type=(kind) id=(self.name) name=(self.name) value=(value) spellcheck=[spellcheck]
                aria-describedby=[self.described()] aria-invalid=[self.invalid()]
                list=[self.offered.map(offer)] autocomplete=(self.autocomplete.unwrap_or("off"))
                autofocus[self.autofocus];
        })
    }

    /// A passphrase that is known: what the browser keeps may be offered.
    #[must_use]
    pub fn passphrase(&self) -> Markup {
        Self { autocomplete: Some("current-password"), ..*self }.input("password", "")
    }

    /// A passphrase that is chosen now.
    #[must_use]
    pub fn new_passphrase(&self) -> Markup {
        Self { autocomplete: Some("new-password"), ..*self }.input("password", "")
    }

    /// Text of any length.
    #[must_use]
    pub fn area(&self, rows: u8) -> Markup {
        self.group(&html! {
            textarea id=(self.name) name=(self.name) rows=(rows) aria-describedby=[self.described()]
                aria-invalid=[self.invalid()] autofocus[self.autofocus] { "\n" (self.value) }
        })
    }

    /// One of some words: the value of each and what it is called.
    #[must_use]
    pub fn radios(&self, choices: &[(&str, &str)]) -> Markup {
        self.set(&html! {
            @for (at, (value, words)) in choices.iter().enumerate() {
                div.choice {
                    input type="radio" id={ (self.name) "-" (at) } name=(self.name) value=(value)
                        checked[*value == self.value];
                    label for={ (self.name) "-" (at) } { (words) }
                }
            }
        })
    }

    /// Any of some words; those that are ticked.
    #[must_use]
    pub fn boxes(&self, choices: &[(&str, &str)], ticked: &[&str]) -> Markup {
        self.set(&html! {
            @for (at, (value, words)) in choices.iter().enumerate() {
                div.choice {
                    input type="checkbox" id={ (self.name) "-" (at) } name=(self.name) value=(value)
                        checked[ticked.contains(value)];
                    label for={ (self.name) "-" (at) } { (words) }
                }
            }
        })
    }

    /// One of many words; the first line says nothing.
    #[must_use]
    pub fn select(&self, choices: &[(&str, &str)]) -> Markup {
        self.group(&html! {
            select id=(self.name) name=(self.name) aria-describedby=[self.described()]
                aria-invalid=[self.invalid()] autofocus[self.autofocus] {
                option value="" { "Choose one" }
                @for (value, words) in choices {
                    option value=(value) selected[*value == self.value] { (words) }
                }
            }
        })
    }

    /// A day as three inputs, `NAME-day`, `NAME-month` and `NAME-year`; `value` is `YYYY-MM-DD`, or
    /// what was typed, parted by hyphens.
    #[must_use]
    pub fn date(&self) -> Markup {
        let mut typed = self.value.splitn(3, '-');
        let (year, month, day) = (typed.next(), typed.next(), typed.next());
        let part = |id: &str, words: &str, value: Option<&str>, class: &str| {
            html! {
                div.part {
                    label for={ (self.name) "-" (id) } { (words) }
                    input class=(class) type="text" inputmode="numeric" id={ (self.name) "-" (id) }
                        name={ (self.name) "-" (id) } value=(value.unwrap_or_default()) autocomplete="off"
                        aria-invalid=[self.invalid()];
                }
            }
        };
        self.set(&html! {
            div.date {
                (part("day", "Day", day, "two")) (part("month", "Month", month, "two"))
                (part("year", "Year", year, "four"))
            }
        })
    }

    /// A day and a time of day: as [`Question::date`], and `NAME-time`; `value` is
    /// `YYYY-MM-DD HH:MM`.
    #[must_use]
    pub fn moment(&self) -> Markup {
        let (day, time) = self.value.split_once([' ', 'T']).unwrap_or((self.value, ""));
        let mut typed = day.splitn(3, '-');
        let (year, month, day) = (typed.next(), typed.next(), typed.next());
        let part = |id: &str, words: &str, value: &str, class: &str, mode: &str| {
            html! {
                div.part {
                    label for={ (self.name) "-" (id) } { (words) }
                    input class=(class) type="text" inputmode=(mode) id={ (self.name) "-" (id) }
                        name={ (self.name) "-" (id) } value=(value) autocomplete="off"
                        aria-invalid=[self.invalid()];
                }
            }
        };
        self.set(&html! {
            div.date {
                (part("day", "Day", day.unwrap_or_default(), "two", "numeric"))
                (part("month", "Month", month.unwrap_or_default(), "two", "numeric"))
                (part("year", "Year", year.unwrap_or_default(), "four", "numeric"))
                (part("time", "Time, as 14:05", time, "five", "text"))
            }
        })
    }

    /// Files: chosen, or dropped where the browser has JavaScript.
    #[must_use]
    pub fn files(&self, several: bool) -> Markup {
        self.group(&html! {
            div.drop {
                input type="file" id=(self.name) name=(self.name) multiple[several]
                    aria-describedby=[self.described()] aria-invalid=[self.invalid()] autofocus[self.autofocus];
            }
        })
    }
}

/// Joins what three inputs of [`Question::date`] say to `YYYY-MM-DD`, or to what was typed; nothing
/// if all are empty.
#[must_use]
pub fn typed_date(fields: &super::fields::Fields, name: &str) -> String {
    let part = |id: &str| fields.text(&format!("{name}-{id}"));
    let (day, month, year) = (part("day"), part("month"), part("year"));
    if day.is_empty() && month.is_empty() && year.is_empty() {
        return String::new();
    }
    format!("{year:0>4}-{month:0>2}-{day:0>2}")
}

/// Everything that is wrong with what was sent; each leads to its question.
#[must_use]
pub fn error_summary(errors: &[(Option<&str>, String)]) -> Markup {
    html! {
        @if !errors.is_empty() {
            div.summary role="alert" tabindex="-1" autofocus {
                h2 { "There is a problem" }
                ul {
                    @for (field, text) in errors {
                        li {
                            @match field {
                                Some(field) => a href={ "#" (field) } { (text) },
                                None => (text),
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A form of this session that is sent to `to`; with files where `files`.
#[must_use]
pub fn form(visit: &super::visit::Visit, to: &str, files: bool, inner: &Markup) -> Markup {
    let kind = files.then_some("multipart/form-data");
    html! { form method="post" action=(to) enctype=[kind] novalidate { (visit.token()) (inner) } }
}

/// The button that sends a form.
#[must_use]
pub fn button(words: &str) -> Markup {
    html! { button.button { (words) } }
}

/// A link that begins something.
#[must_use]
pub fn link_button(to: &str, words: &str) -> Markup {
    html! { a.button href=(to) { (words) } }
}

/// The way back to the page before.
#[must_use]
pub fn back(to: &str) -> Markup {
    html! { p.back { a href=(to) { "Back" } } }
}

/// A line of [`summary_list`]: what, its lines, and where to change it.
pub type Row<'a> = (&'a str, Vec<String>, Option<String>);

/// What was answered, question by question.
#[must_use]
pub fn summary_list(rows: &[Row<'_>]) -> Markup {
    html! {
        dl.rows {
            @for (what, lines, change) in rows {
                div {
                    dt { (what) }
                    dd { @for line in lines { p { (line) } } }
                    @if let Some(to) = change {
                        dd.change { a href=(to) { "Change" span.hidden { " " (what) } } }
                    }
                }
            }
        }
    }
}

/// How something stands, in a word; the colour says nothing more.
#[must_use]
pub fn tag(tone: Tone, words: &str) -> Markup {
    html! { strong class={ "tag " (tone.class()) } { (words) } }
}

/// The tone of a tag or a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// In order.
    Good,
    /// To be done.
    Open,
    /// Not in order.
    Bad,
    /// Neither.
    Plain,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Open => "open",
            Self::Bad => "bad",
            Self::Plain => "plain",
        }
    }
}

/// What was done, large.
#[must_use]
pub fn panel(title: &str, body: &Markup) -> Markup {
    html! { div.panel { h1 { (title) } (body) } }
}

/// Something to know before going on.
#[must_use]
pub fn inset(body: &Markup) -> Markup {
    html! { div.inset { (body) } }
}

/// Something that must not be overlooked.
#[must_use]
pub fn warning(body: &Markup) -> Markup {
    html! { div.warning { span.mark aria-hidden="true" { "!" } strong { span.hidden { "Warning: " } (body) } } }
}

/// More, for who wants it.
#[must_use]
pub fn details(words: &str, body: &Markup) -> Markup {
    html! { details { summary { (words) } div { (body) } } }
}

/// One thing to be done, where, and how it stands.
pub struct Task<'a> {
    /// What.
    pub what: Markup,
    /// Where, if it can be done now.
    pub to: Option<String>,
    /// How it stands.
    pub tag: (Tone, &'a str),
}

/// Things to be done.
#[must_use]
pub fn task_list(tasks: &[Task<'_>]) -> Markup {
    html! {
        ul.tasks {
            @for task in tasks {
                li {
                    div { @match &task.to { Some(to) => a href=(to) { (task.what) }, None => (task.what) } }
                    (tag(task.tag.0, task.tag.1))
                }
            }
        }
    }
}

/// A table with its caption, the names of its columns and its rows; on a narrow screen each row
/// becomes a block. Wide ones scroll within their own frame, by keys, too.
#[must_use]
pub fn table(caption: &str, columns: &[&str], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.table role="region" aria-label=(caption) tabindex="0" {
            table {
                caption { (caption) }
                thead { tr { @for column in columns { th scope="col" { (column) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (cell, column) in row.iter().zip(columns) {
                                td data-column=(column) { div { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
