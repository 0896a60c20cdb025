//! Missing answers that only a newer reader can explain: where the erasure, the advice on it or the
//! rule that it is about is of a version that this one doesn't know.

use probity_ledger::book::fault::Code;
use probity_ledger::format::cbor::Value;
use probity_ledger::verify::verdict::Outcome;

use super::erasing::{CLERK, advice, erased, erasure, forget, of_text, rule, school, withheld};
use crate::common::{
    Book, DEPUTY, DPO, Draft, HEAD, STRANGER, appointment, both_cannot_check, bundle, cannot_check,
    entering, not_genuine, note, set,
};

/// The missing text of entry 5 may be explained by what can't be judged: whoever verifies the
/// whole ledger can't tell, and in a bundle it is withheld.
#[track_caller]
fn unsure(mut book: Book, first: u64) {
    both_cannot_check(&book, Code::KindUnknown, first);
    forget(&mut book, 5, &["text"]);
    both_cannot_check(&book, Code::KindUnknown, first);
    for verdict in [book.verify(), bundle::whole(&book).verify()] {
        assert_eq!(erased(&verdict), []);
        assert_eq!(withheld(&verdict), [(5, vec!["text".to_owned()])]);
        assert_eq!(verdict.intact_before, None);
    }
}

/// Nothing that can't be judged may explain it.
#[track_caller]
fn gone(mut book: Book, first: u64) {
    both_cannot_check(&book, Code::KindUnknown, first);
    forget(&mut book, 5, &["text"]);
    not_genuine(&book.verify(), Code::Body, 5);
    cannot_check(&bundle::whole(&book).verify(), Code::KindUnknown, first);
}

fn foreign(header: &mut Value, _: &mut Value) {
    set(header, 16, Value::text("application/vnd.probity.entry2+cose"));
}

#[test]
fn an_erasure_of_another_version_may_name_it() {
    let mut book = school();
    let act = of_text(&book).version(2);
    book.add(act);
    unsure(book, 7);
    // What it says can't be read at all.
    let mut book = school();
    let act =
        erasure(DPO, "dpo", &[(6, None)]).version(2).with_clear("entries", Value::text("all"));
    book.add(act);
    unsure(book, 7);
    let mut book = school();
    book.add_values(of_text(&book), foreign);
    forget(&mut book, 5, &["text"]);
    both_cannot_check(&book, Code::Typ, 7);
}

/// Not what was entered after it.
#[test]
fn an_erasure_of_another_version_names_earlier_entries() {
    let mut book = school();
    let act = of_text(&book).version(2);
    book.add(act);
    book.add(note(DPO, "dpo"));
    forget(&mut book, 5, &["text"]);
    both_cannot_check(&book, Code::KindUnknown, 7);
    forget(&mut book, 8, &["text"]);
    not_genuine(&book.verify(), Code::Body, 8);
    cannot_check(&bundle::whole(&book).verify(), Code::KindUnknown, 7);
    // Nor itself.
    let mut book = school();
    let act = of_text(&book).version(2).answer("reason", Value::text("a request"));
    book.add(act);
    both_cannot_check(&book, Code::KindUnknown, 7);
    forget(&mut book, 7, &["reason"]);
    not_genuine(&book.verify(), Code::Body, 7);
}

#[test]
fn advice_of_another_version_may_complete_an_erasure() {
    let mut book = school();
    let act = of_text(&book);
    let act = book.add(act);
    book.add(advice(DPO, "dpo", act, "proceed").version(2));
    unsure(book, 8);
    // Its answers are not read, nor those of another type.
    let mut book = school();
    let act = of_text(&book);
    let act = book.add(act);
    book.add_values(advice(DPO, "dpo", act, "proceed"), foreign);
    forget(&mut book, 5, &["text"]);
    both_cannot_check(&book, Code::Typ, 8);
    // On the rule.
    let mut book = school();
    let on = book.add(rule(HEAD, "headteacher"));
    book.add(advice(DPO, "dpo", on, "proceed").version(2));
    let act = of_text(&book).link("about", on);
    book.add(act);
    unsure(book, 8);
    // Signed elsewhere.
    let mut book = school();
    let act = of_text(&book);
    let act = book.add(act);
    let newer = advice(DPO, "dpo", act, "proceed").version(2);
    let (statement, body) = book.statement(&newer, |_, _| ());
    book.enter(entering(HEAD, "headteacher"), &statement, &body);
    unsure(book, 8);
}

/// By the erasure's own author, in another role, or on something else it would not count in any
/// version.
#[test]
fn advice_of_another_version_that_could_not_count() {
    let mut book = school();
    let act = of_text(&book).by(DEPUTY, "deputy-headteacher");
    let act = book.add(act);
    book.add(advice(DEPUTY, "dpo-nominee", act, "proceed").version(2));
    gone(book, 8);
    let mut book = school();
    let act = of_text(&book);
    let act = book.add(act);
    book.add(advice(CLERK, "staff", act, "proceed").version(2));
    gone(book, 8);
    let mut book = school();
    let act = of_text(&book);
    book.add(act);
    book.add(advice(DPO, "dpo", book.hash(6), "proceed").version(2));
    gone(book, 8);
    // Of another kind.
    let mut book = school();
    let act = of_text(&book);
    let act = book.add(act);
    book.add(Draft::new("novelty", DPO, "dpo").link("advises", act));
    gone(book, 8);
}

#[test]
fn a_rule_of_another_version_may_be_one() {
    let mut book = school();
    let on = book.add(rule(HEAD, "headteacher").version(2));
    let act = of_text(&book).by(CLERK, "administrator").link("about", on);
    let act = book.add(act);
    book.add(advice(DPO, "dpo", act, "proceed"));
    unsure(book, 7);
    // The advice stands on the rule.
    let mut book = school();
    let on = book.add(rule(HEAD, "headteacher").version(2));
    book.add(advice(DPO, "dpo", on, "proceed"));
    let act = of_text(&book).link("about", on);
    book.add(act);
    unsure(book, 7);
    // The administrator's own rule doesn't count in any version.
    let mut book = school();
    let on = book.add(rule(CLERK, "administrator").version(2));
    let act = of_text(&book).by(CLERK, "administrator").link("about", on);
    let act = book.add(act);
    book.add(advice(DPO, "dpo", act, "proceed"));
    gone(book, 7);
}

/// In a statement that can't be read there may be anything.
#[test]
fn a_statement_of_another_version_may_be_advice() {
    let mut book = school();
    let act = of_text(&book);
    let act = book.add(act);
    let (statement, _) = book.statement(&advice(DPO, "dpo", act, "proceed"), |_, _| ());
    let (_, none) = book.statement(&Draft::new("novelty", DPO, "dpo"), |_, _| ());
    book.enter(entering(HEAD, "headteacher").version(2), &statement, &none);
    unsure(book.clone(), 8);
    // It names nothing itself.
    forget(&mut book, 6, &["text"]);
    not_genuine(&book.verify(), Code::Body, 6);
}

/// Above an appointment that can't be judged nobody can tell whose advice it is, nor whose erasure.
#[test]
fn advice_by_somebody_whose_standing_can_not_be_judged() {
    for (by, adviser) in [(HEAD, STRANGER), (STRANGER, DPO)] {
        let mut book = school();
        book.add(appointment(STRANGER, &["dpo", "headteacher"]).version(2));
        let act = of_text(&book).by(by, "headteacher");
        let act = book.add(act);
        book.add(advice(adviser, "dpo", act, "proceed"));
        unsure(book, 7);
        // Advice against it is none, whoever gives it.
        let mut book = school();
        book.add(appointment(STRANGER, &["dpo", "headteacher"]).version(2));
        let act = of_text(&book).by(by, "headteacher");
        let act = book.add(act);
        book.add(advice(adviser, "dpo", act, "do-not-proceed"));
        gone(book, 7);
    }
}

/// Of two missing fields the one that nothing can explain is named.
#[test]
fn what_nothing_explains_takes_over() {
    let mut book = school();
    let act = of_text(&book);
    let act = book.add(act);
    book.add(advice(DPO, "dpo", act, "proceed").version(2));
    forget(&mut book, 5, &["text", "occurred"]);
    let verdict = book.verify();
    not_genuine(&verdict, Code::Body, 5);
    assert_eq!(verdict.fault.map(|fault| fault.what), Some("field `occurred`".to_owned()));
    assert_eq!(bundle::whole(&book).verify().verdict, Outcome::CannotCheck);
}

/// Above an appointment that can't be read, whose rule it is can't be told: it may be anybody's.
/// In a role that signs no rules it would not count.
#[test]
fn a_rule_by_somebody_whose_appointment_cannot_be_read_may_count() {
    for (role, counts) in [("headteacher", true), ("dpo", false)] {
        let mut book = school();
        book.add(appointment(STRANGER, &[role]).version(2));
        let on = book.add(rule(STRANGER, role));
        let act = of_text(&book).by(CLERK, "administrator").link("about", on);
        let act = book.add(act);
        book.add(advice(DPO, "dpo", act, "proceed"));
        if counts { unsure(book, 7) } else { gone(book, 7) }
    }
}
