//! Looking only at what is new behind a head that was kept. What is stored of the older entries
//! may lie in every answer: then the short way ends, and never says "intact".

use std::collections::BTreeMap;

use probity_ledger::book::fault::Code;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::entry::{Header, Subject};
use probity_ledger::format::hash::{EntryHash, Index, RootHash, Sha256Hash, Size};
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::statement::Stated;
use probity_ledger::format::tree::{Leaves, Nodes};
use probity_ledger::verify::kept::{Form, Kept};
use probity_ledger::verify::ledger::{DocumentState, Older, Reader, Walk};
use probity_ledger::verify::look::{BodyState, Looked};
use probity_ledger::verify::remembered::Remembered;
use probity_ledger::verify::since::{Before, Unproven};
use probity_ledger::verify::verdict::{Continuity, Outcome, Verdict};

use crate::common::bundle::checkpoint;
use crate::common::{
    BREACH, Book, DEPUTY, DPO, Draft, HEAD, LOG, ORIGIN, STRANGER, acceptance, appointment,
    cannot_check, entering, intact, not_genuine, note, revocation,
};

/// A case that only the new entries have.
const NEW_CASE: &str = "request-2026-001";

/// What a home keeps beside the journal. Each part can be made to lie.
struct Stored {
    leaves: Vec<EntryHash>,
    entries: Vec<Option<Vec<u8>>>,
    bodies: Vec<Option<Vec<u8>>>,
    governance: Option<Vec<Index>>,
    cases: Option<BTreeMap<String, Vec<Index>>>,
    places: BTreeMap<EntryHash, Index>,
    stated: BTreeMap<Sha256Hash, Index>,
}

impl Stored {
    fn of(book: &Book) -> Self {
        let indices = || (0..book.len()).map(Index);
        let governance = indices().zip(&book.written).filter(|(_, written)| written.governance);
        let mut cases: BTreeMap<String, Vec<Index>> = BTreeMap::new();
        let mut stated = BTreeMap::new();
        for at in 0..book.written.len() {
            let entry = book.entry(at);
            if let Subject::Case(case) = entry.subject() {
                cases.entry(case.clone()).or_default().push(entry.index());
            }
            if let Some((statement, _)) = entry.carried() {
                stated.entry(statement).or_insert(entry.index());
            }
        }
        Self {
            leaves: book.hashes(),
            entries: book.written.iter().map(|written| Some(written.bytes.clone())).collect(),
            bodies: book.written.iter().map(|written| written.body.clone()).collect(),
            governance: Some(governance.map(|(index, _)| index).collect()),
            cases: Some(cases),
            places: book.hashes().into_iter().zip(indices()).collect(),
            stated,
        }
    }

    fn case(&mut self, indices: &[u64]) {
        let indices = indices.iter().copied().map(Index).collect();
        self.cases = Some(BTreeMap::from([(BREACH.to_owned(), indices)]));
    }

    fn governance(&mut self, indices: &[u64]) {
        self.governance = Some(indices.iter().copied().map(Index).collect());
    }
}

fn at(index: Index) -> usize {
    usize::try_from(index.0).expect("small")
}

impl Nodes for Stored {
    fn node(&self, level: u8, index: u64) -> Option<[u8; 32]> {
        Leaves(&self.leaves).node(level, index)
    }
}

impl Before for Stored {
    fn nodes(&self) -> &dyn Nodes {
        self
    }

    fn entry(&self, index: Index) -> Option<Vec<u8>> {
        self.entries.get(at(index))?.clone()
    }

    fn body(&self, index: Index) -> Option<Vec<u8>> {
        self.bodies.get(at(index))?.clone()
    }

    fn governance(&self) -> Option<Vec<Index>> {
        self.governance.clone()
    }

    fn case(&self, case: &str) -> Option<Vec<Index>> {
        Some(self.cases.as_ref()?.get(case).cloned().unwrap_or_default())
    }

    fn stated(&self, statement: &Sha256Hash) -> Option<Option<Index>> {
        Some(self.stated.get(statement).copied())
    }

    fn find(&self, hash: &EntryHash) -> Option<Index> {
        self.places.get(hash).copied()
    }
}

/// The eight entries of a school, and then: 8 in the old case, about an old entry; 9 in it
/// again, about 8; 10 corrects an entry of it; 11 begins a new case; 12 and 13 by the
/// deputy, who was appointed at 6.
fn grown() -> Book {
    let mut book = Book::school();
    book.add(note(DPO, "dpo").case(BREACH).link("about", book.hash(4)));
    book.add(note(HEAD, "headteacher").case(BREACH).link("about", book.hash(8)));
    book.add(correction(BREACH, book.hash(5)));
    book.add(note(DPO, "dpo").case(NEW_CASE));
    book.add(acceptance(DEPUTY, "deputy-headteacher", book.hash(6)));
    book.add(note(DEPUTY, "deputy-headteacher").case(NEW_CASE));
    book
}

fn correction(case: &str, of: EntryHash) -> Draft {
    Draft::new("correction", HEAD, "headteacher").case(case).link("corrects", of)
}

/// The reader's head of the first `size` entries.
fn head(book: &Book, size: u64) -> Reader {
    let checkpoint = Checkpoint::parse(&checkpoint(book, size, LOG)).expect("a checkpoint");
    Reader { older: Some(Older { checkpoint, entries: Vec::new() }), ..Reader::default() }
}

/// Looks at what is new behind a head, with the checkpoint that the home keeps.
fn behind(
    book: &Book,
    reader: &Reader,
    kept: Option<&[u8]>,
    stored: &Stored,
) -> Result<Verdict, Unproven> {
    let from = reader.older.as_ref().map_or(0, |older| at(Index(older.checkpoint.size.0)));
    let mut walk = Walk::begin_behind(reader, kept, true, stored)?;
    for written in &book.written[from..] {
        let body = written.body.clone().map_or(BodyState::Closed, BodyState::Open);
        let looked = Looked::at(written.bytes.clone(), |_| body);
        if !walk.step(&looked, &|_, _| DocumentState::Present) {
            break;
        }
    }
    walk.unproven().map_or_else(|| Ok(walk.finish()), Err)
}

/// What comes of a lie about the entries before `size`, told of an honest ledger.
fn lied(size: u64, lie: impl FnOnce(&mut Stored)) -> Result<Verdict, Unproven> {
    let book = grown();
    let mut stored = Stored::of(&book);
    lie(&mut stored);
    behind(&book, &head(&book, size), None, &stored)
}

#[track_caller]
fn unproven(found: Result<Verdict, Unproven>, why: &'static str) {
    assert_eq!(found.expect_err("nothing was proven"), Unproven(why));
}

const OFF: &str = "an older entry is not what the checkpoint counts";
const GOVERNANCE: &str = "the governance entries don't lead to the head";
const NEWER: &str = "the index has another newest entry of a case";

/// Else whoever verifies every night would have to go through everything every time.
#[test]
fn what_is_new_of_an_honest_ledger_is_intact_behind_every_head() {
    let book = grown();
    let whole = book.verify();
    for size in 2..=book.len() {
        let verdict = behind(&book, &head(&book, size), None, &Stored::of(&book)).expect("proven");
        intact(&verdict);
        assert_eq!((verdict.size, verdict.root), (whole.size, Some(book.root(book.len()))));
        assert_eq!((verdict.relied_on, verdict.entries), (Some(Size(size)), book.len() - size));
        let root = book.root(size);
        let continues = Continuity::Continues { size: Size(size), root, signed: true };
        assert_eq!(verdict.continuity, Some(continues));
        assert_eq!(verdict.fingerprint.hash, Some(book.hash(0)));
        assert!(!verdict.fingerprint.compared);
        for key in &verdict.keys {
            let same = whole.keys.iter().find(|other| other.kid == key.kid).expect("a key");
            assert_eq!((&key.name, &key.appointed_by), (&same.name, &same.appointed_by));
            assert!(key.name.is_some(), "named by an older entry");
        }
    }
}

/// What completes an act may be older than what is looked at: nobody is told that it lacks.
#[test]
fn which_acts_are_complete_is_not_asked_of_what_is_new() {
    let mut book = Book::school();
    let file = book.document("dpia.pdf", b"the assessment");
    let approval = Draft::new("dpia-approval", HEAD, "headteacher");
    let approval = approval.with_clear("decision", Value::text("approved"));
    book.add(approval.answer("documents", Value::Array(vec![file])));
    assert_eq!(book.verify().incomplete.len(), 1);
    let verdict = behind(&book, &head(&book, 8), None, &Stored::of(&book)).expect("proven");
    intact(&verdict);
    assert_eq!(verdict.incomplete, []);
}

/// An appointment that is older than what is looked at, by a key that was suspect then: what is
/// new rests on it, and is as doubtful as it is in the whole. A doubt that is new itself reaches
/// what was looked at earlier, which only the whole tells.
#[test]
fn a_doubt_reaches_what_is_new_through_an_older_appointment() {
    let mut book = grown();
    book.add(revocation(HEAD, Some(1)).by(DEPUTY, "deputy-headteacher"));
    book.add(note(DEPUTY, "deputy-headteacher").case(NEW_CASE));
    let whole = book.verify();
    intact(&whole);
    let through = |verdict: &Verdict| {
        let all = verdict.doubtful.iter();
        all.map(|one| (one.entry, one.revocation, one.through_appointment)).collect::<Vec<_>>()
    };
    assert!(through(&whole).contains(&(Index(13), Index(14), true)), "{:?}", whole.doubtful);
    assert!(through(&whole).contains(&(Index(15), Index(14), true)), "{:?}", whole.doubtful);
    let verdict = behind(&book, &head(&book, 15), None, &Stored::of(&book)).expect("proven");
    intact(&verdict);
    assert_eq!(through(&verdict), [(Index(15), Index(14), true)]);
    for size in 2..=14 {
        let found = behind(&book, &head(&book, size), None, &Stored::of(&book));
        unproven(found, "a new entry says that a key may have been in other hands before");
    }
}

/// A home whose own checkpoint is older than the reader's, the same, or newer.
#[test]
fn the_home_s_checkpoint_is_held_against_the_tree_wherever_it_stands() {
    let book = grown();
    let stored = Stored::of(&book);
    for size in 2..=book.len() {
        let kept = checkpoint(&book, size, LOG);
        let other = Checkpoint::sign(ORIGIN, Size(size), RootHash([7; 32]), &LOG.key());
        for reader in [2, 5, 8, 14].map(|size| head(&book, size)) {
            let verdict = behind(&book, &reader, Some(&kept), &stored).expect("proven");
            intact(&verdict);
            assert_eq!(verdict.checkpoint, Some(Size(size)));
            let verdict = behind(&book, &reader, Some(&other), &stored).expect("proven");
            not_genuine(&verdict, Code::Root, None);
        }
    }
}

#[test]
fn without_a_kept_head_there_is_no_short_way() {
    let book = grown();
    let found = behind(&book, &Reader::default(), None, &Stored::of(&book));
    unproven(found, "no checkpoint was kept");
    let mut reader = head(&book, 8);
    let empty = Checkpoint::sign(ORIGIN, Size(0), book.root(0), &LOG.key());
    if let Some(older) = &mut reader.older {
        older.checkpoint = Checkpoint::parse(&empty).expect("a checkpoint");
    }
    unproven(behind(&book, &reader, None, &Stored::of(&book)), "an empty checkpoint");
}

#[test]
fn the_fingerprint_is_compared_although_entry_0_isn_t_looked_at() {
    let book = grown();
    let mut reader = head(&book, 8);
    reader.fingerprint = Some(book.hash(0));
    let verdict = behind(&book, &reader, None, &Stored::of(&book)).expect("proven");
    intact(&verdict);
    assert!(verdict.fingerprint.compared);
    reader.fingerprint = Some(book.hash(1));
    let found = behind(&book, &reader, None, &Stored::of(&book));
    unproven(found, "the fingerprint is another one");
}

/// Somebody exchanged one old entry and everything that was derived from it but the head, which
/// lies with the reader.
#[test]
fn another_tree_below_the_kept_head() {
    for size in [2, 5, 7, 8, 13] {
        for leaf in 0..size {
            let found = lied(size, |stored| stored.leaves[at(Index(leaf))] = EntryHash([7; 32]));
            unproven(found, "the stored tree is not that of the checkpoint");
        }
        let found = lied(size, |stored| stored.leaves.truncate(at(Index(size - 1))));
        unproven(found, "the stored tree ends before the checkpoint");
    }
}

#[test]
fn another_entry_in_the_head_s_place() {
    for size in [5, 6, 8] {
        let last = at(Index(size - 1));
        unproven(lied(size, |stored| stored.entries[last] = None), OFF);
        unproven(lied(size, |stored| stored.entries[last] = Some(vec![0xf6])), OFF);
        unproven(lied(size, |stored| stored.entries.swap(last, last - 1)), OFF);
        // One that says the right number, well signed, and that nobody ever counted.
        let mut other = Book::school();
        other.written.truncate(last);
        other.add(note(HEAD, "headteacher"));
        let forged = other.written[last].bytes.clone();
        unproven(lied(size, |stored| stored.entries[last] = Some(forged)), OFF);
    }
}

/// Hiding a revocation, or putting in an appointment, is what a thief of a home would try.
#[test]
fn governance_entries_that_are_hidden_put_in_or_exchanged() {
    unproven(lied(8, |stored| stored.governance = None), GOVERNANCE);
    for hidden in [&[0, 1, 2][..], &[0, 1, 6], &[0, 2, 6], &[1, 2, 6], &[]] {
        unproven(lied(8, |stored| stored.governance(hidden)), GOVERNANCE);
    }
    for put_in in [&[0, 1, 2, 3, 6][..], &[0, 1, 2, 6, 7], &[0, 0, 1, 2, 6], &[0, 2, 1, 6]] {
        unproven(lied(8, |stored| stored.governance(put_in)), GOVERNANCE);
    }
    for index in [0, 1, 2, 6] {
        unproven(lied(8, |stored| stored.entries[index] = None), GOVERNANCE);
        unproven(lied(8, |stored| stored.entries[index] = Some(vec![0xf6])), GOVERNANCE);
    }
    // The right entry under another number.
    let moved = |stored: &mut Stored| {
        stored.governance(&[0, 1, 2, 5]);
        stored.entries[5] = stored.entries[6].clone();
    };
    unproven(lied(8, moved), GOVERNANCE);
    intact(&lied(8, |stored| stored.governance(&[0, 1, 2, 6, 20])).expect("beyond the head"));
}

/// Which erasure names them can be told only by looking at all of them.
#[test]
fn an_answer_that_is_missing_ends_the_short_way() {
    let mut book = grown();
    book.add(note(DPO, "dpo"));
    let new = at(Index(book.len() - 1));
    intact(&behind(&book, &head(&book, 8), None, &Stored::of(&book)).expect("proven"));
    book.forget(new, &["text"]);
    let found = behind(&book, &head(&book, 8), None, &Stored::of(&book));
    unproven(found, "answers are missing that an erasure must name");
}

/// An old appointment whose answers can't be opened gives no name, and takes nothing else.
#[test]
fn older_bodies_only_give_names() {
    let verdict = lied(8, |stored| stored.bodies[2] = None).expect("proven");
    intact(&verdict);
    let dpo = verdict.keys.iter().find(|key| key.kid == DPO.kid().to_string()).expect("a key");
    assert_eq!(dpo.name, None);
    let verdict = lied(8, |stored| stored.bodies[2] = stored.bodies[1].clone()).expect("proven");
    let dpo = verdict.keys.iter().find(|key| key.kid == DPO.kid().to_string()).expect("a key");
    assert_eq!(dpo.name, None, "another entry's body isn't believed");
}

#[test]
fn an_index_that_hides_or_exchanges_the_newest_entry_of_a_case() {
    unproven(lied(8, |stored| stored.cases = None), "the index can't be read");
    for hidden in [&[][..], &[4], &[4, 5], &[8, 9]] {
        unproven(lied(8, |stored| stored.case(hidden)), NEWER);
    }
    for other in [0, 3, 6] {
        let found = lied(8, |stored| stored.case(&[other]));
        unproven(found, "the index names an entry of another case");
    }
    let exchanged = |stored: &mut Stored| {
        stored.case(&[4, 5]);
        stored.entries[5] = stored.entries[7].clone();
    };
    unproven(lied(8, exchanged), OFF);
    intact(&lied(8, |stored| stored.case(&[7, 20])).expect("the newest is enough"));
}

#[test]
fn a_link_whose_older_entry_is_not_found() {
    // The index tells of the case's newest entry alone: there, too, the older one isn't found.
    let linked = lied(8, |stored| {
        stored.places.clear();
        stored.case(&[7]);
    });
    unproven(linked, "a link leads to no older entry");
    let linked = lied(13, |stored| stored.places.clear());
    intact(&linked.expect("what is left links to nothing"));
    let book = grown();
    for place in [8, 13] {
        let found = lied(8, |stored| {
            stored.places.insert(book.hash(4), Index(place));
            stored.case(&[7]);
        });
        unproven(found, "a link leads to no older entry");
    }
    unproven(lied(8, |stored| stored.entries[4] = None), OFF);
}

/// What the new entries say of older ones is judged as in the whole ledger.
#[test]
fn new_entries_that_are_wrong_about_older_ones() {
    let book = Book::school();
    let found = |change: &dyn Fn(&mut Book)| {
        let mut book = book.clone();
        change(&mut book);
        let stored = Stored::of(&book);
        behind(&book, &head(&book, 8), None, &stored)
    };
    // A correction of a case's entry, kept away from the case.
    let moved = found(&|book| {
        book.add(correction("request-2026-001", book.hash(4)));
    });
    not_genuine(&moved.expect("proven"), Code::Links, 8);
    // A second entry of the case that passes over the first new one.
    let forked = found(&|book| {
        book.add(note(DPO, "dpo").case(BREACH));
        let older = book.hash(7);
        book.add_with(note(DPO, "dpo").case(BREACH), |_, payload| payload.case = Some(older));
    });
    not_genuine(&forked.expect("proven"), Code::Case, 9);
    // An entry of the ledger itself that names a case's entry.
    let named = found(&|book| {
        let older = book.hash(7);
        book.add_with(note(DPO, "dpo"), |_, payload| payload.case = Some(older));
    });
    not_genuine(&named.expect("proven"), Code::Case, 8);
    // The first new entry of a case that passes over older ones.
    for case in [None, Some(book.hash(5))] {
        let passed = found(&|book| {
            book.add_with(note(DPO, "dpo").case(BREACH), |_, payload| payload.case = case);
        });
        unproven(passed, NEWER);
    }
    for (code, change) in [
        (
            Code::Prev,
            &(|book: &mut Book| {
                let hash = book.hash(6);
                book.add_with(note(DPO, "dpo"), |_, payload| payload.prev = hash);
            }) as &dyn Fn(&mut Book),
        ),
        (Code::Gov, &|book: &mut Book| {
            let hash = book.hash(2);
            book.add_with(note(DPO, "dpo"), |_, payload| payload.gov = hash);
        }),
        (Code::Seq, &|book: &mut Book| {
            book.add_with(note(DPO, "dpo"), |_, payload| payload.seq = Index(0));
        }),
        (Code::NotInForce, &|book: &mut Book| {
            book.add(note(DEPUTY, "headteacher"));
        }),
    ] {
        let verdict = found(change).expect("proven");
        not_genuine(&verdict, code, 8);
        assert_eq!(verdict.intact_before, Some(8));
    }
}

/// A home that lies about its past is found out by what it was given out before, also before the
/// head that is relied on.
#[test]
fn evidence_over_heads_on_either_side_of_the_kept_one() {
    let book = grown();
    let (stored, reader) = (Stored::of(&book), head(&book, 8));
    let with = |size: u64, bytes: Vec<u8>| {
        let (file, size) = (format!("{size}.1.note"), Size(size));
        let kept = Kept { file, size, form: Form::Note, bytes };
        let walk = Walk::begin_behind(&reader, None, true, &stored).expect("proven");
        let mut walk = walk.with_evidence(None, vec![kept]);
        for written in &book.written[8..] {
            let body = written.body.clone().map_or(BodyState::Closed, BodyState::Open);
            let looked = Looked::at(written.bytes.clone(), |_| body);
            assert!(walk.step(&looked, &|_, _| DocumentState::Present));
        }
        walk.finish()
    };
    for size in 2..=book.len() {
        intact(&with(size, checkpoint(&book, size, LOG)));
        let other = Checkpoint::sign(ORIGIN, Size(size), RootHash([7; 32]), &LOG.key());
        not_genuine(&with(size, other), Code::DoesNotContinue, None);
    }
}

/// Who signs above an appointment that can't be read can't be told, whatever head is relied on: else
/// what a stranger signs there would be called intact.
#[test]
fn what_can_not_be_judged_below_the_kept_head() {
    let mut book = Book::with_dpo();
    book.add(appointment(STRANGER, &["staff"]).version(2));
    book.add(note(DPO, "dpo"));
    book.add(note(STRANGER, "staff"));
    cannot_check(&book.verify(), Code::KindUnknown, 3);
    for size in 2..=5 {
        let found = behind(&book, &head(&book, size), None, &Stored::of(&book));
        cannot_check(&found.expect("proven"), Code::KindUnknown, 3);
    }
}

/// A statement among the new entries: the older entry that it names is proven by the kept root, and
/// one that an older entry carries already is refused.
#[test]
fn statements_are_checked_against_what_is_older() {
    let mut book = grown();
    let (statement, body) = book.statement(&note(DPO, "dpo"), |_, _| ());
    book.enter(entering(HEAD, "headteacher"), &statement, &body);
    book.add(note(HEAD, "headteacher"));
    let again = {
        let mut again = book.clone();
        again.enter(entering(HEAD, "headteacher"), &statement, &body);
        again
    };
    for size in 2..=book.len() {
        intact(&behind(&book, &head(&book, size), None, &Stored::of(&book)).expect("proven"));
        let found = behind(&again, &head(&again, size), None, &Stored::of(&again));
        not_genuine(&found.expect("proven"), Code::Duplicate, 16);
    }
    // What the index says of an older statement is proven, too.
    let mut stored = Stored::of(&book);
    stored.stated.values_mut().for_each(|index| *index = Index(3));
    let found = behind(&again, &head(&again, 16), None, &stored);
    unproven(found, "the index names an entry of another statement");
    let other = |_: &mut Header, stated: &mut Stated| stated.after.1 = EntryHash([3; 32]);
    let mut forged = grown();
    let (statement, body) = forged.statement(&note(DPO, "dpo"), other);
    forged.enter(entering(HEAD, "headteacher"), &statement, &body);
    let found = behind(&forged, &head(&forged, 14), None, &Stored::of(&forged));
    not_genuine(&found.expect("proven"), Code::Statement, 14);
}

/// What a signer's key remembers holds behind a kept head, too: of fewer entries, of as many, and
/// of more.
#[test]
fn what_a_key_remembers_is_compared_behind_a_kept_head() {
    let book = grown();
    for size in 2..=book.len() {
        for (root, same) in [(book.root(size), true), (RootHash([7; 32]), false)] {
            let remembered = Remembered {
                by: "ruth".to_owned(),
                origin: ORIGIN.to_owned(),
                fingerprint: book.hash(0),
                size: Size(size),
                root,
            };
            let reader = Reader { remembered: vec![remembered], ..head(&book, 8) };
            let found = behind(&book, &reader, None, &Stored::of(&book));
            let is_intact = found.is_ok_and(|verdict| verdict.verdict == Outcome::Intact);
            assert_eq!(is_intact, same, "{size}");
        }
    }
}
