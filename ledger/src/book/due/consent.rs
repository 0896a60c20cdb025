//! Consent: asking again each school year, and carrying out withdrawals.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::making::{Scene, part, set};
use super::{Due, When};
use crate::book::item::Item;
use crate::book::withdrawal::CarriedOut;
use crate::records::days::written_time;
use crate::records::kind::Relation;

pub(super) fn due(scene: &Scene<'_, '_>) -> Vec<Due> {
    let mut all = asked_again(scene);
    all.extend(
        scene
            .standing("consent-withdrawal")
            .into_iter()
            .filter_map(|withdrawal| carried_out(scene, withdrawal)),
    );
    all
}

/// Consents by pupil: those without a reference stand by themselves.
fn by_pupil<'a>(consents: &[&'a Item]) -> Vec<Vec<&'a Item>> {
    let mut pupils: BTreeMap<String, Vec<&'a Item>> = BTreeMap::new();
    for consent in consents {
        let subject = consent.text("subject").map_or_else(
            || format!("entry {}", consent.index),
            |subject| format!("subject {subject}"),
        );
        pupils.entry(subject).or_default().push(consent);
    }
    pupils.into_values().collect()
}

/// For the school year that runs and the one that comes: whether consents from before it still
/// have to be asked for again.
fn asked_again(scene: &Scene<'_, '_>) -> Vec<Due> {
    let consents = scene.standing("consent");
    let Some(oldest) = consents.first() else { return Vec::new() };
    let pupils = by_pupil(&consents);
    let withdrawn = Withdrawn::of(scene);
    let today = scene.today();
    let this = today.year();
    let begun = if scene.terms.school_year_begins(this) <= today { this } else { this - 1 };
    let mut all = Vec::new();
    for year in [begun, begun.saturating_add(1)] {
        let begins = scene.terms.school_year_begins(year);
        // What ran out longer ago is over: the pupil may have left.
        let earlier = scene.terms.school_year_begins(year.saturating_sub(1));
        let recent = |old: &Item| old.day("until").is_none_or(|until| until >= earlier);
        let mut waiting: Vec<&Item> = Vec::new();
        let mut renewed: Option<Date> = None;
        let mut before = 0;
        for pupil in &pupils {
            let old = pupil.iter().rfind(|consent| from(scene, consent) < begins);
            let withdrawn = |old| withdrawn.on(scene, old);
            let Some(old) = old.filter(|old| {
                gives(old) && recent(old) && withdrawn(old).is_none_or(|day| day >= begins)
            }) else {
                continue;
            };
            before += 1;
            let later = pupil.iter().find(|consent| from(scene, consent) >= begins);
            let ended = withdrawn(old).into_iter().chain(later.map(|later| later.signed_on()));
            match ended.min() {
                Some(day) => renewed = renewed.max(Some(day)),
                None => waiting.push(old),
            }
        }
        if before == 0 {
            continue;
        }
        let by = if scene.terms.knows_beginning(year) {
            "the school year begins by its calendar"
        } else {
            "the school year begins, no calendar being on record"
        };
        let mut worked = set("consent-year", begins, by);
        let left = waiting.len();
        worked.say(&format!(
            "{left} of {before} pupils' consents from before it are not asked for again"
        ));
        let item = waiting.first().unwrap_or(oldest);
        let title = format!(
            "Ask for consent again for the school year {year}/{:02}",
            year.saturating_add(1).rem_euclid(100)
        );
        let met = if waiting.is_empty() { renewed.map(When::Day) } else { None };
        let mut made = scene
            .make("consent-year", begins, "consent-year", item, title)
            .target(Some(worked))
            .met(met)
            .done(scene);
        // The pupil who is waited for changes; the calendar's entry must not.
        made.uid = format!("consent-year-{year}-{}", &oldest.hash.to_string()[..16]);
        made.case = None;
        all.push(made);
    }
    all
}

/// The first day of a consent; of one that corrects another and names none, that of the other.
fn from<'a>(scene: &Scene<'_, 'a>, consent: &'a Item) -> Date {
    let recorded = || scene.book.versions(consent).into_iter().map(Item::signed_on).min();
    let first = consent.day("from").or_else(recorded);
    first.unwrap_or_else(|| consent.signed_on())
}

/// Whether it consents to anything.
fn gives(consent: &Item) -> bool {
    consent.list("purposes").iter().any(|purpose| part(purpose, "decision") == Some("given"))
}

/// Which consents were withdrawn in full, and when.
struct Withdrawn<'a> {
    linked: BTreeMap<u64, Date>,
    subjects: BTreeMap<&'a str, Vec<Date>>,
}

impl<'a> Withdrawn<'a> {
    fn of(scene: &Scene<'_, 'a>) -> Self {
        let (mut linked, mut subjects) = (BTreeMap::new(), BTreeMap::<&str, Vec<Date>>::new());
        for withdrawal in scene.standing("consent-withdrawal") {
            if !withdrawal.list("purposes").is_empty() {
                continue;
            }
            let day = withdrawal
                .integer("received")
                .and_then(|received| When::Moment(received).day())
                .unwrap_or_else(|| withdrawal.signed_on());
            for version in scene.book.versions(withdrawal) {
                for consent in scene.book.linked(version, Relation::Withdraws) {
                    linked.entry(consent.index.0).or_insert(day);
                }
            }
            if let Some(subject) = withdrawal.text("subject") {
                subjects.entry(subject).or_default().push(day);
            }
        }
        Self { linked, subjects }
    }

    /// The day on which a consent, or what it corrects, was withdrawn, if it was.
    fn on(&self, scene: &Scene<'_, 'a>, consent: &'a Item) -> Option<Date> {
        let given = from(scene, consent);
        let of_subject = consent.text("subject").and_then(|subject| self.subjects.get(subject));
        let of_subject = of_subject.into_iter().flatten().copied().filter(|day| *day >= given);
        let versions = scene.book.versions(consent);
        let linked =
            versions.iter().filter_map(|version| self.linked.get(&version.index.0).copied());
        of_subject.chain(linked).min()
    }
}

/// A withdrawal is open until every place is closed and the confirmation sent. Where that can't be
/// told any more, it isn't listed.
fn carried_out<'a>(scene: &Scene<'_, 'a>, withdrawal: &'a Item) -> Option<Due> {
    let received = withdrawal.integer("received")?;
    let on = When::Moment(received).day()?;
    let carried_out = CarriedOut::of(scene.book, withdrawal);
    if carried_out.lost.is_some() {
        return None;
    }
    let words = if !carried_out.open.is_empty() {
        format!("still open: {}", carried_out.open.join(", "))
    } else if withdrawal.list("places").is_empty() && carried_out.removals.is_empty() {
        "no places are listed where copies were looked for".to_owned()
    } else if carried_out.confirmed.is_none() {
        "every place is closed, and no confirmation is sent".to_owned()
    } else {
        "every place is closed and the confirmation sent".to_owned()
    };
    let met = carried_out.done().map(When::Day);
    let first = format!("received {}", written_time(received));
    let target = scene
        .target_of("withdrawal-places", on)
        .map(|target| target.from_moment("withdrawal-places", received, &scene.terms, &first));
    let title = "Carry out the withdrawal of consent";
    let making = scene
        .make("withdrawal-places", on, "withdrawal-places", withdrawal, title)
        .owed(When::Moment(received), format!("{first}; {words}"))
        .target(target)
        .met(met);
    Some(making.done(scene))
}
