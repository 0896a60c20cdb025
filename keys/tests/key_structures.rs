//! Key files that no common tool writes, made here from their structures.

use pkcs8::der::asn1::{BitStringRef, OctetStringRef};
use pkcs8::der::pem::LineEnding;
use pkcs8::der::{Document, Encode, SecretDocument};
use pkcs8::pkcs5::pbes2::{self, Kdf, Parameters, Pbkdf2Params, Pbkdf2Prf, Salt, ScryptParams};
use pkcs8::{
    AlgorithmIdentifierRef, EncryptedPrivateKeyInfoRef, ObjectIdentifier, PrivateKeyInfoRef,
    SubjectPublicKeyInfoRef,
};
use probity_keys::{
    KeyFault, KeyFileError, SigningKey, key_from_pem, log_key_from_pem, public_from_pem,
};

const ED25519: AlgorithmIdentifierRef<'static> =
    AlgorithmIdentifierRef { oid: ObjectIdentifier::new_unwrap("1.3.101.112"), parameters: None };

fn key() -> SigningKey {
    SigningKey::from_seed([0x2a; 32])
}

/// A secret key structure around `inner`, with a public key if there is one (version 2).
fn info<T>(
    inner: &[u8],
    public: Option<&[u8]>,
    use_info: impl FnOnce(PrivateKeyInfoRef<'_>) -> T,
) -> T {
    use_info(PrivateKeyInfoRef {
        algorithm: ED25519,
        private_key: OctetStringRef::new(inner).expect("short"),
        public_key: public.map(|bytes| BitStringRef::new(0, bytes).expect("short")),
    })
}

fn plain_pem(inner: &[u8], public: Option<&[u8]>) -> String {
    info(inner, public, |info| {
        let document = SecretDocument::encode_msg(&info).expect("encodes");
        document.to_pem("PRIVATE KEY", LineEnding::LF).expect("encodes").to_string()
    })
}

fn inner(seed: u8) -> Vec<u8> {
    [&[0x04, 0x20][..], &[seed; 32]].concat()
}

fn encrypted_pem(parameters: Parameters, data: &[u8]) -> String {
    let sealed = EncryptedPrivateKeyInfoRef {
        encryption_algorithm: parameters.into(),
        encrypted_data: OctetStringRef::new(data).expect("short"),
    };
    let document = SecretDocument::encode_msg(&sealed).expect("encodes");
    document.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF).expect("encodes").to_string()
}

fn public_pem(bytes: &[u8]) -> String {
    let info = SubjectPublicKeyInfoRef {
        algorithm: ED25519,
        subject_public_key: BitStringRef::new(0, bytes).expect("short"),
    };
    let document = Document::encode_msg(&info).expect("encodes");
    document.to_pem("PUBLIC KEY", LineEnding::LF).expect("encodes")
}

#[test]
fn version_2_keys_are_read() {
    let public = key().public().to_bytes();
    let opened = log_key_from_pem(&plain_pem(&inner(0x2a), Some(&public))).expect("opens");
    assert_eq!(opened.public(), key().public());

    let parameters =
        Parameters::generate_pbkdf2_sha256_aes256cbc(2048, &[1; 16], [2; 16]).expect("parameters");
    let data = info(&inner(0x2a), Some(&public), |info| {
        parameters.encrypt(b"passphrase", &info.to_der().expect("encodes")).expect("encrypts")
    });
    let opened = key_from_pem(&encrypted_pem(parameters, &data), b"passphrase").expect("opens");
    assert_eq!(opened.public(), key().public());
}

#[test]
fn a_version_2_key_with_anothers_public_key_is_refused() {
    let fault = log_key_from_pem(&plain_pem(&inner(0x2a), Some(&[9; 32]))).expect_err("differs");
    assert_eq!(
        fault,
        KeyFileError::PublicKeyDiffers {
            found: "09".repeat(32),
            expected: hex::encode(key().public().to_bytes()),
        }
    );
}

#[test]
fn aes_in_gcm_mode_is_read() {
    let cost = pkcs8::pkcs5::scrypt::Params::new(10, 8, 1).expect("parameters");
    let parameters = Parameters::scrypt_aes256gcm(cost, &[1; 16], [2; 12]).expect("parameters");
    let data = info(&inner(0x2a), None, |info| {
        parameters.encrypt(b"passphrase", &info.to_der().expect("encodes")).expect("encrypts")
    });
    let pem = encrypted_pem(parameters, &data);
    let opened = key_from_pem(&pem, b"passphrase").expect("opens");
    assert_eq!(opened.public(), key().public());
    let fault = key_from_pem(&pem, b"wrong").expect_err("wrong passphrase");
    assert_eq!(fault, KeyFileError::WrongPassphrase);
}

#[test]
fn a_secret_of_another_length_is_refused() {
    let long = [&[0x04, 0x21][..], &[1; 33]].concat();
    for bad in [&[1; 32][..], &inner(1)[..33], &long, &[inner(1), vec![0]].concat(), &[]] {
        let fault = log_key_from_pem(&plain_pem(bad, None)).expect_err("no seed of 32 bytes");
        assert_eq!(fault, KeyFileError::Malformed { expected: "PRIVATE KEY" });
    }
}

#[test]
fn public_keys_are_admitted_by_the_rule() {
    let good = key().public().to_bytes();
    assert_eq!(public_from_pem(&public_pem(&good)), Ok(key().public()));
    let small_order = KeyFileError::Key(KeyFault::SmallOrder);
    assert_eq!(public_from_pem(&public_pem(&[0; 32])), Err(small_order));
    for length in [0, 31, 33] {
        let fault = KeyFileError::Malformed { expected: "PUBLIC KEY" };
        assert_eq!(public_from_pem(&public_pem(&vec![1; length])), Err(fault));
    }
}

#[test]
fn files_that_ask_for_too_much_work_are_refused_before_any_is_done() {
    let salt = Salt::new([1; 16]).expect("short");
    let encryption = pbes2::EncryptionScheme::Aes256Cbc { iv: [2; 16] };
    let scrypt = |cost_parameter, block_size, parallelization| {
        Kdf::Scrypt(ScryptParams {
            salt,
            cost_parameter,
            block_size,
            parallelization,
            key_length: None,
        })
    };
    let pbkdf2 = |iteration_count| {
        let prf = Pbkdf2Prf::HmacWithSha256;
        Kdf::Pbkdf2(Pbkdf2Params { salt, iteration_count, key_length: None, prf })
    };
    for (kdf, found) in [
        (pbkdf2(10_000_001), "PBKDF2 with 10000001 rounds"),
        (pbkdf2(u32::MAX), "PBKDF2 with 4294967295 rounds"),
        (scrypt(1 << 21, 8, 1), "scrypt with N 2097152, r 8, p 1"),
        (scrypt(1 << 62, 8, 1), "scrypt with N 4611686018427387904, r 8, p 1"),
        (scrypt(1 << 14, 8, 600), "scrypt with N 16384, r 8, p 600"),
    ] {
        let pem = encrypted_pem(Parameters { kdf, encryption }, &[0; 64]);
        let fault = key_from_pem(&pem, b"passphrase").expect_err("too costly");
        assert_eq!(fault, KeyFileError::TooCostly { found: found.into() });
    }
    // Parameters without sense are a damaged file, not a panic.
    for kdf in
        [pbkdf2(0), scrypt(0, 8, 1), scrypt(1000, 8, 1), scrypt(1024, 0, 1), scrypt(1024, 8, 0)]
    {
        let pem = encrypted_pem(Parameters { kdf, encryption }, &[0; 64]);
        let fault = key_from_pem(&pem, b"passphrase").expect_err("senseless");
        assert_eq!(fault, KeyFileError::Malformed { expected: "ENCRYPTED PRIVATE KEY" });
    }
}

/// A damaged file never panics and never opens as the key that it was. It may open as another
/// key: AES in CBC mode protects no integrity, so the public key must be compared.
#[test]
fn a_damaged_file_never_opens_as_the_same_key() {
    let parameters =
        Parameters::generate_pbkdf2_sha256_aes256cbc(1, &[1; 16], [2; 16]).expect("parameters");
    let data = info(&inner(0x2a), None, |info| {
        parameters.encrypt(b"passphrase", &info.to_der().expect("encodes")).expect("encrypts")
    });
    let pem = encrypted_pem(parameters, &data);
    let (label, document) = SecretDocument::from_pem(&pem).expect("PEM");
    let good = document.to_bytes();
    for place in 0..good.len() {
        for change in [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff] {
            let mut bad = good.to_vec();
            bad[place] ^= change;
            let Ok(document) = SecretDocument::try_from(bad) else {
                continue;
            };
            let pem = document.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF).expect("encodes");
            if let Ok(opened) = key_from_pem(&pem, b"passphrase") {
                assert_ne!(opened.public(), key().public(), "byte {place} changed by {change}");
            }
        }
    }
    assert_eq!(label, "ENCRYPTED PRIVATE KEY");
    for end in 0..pem.len() - 1 {
        assert!(key_from_pem(&pem[..end], b"passphrase").is_err(), "{end} bytes");
    }
}

/// Keys from before PBES2 are not damaged: their holder is told what to convert.
#[test]
fn a_key_under_pbes1_is_named_for_what_it_is() {
    let scheme = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x03];
    let parameters = [&[0x30, 0x0e, 0x04, 0x08][..], &[1; 8], &[0x02, 0x02, 0x08, 0x00]].concat();
    let der =
        [&[0x30, 0x47, 0x30, 0x1b][..], &scheme, &parameters, &[0x04, 0x28], &[2; 40]].concat();
    let document = SecretDocument::try_from(der).expect("DER");
    let pem = document.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF).expect("encodes");
    let fault = key_from_pem(&pem, b"passphrase").expect_err("not supported");
    let found = "1.2.840.113549.1.5.3".into();
    assert_eq!(fault, KeyFileError::UnsupportedEncryption { found });
}
