//! Erasing: what an erasure would take away, whether something holds it, when it is complete,
//! and what is already gone.
//!
//! An erasure is carried out by the append of the entry that completes it (`completed`),
//! whichever of the two signatures comes last. Under a hold, neither is taken.

use std::collections::{BTreeMap, BTreeSet};

use probity_ledger::book::authority::Authority;
use probity_ledger::book::clear::ClearFields;
use probity_ledger::book::erasing::{Erasures, Ground, MOST_FIELDS, Named, Target};
use probity_ledger::format::body::Body;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::{EntryHash, Index};
use probity_ledger::records;
use probity_ledger::records::kind::Relation;
use probity_ledger::records::roles::{ADMINISTRATOR, DPO};
use serde::Serialize;

use super::backup;
use super::history::judged;
use super::home::Home;
use super::keyring::Keyring;
use super::reading::{Reading, Record};
use super::record::{Prepared, Preparing, Wanted};
use super::{WorkError, World, time};
use crate::store::{Erase, Store as _, Term};

mod asked;
mod consents;
mod hold;
pub mod retention;

pub use asked::still_asked;
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
    let held = holds(reading)?;
    for target in &targets {
        check(reading, &reading.record(target.entry)?, target)?;
        hold::refuse(reading, &held, target.entry)?;
    }
    consents::refuse(reading, &targets)?;
    let rule = wanted.rule.as_deref().map(|rule| rule_named(reading, rule)).transpose()?;
    if let Some(rule) = rule {
        retention::refuse(reading, rule, targets.iter().map(|target| target.entry), world.now())?;
    }
    let kind = records::newest("erasure")
        .ok_or_else(|| WorkError::refused("this program knows no erasures", "report this"))?;
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
/// When the entry is no erasure or is complete already; a hold; whatever a record can be refused
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
    if known.lacks(found).is_none() {
        return Err(WorkError::refused(
            format!("the erasure in entry {index} is complete and was carried out"),
            format!("see it with `probity show {index}`"),
        ));
    }
    let kind = records::newest("dpo-advice")
        .ok_or_else(|| WorkError::refused("this program knows no advice", "report this"))?;
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

/// What the data protection officer's advice on these entries would have erased, in words; empty
/// if nothing.
///
/// # Errors
/// A hold; damage.
pub(super) fn foretell(
    reading: &Reading,
    on: &[Index],
    person: Option<[u8; 16]>,
) -> Result<Vec<String>, WorkError> {
    let known = standing(reading, &erasures_on(reading, on)?)?;
    let mut said = Vec::new();
    let Some(person) = person else { return Ok(said) };
    let mut hashes = BTreeSet::new();
    for index in on {
        hashes.insert(reading.store.hash(*index)?);
    }
    let held = holds(reading)?;
    for erasure in known.would_complete(&hashes, person) {
        for target in &erasure.targets {
            hold::refuse(reading, &held, target.entry)?;
        }
        said.push(format!(
            "This completes the erasure in entry {}, and it is carried out at once.",
            erasure.index
        ));
        said.extend(words(reading, &erasure.targets)?);
    }
    Ok(said)
}

/// What erasures these entries make complete, of those that were not before: the last of them is
/// about to be appended.
///
/// # Errors
/// A hold on what would be erased; damage.
pub(super) fn completed(
    reading: &Reading,
    authority: &Authority,
    frame: &[(&Entry, &[u8])],
) -> Result<Vec<Erase>, WorkError> {
    let kind = |entry: &Entry| entry.says().kind.to_owned();
    let bears = |entry: &Entry| matches!(kind(entry).as_str(), "erasure" | "dpo-advice");
    let (mut advised, mut about) = (Vec::new(), BTreeSet::new());
    for (entry, _) in frame.iter().filter(|(entry, _)| bears(entry)) {
        for link in entry.says().links {
            let Some(at) = reading.find(&link.entry)? else { continue };
            if link.rel == Relation::Advises.name() {
                advised.push(at);
            } else if link.rel == Relation::About.name() && kind(entry) == "erasure" {
                about.insert(at);
            }
        }
    }
    let erases = frame.iter().any(|(entry, _)| kind(entry) == "erasure");
    let old = erasures_on(reading, &advised)?;
    if !erases && old.is_empty() {
        return Ok(Vec::new());
    }
    let mut old = around(reading, &old)?;
    for rule in about {
        old.insert(rule);
        old.extend(advice_on(reading, &reading.store.hash(rule)?)?);
    }
    let mut known = gather(reading, &old)?;
    let before: BTreeSet<Index> = known.complete().map(|erasure| erasure.index).collect();
    for (entry, body) in frame {
        let kind = records::find(entry.says().kind, entry.says().version);
        let body = Body::parse(body).ok();
        known.note(entry, &judged(authority, entry, kind), body.as_ref());
    }
    let mut erase: BTreeMap<Index, Option<BTreeSet<String>>> = BTreeMap::new();
    let held = holds(reading)?;
    for erasure in known.complete().filter(|erasure| !before.contains(&erasure.index)) {
        for target in &erasure.targets {
            hold::refuse(reading, &held, target.entry)?;
            let fields = erase.entry(target.entry).or_insert_with(|| Some(BTreeSet::new()));
            match (fields.as_mut(), target.fields()) {
                (Some(fields), Some(more)) => fields.extend(more.map(str::to_owned)),
                _ => *fields = None,
            }
        }
    }
    let erase = erase.into_iter().map(|(index, fields)| Erase {
        index,
        fields: fields.map(|fields| fields.into_iter().collect()),
    });
    Ok(erase.collect())
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

/// Fields of an entry that are gone, and by what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gone {
    /// Their names, in the order of the questions.
    pub fields: Vec<String>,
    /// The erasure.
    pub by: Index,
    /// Its ground.
    pub ground: &'static str,
    /// When it was signed, as claimed: POSIX seconds.
    pub time: i64,
    /// Who signed it.
    pub signed_by: String,
}

impl Gone {
    /// In words: `subject, detail: erased on 12 October 2026 by entry 301 (retention), signed by …`.
    #[must_use]
    pub fn words(&self) -> String {
        format!(
            "{}: erased on {} by entry {} (ground: {}), signed by {}; what stood there is gone for ever",
            self.fields.join(", "),
            time::day_words(&time::iso_day(self.time)),
            self.by,
            self.ground,
            self.signed_by
        )
    }
}

/// What is gone of an entry, by which complete erasures.
///
/// # Errors
/// Damage.
pub fn gone(reading: &Reading, record: &Record) -> Result<Vec<Gone>, WorkError> {
    let missing = record.missing();
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let naming = linking(reading, &record.entry.hash(), Relation::Erases, "erasure")?;
    let known = standing(reading, &naming.into_iter().collect())?;
    let erased = known.erased();
    let mut all = Vec::new();
    for (erasure, target) in erased.get(&record.index()).into_iter().flatten() {
        let fields = missing.iter().filter(|field| target.names(field));
        all.push(Gone {
            fields: fields.map(|field| (*field).to_owned()).collect(),
            by: erasure.index,
            ground: erasure.ground.name(),
            time: erasure.time,
            signed_by: reading.signer_and_role(&reading.entry(erasure.index)?),
        });
    }
    all.retain(|gone| !gone.fields.is_empty());
    Ok(all)
}

/// The complete erasures of entries, and the entries that make them complete: for a bundle.
pub(super) struct Explained {
    /// By entry: what complete erasures name of it.
    by_entry: BTreeMap<Index, Vec<Explanation>>,
    /// By erasure: the rules and the advice that make it complete.
    supports: BTreeMap<Index, BTreeSet<Index>>,
}

/// What one complete erasure names of an entry.
struct Explanation {
    by: Index,
    ground: Ground,
    named: Named,
}

impl Explained {
    /// All erasures of the ledger.
    ///
    /// # Errors
    /// Damage.
    pub fn of(reading: &Reading) -> Result<Self, WorkError> {
        let all = reading.store.lookup(&Term::Kind("erasure".to_owned()))?;
        let known = standing(reading, &all.into_iter().collect())?;
        let mut by_entry: BTreeMap<Index, Vec<Explanation>> = BTreeMap::new();
        for (entry, erasures) in known.erased() {
            let each = erasures.into_iter().map(|(erasure, named)| Explanation {
                by: erasure.index,
                ground: erasure.ground,
                named: named.clone(),
            });
            by_entry.insert(entry, each.collect());
        }
        let complete = known.complete();
        let supports = complete.map(|erasure| (erasure.index, known.supports(erasure))).collect();
        Ok(Self { by_entry, supports })
    }

    fn on(&self, index: Index) -> impl Iterator<Item = &Explanation> {
        self.by_entry.get(&index).into_iter().flatten()
    }

    /// The erasures that name an entry, with the rules and the advice that make them complete.
    pub fn enclosed(&self, index: Index) -> BTreeSet<Index> {
        let mut found = BTreeSet::new();
        for one in self.on(index) {
            found.insert(one.by);
            found.extend(self.supports.get(&one.by).into_iter().flatten());
        }
        found
    }

    /// Whether complete erasures name everything that is missing of a record.
    pub fn all_missing(&self, record: &Record) -> bool {
        let named = |field: &&str| self.on(record.index()).any(|one| one.named.names(field));
        record.missing().iter().all(named)
    }

    /// By which entry a field is erased, in words.
    pub fn why(&self, index: Index, field: &str) -> Option<String> {
        let one = self.on(index).find(|one| one.named.names(field))?;
        Some(format!("erased for ever by entry {} (ground: {})", one.by, one.ground.name()))
    }
}

/// Those of these entries that are erasures and wait for a signature.
///
/// # Errors
/// Damage.
pub fn waiting(
    reading: &Reading,
    entries: impl Iterator<Item = Index>,
) -> Result<Vec<Index>, WorkError> {
    let mut erasures = BTreeSet::new();
    for index in entries {
        if reading.entry(index)?.says().kind == "erasure" {
            erasures.insert(index);
        }
    }
    let known = standing(reading, &erasures)?;
    Ok(known.incomplete().map(|act| act.entry).filter(|index| erasures.contains(index)).collect())
}

/// Whether an erasure that waits would be complete with this person's agreement as data protection
/// officer.
///
/// # Errors
/// Damage.
pub fn can_be_agreed_to(
    reading: &Reading,
    index: Index,
    person: [u8; 16],
) -> Result<bool, WorkError> {
    let known = standing(reading, &BTreeSet::from([index]))?;
    let on = BTreeSet::from([reading.store.hash(index)?]);
    Ok(known.would_complete(&on, person).any(|erasure| erasure.index == index))
}

/// These erasures, with what can make them complete.
fn standing(reading: &Reading, erasures: &BTreeSet<Index>) -> Result<Erasures, WorkError> {
    gather(reading, &around(reading, erasures)?)
}

/// Erasures with the entries that can make them complete.
fn around(reading: &Reading, erasures: &BTreeSet<Index>) -> Result<BTreeSet<Index>, WorkError> {
    let mut found = erasures.clone();
    for index in erasures {
        let entry = reading.entry(*index)?;
        found.extend(advice_on(reading, &entry.hash())?);
        for link in entry.says().links.iter().filter(|link| link.rel == "about") {
            found.extend(reading.find(&link.entry)?);
            found.extend(advice_on(reading, &link.entry)?);
        }
    }
    Ok(found)
}

fn gather(reading: &Reading, entries: &BTreeSet<Index>) -> Result<Erasures, WorkError> {
    let mut known = Erasures::default();
    for index in entries {
        let record = reading.shown(*index)?;
        let judged = judged(&reading.authority, &record.entry, record.kind);
        known.note(&record.entry, &judged, record.body.as_ref());
    }
    Ok(known)
}

fn advice_on(reading: &Reading, hash: &EntryHash) -> Result<Vec<Index>, WorkError> {
    linking(reading, hash, Relation::Advises, "dpo-advice")
}

/// The entries of a kind that link to one by a relation.
fn linking(
    reading: &Reading,
    hash: &EntryHash,
    relation: Relation,
    kind: &str,
) -> Result<Vec<Index>, WorkError> {
    let mut found = Vec::new();
    for index in reading.store.lookup(&Term::LinksTo(*hash))? {
        let entry = reading.entry(index)?;
        let payload = entry.says();
        let links = payload.links.iter().any(|l| l.rel == relation.name() && l.entry == *hash);
        if links && payload.kind == kind {
            found.push(index);
        }
    }
    Ok(found)
}

/// The erasures among these entries, and those about a retention rule among them.
fn erasures_on(reading: &Reading, entries: &[Index]) -> Result<BTreeSet<Index>, WorkError> {
    let mut found = BTreeSet::new();
    for index in entries {
        let entry = reading.entry(*index)?;
        match entry.says().kind {
            "erasure" => {
                found.insert(*index);
            }
            "retention-rule" => {
                found.extend(linking(reading, &entry.hash(), Relation::About, "erasure")?);
            }
            _ => {}
        }
    }
    Ok(found)
}

/// Whether the data protection officer, another person than `author`, advised on a rule.
fn is_advised(reading: &Reading, rule: Index, author: Option<[u8; 16]>) -> Result<bool, WorkError> {
    let hash = reading.store.hash(rule)?;
    let mut around: BTreeSet<Index> = advice_on(reading, &hash)?.into_iter().collect();
    around.insert(rule);
    Ok(author.is_some_and(|author| {
        gather(reading, &around).is_ok_and(|known| known.is_advised(&hash, author))
    }))
}

/// Refuses what isn't there, is gone already, or has to stay.
fn check(reading: &Reading, record: &Record, target: &Target) -> Result<(), WorkError> {
    let index = target.entry;
    let payload = record.entry.says();
    let missing = record.missing();
    for field in target.fields.iter().flatten() {
        if payload.commitment(field).is_none() {
            let clear = payload.clear.get(field.as_str()).is_some();
            return Err(WorkError::refused(
                format!("entry {index} has no field `{field}` that could be erased"),
                if clear {
                    "it stands in clear, because rules of authority read it, and stays".to_owned()
                } else {
                    format!("see its fields with `probity show {index}`")
                },
            ));
        }
        if missing.contains(&field.as_str()) {
            return Err(WorkError::refused(
                format!("field `{field}` of entry {index} is erased already"),
                format!("see by whom with `probity show {index}`"),
            ));
        }
    }
    if missing.len() == payload.body.len() {
        return Err(WorkError::refused(
            format!("entry {index} has nothing left that could be erased"),
            format!("see by whom it was erased with `probity show {index}`"),
        ));
    }
    let on_erasing = payload.kind == "dpo-advice" && advises_erasing(reading, record)?;
    if payload.kind == "erasure" || on_erasing {
        return Err(WorkError::refused(
            format!(
                "entry {index} is part of an erasure, and has to stay so that others can check it"
            ),
            "erase other entries",
        ));
    }
    Ok(())
}

fn advises_erasing(reading: &Reading, record: &Record) -> Result<bool, WorkError> {
    for (relation, hash) in record.links() {
        if *relation == Relation::Advises
            && let Some(at) = reading.find(hash)?
            && matches!(reading.entry(at)?.says().kind, "erasure" | "retention-rule")
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn rule_named(reading: &Reading, text: &str) -> Result<Index, WorkError> {
    let index = reading.resolve(text)?;
    let record = reading.record(index)?;
    let payload = record.entry.says();
    if payload.kind != "retention-rule" {
        return Err(WorkError::refused(
            format!("entry {index} is no retention rule but a {}", record.title()),
            "see the rules with `probity log --kind retention-rule`",
        ));
    }
    if !record.kind.is_some_and(|kind| kind.admits(payload.role)) {
        return Err(WorkError::refused(
            format!("nobody with the authority for it signed the retention rule in entry {index}"),
            "have a representative of the controller record it",
        ));
    }
    Ok(index)
}

/// An administrator erases under a rule that somebody else signed.
fn refuse_own_rule(
    reading: &Reading,
    role: &str,
    person: Option<[u8; 16]>,
    rule: Option<Index>,
) -> Result<(), WorkError> {
    if role != ADMINISTRATOR {
        return Ok(());
    }
    let Some(rule) = rule else {
        return Err(WorkError::refused(
            "an administrator may erase under a retention rule only",
            "name the rule with --rule ENTRY, or have a representative of the controller sign",
        ));
    };
    if reading.authority.person(&reading.entry(rule)?.says().kid) == person {
        return Err(WorkError::refused(
            format!("you signed the retention rule in entry {rule} yourself"),
            "have another person sign the erasure, or another representative the rule",
        ));
    }
    Ok(())
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
