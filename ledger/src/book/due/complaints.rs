//! Complaints: acknowledging them, and telling the outcome.

use jiff::civil::Date;

use super::making::{Scene, since};
use super::{Due, When};
use crate::book::item::{Book, Item};
use crate::book::rules::limits::{self, COMPLAINTS_FROM};
use crate::book::standing::{cctv_complaints, in_order};
use crate::records::days::written;
use crate::records::kind::Relation;

pub(super) fn due(scene: &Scene<'_, '_>) -> Vec<Due> {
    let mut all = Vec::new();
    for complaint in scene.standing("complaint") {
        all.extend(of_complaint(scene, &[complaint]));
    }
    for mut recorded in cctv_complaints(scene.book) {
        recorded.retain(|complaint| complaint.marks.gone.is_none());
        all.extend(of_complaint(scene, &recorded));
    }
    all
}

/// A complaint by its newest record, with the steps that followed any of them.
fn of_complaint<'a>(scene: &Scene<'_, 'a>, recorded: &[&'a Item]) -> Vec<Due> {
    let Some(complaint) = recorded.last().copied() else { return Vec::new() };
    let Some(received) = complaint.day("received") else { return Vec::new() };
    let steps = steps(scene.book, recorded);
    let ended = match end(scene.book, recorded) {
        End::Open => None,
        End::On(day, _) => Some(day),
        End::NotKnown(_) => return Vec::new(),
    };
    let acknowledged = steps.iter().filter(|step| step.text("step") == Some("acknowledged"));
    let acknowledged = acknowledged.map(|step| done(step)).chain(ended).min();

    let mut all = Vec::new();
    let first = format!("received {}", written(received));
    let (legal, target) =
        (limits::complaint(received), scene.target("complaint", received, &first));
    if legal.is_some() || target.is_some() {
        let mut making =
            scene.make("complaint", received, "complaint", complaint, "Acknowledge the complaint");
        if let Some(legal) = legal {
            making = making.legal(legal);
        }
        all.push(making.target(target).met(acknowledged.map(When::Day)).done(scene));
    }
    let title = "Tell the complainant the outcome";
    let making = scene.make("complaint", received, "complaint-outcome", complaint, title);
    let making = if received >= COMPLAINTS_FROM {
        let words = format!("open {}; the outcome follows without undue delay", since(received));
        making.owed(When::Day(received), words)
    } else {
        making.listed_at(When::Day(received))
    };
    let target = scene.target("complaint-outcome", received, &first);
    all.push(making.target(target).met(ended.map(When::Day)).done(scene));
    all
}

/// How a complaint stands.
#[derive(Clone, Copy, Debug)]
pub(in crate::book) enum End<'a> {
    /// Nothing ends it.
    Open,
    /// It ended on a day, by a record.
    On(Date, &'a Item),
    /// A record that may have told so was erased.
    NotKnown(&'a Item),
}

/// How a complaint stands, by its records, the oldest first, and the steps that followed any of them.
/// What was erased before another step didn't end it.
pub(in crate::book) fn end<'a>(book: &Book<'a>, recorded: &[&'a Item]) -> End<'a> {
    let Some(complaint) = recorded.last().copied() else { return End::Open };
    let steps = steps(book, recorded);
    let ends = |step: &&&Item| matches!(step.text("step"), Some("outcome" | "withdrawn"));
    let by_step = steps.iter().filter(ends).map(|step| (done(step), *step));
    let answered = answered(complaint).map(|day| (day, complaint));
    if let Some((day, by)) = by_step.chain(answered).min_by_key(|(day, item)| (*day, item.index)) {
        return End::On(day, by);
    }
    let lost = steps.last().copied().filter(|step| step.is_erased());
    lost.or((complaint.is_erased()).then_some(complaint)).map_or(End::Open, End::NotKnown)
}

/// The steps that followed any record of a complaint.
fn steps<'a>(book: &Book<'a>, recorded: &[&'a Item]) -> Vec<&'a Item> {
    let following = |item: &&'a Item| book.following(item, Relation::About, "complaint-step");
    let mut steps: Vec<&Item> = recorded.iter().flat_map(following).collect();
    in_order(&mut steps);
    steps
}

/// When a complaint about CCTV was answered, which its own record says.
fn answered(complaint: &Item) -> Option<Date> {
    let closed = complaint.text("outcome").is_some_and(|outcome| outcome != "open");
    complaint.day("answered").or_else(|| closed.then(|| complaint.signed_on()))
}

fn done(step: &Item) -> Date {
    step.day("done").unwrap_or_else(|| step.signed_on())
}
