//! Forms: a file of questions that somebody fills in with any editor, and reads back.
//!
//! A form is TOML. [`template`] writes one for a kind from its list of fields: explanations stand
//! behind `# `, the lines for answers behind `#` alone, so that the untouched form is an empty
//! document and taking a `#` away answers a question.
//!
//! ```text
//! # when the school became aware of it, exactly (must be answered)
//! # a moment
//! #aware = ""
//! ```
//!
//! Questions of one answer come first. A group's members are `group.member`, so that each line
//! stands for itself; what TOML forces to the end are lists of groups, `[[risks]]`, a block for
//! each. [`read`] takes what `--from-json` takes, by the same names, and beside it the words of
//! the command line: `"yes"`, `"21/11/2026"`, `"unknown: why"`. TOML's own days, moments, numbers
//! and truth values do as well. An answer that is left blank is no answer.
//!
//! What this does not do: it keeps no trace of the form. What is signed are the answers.

use std::ops::Range;

use toml::Spanned;
use toml::de::DeTable;

use super::{WorkError, input};

pub(in crate::work) mod page;
mod read;
mod template;

pub use read::{Filled, Member, read};
pub use template::template;

/// A document of TOML, each of whose parts knows where it stands.
pub(super) struct Document<'a> {
    /// Its text.
    text: &'a str,
    /// What it holds.
    pub table: DeTable<'a>,
    breaks: Vec<usize>,
}

impl<'a> Document<'a> {
    /// Parses a text; `what` names it in the refusal, such as "the form".
    ///
    /// # Errors
    /// The first fault in it, and its line.
    pub fn parse(what: &str, text: &'a str) -> Result<Self, WorkError> {
        let breaks = text.match_indices('\n').map(|(at, _)| at).collect();
        let mut document = Self { text, table: DeTable::new(), breaks };
        match DeTable::parse(text) {
            Ok(table) => document.table = table.into_inner(),
            Err(error) => {
                let span = error.span().unwrap_or_default();
                let line = document.line(&span);
                let written = text.lines().nth(line - 1).unwrap_or_default();
                let remedy = if written.contains(['“', '”', '„']) {
                    "write straight quotes: \" instead of “ and ”"
                } else if written.contains('\\') {
                    "write paths between single quotes: 'C:\\folder\\file.pdf'"
                } else {
                    "text stands between straight quotes, as in name = \"text\""
                };
                let why = input::toml_fault(&error, 200);
                return Err(WorkError::refused(
                    format!("{what} can't be read at line {line}: {why}"),
                    remedy,
                ));
            }
        }
        Ok(document)
    }

    /// The line on which something begins, from 1.
    pub fn line(&self, span: &Range<usize>) -> usize {
        self.breaks.partition_point(|at| *at < span.start) + 1
    }

    /// The line of a key or value.
    pub fn line_of<T>(&self, part: &Spanned<T>) -> usize {
        self.line(&part.span())
    }

    /// Something as it is written.
    pub fn written<T>(&self, part: &Spanned<T>) -> &'a str {
        self.text.get(part.span()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
