//! Evidence from outside that a home keeps, as the verification of the whole takes it: from the
//! files themselves, whatever a store thinks of them.

use std::io::ErrorKind;

use probity_ledger::format::policy::Policy;
use probity_ledger::verify::kept::{Form, Kept};

use super::Unread;
use crate::store::{Evidence, EvidenceForm, MAX_EVIDENCE};
use crate::work::home::Home;
use crate::work::input;

/// The witnesses that the school names; nobody, if the file can't be read as a policy.
pub(super) fn claimed(home: &Home) -> Option<Policy> {
    let text = input::lines(&home.path().join("policy.txt"), input::MAX_SMALL).ok()?;
    Policy::parse(&text).ok()
}

/// All evidence that can be read, by size and number.
pub(super) fn kept(home: &Home, unread: &mut Vec<Unread>) -> Vec<Kept> {
    let folder = home.ledger().join("times");
    let mut names = Vec::new();
    match std::fs::read_dir(&folder) {
        Ok(listed) => {
            for entry in listed {
                match entry {
                    Ok(entry) => names.extend(entry.file_name().to_str().and_then(Evidence::parse)),
                    Err(error) => unread.push(Unread::new(home, &folder, error)),
                }
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => unread.push(Unread::new(home, &folder, error)),
    }
    names.sort_unstable();
    let read = |which: Evidence| {
        let path = folder.join(which.to_string());
        let bytes = match input::bytes(&path, MAX_EVIDENCE as u64) {
            Ok(bytes) => bytes,
            // What is longer is no evidence, whatever it holds.
            Err(error) if error.kind() == ErrorKind::FileTooLarge => Vec::new(),
            Err(error) => {
                unread.push(Unread::new(home, &path, error));
                return None;
            }
        };
        let form = match which.form {
            EvidenceForm::Note => Form::Note,
            EvidenceForm::Token => Form::Token,
        };
        Some(Kept { file: format!("ledger/times/{which}"), size: which.size, form, bytes })
    };
    names.into_iter().filter_map(read).collect()
}
