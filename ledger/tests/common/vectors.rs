//! Vectors: files that begin with their own verdict.
//!
//! ```text
//! expect: accept                      or "expect: refused: WHAT"
//! # why, in one or more lines
//! name: value                         fields, as each kind of vector has them
//! bytes: hex                          the content, or
//! text:                               the content, from the next line to the end of the file
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// One vector.
pub struct Vector {
    /// Its file name.
    pub name: String,
    /// `None` when it is to be accepted, otherwise what is wrong with it.
    pub refused: Option<String>,
    /// Its fields.
    pub fields: BTreeMap<String, String>,
    /// Its content.
    pub content: Vec<u8>,
}

impl Vector {
    fn parse(name: &str, bytes: &[u8]) -> Self {
        let mut rest = bytes;
        let mut line = || {
            let end = rest.iter().position(|byte| *byte == b'\n')?;
            let line = std::str::from_utf8(&rest[..end]).expect("the head of a vector is text");
            rest = &rest[end + 1..];
            Some(line.to_owned())
        };
        let verdict = line().expect("a vector has a first line");
        let verdict = verdict.strip_prefix("expect: ").expect("a vector begins with its verdict");
        let refused = verdict.strip_prefix("refused: ").map(str::to_owned);
        assert!(refused.is_some() || verdict == "accept", "{name}: {verdict}");
        let (mut fields, mut content, mut comments) = (BTreeMap::new(), Vec::new(), 0);
        while let Some(line) = line() {
            if line.starts_with("# ") {
                comments += 1;
            } else if line == "text:" {
                content = rest.to_vec();
                break;
            } else {
                let (label, value) = line.split_once(':').expect("a field");
                let value = value.trim_start().to_owned();
                if label == "bytes" {
                    content = hex::decode(value).expect("bytes are hexadecimal");
                } else {
                    assert!(fields.insert(label.to_owned(), value).is_none(), "{name}: {label}");
                }
            }
        }
        assert!(comments > 0, "{name}: no comment says what it is");
        Self { name: name.to_owned(), refused, fields, content }
    }

    /// A field.
    pub fn field(&self, label: &str) -> &str {
        self.fields.get(label).unwrap_or_else(|| panic!("{}: no field {label}", self.name))
    }

    /// A field that is a number.
    pub fn number(&self, label: &str) -> u64 {
        self.field(label).parse().expect("a number")
    }

    /// A field that is a hash.
    pub fn hash(&self, label: &str) -> [u8; 32] {
        hash(self.field(label))
    }

    /// A field of none or more hashes.
    pub fn hashes(&self, label: &str) -> Vec<[u8; 32]> {
        self.field(label).split_whitespace().map(hash).collect()
    }
}

fn hash(text: &str) -> [u8; 32] {
    hex::decode(text).expect("a hash is hexadecimal").try_into().expect("a hash has 32 bytes")
}

/// Every vector of a folder below `tests/vectors`, by name.
pub fn all(folder: &str) -> Vec<Vector> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors").join(folder);
    let mut vectors: Vec<Vector> = fs::read_dir(&folder)
        .expect("the folder of vectors is there")
        .map(|item| {
            let path = item.expect("the folder can be listed").path();
            let name = path.file_stem().expect("files have names").to_string_lossy().into_owned();
            Vector::parse(&name, &fs::read(&path).expect("a vector can be read"))
        })
        .collect();
    vectors.sort_by(|one, other| one.name.cmp(&other.name));
    assert!(vectors.len() > 20, "the vectors of {} are there", folder.display());
    vectors
}

/// One vector of a folder below `tests/vectors`.
pub fn one(folder: &str, name: &str) -> Vector {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors").join(folder);
    let bytes = fs::read(folder.join(name).with_extension("txt")).expect("a vector can be read");
    Vector::parse(name, &bytes)
}
