//! Records that say as little as they may: taken, and what an inspector would ask is named.

use super::typed::Typed;
use crate::common::{CHAIR, DPO, HEAD, OFFICE, OWNER, School, findings};

/// Kind, author, options, and how each finding begins.
type Bare = (&'static str, &'static str, &'static str, &'static [&'static str]);

const DECISIONS: &[Bare] = &[
    (
        "dpia-approval",
        HEAD,
        "case new
         decision approved-with-conditions
         attach {pdf plan.pdf}",
        &[
            "it is approved with conditions, and none is named",
            "approval before advice: the DPO has not advised on this content",
            "no review date is set",
        ],
    ),
    (
        "dpia-approval",
        HEAD,
        "case new
         decision approved
         advice-followed no
         review-date {day -7}",
        &[
            "it links to no record and names no document",
            "the DPO's advice is overruled without reasons",
            "the DPO's advice is overruled and nobody is named who did it",
            "approval before advice: the DPO has not advised on this content",
            "the review date, ",
        ],
    ),
    (
        "risk-acceptance",
        OWNER,
        "case new
         risks id=R1; impact=major; likelihood=likely
         risks id=R2
         controls control=training; done=no; date={day 30}",
        &[
            "risk R2 has no rating after the controls",
            "risk R1 stays high: processing must not start until the regulator is consulted",
            "the risk is accepted before a control is done: training, due ",
            "no reasons are given",
            "no last day is set",
        ],
    ),
    (
        "breach-report",
        OFFICE,
        "case new
         aware {hours-ago 80}",
        &[
            "still missing for the regulator: the nature of the breach, the kinds of people ",
            "it is not said whether the breach is still going on",
            "it is not said when the breach happened",
            "it is recorded more than 72 hours after awareness (",
        ],
    ),
    (
        "breach-decision",
        HEAD,
        "case new
         risk high
         notify-regulator no
         tell-people no",
        &[
            "the regulator is not notified and no justification is given",
            "a risk is likely, and the regulator is not notified",
            "no breach report stands before this decision",
            "the risk is high, and the people concerned are not told",
            "the DPO's view is missing",
            "it is not said whether the police are told",
        ],
    ),
    (
        "breach-decision",
        DPO,
        "case new
         risk unlikely
         notify-regulator yes
         tell-people yes
         police told",
        &[
            "a risk is called unlikely, and yet the regulator is notified",
            "no breach report stands before this decision",
            "the DPO decided, and no policy at hand gives the DPO this decision",
        ],
    ),
];

const ASSESSMENTS: &[Bare] = &[
    (
        "dpia-screening",
        DPO,
        "case new
         questions short
         initiative a door bell with a camera
         systematic-monitoring yes
         review-date {day -1}",
        &[
            "questions are not answered: new-information, new-recipients, intrusive-technology, ",
            "systematic-monitoring is answered yes, so a DPIA is required, and it doesn't say so",
            "safeguards are not attested: no-one-to-one, separate-work-account, blocked-number, ",
            "its author holds the office of the DPO, who has to review it",
            "no lawful basis is named",
            "it is not said whether anybody was consulted",
            "it is not said how the people concerned are told",
            "it is not said whether the school goes ahead",
            "no reasons are given for the outcome",
            "the review date, ",
        ],
    ),
    (
        "dpia",
        OFFICE,
        "case new
         initiative a door bell with a camera
         processing started
         risks id=R1; description=neighbours are filmed; scale=three-level; level-before=high
         controls risk=R2; kind=technical; text=a smaller picture",
        &[
            "still missing by Art 35(7): how data are obtained, processed, stored and disclosed (a), ",
            "not rated after the controls: risk R1",
            "the DPO must be consulted on what is high, and hasn't advised: risk R1",
            "risk R1 is high, and nothing shows that the controls lower it: processing must not start ",
            "without a control, or a reason why none is needed: risk R1",
            "a control names risk R2, which isn't among the risks",
            "controls that nobody is responsible for: risk R2",
            "processing has started, and nothing is approved",
            "no screening stands before this DPIA",
            "it is not said whether anybody was consulted",
            "no review date is set",
        ],
    ),
    (
        "control-approval",
        OWNER,
        "case new
         controls risk=R1; control=a smaller picture",
        &["it links to no record and names no document"],
    ),
    (
        "ico-consultation",
        DPO,
        "case new
         outcome advice",
        &[
            "no DPIA is here that the regulator could be asked about",
            "it is not said when the regulator was consulted",
            "it is said what the regulator says, and not when",
        ],
    ),
    (
        "dpia-review",
        OFFICE,
        "case new
         trigger incident
         reviewed {day 3}
         outcome changes-needed",
        &[
            "no DPIA or screening is here that it could be of",
            "it is not said what was found",
            "it is dated ",
            "no day of the next review is set",
        ],
    ),
];

const PUPILS: &[Bare] = &[
    (
        "cctv-access",
        OFFICE,
        "case new
         cameras gate
         footage-from {hours-ago 80}
         footage-to 2020-01-01 10:00
         viewed-from {hours-ago 70}
         viewed-to {hours-ago 70}
         reason other
         outcome still",
        &[
            "the footage ends before it begins",
            "no hash of what was taken",
            "no place where what was taken is kept",
            "no date by which what was taken is deleted",
            "the reason is 'other' and nothing explains it",
            "its author is not authorised to view images, and nobody is named who allowed it",
            "signed as Administrator, a role that may not sign this",
        ],
    ),
    (
        "consent",
        OFFICE,
        "case new
         subject p-0001
         purposes purpose=biometric; decision=given
         capacity relative",
        &[
            "parental responsibility of the relative was not checked",
            "the wording is not named, so it can't be shown what was consented to",
            "no last day is set; consent is asked again each school year",
            "for biometric data of an under-18 a parent has to consent in writing",
        ],
    ),
    (
        "consent-withdrawal",
        OFFICE,
        "case new
         received {hours-ago 80}",
        &[
            "it links to no consent; if that is on paper, say so",
            "it names no pupil's reference, so it can't be told whose consent ends",
            "it is not said who withdrew, as what",
            "no purpose is named, so it is read as all of them",
            "no places are listed where copies were looked for or found",
        ],
    ),
];

const OTHERS: &[Bare] = &[
    (
        "policy",
        CHAIR,
        "title Under the Data Protection Act 1998",
        &[
            "the day of adoption is left blank",
            "the body that adopted it is left blank",
            "no day of the next review is set",
            "the policy itself is not attached",
            "it cites the Data Protection Act 1998, which the Act of 2018 replaced",
        ],
    ),
    (
        "note",
        OFFICE,
        "text not known
         occurred 2019-05-01/2020-05-31",
        &[
            "it is recorded long after 31 May 2020, when it happened",
            "answers are said to be not known: text",
        ],
    ),
    (
        "correction",
        CHAIR,
        "link corrects=1
         what-changed x",
        &[
            "no reason is given for the correction",
            "entry 1 is corrected by somebody other than its author",
        ],
    ),
    (
        "exception",
        OFFICE,
        "rule x
         reason y",
        &["no role is named that has to ratify", "no day is set for the ratification"],
    ),
    (
        "paper-signature",
        OFFICE,
        "person Jo Lane
         role mayor
         date {day 30}
         what x
         link about=1",
        &[
            "no scan or minute is attached",
            "the person has no identifier here, so this can't show that two people are different",
            "'mayor' is no role of this ledger, so it completes nothing",
            "the signature is dated ",
        ],
    ),
    (
        "approval",
        HEAD,
        "decision approved
         link approves=1
         conditions x
         occurred 2020-05-01/2020-05-31",
        &[
            "conditions are named, and the decision is approved without conditions",
            "the approval is dated by a span and not by a day",
            "its author wrote what it approves, entry 1",
            "it is recorded long after ",
        ],
    ),
    (
        "ratification",
        OFFICE,
        "link ratifies=1",
        &["no reasons are given", "entry 1 is no exception but a record of kind appointment"],
    ),
    (
        "dpo-advice",
        DPO,
        "recommendation do-not-proceed",
        &[
            "the advice itself is not written down",
            "it links to no record and names no document",
            "it advises against and lists no concerns",
        ],
    ),
];

#[test]
fn a_bare_record_is_taken_and_what_it_lacks_is_named() {
    let school = School::begun();
    let typed = Typed::default();
    for (kind, by, lines, expected) in
        [DECISIONS, ASSESSMENTS, PUPILS, OTHERS].into_iter().flatten()
    {
        let mut line = ["record", kind, "--by", by, "--dry-run"].map(str::to_owned).to_vec();
        line.extend(typed.options(&school, lines));
        let found = findings(&school.json(line));
        let fits = |(found, expected): (&String, &&str)| found.starts_with(expected);
        let all = found.len() == expected.len() && found.iter().zip(*expected).all(fits);
        assert!(all, "{kind}: {found:#?}, expected {expected:#?}");
    }
}
