//! The strict reader. What it yields borrows from the bytes that were read, since most of an
//! entry is looked at once and never kept.

use super::{CborError, Key, MAX_DEPTH, MAX_INTEGER, Value};

/// The label of the CWT claims in a header (RFC 9597): a map with integer keys of its own.
const CWT_CLAIMS: i64 = 15;

/// A map key, as it stands in the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKey<'a> {
    /// An integer key.
    Int(i64),
    /// A text key.
    Text(&'a str),
}

/// A value, as it stands in the bytes; [`Item::to_value`] copies it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// No answer.
    Null,
    /// Yes or no.
    Bool(bool),
    /// An integer within ±[`MAX_INTEGER`].
    Int(i64),
    /// Text, well-formed UTF-8.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// An array.
    Array(Vec<Item<'a>>),
    /// A map, its pairs in the order of their encoding.
    Map(Vec<(ItemKey<'a>, Item<'a>)>),
}

impl<'a> Item<'a> {
    /// The same as a tree of its own.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(truth) => Value::Bool(*truth),
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::text(*text),
            Self::Bytes(bytes) => Value::bytes(*bytes),
            Self::Array(items) => Value::Array(items.iter().map(Self::to_value).collect()),
            Self::Map(pairs) => Value::Map(
                pairs
                    .iter()
                    .map(|(key, value)| {
                        let key = match key {
                            ItemKey::Int(number) => Key::Int(*number),
                            ItemKey::Text(text) => Key::from(*text),
                        };
                        (key, value.to_value())
                    })
                    .collect(),
            ),
        }
    }

    /// The text, if this is text.
    #[must_use]
    pub fn as_text(&self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The integer, if this is one.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        if let Self::Int(number) = self { Some(*number) } else { None }
    }

    /// The bytes, if this is a byte string.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    /// The items, if this is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    /// The pairs in their order of encoding, if this is a map.
    #[must_use]
    pub fn as_map(&self) -> Option<&[(ItemKey<'a>, Self)]> {
        if let Self::Map(pairs) = self { Some(pairs) } else { None }
    }

    /// The values under exactly these text keys, which are named in the order of their
    /// encoding: shorter ones first.
    #[must_use]
    pub fn exactly<const N: usize>(&self, names: [&str; N]) -> Option<[&Self; N]> {
        self.under(names.map(ItemKey::Text))
    }

    /// The values under exactly these integer keys, in ascending order.
    #[must_use]
    pub fn labelled<const N: usize>(&self, labels: [i64; N]) -> Option<[&Self; N]> {
        self.under(labels.map(ItemKey::Int))
    }

    fn under<const N: usize>(&self, keys: [ItemKey<'_>; N]) -> Option<[&Self; N]> {
        // Keys have one order, so it is enough to look once.
        let pairs = self.as_map().filter(|pairs| pairs.len() == N)?;
        let mut found = [const { &Item::Null }; N];
        for ((place, wanted), (key, value)) in found.iter_mut().zip(keys).zip(pairs) {
            if *key != wanted {
                return None;
            }
            *place = value;
        }
        Some(found)
    }

    /// Whether this is an empty text, array or map, or holds one or an empty key.
    #[must_use]
    pub fn holds_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Array(items) => items.is_empty() || items.iter().any(Self::holds_empty),
            Self::Map(pairs) => {
                pairs.is_empty()
                    || pairs.iter().any(|(k, v)| *k == ItemKey::Text("") || v.holds_empty())
            }
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Bytes(_) => false,
        }
    }
}

/// Parses exactly one value that fills all of `bytes`; map keys are text.
///
/// # Errors
/// [`CborError`] for anything that [`Value::to_bytes`] would not have written, and for
/// integer keys.
pub fn parse(bytes: &[u8]) -> Result<Value, CborError> {
    read(bytes).map(|item| item.to_value())
}

/// Parses a COSE header, whose own keys and whose CWT claims' keys (label 15) may be integers.
///
/// # Errors
/// [`CborError`] for anything that [`Value::to_bytes`] would not have written.
pub fn parse_header(bytes: &[u8]) -> Result<Value, CborError> {
    read_header(bytes).map(|item| item.to_value())
}

/// As [`parse`], borrowed from the bytes.
///
/// # Errors
/// As [`parse`].
pub fn read(bytes: &[u8]) -> Result<Item<'_>, CborError> {
    read_with(bytes, false)
}

/// As [`parse_header`], borrowed from the bytes.
///
/// # Errors
/// As [`parse_header`].
pub fn read_header(bytes: &[u8]) -> Result<Item<'_>, CborError> {
    read_with(bytes, true)
}

/// How many values there are in the one that begins the bytes, itself and the keys of maps
/// included. Nothing is built, so that whoever reads a long file can bound what reading it would
/// take: a value of one byte becomes an [`Item`] of dozens.
///
/// # Errors
/// For bytes that end too early and for heads in another form. What else [`parse`] refuses is
/// counted.
pub fn count(bytes: &[u8]) -> Result<u64, CborError> {
    let mut reader = Reader::new(bytes);
    let (mut found, mut promised) = (0, 1_u64);
    while promised > 0 {
        let start = reader.at;
        let (major, argument) = reader.head()?;
        (found, promised) = (found + 1, promised - 1);
        match major {
            2 | 3 => drop(reader.take(start, argument)?),
            4 => promised = promised.saturating_add(argument),
            5 => promised = promised.saturating_add(argument.saturating_mul(2)),
            _ => {}
        }
    }
    Ok(found)
}

fn read_with(bytes: &[u8], integer_keys: bool) -> Result<Item<'_>, CborError> {
    let mut reader = Reader { integer_keys, ..Reader::new(bytes) };
    let item = reader.item()?;
    reader.end()?;
    Ok(item)
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

    /// One value, as a tree of its own.
    ///
    /// # Errors
    /// See [`parse`].
    pub fn value(&mut self) -> Result<Value, CborError> {
        self.item().map(|item| item.to_value())
    }

    /// One value, borrowed from the bytes.
    ///
    /// # Errors
    /// See [`parse`].
    pub fn item(&mut self) -> Result<Item<'a>, CborError> {
        let start = self.at;
        let (major, argument) = self.head()?;
        match major {
            0 | 1 => integer(start, major, argument).map(Item::Int),
            2 => Ok(Item::Bytes(self.take(start, argument)?)),
            3 => self.text_content(start, argument).map(Item::Text),
            4 => {
                self.enter(start)?;
                self.integer_keys = false;
                let mut items = Vec::with_capacity(believed(argument));
                for _ in 0..argument {
                    items.push(self.item()?);
                }
                self.depth -= 1;
                Ok(Item::Array(items))
            }
            5 => {
                self.enter(start)?;
                let integers = std::mem::take(&mut self.integer_keys);
                let mut pairs = Vec::with_capacity(believed(argument));
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
                    self.integer_keys =
                        integers && self.depth == 1 && key == ItemKey::Int(CWT_CLAIMS);
                    let value = self.item()?;
                    self.integer_keys = false;
                    pairs.push((key, value));
                }
                self.depth -= 1;
                Ok(Item::Map(pairs))
            }
            7 => match argument {
                20 => Ok(Item::Bool(false)),
                21 => Ok(Item::Bool(true)),
                22 => Ok(Item::Null),
                _ => Err(CborError { at: start, what: "a float, undefined or unassigned value" }),
            },
            _ => Err(CborError { at: start, what: "a tag" }),
        }
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

    fn map_key(&mut self, integers: bool) -> Result<(ItemKey<'a>, &'a [u8]), CborError> {
        let start = self.at;
        let (major, argument) = self.head()?;
        let key = match major {
            0 | 1 if integers => ItemKey::Int(integer(start, major, argument)?),
            0 | 1 => return Err(CborError { at: start, what: "an integer as a map key" }),
            3 => ItemKey::Text(self.text_content(start, argument)?),
            _ => {
                return Err(CborError { at: start, what: "a map key is neither text nor integer" });
            }
        };
        Ok((key, &self.bytes[start..self.at]))
    }

    fn text_content(&mut self, start: usize, length: u64) -> Result<&'a str, CborError> {
        let bytes = self.take(start, length)?;
        std::str::from_utf8(bytes)
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

/// For how many items room is made ahead: a claimed length is not believed beyond a few before
/// they are there.
fn believed(claimed: u64) -> usize {
    usize::try_from(claimed.min(16)).expect("at most 16")
}

fn integer(at: usize, major: u8, argument: u64) -> Result<i64, CborError> {
    let number = i64::try_from(argument).ok().map(|n| if major == 0 { n } else { -1 - n });
    match number {
        Some(number) if (-MAX_INTEGER..=MAX_INTEGER).contains(&number) => Ok(number),
        _ => Err(CborError { at, what: "an integer beyond 2^53-1" }),
    }
}
