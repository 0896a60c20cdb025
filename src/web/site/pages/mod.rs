//! The parts of the page: one file each, with its own routes.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    reason = "every page is a function of a visit, and of fields, with an answer"
)]

use axum::Router;

use super::{Shared, Site};

mod about;
mod backup;
mod breach;
mod cases;
mod chain;
mod due;
mod entry;
mod erase;
mod export;
mod feed;
mod front;
mod held;
mod job;
mod letters;
mod outside;
mod people;
mod practice;
mod record;
mod registers;
mod search;
mod settings;
mod shown;
mod signing;
mod start;
mod unlock;
mod verify;
mod waiting;

/// Removes files that are of no use any more: bundles that were made, and requests that were read.
pub fn sweep(site: &Site) {
    export::sweep(site);
    waiting::sweep(site);
}

/// Every address of the page.
pub fn routes() -> Router<Shared> {
    let parts = [
        about::routes(),
        backup::routes(),
        breach::routes(),
        cases::routes(),
        chain::routes(),
        due::routes(),
        entry::routes(),
        erase::routes(),
        export::routes(),
        feed::routes(),
        front::routes(),
        held::routes(),
        job::routes(),
        outside::routes(),
        people::routes(),
        practice::routes(),
        record::routes(),
        registers::routes(),
        search::routes(),
        settings::routes(),
        start::routes(),
        unlock::routes(),
        verify::routes(),
        waiting::routes(),
    ];
    parts.into_iter().fold(Router::new(), Router::merge)
}
