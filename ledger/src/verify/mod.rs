//! Bytes and the reader's own trust in, a verdict out.
//!
//! Nothing that is verified is believed: not the store's derived files, not a bundle's
//! policy, not its reading copies. The steps and their order are those of
//! `docs/format.md`, Appendix B.

pub mod bundle;
mod chunks;
pub mod container;
pub mod kept;
mod known;
pub mod ledger;
pub mod look;
pub mod outside;
pub mod remembered;
pub mod since;
pub mod tally;
pub mod times;
mod transparent;
pub mod verdict;
pub mod words;
