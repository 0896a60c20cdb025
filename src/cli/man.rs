//! `probity man`: the manual pages.

use std::path::{Path, PathBuf};

use super::{Context, Ended};
use crate::work::WorkError;

/// Print the manual page, or write one page for each command
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Write probity.1 and a page for each command into this folder
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// What the system says.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    match &args.dir {
        None => context.print(page()?.trim_end()),
        Some(folder) => {
            let failed = |error| WorkError::file("writing the manual pages to", folder)(error);
            write_pages(folder).map_err(failed)?;
            context.say(format!("Manual pages are in {}.", folder.display()));
        }
    }
    Ok(Ended::Well)
}

/// The command line without `help`, which needs no page of its own.
fn command() -> clap::Command {
    super::command().disable_help_subcommand(true)
}

fn page() -> Result<String, WorkError> {
    let mut bytes = Vec::new();
    clap_mangen::Man::new(command()).render(&mut bytes).map_err(|error| {
        WorkError::refused(format!("the page can't be made: {error}"), "report this")
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn write_pages(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command(), folder)
}

#[cfg(test)]
mod tests {
    use super::{command, page, write_pages};

    #[test]
    fn every_command_has_a_page() {
        assert!(page().expect("a page").starts_with(".ie"));
        let folder = tempfile::tempdir().expect("a folder");
        write_pages(folder.path()).expect("written");
        for command in command().get_subcommands() {
            let page = folder.path().join(format!("probity-{}.1", command.get_name()));
            assert!(page.exists(), "{}", page.display());
        }
    }
}
