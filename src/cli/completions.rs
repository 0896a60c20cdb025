//! `probity completions`: what a shell needs to complete the command line.

use clap_complete::Shell;

use super::{Context, Ended};
use crate::work::WorkError;

/// Print what a shell needs to complete this program's commands
///
/// For bash: probity completions bash > ~/.local/share/bash-completion/completions/probity
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which shell
    shell: Shell,
}

/// Runs the command.
///
/// # Errors
/// None.
#[allow(clippy::unnecessary_wraps, reason = "every command has this shape")]
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    context.print(script(args.shell).trim_end());
    Ok(Ended::Well)
}

fn script(shell: Shell) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut super::command(), "probity", &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;
    use clap_complete::Shell;

    use super::script;

    #[test]
    fn every_shell_learns_every_command() {
        for shell in Shell::value_variants() {
            let script = script(*shell);
            for command in crate::cli::command().get_subcommands() {
                assert!(script.contains(command.get_name()), "{shell}: {}", command.get_name());
            }
        }
    }
}
