//! The rules: what each says, where it comes from, and from when to when it is in force.

use jiff::civil::Date;

use super::{Reading, Rule};

/// The day on which the rules were taken from their sources.
const TAKEN: Date = Date::constant(2026, 11, 26);

/// The General Data Protection Regulation applies from this day; as the UK GDPR since 2021.
const GDPR: Option<Date> = Some(Date::constant(2018, 5, 25));

const fn rule(
    id: &'static str,
    title: &'static str,
    source: &'static str,
    reading: Reading,
    (from, until): (Option<Date>, Option<Date>),
    text: &'static str,
) -> Rule {
    Rule { id, title, source, reading, taken: TAKEN, from, until, text }
}

/// Every rule, each version of one id in the order of time.
pub static RULES: &[Rule] = &[
    rule(
        "breach-72h",
        "A breach is notified to the regulator",
        "Art 33(1), (5) UK GDPR, as the policy quotes it in §9.3",
        Reading::Text,
        (GDPR, None),
        "Within 72 elapsed hours of awareness, which is not the incident. Weekends and holidays \
         count, and the clocks' change moves nothing: it is computed in seconds. When it is later, the reasons for \
         the delay go with it. Not needed where a risk to people is unlikely; then \
         the decision is signed and says why. With several reports in one case the earliest \
         awareness counts. Met when a `breach-told` says that the regulator was told; a letter to it \
         alone doesn't. A decision not to notify, by somebody who may decide, ends it.",
    ),
    rule(
        "breach-content",
        "What the regulator is told of a breach",
        "Art 33(3), (4) UK GDPR, as the policy quotes it in §9.3",
        Reading::Text,
        (GDPR, None),
        "Its nature, with the kinds and about the numbers of people and of records; who can be \
         asked; the likely consequences; the measures. It may come in phases. No date: what is \
         missing is shown with the case.",
    ),
    rule(
        "breach-people",
        "The people concerned are told of a breach",
        "Art 34 UK GDPR; policy §9.7",
        Reading::Part,
        (GDPR, None),
        "Without undue delay, when the risk to them is high; not where nobody else can read the \
         data, the risk has gone since, or it would take disproportionate effort (then a public \
         notice). The law gives no number of days, so it never turns overdue by itself. It is \
         listed from the decision that people are told, or that the risk is high, until they were.",
    ),
    rule(
        "dpia-content",
        "What a DPIA holds",
        "Art 35(7) UK GDPR",
        Reading::Part,
        (GDPR, None),
        "A description and the purposes; necessity and proportionality; the risks; the measures. \
         No date.",
    ),
    rule(
        "dpia-advice",
        "The DPO advises on every DPIA",
        "Art 35(2) UK GDPR; the regulator's guidance on reasons",
        Reading::Part,
        (GDPR, None),
        "Where a DPO is designated, their advice is sought; going against it needs reasons and a \
         name. An approval that was given before the advice on the same content is interim: the \
         advice follows within 14 days of it, unless the policy says otherwise. The 14 days are \
         this program's.",
    ),
    rule(
        "dpia-consult",
        "The regulator is consulted on a high risk that remains",
        "Art 36(1), (2) UK GDPR",
        Reading::Text,
        (GDPR, None),
        "Before the processing starts, where a high risk remains after the controls: a red cell of \
         the policy's scales, or a level of high. Until then processing must not start, \
         nor while the regulator prohibits it, which no further question lifts. Met when it was consulted, after the DPIA, about each \
         such risk. The regulator answers within 8 weeks of the consultation, or 6 weeks more if it says so; its \
         limit is not moved from weekends.",
    ),
    rule(
        "dpia-review",
        "A DPIA is reviewed",
        "Art 35(11) UK GDPR; the review periods of the Derbyshire form",
        Reading::Part,
        (GDPR, None),
        "On the day that was planned, and no later than a year after completion or the last \
         review; where none was planned, 6 months after. A policy's own period replaces both. At \
         once when risk, supplier, scope or law changes: listed when something that an approval \
         rests on was corrected afterwards, or when a ground of transfer falls.",
    ),
    rule(
        "ropa",
        "The record of processing activities is kept and reviewed",
        "Art 30(1) UK GDPR",
        Reading::Text,
        (GDPR, None),
        "Each activity on the day that its record names for the next review. The law gives no \
         period.",
    ),
    rule(
        "fee",
        "The regulator's fee is renewed",
        "The Data Protection (Charges and Information) Regulations 2018, SI 2018/480",
        Reading::Part,
        (GDPR, None),
        "Every year: by the day on which the registration expires, or a year after it was made \
         where that day is not on record. Met by the next registration.",
    ),
    rule(
        "sar-month",
        "A rights request is answered (day after)",
        "Art 12(3) UK GDPR, counted as the regulator's guidance did; policy §13.4",
        Reading::Text,
        (GDPR, Some(Date::constant(2019, 8, 14))),
        "As from 15 August 2019, but counted from the day after receipt.",
    ),
    rule(
        "sar-month",
        "A rights request is answered",
        "Art 12(3), 12A UK GDPR; the regulator's guidance on time limits",
        Reading::Part,
        (Some(Date::constant(2019, 8, 15)), None),
        "Within a month. The clock starts on the day of receipt, or when the last of identity, \
         authority or a fee arrives, of those that were asked for while the limit had not passed. \
         It ends on the same date of the next month, or on that month's last day if it has no \
         such date; on a weekend or bank holiday, on the next working day. School holidays don't \
         pause it. A request keeps the rule of its own day.",
    ),
    rule(
        "sar-clarify",
        "Asking for clarification pauses the clock (guidance)",
        "The regulator's guidance on the right of access",
        Reading::Account,
        (None, Some(Date::constant(2026, 2, 4))),
        "As from 5 February 2026. The pause came from guidance alone.",
    ),
    rule(
        "sar-clarify",
        "Asking for clarification pauses the clock",
        "Art 12A UK GDPR, by s.76 Data (Use and Access) Act 2025; in force by SI 2026/82 reg 2",
        Reading::Account,
        (Some(Date::constant(2026, 2, 5)), None),
        "Requests for access only, where it is reasonably required. The days from asking to the \
         answer, both included, don't count: as many are added to the month and to its extension, \
         and also to the month for telling of an extension. No day is added twice, and none before \
         the start. The clock of a question that is open stands still. (Read in its sister \
         provision, s.54(3C) Data Protection Act 2018.)",
    ),
    rule(
        "sar-extend",
        "A rights request is extended",
        "Art 12(3), 12A UK GDPR; the regulator's guidance on time limits",
        Reading::Part,
        (GDPR, None),
        "To three months from the start, when a request is complex or one of many: the person is \
         told, with the reasons, before the first month has ended. An extension that is told later, \
         or not at all, doesn't count.",
    ),
    rule(
        "sar-targets",
        "The school's own targets for requests",
        "policy §13.1, §13.4",
        Reading::Text,
        (None, None),
        "Acknowledged in 15 days of receipt, answered in 15 days, and at the latest in 28, of the \
         start of the clock; pauses are added. A policy's targets for `sar-acknowledge`, \
         `sar-month` and `sar-internal` replace these. They are shown beside the legal limit and \
         are not moved from weekends.",
    ),
    rule(
        "edu-record",
        "A parent's request for the educational record",
        "Education (Pupil Information) (England) Regulations 2005, SI 2005/1437, reg 5(2)",
        Reading::Part,
        (Some(Date::constant(2005, 7, 8)), None),
        "Within 15 school days of a parent's written request; the day of receipt doesn't count. \
         England; schools that a local authority maintains but nurseries, and non-maintained \
         special schools. (The policy says working days.) School days come from the school's \
         calendar, and without one the limit can't be computed. A request that this right doesn't \
         cover is one for access, with its month.",
    ),
    rule(
        "exam-marks",
        "Exam marks that are asked for before results",
        "Data Protection Act 2018 Sch 2 para 25; policy §13.2.3",
        Reading::Part,
        (GDPR, None),
        "The earlier of 5 months from the request and 40 days from the announcement of results, of \
         which the day of the announcement is the first. Neither is moved from a weekend or \
         holiday. Once results are announced, the usual month applies. What a candidate wrote is \
         exempt.",
    ),
    rule(
        "complaint",
        "A complaint is acknowledged",
        "Data Protection Act 2018 s.164A(3) to (5), by s.103 Data (Use and Access) Act 2025; the \
         regulator's guidance on counting",
        Reading::Part,
        (Some(Date::constant(2026, 6, 19)), None),
        "Within 30 days; the day after receipt is day 1; on a weekend or bank holiday, on the next \
         working day. An outcome within them needs no acknowledgement apart. Progress and outcome \
         follow without undue delay: listed until the outcome, and never overdue by itself.",
    ),
    rule(
        "biometric",
        "Biometric data of pupils",
        "Protection of Freedoms Act 2012 ss.26 to 28",
        Reading::Text,
        (Some(Date::constant(2013, 9, 1)), None),
        "Under 18, England and Wales: each parent is notified, one consents in writing; any \
         parent's written objection prevails, and so does the child's refusal, however expressed. \
         Another way is offered. No date.",
    ),
    rule(
        "transfer-ground",
        "EU-US Privacy Shield",
        "Commission Implementing Decision (EU) 2016/1250; void by CJEU C-311/18",
        Reading::Account,
        (Some(Date::constant(2016, 7, 12)), Some(Date::constant(2020, 7, 15))),
        "A ground of transfer to firms in the United States until the Court declared it void on 16 \
         July 2020. What rested on it is reviewed at once.",
    ),
    rule(
        "transfer-ground",
        "Adequacy regulations",
        "Data Protection Act 2018 s.17A and Sch 21",
        Reading::Account,
        (Some(Date::constant(2021, 1, 1)), None),
        "A ground of transfer to the countries that regulations name, each from its own day.",
    ),
    rule(
        "transfer-ground",
        "International data transfer agreement, and addendum",
        "Data Protection Act 2018 s.119A; in force 21 March 2022",
        Reading::Account,
        (Some(Date::constant(2022, 3, 21)), None),
        "A ground of transfer by contract. The European Commission's older clauses alone are none \
         since 21 March 2024.",
    ),
    rule(
        "transfer-ground",
        "UK extension to the EU-US Data Privacy Framework",
        "The Data Protection (Adequacy) (United States of America) Regulations 2023, SI 2023/1028",
        Reading::Text,
        (Some(Date::constant(2023, 10, 12)), None),
        "A ground of transfer to firms in the United States that take part in the extension.",
    ),
    rule(
        "rights-by-basis",
        "Erasure, portability and objection by lawful basis",
        "Art 17, 20, 21 UK GDPR, as policy §3 tabulates them",
        Reading::Text,
        (GDPR, None),
        "Erasure on vital interests, legitimate interests, contract and consent; portability on \
         contract and consent; objection on public task and legitimate interests, and consent is \
         withdrawn instead. Recognised legitimate interests, from 5 February 2026, stand as \
         legitimate interests do, and not for the tasks of public authorities. It is never a \
         ground to refuse by itself: data processed unlawfully go on any basis, and no right to \
         erasure never means kept for ever. No date.",
    ),
    rule(
        "consent-year",
        "Consent is asked for again",
        "policy §11.3",
        Reading::Text,
        (None, None),
        "At the start of each school year: the first day of its terms by the school's calendar, or \
         1 September. Listed once for a school year, while a consent from before it stands, or ran \
         out in the school year before, and no later answer for the same pupil is on record.",
    ),
    rule(
        "withdrawal-places",
        "A withdrawn consent is carried out",
        "Art 7(3) UK GDPR; policy §11.3",
        Reading::Part,
        (GDPR, None),
        "Open until every place where copies were found is dealt with and the confirmation sent. \
         The law gives no number of days: it is listed from receipt on, and turns overdue only by \
         a policy's target.",
    ),
    rule(
        "cctv-delete",
        "Footage is deleted",
        "policy §10.5",
        Reading::Text,
        (None, None),
        "After the school's own period; neither law nor policy has a figure. For a camera in use, \
         its period from the end of the footage that was deleted last, or from its first day. For \
         a still or clip that was taken, the day that its record names, or else the camera's \
         period from the footage.",
    ),
    rule(
        "image-3y",
        "Images of pupils who left",
        "policy §11.4",
        Reading::Text,
        (None, None),
        "At most 3 years after the pupil has left. The record book knows no pupil's leaving day, so \
         nothing is listed.",
    ),
    rule(
        "policy-year",
        "A policy is reviewed",
        "policy §14",
        Reading::Text,
        (None, None),
        "Every year, or when the law changes: on the day that it names itself, if that lies no \
         later than the end of the month a year after it was adopted, and otherwise a year after \
         it was adopted. A policy's own period replaces the year. Met by the next version.",
    ),
    rule(
        "covert-end",
        "Covert monitoring ends",
        "policy §10.4",
        Reading::Text,
        (None, None),
        "With its investigation, and by the longest end that its authorisation names.",
    ),
    rule(
        "ratification",
        "An exception is ratified",
        "this program's rule for exceptions",
        Reading::Text,
        (None, None),
        "By the day that it names, or within 10 working days of it, by another person in the role \
         that it names; on paper, by somebody who is known here. A correction of the exception \
         changes nothing for what was signed under it.",
    ),
    rule(
        "acceptance-until",
        "An accepted risk is accepted anew",
        "the acceptance's own last day; policy §12.8",
        Reading::Text,
        (None, None),
        "By the last day of the acceptance. Met when all of its risks are accepted again, or by the \
         next DPIA of the case; one that corrects an earlier one is the same DPIA.",
    ),
    rule(
        "action",
        "Something is to be done",
        "the day that a record sets for it",
        Reading::Text,
        (None, None),
        "Actions, the controls that a DPIA assigns, the actions of a screening and the \
         recommendations of an investigation, each by its day. Ticked off by an `action-done` \
         about it: about a record that holds several, the one whose text it names, or else whose mark, \
         if no other bears it.",
    ),
    rule(
        "hold-review",
        "A hold is reviewed",
        "the day that the hold sets for it",
        Reading::Text,
        (None, None),
        "On its day, unless somebody who may has released it.",
    ),
    rule(
        "supplier-expiry",
        "A supplier's check runs out",
        "Art 28 UK GDPR; the day that the check names",
        Reading::Account,
        (None, None),
        "On its day. Met by the next check of the same supplier and service.",
    ),
    rule(
        "training-expiry",
        "A training runs out",
        "policy §9.9; the day that the training names",
        Reading::Text,
        (None, None),
        "On its day. Met once all who took part, or where they aren't named all the roles, were trained \
         in the same course again.",
    ),
    rule(
        "privacy-notice-review",
        "A privacy notice is reviewed",
        "Art 12 to 14 UK GDPR; the day that the notice names",
        Reading::Account,
        (None, None),
        "On its day. Met by the next version.",
    ),
    rule(
        "regulator-reply",
        "A letter to or from the regulator is answered",
        "the day that the letter names",
        Reading::Text,
        (None, None),
        "On its day. Met by the next contact the other way in the same case, about it, or under \
         the same reference.",
    ),
    rule(
        "bank-holidays",
        "Bank holidays and working days",
        "Banking and Financial Dealings Act 1971 Sch 1; royal proclamations",
        Reading::Part,
        (Some(Date::constant(1978, 1, 1)), None),
        "England and Wales, computed for any year: New Year's Day, Good Friday, Easter Monday, the \
         first and last Mondays in May, the last Monday in August, Christmas and Boxing Day, with \
         the days kept instead of those on weekends. Days that were moved or given once are in a \
         table. A working day is neither one of these nor on a weekend.",
    ),
];
