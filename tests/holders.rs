//! Keys whose secret is held elsewhere: in a real ssh-agent, in agents that lie, on a token.
#![cfg(unix)]

use std::process::Command;

use agent::{Agent, Played, Way};
use common::{HEAD, Refusal, School, findings};
use serde_json::Value as Json;
use token::Tokens;

mod common;

#[path = "holders/agent.rs"]
mod agent;
#[path = "holders/token.rs"]
mod token;

/// Somebody whose key is held elsewhere.
const ADA: &str = "Ada Byrne";

/// A school, and where its people's keys are held.
pub struct Place {
    /// The school.
    pub school: School,
    env: Vec<(&'static str, String)>,
}

impl Place {
    fn new(school: School) -> Self {
        std::fs::create_dir_all(school.own().join(".ssh")).expect("a folder");
        Self { school, env: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.env.retain(|(known, _)| *known != name);
        self.env.push((name, value.to_owned()));
    }

    /// The program, with no passphrase at hand.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.school.command(arguments);
        command.env_remove("PROBITY_PASSPHRASE").env_remove("SSH_AUTH_SOCK");
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    #[track_caller]
    fn ok(&self, arguments: &[&str]) -> Vec<Json> {
        let output = self.command(arguments).arg("--json").output().expect("the program runs");
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {err}");
        common::json_lines(&String::from_utf8(output.stdout).expect("text"))
    }

    #[track_caller]
    fn refused(&self, arguments: &[&str]) -> Refusal {
        self.school.refused_command(&mut self.command(arguments))
    }

    /// What lies in `keys`, but for what keeps two programs apart.
    fn key_files(&self) -> Vec<String> {
        let folder = std::fs::read_dir(self.school.home().join("keys"));
        let mut names: Vec<String> = folder
            .into_iter()
            .flatten()
            .map(|file| file.expect("a file").file_name().display().to_string())
            .filter(|name| !["making", "remembering"].contains(&name.as_str()))
            .collect();
        names.sort();
        names
    }

    /// Ada's key is taken, appointed and accepted.
    fn appointed(&self, how: &[&str]) {
        self.ok(&[&["key", "new", ADA], how].concat());
        self.school.ok(["appoint", ADA, "--role", "dpo", "--by", HEAD, "--as", "headteacher"]);
        self.ok(&["accept", "--by", ADA]);
    }

    /// Signs a file, and has a verifier that isn't ours look at all of it.
    fn signs_and_is_believed(&self) {
        let file = self.school.file("plan.txt", "Plan for the new cameras");
        let signed = self.ok(&["sign", &file, "--by", ADA, "--decision", "approved"]);
        assert!(findings(&signed[0]).is_empty(), "{signed:?}");
        let (status, verdict) = self.school.verify(["--document", &file]);
        assert_eq!((status, &verdict["verdict"]), (0, &Json::from("intact")), "{verdict:#}");
        let bundle = self.school.path("all.zip").display().to_string();
        self.school.ok(["export", "--all", "-o", &bundle]);
        std::fs::remove_file(bundle).expect("made by the export");
    }
}

#[test]
fn a_key_in_ssh_agent_begins_a_book_accepts_and_signs() {
    let agent = Agent::start();
    agent.make("head", "ed25519");
    let place = Place::new(School::nothing()).with("SSH_AUTH_SOCK", &agent.socket());
    let made = place.ok(&["key", "new", HEAD, "--ssh-agent"]);
    assert_eq!(made[0]["held"], "ssh-agent", "{made:?}");
    assert_eq!(place.key_files(), ["hannah-price.held", "hannah-price.pub"]);
    let begun = [
        "init",
        "--school",
        "Hill School",
        "--controller",
        "Governors",
        "--name",
        HEAD,
        "--as",
        "headteacher",
    ];
    place.ok(&begun);
    place.ok(&["accept", "--by", HEAD]);
    // A second person of whom only the agent knows the key, chosen by its file.
    let file = agent.make("ada", "ed25519");
    let several = place.refused(&["key", "new", ADA, "--ssh-agent"]);
    several.says("holds 2 keys that could sign", "--ssh-key");
    place.ok(&["key", "new", ADA, "--ssh-agent", "--ssh-key", &file]);
    place.ok(&["appoint", ADA, "--role", "dpo", "--by", HEAD]);
    place.ok(&["accept", "--by", ADA]);
    place.signs_and_is_believed();
    let keys = place.ok(&["key", "list"]);
    let held: Vec<(&Json, &Json)> =
        keys.iter().map(|key| (&key["held"], &key["private"])).collect();
    assert_eq!(held, [(&Json::from("ssh-agent"), &Json::from(false)); 2], "{keys:#?}");
    // What can't be done with it, and what a backup takes along.
    place.refused(&["key", "passphrase", ADA]).says("held in ssh-agent", "ssh-keygen -p");
    let copy = place.school.path("copy");
    place.ok(&["backup", &copy.display().to_string()]);
    let restored = place.school.path("restored").display().to_string();
    place.ok(&["restore", &copy.display().to_string(), "--home", &restored]);
    place.ok(&["log", "--home", &restored]);
    let note = ["record", "note", "--by", ADA, "--text", "A note", "--home", &restored];
    place.ok(&note);
    place
        .refused(&["key", "new", ADA, "--ssh-agent", "--ssh-key", &file])
        .says("has its private half already: ssh-agent", "another name");
}

#[test]
fn many_records_under_one_agent() {
    let agent = Agent::start();
    agent.make("ada", "ed25519");
    let place = Place::new(School::begun()).with("SSH_AUTH_SOCK", &agent.socket());
    place.appointed(&["--ssh-agent"]);
    let line = |number| format!("{{\"text\": \"Visit {number}\"}}\n");
    let lines: String = (0..300).map(line).collect();
    let file = place.school.file("notes.jsonl", lines);
    let written = place.ok(&["record", "note", "--by", ADA, "--from-jsonl", &file]);
    assert_eq!(written.len(), 300);
    let (status, verdict) = place.school.verify::<&str>([]);
    assert_eq!(status, 0, "{verdict:#}");
}

#[test]
fn an_agent_that_is_gone_or_lost_the_key_is_told_and_nothing_is_written() {
    let mut agent = Agent::start();
    agent.make("ada", "ed25519");
    let mut place = Place::new(School::begun()).with("SSH_AUTH_SOCK", &agent.socket());
    place.appointed(&["--ssh-agent"]);
    let file = place.school.file("plan.txt", "Plan");
    let sign = ["sign", &file, "--by", ADA, "--decision", "approved"];
    agent.forget_all();
    place.refused(&sign).says("doesn't hold the key of `ada-byrne`, SHA256:", "ssh-add");
    agent.end();
    place.refused(&sign).says("no ssh-agent answers at", "ssh-agent");
    place.set("SSH_AUTH_SOCK", "");
    place.refused(&sign).says("no ssh-agent is named", "ssh-agent");
    // The others are not kept from anything.
    place.school.ok(["sign", &file, "--by", HEAD, "--as", "headteacher", "--decision", "approved"]);
}

#[test]
fn only_ed25519_keys_that_do_not_log_in_are_taken() {
    let agent = Agent::start();
    let place = Place::new(School::begun()).with("SSH_AUTH_SOCK", &agent.socket());
    let before = place.key_files();
    let new = ["key", "new", ADA, "--ssh-agent"];
    place.refused(&new).says("holds no key", "ssh-keygen -t ed25519");
    let rsa = agent.make("old", "rsa");
    place.refused(&new).says("holds no ssh-ed25519 key, but ssh-rsa", "ssh-keygen -t ed25519");
    place
        .refused(&[&new[..], &["--ssh-key", &rsa]].concat())
        .says("of the type ssh-rsa, expected ssh-ed25519", "ssh-keygen -t ed25519");
    place
        .refused(&[&new[..], &["--ssh-key", "SHA256:AAAA"]].concat())
        .says("holds no key SHA256:AAAA", "ssh-add");
    let own = agent.make("own", "ed25519");
    let ssh = place.school.own().join(".ssh");
    for file in ["authorized_keys", "id_ed25519.pub"] {
        std::fs::copy(&own, ssh.join(file)).expect("a file");
        place
            .refused(&new)
            .says(&format!("also logs in: {}", ssh.join(file).display()), "--even-if");
        std::fs::remove_file(ssh.join(file)).expect("a file");
    }
    assert_eq!(place.key_files(), before);
    std::fs::copy(&own, ssh.join("authorized_keys")).expect("a file");
    place.ok(&[&new[..], &["--even-if-it-logs-in"]].concat());
    place.ok(&["key", "list"]);
}

#[test]
fn what_a_lying_agent_answers_is_never_written() {
    let agent = Played::start();
    let place = Place::new(School::begun()).with("SSH_AUTH_SOCK", &agent.socket());
    place.appointed(&["--ssh-agent"]);
    place.signs_and_is_believed();
    let file = place.school.file("plan.txt", "Plan");
    let statement = place.school.path("signed.statement").display().to_string();
    let request = place.school.path("asked.request").display().to_string();
    let sign = ["sign", &file, "--by", ADA, "--decision", "approved"];
    place.school.ok([&sign[..], &["--request", &request]].concat());
    for (way, fact) in [
        (Way::OtherKey, "no signature of the key"),
        (Way::OtherMessage, "no signature of the key"),
        (Way::SOutOfRange, "no signature of the key"),
        (Way::Zeros, "no signature of the key"),
        (Way::Short, "its answer has another form"),
        (Way::Refuse, "it refused"),
        (Way::HangUp, "it ended the conversation"),
        (Way::Huge, "bytes long, expected 1 to"),
    ] {
        agent.answer(way);
        place.refused(&sign).says(fact, "nothing was signed");
        let detached = ["sign", "--detached", &request, "-o", &statement];
        place.refused(&detached).says(fact, "nothing was signed");
        assert!(!std::path::Path::new(&statement).exists(), "{way:?}");
    }
    agent.answer(Way::Honest);
    place.ok(&sign);
    assert_eq!(place.school.verify::<&str>([]).0, 0);
}

/// A school's folder, and a token of the label `School`.
fn with_token(school: School) -> (Place, Tokens) {
    let tokens = Tokens::none();
    tokens.add("School");
    let place = Place::new(school)
        .with("SOFTHSM2_CONF", &tokens.config())
        .with("PROBITY_PASSPHRASE", token::PIN);
    (place, tokens)
}

#[test]
fn a_key_on_a_token_begins_a_book_accepts_and_signs() {
    let (place, tokens) = with_token(School::nothing());
    let library = token::library();
    let new = |name, more: &[&str]| {
        place.ok(&[&["key", "new", name, "--pkcs11", &library], more].concat())
    };
    let made = new(HEAD, &["--generate"]);
    assert_eq!(made[0]["held"], "pkcs11", "{made:?}");
    assert_eq!(place.key_files(), ["hannah-price.held", "hannah-price.pub"]);
    let held = std::fs::read_to_string(place.school.home().join("keys/hannah-price.held"));
    let held = held.expect("it says where the key is");
    assert!(held.contains("token = \"School\"") && !held.contains(token::PIN), "{held}");
    place.ok(&[
        "init",
        "--school",
        "Hill School",
        "--controller",
        "Governors",
        "--name",
        HEAD,
        "--as",
        "headteacher",
    ]);
    place.ok(&["accept", "--by", HEAD]);
    // A key that is there already, by its id; a second token has to be told from the first.
    new("Ada's first try", &["--generate", "--key-id", "a1b2", "--key-label", "Ada"]);
    tokens.add("Other");
    let several = ["key", "new", ADA, "--pkcs11", &library, "--key-id", "a1b2"];
    place.refused(&several).says("there are 2 tokens: ", "--token LABEL");
    let again = ["--token", "School", "--key-label", "Ada"];
    let taken = new(ADA, &again);
    assert_eq!(taken[0]["name"], "ada-byrne");
    place.ok(&["appoint", ADA, "--role", "dpo", "--by", HEAD]);
    place.ok(&["accept", "--by", ADA]);
    place.signs_and_is_believed();
    let keys = place.ok(&["key", "list"]);
    let shown = keys.iter().find(|key| key["name"] == ADA).expect("Ada's key");
    assert_eq!((&shown["held"], &shown["token"]), (&json("pkcs11"), &json("School")), "{shown:#}");
    place.refused(&["key", "passphrase", ADA]).says("held in token School", "the token's PIN");
    // A backup could name any library: where it is restored, each key on a token is taken anew.
    let (copy, new_home) = (place.school.path("copy"), place.school.path("restored"));
    let (copy, new_home) = (copy.display().to_string(), new_home.display().to_string());
    place.ok(&["backup", &copy]);
    let restored = place.ok(&["restore", &copy, "--home", &new_home]);
    let names = Json::from(vec!["ada-byrne", "ada-s-first-try", "hannah-price"]);
    assert_eq!(restored[0]["on_tokens"], names);
    let file = place.school.path("plan.txt").display().to_string();
    let sign = ["sign", &file, "--by", ADA, "--decision", "approved", "--home", &new_home];
    let output = place.command(&sign).output().expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("error: the private key of `ada-byrne` is not on this machine"),
        "{said}"
    );
    place.ok(&[&several[..], &["--token", "School", "--home", &new_home]].concat());
    place.ok(&sign);
    let double =
        ["key", "new", "B. Third", "--pkcs11", &library, "--token", "School", "--generate"];
    place
        .refused(&[&double[..], &["--key-id", "a1b2"]].concat())
        .says("holds something of the id a1b2 already", "another --key-id");
    assert!(!place.school.home().join("keys/b-third.pub").exists());
}

/// What the token was told of a key that it made: it is never to leave.
#[test]
fn a_key_that_a_token_makes_stays_there() {
    use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
    use cryptoki::object::{Attribute, AttributeType, ObjectClass};
    use cryptoki::session::UserType;
    let (place, tokens) = with_token(School::nothing());
    place.ok(&["key", "new", ADA, "--pkcs11", &token::library(), "--generate"]);
    // Its library is found by a variable, which this process must not change: a copy of it is
    // started as a process of its own.
    if std::env::var_os("SOFTHSM2_CONF").is_none() {
        let mut command = Command::new(std::env::current_exe().expect("this test"));
        command.args(["--exact", "a_key_that_a_token_makes_stays_there"]);
        command.env("SOFTHSM2_CONF", tokens.config());
        let output = command.output().expect("it runs again");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    }
    let library = Pkcs11::new(token::library()).expect("its library");
    library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).expect("started");
    let slot = library.get_slots_with_initialized_token().expect("a list")[0];
    let session = library.open_ro_session(slot).expect("a session");
    session.login(UserType::User, Some(&token::PIN.into())).expect("the PIN");
    let found = session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY)]);
    let wanted = [
        AttributeType::Private,
        AttributeType::Sensitive,
        AttributeType::Extractable,
        AttributeType::AlwaysSensitive,
        AttributeType::NeverExtractable,
    ];
    let has = session.get_attributes(found.expect("a list")[0], &wanted).expect("attributes");
    let expected = [
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::AlwaysSensitive(true),
        Attribute::NeverExtractable(true),
    ];
    assert_eq!(has, expected);
}

#[test]
fn a_token_that_refuses_or_is_not_there_is_told_and_nothing_is_written() {
    let (mut place, tokens) = with_token(School::begun());
    let library = token::library();
    let new = ["key", "new", ADA, "--pkcs11", &library];
    let before = place.key_files();
    place.refused(&new).says("holds 0 Ed25519 keys, and none that fits", "--generate");
    place.set("PROBITY_PASSPHRASE", "1234");
    let wrong = place.refused(&[&new[..], &["--generate"]].concat());
    wrong.says("wrong PIN for the token School", "lock themselves");
    assert_eq!(place.key_files(), before);
    place.set("PROBITY_PASSPHRASE", token::PIN);
    place.appointed(&["--pkcs11", &library, "--generate"]);
    let file = place.school.file("plan.txt", "Plan");
    let sign = ["sign", &file, "--by", ADA, "--decision", "approved"];
    place.set("PROBITY_PASSPHRASE", "a wrong one");
    place.refused(&sign).says("wrong PIN for the token School", "lock themselves");
    place.set("PROBITY_PASSPHRASE", token::PIN);
    let empty = Tokens::none();
    place.set("SOFTHSM2_CONF", &empty.config());
    place.refused(&sign).says("the token School (serial number", "plug it in");
    // Another token of the same label is not the same.
    empty.add("School");
    place.refused(&sign).says("is not plugged in", "plug it in");
    place.set("SOFTHSM2_CONF", &tokens.config());
    let path = place.school.home().join("keys/ada-byrne.held");
    let held = std::fs::read_to_string(&path).expect("where the key is");
    let change = |from: &str, to: &str| {
        let changed: Vec<String> =
            held.lines()
                .map(|line| {
                    if line.starts_with(from) { format!("{from}\"{to}\"") } else { line.to_owned() }
                })
                .collect();
        std::fs::write(&path, changed.join("\n")).expect("changed");
    };
    change("key = ", "00ff");
    place.refused(&sign).says("doesn't hold the key of `ada-byrne`: found 0", "is lost");
    let none = place.school.path("none.so").display().to_string();
    change("module = ", &none);
    place.refused(&sign).says("is not on this machine", "whole path");
    change("module = ", "libsofthsm2.so");
    place.refused(&sign).says("is not named by its whole path", "whole path");
    // What may have come with the record book, or is anybody's, is not run.
    let inside = place.school.home().join("libtoken.so");
    std::fs::copy(&library, &inside).expect("a copy");
    change("module = ", &inside.display().to_string());
    place.refused(&sign).says("lies in the record book's own folder", "installed");
    let open = place.school.path("open.so");
    std::fs::copy(&library, &open).expect("a copy");
    let anybody = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    std::fs::set_permissions(&open, anybody).expect("a mode");
    change("module = ", &open.display().to_string());
    place.refused(&sign).says("can be changed by every user", "installed");
    let text = place.school.file("text.so", "no library");
    change("module = ", &text);
    place.refused(&sign).says("can't be loaded", "installed");
    std::fs::write(&path, "holder = \"elsewhere\"").expect("changed");
    place.refused(&sign).says("doesn't say where the key is held", "backup");
    std::fs::write(&path, &held).expect("as it was");
    place.ok(&sign);
}

fn json(word: &str) -> Json {
    Json::from(word)
}
