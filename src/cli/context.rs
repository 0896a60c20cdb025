//! What every command needs: where home is, how to print, how to ask.

use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::sync::{Arc, OnceLock};

use probity_keys::Signer;
use serde_json::Value as Json;
use zeroize::Zeroizing;

use super::{Colour, Ended, Global};
use crate::work::holder::Secret;
use crate::work::home::Home;
use crate::work::keyring::{Keyring, Passphrase};
use crate::work::{WorkError, World, synced};

/// The longest first line of a file that holds a passphrase, in bytes.
const MAX_PASSPHRASE_FILE: usize = 4096;

/// The circumstances of one run.
pub struct Context {
    global: Global,
    /// Clock and randomness.
    pub world: World,
    /// Why nothing can be printed any more.
    unprinted: Arc<OnceLock<io::ErrorKind>>,
}

impl Context {
    /// The circumstances that these options make.
    #[must_use]
    pub fn new(global: Global) -> Self {
        match global.color {
            Colour::Auto => {}
            Colour::Always => anstream::ColorChoice::Always.write_global(),
            Colour::Never => anstream::ColorChoice::Never.write_global(),
        }
        Self { global, world: World::real(), unprinted: Arc::default() }
    }

    /// The same circumstances with another home.
    #[must_use]
    pub fn with_home(&self, home: std::path::PathBuf) -> Self {
        let global = Global { home: Some(home), ..self.global.clone() };
        Self { global, world: self.world, unprinted: Arc::clone(&self.unprinted) }
    }

    /// The home.
    ///
    /// # Errors
    /// When none is named and the system has no data folder.
    pub fn home(&self) -> Result<Home, WorkError> {
        Home::locate(self.global.home.clone())
    }

    /// Whether to say nothing but results and errors.
    #[must_use]
    pub fn quiet(&self) -> bool {
        self.global.quiet
    }

    /// A progress display for something that may take long; shown on a terminal only.
    #[must_use]
    pub fn progress(&self, what: &'static str) -> Progress {
        Progress::new(what, !self.global.quiet && !self.json() && io::stderr().is_terminal())
    }

    /// Breaks a paragraph at the width of the terminal, 100 columns at most.
    #[must_use]
    pub fn wrap(&self, text: &str) -> String {
        let width =
            terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0).min(100));
        // Names with hyphens stay whole: people search for them.
        let options = textwrap::Options::new(width.max(40))
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        textwrap::fill(text, options)
    }

    /// Whether output is JSON.
    #[must_use]
    pub fn json(&self) -> bool {
        self.global.json
    }

    /// Prints data: a line on standard output.
    pub fn print(&self, line: impl std::fmt::Display) {
        self.printing(|| writeln!(anstream::stdout(), "{line}"));
    }

    /// Prints one JSON object on a line of its own.
    pub fn print_json(&self, value: &Json) {
        self.print(value);
    }

    /// Prints a file's bytes as they are.
    pub fn print_bytes(&self, bytes: &[u8]) {
        let mut out = io::stdout();
        self.printing(|| out.write_all(bytes).and_then(|()| out.flush()));
    }

    /// Once something can't be printed, nothing more is, and the command goes on: what it does, and
    /// how it ends, isn't decided by who reads.
    fn printing(&self, print: impl FnOnce() -> io::Result<()>) {
        if self.unprinted.get().is_some() {
            return;
        }
        let Err(error) = print() else { return };
        let first = self.unprinted.set(error.kind()).is_ok();
        // Whoever read through a pipe, and has enough, isn't told.
        if first && error.kind() != io::ErrorKind::BrokenPipe {
            self.complain(&unprinted(&error));
        }
    }

    /// Whether something that was to be printed is lost to somebody who waits for it.
    #[must_use]
    pub fn lost_output(&self) -> bool {
        self.unprinted.get().is_some_and(|kind| *kind != io::ErrorKind::BrokenPipe)
    }

    /// Talks: a line on standard error, unless told to be quiet.
    pub fn say(&self, line: impl std::fmt::Display) {
        if !self.global.quiet {
            let _ = writeln!(anstream::stderr(), "{line}");
        }
    }

    /// Says on standard error what is said this once, whether or not told to be quiet.
    pub fn say_once(&self, line: impl std::fmt::Display) {
        let _ = writeln!(anstream::stderr(), "{line}");
    }

    /// Warns whoever has a record book in a folder that some service keeps in step.
    pub fn warn_if_synced(&self, home: &Home) {
        if let Some(warning) = synced::warning(home.path()) {
            self.say(format_args!("{}\n", self.wrap(&warning)));
        }
    }

    /// Whether a person is there to be asked.
    #[must_use]
    pub fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Prints an error: one fact, one remedy.
    pub fn complain(&self, error: &WorkError) {
        complain(self.json(), error);
    }

    /// What to do first.
    ///
    /// # Errors
    /// A record book whose journal was lost.
    pub fn first_words(&self) -> Result<Ended, WorkError> {
        let home = self.home().ok();
        home.as_ref().map_or(Ok(()), Home::refuse_lost)?;
        let begun = home.is_some_and(|home| home.has_ledger());
        if begun {
            self.say("Your record book is here. What you can do:\n");
            self.say("  probity log        what is on record");
            self.say("  probity record     write something down");
            self.say("  probity sign FILE  approve a document, byte for byte");
            self.say("  probity verify     check that nothing was changed");
            self.say("  probity export     an evidence bundle for an inspector");
        } else {
            self.say("There is no record book here yet.\n");
            self.say("  probity tour   see a made-up school from first record to checked evidence");
            self.say("  probity init   begin your school's own");
        }
        self.say("\n`probity help` lists everything.");
        Ok(Ended::Well)
    }

    /// The passphrase of a key, from the file, the environment, or a question.
    ///
    /// # Errors
    /// When the file can't be read, or there is nobody to ask.
    pub fn passphrase(&self, question: &str) -> Result<Passphrase, WorkError> {
        if let Some(given) = self.given_passphrase()? {
            return Ok(given);
        }
        self.ask_secret(question)
    }

    /// A passphrase or a PIN: from the file, the environment, or a question.
    ///
    /// # Errors
    /// As [`Self::passphrase`].
    pub fn secret(&self, secret: &Secret<'_>) -> Result<Passphrase, WorkError> {
        self.passphrase(&secret.question())
    }

    /// What signs for somebody, once they said their passphrase or PIN if it takes one.
    ///
    /// # Errors
    /// As [`Keyring::signer`], and when there is nobody to ask.
    pub fn signer(&self, keyring: &Keyring, name: &str) -> Result<Box<dyn Signer>, WorkError> {
        keyring.signer(name, &|secret| self.secret(secret))
    }

    /// A new passphrase: asked for twice, unless it is given.
    ///
    /// # Errors
    /// When the two differ, or there is nobody to ask.
    pub fn new_passphrase(&self, name: &str) -> Result<Passphrase, WorkError> {
        match self.given_passphrase()? {
            Some(given) => Ok(given),
            None => self.ask_new_passphrase(name),
        }
    }

    /// A new passphrase, asked for twice at the terminal.
    ///
    /// # Errors
    /// When the two differ, the passphrase is weak, or there is nobody to ask.
    pub fn ask_new_passphrase(&self, name: &str) -> Result<Passphrase, WorkError> {
        self.say(
            "Five or more words, or at least 14 characters with a capital, a number and a symbol.\n\
             Nobody can reset this. If you lose it, another representative gives you a new key;\n\
             your old signatures stay good.",
        );
        let first = self.ask_secret(&format!("New passphrase for {name}: "))?;
        probity_keys::check_passphrase(&first)?;
        let second = self.ask_secret("The same again: ")?;
        if first != second {
            return Err(WorkError::refused("the two passphrases differ", "try again"));
        }
        Ok(first)
    }

    /// Whether a passphrase was given before anybody was asked for one: then it serves every key of
    /// this run.
    #[must_use]
    pub fn has_passphrase(&self) -> bool {
        self.global.passphrase_file.is_some() || std::env::var_os("PROBITY_PASSPHRASE").is_some()
    }

    fn given_passphrase(&self) -> Result<Option<Passphrase>, WorkError> {
        if let Some(path) = &self.global.passphrase_file {
            return first_line(path).map(Some);
        }
        Ok(std::env::var("PROBITY_PASSPHRASE").ok().map(Zeroizing::new))
    }

    /// Asks for something that is not shown while it is typed.
    ///
    /// # Errors
    /// When there is nobody to ask.
    pub fn ask_secret(&self, question: &str) -> Result<Passphrase, WorkError> {
        if !self.can_ask() {
            return Err(WorkError::refused(
                "a passphrase is needed and there is no terminal to ask at",
                "use --passphrase-file FILE, or set PROBITY_PASSPHRASE",
            ));
        }
        rpassword::prompt_password(question).map(Zeroizing::new).map_err(|error| {
            WorkError::refused(format!("reading the passphrase: {error}"), "try again")
        })
    }

    /// Asks yes or no; without a terminal, `otherwise`.
    #[must_use]
    pub fn confirm(&self, question: &str, otherwise: bool) -> bool {
        if !self.can_ask() {
            return otherwise;
        }
        let _ = write!(anstream::stderr(), "{question} [y/n] ");
        let mut answer = String::new();
        io::stdin().read_line(&mut answer).is_ok()
            && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
    }
}

/// That standard output takes nothing.
pub fn unprinted(error: &io::Error) -> WorkError {
    WorkError::refused(
        format!("the output can't be written: {error}"),
        "make room where it goes, or send it elsewhere; what the command did is done",
    )
}

/// The first line of a file that holds a passphrase.
///
/// # Errors
/// When it can't be read, or is longer than any passphrase.
pub fn first_line(path: &std::path::Path) -> Result<Passphrase, WorkError> {
    // One buffer that never grows: growing, or asking a pipe for its end, leaves copies behind.
    let mut bytes = Zeroizing::new(vec![0; MAX_PASSPHRASE_FILE + 1]);
    let mut file = std::fs::File::open(path).map_err(WorkError::file("opening", path))?;
    let mut length = 0;
    while !bytes[..length].contains(&b'\n') {
        match file.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(WorkError::file("reading", path)(error)),
        }
    }
    if length > MAX_PASSPHRASE_FILE {
        return Err(WorkError::refused(
            format!(
                "the first line of {} is longer than {MAX_PASSPHRASE_FILE} bytes",
                path.display()
            ),
            "name a file that holds the passphrase in its first line",
        ));
    }
    let line = bytes[..length].split(|byte| *byte == b'\n').next().unwrap_or_default();
    let text = std::str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line)).map_err(|_| {
        WorkError::refused(
            format!("the first line of {} is not UTF-8 text", path.display()),
            "save it as UTF-8, or make a file that holds the passphrase alone",
        )
    })?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// A progress display that appears after a second.
pub struct Progress(Option<indicatif::ProgressBar>);

impl Progress {
    fn new(what: &'static str, shown: bool) -> Self {
        Self(shown.then(|| {
            let bar = indicatif::ProgressBar::new_spinner().with_message(what);
            bar.enable_steady_tick(std::time::Duration::from_secs(1));
            bar
        }))
    }

    /// Says how many are done.
    pub fn at(&self, done: u64) {
        if let Some(bar) = &self.0
            && done.is_multiple_of(1000)
        {
            bar.set_position(done);
        }
    }

    /// Takes it away.
    pub fn end(self) {
        if let Some(bar) = self.0 {
            bar.finish_and_clear();
        }
    }
}

/// A line on standard error, from whichever thread.
pub fn tell(line: &str) {
    let _ = writeln!(anstream::stderr(), "{}", one_line(line));
}

/// Prints an error, in words or as an object.
pub fn complain(json: bool, error: &WorkError) {
    let (red, cyan, plain) = ("\u{1b}[1;31m", "\u{1b}[36m", "\u{1b}[0m");
    let mut err = anstream::stderr();
    if json {
        let object = serde_json::json!({ "error": error.to_string(), "hint": error.hint() });
        let _ = writeln!(err, "{object}");
        return;
    }
    let _ = writeln!(err, "{red}error:{plain} {}", one_line(&error.to_string()));
    if let Some(hint) = error.hint() {
        let _ = writeln!(err, "{cyan}hint:{plain} {}", one_line(&hint));
    }
}

/// Keeps a message on its line, whatever it quotes.
fn one_line(text: &str) -> String {
    super::table::safe(&text.replace(['\n', '\r'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &[u8]) -> Result<String, String> {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(content).expect("written");
        first_line(file.path()).map(|line| line.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_passphrase_is_the_first_line_without_its_end() {
        for content in ["pass phrase", "pass phrase\n", "pass phrase\r\n", "pass phrase\nmore\n"] {
            assert_eq!(read(content.as_bytes()).as_deref(), Ok("pass phrase"), "{content:?}");
        }
        assert_eq!(read(b"").as_deref(), Ok(""));
        assert_eq!(read(b" blanks stay \n").as_deref(), Ok(" blanks stay "));
        let longest = "a".repeat(MAX_PASSPHRASE_FILE);
        assert_eq!(read(longest.as_bytes()), Ok(longest));
    }

    #[test]
    fn a_file_that_holds_no_passphrase_is_refused_without_being_repeated() {
        let long = [b'a'; MAX_PASSPHRASE_FILE + 1];
        let refused = read(&long).expect_err("too long");
        assert!(refused.contains("longer than 4096 bytes") && !refused.contains("aa"), "{refused}");
        let refused = read(b"caf\xe9 secret").expect_err("Latin-1");
        assert!(refused.contains("not UTF-8") && !refused.contains("secret"), "{refused}");
    }
}
