//! Outside evidence in a bundle: what the enclosed anchors name, for each chosen entry the earliest
//! evidence over it by each source and by the school's own quorum, the newest of each source, and
//! the head that a bundle is to continue.
//!
//! Nothing of it is judged here: whom to trust is the reader's affair, who may trust one source or
//! several together. So "earliest" goes by the smallest head over an entry of each witness's key and
//! each authority, which no later one can precede, and what is kept over that head goes along whole.
//! A bundle holds each piece once, so at most what `ledger/times/` does.

use std::collections::{BTreeMap, BTreeSet};

use probity_ledger::book::clear::ClearFields;
use probity_ledger::format::cosignature::with_lines;
use probity_ledger::format::hash::{Sha256Hash, Size};
use probity_ledger::format::note::{Checkpoint, head_text};
use probity_ledger::format::policy::Policy;
use probity_ledger::format::tree;
use probity_ledger::verify::times::consistency_file;

use super::plan::Plan;
use crate::store::{Evidence, EvidenceForm, Store as _};
use crate::work::WorkError;
use crate::work::outside::{Piece, pieces, root};
use crate::work::reading::Reading;

/// The checkpoint that a bundle carries: the one given out, with the cosignatures that are kept
/// for its size.
///
/// # Errors
/// Damage.
pub(super) fn cosigned(reading: &Reading, note: Checkpoint) -> Result<Checkpoint, WorkError> {
    let mut there: BTreeSet<String> = note.lines().map(ToString::to_string).collect();
    let mut lines = Vec::new();
    for which in reading.store.evidence()? {
        if which.size != note.size || which.form != EvidenceForm::Note {
            continue;
        }
        let kept = Checkpoint::parse(&reading.store.read_evidence(which)?).ok();
        for line in
            kept.iter().filter(|kept| kept.text() == note.text()).flat_map(Checkpoint::lines)
        {
            // One of the log's is enough: a second would make the note invalid.
            let by_log = line.name() == note.origin;
            if !by_log && there.insert(line.to_string()) {
                lines.push(format!("{line}\n"));
            }
        }
    }
    let Ok(bytes) = with_lines(&note, &lines) else { return Ok(note) };
    Ok(Checkpoint::parse(&bytes).unwrap_or(note))
}

/// The files under `data/times/`.
///
/// # Errors
/// Damage; a head to be continued that this ledger doesn't continue.
pub(super) fn lay_out(
    reading: &Reading,
    plan: &Plan,
    own: &Policy,
    (checkpoint, continues): (&Checkpoint, Option<&Checkpoint>),
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), WorkError> {
    let pieces = pieces(reading, checkpoint.size)?;
    let mut chosen: BTreeSet<Evidence> = BTreeSet::new();
    let anchored: BTreeSet<Sha256Hash> = plan
        .parts
        .iter()
        .filter_map(|part| match part.record.clear {
            Some(ClearFields::Anchor { evidence, .. }) => Some(evidence),
            _ => None,
        })
        .collect();
    for piece in &pieces {
        if anchored.contains(&Sha256Hash::of(&piece.bytes)) {
            chosen.insert(piece.which);
        }
    }
    let heads = earliest(&pieces, plan, own).into_iter().chain(newest(&pieces));
    let heads: BTreeSet<(EvidenceForm, Size)> = heads.collect();
    let over = |piece: &&Piece| heads.contains(&(piece.which.form, piece.which.size));
    chosen.extend(pieces.iter().filter(over).map(|piece| piece.which));
    for piece in pieces.iter().filter(|piece| chosen.contains(&piece.which)) {
        head(reading, piece.which.size, checkpoint, files)?;
        files.insert(format!("data/times/{}", piece.which), piece.bytes.clone());
    }
    if let Some(older) = continues {
        refuse_another(reading, older, checkpoint)?;
        head(reading, older.size, checkpoint, files)?;
    }
    Ok(())
}

/// The heads of which evidence says of each chosen entry how early it was there: of each source
/// the first head over it, and the first that meets the school's own quorum. A reader may trust
/// any one of the sources, or only several together.
fn earliest(pieces: &[Piece], plan: &Plan, own: &Policy) -> BTreeSet<(EvidenceForm, Size)> {
    let mut heads: BTreeMap<(EvidenceForm, &str), BTreeSet<Size>> = BTreeMap::new();
    let mut cosigned: BTreeMap<Size, BTreeSet<&str>> = BTreeMap::new();
    for piece in pieces {
        let Evidence { form, size, .. } = piece.which;
        for source in &piece.sources {
            heads.entry((form, source)).or_default().insert(size);
        }
        cosigned.entry(size).or_default().extend(piece.cosigned(own));
    }
    let met = cosigned.into_iter().filter(|(_, names)| own.is_met(names)).map(|(size, _)| size);
    let met: BTreeSet<Size> = met.collect();
    let mut found = BTreeSet::new();
    for part in plan.parts.iter().filter(|part| part.chosen) {
        let over = Size(part.record.index().0 + 1);
        for ((form, _), sizes) in &heads {
            found.extend(sizes.range(over..).next().map(|size| (*form, *size)));
        }
        found.extend(met.range(over..).next().map(|size| (EvidenceForm::Note, *size)));
    }
    found
}

/// The newest head of each source.
fn newest(pieces: &[Piece]) -> BTreeSet<(EvidenceForm, Size)> {
    let mut newest: BTreeMap<(EvidenceForm, &str), Size> = BTreeMap::new();
    for piece in pieces {
        for source in &piece.sources {
            let known = newest.entry((piece.which.form, source)).or_insert(piece.which.size);
            *known = piece.which.size.max(*known);
        }
    }
    newest.into_iter().map(|((form, _), size)| (form, size)).collect()
}

/// The head of that size, and the proof that the bundle's head extends it.
fn head(
    reading: &Reading,
    size: Size,
    checkpoint: &Checkpoint,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), WorkError> {
    let damaged = || {
        WorkError::refused(
            format!("the stored tree doesn't prove the head of {size} entries"),
            "delete the folder ledger/tiles; it is made again from the journal",
        )
    };
    let root = root(reading, size).ok_or_else(damaged)?;
    let text = head_text(&reading.authority.origin, size, root);
    files.insert(format!("data/times/{size}.txt"), text.into_bytes());
    if size < checkpoint.size {
        let nodes = reading.store.nodes();
        let proof = tree::consistency(nodes, size, checkpoint.size).ok_or_else(damaged)?;
        if !tree::verify_consistency(size, root, checkpoint.size, checkpoint.root, &proof) {
            return Err(damaged());
        }
        let file = consistency_file(&proof).into_bytes();
        files.insert(format!("data/times/{size}.consistency"), file);
    }
    Ok(())
}

fn refuse_another(
    reading: &Reading,
    older: &Checkpoint,
    checkpoint: &Checkpoint,
) -> Result<(), WorkError> {
    let same = older.origin == checkpoint.origin
        && older.size <= checkpoint.size
        && root(reading, older.size) == Some(older.root);
    if same {
        return Ok(());
    }
    Err(WorkError::refused(
        format!(
            "this record book does not continue the head of {} entries ({}) that was given",
            older.size, older.origin
        ),
        "keep both, and tell your data protection officer: probity verify --since FILE says more",
    ))
}
