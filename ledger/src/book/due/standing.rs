//! What is renewed or reviewed as long as the school stands: policies, registration, suppliers,
//! trainings, privacy notices, processing activities, accepted risks.

use jiff::civil::Date;

use super::dpia;
use super::making::{Scene, folded, part, set};
use super::{Due, When};
use crate::book::item::Item;
use crate::book::rules::Worked;
use crate::book::rules::targets::{By, Target, Unit, applies_from};
use crate::records::days::written;
use crate::records::kind::Relation;

/// A policy is reviewed every year.
const EVERY_YEAR: Target = Target { number: 1, unit: Unit::Years, by: By::Rule };

pub(super) fn due(scene: &Scene<'_, '_>) -> Vec<Due> {
    let mut all = Vec::new();
    for (policy, next) in scene.succession("policy", |item| folded(item.text("title"))) {
        let making = scene
            .make("policy-year", adopted(policy), "policy-year", policy, "Review the policy")
            .about(policy.text("title"))
            .target(Some(policy_year(scene, policy)))
            .met(next.map(|next| When::Day(adopted(next))));
        all.push(making.done(scene));
    }
    for (registration, next) in scene.succession("registration", |_| String::new()) {
        all.push(fee(scene, registration, next));
    }
    let by_supplier = |item: &Item| {
        format!("{}\n{}", folded(item.text("supplier")), folded(item.text("service")))
    };
    for (check, next) in scene.succession("supplier-check", by_supplier) {
        if check.text("conclusion") == Some("unsuitable") {
            continue;
        }
        let title = ("Check the supplier again", check.text("supplier"));
        all.extend(expiry(scene, "supplier-expiry", check, "expires", title, next));
        if next.is_none() {
            all.extend(dpia::fallen(scene, check, check.signed_on(), &|_| None));
        }
    }
    for (training, next) in scene.succession("training", |item| folded(item.text("course"))) {
        let title = ("Train again", training.text("course"));
        all.extend(expiry(scene, "training-expiry", training, "expires", title, next));
    }
    for (notice, next) in scene.succession("privacy-notice", |item| folded(item.text("title"))) {
        let title = ("Review the privacy notice", notice.text("title"));
        all.extend(expiry(scene, "privacy-notice-review", notice, "next-review", title, next));
    }
    for (activity, next) in
        scene.succession("processing-activity", |item| folded(item.text("name")))
    {
        if activity.day("ended").is_some() && next.is_none() {
            continue;
        }
        let title = ("Review the processing activity", activity.text("name"));
        all.extend(expiry(scene, "ropa", activity, "next-review", title, next));
    }
    for accepted in scene.standing("risk-acceptance") {
        let title = ("Accept the remaining risks anew", None);
        let next = accepted_anew(scene, accepted);
        all.extend(expiry(scene, "acceptance-until", accepted, "until", title, next));
    }
    all
}

/// The record by which the last of the risks of an acceptance is accepted anew by somebody who may,
/// or the next DPIA of the case, which assesses all of them anew.
fn accepted_anew<'a>(scene: &Scene<'_, 'a>, accepted: &'a Item) -> Option<&'a Item> {
    let mut later = scene.in_case(accepted.case.as_deref(), "risk-acceptance");
    later.extend(scene.linking(accepted, "risk-acceptance", Relation::Continues));
    later.retain(|item| item.index > accepted.index && item.is_whole());
    later.sort_by_key(|item| item.index);
    let ids = |item: &'a Item| item.list("risks").iter().filter_map(|risk| part(risk, "id"));
    let mut open: Vec<&str> = ids(accepted).collect();
    let whole = later.into_iter().find(|item| {
        open.retain(|id| !ids(item).any(|again| again == *id));
        open.is_empty()
    });
    let mut dpias = scene.in_case(accepted.case.as_deref(), "dpia").into_iter();
    let assessed = dpias.find(|dpia| dpia.index > accepted.index);
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
