//! What a regulator gets who looks into a case: that case, and what was in force at its date.

use probity::work::time::day_words;

use super::exporting::{entries, holds};
use super::handed::{Busy, THEM, case, disclosed, row, withheld};
use crate::common::{CHAIR, DPO, HEAD, OFFICE, day};

impl Busy {
    fn policy(&mut self, name: &'static str, version: u32, approved: i64) {
        let policy = format!(
            "title Data protection policy\npolicy-version {version}\napproved {{day {approved}}}\n\
             summary what version {version} says\nnext-review {{day -20}}"
        );
        self.record(name, "policy", CHAIR, &policy);
    }

    fn training(&mut self, name: &'static str, held: i64, expires: i64) {
        let training = format!(
            "course Safe passwords\nheld {{day {held}}}\nexpires {{day {expires}}}\nattendees s-4444"
        );
        self.record(name, "training", OFFICE, &training);
    }

    /// What is in force today, and beside each of it what isn't.
    fn in_force() -> Self {
        let mut this = Self::nothing();
        this.policy("old-policy", 1, -900);
        this.policy("policy", 2, -400);
        this.policy("coming-policy", 3, 20);
        this.training("expired-training", -800, -100);
        this.training("training", -90, 200);
        for (name, outcome) in [("screening", "proceed"), ("dropped", "do-not-proceed")] {
            let screening = format!(
                "case new\ninitiative A new register\nquestions ten-questions\noutcome {outcome}"
            );
            this.record(name, "dpia-screening", OFFICE, &screening);
        }
        for (name, supplier, expires) in
            [("supplier", "Registers Ltd", 100), ("former", "Papers Ltd", -50)]
        {
            let check = format!("case new\nsupplier {supplier}\nexpires {{day {expires}}}");
            this.record(name, "supplier-check", OFFICE, &check);
        }
        this
    }

    /// A breach that was reported and decided, with words of a lawyer and a pupil's reference.
    fn and_breach(mut self) -> Self {
        let report =
            format!("case new\naware {{hours-ago 2}}\nwhat-happened the file of {THEM} lay open");
        self.record("report", "breach-report", OFFICE, &report);
        let of = format!("case {}", case("breach", 1));
        let decision = format!(
            "{of}\nrisk unlikely\nnotify-regulator no\njustification nobody saw it\n\
             advice-taken privileged words"
        );
        self.record("decision", "breach-decision", HEAD, &decision);
        let hold = format!("{of}\nscope subject\nsubject {THEM}\nreason inquiry");
        self.record("hold", "hold", DPO, &hold);
        self.covered()
    }
}

#[test]
fn a_regulator_gets_the_case_whole_and_what_was_in_force_at_its_date() {
    let busy = Busy::in_force().and_breach();
    let of = case("breach", 1);
    let (bundle, _) = busy.hand_out("regulator.zip", &["--for", "regulator", "--case", &of]);
    let today = day_words(&day(0));
    let why = |name: &str| row(&bundle, busy.places[name])[9].clone();
    assert_eq!(why("policy"), format!("in force on {today}: policy, its review overdue"));
    assert_eq!(why("training"), format!("in force on {today}: training"));
    assert_eq!(why("screening"), format!("in force on {today}: DPIA, screened and none required"));
    assert_eq!(why("supplier"), format!("in force on {today}: check of a supplier"));
    assert_eq!(why("report"), format!("case {of}, asked for"));
    assert_eq!(row(&bundle, 1)[9], format!("in force on {today}: appointed as Headteacher"));
    assert_eq!(row(&bundle, 7)[9], "an appointment was accepted");
    let found = entries(&bundle);
    for name in ["old-policy", "coming-policy", "expired-training", "dropped", "former"] {
        assert!(!found.contains(&busy.places[name]), "{name}: {found:?}");
    }
    let (_, verdict) = busy.school.verify([&bundle]);
    let cases = verdict["cases"].as_array().expect("cases");
    let whole = cases.iter().find(|one| one["case"] == of.as_str()).expect("the case");
    assert_eq!(whole["whole"], true);
    assert!(holds(&bundle, "nobody saw it") && holds(&bundle, "what version 2 says"));
}

#[test]
fn a_regulator_gets_no_reference_and_no_legal_advice_answered_or_not() {
    let busy = Busy::in_force().and_breach();
    let of = case("breach", 1);
    let choice = ["--for", "regulator", "--case", &of];
    let (bundle, summary) = busy.hand_out("regulator.zip", &choice);
    let of_entry = |name: &str| withheld(&bundle, busy.places[name]);
    assert_eq!(of_entry("decision"), "advice-taken | legal advice, if there is any");
    assert_eq!(of_entry("hold"), "subject | subject reference, if there is any");
    assert_eq!(of_entry("training"), "attendees | subject reference, if there is any");
    assert_eq!(of_entry("report"), " | ");
    assert!(!holds(&bundle, "privileged words") && !holds(&bundle, "s-4444"));
    // A reference in somebody's own words is for the sender's eyes.
    let look = summary["look"].to_string();
    assert!(look.contains("a withheld reference stands in it"), "{look}");
    assert!(holds(&bundle, THEM));
    let field = format!("{}:what-happened", busy.places["report"]);
    let (bundle, summary) =
        busy.hand_out("less.zip", &[&choice[..], &["--withhold", &field]].concat());
    assert!(!holds(&bundle, THEM) && !summary["look"].to_string().contains("withheld reference"));
    assert_eq!(withheld(&bundle, busy.places["report"]), "what-happened | withheld by the sender");

    // The same where nothing was answered: what is withheld tells nothing.
    let mut busy = Busy::nothing();
    let quiet = "case new\nrisk unlikely\nnotify-regulator no\njustification nobody saw it";
    busy.record("decision", "breach-decision", HEAD, quiet);
    let (bundle, _) = busy.hand_out("quiet.zip", &choice);
    assert_eq!(
        withheld(&bundle, busy.places["decision"]),
        "advice-taken | legal advice, if there is any"
    );
}

#[test]
fn a_case_that_happened_earlier_is_set_beside_what_was_in_force_then() {
    let mut busy = Busy::nothing();
    let report =
        "case new\naware {hours-ago 2}\noccurred {day -30}\nwhat-happened an open cupboard";
    busy.record("report", "breach-report", OFFICE, report);
    busy.policy("then", 1, -40);
    busy.policy("now", 2, -10);
    busy.training("taught-then", -31, 300);
    busy.training("taught-now", -29, 300);
    let choice = ["--for", "regulator", "--case", &case("breach", 1)];
    let (bundle, _) = busy.hand_out("then.zip", &choice);
    let (date, today) = (day_words(&day(-30)), day_words(&day(0)));
    for (name, what) in [("then", "policy"), ("taught-then", "training")] {
        assert_eq!(
            row(&bundle, busy.places[name])[9],
            format!("in force on {date}: {what}, recorded afterwards, on {today}"),
        );
    }
    // What came later is no part of it; nobody's appointment was on record then.
    assert_eq!(disclosed(&bundle), busy.at(&["report", "then", "taught-then"]));
}
