//! A real ssh-agent with a socket of its own, and one that the test plays.

use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use probity_keys::SigningKey;
use tempfile::TempDir;

/// `ssh-agent`, as long as this lives.
pub struct Agent {
    folder: TempDir,
    child: Option<Child>,
}

impl Agent {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("agent");
        let child = Command::new("ssh-agent")
            .arg("-D")
            .arg("-a")
            .arg(&socket)
            .stdout(Stdio::null())
            .spawn()
            .expect("ssh-agent runs");
        let agent = Self { folder, child: Some(child) };
        let begun = Instant::now();
        while UnixStream::connect(&socket).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(20), "ssh-agent doesn't listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        agent
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn socket(&self) -> String {
        self.path("agent").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(program);
        command.args(arguments).env("SSH_AUTH_SOCK", self.socket()).stdin(Stdio::null());
        let output = command.output().expect("OpenSSH is installed");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Makes a key and gives it to the agent; the file of its public half.
    pub fn make(&self, name: &str, kind: &str) -> String {
        let file = self.path(name).display().to_string();
        self.run("ssh-keygen", &["-q", "-t", kind, "-N", "", "-C", name, "-f", &file]);
        self.run("ssh-add", &["-q", &file]);
        format!("{file}.pub")
    }

    pub fn forget_all(&self) {
        self.run("ssh-add", &["-q", "-D"]);
    }

    /// Ends it, and waits until it has.
    pub fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.end();
    }
}

/// How the played agent answers when it is asked to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Way {
    Honest,
    OtherKey,
    OtherMessage,
    SOutOfRange,
    Zeros,
    Short,
    Refuse,
    HangUp,
    Huge,
}

const WAYS: [Way; 9] = [
    Way::Honest,
    Way::OtherKey,
    Way::OtherMessage,
    Way::SOutOfRange,
    Way::Zeros,
    Way::Short,
    Way::Refuse,
    Way::HangUp,
    Way::Huge,
];

/// An agent with one key, which it uses as it is told to.
pub struct Played {
    folder: TempDir,
    way: Arc<AtomicU8>,
}

impl Played {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let listener = UnixListener::bind(folder.path().join("agent")).expect("a socket");
        let way = Arc::new(AtomicU8::new(0));
        let told = Arc::clone(&way);
        // It ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let way = || WAYS[usize::from(told.load(Ordering::SeqCst))];
                let _ = stream.and_then(|stream| serve(stream, &way));
            }
        });
        Self { folder, way }
    }

    pub fn socket(&self) -> String {
        self.folder.path().join("agent").display().to_string()
    }

    pub fn answer(&self, way: Way) {
        self.way.store(way as u8, Ordering::SeqCst);
    }
}

fn string(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("short");
    [&length.to_be_bytes()[..], bytes].concat()
}

fn take<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let (length, after) = rest.split_first_chunk::<4>().expect("a length");
    let (string, after) = after.split_at(u32::from_be_bytes(*length) as usize);
    *rest = after;
    string
}

fn serve(mut stream: UnixStream, way: &dyn Fn() -> Way) -> std::io::Result<()> {
    let key = SigningKey::from_seed([0x5a; 32]);
    let blob = [string(b"ssh-ed25519"), string(&key.public().to_bytes())].concat();
    loop {
        let mut length = [0; 4];
        stream.read_exact(&mut length)?;
        let mut asked = vec![0; u32::from_be_bytes(length) as usize];
        stream.read_exact(&mut asked)?;
        let answer = if asked[0] == 11 {
            [&[12, 0, 0, 0, 1][..], &string(&blob), &string(b"played")].concat()
        } else {
            let mut rest = &asked[1..];
            assert_eq!((asked[0], take(&mut rest)), (13, &blob[..]), "asked for another key");
            let message = take(&mut rest);
            let mut signature = key.sign(message).0.to_vec();
            match way() {
                Way::Honest => {}
                Way::OtherKey => {
                    signature = SigningKey::from_seed([1; 32]).sign(message).0.to_vec();
                }
                Way::OtherMessage => signature = key.sign(b"something else").0.to_vec(),
                Way::SOutOfRange => signature[63] |= 0xf0,
                Way::Zeros => signature.fill(0),
                Way::Short => signature.truncate(63),
                Way::Refuse => signature.clear(),
                Way::HangUp => return Ok(()),
                Way::Huge => {
                    stream.write_all(&u32::MAX.to_be_bytes())?;
                    continue;
                }
            }
            if signature.is_empty() {
                vec![5]
            } else {
                let inner = [string(b"ssh-ed25519"), string(&signature)].concat();
                [&[14][..], &string(&inner)].concat()
            }
        };
        stream.write_all(&string(&answer))?;
    }
}
