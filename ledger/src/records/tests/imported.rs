//! Records that were taken over from a register say so; what only speaks about an import doesn't.

use serde_json::json;

use super::{past, scene};
use crate::records::form::nearest;
use crate::records::kind::Relation;

#[test]
fn what_an_import_made_is_not_witnessed() {
    let import = || {
        let register = json!({ "register": "breaches", "origin": "Log", "rows": 1, "taken": 1 });
        past("import", "administrator", 2, &register)
    };
    let report = json!({ "aware": 1_790_850_000 });
    let (rule, words) = ("imported", "imported from an existing register, and not witnessed");
    let imported = |found: &[String]| found.iter().any(|one| one.starts_with("imported: "));
    let breach = || scene("breach-report", "administrator");
    breach().after(import()).linking(Relation::About, 0).expect(&report, rule, words);
    // By another relation, about another entry, or of a kind that belongs to no sort of case.
    let others = [
        breach().after(import()).linking(Relation::Continues, 0).finds(&report),
        breach().after(import()).finds(&report),
        breach()
            .after(past("note", "administrator", 2, &json!({ "text": "a" })))
            .linking(Relation::About, 0)
            .finds(&report),
        scene("note", "administrator")
            .after(import())
            .linking(Relation::About, 0)
            .finds(&json!({ "text": "checked" })),
    ];
    for found in others {
        assert!(!imported(&found), "{found:?}");
    }
}

#[test]
fn a_slip_is_near_and_another_word_is_not() {
    let known = ["case", "links", "people-count"];
    assert_eq!(nearest("cases", known), Some("case"));
    assert_eq!(nearest("peple-count", known), Some("people-count"));
    assert_eq!(nearest("zebra crossing", known), None);
    assert_eq!(nearest(&"links".repeat(100), known), None, "nothing so long is a slip");
}
