//! Nothing secret is said or written: the commands that take a secret or show what is in the record
//! book are run with right and wrong passphrases, in words and as JSON, with everything switched on
//! that makes programs talk, and all that they print and all files that they leave are searched for
//! passphrases and keys: as bytes, in hex and in base64. What must stay: the log's key in `keys/log.pem`,
//! and nothing else.
//!
//! `tests/residues.rs` searches the memory.

mod common;
#[path = "residues/keyfile.rs"]
mod keyfile;
#[path = "residues/needles.rs"]
mod needles;
#[path = "holders/token.rs"]
mod token;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use common::{CHAIR, DPO, HEAD, OWNER, PASSPHRASE, PEOPLE, School};
use needles::Needles;
use token::Tokens;

/// A passphrase that opens nothing, and one that is too weak to protect a key.
const WRONG: &str = "Some other long words 4 nobody!";
const WEAK: &str = "weak-and-lower-case";

/// The password of an encrypted zip, and one that is too weak for it.
const ZIP: &str = "Marmalade viaduct 7 pelicans!";
const WEAK_ZIP: &str = "feeble-and-lower-case";

/// Everything that was printed.
struct Heard {
    school: School,
    tokens: Tokens,
    said: Vec<(String, Vec<u8>)>,
}

impl Heard {
    /// Runs a command in words and as JSON; with a wrong passphrase first, where it signs.
    fn run(&mut self, arguments: &[&str]) {
        self.with(PASSPHRASE, arguments);
    }

    fn with(&mut self, passphrase: &str, arguments: &[&str]) {
        for json in [true, false] {
            let mut command = self.school.command(arguments);
            command
                .env("PROBITY_PASSPHRASE", passphrase)
                .env("RUST_LOG", "trace")
                .env("RUST_BACKTRACE", "full")
                .env("TMPDIR", self.school.path("tmp"))
                .env("PROBITY_WITNESS", self.school.path("witness"))
                .env("SOFTHSM2_CONF", self.tokens.config());
            if json {
                command.arg("--json");
            }
            let out = command.output().expect("the program starts");
            let name = format!("{arguments:?}, JSON {json}, ended with {}", out.status);
            self.said.push((format!("output of {name}"), out.stdout));
            self.said.push((format!("errors of {name}"), out.stderr));
        }
    }

    /// With the wrong passphrase, and then with the right one.
    fn signs(&mut self, arguments: &[&str]) {
        self.with(WRONG, arguments);
        let refused = &self.said.last().expect("it ran").1;
        let refused = String::from_utf8_lossy(refused);
        assert!(refused.contains("wrong passphrase"), "{arguments:?}: {refused}");
        self.run(arguments);
    }
}

/// Every file below a folder, and the members of every zip.
fn written(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for path in needles::files(folder) {
        if path.extension().is_some_and(|extension| extension == "zip") {
            let mut zip = zip::ZipArchive::new(File::open(&path).expect("a zip")).expect("a zip");
            for at in 0..zip.len() {
                // An encrypted one shows nothing without its password; it is searched as it lies.
                let Ok(mut member) = zip.by_index(at) else { continue };
                let mut content = Vec::new();
                std::io::copy(&mut member, &mut content).expect("a member");
                found.push((path.join(&*member.name().expect("a name")), content));
            }
        }
        let content = fs::read(&path).expect("a file of the test");
        found.push((path, content));
    }
    found
}

/// Bundles for e-mail, with these files of passwords; the last one is good.
fn encrypts(heard: &mut Heard, passwords: [&str; 2]) {
    let sealed = heard.school.path("sealed.zip");
    let output = sealed.display().to_string();
    for password in passwords {
        let how = ["--encrypt", "-o", &output, "--zip-password-file", password];
        heard.run(&[&["export", "--all"], &how[..]].concat());
    }
    assert!(sealed.exists(), "the zip was encrypted");
}

/// A witness, with a key of its own.
fn witnesses(heard: &mut Heard) {
    let own = heard.school.ok(["checkpoint", "--log-key"]).out;
    let [head, cosigned] = ["head", "cosigned"].map(|name| heard.school.path(name));
    let (head, to) = (head.display().to_string(), cosigned.display().to_string());
    heard.with(WEAK, &["witness", "new", "borough.example/data-team"]);
    heard.run(&["witness", "new", "borough.example/data-team"]);
    heard.run(&["witness", "add", own.trim()]);
    heard.run(&["checkpoint", "-o", &head]);
    heard.signs(&["witness", "sign", &head, "-o", &to]);
    heard.run(&["witness", "list"]);
    assert!(cosigned.exists(), "the witness signed");
}

/// Somebody whose key is on a token, with wrong PINs and the right one.
#[cfg(unix)]
fn signs_with_a_token(heard: &mut Heard) {
    const TONI: &str = "Toni Fairlop";
    heard.tokens.add("School");
    let new = ["key", "new", TONI, "--pkcs11", &token::library(), "--generate"];
    let note = ["record", "note", "--by", TONI, "--text", "A remark", "--yes"];
    heard.with(WRONG, &new);
    heard.with(token::PIN, &new);
    heard.run(&["appoint", TONI, "--role", "dpo", "--by", HEAD, "--as", "headteacher"]);
    heard.with(token::PIN, &["accept", "--by", TONI]);
    heard.with(WRONG, &note);
    let refused = String::from_utf8_lossy(&heard.said.last().expect("it ran").1);
    assert!(refused.contains("wrong PIN"), "{refused}");
    let before = heard.school.log(&[]).len();
    heard.with(token::PIN, &note);
    assert_eq!(heard.school.log(&[]).len(), before + 2, "the token signed");
}

#[test]
fn neither_output_nor_files_show_a_passphrase_or_a_key() {
    let school = School::begun();
    fs::create_dir(school.path("tmp")).expect("a folder");
    let plan = school.file("plan.pdf", common::files::pdf("plan"));
    // Passphrases in files, which lie elsewhere so that they aren't found there.
    let elsewhere = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = elsewhere.path().join(name);
        fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let other = file("other", "quite another phrase of words\n");
    let weak = file("weak", WEAK);
    let zip = file("zip", ZIP);
    let weak_zip = file("weak-zip", WEAK_ZIP);
    let bundle = school.path("bundle.zip").display().to_string();
    let mut heard = Heard { school, tokens: Tokens::none(), said: Vec::new() };

    heard.run(&["key", "new", "Quentin Fairlop"]);
    heard.with(WEAK, &["key", "new", "Weak Person"]);
    heard.run(&["key", "list"]);
    heard.with(WRONG, &["key", "passphrase", DPO, "--new-passphrase-file", &other]);
    heard.run(&["key", "passphrase", OWNER, "--new-passphrase-file", &weak]);
    heard.run(&["key", "passphrase", DPO, "--new-passphrase-file", &other]);
    let role = ["--role", "administrator", "--by", HEAD, "--as", "headteacher"];
    heard.signs(&[&["appoint", "Quentin Fairlop"], &role[..]].concat());
    heard.signs(&["accept", "--by", "Quentin Fairlop"]);
    heard.signs(&["record", "note", "--by", HEAD, "--text", "A remark", "--yes"]);
    heard.run(&["record", "note", "--by", HEAD, "--text", "A remark", "--dry-run"]);
    heard.signs(&["sign", &plan, "--by", HEAD, "--as", "headteacher", "--decision", "approved"]);
    heard.signs(&["record", "log-key", "--by", HEAD, "--as", "headteacher", "--yes"]);
    heard.signs(&["revoke", "Quentin Fairlop", "--by", CHAIR, "--reason", "role-ended"]);
    encrypts(&mut heard, [&weak_zip, &zip]);
    witnesses(&mut heard);
    #[cfg(unix)]
    signs_with_a_token(&mut heard);
    for shown in [
        &["log"][..],
        &["show", "0"],
        &["show", "1"],
        &["verify"],
        &["verify", &bundle],
        &["checkpoint"],
        &["export", "--all", "-o", &bundle],
        &["verify", &bundle],
        &["kinds"],
        &["kinds", "note"],
        &["completions", "bash"],
        &["man"],
        &["help"],
        &["--version"],
        &[],
        &["key"],
        &["nonsense"],
        &["init", "--school", "A"],
        &["show", "999"],
        &["record", "note", "--by", "nobody"],
    ] {
        heard.run(shown);
    }

    let home = heard.school.home();
    let mut secret = Needles::none()
        .spelt("a wrong passphrase", WRONG.as_bytes())
        .spelt("a weak passphrase", WEAK.as_bytes())
        .spelt("a zip's password", ZIP.as_bytes())
        .spelt("a weak password of a zip", WEAK_ZIP.as_bytes())
        .spelt("a token's PIN", token::PIN.as_bytes())
        .and(keyfile::of_person("the witness", &heard.school.path("witness/key.pem"), PASSPHRASE));
    for (name, _) in PEOPLE {
        let passphrase = if name == DPO { "quite another phrase of words" } else { PASSPHRASE };
        let path = home.join("keys").join(probity::work::keyring::file_name(name));
        secret = secret.and(keyfile::of_person(name, &path.with_extension("pem"), passphrase));
    }
    let log =
        fs::read_dir(home.join("keys")).expect("keys").map(|entry| entry.expect("listed").path());
    let log: Vec<PathBuf> = log
        .filter(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            name.starts_with("log") && name.ends_with(".pem")
        })
        .collect();
    assert_eq!(log.len(), 3, "the present log key, and the two before");
    for path in &log {
        secret = secret.and(keyfile::of_log(path));
    }

    // Nothing was left out because a command failed early, and the search finds what is there.
    let entries = heard.school.log(&[]).len();
    assert!(entries >= 19, "{entries} entries");
    assert!(!secret.within(&fs::read(&log[0]).expect("read")).is_empty());
    assert!(!secret.within(format!("x{PASSPHRASE}").as_bytes()).is_empty());

    for (name, text) in &heard.said {
        assert_eq!(secret.within(text), Vec::<&str>::new(), "{name}");
    }
    let folder = home.parent().expect("the folder of the test");
    let files = written(folder);
    let members = files.iter().filter(|(path, _)| path.starts_with(&bundle)).count();
    assert!(members > 20, "{members} members of the bundle");
    for (path, content) in files {
        if !log.contains(&path) {
            assert_eq!(secret.within(&content), Vec::<&str>::new(), "{}", path.display());
        }
    }
}

#[test]
fn nothing_shows_a_secret_for_debugging() {
    let key = probity_keys::SigningKey::from_seed([0xa7; 32]);
    let needles = Needles::none().seed("the key", &[0xa7; 32]);
    for shown in [format!("{key:?}"), format!("{key:#?}")] {
        assert!(shown.contains("public"), "{shown}");
        assert_eq!(needles.within(shown.as_bytes()), Vec::<&str>::new());
        assert!(!shown.contains("167, 167"), "{shown}");
    }
}
