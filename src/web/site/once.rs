//! A form that signs never signs twice, though it is sent twice: by a double click, or again from the
//! way back. Each page that asks for a signature has a name of its own, and what came of it is kept here.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use probity_ledger::format::entry::Entry;

use super::session::SessionId;
use crate::work::record::Written;

/// So many of the newest are remembered.
const MOST: usize = 256;

struct Done {
    session: SessionId,
    name: String,
    entries: Vec<Entry>,
    erased: bool,
}

/// What came of the newest forms.
#[derive(Default)]
pub struct Once(Mutex<VecDeque<Done>>);

impl Once {
    fn all(&self) -> MutexGuard<'_, VecDeque<Done>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was written when this session sent the form of that name before.
    pub fn find(&self, session: SessionId, name: &str) -> Option<Written> {
        let all = self.all();
        let done = all.iter().find(|done| done.session == session && done.name == name)?;
        Some(Written {
            entries: done.entries.clone(),
            erased: done.erased,
            no_checkpoint: None,
            not_kept: None,
            cut: None,
        })
    }

    /// Remembers what was written for a form.
    pub fn keep(&self, session: SessionId, name: &str, written: &Written) {
        let mut all = self.all();
        if all.len() == MOST {
            all.pop_front();
        }
        let (entries, erased) = (written.entries.clone(), written.erased);
        all.push_back(Done { session, name: name.to_owned(), entries, erased });
    }
}
