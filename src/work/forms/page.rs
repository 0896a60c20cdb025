//! A page of TOML that somebody fills in, as it grows: explanations behind `# `, lines to be
//! filled in behind `#` alone.

use probity_ledger::records::kind::Field;

/// Columns of an explanation.
const WIDTH: usize = 98;

/// A question without the example of how it is answered on a command line.
pub(in crate::work) fn question(field: &Field) -> &'static str {
    match field.ask.split_once(": ") {
        Some((question, example)) if example.contains('=') => question,
        _ => field.ask,
    }
}

/// The page.
#[derive(Debug, Default)]
pub(in crate::work) struct Page(pub String);

impl Page {
    /// A line as it is.
    pub fn line(&mut self, text: &str) {
        self.0.push_str(text.trim_end());
        self.0.push('\n');
    }

    /// An explanation, broken into lines; one that is indented stays as it is.
    pub fn note(&mut self, text: &str) {
        if text.is_empty() || text.starts_with(' ') {
            return self.line(&format!("# {text}"));
        }
        // Names with hyphens stay whole: people search for them.
        let options = textwrap::Options::new(WIDTH)
            .initial_indent("# ")
            .subsequent_indent("#   ")
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        self.line(&textwrap::fill(text, options));
    }

    /// A line to be filled in.
    pub fn answer(&mut self, name: &str, blank: &str) {
        self.line(&format!("#{name} = {blank}"));
    }
}
