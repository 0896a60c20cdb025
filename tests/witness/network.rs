//! Over the network: a school that submits, ten forks at once, and a server that is killed.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use super::council::{Council, answer, send};
use super::history::{self, History};
use crate::common::{HEAD, School, Snapshot, index};

#[test]
fn a_school_submits_and_keeps_what_it_is_given() {
    let (school, council) = (School::begun(), Council::new(&["--unattended"]));
    council.meet(&school);
    let server = council.serve();
    school
        .refused(["checkpoint", "--submit"])
        .says("no witness in use has an address", "--request");
    let given = school.json(["checkpoint", "--submit", &server.url]);
    assert_eq!((&given["size"], &given["kept"]), (&13.into(), &"13.1.note".into()));
    // By the address in the policy, from what the witness saw.
    school.ok(["witness", "drop", "data-team"]);
    school.ok(["witness", "use", &council.line, "--url", &format!("{}/", server.url)]);
    school.record("note", HEAD, &["--text", "The gate was mended."]);
    let given = school.json(["checkpoint", "--submit"]);
    assert_eq!((&given["witness"], &given["size"]), (&"data-team".into(), &14.into()));
    // The school that lost what it was given is told where to begin.
    std::fs::remove_dir_all(school.home().join("ledger/times")).expect("removed");
    school.record("note", HEAD, &["--text", "The gate was painted."]);
    let given = school.json(["checkpoint", "--submit"]);
    assert_eq!((&given["size"], &given["quorum"]), (&15.into(), &true.into()));
    let shown = school.ok(["checkpoint"]).out;
    assert_eq!(shown.lines().filter(|line| line.starts_with('\u{2014}')).count(), 2);
}

#[test]
fn one_witness_that_fails_takes_nothing_from_another() {
    let (school, council) = (School::begun(), Council::new(&["--unattended"]));
    council.meet(&school);
    let server = council.serve();
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        format!("http://{}", listener.local_addr().expect("an address"))
    };
    let ran = school.run(["checkpoint", "--submit", &nobody, &server.url]);
    assert_eq!(ran.status, 2, "{ran:#?}");
    assert!(
        ran.err.contains("gives no answer") && ran.out.contains("13 entries cosigned by data-team"),
        "{ran:#?}"
    );
    assert!(school.home().join("ledger/times/13.1.note").exists());
    let unknown = Council::new(&["--unattended"]);
    let other = unknown.serve();
    let ran = school.run(["checkpoint", "--submit", &other.url]);
    assert!(
        ran.status == 2 && ran.err.contains("status 404") && ran.err.contains("--log-key"),
        "{ran:#?}"
    );
}

/// A server that answers all that is asked of it with these bytes.
pub fn answers(bytes: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        // The client asks twice at most.
        for stream in listener.incoming().take(3) {
            let mut stream: TcpStream = stream.expect("a client");
            stream.set_read_timeout(Some(Duration::from_millis(300))).expect("a timeout");
            let mut asked = Vec::new();
            let _ = std::io::Read::take(&mut stream, 4096).read_to_end(&mut asked);
            let _ = stream.write_all(&bytes);
        }
    });
    url
}

pub fn said(head: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

#[test]
fn an_answer_that_is_nonsense_is_refused_in_bounded_memory() {
    let (school, council) = (School::begun(), Council::new(&["--unattended"]));
    council.meet(&school);
    school.ok(["checkpoint"]);
    let before = std::fs::read(school.home().join("ledger/checkpoint")).expect("a checkpoint");
    // A line of the right witness over another head.
    let moved = {
        let other = School::begin();
        council.meet(&other);
        let server = council.serve();
        other.ok(["checkpoint", "--submit", &server.url]);
        let note = other.ok(["checkpoint"]).out;
        format!("{}\n", note.lines().last().expect("a line"))
    };
    let size = "Content-Type: text/x.tlog.size";
    let huge = "A".repeat(8 << 20);
    for (answer, what) in [
        (said("200 OK", b""), "no witness of policy.txt"),
        (said("200 OK", b"hello\n"), "no answer of a witness"),
        (said("200 OK", b"\xff\xfe"), "no answer of a witness"),
        (said("200 OK", moved.as_bytes()), "no witness of policy.txt"),
        (
            said("200 OK", "\u{2014} other.example AAAAAAA=\n".as_bytes()),
            "no witness of policy.txt",
        ),
        (said("200 OK", format!("\u{2014} other.example {huge}\n").as_bytes()), "gives no answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx".to_vec(), "gives no answer"),
        (said(&format!("409 Conflict\r\n{size}"), b"0\n"), "takes no proof from there"),
        (said(&format!("409 Conflict\r\n{size}"), b"13\n"), "another history"),
        (
            said(&format!("409 Conflict\r\n{size}"), b"99\n"),
            "has seen 99 entries, and there are 13",
        ),
        (said(&format!("409 Conflict\r\n{size}"), b"many\n"), "names no size"),
        (said("409 Conflict", b"5\n"), "status 409"),
        (said("302 Found\r\nLocation: http://127.0.0.1:1/", b""), ""),
        (said("500 Oops", format!("\u{1b}[31m{huge}").as_bytes()), ""),
        (b"garbage\r\n\r\n".to_vec(), "gives no answer"),
    ] {
        let ran = school.run(["checkpoint", "--submit", &answers(answer)]);
        assert!(ran.status == 2 && ran.err.contains(what), "{what}: {ran:#?}");
        assert!(
            ran.err.len() < 2000 && !ran.err.contains('\u{1b}'),
            "{what}: {} bytes",
            ran.err.len()
        );
    }
    let after = std::fs::read(school.home().join("ledger/checkpoint")).expect("a checkpoint");
    assert_eq!(before, after);
    assert!(!school.home().join("ledger/times").exists(), "nothing was kept");
}

/// The same ledger, copied ten times and continued differently with its real keys.
#[test]
fn of_ten_forks_that_ask_at_once_one_wins() {
    let (school, council) = (School::begun(), Council::new(&["--unattended"]));
    council.meet(&school);
    let server = council.serve();
    school.ok(["checkpoint", "--submit", &server.url]);
    let snapshot = Snapshot::of(&school.home());
    let requests: Vec<Vec<u8>> = (0..10)
        .map(|number| {
            let fork = School::nothing();
            snapshot.restore(&fork.home());
            fork.record("note", HEAD, &["--text", &format!("What happened, version {number}.")]);
            let file = fork.path("request").display().to_string();
            fork.ok(["checkpoint", "--request", &file]);
            std::fs::read(file).expect("a request")
        })
        .collect();
    one_of(&server, requests);
    assert_eq!((council.seen(), council.proofs()), (Some(14), 9));
}

/// All requests at the same moment; exactly one is cosigned.
fn one_of(server: &super::council::Server, requests: Vec<Vec<u8>>) {
    let ready = Arc::new(Barrier::new(requests.len()));
    let clients: Vec<_> = requests
        .into_iter()
        .map(|request| {
            let (ready, mut stream) = (Arc::clone(&ready), server.connect());
            std::thread::spawn(move || {
                ready.wait();
                send(&mut stream, "POST", "/add-checkpoint", &request);
                answer(&mut std::io::BufReader::new(stream)).status
            })
        })
        .collect();
    let statuses: Vec<u16> =
        clients.into_iter().map(|client| client.join().expect("answered")).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
}

#[test]
fn forks_at_once_again_and_again() {
    let council = history::council();
    let server = council.serve();
    assert_eq!(server.post("/add-checkpoint", &History(0).request(0, 5)).status, 200);
    for round in 0..20 {
        let size = 6 + round;
        council.move_proofs_away();
        // Only those that continue the last winner could win; all histories fork at five.
        let requests = (0..10)
            .map(|history| History(history).request(if round == 0 { 5 } else { size - 1 }, size));
        if round == 0 {
            one_of(&server, requests.collect());
            continue;
        }
        let statuses: Vec<u16> =
            requests.map(|request| server.post("/add-checkpoint", &request).status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    }
    drop(server);
    assert_eq!(council.seen(), Some(25));
}

/// SIGKILL at random moments: what was given out is never ahead of what is kept.
#[test]
fn a_server_that_is_killed_forgets_nothing_that_it_gave_out() {
    let council = history::council();
    let kills = std::env::var("PROBITY_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok())
        .map_or(12, |kills: u64| kills.div_ceil(4));
    let history = History(7);
    let mut given = 0;
    for kill in 0..kills {
        let server = council.serve();
        let mut stream = server.connect();
        let ask = std::thread::spawn(move || {
            let mut given = given;
            let mut size: u64 = given;
            let mut reader = std::io::BufReader::new(stream.try_clone().expect("a handle"));
            // A head may have been kept whose cosignature didn't arrive.
            for _ in 0..2000 {
                send(&mut stream, "POST", "/add-checkpoint", &history.request(size, size + 1));
                let Some((status, body)) = try_answer(&mut reader) else { break };
                match status {
                    200 => {
                        size += 1;
                        given = size;
                    }
                    409 => size = body.trim().parse().expect("a size"),
                    other => panic!("status {other}"),
                }
            }
            given
        });
        std::thread::sleep(Duration::from_millis(3 + (kill * 37) % 120));
        server.kill();
        given = ask.join().expect("a client");
        let kept = council.seen().unwrap_or(0);
        assert!(kept >= given && kept <= given + 1, "kept {kept}, given {given}");
        given = kept;
    }
    assert!(given > 10, "{given} heads were cosigned");
    // Another history finds no way in.
    let server = council.serve();
    let size = given;
    assert_eq!(server.post("/add-checkpoint", &History(8).request(size, size)).status, 409);
    assert_eq!(server.post("/add-checkpoint", &History(8).request(size, size + 1)).status, 422);
}

/// An answer, unless the server was killed before all of it came.
fn try_answer(reader: &mut std::io::BufReader<TcpStream>) -> Option<(u16, String)> {
    use std::io::BufRead as _;
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let status = line.split(' ').nth(1)?.parse().ok()?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header).ok()? == 0 {
            return None;
        }
        let Some((name, value)) = header.trim().split_once(": ") else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((status, String::from_utf8(body).ok()?))
}

/// The same with files: a process that is killed while it signs.
#[test]
fn a_signing_that_is_killed_has_kept_what_it_gave_out() {
    let council = history::council();
    let history = History(3);
    let (mut given, mut killed) = (0, 0);
    for turn in 0..25_u64 {
        let seen = council.seen().unwrap_or(0);
        assert!(seen >= given, "kept {seen}, given {given}");
        let (file, reply) =
            (council.path(&format!("{turn}")), council.path(&format!("{turn}.cosigned")));
        std::fs::write(&file, history.request(seen, seen + 1)).expect("a request");
        let mut child = council.command(["witness", "sign", &file.display().to_string()]);
        let mut child = child
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("it runs");
        std::thread::sleep(Duration::from_millis(1 + (turn * 13) % 40));
        let _ = child.kill();
        if !child.wait().expect("it ends").success() {
            killed += 1;
        }
        if reply.exists() {
            given = seen + 1;
        }
    }
    println!("{killed} of 25 were killed, {given} heads given out");
    assert!(index(&serde_json::json!(council.seen().unwrap_or(0))) >= given);
}
