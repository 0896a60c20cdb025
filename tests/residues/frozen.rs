//! The program, held still at a moment of which the test knows what lies behind it: it waits
//! for somebody to read what it prints.

use std::io::{Read, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::needles::Needles;

/// Which of its outputs nobody reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Blocked {
    Out,
    Err,
}

/// A process that waits; it is ended when this is dropped.
pub struct Frozen(Child);

impl Frozen {
    /// Starts a command whose output is blocked, and waits until it has done `done` and stands still.
    pub fn printing(command: &mut Command, blocked: Blocked, done: impl Fn() -> bool) -> Self {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let mut filler = writer.try_clone().expect("a second end");
        // Keeps the pipe full, until its reader goes.
        std::thread::spawn(move || while filler.write_all(&[b'.'; 4096]).is_ok() {});
        std::thread::sleep(Duration::from_millis(200));
        match blocked {
            Blocked::Out => command.stdout(writer).stderr(Stdio::null()),
            Blocked::Err => command.stderr(writer).stdout(Stdio::null()),
        };
        let frozen = Self::waiting(command, done);
        // Held open as long as the process is looked at.
        std::mem::forget(reader);
        frozen
    }

    /// Starts a command and waits until it has done `done` and stands still.
    pub fn waiting(command: &mut Command, done: impl Fn() -> bool) -> Self {
        let frozen = Self(command.spawn().expect("the program starts"));
        wait(frozen.id(), done);
        frozen
    }

    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// How it ended, by a signal that was sent to it.
    pub fn ended(&mut self) -> ExitStatus {
        self.0.wait().expect("a child")
    }

    /// What the system shows to others about it.
    pub fn file(&self, name: &str) -> Vec<u8> {
        std::fs::read(format!("/proc/{}/{name}", self.id())).expect("a file of the child")
    }

    /// What of the secrets is in its memory while it computes something, such as a key from a
    /// passphrase: it is stopped in the middle, and goes on afterwards.
    #[track_caller]
    pub fn while_it_works(&self, needles: &Needles) -> Vec<String> {
        let used = || {
            let fields = stat(self.id());
            fields[11].parse::<u64>().expect("a time") + fields[12].parse::<u64>().expect("a time")
        };
        let (before, deadline) = (used(), Instant::now() + Duration::from_secs(60));
        while used() < before + 5 {
            assert!(Instant::now() < deadline, "the program did nothing");
            std::thread::sleep(Duration::from_millis(5));
        }
        let signal = |name: &str| {
            let sent = Command::new("kill").args([name, &self.id().to_string()]).status();
            assert!(sent.expect("kill").success());
        };
        signal("-STOP");
        let found = needles.in_memory(self.id());
        signal("-CONT");
        found.expect("a parent may read the memory of its child")
    }

    /// What of the secrets is in its memory; nothing may be in its command line or environment.
    #[track_caller]
    pub fn holds(&self, needles: &Needles) -> Vec<String> {
        for name in ["cmdline", "environ"] {
            assert_eq!(needles.within(&self.file(name)), Vec::<&str>::new(), "in {name}");
        }
        needles.in_memory(self.id()).expect("a parent may read the memory of its child")
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the system counts of a process, from its state on.
fn stat(process: u32) -> Vec<String> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    fields.split_whitespace().map(str::to_owned).collect()
}

/// Waits until a process has done `done` and stands still: it sleeps, and uses no time.
pub fn wait(process: u32, done: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    let (mut still, mut before) = (0, String::new());
    while still < 10 {
        assert!(Instant::now() < deadline, "the program never came to stand still");
        let fields = stat(process);
        let state = fields.first().map_or("Z", String::as_str);
        assert_ne!(state, "Z", "it ended before it could be looked at");
        let used = fields[11..13].join(" ");
        still = if done() && state == "S" && used == before { still + 1 } else { 0 };
        before = used;
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Reads until a text has come.
pub fn until(screen: &mut impl Read, text: &str) {
    let mut seen = Vec::new();
    let mut byte = [0];
    while !String::from_utf8_lossy(&seen).contains(text) {
        screen.read_exact(&mut byte).expect("the program asks");
        seen.push(byte[0]);
    }
}
