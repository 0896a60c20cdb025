//! A walk as people would type it, and what they would be told.
//!
//! ```text
//! # talk, for whoever reads it
//! $ probity record note --by "Mary O’Neill" --text "…"
//!     --case new                      indented lines go on with the command
//! asks: what an inspector would ask   each finding of that record, in order
//! lacks: note: what is missing        each act of the whole book that is not complete yet
//! ```
//!
//! No `asks` and no `lacks` means that there is none. In braces stands what is only known on the
//! day: `{60 hours ago}` and `{in 2 hours}` are moments, `{3 days ago}`, `{today}` and
//! `{in 14 days}` are days, `{year}` is the year in which cases are numbered. Files beside the
//! walk lie in the folder where it is typed, with their braces filled in.

use std::path::Path;

use serde_json::Value as Json;

use crate::common::{School, day, findings, json_lines, now, text, year};

/// One command, and what it is expected to say.
struct Step {
    line: String,
    asks: Vec<String>,
    lacks: Vec<String>,
}

/// Walks through a file in `tests/walks`, with a school that has begun.
#[track_caller]
pub fn walk(school: &School, file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/walks").join(file);
    for beside in std::fs::read_dir(path.parent().expect("a folder")).expect("a folder") {
        let beside = beside.expect("a file").path();
        let name = beside.file_name().and_then(|name| name.to_str()).expect("a name");
        let content = std::fs::read_to_string(&beside).expect("text");
        school.file(name, filled(&content));
    }
    let script = std::fs::read_to_string(&path).expect("a walk");
    let steps = steps(&script);
    assert!(!steps.is_empty(), "{file} has no commands");
    for step in steps {
        take(school, &step);
    }
}

fn steps(script: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in script.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(command) = line.strip_prefix("$ probity ") {
            let line = command.to_owned();
            steps.push(Step { line, asks: Vec::new(), lacks: Vec::new() });
            continue;
        }
        let step = steps.last_mut().expect("a command stands first");
        if let Some(asks) = line.strip_prefix("asks: ") {
            step.asks.push(filled(asks));
        } else if let Some(lacks) = line.strip_prefix("lacks: ") {
            step.lacks.push(filled(lacks));
        } else if line.starts_with("    ") {
            step.line.push_str(&line[3..]);
        } else {
            panic!("this is no line of a walk: {line}");
        }
    }
    steps
}

#[track_caller]
fn take(school: &School, step: &Step) {
    let mut arguments = words(&filled(&step.line));
    arguments.push("--json".to_owned());
    let ran = school.run(&arguments);
    assert_eq!(ran.status, 0, "{}\n{ran:#?}", step.line);
    let said = json_lines(&ran.out);
    let asks: Vec<String> =
        said.iter().filter(|one| one["findings"].is_array()).flat_map(findings).collect();
    assert_eq!(asks, step.asks, "{}", step.line);
    let (_, verdict) = school.verify([""; 0]);
    assert_eq!(verdict["verdict"], "intact", "{}", step.line);
    assert_eq!(lacks(&verdict), step.lacks, "{}", step.line);
}

/// What the whole book lacks, each as `KIND: what`.
pub fn lacks(verdict: &Json) -> Vec<String> {
    let all = verdict["incomplete"].as_array().expect("a list of acts");
    let say = |act: &Json| {
        let why = text(&act["why"]);
        format!("{}: {}", text(&act["kind"]), why.strip_prefix("missing: ").unwrap_or(&why))
    };
    all.iter().map(say).collect()
}

/// The words of a line; double quotes keep spaces.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('"').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// Puts in what is only known on the day. Other braces, as in JSON, stay.
pub fn filled(text: &str) -> String {
    let Some((before, rest)) = text.split_once('{') else { return text.to_owned() };
    match rest.split_once('}').and_then(|(inside, after)| Some((known(inside)?, after))) {
        Some((value, after)) => format!("{before}{value}{}", filled(after)),
        None => format!("{before}{{{}", filled(rest)),
    }
}

fn known(inside: &str) -> Option<String> {
    match inside.split(' ').collect::<Vec<_>>()[..] {
        ["year"] => Some(year().to_string()),
        ["today"] => Some(day(0)),
        [number, "days", "ago"] => Some(day(-number.parse::<i64>().ok()?)),
        ["in", number, "days"] => Some(day(number.parse().ok()?)),
        [number, "hours", "ago"] => Some(moment(-number.parse::<i64>().ok()?)),
        ["in", number, "hours"] => Some(moment(number.parse().ok()?)),
        _ => None,
    }
}

fn moment(hours: i64) -> String {
    probity::work::time::words(now() + hours * 3600)
}
