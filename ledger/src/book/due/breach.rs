//! Breaches: telling the regulator, and telling the people concerned.

use super::making::{Making, Scene, passed_before_import};
use super::{Due, When};
use crate::book::item::Item;
use crate::book::registers::review_of_breach;
use crate::book::rules::{limits, regulator};
use crate::book::standing::{in_order, newest};
use crate::records::days::written_time;
use crate::records::kind::Relation;

pub(super) fn due(scene: &Scene<'_, '_>) -> Vec<Due> {
    let mut all = Vec::new();
    let reports = scene.standing("breach-report");
    for (at, report) in reports.iter().enumerate() {
        let same = |other: &&Item| other.case.is_some() && other.case == report.case;
        if reports[..at].iter().any(same) {
            continue;
        }
        // Several reports in one case are of one breach: the earliest awareness counts.
        let of_case = reports[at..].iter().copied().filter(|other| same(other) || other == report);
        let first = of_case
            .filter_map(|report| report.integer("aware").map(|aware| (aware, report)))
            .min_by_key(|(aware, report)| (*aware, report.index));
        let Some((aware, first)) = first else { continue };
        all.extend(regulator_told(scene, report, first, aware).map(|making| making.done(scene)));
        all.extend(people_told(scene, report).map(|making| making.done(scene)));
    }
    all
}

/// The records about a breach that stand, of a kind: of its case, or linked to its report.
fn records<'a>(
    scene: &Scene<'_, 'a>,
    report: &'a Item,
    kind: &str,
    relation: Relation,
) -> Vec<&'a Item> {
    match report.case.as_deref() {
        Some(case) => scene.book.standing_in(case, kind),
        None => scene.book.standing_links(report, relation, kind),
    }
}

/// When somebody was told first.
fn told(scene: &Scene<'_, '_>, report: &Item, whom: &str) -> Option<i64> {
    all_told(scene, report)
        .into_iter()
        .filter(|told| told.texts("whom").any(|name| name == whom))
        .map(|told| told.integer("told-at").unwrap_or(told.time))
        .min()
}

fn all_told<'a>(scene: &Scene<'_, 'a>, report: &Item) -> Vec<&'a Item> {
    let Some(report) = scene.book.get(&report.hash) else { return Vec::new() };
    records(scene, report, "breach-told", Relation::About)
}

/// The newest decision that counts.
fn decision<'a>(scene: &Scene<'_, 'a>, report: &Item) -> Option<&'a Item> {
    let (book, kind) = (scene.book, "breach-decision");
    if let Some(case) = report.case.as_deref() {
        return book.decision(case, kind);
    }
    let versions = book.versions(book.get(&report.hash)?).into_iter();
    let linking = versions.flat_map(|version| book.linking(version, Relation::Decides));
    let mut all: Vec<&Item> = linking.filter(|item| item.kind == kind).collect();
    in_order(&mut all);
    newest(book.deciding(all))
}

/// The record that may have told something of a breach, and was erased.
fn lost<'a>(scene: &Scene<'_, 'a>, report: &Item) -> Option<&'a Item> {
    let told = all_told(scene, report).into_iter();
    told.chain(decision(scene, report)).find(|item| item.is_erased())
}

/// Whether a review closed the breach, or what it came to was erased.
fn is_over(scene: &Scene<'_, '_>, report: &Item) -> bool {
    let review = report.case.as_deref().and_then(|case| review_of_breach(scene.book, case));
    review.is_some_and(|review| review.is_erased() || review.text("outcome") == Some("closed"))
}

/// The first letter to the regulator about the breach. What it says, no record tells: only
/// `breach-told` notifies.
fn letter<'a>(scene: &Scene<'_, 'a>, report: &Item) -> Option<&'a Item> {
    let report = scene.book.get(&report.hash)?;
    let of_case = report.case.as_deref();
    let mut letters: Vec<&Item> =
        of_case.map(|case| scene.book.standing_in(case, "regulator-contact")).unwrap_or_default();
    letters.extend(scene.book.standing_links(report, Relation::About, "regulator-contact"));
    letters.retain(|letter| letter.text("direction") == Some("to-regulator"));
    letters.into_iter().min_by_key(|letter| letter.index)
}

fn regulator_told(
    scene: &Scene<'_, '_>,
    report: &Item,
    first: &Item,
    aware: i64,
) -> Option<Making> {
    let on = When::Moment(aware).day().unwrap_or_else(|| report.signed_on());
    let title = format!("Notify the {} of the breach, or decide why not", regulator(on));
    let mut legal = limits::breach_72h(aware);
    let when = legal.due;
    let told_at = told(scene, report, "regulator");
    let decided = decision(scene, report);
    // Who decides here that the regulator is told takes it up.
    let history = passed_before_import(first, when)
        && decided.is_none_or(|decision| decision.truth("notify-regulator") != Some(true));
    let not_needed = decided
        .filter(|decision| told_at.is_none() && decision.truth("notify-regulator") == Some(false));
    let mut met = told_at;
    if let (None, None, Some(lost)) = (told_at, not_needed, lost(scene, report)) {
        if is_over(scene, report) {
            return None;
        }
        legal.say(&format!(
            "entry {} was erased, so it isn't known whether it said that the regulator was told, or \
             need not be",
            lost.index
        ));
    }
    if let Some(letter) = letter(scene, report).filter(|_| told_at.is_none()) {
        legal.say(&format!(
            "entry {} is a letter to the regulator; if it notified the breach, record that the \
             regulator was told of it",
            letter.index
        ));
    }
    if let Some(decision) = not_needed {
        // No limit is broken by a decision that comes later: nothing had to be notified.
        legal.say(&format!("entry {} decides that the regulator is not notified", decision.index));
        legal.due = When::NotKnown;
        met = Some(decision.time);
    }
    let first_words = format!("aware {}", written_time(aware));
    let target = scene
        .target_of("breach-72h", on)
        .filter(|_| not_needed.is_none())
        .map(|target| target.from_moment("breach-72h", aware, &scene.terms, &first_words));
    let making = scene.make("breach-72h", on, "breach-72h", first, title);
    let making = making.legal(legal).target(target).listed_at(when);
    Some(making.met(met.map(When::Moment)).history(history))
}

fn people_told(scene: &Scene<'_, '_>, report: &Item) -> Option<Making> {
    let decision = decision(scene, report)?;
    let tell = decision.text("tell-people");
    let owed = tell == Some("yes") || (tell.is_none() && decision.text("risk") == Some("high"));
    if !owed {
        return None;
    }
    let told = told(scene, report, "people-concerned");
    if told.is_none() && lost(scene, report).is_some() && is_over(scene, report) {
        return None;
    }
    let why = if tell.is_some() { "that people are told" } else { "that the risk is high" };
    let words = format!(
        "decided on {} {why}; they are told without undue delay",
        written_time(decision.time)
    );
    let on = decision.signed_on();
    let making = scene
        .make(
            "breach-people",
            on,
            "breach-people",
            decision,
            "Tell the people concerned of the breach",
        )
        .owed(When::Moment(decision.time), words)
        .target(scene.target_of("breach-people", on).map(|target| {
            let first = format!("decided on {}", written_time(decision.time));
            target.from_moment("breach-people", decision.time, &scene.terms, &first)
        }))
        .met(told.map(When::Moment));
    Some(making)
}
