//! Signing where the record book isn't: a request goes out, a statement comes back, and somebody
//! at the school enters it.
//!
//! ```text
//! school   a record is prepared as always, but not signed: a request (everything that is to be
//!          signed, with its answers, salts and files) is kept in requests/ and given out
//! signer   recomputes every commitment and every file's hash, shows it in words, signs: a
//!          statement, which holds commitments and clear fields, and no answer
//! school   finds the request that the statement answers, and enters both in one entry
//! ```
//!
//! A request holds the answers and files in the clear, in both places. The school's copy is for
//! its owner's eyes only, and not encrypted: the keys to everything else lie beside it. It is
//! removed when its statement is entered, when it is taken back or when it has expired. The copy that was given out is
//! the signer's to destroy.
//!
//! What this doesn't protect: a signer believes the school's program about what linked entries
//! say and about its findings; only their hashes are signed. And until a statement expires,
//! whoever has it and an appointment in force decides whether and when it is entered.

mod entering;
mod pending;
mod request;
mod signing;

pub(super) use pending::promised;

pub use entering::{Entering, enter, keep_request, prepare, request as make_request};
pub use pending::{Pending, waiting, withdraw};
pub use request::{MAX_REQUEST, Request, Wish};
pub use signing::{Asked, Given, given_files, read as read_request};

/// How long a request can be answered, if nothing else is said: in days.
pub const DAYS: u16 = 14;
