//! What is renewed or reviewed as long as the school stands: policies, registration, suppliers,
//! trainings, privacy notices, processing activities, accepted risks.

use jiff::civil::Date;

use super::dpia;
use super::making::{Scene, part, set};
use super::{Due, When};
use crate::book::item::Item;
use crate::book::lasting::{named, same_name, supplier};
use crate::book::rules::Worked;
use crate::book::rules::targets::{By, Target, Unit, applies_from};
use crate::records::days::written;
use crate::records::kind::Relation;

/// A policy is reviewed every year.
const EVERY_YEAR: Target = Target { number: 1, unit: Unit::Years, by: By::Rule };

pub(super) fn due(scene: &Scene<'_, '_>) -> Vec<Due> {
    let mut all = Vec::new();
    for (policy, next) in scene.succession("policy", named("title")) {
        let making = scene
            .make("policy-year", adopted(policy), "policy-year", policy, "Review the policy")
            .about(policy.text("title"))
            .target(Some(policy_year(scene, policy)))
            .met(next.map(|next| When::Day(adopted(next))));
        all.push(making.done(scene));
    }
    for (registration, next) in scene.succession("registration", |_| Some(String::new())) {
        all.push(fee(scene, registration, next));
    }
    for (check, next) in scene.succession("supplier-check", supplier) {
        if check.text("conclusion") == Some("unsuitable") {
            continue;
        }
        let title = ("Check the supplier again", check.text("supplier"));
        all.extend(expiry(scene, "supplier-expiry", check, "expires", title, next));
        if next.is_none() {
            all.extend(dpia::fallen(scene, check, check.signed_on(), &|_| None));
        }
    }
    for training in scene.standing("training") {
        let title = ("Train again", training.text("course"));
        let next = trained_again(scene, training);
        all.extend(expiry(scene, "training-expiry", training, "expires", title, next));
    }
    for (notice, next) in scene.succession("privacy-notice", named("title")) {
        let title = ("Review the privacy notice", notice.text("title"));
        all.extend(expiry(scene, "privacy-notice-review", notice, "next-review", title, next));
    }
    for (activity, next) in scene.succession("processing-activity", named("name")) {
        if activity.day("ended").is_some() && next.is_none() {
            continue;
        }
        let title = ("Review the processing activity", activity.text("name"));
        all.extend(expiry(scene, "ropa", activity, "next-review", title, next));
    }
    for accepted in scene.standing("risk-acceptance") {
        let case = accepted.case.as_deref();
        if case.is_some_and(|case| dpia::ended(scene.book, case).is_some()) {
            continue;
        }
        let title = ("Accept the remaining risks anew", None);
        let next = accepted_anew(scene, accepted);
        all.extend(expiry(scene, "acceptance-until", accepted, "until", title, next));
    }
    all
}

/// The training with which the last of those who were trained were trained again: the people where
/// both records name them, or else the roles, in the same course.
fn trained_again<'a>(scene: &Scene<'_, 'a>, training: &'a Item) -> Option<&'a Item> {
    let course = named("course");
    let name = course(training);
    let continues = |item: &Item| {
        item.links_to(training, Relation::Continues) || (name.is_some() && course(item) == name)
    };
    let names = |item: &'a Item, field: &str| item.texts(field).map(same_name).collect::<Vec<_>>();
    let (mut people, mut roles) = (names(training, "attendees"), names(training, "roles-trained"));
    let mut later = scene.standing("training");
    later.retain(|item| item.index > training.index && continues(item));
    later.into_iter().find(|item| {
        let (again, also) = (names(item, "attendees"), names(item, "roles-trained"));
        people.retain(|one| !again.contains(one));
        if people.is_empty() || (!also.is_empty() && again.is_empty()) {
            roles.retain(|role| !also.contains(role));
        }
        let named = !names(training, "attendees").is_empty() && !again.is_empty();
        if named { people.is_empty() } else { also.is_empty() || roles.is_empty() }
    })
}

/// The record by which the last of the risks of an acceptance is accepted anew by somebody who may,
/// or the next DPIA of the case, which assesses all of them anew. A corrected DPIA isn't another one.
fn accepted_anew<'a>(scene: &Scene<'_, 'a>, accepted: &'a Item) -> Option<&'a Item> {
    let book = scene.book;
    let in_case = |kind| {
        let case = accepted.case.as_deref();
        case.map(|case| book.standing_in(case, kind)).unwrap_or_default()
    };
    let mut later = in_case("risk-acceptance");
    later.extend(book.standing_links(accepted, Relation::Continues, "risk-acceptance"));
    later.retain(|item| item.index > accepted.index && item.is_whole());
    later.sort_by_key(|item| item.index);
    let ids = |item: &'a Item| item.list("risks").iter().filter_map(|risk| part(risk, "id"));
    let mut open: Vec<&str> = ids(accepted).collect();
    let whole = later.into_iter().find(|item| {
        open.retain(|id| !ids(item).any(|again| again == *id));
        open.is_empty()
    });
    let another = |dpia: &&Item| book.first_version(dpia) > accepted.index;
    let assessed = in_case("dpia").into_iter().find(another);
    whole.into_iter().chain(assessed).min_by_key(|item| item.index)
}

/// The day on which something was done, as its record says.
fn done_on(item: &Item) -> Date {
    let mut named = ["held", "published", "agreement-signed"].into_iter();
    named.find_map(|name| item.day(name)).unwrap_or_else(|| item.signed_on())
}

/// What runs out on a day that its record names, and is met by the next of its kind.
fn expiry(
    scene: &Scene<'_, '_>,
    rule: &'static str,
    item: &Item,
    field: &str,
    (title, about): (&str, Option<&str>),
    next: Option<&Item>,
) -> Option<Due> {
    let day = item.day(field)?;
    let worked = set(rule, day, &format!("set by entry {}", item.index));
    let making = scene
        .make(rule, item.signed_on(), rule, item, title)
        .about(about)
        .target(Some(worked))
        .met(next.map(|next| When::Day(done_on(next))));
    Some(making.done(scene))
}

/// The day on which a policy was adopted.
fn adopted(policy: &Item) -> Date {
    policy.day("approved").unwrap_or_else(|| applies_from(policy))
}

fn policy_year(scene: &Scene<'_, '_>, policy: &Item) -> Worked {
    let from = adopted(policy);
    let first = format!("adopted {}", written(from));
    let period = scene.target_of("policy-year", from).unwrap_or(EVERY_YEAR);
    let latest = period.from_day("policy-year", from, 0, &scene.terms, &first);
    let Some(planned) = policy.day("next-review") else { return latest };
    let plan = format!("its own next review is {}", When::Day(planned).written());
    // Policies name months, so the year is counted to the end of its month.
    if latest.due.day().is_none_or(|latest| planned <= latest.last_of_month()) {
        let words = format!("{first}; {plan}");
        return Worked { rule: "policy-year", due: When::Day(planned), words };
    }
    Worked { words: format!("{}; {plan}, later than that", latest.words), ..latest }
}

fn fee(scene: &Scene<'_, '_>, registration: &Item, next: Option<&Item>) -> Due {
    let registered = registration.day("registered");
    let made = registered.unwrap_or_else(|| registration.signed_on());
    let legal = if let Some(expiry) = registration.day("fee-expiry") {
        set("fee", expiry, "the registration expires")
    } else {
        let first = format!("registered {}", written(made));
        EVERY_YEAR.from_day("fee", made, 0, &scene.terms, &first)
    };
    let renewed = |next: &Item| next.day("registered").unwrap_or_else(|| next.signed_on());
    scene
        .make("fee", made, "fee", registration, "Renew the registration with the regulator")
        .legal(legal)
        .met(next.map(|next| When::Day(renewed(next))))
        .done(scene)
}
