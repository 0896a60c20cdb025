//! C2SP tlog-policy, as far as it names logs and witnesses.
//!
//! A policy in a bundle is what the school claims; only a policy that the reader brings
//! says whom to trust.

use super::clip::clipped;
use super::note::{VerifierKey, decimal};

/// Most logs and most witnesses that are read.
const MAX_KEYS: usize = 256;

/// How much of a name a refusal repeats, in characters.
const LONGEST_NAME: usize = 100;

/// The keys that a policy names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Log keys.
    pub logs: Vec<VerifierKey>,
    /// Witnesses: the name in the policy and the verifier key's text, not judged here.
    pub witnesses: Vec<(String, String)>,
    /// The name that the `quorum` line gives: `none`, a witness or a group.
    pub quorum: String,
}

/// The policy of a ledger without witnesses.
#[must_use]
pub fn for_log(log: &VerifierKey) -> String {
    format!("log {log}\nquorum none\n")
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
        let mut policy = Self::default();
        let mut names: Vec<String> = Vec::new();
        let mut quorum = None;
        for (number, line) in (1..).zip(text.split('\n')) {
            let wrong = |why: &str| format!("line {number} of the policy: {why}");
            let words: Vec<&str> =
                line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
            match words.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                ["log", key] | ["log", key, _] => {
                    let key = VerifierKey::parse(key).map_err(|fault| wrong(&fault.to_string()))?;
                    if policy.logs.iter().any(|log| log.key() == key.key()) {
                        return Err(wrong("the log stands there twice"));
                    }
                    policy.logs.push(key);
                }
                ["witness", name, key] | ["witness", name, key, _] => {
                    define(&mut names, name).map_err(|why| wrong(&why))?;
                    policy.witnesses.push(((*name).to_owned(), (*key).to_owned()));
                }
                ["group", name, threshold, members @ ..] => {
                    let count = match *threshold {
                        "any" => 1,
                        "all" => members.len(),
                        number => {
                            decimal(number).and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
                        }
                    };
                    if members.is_empty() || !(1..=members.len()).contains(&count) {
                        return Err(wrong("the group's threshold doesn't fit its members"));
                    }
                    if let Some(member) = members.iter().find(|m| !names.iter().any(|n| n == *m)) {
                        return Err(wrong(&format!("`{}` is not defined above", clipped(member, LONGEST_NAME))));
                    }
                    define(&mut names, name).map_err(|why| wrong(&why))?;
                }
                ["quorum", name] if quorum.is_none() => {
                    if *name != "none" && !names.iter().any(|n| n == name) {
                        return Err(wrong(&format!("`{}` is not defined above", clipped(name, LONGEST_NAME))));
                    }
                    quorum = Some((*name).to_owned());
                }
                _ => return Err(wrong("expected log, witness, group or one quorum line")),
            }
            if policy.logs.len().max(names.len()) > MAX_KEYS {
                return Err(wrong("more than 256 keys"));
            }
        }
        policy.quorum = quorum.ok_or("the policy has no quorum line")?;
        Ok(policy)
    }
}

fn define(names: &mut Vec<String>, name: &str) -> Result<(), String> {
    if name == "none" || names.iter().any(|known| known == name) {
        return Err(format!("the name `{}` is taken", clipped(name, LONGEST_NAME)));
    }
    names.push(name.to_owned());
    Ok(())
}
