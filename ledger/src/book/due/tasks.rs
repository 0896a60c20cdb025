//! What somebody still has to do: actions, holds to review, exceptions to ratify, advice that an
//! approval waits for, letters to and from the regulator.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use super::making::{Scene, day_part, folded, part, set};
use super::{Due, When};
use crate::book::holding;
use crate::book::item::Item;
use crate::format::cbor::Value;
use crate::records;
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
    // What was signed under an exception stays under it, whatever corrects the exception.
    let exceptions = scene.book.of_kind("exception").filter(|item| item.marks.gone.is_none());
    let exceptions = exceptions.filter(|exception| !stands_over_nothing(scene, exception));
    all.extend(exceptions.map(|exception| ratification(scene, exception)));
    let advised = first_advice(scene);
    let approvals = scene.standing("dpia-approval").into_iter();
    all.extend(approvals.filter_map(|approval| advice(scene, &advised, approval)));
    let letters = Letters::of(scene);
    let contacts = letters.all.iter();
    all.extend(contacts.filter_map(|contact| reply(scene, &letters, contact)));
    all
}

fn done_on(item: &Item) -> Date {
    item.day("done").unwrap_or_else(|| item.signed_on())
}

fn of_action<'a>(scene: &Scene<'_, 'a>, action: &'a Item) -> Option<Due> {
    let day = action.day("due")?;
    let done = scene.book.standing_links(action, Relation::About, "action-done");
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
    let ticked = scene.book.standing_links(item, Relation::About, "action-done");
    let mut all = Vec::new();
    for (at, action) in actions.iter().enumerate() {
        let Some(day) = day_part(action, by) else { continue };
        let met = completed.and_then(|name| day_part(action, name)).or_else(|| {
            let names = |done: &&&Item| actions.len() == 1 || named(done, actions).contains(&at);
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

/// The places of the actions that what is said of a tick names: by their text, or else by a mark
/// that one of them alone bears.
fn named(done: &Item, actions: &[Value]) -> Vec<usize> {
    let how = folded(done.text("how"));
    let places = |names: &dyn Fn(&Value) -> bool| -> Vec<usize> {
        let named = actions.iter().enumerate().filter(|(_, action)| names(action));
        named.map(|(at, _)| at).collect()
    };
    let by_text = places(&|action| {
        let texts = ["what", "control", "text"].into_iter().filter_map(|name| part(action, name));
        let mut texts = texts.map(|text| folded(Some(text))).filter(|text| !text.is_empty());
        texts.any(|text| how.contains(&text))
    });
    if !by_text.is_empty() {
        return by_text;
    }
    let words: BTreeSet<&str> =
        how.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|w| !w.is_empty()).collect();
    let bearing = words.into_iter().map(|word| {
        places(&|action| {
            let mut marks = ["id", "risk"].into_iter().filter_map(|name| part(action, name));
            marks.any(|mark| folded(Some(mark)) == word)
        })
    });
    bearing.filter(|bearing| bearing.len() == 1).flatten().collect()
}

fn of_hold<'a>(scene: &Scene<'_, 'a>, hold: &'a Item) -> Option<Due> {
    let day = hold.day("review-date")?;
    let mut later: Vec<&Item> = holding::release(scene.book, hold).into_iter().collect();
    later.extend(scene.book.standing_links(hold, Relation::About, "hold"));
    later.extend(scene.book.standing_links(hold, Relation::Continues, "hold"));
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

/// Whether an exception corrects another one, and nothing was signed under it itself.
fn stands_over_nothing(scene: &Scene<'_, '_>, exception: &Item) -> bool {
    let corrects = |item: &Item| item.links.iter().any(|(rel, _)| *rel == Relation::Corrects);
    corrects(exception)
        && !exception.marks.unratified
        && scene.book.linking(exception, Relation::Excepts).next().is_none()
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
    let met = met.filter(|_| !exception.marks.unratified);
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

/// What the DPO advised on, each part with the first advice on it.
fn first_advice<'a>(scene: &Scene<'_, 'a>) -> HashMap<[u8; 32], &'a Item> {
    let by_dpo = |item: &&Item| match item.kind.as_str() {
        "dpo-advice" => DPO.contains(&item.role.as_str()),
        "paper-signature" => {
            item.text("role").is_some_and(|role| DPO.contains(&role))
                && item.links.iter().any(|(relation, _)| *relation == Relation::Advises)
        }
        _ => false,
    };
    let mut first = HashMap::new();
    for item in scene.book.items().filter(by_dpo) {
        for part in content(item, Relation::Advises) {
            first.entry(part).or_insert(item);
        }
    }
    first
}

/// An approval that came before the DPO's advice on the same content waits for it.
fn advice(
    scene: &Scene<'_, '_>,
    advised: &HashMap<[u8; 32], &Item>,
    approval: &Item,
) -> Option<Due> {
    if !matches!(approval.decision, Some("approved" | "approved-with-conditions")) {
        return None;
    }
    let approved = content(approval, Relation::Approves);
    // Each part of the content needs advice; the last of them to get it makes it whole.
    let firsts: Option<Vec<&Item>> =
        approved.iter().map(|part| advised.get(part).copied()).collect();
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
        .met(whole.filter(|_| !lacks_advice(approval)).map(|advice| When::Day(advice.signed_on())));
    Some(making.done(scene))
}

/// Whether the act itself lacks the advice: what is on paper may not show that two people signed.
pub(in crate::book) fn lacks_advice(approval: &Item) -> bool {
    let kind = records::newest(&approval.kind);
    let asked = kind.iter().flat_map(|kind| kind.also).filter(|also| also.kind == "dpo-advice");
    let mut lacks = approval.marks.lacks.iter();
    lacks.any(|lack| asked.clone().any(|also| lack.contains(also.what)))
}

/// The letters to and from the regulator that stand, as a reply to one is looked for.
struct Letters<'a> {
    all: Vec<&'a Item>,
    by_case: HashMap<&'a str, Vec<&'a Item>>,
    by_reference: HashMap<&'a str, Vec<&'a Item>>,
}

impl<'a> Letters<'a> {
    fn of(scene: &Scene<'_, 'a>) -> Self {
        let all = scene.standing("regulator-contact");
        let (mut by_case, mut by_reference) = (HashMap::new(), HashMap::new());
        for item in all.iter().copied() {
            if let Some(case) = item.case.as_deref() {
                by_case.entry(case).or_insert_with(Vec::new).push(item);
            }
            if let Some(reference) = item.text("reference") {
                by_reference.entry(reference).or_insert_with(Vec::new).push(item);
            }
        }
        Self { all, by_case, by_reference }
    }

    /// Those that link to one as being about it, and those of its case or reference.
    fn near(&self, scene: &Scene<'_, 'a>, contact: &Item) -> Vec<&'a Item> {
        let of_kind = |item: &&Item| item.kind == contact.kind && scene.stands(item);
        let mut near: Vec<&Item> =
            scene.book.linking(contact, Relation::About).filter(of_kind).collect();
        let of_case = contact.case.as_deref().and_then(|case| self.by_case.get(case));
        let of_reference = contact.text("reference").and_then(|name| self.by_reference.get(name));
        near.extend([of_case, of_reference].into_iter().flatten().flatten());
        near
    }
}

/// A contact with the regulator that names a day for the reply.
fn reply<'a>(scene: &Scene<'_, 'a>, letters: &Letters<'a>, contact: &Item) -> Option<Due> {
    let day = contact.day("reply-due")?;
    let theirs = contact.text("direction") == Some("to-regulator");
    let (other, title) = if theirs {
        ("from-regulator", "The regulator replies")
    } else {
        ("to-regulator", "Reply to the regulator")
    };
    let answers =
        |item: &&Item| item.index > contact.index && item.text("direction") == Some(other);
    let replies = letters.near(scene, contact).into_iter().filter(answers);
    let met = replies.map(|item| item.integer("sent").unwrap_or(item.time)).min();
    let worked = set("regulator-reply", day, "set by the contact");
    let making =
        scene.make("regulator-reply", contact.signed_on(), "regulator-reply", contact, title);
    // What the regulator sets for the school is its limit; what it promises is none for it.
    let making = if theirs { making.target(Some(worked)) } else { making.legal(worked) };
    Some(making.met(met.map(When::Moment)).done(scene))
}
