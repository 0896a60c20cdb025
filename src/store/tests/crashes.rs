//! Lives of a ledger on a disk that forgets: every workload ends at every change, or at some of
//! them where a call fails and there are many ([`stride`]), in every way that a process or a disk
//! can fail. Then another process, or the next one after the power is back, must find what was
//! promised ([`super::promises`]).

use std::sync::Arc;

use super::super::barrier::Barrier;
use super::super::journal::frames;
use super::faulty::{Fault, Faulty, INJECTED};
use super::promises::Step::{self, Again, Bulk, Checkpoint, EraseAll, ErasePart, Evidence, Single};
use super::promises::{Broken, Ended, LEDGER, Told, on};
use super::simulated::{Simulated, Survives};
use super::*;

/// What a workload starts from: a disk and what people were told by then.
struct Workload {
    name: &'static str,
    disk: Simulated,
    told: Told,
    steps: Vec<Step>,
}

fn sound(disk: &Simulated) -> Arc<dyn Disk> {
    Arc::new(disk.clone())
}

/// A ledger that has lived through these steps, all of it on the medium.
fn lived(steps: &[Step]) -> (Simulated, Told) {
    let (disk, mut told) = (Simulated::new(), Told::default());
    told.live(&sound(&disk), "first", steps).expect("a sound disk");
    (disk.after_power_failure(Survives::Everything), told)
}

/// A ledger whose last frame is torn on the medium.
fn torn() -> (Simulated, Told) {
    let (disk, mut told) = lived(&[Bulk(3), Checkpoint]);
    let before = disk.files(Path::new(LEDGER))["journal"].len();
    for at in 0.. {
        let faulty = Faulty::new(sound(&disk));
        faulty.arm(Fault::Power, at);
        let _ = told.clone().live(&(Arc::new(faulty) as _), "torn", &[Bulk(5)]);
        let journal = disk.files(Path::new(LEDGER)).remove("journal").expect("a journal");
        if journal.len() > before {
            assert!(frames(&journal).any(|frame| frame.is_err()), "half a frame");
            told.torn.push(journal[before..].to_vec());
            break;
        }
    }
    (disk.after_power_failure(Survives::Everything), told)
}

/// The same disk with an index, as it lies there when something was looked up.
fn indexed(disk: &Simulated) -> Simulated {
    let index = Path::new(LEDGER).join("index");
    disk.create_dir(&index).expect("made");
    disk.replace(&index.join("db"), b"postings", None).expect("written");
    disk.after_power_failure(Survives::Everything)
}

fn workloads() -> Vec<Workload> {
    let lived = |name, before: &[Step], steps: &[Step]| {
        let (disk, told) = lived(before);
        Workload { name, disk, told, steps: steps.to_vec() }
    };
    let begins = Workload {
        name: "beginning",
        disk: Simulated::new(),
        told: Told::default(),
        steps: vec![Bulk(2), Checkpoint],
    };
    let (disk, told) = torn();
    let recovers =
        Workload { name: "recovering", disk, told, steps: vec![Single, Checkpoint, Again] };
    let mut erases = lived("erasing", &[Bulk(5)], &[EraseAll(0), ErasePart(4), Checkpoint]);
    erases.disk = indexed(&erases.disk);
    vec![
        begins,
        recovers,
        erases,
        lived("single", &[Bulk(2)], &[Single, Single, Single]),
        lived("bulk", &[Single], &[Bulk(3), Bulk(40)]),
        lived("checkpoints", &[Bulk(2), Checkpoint], &[Checkpoint, Single, Checkpoint]),
        lived("evidence", &[Bulk(2)], &[Evidence, Evidence, Again, Single, Evidence]),
        lived("closing", &[Bulk(2)], &[Single, Checkpoint, Again, Single, Checkpoint]),
    ]
}

/// What may be left of that disk by a failure of the power, by chance as the seed has it.
fn ways(disk: &Simulated, seed: u64) -> Vec<Survives> {
    use Survives::{AllNamesBut, Contents, Everything, LastTorn, Lengths, Names, Nothing, OneName};
    let mut ways = vec![Nothing, Everything, Contents, Names, Lengths, LastTorn];
    let names = disk.unsynced_names();
    ways.extend((0..names).map(AllNamesBut));
    // Of two, one is all but the other.
    ways.extend((0..names).filter(|_| names > 2).map(OneName));
    ways.extend([Survives::Some(2 * seed), Survives::Some(2 * seed + 1)]);
    ways
}

/// How far apart the calls are that fail in turn: where the process goes on with an error, not each
/// of forty documents, nor each of the many readings.
fn stride(workload: &Workload, fault: Fault) -> usize {
    match (fault, workload.name) {
        (Fault::Power, _) => 1,
        (Fault::Reading, "bulk") => 23,
        (Fault::Reading, _) => 3,
        (_, "bulk") => 7,
        _ => 1,
    }
}

/// One workload, ended by one kind of fault at every change, or at those of its stride, on a disk that
/// may be deaf to a barrier. Returns how often the power failed.
fn explore(workload: &Workload, fault: Fault, ignored: Option<Barrier>) -> Result<u64, Broken> {
    let mut failures = 0;
    for at in (0..).step_by(stride(workload, fault)) {
        let disk = workload.disk.after_power_failure(Survives::Everything).ignoring(ignored);
        let faulty = Faulty::new(sound(&disk));
        faulty.arm(fault, at);
        let mut told = workload.told.clone();
        let what = |why| format!("{}, {fault:?} at change {at}: {why}", workload.name);
        match live(&mut told, &faulty, "one", &workload.steps) {
            // A reading that fails is told, and nothing is believed because of it.
            Err(why) if fault == Fault::Reading && is_told(&why) => {}
            lived => lived.map_err(what)?,
        }
        if matches!(fault, Fault::Full | Fault::ReadOnly) && told.begun {
            // From a disk that takes nothing, what there is can still be read.
            let options = on(Arc::new(faulty.clone()));
            let store = LocalStore::open(Path::new(LEDGER), &Mode::Read, &options)
                .map_err(|error| what(error.to_string()))?;
            told.agrees(&store).map_err(what)?;
        }
        let struck = faulty.heal();
        let ways = ways(&disk, at);
        for survives in &ways {
            told.check(&disk.after_power_failure(*survives))
                .map_err(|why| what(format!("then {survives:?}: {why}")))?;
        }
        failures += ways.len() as u64;
        // The next process writes something else in the same place, and signs a checkpoint;
        // it has no power for long, either.
        let survives = ways[usize::try_from(at).unwrap_or(0) % ways.len()];
        for again in (at % 17..60).step_by(17) {
            let next = disk.after_power_failure(survives);
            failures += second(&next, &told, &[Single, Checkpoint, Bulk(2)], again)
                .map_err(|why| what(format!("then {survives:?}, the next at {again}: {why}")))?;
        }
        // Only the process ended: another one gives out what it finds, and then the power
        // fails.
        failures += second(&disk, &told, &[Checkpoint], u64::from(u32::MAX))
            .map_err(|why| what(format!("then another process: {why}")))?;
        if !struck {
            return Ok(failures);
        }
    }
    Ok(failures)
}

/// Whether this tells that a reading call failed, of the tiles or of another file.
fn is_told(why: &str) -> bool {
    why.contains(INJECTED) || why.contains("ledger/tiles failed: unexpected end of file")
}

/// Lives until the steps are done or the disk fails.
fn live(told: &mut Told, disk: &Faulty, life: &str, steps: &[Step]) -> Result<(), Broken> {
    match told.live(&(Arc::new(disk.clone()) as _), life, steps) {
        Err(Ended::Broken(why)) => Err(why),
        Ok(()) | Err(Ended::Failed) => Ok(()),
    }
}

/// Another life on the same disk, ended before change `at`.
fn second(disk: &Simulated, told: &Told, steps: &[Step], at: u64) -> Result<u64, Broken> {
    let mut told = told.clone();
    let faulty = Faulty::new(sound(disk));
    faulty.arm(Fault::Power, at);
    // A ledger without entries has no checkpoint.
    let nothing = told.entries.is_empty() && told.flight.is_empty();
    live(&mut told, &faulty, "two", if nothing { &[Bulk(2), Checkpoint] } else { steps })?;
    let ways = [Survives::Nothing, Survives::Everything, Survives::Some(at)];
    for survives in ways {
        told.check(&disk.after_power_failure(survives))
            .map_err(|why| format!("{survives:?} again: {why}"))?;
    }
    Ok(ways.len() as u64)
}

#[test]
fn no_promise_breaks_wherever_the_power_fails() {
    for workload in workloads() {
        let failures = explore(&workload, Fault::Power, None).unwrap_or_else(|why| panic!("{why}"));
        println!("{}: the power failed {failures} times", workload.name);
        assert!(failures > 500, "{}: {failures}", workload.name);
    }
}

#[test]
fn no_promise_breaks_whichever_call_fails() {
    for workload in workloads() {
        for fault in [Fault::Lost, Fault::Done, Fault::Full, Fault::ReadOnly] {
            explore(&workload, fault, None).unwrap_or_else(|why| panic!("{why}"));
        }
    }
}

#[test]
fn no_promise_breaks_whichever_reading_call_fails() {
    for workload in workloads() {
        let failures =
            explore(&workload, Fault::Reading, None).unwrap_or_else(|why| panic!("{why}"));
        assert!(failures > 100, "{}: {failures}", workload.name);
    }
}

/// A reading call that fails is no reason to believe anything, least of all to cut.
#[test]
fn nothing_is_lost_because_a_reading_call_fails() {
    // Below a block, so that no tiles spare the frames from being read.
    for (disk, told) in [torn(), lived(&[Single, Bulk(2)])] {
        let begins = disk.files(Path::new(LEDGER)).remove("journal").expect("a journal");
        for at in 0.. {
            let disk = disk.after_power_failure(Survives::Everything);
            let faulty = Faulty::new(sound(&disk));
            faulty.arm(Fault::Reading, at);
            let options = on(Arc::new(faulty.clone()));
            drop(LocalStore::open(Path::new(LEDGER), &writer(), &options));
            let struck = faulty.heal();
            let journal = disk.files(Path::new(LEDGER)).remove("journal").expect("a journal");
            let whole = begins.len() - told.torn.first().map_or(0, Vec::len);
            assert!(journal.len() == begins.len() || journal.len() == whole, "reading {at}");
            told.check(&disk).unwrap_or_else(|why| panic!("reading {at}: {why}"));
            if !struck {
                assert!(at > 10 && journal.len() == whole, "{at} readings");
                break;
            }
        }
    }
}

/// What breaks when a barrier is ignored, if anything does; at the beginning of a ledger, or
/// later on.
pub fn broken_without(barrier: Barrier, begun: bool) -> Option<String> {
    let workloads = workloads();
    let mut workloads = workloads.iter().filter(|workload| workload.told.begun == begun);
    workloads.find_map(|workload| explore(workload, Fault::Power, Some(barrier)).err())
}
