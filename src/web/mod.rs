//! The one room that speaks to a network. The page in which people keep a school's records is
//! [`site`]; a witness's server is [`witness`], and a school's client [`submit`], both C2SP
//! tlog-witness; [`stamp`] asks a timestamp service. For whom these two ask, [`sender`] says.
//! [`listen`] takes connections for both servers.
//!
//! What comes over a network is bytes from anybody: it is bounded in size and time, and nothing of
//! it is believed before `work` has checked it. What is sent to other machines ([`submit`],
//! [`stamp`]) holds no more of a ledger than its origin, its size, hashes and signatures.

pub mod listen;
pub mod sender;
pub mod site;
pub mod stamp;
pub mod submit;
pub mod witness;
