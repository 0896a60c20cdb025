//! That what a bundle claims beside its entries follows from them: its checkpoint, its receipts, its
//! confirmations, its policy and its reading copy.

use super::{Bundle, bytes};
use crate::book::authority::Authority;
use crate::book::fault::{Code, Fault};
use crate::format::body::Body;
use crate::format::hash::Index;
use crate::format::jsonl;
use crate::format::policy::Policy;
use crate::verify::container::number;
use crate::verify::ledger::{Reader, check_checkpoint_signature};
use crate::verify::outside::{MOST_PIECES, Outside, Trust};
use crate::verify::tally::Tally;
use crate::verify::times::{self, Head};
use crate::verify::transparent;
use crate::verify::verdict::Verdict;

impl Bundle<'_> {
    /// Steps 9a, 9b, 9c and 10. Returns the heads that the bundle is proven to extend.
    pub(super) fn check_claims(
        &self,
        reader: &Reader,
        tally: &Tally,
        verdict: &mut Verdict,
    ) -> Result<Vec<Head<'_>>, Fault> {
        let Some(authority) = &self.authority else { return Ok(Vec::new()) };
        let size = self.checkpoint.size;
        let settle = |verdict: &mut Verdict, result: Result<(), Fault>| match result {
            Err(fault) if authority.blind_at(Index(size.0)) => {
                verdict.find_unjudged(fault);
                Ok(())
            }
            other => other,
        };
        settle(verdict, check_checkpoint_signature(&self.checkpoint, authority))?;
        let log = authority.log_key(size);
        let statements =
            transparent::check(self.files, self.entries.values(), &self.checkpoint, log);
        settle(verdict, statements)?;
        let mut heads = Vec::new();
        for head in times::read(self.files, &self.checkpoint) {
            let head = head?;
            settle(verdict, head.check_signatures(authority))?;
            heads.push(head);
        }
        self.judge_outside(reader, authority, &heads, tally, verdict);
        settle(verdict, self.check_policy(log.map(ToString::to_string).as_deref()))?;
        Ok(heads)
    }

    /// What cosignatures and tokens are worth; nothing of it changes the verdict.
    fn judge_outside(
        &self,
        reader: &Reader,
        authority: &Authority,
        heads: &[Head<'_>],
        tally: &Tally,
        verdict: &mut Verdict,
    ) {
        let claimed =
            bytes(self.files, "data/policy.txt").and_then(|text| Policy::parse(text).ok());
        let mut outside = Outside::new(Trust {
            policy: reader.policy.as_ref(),
            roots: reader.tsa_roots.as_ref(),
            claimed: claimed.as_ref(),
            authority,
        })
        .at_most(MOST_PIECES);
        outside.note("data/checkpoint", &self.checkpoint);
        for head in heads {
            head.judge(&mut outside);
        }
        outside.report(tally.anchors(), verdict);
    }

    fn check_policy(&self, log: Option<&str>) -> Result<(), Fault> {
        let fault = |found: String, expected: String| {
            Fault::new(Code::Policy, "`data/policy.txt`", found, expected)
        };
        let expected = || format!("the log key {}", log.unwrap_or("that the ledger declares"));
        let text = bytes(self.files, "data/policy.txt")
            .ok_or_else(|| fault("no such file".to_owned(), expected()))?;
        let policy =
            Policy::parse(text).map_err(|found| fault(found, "a tlog-policy".to_owned()))?;
        let named: Vec<String> = policy.logs.iter().map(ToString::to_string).collect();
        match log {
            Some(log) if named.iter().any(|key| key == log) => Ok(()),
            _ => Err(fault(named.join(", "), expected())),
        }
    }

    /// Step 11.
    pub(super) fn check_copy(&self) -> Result<(), Fault> {
        let found = bytes(self.files, "data/entries.jsonl");
        let mut rest = found.unwrap_or_default();
        let mut same = 0;
        // Line by line: a copy can be several times as long as what it is derived from.
        for (index, entry) in &self.entries {
            let line = jsonl::line(&Self::whole(entry), self.body(*index).as_ref());
            match rest.strip_prefix(line.as_bytes()) {
                Some(behind) => rest = behind,
                None => break,
            }
            same += 1;
        }
        if found.is_some() && rest.is_empty() && same == self.entries.len() {
            return Ok(());
        }
        let fault = Fault::new(
            Code::Jsonl,
            format!("line {} of `data/entries.jsonl`", same + 1),
            "another text",
            "what the entries and bodies give",
        );
        Err(match (found, self.entries.keys().nth(same)) {
            (Some(_), Some(index)) => fault.at(*index),
            _ => fault,
        })
    }

    /// The disclosed body of an entry, unless it is faulty.
    fn body(&self, index: Index) -> Option<Body> {
        let path = format!("data/bodies/{}.cbor", number(index));
        Body::parse(bytes(self.files, &path)?).ok()
    }
}
