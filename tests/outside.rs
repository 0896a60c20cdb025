//! Whom outside confirmed what: timestamps by a service that openssl plays, anchors, bundles that
//! carry them, and a record book that was written anew with its real keys.

mod common;
#[path = "support/tsa.rs"]
mod tsa;

#[path = "outside/quorums.rs"]
mod quorums;
#[path = "outside/rewritten.rs"]
mod rewritten;
#[path = "outside/service.rs"]
mod service;
#[path = "outside/timestamps.rs"]
mod timestamps;
