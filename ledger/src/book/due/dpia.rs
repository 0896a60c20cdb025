//! DPIAs: their reviews, and consulting the regulator.

use jiff::civil::Date;

use super::making::{Making, Scene, part, since};
use super::{Due, When};
use crate::book::item::Item;
use crate::book::remaining;
use crate::book::rules::targets::{By, Target, Unit};
use crate::book::rules::{Worked, grounds, limits, regulator};
use crate::records::days::written;
use crate::records::kind::Relation;

/// How long after completion or the last review the next one may be planned, at most.
const AT_MOST: Target = Target { number: 1, unit: Unit::Years, by: By::Rule };

/// When it is reviewed if nothing was planned.
const UNPLANNED: Target = Target { number: 6, unit: Unit::Months, by: By::Rule };

/// Something from which a review is counted.
#[derive(Clone, Copy)]
struct Point<'a> {
    item: &'a Item,
    from: Date,
    planned: Option<Date>,
    ends: bool,
}

pub(super) fn due(scene: &Scene<'_, '_>) -> Vec<Due> {
    let mut all = Vec::new();
    for case in scene.book.cases() {
        let of = |kind| scene.in_case(Some(case), kind);
        let dpias = of("dpia");
        let approvals = of("dpia-approval");
        let points = points(&dpias, &of("dpia-screening"), &of("dpia-review"), &approvals);
        all.extend(reviews(scene, &points));
        let reviewed =
            |from: Date| points.iter().map(|point| point.from).filter(|day| *day >= from).min();
        if let Some(approval) = approvals.last() {
            all.extend(stale(scene, approval, &points));
        }
        if let Some(dpia) = dpias.last() {
            all.extend(fallen(scene, dpia, completed(dpia), &reviewed));
        }
        all.extend(to_consult(scene, case, dpias.last().copied()));
    }
    let mut consultations: Vec<Vec<&Item>> = Vec::new();
    for record in scene.standing("ico-consultation") {
        // It is recorded when it is sent, and again.
        let same = |known: &&mut Vec<&Item>| {
            known.iter().any(|other| {
                record.case.is_some()
                    && other.case == record.case
                    && other.integer("sent") == record.integer("sent")
            })
        };
        match consultations.iter_mut().find(same) {
            Some(known) => known.push(record),
            None => consultations.push(vec![record]),
        }
    }
    all.extend(consultations.iter().filter_map(|records| reply(scene, records)));
    all
}

fn completed(dpia: &Item) -> Date {
    let day = dpia.day("completed").or_else(|| dpia.day("screened"));
    day.unwrap_or_else(|| dpia.signed_on())
}

/// The DPIA, or the screening after which none was needed, and its reviews, in their order.
fn points<'a>(
    dpias: &[&'a Item],
    screenings: &[&'a Item],
    reviews: &[&'a Item],
    approvals: &[&'a Item],
) -> Vec<Point<'a>> {
    let sufficient = |item: &&Item| item.text("outcome") == Some("proceed");
    let bases: Vec<&'a Item> = if dpias.is_empty() {
        screenings.iter().copied().filter(sufficient).collect()
    } else {
        dpias.to_vec()
    };
    let Some(first) = bases.first().map(|item| item.index) else { return Vec::new() };
    let approval_of = |base: &Item| {
        let next = bases.iter().map(|item| item.index).find(|index| *index > base.index);
        let within =
            |item: &&&Item| item.index > base.index && next.is_none_or(|next| item.index < next);
        approvals.iter().copied().rfind(|item| within(&item))
    };
    let mut points: Vec<Point<'a>> = bases
        .iter()
        .map(|base| {
            let approval = approval_of(base);
            let planned = approval.and_then(|approval| approval.day("review-date"));
            let planned = planned.into_iter().chain(base.day("review-date")).min();
            let refused = approval.is_some_and(|approval| approval.decision == Some("refused"));
            Point { item: base, from: completed(base), planned, ends: refused }
        })
        .collect();
    points.extend(reviews.iter().copied().filter(|review| review.index > first).map(|review| {
        Point {
            item: review,
            from: review.day("reviewed").unwrap_or_else(|| review.signed_on()),
            planned: review.day("next-review"),
            ends: review.text("outcome") == Some("stopped"),
        }
    }));
    points.sort_by_key(|point| point.item.index);
    points
}

/// A review is due from each point, and met by the next.
fn reviews(scene: &Scene<'_, '_>, points: &[Point<'_>]) -> Vec<Due> {
    let mut all = Vec::new();
    for (at, point) in points.iter().enumerate().filter(|(_, point)| !point.ends) {
        let next = points.get(at + 1).map(|next| When::Day(next.from));
        let initiative = point.item.text("initiative");
        let initiative = initiative.or_else(|| points[0].item.text("initiative"));
        all.push(
            scene
                .make("dpia-review", point.from, "dpia-review", point.item, "Review the DPIA")
                .about(initiative)
                .target(Some(review(scene, point)))
                .met(next)
                .done(scene),
        );
    }
    all
}

fn review(scene: &Scene<'_, '_>, point: &Point<'_>) -> Worked {
    let what = if point.item.kind == "dpia-review" { "reviewed" } else { "completed" };
    let first = format!("{what} {}", written(point.from));
    let own = scene.target_of("dpia-review", point.from);
    let from = |target: Target| target.from_day("dpia-review", point.from, 0, &scene.terms, &first);
    let Some(planned) = point.planned else { return from(own.unwrap_or(UNPLANNED)) };
    let latest = from(own.unwrap_or(AT_MOST));
    let plan = format!("the next review planned for {}", When::Day(planned).written());
    if latest.due.day().is_none_or(|latest| planned <= latest) {
        let words = format!("{first}; {plan}");
        return Worked { rule: "dpia-review", due: When::Day(planned), words };
    }
    Worked { words: format!("{}; earlier than {plan}", latest.words), ..latest }
}

/// What an approval rests on was corrected after it: the DPIA is reviewed at once.
fn stale(scene: &Scene<'_, '_>, approval: &Item, points: &[Point<'_>]) -> Option<Due> {
    let permits = matches!(approval.decision, Some("approved" | "approved-with-conditions"));
    let newest = approval.marks.stale.iter().max().filter(|_| permits)?;
    let corrected = scene.book.items().find(|item| item.index == *newest);
    let from = corrected.map_or_else(|| approval.signed_on(), Item::signed_on);
    let reviewed = points
        .iter()
        .filter(|point| point.item.index > *newest)
        .map(|point| When::Day(point.from))
        .next();
    let words = format!("entry {newest} corrects what it rests on, {}", since(from));
    let title = "Review the DPIA at once: what its approval rests on was corrected";
    let making = scene.make("dpia-review", from, "dpia-review-stale", approval, title);
    Some(making.owed(When::Day(from), words).met(reviewed).done(scene))
}

/// The ground of a transfer fell after the record that names it.
pub(super) fn fallen(
    scene: &Scene<'_, '_>,
    item: &Item,
    made: Date,
    reviewed: &dyn Fn(Date) -> Option<Date>,
) -> Option<Due> {
    let own = item.text("ground").into_iter();
    let named = own.chain(item.list("transfers").iter().filter_map(|group| part(group, "ground")));
    let fall = named
        .filter_map(grounds::fell)
        .filter(|fall| made < fall.day && fall.day <= scene.today())
        .min_by_key(|fall| fall.day)?;
    let words = format!("{} is no ground of transfer {}", fall.ground, since(fall.day));
    let title = "Review at once: a ground of transfer has fallen";
    let making = scene
        .make("transfer-ground", fall.day, "transfer-ground", item, title)
        .source(fall.source)
        .owed(When::Day(fall.day), words)
        .met(reviewed(fall.day).map(When::Day));
    Some(making.done(scene))
}

/// A high risk remains after the controls: the regulator is consulted before processing starts.
fn to_consult<'a>(scene: &Scene<'_, 'a>, case: &str, dpia: Option<&'a Item>) -> Option<Due> {
    let acceptances = scene.in_case(Some(case), "risk-acceptance");
    let high = remaining::high(scene.book, dpia, acceptances)?;
    let asked = high.asked(&scene.in_case(Some(case), "ico-consultation"));
    let on = high.by.signed_on();
    let words = format!("a high risk remains by entry {}, {}", high.by.index, since(on));
    let (words, title) = match asked.prohibited {
        Some(prohibited) => (
            format!("{words}; prohibited by entry {}", prohibited.index),
            format!("Processing must not start: the {} prohibits it", regulator(on)),
        ),
        None => (words, format!("Processing must not start: consult the {} first", regulator(on))),
    };
    let consulted = asked.since.filter(|_| !asked.not_all && asked.prohibited.is_none());
    let making = scene.make("dpia-consult", on, "dpia-consult", high.by, title);
    Some(making.owed(When::Day(on), words).met(consulted.map(When::Moment)).done(scene))
}

/// The reply to one consultation, by its records, the oldest first. The newest that answers a
/// question counts.
fn reply<'a>(scene: &Scene<'_, 'a>, records: &[&'a Item]) -> Option<Due> {
    let (first, newest) = (*records.first()?, records.iter().rev());
    let sent = first.integer("sent")?;
    let on = When::Moment(sent).day()?;
    let later = records.iter().flat_map(|record| {
        // Another that was sent at another time has its own reply.
        let own = |item: &&Item| {
            item.integer("sent").is_none_or(|other| other == sent)
                || item.links_to(record, Relation::About)
        };
        scene.following(record, "ico-consultation", Relation::About).into_iter().filter(own)
    });
    let replied = |item: &Item| {
        let ended = item.text("outcome").is_some_and(|outcome| outcome != "waiting");
        item.day("reply-received").or_else(|| ended.then(|| item.signed_on()))
    };
    let met = records.iter().copied().chain(later).filter_map(replied).min();
    let extended = newest.clone().find_map(|record| record.truth("extended")) == Some(true);
    let title = format!("The {} replies to the consultation", regulator(on));
    let mut making = scene
        .make("dpia-consult", on, "dpia-consult-reply", first, title)
        .legal(limits::dpia_consult(sent, extended))
        .met(met.map(When::Day));
    if let Some(said) = newest.clone().find_map(|record| record.day("reply-due")) {
        making = told_date(making, said);
    }
    Some(making.done(scene))
}

/// The day for which the regulator announced its reply stands beside the limit.
fn told_date(making: Making, said: Date) -> Making {
    making.target(Some(super::making::set("dpia-consult", said, "announced by the regulator")))
}
