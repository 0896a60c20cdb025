//! What a key file hides, taken out of it by the library beneath and not by our code, so that
//! the test knows what to look for.

use std::path::Path;

use pkcs8::der::{Decode as _, Document};
use pkcs8::pkcs5::pbes2::Kdf;
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};

use super::needles::Needles;

/// The seed in the DER of a PKCS#8 key.
pub fn seed(der: &[u8]) -> [u8; 32] {
    let info = PrivateKeyInfoRef::from_der(der).expect("a PKCS#8 key");
    info.private_key.as_bytes()[2..].try_into().expect("a seed of 32 bytes")
}

/// All that opens or is a person's key: passphrase, the key that it derives, the seed.
pub fn of_person(name: &str, path: &Path, passphrase: &str) -> Needles {
    let pem = std::fs::read_to_string(path).expect("a key file");
    let (_, file) = Document::from_pem(&pem).expect("PEM");
    let sealed: EncryptedPrivateKeyInfoRef<'_> = file.decode_msg().expect("an encrypted key");
    let opened = sealed.decrypt(passphrase).expect("the right passphrase");
    let parameters = sealed.encryption_algorithm.pbes2().expect("PBES2");
    let Kdf::Scrypt(kdf) = &parameters.kdf else { panic!("another function than scrypt") };
    let mut derived = [0; 32];
    let cost = scrypt::Params::new(14, 8, 5).expect("the parameters that we write");
    scrypt::scrypt(passphrase.as_bytes(), kdf.salt.as_ref(), &cost, &mut derived).expect("derived");
    Needles::none()
        .spelt(&format!("passphrase of {name}"), passphrase.as_bytes())
        .bytes(&format!("derived key of {name}"), &derived)
        .seed(name, &seed(opened.as_bytes()))
}

/// The log's key, also as the text of its file.
pub fn of_log(path: &Path) -> Needles {
    let pem = std::fs::read_to_string(path).expect("the log's key file");
    let (_, file) = Document::from_pem(&pem).expect("PEM");
    let text = pem.lines().nth(1).expect("a line of base64");
    // What stands before says only that it is an Ed25519 key.
    Needles::none()
        .bytes("text of the log's key file", &text.as_bytes()[24..])
        .seed("the log", &seed(file.as_bytes()))
}
