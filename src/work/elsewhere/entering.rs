//! At the school again: a statement is held against its request and the record book, and entered.

use std::path::Path;

use probity_ledger::book::clear::ClearFields;
use probity_ledger::format::hash::{Index, Sha256Hash};
use probity_ledger::format::statement::{MAX_STATEMENT, Statement};
use probity_ledger::records::answers::Answers;
use probity_ledger::records::kind::Relation;

use super::pending::{self, Pending};
use super::request::{Request, Wish};
use super::signing::{self, Given};
use crate::store::{Attachment, Source, Store as _, Term};
use crate::work::compose::Draft;
use crate::work::home::Home;
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::record::kind;
use crate::work::record::{Prepared, Wanted, Written, others, prepare_statement, would_erase};
use crate::work::{WorkError, World, bag, input, time};

/// A statement that can be entered.
#[derive(Debug)]
pub struct Entering {
    /// The entry that will carry it.
    pub carrier: Prepared,
    /// What it puts on record, as it is shown.
    pub record: Prepared,
    /// The statement.
    pub statement: Statement,
    pending: Pending,
    foretold: Vec<String>,
}

/// Makes a request of a prepared record: a copy is kept here, and one written to `to`.
///
/// # Errors
/// As [`Request::make`]; a file that exists, or what the system says.
pub fn request(
    world: &World,
    home: &Home,
    reading: &Reading,
    prepared: &Prepared,
    wish: Wish,
    to: &Path,
) -> Result<Request, WorkError> {
    bag::refuse_existing(to)?;
    let (request, bytes) = made(world, home, reading, prepared, wish)?;
    match bag::write_new(world, to, &bytes) {
        Ok(()) => Ok(request),
        Err(error) => {
            // Nobody has it, so nothing can answer it.
            Pending::given(request).remove(home);
            Err(error)
        }
    }
}

/// The same where the copy that is kept is the one that is given out.
///
/// # Errors
/// As [`Request::make`], or what the system says.
pub fn keep_request(
    world: &World,
    home: &Home,
    reading: &Reading,
    prepared: &Prepared,
    wish: Wish,
) -> Result<Request, WorkError> {
    made(world, home, reading, prepared, wish).map(|(request, _)| request)
}

fn made(
    world: &World,
    home: &Home,
    reading: &Reading,
    prepared: &Prepared,
    wish: Wish,
) -> Result<(Request, Vec<u8>), WorkError> {
    let request = Request::make(world, reading, prepared, wish)?;
    let bytes = request.to_bytes();
    if bytes.len() as u64 > super::MAX_REQUEST {
        return Err(WorkError::refused(
            format!("the request would be {} bytes long", bytes.len()),
            "attach smaller files",
        ));
    }
    // It must be answerable before anybody can answer it.
    pending::waiting(world, home)?;
    pending::keep(home, &request, &bytes)?;
    Ok((request, bytes))
}

/// Holds a statement against its request and the record book.
///
/// # Errors
/// A file that is no statement, or one for another record book; one that has expired or was
/// entered already; one that answers no request that is waiting here; files that are missing.
pub fn prepare(
    world: &World,
    home: &Home,
    reading: &Reading,
    file: &Path,
    by: &Wanted,
    (request, given): (Option<&Path>, &[Given]),
) -> Result<Entering, WorkError> {
    let bytes =
        input::bytes(file, MAX_STATEMENT as u64).map_err(WorkError::file("reading", file))?;
    let statement = Statement::parse(&bytes).map_err(|fault| {
        WorkError::refused(
            format!("{} is not a statement: {fault}", file.display()),
            "ask for the file that `probity sign --detached` wrote",
        )
    })?;
    check_place(world, reading, &statement)?;
    let (_, stated) = statement.parts();
    let pending = match request {
        Some(path) => Pending::given(Request::parse(&signing::read(path)?)?),
        None => pending::answered_by(world, home, stated)?.ok_or_else(|| {
            WorkError::refused(
                "no request that waits here is answered by this statement",
                "it was changed, or the request was made in another home: give the request's own \
                 file with --answers REQUEST, or have it signed again",
            )
        })?,
    };
    let request = &pending.request;
    let same = *statement.subject() == request.subject && statement.says().kid == request.key;
    if pending.name != Request::name(stated) || !same {
        return Err(WorkError::refused(
            "the statement says something else than the request",
            "don't enter it; ask its signer what they signed",
        ));
    }
    check_case(reading, request)?;
    let documents = documents(&pending.request, given)?;
    let links = links(reading, &pending.request)?;
    let mut record = record(reading, &pending.request, &statement)?;
    let foretold = foretold(world, reading, &pending.request, &links)?;
    // What the request said of it is as old as the request.
    record.given = others::given(
        reading,
        pending.request.kind,
        &pending.request.key,
        &links,
        &record.documents,
    )?;
    if pending.request.kind.name == "dpo-advice" {
        record.notes.clone_from(&foretold);
    }
    let draft = Draft {
        kind: kind("statement")?,
        subject: statement.subject().clone(),
        role: String::new(),
        links: Vec::new(),
        clear: ClearFields::Statement { statement: bytes },
        answers: Answers::default(),
        attachments: documents,
        openings: Some(pending.request.body.clone()),
    };
    let carrier = prepare_statement(world, reading, &Keyring::of(home), by, draft)?;
    Ok(Entering { carrier, record, statement, pending, foretold })
}

/// A case that a request was to begin may have been begun by something else.
fn check_case(reading: &Reading, request: &Request) -> Result<(), WorkError> {
    match request.subject.case().filter(|_| request.new_case) {
        Some(case) if reading.has_case(case)? => Err(WorkError::refused(
            format!("the case {case} was begun meanwhile, by another record"),
            "make a new request, and have it signed again",
        )),
        _ => Ok(()),
    }
}

/// What it puts on record, as this record book knows its signer and what it links. What only the
/// request says, which nobody signed, is told as that.
fn record(
    reading: &Reading,
    request: &Request,
    statement: &Statement,
) -> Result<Prepared, WorkError> {
    let kid = statement.says().kid;
    let mut record = signing::shown(request, &kid.short());
    let person = reading.authority.person(&kid);
    let name = person.and_then(|person| reading.name(&person));
    record.name = name.map_or_else(|| "somebody unknown here".to_owned(), str::to_owned);
    record.heading = Some(format!(
        "{} (key {}) signed elsewhere, on {}, as {}: {}",
        record.name,
        kid.short(),
        time::words(statement.says().time),
        probity_ledger::records::roles::title(statement.says().role),
        request.kind.title
    ));
    record.linked.clear();
    for linked in &request.links {
        let Some(relation) = Relation::named(&linked.link.rel) else { continue };
        let words = match reading.find(&linked.link.entry)? {
            Some(index) => reading.described(&reading.record(index)?),
            None => "a record that isn't in this record book".to_owned(),
        };
        record.linked.push((relation, words));
    }
    let said = record.findings.iter_mut().map(|finding| &mut finding.text);
    for text in said.chain(&mut record.notes) {
        text.push_str(" (as the request says)");
    }
    Ok(record)
}

/// What the record of a request links and this record book has.
fn links(reading: &Reading, request: &Request) -> Result<Vec<(Relation, Index)>, WorkError> {
    let mut links = Vec::new();
    for linked in &request.links {
        let found = reading.find(&linked.link.entry)?;
        links.extend(Relation::named(&linked.link.rel).zip(found));
    }
    Ok(links)
}

/// What entering it would have erased, in words.
fn foretold(
    world: &World,
    reading: &Reading,
    request: &Request,
    links: &[(Relation, Index)],
) -> Result<Vec<String>, WorkError> {
    let answers = signing::answers(request);
    would_erase(reading, request.kind, &answers, links, (&request.key, world.now()))
}

/// Whether this statement may stand in this record book now.
fn check_place(world: &World, reading: &Reading, statement: &Statement) -> Result<(), WorkError> {
    let origin = &reading.authority.origin;
    if statement.origin() != origin {
        return Err(WorkError::refused(
            format!("the statement is for the record book {}, not {origin}", statement.origin()),
            "enter it there",
        ));
    }
    if world.now() >= statement.expires() {
        return Err(WorkError::refused(
            format!("the statement expired on {}", time::words(statement.expires())),
            "make a new request, and have it signed again",
        ));
    }
    let earlier = reading.store.lookup(&Term::Statement(Sha256Hash::of(statement.bytes())))?;
    if let Some(earlier) = earlier.first() {
        return Err(WorkError::refused(
            format!("the statement was entered already, as entry {earlier}"),
            "nothing is left to do",
        ));
    }
    let (after, hash) = statement.after();
    if after.0 >= reading.store.head().size.0 || reading.store.hash(after)? != hash {
        return Err(WorkError::refused(
            format!("its author knew another entry {after} than this record book has"),
            "this record book went back or was rewritten, or it is another one: run \
             `probity verify`, and tell your data protection officer",
        ));
    }
    Ok(())
}

fn documents(request: &Request, given: &[Given]) -> Result<Vec<Attachment>, WorkError> {
    let named = request.named();
    request
        .documents
        .iter()
        .map(|one| {
            let document = named.iter().find(|document| document.sha256 == one.sha256);
            let file = given.iter().find(|(sha256, _)| *sha256 == one.sha256);
            let source = match (&one.content, file) {
                (Some(bytes), _) => Source::Bytes(bytes.clone()),
                (None, Some((_, path))) => Source::Path(path.clone()),
                (None, None) => {
                    return Err(WorkError::refused(
                        format!(
                            "`{}` was too large to be kept with the request",
                            document.map_or("a file", |document| &document.name)
                        ),
                        "name it with --document FILE",
                    ));
                }
            };
            let size = document.map_or(0, |document| document.size);
            Ok(Attachment { sha256: one.sha256, size, source })
        })
        .collect()
}

/// Enters it, under the key of whoever enters it, and removes the request.
///
/// # Errors
/// As [`crate::work::record::sign`]; a statement that was entered meanwhile.
pub fn enter(
    world: &World,
    home: &Home,
    entering: &Entering,
    key: &dyn probity_keys::Signer,
) -> Result<Written, WorkError> {
    let written = crate::work::record::sign_checked(
        world,
        home,
        std::slice::from_ref(&entering.carrier),
        key,
        &|reading| {
            check_place(world, reading, &entering.statement)?;
            let request = &entering.pending.request;
            let now = foretold(world, reading, request, &links(reading, request)?)?;
            if now == entering.foretold {
                return Ok(());
            }
            Err(WorkError::refused(
                "what this would have erased changed meanwhile",
                "run the command again, and look at what it shows",
            ))
        },
    )?;
    entering.pending.remove(home);
    Ok(written)
}
