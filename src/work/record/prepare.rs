//! From what the author gives to a record that is ready to be shown: everything in its order, the
//! answers and the clear fields. Nothing is written here.

use probity_ledger::book::clear::{ClearFields, Decision};
use probity_ledger::format::entry::Subject;
use probity_ledger::format::hash::Index;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::common::{self, REFUSED};
use probity_ledger::records::form::{self, AnswerFault};
use probity_ledger::records::kind::{Clear, Kind, Relation};

use self::author::{Signer, choose_role, refuse_ungenuine};
use self::case::choose_case;
use self::exception::{overdue_at_once, refuse_excepts, with_exception};
use self::files::attach;
use self::findings::find;
use self::links::{add_usual_links, check_belonging, check_required_links, resolve_links};
use self::notes::{mends_words_only, said_before, without_effect};
use super::others::{check_another_person, content, given, pointed};
use super::{Prepared, Wanted, state_of};
use crate::store::Store as _;
use crate::work::compose::{self, Draft, LinkTo};
use crate::work::desk::Desk;
use crate::work::keyring::Keyring;
use crate::work::people::role_named;
use crate::work::reading::Reading;
use crate::work::{WorkError, World, paper};

mod author;
mod case;
mod exception;
mod files;
mod findings;
mod links;
mod notes;

pub use links::usual_targets;
pub(crate) use notes::would_erase;

/// The import that an imported record links, in the preview.
const IMPORT: &str = "the import that comes before it";

/// Prepares a record.
///
/// # Errors
/// Everything that would make it wrong, unresolvable or not permitted.
pub fn prepare(
    world: &World,
    reading: &Reading,
    keyring: &Keyring,
    wanted: &Wanted,
) -> Result<Prepared, WorkError> {
    Preparing::new(world, reading, keyring).prepare(wanted.clone())
}

/// Prepares the entry that carries a statement.
///
/// # Errors
/// Who may not sign, or a clock that can't be right.
pub(crate) fn prepare_statement(
    world: &World,
    reading: &Reading,
    keyring: &Keyring,
    wanted: &Wanted,
    mut draft: Draft,
) -> Result<Prepared, WorkError> {
    let mut preparing = Preparing::new(world, reading, keyring);
    compose::check_clock(&mut preparing.desk, draft.kind, preparing.now, wanted.date_confirmed)?;
    let signer = preparing.signer(&wanted.by)?;
    let named = wanted.role.as_deref().map(role_named).transpose()?;
    draft.role = choose_role(draft.kind, named.as_deref(), &signer.held, &signer.file)?;
    let basis = vec![(draft.subject.clone(), preparing.desk.case_head(&draft.subject)?)];
    let who = (&*signer.name, &*signer.file, signer.kid);
    let mut prepared =
        Prepared::shown(draft, who, Vec::new(), Vec::new(), Vec::new(), false, Vec::new());
    (prepared.date_confirmed, prepared.basis) = (wanted.date_confirmed, basis);
    Ok(prepared)
}

/// Records being prepared in view of one state of the ledger, at one moment. What several ask
/// for, above all their author's key, is read once.
pub struct Preparing<'a> {
    now: i64,
    keyring: &'a Keyring,
    desk: Desk<'a>,
    author: Option<Signer>,
}

impl<'a> Preparing<'a> {
    /// Begins; nothing is read yet but the clock.
    #[must_use]
    pub fn new(world: &World, reading: &'a Reading, keyring: &'a Keyring) -> Self {
        Self { now: world.now(), keyring, desk: Desk::of(reading), author: None }
    }

    /// Prepares a record.
    ///
    /// # Errors
    /// As [`prepare`](fn@prepare).
    pub fn prepare(&mut self, wanted: Wanted) -> Result<Prepared, WorkError> {
        let (kind, now) = (wanted.kind, self.now);
        compose::check_clock(&mut self.desk, kind, now, wanted.date_confirmed)?;
        let signer = self.signer(&wanted.by)?;
        let named = wanted.role.as_deref().map(role_named).transpose()?;
        let role = choose_role(kind, named.as_deref(), &signer.held, &signer.file)?;
        refuse_ungenuine(kind, &role)?;
        let clear = clear_fields(&wanted);
        let mut answers = wanted.answers;
        refuse_excepts(&wanted.links)?;
        let (documents, attachments) = attach(self.keyring, kind, &mut answers, &wanted.attach)?;
        check_answers(kind, &answers)?;
        let desk = &mut self.desk;
        let links = resolve_links(desk, &wanted.links)?;
        let keyring = self.keyring;
        let (subject, new_case) = choose_case(desk, keyring, kind, &wanted.case, &links, now)?;
        let links = add_usual_links(desk, (kind, &role), &subject, links, documents.is_empty())?;
        check_required_links(kind, &links)?;
        check_belonging(desk, kind, &subject, &links)?;
        let clear = clear?;
        check_another_person(desk.reading, kind, (&signer.kid, &role), &links, &documents)?;
        let mut draft = Draft {
            kind,
            subject: subject.clone(),
            role: role.clone(),
            links: links
                .iter()
                .map(|(rel, index)| Ok((*rel, LinkTo::Entry(desk.reading.store.hash(*index)?))))
                .collect::<Result<_, WorkError>>()?,
            clear,
            answers,
            attachments,
            openings: None,
        };
        let content = content(desk.reading, &pointed(&links), &documents)?;
        let mut findings = find(desk, &draft, (&links, &content), &signer, now)?;
        if wanted.imported {
            // The import has no hash before it is signed; readers find it by this link.
            draft.links.push((Relation::About, LinkTo::First));
            findings.extend(common::imported(kind));
        }
        if let Some(finding) = findings.iter().find(|finding| REFUSED.contains(&finding.rule)) {
            return Err(WorkError::refused(
                format!("{} ({})", finding.text, finding.rule),
                "this is never recorded as permitted; ask your data protection officer",
            ));
        }
        let next = Index(desk.reading.store.head().size.0);
        if let Some(never) = paper::never_held(desk.reading, kind, &draft.answers, next) {
            return Err(WorkError::refused(
                never.text,
                "have them appointed, with --from if they held the role before; or leave the \
                 person's identifier out: then it counts for nobody whom this record book knows",
            ));
        }
        let mut notes = without_effect(desk, kind, &role, &links)?;
        let at = (&signer.kid, now);
        notes.extend(would_erase(desk.reading, kind, &draft.answers, &links, at)?);
        notes.extend(mends_words_only(desk, kind, &links)?);
        if !wanted.imported {
            notes.extend(said_before(desk, &draft, new_case, (&signer.kid, now))?);
        }
        let drafts = with_exception(draft, wanted.exception.as_ref(), now)?;
        notes.extend(overdue_at_once(&drafts, now));
        Ok(Prepared {
            name: signer.name,
            by: signer.file,
            findings,
            linked: links
                .iter()
                .map(|(rel, index)| Ok((*rel, describe(desk, *index, &subject)?)))
                .chain(wanted.imported.then(|| Ok((Relation::About, IMPORT.to_owned()))))
                .collect::<Result<_, WorkError>>()?,
            notes,
            heading: None,
            keeps: None,
            given: given(desk.reading, kind, &signer.kid, &links, &documents)?,
            documents,
            new_case,
            kid: signer.kid,
            date_confirmed: wanted.date_confirmed,
            basis: vec![(subject.clone(), desk.case_head(&subject)?)],
            linked_state: state_of(desk, &drafts)?,
            drafts,
        })
    }

    /// The next free case behind one that an earlier record begins.
    ///
    /// # Errors
    /// Damage.
    pub fn next_case_after(&self, case: &str) -> Result<String, WorkError> {
        self.desk.next_case_after(case)
    }
}

/// An entry in words; with its case, if that is another than the record's.
fn describe(desk: &mut Desk<'_>, index: Index, from: &Subject) -> Result<String, WorkError> {
    let (reading, record) = (desk.reading, desk.record(index)?);
    let words = reading.described(&record);
    let subject = record.entry.subject();
    Ok(match subject.case().filter(|_| subject != from) {
        Some(case) => format!("{words}, of {case}"),
        None => words,
    })
}

/// Refuses answers that a record of this kind can't have.
///
/// # Errors
/// Every fault at once.
pub fn check_answers(kind: &Kind, answers: &Answers) -> Result<(), WorkError> {
    form::check_answers(kind, answers)
        .map_err(|faults: Vec<AnswerFault>| WorkError::Answers(faults))
}

fn clear_fields(wanted: &Wanted) -> Result<ClearFields, WorkError> {
    match (wanted.kind.clear, wanted.decision, &wanted.clear) {
        (Clear::Nothing, None, None) => Ok(ClearFields::Nothing),
        (Clear::Decision, Some(decision), None) => Ok(ClearFields::Decision(decision)),
        (Clear::Decision, None, _) => Err(WorkError::refused(
            format!("a `{}` has to say what is decided", wanted.kind.name),
            format!("add --decision, one of {}", Decision::NAMES.join(", ")),
        )),
        (_, None, Some(clear)) => Ok(clear.clone()),
        _ => Err(WorkError::refused(
            format!("a `{}` is not recorded this way", wanted.kind.name),
            "see `probity kinds`",
        )),
    }
}
