//! A made-up school that drives the real program as its people would: a home in a folder that
//! goes away with the test, a passphrase in the environment, no colour.

#![allow(dead_code, reason = "each test crate uses its part")]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value as Json;
use tempfile::TempDir;

pub mod files;
pub mod inside;

/// Every bundle that a test makes is intact for the verifier in Python, too.
#[track_caller]
pub fn second_verifier_agrees(bundle: &Path) {
    let python = std::env::var_os("PROBITY_PYTHON").unwrap_or_else(|| "python3".into());
    let verifier = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verifier");
    let out = Command::new(python)
        .args(["-m", "probity_verifier"])
        .arg(bundle)
        .env("PYTHONPATH", verifier)
        .output()
        .expect("Python runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
}

/// The passphrase of every key.
pub const PASSPHRASE: &str = "Quite-long enough 4 tests!";

pub const HEAD: &str = "Hannah Price";
pub const CHAIR: &str = "Owen Reid";
pub const DPO: &str = "Sunita Rao";
pub const OWNER: &str = "Bryn Hughes";
pub const CARETAKER: &str = "Kofi Mensah";
pub const OFFICE: &str = "Mary O’Neill";

/// Everybody, in the order of their appointments (entries 1 to 6) and acceptances (7 to 12).
pub const PEOPLE: [(&str, &str); 6] = [
    (HEAD, "headteacher"),
    (CHAIR, "chair-of-governors"),
    (DPO, "dpo"),
    (OWNER, "asset-owner"),
    (CARETAKER, "cctv-caretaker"),
    (OFFICE, "administrator"),
];

/// How many entries a school begins with.
pub const BEGUN: u64 = 13;

pub const SCHOOL: &str = "Hillside Primary School";

/// What the program said and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub status: i32,
    pub out: String,
    pub err: String,
}

/// A refusal, held against the form that every message has.
#[derive(Debug)]
pub struct Refusal {
    pub error: String,
    pub hint: String,
}

/// A school's home, and a folder for its files.
pub struct School {
    folder: TempDir,
    pub fingerprint: String,
}

impl School {
    /// A folder where no record book was begun.
    pub fn nothing() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        Self { folder, fingerprint: String::new() }
    }

    /// A school with two representatives, a DPO, an asset owner, a caretaker and an
    /// administrator, each appointed and each having accepted.
    pub fn begun() -> Self {
        static BEGUN: OnceLock<(Snapshot, String)> = OnceLock::new();
        let (snapshot, fingerprint) = BEGUN.get_or_init(|| {
            let school = Self::begin();
            (Snapshot::of(&school.home()), school.fingerprint.clone())
        });
        let mut school = Self::nothing();
        snapshot.restore(&school.home());
        school.fingerprint.clone_from(fingerprint);
        school
    }

    /// Each step as people would take it.
    pub fn begin() -> Self {
        let mut school = Self::nothing();
        for (name, _) in &PEOPLE[2..] {
            school.ok(["key", "new", name]);
        }
        let begun = school.json([
            "init",
            "--school",
            SCHOOL,
            "--controller",
            "Governing Body of Hillside Primary School",
            "--name",
            HEAD,
            "--as",
            "headteacher",
            "--second",
            CHAIR,
            "--second-role",
            "chair-of-governors",
            "--second-key-made",
            "by-holder-school-machine",
            "--origin",
            "hillside.example/records",
        ]);
        school.fingerprint = text(&begun["fingerprint"]);
        for (name, role) in &PEOPLE[2..] {
            school.ok([
                "appoint",
                name,
                "--role",
                role,
                "--by",
                HEAD,
                "--as",
                "headteacher",
                "--key-made",
                "by-holder-school-machine",
            ]);
        }
        for (name, _) in PEOPLE {
            school.ok(["accept", "--by", name]);
        }
        school
    }

    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A place for a file outside the home.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file outside the home, and returns its path as text.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).expect("a file of the test");
        path.display().to_string()
    }

    /// The bytes of the journal, which no refusal may change.
    pub fn journal(&self) -> Vec<u8> {
        std::fs::read(self.home().join("ledger/journal")).unwrap_or_default()
    }

    /// Where the person's own files are: what the program keeps for whoever runs it (a witness's
    /// key, an identity of SSH), so that no test reads or writes the tester's.
    pub fn own(&self) -> PathBuf {
        self.folder.path().join("own")
    }

    /// The program, about to run with this home.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_probity"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("HOME", self.own())
            .env_remove("XDG_DATA_HOME")
            .env("PROBITY_HOME", self.home())
            .env("PROBITY_PASSPHRASE", PASSPHRASE)
            .env("NO_COLOR", "1")
            .env_remove("CARGO")
            .stdin(std::process::Stdio::null());
        command
    }

    pub fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Ran {
        ran(self.command(arguments).output())
    }

    /// Runs something that has to be done.
    #[track_caller]
    pub fn ok<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Ran {
        let arguments: Vec<_> =
            arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect();
        let ran = self.run(&arguments);
        assert_eq!(ran.status, 0, "{ran:#?}");
        let has = |option: &str| arguments.iter().position(|argument| argument == option);
        if arguments.first().is_some_and(|verb| verb == "export")
            && ["--encrypt", "--dry-run", "--tiles"].iter().all(|option| has(option).is_none())
        {
            let at = has("-o").expect("a file");
            second_verifier_agrees(Path::new(&arguments[at + 1]));
        }
        ran
    }

    /// The objects that a command prints.
    #[track_caller]
    pub fn lines<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Vec<Json> {
        let ran = ran(self.command(arguments).arg("--json").output());
        assert_eq!(ran.status, 0, "{ran:#?}");
        json_lines(&ran.out)
    }

    /// The one object that a command prints.
    #[track_caller]
    pub fn json<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Json {
        let mut lines = self.lines(arguments);
        assert_eq!(lines.len(), 1, "{lines:#?}");
        lines.remove(0)
    }

    /// Records something; the report on it.
    #[track_caller]
    pub fn record(&self, kind: &str, by: &str, options: &[&str]) -> Json {
        let line = ["record", kind, "--by", by];
        self.json(line.iter().chain(options))
    }

    /// The verdict on the home, with its exit status.
    #[track_caller]
    pub fn verify<S: AsRef<OsStr>>(&self, options: impl IntoIterator<Item = S>) -> (i32, Json) {
        let ran = ran(self.command(["verify"]).args(options).arg("--json").output());
        let mut lines = json_lines(&ran.out);
        assert_eq!(lines.len(), 1, "{ran:#?}");
        (ran.status, lines.remove(0))
    }

    #[track_caller]
    pub fn show(&self, what: impl std::fmt::Display) -> Json {
        self.json(["show", &what.to_string()])
    }

    /// The entries that a query finds.
    #[track_caller]
    pub fn log(&self, query: &[&str]) -> Vec<u64> {
        let lines = self.lines(["log"].iter().chain(query));
        lines.iter().map(|line| index(&line["entry"])).collect()
    }

    /// Runs something that has to be refused, with nothing written.
    #[track_caller]
    pub fn refused<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Refusal {
        self.refused_command(&mut self.command(arguments))
    }

    #[track_caller]
    pub fn refused_command(&self, command: &mut Command) -> Refusal {
        let before = self.journal();
        let ran = ran(command.output());
        assert!(self.journal() == before, "the journal was written: {ran:#?}");
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{ran:#?}");
        // What was about to be signed may stand before the error; nothing stands after it.
        let lines: Vec<&str> = ran.err.lines().collect();
        let [.., error, hint] = lines.as_slice() else {
            panic!("expected an error and a hint: {ran:#?}");
        };
        let refusal = Refusal { error: said("error: ", error), hint: said("hint: ", hint) };
        let errors = lines.iter().filter(|line| line.starts_with("error: "));
        assert!(errors.count() >= 1, "{ran:#?}");
        refusal
    }
}

impl Refusal {
    /// Holds the words against what a user would need to read in them.
    #[track_caller]
    pub fn says(&self, error: &str, hint: &str) {
        assert!(self.error.contains(error), "expected `{error}` in {self:#?}");
        assert!(self.hint.contains(hint), "expected `{hint}` in {self:#?}");
    }
}

/// One line, lower case at its beginning, no full stop at its end.
#[track_caller]
fn said(label: &str, line: &str) -> String {
    let text = line.strip_prefix(label).unwrap_or_else(|| panic!("expected `{label}…`: {line}"));
    form(text);
    text.to_owned()
}

/// The form of a message.
#[track_caller]
pub fn form(text: &str) {
    let first = text.chars().next().unwrap_or_default();
    assert!(!text.is_empty() && !text.contains('\n'), "one line: {text}");
    assert!(!text.ends_with('.'), "no full stop: {text}");
    // A message may begin with what somebody is called or with a path, quoted or not.
    assert!(!first.is_uppercase(), "lower case: {text}");
}

fn ran(output: std::io::Result<Output>) -> Ran {
    let output = output.expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program prints text");
    Ran {
        status: output.status.code().expect("the program ends by itself"),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

#[track_caller]
pub fn json_lines(text: &str) -> Vec<Json> {
    let parse = |line| serde_json::from_str(line).expect("a line of JSON");
    text.lines().map(parse).collect()
}

#[track_caller]
pub fn text(value: &Json) -> String {
    value.as_str().unwrap_or_else(|| panic!("expected text: {value}")).to_owned()
}

#[track_caller]
pub fn index(value: &Json) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("expected an index: {value}"))
}

/// The texts of the findings in a report or a view.
#[track_caller]
pub fn findings(report: &Json) -> Vec<String> {
    let all = report["findings"].as_array().expect("a list of findings");
    all.iter().map(|finding| text(&finding["text"])).collect()
}

/// The value of an answered field in a view.
#[track_caller]
pub fn answer<'a>(view: &'a Json, field: &str) -> &'a Json {
    let fields = view["fields"].as_array().expect("a list of answers");
    let found = fields.iter().find(|answer| answer["name"] == field);
    &found.unwrap_or_else(|| panic!("{field} is not answered: {view:#}"))["value"]
}

/// The sentences on what has happened since, joined.
#[track_caller]
pub fn since(view: &Json) -> String {
    let since = &view["since"];
    let words = |list: &Json| -> Vec<String> {
        list.as_array().into_iter().flatten().map(|one| text(&one["words"])).collect()
    };
    let mut all = words(&since["links"]);
    all.extend(words(&since["on_same_files"]));
    all.extend(since["words"].as_array().into_iter().flatten().map(text));
    all.join("\n")
}

/// The year in which new cases are numbered.
pub fn year() -> i16 {
    probity::work::time::year(now())
}

/// A day as options take it, so many days from today.
pub fn day(ahead: i64) -> String {
    probity::work::time::iso_day(now() + ahead * 86400)
}

pub fn now() -> i64 {
    probity::work::World::real().now()
}

/// A folder as it was, to be put back.
pub struct Snapshot(BTreeMap<PathBuf, (u32, Vec<u8>)>);

impl Snapshot {
    pub fn of(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        let mut waiting = vec![folder.to_owned()];
        while let Some(path) = waiting.pop() {
            for entry in std::fs::read_dir(&path).expect("a readable folder") {
                let path = entry.expect("a readable folder").path();
                if path.is_dir() {
                    waiting.push(path);
                    continue;
                }
                let bytes = std::fs::read(&path).expect("a readable file");
                let inside = path.strip_prefix(folder).expect("a path within the folder");
                files.insert(inside.to_owned(), (mode(&path), bytes));
            }
        }
        Self(files)
    }

    pub fn restore(&self, folder: &Path) {
        for (inside, (mode, bytes)) in &self.0 {
            let path = folder.join(inside);
            std::fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder");
            std::fs::write(&path, bytes).expect("a file");
            set_mode(&path, *mode);
        }
        std::fs::create_dir_all(folder.join("ledger/documents")).expect("a folder");
    }
}

#[cfg(unix)]
pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("a mode");
}

#[cfg(not(unix))]
pub fn mode(_path: &Path) -> u32 {
    0o600
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) {}
