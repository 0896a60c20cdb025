//! A checkpoint as it goes into the minutes of a meeting: words, digits in groups that a person
//! can compare, and a QR code.
//!
//! The QR code holds the checkpoint with the log key's own signature, byte for byte: what a
//! telephone reads from the paper is a file for `probity verify --since`. Signatures of others on
//! it stay out, so that the code stays small.
//!
//! What this doesn't protect: paper is worth what the minutes are worth. Whoever can exchange the
//! page in the minutes can exchange the checkpoint.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::{EntryHash, Index, RootHash, Size};
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::tree::root_at;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::facts::Finding;
use probity_ledger::records::kind::Kind;
use qrcode::{Color, EcLevel, QrCode};

use super::reading::Reading;
use super::{WorkError, time};
use crate::store::{Store as _, Term};

/// What differs between a checkpoint that was minuted and the records that stood before the entry
/// that says so. That entry is its author's claim: this holds it against the record book.
pub(super) fn differences(
    reading: &Reading,
    kind: &Kind,
    answers: &Answers,
    below: Index,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if kind.name != "checkpoint-minuted" {
        return findings;
    }
    let mut ask = |text: String| findings.push(Finding::new("checkpoint-minuted", text));
    let hash = |name: &str| match answers.get(name) {
        Some(Value::Bytes(bytes)) => <[u8; 32]>::try_from(bytes.as_slice()).ok(),
        _ => None,
    };
    if let Some(said) = hash("fingerprint").map(EntryHash)
        && said != reading.authority.fingerprint
    {
        ask(format!(
            "the minuted code is {}, and this record book's is {}",
            said.short(),
            reading.authority.fingerprint.short()
        ));
    }
    let size = answers.integer("size").and_then(|size| u64::try_from(size).ok()).map(Size);
    let (Some(size), Some(said)) = (size, hash("root").map(RootHash)) else { return findings };
    if size.0 > below.0 {
        ask(format!("the checkpoint covers {size} records, and only {below} stood before this"));
    } else if root_at(reading.store.nodes(), size).is_some_and(|root| root != said) {
        ask(format!(
            "the first {size} records of this record book have another root than the one that was \
             minuted: compare it digit by digit; if it is right in the minutes, something was \
             changed or removed"
        ));
    }
    findings
}

/// What was minuted before and isn't what this record book holds, in words: whoever takes another
/// checkpoint to a meeting should know. Each is its author's claim, so that it refuses nothing.
///
/// # Errors
/// Damage.
pub fn doubts(reading: &Reading) -> Result<Vec<String>, WorkError> {
    let mut doubts = Vec::new();
    for index in reading.store.lookup(&Term::Kind("checkpoint-minuted".to_owned()))? {
        let record = reading.shown(index)?;
        let (Some(kind), Some(answers)) = (record.kind, record.answers()) else { continue };
        let found = differences(reading, kind, answers, index);
        doubts.extend(found.iter().map(|one| format!("Record {index}: {}.", one.text)));
    }
    Ok(doubts)
}

/// Empty modules around a code, as ISO/IEC 18004 wants them.
const MARGIN: usize = 4;

/// Columns of the page.
const WIDTH: usize = 78;

/// A checkpoint and what is said of it.
#[derive(Clone, Copy, Debug)]
pub struct Minute<'a> {
    /// The school's name.
    pub school: &'a str,
    /// The ledger's fingerprint.
    pub fingerprint: &'a EntryHash,
    /// The checkpoint.
    pub checkpoint: &'a Checkpoint,
    /// The checkpoint's bytes.
    pub note: &'a [u8],
    /// When it is printed: POSIX seconds.
    pub now: i64,
    /// Whether everything in the book is for practice.
    pub practice: bool,
}

impl Minute<'_> {
    /// The half page, in two parts: the words, and the QR code.
    ///
    /// # Errors
    /// A checkpoint too long for any QR code, which no name of a ledger makes.
    pub fn page(&self) -> Result<(String, String), WorkError> {
        let code = qr(&own_note(self.note, &self.checkpoint.origin))?;
        Ok((self.words(), code))
    }

    /// The QR code as a drawing, for a page that is printed.
    ///
    /// # Errors
    /// As [`Minute::page`].
    pub fn drawing(&self) -> Result<String, WorkError> {
        let code = code(&own_note(self.note, &self.checkpoint.origin))?;
        let (width, colours) = (code.width(), code.to_colors());
        let side = width + 2 * MARGIN;
        let mut path = String::new();
        for (at, _) in colours.iter().enumerate().filter(|(_, colour)| **colour == Color::Dark) {
            let _ = write!(path, "M{} {}h1v1h-1z", at % width + MARGIN, at / width + MARGIN);
        }
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"qr\" viewBox=\"0 0 {side} {side}\" \
             role=\"img\" aria-label=\"QR code of the confirmation\" shape-rendering=\"crispEdges\">\
             <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
        ))
    }

    fn words(&self) -> String {
        let (size, root) = (self.checkpoint.size, self.checkpoint.root);
        let wrap = |text: &str| textwrap::fill(text, WIDTH);
        let mut page = String::new();
        let line = |page: &mut String, label: &str, value: &str| {
            let _ = writeln!(page, "{label:<13}{value}");
        };
        if self.practice {
            page += "PRACTICE: everything in this record book is made up\n\n";
        }
        page += "FOR THE MINUTES: the state of the data protection record book\n\n";
        line(&mut page, "School", self.school);
        line(&mut page, "Record book", &self.checkpoint.origin);
        line(&mut page, "Printed", &time::words(self.now));
        line(&mut page, "Records", &size.to_string());
        let digits = |page: &mut String, label: &str, digits: &str| {
            let [first, second] = in_groups(digits);
            line(page, label, &first);
            line(page, "", &second);
        };
        digits(&mut page, "Fingerprint", &self.fingerprint.to_string());
        digits(&mut page, "Root", &root.to_string());
        line(&mut page, "", &format!("(in the file: {})", STANDARD.encode(root.0)));
        page.push('\n');
        page += &wrap(&format!(
            "The meeting notes that the record book held {size} records with this root. If any of \
             them is changed or removed later, whoever has this page can show it. The root tells \
             nothing of what the records say."
        ));
        page += "\n\nTo put on record that this was minuted, type:\n\n";
        let _ = writeln!(
            page,
            "probity record checkpoint-minuted --by NAME --size {size} \\\n  --root {root} \\\n  \
             --fingerprint {} \\\n  --meeting DAY --body \"full governing body\" --minute NUMBER",
            self.fingerprint,
        );
        page.push('\n');
        page += &wrap(
            "To check the book against this page: read the code below with a telephone, save its \
             text as a file, and run `probity verify --since FILE`. It is the checkpoint itself, \
             signed by the record book's own key.",
        );
        page.push('\n');
        page
    }
}

/// Sixteen groups of four digits, on two lines.
#[must_use]
pub fn in_groups(digits: &str) -> [String; 2] {
    let groups: Vec<&str> =
        (0..16).filter_map(|group| digits.get(group * 4..group * 4 + 4)).collect();
    let (first, second) = groups.split_at(groups.len() / 2);
    [first.join(" "), second.join(" ")]
}

/// The checkpoint with the log key's signature alone.
fn own_note(note: &[u8], origin: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(note);
    let Some((head, signatures)) = text.rsplit_once("\n\n") else { return note.to_vec() };
    let own = format!("\u{2014} {origin} ");
    let lines: Vec<&str> = signatures.lines().filter(|line| line.starts_with(&own)).collect();
    format!("{head}\n\n{}\n", lines.join("\n")).into_bytes()
}

/// The smallest code that holds it, and is still readable with 7 per cent of it spoilt.
fn code(bytes: &[u8]) -> Result<QrCode, WorkError> {
    QrCode::with_error_correction_level(bytes, EcLevel::L).map_err(|error| {
        WorkError::refused(
            format!("{} bytes fit no QR code: {error}", bytes.len()),
            "use `probity checkpoint` without --minute",
        )
    })
}

/// A QR code in half blocks: dark modules are black, on paper as on a light screen.
fn qr(bytes: &[u8]) -> Result<String, WorkError> {
    let code = code(bytes)?;
    let (width, colours) = (code.width(), code.to_colors());
    let side = width + 2 * MARGIN;
    let dark = |x: usize, y: usize| {
        let inside = |at: usize| at.checked_sub(MARGIN).filter(|at| *at < width);
        inside(x)
            .zip(inside(y))
            .and_then(|(x, y)| colours.get(y * width + x))
            .is_some_and(|colour| *colour == Color::Dark)
    };
    let mut text = String::new();
    for y in (0..side).step_by(2) {
        for x in 0..side {
            text.push(match (dark(x, y), dark(x, y + 1)) {
                (false, false) => ' ',
                (true, false) => '\u{2580}',
                (false, true) => '\u{2584}',
                (true, true) => '\u{2588}',
            });
        }
        text.push('\n');
    }
    Ok(text)
}
