//! The log of looking: who looked at which sensitive record, and when. A school may want it; it is off
//! unless somebody switches it on. It lies in `page/looks.jsonl`, outside the record book, because it
//! is to be forgotten: what is older than twelve months is removed when the next look is noted.
//!
//! It has one look a line, and a look is on the medium before its record is shown. Half a line, as a
//! full disk or a failure of the power leaves it, is of a look whose record was never shown: it is
//! passed over, and the next look begins a line of its own.
//!
//! What this doesn't protect: whoever can write the home's files can change it.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use probity_ledger::records::kind::Kind;
use serde::{Deserialize, Serialize};

use super::home::{self, Home};
use super::reading::Record;
use super::sight::Person;
use super::{WorkError, World, input};
use crate::store::barrier::Barrier;
use crate::store::disk::DiskFile;

/// So long a look is kept: twelve months, in seconds.
pub const KEPT: i64 = 366 * 86_400;

/// Cases of these names are about people who are named or known.
const CASES: &[&str] = &["breach", "cctv", "consent", "request", "complaint"];

/// Most bytes of the log that are read: two years of a large school's looks.
const MOST: u64 = 64 << 20;

/// One writer at a time, of the setting, too: both are written to one name first.
static WRITING: Mutex<()> = Mutex::new(());

/// So often, and each time so long, another program's look is waited for.
const TRIES: (u32, Duration) = (100, Duration::from_millis(20));

fn writing() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

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
    match input::bytes(&path, input::MAX_SMALL) {
        Ok(bytes) => {
            serde_json::from_slice::<Setting>(&bytes).map(|setting| setting.on).map_err(|error| {
                WorkError::refused(
                    format!("the setting for the log of looking can't be read: {error}"),
                    "delete page/looks.json in the record book's folder, and set it again",
                )
            })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
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
    let _one = writing();
    home::replace_private(&setting(home), text.as_bytes())
}

/// Notes that a person is shown records, those of them that are sensitive, if that is wanted. Whoever
/// shows them does so only once this has succeeded.
///
/// # Errors
/// What the system says.
pub fn note(
    home: &Home,
    world: &World,
    person: &Person,
    records: &[Record],
) -> Result<(), WorkError> {
    // A kind that this program doesn't know may be anything.
    let mut sensitive = records.iter().filter(|one| one.kind.is_none_or(is_sensitive)).peekable();
    if sensitive.peek().is_none() || !is_on(home)? {
        return Ok(());
    }
    let look = |record: &Record| Look {
        time: world.now(),
        name: person.name.clone(),
        roles: person.roles.clone(),
        entry: record.index().0,
        kind: record.entry.says().kind.to_owned(),
        case: record.entry.subject().case().map(str::to_owned),
    };
    add(home, &sensitive.map(look).collect::<Vec<_>>())
}

fn add(home: &Home, looks: &[Look]) -> Result<(), WorkError> {
    let Some(newest) = looks.iter().map(|look| look.time).max() else { return Ok(()) };
    let _one = writing();
    prune(home, newest)?;
    let (path, page) = (log(home), home.page());
    home::make_private_folder(&page)?;
    let file = hold(home)?;
    let failed = || WorkError::file("writing", &path);
    let length = file.length().map_err(failed())?;
    let mut last = [b'\n'];
    if let Some(at) = length.checked_sub(1) {
        file.read_exact_at(at, &mut last).map_err(failed())?;
    }
    let mut lines = if last == *b"\n" { String::new() } else { "\n".to_owned() };
    for look in looks {
        lines.push_str(&serde_json::to_string(look).unwrap_or_default());
        lines.push('\n');
    }
    let written = file
        .write_at(length, lines.as_bytes())
        .and_then(|()| file.sync(Barrier::Look))
        .and_then(|()| {
            let mut folders = [page.as_path(), home.path()].into_iter();
            folders.try_for_each(|folder| home.disk().sync_dir(folder, Barrier::LookName))
        });
    written.map_err(|error| {
        // Nobody is shown the record. Where this fails, too, the next look begins a line of its own.
        let _ = file.set_len(length);
        failed()(error)
    })
}

/// The log, held against another program on this home: a page that was opened twice is two of them.
fn hold(home: &Home) -> Result<Box<dyn DiskFile>, WorkError> {
    let (path, (tries, pause)) = (log(home), TRIES);
    for _ in 0..tries {
        if let Some(file) = home.disk().lock(&path).map_err(WorkError::file("opening", &path))? {
            return Ok(file);
        }
        std::thread::sleep(pause);
    }
    Err(WorkError::refused(
        format!("another program holds {}, and no look can be noted", path.display()),
        "close whatever else has it open, then try again",
    ))
}

fn parse(line: &str) -> Option<Look> {
    serde_json::from_str(line).ok()
}

/// Removes what is too old. The oldest stands first, so mostly nothing but that is looked at. What
/// can't be read is taken to be as old as what follows it.
fn prune(home: &Home, now: i64) -> Result<(), WorkError> {
    let text = text(home)?;
    let is_old = |line: &str| parse(line).map(|look| look.time < now - KEPT);
    if text.lines().find_map(is_old) != Some(true) {
        return Ok(());
    }
    let (mut kept, mut goes) = (Vec::new(), false);
    for line in text.lines().rev() {
        goes = is_old(line).unwrap_or(goes);
        if !goes {
            kept.push(line);
        }
    }
    let kept: String = kept.into_iter().rev().flat_map(|line| [line, "\n"]).collect();
    home::replace_private(&log(home), kept.as_bytes())
}

/// All lines; bytes that are no text stop nobody from reading the others.
fn text(home: &Home) -> Result<String, WorkError> {
    let path = log(home);
    match input::bytes(&path, MOST) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(WorkError::file("reading", &path)(error)),
    }
}

/// The looks of the last twelve months, newest first.
///
/// # Errors
/// Somebody who may not see them; what the system says.
pub fn list(home: &Home, world: &World, person: &Person) -> Result<Vec<Look>, WorkError> {
    refuse(person)?;
    let _one = writing();
    prune(home, world.now())?;
    let text = text(home)?;
    let oldest = world.now() - KEPT;
    let mut all: Vec<Look> =
        text.lines().filter_map(parse).filter(|look| look.time >= oldest).collect();
    all.reverse();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::sight::Sight;
    use super::*;
    use crate::store::disk::RealDisk;
    use crate::store::tests::faulty::{Fault, Faulty};

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
            add(&home, &[look(time, entry)]).expect("noted");
        }
        let at_first = std::fs::read_to_string(log(&home)).expect("there");
        assert_eq!(at_first.lines().count(), 3, "nothing was too old when it was noted");
        add(&home, &[look(NOW, 4)]).expect("noted");
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

    fn entries(home: &Home) -> Vec<u64> {
        let world = World::real().with_clock(|| NOW);
        let seen = list(home, &world, &person("headteacher")).expect("seen");
        seen.into_iter().map(|look| look.entry).collect()
    }

    /// Else somebody is shown a sensitive record and the log doesn't tell, or, after a line that ends
    /// within a letter, nobody is shown any.
    #[test]
    fn half_a_line_hides_no_look_and_shuts_no_record() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::locate(Some(folder.path().to_owned())).expect("a home");
        add(&home, &[look(NOW - 9, 1)]).expect("noted");
        let whole = std::fs::read(log(&home)).expect("there");
        for torn in [
            &b"{\"time\":1795269719,\"name\":\"Jo"[..],
            b"{\"time\":1795269719,\"name\":\"Jos\xc3",
            b"\x00\x00\x00\x00\x00\x00",
            b"\xff\xfe\n",
        ] {
            std::fs::write(log(&home), [&whole, torn].concat()).expect("torn");
            assert_eq!(entries(&home), [1], "{torn:?}");
            add(&home, &[look(NOW - 5, 2)]).expect("noted");
            add(&home, &[look(NOW - 4, 3), look(NOW - 4, 4)]).expect("noted");
            assert_eq!(entries(&home), [4, 3, 2, 1], "{torn:?}");
        }
    }

    /// Else a torn first line keeps for ever what is to be forgotten after twelve months.
    #[test]
    fn half_a_line_goes_with_what_follows_it_and_stops_no_removal() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::locate(Some(folder.path().to_owned())).expect("a home");
        let line = |time, entry| serde_json::to_string(&look(time, entry)).expect("a line");
        let (old, older) = (line(NOW - KEPT - 5, 2), line(NOW - KEPT - 9, 1));
        let (new, newer) = (line(NOW - 9, 3), line(NOW - 5, 4));
        home::make_private_folder(&home.page()).expect("a folder");
        let all = ["Jo\"}", &older, "{\"time\":17", &old, "{\"time\":18", &new, "", &newer];
        std::fs::write(log(&home), all.join("\n")).expect("written");
        add(&home, &[look(NOW, 5)]).expect("noted");
        let kept = std::fs::read_to_string(log(&home)).expect("there");
        assert_eq!(kept, ["{\"time\":18", &new, "", &newer, &line(NOW, 5), ""].join("\n"));
        assert_eq!(entries(&home), [5, 4, 3]);
    }

    /// Every step of noting a look can fail: then the record isn't shown, nothing is left of the look
    /// where that can be had, and the next one is noted whole. A look is on the medium with its name
    /// before the record is shown.
    #[test]
    fn a_look_that_could_not_be_written_is_taken_back_and_the_next_is_whole() {
        for fault in [Fault::Lost, Fault::Done, Fault::Full, Fault::ReadOnly] {
            let folder = tempfile::tempdir().expect("a folder");
            let disk = Faulty::new(Arc::new(RealDisk));
            let home = Home::on(folder.path().to_owned(), Arc::new(disk.clone()));
            add(&home, &[look(NOW - 9, 1)]).expect("noted");
            let mut whole = 1;
            for at in 0.. {
                let before = std::fs::read(log(&home)).expect("there");
                disk.arm(fault, at);
                let noted = add(&home, &[look(NOW - 5, 99)]);
                let struck = disk.heal();
                if noted.is_ok() {
                    // It is opened; a line in two halves, their sync, and those of two folders.
                    let steps = if fault == Fault::Full { 3 } else { 6 };
                    assert!(!struck && at == steps, "{fault:?}: {at}");
                    break;
                }
                if fault != Fault::ReadOnly {
                    let after = std::fs::read(log(&home)).expect("there");
                    assert!(before == after, "{fault:?} at {at}");
                }
                whole += 1;
                add(&home, &[look(NOW - 4, whole)]).expect("noted");
                let seen: Vec<u64> = entries(&home).into_iter().filter(|one| *one != 99).collect();
                assert_eq!(seen, (1..=whole).rev().collect::<Vec<_>>(), "{fault:?} at {at}");
            }
        }
    }

    /// A page that was opened twice is two programs: neither writes over the other's looks.
    #[test]
    fn what_another_program_holds_is_waited_for_and_not_written_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::locate(Some(folder.path().to_owned())).expect("a home");
        add(&home, &[look(NOW - 9, 1)]).expect("noted");
        let held = home.disk().lock(&log(&home)).expect("opened").expect("held");
        let refused = add(&home, &[look(NOW - 5, 2)]).expect_err("held by another");
        assert!(refused.to_string().contains("no look can be noted"), "{refused}");
        drop(held);
        add(&home, &[look(NOW - 5, 3)]).expect("noted");
        assert_eq!(entries(&home), [3, 1]);
    }

    /// The setting that can't be read says what to do about it, whatever bytes it has.
    #[test]
    fn a_setting_that_is_no_text_names_its_remedy() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::locate(Some(folder.path().to_owned())).expect("a home");
        home::make_private_folder(&home.page()).expect("a folder");
        for bytes in [&b""[..], b"{\"on\":tr", b"\x00\x00", b"\xff"] {
            std::fs::write(setting(&home), bytes).expect("written");
            let refused = is_on(&home).expect_err("it can't be read");
            let hint = refused.hint().expect("a remedy");
            assert!(hint.contains("delete page/looks.json"), "{bytes:?}: {hint}");
        }
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
