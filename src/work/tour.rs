//! The tour: a made-up school from nothing to a checked evidence bundle, with real keys, a
//! real record book and no passphrase to type. Everything it makes says PRACTICE.

use std::path::{Path, PathBuf};

use probity_ledger::book::clear::Decision;
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::EntryHash;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::form;
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::Verdict;
use serde_json::{Value as Json, json};
use zeroize::Zeroizing;

use super::export::{Choice, Exported, export};
use super::home::Home;
use super::init::{self, Begin};
use super::keyring::{Keyring, Passphrase};
use super::people::{self, Appoint};
use super::reading::Reading;
use super::record::kind;
use super::record::{self, CaseChoice, Prepared, Wanted};
use super::verify::{self, Asked};
use super::{WorkError, World, time};
use crate::store::Mode;

/// The passphrase of every key of the tour.
pub const PASSPHRASE: &str = "practice makes nobody perfect yet";

/// The made-up people: name, role, and how others know them.
const HEAD: &str = "Amina Okafor";
const CHAIR: &str = "Gareth Lloyd";
const DPO: &str = "Priya Raman";
const OWNER: &str = "Tom Fielding";
const CARETAKER: &str = "Joe Marsh";
const OFFICE: &str = "Ruth Bell";

const SCHOOL: &str = "PRACTICE Northfield Primary School";

/// The DPIA that the tour's people sign, byte for byte.
const DPIA: &str = "PRACTICE: everything here is made up\n\n\
    Data protection impact assessment: homework app for years 5 and 6\n\n\
    Purpose: pupils hand in homework from home; teachers mark it.\n\
    Data: first name, class, work handed in, marks. No photographs, no health data.\n\
    Lawful basis: public task.\n\
    Risk R1: work is seen by people outside the class. Before controls: minor, likely.\n\
    Control C1: sharing outside the class is switched off for the whole school.\n\
    Risk R1 after controls: minor, unlikely.\n";

/// What the tour made.
#[derive(Clone, Debug)]
pub struct Toured {
    /// Its folder.
    pub folder: PathBuf,
    /// The record book's home.
    pub home: PathBuf,
    /// The document that was signed.
    pub document: PathBuf,
    /// The record book's code.
    pub fingerprint: EntryHash,
    /// The verdict on the record book.
    pub ledger: Verdict,
    /// The evidence bundle.
    pub bundle: Exported,
}

struct Guide<'a> {
    world: &'a World,
    home: Home,
    passphrase: Passphrase,
    tell: &'a dyn Fn(&str),
}

/// Makes the school in `folder`, which must not exist yet. `tell` is given each step in words.
///
/// # Errors
/// A folder that exists, or anything that any of its steps refuses.
pub fn tour(world: &World, folder: &Path, tell: &dyn Fn(&str)) -> Result<Toured, WorkError> {
    if folder.exists() {
        return Err(WorkError::refused(
            format!("{} exists already", folder.display()),
            "name another folder with --dir, or delete that one",
        ));
    }
    let documents = folder.join("documents");
    std::fs::create_dir_all(&documents).map_err(WorkError::file("making", &documents))?;
    let document = documents.join("dpia-homework-app.txt");
    std::fs::write(&document, DPIA).map_err(WorkError::file("writing", &document))?;
    let home = Home::locate(Some(folder.join("home")))?;
    let passphrase = Zeroizing::new(PASSPHRASE.to_owned());
    let guide = Guide { world, home: home.clone(), passphrase, tell };
    let fingerprint = guide.people()?;
    guide.policy()?;
    guide.dpia(&document)?;
    guide.breach()?;
    guide.cctv()?;
    guide.consent()?;

    tell("\nChecking the whole record book");
    let ledger = verify::home(&home, &Reader::default(), &Asked::default(), &|_| ())?.verdict;
    tell("Writing an evidence bundle of everything, and checking it from the disk");
    let choice = Choice { all: true, ..Choice::default() };
    let bundle = export(world, &home, &choice, &folder.join("PRACTICE-evidence.zip"))?;
    let note = folder.join("PRACTICE-README.txt");
    let text = format!(
        "PRACTICE: a made-up school, made by `probity tour`. Delete this folder when you like.\n\
         Every key here opens with the passphrase: {PASSPHRASE}\n"
    );
    std::fs::write(&note, text).map_err(WorkError::file("writing", &note))?;
    Ok(Toured {
        folder: folder.to_owned(),
        home: home.path().to_owned(),
        document,
        fingerprint,
        ledger,
        bundle,
    })
}

impl Guide<'_> {
    fn tell(&self, line: &str) {
        (self.tell)(line);
    }

    /// Keys, the first records, appointments and acceptances.
    fn people(&self) -> Result<EntryHash, WorkError> {
        let keyring = Keyring::of(&self.home);
        self.tell("Six people make a key each, in a file that only their passphrase opens");
        for name in [HEAD, CHAIR, DPO, OWNER, CARETAKER, OFFICE] {
            keyring.create(self.world, name, &self.passphrase)?;
        }
        let begin = Begin {
            school: SCHOOL.to_owned(),
            controller: "PRACTICE Governing Body of Northfield Primary School".to_owned(),
            name: HEAD.to_owned(),
            role: "headteacher".to_owned(),
            origin: None,
            answers: Answers::default(),
            practice: true,
            continues: None,
        };
        let key = keyring.unlock(HEAD, &self.passphrase)?;
        let begun = init::begin(self.world, &self.home, &begin, &key)?;
        self.tell(&format!("{HEAD}, headteacher, begins the record book of {SCHOOL}"));
        self.tell(&format!(
            "  its code, for the governors' minutes: {}",
            init::grouped(&begun.fingerprint)
        ));
        let roles: [(&str, &[&str]); 5] = [
            (CHAIR, &["chair-of-governors"]),
            (DPO, &["dpo"]),
            (OWNER, &["asset-owner"]),
            (CARETAKER, &["cctv-caretaker"]),
            (OFFICE, &["administrator"]),
        ];
        for (name, roles) in roles {
            let reading = Reading::open(&self.home, &Mode::Browse)?;
            let wanted = Appoint {
                name: name.to_owned(),
                roles: roles.iter().map(|role| (*role).to_owned()).collect(),
                by: HEAD.to_owned(),
                role: None,
                public: None,
                same_person_as: None,
                called: None,
                from: None,
                until: None,
                key_made: Some("made-for-holder".to_owned()),
                qualifications: None,
                date_confirmed: false,
            };
            let prepared = people::appoint(self.world, &reading, &keyring, &wanted)?;
            drop(reading);
            record::sign(self.world, &self.home, &prepared, &key)?;
        }
        self.tell(
            "She appoints the chair of governors, the data protection officer, an asset owner,",
        );
        self.tell("  the caretaker at the CCTV desk and the office administrator");
        for name in [HEAD, CHAIR, DPO, OWNER, CARETAKER, OFFICE] {
            let reading = Reading::open(&self.home, &Mode::Browse)?;
            let prepared = people::accept(self.world, &reading, &keyring, name, false)?;
            drop(reading);
            self.sign(&prepared)?;
        }
        self.tell("Each accepts with their own key");
        Ok(begun.fingerprint)
    }

    fn policy(&self) -> Result<(), WorkError> {
        let today = time::iso_day(self.world.now());
        let mut wanted = Self::wanted(
            "policy",
            CHAIR,
            json!({
                "title": "PRACTICE data protection policy",
                "policy-version": "1",
                "ratifying-body": "full governing body",
                "approved": today,
                "implemented": today,
                "next-review": self.days_ahead(365),
            }),
        )?;
        wanted.case = CaseChoice::Unsaid;
        let entry = self.record(&wanted)?;
        self.told(&entry, &format!("{CHAIR} puts the data protection policy on record"));
        Ok(())
    }

    fn dpia(&self, document: &Path) -> Result<(), WorkError> {
        self.tell("\nA DPIA is signed, byte for byte");
        let mut advice = Self::wanted(
            "dpo-advice",
            DPO,
            json!({
                "recommendation": "proceed",
                "advice": "Sharing outside the class stays switched off; look again after a year.",
            }),
        )?;
        advice.attach.push(document.to_owned());
        advice.case = CaseChoice::New(Some("dpia".to_owned()));
        let entry = self.record(&advice)?;
        let case = CaseChoice::Existing(entry.subject().as_str().to_owned());
        self.told(&entry, &format!("{DPO} gives the data protection officer's advice: proceed"));
        let mut approval = Self::wanted(
            "dpia-approval",
            HEAD,
            json!({
                "advice-followed": true,
                "review-date": self.days_ahead(365),
            }),
        )?;
        approval.attach.push(document.to_owned());
        approval.case = case.clone();
        approval.decision = Some(Decision::Approved);
        let entry = self.record(&approval)?;
        self.told(
            &entry,
            &format!("{HEAD} approves the same bytes; with both, the approval is complete"),
        );
        let mut risk = Self::wanted(
            "risk-acceptance",
            OWNER,
            json!({
                "risks": [{ "id": "R1", "impact": "minor", "likelihood": "unlikely" }],
                "controls": [{
                    "control": "sharing outside the class switched off",
                    "done": true,
                    "date": time::iso_day(self.world.now()),
                }],
                "reasons": "PRACTICE: little harm could come of it, and it is unlikely",
                "until": self.days_ahead(365),
            }),
        )?;
        risk.case = case;
        let entry = self.record(&risk)?;
        self.told(&entry, &format!("{OWNER} accepts the risk that remains"));
        Ok(())
    }

    fn breach(&self) -> Result<(), WorkError> {
        self.tell("\nA letter went to the wrong address");
        let aware = self.world.now() - 3 * 3600;
        let mut report = Self::wanted(
            "breach-report",
            OFFICE,
            json!({
                "occurred": { "from": aware - 20 * 3600, "to": aware - 19 * 3600 },
                "aware": aware,
                "discovered-by": "the family who opened the letter",
                "source": "other",
                "kind": "human-error",
                "nature": ["confidentiality"],
                "still-occurring": false,
                "data-types": ["name", "attendance"],
                "what-happened": "PRACTICE: a letter about attendance was posted to a neighbour and came back",
                "likely-consequences": "embarrassment; the letter is back and was not copied",
                "people-kinds": ["pupils"],
                "people-count": 1,
                "records-count": 1,
            }),
        )?;
        report.case = CaseChoice::New(None);
        let entry = self.record(&report)?;
        self.told(&entry, &format!("{OFFICE} reports it, with the hour in which the school knew"));
        let mut decision = Self::wanted(
            "breach-decision",
            HEAD,
            json!({
                "risk": "unlikely",
                "notify-regulator": false,
                "justification": "PRACTICE: one letter, back unopened by anyone else within a day",
                "tell-people": "yes",
                "dpo-view": "agrees",
            }),
        )?;
        decision.case = CaseChoice::Existing(entry.subject().as_str().to_owned());
        let entry = self.record(&decision)?;
        self.told(&entry, &format!("{HEAD} decides: the regulator need not be told, and why"));
        Ok(())
    }

    fn cctv(&self) -> Result<(), WorkError> {
        self.tell("\nSomebody looks at CCTV images");
        let now = self.world.now();
        let mut access = Self::wanted(
            "cctv-access",
            CARETAKER,
            json!({
                "cameras": ["gate 2"],
                "footage-from": now - 26 * 3600,
                "footage-to": now - 25 * 3600,
                "viewed-from": now - 1800,
                "viewed-to": now - 1200,
                "reason": "damage",
                "authorised-by": HEAD,
                "outcome": "viewed",
            }),
        )?;
        access.case = CaseChoice::New(None);
        let entry = self.record(&access)?;
        self.told(
            &entry,
            &format!("{CARETAKER} records which camera, which hour, why, and who allowed it"),
        );
        Ok(())
    }

    fn consent(&self) -> Result<(), WorkError> {
        self.tell("\nA parent takes consent back");
        let now = self.world.now();
        let mut consent = Self::wanted(
            "consent",
            OFFICE,
            json!({
                "subject": "p-7f3a2c",
                "capacity": "parent",
                "parental-responsibility-checked": true,
                "purposes": [
                    { "purpose": "website", "decision": "given" },
                    { "purpose": "press", "decision": "refused" },
                ],
                "method": "paper form",
                "from": time::iso_day(now - 40 * 86400),
            }),
        )?;
        consent.case = CaseChoice::New(None);
        let entry = self.record(&consent)?;
        self.told(&entry, &format!("{OFFICE} records a consent, by reference and never by name"));
        let mut withdrawal = Self::wanted(
            "consent-withdrawal",
            OFFICE,
            json!({
                "received": now - 600,
                "subject": "p-7f3a2c",
                "capacity": "parent",
                "purposes": ["website"],
                "places": ["school website, page of the summer fair"],
            }),
        )?;
        withdrawal.case = CaseChoice::Existing(entry.subject().as_str().to_owned());
        let entry = self.record(&withdrawal)?;
        self.told(&entry, &format!("{OFFICE} records its withdrawal, and where copies were found"));
        Ok(())
    }

    fn wanted(name: &str, by: &str, document: Json) -> Result<Wanted, WorkError> {
        let kind = kind(name)?;
        let mut wanted = Wanted::new(kind, by);
        let Json::Object(fields) = document else { return Ok(wanted) };
        for (name, value) in fields {
            let field = kind.field(&name).ok_or_else(|| {
                WorkError::refused(format!("`{}` has no field `{name}`", kind.name), "report this")
            })?;
            let value = form::from_json(&field.form, &value)
                .map_err(|reason| WorkError::refused(format!("{name}: {reason}"), "report this"))?;
            wanted.answers.set(name, value);
        }
        Ok(wanted)
    }

    fn record(&self, wanted: &Wanted) -> Result<Entry, WorkError> {
        let reading = Reading::open(&self.home, &Mode::Browse)?;
        let prepared = record::prepare(self.world, &reading, &Keyring::of(&self.home), wanted)?;
        drop(reading);
        self.sign(&prepared)
    }

    fn sign(&self, prepared: &Prepared) -> Result<Entry, WorkError> {
        let key = Keyring::of(&self.home).unlock(&prepared.by, &self.passphrase)?;
        let written = record::sign(self.world, &self.home, prepared, &key)?;
        written
            .entries
            .into_iter()
            .next_back()
            .ok_or_else(|| WorkError::refused("nothing was signed", "report this"))
    }

    fn told(&self, entry: &Entry, words: &str) {
        let subject = entry.subject().case().map(|case| format!("  ({case})")).unwrap_or_default();
        self.tell(&format!("  entry {:>2}  {words}{subject}", entry.index()));
    }

    fn days_ahead(&self, days: i64) -> String {
        time::iso_day(self.world.now() + days * 86400)
    }
}
