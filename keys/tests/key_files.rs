//! Key files, held against OpenSSL both ways. These tests need the program `openssl`.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the crate itself touches nothing; its tests may"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use probity_keys::{
    KeyFileError, SigningKey, key_from_pem, key_to_pem, log_key_from_pem, log_key_to_pem,
    public_from_pem, public_to_pem, sealed_in_one_act,
};
use tempfile::TempDir;

const PASSPHRASE: &str = "Correct horse, 5 staples";
const PASS: &str = "pass:Correct horse, 5 staples";

fn key() -> SigningKey {
    SigningKey::from_seed([0x2a; 32])
}

fn key_pem() -> String {
    key_to_pem(&key(), PASSPHRASE.as_bytes(), [1; 16], [2; 16])
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder can be made")
}

/// Runs openssl in `folder`; whether it succeeded, and what it wrote.
fn try_openssl(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("these tests need openssl 3 on the path");
    let talk = String::from_utf8_lossy(&output.stderr);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.success(), if output.status.success() { text } else { talk.into_owned() })
}

fn openssl(folder: &Path, arguments: &[&str]) -> String {
    let (success, text) = try_openssl(folder, arguments);
    assert!(success, "openssl {arguments:?} failed: {text}");
    text
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).expect("the temporary folder can be written");
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("openssl wrote the file")
}

/// Makes a key of `algorithm` with openssl, encrypted, and gives the text of the file.
fn openssl_key(folder: &Path, algorithm: &str) -> String {
    let arguments =
        ["genpkey", "-algorithm", algorithm, "-aes-256-cbc", "-pass", PASS, "-out", "key.pem"];
    openssl(folder, &arguments);
    read(folder, "key.pem")
}

#[test]
fn openssl_opens_our_key() {
    let folder = folder();
    write(folder.path(), "key.pem", &key_pem());
    let public = openssl(folder.path(), &["pkey", "-in", "key.pem", "-passin", PASS, "-pubout"]);
    assert_eq!(public, public_to_pem(&key().public()));
    let (opened, _) =
        try_openssl(folder.path(), &["pkey", "-in", "key.pem", "-passin", "pass:wrong"]);
    assert!(!opened);
}

#[test]
fn our_key_is_encrypted_as_the_documents_say() {
    let folder = folder();
    write(folder.path(), "key.pem", &key_pem());
    let parsed = openssl(folder.path(), &["asn1parse", "-in", "key.pem"]);
    // N = 2^14, r = 8, p = 5, in hex.
    let mut rest = parsed.as_str();
    for expected in [
        "PBES2",
        "scrypt",
        "INTEGER           :4000",
        "INTEGER           :08",
        "INTEGER           :05",
        "aes-256-cbc",
    ] {
        let Some((_, after)) = rest.split_once(expected) else {
            panic!("no {expected:?} in its place in\n{parsed}");
        };
        rest = after;
    }
    let plain = openssl(folder.path(), &["pkey", "-in", "key.pem", "-passin", PASS]);
    assert_eq!(plain, *log_key_to_pem(&key()), "a version 1 key, as openssl itself writes it");
}

#[test]
fn openssl_opens_our_log_key() {
    let folder = folder();
    write(folder.path(), "log.pem", &log_key_to_pem(&key()));
    let public = openssl(folder.path(), &["pkey", "-in", "log.pem", "-pubout"]);
    assert_eq!(public, public_to_pem(&key().public()));
}

#[test]
fn openssl_accepts_our_signature() {
    let folder = folder();
    write(folder.path(), "public.pem", &public_to_pem(&key().public()));
    write(folder.path(), "message", "a message");
    fs::write(folder.path().join("signature"), key().sign(b"a message").0).expect("written");
    let arguments = [
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "public.pem",
        "-rawin",
        "-in",
        "message",
        "-sigfile",
        "signature",
    ];
    openssl(folder.path(), &arguments);
}

#[test]
fn our_key_opens_again() {
    let opened = key_from_pem(&key_pem(), PASSPHRASE.as_bytes()).expect("opens");
    assert_eq!(opened.public(), key().public());
    let crlf = key_pem().replace('\n', "\r\n");
    let opened = key_from_pem(&crlf, PASSPHRASE.as_bytes()).expect("opens with CRLF line ends");
    assert_eq!(opened.public(), key().public());
    assert_ne!(key_pem(), key_to_pem(&key(), PASSPHRASE.as_bytes(), [3; 16], [2; 16]));
    let log = log_key_from_pem(&log_key_to_pem(&key())).expect("opens");
    assert_eq!(log.public(), key().public());
    assert_eq!(public_from_pem(&public_to_pem(&key().public())), Ok(key().public()));
}

#[test]
fn a_key_made_by_openssl_opens_and_signs_as_itself() {
    let folder = folder();
    let pem = openssl_key(folder.path(), "ed25519");
    let opened = key_from_pem(&pem, PASSPHRASE.as_bytes()).expect("opens");
    let public = openssl(folder.path(), &["pkey", "-in", "key.pem", "-passin", PASS, "-pubout"]);
    assert_eq!(public_from_pem(&public), Ok(opened.public()));
    let plain = openssl(folder.path(), &["pkey", "-in", "key.pem", "-passin", PASS]);
    assert_eq!(log_key_from_pem(&plain).expect("opens").public(), opened.public());
}

#[test]
fn every_supported_encryption_opens_and_every_other_is_named() {
    let folder = folder();
    write(folder.path(), "plain.pem", &log_key_to_pem(&key()));
    let convert = |options: &[&str]| {
        let fixed = ["pkcs8", "-topk8", "-in", "plain.pem", "-passout", PASS, "-out", "out.pem"];
        openssl(folder.path(), &[&fixed, options].concat());
        key_from_pem(&read(folder.path(), "out.pem"), PASSPHRASE.as_bytes())
    };
    for options in [
        &["-scrypt"][..],
        &["-scrypt", "-scrypt_N", "1024", "-scrypt_r", "1", "-scrypt_p", "1"],
        &["-v2", "aes-128-cbc"],
        &["-v2", "aes-192-cbc", "-v2prf", "hmacWithSHA384"],
        &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512", "-iter", "10000"],
    ] {
        let opened = convert(options).unwrap_or_else(|fault| panic!("{options:?}: {fault}"));
        assert_eq!(opened.public(), key().public(), "{options:?}");
    }
    for (options, algorithm) in [
        (&["-v1", "PBE-SHA1-3DES"][..], "1.2.840.113549.1.12.1.3"),
        (&["-v2", "des3"], "1.2.840.113549.3.7"),
        (&["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA1"], "1.2.840.113549.2.7"),
    ] {
        let fault = convert(options).expect_err("not supported");
        let expected = KeyFileError::UnsupportedEncryption { found: algorithm.into() };
        assert_eq!(fault, expected, "{options:?}");
    }
}

#[test]
fn a_wrong_passphrase_is_told_from_a_file_that_is_no_key() {
    let fault = key_from_pem(&key_pem(), b"wrong").expect_err("wrong passphrase");
    assert_eq!(fault, KeyFileError::WrongPassphrase);

    // One wrong passphrase in 256 leaves padding that looks right: try enough to meet some.
    let folder = folder();
    write(folder.path(), "plain.pem", &log_key_to_pem(&key()));
    let fixed = ["pkcs8", "-topk8", "-in", "plain.pem", "-passout", PASS, "-iter", "1"];
    let pem = openssl(folder.path(), &fixed);
    for number in 0..2000 {
        let fault = key_from_pem(&pem, format!("wrong {number}").as_bytes()).expect_err("wrong");
        assert_eq!(fault, KeyFileError::WrongPassphrase, "{number}");
    }
}

#[test]
fn a_damaged_file_is_told_from_one_that_was_sealed_anew() {
    let (pem, sealed) = (key_pem(), |salt, iv| key_to_pem(&key(), b"another one", salt, iv));
    let same = |other: &str| sealed_in_one_act(&pem, other);
    assert_eq!(same(&sealed([3; 16], [4; 16])), Ok(false));
    // The same file, as another editor writes it.
    assert_eq!((same(&pem), same(&pem.replace('\n', "\r\n"))), (Ok(false), Ok(false)));
    // Damage in what is sealed, in the initialisation vector, in the salt.
    for damaged in [sealed([1; 16], [2; 16]), sealed([1; 16], [4; 16]), sealed([3; 16], [2; 16])] {
        assert_eq!(same(&damaged), Ok(true), "{damaged}");
    }
    assert!(same("").is_err() && same(&log_key_to_pem(&key())).is_err());
}

#[test]
fn other_files_are_named_for_what_they_are() {
    const LABEL: &str = "ENCRYPTED PRIVATE KEY";
    let open = |pem: &str| key_from_pem(pem, PASSPHRASE.as_bytes()).map(|_| ());
    for text in ["", "not a key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n", &key_pem()[..120]] {
        assert_eq!(open(text), Err(KeyFileError::NotPem { expected: LABEL }), "{text:?}");
    }
    let label = |found: &str, expected| Err(KeyFileError::Label { found: found.into(), expected });
    assert_eq!(open(&log_key_to_pem(&key())), label("PRIVATE KEY", LABEL));
    assert_eq!(open(&public_to_pem(&key().public())), label("PUBLIC KEY", LABEL));
    assert_eq!(log_key_from_pem(&key_pem()).map(|_| ()), label(LABEL, "PRIVATE KEY"));
    assert_eq!(public_from_pem(&key_pem()).map(|_| ()), label(LABEL, "PUBLIC KEY"));

    let relabelled = log_key_to_pem(&key()).replace("PRIVATE KEY", LABEL);
    assert_eq!(open(&relabelled), Err(KeyFileError::Malformed { expected: LABEL }));
}

#[test]
fn keys_of_other_algorithms_are_refused() {
    let folder = folder();
    let x25519 = || KeyFileError::NotEd25519 { found: "1.3.101.110".into() };
    let pem = openssl_key(folder.path(), "x25519");
    assert_eq!(key_from_pem(&pem, PASSPHRASE.as_bytes()).expect_err("X25519"), x25519());
    let plain = openssl(folder.path(), &["pkey", "-in", "key.pem", "-passin", PASS]);
    assert_eq!(log_key_from_pem(&plain).expect_err("X25519"), x25519());
    let public = openssl(folder.path(), &["pkey", "-in", "key.pem", "-passin", PASS, "-pubout"]);
    assert_eq!(public_from_pem(&public), Err(x25519()));
}
