//! The pages that are made from the code are those that stand in the repository. The program's
//! tests write them anew.

use probity_ledger::book::{registers, rules};
use probity_ledger::records::{page, sheet};

#[test]
fn the_pages_of_kinds_registers_and_rules() {
    for (name, kept, made) in [
        ("kinds.md", include_str!("../../docs/kinds.md"), page::reference_page()),
        ("registers.md", include_str!("../../docs/registers.md"), registers::page()),
        ("deadlines.md", include_str!("../../docs/deadlines.md"), rules::page()),
        ("kinds.json", include_str!("../../src/page/kinds.json"), sheet::kinds()),
    ] {
        assert!(kept == made, "{name}: PROBITY_WRITE_DOCS=1 cargo test --test documents");
    }
}

#[test]
fn the_table_by_which_other_verifiers_judge() {
    assert!(include_str!("../../docs/format.md").contains(&page::authority_table()));
}
