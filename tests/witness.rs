//! Witnesses: a school and a council that share nothing but files, and then a network; a
//! history that was rewritten with the school's real keys; and what a witness answers to
//! anybody who asks.

mod common;

#[path = "witness/ahead.rs"]
mod ahead;
#[path = "witness/aics.rs"]
mod aics;
#[path = "witness/council.rs"]
mod council;
#[path = "witness/files.rs"]
mod files;
#[path = "witness/history.rs"]
mod history;
#[path = "witness/network.rs"]
mod network;
#[path = "witness/statuses.rs"]
mod statuses;
