//! The session that the README shows can be typed as it stands.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn every_command_of_the_readme_s_session_works() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = fs::read_to_string(readme).expect("the README");
    let (_, rest) = text.split_once("```console\n").expect("a session");
    let (session, _) = rest.split_once("\n```").expect("the session's end");
    let commands: Vec<&str> = session.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    assert!(commands.len() > 10, "the session has {} commands", commands.len());
    let called =
        |verb: &str| commands.iter().any(|line| line.starts_with(&format!("probity {verb}")));
    for verb in [
        "init", "key new", "appoint", "accept", "sign", "record", "log", "show", "verify", "export",
    ] {
        assert!(called(verb), "the session shows no `probity {verb}`");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let program = Path::new(env!("CARGO_BIN_EXE_probity")).parent().expect("a folder");
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &commands.join("\n")])
        .current_dir(folder.path())
        .env("PATH", path)
        .env_remove("PROBITY_HOME")
        .env_remove("PROBITY_PASSPHRASE")
        .output()
        .expect("bash runs");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.contains("dpia.txt is named, byte for byte"), "{printed}");
    assert!(printed.contains("Intact: "), "{printed}");
}
