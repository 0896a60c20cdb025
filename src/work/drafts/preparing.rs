//! What a draft asks to be recorded, prepared to be shown.

use probity_ledger::book::clear::ClearFields;
use probity_ledger::format::hash::Sha256Hash;
use probity_ledger::records::kind::Clear;

use super::faults::unsaid;
use super::{CLOCK, DATE, Draft, Drafts, ENTRY, EXCEPTION, RATIFY_BY, RATIFY_ROLE, REASON, ROLE};
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::record::{CaseChoice, Exception, Prepared, Wanted, log_key, prepare};
use crate::work::{WorkError, World, document, sign, time};

impl Draft {
    fn exception(&self) -> Option<Exception> {
        let by = self.said(RATIFY_BY);
        let written = |text: &str| time::read_date(text).map(|day| day.to_string());
        Some(Exception {
            rule: self.said(EXCEPTION)?.to_owned(),
            reason: self.said(REASON).unwrap_or_default().to_owned(),
            ratify_role: self.said(RATIFY_ROLE).unwrap_or_default().to_owned(),
            ratify_by: by.map(|text| written(text).unwrap_or_else(|| text.to_owned())),
        })
    }
}

impl Drafts {
    /// What it asks to be recorded, as its owner's or under another key.
    ///
    /// # Errors
    /// Every fault in its answers.
    pub fn wanted(
        &self,
        world: &World,
        reading: &Reading,
        draft: &Draft,
        by: &str,
    ) -> Result<Wanted, WorkError> {
        let (kind, now) = (draft.kind()?, world.now());
        let faults = draft.faults(now)?;
        if !faults.is_empty() {
            return Err(WorkError::Answers(faults));
        }
        let given = draft.given(kind, now)?;
        let mut wanted = Wanted::new(kind, by);
        wanted.role = draft.said(ROLE).filter(|_| by == draft.owner).map(str::to_owned);
        wanted.case = given.case.unwrap_or(CaseChoice::Unsaid);
        wanted.decision = given.decision;
        wanted.answers = given.answers;
        wanted.links = given.links;
        wanted.exception = draft.exception();
        wanted.date_confirmed = draft.said(DATE).is_some();
        let places = draft.files.iter().map(|file| self.place(&draft.id, file));
        wanted.attach = places.collect::<Result<_, _>>()?;
        if kind.clear == Clear::ClockCorrection {
            let entry = draft.said(ENTRY).ok_or_else(|| {
                WorkError::refused("it is not said which record's time is wrong", "give its number")
            })?;
            let entry = reading.resolve(entry)?;
            let reason = draft.said(CLOCK).unwrap_or("other").to_owned();
            wanted.clear = Some(ClearFields::ClockCorrection { entry, reason });
            if wanted.links.is_empty() {
                let about = probity_ledger::records::kind::Relation::About;
                wanted.links.push((about, entry.to_string()));
            }
        }
        if sign::KINDS.contains(&kind.name) && !draft.files.is_empty() {
            as_document_signature(reading, draft, &mut wanted)?;
        }
        Ok(wanted)
    }

    /// Prepares what it asks for, to be shown.
    ///
    /// # Errors
    /// As [`Drafts::wanted`] and [`prepare`](fn@prepare).
    pub fn prepare(
        &self,
        world: &World,
        reading: &Reading,
        draft: &Draft,
        by: &str,
    ) -> Result<Prepared, WorkError> {
        self.prepare_wanted(world, reading, &self.wanted(world, reading, draft, by)?)
    }

    /// The same of what [`Drafts::wanted`] gave.
    ///
    /// # Errors
    /// As [`crate::work::record::prepare`].
    pub fn prepare_wanted(
        &self,
        world: &World,
        reading: &Reading,
        wanted: &Wanted,
    ) -> Result<Prepared, WorkError> {
        let keyring = Keyring::of(&self.home);
        let prepared = match wanted.kind.clear {
            Clear::LogKey => log_key::prepare(world, reading, &keyring, wanted),
            _ => prepare(world, reading, &keyring, wanted),
        }?;
        unsaid(reading, &prepared)?;
        Ok(prepared)
    }
}

/// A signature on files has its wording, and the case in which they were signed before.
fn as_document_signature(
    reading: &Reading,
    draft: &Draft,
    wanted: &mut Wanted,
) -> Result<(), WorkError> {
    let kind = wanted.kind;
    if let (Some(decision), true, true) =
        (wanted.decision, wanted.answers.lacks("wording"), kind.field("wording").is_some())
    {
        let wording = sign::wording(kind.name, decision, draft.files.len());
        let wording = probity_ledger::format::cbor::Value::text(wording);
        wanted.answers.set("wording", wording);
    }
    if wanted.case == CaseChoice::Unsaid && kind.name != "approval" {
        let hashes: Vec<Sha256Hash> = wanted
            .attach
            .iter()
            .map(|path| Ok(document::hash_file(path)?.1))
            .collect::<Result<_, WorkError>>()?;
        wanted.case = sign::case_of_files(reading, &hashes)?;
    }
    Ok(())
}
