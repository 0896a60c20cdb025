//! The witnesses that a school uses: `policy.txt` in its home, a C2SP tlog-policy. It says whose
//! cosignatures are asked for and kept, and goes into bundles as what the school claims. Whether
//! a reader trusts any of them is the reader's affair.
//!
//! The file may be written by hand, with groups and a quorum; these actions change one line of
//! it and leave the others as they are.

use probity_keys::PublicKey;
use probity_ledger::format::cosignature::WitnessKey;
use probity_ledger::format::hash::Size;
use probity_ledger::format::policy::{NONE, Policy, Witness, for_ledger, words};

use super::home::Home;
use super::keyring::Keyring;
use super::reading::Reading;
use super::{WorkError, input};
use crate::store::barrier::Barrier;
use crate::store::{Lock, Mode};

/// What a new file begins with.
const BEGINNING: &str = "# The witnesses that this school uses (C2SP tlog-policy). One of them is \
                         enough with `quorum none`.\nquorum none\n";

/// A witness as somebody names it.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// Its verifier key, or the line `witness NAME VKEY [URL]` that it handed over.
    pub vkey: &'a str,
    /// Its name in the policy; the key's own if not given.
    pub name: Option<&'a str>,
    /// Where it takes checkpoints.
    pub url: Option<&'a str>,
}

fn text(home: &Home) -> Result<Option<String>, WorkError> {
    let path = home.path().join("policy.txt");
    match input::lines(&path, input::MAX_SMALL) {
        Ok(lines) => String::from_utf8(lines).map(Some).map_err(|_| {
            WorkError::refused(
                format!("{} is not UTF-8 text", path.display()),
                "save it as UTF-8, or take the file from a backup",
            )
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(WorkError::file("reading", &path)(error)),
    }
}

fn parse(home: &Home, text: &str) -> Result<Policy, WorkError> {
    Policy::parse(text.as_bytes()).map_err(|fault| {
        WorkError::refused(
            format!("{}: {fault}", home.path().join("policy.txt").display()),
            "mend that line, or take the file from a backup",
        )
    })
}

/// The school's policy; without a file, one that names nobody.
///
/// # Errors
/// When the file can't be read.
pub fn policy(home: &Home) -> Result<Policy, WorkError> {
    match text(home)? {
        Some(text) => parse(home, &text),
        None => Ok(Policy { quorum: NONE.to_owned(), ..Policy::default() }),
    }
}

/// What a bundle whose checkpoint has that size says of log and witnesses.
///
/// # Errors
/// As [`policy`].
pub fn for_bundle(home: &Home, reading: &Reading, size: Size) -> Result<String, WorkError> {
    let own = policy(home)?;
    let log = reading.authority.log_key(size);
    Ok(log.map(|log| for_ledger(log, &own)).unwrap_or_default())
}

/// Names a witness that the school uses from now on.
///
/// # Errors
/// A key that is no witness's, or is a person's or the log's; a name or key that is there.
pub fn add(home: &Home, wanted: &Wanted<'_>) -> Result<Witness, WorkError> {
    home.config()?;
    let words: Vec<&str> = wanted.vkey.split_whitespace().collect();
    let (line_name, vkey, line_url) = match words.as_slice() {
        [vkey] => (None, *vkey, None),
        ["witness", name, vkey] => (Some(*name), *vkey, None),
        ["witness", name, vkey, url] => (Some(*name), *vkey, Some(*url)),
        _ => {
            return Err(WorkError::refused(
                "that is no witness's verifier key",
                "take the line that `probity witness new` printed for the witness",
            ));
        }
    };
    let key = WitnessKey::parse(vkey).map_err(|fault| {
        WorkError::refused(
            fault.to_string(),
            "take the line that `probity witness new` printed for the witness",
        )
    })?;
    refuse_used(home, key.key())?;
    let _lock = changing(home)?;
    let name = wanted.name.or(line_name).unwrap_or(key.name());
    let url = wanted.url.or(line_url);
    if let Some(url) = url {
        check_url(url)?;
    }
    let mut file = text(home)?.unwrap_or_else(|| BEGINNING.to_owned());
    if !file.ends_with('\n') {
        file.push('\n');
    }
    let url_word = url.map(|url| format!(" {url}")).unwrap_or_default();
    let line = format!("witness {name} {key}{url_word}\n");
    file.push_str(&line);
    let refused = |fault| {
        WorkError::refused(
            format!("the witness can't be added: {fault}"),
            "`probity witness use` shows who is there; choose another --name",
        )
    };
    let mut policy = Policy::parse(file.as_bytes()).map_err(refused)?;
    if let Some(quorum) = own_quorum(&file) {
        file = with_quorum(&policy, &file, quorum)?;
        policy = Policy::parse(file.as_bytes()).map_err(refused)?;
    }
    // A name with a space would be read as something else.
    let added = policy.witnesses.into_iter().find(|witness| {
        witness.name == name && witness.vkey == key.to_string() && witness.url.as_deref() == url
    });
    let added = added.ok_or_else(|| {
        WorkError::refused(format!("`{name}` can't name a witness"), "use one word")
    })?;
    keep(home, &file)?;
    Ok(added)
}

/// What the program calls the group that is enough.
const ENOUGH: &str = "enough";

/// How many of the witnesses that a school uses are enough for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quorum {
    /// Any one of them (`quorum none`).
    Any,
    /// All of them.
    All,
    /// As many as this.
    AtLeast(u64),
}

impl Quorum {
    /// Reads `any`, `all` or a number.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "any" => Ok(Self::Any),
            "all" => Ok(Self::All),
            other => match other.parse() {
                Ok(number) if number > 0 => Ok(Self::AtLeast(number)),
                _ => Err(format!("`{other}`, expected any, all or a number from 1 on")),
            },
        }
    }
}

/// Says how many of the witnesses are enough, in a group and a quorum line. Returns the policy.
///
/// # Errors
/// A policy with groups that somebody wrote by hand; fewer witnesses than that.
pub fn set_quorum(home: &Home, quorum: Quorum) -> Result<Policy, WorkError> {
    home.config()?;
    let _lock = changing(home)?;
    let file = text(home)?.unwrap_or_else(|| BEGINNING.to_owned());
    let file = with_quorum(&parse(home, &file)?, &file, quorum)?;
    let policy = parse(home, &file)?;
    keep(home, &file)?;
    Ok(policy)
}

/// The rule that [`set_quorum`] wrote, if it did.
fn own_quorum(file: &str) -> Option<Quorum> {
    file.lines().find_map(|line| match words(line).as_slice() {
        ["group", ENOUGH, "all", ..] => Some(Quorum::All),
        ["group", ENOUGH, number, ..] => number.parse().ok().map(Quorum::AtLeast),
        _ => None,
    })
}

/// Whether a line is one that says what is enough.
fn says_enough(line: &str) -> bool {
    matches!(words(line).as_slice(), ["group", ENOUGH, ..] | ["quorum", ..])
}

/// A policy's text with another rule of what is enough.
fn with_quorum(policy: &Policy, file: &str, quorum: Quorum) -> Result<String, WorkError> {
    if policy.groups.iter().any(|group| group.name != ENOUGH) {
        return Err(WorkError::refused(
            "policy.txt has groups that were written by hand",
            "change its group and quorum lines by hand, too",
        ));
    }
    let names: Vec<&str> = policy.witnesses.iter().map(|one| one.name.as_str()).collect();
    let number = match quorum {
        Quorum::Any => None,
        Quorum::All => Some("all".to_owned()),
        Quorum::AtLeast(number) => Some(number.to_string()),
    };
    let wanted = if let Quorum::AtLeast(number) = quorum { number } else { 1 };
    if number.is_some() && (names.len() as u64) < wanted {
        return Err(WorkError::refused(
            format!("{} witnesses are in use, expected {wanted} at least", names.len()),
            "name more with `probity witness use`, or a smaller number with `probity witness quorum`",
        ));
    }
    let enough = match number {
        None => "quorum none".to_owned(),
        Some(number) => format!("group {ENOUGH} {number} {}\nquorum {ENOUGH}", names.join(" ")),
    };
    Ok(with_enough(file, &enough))
}

/// A policy's text with other lines that say what is enough.
fn with_enough(file: &str, enough: &str) -> String {
    let rest = file.lines().filter(|line| !says_enough(line));
    rest.chain([enough, ""]).collect::<Vec<_>>().join("\n")
}

/// Takes a witness out of the policy. What it cosigned stays.
///
/// # Errors
/// When there is none of that name, or a group or the quorum names it.
pub fn remove(home: &Home, name: &str) -> Result<(), WorkError> {
    let _lock = changing(home)?;
    let file = text(home)?.unwrap_or_default();
    let is_it =
        |line: &&str| matches!(words(line).as_slice(), ["witness", found, ..] if *found == name);
    let own = own_quorum(&file);
    let rest: Vec<&str> = file.lines().filter(|line| !is_it(line)).collect();
    if rest.len() == file.lines().count() {
        return Err(WorkError::refused(
            format!("no witness of the name `{name}` is in use"),
            "`probity witness use` shows who is",
        ));
    }
    let mut rest = format!("{}\n", rest.join("\n"));
    if let Some(quorum) = own {
        let left = parse(home, &with_enough(&rest, "quorum none"))?;
        rest = with_quorum(&left, &rest, quorum)?;
    }
    Policy::parse(rest.as_bytes()).map_err(|fault| {
        WorkError::refused(
            format!("without `{name}` the policy would not hold: {fault}"),
            "change the group or quorum in policy.txt first",
        )
    })?;
    keep(home, &rest)
}

/// One witness of the policy, by its name.
///
/// # Errors
/// When there is none, or its key can't cosign.
pub fn named<'a>(policy: &'a Policy, name: &str) -> Result<&'a Witness, WorkError> {
    let found = policy.witnesses.iter().find(|witness| witness.name == name);
    let found = found.filter(|witness| witness.key.is_some());
    found.ok_or_else(|| {
        WorkError::refused(
            format!("no witness of the name `{name}` is in use"),
            "`probity witness use` shows who is",
        )
    })
}

/// Whether an address can be one at which a witness takes checkpoints.
///
/// # Errors
/// When it is of another form.
pub fn check_url(url: &str) -> Result<(), WorkError> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let good = rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.starts_with('/') && rest.chars().all(|c| c.is_ascii_graphic())
    });
    if good && !url.contains(['?', '#', '@']) {
        return Ok(());
    }
    Err(WorkError::refused(
        format!("`{url}` is no address of a witness"),
        "use the https:// address that the witness gave you",
    ))
}

/// No key serves two of person, log and witness.
fn refuse_used(home: &Home, key: &PublicKey) -> Result<(), WorkError> {
    let by_ledger = home.has_ledger() && Reading::open(home, &Mode::Browse)?.authority.uses(key);
    let by_file = Keyring::of(home).list()?.iter().any(|file| file.public == *key);
    if by_ledger || by_file {
        return Err(WorkError::refused(
            format!("key {} is a person's or the record book's own", key.kid().short()),
            "a witness is somebody outside, with a key of their own",
        ));
    }
    Ok(())
}

/// Keeps other processes from changing the policy between this one's reading and its writing.
fn changing(home: &Home) -> Result<Option<Lock>, WorkError> {
    let path = home.path().join("policy.lock");
    Ok(Lock::take_if_any(&**home.disk(), &path, "a change of policy.txt")?)
}

fn keep(home: &Home, text: &str) -> Result<(), WorkError> {
    let path = home.path().join("policy.txt");
    let disk = home.disk();
    disk.replace(&path, text.as_bytes(), Some(Barrier::Policy))
        .and_then(|()| disk.share(&path))
        .and_then(|()| disk.sync_dir(home.path(), Barrier::PolicyName))
        .map_err(WorkError::file("writing", &path))
}
