//! The council: a folder of its own, its program, its server.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::Value as Json;

use crate::common::{Ran, School, json_lines, text};

pub const NAME: &str = "borough.example/data-team";

/// A witness's machine. It has no record book.
pub struct Council {
    machine: School,
    /// The line that it hands over.
    pub line: String,
}

impl Council {
    pub fn new(options: &[&str]) -> Self {
        let mut council = Self { machine: School::nothing(), line: String::new() };
        let made = council.json(["witness", "new", NAME].iter().chain(options));
        council.line = format!("witness data-team {}", text(&made["vkey"]));
        council
    }

    pub fn dir(&self) -> PathBuf {
        self.machine.path("witness")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.machine.path(name)
    }

    pub fn command<S: AsRef<str>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> std::process::Command {
        let arguments: Vec<String> =
            arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect();
        let mut command = self.machine.command(arguments);
        command.env("PROBITY_WITNESS", self.dir());
        command
    }

    pub fn run<S: AsRef<str>>(&self, arguments: impl IntoIterator<Item = S>) -> Ran {
        let out = self.command(arguments).output().expect("the program runs");
        Ran {
            status: out.status.code().expect("it ends by itself"),
            out: String::from_utf8(out.stdout).expect("text"),
            err: String::from_utf8(out.stderr).expect("text"),
        }
    }

    #[track_caller]
    pub fn ok<S: AsRef<str>>(&self, arguments: impl IntoIterator<Item = S>) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.status, 0, "{ran:#?}");
        ran
    }

    #[track_caller]
    pub fn json<S: AsRef<str>>(&self, arguments: impl IntoIterator<Item = S>) -> Json {
        let out = self.command(arguments).arg("--json").output().expect("the program runs");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        json_lines(&String::from_utf8(out.stdout).expect("text")).remove(0)
    }

    /// Has the school and the council know each other.
    pub fn meet(&self, school: &School) {
        let log = school.ok(["checkpoint", "--log-key"]).out;
        self.ok(["witness", "add", log.trim()]);
        let line = self.line.as_str();
        school.ok(["witness", "use", line]);
    }

    /// How many requests are kept as proof.
    pub fn proofs(&self) -> usize {
        let files = std::fs::read_dir(self.dir().join("proofs")).expect("a folder");
        files
            .filter(|f| f.as_ref().is_ok_and(|f| f.path().extension().is_some_and(|e| e != "seen")))
            .count()
    }

    /// The names of the requests that prove two histories.
    pub fn proof_names(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.dir().join("proofs")).expect("a folder");
        let names = files.map(|file| file.expect("a file").file_name().display().to_string());
        names.filter(|name| name.ends_with(".rewritten")).collect()
    }

    /// Moves them to where they are kept for good: somebody said which book counts.
    pub fn move_proofs_away(&self) {
        let kept = self.path("settled");
        std::fs::create_dir_all(&kept).expect("a folder");
        for name in self.proof_names() {
            std::fs::rename(self.dir().join("proofs").join(&name), kept.join(&name))
                .expect("moved");
        }
    }

    /// The size of the one ledger's newest head, as the folder has it.
    pub fn seen(&self) -> Option<u64> {
        self.json(["witness", "list"])["size"].as_u64()
    }

    pub fn serve(&self) -> Server {
        let mut child = self
            .command(["witness", "serve", "--listen", "127.0.0.1:0", "--json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut line).expect("it says where it listens");
        if line.is_empty() {
            let mut err = String::new();
            child.stderr.take().expect("piped").read_to_string(&mut err).expect("text");
            panic!("no server: {err}");
        }
        let url = text(&json_lines(&line).remove(0)["url"]);
        Server { child, url }
    }
}

/// A server; it is ended with the test.
pub struct Server {
    child: Child,
    pub url: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub kind: String,
    pub body: String,
}

impl Server {
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ended");
    }

    /// Tells it to end, as a system does; whether it ended well.
    #[cfg(unix)]
    pub fn end(mut self) -> bool {
        let id = self.child.id().to_string();
        let told = std::process::Command::new("kill").arg(id).status().expect("kill runs");
        told.success() && self.child.wait().expect("it ends").success()
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.url["http://".len()..]).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        stream
    }

    pub fn post(&self, path: &str, body: &[u8]) -> Answer {
        self.call("POST", path, body)
    }

    pub fn call(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        let mut stream = self.connect();
        send(&mut stream, method, path, body);
        answer(&mut BufReader::new(stream))
    }
}

pub fn send(stream: &mut TcpStream, method: &str, path: &str, body: &[u8]) {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: witness\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    // Whoever refuses a long body may close before all of it was sent.
    let _ = stream.write_all(&[head.as_bytes(), body].concat());
}

/// Reads one answer, whose length it says.
pub fn answer(stream: &mut BufReader<TcpStream>) -> Answer {
    let mut line = String::new();
    stream.read_line(&mut line).expect("a status line");
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no status in {line:?}"));
    let (mut kind, mut length) = (String::new(), 0);
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).expect("a header");
        let Some((name, value)) = header.trim().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-type" => value.clone_into(&mut kind),
            "content-length" => length = value.parse().expect("a length"),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("a body");
    Answer { status, kind, body: String::from_utf8(body).expect("text") }
}
