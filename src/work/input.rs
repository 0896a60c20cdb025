//! Files that somebody hands over, each read up to the bound that its purpose gives. What is
//! longer is refused before it is in memory, whatever its content.
//!
//! What this does not protect: a file may still cost what its bound allows, and a pipe that
//! never ends is waited for.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use probity_ledger::format::clip::clipped;
use zeroize::Zeroizing;

/// Most bytes of a key file, a file with a passphrase, and the settings.
pub const MAX_SMALL: u64 = 64 << 10;

/// Most bytes of one record's answers as JSON: eight times what its body may have.
pub const MAX_ANSWERS: u64 = 8 << 20;

/// Most bytes of a file with one record a line.
pub const MAX_LINES: u64 = 64 << 20;

/// Most bytes of a filled-in form: twice what its record may have. TOML takes more memory than
/// JSON while it is read.
pub const MAX_FORM: u64 = 2 << 20;

/// Most bytes of a register that is imported, and of an assessment from another program.
pub const MAX_REGISTER: u64 = 16 << 20;

/// What is wrong with a text in TOML, in one short line: the parser may quote what it found, on several.
#[must_use]
pub fn toml_fault(error: &toml::de::Error, most: usize) -> String {
    clipped(&error.message().replace('\n', " "), most)
}

/// The bytes of a file.
///
/// # Errors
/// `FileTooLarge` when there are more than `most`, which says how many were found; otherwise
/// what the system says.
pub fn bytes(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    // Told before it is read, where the system knows.
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    if length > most {
        return Err(too_large(format_args!("{length} bytes"), most));
    }
    read(file, most)
}

/// The text of a file.
///
/// # Errors
/// As [`bytes`], and `InvalidData` when it is not UTF-8.
pub fn text(path: &Path, most: u64) -> io::Result<String> {
    utf_8(bytes(path, most)?)
}

/// A file of lines in one spelling: as whoever reads it wrote it, without the byte order mark and
/// the carriage returns that some editors add.
///
/// # Errors
/// As [`bytes`].
pub fn lines(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut found = bytes(path, most)?;
    if found.starts_with(b"\xef\xbb\xbf") {
        found.drain(..3);
    }
    let mut next = found.iter().skip(1).copied().collect::<Vec<_>>().into_iter();
    found.retain(|byte| {
        let next = next.next();
        *byte != b'\r' || next != Some(b'\n')
    });
    Ok(found)
}

/// A checkpoint, a witness's answer or a request, as [`lines`], with the newline at its end that a
/// telephone or a mail program may have left out. What was signed decides whether that is right.
///
/// # Errors
/// As [`bytes`].
pub fn note(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut found = lines(path, most)?;
    if found.last().is_some_and(|last| *last != b'\n') {
        found.push(b'\n');
    }
    Ok(found)
}

/// The text of something that is open already, such as standard input.
///
/// # Errors
/// As [`text`].
pub fn text_from(source: impl Read, most: u64) -> io::Result<String> {
    utf_8(read(source, most)?)
}

fn read(source: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut found = Vec::new();
    source.take(most + 1).read_to_end(&mut found)?;
    if found.len() as u64 > most {
        return Err(too_large(format_args!("more than {most} bytes"), most));
    }
    Ok(found)
}

fn utf_8(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        // It may have been a secret.
        drop(Zeroizing::new(error.into_bytes()));
        io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text")
    })
}

fn too_large(found: impl std::fmt::Display, most: u64) -> io::Error {
    let what = format!("found {found}, expected at most {most}");
    io::Error::new(io::ErrorKind::FileTooLarge, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_any_editor_saves_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        for (saved, wanted) in [
            (&b"one\ntwo\n"[..], &b"one\ntwo\n"[..]),
            (b"one\r\ntwo\r\n", b"one\ntwo\n"),
            (b"\xef\xbb\xbfone\r\ntwo", b"one\ntwo"),
            (b"o\rne\r\r\n\r", b"o\rne\r\n\r"),
            (b"", b""),
        ] {
            std::fs::write(&path, saved).expect("a file");
            assert_eq!(lines(&path, MAX_SMALL).expect("read"), wanted);
        }
    }

    #[test]
    fn a_bound_is_kept_by_files_and_by_streams() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        std::fs::write(&path, "abcd").expect("a file");
        assert_eq!(text(&path, 4).expect("short enough"), "abcd");
        let error = bytes(&path, 3).expect_err("too long");
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(error.to_string(), "found 4 bytes, expected at most 3");
        assert_eq!(text_from(&b"abcd"[..], 4).expect("short enough"), "abcd");
        let error = text_from(io::repeat(b'a'), 3).expect_err("it never ends");
        assert_eq!(error.to_string(), "found more than 3 bytes, expected at most 3");
        let error = text_from(&b"\xff"[..], 3).expect_err("no text");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
