//! Steps 1 and 2 of a bundle: paths, places and manifests.

use probity_ledger::book::fault::Code;
use probity_ledger::format::hash::{Index, Sha256Hash, Size};
use probity_ledger::verify::bundle as verifier;
use probity_ledger::verify::container::{
    Files, MAX_MEMBERS, Member, Part, Time, keeps_bytes, part, relative_paths, size_bound,
};
use probity_ledger::verify::ledger::Reader;

use crate::common::bundle::{self, Bundle, body_path, document_path, file, proof_path};
use crate::common::{Book, intact, not_genuine};

fn school() -> Bundle {
    bundle::whole(&Book::school())
}

fn members(names: &[&str]) -> Vec<Member> {
    let member = |name: &&str| Member { name: (*name).to_owned(), folder: name.ends_with('/') };
    names.iter().map(member).collect()
}

#[test]
fn paths_below_one_top_folder() {
    let names = members(&["top/", "top/bagit.txt", "top/data/", "top/data/checkpoint"]);
    let expected = [None, Some("bagit.txt"), None, Some("data/checkpoint")];
    let found = relative_paths(&names, true).expect("good paths");
    assert_eq!(found.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
    let names = members(&["bagit.txt", "data/", "data/checkpoint"]);
    let found = relative_paths(&names, false).expect("good paths");
    assert_eq!(found[2].as_deref(), Some("data/checkpoint"));
    assert!(relative_paths(&members(&["A-b_c.9/x"]), true).is_ok());
    assert!(relative_paths(&members(&[&format!("{}/x", "a".repeat(255))]), true).is_ok());
}

#[test]
fn paths_that_are_refused() {
    let refused = |names: &[&str]| {
        let fault = relative_paths(&members(names), true).expect_err("a bad path");
        assert_eq!(fault.code, Code::Container, "{names:?}");
    };
    for bad in [
        "/top/x",
        "top//x",
        "top/./x",
        "top/../x",
        "../x",
        "./x",
        "top/x/..",
        "top\\x",
        "top/a\\b",
        "C:/x",
        "top/a:b",
        "top/a\nb",
        "top/a\0b",
        "top/a\u{7f}b",
        "top/a\u{85}b",
        "",
        "/",
        "top//",
        "x",
        "t op/x",
        "t\u{f6}p/x",
        "top*/x",
        "../",
        "./",
    ] {
        refused(&[bad]);
    }
    refused(&[&format!("{}/x", "a".repeat(256))]);
    refused(&["top/x", "top/x"]);
    refused(&["top/x", "top/X"]);
    refused(&["top/data/x", "top/Data/x"]);
    refused(&["top/x", "top/x/"]);
    // One unpacker would keep the file, and another what lies below it.
    refused(&["top/x", "top/x/y"]);
    refused(&["top/X/y", "top/x"]);
    refused(&["top/x", "other/x"]);
    refused(&["top/x", "Top/y"]);
    let many: Vec<String> = (0..=MAX_MEMBERS).map(|n| format!("top/{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(relative_paths(&members(&many[1..]), true).is_ok());
    refused(&many);
}

#[test]
fn each_path_has_its_part() {
    assert_eq!(part("data/entries/00000017.cose"), Some(Part::Entry(Index(17))));
    assert_eq!(part("data/entries/100000000.cose"), Some(Part::Entry(Index(100_000_000))));
    let most = (1 << 53) - 1;
    assert_eq!(part(&format!("data/entries/{most}.cose")), Some(Part::Entry(Index(most))));
    assert_eq!(part(&format!("data/entries/{}.cose", most + 1)), None);
    assert_eq!(part("data/bodies/00000000.cbor"), Some(Part::Body(Index(0))));
    assert_eq!(part("data/proofs/00000001.tlog-proof"), Some(Part::Proof(Index(1))));
    let hash = Sha256Hash::of(b"x");
    for name in ["file.pdf", "file.a", "file.tarball8"] {
        let path = format!("data/documents/{hash}/{name}");
        assert_eq!(part(&path), (name.len() <= 13).then_some(Part::Document(hash)), "{path}");
    }
    let time = |time| Some(Part::Time(Size(8), time));
    assert_eq!(part("data/times/8.txt"), time(Time::Text));
    assert_eq!(part("data/times/8.consistency"), time(Time::Consistency));
    assert_eq!(part("data/times/8.1.note"), time(Time::Note(1)));
    assert_eq!(part("data/times/8.10.tsr"), time(Time::Token(10)));
    assert_eq!(part("data/times/8.0.tsr"), None);
    assert_eq!(size_bound("data/times/8.1.note"), 1 << 20);
    assert_eq!(size_bound("data/entries/00000017.cose"), 65_535);
    assert_eq!(size_bound("data/bodies/00000017.cbor"), 1 << 20);
    assert_eq!(size_bound("data/index.html"), 256 << 20);
    assert_eq!(size_bound(&document_path(hash)), 4 << 30);
    assert_eq!(size_bound(&proof_path(17)), (1 << 20) + 4096);
    for text in ["bagit.txt", "bag-info.txt", "data/checkpoint", "data/policy.txt"] {
        assert_eq!(size_bound(text), 1 << 20, "{text} isn't read into memory beyond a mebibyte");
    }
    for manifest in ["manifest-sha256.txt", "tagmanifest-sha256.txt"] {
        assert_eq!(size_bound(manifest), 32 << 20, "{manifest} of 100,000 files is read whole");
    }
}

/// Documents and copies for people can be large; whoever verifies has only to hash them.
#[test]
fn only_what_is_read_is_kept_in_memory() {
    for path in [
        "bagit.txt",
        "manifest-sha256.txt",
        "data/checkpoint",
        "data/policy.txt",
        "data/entries.jsonl",
        "data/entries/00000017.cose",
        "data/transparent/00000017.cose",
        "data/times/8.1.tsr",
        &body_path(17),
        &proof_path(17),
    ] {
        assert!(keeps_bytes(path), "{path}");
    }
    let document = document_path(Sha256Hash::of(b"x"));
    for path in [&document, "data/index.html", "data/entries.csv", "data/schedule.csv", "readme"] {
        assert!(!keeps_bytes(path), "{path}");
    }
}

#[test]
fn files_that_have_no_place() {
    let hash = Sha256Hash::of(b"x").to_string();
    for path in [
        "readme.txt".to_owned(),
        "fetch.txt".to_owned(),
        "manifest-sha512.txt".to_owned(),
        "Bagit.txt".to_owned(),
        "data/readme.txt".to_owned(),
        "data/Checkpoint".to_owned(),
        "data/entries/17.cose".to_owned(),
        "data/entries/000000017.cose".to_owned(),
        "data/entries/+0000017.cose".to_owned(),
        "data/entries/00000017.cbor".to_owned(),
        "data/entries/0000001a.cose".to_owned(),
        "data/entries/x/00000017.cose".to_owned(),
        "data/entries/00000017".to_owned(),
        "data/entries/99999999999999999999999.cose".to_owned(),
        "data/proofs/00000004.proof".to_owned(),
        "data/bodies/00000004.json".to_owned(),
        format!("data/documents/{hash}"),
        format!("data/documents/{hash}/plan.pdf"),
        format!("data/documents/{hash}/file."),
        format!("data/documents/{hash}/file.PDF"),
        format!("data/documents/{hash}/file.tar.gz"),
        format!("data/documents/{hash}/file.ninechars"),
        format!("data/documents/{}/file.pdf", hash.to_uppercase()),
        format!("data/documents/{}/file.pdf", &hash[2..]),
        format!("data/documents/{hash}/x/file.pdf"),
        "data/times/08.txt".to_owned(),
        "data/times/8.tsr".to_owned(),
        "data/times/8.1.txt".to_owned(),
        "data/times/x.note".to_owned(),
    ] {
        assert_eq!(part(&path), None, "{path}");
        not_genuine(&school().put(&path, "x").verify(), Code::Container, None);
    }
}

#[test]
fn files_without_what_they_belong_to() {
    not_genuine(&school().put(&body_path(8), "x").verify(), Code::Container, None);
    not_genuine(&school().put(&proof_path(8), "x").verify(), Code::Container, None);
    let hash = *Book::school().documents.keys().next().expect("a document");
    let beside = document_path(hash).replace("file.pdf", "file.txt");
    not_genuine(&school().put(&beside, "x").verify(), Code::Container, None);
}

fn verify(files: &Files) -> probity_ledger::verify::verdict::Verdict {
    verifier::verify(files, &Reader::default())
}

fn text(files: &Files, path: &str) -> String {
    String::from_utf8(files[path].bytes.clone().expect("kept")).expect("text")
}

fn put(files: &mut Files, path: &str, text: &str) {
    files.insert(path.to_owned(), file(path, text.as_bytes().to_vec()));
}

/// Changes the manifest and lets the tag manifest fit it.
fn with_manifest(change: impl FnOnce(String) -> String) -> Files {
    let mut files = school().seal();
    let changed = change(text(&files, "manifest-sha256.txt"));
    let old = files["manifest-sha256.txt"].sha256.to_string();
    put(&mut files, "manifest-sha256.txt", &changed);
    let new = files["manifest-sha256.txt"].sha256.to_string();
    let tags = text(&files, "tagmanifest-sha256.txt").replace(&old, &new);
    put(&mut files, "tagmanifest-sha256.txt", &tags);
    files
}

#[test]
fn tag_files() {
    intact(&verify(&school().seal()));
    for name in ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"] {
        let mut files = school().seal();
        files.remove(name);
        not_genuine(&verify(&files), Code::Manifest, None);
    }
    for text in [
        "",
        "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n",
        "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8",
        "BagIt-Version: 1.0\r\nTag-File-Character-Encoding: UTF-8\r\n",
    ] {
        not_genuine(&school().put("bagit.txt", text).verify(), Code::Manifest, None);
    }
    intact(&school().put("bag-info.txt", "anything").verify());
}

/// Lines with their ends.
fn lines(text: &str) -> Vec<String> {
    text.split_inclusive('\n').map(str::to_owned).collect()
}

#[test]
fn manifests() {
    intact(&verify(&with_manifest(|text| text)));
    let refused = |change: &dyn Fn(String) -> String| {
        not_genuine(&verify(&with_manifest(change)), Code::Manifest, None);
    };
    refused(&|_| String::new());
    refused(&|text| lines(&text)[1..].concat());
    refused(&|text| text.replace("  data", " data"));
    refused(&|text| text.replace("  data", " *data"));
    refused(&|text| text.replace('\n', "\r\n"));
    refused(&|text| text.trim_end().to_owned());
    refused(&|text| text.to_uppercase());
    refused(&|text| {
        let mut lines = lines(&text);
        lines.swap(0, 1);
        lines.concat()
    });
    refused(&|text| text.clone() + &lines(&text)[0]);
    refused(&|text| text + &format!("{}  data/absent\n", Sha256Hash::of(b"")));
    refused(&|text| text.replacen('0', "1", 1));
    refused(&|text| text.replace("data/checkpoint", "./data/checkpoint"));
}

/// Whoever looks for what was changed is told the first line that differs, on either side.
#[test]
fn a_manifest_that_does_not_fit_is_refused_with_the_line() {
    let right = text(&school().seal(), "manifest-sha256.txt");
    let (first, other) = (lines(&right)[0].clone(), "0".repeat(64));
    let changed = first.replace(&first[..64], &other);
    let more = |name: &str| format!("{other}  {name}\n");
    let found = |change: &dyn Fn(String) -> String| {
        let fault = verify(&with_manifest(change)).fault.expect("a fault");
        (fault.what, fault.found, fault.expected)
    };
    let both = |actual: &str, listed: &str| {
        let what = "`manifest-sha256.txt` and the files".to_owned();
        let (actual, listed) = (actual.trim_end(), listed.trim_end());
        (what, format!("files give: {actual}"), format!("listed: {listed}"))
    };
    assert_eq!(found(&|text| text.replace(&first, &changed)), both(&first, &changed));
    assert_eq!(found(&|text| text.replace(&first, "")), both(&first, "nothing"));
    let (one, two) = (more("data/one"), more("data/two"));
    assert_eq!(found(&|text| one.clone() + &text + &two), both("nothing", &one));
    let (what, found, _) = found(&|text| text + &first);
    let order = "lines out of order or repeated".to_owned();
    assert_eq!((what, found), ("`manifest-sha256.txt`".to_owned(), order));
}

#[test]
fn the_manifest_of_tags() {
    let refused = |change: &dyn Fn(String) -> String| {
        let mut files = school().seal();
        let changed = change(text(&files, "tagmanifest-sha256.txt"));
        put(&mut files, "tagmanifest-sha256.txt", &changed);
        not_genuine(&verify(&files), Code::Manifest, None);
    };
    refused(&|_| String::new());
    refused(&|text| text.replace("bag-info.txt", "bag-infos.txt"));
    refused(&|text| lines(&text)[1..].concat());
    refused(&|text| text + &format!("{}  tagmanifest-sha256.txt\n", Sha256Hash::of(b"")));
    refused(&|text| lines(&text).into_iter().rev().collect());
}

/// A file changed in place, with the manifest as it was.
#[test]
fn a_changed_file() {
    let paths: Vec<String> = school().seal().into_keys().collect();
    for path in paths {
        let mut files = school().seal();
        let entry = files.get_mut(&path).expect("a file");
        entry.sha256 = Sha256Hash::of(b"other bytes");
        if path == "tagmanifest-sha256.txt" {
            // Nothing lists its hash; its content is compared.
            put(&mut files, &path, "other bytes");
        }
        not_genuine(&verify(&files), Code::Manifest, None);
    }
}
