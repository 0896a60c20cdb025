//! A key in a running ssh-agent, by the two messages of its protocol that signing takes
//! (draft-ietf-sshm-ssh-agent, sections 3.5 and 3.6).
//!
//! ```text
//! message    length (4 bytes, big-endian) ‖ type ‖ content
//! string     length (4 bytes, big-endian) ‖ bytes
//!
//! 11 →       12  count ‖ count × (string key blob ‖ string comment)      which keys are there
//! 13  string key blob ‖ string message ‖ flags (4 bytes) →
//!            14  string (string "ssh-ed25519" ‖ string 64 bytes)         a signature
//!            5   refused
//! key blob   string "ssh-ed25519" ‖ string 32 bytes                      RFC 8709, section 4
//! ```
//!
//! It is written out here, since the two libraries for it bring a second copy of all the
//! cryptography of this program along, for keys that it refuses.
//!
//! What the agent answers is believed of nothing: a key counts by its bytes, and a signature once
//! it verifies ([`Signer::sign`]). Answers are bounded, and waited for no longer than two minutes,
//! in which somebody may be asked to confirm.
//!
//! What this doesn't protect: whoever may speak to the agent can have it sign anything.

use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use probity_keys::{PublicKey, SignError, Signature, Signer};
use sha2::{Digest as _, Sha256};

use crate::work::{WorkError, input};

/// The one type of key that is used.
pub const ED25519: &str = "ssh-ed25519";

/// Most bytes of an answer: as many as agents take of a question.
const MAX_ANSWER: usize = 256 << 10;

/// How long somebody may take to confirm. A pipe of Windows knows no such limit.
#[cfg(unix)]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(120);

const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGNED: u8 = 14;

/// A connection to an agent.
trait Wire: Read + Write + Send {}

impl<T: Read + Write + Send> Wire for T {}

/// A key that an agent holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Its type, such as `ssh-ed25519`.
    pub kind: String,
    /// The key itself, if it is one that can sign here.
    pub key: Option<PublicKey>,
    /// Its name among users of ssh: `SHA256:…`.
    pub fingerprint: String,
    /// What its holder called it.
    pub comment: String,
    /// The key as it stands in files, in base64.
    pub base64: String,
}

impl Offered {
    fn of(blob: &[u8], comment: &str) -> Option<Self> {
        let mut rest = blob;
        let kind = std::str::from_utf8(string(&mut rest)?).ok()?.to_owned();
        let key = (kind == ED25519).then(|| {
            let bytes = string(&mut rest)?.try_into().ok()?;
            if rest.is_empty() { PublicKey::from_bytes(bytes).ok() } else { None }
        });
        Some(Self {
            kind,
            key: key.flatten(),
            fingerprint: format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(blob))),
            comment: comment.to_owned(),
            base64: STANDARD.encode(blob),
        })
    }

    /// A public key as `ssh-keygen` writes it: type, base64, comment.
    #[must_use]
    pub fn from_line(line: &str) -> Option<Self> {
        let mut parts = line.trim().splitn(3, ' ');
        let (kind, base64) = (parts.next()?, parts.next()?);
        let offered = Self::of(&STANDARD.decode(base64).ok()?, parts.next().unwrap_or_default())?;
        (offered.kind == kind).then_some(offered)
    }

    /// The fingerprint, and what its holder called it.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{} ({})", self.fingerprint, self.comment)
    }
}

/// The key as agents name it.
fn blob(key: &PublicKey) -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, ED25519.as_bytes());
    put(&mut out, &key.to_bytes());
    out
}

/// A connection to the agent that this user runs.
struct Agent(Box<dyn Wire>);

/// A failure of the protocol, in words.
type Fault = String;

impl Agent {
    fn connect() -> Result<Self, WorkError> {
        wire().map(Self)
    }

    fn ask(&mut self, kind: u8, content: &[u8]) -> Result<(u8, Vec<u8>), Fault> {
        let told = |error: io::Error| match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                "it didn't answer in two minutes".to_owned()
            }
            io::ErrorKind::UnexpectedEof => "it ended the conversation".to_owned(),
            _ => error.to_string(),
        };
        let length = u32::try_from(content.len() + 1).map_err(|error| error.to_string())?;
        let mut message = length.to_be_bytes().to_vec();
        message.push(kind);
        message.extend_from_slice(content);
        self.0.write_all(&message).and_then(|()| self.0.flush()).map_err(told)?;
        let mut length = [0; 4];
        self.0.read_exact(&mut length).map_err(told)?;
        let length = u32::from_be_bytes(length) as usize;
        if length == 0 || length > MAX_ANSWER {
            return Err(format!("its answer is {length} bytes long, expected 1 to {MAX_ANSWER}"));
        }
        let mut answer = vec![0; length];
        self.0.read_exact(&mut answer).map_err(told)?;
        let content = answer.split_off(1);
        Ok((answer[0], content))
    }

    fn keys(&mut self) -> Result<Vec<Offered>, Fault> {
        let (kind, answer) = self.ask(REQUEST_IDENTITIES, &[])?;
        if kind != IDENTITIES {
            return Err(format!(
                "it answers {kind} when asked for its keys, expected {IDENTITIES}"
            ));
        }
        offered(&answer).ok_or_else(|| "its list of keys has another form".to_owned())
    }
}

fn offered(answer: &[u8]) -> Option<Vec<Offered>> {
    let (count, mut rest) = answer.split_first_chunk::<4>()?;
    let mut keys = Vec::new();
    for _ in 0..u32::from_be_bytes(*count) {
        let blob = string(&mut rest)?;
        let comment = String::from_utf8_lossy(string(&mut rest)?).into_owned();
        // What can't even be named is nothing that could be chosen.
        keys.extend(Offered::of(blob, &comment));
    }
    rest.is_empty().then_some(keys)
}

fn signature(answer: &[u8]) -> Option<Signature> {
    let mut outer = answer;
    let mut inner = string(&mut outer)?;
    let kind = string(&mut inner)?;
    let signature = string(&mut inner)?.try_into().ok()?;
    (kind == ED25519.as_bytes() && outer.is_empty() && inner.is_empty())
        .then_some(Signature(signature))
}

fn string<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (string, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    *rest = after;
    Some(string)
}

/// Everything that is sent is a key or what an entry's author signs, far below 4 GiB.
fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
}

const START: &str = "start one with `eval \"$(ssh-agent)\"`, add the key to it with `ssh-add`, and \
                     try again in the same terminal";

#[cfg(unix)]
fn wire() -> Result<Box<dyn Wire>, WorkError> {
    use std::os::unix::net::UnixStream;
    let named = std::env::var_os("SSH_AUTH_SOCK").filter(|path| !path.is_empty());
    let path =
        std::path::PathBuf::from(named.ok_or_else(|| {
            WorkError::refused("no ssh-agent is named by SSH_AUTH_SOCK here", START)
        })?);
    let unanswered = |error: io::Error| {
        WorkError::refused(format!("no ssh-agent answers at {}: {error}", path.display()), START)
    };
    let stream = UnixStream::connect(&path).map_err(unanswered)?;
    stream
        .set_read_timeout(Some(PATIENCE))
        .and_then(|()| stream.set_write_timeout(Some(PATIENCE)))
        .map_err(unanswered)?;
    Ok(Box::new(stream))
}

/// The agent that comes with Windows listens at a named pipe, which is opened as a file is.
#[cfg(windows)]
fn wire() -> Result<Box<dyn Wire>, WorkError> {
    let pipe = r"\\.\pipe\openssh-ssh-agent";
    let opened = std::fs::OpenOptions::new().read(true).write(true).open(pipe);
    opened.map(|file| Box::new(file) as Box<dyn Wire>).map_err(|error| {
        WorkError::refused(
            format!("no ssh-agent answers at {pipe}: {error}"),
            "start the service `OpenSSH Authentication Agent`, add the key to it with `ssh-add`, and \
             try again",
        )
    })
}

#[cfg(not(any(unix, windows)))]
fn wire() -> Result<Box<dyn Wire>, WorkError> {
    Err(WorkError::refused("this system has no ssh-agent", "use a key file, or a token"))
}

fn failed(fault: &str) -> WorkError {
    WorkError::refused(format!("the ssh-agent failed: {fault}"), START)
}

/// Every key that the agent holds.
///
/// # Errors
/// When there is no agent, or it doesn't speak the protocol.
pub fn keys() -> Result<Vec<Offered>, WorkError> {
    Agent::connect()?.keys().map_err(|fault| failed(&fault))
}

/// The key of the agent that is meant: by the file of its public half, by its fingerprint, or as
/// the only one that can sign here.
///
/// # Errors
/// As [`keys`]; when none or several are meant, or it is of another type.
pub fn choose(wanted: Option<&str>) -> Result<(Offered, PublicKey), WorkError> {
    let wanted = wanted.map(fingerprint).transpose()?;
    let all = keys()?;
    let list =
        |keys: &[&Offered]| keys.iter().map(|key| key.words()).collect::<Vec<_>>().join(", ");
    let fit: Vec<&Offered> = match &wanted {
        Some(wanted) => all.iter().filter(|one| one.fingerprint == *wanted).collect(),
        None => all.iter().filter(|one| one.key.is_some()).collect(),
    };
    let make = "make one with `ssh-keygen -t ed25519`, and add it with `ssh-add FILE`";
    match (fit.as_slice(), wanted) {
        ([one], _) => one.key.map(|key| ((*one).clone(), key)).ok_or_else(|| {
            WorkError::refused(
                format!("the key {} is of the type {}, expected {ED25519}", one.words(), one.kind),
                make,
            )
        }),
        ([], Some(wanted)) => Err(WorkError::refused(
            format!("the ssh-agent holds no key {wanted}"),
            "see what it holds with `ssh-add -l`, or add the key with `ssh-add FILE`",
        )),
        ([], None) if all.is_empty() => Err(WorkError::refused("the ssh-agent holds no key", make)),
        ([], None) => {
            let others: Vec<&str> = all.iter().map(|one| one.kind.as_str()).collect();
            Err(WorkError::refused(
                format!("the ssh-agent holds no {ED25519} key, but {}", others.join(", ")),
                make,
            ))
        }
        (several, _) => Err(WorkError::refused(
            format!(
                "the ssh-agent holds {} keys that could sign: {}",
                several.len(),
                list(several)
            ),
            "say which with --ssh-key SHA256:…, or --ssh-key FILE.pub",
        )),
    }
}

/// The fingerprint that is named, or that of the public key in the file that is named.
fn fingerprint(wanted: &str) -> Result<String, WorkError> {
    if wanted.starts_with("SHA256:") {
        return Ok(wanted.trim_end_matches('=').to_owned());
    }
    let path = Path::new(wanted);
    let text = input::text(path, input::MAX_SMALL).map_err(WorkError::file("reading", path))?;
    let line = text.lines().find_map(Offered::from_line);
    line.map(|one| one.fingerprint).ok_or_else(|| {
        WorkError::refused(
            format!("{wanted} is no public key as ssh-keygen writes it"),
            "name the file that ends in .pub, or the fingerprint that `ssh-add -l` shows",
        )
    })
}

/// A key in the agent, ready to sign.
pub struct AgentKey {
    agent: Mutex<Agent>,
    public: PublicKey,
}

impl AgentKey {
    /// Looks whether the agent has the key.
    ///
    /// # Errors
    /// As [`keys`]; or when it hasn't.
    pub fn open(name: &str, public: &PublicKey) -> Result<Self, WorkError> {
        let mut agent = Agent::connect()?;
        let keys = agent.keys().map_err(|fault| failed(&fault))?;
        if !keys.iter().any(|one| one.key.as_ref() == Some(public)) {
            let wanted = Offered::of(&blob(public), "");
            let wanted = wanted.map(|one| one.fingerprint).unwrap_or_default();
            return Err(WorkError::refused(
                format!("the ssh-agent doesn't hold the key of `{name}`, {wanted}"),
                "add it with `ssh-add FILE`; if the agent is locked, unlock it with `ssh-add -X`",
            ));
        }
        Ok(Self { agent: Mutex::new(agent), public: *public })
    }
}

impl Signer for AgentKey {
    fn public(&self) -> PublicKey {
        self.public
    }

    fn ask(&self, message: &[u8]) -> Result<Signature, SignError> {
        let mut content = Vec::new();
        put(&mut content, &blob(&self.public));
        put(&mut content, message);
        content.extend_from_slice(&[0; 4]);
        let mut agent = self.agent.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = |fault: &str| {
            SignError::new(format!("the ssh-agent gave no signature: {fault}"), REFUSED)
        };
        let (kind, answer) = agent.ask(SIGN_REQUEST, &content).map_err(|fault| failed(&fault))?;
        if kind != SIGNED {
            return Err(failed("it refused"));
        }
        signature(&answer).ok_or_else(|| failed("its answer has another form"))
    }
}

const REFUSED: &str = "look whether it still holds the key (`ssh-add -l`) and whether somebody has to \
                       confirm its use; nothing was signed";

#[cfg(test)]
mod tests {
    use probity_keys::SigningKey;

    use super::*;

    fn framed(parts: &[&[u8]]) -> Vec<u8> {
        let mut out = Vec::new();
        for part in parts {
            put(&mut out, part);
        }
        out
    }

    #[test]
    fn a_list_of_keys_is_read_whole_or_not_at_all() {
        let key = SigningKey::from_seed([1; 32]).public();
        let rsa = framed(&[b"ssh-rsa", &[3], &[7; 256]]);
        let mut list = 3_u32.to_be_bytes().to_vec();
        list.extend(framed(&[&blob(&key), b"mine", &rsa, b"\xff", b"", b"nothing"]));
        let keys = offered(&list).expect("it is one");
        assert_eq!(keys.len(), 2, "{keys:?}");
        assert_eq!((keys[0].key, keys[0].comment.as_str()), (Some(key), "mine"));
        assert_eq!((keys[1].key, keys[1].kind.as_str()), (None, "ssh-rsa"));
        assert_eq!(offered(&[&list[..], &[0]].concat()), None, "trailing");
        for cut in 0..list.len() {
            assert_eq!(offered(&list[..cut]), None, "cut at {cut}");
        }
        let many = [&u32::MAX.to_be_bytes()[..], &framed(&[b"", b""])].concat();
        assert_eq!(offered(&many), None);
    }

    #[test]
    fn a_signature_has_one_form() {
        let good = framed(&[&framed(&[b"ssh-ed25519", &[5; 64]])]);
        assert_eq!(signature(&good), Some(Signature([5; 64])));
        for bad in [
            framed(&[&framed(&[b"ssh-rsa", &[5; 64]])]),
            framed(&[&framed(&[b"ssh-ed25519", &[5; 63]])]),
            framed(&[&framed(&[b"ssh-ed25519", &[5; 64], b""])]),
            framed(&[&framed(&[b"ssh-ed25519", &[5; 64]]), b""]),
            good[..good.len() - 1].to_vec(),
        ] {
            assert_eq!(signature(&bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_line_names_the_key_that_it_holds() {
        let key = SigningKey::from_seed([1; 32]).public();
        let base64 = STANDARD.encode(blob(&key));
        let line = Offered::from_line(&format!("ssh-ed25519 {base64} a comment\n"));
        let line = line.expect("it is one");
        assert_eq!((line.key, line.comment.as_str()), (Some(key), "a comment"));
        assert_eq!(Offered::from_line(&format!("ssh-rsa {base64}")), None);
        assert_eq!(Offered::from_line("ssh-ed25519"), None);
        let small = framed(&[b"ssh-ed25519", &[0; 32]]);
        let line = Offered::from_line(&format!("ssh-ed25519 {}", STANDARD.encode(small)));
        assert_eq!(line.expect("a line").key, None, "a point of small order is no key");
    }
}
