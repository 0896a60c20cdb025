//! Every place where this program waits for the medium, by name.
//!
//! A sync is only worth its time when something rests on it. So each has a name here, stands
//! at one place in the code, and says what breaks without it. The tests put a disk underneath
//! that ignores one of them and show that some crash then breaks just that
//! (`src/store/tests/barriers.rs`); `docs/faults.md` has the same list.
//!
//! `tiles/` and `index/` have none: they are checked when they are opened, and made anew from
//! the journal whenever anything is off.

/// A place where the program waits until something is on the medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barrier {
    /// The header of a new file of slots, before the file gets its name.
    SlotsHeader,
    /// The name of a new file of slots, before the journal gets its own.
    SlotsName,
    /// The header of a new journal, before the file gets its name.
    JournalHeader,
    /// The names of the folders in which a new ledger stands, before its first entry.
    Above,
    /// What an opening for writing found in the journal, before anything is built on it.
    Found,
    /// The names that an opening for writing found in `ledger/`.
    FoundNames,
    /// A copy of a torn end, before the journal is cut.
    CutCopy,
    /// The name of that copy.
    CutName,
    /// A block of slots, before a body is sealed with one of them.
    Slots,
    /// A sealed document, before it gets its name.
    Document,
    /// The names of a batch's documents, before its frame is written.
    DocumentNames,
    /// A frame, before its batch is acknowledged.
    Frame,
    /// A checkpoint, before it takes the place of the one before.
    Checkpoint,
    /// Its name, before it is given out.
    CheckpointName,
    /// Evidence from outside, before it gets its name.
    Evidence,
    /// Its name, before it is acknowledged.
    EvidenceName,
    /// The name of the folder in which it is the first.
    EvidenceFolder,
    /// A file of a witness, before it gets its name.
    Witness,
    /// Its name, before a cosignature leaves.
    WitnessName,
    /// The names of the folders in which a new witness stands.
    WitnessFolder,
    /// The policy of a home, before it takes the place of the one before.
    Policy,
    /// Its name, before a witness counts as added or taken out.
    PolicyName,
    /// What an erasure has to do, before the file gets its name.
    Erasing,
    /// Its name, before the entry that completes the erasure is written.
    ErasingName,
    /// Bodies sealed anew without what is erased, before the old slots are overwritten.
    Resealed,
    /// Old slots overwritten, before the erasure counts as done.
    Forgotten,
    /// Erased documents' names gone, before the erasure counts as done.
    DocumentsGone,
    /// The name of the index gone, before the erasure counts as done.
    IndexGone,
    /// The settings of a home, before the file gets its name.
    Settings,
    /// A key file, before it gets its name.
    Key,
    /// Its name, before anything is signed with it.
    KeyName,
    /// The names of the folders in which a new folder of keys stands.
    KeyFolder,
    /// What a backup says of itself, before the file gets its name.
    BackupNote,
    /// Its name: from there on the copy counts as unfinished, or as whole.
    BackupNoteName,
    /// Slots that a copy lacked, before the records that use them are copied.
    CopySlots,
    /// A document on a copy, before it gets its name there.
    CopyDocument,
    /// The names of its documents, before the records that name them are copied.
    CopyDocumentNames,
    /// The journal's new end on a copy, before slots that were overwritten are overwritten there.
    CopyJournal,
    /// Slots that were overwritten on a copy, before it counts as whole.
    CopyForgotten,
    /// A file of settings or keys, or the checkpoint, on a copy, before it gets its name there.
    CopyFile,
    /// The names in the folders of a copy, before it counts as whole.
    CopyNames,
    /// The names of the folders in which a new copy stands.
    CopyFolder,
    /// The name `ledger` of what was restored and verified.
    RestoredName,
    /// The list of backups, before the file gets its name.
    Media,
    /// Its name, before anything is copied to a medium that wasn't on it, and before a backup is
    /// reported.
    MediaName,
    /// A file that only a home's owner may read, before it gets its name.
    Private,
    /// Its name, before it counts as kept.
    PrivateName,
    /// A file that is handed out, before it gets its name.
    Out,
    /// Its name, before it is reported.
    OutName,
    /// A file that was attached to a draft, before the draft names it.
    Attached,
    /// Its name, before the draft names it.
    AttachedName,
    /// A look at a sensitive record, before the record is shown.
    Look,
    /// The name of the log of looking, before the first record is shown.
    LookName,
}

impl Barrier {
    /// Those of a ledger's folder, in the order in which a ledger meets them.
    pub const LEDGER: [Self; 23] = [
        Self::SlotsHeader,
        Self::SlotsName,
        Self::JournalHeader,
        Self::Above,
        Self::Found,
        Self::FoundNames,
        Self::CutCopy,
        Self::CutName,
        Self::Slots,
        Self::Document,
        Self::DocumentNames,
        Self::Frame,
        Self::Checkpoint,
        Self::CheckpointName,
        Self::Evidence,
        Self::EvidenceName,
        Self::EvidenceFolder,
        Self::Erasing,
        Self::ErasingName,
        Self::Resealed,
        Self::Forgotten,
        Self::DocumentsGone,
        Self::IndexGone,
    ];

    /// Those of the home around it.
    pub const HOME: [Self; 4] = [Self::Settings, Self::Key, Self::KeyName, Self::KeyFolder];

    /// Those of a copy: a backup, and what is restored from one.
    pub const COPY: [Self; 13] = [
        Self::BackupNote,
        Self::BackupNoteName,
        Self::CopySlots,
        Self::CopyDocument,
        Self::CopyDocumentNames,
        Self::CopyJournal,
        Self::CopyForgotten,
        Self::CopyFile,
        Self::CopyNames,
        Self::CopyFolder,
        Self::RestoredName,
        Self::Media,
        Self::MediaName,
    ];

    /// Those of a witness's own folder, and of the policy by which a home names its witnesses.
    pub const WITNESS: [Self; 5] =
        [Self::Witness, Self::WitnessName, Self::WitnessFolder, Self::Policy, Self::PolicyName];

    /// Those of what the page keeps in a home, and of files that are handed out.
    pub const FILES: [Self; 4] = [Self::Private, Self::PrivateName, Self::Out, Self::OutName];

    /// Those of what the page keeps beside the ledger.
    pub const PAGE: [Self; 4] = [Self::Attached, Self::AttachedName, Self::Look, Self::LookName];

    /// What is waited for, and when.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::SlotsHeader => "the header of `bodykeys`, before the file gets its name",
            Self::SlotsName => "the name `bodykeys`, before the journal gets its own",
            Self::JournalHeader => "the header of `journal`, before the file gets its name",
            Self::Above => "the folders in which a new ledger stands, before its first entry",
            Self::Found => {
                "what an opening for writing finds in `journal`, before anything is built on it"
            }
            Self::FoundNames => {
                "the names that an opening for writing finds in `ledger/`, before anything is built on them"
            }
            Self::CutCopy => "the copy of a torn end, before the journal is cut",
            Self::CutName => "the name of that copy, before the journal is cut",
            Self::Slots => "a block of slots, before a body is sealed with one of them",
            Self::Document => "a sealed document, before it gets its name",
            Self::DocumentNames => "the names of a batch's documents, before its frame is written",
            Self::Frame => "a frame, before its batch is acknowledged",
            Self::Checkpoint => "a checkpoint, before it takes the place of the one before",
            Self::CheckpointName => "the name `checkpoint`, before it is given out",
            Self::Evidence => "evidence from outside, before it gets its name",
            Self::EvidenceName => "the name of a piece of evidence, before it is acknowledged",
            Self::EvidenceFolder => "the name `times`, before the first evidence is acknowledged",
            Self::Witness => "a file of a witness, before it gets its name",
            Self::WitnessName => {
                "the name of what a witness saw, of its key or of a proof, before a cosignature leaves"
            }
            Self::WitnessFolder => "the folders in which a new witness stands",
            Self::Policy => "`policy.txt`, before it takes the place of the one before",
            Self::PolicyName => "the name `policy.txt`, before it is said that it was changed",
            Self::Erasing => "`erasing`, which says what to erase, before the file gets its name",
            Self::ErasingName => {
                "the name `erasing`, before the entry that completes an erasure is written"
            }
            Self::Resealed => {
                "bodies sealed anew without what is erased, before the old slots are overwritten"
            }
            Self::Forgotten => "old slots overwritten, before an erasure counts as done",
            Self::DocumentsGone => {
                "the names of erased documents gone, before an erasure counts as done"
            }
            Self::IndexGone => "the name `index` gone, before an erasure counts as done",
            Self::Settings => "`config.toml`, before it gets its name",
            Self::Key => "a key file, before it gets its name",
            Self::KeyName => "the name of a key file, before anything is signed with it",
            Self::KeyFolder => "the folders in which a new folder of keys stands",
            Self::BackupNote => "`backup.toml` on a backup, before the file gets its name",
            Self::BackupNoteName => {
                "the name `backup.toml`, before anything else on a backup is changed, and before it is called whole"
            }
            Self::CopySlots => "slots on a copy, before the records that use them are copied",
            Self::CopyDocument => "a document on a copy, before it gets its name",
            Self::CopyDocumentNames => {
                "the names of documents on a copy, before the records that name them are copied"
            }
            Self::CopyJournal => {
                "the journal's new end on a copy, before slots that were overwritten are overwritten there"
            }
            Self::CopyForgotten => "slots overwritten on a copy, before it counts as whole",
            Self::CopyFile => {
                "settings, a key file, the list of media or the checkpoint on a copy, before it gets its name"
            }
            Self::CopyNames => "the names in the folders of a copy, before it counts as whole",
            Self::CopyFolder => "the folders in which a new copy stands",
            Self::RestoredName => "the name `ledger` of what was restored, before it is reported",
            Self::Media => "`backups.toml`, before the file gets its name",
            Self::MediaName => {
                "the name `backups.toml`, before slots are copied to a new medium, and before a backup is reported"
            }
            Self::Private => {
                "a draft, a count of failed unlockings or another file of the page's, before it gets its name"
            }
            Self::PrivateName => "the name of such a file, before it counts as kept",
            Self::Out => {
                "a bundle, statement, cosigned head, request or table that is written out, before it gets its name"
            }
            Self::OutName => "the name of such a file, before it is reported as written",
            Self::Attached => "a file that was attached to a draft, before the draft names it",
            Self::AttachedName => "its name, before the draft names it",
            Self::Look => "a look at a sensitive record, before the record is shown",
            Self::LookName => "the name `looks.jsonl`, before the first record is shown",
        }
    }

    /// What a crash can break when this one is left out.
    #[must_use]
    pub const fn breaks(self) -> &'static str {
        match self {
            Self::SlotsHeader => {
                "a ledger that was just begun is refused: its slots have no header"
            }
            Self::SlotsName => {
                "a beginning that was interrupted leaves a journal without slots, which reads as a loss"
            }
            Self::JournalHeader => {
                "a beginning that was interrupted leaves a journal without a header, which reads as damage"
            }
            Self::Above => "the whole ledger is gone, with entries that were acknowledged",
            Self::Found => {
                "entries that the next writer found, and built or signed a checkpoint on, are gone"
            }
            Self::FoundNames => {
                "a ledger that was just begun is gone; a checkpoint that the next writer found and gave out again is not the kept one"
            }
            Self::CutCopy | Self::CutName => {
                "bytes that were cut from the journal are in no file any more"
            }
            Self::Slots => "the body of an acknowledged entry never opens again",
            Self::Document => "a document of an acknowledged entry is empty or torn",
            Self::DocumentNames => "a document of an acknowledged entry is not there",
            Self::Frame => "an acknowledged entry is gone",
            Self::Checkpoint => "the kept checkpoint is empty or torn, and stops all writing",
            Self::CheckpointName => {
                "a checkpoint that was given out is not the kept one, so nothing guards what it counts"
            }
            Self::Evidence => "a cosignature or timestamp that was kept is empty or torn",
            Self::EvidenceName | Self::EvidenceFolder => {
                "a cosignature or timestamp that was kept is gone"
            }
            Self::Witness | Self::WitnessName => {
                "a witness forgets a head that it cosigned, and would cosign another history"
            }
            Self::WitnessFolder => "a witness whose key somebody was given is gone",
            Self::Policy => "the policy is empty or torn, and names no witness",
            Self::PolicyName => "a witness that was added isn't named, or one taken out still is",
            Self::Erasing => "what an erasure has to do is torn, and stops all writing",
            Self::ErasingName => "an erasure stands on record as complete, and nothing was erased",
            Self::Resealed => "answers that were to stay are gone with those that were erased",
            Self::Forgotten => "what was erased can be opened again",
            Self::DocumentsGone => "the sealed file of an erased document is there again",
            Self::IndexGone => {
                "the index is there again, which tells whether a document was named by a record"
            }
            Self::Settings => "a ledger with entries has empty settings, and every command refuses",
            Self::Key | Self::KeyName | Self::KeyFolder => {
                "a key that a ledger names, or that somebody was told they have, is gone for ever"
            }
            Self::BackupNote => "a backup's note is empty or torn, and it can't be restored",
            Self::BackupNoteName => {
                "an interrupted backup calls itself whole, or one that was reported isn't there"
            }
            Self::CopySlots => "an interrupted backup has records whose answers don't open",
            Self::CopyDocument | Self::CopyDocumentNames => {
                "a backup has records whose documents are empty, torn or not there"
            }
            Self::CopyJournal => {
                "an interrupted backup has overwritten slots and not the records that say why"
            }
            Self::CopyForgotten => {
                "a medium that was brought up to date still opens what was erased"
            }
            Self::CopyFile => {
                "a backup's settings, keys, list of media or checkpoint are empty or torn"
            }
            Self::CopyNames => "files of a backup that was reported are not there",
            Self::CopyFolder => {
                "a whole backup that was reported, or a restored book, is not there"
            }
            Self::RestoredName => "a record book that was reported as restored is not there",
            Self::Media => "the list of backups is empty or torn",
            Self::MediaName => {
                "a medium that has slots or was reported isn't on the list, and isn't named after an erasure"
            }
            Self::Private => "a draft, or what the page counts, is empty or torn",
            Self::PrivateName => {
                "a draft that was kept is gone, and failed unlockings are not counted"
            }
            Self::Out => "a bundle, or a statement that was signed, is empty or torn",
            Self::OutName => "a bundle, or a statement that was signed, is not there",
            Self::Attached | Self::AttachedName => {
                "a draft names a file that is empty, torn or not there, and can't be signed until it is attached again"
            }
            Self::Look | Self::LookName => {
                "somebody was shown a sensitive record, and the log of looking doesn't tell"
            }
        }
    }
}
