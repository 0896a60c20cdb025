//! The list of mutations: a disk that is deaf to one barrier, and a promise that some crash
//! then breaks. A barrier whose absence no test notices has no place in the program.

use std::path::PathBuf;

use super::super::barrier::Barrier;
use super::crashes::broken_without;

/// Words of the promise that must break.
fn broken(barrier: Barrier) -> &'static str {
    match barrier {
        Barrier::SlotsHeader => "bodykeys begins with",
        Barrier::SlotsName => "bodykeys is missing",
        Barrier::JournalHeader => "journal begins with",
        Barrier::Above | Barrier::FoundNames => "no journal",
        Barrier::Found | Barrier::Frame => "0 entries of 2",
        Barrier::CutCopy | Barrier::CutName => "bytes that were cut are in no file",
        Barrier::Slots => "a body can't be opened",
        Barrier::Document => "a document can't be opened",
        Barrier::DocumentNames => "a document can't be opened: document",
        Barrier::Checkpoint => "the kept checkpoint is torn",
        Barrier::CheckpointName => "was given out, 0 is kept",
        Barrier::Erasing => "erasing begins with",
        Barrier::ErasingName => "what was erased is still there",
        Barrier::Resealed => "the body of entry 0 can't be read",
        Barrier::Forgotten => "an overwritten slot is back",
        Barrier::DocumentsGone => "an erased document is there",
        Barrier::IndexGone => "the index is there",
        Barrier::Evidence => "other evidence",
        Barrier::EvidenceName | Barrier::EvidenceFolder => "evidence is gone",
        // No ledger's; `tests/syncs.rs`, `work/witness/tests.rs`, `work/drafts/tests.rs` and
        // `work/looks.rs` look at them.
        _ => "",
    }
}

#[test]
fn without_any_one_barrier_some_crash_breaks_a_promise() {
    let mut idle = Vec::new();
    for barrier in Barrier::LEDGER {
        let why = broken_without(barrier, false).or_else(|| broken_without(barrier, true));
        let Some(why) = why else {
            idle.push(barrier);
            continue;
        };
        println!("{barrier:?}: {why}");
        assert!(why.contains(broken(barrier)), "{barrier:?}: {why}");
    }
    assert!(idle.is_empty(), "nothing breaks without {idle:?}");
    // That one serves later on, too.
    let why = broken_without(Barrier::FoundNames, true).expect("a checkpoint is lost");
    assert!(why.contains("was given out"), "{why}");
}

fn sources(dir: PathBuf) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for item in std::fs::read_dir(dir).expect("listed") {
        let path = item.expect("listed").path();
        if path.is_dir() {
            if !path.ends_with("tests") {
                found.extend(sources(path));
            }
        } else if path.ends_with("tests.rs") {
            // What tests say of barriers is no place of theirs.
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("read");
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            found.push((path, code.collect::<Vec<_>>().join("\n")));
        }
    }
    found
}

#[test]
fn every_barrier_stands_at_one_place_and_no_sync_without_one() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let sources = sources(root);
    let all = Barrier::LEDGER.into_iter().chain(Barrier::HOME).chain(Barrier::COPY);
    for barrier in all.chain(Barrier::WITNESS).chain(Barrier::PAGE).chain(Barrier::FILES) {
        let name = format!("Barrier::{barrier:?}");
        let ends = |rest: &&str| !rest.starts_with(|next: char| next.is_alphanumeric());
        let places = sources.iter().flat_map(|(_, code)| code.split(&name).skip(1).filter(ends));
        assert_eq!(places.count(), 1, "{name}");
    }
    // The disk itself; documents that are taken out of a record book, and tiles for a web server,
    // both of which the book still has (`docs/faults.md` says so).
    let elsewhere =
        [("store/disk.rs", 2), ("work/history/view.rs", 1), ("work/static_tiles.rs", 1)];
    for (path, code) in &sources {
        let syncs = code.matches("sync_all").count() + code.matches("sync_data").count();
        let allowed = elsewhere.iter().find(|(allowed, _)| path.ends_with(allowed));
        let allowed = allowed.map_or(0, |(_, count)| *count);
        assert_eq!(syncs, allowed, "{} syncs without a barrier", path.display());
    }
}
