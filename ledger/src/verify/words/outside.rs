//! What somebody outside said, in sentences.

use super::{count, day, moment};
use crate::book::fault;
use crate::format::hash::Size;
use crate::verify::verdict::{ExistedBy, OutsideReport, Verdict, Worth};

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
    let all = verdict.outside.iter().filter(|one| carries(one, pair));
    listed(all.map(|one| quoted(&one.by)))
}

/// Whether a pair rests on a piece of evidence.
fn carries(one: &OutsideReport, pair: &ExistedBy) -> bool {
    one.size == pair.below
        && one.state == Worth::Trusted
        && one.time.is_some_and(|time| time <= pair.time)
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
    if !verdict.existed_by.is_empty() {
        return None;
    }
    let trusted = || verdict.outside.iter().filter(|one| one.state == Worth::Trusted);
    let most = trusted().map(|one| one.size).max()?;
    let names = listed(trusted().filter(|one| one.size == most).map(|one| quoted(&one.by)));
    let rests = "so it rests on the word of whoever holds the keys.";
    Some(if verdict.list_of_another {
        format!(
            "Your list is for another record book, and what those on it signed here ({names}) counts for \
             nothing: {rests}"
        )
    } else {
        let signed = if most >= verdict.size {
            "It is".to_owned()
        } else {
            format!("The first {}", count(most.0, "record is", "records are"))
        };
        format!(
            "{signed} signed by {names}, whom you trust, and at no point were the records signed by as many \
             as your list asks for: {rests}"
        )
    })
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
    // A token counts by itself; cosignatures count where there are as many as the list asks for.
    let counts = |one: &OutsideReport| {
        one.file.strip_suffix(".tsr").is_some()
            || verdict.witnessed.iter().any(|head| head.size == one.size)
    };
    let too_few = if verdict.list_of_another {
        "valid, by those whom you trust, but your list is for another record book"
    } else {
        "valid, by those whom you trust, and fewer of them over one head than your list asks for"
    };
    for (state, counting, words) in [
        (Worth::Trusted, true, "valid, by those whom you trust, and adding nothing to that"),
        (Worth::Trusted, false, too_few),
        (Worth::Claimed, false, "valid, by a key that the bundle or record book itself names"),
        (Worth::Invalid, false, "not valid"),
    ] {
        let all = verdict.outside.iter().filter(|one| {
            let trusted = state == Worth::Trusted;
            one.state == state && (!trusted || counts(one) == counting)
        });
        // What a pair rests on is told above.
        let rest = all.filter(|one| !verdict.existed_by.iter().any(|pair| carries(one, pair)));
        let lines: Vec<String> = rest
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
