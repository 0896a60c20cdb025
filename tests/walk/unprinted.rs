//! What can't be printed: a command ends by what it found, and not by who read it.

#![cfg(target_os = "linux")]

use std::fs::File;
use std::process::{Command, Stdio};

use crate::common::{HEAD, School, text};

/// Nobody reads what this writes.
fn nobody() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

/// A disk that is full.
fn full() -> Stdio {
    File::options().write(true).open("/dev/full").expect("it is always there").into()
}

fn ended(mut command: Command, to: Stdio) -> (i32, String) {
    let output = command.stdout(to).output().expect("the program runs");
    let said = String::from_utf8(output.stderr).expect("text");
    (output.status.code().expect("it ends by itself"), said)
}

/// A script that asks whether a record book is genuine, and prints into a file on a full disk or
/// through `head -1`, must not be told that it is.
#[test]
fn a_changed_book_is_not_well_because_nobody_reads_that() {
    let school = School::begun();
    let verify = || school.command(["verify"]);
    assert_eq!(ended(verify(), nobody()), (0, String::new()), "genuine, and nobody is told");
    let (status, said) = ended(verify(), full());
    assert_eq!(status, 2, "{said}");
    assert_eq!(said.matches("error: the output can't be written").count(), 1, "{said}");

    let journal = school.home().join("ledger/journal");
    let mut bytes = std::fs::read(&journal).expect("a journal");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&journal, bytes).expect("written");
    let (seen, _) = school.verify([""; 0]);
    assert_ne!(seen, 0);
    assert_eq!(ended(verify(), nobody()).0, seen);
    assert_eq!(ended(school.command(["verify", "--json"]), nobody()).0, seen);
    assert_eq!(ended(verify(), full()).0, 2);
}

/// What goes on after a line that nobody read is done all the same: the password that was made for
/// a bundle is shown, and a record is written.
#[test]
fn what_was_asked_for_is_done_to_its_end() {
    let school = School::begun();
    let export = |name: &str| {
        let to = school.path(name).display().to_string();
        school.command(["export", "--all", "--encrypt", "-o", &to])
    };
    for (name, to, wanted) in [("a.zip", nobody(), 0), ("b.zip", full(), 2)] {
        let (status, said) = ended(export(name), to);
        assert_eq!(status, wanted, "{said}");
        assert!(said.contains("Its password is shown this once"), "{said}");
        assert!(school.path(name).exists());
    }
    let before = school.log(&[]).len();
    let note = school.command(["record", "note", "--by", HEAD, "--text", "written once"]);
    assert_eq!(ended(note, full()).0, 2);
    assert_eq!(school.log(&[]).len(), before + 1);
    assert_eq!(text(&school.show(before)["kind"]), "note");
}

/// The help and the lists for shells are files to somebody, too.
#[test]
fn help_that_was_not_written_is_missed() {
    let school = School::nothing();
    for line in [&["--help"][..], &["completions", "bash"]] {
        assert_eq!(ended(school.command(line), full()).0, 2, "{line:?}");
        assert_eq!(ended(school.command(line), nobody()).0, 0, "{line:?}");
    }
}
