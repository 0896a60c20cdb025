//! Asking a timestamp service (RFC 3161 §3.4): one POST of a request, one answer.
//!
//! Plain http is usual for these services and takes nothing away: what is sent is a hash and a
//! random number, and the answer's own signature is checked. What the network can do is to
//! keep the answer back.

use std::path::Path;
use std::time::Duration;

use ureq::Agent;
use ureq::http::StatusCode;

use super::sender::Sender;
use crate::work::WorkError;
use crate::work::timestamp::{self, Stamped};

/// Most bytes of an answer.
const MAX_ANSWER: u64 = 256 << 10;

/// How long the service may take for all of its answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Has a service stamp the newest head, and keeps its answer, which is given back as it came.
///
/// # Errors
/// No checkpoint to be given out, an address that isn't http or https, a service that can't be
/// reached or refuses, an answer that doesn't hold.
pub fn stamp(
    sender: Sender<'_>,
    url: &str,
    roots: Option<&Path>,
) -> Result<(Stamped, Vec<u8>), WorkError> {
    let Sender { world, home, .. } = sender;
    let asked = sender.apart(|| timestamp::ask(world, home))?;
    let stamped = ask(url, &asked.request.to_bytes()).and_then(|response| {
        let stamped = sender.apart(|| timestamp::attach(world, home, &response, roots))?;
        Ok((stamped, response))
    });
    // No other answer to it will come.
    stamped.inspect_err(|_| timestamp::withdraw(home, &asked))
}

/// Sends a request and returns what was answered. Nothing of it is checked.
fn ask(url: &str, request: &[u8]) -> Result<Vec<u8>, WorkError> {
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(WorkError::refused(
            format!("`{url}` is no address of a timestamp service"),
            "give its address, beginning with https:// or http://",
        ));
    }
    let failed = |what: String| {
        WorkError::refused(
            format!("the timestamp service {url} didn't answer: {what}"),
            "try again later, or make the request as a file: probity timestamp --request FILE.tsq",
        )
    };
    let config = Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .max_redirects(3)
        .user_agent("probity")
        .build();
    let mut response = Agent::new_with_config(config)
        .post(url)
        .header("Content-Type", "application/timestamp-query")
        .header("Accept", "application/timestamp-reply")
        .send(request)
        .map_err(|error| failed(error.to_string()))?;
    let status = response.status();
    if status != StatusCode::OK {
        return Err(failed(format!("it says status {status}")));
    }
    let body = response.body_mut().with_config().limit(MAX_ANSWER).read_to_vec();
    body.map_err(|error| failed(error.to_string()))
}
