//! What verifying and appending one entry is made of, each part alone over the same entries on
//! one thread. Parts overlap where the program does one within the other; the text says so.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Arc;

use probity::store::{LocalStore, Mode, Options, RawJournal, Store as _, Stored};
use probity::work::compose::{Chain, Draft};
use probity::work::reading::{Reading, terms};
use probity::work::{World, compose};
use probity_keys::{Kid, PreparedKey, Signed, verify_many};
use probity_ledger::book::judge::{self, Trusting};
use probity_ledger::format::entry::Entry;
use probity_ledger::format::tree::{Frontier, leaf_hash};

use super::append::{Floor, signer};
use super::{Bench, Report, verify};
use crate::program;
use crate::school::drafts::Maker;
use crate::school::{School, ledgers};
use crate::support::Outcome;
use crate::support::clock::{Sample, timed, words};
use crate::support::report::pairs;
use crate::support::unsynced::Unsynced;

/// Entries that each part goes over in a round.
const SAMPLE: usize = 4096;

/// Parts by name, with seconds an entry in each round.
#[derive(Default)]
struct Parts(Vec<(&'static str, Sample)>);

impl Parts {
    /// Measures a part of the round: the work goes over `count` entries.
    fn measure(
        &mut self,
        name: &'static str,
        count: usize,
        work: impl FnOnce() -> Outcome,
    ) -> Outcome {
        let (done, seconds) = timed(work);
        done.map_err(|error| format!("{name}: {error}"))?;
        let each = seconds / count.max(1) as f64;
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, sample)) => sample.push(each),
            None => self.0.push((name, std::iter::once(each).collect())),
        }
        Ok(())
    }

    fn rows(&self) -> Vec<(String, String)> {
        self.0.iter().map(|(name, sample)| ((*name).to_owned(), words(sample.median()))).collect()
    }
}

/// Measures the section.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome {
    let home = Bench::home(bench.medium)?;
    let (mut reads, mut writes) = (Parts::default(), Parts::default());
    let raw = RawJournal::open(&home.ledger())?;
    let stored = recent(&raw)?;
    let reading = program::open(&home)?;
    let strict = verify::sample(&home, bench.medium)?;
    for _ in 0..bench.rounds {
        verifying(&mut reads, &raw, &stored, &reading)?;
        reads.measure("`verify_strict`, the yardstick", strict.len(), || {
            strict.iter().try_for_each(verify::Signed::check)
        })?;
    }
    drop(reading);
    let copy = ledgers::copy(&home)?;
    let mut floor = Floor::begin()?;
    for round in 0..bench.rounds {
        appending(&mut writes, &copy.school, &mut floor, round as u64)?;
    }
    report.sections.push(("parts-verify", pairs(("part of verifying", "an entry"), &reads.rows())));
    report
        .sections
        .push(("parts-append", pairs(("part of appending", "an entry"), &writes.rows())));
    Ok(())
}

/// Plain records from the end of the journal, where no governance entry stands.
fn recent(raw: &RawJournal) -> Outcome<Vec<Stored>> {
    let mut window = std::collections::VecDeque::new();
    for stored in raw.entries() {
        window.push_back(stored?);
        if window.len() > SAMPLE {
            window.pop_front();
        }
    }
    let governance = |one: &Stored| terms(&one.entry).is_none_or(|terms| terms.governance);
    Ok(window.into_iter().filter(|one| !governance(one)).collect())
}

fn verifying(parts: &mut Parts, raw: &RawJournal, stored: &[Stored], reading: &Reading) -> Outcome {
    let count = stored.len();
    let all = usize::try_from(reading.store.head().size.0)?;
    parts.measure("read a frame, check its sum", all, || {
        for frame in raw.frames() {
            black_box(frame?.records().count());
        }
        Ok(())
    })?;
    let mut entries = Vec::with_capacity(count);
    parts.measure("parse the entry, with its hash", count, || {
        for one in stored {
            entries.push(Entry::parse(&one.entry)?);
        }
        Ok(())
    })?;
    parts.measure("hash of the entry alone", count, || {
        for one in stored {
            black_box(leaf_hash(&one.entry));
        }
        Ok(())
    })?;
    parts.measure("node hashes of the tree", count, || {
        let mut frontier = Frontier::default();
        for entry in &entries {
            frontier.push(entry.hash(), &mut |_, _, node| {
                black_box(node);
            });
        }
        Ok(())
    })?;
    let keys = entries
        .iter()
        .map(|entry| Some(reading.authority.key(&entry.says().kid)?.key))
        .collect::<Option<Vec<_>>>()
        .ok_or("a key that nobody has")?;
    parts.measure("signature", count, || {
        for (entry, key) in entries.iter().zip(&keys) {
            key.verify(&entry.signed_bytes(), entry.signature())?;
        }
        Ok(())
    })?;
    let tables: HashMap<Kid, PreparedKey> =
        keys.iter().map(|key| (key.kid(), PreparedKey::new(*key))).collect();
    parts.measure("signature, from the key's table, 512 at a time", count, || {
        for (entries, keys) in entries.chunks(512).zip(keys.chunks(512)) {
            let signed: Vec<Vec<u8>> = entries.iter().map(Entry::signed_bytes).collect();
            let batch: Vec<Signed<'_>> = entries
                .iter()
                .zip(keys)
                .zip(&signed)
                .map(|((entry, key), signed)| (&tables[&key.kid()], &**signed, entry.signature()))
                .collect();
            verify_many(&batch).into_iter().collect::<Result<(), _>>()?;
        }
        Ok(())
    })?;
    let mut authority = Some(reading.authority.clone());
    parts.measure("judge: authority, form, links, and the signature", count, || {
        for entry in &entries {
            black_box(judge::judge(&mut authority, entry, &Trusting)?);
        }
        Ok(())
    })?;
    let mut bodies = Vec::with_capacity(count);
    parts.measure("unseal the body: slot, key derivation, AES-256-GCM", count, || {
        for one in stored {
            bodies.push(raw.body(one)?.ok_or("a body that was erased")?.body);
        }
        Ok(())
    })?;
    parts.measure("body against its commitments", count, || {
        for (entry, body) in entries.iter().zip(&bodies) {
            black_box(judge::open_body(entry, body)?);
        }
        Ok(())
    })
}

fn appending(parts: &mut Parts, school: &School, floor: &mut Floor, seed: u64) -> Outcome {
    let (world, key) = (World::real(), signer(school));
    let ledger = school.home.ledger();
    let options = Options { disk: Arc::new(Unsynced), ..Options::new(terms) };
    let store = LocalStore::open(&ledger, &Mode::Write("parts".to_owned()), &options)?;
    let mut reading = Reading::from_store(store)?;
    let mut maker = Maker::new(usize::try_from(reading.store.head().size.0)?, 0, seed).only(1);
    let mut drafts = Vec::with_capacity(SAMPLE);
    for _ in 0..SAMPLE {
        drafts.push(maker.draft(school, world.now())?.0);
    }
    // The index catches up before it is asked on the clock.
    compose::append(&world, &mut reading, &drafts[..1], key)?;
    let origin = reading.authority.origin.clone();

    parts.measure("look up the head of the case", SAMPLE, || {
        for draft in &drafts {
            black_box(reading.case_head(&draft.subject)?);
        }
        Ok(())
    })?;
    parts.measure("32 random bytes, one salt", SAMPLE, || {
        for _ in 0..SAMPLE {
            black_box(world.random::<32>()?);
        }
        Ok(())
    })?;
    parts.measure("bare signature over 600 bytes", SAMPLE, || {
        let message = [7; 600];
        for _ in 0..SAMPLE {
            black_box(key.sign(black_box(&message)));
        }
        Ok(())
    })?;
    let mut chain = Chain::of(&reading, &drafts)?;
    let head = chain.head();
    let mut signed = Vec::with_capacity(SAMPLE);
    parts.measure("commit, sign, and judge the result as a verifier would", SAMPLE, || {
        for draft in &drafts {
            signed.push(chain.sign(&world, draft, &origin, key, world.now())?.into_new());
        }
        Ok(())
    })?;
    parts.measure("seal and write, all in one frame, no sync", SAMPLE, || {
        reading.store.append(head, signed)?;
        Ok(())
    })?;
    parts.measure("index an entry, in strides", SAMPLE, || {
        black_box(reading.case_head(&drafts[0].subject)?);
        Ok(())
    })?;
    singly(parts, &mut reading, &drafts[..512], key)?;
    parts.measure("the floor: 600 bytes, `fdatasync`, one signature", 128, || {
        (0..128).try_for_each(|_| floor.append())
    })
}

/// The same, one frame for each entry.
fn singly(
    parts: &mut Parts,
    reading: &mut Reading,
    drafts: &[Draft],
    key: &probity_keys::SigningKey,
) -> Outcome {
    let world = World::real();
    let origin = reading.authority.origin.clone();
    let mut chain = Chain::of(reading, drafts)?;
    let mut head = chain.head();
    let mut signed = Vec::new();
    for draft in drafts {
        signed.push(chain.sign(&world, draft, &origin, key, world.now())?.into_new());
    }
    parts.measure("seal and write, a frame for each, no sync", drafts.len(), || {
        for one in signed {
            head = reading.store.append(head, vec![one])?;
        }
        Ok(())
    })
}
