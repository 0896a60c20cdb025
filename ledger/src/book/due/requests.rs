//! Requests: acknowledging and answering them.

use jiff::civil::Date;

use super::making::{Scene, passed_before_import};
use super::{Due, School, When};
use crate::book::item::{Book, Item};
use crate::book::rules::Worked;
use crate::book::rules::limits::{self, RecordRight};
use crate::book::rules::requests::{Awaited, Clarified, Clock, Extended};
use crate::records::days::written;
use crate::records::kind::Relation;

/// What may be asked for before the clock starts: the step that asks, the step with which it
/// arrives, and what it is.
const AWAITED: [(&str, &str, &str); 3] = [
    ("identity-asked", "identity-received", "proof of identity"),
    ("authority-asked", "authority-received", "proof of authority"),
    ("fee-asked", "fee-received", "the fee"),
];

/// How a request is counted.
enum Limit {
    /// By the clock of a rights request; the words say why, where another right was asked for.
    Clock(Clock, Option<String>),
    /// By a rule of its own.
    Own(Worked),
}

pub(super) fn due(scene: &Scene<'_, '_>) -> Vec<Due> {
    scene.standing("request").into_iter().flat_map(|request| of_request(scene, request)).collect()
}

fn of_request<'a>(scene: &Scene<'_, 'a>, request: &'a Item) -> Vec<Due> {
    let Some(received) = request.day("received") else { return Vec::new() };
    let steps = steps(scene.book, request);
    let answered = Answered::of(scene.book, request).first().map(When::Day);
    let acknowledged = days(&steps, "acknowledged").min().map(When::Day);

    let first = format!("received {}", written(received));
    let limit = limit(scene, request, received, &steps);
    let legal = match &limit {
        Limit::Own(legal) => legal.due,
        Limit::Clock(clock, _) => clock.limit().due,
    };
    let history = passed_before_import(request, legal);
    let mut all = Vec::new();
    let acknowledge = scene.target_of("sar-acknowledge", received);
    let acknowledge =
        acknowledge.map(|target| target.from_day("sar-targets", received, 0, &scene.terms, &first));
    all.push(
        scene
            .make("sar-targets", received, "sar-acknowledge", request, "Acknowledge the request")
            .target(acknowledge)
            .met(earlier(acknowledged, answered))
            .history(history)
            .done(scene),
    );
    match limit {
        Limit::Own(legal) => {
            let making = scene.make(legal.rule, received, "sar-answer", request, title(request));
            let target = scene.target(legal.rule, received, &first);
            let making = making.legal(legal).target(target).met(answered);
            all.push(making.history(history).done(scene));
        }
        Limit::Clock(clock, why) => {
            let mut legal = clock.limit();
            if let Some(why) = why {
                legal.words = format!("{why}; {}", legal.words);
            }
            let target = |id| {
                let target = scene.target_of(id, received)?;
                Some(clock.target("sar-targets", &target, &scene.terms))
            };
            let making = scene.make(legal.rule, received, "sar-answer", request, title(request));
            let making = making.legal(legal).target(target("sar-month")).met(answered);
            all.push(making.history(history).done(scene));
            let title = "Answer the request: the school's own limit";
            all.push(
                scene
                    .make("sar-targets", received, "sar-internal", request, title)
                    .target(target("sar-internal"))
                    .met(answered)
                    .history(history)
                    .done(scene),
            );
        }
    }
    all
}

/// How a request is answered. An answer that continues or corrects another takes its place, its day
/// too, and one whose day is still to come ends nothing before that day.
#[derive(Debug)]
pub(in crate::book) struct Answered<'a> {
    /// The answers that stand and have gone out, the oldest first.
    pub out: Vec<&'a Item>,
    /// Those that stand and are still to go out, each with its day.
    pub to_come: Vec<(&'a Item, Date)>,
    /// Those whose place another took by continuing them.
    pub continued: Vec<&'a Item>,
}

impl<'a> Answered<'a> {
    pub(in crate::book) fn of(book: &Book<'a>, request: &'a Item) -> Self {
        let all = book.following(request, Relation::Answers, "request-answer");
        let continues = |later: &'a Item, earlier: &'a Item| {
            let earlier = book.versions(earlier);
            book.versions(later).iter().any(|later| {
                earlier.iter().any(|earlier| later.links_to(earlier, Relation::Continues))
            })
        };
        let today = book.today();
        let to_come = |answer: &'a Item| {
            answer.day("answered").filter(|day| *day > today).map(|day| (answer, day))
        };
        // Of two that continue each other, being recorded again, the later one stands. What is still to
        // go out takes no place yet.
        let is_continued = |answer: &&'a Item| {
            all.iter().copied().any(|other| {
                to_come(other).is_none()
                    && continues(other, answer)
                    && !(answer.index > other.index && continues(answer, other))
            })
        };
        let (continued, standing): (Vec<&Item>, Vec<&Item>) =
            all.iter().copied().partition(is_continued);
        let out = standing.iter().copied().filter(|answer| to_come(answer).is_none()).collect();
        Self { out, to_come: standing.into_iter().filter_map(to_come).collect(), continued }
    }

    /// The day of the first answer; of one whose day can't be told, the day of its signature.
    pub(in crate::book) fn first(&self) -> Option<Date> {
        let day = |answer: &&Item| answer.day("answered").unwrap_or_else(|| answer.signed_on());
        self.out.iter().map(day).min()
    }

    /// The first answer and the correction in words of it, if no other went out on that day: whether its
    /// day is right, nobody can tell from here.
    pub(in crate::book) fn doubted(&self, book: &Book<'a>) -> Option<(&'a Item, &'a Item)> {
        let corrected = |answer: &'a Item| {
            let mut later = book.linking(answer, Relation::Corrects);
            later.rfind(|later| later.kind == "correction")
        };
        let day = self.out.iter().filter_map(|answer| answer.day("answered")).min()?;
        let first = || self.out.iter().copied().filter(|item| item.day("answered") == Some(day));
        if first().any(|answer| corrected(answer).is_none()) {
            return None;
        }
        first().find_map(|answer| Some((answer, corrected(answer)?)))
    }
}

/// The steps of a request in the order of their days.
fn steps<'a>(book: &Book<'a>, request: &'a Item) -> Vec<&'a Item> {
    let mut steps = book.following(request, Relation::About, "request-step");
    steps.sort_by_key(|step| (done(step), step.index));
    steps
}

/// What the clock of a request waits for, in words.
pub(in crate::book) fn waits_for<'a>(book: &Book<'a>, request: &'a Item) -> Option<&'static str> {
    let (school, steps) = (School::default(), steps(book, request));
    let received = request.day("received").unwrap_or_else(|| request.signed_on());
    match limit(&Scene::new(book, &school), request, received, &steps) {
        Limit::Clock(clock, _) => clock.waits_for(),
        Limit::Own(_) => None,
    }
}

fn title(request: &Item) -> String {
    let what = match request.text("type") {
        Some("subject-access") => "access",
        Some("educational-record") => "the educational record",
        Some("exam-marks") => "exam marks",
        Some("erasure") => "erasure",
        Some("rectification") => "rectification",
        Some("restriction") => "restriction",
        Some("portability") => "portability",
        Some("objection") => return "Answer the objection".to_owned(),
        _ => return "Answer the request".to_owned(),
    };
    format!("Answer the request for {what}")
}

fn limit(scene: &Scene<'_, '_>, request: &Item, received: Date, steps: &[&Item]) -> Limit {
    let clock = |access| clock(request, received, access, steps);
    match request.text("type") {
        Some("educational-record") => {
            let (requester, written) = (request.text("requester"), request.truth("written"));
            match limits::record_right(scene.school, requester, written) {
                RecordRight::Not(why) => {
                    let why = format!("no right to the educational record, as {why}");
                    Limit::Clock(clock(true), Some(format!("{why}: a request for access")))
                }
                right => Limit::Own(limits::edu_record(received, &right, &scene.terms)),
            }
        }
        Some("exam-marks") => {
            let announced = request.day("results-announced");
            let announced = announced.into_iter().chain(days(steps, "results-announced")).min();
            match limits::exam_marks(received, announced) {
                Some(worked) => Limit::Own(worked),
                None => Limit::Clock(clock(true), None),
            }
        }
        other => Limit::Clock(clock(other == Some("subject-access")), None),
    }
}

/// The clock of a request, from its steps in the order of their days.
fn clock(request: &Item, received: Date, access: bool, steps: &[&Item]) -> Clock {
    let mut clock = Clock::received(received, access);
    for (asks, arrives, what) in AWAITED {
        let at_once = asks == "authority-asked" && request.text("authority") == Some("asked");
        let mut open = at_once.then_some(received);
        let mut add = |asked, arrived| clock.awaited.push(Awaited { what, asked, arrived });
        for step in steps {
            let name = step.text("step");
            if name == Some(asks) {
                open = open.or(Some(done(step)));
            } else if name == Some(arrives)
                && let Some(asked) = open.take()
            {
                add(asked, Some(done(step)));
            }
        }
        if let Some(asked) = open {
            add(asked, None);
        }
    }
    let mut open = None;
    for step in steps {
        match step.text("step") {
            Some("clarification-asked") => open = open.or(Some(done(step))),
            Some("clarification-answered") => {
                if let Some(asked) = open.take() {
                    clock.clarified.push(Clarified { asked, answered: Some(done(step)) });
                }
            }
            _ => {}
        }
    }
    if let Some(asked) = open {
        clock.clarified.push(Clarified { asked, answered: None });
    }
    clock.extended = extended(steps);
    clock
}

/// The extension of a request: the first of which the person was told, or else the first of which
/// it isn't said. One of which they were not told is none (Art 12(3) UK GDPR).
fn extended(steps: &[&Item]) -> Option<Extended> {
    let steps = steps.iter().filter(|step| step.text("step") == Some("extended"));
    let extensions = steps.filter_map(|step| match step.truth("subject-told") {
        Some(false) => None,
        said => Some(Extended { on: done(step), told: said.is_some() }),
    });
    extensions.min_by_key(|extended| (!extended.told, extended.on))
}

/// The day of a step.
fn done(step: &Item) -> Date {
    step.day("done").unwrap_or_else(|| step.signed_on())
}

/// The days of the steps of a name.
fn days(steps: &[&Item], name: &str) -> impl Iterator<Item = Date> {
    steps.iter().filter(move |step| step.text("step") == Some(name)).map(|step| done(step))
}

fn earlier(one: Option<When>, other: Option<When>) -> Option<When> {
    [one, other].into_iter().flatten().min_by_key(|when| when.order())
}
