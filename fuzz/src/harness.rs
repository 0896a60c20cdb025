//! Runs a target until a deadline: known inputs first, then changed ones, drawn and shrunk by
//! proptest. Everything follows from one seed, so that a run can be made again.
//!
//! The input under trial is written to a file before it is tried. A target that ends the whole
//! process (by exhausting stack or memory) leaves it there.

use std::fs::{self, File};
use std::io::{Seek as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use super::{Target, found};

/// How many inputs are tried between two looks at the clock.
const ROUND: u32 = 64;

/// Longest input that is made, in bytes.
const LONGEST: usize = 1 << 18;

/// What knows how much memory is in use, and how much work was done.
#[derive(Clone, Copy)]
pub struct Meter {
    /// Processor time of this process. A run is as long by it as was asked for, whatever else the
    /// machine does meanwhile.
    pub worked: fn() -> Duration,
    /// Bytes in use now.
    pub now: fn() -> usize,
    /// Most bytes in use since [`Meter::reset`].
    pub peak: fn() -> usize,
    /// Forgets the peak.
    pub reset: fn(),
}

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub struct Ran {
    /// How many inputs were tried.
    pub inputs: u64,
    /// Most memory that one took, in bytes.
    pub peak: usize,
    /// Longest time that one took.
    pub slowest: Duration,
}

/// A broken property.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What was broken.
    pub why: String,
    /// The input, as small as it could be made.
    pub input: Vec<u8>,
}

/// One change of an input. Places and lengths are relative to what is there.
#[derive(Clone, Debug)]
enum Change {
    Flip(Index, u8),
    Put(Index, Vec<u8>),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Cut(Index),
    Number(Index, u64, u8, bool),
    Repeat(Index, Vec<u8>, usize),
    /// A CBOR head that may stand there, in the next longer form.
    Widen(Index),
    Copy(Index, Index, usize),
    Splice(Index, Index, Index, usize),
}

/// Pieces that mean something to one of the readers.
const PIECES: &[&[u8]] = &[
    b"\n",
    b"\n\n",
    b"\r\n",
    b"\0",
    b" ",
    b"  ",
    b"-",
    b"+",
    b".",
    b"/",
    b"../",
    b"\\",
    b"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"{\"a\":",
    b"[[",
    b"null",
    b"1e999",
    b"9007199254740993",
    b"18446744073709551616",
    b"\\ud800",
    b"\xc3\x28",
    b"\xef\xbb\xbf",
    b"\xe2\x80\x94 ",
    b"\xcc\x81",
    b"\x80",
    b"\xa0",
    b"\x81",
    b"\xa1\x60",
    b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff",
    b"\xbb\x7f\xff\xff\xff\xff\xff\xff\xff",
    b"\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",
    b"\x7b\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\x5a\xff\xff\xff\xff",
    b"\x9f",
    b"\xbf",
    b"\x5f",
    b"\xff",
    b"\xf4",
    b"\xf6",
    b"\xf7",
    b"\xfb",
    b"\xd2\x84",
    b"\xc0",
    b"\x18\x17",
    b"\x19\x00\xff",
    b"PJF1",
    b"probity-journal1",
    b"PK\x01\x02",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x06\x06",
    b"log ",
    b"witness ",
    b"group ",
    b"quorum ",
    b"none",
    b"any",
    b"all",
    b"# ",
    b"index ",
    b"c2sp.org/tlog-proof@v1\n",
    b"-----BEGIN PRIVATE KEY-----",
    b"-----END PUBLIC KEY-----\n",
    b"\x30\x80",
    b"\x02\x04\x7f\xff\xff\xff",
    b"data/entries/",
    b".cose",
    b"decision",
    b"case",
];

fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => select(PIECES).prop_map(<[u8]>::to_vec),
        2 => vec(any::<u8>(), 1..5),
        1 => vec(any::<u8>(), 1..64),
    ]
}

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![
        select(vec![0, 1, 23, 24, 255, 256, 65_535, 65_536, 1 << 20, 1 << 26, (1 << 26) + 1]),
        select(vec![0x7fff_ffff, 0xffff_ffff, 1 << 32, (1 << 53) - 1, 1 << 53]),
        select(vec![i64::MAX as u64, 1 << 63, u64::MAX]),
        0_u64..300,
        any::<u64>(),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    prop_oneof![
        8 => (at(), 0_u8..8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        6 => (at(), piece()).prop_map(|(at, bytes)| Change::Put(at, bytes)),
        6 => (at(), piece()).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        4 => (at(), 1_usize..64).prop_map(|(at, length)| Change::Remove(at, length)),
        1 => at().prop_map(Change::Cut),
        4 => (at(), number(), select(vec![1_u8, 2, 4, 8]), any::<bool>())
            .prop_map(|(at, number, width, little)| Change::Number(at, number, width, little)),
        1 => (at(), piece(), 1_usize..20_000)
            .prop_map(|(at, bytes, times)| Change::Repeat(at, bytes, times)),
        2 => at().prop_map(Change::Widen),
        3 => (at(), at(), 1_usize..256).prop_map(|(from, to, length)| Change::Copy(from, to, length)),
        3 => (at(), at(), at(), 1_usize..512)
            .prop_map(|(at, seed, from, length)| Change::Splice(at, seed, from, length)),
    ]
}

/// Which known input, and what is done to it.
type Recipe = (Index, Vec<Change>);

fn cook(seeds: &[Vec<u8>], (seed, changes): &Recipe) -> Vec<u8> {
    let mut data = seed.get(seeds).clone();
    for change in changes {
        apply(&mut data, change, seeds);
    }
    data.truncate(LONGEST);
    data
}

fn apply(data: &mut Vec<u8>, change: &Change, seeds: &[Vec<u8>]) {
    let length = data.len();
    let place = |at: &Index| at.index(length + 1);
    let overwrite = |data: &mut Vec<u8>, at: usize, bytes: &[u8]| {
        let end = (at + bytes.len()).min(data.len());
        data.splice(at..end, bytes.iter().copied());
    };
    match change {
        Change::Flip(at, bit) => {
            if let Some(byte) = data.get_mut(place(at)) {
                *byte ^= 1 << bit;
            }
        }
        Change::Put(at, bytes) => overwrite(data, place(at), bytes),
        Change::Insert(at, bytes) => {
            let at = place(at);
            data.splice(at..at, bytes.iter().copied());
        }
        Change::Remove(at, count) => {
            let at = place(at);
            data.drain(at..(at + count).min(length));
        }
        Change::Cut(at) => data.truncate(place(at)),
        Change::Number(at, number, width, little) => {
            let width = usize::from(*width);
            let mut bytes = number.to_be_bytes()[8 - width..].to_vec();
            if *little {
                bytes.reverse();
            }
            overwrite(data, place(at), &bytes);
        }
        Change::Repeat(at, bytes, times) => {
            let at = place(at);
            let many = bytes.repeat((*times).min(LONGEST / bytes.len()));
            data.splice(at..at, many);
        }
        Change::Widen(at) => {
            let at = place(at);
            if let Some(head) = data.get(at).copied() {
                let (major, info) = (head & 0xe0, head & 0x1f);
                let wider: &[u8] = match info {
                    0..=23 => &[major | 0x18, info],
                    24 => &[major | 0x19, 0],
                    25 => &[major | 0x1a, 0, 0],
                    26 => &[major | 0x1b, 0, 0, 0, 0],
                    _ => &[head],
                };
                data.splice(at..=at, wider.iter().copied());
            }
        }
        Change::Copy(from, to, count) => {
            let from = place(from);
            let part = data[from..(from + count).min(length)].to_vec();
            let to = place(to);
            data.splice(to..to, part);
        }
        Change::Splice(at, seed, from, count) => {
            let other = seed.get(seeds);
            let from = from.index(other.len() + 1);
            let part = &other[from..(from + count).min(other.len())];
            overwrite(data, place(at), part);
        }
    }
}

/// Findings that were kept: `found/TARGET-….bin`, and those that `found.rs` makes. They are tried
/// first, for ever.
#[must_use]
pub fn kept(target: &Target) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = found_folder();
    let prefix = format!("{}-", target.name);
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .filter_map(|item| Some(item.ok()?.path()))
        .filter(|path| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|n| n.starts_with(&prefix))
        })
        .collect();
    paths.sort();
    let read = |path: PathBuf| fs::read(&path).ok().map(|bytes| (path, bytes));
    let made = found::made(target.name).into_iter();
    let made = made.map(|(what, bytes)| (PathBuf::from(format!("{prefix}{what}")), bytes));
    paths.into_iter().filter_map(read).chain(made).collect()
}

fn found_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("found")
}

/// Keeps a finding as a vector, and says where.
///
/// # Errors
/// What the system says.
pub fn keep(target: &Target, finding: &Finding) -> std::io::Result<PathBuf> {
    fs::create_dir_all(found_folder())?;
    let name = format!("{}-{:08x}.bin", target.name, crc32c::crc32c(&finding.input));
    let path = found_folder().join(name);
    fs::write(&path, &finding.input)?;
    Ok(path)
}

/// Tries inputs until so much processor time is used.
///
/// # Errors
/// The first finding.
///
/// # Panics
/// When the file for the input under trial can't be written.
pub fn run(
    target: &Target,
    time: Duration,
    seed: u64,
    meter: Meter,
    trial: &Path,
) -> Result<Ran, Finding> {
    let mut trial = Trial {
        target,
        meter,
        file: File::create(trial).expect("a file for the input under trial"),
        ran: Ran::default(),
    };
    let begun = (meter.worked)();
    let mut seeds = (target.seeds)();
    // What a target makes once and keeps, it makes here.
    seeds.push(Vec::new());
    (target.run)(&[]);
    seeds.extend(kept(target).into_iter().map(|(_, bytes)| bytes));
    for seed in &seeds {
        trial.attempt(seed).map_err(|why| Finding { why, input: seed.clone() })?;
    }
    let strategy = (any::<Index>(), vec(change(), 1..8));
    for round in 0_u64.. {
        if (meter.worked)().saturating_sub(begun) >= time {
            break;
        }
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_be_bytes());
        bytes[8..16].copy_from_slice(&round.to_be_bytes());
        let config = Config {
            cases: ROUND,
            failure_persistence: None,
            max_shrink_iters: 4096,
            ..Config::default()
        };
        let mut runner =
            TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
        let trial = std::cell::RefCell::new(&mut trial);
        let outcome = runner.run(&strategy, |recipe| {
            let input = cook(&seeds, &recipe);
            trial.borrow_mut().attempt(&input).map_err(TestCaseError::fail)
        });
        match outcome {
            Ok(()) => {}
            Err(TestError::Fail(why, recipe)) => {
                return Err(Finding { why: why.to_string(), input: cook(&seeds, &recipe) });
            }
            Err(TestError::Abort(why)) => {
                return Err(Finding { why: why.to_string(), input: Vec::new() });
            }
        }
    }
    Ok(trial.ran)
}

/// Tries one input that is at hand.
///
/// # Errors
/// What was broken.
///
/// # Panics
/// When the file for the input under trial can't be written.
pub fn replay(target: &Target, meter: Meter, trial: &Path, input: &[u8]) -> Result<Ran, String> {
    let file = File::create(trial).expect("a file for the input under trial");
    let mut trial = Trial { target, meter, file, ran: Ran::default() };
    // What is made once, for the first input that needs it, isn't this input's doing.
    for seed in (target.seeds)() {
        (target.run)(&seed);
    }
    trial.attempt(input)?;
    Ok(trial.ran)
}

struct Trial<'a> {
    target: &'a Target,
    meter: Meter,
    file: File,
    ran: Ran,
}

impl Trial<'_> {
    fn attempt(&mut self, input: &[u8]) -> Result<(), String> {
        self.file
            .rewind()
            .and_then(|()| self.file.set_len(0))
            .and_then(|()| self.file.write_all(input))
            .expect("the input under trial can be written down");
        (self.meter.reset)();
        let before = (self.meter.now)();
        let begun = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.target.run)(input)));
        let took = begun.elapsed();
        let used = (self.meter.peak)().saturating_sub(before);
        self.ran.inputs += 1;
        self.ran.peak = self.ran.peak.max(used);
        self.ran.slowest = self.ran.slowest.max(took);
        if let Err(panic) = outcome {
            let text = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied());
            return Err(text.unwrap_or("a panic without words").to_owned());
        }
        let most = self.target.memory + self.target.memory_per_byte * input.len();
        if used > most {
            return Err(format!("{used} bytes of memory for an input of {}", input.len()));
        }
        Ok(())
    }
}
