//! C2SP tlog-policy: logs, witnesses, groups of them, and the quorum.
//!
//! A policy in a bundle is what the school claims; only a policy that the reader brings
//! says whom to trust, and only its quorum makes a head witnessed. Addresses (URLs) of logs are
//! read over.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::clip::clipped;
use super::cosignature::WitnessKey;
use super::note::{Checkpoint, VerifierKey, decimal};

/// Most logs, and most witnesses and groups together, that are read.
const MAX_KEYS: usize = 256;

/// How much of a name a refusal repeats, in characters.
const LONGEST_NAME: usize = 100;

/// The name that defines no quorum.
pub const NONE: &str = "none";

/// What a policy names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Log keys.
    pub logs: Vec<VerifierKey>,
    /// Witnesses, in the order of their lines.
    pub witnesses: Vec<Witness>,
    /// Groups, in the order of their lines: members stand before the group that names them.
    pub groups: Vec<Group>,
    /// The name that the `quorum` line gives: [`NONE`], a witness or a group.
    pub quorum: String,
}

/// A witness in a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Its name in this policy, which need not be the key's.
    pub name: String,
    /// The vkey's text.
    pub vkey: String,
    /// The key; `None` when the vkey is of another type or refused: it never cosigns.
    pub key: Option<WitnessKey>,
    /// The address at which it takes checkpoints.
    pub url: Option<String>,
}

/// A group of witnesses and groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// How many of the members are enough.
    pub threshold: usize,
    /// Names of witnesses and groups.
    pub members: Vec<String>,
}

/// The policy of a ledger without witnesses.
#[must_use]
pub fn for_log(log: &VerifierKey) -> String {
    for_ledger(log, &Policy { quorum: NONE.to_owned(), ..Policy::default() })
}

/// The policy of a ledger: its log key, and a school's witnesses, groups and quorum. Addresses
/// are left out: whoever verifies needs none.
#[must_use]
pub fn for_ledger(log: &VerifierKey, own: &Policy) -> String {
    let mut text = format!("log {log}\n");
    for witness in &own.witnesses {
        let _ = writeln!(text, "witness {} {}", witness.name, witness.vkey);
    }
    for group in &own.groups {
        let _ =
            writeln!(text, "group {} {} {}", group.name, group.threshold, group.members.join(" "));
    }
    let _ = writeln!(text, "quorum {}", own.quorum);
    text
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// A sentence that names the line.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "the policy is not UTF-8".to_owned())?;
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            return Err("the policy holds control characters".to_owned());
        }
        let mut reading = Reading::default();
        for (number, line) in (1..).zip(text.split('\n')) {
            reading.line(line).map_err(|why| format!("line {number} of the policy: {why}"))?;
        }
        let quorum = reading.quorum.ok_or("the policy has no quorum line")?;
        Ok(Self { quorum, ..reading.policy })
    }

    /// Whether the quorum is met when the witnesses of these names have validly cosigned one
    /// head. With `quorum none` any one of the policy's witnesses is enough, and without
    /// witnesses nothing is.
    #[must_use]
    pub fn is_met(&self, cosigned: &BTreeSet<&str>) -> bool {
        let usable = self.witnesses.iter().filter(|witness| witness.key.is_some());
        let own: BTreeSet<&str> =
            usable.map(|witness| witness.name.as_str()).filter(|n| cosigned.contains(n)).collect();
        if self.quorum == NONE {
            return !own.is_empty();
        }
        let mut met = own;
        for group in &self.groups {
            let members = group.members.iter().filter(|member| met.contains(member.as_str()));
            if members.count() >= group.threshold {
                met.insert(&group.name);
            }
        }
        met.contains(self.quorum.as_str())
    }

    /// The valid cosignatures of this policy's witnesses on a checkpoint: each one's name in
    /// the policy and its time, a witness's in the order of its lines.
    #[must_use]
    pub fn cosigned<'a>(&'a self, checkpoint: &Checkpoint) -> Vec<(&'a Witness, u64)> {
        let keys = self.witnesses.iter().filter_map(|w| w.key.as_ref().map(|key| (w, key)));
        let valid = keys.flat_map(|(witness, key)| {
            key.valid(checkpoint).into_iter().map(move |found| (witness, found.time))
        });
        valid.collect()
    }

    /// The least time up to which the quorum is met by cosignatures of these times.
    #[must_use]
    pub fn met_at(&self, cosigned: &[(&Witness, u64)]) -> Option<u64> {
        let mut earliest: BTreeMap<&str, u64> = BTreeMap::new();
        for (witness, time) in cosigned {
            let known = earliest.entry(&witness.name).or_insert(*time);
            *known = (*known).min(*time);
        }
        let times: BTreeSet<u64> = earliest.values().copied().collect();
        times.into_iter().find(|until| {
            let by_then = earliest.iter().filter(|(_, time)| *time <= until).map(|(name, _)| *name);
            self.is_met(&by_then.collect())
        })
    }
}

/// The words of a line.
#[must_use]
pub fn words(line: &str) -> Vec<&str> {
    line.split([' ', '\t']).filter(|word| !word.is_empty()).collect()
}

/// A policy of which some lines were read.
#[derive(Default)]
struct Reading {
    policy: Policy,
    /// Each name that is defined, and whether a group has it as a member.
    names: BTreeMap<String, bool>,
    quorum: Option<String>,
}

impl Reading {
    fn line(&mut self, line: &str) -> Result<(), String> {
        match words(line).as_slice() {
            [] => {}
            [first, ..] if first.starts_with('#') => {}
            ["log", key] | ["log", key, _] => {
                let key = VerifierKey::parse(key).map_err(|fault| fault.to_string())?;
                if self.policy.logs.iter().any(|log| log.key() == key.key()) {
                    return Err("the log stands there twice".to_owned());
                }
                self.policy.logs.push(key);
            }
            ["witness", name, vkey] => self.witness(name, vkey, None)?,
            ["witness", name, vkey, url] => self.witness(name, vkey, Some(url))?,
            ["group", name, threshold, members @ ..] => self.group(name, threshold, members)?,
            ["quorum", name] if self.quorum.is_none() => {
                if *name != NONE && !self.names.contains_key(*name) {
                    return Err(undefined(name));
                }
                self.quorum = Some((*name).to_owned());
            }
            _ => return Err("expected log, witness, group or one quorum line".to_owned()),
        }
        if self.policy.logs.len().max(self.names.len()) > MAX_KEYS {
            return Err("more than 256 keys".to_owned());
        }
        Ok(())
    }

    fn witness(&mut self, name: &str, vkey: &str, url: Option<&str>) -> Result<(), String> {
        self.define(name)?;
        let key = WitnessKey::parse(vkey).ok();
        let mut others = self.policy.witnesses.iter().filter_map(|other| other.key.as_ref());
        if key.as_ref().is_some_and(|key| others.any(|other| other.key() == key.key())) {
            return Err("the witness's key stands there twice".to_owned());
        }
        self.policy.witnesses.push(Witness {
            name: name.to_owned(),
            vkey: vkey.to_owned(),
            key,
            url: url.map(str::to_owned),
        });
        Ok(())
    }

    fn group(&mut self, name: &str, threshold: &str, members: &[&str]) -> Result<(), String> {
        let threshold = match threshold {
            "any" => 1,
            "all" => members.len(),
            number => decimal(number).and_then(|n| usize::try_from(n).ok()).unwrap_or(0),
        };
        if members.is_empty() || !(1..=members.len()).contains(&threshold) {
            return Err("the group's threshold doesn't fit its members".to_owned());
        }
        for member in members {
            match self.names.get_mut(*member) {
                None => return Err(undefined(member)),
                Some(true) => {
                    let member = clipped(member, LONGEST_NAME);
                    return Err(format!("`{member}` is a member more than once"));
                }
                Some(taken) => *taken = true,
            }
        }
        self.define(name)?;
        let members = members.iter().map(|member| (*member).to_owned()).collect();
        self.policy.groups.push(Group { name: name.to_owned(), threshold, members });
        Ok(())
    }

    fn define(&mut self, name: &str) -> Result<(), String> {
        if name == NONE || self.names.insert(name.to_owned(), false).is_some() {
            return Err(format!("the name `{}` is taken", clipped(name, LONGEST_NAME)));
        }
        Ok(())
    }
}

fn undefined(name: &str) -> String {
    format!("`{}` is not defined above", clipped(name, LONGEST_NAME))
}
