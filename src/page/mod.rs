//! The page that travels in a bundle as `data/index.html`, shows its records and checks them in
//! the reader's own browser, without a network and without this program.
//!
//! ```text
//! constant ‖ base64(zip) ‖ "</script></body></html>" LF
//! ```
//!
//! Everything before the base64 is the same for every bundle that one release makes; its
//! SHA-256 stands in `docs/evidence-page.md`. The zip is a whole bundle by itself: that in which the page lies, without the
//! page, and without documents where they would make it too large. So what the page carries
//! and what is dropped on it are checked by one and the same code. Without a zip the page is
//! empty and waits for one: that is what `probity page` writes.
//!
//! The constant is put together here from plain files: the skeleton, the style, the table of
//! kinds, and two groups of JavaScript modules, each joined to one script. The verifier is
//! text that the page starts as a worker; the other is the only script that the page's own
//! Content-Security-Policy lets run. Nothing is built or minified: what is read in `src/page/` is what runs.
//!
//! A page from the same hands as the evidence proves nothing to somebody who distrusts those
//! hands; the page says so in its first line.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The modules of one group, in the order in which they are joined.
macro_rules! modules {
    ($name:ident, $folder:literal: $($file:literal)*) => {
        const $name: &[&str] = &[$(include_str!(concat!($folder, "/", $file))),*];
    };
}

modules! { VERIFIER, "verifier":
    "fault.js"
    "bytes.js"
    "sha2.js"
    "sha1.js"
    "der.js"
    "publickey.js"
    "certificate.js"
    "timestamp.js"
    "ed25519.js"
    "fast.js"
    "cbor.js"
    "values.js"
    "note.js"
    "tree.js"
    "proof.js"
    "policy.js"
    "entry.js"
    "statement.js"
    "body.js"
    "inflate.js"
    "zip.js"
    "container.js"
    "kinds.js"
    "clear.js"
    "authority.js"
    "judging.js"
    "times.js"
    "older.js"
    "jsonl.js"
    "bundle.js"
    "erasing.js"
    "acts.js"
    "outside.js"
    "given.js"
    "report.js"
    "shown.js"
    "worker.js"
}

modules! { UI, "ui":
    "dom.js"
    "dates.js"
    "kinds.js"
    "phrases.js"
    "outside.js"
    "words.js"
    "faults.js"
    "fingerprint.js"
    "documents.js"
    "values.js"
    "model.js"
    "record.js"
    "story.js"
    "verdict.js"
    "check.js"
    "print.js"
    "judge.js"
    "find.js"
    "drop.js"
    "trust.js"
    "main.js"
}

const SKELETON: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const KINDS: &str = include_str!("kinds.json");

/// What ends the data and the page.
const END: &str = "</script></body></html>\n";

/// Everything before the data, the same for every bundle of this release.
#[must_use]
pub fn constant() -> String {
    let ui = joined(UI);
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; worker-src blob:; img-src data: blob:; \
         base-uri 'none'; form-action 'none'",
        csp_hash(&ui),
        csp_hash(STYLE),
    );
    let parts = [
        ("{{csp}}", policy.as_str()),
        ("{{version}}", env!("CARGO_PKG_VERSION")),
        ("{{style}}", STYLE),
        ("{{kinds}}", KINDS),
        ("{{verifier}}", &joined(VERIFIER)),
        ("{{ui}}", &ui),
    ];
    let mut page = String::new();
    let mut rest = SKELETON;
    // Each in its turn, so that no placeholder is looked for in what another one brought.
    while let Some((place, text)) = first(rest, &parts) {
        page.push_str(&rest[..place.start]);
        page.push_str(text);
        rest = &rest[place.end..];
    }
    let end = rest.find(END).unwrap_or(rest.len());
    page.push_str(&rest[..end]);
    page
}

/// The first placeholder in a text, and what stands in its place.
fn first<'a>(text: &str, parts: &[(&str, &'a str)]) -> Option<(std::ops::Range<usize>, &'a str)> {
    parts
        .iter()
        .filter_map(|(name, value)| text.find(name).map(|at| (at..at + name.len(), *value)))
        .min_by_key(|(place, _)| place.start)
}

/// The empty page, which waits for a bundle to be dropped on it.
#[must_use]
pub fn empty() -> Vec<u8> {
    around(&[])
}

/// The page around a bundle's zip.
#[must_use]
pub fn around(zip: &[u8]) -> Vec<u8> {
    let mut page = constant();
    page.reserve(zip.len().div_ceil(3) * 4 + END.len());
    STANDARD.encode_string(zip, &mut page);
    page.push_str(END);
    page.into_bytes()
}

/// The modules as one script: without the lines that import, and with `export` cut off.
fn joined(modules: &[&str]) -> String {
    let mut script = String::new();
    for line in modules.iter().flat_map(|module| module.lines()) {
        if !line.starts_with("import ") {
            script.push_str(line.strip_prefix("export ").unwrap_or(line));
            script.push('\n');
        }
    }
    script
}

/// How a Content-Security-Policy names a script or style.
fn csp_hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}
