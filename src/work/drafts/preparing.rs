//! What a draft asks to be recorded, prepared to be shown.

use probity_ledger::book::clear::ClearFields;
use probity_ledger::format::hash::Sha256Hash;
use probity_ledger::records::kind::Clear;

use super::faults::unsaid;
use super::{
    Attachment, CLOCK, DATE, Draft, Drafts, ENTRY, EXCEPTION, RATIFY_BY, RATIFY_ROLE, REASON, ROLE,
};
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::record::{CaseChoice, Exception, Prepared, Wanted, log_key, prepare};
use crate::work::{WorkError, World, sign, time};

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
        wanted.attach = self.places(draft)?;
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
        self.prepare_wanted(world, reading, (draft, &self.wanted(world, reading, draft, by)?))
    }

    /// The same of what [`Drafts::wanted`] gave of a draft. Its files are those that were taken in:
    /// what is compared here is what the record names, and only that can be sealed beside it.
    ///
    /// # Errors
    /// As [`crate::work::record::prepare`]; a file that changed since it was taken in.
    pub fn prepare_wanted(
        &self,
        world: &World,
        reading: &Reading,
        (draft, wanted): (&Draft, &Wanted),
    ) -> Result<Prepared, WorkError> {
        let keyring = Keyring::of(&self.home);
        let prepared = match wanted.kind.clear {
            Clear::LogKey => log_key::prepare(world, reading, &keyring, wanted),
            _ => prepare(world, reading, &keyring, wanted),
        }?;
        draft.refuse_changed(&prepared.documents)?;
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
        // Of the files that were taken in: others are refused.
        let hash = |file: &Attachment| {
            hex::decode(&file.sha256).ok().and_then(|bytes| bytes.as_slice().try_into().ok())
        };
        let hashes: Vec<Sha256Hash> = draft.files.iter().filter_map(hash).collect();
        wanted.case = sign::case_of_files(reading, &hashes)?;
    }
    Ok(())
}
