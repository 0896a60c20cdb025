//! Outside evidence in a bundle: what the enclosed anchors name, for each chosen entry the earliest
//! evidence over it, the newest of each source, and the head that a bundle is to continue.
//!
//! Nothing of it is judged here: whom to trust is the reader's affair. So "earliest" goes by the
//! smallest head over an entry, of each kind of evidence, which no later one can precede.

use std::collections::{BTreeMap, BTreeSet};

use probity_ledger::book::clear::ClearFields;
use probity_ledger::format::cosignature::with_lines;
use probity_ledger::format::hash::{RootHash, Sha256Hash, Size};
use probity_ledger::format::note::{Checkpoint, head_text};
use probity_ledger::format::timestamp::Token;
use probity_ledger::format::tree;
use probity_ledger::verify::times::consistency_file;

use super::plan::Plan;
use crate::store::{Evidence, EvidenceForm, Store as _};
use crate::work::WorkError;
use crate::work::reading::Reading;

/// A piece of evidence that fits the ledger.
struct Piece {
    which: Evidence,
    bytes: Vec<u8>,
    /// Who gave it, by its own word.
    sources: BTreeSet<String>,
}

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
    checkpoint: &Checkpoint,
    continues: Option<&Checkpoint>,
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
    for form in [EvidenceForm::Note, EvidenceForm::Token] {
        for part in plan.parts.iter().filter(|part| part.chosen) {
            let over = |piece: &&Piece| {
                piece.which.form == form && piece.which.size.0 > part.record.index().0
            };
            let earliest = pieces.iter().filter(over).map(|piece| piece.which.size).min();
            chosen.extend(
                pieces
                    .iter()
                    .filter(|piece| piece.which.form == form && Some(piece.which.size) == earliest)
                    .map(|piece| piece.which),
            );
        }
    }
    let mut newest: BTreeMap<(EvidenceForm, &str), Evidence> = BTreeMap::new();
    for piece in &pieces {
        for source in &piece.sources {
            newest.insert((piece.which.form, source), piece.which);
        }
    }
    chosen.extend(newest.into_values());
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

/// The evidence that is about this ledger's own heads.
fn pieces(reading: &Reading, most: Size) -> Result<Vec<Piece>, WorkError> {
    let mut found = Vec::new();
    for which in reading.store.evidence()? {
        let root =
            (2..=most.0).contains(&which.size.0).then(|| root(reading, which.size)).flatten();
        let Some(root) = root else { continue };
        let text = head_text(&reading.authority.origin, which.size, root);
        let bytes = reading.store.read_evidence(which)?;
        let sources = match which.form {
            EvidenceForm::Token => {
                let token = Token::read(&bytes, text.as_bytes()).ok();
                token.map(|token| BTreeSet::from([token.authority]))
            }
            EvidenceForm::Note => {
                let log = reading.authority.log_key(which.size);
                let note = Checkpoint::parse(&bytes).ok().filter(|note| note.text() == text);
                let note = note.filter(|note| log.is_some_and(|log| note.verify(log).is_ok()));
                let names = |note: &Checkpoint| {
                    let others = note.lines().filter(|line| line.name() != note.origin);
                    others.map(|line| line.name().to_owned()).collect()
                };
                note.as_ref().map(names)
            }
        };
        // What doesn't fit would make the bundle faulty; `verify` tells of it.
        found.extend(sources.map(|sources| Piece { which, bytes, sources }));
    }
    Ok(found)
}

fn root(reading: &Reading, size: Size) -> Option<RootHash> {
    tree::root_at(reading.store.nodes(), size)
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
