//! The two ways to do a thing: by a command, and on the page. Messages name commands; before the page
//! shows one, each command in it becomes the place on the page where the same is done.

use super::WorkError;

/// A command, and what does the same on the page. A command with more words stands for itself; of
/// those that begin alike, the longest counts.
const WAYS: &[(&str, &str)] = &[
    ("probity anchor", "the page Confirmation from outside"),
    ("probity appoint", "the page People"),
    ("probity backup", "the page Backup"),
    ("probity checkpoint", "the page Confirmation from outside"),
    ("probity due", "the page What falls due"),
    ("probity erase", "the page Erase answers for ever"),
    ("probity import", "an import, by whoever runs this machine"),
    ("probity init", "the first steps of this page"),
    ("probity key forget-seen", "a step that whoever runs this machine takes at a terminal"),
    ("probity key list", "the page People"),
    ("probity key new", "the page People"),
    ("probity key notice", "a step that the key's holder takes at a terminal"),
    ("probity kinds", "the page Record"),
    ("probity log", "the page Search"),
    ("probity log --kind erasure", "the page Erase answers for ever"),
    ("probity record", "the page Record"),
    ("probity register", "the page Registers"),
    ("probity restore", "a step that whoever runs this machine takes at a terminal"),
    ("probity revoke", "the page People"),
    ("probity show", "the record's or the case's own page"),
    ("probity sign", "the page Sign a document"),
    ("probity sign --detached", "the page Sign something for another school"),
    ("probity timestamp", "the page Confirmation from outside"),
    ("probity tour", "the page Try with a made-up school"),
    ("probity verify", "the check of all records, under Check and hand out"),
    ("probity witness", "the page Confirmation from outside"),
];

fn way(command: &str) -> Option<&'static str> {
    let begins = |known: &str| {
        command.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let known = WAYS.iter().filter(|(known, _)| begins(known));
    known.max_by_key(|(known, _)| known.len()).map(|(_, page)| *page)
}

/// A message as the page says it. `None` where only a terminal can do what it says.
#[must_use]
pub fn on_page(message: &str) -> Option<String> {
    let mut out = String::new();
    for (nth, part) in message.split('`').enumerate() {
        // Every second part stands between two marks.
        if nth % 2 == 0 {
            out.push_str(part);
        } else if part.starts_with("probity ") {
            out.push_str(way(part)?);
        } else {
            out.push('\u{201c}');
            out.push_str(part);
            out.push('\u{201d}');
        }
    }
    let option = |word: &str| word.trim_start_matches(['(', '\u{201c}']).starts_with("--");
    (!out.split_whitespace().any(option)).then_some(out)
}

/// What was found, as the page says it.
#[must_use]
pub fn fact(error: &WorkError) -> String {
    let fact = error.to_string();
    on_page(&fact).unwrap_or(fact)
}

/// What to do about it, as the page says it.
#[must_use]
pub fn remedy(error: &WorkError) -> Option<String> {
    error.hint().and_then(|hint| on_page(&hint))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_message_names_the_place_on_the_page_and_no_command() {
        for (message, page) in [
            (
                "run `probity verify`; it names what is damaged",
                Some(
                    "run the check of all records, under Check and hand out; it names what is damaged",
                ),
            ),
            (
                "see by whom with `probity show 17`",
                Some("see by whom with the record's or the case's own page"),
            ),
            (
                "see those that wait with `probity log --kind erasure`",
                Some("see those that wait with the page Erase answers for ever"),
            ),
            (
                "nobody of the name `Jo <b>` is appointed",
                Some("nobody of the name \u{201c}Jo <b>\u{201d} is appointed"),
            ),
            ("name more with --witness", None),
            ("use `probity verifying`", None),
        ] {
            assert_eq!(on_page(message).as_deref(), page, "{message}");
        }
    }

    /// Every command that a message of the program names has its way on the page.
    #[test]
    fn no_message_names_a_command_that_the_page_has_no_words_for() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = 0;
        let mut folders =
            ["src/work", "src/store", "keys/src", "ledger/src"].map(|dir| root.join(dir)).to_vec();
        while let Some(folder) = folders.pop() {
            for path in
                std::fs::read_dir(folder).expect("listed").map(|one| one.expect("one").path())
            {
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                // This file names some that there are not.
                if path.ends_with(file!()) {
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                for part in lines
                    .flat_map(|line| line.split('`'))
                    .filter(|part| part.starts_with("probity "))
                {
                    // A line may end within a command; its beginning is enough.
                    let command = part.trim_end_matches('\\').trim_end();
                    assert!(way(command).is_some(), "`{command}` in {}", path.display());
                    found += 1;
                }
            }
        }
        assert!(found > 60, "only {found} commands were found");
    }
}
