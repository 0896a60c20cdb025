//! One notice about a key, for every record book in which it signs (`probity key notice`): the
//! holder signs it once, and each school enters the file.
//!
//! A school believes it of the key itself, or of another key of the same person by its own record
//! book. It ends nothing: until a representative revokes the key, that is due ([`due`]).

use std::collections::BTreeSet;
use std::path::Path;

use probity_keys::{Kid, Signer};
use probity_ledger::book::authority::KeyRecord;
use probity_ledger::book::due::{Due, State, When};
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::{Index, Sha256Hash};
use probity_ledger::format::key_notice::{MAX_NOTICE, MAX_REASON, Notice, SignedNotice, What};

use super::keyring::Keyring;
use super::reading::Reading;
use super::record::{Prepared, Wanted, prepare};
use super::{WorkError, World, bag, input, time};
use crate::store::{Store as _, Term};

/// How far the clock of whoever signed a notice may be ahead, in seconds.
const MAX_AHEAD: i64 = 5 * 60;

/// The rule in the list of what is due.
const RULE: &str = "key-notice-revoke";

/// What a notice is to say.
#[derive(Clone, Debug)]
pub struct Saying {
    /// The name of the key that it is about.
    pub name: String,
    /// What became of the key.
    pub what: What,
    /// Earliest moment at which it may have been in other hands: POSIX seconds.
    pub suspect_since: Option<i64>,
    /// What happened.
    pub reason: Option<String>,
    /// The name of the key that signs, if it is another.
    pub signed_by: Option<String>,
}

impl Saying {
    /// The name of the key that signs.
    #[must_use]
    pub fn signer(&self) -> &str {
        self.signed_by.as_deref().unwrap_or(&self.name)
    }

    /// The notice, still to be signed.
    ///
    /// # Errors
    /// No such keys, a moment that lies ahead, a reason that is too long.
    pub fn notice(&self, world: &World, keyring: &Keyring) -> Result<Notice, WorkError> {
        let reason = self.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
        let notice = Notice {
            kid: keyring.public(&self.name)?.public.kid(),
            what: self.what,
            suspect_since: self.suspect_since,
            reason: reason.map(str::to_owned),
            signer: keyring.public(self.signer())?.public.kid(),
            time: world.now(),
        };
        if let Some(long) = reason.filter(|reason| reason.len() > MAX_REASON) {
            return Err(WorkError::refused(
                format!("the reason is {} bytes long, expected at most {MAX_REASON}", long.len()),
                "say it more shortly; a letter can be attached to a `key-notice` beside it",
            ));
        }
        if self.what == What::Suspect && self.suspect_since.is_none() {
            return Err(WorkError::refused(
                "a suspect key needs the time since when it is suspect",
                "add --suspect-since TIME: the earliest moment at which it may have been in other \
                 hands",
            ));
        }
        notice.check().map_err(|fault| {
            WorkError::refused(
                format!("this can't be said in a notice: {fault}"),
                "give --suspect-since a moment in the past, and for a key that is suspect or lost \
                 alone",
            )
        })?;
        Ok(notice)
    }
}

/// A notice in words, before it is signed or entered.
#[must_use]
pub fn words(notice: &Notice) -> Vec<String> {
    let mut lines = vec![format!("The key {} is {}.", notice.kid, notice.what.name())];
    if let Some(since) = notice.suspect_since {
        lines.push(format!("It may have been in other hands from {}.", time::words(since)));
    }
    if let Some(reason) = &notice.reason {
        lines.push(format!("Reason: {reason}"));
    }
    lines
}

/// Signs a notice, and writes it to a file.
///
/// # Errors
/// Another key, a file that exists, or what the system says.
pub fn write(world: &World, notice: &Notice, key: &dyn Signer, to: &Path) -> Result<(), WorkError> {
    bag::refuse_existing(to)?;
    if key.public().kid() != notice.signer {
        return Err(WorkError::refused(
            "the unlocked key is not the one that signs the notice",
            "unlock that one",
        ));
    }
    let bytes = notice.to_bytes(&key.sign(&notice.to_sign())?);
    SignedNotice::parse(&bytes).map_err(|fault| {
        WorkError::refused(format!("the notice is none: {fault}"), "report this")
    })?;
    bag::write_new(world, to, &bytes)
}

/// A notice that can be entered.
#[derive(Debug)]
pub struct Entering {
    /// The record that enters it.
    pub prepared: Prepared,
    /// What it says.
    pub notice: Notice,
    /// The holder's name, by this record book.
    pub holder: String,
    /// Whether the key is still to be revoked.
    pub in_force: bool,
}

/// Looks through a notice, and prepares the record that enters it.
///
/// # Errors
/// A file that is no notice; about a key that was never appointed here; signed by a key that may
/// not speak for it; entered already; or what [`prepare`] refuses.
pub fn attach(
    world: &World,
    reading: &Reading,
    keyring: &Keyring,
    file: &Path,
    by: &Wanted,
) -> Result<Entering, WorkError> {
    let bytes = input::bytes(file, MAX_NOTICE as u64).map_err(WorkError::file("reading", file))?;
    let signed = SignedNotice::parse(&bytes).map_err(|fault| {
        WorkError::refused(
            format!("{} is no notice about a key: {fault}", file.display()),
            "ask for the file that `probity key notice` wrote",
        )
    })?;
    let notice = signed.says();
    let record = reading.authority.key(&notice.kid).ok_or_else(|| {
        WorkError::refused(
            format!("the key {} was never appointed in this record book", notice.kid),
            "there is nothing to enter here; ask its holder which key they used for this school",
        )
    })?;
    check_signer(reading, &signed, record)?;
    if notice.time > world.now() + MAX_AHEAD {
        return Err(WorkError::refused(
            format!("the notice was signed on {}, which lies ahead", time::words(notice.time)),
            "look at this machine's clock; if it is right, ask for a new notice",
        ));
    }
    let sha256 = Sha256Hash::of(&bytes);
    for index in reading.store.lookup(&Term::Document(sha256))? {
        if reading.entry(index)?.says().kind == "key-notice" {
            return Err(WorkError::refused(
                format!("this notice was entered already, as entry {index}"),
                "nothing is left to do but to have the key revoked",
            ));
        }
    }
    let mut wanted = by.clone();
    wanted.answers.set("what", Value::text(notice.what.name()));
    wanted.answers.set("kid", Value::bytes(notice.kid.0));
    if let Some(since) = notice.suspect_since {
        wanted.answers.set("suspect-since", Value::Int(since));
    }
    if let Some(reason) = &notice.reason {
        wanted.answers.set("reason", Value::text(&**reason));
    }
    wanted.attach = vec![file.to_owned()];
    let mut prepared = prepare(world, reading, keyring, &wanted)?;
    // What was looked through is what is attached, whoever exchanged the file meanwhile.
    if prepared.documents.first().map(|document| document.sha256) != Some(sha256) {
        return Err(WorkError::refused(
            format!("{} was changed while it was read", file.display()),
            "try again",
        ));
    }
    let holder = reading.name(&record.person).unwrap_or("somebody unnamed").to_owned();
    prepared.notes = notes(notice, record, &holder);
    Ok(Entering { prepared, notice: notice.clone(), holder, in_force: record.revoked.is_none() })
}

/// Who signed the notice, and whether they may speak for the key.
fn check_signer(
    reading: &Reading,
    signed: &SignedNotice,
    about: &KeyRecord,
) -> Result<(), WorkError> {
    let notice = signed.says();
    let stranger = |words: &str| {
        WorkError::refused(
            format!("the notice is signed by the key {}, {words}", notice.signer.short()),
            "it counts if the key itself signed it, or another key of the same person that is in force \
             here; a representative can revoke the key without any notice",
        )
    };
    let signer = reading
        .authority
        .key(&notice.signer)
        .ok_or_else(|| stranger("which was never appointed here"))?;
    if signer.person != about.person {
        return Err(stranger("which is another person's"));
    }
    if notice.signer != notice.kid
        && let Some(revoked) = &signer.revoked
    {
        return Err(stranger(&format!("which was revoked by entry {}", revoked.index)));
    }
    signed.verify(&signer.key).map_err(|fault| {
        WorkError::refused(
            format!("the notice is not as it was signed: {fault}"),
            "don't enter it; ask the key's holder for it again, by another way",
        )
    })
}

fn notes(notice: &Notice, record: &KeyRecord, holder: &str) -> Vec<String> {
    let signed = if notice.signer == notice.kid {
        "by the key itself".to_owned()
    } else {
        format!("by another key of the same person ({})", notice.signer.short())
    };
    let mut notes = vec![
        format!("The key is {holder}’s ({}).", notice.kid.short()),
        format!("The notice was signed {signed}, on {}.", time::words(notice.time)),
    ];
    notes.push(match &record.revoked {
        Some(revoked) => format!("The key was revoked by entry {}.", revoked.index),
        None => "This ends nothing: a representative has to revoke the key.".to_owned(),
    });
    notes
}

/// The options of `revoke` that end the key that a notice is about.
#[must_use]
pub fn revoke_options(what: What, suspect_since: Option<i64>) -> String {
    let reason = match what {
        What::Suspect => "key-suspect",
        What::Lost => "key-lost",
        What::Replaced => "replaced",
    };
    match (suspect_since, what) {
        (Some(since), _) => format!("--reason {reason} --suspect-since \"{}\"", time::words(since)),
        (None, What::Suspect) => format!("--reason {reason} --suspect-since TIME"),
        (None, _) => format!("--reason {reason}"),
    }
}

/// The keys that notices are about and that were appointed: each to be revoked, by what was on
/// record at a moment. Of several notices about one key the first counts.
///
/// # Errors
/// Damage.
pub fn due(reading: &Reading, at: i64) -> Result<Vec<Due>, WorkError> {
    let mut all = Vec::new();
    let mut seen: BTreeSet<Kid> = BTreeSet::new();
    for index in reading.store.lookup(&Term::Kind("key-notice".to_owned()))? {
        let record = reading.shown(index)?;
        let time = record.entry.says().time;
        let Some(answers) = record.answers().filter(|_| time <= at) else { continue };
        let kid = answers.get("kid").and_then(Value::as_bytes);
        let Some(kid) = kid.and_then(|kid| <[u8; 32]>::try_from(kid).ok()).map(Kid) else {
            continue;
        };
        let Some(key) = reading.authority.key(&kid) else { continue };
        let what = answers.text("what").and_then(What::named).unwrap_or(What::Suspect);
        if !seen.insert(kid) {
            continue;
        }
        let options = revoke_options(what, answers.integer("suspect-since"));
        let day = |time| time::local_day(time).map_or(When::NotKnown, When::Day);
        let revoked = match &key.revoked {
            Some(revoked) => Some(reading.entry(revoked.index)?.says().time),
            None => None,
        };
        let state = match revoked.filter(|revoked| *revoked <= at) {
            Some(revoked) => State::Met { on: day(revoked) },
            None => State::Open,
        };
        all.push(due_one((index, time), &kid, (what, &options), state, reading.name(&key.person)));
    }
    Ok(all)
}

fn due_one(
    (entry, time): (Index, i64),
    kid: &Kid,
    (what, options): (What, &str),
    state: State,
    holder: Option<&str>,
) -> Due {
    Due {
        rule: RULE,
        title: format!(
            "Revoke the key {}, of which a notice says that it is {} (`probity revoke NAME {options}`)",
            kid.short(),
            what.name()
        ),
        about: holder.map(str::to_owned),
        case: None,
        entry,
        when: time::local_day(time).map_or(When::NotKnown, When::Day),
        legal: None,
        target: None,
        source: "docs/guide/losing-a-key.md",
        state,
        uid: format!("key-notice-{entry}"),
        corrected: None,
    }
}
