//! Whole matters as a school would enter them, each from its first record to its last. The answers
//! lie beside, in the documents that `--from-json` takes, and are examples for people, too.

mod common;

#[path = "walks/zoom.rs"]
mod zoom;
