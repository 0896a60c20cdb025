//! The one room that speaks to a network: a witness's server ([`serve`]) and a school's client
//! ([`submit`]), both C2SP tlog-witness, and the asking of a timestamp service ([`stamp`]).
//!
//! What comes over a network is bytes from anybody: each answer is bounded in size and time, and
//! nothing of it is believed before `work` has checked the signatures. Nothing that is sent or
//! answered here holds more of a ledger than its origin, its size, hashes and signatures.

pub mod serve;
pub mod stamp;
pub mod submit;
