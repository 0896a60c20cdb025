//! Every target for its share of `PROBITY_FUZZ_SECONDS` (one, unless said otherwise), each in a
//! process of its own. `PROBITY_FUZZ_SEED` makes a run again.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use probity_fuzz::TARGETS;

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a whole number, found {text}")))
}

fn run(target: &str) {
    let seconds = number("PROBITY_FUZZ_SECONDS").unwrap_or(1);
    let seconds = probity_fuzz::target(target).expect("it is on the list").share(seconds);
    let seed = number("PROBITY_FUZZ_SEED").unwrap_or_else(|| {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
        elapsed.as_secs()
    });
    let out = Command::new(env!("CARGO_BIN_EXE_probity-fuzz"))
        .args(["run", target, &seconds.to_string(), &seed.to_string()])
        .output()
        .expect("the harness runs");
    let said = [&out.stdout[..], &out.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    println!("{said}");
    // Without a word at its end, the process was ended: the input under trial is still there.
    assert!(out.status.success(), "{} (PROBITY_FUZZ_SEED={seed})\n{said}", out.status);
    assert!(said.contains(" inputs in "), "{said}");
}

macro_rules! targets {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                run(stringify!($name));
            }
        )*

        const TESTED: &[&str] = &[$(stringify!($name)),*];
    };
}

targets! {
    cbor entry statement key_notice body checkpoint proof policy submission timestamp tsa_roots
    key_file record_json record_form register assessment words journal store
    request medium memory bundle bundle_zip
}

#[test]
fn every_target_is_tested_here_and_known_to_libfuzzer() {
    let listed: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(TESTED, listed);
    let libfuzzer = concat!(env!("CARGO_MANIFEST_DIR"), "/libfuzzer");
    let manifest = std::fs::read_to_string(format!("{libfuzzer}/Cargo.toml")).expect("a manifest");
    for name in listed {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
        let path = format!("{libfuzzer}/fuzz_targets/{name}.rs");
        let code = std::fs::read_to_string(path).expect("a target of libFuzzer");
        assert!(code.contains(&format!("probity_fuzz::run(\"{name}\", data)")), "{name}");
    }
}

/// What continuous integration gives each: a minute to what the record book's evidence rests on.
#[test]
fn the_foremost_have_their_minute_and_the_others_a_quarter() {
    let foremost = |target: &&probity_fuzz::Target| target.foremost;
    let names: Vec<&str> = TARGETS.iter().filter(foremost).map(|target| target.name).collect();
    let expected = [
        "entry",
        "statement",
        "body",
        "checkpoint",
        "proof",
        "policy",
        "key_file",
        "record_json",
        "journal",
        "bundle",
        "bundle_zip",
    ];
    assert_eq!(names, expected);
    for target in TARGETS {
        assert_eq!(target.share(60), if target.foremost { 60 } else { 15 }, "{}", target.name);
        assert_eq!((target.share(1), target.share(0)), (1, 0), "{}", target.name);
    }
    let ci = concat!(env!("CARGO_MANIFEST_DIR"), "/../.ci/run");
    let ci = std::fs::read_to_string(ci).expect("what continuous integration runs");
    assert!(ci.contains(" PROBITY_FUZZ_SECONDS=60\n"), "a minute each is what the documents say");
}
