//! What somebody still has to do: actions, holds to review, exceptions to ratify, advice that an
//! approval waits for, letters to and from the regulator.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::making::{Scene, day_part, folded, part, set};
use super::{Due, When};
use crate::book::item::Item;
use crate::format::cbor::Value;
use crate::records::days::written;
use crate::records::kind::Relation;
use crate::records::roles::{self, DPO};

/// The lists of actions that stand within records of a kind: the list, the day by which each is
/// due, the member that says what, and the one that says that it is done.
const WITHIN: [(&str, &str, &str, &str, Option<&str>); 3] = [
    ("dpia-screening", "actions", "due", "what", None),
    ("dpia", "responsibilities", "deadline", "control", Some("completed")),
    ("breach-investigation", "recommendations", "due", "text", None),
];

pub(super) fn due(scene: &Scene<'_, '_>) -> Vec<Due> {
    let mut all = Vec::new();
    all.extend(scene.standing("action").into_iter().filter_map(|action| of_action(scene, action)));
    for (kind, list, by, what, done) in WITHIN {
        for item in scene.standing(kind) {
            all.extend(within(scene, item, list, by, what, done));
        }
    }
    all.extend(scene.standing("hold").into_iter().filter_map(|hold| of_hold(scene, hold)));
    let exceptions = scene.standing("exception").into_iter();
    all.extend(exceptions.map(|exception| ratification(scene, exception)));
    let approvals = scene.standing("dpia-approval").into_iter();
    all.extend(approvals.filter_map(|approval| advice(scene, approval)));
    let contacts = scene.standing("regulator-contact").into_iter();
    all.extend(contacts.filter_map(|contact| reply(scene, contact)));
    all
}

fn done_on(item: &Item) -> Date {
    item.day("done").unwrap_or_else(|| item.signed_on())
}

fn of_action<'a>(scene: &Scene<'_, 'a>, action: &'a Item) -> Option<Due> {
    let day = action.day("due")?;
    let done = scene.linking(action, "action-done", Relation::About);
    let met = done.into_iter().map(done_on).min();
    let making = scene
        .make("action", action.signed_on(), "action", action, "Do what was agreed")
        .about(action.text("what"))
        .target(Some(set("action", day, "set by the action")))
        .met(met.map(When::Day));
    Some(making.done(scene))
}

/// The actions that a record lists.
fn within<'a>(
    scene: &Scene<'_, 'a>,
    item: &'a Item,
    list: &str,
    by: &str,
    what: &str,
    completed: Option<&str>,
) -> Vec<Due> {
    let actions = item.list(list);
    let ticked = scene.linking(item, "action-done", Relation::About);
    let mut all = Vec::new();
    for (at, action) in actions.iter().enumerate() {
        let Some(day) = day_part(action, by) else { continue };
        let met = completed.and_then(|name| day_part(action, name)).or_else(|| {
            let names = |done: &&&Item| actions.len() == 1 || names(done, action);
            ticked.iter().filter(names).map(|done| done_on(done)).min()
        });
        let key = format!("action-{}", at + 1);
        let making = scene
            .make("action", item.signed_on(), &key, item, "Do what was agreed")
            .about(part(action, what))
            .target(Some(set("action", day, &format!("set by entry {}", item.index))))
            .met(met.map(When::Day));
        all.push(making.done(scene));
    }
    all
}

/// Whether what is said of a tick names an action by its text or its mark.
fn names(done: &Item, action: &Value) -> bool {
    let how = folded(done.text("how"));
    let words: Vec<&str> = how.split(|c: char| !c.is_alphanumeric() && c != '-').collect();
    let texts = ["what", "control", "text"].into_iter().filter_map(|name| part(action, name));
    let marks = ["id", "risk"].into_iter().filter_map(|name| part(action, name));
    let mut texts = texts.map(|text| folded(Some(text))).filter(|text| !text.is_empty());
    let mut marks = marks.map(|mark| folded(Some(mark)));
    texts.any(|text| how.contains(&text)) || marks.any(|mark| words.contains(&mark.as_str()))
}

fn of_hold<'a>(scene: &Scene<'_, 'a>, hold: &'a Item) -> Option<Due> {
    let day = hold.day("review-date")?;
    let mut later = scene.linking(hold, "hold-release", Relation::About);
    later.extend(scene.linking(hold, "hold", Relation::About));
    later.extend(scene.linking(hold, "hold", Relation::Continues));
    let met = later.into_iter().map(Item::signed_on).min();
    let making = scene
        .make(
            "hold-review",
            hold.signed_on(),
            "hold-review",
            hold,
            "Review the hold, or release it",
        )
        .target(Some(set("hold-review", day, "set by the hold")))
        .met(met.map(When::Day));
    Some(making.done(scene))
}

/// An exception is ratified by another person, in the role that it names.
fn ratification(scene: &Scene<'_, '_>, exception: &Item) -> Due {
    let on = exception.signed_on();
    let first = format!("signed {}", written(on));
    let worked = match exception.day("ratify-by") {
        Some(day) => Some(set("ratification", day, "set by the exception")),
        None => scene.target("ratification", on, &first),
    };
    let role = exception.text("ratify-role");
    let fits = |item: &&Item| {
        let (in_role, another) = match item.kind.as_str() {
            "ratification" => (Some(item.role.as_str()), item.person != exception.person),
            "paper-signature" => (item.text("role"), true),
            _ => return false,
        };
        another && role.is_none_or(|role| Some(role) == in_role)
    };
    let day = |item: &Item| item.day("date").unwrap_or_else(|| item.signed_on());
    let met = scene.book.linking(exception, Relation::Ratifies).filter(fits).map(day).min();
    let by = role.map_or("another person", roles::title);
    scene
        .make(
            "ratification",
            on,
            "ratification",
            exception,
            format!("Ratify the exception, as {by}"),
        )
        .target(worked)
        .met(met.map(When::Day))
        .done(scene)
}

/// What an approval or advice is on: the entries that it links to, and the files that it names.
fn content(item: &Item, relation: Relation) -> BTreeSet<[u8; 32]> {
    let linked = item.links.iter().filter(|(rel, _)| *rel == relation).map(|(_, hash)| hash.0);
    let hash = |file: &Value| file.get("sha256")?.as_bytes()?.try_into().ok();
    linked.chain(item.list("documents").iter().filter_map(hash)).collect()
}

/// An approval that came before the DPO's advice on the same content waits for it.
fn advice(scene: &Scene<'_, '_>, approval: &Item) -> Option<Due> {
    if !matches!(approval.decision, Some("approved" | "approved-with-conditions")) {
        return None;
    }
    let approved = content(approval, Relation::Approves);
    let by_dpo = |item: &&Item| match item.kind.as_str() {
        "dpo-advice" => DPO.contains(&item.role.as_str()),
        "paper-signature" => {
            item.text("role").is_some_and(|role| DPO.contains(&role))
                && item.links.iter().any(|(relation, _)| *relation == Relation::Advises)
        }
        _ => false,
    };
    let advised: Vec<(&Item, BTreeSet<[u8; 32]>)> = scene
        .book
        .items()
        .filter(by_dpo)
        .map(|item| (item, content(item, Relation::Advises)))
        .collect();
    // Each part of the content needs advice; the last of them to get it makes it whole.
    let first_on = |part: &[u8; 32]| advised.iter().find(|(_, on)| on.contains(part));
    let firsts: Option<Vec<&Item>> =
        approved.iter().map(|part| first_on(part).map(|(item, _)| *item)).collect();
    let whole = firsts.and_then(|firsts| firsts.into_iter().max_by_key(|item| item.index));
    if approved.is_empty() || whole.is_some_and(|advice| advice.index < approval.index) {
        return None;
    }
    let on = approval.signed_on();
    let words = format!("approved {} before the DPO advised", written(on));
    let making = scene
        .make(
            "dpia-advice",
            on,
            "dpia-advice",
            approval,
            "The DPO's advice, for which the approval waits",
        )
        .target(scene.target("dpia-advice", on, &words))
        .met(whole.map(|advice| When::Day(advice.signed_on())));
    Some(making.done(scene))
}

/// A contact with the regulator that names a day for the reply.
fn reply(scene: &Scene<'_, '_>, contact: &Item) -> Option<Due> {
    let day = contact.day("reply-due")?;
    let theirs = contact.text("direction") == Some("to-regulator");
    let (other, title) = if theirs {
        ("from-regulator", "The regulator replies")
    } else {
        ("to-regulator", "Reply to the regulator")
    };
    let reference = contact.text("reference");
    let answers = |item: &&Item| {
        item.index > contact.index
            && item.text("direction") == Some(other)
            && (item.links_to(contact, Relation::About)
                || (item.case.is_some() && item.case == contact.case)
                || (reference.is_some() && item.text("reference") == reference))
    };
    let replies = scene.standing("regulator-contact").into_iter().filter(answers);
    let met = replies.map(|item| item.integer("sent").unwrap_or(item.time)).min();
    let worked = set("regulator-reply", day, "set by the contact");
    let making =
        scene.make("regulator-reply", contact.signed_on(), "regulator-reply", contact, title);
    // What the regulator sets for the school is its limit; what it promises is none for it.
    let making = if theirs { making.target(Some(worked)) } else { making.legal(worked) };
    Some(making.met(met.map(When::Moment)).done(scene))
}
