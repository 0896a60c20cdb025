//! Records of the real kinds, as a school's years would mix them: cases of fifty entries, many
//! of them open at a time, each with the kinds that belong to its sort and notes between. An
//! entry has about 700 bytes and its body about 300.

use probity::store::{Attachment, Source};
use probity::work::compose::{Draft, LinkTo};
use probity::work::record::kind;
use probity_ledger::book::clear::{ClearFields, Decision};
use probity_ledger::format::body::Document;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::entry::{Entry, Subject};
use probity_ledger::format::hash::{EntryHash, Sha256Hash};
use probity_ledger::records::answers::Answers;
use probity_ledger::records::form;
use probity_ledger::records::kind::{Clear, Relation};
use serde_json::{Value as Json, json};

use super::School;
use crate::support::Outcome;
use crate::support::chance::Chance;

/// Entries of a case.
pub const CASE: usize = 50;

/// A sort of case: its name, how many of a hundred cases it makes up, the kind that begins it,
/// and how many of a hundred further entries are of which kind.
struct Sort {
    name: &'static str,
    first: &'static str,
    kinds: &'static [(usize, &'static str)],
}

const SORTS: &[(usize, Sort)] = &[
    (
        30,
        Sort {
            name: "consent",
            first: "consent",
            kinds: &[(15, "consent"), (15, "consent-withdrawal"), (70, "note")],
        },
    ),
    (
        20,
        Sort {
            name: "cctv",
            first: "cctv-access",
            kinds: &[(25, "cctv-access"), (15, "approval"), (60, "note")],
        },
    ),
    (
        20,
        Sort {
            name: "dpia",
            first: "dpo-advice",
            kinds: &[
                (20, "dpo-advice"),
                (8, "dpia-approval"),
                (12, "risk-acceptance"),
                (60, "note"),
            ],
        },
    ),
    (
        10,
        Sort {
            name: "breach",
            first: "breach-report",
            kinds: &[(6, "breach-report"), (8, "breach-decision"), (86, "note")],
        },
    ),
    (20, Sort { name: "request", first: "note", kinds: &[(25, "approval"), (75, "note")] }),
];

const WORDS: &[&str] = &[
    "the office looked at what the form says and keeps a copy of it",
    "nobody outside the class could see the page at any time",
    "a letter went out on the same day and was answered within a week",
    "the supplier was asked again and says that nothing is kept",
    "this was talked over with the two people whom it concerns",
    "the old list was taken down and the new one put in its place",
];

/// A case that is open.
struct Open {
    name: String,
    sort: usize,
    left: usize,
    /// Its first entry, once that is written.
    first: Option<EntryHash>,
}

/// Makes drafts.
pub struct Maker {
    chance: Chance,
    open: Vec<Open>,
    numbers: Vec<usize>,
    /// One of so many notes has a document; none at 0.
    documents: usize,
    /// The only one who signs, if not everybody.
    only: Option<usize>,
    made: usize,
}

impl Maker {
    /// A maker for about so many entries, with a document at one of so many notes (0: none).
    pub fn new(entries: usize, documents: usize, seed: u64) -> Self {
        // Cases last over a tenth of the ledger at most.
        let open = (entries / CASE / 10).clamp(4, 2000);
        let mut maker = Self {
            chance: Chance::new(seed),
            open: Vec::new(),
            numbers: vec![0; SORTS.len()],
            documents,
            only: None,
            made: 0,
        };
        for _ in 0..open {
            let mut case = maker.begin_case();
            // They began at different times.
            case.left = 1 + maker.chance.below(CASE);
            maker.open.push(case);
        }
        maker
    }

    /// The same, with everything signed by one person of the school.
    pub fn only(mut self, person: usize) -> Self {
        self.only = Some(person);
        self
    }

    fn begin_case(&mut self) -> Open {
        let weights: Vec<(usize, usize)> =
            SORTS.iter().enumerate().map(|(at, (weight, _))| (*weight, at)).collect();
        let sort = *self.chance.weighted(&weights);
        self.numbers[sort] += 1;
        let year = 2021 + self.numbers[sort] % 5;
        let name = format!("{}-{year}-{:03}", SORTS[sort].1.name, self.numbers[sort]);
        Open { name, sort, left: CASE, first: None }
    }

    /// The next draft, and which of the school's people signs it.
    ///
    /// # Errors
    /// An answer that isn't of its field's form: a mistake in this file.
    pub fn draft(&mut self, school: &School, time: i64) -> Outcome<(Draft, usize)> {
        let at = self.chance.below(self.open.len());
        if self.open[at].left == 0 {
            self.open[at] = self.begin_case();
        }
        self.open[at].left -= 1;
        let (sort, begins) = (self.open[at].sort, self.open[at].left == CASE - 1);
        let sort = &SORTS[sort].1;
        let name = if begins { sort.first } else { *self.chance.weighted(sort.kinds) };
        let person = self.only.unwrap_or_else(|| self.signer(school, name));
        let kind = kind(name)?;
        let mut links = Vec::new();
        if let Some(first) = self.open[at].first.filter(|_| !begins) {
            match name {
                "consent-withdrawal" => links.push((Relation::Withdraws, LinkTo::Entry(first))),
                "breach-decision" => links.push((Relation::Decides, LinkTo::Entry(first))),
                _ if self.chance.below(3) == 0 => {
                    links.push((Relation::About, LinkTo::Entry(first)));
                }
                _ => {}
            }
        }
        let clear = match kind.clear {
            Clear::Decision => ClearFields::Decision(Decision::Approved),
            _ => ClearFields::Nothing,
        };
        let mut answers = Answers::default();
        if let Json::Object(fields) = self.answers(name, time) {
            for (name, value) in fields {
                let field = kind.field(&name).ok_or_else(|| format!("no field {name}"))?;
                answers.set(name, form::from_json(&field.form, &value)?);
            }
        }
        self.made += 1;
        let mut attachments = Vec::new();
        let due = self.documents > 0 && self.made.is_multiple_of(self.documents);
        if due && let Some(field) = kind.documents_field() {
            let (document, attachment) = document(self.made);
            answers.set(field.name, Value::Array(vec![document.to_value()]));
            attachments.push(attachment);
        }
        let subject = Subject::Case(self.open[at].name.clone());
        let role = school.people[person].role.to_owned();
        Ok((
            Draft { kind, subject, role, links, clear, answers, attachments, openings: None },
            person,
        ))
    }

    /// Takes note of what was written, for links to the first entry of a case.
    pub fn written(&mut self, entries: &[Entry]) {
        for entry in entries {
            let Some(name) = entry.subject().case() else { continue };
            if entry.place().case.is_none()
                && let Some(case) = self.open.iter_mut().find(|case| case.name == name)
            {
                case.first = Some(entry.hash());
            }
        }
    }

    fn signer(&mut self, school: &School, kind: &str) -> usize {
        let roles: &[&str] = match kind {
            "consent" | "consent-withdrawal" => &["administrator"],
            "cctv-access" => &["cctv-caretaker"],
            "dpo-advice" => &["dpo"],
            "risk-acceptance" => &["asset-owner"],
            "breach-decision" => &["headteacher"],
            "dpia-approval" | "approval" => &["headteacher", "chair-of-governors"],
            _ => &[],
        };
        let fitting = school.in_roles(roles);
        if !fitting.is_empty() {
            return *self.chance.one(&fitting);
        }
        let all: Vec<(usize, usize)> =
            school.people.iter().enumerate().map(|(at, person)| (person.weight, at)).collect();
        *self.chance.weighted(&all)
    }

    fn words(&mut self, parts: usize) -> String {
        let parts: Vec<&str> = (0..parts).map(|_| *self.chance.one(WORDS)).collect();
        parts.join("; ")
    }

    fn reference(&mut self) -> String {
        format!("p-7{:05x}", self.chance.below(1 << 20))
    }

    fn answers(&mut self, kind: &str, now: i64) -> Json {
        let day = probity::work::time::iso_day(now);
        match kind {
            "note" => {
                let parts = 1 + self.chance.below(3);
                json!({ "text": self.words(parts) })
            }
            "consent" => json!({
                "subject": self.reference(),
                "capacity": "parent",
                "purposes": [
                    { "purpose": "website", "decision": "given" },
                    { "purpose": "press", "decision": "refused" },
                ],
                "method": "paper form",
                "from": day,
            }),
            "consent-withdrawal" => json!({
                "received": now - 600,
                "subject": self.reference(),
                "capacity": "parent",
                "purposes": ["website"],
                "places": ["the website, page of the summer fair"],
            }),
            "cctv-access" => json!({
                "cameras": ["gate 2"],
                "footage-from": now - 26 * 3600,
                "footage-to": now - 25 * 3600,
                "viewed-from": now - 1800,
                "viewed-to": now - 1200,
                "reason": "damage",
                "authorised-by": "Amina Okafor",
                "outcome": "viewed",
            }),
            "breach-report" => json!({
                "aware": now - 3 * 3600,
                "source": "staff",
                "kind": "human-error",
                "nature": ["confidentiality"],
                "data-types": ["name", "attendance"],
                "what-happened": self.words(2),
                "people-count": 1 + self.chance.below(40),
            }),
            "breach-decision" => json!({
                "risk": "unlikely",
                "notify-regulator": false,
                "justification": self.words(2),
                "tell-people": "yes",
            }),
            "dpo-advice" => json!({ "recommendation": "proceed", "advice": self.words(3) }),
            "dpia-approval" => json!({ "advice-followed": true, "review-date": day }),
            "risk-acceptance" => json!({
                "risks": [{ "id": "R1", "impact": "minor", "likelihood": "unlikely" }],
                "reasons": self.words(1),
                "until": day,
            }),
            _ => json!({ "wording": self.words(2) }),
        }
    }
}

/// A small document, other bytes each time.
fn document(number: usize) -> (Document, Attachment) {
    let bytes = format!("minutes {number}\n").repeat(120).into_bytes();
    let (size, sha256) = (bytes.len() as u64, Sha256Hash::of(&bytes));
    let document = Document {
        name: format!("minutes-{number}.txt"),
        media_type: "text/plain".to_owned(),
        size,
        sha256,
    };
    (document, Attachment { sha256, size, source: Source::Bytes(bytes) })
}
