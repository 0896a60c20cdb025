//! A school's side: its newest checkpoint is sent to each witness that has an address, and what
//! they answer is checked and kept (`work::checkpoint::attach`).
//!
//! No lock is held while anybody is waited for. An answer is at most 64 KiB and 30 seconds; a
//! witness is asked twice at most, the second time from the size that it says to have seen.

use std::time::Duration;

use probity_ledger::format::hash::Size;
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::policy::Policy;
use ureq::Agent;

use crate::store::Mode;
use crate::web::sender::Sender;
use crate::web::witness::SIZE;
use crate::work::checkpoint::attach::{self, Attached};
use crate::work::checkpoint::{self, request};
use crate::work::home::Home;
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::record::open_for_writing;
use crate::work::{WorkError, World, witnesses};

/// Most bytes of an answer.
const MAX_ANSWER: u64 = 64 << 10;

/// How long a witness may take for all of its answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much of a refusal's text is repeated, in characters.
const LONGEST: usize = 200;

/// What became of one submission.
#[derive(Debug)]
pub struct Submitted {
    /// The witness's name in the policy, or the address where that has none.
    pub witness: String,
    /// The address.
    pub url: String,
    /// What was attached, or why nothing was.
    pub result: Result<Attached, WorkError>,
}

/// A witness to be asked.
struct Asked {
    name: String,
    url: String,
    old: Size,
    request: Vec<u8>,
}

/// Sends the newest checkpoint to these addresses, or to those of the school's policy, and keeps
/// what they cosign. Told of each as it is done.
///
/// # Errors
/// When there is no address, or no checkpoint can be given out. What one witness answers keeps
/// no other from being asked.
pub fn submit(
    sender: Sender<'_>,
    urls: &[String],
    each: &mut dyn FnMut(&Submitted),
) -> Result<Vec<Submitted>, WorkError> {
    let own = witnesses::policy(sender.home)?;
    let asked = sender.apart(|| prepare(sender.world, sender.home, &own, urls))?;
    let agent = agent();
    let mut done = Vec::new();
    for (note, asked) in asked {
        let result = ask(sender, &own, &agent, &note, &asked);
        let submitted = Submitted { witness: asked.name, url: asked.url, result };
        each(&submitted);
        done.push(submitted);
    }
    Ok(done)
}

fn prepare(
    world: &World,
    home: &Home,
    own: &Policy,
    urls: &[String],
) -> Result<Vec<(Vec<u8>, Asked)>, WorkError> {
    let named: Vec<(String, String)> = if urls.is_empty() {
        let with_url = own.witnesses.iter().filter(|witness| witness.key.is_some());
        with_url.filter_map(|w| Some((w.name.clone(), w.url.clone()?))).collect()
    } else {
        let name = |url: &String| {
            let known = own.witnesses.iter().find(|w| w.url.as_deref() == Some(url));
            known.map_or_else(|| url.clone(), |witness| witness.name.clone())
        };
        urls.iter().map(|url| (name(url), url.clone())).collect()
    };
    if named.is_empty() {
        return Err(WorkError::refused(
            "no witness in use has an address",
            "name one with `probity witness use VKEY --url URL`, or use --request for a file",
        ));
    }
    for (_, url) in &named {
        witnesses::check_url(url)?;
    }
    let mut reading = open_for_writing(home, "checkpoint", world)?;
    let note = checkpoint::give_outside(&mut reading, &Keyring::of(home), own)?;
    let asked = named.into_iter().map(|(name, url)| {
        let witness = own.witnesses.iter().find(|witness| witness.name == name);
        let old = match witness.and_then(|witness| witness.key.as_ref()) {
            Some(key) => request::last_cosigned(&reading, key)?,
            None => Size(0),
        };
        let request = request::request(&reading, &note, old)?;
        Ok((note.clone(), Asked { name, url, old, request }))
    });
    asked.collect()
}

fn ask(
    sender: Sender<'_>,
    own: &Policy,
    agent: &Agent,
    note: &[u8],
    asked: &Asked,
) -> Result<Attached, WorkError> {
    let mut said = post(agent, &asked.url, &asked.request)?;
    if let Said::Seen(seen) = said {
        if seen == asked.old {
            return Err(contradicts(seen, note));
        }
        if seen < asked.old {
            return Err(request::forgot(seen, asked.old));
        }
        let again = sender
            .apart(|| request::request(&Reading::open(sender.home, &Mode::Read)?, note, seen))?;
        said = post(agent, &asked.url, &again)?;
    }
    match said {
        Said::Lines(lines) => sender.apart(|| {
            let mut reading = open_for_writing(sender.home, "checkpoint", sender.world)?;
            attach::attach_lines(sender.world, &mut reading, own, note, &lines)
        }),
        Said::Seen(seen) => Err(contradicts(seen, note)),
        Said::Refused(status, why) => Err(WorkError::refused(
            format!("the witness refused with status {status}: {why}"),
            match status {
                404 | 403 => "give the witness the line of `probity checkpoint --log-key`",
                409 | 422 => "ask the witness what it keeps: it has seen another history",
                _ => "try again later, or ask the witness",
            },
        )),
    }
}

fn contradicts(seen: Size, note: &[u8]) -> WorkError {
    if Checkpoint::parse(note).is_ok_and(|sent| sent.size == seen) {
        return WorkError::refused(
            format!("the witness saw another head over the same {seen} entries: another history"),
            "ask it for both signed heads; it keeps them as proof",
        );
    }
    WorkError::refused(
        format!("the witness says that it saw {seen} entries, and takes no proof from there"),
        "try again; if that doesn't help, ask the witness",
    )
}

/// What a witness answered.
enum Said {
    Lines(Vec<u8>),
    Seen(Size),
    Refused(u16, String),
}

fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_global(Some(PATIENCE))
        .user_agent(concat!("probity/", env!("CARGO_PKG_VERSION")))
        .build();
    config.into()
}

fn post(agent: &Agent, url: &str, request: &[u8]) -> Result<Said, WorkError> {
    let failed = |error: ureq::Error| {
        WorkError::refused(
            format!("{url} gives no answer: {error}"),
            "check the address and your network, then try again",
        )
    };
    let url_of_call = format!("{}/add-checkpoint", url.trim_end_matches('/'));
    let sent = agent.post(url_of_call).content_type("text/plain; charset=utf-8").send(request);
    let mut response = sent.map_err(failed)?;
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
    let is_size = kind.and_then(|kind| kind.split(';').next()).map(str::trim) == Some(SIZE);
    let body = response.body_mut().with_config().limit(MAX_ANSWER).read_to_vec();
    let body = body.map_err(failed)?;
    Ok(match status {
        200 => Said::Lines(body),
        409 if is_size => match size(&body) {
            Some(seen) => Said::Seen(seen),
            None => Said::Refused(status, "it names no size".to_owned()),
        },
        _ => Said::Refused(status, words(&body)),
    })
}

/// A size as `text/x.tlog.size` has it.
fn size(body: &[u8]) -> Option<Size> {
    let text = std::str::from_utf8(body).ok()?.strip_suffix('\n')?;
    let size: u64 = text.parse().ok()?;
    (size.to_string() == text && size < 1 << 53).then_some(Size(size))
}

/// The beginning of a refusal's first line.
fn words(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let line = text.lines().next().unwrap_or_default();
    line.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}
