//! One durable append against the floor of any signed log on this disk: 600 bytes behind the
//! end of a file, one `fdatasync`, one signature.
//!
//! Both take turns in blocks of sixteen, and a round sums up 256 of each, so that what comes
//! only every 256 entries (tiles) is in the figure.

use std::fs::File;
use std::io::Write as _;

use probity::store::Store as _;
use probity::work::World;
use probity::work::compose::{Chain, Draft};
use probity::work::reading::Reading;
use probity_keys::SigningKey;

use super::{Bench, Report, count, times};
use crate::program;
use crate::school::drafts::Maker;
use crate::school::{School, ledgers};
use crate::support::Outcome;
use crate::support::clock::{Duel, Stopwatch, words};
use crate::support::report::Line;

const BLOCK: usize = 16;
const BLOCKS: usize = 16;

/// A file that is written as the floor says.
pub struct Floor {
    file: File,
    message: [u8; 600],
    key: SigningKey,
}

impl Floor {
    /// In a new file that goes away by itself.
    pub fn begin() -> Outcome<Self> {
        let file = tempfile::tempfile_in(ledgers::folder())?;
        Ok(Self { file, message: [7; 600], key: SigningKey::from_seed([1; 32]) })
    }

    /// One append.
    pub fn append(&mut self) -> Outcome {
        // Each signature is over other bytes, and is part of the next bytes written.
        let signature = self.key.sign(&self.message);
        self.message[..64].copy_from_slice(&signature.0);
        self.file.write_all(&self.message)?;
        self.file.sync_data()?;
        Ok(())
    }
}

/// Measures the row.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome {
    let copy = ledgers::copy(&Bench::home(bench.medium)?)?;
    let school = &copy.school;
    let mut reading = school.write("append")?;
    let mut floor = Floor::begin()?;
    let mut maker = Maker::new(usize::try_from(bench.medium)?, 0, 7);
    let (mut whole, mut placed) = (Duel::default(), Duel::default());
    // The first lookup brings the index up to date; that is another row.
    program::append_one(
        &World::real(),
        &mut reading,
        &drafts(&mut maker, school)?[0],
        signer(school),
    )?;
    for round in 0..bench.rounds {
        let mut clocks = [Stopwatch::default(), Stopwatch::default(), Stopwatch::default()];
        for block in 0..BLOCKS {
            let drafts = [drafts(&mut maker, school)?, drafts(&mut maker, school)?];
            for turn in 0..3 {
                let turn = (turn + block + round) % 3;
                match turn {
                    0 => append(&mut reading, &drafts[0], school, &mut clocks[0])?,
                    1 => append_placed(&mut reading, &drafts[1], school, &mut clocks[1])?,
                    _ => {
                        for _ in 0..BLOCK {
                            clocks[2].run(|| floor.append())?;
                        }
                    }
                }
            }
        }
        let [one, known, floor] = clocks.map(|clock| clock.seconds() / (BLOCK * BLOCKS) as f64);
        whole.push(one, floor);
        placed.push(known, floor);
    }
    let medium = count(bench.medium);
    report.lines.push(Line {
        work: "one durable append (place looked up, commit, seal, sign, frame, sync)".to_owned(),
        against: "600-byte append + fdatasync + one Ed25519 signature".to_owned(),
        aim: "at most 1.3 times".to_owned(),
        measured: format!("{}: {} at {medium}", times(&whole), both(&whole)),
        met: Some(whole.ratio.median() <= 1.3),
    });
    report.lines.push(Line {
        work: "the same, its place in chain and case known".to_owned(),
        against: "the same".to_owned(),
        aim: "stated".to_owned(),
        measured: format!("{}: {}", times(&placed), both(&placed)),
        met: None,
    });
    Ok(())
}

fn both(duel: &Duel) -> String {
    format!("{} against {}", words(duel.work.median()), words(duel.yardstick.median()))
}

/// Whoever signs in the rows about appending: the administrator.
pub fn signer(school: &School) -> &SigningKey {
    &school.people[1].key
}

fn drafts(maker: &mut Maker, school: &School) -> Outcome<Vec<Draft>> {
    let now = World::real().now();
    (0..BLOCK)
        .map(|_| {
            let (mut draft, _) = maker.draft(school, now)?;
            school.people[1].role.clone_into(&mut draft.role);
            Ok(draft)
        })
        .collect()
}

fn append(
    reading: &mut Reading,
    drafts: &[Draft],
    school: &School,
    clock: &mut Stopwatch,
) -> Outcome {
    for draft in drafts {
        clock.run(|| program::append_one(&World::real(), reading, draft, signer(school)))?;
    }
    Ok(())
}

/// Appends with the heads of chain and cases at hand.
fn append_placed(
    reading: &mut Reading,
    drafts: &[Draft],
    school: &School,
    clock: &mut Stopwatch,
) -> Outcome {
    let mut chain = Chain::of(reading, drafts)?;
    let origin = reading.authority.origin.clone();
    let world = World::real();
    for draft in drafts {
        clock.run(|| -> Outcome {
            let head = chain.head();
            let signed = chain.sign(&world, draft, &origin, signer(school), world.now())?;
            reading.store.append(head, vec![signed.into_new()])?;
            Ok(())
        })?;
    }
    Ok(())
}
