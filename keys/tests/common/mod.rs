//! The vectors of the Ed25519 rule.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// One vector: its file's name, its verdict and its parts.
pub struct Vector {
    pub name: String,
    pub expect: String,
    pub key: [u8; 32],
    pub message: Vec<u8>,
    pub signature: [u8; 64],
}

/// Reads one vector: the verdict first, then comments and the three fields in any order.
fn parse(name: &str, text: &str) -> Vector {
    let mut lines = text.lines();
    let expect = lines
        .next()
        .and_then(|line| line.strip_prefix("expect: "))
        .unwrap_or_else(|| panic!("{name}: the first line is not a verdict"));
    let mut comments = 0;
    let mut fields = BTreeMap::new();
    for line in lines {
        if line.starts_with("# ") {
            comments += 1;
            continue;
        }
        let (label, value) =
            line.split_once(':').unwrap_or_else(|| panic!("{name}: {line:?} is not a field"));
        let value = hex::decode(value.trim_start()).expect("fields are hex");
        assert!(fields.insert(label, value).is_none(), "{name}: {label} twice");
    }
    assert!(comments > 0, "{name}: no comment says what the fault is");
    let mut take =
        |label: &str| fields.remove(label).unwrap_or_else(|| panic!("{name}: no {label}"));
    let vector = Vector {
        name: name.into(),
        expect: expect.into(),
        key: take("key").try_into().expect("a key is 32 bytes"),
        message: take("message"),
        signature: take("signature").try_into().expect("a signature is 64 bytes"),
    };
    assert!(fields.is_empty(), "{name}: unknown fields {fields:?}");
    vector
}

/// All of them, by name.
pub fn vectors() -> Vec<Vector> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/ed25519");
    let mut vectors: Vec<_> = fs::read_dir(&folder)
        .expect("tests/vectors/ed25519 is there")
        .map(|item| {
            let path = item.expect("the folder can be listed").path();
            let name = path.file_name().expect("files have names").to_string_lossy();
            let text = fs::read_to_string(&path).expect("vectors are text");
            parse(&name, &text)
        })
        .collect();
    vectors.sort_by(|one, other| one.name.cmp(&other.name));
    vectors
}
