//! The body of an entry: the answers, which never stand in the entry itself.
//!
//! The entry commits to every field of its kind, unanswered ones as null, each with a
//! fresh random salt:
//!
//! ```text
//! commitment = SHA-256( CBOR ["probity/v1/field", salt, name, value] )
//! body       = CBOR { name: [salt, value] }
//! ```
//!
//! Without a field's pair nothing can be guessed about it; so a field can be withheld or
//! erased and every signature, link and proof stays valid. Whoever once held a pair can
//! prove it for ever.

use sha2::{Digest as _, Sha256};

use super::cbor::{self, CborError, ItemKey, Value};
use super::entry::is_name;
use super::hash::Commitment;

/// Longest body in bytes.
pub const MAX_BODY: usize = 1 << 20;

/// A fresh random value for each field: 32 bytes, never derived.
pub type Salt = [u8; 32];

/// What opens one commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The salt.
    pub salt: Salt,
    /// The answer.
    pub value: Value,
    /// The answer's bytes as stored; they enter the hash as they stand.
    encoded: Vec<u8>,
}

/// Disclosed fields by name, in the order of their encoding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body(Vec<(String, Opening)>);

/// Why bytes are not a body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyFault {
    /// Longer than [`MAX_BODY`].
    #[error("the body is {0} bytes long, expected at most 1048576")]
    TooLarge(usize),
    /// Not strict CBOR.
    #[error("the body is {0}")]
    Encoding(#[from] CborError),
    /// CBOR, but not of a body's structure.
    #[error("the body is not a map of one or more name: [32-byte salt, value]")]
    Shape,
    /// An empty text, list or map, which has no place in a body.
    #[error("the body's field `{0}` holds an empty text, list or map")]
    Empty(String),
}

/// The commitment to one field.
#[must_use]
pub fn commitment(salt: &Salt, name: &str, encoded_value: &[u8]) -> Commitment {
    let mut bytes = Vec::with_capacity(64 + name.len() + encoded_value.len());
    cbor::write_head(&mut bytes, 4, 4);
    cbor::write_text(&mut bytes, "probity/v1/field");
    cbor::write_bytes(&mut bytes, salt);
    cbor::write_text(&mut bytes, name);
    bytes.extend_from_slice(encoded_value);
    Commitment(Sha256::digest(&bytes).into())
}

impl Opening {
    /// An answer with its salt.
    #[must_use]
    pub fn new(salt: Salt, value: Value) -> Self {
        Self { salt, encoded: value.to_bytes(), value }
    }

    /// The commitment that it opens, for the field of that name.
    #[must_use]
    pub fn commitment(&self, name: &str) -> Commitment {
        commitment(&self.salt, name, &self.encoded)
    }
}

impl Body {
    /// A body of these fields.
    #[must_use]
    pub fn new(fields: impl IntoIterator<Item = (String, Opening)>) -> Self {
        let mut fields: Vec<(String, Opening)> = fields.into_iter().collect();
        // Bytewise order of encoded text: shorter first, then by content.
        fields.sort_by(|(a, _), (b, _)| (a.len(), a).cmp(&(b.len(), b)));
        Self(fields)
    }

    /// Reads a body from exactly these bytes.
    ///
    /// # Errors
    /// [`BodyFault`] says what is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, BodyFault> {
        if bytes.len() > MAX_BODY {
            return Err(BodyFault::TooLarge(bytes.len()));
        }
        let item = cbor::read(bytes)?;
        let pairs = item.as_map().filter(|pairs| !pairs.is_empty()).ok_or(BodyFault::Shape)?;
        let mut fields = Vec::with_capacity(pairs.len());
        for (key, opening) in pairs {
            let (ItemKey::Text(name), Some([salt, value])) = (key, opening.as_array()) else {
                return Err(BodyFault::Shape);
            };
            let salt = salt.as_bytes().and_then(|salt| salt.try_into().ok());
            let salt = salt.filter(|_| is_name(name)).ok_or(BodyFault::Shape)?;
            if value.holds_empty() {
                return Err(BodyFault::Empty((*name).to_owned()));
            }
            fields.push(((*name).to_owned(), Opening::new(salt, value.to_value())));
        }
        Ok(Self(fields))
    }

    /// The deterministic encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let opening = |(name, opening): &(String, Opening)| name.len() + opening.encoded.len() + 40;
        let mut out = Vec::with_capacity(self.0.iter().map(opening).sum::<usize>() + 3);
        cbor::write_head(&mut out, 5, self.0.len() as u64);
        for (name, opening) in &self.0 {
            cbor::write_text(&mut out, name);
            cbor::write_head(&mut out, 4, 2);
            cbor::write_bytes(&mut out, &opening.salt);
            out.extend_from_slice(&opening.encoded);
        }
        out
    }

    /// The opening of the field of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Opening> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, opening)| opening)
    }

    /// Every disclosed field, in the order of the encoding.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Opening)> {
        self.0.iter().map(|(name, opening)| (name.as_str(), opening))
    }

    /// Whether nothing is disclosed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same body with only the fields that `keep` names.
    #[must_use]
    pub fn only(&self, mut keep: impl FnMut(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|(name, _)| keep(name)).cloned().collect())
    }
}

/// A file that a body names: the answer of form `{name, type, size, sha256}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The file's own name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Length in bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: super::hash::Sha256Hash,
}

impl Document {
    /// Reads an answer; `None` when it is not a document.
    #[must_use]
    pub fn from_value(value: &Value) -> Option<Self> {
        let [name, media_type, size, sha256] =
            super::entry::exactly(value, ["name", "type", "size", "sha256"])?;
        Some(Self {
            name: name.as_text()?.to_owned(),
            media_type: media_type.as_text()?.to_owned(),
            size: u64::try_from(size.as_int()?).ok()?,
            sha256: sha256.as_bytes()?.try_into().ok()?,
        })
    }

    /// The answer that names it.
    ///
    /// # Panics
    /// When the size exceeds 2⁵³−1 bytes.
    #[must_use]
    pub fn to_value(&self) -> Value {
        Value::map([
            ("name", Value::text(&*self.name)),
            ("type", Value::text(&*self.media_type)),
            ("size", Value::Int(i64::try_from(self.size).expect("a file below 2^53 bytes"))),
            ("sha256", Value::bytes(self.sha256.0)),
        ])
    }

    /// Every document within a value, however deep.
    #[must_use]
    pub fn within(value: &Value) -> Vec<Self> {
        if let Some(document) = Self::from_value(value) {
            return vec![document];
        }
        match value {
            Value::Array(items) => items.iter().flat_map(Self::within).collect(),
            Value::Map(pairs) => pairs.iter().flat_map(|(_, value)| Self::within(value)).collect(),
            _ => Vec::new(),
        }
    }
}
