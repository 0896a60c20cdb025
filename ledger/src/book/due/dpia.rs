//! DPIAs: their reviews, and consulting the regulator.

use jiff::civil::Date;

use super::making::{Making, Scene, part, since};
use super::{Due, School, State, When};
use crate::book::content::{On, decision_on, decision_or_newest_on, is_outrun, on};
use crate::book::item::{Book, Item};
use crate::book::remaining;
use crate::book::rules::targets::{By, Target, Unit};
use crate::book::rules::{Worked, grounds, limits, regulator};
use crate::book::standing::newest;
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
        let points = points(scene.book, case);
        all.extend(reviews(scene, &points));
        if ended(scene.book, case).is_some() {
            continue;
        }
        let reviewed =
            |from: Date| points.iter().map(|point| point.from).filter(|day| *day >= from).min();
        let dpia = scene.book.standing_in(case, "dpia").pop();
        let approval = dpia
            .and_then(|dpia| decision_or_newest_on(scene.book, case, "dpia-approval", dpia))
            .or_else(|| scene.book.decision_or_newest(case, "dpia-approval"));
        if let Some(approval) = approval {
            all.extend(stale(scene, approval, dpia, &points));
        }
        if let Some(dpia) = dpia.filter(|dpia| scene.stands(dpia)) {
            all.extend(fallen(scene, dpia, completed(dpia), &reviewed));
        }
        all.extend(to_consult(scene, case));
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

/// The record that ended the DPIA of a case: a refusal that is complete, or a review that stopped it,
/// if nothing stands behind it.
pub(in crate::book) fn ended<'a>(book: &Book<'a>, case: &str) -> Option<&'a Item> {
    let dpia = book.standing_in(case, "dpia").pop();
    let approval = match dpia {
        Some(dpia) => decision_on(book, case, "dpia-approval", dpia),
        None => book.decision(case, "dpia-approval"),
    };
    if let Some(review) = newest_review(book, case)
        && review.text("outcome") == Some("stopped")
        && approval.is_none_or(|approval| approval.index < review.index)
    {
        return Some(review);
    }
    let required = || {
        let screening = book.standing_in(case, "dpia-screening").pop();
        screening.is_some_and(requires_dpia)
    };
    approval
        .filter(|approval| approval.decision == Some("refused") && (dpia.is_some() || !required()))
}

/// The newest review of a case's DPIA, if no DPIA stands behind it.
pub(in crate::book) fn newest_review<'a>(book: &Book<'a>, case: &str) -> Option<&'a Item> {
    let dpia = book.standing_in(case, "dpia").pop().map(|dpia| dpia.index);
    newest(book.standing_in(case, "dpia-review")).filter(|review| Some(review.index) > dpia)
}

/// Whether a screening says that a DPIA is required.
pub(in crate::book) fn requires_dpia(screening: &Item) -> bool {
    screening.truth("dpia-required") == Some(true)
        || screening.text("outcome") == Some("proceed-with-dpia")
}

/// The open review of a case's DPIA.
pub(in crate::book) fn open_review(book: &Book<'_>, case: &str) -> Option<Due> {
    let (points, school) = (points(book, case), School::default());
    if points.is_empty() {
        return None;
    }
    let mut all = reviews(&Scene::new(book, &school), &points);
    all.retain(|due| !matches!(due.state, State::Met { .. }));
    all.pop()
}

/// The DPIA, or the screening after which none was needed, and its reviews, in their order.
fn points<'a>(book: &Book<'a>, case: &str) -> Vec<Point<'a>> {
    let sufficient = |item: &&Item| item.text("outcome") == Some("proceed");
    let mut bases = book.standing_in(case, "dpia");
    if bases.is_empty() {
        bases = book.standing_in(case, "dpia-screening");
        bases.retain(sufficient);
    }
    let Some(first) = bases.first().map(|item| item.index) else { return Vec::new() };
    let approvals: Vec<&Item> =
        book.of_case(case).filter(|item| item.kind == "dpia-approval").collect();
    let decided = |base: &'a Item| {
        let next = bases.iter().map(|item| item.index).find(|index| *index > base.index);
        let within = |item: &&'a Item| match on(book, item, base) {
            On::It => true,
            On::Another => false,
            On::NotTold => item.index > base.index && next.is_none_or(|next| item.index < next),
        };
        let all = || approvals.iter().copied().filter(within);
        newest(book.deciding(all()))
            .or_else(|| newest(all().filter(|approval| !book.is_replaced(approval))))
    };
    let mut points: Vec<Point<'a>> = bases
        .iter()
        .map(|base| {
            let approval = decided(base);
            let planned = approval.and_then(|approval| approval.day("review-date"));
            let planned = planned.into_iter().chain(base.day("review-date")).min();
            let refused =
                approval.is_some_and(|item| item.decision == Some("refused") && item.is_whole());
            Point { item: base, from: completed(base), planned, ends: refused }
        })
        .collect();
    let reviews = book.standing_in(case, "dpia-review").into_iter();
    points.extend(reviews.filter(|review| review.index > first).map(|review| Point {
        item: review,
        from: review.day("reviewed").unwrap_or_else(|| review.signed_on()),
        planned: review.day("next-review"),
        ends: review.text("outcome") == Some("stopped"),
    }));
    points.sort_by_key(|point| point.item.index);
    points
}

/// A review is due from each point, and met by the next.
fn reviews(scene: &Scene<'_, '_>, points: &[Point<'_>]) -> Vec<Due> {
    let mut all = Vec::new();
    // What was erased has no dates; as far as it goes, it met what came before it.
    let counts = |point: &Point<'_>| !point.ends && point.item.marks.gone.is_none();
    for (at, point) in points.iter().enumerate().filter(|(_, point)| counts(point)) {
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

/// What an approval rests on was corrected after it, or it is on other content than the DPIA that
/// stands: the DPIA is reviewed at once.
fn stale<'a>(
    scene: &Scene<'_, 'a>,
    approval: &'a Item,
    dpia: Option<&'a Item>,
    points: &[Point<'_>],
) -> Option<Due> {
    let permits = matches!(approval.decision, Some("approved" | "approved-with-conditions"));
    if !permits {
        return None;
    }
    let Some(newest) = approval.marks.stale.iter().max() else {
        let dpia = dpia.filter(|dpia| is_outrun(scene.book, approval, dpia))?;
        let since_when = approval.signed_on().max(dpia.signed_on());
        let later = approval.index.max(dpia.index);
        let reviewed = points.iter().find(|point| point.item.index > later);
        let words = format!(
            "it is on other content than the DPIA that stands, entry {}, {}",
            dpia.index,
            since(since_when)
        );
        let title = "Review the DPIA at once: its approval is on other content";
        let making = scene.make("dpia-review", since_when, "dpia-review-stale", approval, title);
        let met = reviewed.map(|point| When::Day(point.from));
        return Some(making.owed(When::Day(since_when), words).met(met).done(scene));
    };
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
fn to_consult(scene: &Scene<'_, '_>, case: &str) -> Option<Due> {
    let high = remaining::high(scene.book, case)?;
    let asked = high.asked();
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
    let (first, latest) = (*records.first()?, records.iter().rev());
    let sent = first.integer("sent")?;
    let on = When::Moment(sent).day()?;
    let linking =
        |record: &&'a Item| scene.book.standing_links(record, Relation::About, "ico-consultation");
    let later = records.iter().flat_map(linking);
    let replied = |item: &Item| {
        let ended = item.text("outcome").is_some_and(|outcome| outcome != "waiting");
        item.day("reply-received").or_else(|| ended.then(|| item.signed_on()))
    };
    let met = records.iter().copied().chain(later).filter_map(replied).min();
    let extended = latest.clone().find_map(|record| record.truth("extended")) == Some(true);
    let title = format!("The {} replies to the consultation", regulator(on));
    let mut making = scene
        .make("dpia-consult", on, "dpia-consult-reply", first, title)
        .legal(limits::dpia_consult(sent, extended))
        .met(met.map(When::Day));
    if let Some(said) = latest.clone().find_map(|record| record.day("reply-due")) {
        making = told_date(making, said);
    }
    Some(making.done(scene))
}

/// The day for which the regulator announced its reply stands beside the limit.
fn told_date(making: Making, said: Date) -> Making {
    making.target(Some(super::making::set("dpia-consult", said, "announced by the regulator")))
}
