//! The parts of the page: one file each, with its own routes.

use axum::Router;

use super::Shared;

mod about;
mod front;
mod job;
mod unlock;

/// Every address of the page.
pub fn routes() -> Router<Shared> {
    [about::routes(), front::routes(), job::routes(), unlock::routes()]
        .into_iter()
        .fold(Router::new(), Router::merge)
}
