//! What waits, in the made-up school of the tour, where everything is complete at first.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use probity_ledger::book::clear::Decision;
use probity_ledger::book::erasing::Ground;
use probity_ledger::records::form;
use serde_json::json;
use tempfile::TempDir;
use zeroize::Zeroizing;

use super::*;
use crate::store::Mode;
use crate::work::World;
use crate::work::erase::ToErase;
use crate::work::home::Home;
use crate::work::keyring::Keyring;
use crate::work::people::{self, Appoint, Revoke};
use crate::work::record::kind;
use crate::work::record::{self, CaseChoice, Exception, Prepared, Wanted, prepare};
use crate::work::tour::{PASSPHRASE, tour};

const HEAD: &str = "amina-okafor";
const CHAIR: &str = "gareth-lloyd";
const DPO_KEY: &str = "priya-raman";
const CARETAKER: &str = "joe-marsh";

struct School {
    folder: TempDir,
    home: Home,
    world: World,
    /// What waited for each when they were last asked, and how often that was followed to something else.
    before: RefCell<HashMap<String, (Size, Vec<Waiting>)>>,
    followed: Cell<u32>,
}

impl School {
    fn begin() -> Self {
        let folder = TempDir::new().expect("a folder");
        let world = World::real();
        let made = tour(&world, &folder.path().join("school"), &|_| ()).expect("made");
        let home = Home::locate(Some(made.home)).expect("a home");
        Self { home, folder, world, before: RefCell::default(), followed: Cell::new(0) }
    }

    fn keyring(&self) -> Keyring {
        Keyring::of(&self.home)
    }

    fn read<T>(&self, ask: impl FnOnce(&Reading) -> T) -> T {
        ask(&Reading::open(&self.home, &Mode::Browse).expect("opened"))
    }

    fn waiting(&self, key: &str) -> Vec<Waiting> {
        self.read(|reading| {
            let person = Person::of(reading, &self.keyring(), key, self.world.now());
            let person = person.expect("in force");
            let all = of(reading, &person).expect("told");
            let before =
                self.before.borrow_mut().insert(key.to_owned(), (reading.size(), all.clone()));
            if let Some((size, before)) = before
                && let Some(further) = further(reading, &person, &before, size).expect("told")
            {
                assert_eq!(further, all, "{key} from {size}");
                self.followed.set(self.followed.get() + u32::from(before != all));
            }
            all
        })
    }

    /// What waits for a person: entry and address.
    fn acts(&self, key: &str) -> Vec<(u64, String)> {
        self.waiting(key).into_iter().map(|one| (one.entry.0, one.act)).collect()
    }

    fn sign(&self, prepared: &Prepared) -> u64 {
        let passphrase = Zeroizing::new(PASSPHRASE.to_owned());
        let key = self.keyring().unlock(&prepared.by, &passphrase).expect("unlocked");
        let written = record::sign(&self.world, &self.home, prepared, &key).expect("signed");
        written.entries.last().expect("an entry").index().0
    }

    fn prepared(&self, wanted: &Wanted) -> Prepared {
        self.read(|reading| prepare(&self.world, reading, &self.keyring(), wanted))
            .expect("prepared")
    }

    /// An approval by the head of a file that nobody advised on.
    fn approval(&self) -> Wanted {
        let file = self.folder.path().join("dpia.txt");
        std::fs::write(&file, "a DPIA that nobody advised on").expect("written");
        let mut wanted = Wanted::new(kind("dpia-approval").expect("a kind"), HEAD);
        for (name, value) in
            [("advice-followed", json!(true)), ("review-date", json!("2099-01-01"))]
        {
            let field = wanted.kind.field(name).expect("a field");
            wanted.answers.set(name, form::from_json(&field.form, &value).expect("a value"));
        }
        wanted.attach.push(file);
        wanted.case = CaseChoice::New(Some("dpia".to_owned()));
        wanted.decision = Some(Decision::Approved);
        wanted
    }

    fn appoint(&self, name: &str, by: &str) -> Result<Prepared, WorkError> {
        let wanted = Appoint {
            name: name.to_owned(),
            roles: vec!["it-lead".to_owned()],
            by: by.to_owned(),
            role: None,
            public: None,
            same_person_as: None,
            called: None,
            from: None,
            until: None,
            key_made: None,
            qualifications: None,
            date_confirmed: false,
        };
        self.read(|reading| people::appoint(&self.world, reading, &self.keyring(), &wanted))
    }

    fn erase(&self, entry: u64, by: &str) -> Result<Prepared, WorkError> {
        let wanted = ToErase {
            entries: vec![entry.to_string()],
            fields: Vec::new(),
            ground: Ground::Request,
            rule: None,
            by: by.to_owned(),
            role: None,
            date_confirmed: false,
        };
        let all =
            self.read(|reading| erase::prepare(&self.world, reading, &self.keyring(), &wanted));
        all.map(|mut all| all.remove(0))
    }
}

#[test]
fn each_is_told_what_waits_for_them_and_for_nobody_else() {
    let school = School::begin();
    for key in [HEAD, CHAIR, DPO_KEY, CARETAKER] {
        assert_eq!(school.acts(key), [], "{key}: the tour leaves nothing open");
    }

    // An act lacks a signature on the files that it names.
    let approval = school.sign(&school.prepared(&school.approval()));
    let case = school.waiting(DPO_KEY)[0].case.clone().expect("a case");
    assert_eq!(school.acts(DPO_KEY), [(approval, format!("/sign?case={case}&kind=dpo-advice"))]);
    assert!(
        school.waiting(DPO_KEY)[0].what.ends_with("lacks the DPO's advice on this exact content")
    );
    assert_eq!(school.acts(HEAD), [], "its author can't give the other signature");
    assert_eq!(school.acts(CARETAKER), []);

    // The same under an exception, which the chair has to ratify.
    let mut excepted = school.approval();
    excepted.exception = Some(Exception {
        rule: "advice comes first".to_owned(),
        reason: "the app is needed on Monday".to_owned(),
        ratify_role: "chair-of-governors".to_owned(),
        ratify_by: None,
    });
    let under = school.sign(&school.prepared(&excepted));
    let exception = under - 1;
    let acts = school.acts(CHAIR);
    assert_eq!(acts.len(), 1, "{acts:?}");
    assert_eq!(acts[0].0, exception);
    assert!(acts[0].1.starts_with("/record/ratification?case=dpia-"), "{acts:?}");
    assert!(acts[0].1.ends_with(&format!("&link=ratifies:{exception}")), "{acts:?}");
    assert_eq!(school.acts(HEAD), []);
    let mut ratification = Wanted::new(kind("ratification").expect("a kind"), CHAIR);
    ratification.links.push((Relation::Ratifies, exception.to_string()));
    school.sign(&school.prepared(&ratification));
    assert_eq!(school.acts(CHAIR), [], "what is ratified waits no more");

    // An erasure waits for the data protection officer.
    let erasure = school.sign(&school.erase(approval, HEAD).expect("prepared"));
    let for_dpo = school.acts(DPO_KEY);
    assert!(for_dpo.contains(&(erasure, format!("/erase/approve/{erasure}"))), "{for_dpo:?}");
    assert_eq!(school.acts(CHAIR), []);
    let agreed = school.read(|reading| {
        let who = (&*erasure.to_string(), DPO_KEY, None);
        erase::approve(&school.world, reading, &school.keyring(), who, false)
    });
    school.sign(&agreed.expect("prepared"));
    assert!(!school.acts(DPO_KEY).iter().any(|(entry, _)| *entry == erasure));

    // An appointment waits for whoever is appointed.
    let passphrase = Zeroizing::new(PASSPHRASE.to_owned());
    school.keyring().create(&school.world, "Lena Novak", &passphrase).expect("a key");
    let index = school.sign(&school.appoint("Lena Novak", HEAD).expect("prepared"));
    assert_eq!(school.acts("lena-novak"), [(index, "/people/accept".to_owned())]);
    assert_eq!(school.waiting("lena-novak")[0].what, "Accept your appointment as IT lead");
    let accepted = school.read(|reading| {
        people::accept(&school.world, reading, &school.keyring(), "lena-novak", false)
    });
    school.sign(&accepted.expect("prepared"));
    assert_eq!(school.acts("lena-novak"), []);

    // Whoever may not do it is refused here, whatever a page was made to send.
    assert!(school.appoint("Lena Novak", CARETAKER).is_err());
    assert!(school.erase(under, CARETAKER).is_err());
    let revoke = Revoke {
        name: HEAD.to_owned(),
        by: CARETAKER.to_owned(),
        role: None,
        reason: "replaced".to_owned(),
        suspect_since: None,
        date_confirmed: false,
    };
    let refused =
        school.read(|reading| people::revoke(&school.world, reading, &school.keyring(), &revoke));
    assert!(refused.is_err());
    let role = Revoke { role: Some("headteacher".to_owned()), ..revoke };
    let refused =
        school.read(|reading| people::revoke(&school.world, reading, &school.keyring(), &role));
    assert!(refused.is_err(), "a role that they don't hold");
    let waits = school.sign(&school.erase(13, HEAD).expect("prepared")).to_string();
    let agrees = school.read(|reading| {
        erase::approve(&school.world, reading, &school.keyring(), (&waits, CHAIR, None), false)
            .map(|_| ())
    });
    assert!(agrees.is_err(), "only the data protection officer agrees to an erasure");
    assert!(
        school.followed.get() >= 4,
        "new entries were followed {} times",
        school.followed.get()
    );
}
