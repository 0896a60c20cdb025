//! A bundle that goes out by e-mail: 7-Zip opens it with its password, and nothing shows without.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::{HEAD, School, index, second_verifier_agrees};

const OWN: &str = "Marmalade viaduct 7 pelicans!";

fn school() -> School {
    let school = School::begun();
    school.record("note", HEAD, &["--text", "nobody but the recipient reads this"]);
    school
}

/// 7-Zip, with what it said.
fn seven_zip(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let run = Command::new("7zz").args(arguments).current_dir(folder).stdin(Stdio::null()).output();
    let run = run.expect("7-Zip runs: Debian's package 7zip brings 7zz");
    (run.status.success(), String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned())
}

/// Unpacks with a password what 7-Zip then lays down as `evidence.zip`.
fn unpack(folder: &Path, zip: &str, password: &str) -> (bool, String) {
    let _ = std::fs::remove_file(folder.join("evidence.zip"));
    seven_zip(folder, &["x", "-y", &format!("-p{password}"), zip])
}

/// The password that was shown: the one line that is five groups of four and nothing else.
fn shown(said: &str) -> Vec<String> {
    let is_one = |line: &&str| {
        let groups: Vec<&str> = line.split('-').collect();
        groups.len() == 5
            && groups.iter().all(|g| g.len() == 4 && g.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    said.lines().map(str::trim).filter(is_one).map(str::to_owned).collect()
}

#[test]
fn a_password_is_made_and_shown_once_and_opens_the_zip_in_7_zip() {
    let school = school();
    let folder = school.path("");
    let sealed = school.path("sealed.zip").display().to_string();
    let ran = school.ok(["export", "--all", "--encrypt", "-o", &sealed]);
    let passwords = shown(&ran.err);
    let [password] = passwords.as_slice() else { panic!("one password: {}", ran.err) };
    assert!(!ran.out.contains(password.as_str()));
    assert!(ran.err.contains("never in the e-mail that brings the file"), "{}", ran.err);
    assert_eq!(ran.err.matches(password.as_str()).count(), 1);

    // One member, AES-256, no checksum of the content (AE-2), and nothing of the bundle in sight.
    let (_, list) = seven_zip(&folder, &["l", "-slt", &sealed]);
    for words in ["Path = evidence.zip", "Encrypted = +", "Method = AES-256 Store", "CRC = \n"] {
        assert!(list.contains(words), "{words}: {list}");
    }
    assert_eq!(list.matches("Path = ").count(), 2, "the file and its one member: {list}");
    let bytes = std::fs::read(&sealed).expect("the file");
    for words in ["recipient", "manifest-sha256", "hillside", "data/", ".cose"] {
        assert!(!bytes.windows(words.len()).any(|part| part == words.as_bytes()), "{words}");
    }
    let extra =
        bytes.windows(11).position(|part| part[..4] == *b"\x01\x99\x07\0" && part[6..8] == *b"AE");
    let extra = &bytes[extra.expect("the extra field of AES")..][..11];
    assert_eq!((&extra[4..6], extra[8]), (&[2, 0][..], 3), "AE-2, 256 bits");

    let (opened, said) = unpack(&folder, &sealed, password);
    assert!(opened, "{said}");
    let inner = school.path("evidence.zip");
    let (status, verdict) =
        school.verify([inner.display().to_string().as_str(), "--fingerprint", &school.fingerprint]);
    assert_eq!((status, &verdict["verdict"]), (0, &"intact".into()));
    second_verifier_agrees(&inner);

    let mut wrong = password.clone().into_bytes();
    wrong[0] = if wrong[0] == b'a' { b'b' } else { b'a' };
    for wrong in [String::from_utf8(wrong).expect("text").as_str(), "", "password"] {
        let (opened, said) = unpack(&folder, &sealed, wrong);
        assert!(!opened && said.contains("Wrong password"), "{said}");
    }
    let read = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.namelist() == \
                ['evidence.zip']\ntry: z.read('evidence.zip', pwd=sys.argv[2].encode())\nexcept \
                (NotImplementedError, RuntimeError): sys.exit(7)";
    let python = Command::new("python3").args(["-c", read, &sealed, password]).status();
    assert_eq!(python.expect("Python runs").code(), Some(7), "no cipher that Python knows");

    // Another export, another password; quiet or not, it is shown.
    let ran = school.ok(["export", "--all", "--encrypt", "-o", "again.zip", "--quiet"]);
    assert_eq!(shown(&ran.err).len(), 1, "{}", ran.err);
    assert_ne!(shown(&ran.err)[0], *password);
    // Nor is it part of the data.
    let ran = school.ok(["export", "--all", "--encrypt", "-o", "third.zip", "--json"]);
    assert_eq!((shown(&ran.err).len(), shown(&ran.out).len()), (1, 0));
    assert!(!ran.out.contains(&shown(&ran.err)[0]));
    let report: serde_json::Value = serde_json::from_str(&ran.out).expect("one object");
    assert_eq!((&report["encrypted"], index(&report["chosen"])), (&true.into(), 14));
}

#[test]
fn an_encrypted_zip_is_not_judged_and_its_reader_told_what_to_do() {
    let school = school();
    school.ok(["export", "--all", "--encrypt", "-o", "sealed.zip"]);
    for line in [&["verify", "sealed.zip"][..], &["verify", "--since", "sealed.zip"]] {
        let refusal = school.refused(line);
        refusal.says("sealed.zip is encrypted, so what is in it can't be checked", "7-Zip");
    }
    // The second verifier says the same.
    let verifier = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verifier");
    let python = std::env::var_os("PROBITY_PYTHON").unwrap_or_else(|| "python3".into());
    let second = Command::new(python)
        .args(["-m", "probity_verifier"])
        .arg(school.path("sealed.zip"))
        .env("PYTHONPATH", verifier)
        .output()
        .expect("Python runs");
    let said = String::from_utf8_lossy(&second.stdout);
    assert!(second.status.code() == Some(2) && said.contains("encrypted zip"), "{said}");
    // Cut or changed, it doesn't open.
    let whole = std::fs::read(school.path("sealed.zip")).expect("the file");
    let password = "abcd-abcd-abcd-abcd-abcd";
    for cut in [whole.len() - 1, whole.len() / 2, 3] {
        std::fs::write(school.path("cut.zip"), &whole[..cut]).expect("a file");
        assert!(!unpack(&school.path(""), "cut.zip", password).0);
        assert_ne!(school.run(["verify", "cut.zip"]).status, 0);
    }
}

#[test]
fn a_password_of_ones_own_comes_from_a_file_or_is_typed_twice() {
    let school = school();
    let folder = school.path("");
    let file = school.file("password.txt", format!("{OWN}\nnot this\n"));
    let ran =
        school.ok(["export", "--all", "--encrypt", "--zip-password-file", &file, "-o", "own.zip"]);
    assert!(shown(&ran.err).is_empty() && !ran.err.contains(OWN) && !ran.out.contains(OWN));
    assert!(ran.err.contains("never in the e-mail"), "{}", ran.err);
    let (opened, said) = unpack(&folder, "own.zip", OWN);
    assert!(opened, "{said}");
    second_verifier_agrees(&school.path("evidence.zip"));

    // Typed at a terminal, the second time wrongly, then rightly.
    let run = |second: &str, name: &str| {
        let command = format!(
            "'{}' export --all --encrypt --ask-zip-password -o {name}",
            env!("CARGO_BIN_EXE_probity")
        );
        let mut terminal = Command::new("script");
        terminal.args(["-qec", &command, "/dev/null"]).current_dir(&folder);
        terminal.env("PROBITY_HOME", school.home()).env("NO_COLOR", "1");
        terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut terminal = terminal.spawn().expect("script runs: Debian's package bsdutils");
        let mut keyboard = terminal.stdin.take().expect("a keyboard");
        let mut screen = terminal.stdout.take().expect("a screen");
        let mut seen = Vec::new();
        for (question, answer) in [("Password for the zip", OWN), ("The same again", second)] {
            let mut byte = [0];
            while !String::from_utf8_lossy(&seen).contains(question) {
                assert_eq!(screen.read(&mut byte).expect("a screen"), 1, "{question}");
                seen.push(byte[0]);
            }
            // The question is asked before the terminal is told not to repeat what is typed.
            std::thread::sleep(std::time::Duration::from_millis(500));
            keyboard.write_all(format!("{answer}\n").as_bytes()).expect("typed");
        }
        let _ = screen.read_to_end(&mut seen);
        let status = terminal.wait().expect("it ends");
        (status.code(), String::from_utf8_lossy(&seen).into_owned())
    };
    let (status, said) = run("Marmalade viaduct 7 pelican!", "typed.zip");
    assert!(status == Some(2) && said.contains("the two passwords differ"), "{said}");
    assert!(!school.path("typed.zip").exists());
    let (status, said) = run(OWN, "typed.zip");
    assert!(status == Some(0) && !said.contains(OWN), "{said}");
    assert!(unpack(&folder, "typed.zip", OWN).0);
}

#[test]
fn weak_and_unreadable_passwords_are_refused_and_nothing_is_written() {
    let school = school();
    let refused = |content: &str, fact: &str, hint: &str| {
        let file = school.file("password.txt", content);
        let line = ["export", "--all", "--encrypt", "--zip-password-file", &file, "-o", "x.zip"];
        school.refused(line).says(fact, hint);
        assert!(!school.path("x.zip").exists());
    };
    refused("Short1!\n", "", "14 characters");
    refused("\n", "", "14 characters");
    refused("Quite-long enough 4 tésts!\n", "not plain ASCII", "English letters");
    school
        .refused(["export", "--all", "--encrypt", "--ask-zip-password", "-o", "x.zip"])
        .says("no terminal to ask at", "--zip-password-file FILE");
    let missing = ["export", "--all", "--encrypt", "--zip-password-file", "none", "-o", "x.zip"];
    school.refused(missing).says("none", "");
    // Without --encrypt a password would be for nothing.
    for alone in [&["--ask-zip-password"][..], &["--zip-password-file", "x"]] {
        let ran = school.run([&["export", "--all", "-o", "x.zip"][..], alone].concat());
        assert!(ran.status == 2 && ran.err.contains("--encrypt"), "{ran:#?}");
    }
    // Nothing half-written stays behind, whatever was refused.
    let left: Vec<_> = std::fs::read_dir(school.path("")).expect("a folder").flatten().collect();
    let left: Vec<_> = left.iter().map(std::fs::DirEntry::file_name).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains(".zip")), "{left:?}");
}
