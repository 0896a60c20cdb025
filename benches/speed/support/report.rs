//! The table, on the terminal and between markers in `docs/performance.md`:
//!
//! ```text
//! <!-- NAME:begin -->
//! made by the benchmark
//! <!-- NAME:end -->
//! ```
//!
//! All else in the page is written by hand.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use super::Outcome;

/// A row of the table.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// What is done.
    pub work: String,
    /// What it is held against.
    pub against: String,
    /// How far it may be from that.
    pub aim: String,
    /// What came out.
    pub measured: String,
    /// Whether that meets the aim, where there is one.
    pub met: Option<bool>,
}

impl Line {
    /// A row that couldn't be measured, and why.
    pub fn absent(work: &str, against: &str, aim: &str, why: &str) -> Self {
        Self {
            work: work.to_owned(),
            against: against.to_owned(),
            aim: aim.to_owned(),
            measured: format!("not measured: {why}"),
            met: None,
        }
    }

    fn verdict(&self) -> &'static str {
        match self.met {
            Some(true) => "met",
            Some(false) => "**not met**",
            None => "–",
        }
    }
}

/// The table in Markdown.
pub fn table(lines: &[Line]) -> String {
    let mut out = String::from("| work | against | aim | measured | |\n|---|---|---|---|---|\n");
    for line in lines {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            line.work,
            line.against,
            line.aim,
            line.measured,
            line.verdict()
        );
    }
    out
}

/// A table of two columns.
pub fn pairs(head: (&str, &str), rows: &[(String, String)]) -> String {
    let mut out = format!("| {} | {} |\n|---|---|\n", head.0, head.1);
    for (what, figure) in rows {
        let _ = writeln!(out, "| {what} | {figure} |");
    }
    out
}

/// The page that is written.
pub fn docs(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

/// Puts a text between the markers of that name in `docs/performance.md`.
///
/// # Errors
/// A page without these markers, or one that can't be written.
pub fn write(name: &str, text: &str) -> Outcome {
    let path = docs("performance.md");
    let page = fs::read_to_string(&path)?;
    fs::write(&path, replaced(&page, name, text)?)?;
    Ok(())
}

fn replaced(page: &str, name: &str, text: &str) -> Outcome<String> {
    let (begin, end) = (format!("<!-- {name}:begin -->\n"), format!("<!-- {name}:end -->"));
    let missing = || format!("docs/performance.md has no {}", begin.trim_end());
    let (before, rest) = page.split_once(&begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once(&end).ok_or_else(missing)?;
    Ok(format!("{before}{begin}{}\n{end}{after}", text.trim_end()))
}
