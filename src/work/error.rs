//! What can go wrong in an action: one fact, then one remedy.

use probity_keys::{KeyFileError, SignError, WeakPassphrase};
use probity_ledger::book::fault::Fault;
use probity_ledger::records::form::AnswerFault;

use crate::store::StoreError;

/// Why an action was not done. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The store refuses or fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The entry would not be genuine.
    #[error("this would not be a genuine record: {0}")]
    Fault(#[from] Fault),
    /// A key file can't be used.
    #[error("{}", about_key(name, error))]
    Key {
        /// Whose.
        name: String,
        /// What is wrong with it.
        error: KeyFileError,
    },
    /// The passphrase is too easy to guess.
    #[error("{0}")]
    Weak(#[from] WeakPassphrase),
    /// Answers that a record of this kind can't have.
    #[error("{}", list(.0.iter().map(ToString::to_string)))]
    Answers(Vec<AnswerFault>),
    /// The same, each with the line of the form on which it stands, if it stands anywhere.
    #[error("{}", placed(.0))]
    Form(Vec<(Option<usize>, AnswerFault)>),
    /// A file can't be read or written.
    #[error("{}", about_path(doing, path, error))]
    File {
        /// What was being done: "reading", "writing".
        doing: &'static str,
        /// Which file.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// Anything else that is refused.
    #[error("{fact}")]
    Refused {
        /// What was found, and what was expected.
        fact: String,
        /// What to do.
        remedy: Option<String>,
    },
}

/// Most faults that one message names; a document can have any number of unknown fields.
const MOST_FAULTS: usize = 40;

fn placed(faults: &[(Option<usize>, AnswerFault)]) -> String {
    list(faults.iter().map(|(line, fault)| match line {
        Some(line) => format!("line {line}: {fault}"),
        None => fault.to_string(),
    }))
}

fn list(faults: impl ExactSizeIterator<Item = String>) -> String {
    let count = faults.len();
    let named: Vec<String> = faults.take(MOST_FAULTS).collect();
    let more = match count.saturating_sub(MOST_FAULTS) {
        0 => String::new(),
        more => format!("; and {more} more faults"),
    };
    named.join("; ") + &more
}

fn about_key(name: &str, error: &KeyFileError) -> String {
    match error {
        KeyFileError::WrongPassphrase => {
            format!("wrong passphrase for {name}, or a damaged key file")
        }
        other => format!("the key file of {name}: {other}"),
    }
}

fn about_path(doing: &str, path: &str, error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::NotFound && doing == "reading" {
        return format!("there is no file {path} here");
    }
    format!("{doing} {path}: {error}")
}

fn about_file(kind: std::io::ErrorKind) -> &'static str {
    use std::io::ErrorKind;
    match kind {
        ErrorKind::NotFound => "check how the name is written, and in which folder it lies",
        ErrorKind::AlreadyExists => "choose another name; nothing is overwritten",
        ErrorKind::PermissionDenied => "give your account the right to it, or choose another place",
        ErrorKind::FileTooLarge => "name the file that you mean; one with records can be split",
        ErrorKind::StorageFull => "make room on the disk, then try again",
        ErrorKind::ReadOnlyFilesystem => {
            "this disk can't be written; if it could before, it may be failing: copy the whole folder \
             to another medium first"
        }
        _ => "look at the file and its disk, then try again",
    }
}

impl From<SignError> for WorkError {
    fn from(SignError { fact, remedy }: SignError) -> Self {
        Self::refused(fact, remedy)
    }
}

impl WorkError {
    /// A refusal with its remedy.
    pub fn refused(fact: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Refused { fact: fact.into(), remedy: Some(remedy.into()) }
    }

    /// A failed call on a file.
    pub fn file<'a>(
        doing: &'static str,
        path: &'a std::path::Path,
    ) -> impl FnOnce(std::io::Error) -> Self + use<'a> {
        move |error| Self::File { doing, path: path.display().to_string(), error }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Store(error) => error.hint().map(str::to_owned),
            Self::Fault(_) => Some("see who is appointed with `probity key list`".to_owned()),
            Self::Key { error: KeyFileError::WrongPassphrase, .. } => {
                Some("try again; nobody can reset a passphrase".to_owned())
            }
            Self::Key { .. } => Some("take the file from a backup, or make a new key and have it appointed".to_owned()),
            Self::Weak(_) => Some("use five or more words, or at least 14 characters with a capital, a number and a symbol".to_owned()),
            Self::Answers(_) => Some("`probity kinds KIND` shows every field and its form".to_owned()),
            Self::Form(_) => Some(
                "mend these lines of the form; `probity record KIND --template` shows every \
                 question"
                    .to_owned(),
            ),
            Self::File { error, .. } => Some(about_file(error.kind()).to_owned()),
            Self::Refused { remedy, .. } => remedy.clone(),
        }
    }
}
