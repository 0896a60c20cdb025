//! Hashes and numbers with a meaning, each a type of its own, so that a root is never
//! taken for an entry's hash nor an index for a size.

use std::fmt;

use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

macro_rules! hash_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 32]);

        impl $name {
            /// 32 zero bytes: what stands where there is no earlier entry.
            pub const ZERO: Self = Self([0; 32]);

            /// The first eight hexadecimal digits, for people.
            #[must_use]
            pub fn short(&self) -> String {
                hex::encode(&self.0[..4])
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = std::array::TryFromSliceError;

            fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
                bytes.try_into().map(Self)
            }
        }

        /// All 64 lower-case hexadecimal digits.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

hash_type! {
    /// The RFC 9162 leaf hash of an entry's bytes, `SHA-256(0x00 ‖ entry)`. The one hash that
    /// serves the chain, the tree and every reference to an entry.
    EntryHash
}
hash_type! {
    /// The root of an RFC 9162 tree.
    RootHash
}
hash_type! {
    /// A salted commitment to one field of a body.
    Commitment
}
hash_type! {
    /// The plain SHA-256 of a file's bytes.
    Sha256Hash
}

impl Sha256Hash {
    /// Hashes bytes that are at hand whole.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

/// An entry's place in the ledger, from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Index(pub u64);

/// How many entries a ledger, or a tree, has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Size(pub u64);

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
