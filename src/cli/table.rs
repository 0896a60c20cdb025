//! Columns on a terminal, and values made fit for one.
//!
//! What stands in a record was written by somebody else. Control characters could repaint a
//! terminal, and characters that turn the direction of writing could show another text than
//! the one that was signed; both are shown as `\u{…}`, so that nothing acts and nothing hides.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

use super::Context;
use crate::work::hidden::turns_or_hides;

/// Prints rows under a header, in columns that fit the terminal.
pub fn print(context: &Context, header: &[&str], rows: &[Vec<String>]) {
    context.print(render(header, rows, None));
}

/// Rows under a header; `width` in place of the terminal's.
fn render(header: &[&str], rows: &[Vec<String>], width: Option<u16>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    // Only a terminal has a width; what goes into a file or another program isn't broken.
    let terminal = || terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| width.0);
    if let Some(width) = width.or_else(terminal) {
        table.set_width(width);
    }
    table.set_header(header.iter().map(|name| name.to_uppercase()));
    for row in rows {
        table.add_row(row.iter().map(|cell| safe(cell)));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    // Indices and names of kinds are looked for by eye; they stay on one line.
    if let Some(first) = table.column_mut(0) {
        first.set_constraint(ColumnConstraint::ContentWidth);
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

/// A value from a record, fit for one line of a terminal.
#[must_use]
pub fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push(' '),
            c if c.is_control() || turns_or_hides(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{render, safe};

    #[test]
    fn nothing_from_a_record_acts_on_a_terminal() {
        assert_eq!(safe("\u{1b}[2Jgone"), "\\u{1b}[2Jgone");
        assert_eq!(safe("fdp.\u{202e}exe"), "fdp.\\u{202e}exe");
        assert_eq!(safe("one\ntwo\ttab\u{9b}"), "one\\u{a}two tab\\u{9b}");
        assert_eq!(safe("Zoë O’Neill – नमस्ते"), "Zoë O’Neill – नमस्ते");
    }

    #[test]
    fn columns_line_up_and_fit() {
        let rows = vec![
            vec!["5".to_owned(), "Breach report".to_owned(), "x\u{1b}".to_owned()],
            vec!["12".to_owned(), "A title that is far too long to fit here".to_owned()],
        ];
        let wide = render(&["entry", "kind", "marks"], &rows[..1], Some(60));
        assert_eq!(wide, "ENTRY  KIND           MARKS\n5      Breach report  x\\u{1b}");
        let narrow = render(&["entry", "kind", "marks"], &rows, Some(40));
        assert!(narrow.lines().all(|line| line.chars().count() <= 40), "{narrow}");
        assert!(narrow.lines().count() > 3, "{narrow}");
    }
}
