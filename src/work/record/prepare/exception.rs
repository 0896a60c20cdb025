//! The exception under which a record is signed: written with it, right before it; and the
//! permissions that need one.

use probity_ledger::book::clear::ClearFields;
use probity_ledger::book::rules::days::working_days_after;
use probity_ledger::format::cbor::Value;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::kind::{Class, Relation, Signers};

use super::check_answers;
use crate::work::compose::{Draft, LinkTo};
use crate::work::people::role_named;
use crate::work::record::{Exception, kind};
use crate::work::{WorkError, time};

/// An exception covers the record that follows it, and is written with it.
pub(super) fn refuse_excepts(links: &[(Relation, String)]) -> Result<(), WorkError> {
    if links.iter().all(|(relation, _)| *relation != Relation::Excepts) {
        return Ok(());
    }
    Err(WorkError::refused(
        "a record can't be put under an exception that is on record already",
        "an exception is for the record that follows it: add --exception RULE --exception-reason \
         TEXT --ratify-role ROLE",
    ))
}

/// Puts the exception before the record that stands under it, or refuses a permission that
/// nobody in this role can give.
pub(super) fn with_exception(
    mut draft: Draft,
    exception: Option<&Exception>,
    now: i64,
) -> Result<Vec<Draft>, WorkError> {
    let admitted = draft.kind.admits(&draft.role);
    let may = match draft.kind.signers {
        Signers::OneOf(may) => may,
        Signers::AnyAppointed | Signers::Appointee => &[],
    };
    let Some(exception) = exception else {
        if draft.kind.class != Class::Permission || admitted {
            return Ok(vec![draft]);
        }
        return Err(WorkError::refused(
            format!(
                "a `{}` permits something still to come, and {} may not sign it; {} may",
                draft.kind.name,
                draft.role,
                may.join(", ")
            ),
            "have one of them sign; in an emergency add --exception RULE --exception-reason TEXT \
             --ratify-role ROLE",
        ));
    };
    let ratify_role = role_named(&exception.ratify_role)?;
    let kind = kind("exception")?;
    let ratify_by = match &exception.ratify_by {
        Some(day) => day.clone(),
        None => ten_working_days(now),
    };
    let mut answers = Answers::default();
    answers.set("rule", Value::text(&*exception.rule));
    answers.set("reason", Value::text(&*exception.reason));
    answers.set("ratify-role", Value::text(ratify_role));
    answers.set("ratify-by", Value::text(ratify_by));
    check_answers(kind, &answers)?;
    let before = Draft {
        kind,
        subject: draft.subject.clone(),
        role: draft.role.clone(),
        links: Vec::new(),
        clear: ClearFields::Nothing,
        answers,
        attachments: Vec::new(),
        openings: None,
    };
    draft.links.push((Relation::Excepts, LinkTo::Before));
    Ok(vec![before, draft])
}

/// That the last day for ratifying an exception is past on the day on which it is signed.
pub(super) fn overdue_at_once(drafts: &[Draft], now: i64) -> Option<String> {
    let exception = drafts.iter().find(|draft| draft.kind.name == "exception")?;
    let day = exception.answers.text("ratify-by")?;
    // Days in their one form stand in the order of their text.
    (day < time::iso_day(now).as_str()).then(|| {
        format!(
            "the last day for ratifying it, {}, is past: it is overdue at once",
            time::day_words(day)
        )
    })
}

/// Ten working days on, as the deadline of a ratification is computed where none is set.
fn ten_working_days(now: i64) -> String {
    let start = time::iso_day(now);
    let Ok(day) = start.parse() else { return start };
    working_days_after(day, 10).to_string()
}
