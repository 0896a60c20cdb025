//! A command line that can't be read, said as every other refusal is: one fact, one remedy.

use clap::error::ErrorKind;

use crate::work::WorkError;

/// The refusal that a parser's error comes to, or none where it shows a page of help.
#[must_use]
pub fn refusal(error: &clap::Error) -> Option<WorkError> {
    if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return None;
    }
    // The parser's paragraphs: what is wrong, perhaps a tip, how the command is used.
    let text = error.render().to_string();
    let fact = text.lines().take_while(|line| !line.is_empty()).map(str::trim);
    let fact = fact.collect::<Vec<_>>().join(" ");
    let fact = fact.strip_prefix("error: ").unwrap_or(&fact).trim_end_matches('.');
    let find = |label: &str| text.lines().find_map(|line| line.trim().strip_prefix(label));
    let help = format!("see `{} --help`", find("Usage: ").map_or("probity", command));
    let remedy = find("tip: ").map_or(help, |tip| tip.trim_end_matches('.').to_owned());
    Some(WorkError::refused(fact, remedy))
}

/// The words of a usage line before its first option or value.
fn command(usage: &str) -> &str {
    let end = [" [", " <", " -"].iter().filter_map(|begins| usage.find(begins)).min();
    usage[..end.unwrap_or(usage.len())].trim_end()
}

#[cfg(test)]
mod tests {
    use super::refusal;

    fn said(line: &str) -> (String, String) {
        let error = crate::cli::command().try_get_matches_from(line.split(' '));
        let refusal = refusal(&error.expect_err("a bad line")).expect("no page of help");
        (refusal.to_string(), refusal.hint().unwrap_or_default())
    }

    #[test]
    fn a_bad_command_line_is_one_fact_and_one_remedy() {
        for (line, fact, hint) in [
            ("probity recrod", "unrecognized subcommand 'recrod'", "'record'"),
            ("probity record note --txt a --by b", "unexpected argument '--txt' found", "'--text'"),
            ("probity record note --text a", "--by <NAME>", "`probity record note --help`"),
            ("probity sign", "<FILE>", "`probity sign --help`"),
            (
                "probity record covert-authorisation --by a --zzz b",
                "unexpected argument '--zzz'",
                "`probity record covert-authorisation --help`",
            ),
            ("probity log --limit many", "invalid value 'many'", "--help"),
            ("probity revoke a --by b --reason spite", "[possible values: role-ended, ", "--help"),
        ] {
            let (found, remedy) = said(line);
            assert!(found.contains(fact), "{line}: {found}");
            assert!(remedy.contains(hint), "{line}: {remedy}");
            for text in [found, remedy] {
                assert!(!text.contains('\n') && !text.ends_with('.') && !text.is_empty(), "{text}");
                assert!(!text.starts_with("error:"), "{text}");
            }
        }
    }

    #[test]
    fn a_page_of_help_stays_one() {
        for line in ["probity --help", "probity record", "probity key"] {
            let error = crate::cli::command().try_get_matches_from(line.split(' '));
            assert!(refusal(&error.expect_err("no command")).is_none(), "{line}");
        }
    }
}
