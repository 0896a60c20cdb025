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

/// Largest integer (and the negative of the smallest): 2⁵³−1, what JSON can carry exactly.
pub const MAX_INTEGER: i64 = (1 << 53) - 1;

/// How deeply arrays and maps may stand within each other; the outermost counts 1.
pub const MAX_DEPTH: usize = 16;

/// The label of the CWT claims in a header (RFC 9597): a map with integer keys of its own.
const CWT_CLAIMS: i64 = 15;

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
        pairs.sort_by_cached_key(|(key, _)| encoded_key(key));
        assert!(
            pairs.windows(2).all(|two| two[0].0 != two[1].0),
            "a map is built with distinct keys"
        );
        Self::Map(pairs)
    }

    /// The deterministic encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
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

    /// Whether this is an empty text, array or map, or holds one or an empty key: bodies refuse them, since
    /// "no answer" has one spelling, null.
    #[must_use]
    pub fn holds_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Array(items) => items.is_empty() || items.iter().any(Self::holds_empty),
            Self::Map(pairs) => {
                let empty_key = |key: &Key| matches!(key, Key::Text(text) if text.is_empty());
                pairs.is_empty() || pairs.iter().any(|(k, v)| empty_key(k) || v.holds_empty())
            }
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Bytes(_) => false,
        }
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

/// Parses exactly one value that fills all of `bytes`; map keys are text.
///
/// # Errors
/// [`CborError`] for anything that [`Value::to_bytes`] would not have written, and for
/// integer keys.
pub fn parse(bytes: &[u8]) -> Result<Value, CborError> {
    parse_with(bytes, false)
}

/// Parses a COSE header, whose own keys and whose CWT claims' keys (label 15) may be integers.
///
/// # Errors
/// [`CborError`] for anything that [`Value::to_bytes`] would not have written.
pub fn parse_header(bytes: &[u8]) -> Result<Value, CborError> {
    parse_with(bytes, true)
}

fn parse_with(bytes: &[u8], integer_keys: bool) -> Result<Value, CborError> {
    let mut reader = Reader { integer_keys, ..Reader::new(bytes) };
    let value = reader.value()?;
    reader.end()?;
    Ok(value)
}

/// Reads items one after another, for formats that need the bytes of their parts.
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    /// Whether the map that begins at the next byte may have integer keys.
    integer_keys: bool,
}

impl<'a> Reader<'a> {
    /// Starts at the first byte. Map keys are text.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, depth: 0, integer_keys: false }
    }

    /// Offset of the next byte to be read.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    /// Requires that nothing is left.
    ///
    /// # Errors
    /// When bytes follow.
    pub fn end(&self) -> Result<(), CborError> {
        if self.at == self.bytes.len() {
            Ok(())
        } else {
            Err(CborError { at: self.at, what: "bytes follow the end of the value" })
        }
    }

    /// One value.
    ///
    /// # Errors
    /// See [`parse`].
    pub fn value(&mut self) -> Result<Value, CborError> {
        let start = self.at;
        let (major, argument) = self.head()?;
        match major {
            0 | 1 => integer(start, major, argument).map(Value::Int),
            2 => Ok(Value::Bytes(self.take(start, argument)?.to_vec())),
            3 => self.text_content(start, argument).map(Value::Text),
            4 => {
                self.enter(start)?;
                self.integer_keys = false;
                // A claimed length is not believed before the items are there.
                let mut items = Vec::new();
                for _ in 0..argument {
                    items.push(self.value()?);
                }
                self.depth -= 1;
                Ok(Value::Array(items))
            }
            5 => {
                self.enter(start)?;
                let integers = std::mem::take(&mut self.integer_keys);
                let mut pairs: Vec<(Key, Value)> = Vec::new();
                let mut last: Option<&[u8]> = None;
                for _ in 0..argument {
                    let (key, spelled) = self.map_key(integers)?;
                    if last.is_some_and(|last| spelled <= last) {
                        return Err(CborError {
                            at: start,
                            what: "map keys are out of order or repeated",
                        });
                    }
                    last = Some(spelled);
                    self.integer_keys = integers && self.depth == 1 && key == Key::Int(CWT_CLAIMS);
                    let value = self.value()?;
                    self.integer_keys = false;
                    pairs.push((key, value));
                }
                self.depth -= 1;
                Ok(Value::Map(pairs))
            }
            7 => match argument {
                20 => Ok(Value::Bool(false)),
                21 => Ok(Value::Bool(true)),
                22 => Ok(Value::Null),
                _ => Err(CborError { at: start, what: "a float, undefined or unassigned value" }),
            },
            _ => Err(CborError { at: start, what: "a tag" }),
        }
    }

    /// One value and the bytes that spell it.
    ///
    /// # Errors
    /// See [`parse`].
    pub fn value_and_bytes(&mut self) -> Result<(Value, &'a [u8]), CborError> {
        let start = self.at;
        let value = self.value()?;
        Ok((value, &self.bytes[start..self.at]))
    }

    /// The head of an array; returns its number of items. The caller reads them.
    ///
    /// # Errors
    /// When something else stands here.
    pub fn array(&mut self) -> Result<u64, CborError> {
        self.expect(4, "expected an array")
    }

    /// The head of a map; returns its number of pairs. The caller reads them and checks
    /// the order of the keys.
    ///
    /// # Errors
    /// When something else stands here.
    pub fn map(&mut self) -> Result<u64, CborError> {
        self.expect(5, "expected a map")
    }

    /// A text string.
    ///
    /// # Errors
    /// When something else stands here, or it isn't UTF-8.
    pub fn text(&mut self) -> Result<String, CborError> {
        let start = self.at;
        let length = self.expect(3, "expected text")?;
        self.text_content(start, length)
    }

    /// A byte string.
    ///
    /// # Errors
    /// When something else stands here.
    pub fn byte_string(&mut self) -> Result<&'a [u8], CborError> {
        let start = self.at;
        let length = self.expect(2, "expected a byte string")?;
        self.take(start, length)
    }

    /// Raw bytes that must stand here, such as a tag's head.
    ///
    /// # Errors
    /// `what`, when others do.
    pub fn literal(&mut self, expected: &[u8], what: &'static str) -> Result<(), CborError> {
        if self.bytes[self.at..].starts_with(expected) {
            self.at += expected.len();
            Ok(())
        } else {
            Err(CborError { at: self.at, what })
        }
    }

    fn expect(&mut self, wanted: u8, what: &'static str) -> Result<u64, CborError> {
        let start = self.at;
        let (major, argument) = self.head()?;
        if major == wanted { Ok(argument) } else { Err(CborError { at: start, what }) }
    }

    fn enter(&mut self, at: usize) -> Result<(), CborError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(CborError { at, what: "arrays and maps are nested more than 16 deep" });
        }
        Ok(())
    }

    fn map_key(&mut self, integers: bool) -> Result<(Key, &'a [u8]), CborError> {
        let start = self.at;
        let (major, argument) = self.head()?;
        let key = match major {
            0 | 1 if integers => Key::Int(integer(start, major, argument)?),
            0 | 1 => return Err(CborError { at: start, what: "an integer as a map key" }),
            3 => Key::Text(self.text_content(start, argument)?),
            _ => {
                return Err(CborError { at: start, what: "a map key is neither text nor integer" });
            }
        };
        Ok((key, &self.bytes[start..self.at]))
    }

    fn text_content(&mut self, start: usize, length: u64) -> Result<String, CborError> {
        let bytes = self.take(start, length)?;
        std::str::from_utf8(bytes)
            .map(str::to_owned)
            .map_err(|_| CborError { at: start, what: "text is not well-formed UTF-8" })
    }

    fn take(&mut self, start: usize, length: u64) -> Result<&'a [u8], CborError> {
        let left = self.bytes.len() - self.at;
        match usize::try_from(length) {
            Ok(length) if length <= left => {
                let taken = &self.bytes[self.at..self.at + length];
                self.at += length;
                Ok(taken)
            }
            _ => Err(CborError { at: start, what: "the bytes end before the value does" }),
        }
    }

    /// Initial byte and argument: RFC 8949 section 3, shortest form only.
    fn head(&mut self) -> Result<(u8, u64), CborError> {
        let start = self.at;
        let initial = self.take(start, 1)?[0];
        let (major, info) = (initial >> 5, initial & 0x1f);
        let (argument, smallest) = match info {
            0..=23 => return Ok((major, u64::from(info))),
            24 => (u64::from(self.take(start, 1)?[0]), 24),
            25 => (self.big_endian(start, 2)?, 1 << 8),
            26 => (self.big_endian(start, 4)?, 1 << 16),
            27 => (self.big_endian(start, 8)?, 1 << 32),
            28..=30 => return Err(CborError { at: start, what: "a reserved additional value" }),
            _ => return Err(CborError { at: start, what: "an indefinite length" }),
        };
        if major == 7 {
            return Err(CborError { at: start, what: "a float or a two-byte simple value" });
        }
        if argument < smallest {
            return Err(CborError {
                at: start,
                what: "an integer or length not in its shortest form",
            });
        }
        Ok((major, argument))
    }

    fn big_endian(&mut self, start: usize, count: u64) -> Result<u64, CborError> {
        Ok(self.take(start, count)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }
}

fn integer(at: usize, major: u8, argument: u64) -> Result<i64, CborError> {
    let number = i64::try_from(argument).ok().map(|n| if major == 0 { n } else { -1 - n });
    match number {
        Some(number) if (-MAX_INTEGER..=MAX_INTEGER).contains(&number) => Ok(number),
        _ => Err(CborError { at, what: "an integer beyond 2^53-1" }),
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

fn write_int(out: &mut Vec<u8>, number: i64) {
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

fn encoded_key(key: &Key) -> Vec<u8> {
    let mut out = Vec::new();
    write_key(&mut out, key);
    out
}
