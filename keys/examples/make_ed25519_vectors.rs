//! Writes the vectors of the Ed25519 rule to `tests/vectors/ed25519/`, one fault a file.
//!
//! Run it from anywhere in the repository; it overwrites what it finds, and the same program
//! always writes the same bytes:
//!
//! ```text
//! cargo run -p probity-keys --example make_ed25519_vectors
//! ```
//!
//! A file is lines of text. The first, `expect: …`, is the verdict; then come comments that
//! begin with `#`, and the key, the message and the signature in hex. Wherever it can be
//! done, the signature is one that some laxer verifier accepts, so that a vector shows a
//! difference and not just noise. Released vectors stay as they are; new faults get new files.

#![allow(clippy::disallowed_methods, reason = "the crate itself touches nothing; its tests may")]

use std::fs;
use std::io;
use std::path::Path;

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as B, EIGHT_TORSION};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use probity_keys::SigningKey;
use sha2::{Digest, Sha512};

const ACCEPT: &str = "accept";
const NOT_BELOW_P: &str = "key refused: y is not below p";
const SIGN_AT_ZERO: &str = "key refused: sign bit at x = 0";
const NOT_ON_CURVE: &str = "key refused: not a point of the curve";
const SMALL_ORDER: &str = "key refused: small order";
const MIXED_ORDER: &str = "key refused: mixed order";
const S_NOT_BELOW_L: &str = "signature refused: S is not below L";
const IDENTITY_R: &str = "signature refused: R is the identity";
const R_DIFFERS: &str = "signature refused: R differs from the encoding of [S]B - [k]A";

/// L, the order of the base point, little-endian.
const L: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

const MESSAGE: &[u8] = b"a record that a school must be able to account for";

struct Vector {
    name: String,
    expect: &'static str,
    comment: String,
    key: [u8; 32],
    message: Vec<u8>,
    r: [u8; 32],
    s: [u8; 32],
}

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/ed25519");
    fs::create_dir_all(&folder)?;
    let mut vectors = Vec::new();
    accepted(&mut vectors);
    small_order_keys(&mut vectors);
    other_keys(&mut vectors);
    mixed_order_keys(&mut vectors);
    points_r(&mut vectors);
    numbers_s(&mut vectors);
    changed_bits(&mut vectors);
    for vector in &vectors {
        fs::write(folder.join(format!("{}.txt", vector.name)), vector.text())?;
    }
    println!("{} vectors written", vectors.len());
    Ok(())
}

impl Vector {
    fn text(&self) -> String {
        format!(
            "expect: {}\n# {}\nkey: {}\nmessage: {}\nsignature: {}{}\n",
            self.expect,
            self.comment,
            hex::encode(self.key),
            hex::encode(&self.message),
            hex::encode(self.r),
            hex::encode(self.s),
        )
    }
}

/// A number made from a word, the same on every run.
fn scalar(word: &str) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&Sha512::digest(word).into())
}

/// A number of 32 bytes, little-endian, from hex.
fn bytes(text: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).expect("constants are 64 hex digits");
    bytes
}

/// k = SHA-512(R ‖ A ‖ message) mod L.
fn challenge(r: &[u8; 32], key: &[u8; 32], message: &[u8]) -> Scalar {
    let hash = Sha512::new().chain_update(r).chain_update(key).chain_update(message);
    Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
}

/// The nonce, R and the key that most vectors share, with an honest signature.
fn honest(message: &[u8]) -> Vector {
    let (a, nonce) = (scalar("key"), scalar("nonce"));
    let (key, r) = (encode(a * B), encode(nonce * B));
    Vector {
        name: String::new(),
        expect: ACCEPT,
        comment: String::new(),
        key,
        message: message.to_vec(),
        r,
        s: (nonce + challenge(&r, &key, message) * a).to_bytes(),
    }
}

fn encode(point: EdwardsPoint) -> [u8; 32] {
    point.compress().to_bytes()
}

/// A message under which k is a multiple of 8, so that \[k\] removes a point of small order
/// and even a verifier without the cofactor finds the equation to hold.
fn message_with_k_multiple_of_8(r: &[u8; 32], key: &[u8; 32]) -> Vec<u8> {
    (0..u32::MAX)
        .map(|attempt| format!("attempt {attempt}").into_bytes())
        .find(|message| challenge(r, key, message).as_bytes()[0].trailing_zeros() >= 3)
        .expect("one message in eight will do")
}

/// Every encoding of the eight points of small order that a decoder may take: 8 canonical
/// ones, then 6 others. The comment says which.
fn small_order_encodings() -> Vec<([u8; 32], &'static str, String)> {
    let order = |index: usize| ["1", "8", "4", "8", "2", "8", "4", "8"][index];
    let mut found: Vec<_> = EIGHT_TORSION
        .iter()
        .enumerate()
        .map(|(index, point)| {
            let comment = format!("a point of order {}, in its canonical encoding", order(index));
            (encode(*point), SMALL_ORDER, comment)
        })
        .collect();
    let mut signed_one = [0; 32];
    (signed_one[0], signed_one[31]) = (1, 0x80);
    let mut signed_minus_one = [0xff; 32];
    signed_minus_one[0] = 0xec;
    found.push((signed_one, SIGN_AT_ZERO, "y = 1 (order 1) with the sign bit set".into()));
    found.push((
        signed_minus_one,
        SIGN_AT_ZERO,
        "y = p - 1 (order 2) with the sign bit set".into(),
    ));
    for (excess, order) in [(0, 4), (1, 1)] {
        for sign in [false, true] {
            let comment = format!(
                "y = p + {excess}, another spelling of y = {excess} (order {order}), sign bit {}",
                u8::from(sign)
            );
            found.push((above_p(excess, sign), NOT_BELOW_P, comment));
        }
    }
    found
}

/// The encoding of y = p + `excess` (at most 18), not reduced.
fn above_p(excess: u8, sign: bool) -> [u8; 32] {
    let mut bytes = [0xff; 32];
    bytes[0] = 0xed + excess;
    bytes[31] = if sign { 0xff } else { 0x7f };
    bytes
}

fn accepted(vectors: &mut Vec<Vector>) {
    // RFC 8032 §7.1: name, secret, message. The signatures are made here and are the RFC's own
    // because Ed25519 is deterministic; `tests/signing.rs` holds them against the RFC's text.
    let abc = Sha512::digest("abc").to_vec();
    for (name, seed, message) in [
        ("1", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", vec![]),
        ("2", "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", vec![0x72]),
        ("3", "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", vec![0xaf, 0x82]),
        ("sha-abc", "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42", abc),
    ] {
        let key = SigningKey::from_seed(bytes(seed));
        let signature = key.sign(&message);
        vectors.push(Vector {
            name: format!("accept-rfc8032-{name}"),
            expect: ACCEPT,
            comment: format!("RFC 8032 section 7.1, test {name}"),
            key: key.public().to_bytes(),
            r: signature.r(),
            s: signature.s(),
            message,
        });
    }
    vectors.push(Vector {
        name: "accept-honest".into(),
        comment: "the honest signature that the vectors below change".into(),
        ..honest(MESSAGE)
    });
    vectors.push(Vector {
        name: "accept-key-is-base-point".into(),
        comment: "the key is the base point, its secret 1: unwise, but admitted".into(),
        key: encode(B),
        s: {
            let nonce = scalar("nonce");
            (nonce + challenge(&encode(nonce * B), &encode(B), MESSAGE)).to_bytes()
        },
        ..honest(MESSAGE)
    });
    let a = scalar("key");
    vectors.push(Vector {
        name: "accept-r-is-base-point".into(),
        comment: "R is the base point, its nonce 1: unwise, but accepted".into(),
        r: encode(B),
        s: (Scalar::ONE + challenge(&encode(B), &encode(a * B), MESSAGE) * a).to_bytes(),
        ..honest(MESSAGE)
    });
}

fn small_order_keys(vectors: &mut Vec<Vector>) {
    let nonce = scalar("nonce");
    for (index, (key, expect, comment)) in small_order_encodings().into_iter().enumerate() {
        // k is a multiple of 8, so R = [S]B holds without any secret.
        let r = encode(nonce * B);
        let message = message_with_k_multiple_of_8(&r, &key);
        vectors.push(Vector {
            name: format!("key-small-order-{index:02}"),
            expect,
            comment: format!("A is {comment}; the equation holds for this message"),
            key,
            message,
            r,
            s: nonce.to_bytes(),
        });
    }
}

fn other_keys(vectors: &mut Vec<Vector>) {
    // 0 and 1 above p are among the small-order encodings; 18 above p is all ones.
    for excess in 2..=18 {
        for sign in [false, true] {
            let key = above_p(excess, sign);
            let decodes = CompressedEdwardsY(key).decompress().is_some();
            let no = if decodes { "a" } else { "no" };
            vectors.push(Vector {
                name: format!("key-y-p-plus-{excess:02}-sign-{}", u8::from(sign)),
                expect: NOT_BELOW_P,
                comment: format!(
                    "A has y = p + {excess}, sign bit {}; y = {excess} has {no} point",
                    u8::from(sign)
                ),
                key,
                ..honest(MESSAGE)
            });
        }
    }
    let undecodable = (2..u8::MAX)
        .map(|y| {
            let mut key = [0; 32];
            key[0] = y;
            key
        })
        .filter(|key| CompressedEdwardsY(*key).decompress().is_none());
    for (index, mut key) in undecodable.take(2).enumerate() {
        key[31] = if index == 0 { 0 } else { 0x80 };
        vectors.push(Vector {
            name: format!("key-not-on-curve-{index}"),
            expect: NOT_ON_CURVE,
            comment: format!("A has y = {}, to which no x belongs; sign bit {index}", key[0]),
            key,
            ..honest(MESSAGE)
        });
    }
}

fn mixed_order_keys(vectors: &mut Vec<Vector>) {
    let (a, nonce) = (scalar("key"), scalar("nonce"));
    let r = encode(nonce * B);
    for (order, index) in [(2, 4), (4, 2), (8, 1)] {
        let key = encode(a * B + EIGHT_TORSION[index]);
        let cofactored = (0..u32::MAX)
            .map(|attempt| format!("attempt {attempt}").into_bytes())
            .find(|message| challenge(&r, &key, message).as_bytes()[0] % 2 == 1)
            .expect("one message in two will do");
        for (name, message, who) in [
            ("cofactored", cofactored, "with the cofactor only"),
            (
                "cofactorless",
                message_with_k_multiple_of_8(&r, &key),
                "with and without the cofactor",
            ),
        ] {
            vectors.push(Vector {
                name: format!("key-mixed-order-{order}-{name}"),
                expect: MIXED_ORDER,
                comment: format!("A has a component of order {order}; the equation holds {who}"),
                key,
                r,
                s: (nonce + challenge(&r, &key, &message) * a).to_bytes(),
                message,
            });
        }
    }
}

fn points_r(vectors: &mut Vec<Vector>) {
    let (a, nonce) = (scalar("key"), scalar("nonce"));
    let key = encode(a * B);
    for (index, (r, _, comment)) in small_order_encodings().into_iter().enumerate() {
        let identity = index == 0;
        let bytewise = if identity { ", and the bytes agree" } else { "" };
        vectors.push(Vector {
            name: if identity { "r-identity".into() } else { format!("r-small-order-{index:02}") },
            expect: if identity { IDENTITY_R } else { R_DIFFERS },
            comment: format!("R is {comment}; the equation holds with the cofactor{bytewise}"),
            r,
            s: (challenge(&r, &key, MESSAGE) * a).to_bytes(),
            ..honest(MESSAGE)
        });
    }
    for (order, index) in [(2, 4), (4, 2), (8, 1)] {
        let r = encode(nonce * B + EIGHT_TORSION[index]);
        vectors.push(Vector {
            name: format!("r-mixed-order-{order}"),
            expect: R_DIFFERS,
            comment: format!(
                "R has a component of order {order}; the equation holds with the cofactor"
            ),
            r,
            s: (nonce + challenge(&r, &key, MESSAGE) * a).to_bytes(),
            ..honest(MESSAGE)
        });
    }
    let mut undecodable = above_p(2, false);
    for (name, comment) in
        [("r-y-not-below-p", "R has y = p + 2"), ("r-not-on-curve", "R is no point of the curve")]
    {
        vectors.push(Vector {
            name: name.into(),
            expect: R_DIFFERS,
            comment: comment.into(),
            r: undecodable,
            ..honest(MESSAGE)
        });
        undecodable = [0; 32];
        undecodable[0] = 2;
    }
}

fn numbers_s(vectors: &mut Vec<Vector>) {
    let l = bytes(L);
    let plus = |number: [u8; 32], other: [u8; 32]| {
        let mut carry = 0;
        let mut sum = [0; 32];
        for (place, digit) in sum.iter_mut().enumerate() {
            carry += u16::from(number[place]) + u16::from(other[place]);
            *digit = carry.to_le_bytes()[0];
            carry >>= 8;
        }
        sum
    };
    let small = |number: u8| {
        let mut bytes = [0; 32];
        bytes[0] = number;
        bytes
    };
    let s = honest(MESSAGE).s;
    let mut l_minus_one = l;
    l_minus_one[0] -= 1;
    let mut top_bit = s;
    top_bit[31] |= 0x80;
    for (name, expect, s, comment) in [
        ("s-plus-l", S_NOT_BELOW_L, plus(s, l), "S is the honest S plus L: the same number mod L"),
        ("s-plus-2-l", S_NOT_BELOW_L, plus(plus(s, l), l), "S is the honest S plus 2L"),
        ("s-is-l", S_NOT_BELOW_L, l, "S is L, the least number refused"),
        ("s-is-l-plus-1", S_NOT_BELOW_L, plus(l, small(1)), "S is L + 1"),
        ("s-top-bit", S_NOT_BELOW_L, top_bit, "S is the honest S with its top bit set"),
        ("s-all-ones", S_NOT_BELOW_L, [0xff; 32], "S is 2^256 - 1"),
        ("s-is-l-minus-1", R_DIFFERS, l_minus_one, "S is L - 1, in range but not the honest S"),
        ("s-is-zero", R_DIFFERS, [0; 32], "S is 0, in range but not the honest S"),
    ] {
        vectors.push(Vector {
            name: name.into(),
            expect,
            comment: comment.into(),
            s,
            ..honest(MESSAGE)
        });
    }
    // S is judged before R.
    vectors.push(Vector {
        name: "s-plus-l-r-identity".into(),
        expect: S_NOT_BELOW_L,
        comment: "two faults: R is the identity and S is not below L, which is named first".into(),
        r: small(1),
        s: l,
        ..honest(MESSAGE)
    });
}

fn changed_bits(vectors: &mut Vec<Vector>) {
    type Change = fn(&mut Vector);
    let changes: [(&str, &str, Change); 10] = [
        ("r-first-bit", "the lowest bit of R is flipped", |v| {
            v.r[0] ^= 1;
        }),
        ("r-sign-bit", "the sign bit of R is flipped", |v| {
            v.r[31] ^= 0x80;
        }),
        ("s-first-bit", "the lowest bit of S is flipped", |v| {
            v.s[0] ^= 1;
        }),
        ("s-middle-bit", "a middle bit of S is flipped", |v| {
            v.s[15] ^= 0x10;
        }),
        ("message-first-bit", "the message's lowest bit is flipped", |v| v.message[0] ^= 1),
        ("message-longer", "a zero byte is added to the message", |v| v.message.push(0)),
        ("message-shorter", "the message's last byte is gone", |v| {
            v.message.pop();
        }),
        ("message-empty", "the message is empty", |v| {
            v.message.clear();
        }),
        ("key-sign", "A is negated: its sign bit is flipped", |v| {
            v.key[31] ^= 0x80;
        }),
        ("key-another", "the key is another's", |v| {
            v.key = encode(scalar("another") * B);
        }),
    ];
    for (name, comment, change) in changes {
        let mut vector = Vector {
            name: format!("changed-{name}"),
            expect: R_DIFFERS,
            comment: comment.into(),
            ..honest(MESSAGE)
        };
        change(&mut vector);
        vectors.push(vector);
    }
}
