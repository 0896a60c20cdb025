//! What is refused, with nothing written: each with one fact and one remedy on a line of its
//! own, and exit status 2.

mod common;

#[path = "refusals/answers.rs"]
mod answers;
#[path = "refusals/authority.rs"]
mod authority;
#[path = "refusals/breach.rs"]
mod breach;
#[path = "refusals/damaged.rs"]
mod damaged;
#[path = "refusals/meanwhile.rs"]
mod meanwhile;
#[path = "refusals/places.rs"]
mod places;
