//! What earlier records tell of the answers of a new one, so that nobody types them again.

use probity_ledger::format::cbor::Value;

use crate::store::{Store as _, Term};
use crate::work::WorkError;
use crate::work::reading::Reading;
use crate::work::sight::Sight;

/// The question of which cameras.
pub const CAMERAS: &str = "cameras";

/// So many earlier looks at images tell whether there is one camera alone.
const LOOKS: usize = 50;

/// The one camera that the newest looks at images all name, as far as these eyes may read them,
/// where there are no more cameras on record.
///
/// # Errors
/// Damage.
pub fn only_camera(reading: &Reading, sight: &Sight) -> Result<Option<String>, WorkError> {
    if reading.store.lookup(&Term::Kind("cctv-camera".to_owned()))?.len() > 1 {
        return Ok(None);
    }
    let mut only: Option<String> = None;
    let looks = reading.store.lookup(&Term::Kind("cctv-access".to_owned()))?;
    for index in looks.into_iter().rev().take(LOOKS) {
        let record = reading.record(index)?;
        if !sight.of_record(&record) {
            continue;
        }
        let named = record.answers().map(|answers| answers.list(CAMERAS)).unwrap_or_default();
        for camera in named.iter().filter_map(Value::as_text).map(str::trim) {
            match &only {
                Some(known) if known.to_lowercase() != camera.to_lowercase() => return Ok(None),
                Some(_) => {}
                None => only = Some(camera.to_owned()),
            }
        }
    }
    Ok(only)
}
