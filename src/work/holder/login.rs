//! Whether a key in the agent also logs its holder in somewhere, as far as can be known here.
//!
//! Somebody who logs in signs data that begin with a session's number, of which the other side
//! determines a part. What a person signs for a record book begins `84 6a`, where those data have
//! the length of the number, so that neither can be taken for the other. Still, one key for two
//! jobs ties what becomes of one to the other: a server's owner, a forwarded agent, a key that has
//! to be changed. So such a key is refused unless its holder says that they know.

use std::path::{Path, PathBuf};

use super::agent::Offered;

/// Most bytes that are read of a file of keys.
const MAX: u64 = 1 << 20;

/// Files in `~/.ssh` that name keys which log somebody in.
const FILES: &[&str] = &["authorized_keys", "authorized_keys2", "id_ed25519.pub"];

/// The folder with this user's keys for ssh.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    directories::BaseDirs::new().map(|system| system.home_dir().join(".ssh"))
}

/// The file in that folder that names the key as one that logs in.
#[must_use]
pub fn named_in(folder: &Path, key: &Offered) -> Option<PathBuf> {
    let names = |path: &PathBuf| {
        let text = crate::work::input::bytes(path, MAX).unwrap_or_default();
        // A line of authorized_keys may have options before the key, with blanks in quotes.
        String::from_utf8_lossy(&text)
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .any(|line| line.split_whitespace().any(|word| word == key.base64))
    };
    FILES.iter().map(|file| folder.join(file)).find(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_logs_in_is_found_behind_options() {
        let folder = tempfile::tempdir().expect("a folder");
        let line = |seed: u8| {
            use base64::Engine as _;
            let key = probity_keys::SigningKey::from_seed([seed; 32]).public();
            let mut blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20".to_vec();
            blob.extend(key.to_bytes());
            format!("ssh-ed25519 {}", base64::engine::general_purpose::STANDARD.encode(blob))
        };
        let offered = |seed| Offered::from_line(&line(seed)).expect("a key");
        assert_eq!(named_in(folder.path(), &offered(1)), None, "no such files");
        let file = folder.path().join("authorized_keys");
        let text = format!("# {}\nfrom=\"a b\",no-pty {} me@home\n", line(1), line(2));
        std::fs::write(&file, text).expect("a file");
        assert_eq!(named_in(folder.path(), &offered(1)), None, "a comment");
        assert_eq!(named_in(folder.path(), &offered(2)), Some(file));
        let own = folder.path().join("id_ed25519.pub");
        std::fs::write(&own, line(3)).expect("a file");
        assert_eq!(named_in(folder.path(), &offered(3)), Some(own));
    }
}
