//! Whose word it is: the keys that signed, and who signed elsewhere.

use probity_keys::Kid;

use super::{JUNE, NOVEMBER, bundle, head_says, inspector_says, key, ledger};
use crate::format::hash::{Index, Size};
use crate::verify::verdict::{Stated, Subject};

#[test]
fn keys_are_counted_by_person_and_named() {
    let mut verdict = bundle();
    let mut second = key(0xab, 1, None);
    second.accepted = false;
    second.revoked_by = Some(Index(8));
    verdict.keys = vec![key(1, 1, Some("Amina Okafor")), second, key(3, 2, Some("R. Hale"))];
    verdict.times = Some((JUNE, NOVEMBER));
    inspector_says(
        &verdict,
        &[
            "Whose word: self-asserted. Without outside evidence, whoever holds the controlling keys \
             could have rewritten all or removed the newest. 3 keys signed in this bundle, appointed \
             to 2 persons; 2 of them accepted by their holders",
            "“Amina Okafor” (dpo, staff, key 01010101, 1 entry); name not disclosed (dpo, staff, key \
             abababab, 171 entries, not accepted, revoked by entry 8); “R. Hale” (dpo, staff, key \
             03030303, 3 entries). Times are claims, from 21 June 2026, 14:02 BST to 21 November \
             2026, 14:02 GMT.",
        ],
        &[],
    );
    verdict.subject = Subject::Ledger;
    verdict.keys.truncate(1);
    inspector_says(
        &verdict,
        &["1 key signed, appointed to 1 person; 1 of them"],
        &["in this bundle"],
    );
    verdict.relied_on = Some(Size(5));
    inspector_says(
        &verdict,
        &[
            "could have written these entries, or removed the newest. Since your checkpoint signed: \
             “Amina Okafor” (dpo, staff, key 01010101, 1 entry).",
        ],
        &["appointed to"],
    );
    verdict.keys.clear();
    inspector_says(&verdict, &["Since your checkpoint signed: nobody."], &[]);
}

#[test]
fn what_was_signed_elsewhere_names_author_and_carrier() {
    let mut verdict = ledger();
    head_says(&verdict, &[], &["On another machine"]);
    inspector_says(&verdict, &[], &["Signed elsewhere"]);
    verdict.keys = vec![key(1, 1, Some("Amina Okafor")), key(2, 2, None)];
    let one = |entry| Stated {
        entry: Index(entry),
        by: Kid([1; 32]).to_string(),
        entered_by: Kid([2; 32]).to_string(),
        after: Index(4),
    };
    verdict.stated = vec![one(7)];
    head_says(
        &verdict,
        &["On another machine: record 7 was signed by “Amina Okafor” elsewhere and entered by \
             somebody unnamed."],
        &["more"],
    );
    inspector_says(
        &verdict,
        &[
            "Signed elsewhere: entry 7 by “Amina Okafor” (key 01010101), who knew the chain up to entry \
             4; entered by name not disclosed (key 02020202).",
        ],
        &["more"],
    );
    verdict.stated = (1..=12).map(one).collect();
    head_says(&verdict, &["record 12 was signed"], &["so were"]);
    verdict.stated = (1..=14).map(one).collect();
    head_says(&verdict, &["record 12 was signed", "; so were 2 more."], &["record 13"]);
    inspector_says(&verdict, &["entry 12 by", "; and 2 more."], &["entry 13 by"]);
}
