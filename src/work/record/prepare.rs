//! From what the author gives to a record that is ready to be shown: roles, files, answers,
//! case, links and findings. Nothing is written here.

use std::path::PathBuf;

use probity_keys::Kid;
use probity_ledger::book::clear::{ClearFields, Decision};
use probity_ledger::book::erasing::is_agreement;
use probity_ledger::book::rules::days::working_days_after;
use probity_ledger::format::body::Document;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::entry::Subject;
use probity_ledger::format::hash::{EntryHash, Index};
use probity_ledger::records::answers::Answers;
use probity_ledger::records::common::{self, REFUSED};
use probity_ledger::records::facts::{Author, Finding};
use probity_ledger::records::form::{self, AnswerFault};
use probity_ledger::records::kind::{Class, Clear, Form, Kind, Relation, Signers};
use probity_ledger::records::{self, roles};

use super::others::{advised, check_another_person, content, given, pointed};
use super::{CASE_NAMES, CaseChoice, Exception, Prepared, Wanted, state_of};
use crate::store::Store as _;
use crate::work::circumstances::{About, Circumstances};
use crate::work::compose::{self, Draft, LinkTo};
use crate::work::desk::Desk;
use crate::work::document::Attached;
use crate::work::erase;
use crate::work::history::forwards;
use crate::work::keyring::Keyring;
use crate::work::people::role_named;
use crate::work::reading::Reading;
use crate::work::{WorkError, World, elsewhere, minute, paper, time};

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

/// Who signs, as the key file and the ledger have it.
#[derive(Clone)]
struct Signer {
    /// The name by which the author gave the key.
    given: String,
    /// The key file's name.
    file: String,
    kid: Kid,
    held: Vec<String>,
    /// The author's name, for the preview.
    name: String,
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
        let links = add_usual_links(desk, kind, &subject, links, documents.is_empty())?;
        check_required_links(kind, &links)?;
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
        let drafts = with_exception(draft, wanted.exception.as_ref(), now)?;
        Ok(Prepared {
            name: signer.name,
            by: signer.file,
            findings,
            linked: links
                .iter()
                .map(|(rel, index)| Ok((*rel, describe(desk, *index)?)))
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

    /// Who signs with the key of that name; the last one is remembered.
    fn signer(&mut self, by: &str) -> Result<Signer, WorkError> {
        if let Some(known) = self.author.as_ref().filter(|known| known.given == by) {
            return Ok(known.clone());
        }
        let key = self.keyring.public(by)?;
        let kid = key.public.kid();
        let reading = self.desk.reading;
        let held = held_roles(reading, self.keyring, &kid, &key.name, self.now)?;
        let person = reading.authority.person(&kid);
        let name = person.and_then(|person| reading.name(&person)).unwrap_or(&key.name).to_owned();
        let signer = Signer { given: by.to_owned(), file: key.name, kid, held, name };
        self.author = Some(signer.clone());
        Ok(signer)
    }
}

/// What the data protection officer's agreement, signed at a moment, would have erased.
pub(crate) fn would_erase(
    reading: &Reading,
    kind: &Kind,
    answers: &Answers,
    links: &[(Relation, Index)],
    (kid, at): (&Kid, i64),
) -> Result<Vec<String>, WorkError> {
    if kind.name != "dpo-advice" || !is_agreement(answers.text("recommendation")) {
        return Ok(Vec::new());
    }
    let on = links.iter().filter(|(relation, _)| *relation == Relation::Advises);
    let on: Vec<Index> = on.map(|(_, index)| *index).collect();
    erase::foretell(reading, &on, reading.authority.person(kid), at)
}

/// That a ratification ratifies nothing, if it doesn't.
fn without_effect(
    desk: &mut Desk<'_>,
    kind: &Kind,
    role: &str,
    links: &[(Relation, Index)],
) -> Result<Vec<String>, WorkError> {
    if kind.name != "ratification" {
        return Ok(Vec::new());
    }
    let mut wanted = Vec::new();
    for (_, index) in links.iter().filter(|(relation, _)| *relation == Relation::Ratifies) {
        let record = desk.record(*index)?;
        if record.is_ratified_as(role) {
            return Ok(Vec::new());
        }
        wanted.push(match record.answers().and_then(|answers| answers.text("ratify-role")) {
            Some(role) => format!("entry {index} is to be ratified as {}", roles::title(role)),
            None => format!("entry {index} is no exception"),
        });
    }
    Ok(vec![format!("WITHOUT EFFECT: this ratifies nothing; {}", wanted.join("; "))])
}

fn describe(desk: &mut Desk<'_>, index: Index) -> Result<String, WorkError> {
    let reading = desk.reading;
    Ok(reading.described(&*desk.record(index)?))
}

/// The roles that the author holds now, with their appointment in force.
fn held_roles(
    reading: &Reading,
    keyring: &Keyring,
    kid: &Kid,
    name: &str,
    now: i64,
) -> Result<Vec<String>, WorkError> {
    let next = Index(reading.store.head().size.0);
    let Some(record) = reading.authority.key(kid) else {
        return Err(WorkError::refused(
            format!("the key of `{name}` has no appointment in this record book"),
            format!("have it appointed: `probity appoint {name} --role ROLE --by NAME --as ROLE`"),
        ));
    };
    if let Some(revoked) = &record.revoked {
        let theirs = |kid: &Kid| {
            let other = reading.authority.key(kid);
            other.is_some_and(|other| other.person == record.person && other.revoked.is_none())
        };
        let other = keyring.list()?.into_iter().find(|file| theirs(&file.public.kid()));
        return Err(WorkError::refused(
            format!("the key of `{name}` was revoked by entry {}", revoked.index),
            other.map_or_else(
                || "make a new key with `probity key new`, and have it appointed".to_owned(),
                |other| format!("the same person has another key: sign with --by {}", other.name),
            ),
        ));
    }
    let appointment = record.appointment_below(next);
    let roles = appointment.map(|appointment| appointment.roles.clone()).unwrap_or_default();
    match appointment {
        Some(a) if now < a.from => Err(WorkError::refused(
            format!("the appointment of `{name}` begins on {}", time::words(a.from)),
            "sign then, or have it appointed from today",
        )),
        Some(a) if a.until.is_some_and(|until| now >= until) => Err(WorkError::refused(
            format!(
                "the appointment of `{name}` ended on {}",
                time::words(a.until.unwrap_or_default())
            ),
            "have the key appointed anew",
        )),
        _ => Ok(roles),
    }
}

fn choose_role(
    kind: &Kind,
    wanted: Option<&str>,
    held: &[String],
    name: &str,
) -> Result<String, WorkError> {
    if let Some(role) = wanted {
        return if held.iter().any(|known| known == role) {
            Ok(role.to_owned())
        } else {
            Err(WorkError::refused(
                format!("`{name}` is not appointed as {role}, but as {}", held.join(", ")),
                format!("say --as {}", held.first().map_or("ROLE", String::as_str)),
            ))
        };
    }
    let fitting: Vec<&String> = held.iter().filter(|role| kind.admits(role)).collect();
    let choices = if fitting.is_empty() { held.iter().collect() } else { fitting };
    match choices.as_slice() {
        [only] => Ok((*only).clone()),
        several => {
            let names: Vec<&str> = several.iter().map(|role| role.as_str()).collect();
            Err(WorkError::refused(
                format!("`{name}` holds several roles: {}", names.join(", ")),
                "say in which one you sign, with --as",
            ))
        }
    }
}

/// A governance record by anyone else would not be genuine: there is nothing to except.
fn refuse_ungenuine(kind: &Kind, role: &str) -> Result<(), WorkError> {
    match kind.signers {
        Signers::OneOf(may)
            if (kind.class == Class::Governance || kind.clear == Clear::Erasure)
                && !may.contains(&role) =>
        {
            Err(WorkError::refused(
                format!("`{}` is signed by {}, not by {role}", kind.name, may.join(", ")),
                "have one of them sign",
            ))
        }
        _ => Ok(()),
    }
}

type Documents = (Vec<Document>, Vec<crate::store::Attachment>);

fn attach(
    keyring: &Keyring,
    kind: &Kind,
    answers: &mut Answers,
    files: &[PathBuf],
) -> Result<Documents, WorkError> {
    if files.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let Some(field) = kind.documents_field() else {
        return Err(WorkError::refused(
            format!("a `{}` takes no files", kind.name),
            "attach them to a `note` in the same case",
        ));
    };
    for path in files {
        keyring.refuse_own_file(path)?;
    }
    let attached =
        files.iter().map(|path| Attached::measure(path)).collect::<Result<Vec<_>, _>>()?;
    let mut documents: Vec<Document> = Vec::new();
    for one in &attached {
        if documents.iter().any(|known| known.sha256 == one.document.sha256) {
            return Err(WorkError::refused(
                format!(
                    "`{}` has the same bytes as another file that is attached",
                    one.document.name
                ),
                "attach each file once",
            ));
        }
        documents.push(one.document.clone());
    }
    let mut values: Vec<Value> = documents.iter().map(Document::to_value).collect();
    let value = if matches!(field.form, Form::Doc) && values.len() == 1 {
        values.remove(0)
    } else {
        Value::Array(values)
    };
    answers.set(field.name, value);
    Ok((documents, attached.iter().map(Attached::attachment).collect()))
}

/// Refuses answers that a record of this kind can't have.
///
/// # Errors
/// Every fault at once.
pub fn check_answers(kind: &Kind, answers: &Answers) -> Result<(), WorkError> {
    form::check_answers(kind, answers)
        .map_err(|faults: Vec<AnswerFault>| WorkError::Answers(faults))
}

fn resolve_links(
    desk: &mut Desk<'_>,
    links: &[(Relation, String)],
) -> Result<Vec<(Relation, Index)>, WorkError> {
    links.iter().map(|(relation, entry)| Ok((*relation, desk.resolve(entry)?))).collect()
}

fn choose_case(
    desk: &mut Desk<'_>,
    keyring: &Keyring,
    kind: &Kind,
    choice: &CaseChoice,
    links: &[(Relation, Index)],
    now: i64,
) -> Result<(Subject, bool), WorkError> {
    if kind.name == "correction" {
        // A correction has the subject of what it corrects.
        let target = links.iter().find(|(rel, _)| *rel == Relation::Corrects);
        if let Some((_, index)) = target {
            return Ok((desk.record(*index)?.entry.subject().clone(), false));
        }
    }
    match choice {
        CaseChoice::Existing(case) => {
            let subject = Subject::Case(case.clone());
            if desk.places(&subject)?.is_empty() {
                return Err(WorkError::refused(
                    format!("there is no case {case}"),
                    "say --case new to begin one; cases are numbered by the record book",
                ));
            }
            if let Some(name) = kind.case.filter(|name| !case.starts_with(&format!("{name}-"))) {
                return Err(WorkError::refused(
                    format!("a `{}` belongs to a {name} case, not to {case}", kind.name),
                    format!(
                        "name a case such as {name}-{}-001, or say --case new",
                        time::year(now)
                    ),
                ));
            }
            Ok((subject, false))
        }
        CaseChoice::New(name) => {
            let usual = kind.case.or_else(|| (kind.name == "dpo-advice").then_some("dpia"));
            let name = name.as_deref().or(usual).ok_or_else(|| {
                WorkError::refused(
                    format!("a `{}` belongs to no one sort of case", kind.name),
                    format!(
                        "say which to begin: --case NAME-new, with NAME one of {}",
                        CASE_NAMES.join(", ")
                    ),
                )
            })?;
            if let Some(own) = kind.case.filter(|own| *own != name) {
                return Err(WorkError::refused(
                    format!("a `{}` belongs to a {own} case, not to a {name} case", kind.name),
                    "say --case new",
                ));
            }
            let promised = || elsewhere::promised(now, keyring.requests());
            Ok((Subject::Case(desk.next_case((name, time::year(now)), promised)?), true))
        }
        CaseChoice::Unsaid => {
            let linked = links.iter().map(|(_, index)| desk.record(*index));
            for record in linked {
                let subject = record?.entry.subject().clone();
                let fits =
                    kind.case.is_none_or(|name| subject.as_str().starts_with(&format!("{name}-")));
                if subject.case().is_some() && fits {
                    return Ok((subject, false));
                }
            }
            match kind.case {
                None => Ok((Subject::Ledger, false)),
                Some(name) => Err(WorkError::refused(
                    format!("a `{}` belongs to a {name} case, and none is named", kind.name),
                    "say --case new for a new one, or --case REF for one that exists",
                )),
            }
        }
    }
}

/// Adds the link that a kind usually has when it is plain which entry is meant: the newest of
/// the right kind in the case.
fn add_usual_links(
    desk: &mut Desk<'_>,
    kind: &Kind,
    subject: &Subject,
    mut links: Vec<(Relation, Index)>,
    without_documents: bool,
) -> Result<Vec<(Relation, Index)>, WorkError> {
    let Some((relation, targets)) = usual_targets(kind, without_documents) else {
        return Ok(links);
    };
    if links.iter().any(|(rel, _)| *rel == relation) {
        return Ok(links);
    }
    let found = desk
        .case(subject)?
        .iter()
        .rev()
        .find(|record| targets.contains(&record.entry.says().kind))
        .map(|record| record.index());
    links.extend(found.map(|index| (relation, index)));
    Ok(links)
}

/// The link that a kind usually has within its case, and the kinds of record that it leads to.
#[must_use]
pub fn usual_targets(
    kind: &Kind,
    without_documents: bool,
) -> Option<(Relation, &'static [&'static str])> {
    Some(match kind.name {
        "breach-decision" => (Relation::Decides, &["breach-report"]),
        "breach-told" | "breach-measure" | "breach-investigation" => {
            (Relation::About, &["breach-report"])
        }
        "breach-signoff" => (Relation::SignsOff, &["breach-investigation"]),
        "breach-review" => (Relation::About, &["breach-investigation"]),
        "covert-end" => (Relation::About, &["covert-authorisation"]),
        "consent-withdrawal" => (Relation::Withdraws, &["consent"]),
        "image-removal" => (Relation::Removes, &["consent-withdrawal"]),
        "request-answer" => (Relation::Answers, &["request"]),
        "ratification" => (Relation::Ratifies, &["exception"]),
        "dpia" => (Relation::About, &["dpia-screening"]),
        "dpo-advice" if without_documents => (Relation::Advises, &["dpia", "dpia-screening"]),
        "dpia-approval" if without_documents => (Relation::Approves, &["dpia", "dpia-screening"]),
        "control-approval" if without_documents => (Relation::Approves, &["dpia"]),
        "risk-acceptance" | "ico-consultation" => (Relation::About, &["dpia"]),
        "dpia-review" => (Relation::About, &["dpia", "dpia-screening"]),
        _ => return None,
    })
}

fn check_required_links(kind: &Kind, links: &[(Relation, Index)]) -> Result<(), WorkError> {
    for group in kind.required_links {
        if !group.iter().any(|wanted| links.iter().any(|(rel, _)| rel == wanted)) {
            let verbs: Vec<String> = group.iter().map(|relation| forwards(*relation)).collect();
            return Err(WorkError::refused(
                format!("a `{}` has to say which entry it {}", kind.name, verbs.join(" or ")),
                format!("add --link {}=ENTRY", group.first().map_or("about", |rel| rel.name())),
            ));
        }
    }
    Ok(())
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

/// What an inspector would ask about, in view of the case, the linked entries and the policies.
fn find(
    desk: &mut Desk<'_>,
    draft: &Draft,
    (links, content): (&[(Relation, Index)], &[[u8; 32]]),
    signer: &Signer,
    now: i64,
) -> Result<Vec<Finding>, WorkError> {
    let mut linked: Vec<Index> = links.iter().map(|(_, index)| *index).collect();
    linked.extend(advised(desk.reading, draft.kind, content)?);
    let next = Index(desk.reading.store.head().size.0);
    let around = Circumstances::gather(desk, &draft.subject, &linked, next)?;
    let own: Vec<(Relation, EntryHash)> = draft
        .links
        .iter()
        .filter_map(|(rel, to)| match to {
            LinkTo::Entry(hash) => Some((*rel, *hash)),
            LinkTo::Before | LinkTo::First => None,
        })
        .collect();
    let decision = match &draft.clear {
        ClearFields::Decision(decision) => Some(decision.name()),
        _ => None,
    };
    let author = Author {
        person: desk.reading.authority.person(&signer.kid).unwrap_or_default(),
        role: &draft.role,
        roles: &signer.held,
    };
    let about = About { author, time: now, decision, links: &own };
    let mut found = around.findings(draft.kind, &draft.answers, &about);
    found.extend(minute::differences(desk.reading, draft.kind, &draft.answers, next));
    Ok(found)
}

/// An exception covers the record that follows it, and is written with it.
fn refuse_excepts(links: &[(Relation, String)]) -> Result<(), WorkError> {
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
fn with_exception(
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
    let kind = records::newest("exception")
        .ok_or_else(|| WorkError::refused("this program knows no exceptions", "report this"))?;
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

/// Ten working days on, as the deadline of a ratification is computed where none is set.
fn ten_working_days(now: i64) -> String {
    let start = time::iso_day(now);
    let Ok(day) = start.parse() else { return start };
    working_days_after(day, 10).to_string()
}
