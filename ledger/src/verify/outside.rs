//! What somebody outside said about a head, and what that is worth to this reader: section 15
//! of the format page.
//!
//! ```text
//! cosignature   the witness is in the reader's policy, and its key is nobody's in the ledger
//! token         its own signature holds, and the reader's roots stand behind it
//! witnessed     a head whose cosignatures meet the reader's quorum
//! existed by    entries below a head that was witnessed or timestamped
//! not before    entries above an anchor that names evidence which is here
//! ```
//!
//! None of it changes a verdict. What it can't show: that nothing newer existed, or that those
//! whom the reader trusts deserve it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::verdict::{ExistedBy, NotBefore, OutsideReport, Verdict, Witnessed, Worth};
use crate::book::authority::Authority;
use crate::format::cosignature::WitnessKey;
use crate::format::hash::{Index, Sha256Hash, Size};
use crate::format::note::{Checkpoint, SignatureLine};
use crate::format::policy::{Policy, Witness};
use crate::format::timestamp::{Roots, Token};

/// An `anchor` entry: evidence taken into the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Where it stands.
    pub entry: Index,
    /// The size of the head that the evidence is over.
    pub size: Size,
    /// The evidence's SHA-256.
    pub evidence: Sha256Hash,
}

/// Whom the evidence is held against.
#[derive(Clone, Copy, Debug)]
pub struct Trust<'a> {
    /// The reader's witnesses.
    pub policy: Option<&'a Policy>,
    /// The reader's timestamp authorities.
    pub roots: Option<&'a Roots>,
    /// The witnesses that the school names.
    pub claimed: Option<&'a Policy>,
    /// The ledger's own keys.
    pub authority: &'a Authority,
}

/// Evidence over heads, judged piece by piece.
#[derive(Debug)]
pub struct Outside<'a> {
    trust: Trust<'a>,
    reports: Vec<OutsideReport>,
    /// Cosignatures by the reader's witnesses, by the size of the head.
    cosigned: BTreeMap<Size, Vec<(&'a Witness, u64)>>,
    /// Tokens that count.
    stamped: Vec<(Size, i64)>,
    /// The latest time that each piece which counts says, by its hash.
    latest: BTreeMap<(Size, Sha256Hash), i64>,
    /// The witnesses that are known, by what their lines begin with.
    witnesses: HashMap<(&'a str, [u8; 4]), Known<'a>>,
    /// Signature lines by nobody who is known.
    ignored: usize,
    /// How many pieces may still be judged.
    left: usize,
    /// How many pieces weren't, because they are too many.
    passed_over: usize,
}

/// Those whose lines begin alike: more than one only where four bytes of a hash collide.
#[derive(Debug)]
struct Known<'a> {
    /// Whether the reader names them.
    trusted: bool,
    all: Vec<(&'a Witness, &'a WitnessKey)>,
}

/// Most lines of known witnesses that are judged in one note.
const MOST_LINES: usize = 1_024;

/// Most cosignatures and tokens of one bundle that are judged.
pub(super) const MOST_PIECES: usize = 10_000;

impl<'a> Outside<'a> {
    /// Begins without evidence.
    #[must_use]
    pub fn new(trust: Trust<'a>) -> Self {
        let mut witnesses: HashMap<_, Known<'a>> = HashMap::new();
        for (policy, trusted) in [(trust.policy, true), (trust.claimed, false)] {
            for witness in policy.into_iter().flat_map(|policy| &policy.witnesses) {
                if let Some(key) = &witness.key {
                    let known = witnesses.entry((key.name(), key.id()));
                    let known = known.or_insert_with(|| Known { trusted, all: Vec::new() });
                    if known.trusted == trusted {
                        known.all.push((witness, key));
                    }
                }
            }
        }
        Self {
            witnesses,
            left: usize::MAX,
            passed_over: 0,
            trust,
            reports: Vec::new(),
            cosigned: BTreeMap::new(),
            stamped: Vec::new(),
            latest: BTreeMap::new(),
            ignored: 0,
        }
    }

    /// The same, judging no more than so many pieces.
    #[must_use]
    pub fn at_most(self, pieces: usize) -> Self {
        Self { left: pieces, ..self }
    }

    /// Whether another piece is judged.
    fn takes_another(&mut self) -> bool {
        let takes = self.left > 0;
        self.left -= usize::from(takes);
        self.passed_over += usize::from(!takes);
        takes
    }

    /// Judges the cosignatures on a checkpoint, whose head was found to be the ledger's.
    pub fn note(&mut self, file: &str, checkpoint: &Checkpoint) {
        let size = checkpoint.size;
        let log = self.trust.authority.log_key(size);
        let others: Vec<&SignatureLine> = match log {
            Some(log) => checkpoint.others(log).collect(),
            None => checkpoint.lines().collect(),
        };
        let mut latest = None;
        let mut judged = HashSet::new();
        for line in others {
            // Counted first, since what is judged changes the rest.
            if !self.witnesses.contains_key(&(line.name(), line.id())) {
                self.ignored += 1;
                continue;
            }
            if judged.contains(&line) {
                continue;
            }
            if judged.len() == MOST_LINES {
                self.passed_over += 1;
                continue;
            }
            if !self.takes_another() {
                continue;
            }
            judged.insert(line);
            let (found, trusted) = self.cosigner(line, checkpoint);
            let state = match (found, trusted) {
                (None, _) => Worth::Invalid,
                (Some(_), false) => Worth::Claimed,
                (Some(_), true) => Worth::Trusted,
            };
            if let (Some((witness, time)), Worth::Trusted) = (found, state) {
                let all = self.cosigned.entry(size).or_default();
                all.push((witness, time.unsigned_abs()));
                latest = latest.max(Some(time));
            }
            let (by, time) = (line.name().to_owned(), found.map(|(_, time)| time));
            self.reports.push(OutsideReport { size, file: file.to_owned(), by, time, state });
        }
        if let Some(time) = latest {
            self.says(size, checkpoint.bytes(), time);
        }
    }

    /// Judges a timestamp over a head's text, which was found to be the ledger's.
    pub fn token(&mut self, file: &str, size: Size, text: &str, response: &[u8]) {
        if !self.takes_another() {
            return;
        }
        let token = Token::read(response, text.as_bytes()).ok();
        let trusted = token.as_ref().is_some_and(|token| self.leads_to_roots(token));
        let state = match (&token, trusted) {
            (None, _) => Worth::Invalid,
            (Some(_), false) => Worth::Claimed,
            (Some(_), true) => Worth::Trusted,
        };
        let (time, by) = token.map_or((None, String::new()), |t| (Some(t.time), t.authority));
        if let (Some(time), Worth::Trusted) = (time, state) {
            self.stamped.push((size, time));
            self.says(size, response, time);
        }
        self.reports.push(OutsideReport { size, file: file.to_owned(), by, time, state });
    }

    /// Notes evidence that is about something else than the ledger's head of that size.
    pub fn unfit(&mut self, file: &str, size: Size) {
        let (file, by) = (file.to_owned(), String::new());
        self.reports.push(OutsideReport { size, file, by, time: None, state: Worth::Invalid });
    }

    /// Whether the reader's roots stand behind a token.
    #[must_use]
    pub fn leads_to_roots(&self, token: &Token) -> bool {
        self.trust.roots.is_some_and(|roots| token.leads_to(roots).is_ok())
    }

    fn says(&mut self, size: Size, evidence: &[u8], time: i64) {
        let latest = self.latest.entry((size, Sha256Hash::of(evidence))).or_insert(time);
        *latest = (*latest).max(time);
    }

    /// The witness whose valid line it is and its time, if it is one's; and whether the reader names those
    /// whose it could be.
    fn cosigner(
        &self,
        line: &SignatureLine,
        checkpoint: &Checkpoint,
    ) -> (Option<(&'a Witness, i64)>, bool) {
        let Some(known) = self.witnesses.get(&(line.name(), line.id())) else {
            return (None, false);
        };
        let found = known.all.iter().find_map(|(witness, key)| {
            let found = key.judge_line(checkpoint.text(), line).ok()?;
            let inside = self.trust.authority.uses(key.key());
            let time = i64::try_from(found.time).ok()?;
            (!inside).then_some((*witness, time))
        });
        (found, known.trusted)
    }

    /// When the reader's quorum confirmed the head of that size.
    fn witnessed_at(&self, size: Size) -> Option<i64> {
        if self.list_is_of_another(size) {
            return None;
        }
        let time = self.trust.policy?.met_at(self.cosigned.get(&size)?)?;
        i64::try_from(time).ok()
    }

    /// Whether the reader's list names logs, and not this ledger's at that size.
    fn list_is_of_another(&self, size: Size) -> bool {
        let log = self.trust.authority.log_key(size);
        let logs = self.trust.policy.map_or(&[][..], |policy| &policy.logs);
        !logs.is_empty() && !logs.iter().any(|known| Some(known) == log)
    }

    /// Writes what the evidence comes to into a verdict.
    pub fn report(mut self, anchors: &[Anchor], verdict: &mut Verdict) {
        let witnessed = self.cosigned.keys().filter_map(|size| {
            self.witnessed_at(*size).map(|time| Witnessed { size: *size, time })
        });
        verdict.witnessed = witnessed.collect();
        verdict.list_of_another = !self.cosigned.is_empty()
            && self.cosigned.keys().all(|size| self.list_is_of_another(*size));
        let heads = verdict.witnessed.iter().map(|head| (head.size, head.time));
        verdict.existed_by = existed_by(heads.chain(self.stamped.iter().copied()).collect());
        let anchored = anchors.iter().filter_map(|anchor| {
            let time = self.latest.get(&(anchor.size, anchor.evidence))?;
            Some(NotBefore { above: anchor.entry, time: *time })
        });
        verdict.not_before = not_before(anchored.collect());
        // Stable: what stands in one file keeps its order.
        self.reports.sort_by(|one, other| (one.size, &one.file).cmp(&(other.size, &other.file)));
        verdict.outside = self.reports;
        let mut unjudged = |count: usize, of: &str| {
            if count > 0 {
                verdict.unjudged.push(format!("{count} {of}"));
            }
        };
        unjudged(self.ignored, "signature lines by keys that no policy names");
        unjudged(self.passed_over, "pieces of outside evidence, more than are judged");
    }
}

/// When the entry at `index` existed at the latest, in this form and after all before it.
#[must_use]
pub fn existed_by_at(pairs: &[ExistedBy], index: Index) -> Option<i64> {
    pairs.iter().find(|pair| pair.below.0 > index.0).map(|pair| pair.time)
}

/// The pairs that say more than another: a greater size, or an earlier time.
fn existed_by(mut heads: Vec<(Size, i64)>) -> Vec<ExistedBy> {
    heads.sort_unstable_by_key(|(size, time)| (std::cmp::Reverse(*size), *time));
    let mut kept: Vec<ExistedBy> = Vec::new();
    for (below, time) in heads {
        if kept.last().is_none_or(|last| time < last.time) {
            kept.push(ExistedBy { below, time });
        }
    }
    kept.reverse();
    kept
}

/// The pairs that say more than another: a lower index, or a later time.
fn not_before(mut anchors: Vec<NotBefore>) -> Vec<NotBefore> {
    anchors.sort_unstable_by_key(|anchor| (anchor.above, std::cmp::Reverse(anchor.time)));
    let mut kept: Vec<NotBefore> = Vec::new();
    for anchor in anchors {
        if kept.last().is_none_or(|last| anchor.time > last.time) {
            kept.push(anchor);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::{existed_by, existed_by_at, not_before};
    use crate::format::hash::{Index, Size};
    use crate::verify::verdict::{ExistedBy, NotBefore};

    #[test]
    fn only_what_says_more_than_another_is_told() {
        let by = |pairs: &[(u64, i64)]| {
            existed_by(pairs.iter().map(|(size, time)| (Size(*size), *time)).collect())
        };
        let pair = |below, time| ExistedBy { below: Size(below), time };
        assert_eq!(by(&[(8, 50), (4, 60), (6, 50), (3, 20), (8, 70)]), [pair(3, 20), pair(8, 50)]);
        assert_eq!(by(&[(3, 10), (8, 20), (8, 20)]), [pair(3, 10), pair(8, 20)]);
        assert!(by(&[]).is_empty());
        let pairs = by(&[(3, 10), (8, 20)]);
        let times: Vec<Option<i64>> =
            (0..9).map(|index| existed_by_at(&pairs, Index(index))).collect();
        assert_eq!(times[..3], [Some(10); 3]);
        assert_eq!(times[3..8], [Some(20); 5]);
        assert_eq!(times[8], None);

        let anchor = |above, time| NotBefore { above: Index(above), time };
        let found = not_before(vec![anchor(9, 50), anchor(4, 20), anchor(6, 10), anchor(9, 60)]);
        assert_eq!(found, [anchor(4, 20), anchor(9, 60)]);
        assert_eq!(not_before(vec![anchor(9, 20), anchor(4, 20)]), [anchor(4, 20)]);
    }
}
