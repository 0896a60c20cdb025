//! The same school from within the program, where a test has to stand between two steps: after
//! something was shown and before it is signed, or at another time of day.

use std::path::Path;

use probity::store::Mode;
use probity::work::home::Home;
use probity::work::keyring::Keyring;
use probity::work::reading::Reading;
use probity::work::record::{self, CaseChoice, Prepared, Wanted};
use probity::work::{WorkError, World};
use probity_keys::SigningKey;
use probity_ledger::book::clear::Decision;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::entry::Entry;
use probity_ledger::records;
use zeroize::Zeroizing;

use super::{PASSPHRASE, School, form};

impl School {
    pub fn inside(&self) -> Home {
        Home::locate(Some(self.home())).expect("a named home")
    }

    pub fn unlock(&self, name: &str) -> SigningKey {
        let passphrase = Zeroizing::new(PASSPHRASE.to_owned());
        Keyring::of(&self.inside()).unlock(name, &passphrase).expect("a key that opens")
    }

    pub fn prepare(&self, world: &World, wanted: &Wanted) -> Result<Prepared, WorkError> {
        let home = self.inside();
        let reading = Reading::open(&home, &Mode::Read)?;
        record::prepare(world, &reading, &Keyring::of(&home), wanted)
    }

    pub fn sign(
        &self,
        world: &World,
        prepared: &Prepared,
        by: &str,
    ) -> Result<Vec<Entry>, WorkError> {
        let written = record::sign(world, &self.inside(), prepared, &self.unlock(by))?;
        Ok(written.entries)
    }
}

/// A note, in the record book or in a case.
pub fn note(by: &str, text: &str, case: CaseChoice) -> Wanted {
    let mut wanted = Wanted::new(records::newest("note").expect("a known kind"), by);
    wanted.answers.set("text", Value::text(text));
    wanted.case = case;
    wanted
}

/// An approval of a file.
pub fn approval(by: &str, file: &Path) -> Wanted {
    let mut wanted = Wanted::new(records::newest("approval").expect("a known kind"), by);
    wanted.decision = Some(Decision::Approved);
    wanted.attach.push(file.to_owned());
    wanted
}

/// An error's words, in the form that every message has.
#[track_caller]
pub fn words<T>(result: Result<T, WorkError>) -> (String, String) {
    let Err(error) = result else { panic!("this had to be refused") };
    let hint = error.hint().expect("every refusal has a remedy");
    form(&error.to_string());
    form(&hint);
    (error.to_string(), hint)
}
