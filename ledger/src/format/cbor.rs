//! Deterministic CBOR: RFC 8949 with the core requirements of its section 4.2.1, and
//! nothing else.
//!
//! Two verifiers must never read one entry differently, so every value has exactly one
//! spelling: shortest integers and lengths, definite lengths, map keys in bytewise order
//! of their encoding, no duplicates, no floats, no `undefined`, no tags (the one tag of
//! an entry, 18, is handled by [`super::entry`]). The law of this module is
//! `parse(b)?.to_bytes() == b`; whatever has another spelling is refused.
//!
//! What this does not protect: text is only required to be well-formed UTF-8. Writers
//! normalise to NFC, but a reader can't demand it, because NFC depends on the version of
//! Unicode.
//!
//! ```text
//! major type   meaning here
//! 0, 1         integer within ±(2⁵³−1)
//! 2, 3         byte string, text string
//! 4, 5         array, map with text keys or integer keys
//! 7            false (f4), true (f5), null (f6)
//! ```

use std::fmt;

mod reading;

pub use reading::{Item, ItemKey, Reader, count, parse, parse_header, read, read_header};

/// Largest integer (and the negative of the smallest): 2⁵³−1, what JSON can carry exactly.
pub const MAX_INTEGER: i64 = (1 << 53) - 1;

/// How deeply arrays and maps may stand within each other; the outermost counts 1.
pub const MAX_DEPTH: usize = 16;

/// A map key: text in payloads and bodies, an integer in COSE headers and CWT claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// An integer key.
    Int(i64),
    /// A text key.
    Text(String),
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Key {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

/// A value of the data model that the ledger uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// No answer.
    Null,
    /// Yes or no.
    Bool(bool),
    /// An integer within ±[`MAX_INTEGER`].
    Int(i64),
    /// Text, well-formed UTF-8.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An array.
    Array(Vec<Value>),
    /// A map. Its pairs are kept in the order of their encoding; build one with [`Value::map`].
    Map(Vec<(Key, Value)>),
}

/// Why bytes are not deterministic CBOR of this module's data model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not deterministic CBOR at byte {at}: {what}")]
pub struct CborError {
    /// Offset of the item that is wrong, in bytes from the start.
    pub at: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

impl Value {
    /// A text value.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A byte string.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Bytes(bytes.into())
    }

    /// A map with its pairs put into deterministic order.
    ///
    /// # Panics
    /// When two keys are equal: that is a fault in the calling code.
    pub fn map<K: Into<Key>>(pairs: impl IntoIterator<Item = (K, Value)>) -> Self {
        let mut pairs: Vec<(Key, Value)> = pairs.into_iter().map(|(k, v)| (k.into(), v)).collect();
        pairs.sort_by(|(a, _), (b, _)| encoded_order(a).cmp(&encoded_order(b)));
        assert!(
            pairs.windows(2).all(|two| two[0].0 != two[1].0),
            "a map is built with distinct keys"
        );
        Self::Map(pairs)
    }

    /// The deterministic encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(32);
        self.write(&mut out);
        out
    }

    /// Appends the deterministic encoding to `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.push(0xf6),
            Self::Bool(false) => out.push(0xf4),
            Self::Bool(true) => out.push(0xf5),
            Self::Int(number) => write_int(out, *number),
            Self::Text(text) => write_text(out, text),
            Self::Bytes(bytes) => write_bytes(out, bytes),
            Self::Array(items) => {
                write_head(out, 4, items.len() as u64);
                for item in items {
                    item.write(out);
                }
            }
            Self::Map(pairs) => {
                write_head(out, 5, pairs.len() as u64);
                for (key, value) in pairs {
                    write_key(out, key);
                    value.write(out);
                }
            }
        }
    }

    /// The value under a text key, if this is a map that has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Map(pairs) => pairs
                .iter()
                .find(|(key, _)| matches!(key, Key::Text(text) if text == name))
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text, if this is text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The integer, if this is one.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        if let Self::Int(number) = self { Some(*number) } else { None }
    }

    /// The truth value, if this is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(truth) = self { Some(*truth) } else { None }
    }

    /// The bytes, if this is a byte string.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    /// The items, if this is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Value]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    /// The pairs in their order of encoding, if this is a map.
    #[must_use]
    pub fn as_map(&self) -> Option<&[(Key, Value)]> {
        if let Self::Map(pairs) = self { Some(pairs) } else { None }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Appends the head of an item: major type and argument, shortest form.
pub fn write_head(out: &mut Vec<u8>, major: u8, argument: u64) {
    let major = major << 5;
    let bytes = argument.to_be_bytes();
    match argument {
        0..=23 => out.push(major | bytes[7]),
        24..=0xff => out.extend([major | 0x18, bytes[7]]),
        0x100..=0xffff => {
            out.push(major | 0x19);
            out.extend(&bytes[6..]);
        }
        0x1_0000..=0xffff_ffff => {
            out.push(major | 0x1a);
            out.extend(&bytes[4..]);
        }
        _ => {
            out.push(major | 0x1b);
            out.extend(bytes);
        }
    }
}

/// Appends a byte string.
pub fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    write_head(out, 2, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Appends a text string.
pub fn write_text(out: &mut Vec<u8>, text: &str) {
    write_head(out, 3, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Appends an integer.
pub fn write_int(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        write_head(out, 1, (-1 - number).unsigned_abs());
    } else {
        write_head(out, 0, number.unsigned_abs());
    }
}

fn write_key(out: &mut Vec<u8>, key: &Key) {
    match key {
        Key::Int(number) => write_int(out, *number),
        Key::Text(text) => write_text(out, text),
    }
}

/// What orders keys as their encodings are ordered bytewise: major type, argument, content. Of the
/// shortest heads of one type, that of a smaller argument is smaller.
fn encoded_order(key: &Key) -> (u8, u64, &[u8]) {
    match key {
        Key::Int(number) if *number < 0 => (1, (-1 - number).unsigned_abs(), &[]),
        Key::Int(number) => (0, number.unsigned_abs(), &[]),
        Key::Text(text) => (3, text.len() as u64, text.as_bytes()),
    }
}
