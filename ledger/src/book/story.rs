//! A story for tests: records written down one after another, without a ledger around them.

use super::item::{Item, Marks};
use crate::format::cbor::{Key, Value};
use crate::format::hash::{EntryHash, Index};
use crate::records::answers::Answers;
use crate::records::kind::Relation;

/// Noon on 1 October 2026 in London.
pub(super) const NOW: i64 = 1_790_852_400;

/// A case as it is written down, one record after another.
#[derive(Default)]
pub(super) struct Story(pub(super) Vec<Item>);

pub(super) fn text(words: &str) -> Value {
    Value::Text(words.to_owned())
}

pub(super) fn texts(words: &[&str]) -> Value {
    Value::Array(words.iter().map(|word| text(word)).collect())
}

pub(super) fn group(members: &[(&str, &str)]) -> Value {
    let pairs = members.iter().map(|(name, word)| (Key::Text((*name).to_owned()), text(word)));
    Value::Map(pairs.collect())
}

impl Story {
    pub(super) fn then(mut self, kind: &str, case: &str, answers: &[(&str, Value)]) -> Self {
        let number = self.0.len() as u64;
        let mut given = Answers::default();
        for (name, value) in answers {
            given.set(*name, value.clone());
        }
        self.0.push(Item {
            index: Index(number),
            hash: EntryHash([u8::try_from(number).expect("a short story"); 32]),
            kind: kind.to_owned(),
            case: Some(case.to_owned()),
            role: "headteacher".to_owned(),
            person: [u8::try_from(number % 3).expect("small"); 16],
            signer: "Amina Okafor".to_owned(),
            time: NOW - 1000 + i64::try_from(number).expect("small"),
            is_statement: false,
            decision: None,
            links: Vec::new(),
            answers: given,
            marks: Marks::default(),
        });
        self
    }

    pub(super) fn last(&mut self) -> &mut Item {
        self.0.last_mut().expect("a story that began")
    }

    pub(super) fn deciding(mut self, decision: &'static str) -> Self {
        self.last().decision = Some(decision);
        self
    }

    pub(super) fn to(mut self, relation: Relation, entry: usize) -> Self {
        let hash = self.0[entry].hash;
        self.last().links.push((relation, hash));
        self
    }

    pub(super) fn lacking(mut self, lack: &str) -> Self {
        self.last().marks.lacks.push(lack.to_owned());
        self
    }
}
