//! Anchors: evidence from outside that a signed entry takes into the ledger, so that every later
//! entry is shown not to be older than it.

use std::collections::{BTreeMap, BTreeSet};

use probity_ledger::book::clear::ClearFields;
use probity_ledger::book::due::{Due, State};
use probity_ledger::book::rules::{When, Worked};
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::{Index, Sha256Hash, Size};
use probity_ledger::format::note::{Checkpoint, SignatureLine};
use probity_ledger::format::policy::Policy;
use probity_ledger::format::timestamp::Token;
use probity_ledger::verify::words::day;

use super::checkpoint::known;
use super::home::Home;
use super::keyring::Keyring;
use super::outside::{Piece, pieces};
use super::reading::Reading;
use super::record::kind;
use super::record::{Prepared, Wanted, prepare};
use super::time::local_day;
use super::{WorkError, World, witnesses};
use crate::store::{Evidence, EvidenceForm, Store as _, StoreError};

/// How many days may pass between two anchors.
const DAYS: i64 = 7;

/// An anchor that somebody wants to sign.
#[derive(Clone, Debug)]
pub struct Anchor {
    /// Who signs.
    pub by: String,
    /// In which role.
    pub role: Option<String>,
    /// Whether the date was confirmed.
    pub date_confirmed: bool,
}

/// Prepares an anchor to the newest evidence: the newest of a source that gave none which is
/// anchored and as new. Older evidence would show less than what is anchored already.
///
/// # Errors
/// When there is none that fits this record book and holds, or all of it is dated ahead; where
/// evidence contradicts the book; and everything [`prepare`] refuses.
pub fn anchor(
    world: &World,
    reading: &Reading,
    (keyring, own): (&Keyring, &Policy),
    wanted: &Anchor,
) -> Result<Prepared, WorkError> {
    known::refuse_contradicted(reading, own)?;
    let waiting = newer(reading, own)?;
    let sound = |piece: &Piece| piece.refuse_ahead(world, own).is_ok();
    let Some(Piece { which, bytes, .. }) = waiting.iter().rfind(|piece| sound(piece)) else {
        // What is dated ahead is passed over as long as there is other evidence.
        waiting.iter().rev().try_for_each(|piece| piece.refuse_ahead(world, own))?;
        return Err(WorkError::refused(
            nothing_waits(reading, own)?,
            "get some first: `probity timestamp --tsa URL`, or a witness's signature on a checkpoint",
        ));
    };
    let mut record = Wanted::new(kind("anchor")?, &wanted.by);
    record.role.clone_from(&wanted.role);
    record.date_confirmed = wanted.date_confirmed;
    let which = *which;
    let evidence = Sha256Hash::of(bytes);
    record.clear = Some(ClearFields::Anchor { size: which.size, evidence });
    let (form, source) = described(which, bytes, &reading.authority.origin);
    record.answers.set("evidence-type", Value::text(form));
    if !source.is_empty() {
        record.answers.set("source", Value::text(source));
    }
    prepare(world, reading, keyring, &record)
}

/// The pieces by which a source says more than by what is anchored of it, the newest last.
fn newer(reading: &Reading, own: &Policy) -> Result<Vec<Piece>, WorkError> {
    let named: BTreeSet<Sha256Hash> =
        anchors(reading)?.into_iter().map(|(.., hash)| hash).collect();
    let mut pieces = pieces(reading, reading.store.head().size)?;
    pieces.sort_by_key(|piece| (piece.which.size, piece.which.number));
    let mut anchored: BTreeMap<String, (Size, i64)> = BTreeMap::new();
    for piece in pieces.iter().filter(|piece| named.contains(&Sha256Hash::of(&piece.bytes))) {
        for (source, time) in piece.holding(own) {
            let known = anchored.entry(source).or_insert((Size(0), i64::MIN));
            *known = (*known).max((piece.which.size, time));
        }
    }
    let is_newer = |piece: &Piece| {
        let newer = |(source, time): &(String, i64)| {
            anchored.get(source).is_none_or(|known| (piece.which.size, *time) > *known)
        };
        !named.contains(&Sha256Hash::of(&piece.bytes)) && piece.holding(own).iter().any(newer)
    };
    Ok(pieces.into_iter().filter(is_newer).collect())
}

/// Why there is nothing to anchor.
fn nothing_waits(reading: &Reading, own: &Policy) -> Result<&'static str, WorkError> {
    let pieces = pieces(reading, reading.store.head().size)?;
    Ok(if pieces.is_empty() {
        "there is no evidence from outside yet"
    } else if pieces.iter().all(|piece| piece.holding(own).is_empty()) {
        "none of the evidence from outside is by a witness in policy.txt, or a timestamp"
    } else {
        "no evidence from outside waits to be anchored: none is newer than what is anchored, and holds"
    })
}

/// What a piece of evidence is, and who gave it by its own word.
fn described(which: Evidence, bytes: &[u8], origin: &str) -> (&'static str, String) {
    match which.form {
        EvidenceForm::Token => {
            let token = Token::read_whatever_it_is_over(bytes).ok();
            ("timestamp", token.map_or_else(String::new, |token| token.authority))
        }
        EvidenceForm::Note => {
            let note = Checkpoint::parse(bytes).ok();
            let lines = note.iter().flat_map(Checkpoint::lines).map(SignatureLine::name);
            let names: BTreeSet<&str> = lines.filter(|name| *name != origin).collect();
            ("cosigned-checkpoint", names.into_iter().collect::<Vec<_>>().join(", "))
        }
    }
}

/// The anchors: where, when by their authors' word, and what they name.
fn anchors(reading: &Reading) -> Result<Vec<(Index, i64, Sha256Hash)>, WorkError> {
    let mut found = Vec::new();
    for index in reading.store.governance()? {
        let entry = reading.entry(index)?;
        if entry.says().kind != "anchor" {
            continue;
        }
        if let Some(ClearFields::Anchor { evidence, .. }) = reading.shown(index)?.clear {
            found.push((index, entry.says().time, evidence));
        }
    }
    Ok(found)
}

/// When the next anchor is due, by what was on record at a moment: weekly, once there is evidence
/// from outside, or the school names a witness or a timestamp service.
///
/// # Errors
/// Damage.
pub fn due(home: &Home, reading: &Reading, at: i64) -> Result<Option<Due>, WorkError> {
    let anchored = anchors(reading)?.into_iter().rfind(|(_, time, _)| *time <= at);
    let policy = witnesses::policy(home);
    let waits = policy.and_then(|own| {
        let there = anchored.is_some()
            || (!reading.store.evidence()?.is_empty() && !newer(reading, &own)?.is_empty());
        Ok((own, there))
    });
    let (own, there) = match waits {
        Ok(found) => found,
        Err(
            error @ (WorkError::File { .. }
            | WorkError::Refused { .. }
            | WorkError::Store(StoreError::Io { .. })),
        ) => return Ok(Some(untold(reading, &error))),
        Err(error) => return Err(error),
    };
    if !there && own.witnesses.is_empty() && !home.path().join("tsa-roots.pem").exists() {
        return Ok(None);
    }
    let (entry, limit, words) = if let Some((index, time, _)) = anchored {
        let words = format!("anchored {}; {DAYS} days later", day(time));
        (index, local_day(time + DAYS * 86_400), words)
    } else {
        let words = if there {
            "evidence from outside is there, and none is anchored yet"
        } else {
            "a witness or a timestamp service is named, and no evidence of theirs is here yet"
        };
        let words = words.to_owned();
        (Index(0), local_day(at), words)
    };
    let when = limit.map_or(When::NotKnown, When::Day);
    let overdue = local_day(at).is_some_and(|today| limit.is_some_and(|limit| limit < today));
    Ok(Some(Due {
        rule: "anchor-weekly",
        title: "Anchor due: put outside evidence under the chain (`probity timestamp`, then `probity anchor`)"
            .to_owned(),
        about: None,
        case: None,
        entry,
        when,
        legal: None,
        target: Some(Worked { rule: "anchor-weekly", due: when, words }),
        source: "docs/guide/timestamps.md",
        state: if overdue { State::Overdue } else { State::Open },
        uid: uid(reading),
        corrected: None,
    }))
}

/// That it can't be told, because of a file that can't be read.
fn untold(reading: &Reading, error: &WorkError) -> Due {
    Due {
        rule: "anchor-weekly",
        title: "Anchor: when it is due can't be told, as what is kept from outside can't be read"
            .to_owned(),
        about: Some(error.to_string()),
        case: None,
        entry: Index(0),
        when: When::NotKnown,
        legal: None,
        target: None,
        source: "docs/guide/timestamps.md",
        state: State::Open,
        uid: uid(reading),
        corrected: None,
    }
}

fn uid(reading: &Reading) -> String {
    format!("anchor-{}", &reading.authority.fingerprint.to_string()[..16])
}
