//! What stands in an entry of a kind: fields, clear fields, links, body and documents.

use probity_ledger::book::fault::Code;
use probity_ledger::format::body::{Body, Opening};
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::{Commitment, EntryHash, Sha256Hash};
use probity_ledger::format::note::VerifierKey;
use probity_ledger::verify::ledger::{DocumentState, Reader, Walk};
use probity_ledger::verify::look::{BodyState, Looked};

use crate::common::bundle::{body_path, document_path};
use crate::common::{
    BREACH, Book, DPO, Draft, HEAD, LOG, OTHER_LOG, START, STRANGER, anchor, appointment,
    both_intact, both_not_genuine, bundle, intact, log_key, not_genuine, note, revocation, unset,
};

#[test]
fn fields_unknown_missing_and_renamed() {
    for change in [0, 1, 2] {
        let mut book = Book::with_dpo();
        book.add_with(note(DPO, "dpo"), |_, payload| match change {
            0 => payload.body.push(("more".to_owned(), Commitment([1; 32]))),
            1 => payload.body.retain(|(name, _)| name != "occurred"),
            _ => payload.body[0].0 = "other".to_owned(),
        });
        both_not_genuine(&book, Code::Fields, 3);
    }
}

#[test]
fn fields_that_are_clear_are_not_repeated() {
    let mut book = Book::with_dpo();
    book.add_with(anchor(2), |_, payload| {
        payload.body.push(("size".to_owned(), Commitment([1; 32])));
    });
    both_not_genuine(&book, Code::Fields, 3);
}

#[test]
fn fields_are_named_before_clear() {
    let mut book = Book::with_dpo();
    book.add_with(note(DPO, "dpo").with_clear("more", Value::Null), |_, payload| {
        payload.body.clear();
    });
    both_not_genuine(&book, Code::Fields, 3);
}

fn approval() -> Draft {
    let mut draft = Draft::new("approval", DPO, "dpo");
    draft.clear = Value::map([("decision", Value::text("approved"))]);
    draft
}

fn clock_correction() -> Draft {
    let mut draft = Draft::new("clock-correction", HEAD, "headteacher");
    draft.clear = Value::map([("entry", Value::Int(2)), ("reason", Value::text("a wrong clock"))]);
    draft
}

/// Names in their form, in an array.
fn names(names: &[&str]) -> Value {
    Value::Array(names.iter().map(|name| Value::text(*name)).collect())
}

#[test]
fn clear_of_each_kind_is_honest_as_it_is() {
    let drafts = [
        appointment(STRANGER, &["staff"]),
        revocation(DPO, Some(START)),
        log_key(OTHER_LOG),
        anchor(2),
        anchor(3),
        approval(),
        clock_correction(),
    ];
    for draft in drafts {
        let mut book = Book::with_dpo();
        book.add(draft.clone());
        intact(&book.verify());
    }
}

#[test]
fn clear_with_a_field_too_many_or_too_few() {
    let drafts = [
        note(DPO, "dpo"),
        appointment(STRANGER, &["staff"]),
        revocation(DPO, None),
        log_key(OTHER_LOG),
        anchor(2),
        approval(),
        clock_correction(),
    ];
    for draft in drafts {
        let refused = |draft: Draft| {
            let mut book = Book::with_dpo();
            book.add(draft);
            both_not_genuine(&book, Code::Clear, 3);
        };
        refused(draft.clone().with_clear("more", Value::Null));
        let names: Vec<String> =
            draft.clear.as_map().expect("a map").iter().map(|(name, _)| name.to_string()).collect();
        for name in names {
            let mut lacking = draft.clone();
            unset(&mut lacking.clear, name.as_str());
            refused(lacking);
            refused(draft.clone().with_clear(&name, Value::Bool(true)));
        }
    }
}

#[test]
fn clear_of_the_wrong_form() {
    let (bytes, text) = (|count: usize| Value::bytes(vec![1; count]), Value::text);
    let other_origin = LOG.log().to_string().replace("school", "other");
    let after = START - 1000;
    let cases = [
        (appointment(STRANGER, &["staff"]), "person", vec![bytes(15), bytes(32), Value::Null]),
        (appointment(STRANGER, &["staff"]), "key", vec![bytes(31), text("k"), Value::Null]),
        (
            appointment(STRANGER, &["staff"]),
            "roles",
            vec![
                Value::Array(Vec::new()),
                names(&["staff", "dpo"]),
                names(&["dpo", "dpo"]),
                names(&["Staff"]),
                names(&[""]),
                Value::Array(vec![Value::Int(1)]),
                text("staff"),
            ],
        ),
        (
            appointment(STRANGER, &["staff"]),
            "from",
            vec![Value::Null, Value::Int(-1), text("2026-01-01")],
        ),
        (
            appointment(STRANGER, &["staff"]),
            "until",
            vec![Value::Int(after), Value::Int(after - 1), Value::Int(-1), text("never")],
        ),
        (revocation(DPO, None), "kid", vec![bytes(31), bytes(33), Value::Null]),
        (revocation(DPO, None), "suspect-since", vec![Value::Int(-1), text("yesterday")]),
        (
            log_key(OTHER_LOG),
            "log",
            vec![
                Value::Null,
                text("log"),
                text(&other_origin),
                text(&format!("{other_origin}=")),
                text("example.org/school+00000000+"),
            ],
        ),
        (anchor(2), "size", vec![Value::Int(0), Value::Int(1), Value::Int(4), Value::Null]),
        (anchor(2), "evidence", vec![bytes(31), Value::Null]),
        (approval(), "decision", vec![text("Approved"), text(""), Value::Null, Value::Int(1)]),
        (clock_correction(), "entry", vec![Value::Int(3), Value::Int(-1), Value::Null]),
        (clock_correction(), "reason", vec![text(""), Value::Null, Value::Int(1)]),
    ];
    for (draft, name, values) in cases {
        for value in values {
            let mut book = Book::with_dpo();
            book.add(draft.clone().with_clear(name, value));
            both_not_genuine(&book, Code::Clear, 3);
        }
    }
}

/// Whoever has to mend an entry is told which one, and what it should hold.
#[test]
fn a_refusal_says_which_clear_fields_an_entry_must_have() {
    let other_origin = LOG.log().to_string().replace("school", "other");
    for (draft, name, value, form) in [
        (
            appointment(STRANGER, &["staff"]),
            "person",
            Value::Null,
            "{person, key, roles, from, until}",
        ),
        (log_key(OTHER_LOG), "log", Value::text(other_origin), "{log}"),
    ] {
        let mut book = Book::with_dpo();
        book.add(draft.with_clear(name, value));
        let fault = book.verify().fault.expect("a fault").to_string();
        let found = "its clear fields: found fields or values of another form, expected";
        assert_eq!(fault, format!("entry 3: {found} {form}"));
    }
}

/// Heads that a key under another name signs would be another ledger's.
#[test]
fn clear_with_a_log_key_of_another_name() {
    let other = VerifierKey::new("example.org/other", OTHER_LOG.public()).to_string();
    let mut book = Book::with_dpo();
    book.add(log_key(OTHER_LOG).with_clear("log", Value::text(&*other)));
    both_not_genuine(&book, Code::Clear, 3);
    let mut book = Book::empty();
    book.add(crate::common::genesis().with_clear("log", Value::text(other)));
    book.add(appointment(HEAD, &["headteacher"]));
    both_not_genuine(&book, Code::Genesis, 0);
}

#[test]
fn genesis_may_continue_an_older_ledger() {
    let continues = |size: i64| {
        Value::map([
            ("fingerprint", Value::bytes([1; 32])),
            ("size", Value::Int(size)),
            ("root", Value::bytes([2; 32])),
        ])
    };
    for (size, good) in [(2, true), (1, false), (0, false)] {
        let mut book = Book::empty();
        book.add(crate::common::genesis().with_clear("continues", continues(size)));
        book.add(appointment(HEAD, &["headteacher"]));
        if good { both_intact(&book) } else { both_not_genuine(&book, Code::Genesis, 0) }
    }
}

#[test]
fn links_of_an_unknown_relation() {
    let mut book = Book::with_dpo();
    book.add(note(DPO, "dpo").link("likes", book.hash(1)));
    both_not_genuine(&book, Code::Links, 3);
}

#[test]
fn links_that_a_kind_requires() {
    for kind in ["acceptance", "correction"] {
        let mut book = Book::with_dpo();
        book.add(Draft::new(kind, DPO, "dpo"));
        both_not_genuine(&book, Code::Links, 3);
        let mut book = Book::with_dpo();
        book.add(Draft::new(kind, DPO, "dpo").link("about", book.hash(1)));
        both_not_genuine(&book, Code::Links, 3);
    }
}

/// The whole ledger knows every earlier entry; a bundle doesn't.
#[test]
fn links_to_an_entry_that_is_nowhere() {
    let mut book = Book::with_dpo();
    book.add(note(DPO, "dpo").link("about", EntryHash([7; 32])));
    not_genuine(&book.verify(), Code::Links, 3);
    intact(&bundle::whole(&book).verify());
}

#[test]
fn a_link_to_an_entry_outside_the_bundle() {
    let mut book = Book::with_dpo();
    book.add(note(DPO, "dpo"));
    book.add(note(DPO, "dpo").link("about", book.hash(3)).link("about", book.hash(3)));
    both_intact(&book);
    intact(&bundle::of(&book, 5, &[4], LOG).verify());
}

/// Nothing stands before entry 0. Its bundle is judged by the same rule as any other, or two
/// verifiers would disagree about a whole school.
#[test]
fn a_link_of_entry_0_leads_outside_at_most() {
    let begun = |relation: &str, target: EntryHash| {
        let mut book = Book::empty();
        book.add(crate::common::genesis().link(relation, target));
        book.add(appointment(HEAD, &["headteacher"]));
        book
    };
    let book = begun("about", EntryHash([7; 32]));
    not_genuine(&book.verify(), Code::Links, 0);
    intact(&bundle::whole(&book).verify());
    both_not_genuine(&begun("likes", EntryHash([7; 32])), Code::Links, 0);
}

#[test]
fn links_of_a_correction_stay_in_the_case() {
    let mut book = Book::with_dpo();
    book.add(note(DPO, "dpo").case(BREACH));
    let correction = || Draft::new("correction", DPO, "dpo").link("corrects", book.hash(3));
    let mut good = book.clone();
    good.add(correction().case(BREACH).link("about", book.hash(2)));
    both_intact(&good);
    for other in [correction(), correction().case("complaint-2026-001")] {
        let mut bad = book.clone();
        bad.add(other);
        both_not_genuine(&bad, Code::Links, 4);
    }
}

/// Puts another body beside entry 3, in the whole ledger and in a bundle.
#[track_caller]
fn body_refused(code: Code, body: &[u8]) {
    let mut book = Book::with_dpo();
    book.add(note(DPO, "dpo"));
    book.written[3].body = Some(body.to_vec());
    both_not_genuine(&book, code, 3);
}

/// The honest body of entry 3, as an editable list.
fn fields() -> Vec<(String, Opening)> {
    let mut book = Book::with_dpo();
    book.add(note(DPO, "dpo"));
    let body = book.written[3].body.clone().expect("a body");
    let body = Body::parse(&body).expect("a body");
    body.iter().map(|(name, opening)| (name.to_owned(), opening.clone())).collect()
}

#[test]
fn body_of_another_form() {
    let good = Body::new(fields()).to_bytes();
    body_refused(Code::Body, &[]);
    body_refused(Code::Body, &[0xa0]);
    body_refused(Code::Body, &[0xf6]);
    body_refused(Code::Body, &good[..good.len() - 1]);
    body_refused(Code::Body, &[&good[..], &[0]].concat());
    let with = |name: &str, value: Value| {
        let mut fields = fields();
        fields.retain(|(field, _)| field != name);
        fields.push((name.to_owned(), Opening::new([0; 32], value)));
        Body::new(fields).to_bytes()
    };
    body_refused(Code::Body, &with("text", Value::text("")));
    body_refused(Code::Body, &with("text", Value::Array(Vec::new())));
    body_refused(Code::Body, &with("other", Value::Null));
}

/// A field that the entry doesn't have is named before a field that was changed.
#[test]
fn body_is_named_before_commitment() {
    let mut fields = fields();
    fields[0].1 = Opening::new([0; 32], Value::text("changed"));
    fields.push(("zzz-not-a-field".to_owned(), Opening::new([0; 32], Value::Null)));
    body_refused(Code::Body, &Body::new(fields).to_bytes());
}

#[test]
fn commitment() {
    for place in 0..fields().len() {
        let mut changed = fields();
        changed[place].1 = Opening::new(changed[place].1.salt, Value::text("changed"));
        body_refused(Code::Commitment, &Body::new(changed).to_bytes());
        let mut salted = fields();
        salted[place].1 = Opening::new([0; 32], salted[place].1.value.clone());
        body_refused(Code::Commitment, &Body::new(salted).to_bytes());
    }
    let mut swapped = fields();
    let first = swapped[0].1.clone();
    swapped[0].1 = std::mem::replace(&mut swapped[1].1, first);
    body_refused(Code::Commitment, &Body::new(swapped).to_bytes());
}

/// The body of one note beside another.
#[test]
fn swapped_bodies() {
    let mut book = Book::school();
    let body = book.written[5].body.clone();
    book.written[7].body = body;
    both_not_genuine(&book, Code::Commitment, 7);
    let mut book = Book::school();
    book.written[7].body = book.written[6].body.clone();
    both_not_genuine(&book, Code::Body, 7);
}

#[test]
fn a_withheld_field_is_listed_and_nothing_else() {
    let book = Book::school();
    let kept = |bytes: &mut Vec<u8>| {
        let body = Body::parse(bytes).expect("a body");
        *bytes = body.only(|name| name != "text").to_bytes();
    };
    let verdict = bundle::whole(&book).change(&body_path(5), kept).with_copy().verify();
    intact(&verdict);
    let withheld: Vec<_> = verdict.withheld.iter().map(|of| (of.entry.0, &*of.fields)).collect();
    assert_eq!(withheld, [(5, &["text".to_owned()][..])]);
    let verdict = bundle::whole(&book).without(&body_path(5)).with_copy().verify();
    intact(&verdict);
    let fields = ["text", "occurred", "documents", "decided-by"].map(str::to_owned);
    assert_eq!((verdict.withheld[0].entry.0, &*verdict.withheld[0].fields), (5, &fields[..]));
}

#[test]
fn a_body_that_does_not_open() {
    let (book, reader) = (Book::school(), Reader::default());
    let mut walk = Walk::begin(&reader, None, true);
    let absent = |_, _: &_| DocumentState::Absent;
    for (index, written) in book.written.iter().enumerate() {
        let body = match index {
            5 => BodyState::Unreadable("the tag doesn't fit".to_owned()),
            _ => BodyState::Closed,
        };
        if !walk.step(&Looked::at(written.bytes.clone(), |_| body), &absent) {
            break;
        }
    }
    let verdict = walk.finish();
    not_genuine(&verdict, Code::Body, 5);
    assert_eq!(verdict.intact_before, Some(5));
}

#[test]
fn document_changed() {
    let mut book = Book::school();
    let hash = *book.documents.keys().next().expect("a document");
    book.documents.insert(hash, b"other bytes".to_vec());
    both_not_genuine(&book, Code::Document, 4);
    book.documents.insert(hash, b"%PDF-1.7 a pla!".to_vec());
    both_not_genuine(&book, Code::Document, 4);
}

/// The right bytes, but the record gives another size.
#[test]
fn document_of_another_size() {
    let mut book = Book::with_dpo();
    let mut document = book.document("a.pdf", b"bytes");
    crate::common::set(&mut document, "size", Value::Int(6));
    book.add(note(DPO, "dpo").answer("documents", Value::Array(vec![document])));
    not_genuine(&bundle::whole(&book).verify(), Code::Document, 3);
}

#[test]
fn a_document_that_is_absent_is_listed() {
    let mut book = Book::school();
    let hash = *book.documents.keys().next().expect("a document");
    let verdict = bundle::whole(&book).without(&document_path(hash)).verify();
    intact(&verdict);
    let absent = &verdict.absent_documents;
    assert_eq!((absent.len(), absent[0].entry.0, absent[0].sha256), (1, 4, hash));
    assert_eq!(absent[0].name, "plan.pdf");
    book.documents.clear();
    let verdict = book.verify();
    intact(&verdict);
    assert_eq!(verdict.absent_documents.len(), 1);
}

#[test]
fn a_document_that_nothing_names() {
    let stray = document_path(Sha256Hash::of(b"stray"));
    let forged = bundle::whole(&Book::school()).put(&stray, "stray");
    not_genuine(&forged.verify(), Code::Container, None);
    // It is named, but the field that names it is withheld.
    let bare = bundle::whole(&Book::school()).without(&body_path(4)).with_copy();
    not_genuine(&bare.verify(), Code::Container, None);
}
