//! `page`: the evidence page without evidence.

use std::path::PathBuf;

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{Context, Ended};
use crate::page;
use crate::work::{WorkError, bag};

/// Write the empty evidence page: open it in a browser and drop a bundle on it
///
/// Every bundle holds this page with the bundle's own records in it. Whoever doubts the sender
/// opens a page that they got elsewhere, and drops the bundle on that. What a page of this
/// release begins with is always the same; --sha256 prints the SHA-256 of it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Write it to this file
    #[arg(long, short, value_name = "FILE.html")]
    output: Option<PathBuf>,
    /// Print the number and the SHA-256 of the bytes that each page of this release begins with
    #[arg(long, conflicts_with = "output")]
    sha256: bool,
}

/// Runs the command.
///
/// # Errors
/// A file that exists already, or what the system says.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    if args.sha256 {
        let constant = page::constant();
        let (bytes, hash) = (constant.len(), hex::encode(Sha256::digest(&constant)));
        if context.json() {
            context.print_json(&json!({ "bytes": bytes, "sha256": hash }));
        } else {
            context.print(format_args!("{hash}  {bytes}"));
        }
        return Ok(Ended::Well);
    }
    let text = page::empty();
    match &args.output {
        Some(path) => {
            bag::write_new(&context.world, path, &text)?;
            context.say(format_args!(
                "{} is written. Open it in a browser and drop a bundle on it.",
                path.display()
            ));
        }
        None => context.print_bytes(&text),
    }
    Ok(Ended::Well)
}
