//! "May use" runs one way: keys ← format ← records ← book, verify ← store, work ← web ← cli. The crates
//! without input and output are held to that by clippy (`keys/clippy.toml`,
//! `ledger/clippy.toml`); what they may depend on, and the directions within a crate, are
//! held here.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the project") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The code of a file without comments, where other rooms may well be spoken of.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("readable");
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn dependencies(manifest: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(manifest)).expect("a manifest");
    let table: toml::Table = text.parse().expect("TOML");
    let listed = table.get("dependencies").and_then(toml::Value::as_table).expect("dependencies");
    listed.keys().cloned().collect()
}

#[test]
fn the_crates_without_input_and_output_depend_on_nothing_that_has_any() {
    let keys =
        ["curve25519-dalek", "ed25519-dalek", "hex", "pkcs8", "sha2", "thiserror", "zeroize"];
    for found in dependencies("keys/Cargo.toml") {
        assert!(keys.contains(&found.as_str()), "keys/ must not come to depend on {found} unseen");
    }
    let ledger = [
        "probity-keys",
        "base64",
        "hashbrown",
        "hex",
        "jiff",
        "p256",
        "p384",
        "rsa",
        "serde",
        "serde_json",
        "sha1",
        "sha2",
        "thiserror",
    ];
    for found in dependencies("ledger/Cargo.toml") {
        assert!(
            ledger.contains(&found.as_str()),
            "ledger/ must not come to depend on {found} unseen"
        );
    }
}

#[test]
fn no_room_uses_one_that_stands_above_it() {
    let forbidden: &[(&str, &[&str])] = &[
        ("keys/src", &["probity_ledger", "crate::work", "std::fs", "std::net", "std::env"]),
        ("ledger/src", &["crate::store", "std::fs", "std::net", "std::env", "::now()"]),
        ("ledger/src/format", &["crate::records", "crate::book", "crate::verify"]),
        ("ledger/src/records", &["crate::book", "crate::verify"]),
        ("ledger/src/book", &["crate::verify"]),
        (
            "src/store",
            &["crate::work", "crate::cli", "probity_ledger::records", "probity_ledger::book"],
        ),
        ("src/work", &["crate::cli", "crate::web", "std::net", "ureq"]),
        ("src/web", &["crate::cli"]),
        ("src/cli", &["ureq", "axum", "hyper", "tokio"]),
    ];
    for (room, words) in forbidden {
        for path in sources(&root().join(room)) {
            // Tests may reach for whatever sets a scene.
            if path.components().any(|part| part.as_os_str() == "tests")
                || path.file_name().is_some_and(|name| name == "tests.rs")
            {
                continue;
            }
            let code = code(&path);
            for word in *words {
                assert!(!code.contains(word), "{} uses {word}", path.display());
            }
        }
    }
}

#[test]
fn front_ends_decide_nothing() {
    // Commands and pages never sign, judge or write records by themselves; work does.
    let pages = sources(&root().join("src/web/site"));
    for path in sources(&root().join("src/cli")).into_iter().chain(pages) {
        let code = code(&path);
        // Their own tests may set a scene.
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        for word in [
            ".sign(&sig_structure",
            "judge::judge(",
            "store.append(",
            "LocalStore::",
            "std::fs::write",
        ] {
            assert!(!code.contains(word), "{} uses {word}", path.display());
        }
    }
}
