//! What every command that signs asks before it does.

use super::record::finish::Choices;

/// Options of every command that signs something.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Confirm {
    /// Don't ask whether it is right
    #[arg(long)]
    yes: bool,
    /// Show exactly what would be signed, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// The date is right, though it is more than 30 days after the last entry
    #[arg(long = "confirm-date")]
    date_is_right: bool,
}

impl Confirm {
    /// How far to go, and how.
    #[must_use]
    pub const fn choices(self) -> Choices {
        Choices { dry_run: self.dry_run, yes: self.yes, request: None }
    }

    /// Whether the date was confirmed.
    #[must_use]
    pub const fn date_confirmed(self) -> bool {
        self.date_is_right
    }
}
