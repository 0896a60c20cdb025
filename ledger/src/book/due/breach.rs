//! Breaches: telling the regulator, and telling the people concerned.

use super::making::{Making, Scene};
use super::{Due, When};
use crate::book::item::Item;
use crate::book::rules::{limits, regulator};
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
        all.push(regulator_told(scene, report, first, aware).done(scene));
        all.extend(people_told(scene, report).map(|making| making.done(scene)));
    }
    all
}

/// The records about a breach, of a kind: of its case, or linked to its report.
fn records<'a>(
    scene: &Scene<'_, 'a>,
    report: &'a Item,
    kind: &str,
    relation: Relation,
) -> Vec<&'a Item> {
    if report.case.is_some() {
        scene.in_case(report.case.as_deref(), kind)
    } else {
        scene.following(report, kind, relation)
    }
}

/// When somebody was told first.
fn told(scene: &Scene<'_, '_>, report: &Item, whom: &str) -> Option<i64> {
    let book = scene.book;
    let report = book.get(&report.hash)?;
    records(scene, report, "breach-told", Relation::About)
        .into_iter()
        .filter(|told| told.texts("whom").any(|name| name == whom))
        .map(|told| told.integer("told-at").unwrap_or(told.time))
        .min()
}

/// The newest decision by somebody who may decide.
fn decision<'a>(scene: &Scene<'_, 'a>, report: &Item) -> Option<&'a Item> {
    let report = scene.book.get(&report.hash)?;
    let all = records(scene, report, "breach-decision", Relation::Decides);
    all.into_iter().rfind(|decision| decision.is_whole())
}

/// The first letter to the regulator about the breach. What it says, no record tells: only
/// `breach-told` notifies.
fn letter<'a>(scene: &Scene<'_, 'a>, report: &Item) -> Option<&'a Item> {
    let report = scene.book.get(&report.hash)?;
    let mut letters = scene.in_case(report.case.as_deref(), "regulator-contact");
    letters.extend(scene.linking(report, "regulator-contact", Relation::About));
    letters.retain(|letter| letter.text("direction") == Some("to-regulator"));
    letters.into_iter().min_by_key(|letter| letter.index)
}

fn regulator_told(scene: &Scene<'_, '_>, report: &Item, first: &Item, aware: i64) -> Making {
    let on = When::Moment(aware).day().unwrap_or_else(|| report.signed_on());
    let title = format!("Notify the {} of the breach, or decide why not", regulator(on));
    let mut legal = limits::breach_72h(aware);
    let when = legal.due;
    let told_at = told(scene, report, "regulator");
    let not_needed = decision(scene, report)
        .filter(|decision| told_at.is_none() && decision.truth("notify-regulator") == Some(false));
    let mut met = told_at;
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
    scene
        .make("breach-72h", on, "breach-72h", first, title)
        .legal(legal)
        .target(target)
        .listed_at(when)
        .met(met.map(When::Moment))
}

fn people_told(scene: &Scene<'_, '_>, report: &Item) -> Option<Making> {
    let decision = decision(scene, report)?;
    let tell = decision.text("tell-people");
    let owed = tell == Some("yes") || (tell.is_none() && decision.text("risk") == Some("high"));
    if !owed {
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
        .met(told(scene, report, "people-concerned").map(When::Moment));
    Some(making)
}
