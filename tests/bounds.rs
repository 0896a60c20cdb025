//! The bounds on the files of a bundle (`docs/format.md` section 13, "Container"), each at its
//! last byte and one byte past it, as a zip and as a folder. `test_bounds` and its neighbours in
//! `tests/verifier/test_container.py` hold the second verifier to the same table.
//!
//! Such inputs need megabytes, so that they are made here and are no files among the vectors.

#[allow(dead_code, reason = "each test uses a part of it")]
#[path = "support/bundle.rs"]
mod parts;

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use parts::Parts;
use probity::work::bag::{self, Found};
use probity_ledger::book::fault::{Code, Fault};
use probity_ledger::verify::bundle;
use probity_ledger::verify::container::{BAGIT, MAX_KEPT, MAX_MEMBERS};
use probity_ledger::verify::ledger::Reader;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const MIB: usize = 1 << 20;

/// Most bytes of the file at a path.
const BOUNDS: [(&str, usize); 12] = [
    ("data/entries/00000000.cose", 65_535),
    ("data/bodies/00000000.cbor", MIB),
    ("data/proofs/00000000.tlog-proof", MIB + 4096),
    ("data/checkpoint", MIB),
    ("data/policy.txt", MIB),
    ("bagit.txt", MIB),
    ("bag-info.txt", MIB),
    ("manifest-sha256.txt", 32 * MIB),
    ("tagmanifest-sha256.txt", 32 * MIB),
    ("data/entries.jsonl", 256 * MIB),
    ("data/times/7.1.note", MIB),
    ("data/index.html", 256 * MIB),
];

/// Enough of a bundle that every path has its place; no entry of it can be read.
fn bare() -> Parts {
    let mut files = Parts::new();
    for path in ["data/entries/00000000.cose", "data/checkpoint", "data/policy.txt", "bag-info.txt"]
    {
        files.insert(path.to_owned(), b"x".to_vec());
    }
    files.insert("bagit.txt".to_owned(), BAGIT.into());
    parts::remanifest(&mut files);
    files
}

/// A zip of these files, with that many empty folders beside them.
fn zip(path: &Path, files: &Parts, folders: usize) {
    let mut zip = ZipWriter::new(File::create(path).expect("a file"));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for number in 0..folders {
        zip.add_directory(format!("top/f{number}"), options).expect("a folder");
    }
    for (path, bytes) in files {
        zip.start_file(format!("top/{path}"), options).expect("a member");
        zip.write_all(bytes).expect("its bytes");
    }
    zip.finish().expect("a zip");
}

/// The first fault of what lies there.
fn fault(path: &Path) -> Fault {
    match bag::read(path).expect("it can be read") {
        Found::Fault(fault) => fault,
        Found::Files(files) => {
            bundle::verify(&files, &Reader::default()).fault.expect("it is no whole bundle")
        }
    }
}

#[test]
fn each_file_at_its_bound_and_a_byte_past_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (packed, unpacked) = (folder.path().join("bundle.zip"), folder.path().join("bundle"));
    for (path, most) in BOUNDS {
        // At the bound, the next step finds that the manifest doesn't fit.
        for (size, code) in [(most, Code::Manifest), (most + 1, Code::Container)] {
            let mut files = bare();
            files.insert(path.to_owned(), vec![0; size]);
            zip(&packed, &files, 0);
            assert_eq!(fault(&packed).code, code, "{path} of {size} bytes in a zip");
            parts::lay_out(&files, &unpacked);
            assert_eq!(fault(&unpacked).code, code, "{path} of {size} bytes in a folder");
            std::fs::remove_dir_all(&unpacked).expect("a folder");
        }
    }
}

#[test]
fn the_most_members_and_one_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bundle.zip");
    let files = bare();
    let room = MAX_MEMBERS - files.len();
    for (folders, code) in [(room, Code::Checkpoint), (room + 1, Code::Container)] {
        zip(&path, &files, folders);
        assert_eq!(fault(&path).code, code, "{folders} folders");
    }
}

#[test]
fn the_most_that_is_held_and_a_byte_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bundle.zip");
    let mut files = bare();
    for copy in ["data/entries.jsonl", "manifest-sha256.txt", "tagmanifest-sha256.txt"] {
        let most = BOUNDS.iter().find(|(path, _)| *path == copy).expect("it has a bound").1;
        files.insert(copy.to_owned(), vec![0; most]);
    }
    let held: usize = files.values().map(Vec::len).sum();
    let mut rest = usize::try_from(MAX_KEPT).expect("it fits") - held;
    for number in 1_u64.. {
        let size = rest.min(MIB);
        files.insert(parts::entry_path(number), b"x".to_vec());
        files.insert(parts::body_path(number), vec![0; size.saturating_sub(1)]);
        rest -= size;
        if rest == 0 {
            break;
        }
    }
    zip(&path, &files, 0);
    assert_eq!(fault(&path).code, Code::Manifest);
    files.get_mut("bag-info.txt").expect("it is there").push(b'x');
    zip(&path, &files, 0);
    assert_eq!(fault(&path).code, Code::Container);
}

/// Readers differ in which of several ends they believe, so that a zip has one.
#[test]
fn a_zip_has_one_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bundle.zip");
    let members = |files: &Parts| -> Vec<(String, Vec<u8>, u32)> {
        let member =
            |(path, bytes): (&String, &Vec<u8>)| (format!("top/{path}"), bytes.clone(), 0o100_644);
        files.iter().map(member).collect()
    };
    let raw = parts::plain_zip(&members(&bare()));
    let with_comment = |comment: &[u8]| {
        let length = u16::try_from(comment.len()).expect("short").to_le_bytes();
        [&raw[..raw.len() - 2], &length, comment].concat()
    };
    let refused = |bytes: &[u8]| {
        std::fs::write(&path, bytes).expect("a file");
        fault(&path).code == Code::Container
    };
    assert!(!refused(&raw));
    assert!(!refused(&with_comment(b"a remark")));
    // Another end behind it makes another zip, without members, and with bytes before it.
    let fake = [&b"PK\x05\x06"[..], &[0; 18]].concat();
    // An end of its own that leads nowhere: the library would go on to the one before.
    let mut broken = fake.clone();
    broken[10..20].copy_from_slice(&[1, 0, 46, 0, 0, 0, 255, 255, 0, 0]);
    for bad in [
        [&raw[..], b"\0"].concat(),
        [&raw[..], &fake].concat(),
        [&raw[..], &broken].concat(),
        with_comment(&fake),
        with_comment(&broken),
        with_comment(&[&fake[..], b" "].concat()),
        with_comment(&raw[raw.len() - 22..]),
    ] {
        assert!(refused(&bad), "{}", bad.escape_ascii());
    }
}

/// Where readers of zips differ, every verifier says the same (`tests/verifier/zips.py` made these):
/// else one file would be two bundles, each intact for somebody.
#[test]
fn a_zip_is_read_in_one_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bundle.zip");
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/zip");
    let mut count = 0;
    for vector in std::fs::read_dir(vectors).expect("the vectors") {
        let vector = vector.expect("a vector").path();
        let text = std::fs::read_to_string(&vector).expect("text");
        let (first, lines) = text.split_once('\n').expect("a verdict and a zip");
        let bytes = hex::decode(lines.replace('\n', "")).expect("hexadecimal");
        std::fs::write(&path, bytes).expect("a file");
        let found = match bag::read(&path) {
            Err(_) => "no bundle".to_owned(),
            Ok(Found::Fault(fault)) => format!("not-genuine {:?} -", fault.code).to_lowercase(),
            Ok(Found::Files(files)) => {
                format!("{:?}", bundle::verify(&files, &Reader::default()).verdict).to_lowercase()
            }
        };
        assert_eq!(format!("expect: {found}"), first, "{}", vector.display());
        count += 1;
    }
    assert!(count > 50, "{count} vectors");
}
