//! The parts of the page: one file each, with its own routes.

use axum::Router;

use super::Shared;

mod about;
mod backup;
mod erase;
mod front;
mod job;
mod letters;
mod outside;
mod people;
mod practice;
mod settings;
mod signing;
mod start;
mod unlock;
mod waiting;

/// Every address of the page.
pub fn routes() -> Router<Shared> {
    let parts = [
        about::routes(),
        backup::routes(),
        erase::routes(),
        front::routes(),
        job::routes(),
        outside::routes(),
        people::routes(),
        practice::routes(),
        settings::routes(),
        start::routes(),
        unlock::routes(),
        waiting::routes(),
    ];
    parts.into_iter().fold(Router::new(), Router::merge)
}
