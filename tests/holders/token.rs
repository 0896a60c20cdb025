//! A token of `SoftHSM`, in a folder of its own.

use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Long enough to be found in base64, too (`tests/leaks.rs`).
pub const PIN: &str = "4711-yonder-quokka-0815-marzipan";

/// Where packages put its library.
const LIBRARIES: &[&str] = &[
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

pub fn library() -> String {
    let found = LIBRARIES.iter().find(|path| Path::new(path).is_file());
    (*found.expect("SoftHSM is installed: tests/run does it")).to_owned()
}

/// Tokens, as long as this lives.
pub struct Tokens(TempDir);

impl Tokens {
    pub fn none() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("tokens")).expect("a folder");
        let config = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            folder.path().join("tokens").display()
        );
        std::fs::write(folder.path().join("softhsm2.conf"), config).expect("a file");
        Self(folder)
    }

    pub fn config(&self) -> String {
        self.0.path().join("softhsm2.conf").display().to_string()
    }

    /// Sets one up.
    pub fn add(&self, label: &str) {
        let mut command = Command::new("softhsm2-util");
        command.args(["--init-token", "--free", "--label", label, "--pin", PIN]);
        command.args(["--so-pin", "0815-token"]).env("SOFTHSM2_CONF", self.config());
        let output = command.stdin(Stdio::null()).output().expect("SoftHSM is installed");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
