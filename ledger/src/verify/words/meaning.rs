//! A sentence in plain words for each fault.

use crate::book::fault::Code;

/// What a fault means, for somebody who never heard of its name; `None` where the record itself was
/// changed after signing, and for what is told in other sentences. The page has the same ones
/// (`src/page/ui/faults.js`).
pub(super) fn meaning(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::Signature
        | Code::Commitment
        | Code::Typ
        | Code::KindUnknown
        | Code::DoesNotContinue => return None,
        Code::Journal => "What is stored can't be read as it was written.",
        Code::Encoding => "It is not written in the one way in which records are written.",
        Code::Shape => "It lacks a part that every record has, or has one too many.",
        Code::Origin => "It belongs to another record book.",
        Code::Seq => "It does not stand at the place that it says it has.",
        Code::Prev => {
            "It does not follow the record before it: something was changed, removed or put in."
        }
        Code::Document => "A file that came with it is not the one that the record names.",
        Code::Gov => {
            "It does not name the latest record on who may sign: one of those was changed, \
             removed or put in."
        }
        Code::Case => {
            "It does not follow the record before it in its case: something was changed, removed \
             or put in."
        }
        Code::UnknownKey => "It is signed with a key that nobody here was appointed to use.",
        Code::KeyRule => "It names a key that can't be a sound one.",
        Code::NotInForce => "Whoever signed it had no appointment for this role at that time.",
        Code::Fields => "It does not have the fields that a record of its kind has.",
        Code::Clear => "It lacks something that a record of its kind has to say openly.",
        Code::Statement => {
            "It carries what somebody signed elsewhere, and that can't stand there: it is not \
             whole, for another record book or case, or too late."
        }
        Code::Duplicate => "It carries what somebody signed elsewhere a second time.",
        Code::Links => "It does not refer to the earlier records as its kind has to.",
        Code::Role => "It is signed in a role that may not decide this.",
        Code::Governance => "It breaks a rule about who may appoint and revoke.",
        Code::Body => "What is given as its answers can't be read as such.",
        Code::Container => {
            "The file holds something that has no place in an evidence bundle, or lacks \
             something."
        }
        Code::Manifest => {
            "A file in it is not the one that its own list names: it was changed, added or \
             removed after the bundle was made."
        }
        Code::Checkpoint => "The confirmation of how many records there are can't be read.",
        Code::CheckpointSignature => "The confirmation is not signed by the record book's own key.",
        Code::Transparent => "The enclosed receipt does not belong to it.",
        Code::Times => {
            "A confirmation that it encloses for an earlier time is not one of this record book."
        }
        Code::Root => {
            "Its records don't give what the confirmation says of them: something was changed, \
             removed or put in."
        }
        Code::Size => "The confirmation counts too few records.",
        Code::Proof => "Nothing proves that it has a place in the record book.",
        Code::Name => "It lies under another number than its own.",
        Code::CopyOfCheckpoint => "Its proof of place belongs to another confirmation.",
        Code::MissingGenesis => "The first record, by which all others are judged, is not there.",
        Code::Genesis => "The first record is not what it has to be.",
        Code::MissingHead => "The newest record that the confirmation counts is not there.",
        Code::GovernanceChain => {
            "The chain of records on who may sign is broken: one of them is missing or was put \
             in."
        }
        Code::Policy => "The enclosed policy names another key than the record book's own.",
        Code::Jsonl => "The enclosed reading copy says something else than the records.",
    })
}
