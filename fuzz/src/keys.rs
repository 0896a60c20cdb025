//! Key files: PEM texts of a person's key, of a public key and of a log's key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use probity_keys::{
    SigningKey, key_from_pem, log_key_from_pem, log_key_to_pem, opening_cost, public_from_pem,
    public_to_pem,
};

use super::{seeds, short};

/// The most that this target spends on one passphrase; dearer files are only looked at.
const AFFORDABLE: u64 = 1 << 7;

/// Longest structure that is tried, in bytes: ours have 200.
const LONGEST: usize = 2048;

/// The passphrase of the seeds.
const PASSPHRASE: &[u8] = b"Quite-long enough 4 tests!";

/// Every kind of key file, and the limits on what opening one may cost. What is no PEM text is
/// taken as the structure within one, so that changes reach what base64 hides.
pub fn key_file(data: &[u8]) {
    match std::str::from_utf8(data).ok().filter(|text| text.contains("-----")) {
        Some(pem) => pem_file(pem),
        None if data.len() > LONGEST => {}
        None => {
            for label in ["ENCRYPTED PRIVATE KEY", "PRIVATE KEY", "PUBLIC KEY"] {
                pem_file(&pem(label, data));
            }
        }
    }
}

/// A structure as PEM text (RFC 7468).
fn pem(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in der.chunks(48) {
        text.push_str(&STANDARD.encode(line));
        text.push('\n');
    }
    text + &format!("-----END {label}-----\n")
}

/// The structure in a PEM text of ours or OpenSSL's.
fn der(pem: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(pem);
    let lines = text.lines().filter(|line| !line.starts_with('-'));
    STANDARD.decode(lines.collect::<String>()).expect("a seed is PEM")
}

fn pem_file(pem: &str) {
    match public_from_pem(pem) {
        Ok(key) => {
            let again = public_from_pem(&public_to_pem(&key));
            assert_eq!(again.as_ref(), Ok(&key));
        }
        Err(error) => short(&error),
    }
    match log_key_from_pem(pem) {
        Ok(key) => {
            let again = log_key_from_pem(&log_key_to_pem(&key)).expect("what we write is read");
            assert_eq!(again.public(), key.public());
        }
        Err(error) => short(&error),
    }
    let cost = match opening_cost(pem) {
        Ok(cost) => cost,
        Err(error) => {
            short(&error);
            let opened = key_from_pem(pem, PASSPHRASE).map(|key| key.public());
            assert_eq!(opened, Err(error), "what is refused outside is not opened");
            return;
        }
    };
    assert!(cost.memory <= 1 << 30 && cost.work <= 1 << 26, "{cost:?}");
    if cost.work <= AFFORDABLE {
        // What opens may be another key: PBES2 in CBC mode is not authenticated, and the keyring
        // compares with the public half.
        if let Err(error) = key_from_pem(pem, PASSPHRASE) {
            short(&error);
        }
    }
}

/// A person's key under several schemes, a log's key, a public key.
pub fn seeds() -> Vec<Vec<u8>> {
    let key = SigningKey::from_seed([7; 32]);
    let mut found = vec![
        public_to_pem(&key.public()).into_bytes(),
        log_key_to_pem(&key).as_bytes().to_vec(),
        probity_keys::key_to_pem(&key, PASSPHRASE, [1; 16], [2; 16]).into_bytes(),
    ];
    found.extend(["pbkdf2.pem", "scrypt.pem", "pbes1.pem", "aes128.pem"].map(seeds::made));
    let mut structures: Vec<Vec<u8>> = found.iter().map(|pem| der(pem)).collect();
    // Ours, but with r and p at the limit: one more of either is too much.
    let ours = [2, 2, 0x40, 0, 2, 1, 8, 2, 1, 5];
    for seed in structures.clone() {
        if let Some(at) = seed.windows(ours.len()).position(|part| part == ours) {
            let mut dearest = seed;
            dearest[at + 6] = 64;
            dearest[at + 9] = 64;
            structures.push(dearest);
        }
    }
    found.extend(structures);
    found
}
