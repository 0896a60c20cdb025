//! A DPIA: screening, assessment, controls, advice, approval, acceptance, review.

use super::{State, named, newest, signed};
use crate::book::content::{decision_on, decision_or_newest_on, is_outrun};
use crate::book::due::{dpia_ended, lacks_advice, newest_review, open_review, requires_dpia};
use crate::book::item::{Book, Item};
use crate::book::remaining;
use crate::records::kind::Relation;
use crate::records::roles::DPO;

pub(super) fn state(book: &Book<'_>, case: &str) -> State {
    match dpia_ended(book, case) {
        Some(end) if end.kind == "dpia-review" => {
            return State::closed("stopped", format!("the review in {} stopped it", named(end)));
        }
        Some(refusal) => {
            let why = format!("the controller refused it ({})", signed(refusal));
            return State::closed("refused", why);
        }
        None => {}
    }
    let (screening, dpia) = (newest(book, case, "dpia-screening"), newest(book, case, "dpia"));
    let state = match (screening, dpia) {
        (_, Some(dpia)) => assessed(book, case, dpia),
        (Some(screening), None) => screened(book, case, screening),
        (None, None) => on_documents(book, case),
    };
    let state = consultation(book, case, state);
    // Where there are documents alone, the next approval is on the changed ones.
    let approved = |review: &Item| {
        dpia.is_none() && approval(book, case).is_some_and(|later| later.index > review.index)
    };
    match newest_review(book, case).filter(|review| !approved(review)) {
        Some(review) if matches!(review.text("outcome"), Some("changes-needed" | "new-dpia")) => {
            state
                .lacking(format!("the review in {} asks for changes", named(review)))
                .then("write the changed DPIA, and have it advised on and approved anew")
        }
        _ => state,
    }
}

/// A screening without a DPIA.
fn screened(book: &Book<'_>, case: &str, screening: &Item) -> State {
    if requires_dpia(screening) {
        return State::new(
            "a DPIA is to be written",
            format!("{} says that one is required", named(screening)),
        )
        .lacking("the DPIA itself")
        .then("write the DPIA: `record dpia`");
    }
    if let Some(approval) = approval(book, case) {
        return decided(book, case, approval);
    }
    if screening.text("outcome") == Some("do-not-proceed") {
        return State::new("screened: not to proceed", format!("{} says so", named(screening)));
    }
    let mut advised = book.linking(screening, Relation::Advises);
    if !advised.any(|advice| is_advice(advice) && advice.person != screening.person) {
        let paper = match on_paper(book, screening) {
            Some(paper) => format!("on paper by {}; with a key, ", named(paper)),
            None => String::new(),
        };
        return State::new(
            "the screening waits for the data protection officer",
            format!("{paper}nobody has reviewed {}", named(screening)),
        )
        .then("have the data protection officer review the screening: `record dpo-advice`");
    }
    State::new(
        "screened: no DPIA required",
        format!("{} says so, and the data protection officer has reviewed it", named(screening)),
    )
    .then("have the controller's representative approve the screening: `record dpia-approval`")
}

/// Nothing but signatures on documents.
fn on_documents(book: &Book<'_>, case: &str) -> State {
    match (approval(book, case), advice(book, case)) {
        (Some(approval), _) => decided(book, case, approval),
        (None, Some(advice)) => waits_for_decision(advice),
        (None, None) => State::new("begun", "there is no screening and no DPIA on record")
            .then("record the screening: `record dpia-screening`"),
    }
}

fn assessed<'a>(book: &Book<'a>, case: &str, dpia: &'a Item) -> State {
    if let Some(approval) = decision_or_newest_on(book, case, "dpia-approval", dpia) {
        return decided(book, case, approval);
    }
    let outrun = |signature: &&'a Item| is_outrun(book, signature, dpia);
    let mut state = match decision_on(book, case, "dpo-advice", dpia) {
        Some(advice) => waits_for_decision(advice),
        None => State::new(
            "waits for the data protection officer's advice",
            match (on_paper(book, dpia), advice(book, case).filter(outrun)) {
                (Some(paper), _) => format!(
                    "{} is written, and advised on by {}, not with a key",
                    named(dpia),
                    named(paper)
                ),
                (None, Some(other)) => {
                    format!("{} is on other content than {}", named(other), named(dpia))
                }
                (None, None) => format!("{} is written, and nobody has advised on it", named(dpia)),
            },
        )
        .then("have the data protection officer advise: `record dpo-advice`"),
    };
    if let Some(other) = approval(book, case).filter(outrun) {
        state = state.lacking(format!(
            "a decision on {}: {} is on other content",
            named(dpia),
            named(other)
        ));
    }
    let approved = book.standing_links(dpia, Relation::Approves, "control-approval");
    if !dpia.list("controls").is_empty() && approved.is_empty() {
        state = state
            .lacking("the approval of its controls by the owner of the data")
            .then("have the controls approved: `record control-approval`");
    }
    let open =
        dpia.list("responsibilities").iter().filter(|one| one.get("completed").is_none()).count();
    if open > 0 {
        let controls = if open == 1 { "control is" } else { "controls are" };
        state = state.lacking(format!("{open} {controls} not put in place yet, by the DPIA"));
    }
    state
}

fn waits_for_decision(advice: &Item) -> State {
    let advised = advice.text("recommendation").unwrap_or("not disclosed").replace('-', " ");
    State::new(
        "waits for the controller's decision",
        format!("the data protection officer has advised: {advised} ({})", signed(advice)),
    )
    .then("have the controller's representative decide: `record dpia-approval`")
}

/// The data protection officer's newest advice.
fn advice<'a>(book: &Book<'a>, case: &str) -> Option<&'a Item> {
    book.decision(case, "dpo-advice")
}

/// Whether it is advice by whoever may give it.
fn is_advice(item: &Item) -> bool {
    item.kind == "dpo-advice" && item.is_whole()
}

/// The data protection officer's signature on paper with which a record was advised on.
fn on_paper<'a>(book: &Book<'a>, item: &'a Item) -> Option<&'a Item> {
    let papers = book.standing_links(item, Relation::Advises, "paper-signature");
    papers.into_iter().find(|paper| paper.text("role").is_some_and(|role| DPO.contains(&role)))
}

/// The newest approval or refusal that counts; where none does, the newest.
fn approval<'a>(book: &Book<'a>, case: &str) -> Option<&'a Item> {
    book.decision_or_newest(case, "dpia-approval")
}

fn decided(book: &Book<'_>, case: &str, approval: &Item) -> State {
    let decision = approval.decision.unwrap_or("decided").replace('-', " ");
    let standing = if !approval.marks.stale.is_empty() {
        format!("{decision}, but stale")
    } else if approval.is_whole() {
        decision
    } else {
        format!("{decision}, not complete yet")
    };
    let lacks_advice = lacks_advice(approval);
    let why = if approval.marks.by_exception {
        "it was signed by exception, which nobody has ratified"
    } else if approval.is_whole() || lacks_advice {
        "the controller has decided"
    } else {
        "what was signed doesn't decide it yet"
    };
    let mut state = State::new(standing, format!("{why} ({})", signed(approval)));
    if lacks_advice {
        state = state.then("have the data protection officer advise: `record dpo-advice`");
    }
    if newest(book, case, "risk-acceptance").is_none() {
        state = state
            .lacking("the acceptance of the risks that remain, by the owner of the data")
            .then(
                "once the controls are in place, have the risks accepted: `record risk-acceptance`",
            );
    }
    let review = open_review(book, case).and_then(|due| due.when.day());
    match review.or_else(|| approval.day("review-date")) {
        Some(day) if day < book.today() => state.then(format!(
            "review it: the review was due on {}",
            crate::records::days::written(day)
        )),
        Some(day) => state.then(format!("review it by {}", crate::records::days::written(day))),
        None => state.lacking("the day of its review"),
    }
}

/// Processing mustn't start while a high risk stands that the regulator wasn't consulted on.
fn consultation(book: &Book<'_>, case: &str, state: State) -> State {
    let Some(high) = remaining::high(book, case) else { return state };
    let asked = high.asked();
    let mut state = state;
    if let Some(prohibited) = asked.prohibited {
        state = state.lacking(format!(
            "processing must not start: the regulator prohibits it ({})",
            named(prohibited)
        ));
    }
    if let Some(waiting) = asked.waiting {
        state = state.lacking(format!(
            "processing must not start: the regulator, consulted by {}, has not replied",
            named(waiting)
        ));
    }
    if asked.not_all {
        state = state
            .lacking("processing must not start: a high risk remains after the controls")
            .then("consult the regulator: `record ico-consultation`");
    }
    state
}
