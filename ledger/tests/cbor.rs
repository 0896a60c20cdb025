//! The one spelling of CBOR: RFC 8949's own examples, one vector for each way to differ, and
//! ciborium as a second opinion on what was accepted.

mod common;

use common::vectors;
use probity_ledger::format::cbor::{self, Item, Key, MAX_INTEGER, Reader, Value};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

/// Whether ciborium, which is laxer, reads the same value from the same bytes.
fn same(ours: &Value, theirs: &ciborium::Value) -> bool {
    use ciborium::Value as Other;
    let same_key = |key: &Key, other: &Other| match key {
        Key::Int(number) => other.as_integer().map(i128::from) == Some(i128::from(*number)),
        Key::Text(text) => other.as_text() == Some(text),
    };
    match (ours, theirs) {
        (Value::Null, Other::Null) => true,
        (Value::Bool(one), Other::Bool(other)) => one == other,
        (Value::Int(one), Other::Integer(other)) => i128::from(*one) == i128::from(*other),
        (Value::Text(one), Other::Text(other)) => one == other,
        (Value::Bytes(one), Other::Bytes(other)) => one == other,
        (Value::Array(one), Other::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Map(one), Other::Map(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|((key, value), (name, other))| same_key(key, name) && same(value, other))
        }
        _ => false,
    }
}

#[track_caller]
fn ciborium_agrees(value: &Value, bytes: &[u8]) {
    let theirs: ciborium::Value = ciborium::from_reader(bytes).expect("ciborium reads it, too");
    assert!(same(value, &theirs), "{value:?} and {theirs:?}");
}

#[test]
fn every_vector_has_the_verdict_that_it_begins_with() {
    for vector in vectors::all("cbor") {
        let parse = match vector.fields.get("as").map(String::as_str) {
            Some("header") => cbor::parse_header,
            None => cbor::parse,
            Some(other) => panic!("{}: as {other}", vector.name),
        };
        match (parse(&vector.content), &vector.refused) {
            (Ok(value), None) => {
                assert_eq!(value.to_bytes(), vector.content, "{}", vector.name);
                ciborium_agrees(&value, &vector.content);
            }
            (Err(error), Some(what)) => assert_eq!(error.what, what, "{}", vector.name),
            (found, expected) => panic!("{}: {found:?}, expected {expected:?}", vector.name),
        }
    }
}

/// Every beginning of every accepted vector is refused: nothing is read before its end.
#[test]
fn no_beginning_of_a_value_is_a_value() {
    for vector in vectors::all("cbor").iter().filter(|vector| vector.refused.is_none()) {
        for end in 0..vector.content.len() {
            assert!(cbor::parse_header(&vector.content[..end]).is_err(), "{} {end}", vector.name);
        }
    }
}

#[test]
fn a_reader_gives_the_parts() {
    let bytes = hex::decode("a2616101616282f64101").expect("hex");
    let mut reader = Reader::new(&bytes);
    assert_eq!(reader.map(), Ok(2));
    assert_eq!(reader.position(), 1);
    assert_eq!(reader.item(), Ok(Item::Text("a")));
    assert_eq!(reader.position(), 3, "what follows is told apart by where it stands");
    assert_eq!(reader.value(), Ok(Value::Int(1)));
    assert_eq!(reader.item(), Ok(Item::Text("b")));
    assert_eq!(reader.array(), Ok(2));
    assert!(reader.array().is_err(), "null is no array");
    let mut reader = Reader::new(&bytes[7..]);
    assert!(reader.literal(&[0xf5], "expected true").is_err());
    assert_eq!(reader.position(), 0);
    assert_eq!(reader.literal(&[0xf6], "expected null"), Ok(()));
    assert!(reader.end().is_err());
    assert_eq!(reader.byte_string(), Ok(&[1][..]));
    assert_eq!(reader.end(), Ok(()));
}

/// A tick in a form would be read as the other, or as none.
#[test]
fn a_yes_is_a_yes_and_only_a_yes_or_a_no_is_either() {
    assert_eq!(Value::Bool(true).as_bool(), Some(true));
    assert_eq!(Value::Bool(false).as_bool(), Some(false));
    for other in [Value::Null, Value::Int(1), Value::text("true"), Value::Array(Vec::new())] {
        assert_eq!(other.as_bool(), None, "{other:?}");
    }
}

#[test]
#[should_panic(expected = "distinct keys")]
fn a_map_with_a_key_twice_is_a_fault_of_the_program() {
    let _ = Value::map([("a", Value::Null), ("a", Value::Null)]);
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-MAX_INTEGER..=MAX_INTEGER).prop_map(Value::Int),
        (-300_i64..300).prop_map(Value::Int),
        any::<String>().prop_map(Value::Text),
        vec(any::<u8>(), 0..300).prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(15, 200, 30, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..30).prop_map(Value::Array),
            btree_map("[a-c]{0,3}|.{0,40}", inner, 0..30).prop_map(|map| Value::map(
                map.into_iter().map(|(key, value)| (Key::Text(key), value))
            )),
        ]
    })
}

proptest! {
    #[test]
    fn values_come_back_from_their_bytes(value in values()) {
        let bytes = value.to_bytes();
        ciborium_agrees(&value, &bytes);
        prop_assert_eq!(cbor::parse(&bytes), Ok(value));
    }

    #[test]
    fn what_is_accepted_has_no_other_spelling(bytes in vec(any::<u8>(), 0..64)) {
        if let Ok(value) = cbor::parse_header(&bytes) {
            prop_assert_eq!(value.to_bytes(), bytes);
        }
    }

    #[test]
    fn a_changed_byte_is_refused_or_another_value(
        value in values(), place in any::<prop::sample::Index>(), change in 1_u8..,
    ) {
        let mut bytes = value.to_bytes();
        let place = place.index(bytes.len());
        bytes[place] ^= change;
        if let Ok(other) = cbor::parse(&bytes) {
            prop_assert_ne!(&other, &value);
            prop_assert_eq!(other.to_bytes(), bytes);
        }
    }
}

/// Whoever reads a long file asks first how many values it holds: the answer is that of the reader,
/// and costs nothing.
#[test]
fn values_are_counted_before_they_are_built() {
    let value = Value::map([
        ("a", Value::Array(vec![Value::Null, Value::Int(1000), Value::text("b")])),
        ("bytes", Value::bytes([0xf6; 300])),
    ]);
    let bytes = value.to_bytes();
    assert_eq!(cbor::count(&bytes), Ok(8), "the map, two keys, the array and its three, and bytes");
    for end in 0..bytes.len() {
        assert!(cbor::count(&bytes[..end]).is_err(), "{end}");
    }
    for promise in [&[0x9b; 9][..], &[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]] {
        assert!(cbor::count(promise).is_err(), "what is promised and isn't there");
    }
}
