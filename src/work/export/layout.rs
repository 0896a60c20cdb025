//! The files of a bundle, as the format page has them.

use std::collections::{BTreeMap, BTreeSet};

use probity_ledger::book::clear::ClearFields;
use probity_ledger::book::judge;
use probity_ledger::format::hash::{Index, Sha256Hash, Size};
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::proof::Proof;
use probity_ledger::format::{jsonl, tree};
use probity_ledger::records::facts::PersonId;
use probity_ledger::verify::container::{self, TAG_FILES, number};

use super::plan::{Part, Plan};
use crate::store::{Store as _, StoreError};
use crate::work::reading::{Reading, Record};
use crate::work::{WorkError, document, schedule, time};

/// How to check a bundle with other people's tools, for whoever has nothing but the bundle.
const BY_HAND: &str = include_str!("../../../docs/guide/checking-by-hand.md");

/// Everything under `data/`; says how many documents that holds.
pub(super) fn lay_out(
    reading: &Reading,
    plan: &Plan,
    checkpoint: &Checkpoint,
    policy: String,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<usize, WorkError> {
    let mut copy = String::new();
    let mut documents: BTreeSet<Sha256Hash> = BTreeSet::new();
    let mut enclosed: BTreeMap<Index, u64> = BTreeMap::new();
    for part in &plan.parts {
        let (record, index) = (&part.record, &part.record.index());
        let file = number(*index);
        files.insert(format!("data/entries/{file}.cose"), record.entry.bytes().to_vec());
        files.insert(format!("data/proofs/{file}.tlog-proof"), proof(reading, *index, checkpoint)?);
        for named in part.body.iter().flat_map(judge::documents) {
            if !documents.contains(&named.sha256) {
                // A document that is gone is left out; verification names it as absent.
                let bytes = match reading.store.document(*index, named.sha256) {
                    Ok(Some(bytes)) => bytes,
                    Ok(None) | Err(StoreError::DocumentAbsent { .. }) => continue,
                    Err(error) => return Err(error.into()),
                };
                documents.insert(named.sha256);
                let extension = document::extension(&named.name);
                files.insert(format!("data/documents/{}/file.{extension}", named.sha256), bytes);
            }
            *enclosed.entry(*index).or_default() += 1;
        }
        if let Some(body) = &part.body {
            files.insert(format!("data/bodies/{file}.cbor"), body.to_bytes());
        }
        copy.push_str(&jsonl::line(&record.entry, part.body.as_ref()));
    }
    files.insert("data/checkpoint".to_owned(), checkpoint.bytes().to_vec());
    files.insert("data/entries.jsonl".to_owned(), copy.into_bytes());
    files.insert("data/policy.txt".to_owned(), policy.into_bytes());
    let names: BTreeMap<PersonId, &str> = plan.parts.iter().filter_map(name_disclosed).collect();
    // Only names that this bundle discloses itself.
    let signer = |record: &Record| {
        let key = || format!("key {}", record.entry.says().kid.short());
        names.get(&record.person).map_or_else(key, |name| (*name).to_owned())
    };
    let records = plan.parts.iter().map(|part| &part.record);
    files.insert("data/entries.csv".to_owned(), schedule::entries(records, signer)?);
    let lines = plan.lines(|part| enclosed.get(&part.record.index()).copied().unwrap_or_default());
    files.insert("data/schedule.csv".to_owned(), schedule::schedule(&lines)?);
    files.insert("data/checking-by-hand.md".to_owned(), BY_HAND.into());
    Ok(documents.len())
}

/// The name that a record of this bundle gives to a person.
fn name_disclosed(part: &Part) -> Option<(PersonId, &str)> {
    let person = match &part.record.clear {
        Some(ClearFields::Genesis { person, .. } | ClearFields::Appointment { person, .. }) => {
            *person
        }
        _ => return None,
    };
    Some((person, part.body.as_ref()?.get("name")?.value.as_text()?))
}

fn proof(reading: &Reading, index: Index, checkpoint: &Checkpoint) -> Result<Vec<u8>, WorkError> {
    let (size, root) = (checkpoint.size, checkpoint.root);
    let path = tree::inclusion(reading.store.nodes(), index, size).unwrap_or_default();
    let leaf = reading.store.hash(index)?;
    if !tree::verify_inclusion(leaf, index, size, &path, root) {
        return Err(WorkError::refused(
            format!("the stored tree doesn't prove entry {index}"),
            "delete the folder ledger/tiles; it is made again from the journal",
        ));
    }
    Ok(Proof { index, path, checkpoint: checkpoint.bytes().to_vec() }.to_bytes())
}

/// The four tag files of the bag.
pub(super) fn finish_bag(
    reading: &Reading,
    files: &mut BTreeMap<String, Vec<u8>>,
    now: i64,
    practice: bool,
) {
    let octets: usize = files.values().map(Vec::len).sum();
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut info = format!(
        "Source-Organization: {}\nBagging-Date: {}\nPayload-Oxum: {octets}.{}\n\
         External-Identifier: {} {}\nBag-Software-Agent: probity {}\n",
        one_line(&reading.authority.school),
        time::iso_day(now),
        files.len(),
        reading.authority.origin,
        reading.authority.fingerprint,
        env!("CARGO_PKG_VERSION"),
    );
    if practice {
        info.push_str("External-Description: PRACTICE, everything in it is made up\n");
    }
    let hashes = |files: &BTreeMap<String, Vec<u8>>, wanted: &dyn Fn(&str) -> bool| {
        let chosen = files.iter().filter(|(path, _)| wanted(path));
        container::manifest(chosen.map(|(path, bytes)| (path.as_str(), Sha256Hash::of(bytes))))
    };
    let manifest = hashes(files, &|path| path.starts_with("data/"));
    files.insert("bag-info.txt".to_owned(), info.into_bytes());
    files.insert("bagit.txt".to_owned(), container::BAGIT.into());
    files.insert("manifest-sha256.txt".to_owned(), manifest.into_bytes());
    let tags = hashes(files, &|path| TAG_FILES[..3].contains(&path));
    files.insert("tagmanifest-sha256.txt".to_owned(), tags.into_bytes());
}

/// The name of the top folder.
pub(super) fn top_name(reading: &Reading, size: Size, practice: bool) -> String {
    let origin: String = reading
        .authority
        .origin
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(80)
        .collect();
    let mark = if practice { "PRACTICE-" } else { "" };
    format!("{mark}evidence-{origin}-{size}")
}
