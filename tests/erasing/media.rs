//! What backups still open after an erasure, and who is told of it until when.

use super::{SECRET, agree, erase, note};
use crate::common::{DPO, School, text};

/// Whoever forgets one stick after an erasure is told of it until it is done.
#[test]
fn a_medium_that_still_opens_what_was_erased_is_due_until_it_is_brought_up_to_date() {
    let school = School::begun();
    let entry = note(&school, SECRET);
    let [one, two] = ["one", "two"].map(|name| school.path(name).display().to_string());
    for medium in [&one, &two] {
        school.ok(["backup", medium]);
    }
    let behind = || {
        let due = school.lines(["due"]);
        let of = due.into_iter().filter(|line| line["rule"] == "backup-after-erasure");
        of.map(|line| text(&line["about"])).collect::<Vec<String>>()
    };
    let listed = || {
        let list = school.lines(["backup", "--list"]);
        list.iter().map(|line| line["behind_erasure"].as_u64()).collect::<Vec<_>>()
    };
    let erasure = erase(&school, entry, &[]);
    assert_eq!((behind(), listed()), (vec![], vec![None, None]), "nothing is erased yet");
    agree(&school, erasure);
    assert_eq!(behind().len(), 2);
    assert_eq!(listed(), [Some(erasure + 1), Some(erasure + 1)]);
    assert!(school.ok(["backup", "--list"]).out.contains("MAY STILL OPEN what was erased"));
    school.ok(["backup", &one]);
    let [left] = &behind()[..] else { panic!("one") };
    assert!(left.starts_with(&two), "{left}");
    // A book that is restored from one medium knows what the other may hold.
    let new = school.path("new").display().to_string();
    school.ok(["restore", &one, "--home", &new]);
    let known = school.lines(["due", "--home", &new]);
    let of = known.iter().find(|line| line["rule"] == "backup-after-erasure");
    assert!(text(&of.expect("one")["about"]).starts_with(&two), "{known:#?}");
    school.ok(["backup", "--forget", &two]);
    assert_eq!(behind(), Vec::<String>::new());
    // More advice on it erases nothing anew.
    let more = ["--recommendation", "proceed", "--advice", "Still agreed."];
    let link = format!("advises={erasure}");
    school.record("dpo-advice", DPO, &[&more[..], &["--link", &link]].concat());
    assert_eq!(behind(), Vec::<String>::new());
}
