//! The rest of a form that was answered before its end came, such as one that is too long: it is
//! read out, since a connection that ends while a browser still sends shows that and no answer.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Body as Pieces, Frame, SizeHint};
use tokio::time::timeout;

use super::fields::{MAX_FORM, is_slow};

/// How long a rest is read at most.
const ALL: Duration = Duration::from_secs(60);

/// How long its next piece is waited for: whoever stalls has stopped sending.
const PIECE: Duration = Duration::from_secs(2);

/// So long a rest may come as slowly as it likes; then so many bytes a second.
const GRACE: Duration = Duration::from_secs(2);
const PACE: u64 = 256 << 10;

/// A request's body that can still be read when the page has let go of it.
#[derive(Clone)]
struct Lent(Arc<Mutex<Body>>);

impl Lent {
    fn with<T>(&self, ask: impl FnOnce(Pin<&mut Body>) -> T) -> T {
        ask(Pin::new(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Reads on to the end, and stops early where the sender does, or sends slowly, or more than any
    /// form has.
    async fn read_out(self) {
        let (begun, mut read) = (Instant::now(), 0_u64);
        while !self.is_end_stream() && read <= MAX_FORM as u64 {
            let next = poll_fn(|cx| self.with(|body| body.poll_frame(cx)));
            let Ok(Some(Ok(piece))) = timeout(PIECE, next).await else { return };
            read += piece.data_ref().map_or(0, |bytes| bytes.len() as u64);
            if is_slow(read, begun.elapsed(), GRACE, PACE) {
                return;
            }
        }
    }
}

impl Pieces for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.with(|body| body.poll_frame(cx))
    }

    fn is_end_stream(&self) -> bool {
        self.with(|body| body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.with(|body| body.size_hint())
    }
}

/// Answers once the rest is read. Who sends nothing, or asked first whether to send (`Expect`), is
/// answered at once.
pub async fn read_out(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() || request.headers().contains_key(header::EXPECT) {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let lent = Lent(Arc::new(Mutex::new(body)));
    let response = next.run(Request::from_parts(head, Body::new(lent.clone()))).await;
    let _ = timeout(ALL, lent.read_out()).await;
    response
}
