//! A timestamp service on this machine: a few lines of HTTP around `openssl ts -reply`.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use crate::tsa::{Authority, Plan};

/// What the service does with what it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// As it should.
    Honest,
    /// Answers with the timestamp of another request.
    OfAnother,
    /// Says that it can't.
    Fails,
}

pub struct Service {
    _folder: TempDir,
    pub authority: Arc<Authority>,
    pub url: String,
}

impl Service {
    /// Answers so many requests, then ends.
    pub fn start(manner: Manner, requests: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let authority =
            Arc::new(Authority::make(folder.path(), &Plan { between: true, ..Plan::default() }));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/tsa", listener.local_addr().expect("an address"));
        let own = Arc::clone(&authority);
        std::thread::spawn(move || {
            for stream in listener.incoming().take(requests).flatten() {
                answer(stream, &own, manner);
            }
        });
        Self { _folder: folder, authority, url }
    }

    pub fn roots(&self) -> PathBuf {
        self.authority.roots()
    }
}

fn answer(mut stream: TcpStream, authority: &Authority, manner: Manner) {
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    let body = loop {
        let read = stream.read(&mut buffer).expect("a request");
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request).to_lowercase();
        if let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            assert!(text.contains("content-type: application/timestamp-query"), "{text}");
            let length =
                text.split("content-length: ").nth(1).and_then(|rest| rest.split('\r').next());
            let length: usize = length.and_then(|length| length.parse().ok()).expect("a length");
            if request.len() >= end + 4 + length {
                break request[end + 4..].to_vec();
            }
        }
        assert!(read > 0, "the request ends early");
    };
    let (status, reply) = match manner {
        Manner::Honest => ("200 OK", authority.reply(&body)),
        Manner::OfAnother => {
            // A request ends with its nonce and three bytes that ask for certificates.
            let mut other = body.clone();
            let last = other.len() - 4;
            other[last] ^= 1;
            ("200 OK", authority.reply(&other))
        }
        Manner::Fails => ("503 Service Unavailable", b"closed".to_vec()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        reply.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&reply)).expect("an answer");
}
