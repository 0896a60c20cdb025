//! What is searched for, and where it is found: secrets as they are and as they may be spelt.

#![allow(dead_code, reason = "each test crate uses its part")]

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use sha2::{Digest as _, Sha256, Sha512};

/// What is searched for: bytes, and what they are called when they are found.
#[derive(Default)]
pub struct Needles(Vec<(String, Vec<u8>)>);

impl Needles {
    pub fn none() -> Self {
        Self::default()
    }

    /// A run of bytes, in pieces: what a buffer leaves behind as it grows, or what is overwritten
    /// in part, is found as well. A piece is long enough not to be met by chance.
    pub fn bytes(self, name: &str, bytes: &[u8]) -> Self {
        self.pieces(name, bytes, 8)
    }

    /// The same in pieces of another length.
    pub fn pieces(mut self, name: &str, bytes: &[u8], length: usize) -> Self {
        let whole = bytes.chunks_exact(length);
        assert!(whole.len() > 0, "{name} is too short to be told from chance");
        for (piece, place) in whole.zip((0..).step_by(length)) {
            self.0.push((format!("{name} from byte {place}"), piece.to_vec()));
        }
        self
    }

    /// Bytes, and how they look in hex and base64.
    pub fn spelt(self, name: &str, bytes: &[u8]) -> Self {
        let base64 = base64::engine::general_purpose::STANDARD_NO_PAD;
        // Where they stand in what is encoded shifts base64; the ends depend on what is beside.
        let mut shifted = Vec::new();
        for shift in 0..3 {
            let mut padded = vec![0; shift];
            padded.extend_from_slice(bytes);
            let text = base64.encode(padded);
            shifted.push(text[4..text.len() - 4].to_owned());
        }
        let mut all = self
            .bytes(name, bytes)
            .pieces(&format!("{name} in hex"), hex::encode(bytes).as_bytes(), 16)
            .pieces(&format!("{name} in capital hex"), hex::encode_upper(bytes).as_bytes(), 16);
        for text in shifted {
            all = all.pieces(&format!("{name} in base64"), text.as_bytes(), 12);
        }
        all
    }

    /// An Ed25519 seed, and what signing expands it to (RFC 8032 §5.1.5).
    pub fn seed(self, name: &str, seed: &[u8; 32]) -> Self {
        let expanded = Sha512::digest(seed);
        let (scalar, prefix) = expanded.split_at(32);
        let mut clamped = scalar.to_vec();
        clamped[0] &= 0xf8;
        clamped[31] = clamped[31] & 0x7f | 0x40;
        self.spelt(&format!("seed of {name}"), seed)
            .bytes(&format!("scalar of {name}"), scalar)
            .bytes(&format!("clamped scalar of {name}"), &clamped)
            .bytes(&format!("prefix of {name}"), prefix)
    }

    /// A slot, and the key of a body that derives from it.
    pub fn slot(self, number: usize, slot: &[u8]) -> Self {
        let mut key = [0; 32];
        hkdf::Hkdf::<Sha256>::new(None, slot)
            .expand(b"probity/v1/body", &mut key)
            .expect("a length that HKDF gives");
        self.bytes(&format!("slot {number}"), slot).bytes(&format!("body key {number}"), &key)
    }

    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// The names of those that occur.
    pub fn within(&self, bytes: &[u8]) -> Vec<&str> {
        // A core file has hundreds of millions of bytes, and there are thousands of needles: almost
        // every place is told apart by its first three bytes alone.
        let beginning =
            |b: &[u8]| usize::from(b[0]) << 16 | usize::from(b[1]) << 8 | usize::from(b[2]);
        let mut begins = vec![false; 1 << 24];
        let mut by_first: [Vec<usize>; 256] = std::array::from_fn(|_| Vec::new());
        for (place, (_, needle)) in self.0.iter().enumerate() {
            begins[beginning(needle)] = true;
            by_first[usize::from(needle[0])].push(place);
        }
        let mut found = vec![false; self.0.len()];
        for (at, three) in
            bytes.windows(3).enumerate().filter(|(_, three)| begins[beginning(three)])
        {
            for &place in &by_first[usize::from(three[0])] {
                found[place] |= bytes[at..].starts_with(&self.0[place].1);
            }
        }
        self.0.iter().zip(found).filter(|(_, found)| *found).map(|((name, _), _)| &**name).collect()
    }
}

/// Every file below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the test") {
        let path = entry.expect("listed").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}
