//! The guide to checking by hand, typed as it stands: on a good bundle every step is content, and
//! on a damaged one that says it is whole, the step that looks there is not.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use super::support::bundle::{
    Parts, body_path, entry_path, proof_path, remanifest, transparent_path, unpack,
};
use super::support::{python, root};
use super::{HEAD, said, tour, zipped};

/// The last step, and the only ones that need what an earlier one left.
const LAST: u32 = 11;

/// The commands of each numbered step.
fn steps() -> BTreeMap<u32, String> {
    let text = std::fs::read_to_string(root().join("docs/guide/checking-by-hand.md"))
        .expect("the guide can be read");
    let mut steps: BTreeMap<u32, String> = BTreeMap::new();
    let (mut step, mut within) = (0, false);
    for line in text.lines() {
        let number = line.strip_prefix("## ").and_then(|title| title.split_once(". "));
        if let Some(number) = number.and_then(|(number, _)| number.parse().ok()) {
            step = number;
        } else if line == "```sh" {
            within = true;
        } else if line == "```" {
            within = false;
        } else if within {
            let commands = steps.entry(step).or_default();
            commands.push_str(line);
            commands.push('\n');
        }
    }
    let numbers: Vec<u32> = steps.keys().copied().collect();
    assert_eq!(numbers, (1..=LAST).collect::<Vec<u32>>(), "every step has commands");
    steps
}

/// What a reader sees of the steps that they type, each after a line of its own: in a shell that goes
/// on after a command that failed, as theirs does.
struct Seen {
    steps: Vec<(u32, String)>,
    all: String,
}

impl Seen {
    /// Whether each step says that it is good, and none anything else.
    fn is_good(&self) -> bool {
        let steps = steps();
        self.steps.iter().all(|(step, seen)| {
            let fails = ["FAILED", "Error", "rror:", "Failure", "cannot", "Traceback", "WARNING"];
            let good = !steps[step].contains("good") || seen.contains("good");
            good && !fails.iter().any(|fail| seen.contains(fail))
        })
    }
}

/// Types some steps, after those that open the bundle and make the reader.
fn typed(bundle: &[u8], wanted: &[u32]) -> Seen {
    typed_and(bundle, wanted, "")
}

/// The same, and something more.
fn typed_and(bundle: &[u8], wanted: &[u32], more: &str) -> Seen {
    let steps = steps();
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    std::fs::write(folder.path().join("evidence.zip"), bundle).expect("it can be written");
    let mut lines = String::new();
    for step in [1, 3].iter().chain(wanted.iter().filter(|step| ![1, 3].contains(*step))) {
        lines += &["echo '== step ", &step.to_string(), "'\n", &steps[step]].concat();
    }
    let folder_of_python = Path::new(python().get_program()).parent().map(Path::to_path_buf);
    let path = std::env::var("PATH").unwrap_or_default();
    let path = folder_of_python.map_or(path.clone(), |own| format!("{}:{path}", own.display()));
    let output = Command::new("bash")
        .args(["-c", &format!("exec 2>&1\n{lines}{more}\n")])
        .current_dir(folder.path())
        .env("PATH", path)
        .output()
        .expect("bash runs");
    let all = String::from_utf8_lossy(&output.stdout).into_owned();
    let step = |part: &str| {
        let (number, seen) = part.split_once('\n')?;
        Some((number.parse().ok()?, seen.to_owned()))
    };
    Seen { steps: all.split("== step ").skip(1).filter_map(step).collect(), all }
}

fn content(bundle: &[u8], wanted: &[u32]) {
    let seen = typed(bundle, wanted);
    assert!(seen.is_good(), "steps {wanted:?}: {}", seen.all);
}

fn whole() -> Parts {
    unpack(&tour().bundles[0])
}

#[test]
fn every_step_is_content_with_good_bundles() {
    let tour = tour();
    let all: Vec<u32> = (1..=LAST).collect();
    // All of it, one entry, with fields withheld, and after a revocation.
    for bundle in [0, 3, 4, 5].map(|at| &tour.bundles[at]) {
        content(&std::fs::read(bundle).expect("a bundle"), &all);
    }
    // The text that goes along is this one.
    let guide = std::fs::read(root().join("docs/guide/checking-by-hand.md")).expect("the guide");
    assert!(whole()["data/checking-by-hand.md"] == guide);
}

/// Answers are read from what was held against the seals, not from a copy that nobody signed.
#[test]
fn the_answers_that_are_read_are_those_that_were_checked() {
    let bundle = std::fs::read(&tour().bundles[0]).expect("a bundle");
    let seen = typed_and(&bundle, &[7], "grep '^14 ' ../answers.txt");
    assert!(seen.all.contains("14 dpo-advice, recommendation: 'proceed'\n"), "{}", seen.all);
}

/// The tour's record book with a note that somebody signed elsewhere.
#[test]
fn what_was_signed_elsewhere_is_checked_by_its_authors_key() {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let home = folder.path().join("home");
    let copied = Command::new("cp").arg("-r").arg(tour().home().path()).arg(&home).status();
    assert!(copied.expect("cp runs").success());
    let path = |name: &str| folder.path().join(name).display().to_string();
    let run = |line: &[&str]| {
        let mut command = super::probity();
        command.args(line).env("PROBITY_HOME", &home).env("PROBITY_PASSPHRASE", super::PASSPHRASE);
        let output = super::run(command);
        assert!(output.status.success(), "{line:?}: {}", said(&output));
        said(&output)
    };
    let (request, statement, bundle) = (path("a.request"), path("a.statement"), path("a.zip"));
    // She signs nothing but that she accepts, and that elsewhere.
    run(&["key", "new", "Una Ross"]);
    run(&["appoint", "Una Ross", "--role", "staff", "--by", HEAD, "--yes"]);
    let (accept, accepted) = (path("b.request"), path("b.statement"));
    run(&["accept", "--by", "Una Ross", "--request", &accept]);
    run(&["sign", "--detached", &accept, "-o", &accepted]);
    run(&["sign", "--attach", &accepted, "--by", HEAD, "--yes"]);
    run(&["record", "note", "--by", "Ruth Bell", "--text", "Seen.", "--request", &request]);
    run(&["sign", "--detached", &request, "-o", &statement]);
    run(&["sign", "--attach", &statement, "--by", HEAD, "--yes"]);
    run(&["export", "--all", "-o", &bundle]);
    let all: Vec<u32> = (1..=LAST).collect();
    let all_of_it = std::fs::read(&bundle).expect("a bundle");
    content(&all_of_it, &all);
    // Whoever signed elsewhere alone is counted, as the verdict counts them.
    let (verdict, seen) = (run(&["verify", &bundle]), typed(&all_of_it, &[6]));
    let (_, counted) = seen.all.split_once("entries signed by ").expect("a count");
    let counted = counted.split(' ').next().expect("a count");
    assert!(verdict.contains(&format!("{counted} keys signed")), "{counted}: {verdict}");
    // A bit of the author's signature, which stands behind the payload.
    let mut parts = unpack(Path::new(&bundle));
    let newest = parts.keys().filter(|path| path.starts_with("data/entries/")).max();
    let newest = newest.expect("an entry").clone();
    let entry = parts.get_mut(&newest).expect("the entry");
    let ends: Vec<usize> = (0..=entry.len() - 66)
        .filter(|at| entry[*at..].starts_with(&[0x58, 0x40]))
        .map(|at| at + 2)
        .collect();
    assert_eq!(ends.len(), 2, "the author's signature and that of whoever entered it");
    entry[ends[0] + 9] ^= 1;
    remanifest(&mut parts);
    let seen = typed(&zipped(&parts), &[6]);
    assert!(!seen.is_good(), "{}", seen.all);
}

/// What is done to a bundle's files.
type Change<'a> = Box<dyn Fn(&mut Parts) + 'a>;

/// What is done to a bundle before its manifests are made anew, and the steps that must notice.
#[test]
fn damage_is_noticed_where_the_guide_looks() {
    let good = whole();
    let find = |below: &str| good.keys().find(|path| path.starts_with(below)).expect("one").clone();
    let document = find("data/documents/");
    let flip = |path: String, at: usize| -> Change<'_> {
        Box::new(move |parts: &mut Parts| {
            let bytes = parts.get_mut(&path).expect("the file is there");
            let at = at.min(bytes.len() - 1);
            bytes[at] ^= 1;
        })
    };
    let replace = |path: &'static str, from: &'static str, to: &'static str| -> Change<'_> {
        Box::new(move |parts: &mut Parts| {
            let text = String::from_utf8(parts[path].clone()).expect("text");
            assert!(text.contains(from), "{path} holds {from}");
            parts.insert(path.to_owned(), text.replacen(from, to, 1).into_bytes());
        })
    };
    let swap = |one: String, other: String| -> Change<'_> {
        Box::new(move |parts: &mut Parts| {
            let (first, second) = (parts[&one].clone(), parts[&other].clone());
            parts.insert(one.clone(), second);
            parts.insert(other.clone(), first);
        })
    };
    let signature = good["data/checkpoint"].len() - 20;
    let middle = |path: &str| good[path].len() / 2;
    let cases: Vec<(&str, Change<'_>, &[u32])> = vec![
        (
            "the copy's first line",
            replace("data/entries.jsonl", "\"hash\":\"", "\"hash\":\"0"),
            &[4],
        ),
        ("two entries changed over", swap(entry_path(14), entry_path(15)), &[5, 9]),
        ("an entry's content", flip(entry_path(14), middle(&entry_path(14))), &[6, 9, 10]),
        ("an entry's signature", flip(entry_path(21), usize::MAX), &[6, 9]),
        ("an answer", flip(body_path(14), middle(&body_path(14))), &[7]),
        (
            "the copy",
            replace("data/entries.jsonl", "\"kind\":\"acceptance\"", "\"kind\":\"appearance\""),
            &[7],
        ),
        // Whoever reads the answers there would else read what nobody signed.
        (
            "an answer in the copy",
            replace("data/entries.jsonl", "a letter about attendance", "a letter about nothing"),
            &[7],
        ),
        (
            "an answer's sort in the copy",
            replace("data/entries.jsonl", "\"people-count\":1", "\"people-count\":true"),
            &[7],
        ),
        (
            "an answer that the copy has twice",
            replace(
                "data/entries.jsonl",
                "\"recommendation\":\"proceed\"",
                "\"recommendation\":\"restrict\",\"recommendation\":\"proceed\"",
            ),
            &[7],
        ),
        (
            "a record's links in the copy",
            replace("data/entries.jsonl", "\"rel\":\"accepts\"", "\"rel\":\"about\""),
            &[7],
        ),
        ("a document", flip(document, 3), &[8]),
        ("the head's signature", flip("data/checkpoint".to_owned(), signature), &[9, 10]),
        ("the head's size", replace("data/checkpoint", "\n22\n", "\n23\n"), &[9]),
        ("a proof", flip(proof_path(14), 40), &[9, 10]),
        ("another key in the policy", replace("data/policy.txt", "log ", "log x"), &[9, 10]),
        ("a receipt's signature", flip(transparent_path(14), 600), &[11]),
    ];
    for (name, change, steps) in cases {
        let mut parts = good.clone();
        change(&mut parts);
        remanifest(&mut parts);
        let bundle = zipped(&parts);
        content(&bundle, &[2]);
        for step in steps {
            let wanted: &[u32] = if *step == LAST { &[9, LAST] } else { &[*step] };
            let seen = typed(&bundle, wanted);
            assert!(!seen.is_good(), "{name}: step {step} says {}", seen.all);
            if *step == LAST {
                content(&bundle, &[9]);
            }
        }
    }
}

#[test]
fn damage_on_the_way_is_noticed() {
    let bundle = std::fs::read(&tour().bundles[0]).expect("a bundle");
    assert!(!typed(&bundle[..bundle.len() - 100], &[1]).is_good(), "it was cut short");
    for (name, path) in [("changed", "data/checkpoint"), ("added", "data/more.txt")] {
        let mut parts = whole();
        parts.entry(path.to_owned()).or_default().push(b'\n');
        assert!(!typed(&zipped(&parts), &[2]).is_good(), "a file was {name}");
    }
    let mut parts = whole();
    parts.remove(&proof_path(3));
    assert!(!typed(&zipped(&parts), &[2]).is_good(), "a file was left out");
}
