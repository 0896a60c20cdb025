//! Requests that wait for a signature elsewhere, and may hold what was erased: they hold answers
//! and files in the clear, in the home and wherever they were sent.

use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::Index;

use super::acts::explaining;
use crate::store::{Mode, Store as _, Term};
use crate::work::elsewhere::{self, Request};
use crate::work::home::Home;
use crate::work::reading::Reading;
use crate::work::{WorkError, World, time};

/// Which waiting requests may still hold what was erased, and what to do; empty if none does. They
/// were made before, and link to what was erased, are of its case or of its kind. Where that can't
/// be told, it says so: the erasure stands.
#[must_use]
pub fn still_asked(world: &World, home: &Home) -> Vec<String> {
    told(world, home).unwrap_or_else(|error| {
        let folder = home.requests();
        vec![format!(
            "Requests in {} may still hold it, and which can't be told: {error}",
            folder.display()
        )]
    })
}

fn told(world: &World, home: &Home) -> Result<Vec<String>, WorkError> {
    let waiting = elsewhere::waiting(world, home)?;
    let unread = files_in(home).saturating_sub(waiting.len());
    let mut said = Vec::new();
    if !waiting.is_empty() {
        let reading = Reading::open(home, &Mode::Browse)?;
        let erased = erased(&reading)?;
        for one in &waiting {
            let request = &one.request;
            // One that counts the entry which completed the erasure was made after it.
            let earlier = erased.iter().filter(|(_, done)| request.checkpoint.size.0 <= done.0);
            let earlier: Vec<&Entry> = earlier.map(|(entry, _)| entry).collect();
            let Some(why) = bears_on(request, &earlier) else { continue };
            let path = one.path(home);
            said.push(format!(
                "  {} ({} for {}, until {}): {why}",
                path.display(),
                request.kind.title,
                request.signer,
                time::words(request.expires)
            ));
        }
    }
    if unread > 0 {
        let folder = home.requests();
        said.push(format!("  {unread} in {}, which this program can't read", folder.display()));
    }
    if !said.is_empty() {
        said.insert(
            0,
            "These requests wait for a signature elsewhere, and may hold it in the clear:"
                .to_owned(),
        );
        said.push(
            "Enter what was signed, or remove these files and ask anew; have every copy that was \
             given out destroyed."
                .to_owned(),
        );
    }
    Ok(said)
}

/// How many files of requests there are, whether they can be read or not.
fn files_in(home: &Home) -> usize {
    let Ok(items) = std::fs::read_dir(home.requests()) else { return 0 };
    let paths = items.filter_map(|item| Some(item.ok()?.path()));
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "request")).count()
}

/// What was erased, all of it or in part, each with the entry by which it was carried out.
fn erased(reading: &Reading) -> Result<Vec<(Entry, Index)>, WorkError> {
    let all = reading.store.lookup(&Term::Kind("erasure".to_owned()))?;
    let known = explaining(reading, &all.into_iter().collect())?;
    let mut erased = Vec::new();
    for erasure in known.complete() {
        let supports = known.supports(erasure);
        let done = supports.last().map_or(erasure.index, |last| erasure.index.max(*last));
        for target in &erasure.targets {
            erased.push((reading.entry(target.entry)?, done));
        }
    }
    Ok(erased)
}

/// What a request has to do with one of these entries, in words.
fn bears_on(request: &Request, erased: &[&Entry]) -> Option<String> {
    let links = |entry: &Entry| {
        let hash = entry.hash();
        request.links.iter().any(|linked| linked.link.entry == hash)
    };
    let case = request.subject.case();
    let same_case = |entry: &Entry| case.is_some() && entry.subject().case() == case;
    let same_kind = |entry: &Entry| entry.says().kind == request.kind.name;
    let find = |is: &dyn Fn(&Entry) -> bool| erased.iter().find(|entry| is(entry));
    find(&links)
        .map(|entry| format!("it links to entry {}", entry.index()))
        .or_else(|| find(&same_case).map(|of| format!("it is of the case of entry {}", of.index())))
        .or_else(|| find(&same_kind).map(|of| format!("it is of the kind of entry {}", of.index())))
}
