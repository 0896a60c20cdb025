//! On the signer's machine, which has no record book.

use std::path::{Path, PathBuf};

use probity_keys::Signer;
use probity_ledger::format::entry::{Header, assemble, sig_structure};
use probity_ledger::format::hash::Sha256Hash;
use probity_ledger::format::statement::{MAX_STATEMENT, Statement};
use probity_ledger::records::answers::Answers;
use probity_ledger::records::facts::Finding;
use probity_ledger::records::kind::Relation;

use super::request::Request;
use crate::work::compose::{Draft, LinkTo};
use crate::work::document::hash_file;
use crate::work::history::documents_to_save;
use crate::work::keyring::{KeyFile, Keyring};
use crate::work::record::{Prepared, check_answers};
use crate::work::seen::Seen;
use crate::work::{WorkError, World, bag, input, time};

/// A file that somebody brought along, by its hash.
pub type Given = (Sha256Hash, PathBuf);

/// Measures files that somebody brought along.
///
/// # Errors
/// As [`hash_file`].
pub fn given_files(paths: &[PathBuf]) -> Result<Vec<Given>, WorkError> {
    paths.iter().map(|path| Ok((hash_file(path)?.1, path.clone()))).collect()
}

/// A request that was looked through, and whose key is here.
#[derive(Debug)]
pub struct Asked {
    /// The request.
    pub request: Request,
    /// The key that is to sign.
    pub key: KeyFile,
}

impl Asked {
    /// Looks through a request: everything that can be recomputed was.
    ///
    /// # Errors
    /// A request that was changed, that has expired or is for another key, files that are
    /// neither in it nor brought along, or a record book that went back since this key signed.
    pub fn open(
        world: &World,
        keyring: &Keyring,
        bytes: &[u8],
        given: &[Given],
    ) -> Result<Self, WorkError> {
        let request = Request::parse(bytes)?;
        let now = world.now();
        if now >= request.expires {
            return Err(WorkError::refused(
                format!("the request expired on {}", time::words(request.expires)),
                "ask the school for a new one",
            ));
        }
        let key = keyring.list()?.into_iter().find(|file| file.public.kid() == request.key);
        let key = key.ok_or_else(|| {
            WorkError::refused(
                format!(
                    "the request is for {}, with the key {}, which isn't here",
                    request.signer,
                    request.key.short()
                ),
                "sign where that key lies; see `probity key list`",
            )
        })?;
        for document in request.named() {
            let carried = request
                .documents
                .iter()
                .any(|one| one.sha256 == document.sha256 && one.content.is_some());
            if !carried && !given.iter().any(|(sha256, _)| *sha256 == document.sha256) {
                return Err(WorkError::refused(
                    format!(
                        "`{}` (SHA-256 {}) doesn't travel in the request",
                        document.name, document.sha256
                    ),
                    "get the file from the school, read it, and name it with --document FILE",
                ));
            }
        }
        let answers = answers(&request);
        check_answers(request.kind, &answers)?;
        let seen = Seen::of_request(&request);
        seen.check_age(keyring, &key.name)?;
        let continues = request.continues();
        seen.check(keyring, &key.name, continues, &|size| request.root_of_first(size))?;
        Ok(Self { request, key })
    }

    /// The record as it is shown before it is signed.
    #[must_use]
    pub fn prepared(&self) -> Prepared {
        shown(&self.request, &self.key.name)
    }

    /// Writes the files that travel in the request into a folder, under their own names.
    ///
    /// # Errors
    /// What the system says, or a file that exists.
    pub fn save_documents(&self, folder: &Path) -> Result<Vec<PathBuf>, WorkError> {
        let named = self.request.named();
        let files = self.request.documents.iter().filter_map(|one| {
            let document = named.iter().find(|document| document.sha256 == one.sha256)?;
            Some((document, one.content.as_deref()?))
        });
        documents_to_save(folder, files)
    }

    /// Signs, and writes the statement. What the key signed over is remembered before the
    /// signature leaves.
    ///
    /// # Errors
    /// A statement that is too large, a file that exists, or what the system says.
    pub fn sign(
        &self,
        world: &World,
        keyring: &Keyring,
        key: &dyn Signer,
        to: &Path,
    ) -> Result<(), WorkError> {
        bag::refuse_existing(to)?;
        let request = &self.request;
        let header = Header {
            kid: key.public().kid(),
            origin: request.origin.clone(),
            subject: request.subject.clone(),
            time: world.now(),
        };
        if header.kid != request.key {
            return Err(WorkError::refused(
                "the unlocked key is not the one that the request is for",
                "unlock that one",
            ));
        }
        let (protected, payload) = (header.to_statement_bytes(), request.stated().to_bytes());
        let seen = Seen::of_request(request);
        seen.check_age(keyring, &self.key.name)?;
        let (name, continues) = (&self.key.name, request.continues());
        // Before: a memory of what was never signed over does no harm, as it was there.
        seen.take_up(world, keyring, name, continues, &|size| request.root_of_first(size))?;
        let signature = key.sign(&sig_structure(&protected, &payload))?;
        let statement = assemble(&protected, &payload, &signature);
        if statement.len() > MAX_STATEMENT {
            return Err(WorkError::refused(
                format!(
                    "the statement would be {} bytes long, expected at most {MAX_STATEMENT}",
                    statement.len()
                ),
                "link fewer entries",
            ));
        }
        Statement::parse(&statement).map_err(|fault| {
            WorkError::refused(format!("the statement is none: {fault}"), "report this")
        })?;
        bag::write_new(world, to, &statement)
    }
}

pub(super) fn answers(request: &Request) -> Answers {
    Answers(
        request
            .body
            .iter()
            .filter(|(_, opening)| opening.value != probity_ledger::format::cbor::Value::Null)
            .map(|(name, opening)| (name.to_owned(), opening.value.clone()))
            .collect(),
    )
}

/// The record of a request, as it is shown.
pub(super) fn shown(request: &Request, by: &str) -> Prepared {
    let links = request.links.iter().filter_map(|linked| {
        Some((Relation::named(&linked.link.rel)?, LinkTo::Entry(linked.link.entry)))
    });
    let draft = Draft {
        kind: request.kind,
        subject: request.subject.clone(),
        role: request.role.clone(),
        links: links.collect(),
        clear: request.clear.clone(),
        answers: answers(request),
        attachments: Vec::new(),
        openings: None,
    };
    let linked = request.links.iter().filter_map(|linked| {
        let words = format!("{} (as the school says)", linked.words);
        Some((Relation::named(&linked.link.rel)?, words))
    });
    let findings = request.findings.iter().map(|text| Finding::new("elsewhere", text.as_str()));
    let mut shown = Prepared::shown(
        draft,
        (&request.signer, by, request.key),
        findings.collect(),
        linked.collect(),
        request.named(),
        request.new_case,
        request.notes.clone(),
    );
    let given = request.given.iter();
    shown.given =
        given.map(|(also, words)| (*also, format!("{words}, as the school says"))).collect();
    shown
}

/// Reads a request file.
///
/// # Errors
/// What the system says, or one that is too large.
pub fn read(path: &Path) -> Result<Vec<u8>, WorkError> {
    input::bytes(path, super::MAX_REQUEST).map_err(WorkError::file("reading", path))
}
