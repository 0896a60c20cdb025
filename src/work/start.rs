//! What a first run has been told so far: kept unsigned in `page/start.json` of a home that has no
//! record book yet, until one begins. Never a passphrase.

use std::path::PathBuf;

use probity_ledger::format::cbor::Value;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::kind::{Field, Form};
use probity_ledger::records::{form, roles};
use serde::{Deserialize, Serialize};

use super::home::{self, Home};
use super::init::{self, Begin, Begun};
use super::keyring::{Keyring, Passphrase};
use super::record::kind;
use super::{WorkError, World, input, synced};

/// The answers so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Draft {
    /// The school's name.
    pub school: String,
    /// The type of school, one of the first record's choices.
    pub form: String,
    /// The controller's legal name.
    pub controller: String,
    /// The first representative's name.
    pub name: String,
    /// Their role.
    pub role: String,
}

fn path(home: &Home) -> PathBuf {
    home.page().join("start.json")
}

impl Draft {
    /// What was kept; nothing where there is none, or it can't be read.
    ///
    /// # Errors
    /// What the system says.
    pub fn read(home: &Home) -> Result<Self, WorkError> {
        let path = path(home);
        match input::bytes(&path, input::MAX_SMALL) {
            // What can't be read was not kept by this program, and is asked anew.
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(WorkError::file("reading", &path)(error)),
        }
    }

    /// Keeps it.
    ///
    /// # Errors
    /// A home that has a record book, or what the system says.
    pub fn keep(&self, home: &Home) -> Result<(), WorkError> {
        refuse_begun(home)?;
        let text = serde_json::to_string(self).unwrap_or_default();
        home::replace_private(&path(home), text.as_bytes())
    }

    /// The first question that has no answer yet.
    #[must_use]
    pub fn missing(&self) -> Option<&'static str> {
        [
            ("school", &self.school),
            ("form", &self.form),
            ("controller", &self.controller),
            ("name", &self.name),
            ("role", &self.role),
        ]
        .into_iter()
        .find(|(_, answer)| answer.is_empty())
        .map(|(question, _)| question)
    }

    fn begin(&self) -> Result<Begin, WorkError> {
        let mut answers = Answers::default();
        // Somebody who doesn't know says nothing.
        if !self.form.is_empty() && self.form != NOT_SAID {
            let field = form_field()?;
            let value = form::from_json(&field.form, &serde_json::json!(self.form))
                .map_err(|fact| WorkError::refused(fact, "choose a type of school"))?;
            answers.set("type", value);
        }
        Ok(Begin {
            school: self.school.clone(),
            controller: self.controller.clone(),
            name: self.name.clone(),
            role: self.role.clone(),
            origin: None,
            answers,
            practice: false,
            continues: None,
        })
    }

    /// Makes the first key and the record book.
    ///
    /// # Errors
    /// What is missing, a passphrase that is weak or, where an earlier try has made the key, another
    /// one; and all that [`init::begin`] refuses. The answers stay.
    pub fn make(
        &self,
        world: &World,
        home: &Home,
        passphrase: &Passphrase,
    ) -> Result<Begun, WorkError> {
        refuse_begun(home)?;
        if let Some(question) = self.missing() {
            return Err(WorkError::refused(
                format!("the question about the {question} has no answer yet"),
                "answer it first",
            ));
        }
        synced::refuse(home.path(), "a record book", false)?;
        let begin = self.begin()?;
        init::check(world, home, &begin)?;
        let keyring = Keyring::of(home);
        if keyring.public(&self.name).is_err() {
            keyring.create(world, &self.name, passphrase)?;
        }
        let key = keyring.unlock(&self.name, passphrase)?;
        let begun = init::begin(world, home, &begin, &key)?;
        // The record book stands; a draft that stays does no harm.
        let _ = std::fs::remove_file(path(home));
        Ok(begun)
    }
}

/// What stands for "I don't know" among the types of school.
pub const NOT_SAID: &str = "not-said";

fn form_field() -> Result<&'static Field, WorkError> {
    kind("genesis")?
        .field("type")
        .ok_or_else(|| WorkError::refused("this program knows no types of school", "report this"))
}

/// The types of school, by name.
#[must_use]
pub fn forms() -> Vec<&'static str> {
    match form_field().map(|field| &field.form) {
        Ok(Form::Choice(names)) => names.to_vec(),
        _ => Vec::new(),
    }
}

/// The roles that may begin a record book, each with its title.
#[must_use]
pub fn first_roles() -> Vec<(&'static str, &'static str)> {
    roles::REPRESENTATIVES.iter().map(|role| (*role, roles::title(role))).collect()
}

fn refuse_begun(home: &Home) -> Result<(), WorkError> {
    home.refuse_lost()?;
    if home.has_ledger() {
        return Err(WorkError::refused(
            "this school's record book has begun already",
            "unlock it with your own key",
        ));
    }
    Ok(())
}

/// The answer as it would stand in the first record, for questions that take any text.
///
/// # Errors
/// An answer that is empty, too long, or has letters that no record takes.
pub fn checked(question: &str, text: &str) -> Result<String, WorkError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(WorkError::refused(format!("enter {question}"), "it can't be left out"));
    }
    form::check_value(&Form::Text, &Value::text(text))
        .map(|()| text.to_owned())
        .map_err(|fact| WorkError::refused(format!("{question}: {fact}"), "write it otherwise"))
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::store::Mode;
    use crate::work::reading::Reading;

    fn draft() -> Draft {
        Draft {
            school: "Oakfield Primary School".to_owned(),
            form: "la-maintained".to_owned(),
            controller: "Governing Body of Oakfield Primary School".to_owned(),
            name: "Amina Khan".to_owned(),
            role: "headteacher".to_owned(),
        }
    }

    #[test]
    fn a_weak_passphrase_is_refused_and_everything_else_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::locate(Some(folder.path().join("home"))).expect("a home");
        let world = World::real();
        draft().keep(&home).expect("kept");
        let weak = Zeroizing::new("Oakfield1".to_owned());
        let refused = draft().make(&world, &home, &weak);
        assert!(matches!(refused, Err(WorkError::Weak(_))), "{refused:?}");
        assert!(!home.has_ledger() && Keyring::of(&home).list().expect("listed").is_empty());
        assert_eq!(Draft::read(&home).expect("read"), draft());
        let good = Zeroizing::new("five small grey owls sleep".to_owned());
        let kept = std::fs::read_to_string(path(&home)).expect("there");
        assert!(!kept.contains("Oakfield1"), "{kept}");
        let begun = draft().make(&world, &home, &good).expect("made");
        let reading = Reading::open(&home, &Mode::Browse).expect("opened");
        assert_eq!(reading.authority.fingerprint, begun.fingerprint);
        let first = reading.record(probity_ledger::format::hash::Index(0)).expect("read");
        assert_eq!(first.answers().and_then(|a| a.text("type")), Some("la-maintained"));
        assert!(!path(&home).exists(), "what is on record needs no draft");
        drop(reading);
        let again = draft().make(&world, &home, &good).map(|begun| begun.origin);
        assert!(again.is_err_and(|error| error.to_string().contains("begun already")));
        assert!(draft().keep(&home).is_err());
    }

    /// Else nobody could begin a record book before they had found and deleted a file.
    #[test]
    fn answers_that_can_not_be_read_are_asked_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::locate(Some(folder.path().join("home"))).expect("a home");
        draft().keep(&home).expect("kept");
        for bytes in [&b""[..], b"{\"school\":\"Oak", b"{\"school\":\"Jos\xc3", b"\x00\x00"] {
            std::fs::write(path(&home), bytes).expect("written");
            assert_eq!(Draft::read(&home).expect("asked anew"), Draft::default(), "{bytes:?}");
        }
    }

    #[test]
    fn a_draft_names_the_first_question_without_an_answer() {
        assert_eq!(Draft::default().missing(), Some("school"));
        assert_eq!(Draft { role: String::new(), ..draft() }.missing(), Some("role"));
        assert_eq!(draft().missing(), None);
        for wrong in ["", "  ", "a\u{0}b"] {
            assert!(checked("your name", wrong).is_err(), "{wrong:?}");
        }
    }
}
