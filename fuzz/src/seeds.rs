//! Known inputs: the project's vectors, and what `examples/make_seeds.rs` made and left in
//! `seeds/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A file that `make_seeds` left.
pub fn made(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A vector's head, up to its content, and its content.
fn content(bytes: &[u8]) -> (String, Vec<u8>) {
    let mut head = String::new();
    let mut rest = bytes;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = String::from_utf8_lossy(&rest[..end]).into_owned();
        rest = &rest[end + 1..];
        if line == "text:" {
            return (head, rest.to_vec());
        }
        if let Some(digits) = line.strip_prefix("bytes:") {
            let bytes = hex::decode(digits.trim()).expect("a vector's bytes are hexadecimal");
            return (head, bytes);
        }
        head.push_str(&line);
        head.push('\n');
    }
    (head, Vec::new())
}

/// The texts of all vectors of a folder, in the order of their names.
fn files(folder: &str) -> Vec<Vec<u8>> {
    let folder = root().join("tests/vectors").join(folder);
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the folder of vectors is there")
        .map(|item| item.expect("it can be listed").path())
        .collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("a vector can be read")).collect()
}

/// The contents of a folder's vectors.
pub fn vectors(folder: &str) -> Vec<Vec<u8>> {
    files(folder).iter().map(|bytes| content(bytes).1).collect()
}

/// The contents of a folder's vectors that are accepted, each with a field of its head.
pub fn accepted(folder: &str, field: &str) -> Vec<(String, Vec<u8>)> {
    let parsed = files(folder).into_iter().map(|bytes| content(&bytes));
    parsed
        .filter(|(head, _)| head.starts_with("expect: accept\n"))
        .map(|(head, content)| {
            let value = head.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(": "));
            (value.unwrap_or_default().to_owned(), content)
        })
        .collect()
}

/// A vector whose fields are lines `name: value`, all but `expect` in hexadecimal.
pub type Fields = BTreeMap<String, Vec<u8>>;

/// The fields of a folder's vectors.
pub fn fields(folder: &str) -> Vec<Fields> {
    let line = |line: &str| {
        let (name, value) = line.split_once(": ").unwrap_or((line.trim_end_matches(':'), ""));
        let value = match name {
            "expect" => value.as_bytes().to_vec(),
            _ => hex::decode(value).expect("a vector's fields are hexadecimal"),
        };
        (name.to_owned(), value)
    };
    let texts = files(folder).into_iter().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    texts.map(|text| text.lines().map(line).collect()).collect()
}

/// Files of a bundle by path.
pub type Parts = BTreeMap<String, Vec<u8>>;

/// The bundles among the vectors that have that verdict, without their manifests.
pub fn bundles(verdict: &str) -> Vec<Parts> {
    let verdict = format!("expect: {verdict}\n");
    files("bundle")
        .iter()
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .filter(|text| text.starts_with(&verdict))
        .map(|text| {
            let mut parts = Parts::new();
            let mut path = None;
            for line in text.lines() {
                if let Some(name) = line.strip_prefix("== ") {
                    path = Some(name.to_owned());
                    parts.insert(name.to_owned(), Vec::new());
                } else if let Some(file) = path.as_ref().and_then(|path| parts.get_mut(path)) {
                    file.extend(hex::decode(line).expect("a vector's bytes are hexadecimal"));
                }
            }
            parts
        })
        .collect()
}

/// The files below a folder of all intact bundles, each once.
fn members(folder: &str) -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = bundles("intact")
        .into_iter()
        .flatten()
        .filter(|(path, _)| path.starts_with(folder))
        .map(|(_, bytes)| bytes)
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Signed entries of many kinds.
pub fn entries() -> Vec<Vec<u8>> {
    members("data/entries/")
}

/// Disclosed bodies.
pub fn bodies() -> Vec<Vec<u8>> {
    members("data/bodies/")
}
