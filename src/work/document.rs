//! Files that a record names: measured, hashed, and told apart by their type.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use probity_ledger::format::body::Document;
use probity_ledger::format::hash::Sha256Hash;
use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization as _;

use super::WorkError;
use crate::store::{Attachment, MAX_DOCUMENT, Source};

/// A file to be attached, as it was when it was shown.
#[derive(Clone, Debug)]
pub struct Attached {
    /// How the record will name it.
    pub document: Document,
    path: PathBuf,
}

impl Attached {
    /// Reads a file once, to know its size and hash.
    ///
    /// # Errors
    /// A file that can't be read, is no plain file, is empty, or is too large.
    pub fn measure(path: &Path) -> Result<Self, WorkError> {
        let (size, sha256) = hash_file(path)?;
        let name: String = path
            .file_name()
            .map(|name| name.to_string_lossy().nfc().filter(|c| !c.is_control()).collect())
            .unwrap_or_default();
        let media_type = media_type(&name).to_owned();
        let document = Document { name, media_type, size, sha256 };
        Ok(Self { document, path: path.to_owned() })
    }

    /// What the store needs to seal it; it refuses a file that changed since it was shown.
    #[must_use]
    pub fn attachment(&self) -> Attachment {
        Attachment {
            sha256: self.document.sha256,
            size: self.document.size,
            source: Source::Path(self.path.clone()),
        }
    }
}

/// Size and SHA-256 of a file.
///
/// # Errors
/// As [`Attached::measure`].
pub fn hash_file(path: &Path) -> Result<(u64, Sha256Hash), WorkError> {
    let metadata = std::fs::metadata(path).map_err(WorkError::file("reading", path))?;
    if !metadata.is_file() {
        return Err(WorkError::refused(
            format!("{} is not a file", path.display()),
            "name a file; zip a folder first",
        ));
    }
    if metadata.len() > MAX_DOCUMENT {
        return Err(WorkError::refused(
            format!(
                "{} is {} bytes long, expected at most {MAX_DOCUMENT}",
                path.display(),
                metadata.len()
            ),
            "keep large recordings elsewhere and record their hash",
        ));
    }
    let mut file = std::fs::File::open(path).map_err(WorkError::file("reading", path))?;
    let mut hasher = Sha256::new();
    let mut size = 0;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).map_err(WorkError::file("reading", path))?;
        if read == 0 {
            break;
        }
        if size == 0 && is_private_key(&buffer[..read]) {
            return Err(WorkError::refused(
                format!("{}: this is a key file", path.display()),
                "it would be kept in the book for ever; name the file that you mean",
            ));
        }
        hasher.update(&buffer[..read]);
        size += read as u64;
    }
    if size == 0 {
        return Err(WorkError::refused(
            format!("{} is empty", path.display()),
            "name the file that you mean",
        ));
    }
    Ok((size, Sha256Hash(hasher.finalize().into())))
}

/// Whether a file begins as private keys are written.
fn is_private_key(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes)).into_owned();
    head.contains("PRIVATE KEY-----") || head.contains("AGE-SECRET-KEY-")
}

/// The media type that a file name suggests. It is a label for readers and decides nothing.
#[must_use]
pub fn media_type(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("pdf") => "application/pdf",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("pptx") => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        Some("odt") => "application/vnd.oasis.opendocument.text",
        Some("txt" | "md") => "text/plain",
        Some("csv") => "text/csv",
        Some("html" | "htm") => "text/html",
        Some("eml") => "message/rfc822",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        Some("mp4") => "video/mp4",
        Some("notice") => "application/vnd.probity.key-notice+cose",
        Some("zip") => "application/zip",
        _ => "application/octet-stream",
    }
}

/// The extension under which a bundle keeps a document: `[a-z0-9]{1,8}`.
#[must_use]
pub fn extension(name: &str) -> String {
    let found = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    let plain = found.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if plain && (1..=8).contains(&found.len()) { found } else { "bin".to_owned() }
}
