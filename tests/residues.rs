//! Nothing secret stays in memory longer than it is needed: found out by searching.
//!
//! The real program is held still, by an output that nobody reads or a named pipe that nobody
//! writes to, and the test reads its memory as its parent. Before each "not there" stands a
//! "there": the same search at a moment at which the secret is held. `tests/leaks.rs` searches
//! what the program prints and writes.

#![cfg(target_os = "linux")]

mod common;
#[path = "residues/frozen.rs"]
mod frozen;
#[path = "residues/keyfile.rs"]
mod keyfile;
#[path = "residues/memory.rs"]
mod memory;
#[path = "residues/needles.rs"]
mod needles;
#[path = "residues/page.rs"]
mod page;
#[path = "holders/token.rs"]
mod token;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{HEAD, PASSPHRASE, School};
use frozen::{Blocked, Frozen};
use needles::Needles;
use page::Browser;
use token::Tokens;

const NOTHING: Vec<String> = Vec::new();

/// A command that takes its passphrase from a file: an environment would be in its memory as
/// long as it runs, whatever it does.
fn command(school: &School, arguments: &[&str]) -> Command {
    let file = school.file("passphrase.txt", format!("{PASSPHRASE}\n"));
    let mut command = school.command(arguments);
    command.arg("--passphrase-file").arg(file).env_remove("PROBITY_PASSPHRASE");
    command
}

fn key_file(school: &School, name: &str) -> PathBuf {
    school.home().join("keys").join(format!("{name}.pem"))
}

/// Everything that opens or signs: the head teacher's key, the log's, the slots.
fn secrets(school: &School) -> Needles {
    let slots = fs::read(school.home().join("ledger/bodykeys")).expect("slots");
    let mut all = keyfile::of_person("the head", &key_file(school, "hannah-price"), PASSPHRASE)
        .and(keyfile::of_log(&key_file(school, "log")));
    for (number, slot) in slots.chunks_exact(32).skip(1).enumerate() {
        if slot.iter().any(|byte| *byte != 0) {
            all = all.slot(number, slot);
        }
    }
    all
}

/// A named pipe.
fn pipe(school: &School, name: &str) -> PathBuf {
    let path = school.path(name);
    assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
    path
}

#[test]
fn a_passphrase_is_found_while_it_is_held() {
    let school = School::begun();
    let waits = pipe(&school, "new");
    let new = format!("--new-passphrase-file={}", waits.display());
    let mut command = command(&school, &["key", "passphrase", HEAD, &new]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let frozen = Frozen::waiting(&mut command, || true);
    let found = frozen.holds(&secrets(&school)).join("\n");
    assert!(found.contains("passphrase of the head from byte 0 in [heap]"), "{found}");
    assert!(found.contains("passphrase of the head from byte 16 in [heap]"), "{found}");
    assert!(!found.contains("seed"), "nothing is unlocked yet: {found}");
}

#[test]
fn a_key_is_found_while_it_is_unlocked_and_its_passphrase_is_gone() {
    let school = School::nothing();
    let passphrases = pipe(&school, "passphrases");
    let mut command = school.command([
        "init",
        "--school",
        "Hillside",
        "--controller",
        "Governors",
        "--name",
        HEAD,
        "--as",
        "headteacher",
        "--second",
        "Owen Reid",
        "--second-role",
        "chair-of-governors",
        "--passphrase-file",
    ]);
    command.arg(&passphrases).env_remove("PROBITY_PASSPHRASE");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let fed = std::thread::spawn(move || {
        let mut pipe = fs::File::options().write(true).open(passphrases).expect("opened");
        pipe.write_all(format!("{PASSPHRASE}\n").as_bytes()).expect("written");
    });
    // It opens the pipe again, for the passphrase of the second, with the key of the first open.
    let journal = school.home().join("ledger/journal");
    let frozen = Frozen::waiting(&mut command, || journal.exists());
    fed.join().expect("fed");
    let found = frozen.holds(&secrets(&school));
    // The key that was unlocked, in one place, and not as it was derived, moved or written.
    let key = [0, 16, 24, 8].map(|byte| format!("seed of the head from byte {byte} in [heap]"));
    assert_eq!(found, key);
}

#[test]
fn nothing_secret_is_left_once_a_record_is_signed() {
    let school = School::begun();
    let before = school.journal().len();
    let mut command = command(&school, &["record", "note", "--by", HEAD, "--text", "A", "--yes"]);
    let frozen = Frozen::printing(&mut command, Blocked::Out, || school.journal().len() > before);
    let secrets = secrets(&school);
    assert_eq!(frozen.holds(&secrets), NOTHING);
    let core = school.path("core");
    if let Some(core) = dump(&frozen, &core) {
        assert_eq!(secrets.within(&core), NOTHING, "in a core made by a debugger");
    }
}

/// A core file as a debugger makes it, where there is one.
fn dump(frozen: &Frozen, to: &Path) -> Option<Vec<u8>> {
    let mut gcore = Command::new("gcore");
    gcore.arg("-o").arg(to).arg(frozen.id().to_string());
    match gcore.stdout(Stdio::null()).stderr(Stdio::null()).status() {
        Ok(status) if status.success() => {
            Some(fs::read(format!("{}.{}", to.display(), frozen.id())).expect("a core file"))
        }
        _ => {
            eprintln!("SKIPPED: no debugger here makes a core file");
            None
        }
    }
}

#[test]
fn nothing_secret_is_left_once_a_body_was_read() {
    let school = School::begun();
    let mut command = command(&school, &["show", "0", "--json"]);
    let frozen = Frozen::printing(&mut command, Blocked::Out, || true);
    assert_eq!(frozen.holds(&secrets(&school)), NOTHING);
}

#[test]
fn nothing_secret_is_left_once_a_head_is_signed() {
    let school = School::begun();
    let checkpoint = school.home().join("ledger/checkpoint");
    fs::remove_file(&checkpoint).expect("given out before");
    let mut command = command(&school, &["checkpoint"]);
    let frozen = Frozen::printing(&mut command, Blocked::Out, || checkpoint.exists());
    assert_eq!(frozen.holds(&secrets(&school)), NOTHING);
}

#[test]
fn nothing_secret_is_left_once_a_witness_signed() {
    let school = School::begun();
    let witness = school.path("witness");
    let run = |arguments: &[&str]| {
        let mut command = command(&school, arguments);
        command.env("PROBITY_WITNESS", &witness);
        command
    };
    let done =
        |arguments: &[&str]| assert!(run(arguments).output().expect("it runs").status.success());
    let [head, cosigned] = ["head", "cosigned"].map(|name| school.path(name).display().to_string());
    done(&["witness", "new", "borough.example/data-team"]);
    done(&["witness", "add", school.ok(["checkpoint", "--log-key"]).out.trim()]);
    school.ok(["checkpoint", "-o", &head]);
    let secrets = keyfile::of_person("the witness", &witness.join("key.pem"), PASSPHRASE);

    // Its server has the key in one place as long as it runs, and not what unlocked it.
    let said = school.path("said");
    let mut serve = run(&["witness", "serve", "--listen", "127.0.0.1:0", "--json"]);
    serve.stdout(fs::File::create(&said).expect("a file")).stderr(Stdio::null());
    let frozen =
        Frozen::waiting(&mut serve, || fs::read(&said).is_ok_and(|said| said.ends_with(b"\n")));
    let key = [0, 16, 24, 8].map(|byte| format!("seed of the witness from byte {byte} in [heap]"));
    assert_eq!(frozen.holds(&secrets), key);
    drop(frozen);

    let mut sign = run(&["witness", "sign", &head, "-o", &cosigned]);
    let frozen =
        Frozen::printing(&mut sign, Blocked::Out, || fs::exists(&cosigned).is_ok_and(|made| made));
    assert_eq!(frozen.holds(&secrets), NOTHING);
}

#[test]
fn nothing_is_left_of_a_pin_once_a_token_signed() {
    const ADA: &str = "Ada Byrne";
    let (school, tokens) = (School::begun(), Tokens::none());
    tokens.add("School");
    let pin = school.file("pin.txt", token::PIN);
    let with_pin = |arguments: &[&str]| {
        let mut command = school.command(arguments);
        command.args(["--passphrase-file", &pin]).env_remove("PROBITY_PASSPHRASE");
        command.env("SOFTHSM2_CONF", tokens.config());
        command
    };
    let done = |arguments: &[&str]| {
        assert!(with_pin(arguments).output().expect("it runs").status.success());
    };
    done(&["key", "new", ADA, "--pkcs11", &token::library(), "--generate"]);
    school.ok(["appoint", ADA, "--role", "dpo", "--by", HEAD, "--as", "headteacher"]);
    done(&["accept", "--by", ADA]);
    let needles = Needles::none().spelt("the PIN", token::PIN.as_bytes());

    let before = school.journal().len();
    let mut sign = with_pin(&["record", "note", "--by", ADA, "--text", "A", "--yes"]);
    let frozen = Frozen::printing(&mut sign, Blocked::Out, || school.journal().len() > before);
    assert_eq!(frozen.holds(&needles), NOTHING);
    drop(frozen);

    // While another passphrase is waited for, the first lines are there to be found.
    let waits = pipe(&school, "new");
    let new = format!("--new-passphrase-file={}", waits.display());
    let mut held = with_pin(&["key", "passphrase", HEAD, &new]);
    held.stdout(Stdio::null()).stderr(Stdio::null());
    let frozen = Frozen::waiting(&mut held, || true);
    assert!(!frozen.holds(&needles).is_empty(), "the search finds it");
}

#[test]
fn nothing_secret_is_left_once_a_key_is_made_or_protected_anew() {
    let school = School::nothing();
    let new = key_file(&school, "hannah-price");
    let made = new.with_extension("pub");
    let frozen =
        Frozen::printing(&mut command(&school, &["key", "new", HEAD]), Blocked::Out, || {
            made.exists()
        });
    assert_eq!(frozen.holds(&keyfile::of_person("the head", &new, PASSPHRASE)), NOTHING);
    drop(frozen);

    let old = keyfile::of_person("the head before", &new, PASSPHRASE);
    let first = fs::read(&new).expect("a key file");
    let other = "five words for another day";
    let other_file = format!("--new-passphrase-file={}", school.file("other.txt", other));
    let mut command = command(&school, &["key", "passphrase", HEAD, &other_file]);
    let frozen = Frozen::printing(&mut command, Blocked::Err, || {
        fs::read(&new).is_ok_and(|now| now != first)
    });
    assert_eq!(frozen.holds(&old.and(keyfile::of_person("the head", &new, other))), NOTHING);
}

#[test]
fn nothing_is_left_of_a_passphrase_that_was_typed() {
    let typed = "a long phrase of twelve words that somebody typed here by hand today";
    let school = School::nothing();
    let (out, number) = (pipe(&school, "out"), school.path("number"));
    // Opened before anybody waits for it, and then kept full.
    let mut full = fs::File::options().read(true).write(true).open(&out).expect("opened");
    std::thread::spawn(move || while full.write_all(&[b'.'; 4096]).is_ok() {});
    let run = format!(
        "echo $$ > {}; exec {} key new 'Hannah Price' > {}",
        number.display(),
        env!("CARGO_BIN_EXE_probity"),
        out.display()
    );
    // A terminal of its own, at which this test types.
    let mut terminal = Command::new("script");
    terminal.args(["-qfec", &run, "/dev/null"]).env_remove("PROBITY_PASSPHRASE");
    terminal.env("PROBITY_HOME", school.home());
    terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut terminal = terminal.spawn().expect("script runs");
    let (mut keyboard, mut screen) =
        (terminal.stdin.take().expect("a keyboard"), terminal.stdout.take().expect("a screen"));
    for question in ["New passphrase", "The same again"] {
        frozen::until(&mut screen, question);
        keyboard.write_all(format!("{typed}\n").as_bytes()).expect("typed");
    }
    let made = key_file(&school, "hannah-price").with_extension("pub");
    let number = fs::read_to_string(number).expect("written").trim().parse().expect("a number");
    frozen::wait(number, || made.exists());
    let secrets = keyfile::of_person("the head", &made.with_extension("pem"), typed);
    let found = secrets.in_memory(number);
    let _ = terminal.kill();
    let _ = terminal.wait();
    assert_eq!(found.expect("a parent may read the memory of its child"), NOTHING);
}

#[test]
fn nothing_is_left_of_a_body_that_was_verified() {
    // Values that are moved take up to a word of what lay beside them along, in their unused
    // parts: pieces of 8 bytes of an answer are met at times, keys and passphrases never.
    let school = School::begun();
    let text = "the boiler in the east wing was replaced on a wet Thursday, at some expense";
    school.record("note", HEAD, &["--text", text]);
    let mut command = command(&school, &["verify", "--json"]);
    let frozen = Frozen::printing(&mut command, Blocked::Out, || true);
    assert_eq!(frozen.holds(&secrets(&school).pieces("answer", text.as_bytes(), 16)), NOTHING);
}

/// The page, which runs for days with secrets passing through it: as forms that come in, keys that are
/// unlocked for one signature, and answers that are shown.
#[test]
fn nothing_secret_is_left_in_the_page_once_somebody_unlocked_it_signed_and_looked() {
    let school = School::begun();
    let said = school.path("said");
    let mut serve = school.command(["--json", "serve", "--no-browser", "--listen", "127.0.0.1:0"]);
    serve.env_remove("PROBITY_PASSPHRASE").stderr(Stdio::null());
    serve.stdout(fs::File::create(&said).expect("a file"));
    let address = || fs::read_to_string(&said).unwrap_or_default();
    let frozen = Frozen::waiting(&mut serve, || address().ends_with('\n'));
    let said: serde_json::Value = serde_json::from_str(&address()).expect("a line of JSON");
    let mut browser = Browser::at(said["url"].as_str().expect("an address"));
    let before = secrets(&school);
    let settled = |what: &str, secrets: &Needles| {
        frozen::wait(frozen.id(), || true);
        assert_eq!(frozen.holds(secrets), NOTHING, "{what}");
    };
    settled("nobody came yet", &before);

    let token = browser.get("/unlock").field("token").to_owned();
    let unlock = |passphrase: &'static str| {
        [("key", "hannah-price"), ("passphrase", passphrase), ("next", "/"), ("token", &*token)]
    };
    let wrong = "Some other long words 4 nobody!";
    assert_ne!(browser.post("/unlock", &unlock(wrong)).status, 303);
    settled("a wrong passphrase", &secrets(&school).spelt("a wrong passphrase", wrong.as_bytes()));

    // While the key is derived from it, the passphrase is there: the search would find it.
    let sent = browser.begin("/unlock", &unlock(PASSPHRASE));
    let found = frozen.while_it_works(&before);
    assert!(found.join("\n").contains("passphrase of the head from byte 0"), "{found:?}");
    assert_eq!(browser.answer(sent).to(), "/");
    settled("it was unlocked", &before);

    let first = browser.get("/record/note");
    let token = first.field("token").to_owned();
    let answers = [("a.text", "the boiler was replaced"), ("then", "check"), ("token", &*token)];
    let draft = browser.post("/record/note", &answers).to().to_owned();
    let shown = browser.get(&draft).field("shown").to_owned();
    let fields = |passphrase: &'static str| {
        [("shown", &*shown), ("passphrase", passphrase), ("token", &*token)]
    };
    assert_eq!(browser.post(&draft, &fields(wrong)).status, 422);
    let open = browser.stay(&draft, &fields(PASSPHRASE));
    let all = secrets(&school).spelt("a wrong passphrase", wrong.as_bytes());
    settled("a record was signed, and the connection is open", &all);
    drop(open);
    let done = browser.get(&draft).to().to_owned();
    assert_eq!(browser.get(&done).status, 200);
    settled("a record was signed", &all);

    for path in ["/", "/entry/0", "/log", "/verify"] {
        assert!(browser.get(path).status < 500, "{path}");
    }
    settled("records were looked at", &secrets(&school));
}

/// Who may look into a process: its own user, or the administrator alone.
fn owner(frozen: &Frozen) -> u32 {
    fs::metadata(format!("/proc/{}/environ", frozen.id())).expect("a child").uid()
}

#[test]
fn nobody_but_the_administrator_may_look_into_the_program() {
    const NOBODY: u32 = 65_534;
    let folder = tempfile::tempdir().expect("a folder");
    let root = fs::metadata(folder.path()).expect("made").uid() == 0;
    let place = |command: &mut Command| {
        if root {
            command.uid(NOBODY).gid(NOBODY);
        }
    };
    // Where this user, who may not be the administrator, can reach it.
    let program = folder.path().join("probity");
    fs::copy(env!("CARGO_BIN_EXE_probity"), &program).expect("copied");
    for path in [folder.path(), &program] {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("changed");
    }
    let mut ordinary = Command::new("sleep");
    ordinary.arg("60");
    place(&mut ordinary);
    assert_ne!(owner(&Frozen::waiting(&mut ordinary, || true)), 0, "any other program");

    let mut command = Command::new(program);
    command.args(["kinds", "--home", "/nonexistent"]).current_dir("/").env_clear();
    place(&mut command);
    let frozen = Frozen::printing(&mut command, Blocked::Out, || true);
    assert_eq!(owner(&frozen), 0);
    let limits = String::from_utf8(frozen.file("limits")).expect("text");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("listed");
    assert_eq!(core.split_whitespace().collect::<Vec<_>>()[4..6], ["0", "0"], "{core}");
}

#[test]
fn a_crash_leaves_no_core_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let shell = |script: &str| {
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("ulimit -c unlimited; {script}")).current_dir(&folder);
        command
    };
    let ended = shell("kill -ABRT $$").status().expect("a shell");
    if !ended.core_dumped() {
        eprintln!("SKIPPED: no program leaves a core file on this machine");
        return;
    }
    let program = env!("CARGO_BIN_EXE_probity");
    let mut command = shell(&format!("exec {program} kinds"));
    let mut frozen = Frozen::printing(&mut command, Blocked::Out, || true);
    let kill = Command::new("kill").args(["-ABRT", &frozen.id().to_string()]).status();
    assert!(kill.expect("kill").success());
    let ended = frozen.ended();
    assert_eq!(ended.signal(), Some(6));
    assert!(!ended.core_dumped(), "{ended:?}");
}
