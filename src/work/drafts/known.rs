//! What earlier records tell of the answers of a new one, so that nobody types them again.

use std::collections::{BTreeMap, BTreeSet};

use probity_ledger::format::cbor::Value;

use crate::store::{Store as _, Term};
use crate::work::WorkError;
use crate::work::reading::{Reading, Record};
use crate::work::sight::Sight;

/// The question of which cameras.
pub const CAMERAS: &str = "cameras";

/// The question of which place images were removed from.
pub const PLACE: &str = "place";

/// The places that a withdrawal of consent names and that no removal has closed: of the withdrawal
/// that is meant, or else of the newest in the case.
///
/// # Errors
/// No such case or record; damage.
pub fn open_places(
    reading: &Reading,
    sight: &Sight,
    (case, withdrawal): (Option<&str>, Option<&str>),
) -> Result<Vec<String>, WorkError> {
    let named = withdrawal.map(|entry| sight.record(reading, reading.resolve(entry)?));
    let named = named.transpose()?;
    let of_record = named.as_ref().and_then(|record| record.entry.subject().case());
    let Some(case) = of_record.or(case) else { return Ok(Vec::new()) };
    let mut all = reading.shown_case(case)?;
    all.retain(|record| sight.of_record(record));
    let is_one = |record: &&Record| record.entry.says().kind == "consent-withdrawal";
    let Some(withdrawal) = named.as_ref().or_else(|| all.iter().rfind(is_one)) else {
        return Ok(Vec::new());
    };
    let word = |text: &str| text.trim().to_lowercase();
    let closed: BTreeSet<String> = all
        .iter()
        .filter(|record| record.entry.says().kind == "image-removal")
        .filter(|record| record.links().iter().any(|(_, hash)| *hash == withdrawal.entry.hash()))
        .filter_map(|record| Some(word(record.answers()?.text(PLACE)?)))
        .collect();
    let named = withdrawal.answers().map(|answers| answers.list("places")).unwrap_or_default();
    let named = named.iter().filter_map(Value::as_text);
    Ok(named.filter(|place| !closed.contains(&word(place))).map(str::to_owned).collect())
}

/// So many of the newest looks at images are read, and of the newest records of cameras.
const NEWEST: usize = 50;

/// The names by which cameras are known to somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cameras {
    /// Each once, as it was written last, in alphabetical order; those that were removed left out.
    pub names: Vec<String>,
    /// Whether there is no other one in the whole record book, as far as can be told.
    pub is_all: bool,
}

impl Cameras {
    /// As the newest looks at images and the newest records of cameras name them, as far as these
    /// eyes may read these.
    ///
    /// # Errors
    /// Damage.
    pub fn of(reading: &Reading, sight: &Sight) -> Result<Self, WorkError> {
        let newest = |kind: &str| -> Result<Vec<_>, WorkError> {
            let all = reading.store.lookup(&Term::Kind(kind.to_owned()))?;
            let newest = all.into_iter().rev().take(NEWEST);
            newest.map(|index| reading.record(index)).collect()
        };
        let (cameras, looks) = (newest("cctv-camera")?, newest("cctv-access")?);
        let (mut names, mut removed) = (BTreeMap::new(), BTreeSet::new());
        for record in cameras.iter().filter(|record| sight.of_record(record)) {
            let Some(answers) = record.answers() else { continue };
            let Some(name) = answers.text("camera").map(str::trim) else { continue };
            let word = name.to_lowercase();
            if names.contains_key(&word) || removed.contains(&word) {
                continue;
            }
            if answers.text("status") == Some("removed") {
                removed.insert(word);
            } else {
                names.insert(word, name.to_owned());
            }
        }
        for record in looks.iter().filter(|record| sight.of_record(record)) {
            let named = record.answers().map(|answers| answers.list(CAMERAS)).unwrap_or_default();
            for name in named.iter().filter_map(Value::as_text).map(str::trim) {
                let word = name.to_lowercase();
                if !removed.contains(&word) {
                    names.entry(word).or_insert_with(|| name.to_owned());
                }
            }
        }
        Ok(Self { names: names.into_values().collect(), is_all: cameras.len() <= 1 })
    }

    /// The only one there is.
    #[must_use]
    pub fn only(&self) -> Option<&str> {
        match self.names.as_slice() {
            [only] if self.is_all => Some(only),
            _ => None,
        }
    }
}
