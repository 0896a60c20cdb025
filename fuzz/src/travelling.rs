//! What travels between machines or lies beside what it tells of: requests to sign elsewhere, the
//! notes of a backup's medium, and the memories of keys, witnesses and interrupted erasures.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use probity::store::respelled_erasing;
use probity::work::backup::{Note, parse_media};
use probity::work::elsewhere::Request;
use probity::work::holder::Holder;
use probity::work::witness::folder::Config;
use probity::work::{WorkError, seen};
use probity_keys::{Signature, SigningKey};
use probity_ledger::format::cbor::{self, Key, Value};
use probity_ledger::format::cosignature::WitnessKey;
use probity_ledger::format::entry::{Header, assemble};
use probity_ledger::format::hash::{EntryHash, Sha256Hash, Size};
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::statement::Statement;
use probity_ledger::format::tree;

use super::{seeds, short};

/// Most values of a request that is made to fit: with more it is tried as it is.
const FITTED: u64 = 4096;

/// A refusal is a short text, and says what to do.
fn refused(error: &WorkError) {
    short(error);
    assert!(error.hint().is_some(), "a refusal without a remedy: {error}");
}

/// A request, as it is; and with fingerprint, checkpoint and files made to fit its hashes and answers,
/// so that changes reach what these keep out.
pub fn request(data: &[u8]) {
    one_request(data);
    if let Some(fitted) = fitted(data).filter(|fitted| fitted != data) {
        one_request(&fitted);
    }
}

fn one_request(data: &[u8]) {
    let request = match Request::parse(data) {
        Ok(request) => request,
        Err(error) => return refused(&error),
    };
    assert_eq!(request.to_bytes(), data, "one spelling");
    assert!(Request::parse(&data[..data.len() - 1]).is_err(), "a part is no request");
    let (last, hash) = request.after();
    assert_eq!(last.0 + 1, request.checkpoint.size.0, "it counts other entries than it has");
    assert_eq!(request.hashes.last(), Some(&hash));
    assert_eq!(request.hashes.first(), Some(&request.fingerprint));
    assert_eq!(request.root_of_first(request.checkpoint.size), Some(request.checkpoint.root));
    assert_eq!(request.checkpoint.origin, request.origin, "a checkpoint of another record book");
    assert!(request.genesis.is_none() || request.continues().is_some());
    assert!(request.kind.can_be_stated(), "nobody may sign a {} elsewhere", request.kind.name);
    let named: BTreeSet<Sha256Hash> = request.named().iter().map(|file| file.sha256).collect();
    for file in &request.documents {
        assert!(named.contains(&file.sha256), "a file that the record doesn't name");
        let other = file.content.as_ref().filter(|bytes| Sha256Hash::of(bytes) != file.sha256);
        assert!(other.is_none(), "another file than the record names");
    }

    // What is signed says what the request showed.
    let stated = request.stated();
    for (name, commitment) in &stated.body {
        let opening = request.body.iter().find(|(field, _)| field == name);
        let (field, opening) = opening.expect("every commitment has its answer");
        assert_eq!(opening.commitment(field), *commitment);
    }
    let header = Header {
        kid: request.key,
        origin: request.origin.clone(),
        subject: request.subject.clone(),
        time: request.made,
    };
    let bytes = assemble(&header.to_statement_bytes(), &stated.to_bytes(), &Signature([7; 64]));
    match Statement::parse(&bytes) {
        Ok(statement) => {
            assert_eq!(statement.parts().1, &stated, "another statement than was asked for");
            assert_eq!(Request::name(statement.parts().1), Request::name(&stated));
        }
        // Too long, or more links than a statement has: found when it is signed.
        Err(fault) => short(&fault),
    }
}

fn fitted(data: &[u8]) -> Option<Vec<u8>> {
    cbor::count(data).ok().filter(|values| *values <= FITTED)?;
    let Value::Map(mut parts) = cbor::parse(data).ok()? else { return None };
    let part = |parts: &[(Key, Value)], name: &str| {
        let found = parts.iter().find(|(key, _)| *key == Key::from(name))?;
        Some(found.1.clone())
    };
    let hashes = part(&parts, "hashes")?;
    let hashes = hashes.as_bytes()?.as_chunks::<32>().0;
    let hashes: Vec<EntryHash> = hashes.iter().map(|hash| EntryHash(*hash)).collect();
    let first = hashes.first()?.0;
    let origin = part(&parts, "origin")?;
    let (root, size) = (tree::root_of(&hashes), Size(hashes.len() as u64));
    let log = SigningKey::from_seed([9; 32]);
    let checkpoint = Checkpoint::sign(origin.as_text()?, size, root, &log);
    for (key, value) in &mut parts {
        let Key::Text(key) = key else { continue };
        match (key.as_str(), value) {
            ("hashes", value) => {
                *value = Value::bytes(hashes.iter().flat_map(|hash| hash.0).collect::<Vec<u8>>());
            }
            ("fingerprint", value) => *value = Value::bytes(first),
            ("checkpoint", value) => *value = Value::bytes(&*checkpoint),
            ("documents", Value::Array(all)) => all.iter_mut().for_each(without_another_file),
            _ => {}
        }
    }
    Some(Value::Map(parts).to_bytes())
}

/// Takes a file's bytes out that are not those that its hash names.
fn without_another_file(document: &mut Value) {
    let named = document.get("sha256").and_then(Value::as_bytes).map(<[u8]>::to_vec);
    let Value::Map(parts) = document else { return };
    for (_, value) in parts.iter_mut().filter(|(key, _)| *key == Key::from("content")) {
        let Value::Bytes(bytes) = value else { continue };
        if named.as_deref() != Some(&Sha256Hash::of(bytes).0[..]) {
            *value = Value::Null;
        }
    }
}

/// One that the program made, and what it might be taken for.
pub fn requests() -> Vec<Vec<u8>> {
    let made = seeds::made("request");
    assert!(Request::parse(&made).is_ok(), "what make_seeds made is a request");
    let Ok(Value::Map(parts)) = cbor::parse(&made) else { panic!("a request is a map") };
    let alone = parts.iter().map(|part| Value::Map(vec![part.clone()]).to_bytes());
    let nulls = Value::Array(vec![Value::Null; 100_000]).to_bytes();
    alone.chain([made, nulls]).collect()
}

/// What a medium says of itself (`backup.toml`), and what it knows of others (`backups.toml`).
pub fn medium(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let path = Path::new("backup.toml");
    match Note::parse(text, path) {
        Ok(note) => {
            let again = note.to_text().expect("what was read can be written");
            let again = Note::parse(&again, path).expect("what was written can be read");
            assert_eq!(again, note, "it says something else once it is written again");
        }
        Err(error) => refused(&error),
    }
    match parse_media(text, Path::new("backups.toml")) {
        Ok(media) => {
            assert!(media.is_sorted_by_key(|medium| medium.at), "oldest first");
            for medium in &media {
                short(&medium.of());
                let fits = medium.id.len() == 16
                    && medium.id.bytes().all(|byte| b"0123456789abcdef".contains(&byte))
                    && !medium.path.to_string_lossy().chars().any(char::is_control);
                assert_eq!(medium.is_nameable(), fits, "{:?}", medium.id);
            }
        }
        Err(error) => refused(&error),
    }
}

/// Notes, whole and unfinished, as this program and earlier ones wrote them, and lists.
pub fn media() -> Vec<Vec<u8>> {
    let note = |state: &str, more: &str| {
        format!(
            "layout = 1\nstate = \"{state}\"\nmedium = \"0123456789abcdef\"\nschool = \"A School\"\n\
             origin = \"example.org/school\"\nfingerprint = \"{}\"\nat = 1790000000\n\
             on = \"21 September 2026\"\nsize = 14\nroot = \"{}\"\njournal = 9000\nslots = 512\n\
             documents = 3\nkeys = true\n{more}",
            "ab".repeat(32),
            "cd".repeat(32)
        )
    };
    let places: Vec<String> = (0..40_000_u32).map(|place| (place * 2).to_string()).collect();
    let medium = |id: &str, at: i64| {
        format!("[[medium]]\nid = \"{id}\"\npath = \"/media/stick\"\nat = {at}\nsize = 14\n")
    };
    let two = medium("0123456789abcdef", 1_790_000_000) + &medium("fedcba9876543210", 0);
    let odd = medium("../../keys", i64::MAX) + &medium("0123456789abcdef", i64::MIN);
    [
        note("whole", ""),
        note("unfinished", "toward = 9900\nforget = \"3-17,20\"\n"),
        note("unfinished", "toward = 9900\nforget = \"1-67108863\"\n"),
        note("unfinished", "forget = [3, 4, 576460752303423486]\n"),
        note("unfinished", &format!("forget = [{}]\n", places.join(","))),
        note("unfinished", &format!("forget = \"{}\"\n", places.join(","))),
        note("whole", "").replace("layout = 1", "layout = 2"),
        two,
        odd,
        medium("0123456789abcdef", 1).repeat(2000),
    ]
    .map(String::into_bytes)
    .into()
}

/// What is remembered beside keys and records: what a key signed over (`keys/*.seen`), who holds it
/// (`keys/*.held`), what a witness is (`witness.toml`), and what an erasure has to do
/// (`ledger/erasing`).
pub fn memory(data: &[u8]) {
    if let Some(again) = respelled_erasing(data) {
        // An earlier version didn't write one of the parts.
        let older = again.len() == data.len() + b"\x64made\x80".len();
        assert!(again == data || older, "one spelling");
        assert_eq!(respelled_erasing(&again), Some(again.clone()), "what was written can be read");
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Some(all) = seen::parse(text) {
        assert!(seen::is_memory(data));
        let mut again = "probity-seen/v1\n".to_owned();
        for one in &all {
            assert!(one.size.0 > 0, "a record book without records was seen");
            let seen::Seen { origin, fingerprint, size, root, entry } = one;
            let _ = writeln!(again, "{origin} {fingerprint} {size} {root} {entry}");
        }
        assert_eq!(again, text, "one spelling");
    }
    match Holder::parse(text) {
        Ok(holder) => {
            let again = holder.to_text().expect("a holder that is written down");
            assert_eq!(Holder::parse(&again), Ok(holder), "what was written can be read");
        }
        Err(why) => short(&why),
    }
    match Config::parse(text) {
        Ok((config, key)) => {
            assert!(config.layout <= 1);
            assert_eq!(key.to_string(), config.vkey, "one spelling");
        }
        Err(why) => short(&why),
    }
}

/// One or more of each.
pub fn memories() -> Vec<Vec<u8>> {
    let hash = |byte: u8| hex::encode([byte; 32]);
    let seen =
        |origin: &str, size: u64| format!("{origin} {} {size} {} {}\n", hash(1), hash(2), hash(3));
    let seen = format!(
        "probity-seen/v1\n{}{}",
        seen("example.org/a", 14),
        seen("example.org/b", u64::MAX)
    );
    let key = SigningKey::from_seed([7; 32]).public();
    let key = WitnessKey::new("witness.example.org/w", key).expect("a name of a witness");
    let mut all: Vec<Vec<u8>> = [
        seen,
        "holder = \"ssh-agent\"\n".to_owned(),
        "holder = \"pkcs11\"\nmodule = \"/usr/lib/token.so\"\ntoken = \"School\"\nserial = \"0042\"\n\
         key = \"a1b2\"\n"
            .to_owned(),
        format!("layout = 1\nvkey = \"{key}\"\nunattended = true\n"),
    ]
    .map(String::into_bytes)
    .into();
    let erase = |index: i64, fields: Value| Value::Array(vec![Value::Int(index), fields]);
    let parts = |files: usize| {
        let files = (0..files).map(|_| Value::bytes([7; 16])).collect();
        [
            ("v", Value::Int(1)),
            ("entry", Value::Int(9)),
            ("hash", Value::bytes([3; 32])),
            (
                "erase",
                Value::Array(vec![
                    erase(4, Value::Null),
                    erase(5, Value::Array(vec![Value::text("text"), Value::text("people")])),
                ]),
            ),
            ("files", Value::Array(files)),
        ]
    };
    let made = ("made", Value::Array(vec![Value::bytes([8; 16])]));
    all.push(Value::map(parts(2)).to_bytes());
    all.push(Value::map(parts(2).into_iter().chain([made])).to_bytes());
    all.push(Value::map(parts(5000)).to_bytes());
    all.push(Value::Array(vec![Value::Null; 100_000]).to_bytes());
    all
}
