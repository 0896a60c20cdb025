//! Whose record book it is for which somebody outside is asked. Nobody waits for the answer with a
//! lock in hand.

use crate::work::home::Home;
use crate::work::shelf::Shelf;
use crate::work::{WorkError, World};

/// A record book, and what is needed to ask for it.
#[derive(Clone, Copy)]
pub struct Sender<'a> {
    /// The machine.
    pub world: &'a World,
    /// The record book.
    pub home: &'a Home,
    /// Where a server keeps it open between questions.
    pub shelf: Option<&'a Shelf>,
}

impl Sender<'_> {
    /// Does something that opens the record book itself.
    pub(super) fn apart<T>(
        &self,
        act: impl FnOnce() -> Result<T, WorkError>,
    ) -> Result<T, WorkError> {
        match self.shelf {
            Some(shelf) => shelf.apart(act),
            None => act(),
        }
    }
}
