//! What a verdict reports beside faults: doubt, acceptance, acts that are not complete,
//! clocks.

use probity_ledger::format::cbor::Value;
use probity_ledger::verify::ledger::{DocumentState, Reader, Walk};
use probity_ledger::verify::look::{BodyState, Looked};
use probity_ledger::verify::verdict::Verdict;

use crate::common::bundle;
use crate::common::{
    BREACH, Book, DEPUTY, DPO, Draft, HEAD, LOG, START, STRANGER, acceptance, appointment, intact,
    note, revocation,
};

/// The same report of the whole ledger and of a bundle of all of it.
fn both(book: &Book) -> [Verdict; 2] {
    let verdicts = [book.verify(), bundle::whole(book).verify()];
    verdicts.iter().for_each(intact);
    verdicts
}

/// Entry, revocation, since when, whether through an appointment.
fn doubtful(verdict: &Verdict) -> Vec<(u64, u64, i64, bool)> {
    let marks = verdict.doubtful.iter();
    marks.map(|d| (d.entry.0, d.revocation.0, d.suspect_since, d.through_appointment)).collect()
}

#[test]
fn doubt_marks_every_entry_by_the_key_below_its_revocation() {
    let mut book = Book::with_dpo();
    book.add(note(DPO, "dpo"));
    book.add(note(HEAD, "headteacher"));
    book.add(note(DPO, "dpo").at(START - 500));
    book.add(revocation(DPO, Some(START + 1000)));
    for verdict in both(&book) {
        let expected = [(3, 6, START + 1000, false), (5, 6, START + 1000, false)];
        assert_eq!(doubtful(&verdict), expected);
    }
}

#[test]
fn no_doubt_without_suspicion() {
    let mut book = Book::with_dpo();
    book.add(note(DPO, "dpo"));
    book.add(revocation(DPO, None));
    for verdict in both(&book) {
        assert_eq!(doubtful(&verdict), []);
        let kid = DPO.kid().to_string();
        let key = verdict.keys.iter().find(|key| key.kid == kid).expect("the key");
        assert_eq!(key.revoked_by.map(|index| index.0), Some(4));
    }
}

/// Who was appointed by a doubtful entry signs doubtful entries, until appointed again.
#[test]
fn doubt_through_an_appointment() {
    let mut book = Book::with_dpo();
    let by_deputy = |draft: Draft| draft.by(DEPUTY, "deputy-headteacher");
    book.add(note(DPO, "dpo"));
    book.add(appointment(DEPUTY, &["deputy-headteacher"]));
    book.add(by_deputy(appointment(STRANGER, &["headteacher"])));
    book.add(note(STRANGER, "headteacher"));
    book.add(appointment(STRANGER, &["headteacher"]));
    book.add(note(STRANGER, "headteacher"));
    book.add(revocation(DEPUTY, Some(START)).by(STRANGER, "headteacher"));
    for verdict in both(&book) {
        assert_eq!(doubtful(&verdict), [(5, 9, START, false), (6, 9, START, true)]);
    }
}

/// A selection shows some entries of many: the doubt is about these, not about their neighbours.
#[test]
fn doubt_of_a_selection_names_its_entries() {
    let mut book = Book::with_dpo();
    for _ in 3..13 {
        book.add(note(DPO, "dpo"));
    }
    book.add(revocation(DPO, Some(START)));
    for chosen in [&[4, 5, 8][..], &[4, 11]] {
        let verdict = bundle::of(&book, 14, chosen, LOG).verify();
        intact(&verdict);
        let marks = doubtful(&verdict);
        assert_eq!(marks.iter().map(|(entry, ..)| *entry).collect::<Vec<u64>>(), chosen);
    }
}

/// The founder's key is suspect: everything rests on it, but what others signed under an
/// appointment by somebody else does not.
#[test]
fn doubt_of_the_founder() {
    let mut book = Book::begun();
    book.add(appointment(DEPUTY, &["deputy-headteacher"]));
    book.add(appointment(DPO, &["dpo"]).by(DEPUTY, "deputy-headteacher"));
    book.add(note(DPO, "dpo"));
    book.add(revocation(HEAD, Some(START)).by(DEPUTY, "deputy-headteacher"));
    for verdict in both(&book) {
        let marks = doubtful(&verdict);
        let entries: Vec<(u64, bool)> = marks.iter().map(|(at, _, _, by)| (*at, *by)).collect();
        let expected = [(0, false), (1, false), (2, false), (3, true), (4, true), (5, true)];
        assert_eq!(entries, expected);
    }
}

#[test]
fn the_earliest_time_of_doubt_counts() {
    let mut book = Book::with_dpo();
    book.add(appointment(DEPUTY, &["deputy-headteacher"]));
    book.add(appointment(STRANGER, &["headteacher"]).by(DEPUTY, "deputy-headteacher"));
    book.add(note(STRANGER, "headteacher"));
    book.add(revocation(STRANGER, Some(START + 900)));
    book.add(revocation(DEPUTY, Some(START + 300)));
    for verdict in both(&book) {
        let expected = [(4, 7, START + 300, false), (5, 7, START + 300, true)];
        assert_eq!(doubtful(&verdict), expected);
    }
    let mut book = Book::with_dpo();
    book.add(appointment(DEPUTY, &["deputy-headteacher"]));
    book.add(appointment(STRANGER, &["headteacher"]).by(DEPUTY, "deputy-headteacher"));
    book.add(note(STRANGER, "headteacher"));
    book.add(revocation(STRANGER, Some(START + 100)));
    book.add(revocation(DEPUTY, Some(START + 300)));
    for verdict in both(&book) {
        let expected = [(4, 7, START + 300, false), (5, 6, START + 100, false)];
        assert_eq!(doubtful(&verdict), expected);
    }
}

fn accepted(verdict: &Verdict) -> Vec<String> {
    verdict.keys.iter().filter(|key| key.accepted).map(|key| key.kid.clone()).collect()
}

#[test]
fn an_acceptance_counts_by_the_same_key_and_of_its_own_appointment() {
    for verdict in both(&Book::school()) {
        assert_eq!(accepted(&verdict), [DPO.kid().to_string()]);
    }
    // By the head teacher, of the data protection officer's appointment.
    let mut book = Book::with_dpo();
    book.add(acceptance(HEAD, "headteacher", book.hash(2)));
    for verdict in both(&book) {
        assert_eq!(accepted(&verdict), Vec::<String>::new());
        assert_eq!(verdict.incomplete.len(), 1);
        assert_eq!(verdict.incomplete[0].entry.0, 3);
    }
    // By the data protection officer, of somebody else's.
    let mut book = Book::with_dpo();
    book.add(acceptance(DPO, "dpo", book.hash(1)));
    for verdict in both(&book) {
        assert_eq!(accepted(&verdict), Vec::<String>::new());
    }
    // By another relation.
    let mut book = Book::with_dpo();
    let other = acceptance(DPO, "dpo", book.hash(1)).link("about", book.hash(2));
    book.add(other);
    for verdict in both(&book) {
        assert_eq!(accepted(&verdict), Vec::<String>::new());
    }
}

#[test]
fn keys_are_reported_with_person_roles_and_name() {
    for verdict in both(&Book::school()) {
        assert_eq!(verdict.keys.len(), 2, "the deputy signed nothing");
        let kid = DPO.kid().to_string();
        let key = verdict.keys.iter().find(|key| key.kid == kid).expect("the key");
        assert_eq!(key.person, hex::encode(DPO.person()));
        assert_eq!(key.name.as_deref(), Some("Holder 2"));
        assert_eq!((&*key.roles, key.entries), (&["dpo".to_owned()][..], 3));
        assert_eq!(key.appointed_by, Some(HEAD.kid().to_string()));
        assert_eq!(verdict.school.as_deref(), Some("A School"));
    }
    let bare = bundle::of(&Book::school(), 8, &[], LOG).verify();
    assert!(bare.keys.iter().all(|key| key.name.is_none()), "names stand in bodies");
}

/// A role that may not sign a kind makes the act incomplete, and nothing else.
#[test]
fn an_act_without_authority_is_on_record() {
    let mut book = Book::with_dpo();
    book.add(appointment(DEPUTY, &["staff"]));
    book.add(Draft::new("policy", DEPUTY, "staff"));
    for verdict in both(&book) {
        let acts: Vec<_> = verdict.incomplete.iter().map(|act| (act.entry.0, &*act.kind)).collect();
        assert!(acts.contains(&(4, "policy")), "{acts:?}");
    }
}

#[test]
fn a_step_back_in_time_is_reported() {
    let mut book = Book::with_dpo();
    book.add(note(DPO, "dpo").case(BREACH).at(START + 5000));
    book.add(note(DPO, "dpo").at(START + 4000));
    book.add(note(DPO, "dpo").at(START + 4000));
    for verdict in both(&book) {
        let steps: Vec<_> = verdict.clock.iter().map(|s| (s.entry.0, s.seconds)).collect();
        assert_eq!(steps, [(4, 1000)]);
        assert_eq!(verdict.times, Some((START, START + 4000)));
    }
}

/// Nobody looked for the answers then, so nobody may be told that they are withheld.
#[test]
fn answers_that_were_not_opened_are_no_finding() {
    let book = Book::school();
    let reader = Reader::default();
    let mut walk = Walk::begin(&reader, None, false);
    for written in &book.written {
        let looked = Looked::at(written.bytes.clone(), |_| BodyState::Closed);
        assert!(walk.step(&looked, &|_, _| DocumentState::Present));
    }
    let verdict = walk.finish();
    intact(&verdict);
    assert!(!verdict.answers_opened && book.verify().answers_opened);
    assert_eq!((verdict.withheld, verdict.incomplete), (vec![], vec![]));
}

#[test]
fn a_verdict_can_be_written_as_json() {
    let verdict = Book::school().verify();
    let json = serde_json::to_value(&verdict).expect("JSON");
    assert_eq!(json["verdict"], "intact");
    assert_eq!(json["subject"], "ledger");
    assert_eq!(json["size"], 8);
    let mut book = Book::with_dpo();
    book.add(note(STRANGER, "dpo").answer("occurred", Value::Null));
    let json = serde_json::to_value(book.verify()).expect("JSON");
    assert_eq!(json["verdict"], "not-genuine");
    assert_eq!(json["fault"]["code"], "unknown-key");
    assert_eq!(json["fault"]["entry"], 3);
}
