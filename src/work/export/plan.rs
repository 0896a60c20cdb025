//! What a bundle is going to hold: every entry with why it is enclosed, what of it goes along, and
//! why the rest doesn't. The schedule, the preview and the report come from it, and the layout
//! writes just this.

use std::collections::{BTreeMap, BTreeSet};

use probity_ledger::book::judge;
use probity_ledger::format::body::{Body, Document};
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::{Index, Sha256Hash, Size};
use probity_ledger::records::kind::{Field, Kind};
use probity_ledger::verify::words::count;
use serde::Serialize;

use super::choice::{Audience, Choice, LeftOut, select, surround};
use super::disclosure::{ByAudience, Rules};
use super::named::{Named, is_privileged, references, spelt_as_references};
use super::{person, regulator};
use crate::work::WorkError;
use crate::work::erase::Explained;
use crate::work::reading::{Reading, Record};
use crate::work::schedule::{Line, Withheld};

/// One entry of a bundle.
pub(super) struct Part {
    /// The record.
    pub record: Record,
    /// What of its answers goes along; `None` when nothing does.
    pub body: Option<Body>,
    pub(super) chosen: bool,
    why: String,
    withheld: Vec<Withheld>,
}

/// What a bundle is going to hold.
pub(super) struct Plan {
    /// Its entries, ascending.
    pub parts: Vec<Part>,
    left_out: Vec<LeftOut>,
    audience: Audience,
}

/// What the sender should know before a bundle leaves the house.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// How many entries there are.
    pub entries: usize,
    /// How many of them go along with answers, the others being there to prove these.
    pub chosen: usize,
    /// How many answers of the chosen ones go along.
    pub answers: usize,
    /// How many fields of the chosen ones are withheld or erased.
    pub withheld: usize,
    /// Answers that go along and hold legal advice: entry and field.
    pub legal_advice: Vec<(Index, &'static str)>,
    /// Files of withheld answers that go along all the same, because another answer names them.
    pub along: Vec<Along>,
    /// What to read before it is sent, if the bundle is for somebody.
    pub look: Vec<Look>,
    /// Entries that stay out of a person's copy without a trace.
    pub left_out: Vec<LeftOut>,
}

/// A file that is withheld with one answer and goes along with another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Along {
    /// The file's name, where it is withheld.
    pub file: String,
    /// The entry whose answer is withheld.
    pub entry: Index,
    /// That answer.
    pub field: String,
    /// The entry with which the file goes along.
    pub with: Index,
    /// The answer that names it there.
    pub with_field: String,
}

/// Answers of one entry that rules can't judge.
#[derive(Clone, Debug, Serialize)]
pub struct Look {
    /// The entry.
    pub entry: Index,
    /// What kind of record it is.
    pub record: String,
    /// Its fields, each with what is to be looked for.
    pub fields: Vec<LookAt>,
}

/// One answer that rules can't judge.
#[derive(Clone, Debug, Serialize)]
pub struct LookAt {
    /// The field.
    pub field: &'static str,
    /// What it is: free text, a file, or more.
    pub what: &'static str,
}

impl Plan {
    /// Chooses, surrounds and withholds; writes nothing.
    pub fn make(reading: &Reading, choice: &Choice, size: Size) -> Result<Self, WorkError> {
        if !choice.leave_out.is_empty() && !matches!(choice.audience, Audience::Subject(_)) {
            return Err(WorkError::refused(
                "only from a person's own copy entries can be left out",
                "say --for subject:REF with it; elsewhere withhold fields with --withhold ENTRY:FIELD",
            ));
        }
        let explained = Explained::of(reading)?;
        let (chosen, rules) = match &choice.audience {
            Audience::Anyone => (select(reading, choice)?, ByAudience::Anyone),
            Audience::Regulator => (regulator::select(reading, choice)?, ByAudience::Regulator),
            Audience::Subject(reference) => {
                let (chosen, person) = person::select(reading, choice, reference, &explained)?;
                (chosen, ByAudience::Subject(person))
            }
        };
        let rules = Rules::new(reading, rules, &choice.withhold, explained)?;
        let mut proving = surround(reading, &chosen, size)?;
        for index in
            chosen.entries.keys().copied().chain(proving.keys().copied().collect::<Vec<_>>())
        {
            for erasure in rules.erasures(index).into_iter().filter(|at| at.0 < size.0) {
                proving.entry(erasure).or_insert("why answers of these records are erased");
            }
        }
        let all: BTreeSet<Index> = chosen.entries.keys().chain(proving.keys()).copied().collect();
        let mut parts = Vec::with_capacity(all.len());
        for index in all {
            let asked = chosen.entries.get(&index);
            let why = asked.cloned().or_else(|| proving.get(&index).map(|why| (*why).to_owned()));
            let record = reading.record(index)?;
            if asked.is_some() {
                rules.refuse_unexplained(&record)?;
            }
            parts.push(Part::new(record, asked.is_some(), why.unwrap_or_default(), &rules));
        }
        rules.refuse_idle(&parts)?;
        Ok(Self { parts, left_out: chosen.left_out, audience: choice.audience.clone() })
    }

    /// The schedule, where `documents` says how many documents of an entry are enclosed.
    pub fn lines(&self, documents: impl Fn(&Part) -> u64) -> Vec<Line> {
        let numbered = (1..).zip(&self.parts);
        numbered.map(|(number, part)| part.line(number, documents(part))).collect()
    }

    /// What the sender should know.
    pub fn summary(&self) -> Summary {
        let chosen = || self.parts.iter().filter(|part| part.chosen);
        Summary {
            entries: self.parts.len(),
            chosen: chosen().count(),
            answers: chosen().map(Part::answers).sum(),
            withheld: chosen().map(|part| part.withheld.len()).sum(),
            legal_advice: chosen().flat_map(Part::legal_advice).collect(),
            along: self.along(),
            look: self.look(),
            left_out: self.left_out.clone(),
        }
    }

    fn along(&self) -> Vec<Along> {
        let mut going: BTreeMap<Sha256Hash, Vec<(Index, &str)>> = BTreeMap::new();
        for part in &self.parts {
            for (field, opening) in part.body.iter().flat_map(Body::iter) {
                for file in Document::within(&opening.value) {
                    going.entry(file.sha256).or_default().push((part.record.index(), field));
                }
            }
        }
        let mut found = Vec::new();
        for part in self.parts.iter().filter(|part| part.chosen) {
            for Withheld { field, .. } in &part.withheld {
                let opening = part.record.body.as_ref().and_then(|body| body.get(field));
                for file in opening.map(|one| Document::within(&one.value)).unwrap_or_default() {
                    let along = going.get(&file.sha256).into_iter().flatten();
                    found.extend(along.map(|(with, with_field)| Along {
                        file: file.name.clone(),
                        entry: part.record.index(),
                        field: field.clone(),
                        with: *with,
                        with_field: (*with_field).to_owned(),
                    }));
                }
            }
        }
        found
    }

    fn look(&self) -> Vec<Look> {
        let lines = match self.audience {
            Audience::Anyone => return Vec::new(),
            Audience::Regulator => false,
            Audience::Subject(_) => true,
        };
        // A reference that is withheld in one place may stand in somebody's words in another.
        let hidden: BTreeSet<String> = if lines {
            BTreeSet::new()
        } else {
            self.parts
                .iter()
                .filter(|part| part.chosen)
                .flat_map(|p| references(&p.record))
                .collect()
        };
        let looks = self.parts.iter().filter(|part| part.chosen).map(|part| Look {
            entry: part.record.index(),
            record: part.record.title().to_owned(),
            fields: part.look(lines, &hidden),
        });
        looks.filter(|look| !look.fields.is_empty()).collect()
    }
}

impl Part {
    fn new(record: Record, chosen: bool, why: String, rules: &Rules) -> Self {
        let reasons: BTreeMap<String, String> = record
            .entry
            .says()
            .body
            .iter()
            .filter_map(|(name, _)| Some((name.clone(), rules.withheld(&record, chosen, name)?)))
            .collect();
        let body = record.body.as_ref().map(|body| body.only(|field| !reasons.contains_key(field)));
        let body = body.filter(|body| !body.is_empty());
        let withheld = reasons.into_iter().map(|(field, why)| Withheld { field, why }).collect();
        Self { record, body, chosen, why, withheld }
    }

    /// How many documents the disclosed answers name.
    pub fn named_documents(&self) -> u64 {
        self.body.as_ref().map_or(0, |body| judge::documents(body).len() as u64)
    }

    /// The answers that go along: fields that the record's kind knows, with what stands in them.
    fn shown(&self) -> impl Iterator<Item = (&'static Field, &Value)> {
        let fields = self.record.kind.into_iter().flat_map(Kind::body_fields);
        fields.filter_map(|field| {
            let value = &self.body.as_ref()?.get(field.name)?.value;
            (*value != Value::Null).then_some((field, value))
        })
    }

    fn answers(&self) -> usize {
        let answered = |body: &Body| body.iter().filter(|(_, o)| o.value != Value::Null).count();
        self.body.as_ref().map_or(0, answered)
    }

    fn legal_advice(&self) -> impl Iterator<Item = (Index, &'static str)> {
        let index = self.record.index();
        self.shown()
            .filter(|(field, _)| is_privileged(field))
            .map(move |(field, _)| (index, field.name))
    }

    fn look(&self, lines: bool, hidden: &BTreeSet<String>) -> Vec<LookAt> {
        let looks = self.shown().filter_map(|(field, value)| {
            let named = Named::in_answer(field, value);
            let mentions =
                |text: &&str| spelt_as_references(text).iter().any(|word| hidden.contains(word));
            let what = if named.texts.iter().any(mentions) {
                "a withheld reference stands in it"
            } else if named.files {
                "file"
            } else if named.long {
                "free text"
            } else if lines && !named.texts.is_empty() {
                "line of text"
            } else {
                return None;
            };
            Some(LookAt { field: field.name, what })
        });
        looks.collect()
    }

    fn line(&self, number: u64, documents: u64) -> Line {
        let answers = self.chosen && self.body.is_some();
        let mut enclosed = if answers { "entry, answers" } else { "entry" }.to_owned();
        if documents > 0 {
            enclosed = format!("{enclosed}, {}", count(documents, "document", "documents"));
        }
        Line::new(number, &self.record, enclosed, self.why.clone(), self.withheld.clone())
    }
}
