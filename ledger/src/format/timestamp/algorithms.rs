//! The algorithms that a token may use, and their arithmetic (by `rsa`, `p256`, `p384`).
//!
//! What is not in section 15 is no algorithm here: SHA-1, RSA-PSS, other curves.

use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use rsa::{BoxedUint, Pkcs1v15Sign};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::der::{BIT_STRING, Element, INTEGER, OID, SEQUENCE};

/// A hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

const HASHES: [(&[u8], Hash); 3] = [
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01], Hash::Sha256),
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02], Hash::Sha384),
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03], Hash::Sha512),
];

impl Hash {
    /// The hash that an `AlgorithmIdentifier` names. Its parameters are not looked at.
    pub fn named(algorithm: &Element) -> Option<Self> {
        let oid = identifier(algorithm)?;
        HASHES.iter().find(|(known, _)| *known == oid).map(|(_, hash)| *hash)
    }

    pub fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    fn rsa_scheme(self) -> Pkcs1v15Sign {
        match self {
            Self::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
            Self::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
            Self::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
        }
    }
}

/// The object identifier of an `AlgorithmIdentifier`: one identifier, one parameter or none.
pub fn identifier<'a>(algorithm: &Element<'a>) -> Option<&'a [u8]> {
    let mut inside = algorithm.inside();
    let oid = inside.take(OID)?.content;
    if inside.end().is_none() {
        inside.any()?;
        inside.end()?;
    }
    Some(oid)
}

/// A signature algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Algorithm {
    rsa: bool,
    /// `None` for plain `rsaEncryption`, which leaves it to the digest algorithm.
    pub hash: Option<Hash>,
}

const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];

const ALGORITHMS: [(&[u8], bool, Option<Hash>); 7] = [
    (RSA_ENCRYPTION, true, None),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b], true, Some(Hash::Sha256)),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c], true, Some(Hash::Sha384)),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d], true, Some(Hash::Sha512)),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02], false, Some(Hash::Sha256)),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03], false, Some(Hash::Sha384)),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04], false, Some(Hash::Sha512)),
];

impl Algorithm {
    pub fn named(algorithm: &Element) -> Option<Self> {
        let oid = identifier(algorithm)?;
        let (_, rsa, hash) = ALGORITHMS.iter().find(|(known, ..)| *known == oid)?;
        Some(Self { rsa: *rsa, hash: *hash })
    }
}

/// A certificate's key.
#[derive(Clone, Debug)]
pub enum Key {
    Rsa(Box<rsa::PublicKey>),
    P256(Box<p256::ecdsa::VerifyingKey>),
    P384(Box<p384::ecdsa::VerifyingKey>),
    /// Of another kind or size: nothing verifies by it.
    Other,
}

impl Key {
    /// The key in a `SubjectPublicKeyInfo`; `None` if it isn't one.
    pub fn read(info: &Element) -> Option<Self> {
        let mut inside = info.inside();
        let algorithm = inside.take(SEQUENCE)?;
        let key = inside.take(BIT_STRING)?;
        inside.end()?;
        let mut named = algorithm.inside();
        let oid = named.take(OID)?.content;
        let key = key.bytes_of_bits()?;
        let known = match oid {
            RSA_ENCRYPTION => rsa_key(key),
            EC_PUBLIC_KEY => named.take(OID).and_then(|curve| ec_key(curve.content, key)),
            _ => None,
        };
        Some(known.unwrap_or(Self::Other))
    }

    /// Whether a signature of these bytes verifies, `hash` being the one in use.
    pub fn verifies(&self, by: Algorithm, hash: Hash, bytes: &[u8], signature: &[u8]) -> bool {
        let digest = hash.of(bytes);
        match self {
            Self::Rsa(key) if by.rsa => key.verify(hash.rsa_scheme(), &digest, signature).is_ok(),
            Self::P256(key) if !by.rsa => numbers::<32>(signature)
                .and_then(|(r, s)| p256::ecdsa::Signature::from_scalars(r, s).ok())
                .is_some_and(|signature| key.verify_prehash(&digest, &signature).is_ok()),
            Self::P384(key) if !by.rsa => numbers::<48>(signature)
                .and_then(|(r, s)| p384::ecdsa::Signature::from_scalars(r, s).ok())
                .is_some_and(|signature| key.verify_prehash(&digest, &signature).is_ok()),
            _ => false,
        }
    }
}

fn rsa_key(key: &[u8]) -> Option<Key> {
    let mut numbers = Element::only(key, SEQUENCE)?.inside();
    let (modulus, exponent) = (numbers.take(INTEGER)?, numbers.take(INTEGER)?);
    numbers.end()?;
    let (modulus, exponent) = (modulus.unsigned()?, exponent.unsigned()?);
    if exponent.last().is_none_or(|last| last % 2 == 0) || exponent == [1] {
        return None;
    }
    if modulus.len() > 1024 || exponent.len() > 5 {
        return None;
    }
    let number = |bytes: &[u8]| BoxedUint::from_be_slice_vartime(bytes);
    let key = rsa::PublicKey::new_with_size_limits(number(modulus), number(exponent), 2048..=8192);
    Some(Key::Rsa(Box::new(key.ok()?)))
}

fn ec_key(curve: &[u8], point: &[u8]) -> Option<Key> {
    if point.first() != Some(&4) {
        return None;
    }
    match curve {
        P256 => {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
            Some(Key::P256(Box::new(key)))
        }
        P384 => {
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
            Some(Key::P384(Box::new(key)))
        }
        _ => None,
    }
}

/// The two numbers of an ECDSA signature, each at the curve's width.
fn numbers<const WIDTH: usize>(signature: &[u8]) -> Option<([u8; WIDTH], [u8; WIDTH])> {
    let mut inside = Element::only(signature, SEQUENCE)?.inside();
    let (r, s) = (inside.take(INTEGER)?, inside.take(INTEGER)?);
    inside.end()?;
    let wide = |number: &[u8]| {
        let mut wide = [0; WIDTH];
        let start = WIDTH.checked_sub(number.len())?;
        wide[start..].copy_from_slice(number);
        Some(wide)
    };
    Some((wide(r.unsigned()?)?, wide(s.unsigned()?)?))
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::signature::hazmat::PrehashSigner as _;

    use super::*;
    use crate::format::timestamp::der::element;

    #[test]
    fn an_rsa_key_has_2048_to_8192_bits_and_an_odd_exponent() {
        let is_taken = |bytes: usize, exponent: &[u8]| {
            let modulus = [&[0][..], &vec![0xff; bytes]].concat();
            let key = [element(INTEGER, &modulus), element(INTEGER, exponent)].concat();
            rsa_key(&element(SEQUENCE, &key)).is_some()
        };
        for bytes in [256, 512, 1024] {
            assert!(is_taken(bytes, &[1, 0, 1]), "{bytes}");
        }
        assert!(!is_taken(255, &[1, 0, 1]) && !is_taken(1025, &[1, 0, 1]));
        assert!(is_taken(256, &[3]) && is_taken(256, &[1, 0, 0, 0, 1]));
        for exponent in [&[0][..], &[1], &[2], &[1, 0, 0], &[1, 0, 0, 0, 0, 1]] {
            assert!(!is_taken(256, exponent), "{exponent:02x?}");
        }
    }

    /// Whoever names RSA means no key on a curve.
    #[test]
    fn a_key_on_a_curve_verifies_by_no_rsa() {
        let digest = Hash::Sha384.of(b"a head");
        let der = |(r, s): (&[u8], &[u8])| {
            let number = |bytes: &[u8]| {
                let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(0);
                let sign: &[u8] = if bytes[start] >= 0x80 { &[0] } else { &[] };
                element(INTEGER, &[sign, &bytes[start..]].concat())
            };
            element(SEQUENCE, &[number(r), number(s)].concat())
        };
        let on_256 = p256::ecdsa::SigningKey::from_slice(&[7; 32]).expect("a key");
        let signed: p256::ecdsa::Signature = on_256.sign_prehash(&digest).expect("a signature");
        let (r, s) = signed.split_bytes();
        let signed_256 = der((&r, &s));
        let on_384 = p384::ecdsa::SigningKey::from_slice(&[7; 48]).expect("a key");
        let signed: p384::ecdsa::Signature = on_384.sign_prehash(&digest).expect("a signature");
        let (r, s) = signed.split_bytes();
        let signed_384 = der((&r, &s));
        for (key, signature) in [
            (Key::P256(Box::new(*on_256.verifying_key())), signed_256),
            (Key::P384(Box::new(*on_384.verifying_key())), signed_384),
        ] {
            for rsa in [false, true] {
                let by = Algorithm { rsa, hash: Some(Hash::Sha384) };
                let holds = key.verifies(by, Hash::Sha384, b"a head", &signature);
                assert_eq!(holds, !rsa, "{key:?}");
            }
        }
    }
}
