//! The clear fields: the few answers that stand in the entry itself, because rules of
//! authority read them. They are never withheld and never erased.

use probity_keys::{KeyFault, Kid, PublicKey};

use super::erasing::{Ground, Target};
use super::fault::{Code, Fault};
use crate::format::cbor::Value;
use crate::format::entry::{Entry, exactly, is_name};
use crate::format::hash::{EntryHash, Index, RootHash, Sha256Hash, Size};
use crate::format::note::{VerifierKey, VerifierKeyFault};
use crate::format::statement::MAX_STATEMENT;
use crate::records::facts::PersonId;
use crate::records::kind::Clear;

/// The format version that a genesis entry of today declares.
pub const FORMAT: i64 = 1;

/// An earlier ledger that a new one continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Continues {
    /// Hash of its entry 0.
    pub fingerprint: EntryHash,
    /// Its last known size.
    pub size: Size,
    /// Its root at that size.
    pub root: RootHash,
}

/// The clear fields of one entry, as its kind has them.
#[allow(clippy::large_enum_variant, reason = "one at a time is held, and genesis is read once")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClearFields {
    /// `{}`.
    Nothing,
    /// Entry 0.
    Genesis {
        /// The establishment's name.
        school: String,
        /// The key that signs checkpoints.
        log: VerifierKey,
        /// The first representative's key.
        key: PublicKey,
        /// The first representative.
        person: PersonId,
        /// Their roles.
        roles: Vec<String>,
        /// The ledger before this one.
        continues: Option<Continues>,
    },
    /// A key, a person and roles.
    Appointment {
        /// The person.
        person: PersonId,
        /// Their key.
        key: PublicKey,
        /// Their roles, sorted.
        roles: Vec<String>,
        /// From when: POSIX seconds.
        from: i64,
        /// Until when, not included.
        until: Option<i64>,
    },
    /// The end of a key.
    Revocation {
        /// The key.
        kid: Kid,
        /// Since when it may have been in other hands.
        suspect_since: Option<i64>,
    },
    /// A new log key.
    LogKey {
        /// The key.
        log: VerifierKey,
    },
    /// Evidence from outside.
    Anchor {
        /// The size of the checkpoint that it stands over.
        size: Size,
        /// SHA-256 of the token or cosigned note.
        evidence: Sha256Hash,
    },
    /// A wrong time.
    ClockCorrection {
        /// The entry that carries it.
        entry: Index,
        /// Why.
        reason: String,
    },
    /// A decision.
    Decision(Decision),
    /// What somebody signed elsewhere.
    Statement {
        /// Its bytes.
        statement: Vec<u8>,
    },
    /// What is to be forgotten.
    Erasure {
        /// Entries and their fields, ascending.
        entries: Vec<Target>,
        /// Why.
        ground: Ground,
    },
}

/// How an approval decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Approved.
    Approved,
    /// Approved with conditions.
    ApprovedWithConditions,
    /// Refused.
    Refused,
}

impl Decision {
    /// The words that stand in entries.
    pub const NAMES: [&'static str; 3] = ["approved", "approved-with-conditions", "refused"];

    /// The word that stands in entries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The decision of that word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Approved, Self::ApprovedWithConditions, Self::Refused]
            .into_iter()
            .find(|decision| decision.name() == name)
    }

    /// Whether it lets the act go ahead.
    #[must_use]
    pub const fn approves(self) -> bool {
        matches!(self, Self::Approved | Self::ApprovedWithConditions)
    }
}

impl ClearFields {
    /// Reads the clear fields of a kind.
    ///
    /// # Errors
    /// [`Code::Clear`] when they have another form, [`Code::KeyRule`] when a declared key is
    /// refused.
    pub fn parse(form: Clear, value: &Value) -> Result<Self, Fault> {
        let parsed = match form {
            Clear::Nothing => exactly(value, []).map(|[]| Ok(Self::Nothing)),
            Clear::Genesis => parse_genesis(value),
            Clear::Appointment => parse_appointment(value),
            Clear::Revocation => {
                exactly(value, ["kid", "suspect-since"]).and_then(|[kid, since]| {
                    let kid = Kid(kid.as_bytes()?.try_into().ok()?);
                    Some(Ok(Self::Revocation { kid, suspect_since: time_or_null(since)? }))
                })
            }
            Clear::LogKey => exactly(value, ["log"])
                .and_then(|[log]| Some(verifier_key(log)?.map(|log| Self::LogKey { log }))),
            Clear::Anchor => exactly(value, ["size", "evidence"]).and_then(|[size, evidence]| {
                let size = Size(u64::try_from(size.as_int()?).ok()?);
                Some(Ok(Self::Anchor { size, evidence: evidence.as_bytes()?.try_into().ok()? }))
            }),
            Clear::ClockCorrection => {
                exactly(value, ["entry", "reason"]).and_then(|[entry, reason]| {
                    let entry = Index(u64::try_from(entry.as_int()?).ok()?);
                    let reason = reason.as_text().filter(|text| !text.is_empty())?.to_owned();
                    Some(Ok(Self::ClockCorrection { entry, reason }))
                })
            }
            Clear::Statement => exactly(value, ["statement"]).and_then(|[statement]| {
                let statement = statement
                    .as_bytes()
                    .filter(|bytes| (1..=MAX_STATEMENT).contains(&bytes.len()))?;
                Some(Ok(Self::Statement { statement: statement.to_vec() }))
            }),
            Clear::Decision => exactly(value, ["decision"]).and_then(|[decision]| {
                Some(Ok(Self::Decision(Decision::named(decision.as_text()?)?)))
            }),
            Clear::Erasure => {
                exactly(value, ["entries", "ground"]).and_then(|[entries, ground]| {
                    let ground = Ground::named(ground.as_text()?)?;
                    Some(Ok(Self::Erasure { entries: Target::parse_all(entries)?, ground }))
                })
            }
        };
        parsed.unwrap_or_else(|| {
            Err(Fault::new(
                Code::Clear,
                "its clear fields",
                "fields or values of another form",
                form.describe(),
            ))
        })
    }

    /// Reads the clear fields of a kind, in view of the entry in which they stand: its own, or
    /// those of the statement that it carries.
    ///
    /// # Errors
    /// [`Code::Clear`] when anything but a declared key is wrong, otherwise [`Code::KeyRule`]
    /// when a declared key is refused.
    pub fn of(form: Clear, value: &Value, entry: &Entry) -> Result<Self, Fault> {
        match Self::parse(form, value) {
            Ok(clear) => clear.check_place(entry).map(|()| clear),
            Err(fault) if fault.code == Code::KeyRule => {
                let log = value.get("log").and_then(Value::as_text);
                let name = log.and_then(|log| log.split('+').next());
                check_log_name(name.unwrap_or(entry.origin()), entry).and(Err(fault))
            }
            Err(fault) => Err(fault),
        }
    }

    /// What the clear fields must be in view of the entry that they stand in.
    ///
    /// # Errors
    /// [`Code::Clear`].
    pub fn check_place(&self, entry: &Entry) -> Result<(), Fault> {
        let index = entry.index();
        let wrong = |what: &str, found: String, expected: String| {
            Err(Fault::new(Code::Clear, what, found, expected))
        };
        match self {
            Self::Genesis { log, .. } | Self::LogKey { log } => check_log_name(log.name(), entry),
            Self::Anchor { size, .. } if size.0 < 2 || size.0 > index.0 => {
                wrong("the size that it anchors", size.to_string(), format!("2 to {index}"))
            }
            Self::ClockCorrection { entry, .. } if *entry >= index => {
                wrong("the entry that it corrects", entry.to_string(), format!("below {index}"))
            }
            Self::Erasure { entries, .. } => match entries.last() {
                Some(last) if last.entry >= index => {
                    let found = last.entry.to_string();
                    wrong("an entry that it erases", found, format!("below {index}"))
                }
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// The map that stands in the entry.
    ///
    /// # Panics
    /// When an index or a size exceeds 2⁵³−1.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let number = |n: u64| Value::Int(i64::try_from(n).expect("numbers stay below 2^53"));
        let time = |time: &Option<i64>| time.map_or(Value::Null, Value::Int);
        let roles = |roles: &[String]| Value::Array(roles.iter().map(Value::text).collect());
        match self {
            Self::Nothing => Value::Map(Vec::new()),
            Self::Genesis { school, log, key, person, roles: held, continues } => Value::map([
                ("format", Value::Int(FORMAT)),
                ("school", Value::text(&**school)),
                ("log", Value::text(log.to_string())),
                ("key", Value::bytes(key.to_bytes())),
                ("person", Value::bytes(*person)),
                ("roles", roles(held)),
                (
                    "continues",
                    continues.map_or(Value::Null, |earlier| {
                        Value::map([
                            ("fingerprint", Value::bytes(earlier.fingerprint.0)),
                            ("size", number(earlier.size.0)),
                            ("root", Value::bytes(earlier.root.0)),
                        ])
                    }),
                ),
            ]),
            Self::Appointment { person, key, roles: held, from, until } => Value::map([
                ("person", Value::bytes(*person)),
                ("key", Value::bytes(key.to_bytes())),
                ("roles", roles(held)),
                ("from", Value::Int(*from)),
                ("until", time(until)),
            ]),
            Self::Revocation { kid, suspect_since } => {
                Value::map([("kid", Value::bytes(kid.0)), ("suspect-since", time(suspect_since))])
            }
            Self::LogKey { log } => Value::map([("log", Value::text(log.to_string()))]),
            Self::Anchor { size, evidence } => {
                Value::map([("size", number(size.0)), ("evidence", Value::bytes(evidence.0))])
            }
            Self::ClockCorrection { entry, reason } => {
                Value::map([("entry", number(entry.0)), ("reason", Value::text(&**reason))])
            }
            Self::Decision(decision) => Value::map([("decision", Value::text(decision.name()))]),
            Self::Statement { statement } => {
                Value::map([("statement", Value::bytes(&**statement))])
            }
            Self::Erasure { entries, ground } => Value::map([
                ("entries", Value::Array(entries.iter().map(Target::to_value).collect())),
                ("ground", Value::text(ground.name())),
            ]),
        }
    }
}

impl Clear {
    /// The names of the clear fields, in words.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Nothing => "{}",
            Self::Genesis => "{format: 1, school, log, key, person, roles, continues}",
            Self::Appointment => "{person, key, roles, from, until}",
            Self::Revocation => "{kid, suspect-since}",
            Self::LogKey => "{log}",
            Self::Anchor => "{size, evidence}",
            Self::ClockCorrection => "{entry, reason}",
            Self::Decision => "{decision}",
            Self::Statement => "{statement}",
            Self::Erasure => "{entries, ground}",
        }
    }
}

fn check_log_name(name: &str, entry: &Entry) -> Result<(), Fault> {
    let origin = entry.origin();
    if name == origin {
        return Ok(());
    }
    Err(Fault::new(Code::Clear, "the log key's name", name, format!("the origin {origin}")))
}

type Parsed = Option<Result<ClearFields, Fault>>;

fn parse_genesis(value: &Value) -> Parsed {
    let [format, school, log, key, person, roles, continues] =
        exactly(value, ["format", "school", "log", "key", "person", "roles", "continues"])?;
    if format.as_int() != Some(FORMAT) {
        return None;
    }
    let school = school.as_text().filter(|text| !text.is_empty())?.to_owned();
    let continues = match continues {
        Value::Null => None,
        earlier => {
            let [fingerprint, size, root] = exactly(earlier, ["fingerprint", "size", "root"])?;
            Some(Continues {
                fingerprint: fingerprint.as_bytes()?.try_into().ok()?,
                size: Size(u64::try_from(size.as_int().filter(|size| *size >= 2)?).ok()?),
                root: root.as_bytes()?.try_into().ok()?,
            })
        }
    };
    let (person, roles) = (person_id(person)?, role_names(roles)?);
    let (key, log) = (public_key(key)?, verifier_key(log)?);
    Some(key.and_then(|key| {
        Ok(ClearFields::Genesis { school, log: log?, key, person, roles, continues })
    }))
}

fn parse_appointment(value: &Value) -> Parsed {
    let [person, key, roles, from, until] =
        exactly(value, ["person", "key", "roles", "from", "until"])?;
    let (person, roles) = (person_id(person)?, role_names(roles)?);
    let from = from.as_int().filter(|time| *time >= 0)?;
    let until = time_or_null(until)?;
    if until.is_some_and(|until| until <= from) {
        return None;
    }
    Some(public_key(key)?.map(|key| ClearFields::Appointment { person, key, roles, from, until }))
}

fn person_id(value: &Value) -> Option<PersonId> {
    value.as_bytes()?.try_into().ok()
}

#[allow(clippy::option_option, reason = "absent, null and a time are three different things")]
fn time_or_null(value: &Value) -> Option<Option<i64>> {
    match value {
        Value::Null => Some(None),
        other => other.as_int().filter(|time| *time >= 0).map(Some),
    }
}

/// Role names: at least one, strictly ascending.
fn role_names(value: &Value) -> Option<Vec<String>> {
    let roles = value
        .as_array()?
        .iter()
        .map(|role| role.as_text().filter(|text| is_name(text)).map(str::to_owned))
        .collect::<Option<Vec<_>>>()?;
    (!roles.is_empty() && roles.windows(2).all(|two| two[0] < two[1])).then_some(roles)
}

fn public_key(value: &Value) -> Option<Result<PublicKey, Fault>> {
    let bytes: [u8; 32] = value.as_bytes()?.try_into().ok()?;
    Some(PublicKey::from_bytes(&bytes).map_err(|fault| key_rule(fault, hex::encode(bytes))))
}

fn verifier_key(value: &Value) -> Option<Result<VerifierKey, Fault>> {
    let text = value.as_text()?;
    match VerifierKey::parse(text) {
        Ok(key) => Some(Ok(key)),
        Err(VerifierKeyFault::Key(fault)) => Some(Err(key_rule(fault, text.to_owned()))),
        Err(VerifierKeyFault::Form | VerifierKeyFault::Witness) => None,
    }
}

fn key_rule(fault: KeyFault, found: String) -> Fault {
    Fault::new(
        Code::KeyRule,
        format!("a key that it declares is refused ({fault})"),
        found,
        "an Ed25519 public key that is canonical, of prime order and not small",
    )
}
