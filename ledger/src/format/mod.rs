//! The bytes of the ledger, as `docs/format.md` describes them.

pub mod body;
pub mod cbor;
pub mod clip;
pub mod cosignature;
pub mod entry;
pub mod hash;
pub mod jsonl;
pub mod key_notice;
pub mod note;
pub mod policy;
pub mod proof;
pub mod receipt;
pub mod signed;
pub mod statement;
pub mod submission;
pub mod timestamp;
pub mod tree;
