//! The pages that are made from the code are those that stand in the repository. The program's
//! tests write them anew.

use std::path::Path;

use probity_ledger::book::{registers, rules};
use probity_ledger::records::{page, sheet};

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    let text = std::fs::read_to_string(&path);
    text.unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

#[test]
fn the_pages_of_kinds_registers_and_rules() {
    for (path, text) in [
        ("docs/kinds.md", page::reference_page()),
        ("docs/registers.md", registers::page()),
        ("docs/deadlines.md", rules::page()),
        ("src/page/kinds.json", sheet::kinds()),
    ] {
        assert!(read(path) == text, "{path}: PROBITY_WRITE_DOCS=1 cargo test --test documents");
    }
}

#[test]
fn the_table_by_which_other_verifiers_judge() {
    assert!(read("docs/format.md").contains(&page::authority_table()));
}
