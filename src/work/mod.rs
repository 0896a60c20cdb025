//! The school's actions: the only room that joins clock, keys and store. The store draws its own slots,
//! nonces and file names; all other randomness is drawn here.
//!
//! Front ends call it and decide nothing. An action is prepared first, which reads and
//! checks everything and writes nothing; then it is shown in words; then a key is unlocked;
//! only then the lock is taken, the head compared, and the entry signed and appended.

pub mod anchor;
pub mod backup;
pub mod bag;
pub mod batch;
pub mod book;
pub mod chain;
pub mod checkpoint;
mod circumstances;
pub mod compose;
mod desk;
pub mod document;
pub mod drafts;
pub mod due;
pub mod elsewhere;
pub mod erase;
pub mod error;
pub mod export;
pub mod follow;
pub mod forms;
pub mod given;
pub mod hidden;
pub mod history;
pub mod holder;
pub mod home;
pub mod import;
pub mod init;
pub mod input;
pub mod keyring;
pub mod looks;
pub mod minute;
pub mod notice;
mod outside;
pub mod overview;
mod paper;
pub mod pdf;
pub mod people;
pub mod preview;
pub mod reading;
pub mod record;
pub mod register;
pub mod schedule;
pub mod search;
pub mod seen;
pub mod shelf;
pub mod sight;
pub mod sign;
pub mod start;
pub mod static_tiles;
pub mod synced;
pub mod texts;
pub mod time;
pub mod timestamp;
pub mod tour;
pub mod verify;
pub mod waiting;
pub mod ways;
pub mod witness;
pub mod witnesses;
pub mod world;

pub use error::WorkError;
pub use world::World;
