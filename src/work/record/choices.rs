//! What a record can be put to: cases that there are, and earlier records that it may link.

use probity_ledger::format::clip::clipped;
use probity_ledger::format::hash::Index;
use probity_ledger::records::kind::{Form, Kind, Relation};
use probity_ledger::records::newest;

use super::{CASE_NAMES, usual_targets};
use crate::store::{Store as _, Term};
use crate::work::preview::clean;
use crate::work::reading::{Reading, Record};
use crate::work::sight::Sight;
use crate::work::{WorkError, time};

/// So many are offered; any other is named by its number.
const OFFERED: usize = 20;

/// So many numbers are looked through for a case behind one that is free: requests that were
/// never answered leave gaps.
const GAP: u32 = 8;

/// So many cases of each sort, where a kind belongs to none.
const OF_EACH: usize = 4;

/// A case or an earlier record, and what it is called.
pub type Choice = (String, String);

/// The newest cases to which a record of a kind may belong, as far as somebody may read them.
///
/// # Errors
/// Damage.
pub fn cases(
    reading: &Reading,
    sight: &Sight,
    kind: &Kind,
    now: i64,
) -> Result<Vec<Choice>, WorkError> {
    let Some(name) = kind.case else {
        let mut all = Vec::new();
        for name in CASE_NAMES {
            all.extend(of_name(reading, sight, name, (now, OF_EACH))?);
        }
        return Ok(all);
    };
    of_name(reading, sight, name, (now, OFFERED))
}

fn of_name(
    reading: &Reading,
    sight: &Sight,
    name: &str,
    (now, most): (i64, usize),
) -> Result<Vec<Choice>, WorkError> {
    let mut found = Vec::new();
    let this_year = time::year(now);
    for year in [this_year, this_year - 1] {
        let next = reading.next_case(name, year)?;
        let next = next.rsplit('-').next().and_then(|number| number.parse::<u32>().ok());
        let case = |number: u32| format!("{name}-{year:04}-{number:03}");
        let mut last = next.unwrap_or(1);
        let mut number = last;
        while number < last + GAP {
            number += 1;
            if reading.has_case(&case(number))? {
                last = number;
            }
        }
        for number in (1..=last).rev() {
            if found.len() >= most {
                return Ok(found);
            }
            let case = case(number);
            let first = reading.store.lookup(&Term::Case(case.clone()))?.first().copied();
            let Some(first) = first.map(|first| reading.record(first)).transpose()? else {
                continue;
            };
            if sight.of_record(&first) {
                let day = time::day_words(&time::iso_day(first.entry.says().time));
                let words = format!("{case} ({}, {day}{})", first.title(), begins(&first));
                found.push((case, words));
            }
        }
    }
    Ok(found)
}

/// The relations that a record of a kind must or usually has; whether it must.
#[must_use]
pub fn relations(kind: &Kind) -> Vec<(Relation, bool)> {
    let must = kind.required_links.iter().flat_map(|group| group.iter().map(|rel| (*rel, true)));
    let mut all: Vec<(Relation, bool)> = must.collect();
    for relation in kind.usual_links {
        if !all.iter().any(|(known, _)| known == relation) {
            all.push((*relation, false));
        }
    }
    all
}

/// The newest records to which a record of a kind may be linked so: within a case, or anywhere.
///
/// # Errors
/// Damage.
pub fn targets(
    reading: &Reading,
    sight: &Sight,
    (kind, relation): (&Kind, Relation),
    case: Option<&str>,
) -> Result<Vec<Choice>, WorkError> {
    let kinds = kinds_of(kind, relation);
    let mut places: Vec<Index> = match (case, kinds.as_slice()) {
        (Some(case), _) => reading.store.lookup(&Term::Case(case.to_owned()))?,
        (None, []) => {
            let size = reading.size().0;
            (size.saturating_sub(4 * OFFERED as u64)..size).map(Index).collect()
        }
        (None, kinds) => {
            let mut all = Vec::new();
            for kind in kinds {
                all.extend(reading.store.lookup(&Term::Kind((*kind).to_owned()))?);
            }
            all
        }
    };
    places.sort_unstable();
    let mut found = Vec::new();
    for index in places.into_iter().rev() {
        if found.len() >= OFFERED {
            break;
        }
        let record = reading.record(index)?;
        let fits = kinds.is_empty() || kinds.contains(&record.entry.says().kind);
        if fits && sight.of_record(&record) {
            found.push((index.to_string(), words(reading, &record)));
        }
    }
    Ok(found)
}

/// A record in a list of choices: `17: DPIA, Amina Khan, 21 November 2026`.
#[must_use]
pub fn words(reading: &Reading, record: &Record) -> String {
    let day = time::day_words(&time::iso_day(record.entry.says().time));
    let case = record.entry.subject().case().map(|case| format!(", {case}")).unwrap_or_default();
    format!(
        "{}: {}, {}, {day}{case}{}",
        record.index(),
        record.title(),
        reading.signer(&record.entry),
        begins(record)
    )
}

/// How the first text that a record has begins, so that two of a kind are told apart.
fn begins(record: &Record) -> String {
    let texts = record.kind.into_iter().flat_map(Kind::body_fields);
    let mut texts = texts.filter(|field| matches!(field.form, Form::Text | Form::Long));
    let text = texts.find_map(|field| record.answers()?.text(field.name));
    text.map_or_else(String::new, |text| format!(": \u{201c}{}\u{201d}", clipped(&clean(text), 40)))
}

/// The kinds of record to which a link leads, if it is one of some.
fn kinds_of(kind: &Kind, relation: Relation) -> Vec<&'static str> {
    if let Some((usual, kinds)) = usual_targets(kind, true)
        && usual == relation
    {
        return kinds.to_vec();
    }
    if relation == Relation::Continues {
        return newest(kind.name).map(|kind| kind.name).into_iter().collect();
    }
    // `request-step` is about a `request`, `hold-release` about a `hold`.
    let parent =
        ["-step", "-done", "-release", "-end"].iter().find_map(|end| kind.name.strip_suffix(end));
    parent.and_then(newest).map(|kind| kind.name).into_iter().collect()
}

/// Whether somebody may read a case: all of its records.
///
/// # Errors
/// No such case; damage.
pub fn may_read(reading: &Reading, sight: &Sight, case: &str) -> Result<bool, WorkError> {
    if sight.is_everything() {
        return Ok(true);
    }
    let records = reading.shown_case(case)?;
    Ok(!records.is_empty() && records.iter().all(|record| sight.of_record(record)))
}
