//! A breach: report, who was told, measures, decision, investigation, sign-offs, review.

use super::{State, named, newest, of, signed};
use crate::book::item::{Book, Item};
use crate::book::registers::review_of_breach;

/// What Art 33(3) UK GDPR asks for.
const CONTENT: [(&str, &str); 4] = [
    ("nature", "the nature of the breach, the people and the records concerned"),
    ("dpo-contact", "where more can be learnt"),
    ("consequences", "the likely consequences"),
    ("measures", "the measures taken"),
];

/// Whether any record says that `whom` was told.
fn told(book: &Book<'_>, case: &str, whom: &str) -> bool {
    let told = book.standing_in(case, "breach-told");
    told.iter().any(|item| item.texts("whom").any(|one| one == whom))
}

/// The newest decision that counts.
pub(super) fn decision<'a>(book: &Book<'a>, case: &str) -> Option<&'a Item> {
    book.decision(case, "breach-decision")
}

/// The first letter to the regulator. What it says, no record tells: only `breach-told` notifies.
pub(super) fn letter<'a>(book: &Book<'a>, case: &str) -> Option<&'a Item> {
    of(book, case, "regulator-contact")
        .find(|letter| letter.text("direction") == Some("to-regulator"))
}

pub(super) fn state(book: &Book<'_>, case: &str) -> State {
    let Some(report) = of(book, case, "breach-report").next() else {
        return State::new("begun", "there is no report on record")
            .then("record what happened: `record breach-report`");
    };
    let decision = decision(book, case);
    let investigation = newest(book, case, "breach-investigation");
    let review = review_of_breach(book, case);
    // Whether to notify, a notification tells as well.
    let settled = decision.is_some() || told(book, case, "regulator");
    let closes = |review: &Item| review.text("outcome") == Some("closed");
    let mut state = match (decision, investigation, review) {
        (_, _, Some(review)) if settled && closes(review) => {
            State::closed("closed", format!("the review closed it ({})", signed(review)))
        }
        (_, _, Some(review)) if settled && review.is_erased() => State::closed(
            "reviewed, how it ended is not known",
            format!("what {} came to was erased", named(review)),
        ),
        (_, _, Some(review)) if closes(review) => State::new(
            "reviewed, without a decision whether to notify",
            format!("{} closes it", named(review)),
        ),
        (_, _, Some(review)) => {
            State::new("reviewed, work is open", format!("{} says so", named(review)))
        }
        (_, Some(investigation), None) => investigated(investigation),
        (Some(decision), None, None) => State::new(
            "decided, to be investigated",
            format!("the decision is taken ({})", signed(decision)),
        )
        .then("investigate causes and lessons: `record breach-investigation`"),
        (None, None, None) => State::new(
            "waits for the decision whether to notify",
            format!("{} is on record, and no decision", named(report)),
        ),
    };
    if decision.is_none() {
        state = state
            .lacking("a decision whether to notify, by somebody who may decide")
            .then("decide whether to notify: `record breach-decision`");
    }
    if newest(book, case, "breach-report").and_then(|last| last.truth("still-occurring"))
        == Some(true)
        && newest(book, case, "breach-measure").is_none()
    {
        state = state
            .lacking("it is still going on, and no measure is on record")
            .then("contain it, and record how: `record breach-measure`");
    }
    let lost = book.standing_in(case, "breach-told").into_iter().find(|told| told.is_erased());
    for (whom, who) in [
        ("dpo", "the data protection officer"),
        ("headteacher", "the headteacher"),
        ("chair-of-governors", "the chair of governors"),
    ] {
        if told(book, case, whom) {
            continue;
        }
        match lost {
            // Who was told can't be said any more.
            Some(_) if state.closed => {}
            Some(lost) => {
                state = state.lacking(format!(
                    "whether {who} was told isn't known: {} was erased",
                    named(lost)
                ));
            }
            None => {
                state = state
                    .lacking(format!("nothing says that {who} was told (`record breach-told`)"));
            }
        }
    }
    match decision {
        Some(_) if state.closed && lost.is_some() => state,
        Some(decision) => notified(book, case, (decision, lost), state),
        None => state,
    }
}

fn investigated(investigation: &Item) -> State {
    if investigation.marks.lacks.is_empty() {
        State::new(
            "investigated and signed off, to be reviewed",
            format!("all have signed {} off", named(investigation)),
        )
        .then("review causes and response: `record breach-review`")
    } else {
        State::new(
            "investigated, waits for sign-offs",
            format!("{} is written", named(investigation)),
        )
        .then("have headteacher, data protection officer and chair sign it off: `record breach-signoff`")
    }
}

/// What a decision to notify or to tell people still asks for. What was erased may have said that
/// it was done.
fn notified(
    book: &Book<'_>,
    case: &str,
    (decision, lost): (&Item, Option<&Item>),
    mut state: State,
) -> State {
    let unsaid = |nothing: String, whether: &str| {
        lost.map_or(nothing, |lost| {
            format!("whether {whether} isn't known: {} was erased", named(lost))
        })
    };
    if decision.truth("notify-regulator") == Some(true) {
        if told(book, case, "regulator") {
            let given: Vec<&str> = book
                .standing_in(case, "breach-told")
                .into_iter()
                .filter(|item| item.texts("whom").any(|one| one == "regulator"))
                .flat_map(|item| item.texts("content"))
                .collect();
            for (_, what) in CONTENT.iter().filter(|(part, _)| !given.contains(part)) {
                state = state.lacking(format!("still to be told to the regulator: {what}"));
            }
        } else {
            let letter = letter(book, case).map(|letter| {
                format!(" ({} is a letter to it, and doesn't say so)", named(letter))
            });
            let nothing = format!("nothing says that it was{}", letter.unwrap_or_default());
            state = state
                .lacking(format!(
                    "the regulator is to be notified, and {}",
                    unsaid(nothing, "it was")
                ))
                .then("notify the regulator, and record it: `record breach-told --whom regulator`");
        }
    }
    if decision.text("tell-people") == Some("yes") && !told(book, case, "people-concerned") {
        state = state
            .lacking(format!(
                "the people concerned are to be told, and {}",
                unsaid("nothing says that they were".to_owned(), "they were")
            ))
            .then("tell them, and record it: `record breach-told --whom people-concerned`");
    }
    state
}
