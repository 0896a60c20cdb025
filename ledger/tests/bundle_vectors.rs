//! Every bundle that was kept as a vector has today the verdict that it begins with. To add
//! the bundles of new tests: `PROBITY_WRITE_VECTORS=1 cargo test -p probity-ledger --test
//! faults`. Vectors of a released format stay for ever.

#![allow(clippy::disallowed_methods, reason = "it reads vectors")]

mod common;

use common::bundle_vector::{erased, expectation, folder, read, report};

#[test]
fn every_kept_bundle_has_the_verdict_that_it_begins_with() {
    let mut count = 0;
    for entry in std::fs::read_dir(folder()).expect("the folder of vectors") {
        let path = entry.expect("readable").path();
        let text = std::fs::read_to_string(&path).expect("a vector");
        let vector = read(&text);
        let verdict = vector.bundle.verify_with(&vector.brings);
        let mut found = vec![expectation(&verdict)];
        found.extend(erased(&verdict));
        assert_eq!(found, vector.expected, "{}", path.display());
        assert_eq!(report(&verdict), vector.report, "{}", path.display());
        count += 1;
    }
    assert!(count >= 50, "only {count} vectors are there");
}
