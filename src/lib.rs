//! The program: everything that touches a disk, a clock, the environment or a terminal.

pub mod cli;
pub mod page;
pub mod parallel;
pub mod store;
pub mod web;
pub mod work;
