//! What was found once is tried first in every later run.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use probity_fuzz::harness::{self, Meter};
use probity_fuzz::{TARGETS, Target};

const METER: Meter = Meter { worked: || Duration::ZERO, now: || 0, peak: || 0, reset: || () };

/// What was tried, in its order.
static TRIED: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

/// A run of no time at all tries every finding of its target; one that was mended wrongly, or comes
/// back, is found before anything is drawn.
#[test]
fn every_run_begins_with_what_was_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut all = 0;
    for target in TARGETS {
        let noting = Target {
            run: |data| TRIED.lock().expect("no test panics here").push(data.to_vec()),
            seeds: || vec![b"a known input".to_vec()],
            ..*target
        };
        TRIED.lock().expect("no test panics here").clear();
        let ran = harness::run(&noting, Duration::ZERO, 1, METER, &folder.path().join("trial"));
        ran.expect("nothing is found");
        let tried = TRIED.lock().expect("no test panics here").clone();
        let found = harness::kept(target);
        all += found.len();
        for (path, bytes) in found {
            assert!(tried.contains(&bytes), "{}: {}", target.name, path.display());
        }
    }
    assert!(all >= 8, "{all} findings");
}

/// What `docs/fuzzing.md` says was found is there: a file that no target takes for its own would
/// never be tried.
#[test]
fn every_finding_belongs_to_a_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("found");
    let of_targets: BTreeSet<_> = TARGETS
        .iter()
        .flat_map(|target| harness::kept(target).into_iter().map(|(path, _)| path))
        .collect();
    for item in fs::read_dir(&folder).expect("the folder of findings is there") {
        let path = item.expect("it can be listed").path();
        assert!(of_targets.contains(&path), "{} is of no target", path.display());
        let length = path.metadata().expect("it is there").len();
        assert!(length <= 8192, "{}: {length} bytes; make it in fuzz/src/found.rs", path.display());
    }
    for name in ["checkpoint", "record_json", "words", "request", "medium"] {
        let target = probity_fuzz::target(name).expect("it is on the list");
        assert!(!harness::kept(target).is_empty(), "{name}");
    }
}
