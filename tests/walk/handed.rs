//! A school with records under names by which tests find them again, and what a bundle's schedule
//! says of them.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::exporting::files;
use super::typed::Typed;
use crate::common::{CARETAKER, CHAIR, DPO, OFFICE, School, index, text, year};

/// The person whose copy is made, somebody whose reference begins like theirs, and another.
pub const THEM: &str = "p-1111";
pub const LONGER: &str = "p-11112";
pub const OTHER: &str = "q-7777";

pub fn case(name: &str, number: u32) -> String {
    format!("{name}-{}-{number:03}", year())
}

/// The school.
pub struct Busy {
    pub school: School,
    pub places: BTreeMap<&'static str, u64>,
}

impl Busy {
    pub fn nothing() -> Self {
        Self { school: School::begun(), places: BTreeMap::new() }
    }

    /// Records something under a name, with options as `typed.rs` has them.
    #[track_caller]
    pub fn record(&mut self, name: &'static str, kind: &str, by: &str, lines: &str) -> u64 {
        let options = Typed::default().options(&self.school, lines);
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let entry = index(&self.school.record(kind, by, &options)["entry"]);
        assert!(self.places.insert(name, entry).is_none(), "{name} twice");
        entry
    }

    pub fn at(&self, names: &[&str]) -> Vec<u64> {
        names.iter().map(|name| self.places[name]).collect()
    }

    /// A link to what was recorded under a name, as an option.
    pub fn link(&self, relation: &str, name: &str) -> String {
        format!("link {relation}={}", self.places[name])
    }

    /// A consent with what came after it, and a request that was answered.
    pub fn begun() -> Self {
        let mut this = Self::nothing();
        let given = "case new\npurposes purpose=press; decision=given\nsubject";
        let own = format!("{given} {THEM}\nwithhold-by-default yes");
        this.record("consent", "consent", OFFICE, &own);
        this.record("longer", "consent", OFFICE, &format!("{given} {LONGER}"));
        this.record("other", "consent", OFFICE, &format!("{given} {OTHER}"));
        let of = format!("case {}", case("consent", 1));
        let taken_back =
            format!("{of}\nsubject {THEM}\nreceived {{hours-ago 24}}\nplaces the hall");
        this.record("withdrawal", "consent-withdrawal", OFFICE, &taken_back);
        let removes = this.link("removes", "withdrawal");
        let removed = format!("{of}\nplace the hall\ndone {{day 0}}\n{removes}");
        this.record("removal", "image-removal", CARETAKER, &removed);
        let asked = format!(
            "case new\ntype subject-access\nreceived {{day -3}}\nsubject {THEM}\n\
             scope everything since September"
        );
        this.record("request", "request", OFFICE, &asked);
        let of = format!("case {}", case("request", 1));
        let told = format!("{of}\nstep acknowledged\ndone {{day -2}}\nsubject-told yes");
        this.record("told", "request-step", OFFICE, &told);
        this.untold("searched", "the safeguarding file is kept back");
        let answer = format!(
            "{of}\nanswered {{day 0}}\noutcome partly-granted\nmethod paper\nserious-harm yes\n\
             withheld notes of the counsellor\nreasons as the letter says\n{}",
            this.link("answers", "request")
        );
        this.record("answer", "request-answer", DPO, &answer);
        let (wrong, about) = (this.link("corrects", "answer"), this.link("about", "request"));
        let corrected = format!("{of}\nwhat-changed more is kept back\n{wrong}\n{about}");
        this.record("corrected-answer", "correction", DPO, &corrected);
        this
    }

    /// A step that who asked wasn't told of.
    pub fn untold(&mut self, name: &'static str, reason: &str) {
        let of = case("request", 1);
        let step = format!("case {of}\nstep searched\ndone {{day -1}}\nreason {reason}");
        self.record(name, "request-step", OFFICE, &step);
    }

    /// Sharing, training, a complaint with what came of it, and one about a camera.
    pub fn and_others(mut self) -> Self {
        let training = format!(
            "course Safe passwords\nheld {{day -30}}\nattendees {THEM}\nattendees {OTHER}\n\
             attach {{pdf attendance.pdf}}"
        );
        self.record("training", "training", OFFICE, &training);
        for (name, class, recipient) in [
            ("shared", "pupil-file", "High School"),
            ("protection", "child-protection-file", "Children's Services"),
        ] {
            self.shared(name, class, recipient);
        }
        let complaint = format!(
            "case new\nreceived {{day -10}}\nsubject {THEM}\ncomplainant pupil\n\
             about {} took my picture, and nobody cared\nattach {{pdf letter.pdf}}",
            OTHER.to_uppercase()
        );
        self.record("complaint", "complaint", OFFICE, &complaint);
        let of = format!("case {}", case("complaint", 1));
        let step =
            format!("{of}\nstep enquiry\ndone {{day -8}}\ndetail spoke with the form teacher");
        self.record("step", "complaint-step", OFFICE, &step);
        self.record("note", "note", OFFICE, &format!("{of}\ntext the family is known to us"));
        for (name, passed) in [("camera", DPO), ("camera-outside", "Gareth Outsider")] {
            let camera = format!(
                "case new\nreceived {{day -5}}\nwhat it looks into the garden\nsubject {THEM}\n\
                 passed-to {passed}"
            );
            self.record(name, "cctv-complaint", CARETAKER, &camera);
        }
        self.covered()
    }

    /// The person's file went to somebody.
    pub fn shared(&mut self, name: &'static str, class: &str, recipient: &str) {
        let shared = format!(
            "recipient {recipient}\nreason a change of school\ncontent-class {class}\n\
             method encrypted\nsent {{day -20}}\nsubject {THEM}"
        );
        self.record(name, "sharing", OFFICE, &shared);
    }

    /// Any record that has nothing to do with it, as the newest.
    pub fn covered(self) -> Self {
        self.school.record("note", CHAIR, &["--text", "the governors met"]);
        self
    }

    /// A bundle, and what was said of it; checked by both verifiers.
    #[track_caller]
    pub fn hand_out(&self, name: &str, options: &[&str]) -> (String, Json) {
        let bundle = self.school.path(name).display().to_string();
        let line = [&["export", "-o", &bundle][..], options].concat();
        self.school.ok(&line);
        let (status, verdict) =
            self.school.verify([bundle.as_str(), "--fingerprint", &self.school.fingerprint]);
        assert_eq!((status, &verdict["verdict"]), (0, &"intact".into()), "{verdict:#}");
        let preview = self.school.json([&["export", "--dry-run"][..], options].concat());
        let lines: Vec<Vec<String>> = schedule(&bundle);
        let previewed = preview["schedule"].as_array().expect("a schedule");
        assert_eq!(lines.len(), previewed.len(), "the preview is what is written");
        for (line, seen) in lines.iter().zip(previewed) {
            assert_eq!(line[1], seen["entry"].to_string());
            assert_eq!(line[6], text(&seen["enclosed"]));
            assert_eq!(line[9], text(&seen["why"]));
        }
        (bundle, preview["summary"].clone())
    }
}

/// The rows of a bundle's schedule.
pub fn schedule(bundle: &str) -> Vec<Vec<String>> {
    let bytes = files(bundle)["data/schedule.csv"].clone();
    let mut reader = csv::Reader::from_reader(&bytes[3..]);
    let row = |row: csv::Result<csv::StringRecord>| {
        row.expect("a row").iter().map(str::to_owned).collect()
    };
    reader.records().map(row).collect()
}

/// The entries that go along with answers.
pub fn disclosed(bundle: &str) -> Vec<u64> {
    let with_answers = schedule(bundle).into_iter().filter(|row| row[6].contains("answers"));
    with_answers.map(|row| row[1].parse().expect("an entry")).collect()
}

/// The row of an entry.
#[track_caller]
pub fn row(bundle: &str, entry: u64) -> Vec<String> {
    let found = schedule(bundle).into_iter().find(|row| row[1] == entry.to_string());
    found.unwrap_or_else(|| panic!("entry {entry} is in the schedule"))
}

/// Field to reason.
#[track_caller]
pub fn withheld(bundle: &str, entry: u64) -> String {
    row(bundle, entry)[7..9].join(" | ")
}
