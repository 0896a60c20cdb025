//! In which state a case is and why, what it lacks, and what comes next: told from the records of
//! the case and those that link to them, as they stood at the book's moment.
//!
//! A state is a reading of what is on record and decides nothing. It says "closed" only where
//! records end everything that was begun in the case, or where those that would tell were erased.
//! What falls due, with its day, is told in [`super::due`]; whether anything is true, nobody can
//! tell from here.

use std::collections::BTreeMap;

use super::holding;
use super::item::{Book, Item};
use crate::format::hash::Index;
use crate::records::kind::Relation;
use crate::records::roles;

mod breach;
mod cctv;
mod complaint;
mod consent;
mod dpia;
mod others;
mod request;
pub mod room;

/// How a case stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct State {
    /// In a few words: "waits for the data protection officer's advice".
    pub state: String,
    /// What tells so, in one sentence that names the entry.
    pub why: String,
    /// What is missing, each in one sentence.
    pub missing: Vec<String>,
    /// What comes next, in the order in which it is done.
    pub next: Vec<String>,
    /// Whether nothing is open in the case.
    pub closed: bool,
}

impl State {
    fn new(state: impl Into<String>, why: impl Into<String>) -> Self {
        Self { state: state.into(), why: why.into(), ..Self::default() }
    }

    fn closed(state: impl Into<String>, why: impl Into<String>) -> Self {
        Self { closed: true, ..Self::new(state, why) }
    }

    fn lacking(mut self, missing: impl Into<String>) -> Self {
        self.missing.push(missing.into());
        self
    }

    fn then(mut self, next: impl Into<String>) -> Self {
        self.next.push(next.into());
        self
    }
}

/// How a case stands, by the sort of case that its name says.
#[must_use]
pub fn state(book: &Book<'_>, case: &str) -> State {
    let sort = case.split('-').next().unwrap_or_default();
    let mut state = match sort {
        "dpia" => dpia::state(book, case),
        "breach" => breach::state(book, case),
        "consent" => consent::state(book, case),
        "request" => request::state(book, case),
        "complaint" => complaint::state(book, case),
        "cctv" => cctv::state(book, case),
        _ => others::state(book, case),
    };
    everywhere(book, case, &mut state);
    state
}

/// What any case may lack: signatures, ratifications, work that is open, a hold.
fn everywhere(book: &Book<'_>, case: &str, state: &mut State) {
    for item in book.of_case(case) {
        let stands = !book.is_replaced(item);
        for lack in item.marks.lacks.iter().filter(|_| stands) {
            state.missing.push(format!("{}: {lack}", named(item)));
        }
        if item.marks.by_exception {
            state.missing.push(format!(
                "{} was signed by exception, and nobody has ratified it",
                named(item)
            ));
        }
        if let Some(by) = item.marks.stale.first().filter(|_| stands) {
            state.missing.push(format!(
                "{} is stale: what it rests on was changed by entry {}; give it again, or say why \
                 the change is immaterial",
                named(item),
                by.0
            ));
        }
    }
    excluded(book, case, state);
    for action in open_actions(book, case) {
        let owner = action.text("owner").map(|owner| format!(", {owner}")).unwrap_or_default();
        let what = action.text("what").unwrap_or("an action");
        state.next.push(format!("do what entry {} asks for: {what}{owner}", action.index.0));
    }
    let holds = holding::in_force(book).filter(|hold| {
        hold.text("scope") == Some("everything") || hold.case.as_deref() == Some(case)
    });
    for hold in holds {
        state
            .next
            .push(format!("nothing of this case is erased while entry {} holds it", hold.index.0));
    }
}

/// Who signed in a case although a conflict of interests kept them from it.
fn excluded(book: &Book<'_>, case: &str, state: &mut State) {
    let mut excluded: BTreeMap<String, &Item> = BTreeMap::new();
    let mut signed: BTreeMap<(Index, &str), Vec<String>> = BTreeMap::new();
    let conflicts = book.deciding(book.of_case(case).filter(|item| item.kind == "conflict"));
    for item in book.of_case(case) {
        if let Some(conflict) = excluded.get(&hex::encode(item.person)) {
            let by = signed.entry((conflict.index, &item.signer)).or_default();
            by.push(named(item));
        }
        let counts = conflicts.iter().any(|conflict| conflict.index == item.index);
        if let (true, Some(id)) = (counts, item.text("person-id")) {
            if item.truth("excluded") == Some(true) {
                excluded.insert(id.to_owned(), item);
            } else if item.truth("excluded") == Some(false) {
                excluded.remove(id);
            }
        }
    }
    for ((conflict, signer), entries) in signed {
        state.missing.push(format!(
            "{signer} is excluded from this case by entry {conflict}, and signed {}; have somebody \
             else decide",
            entries.join(", ")
        ));
    }
}

/// The actions of a case that stand and that no record ticks off.
fn open_actions<'a>(book: &Book<'a>, case: &str) -> Vec<&'a Item> {
    book.standing_in(case, "action")
        .into_iter()
        .filter(|action| book.standing_links(action, Relation::About, "action-done").is_empty())
        .collect()
}

/// The newest record of a kind in a case.
fn newest<'a>(book: &Book<'a>, case: &str, kind: &str) -> Option<&'a Item> {
    of(book, case, kind).next_back()
}

/// The records of a kind in a case, oldest first.
fn of<'a>(book: &Book<'a>, case: &str, kind: &str) -> impl DoubleEndedIterator<Item = &'a Item> {
    book.of_case(case).filter(move |item| item.kind == kind)
}

/// "entry 12 (Breach report)".
fn named(item: &Item) -> String {
    let title = crate::records::newest(&item.kind).map_or(item.kind.as_str(), |kind| kind.title);
    format!("entry {} ({title})", item.index.0)
}

/// "entry 12, signed as Headteacher by Amina Okafor".
fn signed(item: &Item) -> String {
    format!("entry {}, signed as {} by {}", item.index.0, roles::title(&item.role), item.signer)
}

#[cfg(test)]
mod tests;
