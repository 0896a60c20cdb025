//! Secret keys in files, in the public formats that other tools read.
//!
//! | what | PEM label | content |
//! |---|---|---|
//! | a person's key | `ENCRYPTED PRIVATE KEY` | PKCS#8 `EncryptedPrivateKeyInfo` (RFC 5958 §3), PBES2 (RFC 8018 §6.2) |
//! | a log's key | `PRIVATE KEY` | PKCS#8 `PrivateKeyInfo` (RFC 5958 §2), not encrypted: the log signs unattended |
//!
//! The algorithm is id-Ed25519, 1.3.101.112, without parameters (RFC 8410 §3); the private
//! key is an octet string within an octet string (RFC 8410 §7).
//!
//! Files are written as version 1 keys, without the public key, under scrypt with N = 2¹⁴,
//! r = 8, p = 5 and AES-256-CBC: OpenSSL 3.0 refuses a version 2 key, and its limit on memory
//! refuses scrypt at N = 2¹⁵. Reading is wider: versions 1 and 2, scrypt or PBKDF2 with
//! HMAC-SHA-2, AES in CBC or GCM mode.
//!
//! Neither mode named by PBES2 that OpenSSL writes is authenticated: a wrong passphrase is
//! seen by what it decrypts to, which also is how a damaged file looks. Whoever can write
//! to the file can destroy the key, or put another in its place; the ledger sees that the
//! public key is not the one appointed.

use ::pkcs8::der::asn1::OctetStringRef;
use ::pkcs8::der::pem::{LineEnding, PemLabel};
use ::pkcs8::der::{self, Decode, ErrorKind, Reader, SecretDocument, SliceReader};
use ::pkcs8::pkcs5::{self, EncryptionScheme, pbes2, scrypt};
use ::pkcs8::{AlgorithmIdentifierRef, EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};
use ed25519_dalek::pkcs8::{ALGORITHM_ID, ALGORITHM_OID};
use zeroize::Zeroizing;

use crate::pem::{KeyFileError, read_pem};
use crate::signing::SigningKey;
use crate::wipe::wiping_stack;

/// scrypt's log₂ N, r and p in the files that we write (RFC 7914 §2): 16 MiB of memory.
const SCRYPT: (u8, u32, u32) = (14, 8, 5);

/// The most memory, in bytes (128·N·r), that a file may ask scrypt to take.
const MAX_SCRYPT_MEMORY: u64 = 1 << 30;

/// The most work (N·r·p) that a file may ask of scrypt: about a minute.
const MAX_SCRYPT_WORK: u64 = 1 << 26;

/// The most rounds that a file may ask of PBKDF2 (the most that RFC 8018 §4.2 speaks of).
pub(crate) const MAX_PBKDF2_ROUNDS: u32 = 10_000_000;

/// What it takes to try one passphrase on a key file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpeningCost {
    /// Bytes of memory (128·N·r for scrypt, none for PBKDF2): at most 1 GiB.
    pub memory: u64,
    /// N·r·p for scrypt, at most 2²⁶; rounds for PBKDF2, at most 10,000,000.
    pub work: u64,
}

/// What it would take to open a person's key file, told by its outside alone.
///
/// # Errors
///
/// Every [`KeyFileError`] that [`key_from_pem`] gives before it tries the passphrase, so
/// [`KeyFileError::TooCostly`] for a file that asks for more than the limits.
pub fn opening_cost(pem: &str) -> Result<OpeningCost, KeyFileError> {
    const LABEL: &str = EncryptedPrivateKeyInfoRef::PEM_LABEL;
    let file = read_pem(pem, LABEL)?;
    let sealed: EncryptedPrivateKeyInfoRef<'_> =
        file.decode_msg().map_err(|error| encryption_fault(&file, error, LABEL))?;
    check_cost(&sealed.encryption_algorithm, LABEL)
}

/// Whether two person's key files that differ were sealed in one act, told by their outside alone:
/// whoever writes such a file takes salt and initialisation vector anew, also when only the passphrase
/// changes. Then one of the two is the other, damaged.
///
/// # Errors
///
/// As [`opening_cost`], of either.
pub fn sealed_in_one_act(one: &str, other: &str) -> Result<bool, KeyFileError> {
    const LABEL: &str = EncryptedPrivateKeyInfoRef::PEM_LABEL;
    opening_cost(one)?;
    opening_cost(other)?;
    let (one, other) = (read_pem(one, LABEL)?, read_pem(other, LABEL)?);
    if one.as_bytes() == other.as_bytes() {
        return Ok(false);
    }
    let sealed = |file: &SecretDocument| -> Result<_, KeyFileError> {
        let sealed: EncryptedPrivateKeyInfoRef<'_> =
            file.decode_msg().map_err(|error| encryption_fault(file, error, LABEL))?;
        let random = sealed.encryption_algorithm.pbes2().map(|parameters| {
            let salt = match &parameters.kdf {
                pbes2::Kdf::Pbkdf2(kdf) => Some(kdf.salt),
                pbes2::Kdf::Scrypt(kdf) => Some(kdf.salt),
                _ => None,
            };
            (salt, parameters.encryption)
        });
        Ok((random, sealed.encrypted_data.as_bytes().to_vec()))
    };
    let ((one, mine), (other, theirs)) = (sealed(&one)?, sealed(&other)?);
    let random = one.zip(other);
    Ok(mine == theirs || random.is_some_and(|(one, other)| one.0 == other.0 || one.1 == other.1))
}

/// Opens a person's key file: `pem` is the text of the file, `passphrase` its bytes.
///
/// # Errors
///
/// [`KeyFileError::WrongPassphrase`] if the file is sound as far as can be seen but doesn't
/// open; every other [`KeyFileError`] for a file that no passphrase makes a usable key.
pub fn key_from_pem(pem: &str, passphrase: &[u8]) -> Result<SigningKey, KeyFileError> {
    wiping_derived(|| open(pem, passphrase))
}

/// As [`wiping_stack`], and opens nothing with no passphrase after the work. The key that a
/// passphrase derived is still in registers that AES alone uses, and whoever saves registers later
/// (as the loader does at a thread's first use of its own variables) would write it to the stack,
/// which is wiped by then.
fn wiping_derived<T>(work: impl FnOnce() -> T) -> T {
    wiping_stack(|| {
        let result = work();
        open_nothing();
        result
    })
}

fn open_nothing() {
    let cost = scrypt::Params::new(1, SCRYPT.1, 1).map_err(|_| pkcs5::Error::DecryptFailed);
    let nothing = cost
        .and_then(|cost| pbes2::Parameters::generate_scrypt_aes256cbc(cost, &[0; 16], [0; 16]))
        .and_then(|parameters| parameters.decrypt([], &[0; 64]));
    debug_assert!(nothing.is_err(), "zeros are no padding");
}

fn open(pem: &str, passphrase: &[u8]) -> Result<SigningKey, KeyFileError> {
    const LABEL: &str = EncryptedPrivateKeyInfoRef::PEM_LABEL;
    let file = read_pem(pem, LABEL)?;
    let sealed: EncryptedPrivateKeyInfoRef<'_> =
        file.decode_msg().map_err(|error| encryption_fault(&file, error, LABEL))?;
    check_cost(&sealed.encryption_algorithm, LABEL)?;
    let opened = sealed
        .encryption_algorithm
        .decrypt(passphrase, sealed.encrypted_data.as_bytes())
        .map(Zeroizing::new)
        .map_err(|error| match error {
            pkcs5::Error::DecryptFailed => KeyFileError::WrongPassphrase,
            pkcs5::Error::UnsupportedAlgorithm { oid } => {
                KeyFileError::UnsupportedEncryption { found: oid.to_string() }
            }
            pkcs5::Error::NoPbes1CryptSupport => KeyFileError::UnsupportedEncryption {
                found: sealed.encryption_algorithm.oid().to_string(),
            },
            _ => KeyFileError::Malformed { expected: LABEL },
        })?;
    // One wrong passphrase in 256 leaves padding that looks right; what follows then is noise,
    // which doesn't parse.
    let info = PrivateKeyInfoRef::from_der(&opened).map_err(|_| KeyFileError::WrongPassphrase)?;
    key_from_info(&info, LABEL)
}

/// A person's key as an encrypted file: PEM text with LF line ends.
///
/// `salt` and `iv` must be fresh random bytes for every file written, also when only the
/// passphrase changes. The passphrase's strength is not judged here: see
/// [`check_passphrase`](crate::check_passphrase). Takes about 170 ms and 16 MiB.
#[must_use]
pub fn key_to_pem(key: &SigningKey, passphrase: &[u8], salt: [u8; 16], iv: [u8; 16]) -> String {
    wiping_derived(|| seal(key, passphrase, salt, iv))
}

fn seal(key: &SigningKey, passphrase: &[u8], salt: [u8; 16], iv: [u8; 16]) -> String {
    let (log_n, r, p) = SCRYPT;
    let sealed = scrypt::Params::new(log_n, r, p)
        .map_err(|_| pkcs5::Error::EncryptFailed)
        .and_then(|cost| pbes2::Parameters::generate_scrypt_aes256cbc(cost, &salt, iv))
        .map_err(Into::into)
        .and_then(|parameters| {
            with_info(key, |info| info.encrypt_with_params(parameters, passphrase))
        });
    let mut pem = write_secret(sealed, EncryptedPrivateKeyInfoRef::PEM_LABEL);
    core::mem::take(&mut *pem)
}

/// A log's key as a file that is not encrypted, PEM text with LF line ends. It is secret.
#[must_use]
pub fn log_key_to_pem(key: &SigningKey) -> Zeroizing<String> {
    wiping_stack(|| {
        let info = with_info(key, |info| Ok(SecretDocument::encode_msg(info)?));
        write_secret(info, PrivateKeyInfoRef::PEM_LABEL)
    })
}

/// Reads a log's key file, which is not encrypted.
///
/// # Errors
///
/// A [`KeyFileError`], but never one about a passphrase or encryption; an encrypted file is
/// [`KeyFileError::Label`].
pub fn log_key_from_pem(pem: &str) -> Result<SigningKey, KeyFileError> {
    const LABEL: &str = PrivateKeyInfoRef::PEM_LABEL;
    wiping_stack(|| {
        let file = read_pem(pem, LABEL)?;
        let info = file.decode_msg().map_err(|_| KeyFileError::Malformed { expected: LABEL })?;
        key_from_info(&info, LABEL)
    })
}

/// Why the outer structure of an encrypted file didn't parse: it isn't one, or it names an
/// algorithm, possibly with parameters of its own, that is not known here.
fn encryption_fault(
    file: &SecretDocument,
    error: der::Error,
    expected: &'static str,
) -> KeyFileError {
    let scheme = SliceReader::new(file.as_bytes()).and_then(|mut reader| {
        reader.sequence(|reader| {
            let scheme = AlgorithmIdentifierRef::decode(reader)?;
            <&OctetStringRef>::decode(reader)?;
            Ok::<_, der::Error>(scheme.oid)
        })
    });
    let unknown = match (scheme, error.kind()) {
        (Ok(scheme), _) if scheme != pbes2::PBES2_OID => scheme,
        (_, ErrorKind::OidUnknown { oid }) => oid,
        _ => return KeyFileError::Malformed { expected },
    };
    KeyFileError::UnsupportedEncryption { found: unknown.to_string() }
}

/// Refuses parameters without sense, and those that would exhaust the machine before the
/// passphrase is even tried.
fn check_cost(
    scheme: &EncryptionScheme,
    expected: &'static str,
) -> Result<OpeningCost, KeyFileError> {
    let Some(parameters) = scheme.pbes2() else {
        return Ok(OpeningCost::default()); // PBES1, which decryption refuses.
    };
    let mut cost = OpeningCost::default();
    let (makes_sense, fits, found) = match &parameters.kdf {
        pbes2::Kdf::Pbkdf2(kdf) => {
            let rounds = kdf.iteration_count;
            let found = format!("PBKDF2 with {rounds} rounds");
            cost.work = rounds.into();
            (rounds > 0, rounds <= MAX_PBKDF2_ROUNDS, found)
        }
        pbes2::Kdf::Scrypt(kdf) => {
            let (n, r, p) = (kdf.cost_parameter, kdf.block_size, kdf.parallelization);
            let rows = n.saturating_mul(r.into());
            cost.memory = rows.saturating_mul(128);
            cost.work = rows.saturating_mul(p.into());
            let fits = cost.memory <= MAX_SCRYPT_MEMORY && cost.work <= MAX_SCRYPT_WORK;
            let found = format!("scrypt with N {n}, r {r}, p {p}");
            // RFC 7914 section 2. The library beneath does not look for N = 0 itself.
            (n > 1 && n.is_power_of_two() && r > 0 && p > 0, fits, found)
        }
        other => {
            return Err(KeyFileError::UnsupportedEncryption { found: other.oid().to_string() });
        }
    };
    if !makes_sense {
        Err(KeyFileError::Malformed { expected })
    } else if !fits {
        Err(KeyFileError::TooCostly { found })
    } else {
        Ok(cost)
    }
}

/// The key in a decrypted structure.
fn key_from_info(
    info: &PrivateKeyInfoRef<'_>,
    label: &'static str,
) -> Result<SigningKey, KeyFileError> {
    if info.algorithm.oid != ALGORITHM_OID {
        return Err(KeyFileError::NotEd25519 { found: info.algorithm.oid.to_string() });
    }
    let malformed = || KeyFileError::Malformed { expected: label };
    // The inner octet string: its tag, its length of 32, the seed.
    let seed = match info.private_key.as_bytes() {
        [0x04, 0x20, seed @ ..] => Zeroizing::new(seed.try_into().map_err(|_| malformed())?),
        _ => return Err(malformed()),
    };
    if info.algorithm.parameters.is_some() {
        return Err(malformed());
    }
    let key = SigningKey::from_seed(*seed);
    if let Some(bits) = info.public_key {
        let found = bits.as_bytes().ok_or_else(malformed)?;
        let expected = key.public().to_bytes();
        if found != expected {
            return Err(KeyFileError::PublicKeyDiffers {
                found: hex::encode(found.get(..32).unwrap_or(found)),
                expected: hex::encode(expected),
            });
        }
    }
    Ok(key)
}

/// Hands `use_info` the version 1 structure of `key`, and wipes it afterwards.
fn with_info<T>(
    key: &SigningKey,
    use_info: impl FnOnce(&PrivateKeyInfoRef<'_>) -> ::pkcs8::Result<T>,
) -> ::pkcs8::Result<T> {
    let mut inner = Zeroizing::new([0; 34]);
    inner[..2].copy_from_slice(&[0x04, 0x20]);
    inner[2..].copy_from_slice(&*key.seed());
    use_info(&PrivateKeyInfoRef::new(ALGORITHM_ID, OctetStringRef::new(&*inner)?))
}

/// The PEM text of a structure that was just made.
fn write_secret(
    document: ::pkcs8::Result<SecretDocument>,
    label: &'static str,
) -> Zeroizing<String> {
    document
        .and_then(|document| Ok(document.to_pem(label, LineEnding::LF)?))
        .expect("a key of 32 bytes, and constant parameters within the formats' limits, encode")
}
