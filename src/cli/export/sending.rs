//! How a bundle is made fit for e-mail, and where its password comes from.

use std::path::PathBuf;

use crate::cli::Context;
use crate::cli::context::first_line;
use crate::work::WorkError;
use crate::work::export::Password;

/// The options of an encrypted bundle.
#[derive(Debug, clap::Args)]
pub struct Sending {
    /// Encrypt it for e-mail: a zip by AES-256, which 7-Zip opens; shows a new password
    #[arg(long)]
    pub encrypt: bool,
    /// Encrypt with the password in the first line of this file
    #[arg(long, value_name = "FILE", requires = "encrypt")]
    zip_password_file: Option<PathBuf>,
    /// Ask for the password of the encrypted zip
    #[arg(long, requires = "encrypt", conflicts_with = "zip_password_file")]
    ask_zip_password: bool,
}

impl Sending {
    /// Whether the password is made here, so that it has to be shown.
    pub fn is_made(&self) -> bool {
        self.encrypt && !self.ask_zip_password && self.zip_password_file.is_none()
    }

    /// The password, if there is to be one; asked for before anything is written.
    ///
    /// # Errors
    /// A file that can't be read, a weak password, two that differ, nobody to ask.
    pub fn password(&self, context: &Context) -> Result<Option<Password>, WorkError> {
        if !self.encrypt {
            return Ok(None);
        }
        if let Some(path) = &self.zip_password_file {
            return Password::given(first_line(path)?).map(Some);
        }
        if self.is_made() {
            return Password::generate(&context.world).map(Some);
        }
        if !context.can_ask() {
            return Err(WorkError::refused(
                "the password of the zip is to be asked for, and there is no terminal to ask at",
                "use --zip-password-file FILE, or leave --ask-zip-password out and have one made",
            ));
        }
        context.say(
            "Five or more words, or at least 14 characters with a capital, a number and a symbol.",
        );
        let first = context.ask_secret("Password for the zip: ")?;
        let second = context.ask_secret("The same again: ")?;
        if first != second {
            return Err(WorkError::refused("the two passwords differ", "try again"));
        }
        Password::given(first).map(Some)
    }
}
