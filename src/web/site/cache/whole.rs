//! What is read from all records and asked for on several pages: under which name it is kept, how
//! long it holds, and what new records make of it.

use super::{How, Known, Step, Weight, beside};
use crate::web::site::Shared;
use crate::work::WorkError;
use crate::work::overview::{Cases, FallsDue};
use crate::work::reading::Reading;
use crate::work::sight::{Own, Person};
use crate::work::texts::Texts;
use crate::work::waiting::{self, Waiting};

/// What falls due.
///
/// # Errors
/// Damage.
pub fn due(site: &Shared) -> Result<Known<FallsDue>, WorkError> {
    let now = site.world.now();
    beside(
        site,
        How {
            name: "due".to_owned(),
            holds: move |known: &FallsDue| now <= known.until,
            further: |reading: &Reading, _: &FallsDue, from| {
                FallsDue::untouched(reading, from).map(Step::same_if)
            },
            whole: move |reading: &Reading| FallsDue::of(reading, now),
        },
    )
}

/// All cases.
///
/// # Errors
/// Damage.
pub fn cases(site: &Shared) -> Result<Known<Cases>, WorkError> {
    let now = site.world.now();
    beside(
        site,
        How {
            name: "cases".to_owned(),
            holds: move |known: &Cases| known.is_of_day(now),
            further: move |reading: &Reading, before: &Cases, _| {
                before.further(reading, now).map(Step::from)
            },
            whole: move |reading: &Reading| Cases::of(reading, now),
        },
    )
}

/// The texts of all records, for searching.
///
/// # Errors
/// Damage.
pub fn texts(site: &Shared) -> Result<Known<Texts>, WorkError> {
    beside(
        site,
        How {
            name: "texts".to_owned(),
            holds: |_: &Texts| true,
            further: |reading: &Reading, before: &Texts, _| before.further(reading).map(Step::from),
            whole: |reading: &Reading| Texts::of(reading),
        },
    )
}

/// What waits for a person's signature.
///
/// # Errors
/// Damage.
pub fn waiting(site: &Shared, person: &Person) -> Result<Known<Vec<Waiting>>, WorkError> {
    let (all, new) = (person.clone(), person.clone());
    beside(
        site,
        How {
            // An appointment can change what may be signed.
            name: format!("waiting {} {}", person.key, person.roles.join(" ")),
            holds: |_: &Vec<Waiting>| true,
            further: move |reading: &Reading, before: &Vec<Waiting>, from| {
                waiting::further(reading, &new, before, from).map(Step::from)
            },
            whole: move |reading: &Reading| waiting::of(reading, &all),
        },
    )
}

/// The records that a person may see who doesn't see everything.
///
/// # Errors
/// Damage.
pub fn own(site: &Shared, person: &Person) -> Result<Known<Own>, WorkError> {
    let (all, new) = (person.sight.clone(), person.sight.clone());
    beside(
        site,
        How {
            name: format!("own {} {}", person.key, person.roles.join(" ")),
            holds: |_: &Own| true,
            further: move |reading: &Reading, before: &Own, _| {
                before.further(reading, &new).map(Step::Now)
            },
            whole: move |reading: &Reading| Own::of(reading, &all),
        },
    )
}

impl Weight for Vec<Waiting> {
    fn weight(&self) -> usize {
        self.len() * 256
    }
}

impl Weight for FallsDue {
    fn weight(&self) -> usize {
        (self.all.len() + self.found.len()) * 1024
    }
}

impl Weight for Cases {
    fn weight(&self) -> usize {
        self.all.len() * 512
    }
}

impl Weight for Texts {
    fn weight(&self) -> usize {
        self.bytes()
    }
}

impl Weight for Own {
    fn weight(&self) -> usize {
        self.bytes()
    }
}
