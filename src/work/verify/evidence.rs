//! Evidence from outside that a home keeps, as the verification of the whole takes it: from the
//! files themselves, whatever a store thinks of them.

use std::io::ErrorKind;

use probity_ledger::format::policy::Policy;
use probity_ledger::verify::kept::{Form, Kept};

use crate::store::{Evidence, EvidenceForm, MAX_EVIDENCE};
use crate::work::home::Home;
use crate::work::{WorkError, input};

/// The witnesses that the school names; nobody, if the file can't be read as a policy.
pub(super) fn claimed(home: &Home) -> Option<Policy> {
    let text = input::lines(&home.path().join("policy.txt"), input::MAX_SMALL).ok()?;
    Policy::parse(&text).ok()
}

/// All evidence, by size and number.
pub(super) fn kept(home: &Home) -> Result<Vec<Kept>, WorkError> {
    let folder = home.ledger().join("times");
    let listed = match std::fs::read_dir(&folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(WorkError::file("reading", &folder)(error)),
    };
    let mut names = Vec::new();
    for entry in listed {
        let name = entry.map_err(WorkError::file("reading", &folder))?.file_name();
        names.extend(name.to_str().and_then(Evidence::parse));
    }
    names.sort_unstable();
    let read = |which: Evidence| {
        let path = folder.join(which.to_string());
        let bytes = match input::bytes(&path, MAX_EVIDENCE as u64) {
            Ok(bytes) => bytes,
            // What is longer is no evidence, whatever it holds.
            Err(error) if error.kind() == ErrorKind::FileTooLarge => Vec::new(),
            Err(error) => return Err(WorkError::file("reading", &path)(error)),
        };
        let form = match which.form {
            EvidenceForm::Note => Form::Note,
            EvidenceForm::Token => Form::Token,
        };
        Ok(Kept { file: format!("ledger/times/{which}"), size: which.size, form, bytes })
    };
    names.into_iter().map(read).collect()
}
