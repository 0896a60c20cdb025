//! Erasures that name very much, and very many erasures of the same: how much one may name is
//! bounded, and what is told of them doesn't grow with how often they say it.

use probity_ledger::book::clear::ClearFields;
use probity_ledger::book::erasing::{Ground, MOST_FIELDS, MOST_OF_ONE, Target};
use probity_ledger::book::fault::Code;
use probity_ledger::format::hash::Index;

use super::erasing::{advice, erased, erasure, forget, of_text, rule, school};
use crate::common::{Book, DPO, Draft, HEAD, LOG, bundle, intact, not_genuine, note};

/// The first note of [`notes`].
const FIRST: u64 = 7;

/// Entries 7 to 23 are notes.
fn notes() -> Book {
    let mut book = school();
    for _ in FIRST..=23 {
        book.add(note(DPO, "dpo"));
    }
    book
}

/// Entry 24 of [`notes`]: an erasure that names so many fields of each of these entries, under
/// names that nobody can tell anything of while the entries are not there.
fn naming(book: &Book, counts: &[usize]) -> Draft {
    let names = |count: usize| (0..count).map(|at| format!("f-{at:03}")).collect();
    let entries = (FIRST..).zip(counts);
    let entries = entries
        .map(|(entry, count)| Target { entry: Index(entry), fields: Some(names(*count)) })
        .collect();
    let clear = ClearFields::Erasure { entries, ground: Ground::Court };
    Draft::new("erasure", HEAD, "headteacher").clear(&clear).link("erases", book.hash(7))
}

fn bundle_of(counts: &[usize]) -> bundle::Bundle {
    let mut book = notes();
    let act = naming(&book, counts);
    book.add(act);
    bundle::of(&book, 25, &[24], LOG)
}

#[test]
fn as_many_fields_as_one_erasure_names() {
    assert_eq!(MOST_FIELDS / MOST_OF_ONE, 16);
    intact(&bundle_of(&[MOST_OF_ONE; 16]).verify());
}

#[test]
fn clear_names_more_fields_than_an_entry_has() {
    not_genuine(&bundle_of(&[MOST_OF_ONE + 1]).verify(), Code::Clear, 24);
}

#[test]
fn clear_names_too_many_fields_in_all() {
    let mut counts = [MOST_OF_ONE; 17];
    counts[16] = 1;
    not_genuine(&bundle_of(&counts).verify(), Code::Clear, 24);
}

/// Each field is told once, by the first that names it, however many name it again.
#[test]
fn many_erasures_of_one_entry() {
    let mut book = school();
    let on = book.add(rule(HEAD, "headteacher"));
    book.add(advice(DPO, "dpo", on, "proceed"));
    for count in 0..20 {
        let act = match count % 3 {
            0 => of_text(&book),
            1 => erasure(HEAD, "headteacher", &[(5, Some(&["occurred", "text"]))]),
            _ => erasure(HEAD, "headteacher", &[(5, None), (6, None)]),
        };
        let act = Draft { links: Vec::new(), ..act };
        book.add(act.link("erases", book.hash(5)).link("about", on));
    }
    forget(&mut book, 5, &["text", "occurred", "documents", "decided-by"]);
    let expected = [
        (5, "text".to_owned(), 9),
        (5, "occurred".to_owned(), 10),
        (5, "documents decided-by".to_owned(), 11),
    ];
    for verdict in [book.verify(), bundle::whole(&book).verify()] {
        intact(&verdict);
        assert_eq!(erased(&verdict), expected);
    }
}

/// Erasures that lack everything, and advice that doesn't count, on the same rule: every one is
/// told once.
#[test]
fn many_erasures_under_much_advice_that_does_not_count() {
    let mut book = school();
    let on = book.add(rule(HEAD, "headteacher"));
    for _ in 0..12 {
        book.add(advice(DPO, "dpo", on, "do-not-proceed"));
    }
    for _ in 0..12 {
        let act = of_text(&book).link("about", on);
        book.add(act);
    }
    for verdict in [book.verify(), bundle::whole(&book).verify()] {
        intact(&verdict);
        let lacks = verdict.incomplete.iter().filter(|act| act.kind == "erasure");
        assert_eq!(
            lacks.map(|act| act.entry.0).collect::<Vec<u64>>(),
            (20..32).collect::<Vec<u64>>()
        );
    }
}
