//! Risks that stay high after the controls, by the newest DPIA of a case and by what was accepted since;
//! and what the regulator, consulted since, says of each. What falls due and the state of a case both
//! rest on it.
//!
//! An acceptance counts if it lacks nothing and stands under no exception that nobody ratified. When a
//! DPIA is corrected, what was accepted before stands for the risks that the correction leaves alone.

use std::collections::BTreeMap;

use super::item::{Book, Item};
use crate::format::cbor::Value;
use crate::format::hash::Index;
use crate::records::answers::part;
use crate::records::risk::{Reply, asks_about, reply};
use crate::records::terms::is_red;

/// High risks that remain.
#[derive(Debug)]
pub(super) struct High<'a> {
    /// The newest record by which one remains.
    pub by: &'a Item,
    /// The mark of each.
    ids: Vec<String>,
    /// Where the DPIA was first recorded.
    dpia: Option<Index>,
    /// The consultations of the case that can be read, the oldest first.
    consultations: Vec<&'a Item>,
}

/// What the regulator was asked, and says.
#[derive(Debug, Default)]
pub(super) struct Asked<'a> {
    /// Whether there is a risk about which it was not consulted.
    pub not_all: bool,
    /// The consultation by which it prohibits the processing.
    pub prohibited: Option<&'a Item>,
    /// The newest consultation to which it has not replied.
    pub waiting: Option<&'a Item>,
    /// Since when it is consulted about all of them: POSIX seconds.
    pub since: Option<i64>,
}

/// The high risks of a case that remain. Each risk stands as it was rated last: in the DPIA, or in an
/// acceptance behind it.
pub(super) fn high<'a>(book: &Book<'a>, case: &str) -> Option<High<'a>> {
    let dpia = book.standing_in(case, "dpia").pop();
    let versions = dpia.map(|dpia| book.versions(dpia)).unwrap_or_default();
    let first = versions.iter().map(|version| version.index).min();
    let mut risks: BTreeMap<String, (bool, &Item)> = BTreeMap::new();
    for (item, risk, id) in dpia.into_iter().flat_map(rated) {
        risks.insert(id, (remains_high(risk), item));
    }
    let mut accepted = book.standing_in(case, "risk-acceptance");
    accepted.retain(|acceptance| Some(acceptance.index) > first && acceptance.is_whole());
    for (item, risk, id) in accepted.into_iter().flat_map(rated) {
        // As the risk stood in the DPIA when it was accepted, and as it stands now.
        let before = versions.iter().filter(|version| version.index < item.index);
        let before = before.max_by_key(|version| version.index).copied();
        if rating(before, &id) == rating(dpia, &id) {
            risks.insert(id, (remains_high(risk), item));
        }
    }
    risks.retain(|_, (high, _)| *high);
    let by = risks.values().map(|(_, item)| *item).max_by_key(|item| item.index)?;
    let mut consultations = book.standing_in(case, "ico-consultation");
    consultations.retain(|item| item.marks.gone.is_none());
    Some(High { by, ids: risks.into_keys().collect(), dpia: first, consultations })
}

/// The risks that a record rates, each with its mark.
fn rated(item: &Item) -> impl Iterator<Item = (&Item, &Value, String)> {
    item.list("risks").iter().enumerate().map(move |(at, risk)| {
        let id = part(risk, "id").map_or_else(|| format!("{at} of {}", item.index), str::to_owned);
        (item, risk, id)
    })
}

/// How a DPIA rates the risk of a mark.
fn rating<'a>(dpia: Option<&'a Item>, id: &str) -> Option<&'a Value> {
    dpia?.list("risks").iter().find(|risk| part(risk, "id") == Some(id))
}

impl<'a> High<'a> {
    /// How the regulator stands to them. Consultations of before the DPIA were about another one.
    pub fn asked(&self) -> Asked<'a> {
        let mut asked = Asked::default();
        let later = |before: Option<&'a Item>, item| {
            [before, Some(item)].into_iter().flatten().max_by_key(|item: &&Item| item.index)
        };
        for id in &self.ids {
            let after = self.consultations.iter().filter(|item| Some(item.index) > self.dpia);
            let about: Vec<&'a Item> =
                after.filter(|item| asks_about(&item.answers, id)).copied().collect();
            let sent = about.iter().map(|item| item.integer("sent").unwrap_or(item.time)).min();
            let Some(newest) = about.last().copied() else {
                asked.not_all = true;
                continue;
            };
            asked.since = asked.since.max(sent);
            // To ask again lifts no prohibition.
            let replied = |item: &&&Item| reply(&item.answers) != Reply::Awaited;
            let said = about.iter().rfind(replied).copied();
            if let Some(said) = said.filter(|said| reply(&said.answers) == Reply::Prohibits) {
                asked.prohibited = later(asked.prohibited, said);
            }
            if reply(&newest.answers) == Reply::Awaited {
                asked.waiting = later(asked.waiting, newest);
            }
        }
        asked
    }
}

/// Whether a risk stays high after the controls, in the words of a DPIA or of an acceptance.
fn remains_high(risk: &Value) -> bool {
    let after = |name: &str| part(risk, &format!("{name}-after")).or_else(|| part(risk, name));
    let rated = after("level").is_some() || after("impact").is_some();
    let called = !rated && part(risk, "called-high-by").is_some();
    called || after("level") == Some("high") || is_red(after("impact"), after("likelihood"))
}
