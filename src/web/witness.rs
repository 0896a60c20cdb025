//! A witness's server: `POST <address>/add-checkpoint`.
//!
//! | status | when |
//! |---|---|
//! | 200 | cosigned: the signature line |
//! | 400 | the body is no request, or goes backwards |
//! | 403 | the log's signature is missing or not valid |
//! | 404 | another ledger than those that this witness looks after |
//! | 409 | another size was cosigned last (it is told, as `text/x.tlog.size`), or another root |
//! | 413, 408 | a body that is too long, or too slow |
//! | 422 | the consistency proof doesn't hold, or a proof of two histories is kept |
//! | 503 | the clock or the disk is not in order: nothing was signed |
//!
//! Plain HTTP: a server that others reach stands behind one that speaks TLS. Bodies, headers,
//! connections and waiting are bounded; there is no log of who asked.

use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use probity_ledger::format::submission::MAX_SUBMISSION;
use tokio::time::timeout;

use super::listen;
use crate::work::witness::{Answer, Refusal, Witness};
use crate::work::{WorkError, World};

/// How long a connection may last, whatever it asks: nobody holds a place for ever.
const LIFE: Duration = Duration::from_secs(60);

/// How long a client may take for a body.
const BODY: Duration = Duration::from_secs(20);

/// The type of an answer that says which size was cosigned last.
pub const SIZE: &str = "text/x.tlog.size";

/// Told of each head that was cosigned, and of each that a log had signed and that was refused.
pub type Tell = Box<dyn Fn(&Result<Answer, WorkError>) + Send + Sync>;

struct Serving {
    witness: Witness,
    world: World,
    tell: Tell,
}

/// Serves until the process is told to end (Ctrl-C, or SIGTERM); answers under way are finished.
///
/// # Errors
/// When the system gives no threads or sockets.
pub fn serve(
    listener: TcpListener,
    witness: Witness,
    world: World,
    tell: Tell,
) -> Result<(), WorkError> {
    let serving = Arc::new(Serving { witness, world, tell });
    // Checking a signature and syncing a file take some milliseconds each.
    let router = Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .layer(DefaultBodyLimit::max(MAX_SUBMISSION))
        .with_state(serving);
    listen::serve(listener, listen::Serving { router, tls: None, life: LIFE })
}

async fn add_checkpoint(
    State(serving): State<Arc<Serving>>,
    request: Request,
) -> Result<Response, Infallible> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > MAX_SUBMISSION as u64) {
        // Not waited for: nothing of it is read.
        return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long"));
    }
    let body = match timeout(BODY, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => body,
        Ok(Err(refused)) => return Ok(refused.into_response()),
        Err(_) => return Ok(plain(StatusCode::REQUEST_TIMEOUT, "the body took too long")),
    };
    let answered = tokio::task::spawn_blocking(move || {
        let answer = serving.witness.answer(&serving.world, &body);
        (serving.tell)(&answer);
        respond(answer)
    });
    let failed = || plain(StatusCode::SERVICE_UNAVAILABLE, "the witness can't answer");
    Ok(answered.await.unwrap_or_else(|_| failed()))
}

fn plain(status: StatusCode, text: &str) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (status, kind, format!("{text}\n")).into_response()
}

fn respond(answer: Result<Answer, WorkError>) -> Response {
    let refusal = match answer {
        Ok(Answer::Cosigned(cosigned)) => {
            return plain(StatusCode::OK, cosigned.line.trim_end());
        }
        Ok(Answer::Refused(refusal)) => refusal,
        // What the disk said is for whoever runs the witness.
        Err(_) => return plain(StatusCode::SERVICE_UNAVAILABLE, "the witness can't answer"),
    };
    let status = match &refusal {
        Refusal::Unreadable(_) => StatusCode::BAD_REQUEST,
        Refusal::UnknownLedger(_) => StatusCode::NOT_FOUND,
        Refusal::NotSigned(_) => StatusCode::FORBIDDEN,
        // A client that is told the size that it sent learns that the roots differ.
        Refusal::Elsewhere { seen: size, .. } | Refusal::Rewritten { size, .. } => {
            return (StatusCode::CONFLICT, [(header::CONTENT_TYPE, SIZE)], format!("{size}\n"))
                .into_response();
        }
        Refusal::Inconsistent { .. } | Refusal::Proven { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Clock { .. } | Refusal::Ahead { .. } => StatusCode::SERVICE_UNAVAILABLE,
    };
    plain(status, &refusal.to_string())
}
