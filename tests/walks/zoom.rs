//! A school that closed in spring 2020 took to Zoom, and enters its papers years later: a screening
//! and a DPIA, the DPO's advice, the head's approval against it, and the acceptance of the risks.
//! Everything is taken as it was written, and what doesn't fit together is named.

use serde_json::{Value as Json, json};

use crate::common::{DPO, HEAD, OFFICE, OWNER, School, index, since, text};

/// Where the school's answers lie.
fn answers(name: &str) -> String {
    format!("{}/tests/walks/zoom/{name}.json", env!("CARGO_MANIFEST_DIR"))
}

/// Requires exactly these findings: the rule, and how its sentence begins.
#[track_caller]
fn asks(report: &Json, expected: &[(&str, &str)]) {
    let all = report["findings"].as_array().expect("a list of findings");
    let found: Vec<_> = all.iter().map(|one| (text(&one["rule"]), text(&one["text"]))).collect();
    let fits = |(found, expected): (&(String, String), &(&str, &str))| {
        found.0 == expected.0 && found.1.starts_with(expected.1)
    };
    let same = found.len() == expected.len() && found.iter().zip(expected).all(fits);
    assert!(same, "found {found:#?}, expected {expected:#?}");
}

#[test]
fn papers_of_2020_are_taken_whole_and_what_contradicts_itself_is_named() {
    let school = School::begun();

    // The office enters the screening. It is an act only once the DPO has reviewed it.
    let screening = school.record(
        "dpia-screening",
        OFFICE,
        &["--case", "new", "--from-json", &answers("screening")],
    );
    let case = text(&screening["case"]);
    let missing = json!(["missing: the DPO's review of this screening"]);
    assert_eq!(screening["incomplete"], missing);
    asks(
        &screening,
        &[
            ("dpia-review", "the review date, 4 May 2021, has passed"),
            (
                "action-owner",
                "actions have nobody who does them, or no day: Have everything deleted",
            ),
            ("late-entry", "it is recorded long after 4 May 2020"),
        ],
    );
    let in_case = |kind: &str, by: &str, name: &str| {
        school.record(kind, by, &["--case", &case, "--from-json", &answers(name)])
    };
    let review = in_case("dpo-advice", DPO, "review");
    asks(&review, &[("late-entry", "it is recorded long after 4 May 2020")]);
    assert_eq!(school.show(&screening["entry"])["since"]["complete"], true);

    // The assessment: fifteen risks, each with its control, and the questions on the principles.
    let dpia = in_case("dpia", OWNER, "dpia");
    let treated = school.show(&dpia["entry"]);
    asks(&dpia, DPIA);
    assert_eq!(treated["findings"], dpia["findings"], "years later it is asked the same");

    // The DPO advises to use it as little as possible, and the head goes on.
    let advice = in_case("dpo-advice", DPO, "advice");
    asks(&advice, &[("late-entry", "it is recorded long after 5 May 2020")]);
    let approval = in_case("dpia-approval", HEAD, "approval");
    assert_eq!(approval["incomplete"], json!([]), "advice and approval are on the same content");
    asks(&approval, APPROVAL);
    let dpia_since = since(&school.show(&dpia["entry"]));
    let approved = format!("approved by entry {}", index(&approval["entry"]));
    assert!(dpia_since.contains(&approved), "{dpia_since}");

    // The owner of the data accepts what remains, while two controls are still to come.
    let acceptance = in_case("risk-acceptance", OWNER, "acceptance");
    asks(&acceptance, ACCEPTANCE);

    assert_eq!(school.log(&["--case", &case]).len(), 6);
    let (status, verdict) = school.verify(["--fail-on", "incomplete"]);
    assert_eq!((status, &verdict["verdict"]), (0, &json!("intact")));
}

/// What an inspector asks about the assessment.
const DPIA: &[(&str, &str)] = &[
    ("basis-stated", "the lawful basis is answered by the letter 'E'"),
    ("special-condition", "special category data are or may be processed, and no condition"),
    (
        "training-denied",
        "it relies on training against risks 3.12.1, 3.12.3, and says that none is",
    ),
    (
        "transfer-ground",
        "transfer to United States: the EU-US Privacy Shield is no ground since 16",
    ),
    (
        "transfer-ground",
        "transfer to Malaysia: a contract on the EU's standard clauses without the",
    ),
    ("transfer-differs", "transfers are listed, and 'Do data go outside the European Economic"),
    ("new-data", "it says that no new data are processed, and that data are given to others"),
    ("risk-rating", "risk 3.2 is medium where it is found, and low where it is treated"),
    ("risk-rating", "not rated where they are found: risks 3.1, 3.5"),
    (
        "residual-rating",
        "not rated after the controls: risks 3.1, 3.2, 3.3, 3.4, 3.5, 3.6, 3.7, 3.8",
    ),
    ("responsibility", "controls that nobody is responsible for: risks 3.1, 3.2, 3.3, 3.4, 3.5"),
    ("dpo-named", "two people are named as DPO: Mary O’Neill, and Sunita Rao in entry 13"),
    ("dpo-prepared", "Mary O’Neill is named as DPO, and prepared entry 13"),
    ("dpo-conflict", "Mary O’Neill is named as DPO, and as the school's lead in entry 13"),
    ("started-before-approval", "processing started on 20 April 2020, and nothing is approved"),
    (
        "screening-differs",
        "the purposes differ; only here: meetings that can't be held in one room",
    ),
    ("screening-differs", "the people concerned differ; only here: governors, contacts at other"),
    ("special-data", "special category data: yes here, and no in the screening (entry 13)"),
    ("new-data", "no new data here, and the screening (entry 13) answers whether new information"),
    ("new-data", "no new data here, and the screening (entry 13) answers whether others get"),
    ("dpia-review", "the review date, 4 November 2020, has passed"),
    ("late-entry", "it is recorded long after 4 May 2020"),
    ("unknown-answer", "answers are said to be not known: principles"),
];

/// What an inspector asks about its approval.
const APPROVAL: &[(&str, &str)] = &[
    ("vague-date", "the approval is dated by a span and not by a day"),
    ("unknown-at-approval", "entry 15 is approved with answers not known: principles"),
    ("dpia-review", "the review date, 4 November 2020, has passed"),
    ("risk-not-accepted", "approved before anybody accepted what remains of risks 3.1, 3.2, 3.3"),
    ("control-not-approved", "nobody has approved the controls of risks 3.1, 3.2, 3.3"),
    (
        "transfer-ground",
        "transfer to United States: the EU-US Privacy Shield is no ground since 16",
    ),
    (
        "transfer-ground",
        "transfer to Malaysia: a contract on the EU's standard clauses without the",
    ),
    (
        "started-before-approval",
        "processing started on 20 April 2020, before it was approved on 31",
    ),
    ("late-entry", "it is recorded long after 31 May 2020"),
];

/// What an inspector asks about the acceptance.
const ACCEPTANCE: &[(&str, &str)] = &[
    (
        "acceptance-before-controls",
        "accepted before the DPIA (entry 15) shows their controls done: risk 3.12.3",
    ),
    (
        "acceptance-before-controls",
        "the risk is accepted before a control is done: The notice says",
    ),
    ("acceptance-until", "its last day, 4 November 2020, has passed"),
    ("late-entry", "it is recorded long after 29 May 2020"),
];
