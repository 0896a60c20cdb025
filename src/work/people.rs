//! Who may sign as what: appointing, accepting, revoking, and the keys that they sign with.

mod accept;
mod appoint;
mod keys;
mod revoke;
mod roles;

pub use accept::{accept, accepted_by};
pub use appoint::{Appoint, appoint, key_made, read_public, successor};
pub use keys::{KeyLine, holder, key_of, list};
pub use revoke::{Revoke, revoke};
pub use roles::{other_representatives, role_named, sorted_roles};
