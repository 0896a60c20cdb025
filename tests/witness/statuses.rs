//! What a witness answers over the network: every status, to well-meaning and other clients.

use std::io::{BufReader, Read as _, Write as _};
use std::time::{Duration, Instant};

use probity_keys::SigningKey;
use probity_ledger::format::cosignature::{WitnessKey, with_lines};
use probity_ledger::format::hash::Size;
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::submission::{MAX_SUBMISSION, Submission};

use super::council::{Council, Server, answer, send};
use super::history::{History, ORIGIN, council, log};

const HONEST: History = History(1);

fn witness(council: &Council) -> WitnessKey {
    let vkey = council.line.split(' ').nth(2).expect("a vkey");
    WitnessKey::parse(vkey).expect("a witness's key")
}

/// The status to a request.
fn status(server: &Server, body: &[u8]) -> u16 {
    server.post("/add-checkpoint", body).status
}

#[test]
fn every_status_of_the_specification() {
    let council = council();
    let server = council.serve();
    let submit =
        |old, proof, checkpoint| Submission { old: Size(old), proof, checkpoint }.to_bytes();
    // 400: no request; goes backwards; too many hashes.
    for other in [&b""[..], b"old 0\n\n", b"hello", &HONEST.request(0, 6)[4..]] {
        assert_eq!(status(&server, other), 400);
    }
    assert_eq!(status(&server, &submit(7, vec![], HONEST.head(6))), 400);
    assert_eq!(status(&server, &submit(5, vec![[1; 32]; 64], HONEST.head(6))), 400);
    // 404: another ledger.
    let text = String::from_utf8(HONEST.request(0, 6)).expect("text");
    let other = text.replace(ORIGIN, "other.example/ledger");
    assert_eq!(status(&server, other.as_bytes()), 404);
    // 403: not signed by its log.
    let stranger = SigningKey::from_seed([8; 32]);
    assert_eq!(status(&server, &submit(0, vec![], HONEST.head_by(6, &stranger))), 403);
    let bent = text.replacen("\n6\n", "\n7\n", 1);
    assert_eq!(status(&server, bent.as_bytes()), 403);
    // 409: nothing was seen yet.
    let found = server.post("/add-checkpoint", &HONEST.request(5, 6));
    assert_eq!(
        (found.status, found.kind.as_str(), found.body.as_str()),
        (409, "text/x.tlog.size", "0\n")
    );
    // 422: a proof that has no place at first sight.
    assert_eq!(status(&server, &submit(0, vec![[1; 32]], HONEST.head(6))), 422);
    // 200.
    let found = server.post("/add-checkpoint", &HONEST.request(0, 6));
    assert_eq!(found.status, 200);
    let note = with_lines(&HONEST.head(6), &[found.body]).expect("one line");
    let note = Checkpoint::parse(&note).expect("a checkpoint");
    assert_eq!(witness(&council).valid(&note).len(), 1);
    // 409: another size was seen; another root.
    for request in [HONEST.request(0, 9), HONEST.request(5, 9), HONEST.request(5, 5)] {
        let found = server.post("/add-checkpoint", &request);
        let said = (found.status, found.kind.as_str(), found.body.as_str());
        assert_eq!(said, (409, "text/x.tlog.size", "6\n"));
    }
    assert_eq!(council.proofs(), 0);
    assert_eq!(status(&server, &submit(6, vec![], History(2).head(6))), 409);
    assert_eq!(council.proofs(), 1);
    // 422: a proof that doesn't hold.
    for proof in [History(2).proof(6, 9), vec![], vec![[0; 32]; 63]] {
        assert_eq!(status(&server, &submit(6, proof, HONEST.head(9))), 422);
    }
    assert_eq!(status(&server, &submit(6, HONEST.proof(6, 9), History(2).head(9))), 422);
    assert_eq!(status(&server, &submit(6, vec![[1; 32]], HONEST.head(6))), 422);
    // 422: a proof of two histories is kept.
    assert_eq!(status(&server, &HONEST.request(6, 9)), 422);
    council.move_proofs_away();
    // 200, again and further.
    assert_eq!(status(&server, &HONEST.request(6, 6)), 200);
    assert_eq!(status(&server, &HONEST.request(6, 9)), 200);
    // Lines by others on the checkpoint change nothing, and none of them is repeated.
    let with_other = with_lines(&HONEST.head(9), &["\u{2014} other.example AAAAAAA=\n".to_owned()]);
    let with_other = Checkpoint::parse(&with_other.expect("added")).expect("a checkpoint");
    let found = server.post("/add-checkpoint", &submit(9, vec![], with_other));
    assert_eq!((found.status, found.body.lines().count()), (200, 1));
    drop(server);
    assert_eq!(council.seen(), Some(9));
}

#[test]
fn what_is_no_call_of_the_specification_is_refused() {
    let council = council();
    let server = council.serve();
    let request = HONEST.request(0, 6);
    assert_eq!(server.call("GET", "/add-checkpoint", b"").status, 405);
    assert_eq!(server.call("PUT", "/add-checkpoint", &request).status, 405);
    for path in ["/", "/add-checkpoint/", "/../witness.toml", "/key.pem"] {
        assert_eq!(server.post(path, &request).status, 404, "{path}");
    }
    let long = vec![b'x'; MAX_SUBMISSION + 1];
    assert_eq!(status(&server, &long), 413);
    // One that says that it will send too much is not waited for.
    let mut stream = server.connect();
    let head = "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 99999999999\r\n\r\n";
    stream.write_all(head.as_bytes()).expect("sent");
    assert_eq!(answer(&mut BufReader::new(stream)).status, 413);
    // Chunks without an end are not read without an end.
    let mut stream = server.connect();
    let head = "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).expect("sent");
    let chunk = [b"10000\r\n".as_slice(), &vec![b'x'; 0x10000], b"\r\n"].concat();
    for _ in 0..64 {
        if stream.write_all(&chunk).is_err() {
            break;
        }
    }
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said);
    assert!(
        said.is_empty() || said.starts_with(b"HTTP/1.1 413"),
        "{:?}",
        String::from_utf8_lossy(&said)
    );
    // Headers are bounded, too.
    let mut stream = server.connect();
    let _ = stream
        .write_all(format!("POST / HTTP/1.1\r\nA: {}\r\n\r\n", "a".repeat(1 << 20)).as_bytes());
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said);
    assert!(
        said.is_empty() || said.starts_with(b"HTTP/1.1 4"),
        "{:?}",
        String::from_utf8_lossy(&said)
    );
    // And it still works.
    assert_eq!(status(&server, &request), 200);
}

#[test]
fn a_connection_serves_many_requests_and_the_longest_body_is_taken() {
    let council = council();
    let server = council.serve();
    let mut stream = BufReader::new(server.connect());
    let mut old = 0;
    for size in 6..20 {
        send(stream.get_mut(), "POST", "/add-checkpoint", &HONEST.request(old, size));
        assert_eq!(answer(&mut stream).status, 200);
        old = size;
    }
    // A checkpoint of a mebibyte, with a line by somebody else.
    let head = HONEST.head(19);
    let frame = head.bytes().len() + "\u{2014} other.example \n".len();
    let filler = "A".repeat(((1 << 20) - frame) / 4 * 4);
    let long = with_lines(&head, &[format!("\u{2014} other.example {filler}\n")]).expect("it fits");
    let checkpoint = Checkpoint::parse(&long).expect("a checkpoint");
    let request = Submission { old: Size(19), proof: Vec::new(), checkpoint }.to_bytes();
    assert!(request.len() > (1 << 20) - 8);
    send(stream.get_mut(), "POST", "/add-checkpoint", &request);
    assert_eq!(answer(&mut stream).status, 200);
    // What is kept of it is short.
    let ledgers = std::fs::read_dir(council.dir().join("ledgers")).expect("a folder");
    for file in ledgers {
        assert!(file.expect("a file").metadata().expect("its length").len() < 2000);
    }
}

#[test]
fn a_ledger_that_is_added_while_it_serves_is_answered() {
    let council = Council::new(&["--unattended"]);
    let server = council.serve();
    assert_eq!(status(&server, &HONEST.request(0, 6)), 404);
    council.ok(["witness", "add", &format!("log {}", log())]);
    assert_eq!(status(&server, &HONEST.request(0, 6)), 200);
    // But nobody else signs meanwhile.
    let file = council.path("head");
    std::fs::write(&file, HONEST.head(6).bytes()).expect("written");
    let refused = council.run(["witness", "sign", &file.display().to_string()]);
    assert!(refused.status == 2 && refused.err.contains("witness serve"), "{refused:#?}");
}

#[cfg(unix)]
#[test]
fn it_ends_when_it_is_told_to_even_with_idle_connections() {
    let council = council();
    let server = council.serve();
    let mut stream = BufReader::new(server.connect());
    send(stream.get_mut(), "POST", "/add-checkpoint", &HONEST.request(0, 6));
    assert_eq!(answer(&mut stream).status, 200);
    let begin = Instant::now();
    assert!(server.end(), "it ended well");
    assert!(begin.elapsed() < Duration::from_secs(9), "{:?}", begin.elapsed());
    let server = council.serve();
    assert_eq!(status(&server, &HONEST.request(6, 9)), 200);
}
