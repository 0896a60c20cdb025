//! Which passphrases may protect a person's key.
//!
//! The school's password policy asks for at least 14 characters with a capital letter, a
//! number and a symbol, and holds a phrase of five or more words to be as good. Here that is:
//! at least 14 characters in either case, and then either all three sorts of character or
//! five different words. Characters are Unicode scalar values; a symbol is anything that is
//! neither letter nor number, white space nor control; words are separated by white space or
//! hyphens, contain a letter, and are told apart without regard to case.
//!
//! The rule can't tell a well-known line of verse from five words drawn at random, and makes
//! no passphrase expire. Where the same passphrase can be typed as different code points (an
//! accent by itself or with its letter), it is for the caller to settle on one before it
//! checks or uses it: here a passphrase is its bytes.

use core::fmt;
use std::collections::BTreeSet;

/// The least number of characters in a passphrase.
pub const MIN_CHARACTERS: usize = 14;

/// The least number of different words in a phrase that needs no capital, number or symbol.
pub const MIN_WORDS: usize = 5;

/// One thing that a passphrase lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MissingFromPassphrase {
    /// It is too short.
    Characters {
        /// How many characters it has.
        found: usize,
    },
    /// It has no capital letter.
    Capital,
    /// It has no number.
    Number,
    /// It has no symbol.
    Symbol,
    /// It has too few words to do without the former three.
    Words {
        /// How many different words it has.
        found: usize,
    },
}

/// What keeps a passphrase from being strong enough, in the order of
/// [`MissingFromPassphrase`]; never empty. Nothing in it repeats the passphrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeakPassphrase {
    /// What is missing.
    pub missing: Vec<MissingFromPassphrase>,
}

/// Checks a new passphrase against the policy. Not asked of keys made elsewhere: a
/// passphrase that opens a file opens it.
///
/// # Errors
///
/// [`WeakPassphrase`], which lists all that is missing at once.
pub fn check_passphrase(passphrase: &str) -> Result<(), WeakPassphrase> {
    use MissingFromPassphrase::{Capital, Characters, Number, Symbol, Words};

    let mut missing = Vec::new();
    let characters = passphrase.chars().count();
    if characters < MIN_CHARACTERS {
        missing.push(Characters { found: characters });
    }
    let words = count_words(passphrase);
    if words < MIN_WORDS {
        let lacks = |sort: fn(char) -> bool| !passphrase.chars().any(sort);
        let mut sorts = Vec::new();
        if lacks(char::is_uppercase) {
            sorts.push(Capital);
        }
        if lacks(char::is_numeric) {
            sorts.push(Number);
        }
        if lacks(is_symbol) {
            sorts.push(Symbol);
        }
        if !sorts.is_empty() {
            sorts.push(Words { found: words });
        }
        missing.append(&mut sorts);
    }
    if missing.is_empty() { Ok(()) } else { Err(WeakPassphrase { missing }) }
}

fn is_symbol(character: char) -> bool {
    !character.is_alphanumeric() && !character.is_whitespace() && !character.is_control()
}

/// How many different words a phrase has.
fn count_words(phrase: &str) -> usize {
    phrase
        .split(|character: char| character.is_whitespace() || character == '-')
        .filter(|word| word.chars().any(char::is_alphabetic))
        .map(str::to_lowercase)
        .collect::<BTreeSet<_>>()
        .len()
}

impl fmt::Display for MissingFromPassphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Characters { found } => {
                write!(f, "{found} characters, expected at least {MIN_CHARACTERS}")
            }
            Self::Capital => f.write_str("no capital letter"),
            Self::Number => f.write_str("no number"),
            Self::Symbol => f.write_str("no symbol"),
            Self::Words { found } => {
                write!(f, "nor {MIN_WORDS} different words instead (found {found})")
            }
        }
    }
}

impl fmt::Display for WeakPassphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the passphrase is too weak: ")?;
        for (place, missing) in self.missing.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{missing}")?;
        }
        Ok(())
    }
}

impl core::error::Error for WeakPassphrase {}
