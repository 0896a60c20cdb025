//! Who holds the secret of a key that isn't in a file of its own: `keys/NAME.held`, in place of
//! `keys/NAME.pem`.
//!
//! ```text
//! holder = "ssh-agent"                     found there by the public key in NAME.pub
//!
//! holder = "pkcs11"
//! module = "/usr/lib/…/libexample.so"      the library of the token's maker
//! token = "LABEL"
//! serial = "SERIAL"
//! key = "a1b2"                             the key's id on the token, hexadecimal
//! ```
//!
//! It holds no secret: no passphrase, no PIN.
//!
//! What this does not protect: the library that a file names is run within this program. Whoever
//! can write into `keys/` could name another one, as they could exchange the program. So a home
//! from elsewhere brings none along: a library in the home's own folder, or one that every user of
//! the machine may change, is refused; and no backup is asked which to load (`restore` leaves those
//! files out).

use std::fmt;
use std::path::{Path, PathBuf};

use probity_keys::{PublicKey, Signer};
use probity_ledger::format::clip::clipped;
use serde::{Deserialize, Serialize};

use self::agent::Offered;
use super::keyring::{KeyFile, Keyring, Passphrase};
use super::{WorkError, World, input};

pub mod agent;
pub mod login;
#[cfg(any(unix, windows))]
pub mod token;

/// Who holds a key's secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// An encrypted file here.
    File,
    /// A program that holds keys for `ssh`.
    Agent,
    /// A device, or a program that acts as one.
    Token(TokenKey),
    /// Nobody here.
    Elsewhere,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("a file here"),
            Self::Agent => f.write_str("ssh-agent"),
            Self::Token(key) => write!(f, "token {}", key.token),
            Self::Elsewhere => f.write_str("elsewhere"),
        }
    }
}

/// A key on a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenKey {
    /// The library through which the token is spoken to.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// Its serial number.
    pub serial: String,
    /// The key's id on it, hexadecimal.
    pub key: String,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "holder", rename_all = "kebab-case", deny_unknown_fields)]
enum Written {
    SshAgent {},
    Pkcs11(TokenKey),
}

impl Holder {
    /// The one word for it in data.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Agent => "ssh-agent",
            Self::Token(_) => "pkcs11",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// The label of the token that holds it.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        match self {
            Self::Token(key) => Some(&key.token),
            _ => None,
        }
    }

    /// Where the secret that protects the key is changed.
    #[must_use]
    pub const fn own_secret(&self) -> &'static str {
        match self {
            Self::Agent => {
                "change the passphrase of the key's own file with `ssh-keygen -p -f FILE`; the agent \
                 keeps none"
            }
            Self::Token(_) => "change the token's PIN with the program of its maker",
            Self::File | Self::Elsewhere => "sign where it lies",
        }
    }

    /// The text of `NAME.held`; none for a key that needs no such file.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        let written = match self {
            Self::Agent => Written::SshAgent {},
            Self::Token(key) => Written::Pkcs11(key.clone()),
            Self::File | Self::Elsewhere => return None,
        };
        let table = toml::to_string(&written).ok()?;
        Some(format!("# Where the secret of this key is held.\n{table}"))
    }

    /// Reads the text of `NAME.held`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let written: Written =
            toml::from_str(text).map_err(|error| input::toml_fault(&error, 300))?;
        match written {
            Written::SshAgent {} => Ok(Self::Agent),
            Written::Pkcs11(key) if hex::decode(&key.key).is_ok() => Ok(Self::Token(key)),
            Written::Pkcs11(key) => Err(format!(
                "`{}` is no key id, expected hexadecimal digits",
                clipped(&key.key, 60)
            )),
        }
    }
}

/// What somebody is asked for before a key signs.
#[derive(Clone, Copy, Debug)]
pub enum Secret<'a> {
    /// The passphrase of the key file of that name.
    Passphrase(&'a str),
    /// The PIN of a token, so that the key of that name signs.
    Pin {
        /// The name that the key goes by.
        name: &'a str,
        /// The token's label.
        token: &'a str,
    },
}

impl Secret<'_> {
    /// The question, as it is put.
    #[must_use]
    pub fn question(&self) -> String {
        match self {
            Self::Passphrase(name) => format!("Passphrase for {name}: "),
            Self::Pin { name, token } => format!("PIN of the token {token}, for {name}: "),
        }
    }
}

/// Asks somebody for a secret.
pub type Ask<'a> = &'a dyn Fn(&Secret<'_>) -> Result<Passphrase, WorkError>;

/// Takes a key of the ssh-agent as a person's: the one that is named by its file or fingerprint,
/// or the only one that can sign here.
///
/// # Errors
/// No agent, no such key, several and none named, one of another type, one that logs its holder in
/// (unless `even_login`), or a name that is taken.
pub fn take_from_agent(
    keyring: &Keyring,
    name: &str,
    wanted: Option<&str>,
    even_login: bool,
) -> Result<(KeyFile, Offered), WorkError> {
    let (offered, key) = agent::choose(wanted)?;
    let named = login::folder().and_then(|folder| login::named_in(&folder, &offered));
    if let Some(file) = named.filter(|_| !even_login) {
        return Err(WorkError::refused(
            format!(
                "the key {} also logs in: {} names it. With a key that logs in, other machines have \
                 data signed that they choose in part; these can't be taken for a record, but what \
                 happens to the one use then happens to the other",
                offered.words(),
                file.display()
            ),
            "make one for this alone with `ssh-keygen -t ed25519`, or say --even-if-it-logs-in",
        ));
    }
    Ok((keyring.keep_held(name, &key, &Holder::Agent)?, offered))
}

/// Takes a key of a token as a person's, or has the token make one.
///
/// # Errors
/// As [`token::take`], or a name that is taken.
#[cfg(any(unix, windows))]
pub fn take_from_token(
    world: &World,
    keyring: &Keyring,
    name: &str,
    choice: &token::Choice,
    ask: Ask<'_>,
) -> Result<KeyFile, WorkError> {
    // Before a token makes a key for nobody.
    keyring.refuse_taken(name)?;
    let (held, key) = token::take(world, keyring.home(), name, choice, ask)?;
    keyring.keep_held(name, &key, &Holder::Token(held))
}

/// What signs for a key that is held elsewhere.
///
/// # Errors
/// A holder that isn't there, doesn't have the key or won't have it used; or nobody to be asked.
pub(super) fn signer(
    (name, public): (&str, &PublicKey),
    holder: &Holder,
    home: &Path,
    ask: Ask<'_>,
) -> Result<Box<dyn Signer>, WorkError> {
    match holder {
        #[cfg(any(unix, windows))]
        Holder::Token(held) => Ok(Box::new(token::OnToken::open((name, public), held, home, ask)?)),
        Holder::Agent => Ok(Box::new(agent::AgentKey::open(name, public)?)),
        _ => Err(WorkError::refused(
            format!("the private key of `{name}` is not on this machine"),
            "sign where it lies: ask for it with `--request FILE`, where the command takes that",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_key_is_held_is_read_as_it_was_written() {
        let token = TokenKey {
            module: "/usr/lib/token \"one\".so".into(),
            token: "School = token".to_owned(),
            serial: "0042".to_owned(),
            key: "a1b2".to_owned(),
        };
        for holder in [Holder::Agent, Holder::Token(token)] {
            let text = holder.to_text().expect("it is written down");
            assert_eq!(Holder::parse(&text), Ok(holder), "{text}");
        }
        assert_eq!(Holder::File.to_text(), None);
        for bad in [
            "",
            "holder = \"gpg\"",
            "holder = \"ssh-agent\"\npin = \"1234\"",
            "holder = \"pkcs11\"",
            "holder = \"pkcs11\"\nmodule = \"/a\"\ntoken = \"t\"\nserial = \"1\"\nkey = \"xyz\"",
            "holder = \"pkcs11\"\nmodule = \"/a\"\ntoken = \"t\"\nserial = \"1\"\nkey = \"a1\"\npin = \"1\"",
        ] {
            assert!(Holder::parse(bad).is_err(), "{bad}");
        }
        // What somebody wrote there is repeated only in its beginning.
        let long = "x".repeat(60_000);
        let token = "holder = \"pkcs11\"\nmodule = \"/a\"\ntoken = \"t\"\nserial = \"1\"\nkey =";
        for bad in [format!("holder = \"{long}\""), format!("{token} \"{long}\"")] {
            let why = Holder::parse(&bad).expect_err("refused");
            assert!(why.len() < 1000, "{} bytes", why.len());
        }
    }
}
