//! `export --tiles`: the whole ledger for any static web server.

use std::path::Path;

use probity_ledger::verify::words::count;
use serde_json::json;

use super::super::{Context, Ended};
use crate::work::{WorkError, static_tiles};

/// Runs the command.
///
/// # Errors
/// A folder that exists, a log key that isn't here, damage.
pub fn run(context: &Context, folder: &Path) -> Result<Ended, WorkError> {
    let done = static_tiles::export(&context.world, &context.home()?, folder)?;
    let head = &done.checkpoint;
    if context.json() {
        context.print_json(&json!({
            "folder": done.folder.display().to_string(),
            "tiles": done.tiles,
            "origin": head.origin,
            "size": head.size,
            "root": head.root,
        }));
        return Ok(Ended::Well);
    }
    context.print(format_args!(
        "{}  {} in {}",
        done.folder.display(),
        count(head.size.0, "entry", "entries"),
        count(done.tiles, "file", "files"),
    ));
    context.say(
        "\nPut the folder on any web server as it is. Whoever reads it sees every entry as it was signed: \
         the school's name; when, by which key, in which case, kind and role; which keys were appointed as what \
         and revoked; what was decided; what was erased, and on which ground; why a time is said to be wrong. \
         They see no sealed answers (what was written or filled in) and no documents. Give the line in \
         policy.txt to those who follow the ledger by another way than that server.",
    );
    Ok(Ended::Well)
}
