//! Erasing: what an erasure would take away, whether something holds it, when it is complete,
//! and what is already gone.
//!
//! An erasure is carried out by the append of the entry that completes it (`completed`),
//! whichever of the two signatures comes last. What stops it (`allowed::may_go`) stops either.

use std::collections::BTreeSet;

use probity_ledger::book::clear::ClearFields;
use probity_ledger::book::erasing::{Ground, MOST_FIELDS, Named, Target};
use probity_ledger::format::body::Body;
use probity_ledger::format::cbor::Value;
use probity_ledger::records::kind::Relation;
use probity_ledger::records::roles::DPO;

use self::acts::{is_advised, standing};
use self::allowed::{Going, check, may_go, refuse_own_rule, refuse_untold, rule_named};
use super::backup;
use super::home::Home;
use super::keyring::Keyring;
use super::reading::Reading;
use super::record::{Prepared, Preparing, Wanted, kind};
use super::{WorkError, World, time};
use crate::store::Store as _;

mod acts;
mod allowed;
mod asked;
mod consents;
mod gone;
mod hold;
pub mod retention;

pub use acts::{can_be_agreed_to, waiting};
pub(super) use acts::{completed, foretell};
pub(super) use allowed::is_untold_of_erasing;
pub use asked::still_asked;
pub(super) use gone::Explained;
pub use gone::{Gone, completing, gone};
pub use hold::{Hold, holds};

/// Most records that one erasure names here; the format allows a few more.
pub const MOST: usize = 250;

/// What somebody wants erased.
#[derive(Clone, Debug)]
pub struct ToErase {
    /// The entries, as the user names them.
    pub entries: Vec<String>,
    /// The fields; all of them if none is named.
    pub fields: Vec<String>,
    /// Why.
    pub ground: Ground,
    /// The retention rule under which it is done, as the user names it.
    pub rule: Option<String>,
    /// Who has it erased.
    pub by: String,
    /// In which role.
    pub role: Option<String>,
    /// Whether the date was confirmed.
    pub date_confirmed: bool,
}

/// Prepares erasures: one, or several for more than [`MOST`] records, or more fields than one names.
///
/// # Errors
/// Entries or fields that aren't there, or are gone already; a hold; a retention rule that doesn't
/// say that they go; whatever a record can be refused for.
pub fn prepare(
    world: &World,
    reading: &Reading,
    keyring: &Keyring,
    wanted: &ToErase,
) -> Result<Vec<Prepared>, WorkError> {
    let mut entries = BTreeSet::new();
    for entry in &wanted.entries {
        entries.insert(reading.resolve(entry)?);
    }
    let fields: BTreeSet<&String> = wanted.fields.iter().collect();
    let fields = (!fields.is_empty()).then(|| fields.into_iter().cloned().collect::<Vec<_>>());
    let targets: Vec<Target> =
        entries.into_iter().map(|entry| Target { entry, fields: fields.clone() }).collect();
    for target in &targets {
        check(reading, &reading.record(target.entry)?, target)?;
    }
    let rule = wanted.rule.as_deref().map(|rule| rule_named(reading, rule)).transpose()?;
    let going = Going {
        erasure: None,
        named: targets.iter().map(Named::from).collect(),
        rules: rule.into_iter().collect(),
        agreed: Vec::new(),
    };
    may_go(reading, &[going], world.now())?;
    let kind = kind("erasure")?;
    let mut preparing = Preparing::new(world, reading, keyring);
    let mut all = Vec::new();
    let names = fields.as_ref().map_or(0, Vec::len);
    for some in targets.chunks(MOST.min(MOST_FIELDS / names.max(1)).max(1)) {
        let mut one = Wanted::new(kind, &wanted.by);
        one.role.clone_from(&wanted.role);
        one.date_confirmed = wanted.date_confirmed;
        one.clear = Some(ClearFields::Erasure { entries: some.to_vec(), ground: wanted.ground });
        one.links = some
            .iter()
            .map(|target| (Relation::Erases, target.entry.to_string()))
            .chain(rule.map(|rule| (Relation::About, rule.to_string())))
            .collect();
        let mut prepared = preparing.prepare(one)?;
        let person = reading.authority.person(&prepared.kid());
        refuse_own_rule(reading, &prepared.record().role, person, rule)?;
        let named: Vec<Named> = some.iter().map(Named::from).collect();
        prepared.notes.extend(words(reading, &named)?);
        let complete = match rule {
            Some(rule) => is_advised(reading, rule, person)?,
            None => false,
        };
        prepared.notes.push(if complete {
            "The DPO has agreed to this rule already: it is carried out as soon as you sign."
                .to_owned()
        } else {
            "Nothing is erased before the data protection officer agrees.".to_owned()
        });
        all.push(prepared);
    }
    Ok(all)
}

/// Prepares the data protection officer's agreement to an erasure.
///
/// # Errors
/// When the entry is no erasure or is complete already; what may not be erased; whatever a record can be refused
/// for.
pub fn approve(
    world: &World,
    reading: &Reading,
    keyring: &Keyring,
    (erasure, by, role): (&str, &str, Option<&str>),
    date_confirmed: bool,
) -> Result<Prepared, WorkError> {
    let index = reading.resolve(erasure)?;
    let known = standing(reading, &BTreeSet::from([index]))?;
    let found = known.get(index).ok_or_else(|| {
        WorkError::refused(
            format!("entry {index} is no erasure"),
            "see those that wait with `probity log --kind erasure`",
        )
    })?;
    refuse_untold(reading, &reading.store.hash(index)?)?;
    if known.lacks(found).is_none() {
        return Err(WorkError::refused(
            format!("the erasure in entry {index} is complete and was carried out"),
            format!("see it with `probity show {index}`"),
        ));
    }
    let kind = kind("dpo-advice")?;
    let mut wanted = Wanted::new(kind, by);
    wanted.role = role.map(str::to_owned);
    wanted.date_confirmed = date_confirmed;
    wanted.answers.set("recommendation", Value::text("proceed"));
    wanted.answers.set("advice", Value::text("Agreed to this erasure."));
    wanted.links = vec![(Relation::Advises, index.to_string())];
    let prepared = super::record::prepare(world, reading, keyring, &wanted)?;
    let role = &prepared.record().role;
    if !DPO.contains(&role.as_str()) {
        return Err(WorkError::refused(
            format!("an erasure is agreed to by the data protection officer, not as {role}"),
            "have the data protection officer sign, or their nominee",
        ));
    }
    let on = BTreeSet::from([reading.store.hash(index)?]);
    let person = reading.authority.person(&prepared.kid()).unwrap_or_default();
    if known.would_complete(&on, person).next().is_none() {
        let why = known.lacks(found).unwrap_or_default();
        return Err(WorkError::refused(
            format!("the erasure in entry {index} would still lack something; {why}"),
            "have a representative of the controller sign an erasure of the same records",
        ));
    }
    Ok(prepared)
}

/// What is said once an erasure was carried out: above all, which backups and which requests still
/// hold it.
///
/// # Errors
/// A list of backups that can't be read.
pub fn carried_out(world: &World, home: &Home) -> Result<Vec<String>, WorkError> {
    let mut said = vec!["Erased. `probity verify` says what is gone.".to_owned()];
    let media = backup::media(home)?;
    if media.is_empty() {
        said.push("A copy of the record book that somebody made before still holds it.".to_owned());
    } else {
        said.push(
            "These backups still hold it, until `probity backup FOLDER` brings them up to date:"
                .to_owned(),
        );
        said.extend(
            media.iter().map(|medium| format!("  {} ({})", medium.path.display(), medium.of())),
        );
    }
    said.extend(still_asked(world, home));
    Ok(said)
}

/// What will be gone and what stays, for whoever signs.
fn words(reading: &Reading, targets: &[Named]) -> Result<Vec<String>, WorkError> {
    const SHOWN: usize = 20;
    let mut said = vec!["GONE FOR EVER, and nobody can bring it back:".to_owned()];
    for target in targets.iter().take(SHOWN) {
        let record = reading.record(target.entry)?;
        let missing = record.missing();
        let fields: Vec<&str> = record
            .field_names()
            .into_iter()
            .filter(|field| target.names(field) && !missing.contains(field))
            .collect();
        let files: Vec<String> = record
            .body
            .iter()
            .flat_map(Body::iter)
            .filter(|(name, _)| target.names(name))
            .flat_map(|(_, opening)| probity_ledger::format::body::Document::within(&opening.value))
            .map(|document| document.name)
            .collect();
        let files = if files.is_empty() {
            String::new()
        } else {
            format!("; with the attached files {}", files.join(", "))
        };
        let what = if target.fields().is_none() { "all its answers: " } else { "" };
        said.push(format!(
            "  - entry {} ({}, {}): {what}{}{files}",
            target.entry,
            record.title(),
            time::day_words(&time::iso_day(record.entry.says().time)),
            fields.join(", ")
        ));
    }
    if targets.len() > SHOWN {
        said.push(format!("  - and the answers of {} more entries", targets.len() - SHOWN));
    }
    said.push(
        "What stays: that somebody signed a record of this kind, with their key, role, time and case; \
         signatures and proofs stay good."
            .to_owned(),
    );
    said.push(
        "What this can't reach: copies that were handed out, and backups not refreshed since."
            .to_owned(),
    );
    Ok(said)
}
