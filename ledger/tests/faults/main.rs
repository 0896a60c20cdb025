//! Every fault that a verifier can name, each made on purpose: in whole ledgers, in bundles,
//! and where it can stand in both, in both.

#[path = "../common/mod.rs"]
mod common;

mod authority;
mod bundles;
mod chain;
mod containers;
mod erasing;
mod flips;
mod heads;
mod looks;
mod many;
mod newer;
mod outside;
mod records;
mod remembered;
mod reports;
mod since;
mod statements;
mod transparent;
mod unjudged;
