//! What somebody outside said, in sentences.

use std::collections::BTreeSet;

use super::{count, day, moment};
use crate::book::fault;
use crate::format::hash::Size;
use crate::verify::verdict::{ExistedBy, Verdict, Worth};

/// Most names of one confirmation.
const SHOWN: usize = 5;

/// A name as it calls itself: quoted, one line, of bounded length.
fn quoted(name: &str) -> String {
    if name.chars().all(char::is_control) {
        return "somebody without a name".to_owned();
    }
    fault::quoted(name)
}

/// Those that a pair rests on.
fn who(verdict: &Verdict, pair: &ExistedBy) -> String {
    let all = verdict.outside.iter().filter(|one| {
        one.size == pair.below
            && one.state == Worth::Trusted
            && one.time.is_some_and(|time| time <= pair.time)
    });
    listed(all.map(|one| quoted(&one.by)))
}

fn listed(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.dedup();
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => "nobody".to_owned(),
    }
}

/// What was confirmed, for the person in charge.
pub(super) fn head(verdict: &Verdict) -> Option<String> {
    let newest = verdict.existed_by.last()?;
    let rest = verdict.size.0.saturating_sub(newest.below.0);
    let confirmed = if rest == 0 {
        "all of them".to_owned()
    } else {
        format!("the first {}", count(newest.below.0, "record", "records"))
    };
    let rest = match rest {
        0 => String::new(),
        1 => " The newest one rests on the word of whoever holds the keys until the next \
              confirmation."
            .to_owned(),
        rest => format!(
            " The newest {rest} rest on the word of whoever holds the keys until the next confirmation."
        ),
    };
    Some(format!(
        "{}, whom you trust, confirmed {confirmed} on {}.{rest}",
        who(verdict, newest),
        day(newest.time)
    ))
}

/// That some of those whom the reader trusts signed, and not as many as their list asks for.
pub(super) fn too_few(verdict: &Verdict) -> Option<String> {
    let trusted = || verdict.outside.iter().filter(|one| one.state == Worth::Trusted);
    if trusted().next().is_none() || !verdict.existed_by.is_empty() {
        return None;
    }
    let names: BTreeSet<&str> = trusted().map(|one| one.by.as_str()).collect();
    Some(format!(
        "It is signed by {} of those whom you trust ({}), fewer than your list asks for, or your list is for \
         another record book: so it rests on the word of whoever holds the keys.",
        names.len(),
        listed(names.iter().map(|name| quoted(name)))
    ))
}

/// That there is evidence by those whom the reader didn't name.
pub(super) fn head_unconfirmed(verdict: &Verdict) -> String {
    let claimed = || verdict.outside.iter().filter(|one| one.state == Worth::Claimed);
    if claimed().next().is_none() {
        return String::new();
    }
    format!(
        " It holds confirmations by {}, whom only it vouches for: they count once you say that you trust \
         them (--policy, --tsa-roots).",
        listed(claimed().map(|one| quoted(&one.by)))
    )
}

/// On whose word it rests; `could` says what holders of the keys could have done.
pub(super) fn word(verdict: &Verdict, could: &str) -> String {
    match verdict.existed_by.last() {
        None => format!(
            "self-asserted. Without outside evidence, whoever holds the controlling keys could {could}."
        ),
        Some(newest) => format!(
            "confirmed from outside up to entry {}; for what is newer, whoever holds the controlling keys \
             could {could}.",
            newest.below.0.saturating_sub(1)
        ),
    }
}

/// All of it, for an inspector.
pub(super) fn inspector(verdict: &Verdict) -> Option<String> {
    if verdict.outside.is_empty() {
        return None;
    }
    let mut parts: Vec<String> = verdict
        .existed_by
        .iter()
        .map(|pair| {
            format!(
                "entries 0 to {} existed in this form and order by {}, on the word of {} (check that it is \
                 independent of the school)",
                pair.below.0.saturating_sub(1),
                moment(pair.time),
                who(verdict, pair),
            )
        })
        .collect();
    parts.extend(verdict.not_before.iter().map(|pair| {
        format!("entries above {} were not put on record before {}", pair.above, moment(pair.time))
    }));
    for (state, words) in [
        (
            Worth::Trusted,
            "valid, by those whom you trust, and fewer of them over one head than your list asks for",
        ),
        (Worth::Claimed, "valid, by a key that the bundle or record book itself names"),
        (Worth::Invalid, "not valid"),
    ] {
        // What counts is told above.
        let counts = state == Worth::Trusted && !verdict.existed_by.is_empty();
        let all = verdict.outside.iter().filter(|one| one.state == state && !counts);
        let lines: Vec<String> = all
            .map(|one| {
                let by = if one.by.is_empty() {
                    String::new()
                } else {
                    format!(" by {}", quoted(&one.by))
                };
                let time = one.time.map_or_else(String::new, |time| format!(", {}", moment(time)));
                format!("{}{by} over {}{time}", one.file, entries(one.size))
            })
            .collect();
        if !lines.is_empty() {
            parts.push(format!("{words}: {}", shown(&lines)));
        }
    }
    Some(format!("Outside evidence: {}.", parts.join("; ")))
}

fn entries(size: Size) -> String {
    count(size.0, "entry", "entries")
}

fn shown(lines: &[String]) -> String {
    const MOST: usize = 12;
    let mut text = lines.iter().take(MOST).cloned().collect::<Vec<_>>().join("; ");
    if lines.len() > MOST {
        text = format!("{text}; and {} more", lines.len() - MOST);
    }
    text
}
