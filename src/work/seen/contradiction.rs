//! A record book that contradicts what a key remembers: what is said of it, and the file that shows it.

use std::path::{Path, PathBuf};

use probity_ledger::book::clear::Continues;

use super::Seen;
use super::file::FIRST;
use crate::work::WorkError;
use crate::work::keyring::Keyring;

impl Seen {
    /// A new record book that goes on from less than this.
    pub(super) fn not_whole(&self, earlier: &Continues, name: &str, kept: &Path) -> WorkError {
        let what = if earlier.size < self.size {
            format!("from its first {} entries, and {name} signed over {}", earlier.size, self.size)
        } else {
            format!("from other {} entries than those that {name} signed over", earlier.size)
        };
        WorkError::refused(
            format!(
                "this new record book continues the earlier one not as {name} knows it: {what}"
            ),
            format!(
                "nothing was signed. What shows it is in {}: keep it, and ask where the newer records are. \
                 Where they are lost for good, and that is minuted, put what the key remembers aside with \
                 `probity key forget-seen {name} --reason TEXT`",
                kept.display()
            ),
        )
    }

    pub(super) fn contradiction(&self, known: &Self, name: &str, kept: &Path) -> WorkError {
        let kept = kept.display();
        if known.fingerprint != self.fingerprint {
            return WorkError::refused(
                format!(
                    "this is another record book of the name {} than the one that {name} signed in: \
                     its code is {}, expected {}",
                    self.origin, self.fingerprint, known.fingerprint
                ),
                format!(
                    "ask for the code in the governors' minutes; what shows it is in {kept}. If it \
                     really is another school's book of the same name, or a new one that was minuted, \
                     put what the key remembers aside with `probity key forget-seen {name} --reason TEXT`"
                ),
            );
        }
        let what = if self.size < known.size {
            format!("it has {} entries, and {name} signed over {}", self.size, known.size)
        } else {
            format!("its first {} entries are not those that {name} signed over", known.size)
        };
        WorkError::refused(
            format!("this record book went back or was rewritten: {what}"),
            format!(
                "nothing was signed. An older copy may have been restored and carried on, or somebody \
                 rewrote it; this can't tell which. What shows it is in {kept}: keep it, and tell the data \
                 protection officer and the chair of governors today. Where newer records are lost for good, \
                 and it is minuted that an older copy goes on, put what the key remembers aside with \
                 `probity key forget-seen {name} --reason TEXT`"
            ),
        )
    }

    /// Both heads, in words and exactly, beside the key.
    pub(super) fn keep_proof(
        &self,
        keyring: &Keyring,
        name: &str,
        known: &Self,
    ) -> Result<PathBuf, WorkError> {
        let text = format!(
            "This record book contradicts what the key of {name} signed over.\n\n\
             Signed over earlier:\n{FIRST}\n{}\n\nFound now:\n{FIRST}\n{}\n\n\
             Keep this file, keys/{name}.seen, the request file if there was one, and a copy of the \
             record book.\n",
            known.line(),
            self.line()
        );
        let heads = format!("{}-{}", known.entry.short(), self.entry.short());
        let file = format!("{name}.contradiction-{heads}.txt");
        keyring.keep_beside(&file, text.as_bytes())
    }
}
