//! Makes the known inputs in `fuzz/seeds/` that no vector holds: a small home, a bundle of it
//! as a zip, a request to sign elsewhere, and key files under other schemes than ours (by OpenSSL).
//!
//! Run it again after a change of a stored format; fresh random salts make all files differ. With the
//! word `request` it makes only that.

#[path = "../../tests/support/mod.rs"]
mod support;

use std::path::Path;
use std::process::Command;

use probity::store::{LocalStore, Mode, Options};
use probity::work::elsewhere::{Request, Wish};
use probity::work::export::{self, Choice};
use probity::work::reading::terms;
use probity::work::record::{self, Wanted, kind};
use probity_keys::{SigningKey, log_key_to_pem};
use probity_ledger::format::cbor::Value;
use probity_ledger::records::kind::Relation;
use support::bundle::{plain_zip, unpack};
use support::{HEAD, School};

fn main() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    std::fs::create_dir_all(seeds.join("home/tiles")).expect("a folder for the seeds");
    let folder = tempfile::tempdir().expect("a folder");
    let school = School::small(folder.path()).expect("a small school");
    if std::env::args().nth(1).as_deref() == Some("request") {
        return request(&school, &seeds);
    }
    let bundle = seeds.join("bundle.zip");
    // Left from the last time; nothing is overwritten by an export.
    let _ = std::fs::remove_file(&bundle);
    let choice = Choice { all: true, ..Choice::default() };
    export::export(&school.world, &school.home, &choice, &bundle).expect("an export");
    // A ledger as small as this one has no tiles unless they are asked for.
    let tiled = Options { block: 1, ..Options::new(terms) };
    let writer = Mode::Write("make_seeds".to_owned());
    drop(LocalStore::open(&school.home.ledger(), &writer, &tiled).expect("the store opens"));
    for name in [
        "journal",
        "bodykeys",
        "checkpoint",
        "tiles/state",
        "tiles/offsets",
        "tiles/hashes",
        "tiles/governance",
        "tiles/resealed",
    ] {
        std::fs::copy(school.home.ledger().join(name), seeds.join("home").join(name))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let few: Vec<(String, Vec<u8>, u32)> = unpack(&bundle)
        .into_iter()
        .filter(|(path, _)| path.contains("0000000") || path.ends_with("t.txt"))
        .take(4)
        .map(|(path, bytes)| (format!("top/{path}"), bytes, 0o100_644))
        .collect();
    std::fs::write(seeds.join("small.zip"), plain_zip(&few)).expect("a small zip");
    request(&school, &seeds);
    keys(&seeds);
}

/// A request to sign a note with a file elsewhere.
fn request(school: &School, seeds: &Path) {
    let mut wanted = Wanted::new(kind("note").expect("a note is a kind"), HEAD);
    wanted.answers.set("text", Value::text("To be signed elsewhere."));
    wanted.links.push((Relation::About, "0".to_owned()));
    wanted.attach.push(school.file("paper.txt", "A paper.\n").expect("a file"));
    let reading = school.read().expect("the record book opens");
    let prepared = record::prepare(&school.world, &reading, &school.keyring(), &wanted);
    let prepared = prepared.expect("a note can be prepared");
    let wish = Wish { days: 14, practice: false };
    let request = Request::make(&school.world, &reading, &prepared, wish).expect("a request");
    std::fs::write(seeds.join("request"), request.to_bytes()).expect("a request is written");
}

/// The key of the target `key_file`, cheap to open.
fn keys(seeds: &Path) {
    let plain = seeds.join("plain.pem");
    std::fs::write(&plain, log_key_to_pem(&SigningKey::from_seed([7; 32])).as_bytes())
        .expect("a key");
    let pass = ["-passout", "pass:Quite-long enough 4 tests!"];
    for (name, scheme) in [
        ("pbkdf2.pem", &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256", "-iter", "1"][..]),
        ("scrypt.pem", &["-scrypt", "-scrypt_N", "2", "-scrypt_r", "1", "-scrypt_p", "1"]),
        ("pbes1.pem", &["-v1", "PBE-SHA1-3DES", "-iter", "1"]),
        ("aes128.pem", &["-v2", "aes-128-cbc", "-iter", "1"]),
    ] {
        let status = Command::new("openssl")
            .args(["pkcs8", "-topk8", "-in"])
            .arg(&plain)
            .arg("-out")
            .arg(seeds.join(name))
            .args(scheme)
            .args(pass)
            .status()
            .expect("OpenSSL is there");
        assert!(status.success(), "{name}");
    }
    std::fs::remove_file(plain).expect("it was just written");
}
