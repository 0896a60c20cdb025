//! The truth: formats, records, rules and verification. Bytes come in as arguments and
//! go out as results; nothing here touches a disk, a clock, a network or the environment.

pub mod book;
pub mod format;
pub mod records;
pub mod verify;
