//! The statement that an entry carries: step 8 of Appendix B, its last part. The entry itself was
//! judged before.

use super::{Author, Check, Judged, Targets, Which, check_form, kind_of};
use crate::book::authority::Authority;
use crate::book::clear::ClearFields;
use crate::book::fault::{Code, Fault};
use crate::format::entry::Entry;
use crate::format::hash::Index;
use crate::format::statement::Statement;
use crate::records::kind::can_be_stated;

/// Judges the statement, as what the entry puts on record.
///
/// # Errors
/// The first fault that makes the entry not genuine.
pub(super) fn judge(
    known: &Authority,
    entry: &Entry,
    targets: &dyn Targets,
    check: Check<'_>,
) -> Result<Judged, Fault> {
    let carried = entry.carried();
    let (hash, statement) = carried.as_ref().map_or_else(
        || Err(fault("the statement that it carries", "nothing", "a statement")),
        |(hash, statement)| Ok((hash, statement)),
    )?;
    let statement: &Statement = statement.map_err(|form| {
        fault("the statement that it carries", &form.to_string(), "the exact form of a statement")
    })?;
    check_place(entry, statement, targets)?;
    if let Some(earlier) = targets.stated_before(hash, entry.index()) {
        return Err(Fault::new(
            Code::Duplicate,
            "the statement that it carries",
            format!("the one that entry {earlier} carries"),
            "one that was not entered before",
        ));
    }
    judge_said(known, entry, statement, targets, check).map_err(|fault| Fault {
        what: format!("in the statement that it carries, {}", fault.what),
        ..fault
    })
}

fn fault(what: &str, found: &str, expected: &str) -> Fault {
    Fault::new(Code::Statement, what, found, expected)
}

/// Whether this statement may stand in this entry.
fn check_place(entry: &Entry, statement: &Statement, targets: &dyn Targets) -> Result<(), Fault> {
    if statement.origin() != entry.origin() {
        let what = "the ledger that its statement is for";
        return Err(fault(what, statement.origin(), entry.origin()));
    }
    if statement.subject() != entry.subject() {
        let what = "the case that its statement is for";
        return Err(fault(what, statement.subject().as_str(), entry.subject().as_str()));
    }
    let kind = statement.says().kind;
    if !can_be_stated(kind) {
        return Err(fault("the kind of its statement", kind, "a kind that can be stated"));
    }
    let (after, hash) = statement.after();
    if after >= entry.index() {
        let expected = format!("below {}", entry.index());
        return Err(fault("the entry that its statement follows", &after.to_string(), &expected));
    }
    let (entered, expires) = (entry.own_words().time, statement.expires());
    if entered >= expires {
        let expected = format!("before {expires}, when its statement expires");
        return Err(fault("when it was entered", &entered.to_string(), &expected));
    }
    match targets.hash_at(after) {
        Some(found) if found != hash => Err(fault(
            &format!("the entry that its statement follows, {after}"),
            &found.short(),
            &hash.short(),
        )),
        _ => Ok(()),
    }
}

fn judge_said(
    known: &Authority,
    entry: &Entry,
    statement: &Statement,
    targets: &dyn Targets,
    check: Check<'_>,
) -> Result<Judged, Fault> {
    let (said, index) = (statement.says(), entry.index());
    let author = Author::of(known, &said, index)?;
    let appointment = author.check(Which::Statement, check)?;
    let person = author.person;
    let (kind, unjudged) = kind_of(&said, index);
    let Some(kind) = kind else {
        return Ok(Judged {
            kind: None,
            clear: None,
            person,
            appointment,
            authorised: false,
            unjudged,
        });
    };
    let clear = ClearFields::of(kind.clear, said.clear, entry);
    let clear = check_form(entry, &said, kind, clear, targets)?;
    if index == Index(1) && !known.blind_at(index) {
        return Err(Authority::not_the_first_appointment(kind.name));
    }
    let authorised = kind.admits(said.role);
    Ok(Judged { kind: Some(kind), clear: Some(clear), person, appointment, authorised, unjudged })
}
