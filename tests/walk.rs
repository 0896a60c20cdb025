//! A school from its first record to what an inspector is given, through the program itself.

mod common;

#[path = "walk/bare.rs"]
mod bare;
#[path = "walk/batch.rs"]
mod batch;
#[path = "walk/documents.rs"]
mod documents;
#[path = "walk/encrypting.rs"]
mod encrypting;
#[path = "walk/exporting.rs"]
mod exporting;
#[path = "walk/handed.rs"]
mod handed;
#[path = "walk/handing_out.rs"]
mod handing_out;
#[path = "walk/kinds.rs"]
mod kinds;
#[path = "walk/newcomer.rs"]
mod newcomer;
#[path = "walk/newest.rs"]
mod newest;
#[path = "walk/people.rs"]
mod people;
#[path = "walk/reading.rs"]
mod reading;
#[path = "walk/regulator.rs"]
mod regulator;
#[path = "walk/schemas.rs"]
mod schemas;
#[path = "walk/school.rs"]
mod school;
#[path = "walk/typed.rs"]
mod typed;
#[path = "walk/unprinted.rs"]
mod unprinted;
#[path = "walk/verifying.rs"]
mod verifying;
