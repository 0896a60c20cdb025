//! A bundle on its way by e-mail: a zip with one member, the bundle's own zip, encrypted as
//! 7-Zip and others do (AES-256 in the form AE-2, key by PBKDF2, HMAC-SHA-1 over what is encrypted).
//!
//! ```text
//! outer.zip
//!   evidence.zip    method 99, AES-256, AE-2 (no checksum of the content), stored within
//! ```
//!
//! The list of a zip's members is never encrypted, whatever the program, so the bundle with its
//! numbers and the hashes of its documents stands one zip deeper. What shows is the size. The old
//! cipher of zip files is broken and not written by anything here. A file of this form derives its
//! key by 1,000 rounds only, so the strength lies in the password: 100 random bits unless somebody
//! brings their own, which has to be as good as a passphrase.
//!
//! What this doesn't protect: whoever has file and password has the records. They go two ways.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use probity_ledger::format::hash::Sha256Hash;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;
use zip::write::SimpleFileOptions;
use zip::{AesMode, CompressionMethod, ZipArchive, ZipWriter};

use crate::work::bag::Part;
use crate::work::keyring::Passphrase;
use crate::work::{WorkError, World};

/// The name of the one member, which everybody can read.
const MEMBER: &str = "evidence.zip";

/// Letters and digits that are neither mistaken for each other by eye nor by case: five bits each.
const DIGITS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

/// Groups of a password that is made here, and digits in each.
const GROUPS: usize = 5;
const GROUP: usize = 4;

/// The password of an encrypted zip.
pub struct Password(Passphrase);

impl Password {
    /// A new one: five groups of four, 100 random bits.
    ///
    /// # Errors
    /// When the system has no random bytes to give.
    pub fn generate(world: &World) -> Result<Self, WorkError> {
        let mut random = Zeroizing::new([0; GROUPS * GROUP]);
        world.fill(&mut *random)?;
        let mut text = Zeroizing::new(String::with_capacity(GROUPS * (GROUP + 1)));
        for (at, byte) in random.iter().enumerate() {
            if at > 0 && at % GROUP == 0 {
                text.push('-');
            }
            // 256 is a multiple of 32, so every digit is as likely as any other.
            text.push(char::from(DIGITS[usize::from(byte % 32)]));
        }
        Ok(Self(text))
    }

    /// One that somebody thought up.
    ///
    /// # Errors
    /// When it is as weak as no passphrase may be, or holds what other programs spell otherwise.
    pub fn given(text: Passphrase) -> Result<Self, WorkError> {
        probity_keys::check_passphrase(&text)?;
        if !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Err(WorkError::refused(
                "the password of the zip holds a character that is not plain ASCII",
                "use English letters, digits and symbols: programs that unpack zips differ about others",
            ));
        }
        Ok(Self(text))
    }

    /// The password, for the one place where it is shown.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Each group with its digits in words, as people spell on the telephone.
    #[must_use]
    pub fn spelt(&self) -> Vec<Zeroizing<String>> {
        let group = |group: &str| {
            let words: Vec<&str> = group.chars().map(spoken).collect();
            Zeroizing::new(format!("{group}   {}", words.join(" ")))
        };
        self.0.split('-').map(group).collect()
    }
}

fn spoken(digit: char) -> &'static str {
    match digit {
        'a' => "alfa",
        'b' => "bravo",
        'c' => "charlie",
        'd' => "delta",
        'e' => "echo",
        'f' => "foxtrot",
        'g' => "golf",
        'h' => "hotel",
        'j' => "juliett",
        'k' => "kilo",
        'm' => "mike",
        'n' => "november",
        'p' => "papa",
        'q' => "quebec",
        'r' => "romeo",
        's' => "sierra",
        't' => "tango",
        'u' => "uniform",
        'v' => "victor",
        'w' => "whisky",
        'x' => "x-ray",
        'y' => "yankee",
        'z' => "zulu",
        '0' => "zero",
        '2' => "two",
        '3' => "three",
        '4' => "four",
        '5' => "five",
        '6' => "six",
        '7' => "seven",
        '8' => "eight",
        '9' => "nine",
        _ => "(as written)",
    }
}

/// Writes the encrypted zip beside its name, and reads it again with the password.
///
/// # Errors
/// When the file exists, what the system says, or what comes out is not what went in.
pub(super) fn write_part(
    world: &World,
    path: &Path,
    bundle: &[u8],
    password: &Password,
) -> Result<Part, WorkError> {
    let (file, part) = Part::begin(world, path)?;
    write(&file, bundle, password).map_err(WorkError::file("writing", part.path()))?;
    let found = read(part.path(), password).map_err(WorkError::file("reading", part.path()))?;
    if found != (bundle.len() as u64, Sha256Hash::of(bundle)) {
        return Err(WorkError::refused(
            format!("{} does not decrypt to what was encrypted", part.path().display()),
            "look at the disk, then try again",
        ));
    }
    Ok(part)
}

fn write(file: &File, bundle: &[u8], password: &Password) -> io::Result<()> {
    // Written as a stream, so that the library keeps to AE-2: AE-1 would show a checksum of the
    // content, by which a guess could be confirmed.
    let mut zip = ZipWriter::new_stream(file);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o600)
        .large_file(bundle.len() >= 1 << 31)
        .with_aes_encryption(AesMode::Aes256, password.text());
    zip.start_file(MEMBER, options).map_err(io::Error::other)?;
    for block in bundle.chunks(1 << 16) {
        zip.write_all(block)?;
    }
    zip.finish().map(drop).map_err(io::Error::other)
}

/// Size and hash of what the password opens. The library checks the code over the whole.
fn read(path: &Path, password: &Password) -> io::Result<(u64, Sha256Hash)> {
    let mut zip =
        ZipArchive::new(io::BufReader::new(File::open(path)?)).map_err(io::Error::other)?;
    let mut member =
        zip.by_index_decrypt(0, password.text().as_bytes()).map_err(io::Error::other)?;
    let (mut hasher, mut size) = (Sha256::new(), 0);
    let mut buffer = Zeroizing::new(vec![0; 1 << 16]);
    loop {
        let read = member.read(&mut buffer)?;
        if read == 0 {
            return Ok((size, Sha256Hash(hasher.finalize().into())));
        }
        hasher.update(&buffer[..read]);
        size += read as u64;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_password_that_is_made_is_five_groups_of_unmistakable_digits_and_never_twice_the_same() {
        let mut seen = BTreeSet::new();
        let mut digits = BTreeSet::new();
        for _ in 0..200 {
            let password = Password::generate(&World::real()).expect("random bytes");
            let groups: Vec<&str> = password.text().split('-').collect();
            assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [4; 5]);
            digits.extend(password.text().bytes().filter(|byte| *byte != b'-'));
            assert!(seen.insert(password.text().to_owned()));
            let spelt = password.spelt();
            assert!(spelt.iter().all(|group| !group.contains("as written")), "{spelt:?}");
        }
        assert_eq!(digits, DIGITS.iter().copied().collect());
        assert_eq!(digits.len(), 32, "each digit is five bits");
    }

    #[test]
    fn a_password_of_ones_own_is_strong_and_plain() {
        let given = |text: &str| Password::given(Zeroizing::new(text.to_owned())).map(|_| ());
        assert!(given("Quite-long enough 4 tests!").is_ok());
        assert!(given("tortoise marmalade viaduct pelican lantern").is_ok());
        assert!(given("Short1!").is_err());
        let refused = given("Quite-long enough 4 tésts!").expect_err("not ASCII").to_string();
        assert!(refused.contains("not plain ASCII") && !refused.contains("sts!"), "{refused}");
    }
}
