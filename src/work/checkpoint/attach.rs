//! A witness's answer: what of it holds is kept as evidence, and joins the newest checkpoint
//! when it is over the same head. The bytes that the log signed stay as they are.

use probity_ledger::format::cosignature::with_lines;
use probity_ledger::format::hash::Size;
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::policy::Policy;

use super::parse;
use crate::store::{Evidence, EvidenceForm, Store as _};
use crate::work::outside::refuse_ahead;
use crate::work::reading::Reading;
use crate::work::{WorkError, World};

/// What an answer gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// The size of the head.
    pub size: Size,
    /// The witnesses whose cosignatures hold, by their names in the policy, and the times.
    pub by: Vec<(String, u64)>,
    /// What was kept.
    pub kept: Evidence,
    /// Whether the newest checkpoint carries them now.
    pub newest: bool,
    /// Whether the school's own quorum is met by all that is kept of this head.
    pub quorum: bool,
    /// How many lines were passed over: others', and such as don't hold.
    pub ignored: usize,
}

/// Attaches an answer: a checkpoint with cosignatures, or the bare lines over the newest
/// checkpoint. The ledger is open for writing.
///
/// # Errors
/// When it is no head of this ledger, no witness of the policy cosigned it, or one of them dates
/// it ahead.
pub fn attach(
    world: &World,
    reading: &mut Reading,
    own: &Policy,
    answer: &[u8],
) -> Result<Attached, WorkError> {
    let kept_note = reading.store.checkpoint()?;
    let note = match (&kept_note, answer.starts_with("\u{2014} ".as_bytes())) {
        (Some(kept), true) => joined(&alone(reading, &parse(kept)?)?, answer)?,
        _ => Checkpoint::parse(answer).map_err(|fault| {
            WorkError::refused(
                format!("that is no answer of a witness: {fault}"),
                "name the file that the witness sent back",
            )
        })?,
    };
    attach_note(world, (reading, own), &note, kept_note.as_deref())
}

/// Attaches the bare lines that a witness answered over the network, for the head that was sent.
///
/// # Errors
/// As [`attach`].
pub fn attach_lines(
    world: &World,
    reading: &mut Reading,
    own: &Policy,
    sent: &[u8],
    lines: &[u8],
) -> Result<Attached, WorkError> {
    let note = joined(&alone(reading, &parse(sent)?)?, lines)?;
    let kept = reading.store.checkpoint()?;
    attach_note(world, (reading, own), &note, kept.as_deref())
}

fn attach_note(
    world: &World,
    (reading, own): (&mut Reading, &Policy),
    note: &Checkpoint,
    kept: Option<&[u8]>,
) -> Result<Attached, WorkError> {
    let head = alone(reading, note)?;
    reading.store.check_checkpoint(note.size, note.root)?;
    let (mut lines, mut by) = (Vec::new(), Vec::new());
    for witness in &own.witnesses {
        // A key that also signs records or heads here is nobody outside.
        let key = witness.key.as_ref().filter(|key| !reading.authority.uses(key.key()));
        let Some(key) = key else { continue };
        for line in note.lines().filter(|line| key.owns(line)) {
            let Ok(found) = key.judge_line(note.text(), line) else { continue };
            let at = i64::try_from(found.time).unwrap_or(i64::MAX);
            refuse_ahead(world, &witness.name, at)?;
            let line = format!("{line}\n");
            if !lines.contains(&line) {
                lines.push(line);
                by.push((witness.name.clone(), found.time));
            }
        }
    }
    let others = note.lines().count() - 1;
    if lines.is_empty() {
        return Err(WorkError::refused(
            format!(
                "no witness of policy.txt cosigned that head: {others} lines by others, or for another head"
            ),
            "`probity witness use` shows whose cosignatures count here",
        ));
    }
    let evidence = with_lines(&head, &lines).map_err(too_long)?;
    let evidence = reading.store.keep_evidence(note.size, EvidenceForm::Note, &evidence)?;
    let newest = kept.map(parse).transpose()?.filter(|kept| kept.text() == note.text());
    if let Some(newest) = &newest {
        let there: Vec<String> = newest.lines().map(|line| format!("{line}\n")).collect();
        let new: Vec<String> = lines.iter().filter(|line| !there.contains(line)).cloned().collect();
        if !new.is_empty() {
            let merged = with_lines(newest, &new).map_err(too_long)?;
            reading.store.keep_checkpoint(&merged)?;
        }
    }
    let quorum = quorum_met(reading, own, note)?;
    let ignored = others - lines.len();
    Ok(Attached { size: note.size, by, kept: evidence, newest: newest.is_some(), quorum, ignored })
}

/// Whether the policy's quorum is met by the cosignatures that are kept of a head.
fn quorum_met(reading: &Reading, own: &Policy, head: &Checkpoint) -> Result<bool, WorkError> {
    let mut found = std::collections::BTreeSet::new();
    for which in reading.store.evidence()? {
        if which.size != head.size || which.form != EvidenceForm::Note {
            continue;
        }
        if let Ok(note) = Checkpoint::parse(&reading.store.read_evidence(which)?)
            && note.text() == head.text()
        {
            found.extend(own.cosigned(&note).iter().map(|(witness, _)| witness.name.as_str()));
        }
    }
    Ok(own.is_met(&found))
}

/// The head with the log's own line alone, once that is checked.
fn alone(reading: &Reading, note: &Checkpoint) -> Result<Checkpoint, WorkError> {
    let log = reading.authority.log_key(note.size).ok_or_else(|| {
        WorkError::refused("the ledger declares no log key", "run `probity verify`")
    })?;
    note.verify(log).map_err(|fault| {
        WorkError::refused(
            format!("that is no head of this record book: {fault}"),
            "name the file that the witness sent back for this record book",
        )
    })?;
    note.alone(log).ok_or_else(|| {
        WorkError::refused("that head can't be read", "name the file that the witness sent back")
    })
}

/// A head with lines as they came over the network or in a file.
fn joined(head: &Checkpoint, lines: &[u8]) -> Result<Checkpoint, WorkError> {
    let no_answer = |why: String| {
        WorkError::refused(
            format!("that is no answer of a witness: {why}"),
            "ask the witness whether that is its address, or its file",
        )
    };
    let text = std::str::from_utf8(lines).map_err(|_| no_answer("it is not text".to_owned()))?;
    let lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let note = with_lines(head, &lines).map_err(|fault| no_answer(fault.to_string()))?;
    Checkpoint::parse(&note).map_err(|fault| no_answer(fault.to_string()))
}

fn too_long(fault: probity_ledger::format::cosignature::LineFault) -> WorkError {
    WorkError::refused(fault.to_string(), "keep the answer in a file of its own")
}
