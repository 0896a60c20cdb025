//! What waits for a person's signature: an appointment that they haven't accepted, acts that one of
//! their roles can make complete, exceptions to ratify, and erasures to agree to. Each with the
//! address of the page that does it.

use std::collections::BTreeSet;

use probity_ledger::book::clear::ClearFields;
use probity_ledger::format::hash::{Index, Size};
use probity_ledger::format::signed::Link;
use probity_ledger::records;
use probity_ledger::records::kind::{Also, Clear, Kind, On, Relation};
use probity_ledger::records::roles::{self, DPO};
use serde::Serialize;

use super::history::{Aftermath, by_exception};
use super::people::accepted_by;
use super::reading::{Reading, Record};
use super::sight::Person;
use super::{WorkError, erase};
use crate::store::{Store as _, Term};

/// A signature that a person can give, and that something waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// What it is, as a sentence without its full stop.
    pub what: String,
    /// The entry that waits.
    pub entry: Index,
    /// Its case.
    pub case: Option<String>,
    /// The page that does it.
    pub act: String,
}

/// Everything that waits for a person's signature, by entry.
///
/// # Errors
/// Damage.
pub fn of(reading: &Reading, person: &Person) -> Result<Vec<Waiting>, WorkError> {
    let mut among = BTreeSet::new();
    for name in kinds(person) {
        among.extend(reading.store.lookup(&Term::Kind(name.to_owned()))?);
    }
    gathered(reading, person, &among)
}

/// The same from what waited when there were `from` entries: only acts that waited, that are new or
/// that new entries are about are looked at. `None` where new entries may bear on all.
///
/// # Errors
/// Damage.
pub fn further(
    reading: &Reading,
    person: &Person,
    before: &[Waiting],
    from: Size,
) -> Result<Option<Vec<Waiting>>, WorkError> {
    let kinds = kinds(person);
    let mut among: BTreeSet<Index> = before.iter().map(|one| one.entry).collect();
    for index in (from.0..reading.size().0).map(Index) {
        let entry = reading.entry(index)?;
        let undone = |link: &Link| {
            Relation::named(&link.rel).is_none_or(|relation| UNDOES.contains(&relation))
        };
        if entry.is_governance() || entry.says().links.iter().any(undone) {
            return Ok(None);
        }
        among.insert(index);
        for link in entry.says().links {
            among.extend(reading.find(&link.entry)?);
        }
    }
    among.retain(|index| {
        reading.entry(*index).map_or(true, |entry| kinds.contains(entry.says().kind))
    });
    gathered(reading, person, &among).map(Some)
}

/// Relations of entries that can make something wait again that was done.
const UNDOES: &[Relation] = &[
    Relation::Corrects,
    Relation::Withdraws,
    Relation::Removes,
    Relation::Erases,
    Relation::Excepts,
];

fn gathered(
    reading: &Reading,
    person: &Person,
    among: &BTreeSet<Index>,
) -> Result<Vec<Waiting>, WorkError> {
    let mut all = Vec::new();
    all.extend(acceptance(reading, person)?);
    all.extend(acts(reading, person, among)?);
    all.extend(exceptions(reading, person)?);
    all.extend(erasures(reading, person)?);
    all.sort_by_key(|one| one.entry);
    all.dedup();
    Ok(all)
}

/// The newest appointment of their own key.
fn acceptance(reading: &Reading, person: &Person) -> Result<Option<Waiting>, WorkError> {
    let newest = reading.authority.key(&person.kid).and_then(|record| record.appointments.last());
    let Some(newest) = newest else { return Ok(None) };
    if accepted_by(reading, &person.kid, newest.index)?.is_some() {
        return Ok(None);
    }
    let titles: Vec<&str> = newest.roles.iter().map(|role| roles::title(role)).collect();
    Ok(Some(Waiting {
        what: format!("Accept your appointment as {}", titles.join(", ")),
        entry: newest.index,
        case: None,
        act: "/people/accept".to_owned(),
    }))
}

fn fits(also: &Also, person: &Person) -> bool {
    person.roles.iter().any(|role| also.roles.contains(&role.as_str()))
}

/// The kinds of act that one of their roles can make complete. Erasures have a page of their own.
fn kinds(person: &Person) -> BTreeSet<&'static str> {
    records::KINDS
        .iter()
        .filter(|kind| kind.clear != Clear::Erasure)
        .filter(|kind| kind.also.iter().any(|also| fits(also, person)))
        .map(|kind| kind.name)
        .collect()
}

/// Acts that lack a signature that one of their roles gives.
fn acts(
    reading: &Reading,
    person: &Person,
    among: &BTreeSet<Index>,
) -> Result<Vec<Waiting>, WorkError> {
    let acts = reading.records(&among.iter().copied().collect::<Vec<_>>())?;
    if acts.is_empty() {
        return Ok(Vec::new());
    }
    let after = Aftermath::of(reading, &acts)?;
    let mut found = Vec::new();
    for act in &acts {
        let Some(kind) = act.kind else { continue };
        // Whoever corrected it signs anew, and then that waits.
        if after.linked_by(&act.entry.hash(), Relation::Corrects).next().is_some() {
            continue;
        }
        for also in kind.also.iter().filter(|also| fits(also, person)) {
            let lacks = format!("missing: {}", also.what);
            if after.lacks(act.index()).any(|why| why == lacks)
                && (also.by_author || act.person != person.id)
            {
                found.push(Waiting {
                    what: format!("{} lacks {}", named(act), also.what),
                    entry: act.index(),
                    case: act.entry.subject().case().map(str::to_owned),
                    act: page(reading, act, also)?,
                });
            }
        }
    }
    Ok(found)
}

fn named(record: &Record) -> String {
    match record.entry.subject().case() {
        Some(case) => format!("{} ({case})", record.title()),
        None => format!("{}, record {}", record.title(), record.index()),
    }
}

/// The relation by which a signature of a kind counts.
fn relation_of(kind: &str) -> Relation {
    match kind {
        "dpo-advice" => Relation::Advises,
        "breach-signoff" => Relation::SignsOff,
        _ => Relation::Approves,
    }
}

/// Where the other signature is given: on the act itself, on the entry that it approves, or on the
/// files that it names.
fn page(reading: &Reading, act: &Record, also: &Also) -> Result<String, WorkError> {
    let case = act.entry.subject().case();
    let case = case.map(|case| format!("case={case}&")).unwrap_or_default();
    let relation = relation_of(also.kind).name();
    if also.on != On::Content {
        return Ok(format!("/record/{}?{case}link={relation}:{}", also.kind, act.index()));
    }
    if names_files(act) {
        return Ok(format!("/sign?{case}kind={}", also.kind));
    }
    let mut links = Vec::new();
    for (rel, hash) in act.links() {
        if matches!(rel, Relation::Approves | Relation::Advises | Relation::SignsOff)
            && let Some(index) = reading.find(hash)?
        {
            links.push(format!("link={relation}:{index}"));
        }
    }
    Ok(format!("/record/{}?{case}{}", also.kind, links.join("&")))
}

fn names_files(act: &Record) -> bool {
    let field = act.kind.and_then(Kind::documents_field);
    let value = field.and_then(|field| act.answers()?.get(field.name));
    value.is_some_and(|value| !probity_ledger::format::body::Document::within(value).is_empty())
}

/// Exceptions under which something stands and that nobody ratified.
fn exceptions(reading: &Reading, person: &Person) -> Result<Vec<Waiting>, WorkError> {
    let mut found = Vec::new();
    let all = reading.store.lookup(&Term::Kind("exception".to_owned()))?;
    for exception in reading.records(&all)? {
        let hash = exception.entry.hash();
        let wanted = exception.answers().and_then(|answers| answers.text("ratify-role"));
        if exception.person == person.id
            || wanted.is_some_and(|wanted| !person.roles.iter().any(|role| role == wanted))
            // Nobody can tell who may ratify.
            || exception.body.is_none()
        {
            continue;
        }
        let under = by_exception(reading, hash)?;
        if let Some(act) = under.iter().find(|act| act.person != person.id) {
            let case = act.entry.subject().case();
            let case_word = case.map(|case| format!("case={case}&")).unwrap_or_default();
            found.push(Waiting {
                what: format!("{} was signed by exception, and waits to be ratified", named(act)),
                entry: exception.index(),
                case: case.map(str::to_owned),
                act: format!("/record/ratification?{case_word}link=ratifies:{}", exception.index()),
            });
        }
    }
    Ok(found)
}

/// Erasures that the data protection officer can agree to.
fn erasures(reading: &Reading, person: &Person) -> Result<Vec<Waiting>, WorkError> {
    if !person.roles.iter().any(|role| DPO.contains(&role.as_str())) {
        return Ok(Vec::new());
    }
    let all = reading.store.lookup(&Term::Kind("erasure".to_owned()))?;
    let mut found = Vec::new();
    for index in erase::waiting(reading, all.into_iter())? {
        let record = reading.record(index)?;
        if !erase::can_be_agreed_to(reading, index, person.id)? {
            continue;
        }
        let count = match &record.clear {
            Some(ClearFields::Erasure { entries, .. }) => entries.len(),
            _ => 0,
        };
        let records = if count == 1 { "record" } else { "records" };
        found.push(Waiting {
            what: format!("An erasure of answers in {count} {records} waits for your agreement"),
            entry: index,
            case: record.entry.subject().case().map(str::to_owned),
            act: format!("/erase/approve/{index}"),
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
