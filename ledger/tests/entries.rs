//! Entries and bodies: every way in which their bytes can have another form, and coset as a
//! second reader of what we write.

mod common;

use common::{BREACH, Book, DPO, Draft, HEAD, both_not_genuine, note, set, sign, unset};
use coset::{CoseSign1, TaggedCborSerializable};
use probity_ledger::book::fault::Code;
use probity_ledger::format::body::{Body, BodyFault, Document, Opening};
use probity_ledger::format::cbor::{self, Value};
use probity_ledger::format::entry::{
    self, Entry, EntryFault, Header, Subject, is_name, is_origin, sig_structure,
};
use proptest::collection::vec;
use proptest::prelude::*;

#[test]
fn coset_reads_what_we_write() {
    let book = Book::school();
    for (index, written) in book.written.iter().enumerate() {
        let entry = book.entry(index);
        let theirs = CoseSign1::from_tagged_slice(&written.bytes).expect("coset reads it");
        let protected = theirs.protected.original_data.clone().expect("as it stands");
        let payload = theirs.payload.clone().expect("a payload");
        assert_eq!(theirs.signature, entry.signature().0);
        assert_eq!(sig_structure(&protected, &payload), entry.signed_bytes());
        assert_eq!(theirs.tbs_data(&[]), entry.signed_bytes(), "the same bytes are signed");
        assert_eq!(theirs.protected.header.key_id, entry.says().kid.0);
        assert!(theirs.unprotected.is_empty());
        assert_eq!(protected, entry.own().0.to_bytes());
        assert_eq!(payload, entry.own().1.to_bytes());
        assert!(entry.signed_bytes().starts_with(&[0x84, 0x6a]));
        assert_eq!(theirs.to_tagged_vec().expect("coset writes it"), written.bytes);
    }
}

#[test]
fn an_entry_is_what_its_parts_say() {
    let book = Book::school();
    let entry = book.entry(7);
    assert_eq!(entry.bytes(), book.written[7].bytes);
    assert_eq!(entry.hash(), book.hash(7));
    assert_eq!(entry.place().prev, book.hash(6));
    assert_eq!(entry.place().gov, book.hash(6));
    assert_eq!(entry.place().case, Some(book.hash(5)));
    assert_eq!(*entry.subject(), Subject::Case(BREACH.to_owned()));
    assert_eq!(entry.foreign_typ(), None);
    let anew = sign(DPO, &entry.own().0.to_bytes(), &entry.own().1.to_bytes());
    assert_eq!(anew, book.written[7].bytes, "signatures are deterministic");
}

/// A page that names a record's case would have a gap where the name stands.
#[test]
fn a_subject_is_shown_as_it_is_signed() {
    assert_eq!(Subject::Ledger.to_string(), "ledger");
    assert_eq!(Subject::Case(BREACH.to_owned()).to_string(), BREACH);
}

/// Whoever mends another program that writes entries has to be told the fault that it makes,
/// and not one that follows from it.
#[test]
fn a_header_or_claims_without_integer_keys_are_named_for_that() {
    let entry = Book::school().entry(4);
    let place = |change: &dyn Fn(&mut Value)| {
        let header = entry.own().0.to_bytes();
        let mut header = cbor::parse_header(&header).expect("a header");
        change(&mut header);
        match Entry::parse(&sign(HEAD, &header.to_bytes(), &entry.own().1.to_bytes())) {
            Err(EntryFault::Shape { place, expected: "a map with integer keys" }) => place,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(place(&|header| *header = Value::Array(Vec::new())), "protected header");
    assert_eq!(place(&|header| set(header, "alg", Value::Null)), "protected header");
    assert_eq!(place(&|header| set(header, 15, Value::Null)), "claims");
    assert_eq!(place(&|header| set(header, 15, Value::map([("iss", Value::Null)]))), "claims");
}

/// What is found in place of the last entry of a ledger, which this draft makes.
#[track_caller]
fn refused(code: Code, change: impl FnOnce(&mut Value, &mut Value)) {
    let mut book = Book::with_dpo();
    book.add_values(note(DPO, "dpo").case(BREACH), change);
    both_not_genuine(&book, code, 3);
}

fn bytes(count: usize) -> Value {
    Value::bytes(vec![7; count])
}

fn claims(header: &Value) -> Value {
    let pairs = header.as_map().expect("a map").iter();
    let mut found = pairs.filter(|(key, _)| *key == cbor::Key::Int(15));
    found.next().expect("claims").1.clone()
}

#[test]
fn a_protected_header_has_exactly_its_labels() {
    refused(Code::Shape, |header, _| set(header, 3, Value::text("text/plain")));
    refused(Code::Shape, |header, _| set(header, 17, Value::Null));
    refused(Code::Shape, |header, _| set(header, "alg", Value::Null));
    for label in [1, 4, 15, 16] {
        refused(Code::Shape, |header, _| unset(header, label));
        refused(Code::Shape, |header, _| set(header, label, Value::Null));
    }
    refused(Code::Shape, |header, _| *header = Value::Map(Vec::new()));
    refused(Code::Shape, |header, _| *header = Value::Array(Vec::new()));
    for alg in [-8, -7, 19, 0] {
        refused(Code::Shape, |header, _| set(header, 1, Value::Int(alg)));
    }
    for kid in [bytes(31), bytes(33), Value::text("k")] {
        refused(Code::Shape, |header, _| set(header, 4, kid));
    }
    refused(Code::Shape, |header, _| set(header, 16, Value::Int(0)));
}

#[test]
fn the_claims_have_exactly_their_labels() {
    let with = |label: i64, value: Value| {
        move |header: &mut Value, _: &mut Value| {
            let mut claims = claims(header);
            set(&mut claims, label, value);
            set(header, 15, claims);
        }
    };
    for label in [1, 2, 6] {
        refused(Code::Shape, with(label, Value::Null));
        refused(Code::Shape, |header, _| {
            let mut claims = claims(header);
            unset(&mut claims, label);
            set(header, 15, claims);
        });
    }
    refused(Code::Shape, with(4, Value::Int(9)));
    for iss in ["", "Example.org", "a b", "a+b", "a_b", &"a".repeat(256)] {
        refused(Code::Shape, with(1, Value::text(iss)));
    }
    for sub in [
        "",
        "Ledger",
        "ledger ",
        "breach",
        "breach-2026",
        "breach-2026-01",
        "breach-26-001",
        "breach-2026-00a",
        "-2026-001",
        "2026-001",
        "breach--2026-001",
        "Breach-2026-001",
        "breach1-2026-001",
        "breach-2026-001-",
        "breach-2026-001 ",
        "breach-2026-٠٠١",
    ] {
        refused(Code::Shape, with(2, Value::text(sub)));
    }
    for sub in ["breach-2026-001", "x-0000-1234567", "a-b-c-2026-003"] {
        assert!(Subject::parse(sub).is_some_and(|case| case.case() == Some(sub)));
    }
    refused(Code::Shape, with(6, Value::Int(-1)));
    refused(Code::Shape, with(6, Value::text("1790000000")));
}

#[test]
fn a_payload_has_exactly_its_keys() {
    let keys = ["seq", "prev", "gov", "case", "kind", "v", "role", "links", "clear", "body"];
    for key in keys {
        refused(Code::Shape, |_, payload| unset(payload, key));
        refused(Code::Shape, |_, payload| set(payload, key, Value::Bool(true)));
    }
    for key in keys.iter().filter(|key| **key != "case") {
        refused(Code::Shape, |_, payload| set(payload, *key, Value::Null));
    }
    refused(Code::Shape, |_, payload| set(payload, "note", Value::Null));
    refused(Code::Shape, |_, payload| *payload = Value::Array(Vec::new()));
    for (key, value) in [
        ("seq", Value::Int(-1)),
        ("seq", Value::text("3")),
        ("prev", bytes(31)),
        ("prev", bytes(33)),
        ("gov", bytes(0)),
        ("case", bytes(31)),
        ("case", Value::text("breach")),
        ("kind", Value::text("")),
        ("kind", Value::text("Note")),
        ("kind", Value::text("1note")),
        ("kind", Value::text("a".repeat(65))),
        ("v", Value::Int(0)),
        ("v", Value::Int(-1)),
        ("role", Value::text("head teacher")),
        ("role", Value::text("")),
        ("links", Value::Map(Vec::new())),
        ("clear", Value::Array(Vec::new())),
        ("clear", Value::map([("Name", Value::Null)])),
        ("clear", Value::map([("", Value::Null)])),
        ("body", Value::map([("text", bytes(31))])),
        ("body", Value::map([("text", Value::Null)])),
        ("body", Value::map([("Text", bytes(32))])),
    ] {
        refused(Code::Shape, |_, payload| set(payload, key, value));
    }
}

#[test]
fn links_and_body_hold_at_most_256() {
    let link = || Value::map([("rel", Value::text("about")), ("entry", bytes(32))]);
    for bad in [
        Value::map([("rel", Value::text("about"))]),
        Value::map([("entry", bytes(32))]),
        Value::map([("rel", Value::text("About")), ("entry", bytes(32))]),
        Value::map([("rel", Value::text("about")), ("entry", bytes(31))]),
        Value::map([("rel", Value::text("about")), ("entry", bytes(32)), ("x", Value::Null)]),
        Value::Null,
    ] {
        refused(Code::Shape, |_, payload| set(payload, "links", Value::Array(vec![link(), bad])));
    }
    let links = |count: usize| Value::Array(vec![link(); count]);
    let body = |count: usize| {
        let fields: Vec<String> = (0..count).map(|n| format!("f{n}")).collect();
        Value::map(fields.iter().map(|name| (name.as_str(), bytes(32))))
    };
    refused(Code::Shape, |_, payload| set(payload, "links", links(257)));
    refused(Code::Shape, |_, payload| set(payload, "body", body(257)));
    let parse = |change: &dyn Fn(&mut Value)| {
        let entry = Book::school().entry(7);
        let mut payload = cbor::parse(&entry.own().1.to_bytes()).expect("a payload");
        change(&mut payload);
        Entry::parse(&sign(DPO, &entry.own().0.to_bytes(), &payload.to_bytes()))
    };
    assert!(parse(&|payload| set(payload, "links", links(256))).is_ok());
    assert!(parse(&|payload| set(payload, "body", body(256))).is_ok());
}

/// An entry's four parts, wrapped by hand.
fn wrapped(change: impl FnOnce(&mut Vec<Value>)) -> Vec<u8> {
    let entry = Book::school().entry(4);
    let mut parts = vec![
        Value::bytes(entry.own().0.to_bytes()),
        Value::Map(Vec::new()),
        Value::bytes(entry.own().1.to_bytes()),
        Value::bytes(entry.signature().0),
    ];
    change(&mut parts);
    [vec![0xd2], Value::Array(parts).to_bytes()].concat()
}

#[test]
fn the_envelope_is_tag_18_around_four() {
    assert_eq!(wrapped(|_| ()), Book::school().written[4].bytes);
    let shape = |bytes: Vec<u8>| {
        let found = Entry::parse(&bytes);
        assert!(matches!(found, Err(EntryFault::Shape { .. })), "{found:?}");
    };
    let encoding = |bytes: Vec<u8>| {
        let found = Entry::parse(&bytes);
        assert!(matches!(found, Err(EntryFault::Encoding { .. })), "{found:?}");
    };
    shape(wrapped(|_| ())[1..].to_vec());
    shape(wrapped(|parts| parts.truncate(3)));
    shape(wrapped(|parts| parts.push(Value::Null)));
    for place in 0..4 {
        shape(wrapped(|parts| parts[place] = Value::Null));
        shape(wrapped(|parts| parts[place] = Value::Int(0)));
    }
    shape(wrapped(|parts| parts[1] = Value::map([("a", Value::Null)])));
    shape(wrapped(|parts| parts[3] = bytes(63)));
    shape(wrapped(|parts| parts[3] = bytes(65)));
    shape(vec![0xd2, 0xf6]);
    shape(vec![0xf6]);
    encoding(Vec::new());
    encoding(vec![0xd2]);
    encoding([wrapped(|_| ()), vec![0]].concat());
    encoding([&[0xd8, 18], &wrapped(|_| ())[1..]].concat());
    encoding([&[0xd3], &wrapped(|_| ())[1..]].concat());
    encoding([&[0xd2], &wrapped(|_| ())[..]].concat());
    encoding(wrapped(|parts| parts[0] = Value::bytes([])));
    encoding(wrapped(|parts| parts[0] = Value::bytes([0xa0, 0])));
    encoding(wrapped(|parts| parts[2] = Value::bytes([])));
    encoding(wrapped(|parts| parts[1] = Value::map([(1, Value::Int(-19))])));
    // What is not even strict CBOR is named before what has another shape.
    encoding(wrapped(|parts| {
        parts[0] = Value::bytes([0xa0]);
        parts[2] = Value::bytes([0x18, 0]);
    }));
    for end in 0..wrapped(|_| ()).len() {
        encoding(wrapped(|_| ())[..end].to_vec());
    }
}

#[test]
fn an_entry_in_another_spelling_is_refused() {
    let refused = |change: &dyn Fn(&mut Vec<u8>, &mut Vec<u8>)| {
        let mut book = Book::with_dpo();
        book.add_parts(note(DPO, "dpo"), change);
        both_not_genuine(&book, Code::Encoding, 3);
    };
    refused(&|_, payload| payload.push(0xf6));
    refused(&|header, _| header.push(0xf6));
    refused(&|header, _| *header = [&[0xb8, 4], &header[1..]].concat());
    refused(&|_, payload| *payload = [&[0xb8, 10], &payload[1..]].concat());
    let mut book = Book::with_dpo();
    book.add_changed(note(DPO, "dpo"), |bytes| bytes.push(0));
    both_not_genuine(&book, Code::Encoding, 3);
}

#[test]
fn an_entry_has_at_most_65535_bytes() {
    let of = |length: usize| {
        let entry = Book::school().entry(4);
        let mut payload = entry.own().1.clone();
        payload.clear = Value::map([("a", bytes(60_000))]);
        let size = sign(DPO, &entry.own().0.to_bytes(), &payload.to_bytes()).len();
        payload.clear = Value::map([("a", bytes(60_000 + length - size))]);
        sign(DPO, &entry.own().0.to_bytes(), &payload.to_bytes())
    };
    assert_eq!(of(entry::MAX_ENTRY).len(), 65_535);
    assert!(Entry::parse(&of(65_535)).is_ok());
    assert_eq!(Entry::parse(&of(65_536)), Err(EntryFault::TooLarge { found: 65_536 }));
}

#[test]
fn names_and_origins() {
    for good in ["a", "a-b", "a1", "a--b", &"a".repeat(64)] {
        assert!(is_name(good), "{good}");
    }
    for bad in ["", "1a", "-a", "A", "a_b", "a b", "ä", &"a".repeat(65)] {
        assert!(!is_name(bad), "{bad}");
    }
    assert!(is_origin("example.org/school-1") && is_origin(&"a".repeat(255)));
    assert!(!is_origin("") && !is_origin("Example") && !is_origin(&"a".repeat(256)));
}

fn opening(value: Value) -> Opening {
    Opening::new([3; 32], value)
}

#[test]
fn a_body_is_a_map_of_salt_and_value() {
    let pair = |parts: &[Value]| Value::Array(parts.to_vec());
    let good = Value::map([("text", pair(&[bytes(32), Value::text("x")]))]);
    let body = Body::parse(&good.to_bytes()).expect("a body");
    assert_eq!(body.to_bytes(), good.to_bytes());
    assert_eq!(body, Body::new([("text".to_owned(), Opening::new([7; 32], Value::text("x")))]));
    for bad in [
        Value::Map(Vec::new()),
        Value::Array(Vec::new()),
        Value::Null,
        Value::map([("Text", pair(&[bytes(32), Value::Null]))]),
        Value::map([("", pair(&[bytes(32), Value::Null]))]),
        Value::map([("text", pair(&[bytes(31), Value::Null]))]),
        Value::map([("text", pair(&[bytes(33), Value::Null]))]),
        Value::map([("text", pair(&[Value::Null, Value::Null]))]),
        Value::map([("text", pair(&[bytes(32)]))]),
        Value::map([("text", pair(&[bytes(32), Value::Null, Value::Null]))]),
        Value::map([("text", Value::Null)]),
    ] {
        assert_eq!(Body::parse(&bad.to_bytes()), Err(BodyFault::Shape), "{bad:?}");
    }
    let empty = [
        Value::text(""),
        Value::Array(Vec::new()),
        Value::Map(Vec::new()),
        Value::Array(vec![Value::Null, Value::text("")]),
        Value::map([("a", Value::Array(vec![Value::Map(Vec::new())]))]),
        Value::map([("", Value::Null)]),
    ];
    for value in empty {
        let bytes = Value::map([("text", pair(&[bytes(32), value]))]).to_bytes();
        assert_eq!(Body::parse(&bytes), Err(BodyFault::Empty("text".to_owned())));
    }
    let nothing = Value::map([("text", pair(&[bytes(32), Value::bytes([])]))]);
    assert!(Body::parse(&nothing.to_bytes()).is_ok(), "an empty byte string is a value");
    let spelled = hex::decode("a16174825820").expect("hex");
    assert!(matches!(Body::parse(&spelled), Err(BodyFault::Encoding(_))));
}

#[test]
fn a_body_has_at_most_one_mebibyte() {
    let of = |count: usize| Body::new([("text".to_owned(), opening(bytes(count)))]).to_bytes();
    let spare = of(1 << 19).len() - (1 << 19);
    assert!(Body::parse(&of((1 << 20) - spare)).is_ok());
    let found = Body::parse(&of((1 << 20) - spare + 1));
    assert_eq!(found, Err(BodyFault::TooLarge((1 << 20) + 1)));
}

#[test]
fn a_commitment_covers_salt_name_and_value() {
    use sha2::{Digest as _, Sha256};
    let text = [
        &hex::decode("8470").expect("hex")[..],
        b"probity/v1/field",
        &hex::decode("5820").expect("hex"),
        &[3; 32],
        &hex::decode("647465787463796573").expect("hex"),
    ]
    .concat();
    let expected: [u8; 32] = Sha256::digest(text).into();
    assert_eq!(opening(Value::text("yes")).commitment("text").0, expected);
    let good = opening(Value::text("yes")).commitment("text");
    assert_ne!(opening(Value::text("no")).commitment("text"), good);
    assert_ne!(opening(Value::text("yes")).commitment("note"), good);
    assert_ne!(Opening::new([4; 32], Value::text("yes")).commitment("text"), good);
}

#[test]
fn a_document_is_recognised_by_its_form_alone() {
    let mut book = Book::empty();
    let document = book.document("a.pdf", b"bytes");
    let read = Document::from_value(&document).expect("a document");
    assert_eq!(read.to_value(), document);
    let deep = Value::map([("a", Value::Array(vec![Value::Null, document.clone()]))]);
    assert_eq!(Document::within(&deep), [read]);
    for (name, value) in [
        ("name", Value::Null),
        ("type", Value::Int(1)),
        ("size", Value::Int(-1)),
        ("size", Value::text("5")),
        ("sha256", bytes(31)),
        ("more", Value::Null),
    ] {
        let mut other = document.clone();
        set(&mut other, name, value);
        assert_eq!(Document::from_value(&other), None);
    }
}

#[test]
fn a_line_of_the_reading_copy() {
    let mut book = Book::with_dpo();
    let value = Value::map([
        ("b", Value::Array(vec![Value::Null, Value::Bool(true), Value::Int(-7)])),
        ("aa", Value::bytes([0xab, 0])),
        ("a", Value::text("\"\\/\u{8}\u{c}\n\r\t\u{1}\u{1f}\u{7f}é\u{2028}")),
    ]);
    book.add(Draft::new("note", DPO, "dpo").answer("text", value).link("about", book.hash(0)));
    let (entry, body) = (book.entry(3), book.written[3].body.clone().expect("a body"));
    let body = Body::parse(&body).expect("a body");
    let line = probity_ledger::format::jsonl::line(&entry, Some(&body));
    let field = |name: &str| {
        let hash = entry.says().commitment(name).expect("a field");
        format!("\"{name}\":\"{hash}\"")
    };
    let expected = [
        format!(
            r#"{{"seq":3,"hash":"{}","kid":"{}","iss":"example.org/school","sub":"ledger","#,
            book.hash(3),
            DPO.kid()
        ),
        format!(r#""iat":1790000180,"prev":"{0}","gov":"{0}","case":null,"#, book.hash(2)),
        r#""kind":"note","v":1,"role":"dpo","#.to_owned(),
        format!(r#""links":[{{"rel":"about","entry":"{}"}}],"#, book.hash(0)),
        r#""clear":{},"body":{"#.to_owned(),
        ["text", "occurred", "documents", "decided-by"].map(field).join(","),
        r#"},"disclosed":{"text":{"a":"\"\\/\b\f\n\r\t\u0001\u001f"#.to_owned(),
        "\u{7f}é\u{2028}".to_owned(),
        r#"","b":[null,true,-7],"aa":"ab00"},"occurred":null,"documents":null,"decided-by":null}}"#
            .to_owned(),
        "\n".to_owned(),
    ];
    assert_eq!(line, expected.concat());
    let bare = probity_ledger::format::jsonl::line(&entry, None);
    assert!(bare.ends_with("},\"disclosed\":{}}\n"), "{bare}");
}

proptest! {
    #[test]
    fn no_bytes_make_a_parser_fail(bytes in vec(any::<u8>(), 0..300)) {
        prop_assert!(Entry::parse(&bytes).is_err());
        prop_assert!(Entry::parse(&[&[0xd2, 0x84][..], &bytes].concat()).is_err());
        if let Ok(body) = Body::parse(&bytes) {
            prop_assert_eq!(body.to_bytes(), bytes);
        }
    }

    #[test]
    fn a_changed_entry_is_refused_or_another(
        index in 0_usize..8, place in any::<prop::sample::Index>(), change in 1_u8..,
    ) {
        let mut bytes = Book::school().written[index].bytes.clone();
        let place = place.index(bytes.len());
        bytes[place] ^= change;
        if let Ok(entry) = Entry::parse(&bytes) {
            prop_assert_eq!(entry.bytes(), bytes.as_slice());
            if entry.foreign_typ().is_none() {
                let (header, payload) = (entry.own().0.to_bytes(), entry.own().1.to_bytes());
                let anew = entry::assemble(&header, &payload, entry.signature());
                prop_assert_eq!(anew, bytes);
            }
        }
    }

    #[test]
    fn headers_come_back_from_their_bytes(
        time in 0..=cbor::MAX_INTEGER, origin in "[a-z0-9./-]{1,255}", kid in any::<[u8; 32]>(),
        sub in "ledger|[a-z]{1,9}(-[a-z]{1,9}){0,3}-[0-9]{4}-[0-9]{3,6}",
    ) {
        let subject = Subject::parse(&sub).expect("a subject");
        let header = Header { kid: probity_keys::Kid(kid), origin, subject, time };
        let payload = Book::school().entry(4).own().1.to_bytes();
        let entry = Entry::parse(&sign(HEAD, &header.to_bytes(), &payload)).expect("an entry");
        prop_assert_eq!(entry.own().0, &header);
    }
}

#[test]
fn an_entry_is_equal_to_its_own_bytes_alone() {
    let book = Book::begun();
    assert_eq!(book.entry(1), book.entry(1));
    assert_ne!(book.entry(0), book.entry(1));
}
