//! The log of looking: who looked at which sensitive record, and when. A school may want it; it is off
//! unless somebody switches it on. It lies in `page/looks.jsonl`, outside the record book, because it
//! is to be forgotten: what is older than twelve months is removed when the next look is noted.
//!
//! What this doesn't protect: whoever can write the home's files can change it.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use probity_ledger::records::kind::Kind;
use serde::{Deserialize, Serialize};

use super::home::{self, Home};
use super::reading::Record;
use super::sight::Person;
use super::{WorkError, World, input};

/// So long a look is kept: twelve months, in seconds.
pub const KEPT: i64 = 366 * 86_400;

/// Cases of these names are about people who are named or known.
const CASES: &[&str] = &["breach", "cctv", "consent", "request", "complaint"];

/// Most bytes of the log that are read: two years of a large school's looks.
const MOST: u64 = 64 << 20;

/// One writer at a time.
static WRITING: Mutex<()> = Mutex::new(());

/// A look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// When: POSIX seconds.
    pub time: i64,
    /// Who, by name.
    pub name: String,
    /// In which roles.
    pub roles: Vec<String>,
    /// At which entry.
    pub entry: u64,
    /// Of which kind.
    pub kind: String,
    /// Of which case.
    pub case: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Setting {
    on: bool,
}

fn log(home: &Home) -> PathBuf {
    home.page().join("looks.jsonl")
}

fn setting(home: &Home) -> PathBuf {
    home.page().join("looks.json")
}

/// Whether records of a kind are sensitive: cases about people, covert monitoring, and kinds with
/// answers under legal privilege.
#[must_use]
pub fn is_sensitive(kind: &Kind) -> bool {
    kind.case.is_some_and(|case| CASES.contains(&case))
        || kind.name.starts_with("covert-")
        || kind.fields.iter().any(|field| field.privileged)
}

/// Whether looks are noted.
///
/// # Errors
/// A setting that can't be read.
pub fn is_on(home: &Home) -> Result<bool, WorkError> {
    let path = setting(home);
    match input::text(&path, input::MAX_SMALL) {
        Ok(text) => {
            serde_json::from_str::<Setting>(&text).map(|setting| setting.on).map_err(|error| {
                WorkError::refused(
                    format!("the setting for the log of looking can't be read: {error}"),
                    "delete page/looks.json in the record book's folder, and set it again",
                )
            })
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(WorkError::file("reading", &path)(error)),
    }
}

/// Whether a person may see the log and set whether there is one: the controller's representatives and
/// the data protection officer.
#[must_use]
pub fn may_see(person: &Person) -> bool {
    use probity_ledger::records::roles::{DPO, REPRESENTATIVES};
    let fits =
        |role: &String| REPRESENTATIVES.contains(&role.as_str()) || DPO.contains(&role.as_str());
    person.roles.iter().any(fits)
}

fn refuse(person: &Person) -> Result<(), WorkError> {
    if may_see(person) {
        return Ok(());
    }
    Err(WorkError::refused(
        "the log of looking is for the school's representatives and the data protection officer",
        "ask one of them",
    ))
}

/// Switches it on or off. What was noted stays until it is twelve months old.
///
/// # Errors
/// Somebody who may not; what the system says.
pub fn set(home: &Home, person: &Person, on: bool) -> Result<(), WorkError> {
    refuse(person)?;
    let text = serde_json::to_string(&Setting { on }).unwrap_or_default();
    home::replace_private(&setting(home), text.as_bytes())
}

/// Notes that a person is shown a record, if that is wanted and the record is sensitive. Whoever shows
/// it does so only once this has succeeded.
///
/// # Errors
/// What the system says.
pub fn note(home: &Home, world: &World, person: &Person, record: &Record) -> Result<(), WorkError> {
    // A kind that this program doesn't know may be anything.
    if !record.kind.is_none_or(is_sensitive) || !is_on(home)? {
        return Ok(());
    }
    let look = Look {
        time: world.now(),
        name: person.name.clone(),
        roles: person.roles.clone(),
        entry: record.index().0,
        kind: record.entry.says().kind.to_owned(),
        case: record.entry.subject().case().map(str::to_owned),
    };
    add(home, &look)
}

fn add(home: &Home, look: &Look) -> Result<(), WorkError> {
    let _one = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    prune(home, look.time)?;
    let path = log(home);
    home::make_private_folder(&home.page())?;
    let mut line = serde_json::to_string(look).unwrap_or_default();
    line.push('\n');
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let opened = options.open(&path);
    opened
        .and_then(|mut file| file.write_all(line.as_bytes()))
        .map_err(WorkError::file("writing", &path))
}

/// Removes what is too old. The oldest stands first, so mostly nothing but that is looked at.
fn prune(home: &Home, now: i64) -> Result<(), WorkError> {
    let text = text(home)?;
    let old =
        |line: &str| serde_json::from_str::<Look>(line).is_ok_and(|look| look.time < now - KEPT);
    if !text.lines().next().is_some_and(old) {
        return Ok(());
    }
    let kept: Vec<&str> = text.lines().filter(|line| !old(line)).collect();
    let mut kept = kept.join("\n");
    if !kept.is_empty() {
        kept.push('\n');
    }
    home::replace_private(&log(home), kept.as_bytes())
}

fn text(home: &Home) -> Result<String, WorkError> {
    let path = log(home);
    match input::text(&path, MOST) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(WorkError::file("reading", &path)(error)),
    }
}

/// The looks of the last twelve months, newest first.
///
/// # Errors
/// Somebody who may not see them; what the system says.
pub fn list(home: &Home, world: &World, person: &Person) -> Result<Vec<Look>, WorkError> {
    refuse(person)?;
    let _one = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    prune(home, world.now())?;
    let text = text(home)?;
    let oldest = world.now() - KEPT;
    let all = text.lines().filter_map(|line| serde_json::from_str::<Look>(line).ok());
    let mut all: Vec<Look> = all.filter(|look| look.time >= oldest).collect();
    all.reverse();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::super::sight::Sight;
    use super::*;

    const NOW: i64 = 1_795_269_720;

    fn person(role: &str) -> Person {
        let roles = vec![role.to_owned()];
        Person {
            key: "amina".to_owned(),
            name: "Amina Okafor".to_owned(),
            id: [1; 16],
            kid: probity_keys::Kid([1; 32]),
            sight: Sight::of([1; 16], &roles),
            roles,
        }
    }

    fn look(time: i64, entry: u64) -> Look {
        let (name, kind) = ("Amina Okafor".to_owned(), "breach-report".to_owned());
        Look { time, name, roles: vec!["headteacher".to_owned()], entry, kind, case: None }
    }

    #[test]
    fn what_is_older_than_twelve_months_is_removed_from_the_disk() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::locate(Some(folder.path().to_owned())).expect("a home");
        for (time, entry) in [(NOW - KEPT - 1, 1), (NOW - KEPT + 10, 2), (NOW - 5, 3)] {
            add(&home, &look(time, entry)).expect("noted");
        }
        let at_first = std::fs::read_to_string(log(&home)).expect("there");
        assert_eq!(at_first.lines().count(), 3, "nothing was too old when it was noted");
        add(&home, &look(NOW, 4)).expect("noted");
        let kept = std::fs::read_to_string(log(&home)).expect("there");
        assert_eq!(kept.lines().count(), 3, "{kept}");
        let world = World::real().with_clock(|| NOW);
        let seen = list(&home, &world, &person("headteacher")).expect("seen");
        assert_eq!(seen.iter().map(|look| look.entry).collect::<Vec<_>>(), [4, 3, 2]);
    }

    #[test]
    fn it_is_off_until_a_representative_or_the_dpo_switches_it_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::locate(Some(folder.path().to_owned())).expect("a home");
        let world = World::real().with_clock(|| NOW);
        assert!(!is_on(&home).expect("off"));
        for other in ["staff", "administrator", "cctv-caretaker"] {
            assert!(set(&home, &person(other), true).is_err(), "{other}");
            assert!(list(&home, &world, &person(other)).is_err(), "{other}");
        }
        assert!(!is_on(&home).expect("still off"));
        set(&home, &person("dpo"), true).expect("set");
        assert!(is_on(&home).expect("on"));
        set(&home, &person("chair-of-governors"), false).expect("set");
        assert!(!is_on(&home).expect("off"));
    }

    #[test]
    fn sensitive_are_cases_about_people_and_privileged_answers() {
        let kind = |name: &str| probity_ledger::records::newest(name).expect("a kind");
        for name in ["breach-report", "cctv-access", "consent", "request", "covert-authorisation"] {
            assert!(is_sensitive(kind(name)), "{name}");
        }
        for name in ["policy", "anchor", "appointment", "training"] {
            assert!(!is_sensitive(kind(name)), "{name}");
        }
    }
}
