//! The half page for the minutes: what stands on it is the checkpoint, for people, for a
//! telephone, and as the command that enters it.

use std::path::Path;

use serde_json::json;

use crate::common::{BEGUN, HEAD, OFFICE, School, Snapshot, day, text};

/// What a reader that isn't ours takes from half blocks, as from a print.
fn decoded(page: &str) -> Vec<u8> {
    const SCALE: usize = 4;
    let is_code = |line: &&str| line.contains(['\u{2580}', '\u{2584}', '\u{2588}']);
    // Lines may lose the blanks at their ends on the way.
    let lines: Vec<Vec<char>> =
        page.lines().filter(is_code).map(|line| line.trim_end().chars().collect()).collect();
    let width = lines.iter().map(Vec::len).max().expect("a code") + 4;
    let margin = 4;
    let dark = |x: usize, y: usize| {
        let Some(y) = y.checked_sub(margin) else { return false };
        match lines.get(y / 2).and_then(|line| line.get(x)) {
            Some('\u{2588}') => true,
            Some('\u{2580}') => y.is_multiple_of(2),
            Some('\u{2584}') => !y.is_multiple_of(2),
            _ => false,
        }
    };
    let height = lines.len() * 2 + 2 * margin;
    let mut image =
        rqrr::PreparedImage::prepare_from_bitmap(width * SCALE, height * SCALE, |x, y| {
            dark(x / SCALE, y / SCALE)
        });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one code on the page:\n{page}");
    let mut bytes = Vec::new();
    grids[0].decode_to(&mut bytes).expect("it can be read");
    bytes
}

#[test]
fn the_page_holds_the_checkpoint_for_eyes_for_a_telephone_and_for_the_book() {
    let school = School::begun();
    let page = school.ok(["checkpoint", "--minute"]).out;
    let note = school.json(["checkpoint"]);
    let (root, kept) = (text(&note["root"]), text(&note["note"]));
    // Half a page: it fits one with the code, and no line is too long for it.
    assert!(page.lines().count() <= 66, "{}", page.lines().count());
    assert!(page.lines().all(|line| line.chars().count() <= 100), "{page}");
    for (label, digits) in [("Fingerprint", &school.fingerprint), ("Root", &root)] {
        let at = page.find(label).unwrap_or_else(|| panic!("{label} in {page}"));
        let lines: Vec<&str> = page[at + label.len()..].lines().take(2).collect();
        let groups: Vec<&str> = lines.iter().flat_map(|line| line.split_whitespace()).collect();
        assert_eq!((groups.len(), groups.concat()), (16, digits.to_lowercase()), "{label}");
    }
    let line = |label: &str| {
        let line = page.lines().find(|line| line.starts_with(label)).expect(label);
        line[label.len()..].trim().to_owned()
    };
    assert_eq!(line("Records"), BEGUN.to_string());
    assert_eq!(
        (line("School"), line("Record book")),
        ("Hillside Primary School".to_owned(), text(&note["origin"]))
    );
    assert!(page.contains(kept.lines().nth(2).expect("a root")), "base64, as in the file");

    // The telephone's text is a file to verify with.
    let read = decoded(&page);
    assert_eq!(String::from_utf8(read.clone()).expect("text"), kept);
    let file = school.file("read.txt", &read);
    let (status, verdict) = school.verify(["--since", &file]);
    assert_eq!((status, &verdict["continuity"]["result"]), (0, &json!("continues")));
    assert_eq!(verdict["continuity"]["signed"], true);
    // However its program saves it.
    let bare = kept.trim_end();
    let saved = format!("\u{feff}{}", bare.replace('\n', "\r\n"));
    for other in [bare, &saved] {
        let file = school.file("saved.txt", other);
        assert_eq!(school.verify(["--since", &file]).1["continuity"], verdict["continuity"]);
    }

    // The command, as it stands there, with a name and the minute's number put in.
    let command: String = page
        .lines()
        .skip_while(|line| !line.starts_with("probity record"))
        .take_while(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
        .replace('\\', " ")
        .replace("\"full governing body\"", "governors")
        .replace("NAME", "Hannah%Price")
        .replace("NUMBER", "7/2026");
    // The day of the meeting isn't that of printing: it has to be said.
    let line = |day: &str| -> Vec<String> {
        let said = command.replace("DAY", day);
        said.split_whitespace().skip(1).map(|word| word.replace('%', " ")).collect()
    };
    school.refused(line("DAY")).says("found 'DAY'", "");
    let line = line(&day(0));
    let recorded = school.json(&line);
    assert_eq!(recorded["findings"], json!([]), "{recorded:#}");
    let view = school.show(BEGUN);
    assert_eq!(crate::common::answer(&view, "root"), &json!(root));
    assert_eq!(view["signer"]["name"].as_str().unwrap_or(HEAD), HEAD);
}

/// What was minuted is held against the book when it is put on record, and ever after.
#[test]
fn a_minuted_checkpoint_that_is_not_the_books_is_asked_about() {
    let school = School::begun();
    let root = text(&school.json(["checkpoint"])["root"]);
    let size = BEGUN.to_string();
    let record = |size: &str, root: &str, code: &str| {
        let options = ["--size", size, "--root", root, "--fingerprint", code];
        let meeting = ["--meeting", "2026-01-12", "--body", "governors", "--minute", "7"];
        let report = school.record("checkpoint-minuted", HEAD, &[&options[..], &meeting].concat());
        let shown = school.show(crate::common::index(&report["entry"]));
        (crate::common::findings(&report), crate::common::findings(&shown))
    };
    let code = school.fingerprint.as_str();
    assert_eq!(record(&size, &root, code), (Vec::new(), Vec::new()));
    let other = "ab".repeat(32);
    for (options, says) in [
        ((size.as_str(), other.as_str(), code), "another root"),
        (("99", root.as_str(), code), "only"),
        ((size.as_str(), root.as_str(), other.as_str()), "the minuted code is abababab"),
    ] {
        let (now, later) = record(options.0, options.1, options.2);
        for found in [&now, &later] {
            assert!(found.len() == 1 && found[0].contains(says), "{says}: {found:?}");
        }
    }
    // Whoever takes the next one to a meeting is told, and gets the page.
    let ran = school.ok(["checkpoint", "--minute"]);
    let told: Vec<&str> = ran.err.lines().filter(|line| line.starts_with("Record ")).collect();
    assert_eq!(told.len(), 3, "{}", ran.err);
    assert!(told[0].contains("another root") && told[2].contains("the minuted code"), "{told:?}");
    assert!(ran.out.contains("Fingerprint"), "{}", ran.out);
}

/// What somebody outside confirmed is held against the book before its next head goes to anybody.
#[test]
fn a_book_that_was_confirmed_otherwise_goes_into_no_minutes() {
    let school = School::begun();
    let ledger = school.home().join("ledger");
    school.ok(["checkpoint"]);
    let older = Snapshot::of(&ledger);
    school.record("note", HEAD, &["--text", "What is lost."]);
    let note = text(&school.json(["checkpoint"])["note"]);
    let keep = |note: &str| {
        std::fs::create_dir_all(ledger.join("times")).expect("a folder");
        std::fs::write(ledger.join(format!("times/{}.1.note", BEGUN + 1)), note).expect("kept");
    };
    keep(&note);
    school.ok(["checkpoint", "--minute"]);
    std::fs::remove_dir_all(&ledger).expect("removed");
    older.restore(&ledger);
    // A note that nobody whom this book knows has signed says nothing.
    keep(&note.replace("\u{2014} hillside", "\u{2014} hill"));
    school.ok(["checkpoint", "--minute"]);
    keep(&note);
    let file = school.path("head.txt").display().to_string();
    let request = school.path("head.request").display().to_string();
    for _ in 0..2 {
        let options: [&[&str]; 3] = [&["--minute"], &["-o", &file], &["--request", &request]];
        for more in options {
            let refusal = school.refused([&["checkpoint"], more].concat());
            refusal.says(&format!("the first {} records", BEGUN + 1), "probity verify");
        }
        // Carried on, it is as large, and another one.
        school.record("note", OFFICE, &["--text", "In its place."]);
    }
    assert!(!Path::new(&file).exists() && !Path::new(&request).exists());
    assert_eq!(school.verify([""; 0]).0, 1);
}

#[test]
fn the_page_is_written_to_a_file_once_and_told_as_data() {
    let school = School::begun();
    let file = school.path("minute.txt").display().to_string();
    let ran = school.ok(["checkpoint", "--minute", "-o", &file]);
    assert_eq!(ran.out, "");
    let page = std::fs::read_to_string(&file).expect("a page");
    assert!(!page.contains('\u{1b}'), "no colours in a file");
    school.refused(["checkpoint", "--minute", "-o", &file]).says("minute.txt", "another name");
    let data = school.json(["checkpoint", "--minute"]);
    assert_eq!(decoded(&text(&data["page"])), text(&data["note"]).into_bytes());
    assert_eq!(decoded(&page), text(&data["note"]).into_bytes());
}
