//! Nothing that could tell who somebody is stands in an entry outside its body. Bodies can be
//! withheld and erased, and clear fields never can: a pupil named in one would stay named for
//! ever.

use std::collections::BTreeMap;

use probity_keys::SigningKey;

use crate::book::clear::{ClearFields, Decision};
use crate::book::erasing::{Ground, Target};
use crate::format::cbor::{Key, Value};
use crate::format::hash::{Index, Sha256Hash, Size};
use crate::format::note::VerifierKey;
use crate::records::kind::{Class, Clear, Field, Form, Kind};
use crate::records::page::clear_fields;
use crate::records::{KINDS, find};

/// The page that fixes what stands in clear.
const PAGE: &str = include_str!("../../../../docs/format.md");

/// What cases are named after. A case's name stands in every entry of it.
const CASES: [&str; 9] =
    ["dpia", "breach", "cctv", "consent", "request", "complaint", "meeting", "supplier", "other"];

/// The two clear fields that hold words of the author's own: the school's name, and why a time
/// is wrong, for which the program offers four words.
const WORDS: [(Clear, &str); 2] = [(Clear::Genesis, "school"), (Clear::ClockCorrection, "reason")];

/// The keys that section 7 of the page gives each kind, in its order.
fn on_the_page() -> BTreeMap<&'static str, Vec<&'static str>> {
    let (_, section) = PAGE.split_once("\n## 7. Clear fields\n").expect("section 7");
    let (section, _) = section.split_once("\n## 8.").expect("section 8");
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let mut kinds: Vec<&str> = Vec::new();
    for row in section.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let Some(key) = cells[2].strip_prefix('`').and_then(|key| key.strip_suffix('`')) else {
            continue;
        };
        if !cells[1].is_empty() {
            kinds = cells[1].split(", ").collect();
        }
        for kind in &kinds {
            found.entry(*kind).or_default().push(key);
        }
    }
    found
}

/// Clear fields as an entry of that form would have them.
fn sample(clear: Clear) -> ClearFields {
    let public = SigningKey::from_seed([7; 32]).public();
    let log = VerifierKey::new("hill.example/records", public);
    let roles = vec!["headteacher".to_owned()];
    match clear {
        Clear::Nothing => ClearFields::Nothing,
        Clear::Genesis => ClearFields::Genesis {
            school: "Hill School".to_owned(),
            log,
            key: public,
            person: [1; 16],
            roles,
            continues: None,
        },
        Clear::Appointment => {
            ClearFields::Appointment { person: [1; 16], key: public, roles, from: 1, until: None }
        }
        Clear::Revocation => ClearFields::Revocation { kid: public.kid(), suspect_since: None },
        Clear::LogKey => ClearFields::LogKey { log },
        Clear::Anchor => ClearFields::Anchor { size: Size(2), evidence: Sha256Hash([9; 32]) },
        Clear::ClockCorrection => {
            ClearFields::ClockCorrection { entry: Index(1), reason: "wrong-time-zone".to_owned() }
        }
        Clear::Decision => ClearFields::Decision(Decision::Approved),
        Clear::Statement => ClearFields::Statement { statement: vec![7; 9] },
        Clear::Erasure => ClearFields::Erasure {
            entries: vec![Target { entry: Index(1), fields: None }],
            ground: Ground::Retention,
        },
    }
}

fn members(value: &Value) -> Vec<(&str, &Value)> {
    let pairs = value.as_map().expect("clear fields are a map").iter();
    pairs
        .map(|(key, value)| match key {
            Key::Text(name) => (name.as_str(), value),
            Key::Int(_) => panic!("clear fields have names"),
        })
        .collect()
}

#[test]
fn an_entry_carries_in_clear_what_the_format_page_names_and_nothing_else() {
    let page = on_the_page();
    assert_eq!(page.len(), 10, "{page:?}");
    for kind in page.keys() {
        assert!(find(kind, 1).is_some(), "the page gives clear fields to the unknown kind {kind}");
    }
    for kind in KINDS {
        let named = page.get(kind.name).map(Vec::as_slice).unwrap_or_default();
        assert_eq!(clear_fields(kind.clear), named, "{}", kind.name);
        let value = sample(kind.clear).to_value();
        let mut carried: Vec<&str> = members(&value).into_iter().map(|(name, _)| name).collect();
        let mut named = named.to_vec();
        carried.sort_unstable();
        named.sort_unstable();
        assert_eq!(carried, named, "{}", kind.name);
    }
}

#[test]
fn no_kind_takes_a_name_in_clear() {
    for kind in KINDS {
        let whole = sample(kind.clear).to_value();
        assert!(ClearFields::parse(kind.clear, &whole).is_ok(), "{}", kind.name);
        let exchanged =
            |name: &str| {
                let words = Value::text("Ada of Year 4");
                let pairs = members(&whole).into_iter();
                Value::map(pairs.map(|(key, value)| {
                    (key, if key == name { words.clone() } else { value.clone() })
                }))
            };
        for (name, _) in members(&whole) {
            let takes = ClearFields::parse(kind.clear, &exchanged(name)).is_ok();
            assert_eq!(takes, WORDS.contains(&(kind.clear, name)), "{}: {name}", kind.name);
        }
        // Nor beside the fields that it has.
        for name in ["subject", "name", "detail"] {
            let pairs = members(&whole).into_iter().map(|(key, value)| (key, value.clone()));
            let more = Value::map(pairs.chain([(name, Value::text("p4k9z2"))]));
            assert!(ClearFields::parse(kind.clear, &more).is_err(), "{}: {name}", kind.name);
        }
    }
}

#[test]
fn what_tells_who_somebody_is_is_asked_for_in_the_body_alone() {
    let mut asked = 0;
    for kind in KINDS {
        let clear = clear_fields(kind.clear);
        for field in kind.body_fields() {
            if holds_words(&field.form) {
                asked += 1;
                assert!(!clear.contains(&field.name), "{}.{}", kind.name, field.name);
            }
        }
        // The form of an entry leaves its author no other place for words than its case.
        assert!(kind.case.is_none_or(|case| CASES.contains(&case)), "{}", kind.name);
        // What was signed elsewhere has them in itself.
        let none = kind.class == Class::Governance || kind.clear == Clear::Statement;
        assert!(has_common_fields(kind) || none, "{}", kind.name);
    }
    assert!(asked > KINDS.len(), "{asked} answers in words");
}

/// Whether an answer of that form could hold a name, a reference or a description.
fn holds_words(form: &Form) -> bool {
    let any = |fields: &[Field]| fields.iter().any(|field| holds_words(&field.form));
    match form {
        Form::Text | Form::Long | Form::Ref | Form::Person | Form::Doc | Form::Occurred => true,
        Form::List(inner) => holds_words(inner),
        Form::Group(fields) => any(fields),
        _ => false,
    }
}

/// Whether who decided, which is a name, is asked for in the body.
fn has_common_fields(kind: &Kind) -> bool {
    kind.field("decided-by").is_some_and(|field| holds_words(&field.form))
}
