//! Inputs made to exhaust the machine: a gigabyte where a few bytes belong, members that expand
//! without end, nesting, lengths that promise what doesn't come. Each is refused with a message,
//! by a process that isn't given the memory to hold it.
//!
//! The memory is the address space that `prlimit` grants; a process that wants more ends with a
//! signal, and the test fails. Files of zeros are sparse and take no room on the disk.
#![cfg(target_os = "linux")]

mod common;
#[allow(dead_code, reason = "each test uses a part of it")]
#[path = "support/bundle.rs"]
mod parts;

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use common::School;
use probity_keys::Kid;
use probity_ledger::format::cbor::{self, Value};
use probity_ledger::format::entry::{Header, Payload, Subject, assemble};
use probity_ledger::format::hash::{EntryHash, Index};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const GIB: u64 = 1 << 30;
const MIB: u64 = 1 << 20;

/// A file of a gigabyte of zeros.
fn zeros(path: &Path) -> PathBuf {
    File::create(path).and_then(|file| file.set_len(GIB)).expect("a sparse file");
    path.to_owned()
}

/// Runs the program with that much memory.
fn within(memory: u64, school: &School, arguments: &[&str], input: Stdio) -> Output {
    let command = school.command(arguments);
    let mut limited = Command::new("prlimit");
    limited.arg(format!("--as={memory}")).arg("--").arg(command.get_program());
    limited.args(command.get_args()).stdin(input);
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited.output().expect("prlimit runs the program")
}

/// What the program says when it ends as it should.
#[track_caller]
fn said(memory: u64, school: &School, arguments: &[&str], status: i32) -> String {
    ended(&within(memory, school, arguments, Stdio::null()), status)
}

#[track_caller]
fn ended(out: &Output, status: i32) -> String {
    let said = String::from_utf8_lossy(&[&out.stdout[..], &out.stderr].concat()).into_owned();
    // Lines are broken for the terminal.
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(out.status.code(), Some(status), "{} {said}", out.status);
    assert!(said.len() < 16 << 10, "{} bytes of talk", said.len());
    said
}

#[test]
fn a_gigabyte_where_a_small_file_belongs() {
    let school = School::begun();
    let big = zeros(&school.path("big"));
    let big = big.to_str().expect("UTF-8");
    let bounded = |said: &str, most: u64| {
        let bound = format!("found {GIB} bytes, expected at most {most}");
        assert!(said.contains(&bound), "{said}");
        assert!(said.contains("hint: name the file that you mean"), "{said}");
    };
    bounded(&said(256 * MIB, &school, &["verify", "--since", big], 2), MIB);
    let record = ["record", "note", "--by", common::HEAD, "--dry-run"];
    for (option, most) in
        [("--from-json", 8 * MIB), ("--from-jsonl", 64 * MIB), ("--form", 2 * MIB)]
    {
        bounded(&said(256 * MIB, &school, &[&record[..], &[option, big]].concat(), 2), most);
    }
    let import = ["import", "dpia", big, "--by", common::HEAD];
    bounded(&said(256 * MIB, &school, &import, 2), 16 * MIB);
    let log = school.file("log.csv", "When\n1\n");
    let import = ["import", "breaches", &log, "--map", big, "--by", common::HEAD];
    bounded(&said(256 * MIB, &school, &import, 2), 64 << 10);
    let passphrase = ["record", "note", "--by", common::HEAD, "--text", "a", "--yes"];
    let mut command = school.command([&passphrase[..], &["--passphrase-file", big]].concat());
    command.env_remove("PROBITY_PASSPHRASE");
    let long = ended(&command.output().expect("it runs"), 2);
    assert!(long.contains("is longer than 4096 bytes hint: name a file that holds"), "{long}");
    let appoint = ["appoint", "Someone", "--role", "staff", "--by", common::HEAD, "--pub", big];
    bounded(&said(256 * MIB, &school, &appoint, 2), 64 << 10);

    // A key file that is none is named, and keeps nobody from the others.
    for (name, arguments, status) in
        [("keys/kofi-mensah.pub", &["key", "list"][..], 0), ("config.toml", &["verify"], 2)]
    {
        let path = school.home().join(name);
        let kept = std::fs::read(&path).expect("it is there");
        zeros(&path);
        let said = said(256 * MIB, &school, arguments, status);
        assert!(said.contains(&format!("found {GIB} bytes, expected at most 65536")), "{said}");
        std::fs::write(&path, kept).expect("put back");
    }
    let document = said(256 * MIB, &school, &["verify", "--document", big], 2);
    assert!(document.contains("is 1073741824 bytes long, expected at most"), "{document}");
    let bundle = said(256 * MIB, &school, &["verify", big], 2);
    assert!(bundle.contains("is neither a zip file nor a folder"), "{bundle}");
}

#[test]
fn input_that_never_ends() {
    let school = School::begun();
    let arguments = ["record", "note", "--by", common::HEAD, "--dry-run", "--from-json", "-"];
    let endless = File::open("/dev/zero").expect("zeros without end");
    let out = within(256 * MIB, &school, &arguments, endless.into());
    let said = ended(&out, 2);
    assert!(said.contains("found more than 8388608 bytes, expected at most 8388608"), "{said}");
}

#[test]
fn a_home_full_of_zeros() {
    let school = School::begun();
    let ledger = school.home().join("ledger");
    let checkpoint = std::fs::read(ledger.join("checkpoint")).expect("a checkpoint");
    zeros(&ledger.join("checkpoint"));
    let verdict = said(512 * MIB, &school, &["verify"], 1);
    assert!(verdict.contains("longer than 1 MiB"), "{verdict}");
    std::fs::write(ledger.join("checkpoint"), checkpoint).expect("put back");

    for behind in [true, false] {
        let path = ledger.join("journal");
        let journal = std::fs::read(&path).expect("a journal");
        if behind {
            let file = File::options().write(true).open(&path).expect("the journal");
            file.set_len(GIB).expect("it grows");
        } else {
            zeros(&path);
        }
        let verdict = said(512 * MIB, &school, &["verify"], 1);
        assert!(verdict.contains("(fault `journal`)"), "{verdict}");
        // Behind whole frames, zeros are cut off and kept as a sparse file; reading a gigabyte for
        // that takes its time.
        if !behind {
            said(512 * MIB, &school, &["record", "note", "--by", common::HEAD, "--text", "a"], 2);
        }
        std::fs::write(&path, journal).expect("put back");
    }
}

/// A frame with a right checksum that holds as many records as fit: a byte each.
#[test]
fn a_frame_of_millions_of_records() {
    let school = School::begun();
    let path = school.home().join("ledger/journal");
    let mut journal = std::fs::read(&path).expect("a journal");
    let record: Vec<u8> = [&[0, 0, 0, 1, 0xf6][..], &[0; 12]].concat();
    let payload = record.repeat((64 << 20) / record.len());
    let number = |number: usize| u32::try_from(number).expect("it fits").to_be_bytes();
    let mut frame = b"PJF1\x01\0\0\0".to_vec();
    frame.extend(common::BEGUN.to_be_bytes());
    frame.extend(number(payload.len() / record.len()));
    frame.extend(number(payload.len()));
    let crc = crc32c::crc32c_append(crc32c::crc32c(&frame[4..]), &payload);
    frame.extend(crc.to_be_bytes());
    for broken in [false, true] {
        journal.extend_from_slice(&frame);
        journal.extend_from_slice(&payload);
        if broken {
            // The last byte no longer fits, so that the reader salvages.
            journal.pop();
            journal.push(1);
        }
        std::fs::write(&path, &journal).expect("the journal");
        let verdict = said(384 * MIB, &school, &["verify"], 1);
        assert!(verdict.contains(&format!("entry {}", common::BEGUN)), "{verdict}");
        journal.truncate(journal.len() - frame.len() - payload.len());
    }
}

#[test]
fn answers_without_end_or_bottom() {
    let school = School::begun();
    let record = ["record", "note", "--by", common::HEAD, "--dry-run"];
    let refused = |option: &str, content: &str| {
        let path = school.file("answers", content);
        said(512 * MIB, &school, &[&record[..], &[option, &path]].concat(), 2)
    };
    let deep = "[".repeat(100_000);
    assert!(refused("--from-json", &deep).contains("recursion limit"));
    assert!(refused("--from-json", &"{\"a\":".repeat(100_000)).contains("recursion limit"));
    assert!(refused("--from-jsonl", &deep).contains("recursion limit"));
    let many: String =
        (0..200_000).fold(String::new(), |all, number| all + &format!("\"field-{number}\":1,"));
    let many = refused("--from-json", &format!("{{{many}\"text\":\"a\"}}"));
    assert!(many.contains("more faults"), "{many}");
    let wide = format!("{{\"{}\":1}}", "a".repeat(4 << 20));
    assert!(refused("--from-json", &wide).contains("has no field"));
    let lines = refused("--from-jsonl", &"{\"text\":\"a\"}\n".repeat(1 << 20));
    assert!(lines.contains("holds more than 100000 records"), "{lines}");
    let path = school.file("faults", "1\n".repeat(90_000));
    let out = within(
        512 * MIB,
        &school,
        &[&record[..], &["--from-jsonl", &path]].concat(),
        Stdio::null(),
    );
    let complaints =
        String::from_utf8_lossy(&out.stderr).lines().filter(|l| l.contains("line ")).count();
    assert_eq!((out.status.code(), complaints), (Some(2), 1_000));
}

#[test]
fn forms_and_registers_without_end_or_bottom() {
    let school = School::begun();
    let record = ["record", "note", "--by", common::HEAD, "--dry-run", "--form"];
    let form = |content: &str| {
        let path = school.file("form.toml", content);
        said(512 * MIB, &school, &[&record[..], &[&path]].concat(), 2)
    };
    assert!(form(&format!("text = {}", "[".repeat(100_000))).contains("can't be read at line 1"));
    assert!(form(&"[a.b.c]\n".repeat(100_000)).contains("can't be read at line 2"));
    let wide = format!("text = [{}]", "1,".repeat((1 << 20) - 8));
    assert!(form(&wide).contains("found a list"));
    let many: String =
        (0..100_000).fold(String::new(), |all, number| all + &format!("field-{number} = 1\n"));
    assert!(form(&many).contains("more faults"));

    let map = school.file("map.toml", "origin = 'a'\n[field]\naware = 'When'\n");
    let register = |memory: u64, content: &str| {
        let path = school.file("register.csv", content);
        let line = ["import", "breaches", &path, "--map", &map, "--by", common::HEAD];
        let out = within(memory, &school, &line, Stdio::null());
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(2), "{} {said}", out.status);
        said
    };
    assert!(register(512 * MIB, &",".repeat(16 << 20)).contains("more than 10000 cells"));
    let row = register(512 * MIB, &format!("No,When\n{}", ",".repeat((16 << 20) - 8)));
    assert!(row.contains("line 2 has more than 10000 cells"), "{row}");
    // Every row is held with what is wrong with it.
    let rows = register(GIB, &format!("When\n{}", "x\n".repeat(90_000)));
    assert_eq!(rows.matches("error: row ").count(), 1_000);
    assert!(rows.contains("90000 of 90000 rows can't be recorded"));

    let assessment = |content: &str| {
        let path = school.file("pia.json", content);
        said(512 * MIB, &school, &["import", "dpia", &path, "--by", common::HEAD], 2)
    };
    assert!(assessment(&"[".repeat(100_000)).contains("recursion limit"));
    let text = format!(
        "{{\"pia\":{{\"name\":\"a\"}},\"answers\":[{{\"reference_to\":111,\"data\":{{\"text\":\"{}\"}}}}]}}",
        "<p>".repeat(1 << 20) + &"x".repeat(1 << 20)
    );
    assert!(assessment(&text).contains("context: expected at most 204800 bytes of text"));
}

/// A zip with members of zeros, each under a top folder.
fn zip_of_zeros(path: &Path, members: &[(String, u64)]) {
    let mut zip = ZipWriter::new(File::create(path).expect("a file"));
    let block = vec![0; 1 << 20];
    for (name, size) in members {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(format!("top/{name}"), options).expect("a member");
        for _ in 0..size >> 20 {
            zip.write_all(&block).expect("zeros");
        }
    }
    zip.finish().expect("a zip");
}

#[test]
fn members_that_expand() {
    let school = School::nothing();
    let path = school.path("bomb.zip");
    for (name, bound) in [
        ("data/entries/00000000.cose", "65535"),
        ("data/bodies/00000000.cbor", "1048576"),
        ("data/proofs/00000000.tlog-proof", "1052672"),
        ("data/checkpoint", "1048576"),
        ("data/policy.txt", "1048576"),
        ("bag-info.txt", "1048576"),
        ("manifest-sha256.txt", "33554432"),
        ("data/entries.jsonl", "268435456"),
    ] {
        // A gigabyte where the bound is far off, a little more than the bound elsewhere.
        let size = if bound.len() > 8 { GIB } else { 40 * MIB };
        zip_of_zeros(&path, &[(name.to_owned(), size)]);
        assert!(path.metadata().expect("it is there").len() < 2 * MIB);
        let verdict = said(768 * MIB, &school, &["verify", path.to_str().expect("UTF-8")], 1);
        assert!(verdict.contains(&format!("at most {bound}, and 4 GiB in all")), "{verdict}");
    }
    // Each within its own bound, and too much together.
    let bodies = (0..600).map(|number| (format!("data/bodies/{number:08}.cbor"), MIB));
    zip_of_zeros(&path, &bodies.collect::<Vec<_>>());
    let verdict = said(768 * MIB, &school, &["verify", path.to_str().expect("UTF-8")], 1);
    assert!(verdict.contains("512 MiB without documents and copies"), "{verdict}");
}

/// A manifest of nothing but newlines is compared without a set of all its lines.
#[test]
fn a_manifest_of_newlines() {
    let school = School::nothing();
    let mut files = parts::Parts::new();
    files.insert("bagit.txt".to_owned(), probity_ledger::verify::container::BAGIT.into());
    files.insert("bag-info.txt".to_owned(), b"Source-Organization: A School\n".to_vec());
    parts::remanifest(&mut files);
    files.insert("manifest-sha256.txt".to_owned(), b"\n".repeat(32 << 20));
    let verdict = verify_parts(&school, &files, 256 * MIB);
    assert!(verdict.contains("manifest-sha256.txt"), "{verdict}");
}

fn verify_parts(school: &School, files: &parts::Parts, memory: u64) -> String {
    let members: Vec<(String, Vec<u8>, u32)> = files
        .iter()
        .map(|(path, bytes)| (format!("top/{path}"), bytes.clone(), 0o100_644))
        .collect();
    let path = school.file("bundle.zip", parts::plain_zip(&members));
    said(memory, school, &["verify", &path], 1)
}

/// Entries whose clear fields are lists of nulls take thirty times their bytes once parsed.
#[test]
fn entries_that_grow_when_they_are_read() {
    let school = School::nothing();
    let mut files = parts::Parts::new();
    let origin = "example.org/school";
    let mut leaves = Vec::new();
    for index in 0..1_000 {
        let header = Header {
            kid: Kid([7; 32]),
            origin: origin.to_owned(),
            subject: Subject::Ledger,
            time: 1,
        };
        let payload = Payload {
            seq: Index(index),
            prev: EntryHash::ZERO,
            gov: EntryHash::ZERO,
            case: None,
            kind: "unknown".to_owned(),
            version: 1,
            role: "staff".to_owned(),
            links: Vec::new(),
            clear: Value::map([("nulls", Value::Array(vec![Value::Null; 65_000]))]),
            body: Vec::new(),
        };
        let signature = probity_keys::Signature([7; 64]);
        let entry = assemble(&header.to_bytes(), &payload.to_bytes(), &signature);
        leaves.push(probity_ledger::format::tree::leaf_hash(&entry));
        files.insert(parts::entry_path(index), entry);
    }
    let log = probity_keys::SigningKey::from_seed([9; 32]);
    parts::reseal_as(&mut files, origin, &log, &leaves);
    files.insert("bagit.txt".to_owned(), probity_ledger::verify::container::BAGIT.into());
    files.insert("bag-info.txt".to_owned(), b"Source-Organization: A School\n".to_vec());
    parts::remanifest(&mut files);
    let verdict = verify_parts(&school, &files, 512 * MIB);
    assert!(verdict.contains("entry 0"), "{verdict}");
}

/// More members than a bundle may have, found before all of them are listed; and a list that is
/// claimed and not there.
#[test]
fn a_list_of_members_without_end() {
    let school = School::nothing();
    let mut zip = Vec::new();
    let count: u64 = 1_000_000;
    for number in 0..count {
        zip.extend(b"PK\x01\x02");
        zip.extend([0; 24]);
        zip.extend([8, 0]);
        zip.extend([0; 16]);
        zip.extend(format!("{number:08}").bytes());
    }
    let path = school.file("many.zip", with_end(&zip, count, zip.len() as u64, 0));
    let many = said(512 * MIB, &school, &["verify", &path], 1);
    assert!(many.contains("1000000 members are listed"), "{many}");

    // 20 million members are promised, in a gigabyte of zeros.
    let big = zeros(&school.path("promised.zip"));
    let mut file = File::options().append(true).open(&big).expect("the file");
    let list = 46 * 20_000_000;
    file.write_all(&with_end(&[], 20_000_000, list, GIB - list)).expect("its end");
    let promised = said(512 * MIB, &school, &["verify", big.to_str().expect("UTF-8")], 1);
    assert!(promised.contains("20000000 members are listed"), "{promised}");
}

/// The records that end a zip with Zip64. `start` is where the directory begins.
fn with_end(directory: &[u8], count: u64, size: u64, start: u64) -> Vec<u8> {
    let mut zip = directory.to_vec();
    let at = if directory.is_empty() { GIB } else { zip.len() as u64 };
    zip.extend(b"PK\x06\x06");
    zip.extend(44_u64.to_le_bytes());
    zip.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [count, count, size, start] {
        zip.extend(number.to_le_bytes());
    }
    zip.extend(b"PK\x06\x07\0\0\0\0");
    zip.extend(at.to_le_bytes());
    zip.extend(1_u32.to_le_bytes());
    zip.extend(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0");
    zip
}

#[test]
fn cbor_that_is_deep_or_promises_more_than_there_is() {
    assert!(cbor::parse(&vec![0x81; 100_000]).is_err());
    assert!(cbor::parse(&b"\xa1\x60".repeat(100_000)).is_err());
    for major in [2_u8, 3, 4, 5] {
        for length in [1_u64 << 32, (1 << 53) + 1, i64::MAX as u64, 1 << 63, u64::MAX] {
            let mut bytes = vec![major << 5 | 0x1b];
            bytes.extend(length.to_be_bytes());
            bytes.extend([0xf6; 100]);
            assert!(cbor::parse(&bytes).is_err());
        }
    }
}

/// A request comes from another school, by e-mail: whatever it holds, it is refused within a small
/// multiple of its bytes. Each of the values in it once became dozens of bytes, and a page on which
/// somebody put such a file ended for everybody.
#[test]
fn a_request_of_millions_of_values() {
    let school = School::begun();
    let size = 64 * MIB - 16;
    let nulls = vec![0xf6; usize::try_from(size).expect("it fits")];
    let length = u32::try_from(size).expect("it fits").to_be_bytes();
    let text = |text: &str| Value::text(text).to_bytes();
    let array = [&[0x9a][..], &length, &nulls].concat();
    let within_a_map = [&[0xa1][..], &text("form"), &[0x9a], &length, &nulls].concat();
    for bomb in [array, within_a_map] {
        let path = school.file("bomb.request", &bomb);
        let refused = said(320 * MIB, &school, &["sign", "--detached", &path], 2);
        assert!(refused.contains("this is not a request as it was made: "), "{refused}");
        assert!(refused.contains(" values, expected at most 262144"), "{refused}");
        assert!(refused.contains("hint: have the school make a new one"), "{refused}");
    }
    // What it says is repeated only in its beginning.
    let kind = "a".repeat(1 << 20);
    let parts = [("form", Value::text("probity-request/v1")), ("kind", Value::text(kind))];
    let unknown = Value::map(parts.into_iter().chain([("v", Value::Int(1))])).to_bytes();
    let path = school.file("unknown.request", unknown);
    let refused = said(320 * MIB, &school, &["sign", "--detached", &path], 2);
    assert!(refused.contains("this program knows no `aaa"), "{refused}");
}

/// What lies beside a record book that came from elsewhere: each of these values once became dozens
/// of bytes, too.
#[test]
fn an_interrupted_erasure_of_millions_of_values() {
    let school = School::begun();
    let nulls = vec![0xf6; (16 << 20) - 16];
    let length = u32::try_from(nulls.len()).expect("it fits").to_be_bytes();
    let path = school.home().join("ledger/erasing");
    std::fs::write(&path, [&[0x9a][..], &length, &nulls].concat()).expect("written");
    let note = ["record", "note", "--by", common::HEAD, "--text", "a", "--yes"];
    let refused = said(320 * MIB, &school, &note, 2);
    assert!(refused.contains("expected \"what an erasure has to do\""), "{refused}");
    assert!(refused.contains("hint: restore the newest backup"), "{refused}");
}
