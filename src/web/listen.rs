//! Taking connections: so many at once and from one address, each for so long, in the clear or under
//! TLS.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::work::{WorkError, input};

/// Most connections at the same time; more wait until one is free.
const CONNECTIONS: usize = 128;

/// Most of them from one address: whoever holds these leaves as many to all others. Further ones are
/// closed at once.
const FROM_ONE: usize = 64;

/// How long a client may take for its headers, or for a connection to stay idle.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long answers that are under way have when the server ends.
const ENDING: Duration = Duration::from_secs(10);

/// Most bytes of headers.
const HEADERS: usize = 16 << 10;

/// What is served, and how.
pub struct Serving {
    /// Who answers.
    pub router: Router,
    /// The server's certificate and key; in the clear without them.
    pub tls: Option<TlsAcceptor>,
    /// How long a connection may last, whatever it asks: nobody holds a place for ever.
    pub life: Duration,
}

/// How many connections there are from each address.
#[derive(Default)]
struct Guests {
    all: Mutex<HashMap<IpAddr, usize>>,
}

/// A connection that is counted as long as this lives.
struct Guest {
    guests: Arc<Guests>,
    from: IpAddr,
}

impl Guests {
    fn all(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets one in, unless there are too many from there.
    fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Guest> {
        let from = place(address);
        let mut all = self.all();
        let count = all.entry(from).or_default();
        if *count >= FROM_ONE {
            return None;
        }
        *count += 1;
        Some(Guest { guests: Arc::clone(self), from })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut all = self.guests.all();
        let left = all.get(&self.from).map_or(0, |count| count.saturating_sub(1));
        if left == 0 {
            all.remove(&self.from);
        } else {
            all.insert(self.from, left);
        }
    }
}

/// What counts as one address: of the newer sort all that one network is given.
fn place(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from(network))
        }
        IpAddr::V4(address) => IpAddr::V4(address),
    }
}

/// Takes the address; what it returns says which port it became.
///
/// # Errors
/// An address that is taken, or isn't this machine's.
pub fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), WorkError> {
    let refused = |error: io::Error| {
        WorkError::refused(
            format!("{address} can't be listened at: {error}"),
            "choose another port with --listen, or end what uses this one",
        )
    };
    let listener = TcpListener::bind(address).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    let local = listener.local_addr().map_err(refused)?;
    Ok((listener, local))
}

/// Reads the server's certificates (its own first) and private key, both PEM.
///
/// # Errors
/// Files that can't be read, hold none, or don't belong together.
pub fn tls(certificates: &Path, key: &Path) -> Result<TlsAcceptor, WorkError> {
    let read =
        |path: &Path| input::text(path, input::MAX_SMALL).map_err(WorkError::file("reading", path));
    let refused = |path: &Path, fact: String| {
        WorkError::refused(
            format!("{}: {fact}", path.display()),
            "name the PEM files that whoever runs your network made for this server",
        )
    };
    let chain = CertificateDer::pem_slice_iter(read(certificates)?.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| refused(certificates, error.to_string()))?;
    let secret = zeroize::Zeroizing::new(read(key)?);
    let secret = PrivateKeyDer::from_pem_slice(secret.as_bytes())
        .map_err(|error| refused(key, error.to_string()))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, secret))
        .map_err(|error| refused(certificates, error.to_string()))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Serves until the process is told to end (Ctrl-C, or SIGTERM); answers under way are finished.
///
/// # Errors
/// When the system gives no threads or sockets.
pub fn serve(listener: TcpListener, serving: Serving) -> Result<(), WorkError> {
    let failed = |error: io::Error| {
        WorkError::refused(format!("the server can't run: {error}"), "look at the system's limits")
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(16)
        .build()
        .map_err(failed)?;
    let ended = runtime.block_on(accept(listener, serving)).map_err(failed);
    // What still computes is not waited for: nothing that counts is half done.
    runtime.shutdown_timeout(Duration::from_secs(1));
    ended
}

async fn accept(listener: TcpListener, serving: Serving) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let serving = Arc::new(serving);
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let guests = Arc::new(Guests::default());
    let (end, ending) = watch::channel(());
    let mut told = pin!(told_to_end());
    loop {
        let next = async {
            let permit = Arc::clone(&room).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            next = next => next,
            () = &mut told => break,
        };
        let (Ok(permit), Ok((stream, from))) = (permit, accepted) else {
            // Too many open files, or a client that has gone: others wait meanwhile.
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        let Some(guest) = guests.admit(from.ip()) else { continue };
        let (serving, ending) = (Arc::clone(&serving), ending.clone());
        tokio::spawn(async move {
            welcome(stream, &serving, ending).await;
            drop((permit, guest));
        });
    }
    drop((listener, ending));
    let _ = end.send(());
    let _ = timeout(ENDING, end.closed()).await;
    Ok(())
}

async fn welcome(stream: TcpStream, serving: &Serving, ending: watch::Receiver<()>) {
    let (router, life) = (serving.router.clone(), serving.life);
    let Some(tls) = &serving.tls else {
        return converse(stream, router, life, ending).await;
    };
    if let Ok(Ok(stream)) = timeout(PATIENCE, tls.accept(stream)).await {
        converse(stream, router, life, ending).await;
    }
}

/// One connection, with as many requests as the client has.
async fn converse<S>(stream: S, router: Router, life: Duration, mut ending: watch::Receiver<()>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let service = TowerToHyperService::new(router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = ending.changed() => {}
        () = sleep(life) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(PATIENCE, connection).await;
}

#[cfg(unix)]
async fn told_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut ended) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = ended.recv() => {}
    }
}

#[cfg(not(unix))]
async fn told_to_end() {
    let _ = tokio::signal::ctrl_c().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_come_from_one_address_and_others_find_room() {
        let guests = Arc::new(Guests::default());
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        let mut inside: Vec<Guest> =
            (0..FROM_ONE).map(|_| guests.admit(address("192.0.2.7")).expect("room")).collect();
        assert!(guests.admit(address("192.0.2.7")).is_none());
        assert!(guests.admit(address("::ffff:192.0.2.7")).is_none(), "the same, written anew");
        let other = guests.admit(address("192.0.2.8")).expect("room for others");
        inside.pop();
        let again = guests.admit(address("192.0.2.7")).expect("one has gone");
        drop((inside, other, again));
        assert!(guests.all().is_empty(), "nobody is remembered");
        let network = |last: usize| address(&format!("2001:db8::{last:x}"));
        let all: Vec<Guest> = (0..FROM_ONE).filter_map(|n| guests.admit(network(n))).collect();
        assert!(all.len() == FROM_ONE && guests.admit(network(9999)).is_none());
    }
}
