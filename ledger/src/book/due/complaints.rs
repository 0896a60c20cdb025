//! Complaints: acknowledging them, and telling the outcome.

use jiff::civil::Date;

use super::making::{Scene, since};
use super::{Due, When};
use crate::book::item::Item;
use crate::book::lasting::cctv_complaints;
use crate::book::rules::limits::{self, COMPLAINTS_FROM};
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
    let following = |item: &&'a Item| scene.following(item, "complaint-step", Relation::About);
    let steps: Vec<&Item> = recorded.iter().flat_map(following).collect();
    let first_of = |names: &[&str]| {
        let named = |step: &&&Item| step.text("step").is_some_and(|name| names.contains(&name));
        steps.iter().filter(named).map(|step| done(step)).min()
    };
    let answered = answered(complaint);
    let ended = first_of(&["outcome", "withdrawn"]).into_iter().chain(answered).min();
    let acknowledged = first_of(&["acknowledged"]).into_iter().chain(ended).min();

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

/// When a complaint about CCTV was answered, which its own record says.
fn answered(complaint: &Item) -> Option<Date> {
    let closed = complaint.text("outcome").is_some_and(|outcome| outcome != "open");
    complaint.day("answered").or_else(|| closed.then(|| complaint.signed_on()))
}

fn done(step: &Item) -> Date {
    step.day("done").unwrap_or_else(|| step.signed_on())
}
