//! What the entries add up to: who may sign, what is complete, what happened to an entry
//! since.

pub mod acts;
pub mod authority;
pub mod clear;
pub mod fault;
pub mod judge;
