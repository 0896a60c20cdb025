//! Stories: pages of Markdown that can be read as examples and are run by the program itself.
//!
//! ````text
//! ```sh                           commands, one after another; a line may go on after a `\`
//! probity record note --by "Mary O’Neill" --text "The gate was open"
//! ```
//! ```findings                     all that the program asks about the last of them; no block: nothing
//! rule: what it says
//! ```
//! ```refused                      the last of them is refused in words that begin like this, and nothing is written
//! ```
//! ````
//!
//! In braces stands what is only known when it runs: `{day -3}` is three days ago as options take
//! it, and `{written -3}` as people write it; `{moment -5}` is five hours ago; `{entry KIND}` and
//! `{case KIND}` are where the newest record of a kind stands; `{pdf NAME}` is a file.

use std::collections::BTreeMap;

use probity_ledger::records::days;
use serde_json::Value as Json;

use crate::common::files::pdf;
use crate::common::{School, day, now, text};

/// A school that lives through a story.
pub struct Story {
    pub school: School,
    newest: BTreeMap<String, Json>,
}

/// What is to come of a command.
enum Outcome<'a> {
    Finds(Vec<&'a str>),
    Refused(&'a str),
}

impl Story {
    /// Runs a page from its first command to its last.
    #[track_caller]
    pub fn of(page: &str) -> Self {
        let mut story = Self { school: School::begun(), newest: BTreeMap::new() };
        let steps = steps(page);
        assert!(!steps.is_empty(), "the page has no commands");
        for (command, outcome) in steps {
            story.take(&command, &outcome);
        }
        let (status, verdict) = story.school.verify(["--fail-on", "incomplete"]);
        assert_eq!((status, &verdict["verdict"]), (0, &"intact".into()), "{verdict:#}");
        story
    }

    /// The newest record of a kind, as the program shows it.
    pub fn shown(&self, kind: &str) -> Json {
        self.school.show(&self.report(kind)["entry"])
    }

    /// The records of a kind, as the program shows them.
    pub fn all(&self, kind: &str) -> Vec<Json> {
        let places = self.school.log(&["--kind", kind]);
        places.into_iter().map(|place| self.school.show(place)).collect()
    }

    #[track_caller]
    fn take(&mut self, command: &str, outcome: &Outcome<'_>) {
        let words: Vec<String> = words(command).iter().map(|word| self.fill(word)).collect();
        let (program, arguments) = words.split_first().expect("a command");
        assert_eq!(program, "probity", "{command}");
        match outcome {
            Outcome::Refused(wanted) => {
                let refusal = self.school.refused(arguments);
                assert!(refusal.error.starts_with(&self.fill(wanted)), "{command}: {refusal:#?}");
            }
            Outcome::Finds(wanted) => {
                let report = self.school.json(arguments);
                let found = report["findings"].as_array().expect("findings").iter();
                let found: Vec<String> = found
                    .map(|one| format!("{}: {}", text(&one["rule"]), text(&one["text"])))
                    .collect();
                let wanted: Vec<String> = wanted.iter().map(|line| self.fill(line)).collect();
                assert_eq!(found, wanted, "{command}");
                self.newest.insert(text(&report["kind"]), report);
            }
        }
    }

    fn report(&self, kind: &str) -> &Json {
        self.newest.get(kind).unwrap_or_else(|| panic!("no `{kind}` was recorded"))
    }

    fn fill(&self, words: &str) -> String {
        let Some((before, rest)) = words.split_once('{') else { return words.to_owned() };
        let (inside, after) = rest.split_once('}').expect("a closing brace");
        let (what, which) = inside.split_once(' ').expect("two words in braces");
        let number = || which.parse::<i64>().expect("a number");
        let filled = match what {
            "day" => day(number()),
            "written" => days::written(days::day(&day(number())).expect("a day")),
            "moment" => (now() + number() * 3600).to_string(),
            "entry" => self.report(which)["entry"].to_string(),
            "case" => text(&self.report(which)["case"]),
            "pdf" => self.school.file(which, pdf(which)),
            _ => panic!("`{what}` stands for nothing"),
        };
        format!("{before}{filled}{}", self.fill(after))
    }
}

/// The commands of a page, each with what is to come of it.
fn steps(page: &str) -> Vec<(String, Outcome<'_>)> {
    let mut steps: Vec<(String, Outcome<'_>)> = Vec::new();
    let mut rest = page;
    while let Some((_, opened)) = rest.split_once("\n```") {
        let (sort, opened) = opened.split_once('\n').expect("a block's first line");
        let (block, _) = opened.split_once("\n```\n").expect("a block's end");
        let last = steps.last_mut().map(|(_, outcome)| outcome);
        match (sort, last) {
            ("sh", _) => {
                let commands = block.replace("\\\n", " ");
                let nothing = || Outcome::Finds(Vec::new());
                steps.extend(commands.lines().map(|line| (line.to_owned(), nothing())));
            }
            ("findings", Some(last)) => *last = Outcome::Finds(block.lines().collect()),
            ("refused", Some(last)) => *last = Outcome::Refused(block),
            _ => panic!("a block is `sh`, or under one `findings` or `refused`: {sort}"),
        }
        // The line's end stays, for a block that follows at once.
        rest = &opened[block.len() + "\n```".len()..];
    }
    steps
}

/// The words of a command: apart by spaces, together in double quotes or braces.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), String::new());
    let (mut quoted, mut braced) = (false, false);
    for letter in command.chars() {
        match letter {
            '"' => quoted = !quoted,
            ' ' if !quoted && !braced => words.push(std::mem::take(&mut word)),
            _ => {
                braced = (braced || letter == '{') && letter != '}';
                word.push(letter);
            }
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}
