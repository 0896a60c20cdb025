//! Risks that stay high after the controls, by the newest DPIA of a case and by what was accepted since;
//! and what the regulator, consulted since, says of each. What falls due and the state of a case both
//! rest on it.
//!
//! An acceptance counts if it lacks nothing and stands under no exception that nobody ratified.

use std::collections::BTreeMap;

use super::item::{Book, Item};
use crate::format::cbor::Value;
use crate::format::hash::Index;
use crate::records::answers::part;
use crate::records::kind::Relation;
use crate::records::risk::{Reply, asks_about, reply};
use crate::records::terms::is_red;

/// High risks that remain.
#[derive(Debug)]
pub(super) struct High<'a> {
    /// The newest record by which one remains.
    pub by: &'a Item,
    /// The mark of each.
    ids: Vec<String>,
    /// The DPIA, as it was first recorded.
    dpia: Option<Index>,
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

/// The high risks that remain. Each risk stands as it was rated last: in the DPIA, or in an acceptance
/// behind it.
pub(super) fn high<'a>(
    book: &Book<'a>,
    dpia: Option<&'a Item>,
    acceptances: impl IntoIterator<Item = &'a Item>,
) -> Option<High<'a>> {
    let after = dpia.map(|dpia| dpia.index);
    let later = acceptances
        .into_iter()
        .filter(|acceptance| Some(acceptance.index) > after && acceptance.is_whole());
    let mut risks: BTreeMap<String, (bool, &Item)> = BTreeMap::new();
    for item in dpia.into_iter().chain(later) {
        for (at, risk) in item.list("risks").iter().enumerate() {
            let id =
                part(risk, "id").map_or_else(|| format!("{at} of {}", item.index), str::to_owned);
            risks.insert(id, (remains_high(risk), item));
        }
    }
    risks.retain(|_, (high, _)| *high);
    let by = risks.values().map(|(_, item)| *item).max_by_key(|item| item.index)?;
    let dpia = dpia.map(|dpia| first_version(book, dpia));
    Some(High { by, ids: risks.into_keys().collect(), dpia })
}

impl High<'_> {
    /// How the regulator stands to them, by the consultations of the case, the oldest first. Those
    /// before the DPIA were about another one.
    pub fn asked<'a>(&self, consultations: &[&'a Item]) -> Asked<'a> {
        let mut asked = Asked::default();
        let after = |item: &&&Item| Some(item.index) > self.dpia && item.marks.gone.is_none();
        for id in &self.ids {
            let about =
                consultations.iter().filter(after).filter(|item| asks_about(&item.answers, id));
            let about: Vec<&'a Item> = about.copied().collect();
            let sent = about.iter().map(|item| item.integer("sent").unwrap_or(item.time)).min();
            let Some(newest) = about.last().copied() else {
                asked.not_all = true;
                continue;
            };
            asked.since = asked.since.max(sent);
            match reply(&newest.answers) {
                Reply::Prohibits => asked.prohibited = Some(newest),
                Reply::Awaited => {
                    asked.waiting = [asked.waiting, Some(newest)]
                        .into_iter()
                        .flatten()
                        .max_by_key(|item| item.index);
                }
                Reply::Allows => {}
            }
        }
        asked
    }
}

/// The first of the DPIAs of which one is a corrected version.
fn first_version(book: &Book<'_>, dpia: &Item) -> Index {
    let (mut first, mut open) = (dpia.index, vec![dpia]);
    while let Some(newer) = open.pop() {
        first = first.min(newer.index);
        let older = book.linked(newer, Relation::Corrects);
        open.extend(older.filter(|older| older.kind == dpia.kind && older.index < newer.index));
    }
    first
}

/// Whether a risk stays high after the controls, in the words of a DPIA or of an acceptance.
fn remains_high(risk: &Value) -> bool {
    let after = |name: &str| part(risk, &format!("{name}-after")).or_else(|| part(risk, name));
    let rated = after("level").is_some() || after("impact").is_some();
    let called = !rated && part(risk, "called-high-by").is_some();
    called || after("level") == Some("high") || is_red(after("impact"), after("likelihood"))
}
