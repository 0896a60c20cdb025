//! What a kind of record is: its fields, who may sign it, what it must link, and what
//! else has to stand before it is complete.
//!
//! A kind is one constant [`Kind`] in a file of its own. Everything else is read from it:
//! the command's options and help, the JSON Schema, the reference page, the authority
//! table of the format page, the parse and the checks. A released kind is never edited;
//! a change is a new version beside the old one.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use crate::format::entry::is_governance;

/// One version of one kind of record.
#[derive(Debug)]
pub struct Kind {
    /// Name as it stands in entries, `[a-z][a-z0-9-]{0,63}`.
    pub name: &'static str,
    /// Version, from 1.
    pub version: u64,
    /// A few words for lists: "CCTV image access".
    pub title: &'static str,
    /// What it records and when to use it, in one to three plain sentences.
    pub about: &'static str,
    /// The law or policy that it comes from, such as "Art 33(5) UK GDPR; policy §9.7".
    pub source: &'static str,
    /// What a missing authority means for it.
    pub class: Class,
    /// The name of the cases that it belongs to (`breach` in `breach-2026-003`), if it
    /// belongs to one kind of case. `None`: any case, or the ledger itself.
    pub case: Option<&'static str>,
    /// Who may sign it.
    pub signers: Signers,
    /// What stands in clear in the entry, because rules of authority read it.
    pub clear: Clear,
    /// Fields of the body, in the order in which they are asked. The two that nearly every
    /// kind has, `occurred` and `decided-by`, are added by [`Kind::body_fields`].
    pub fields: &'static [Field],
    /// The links that it must have: at least one of each listed group of relations.
    pub required_links: &'static [&'static [Relation]],
    /// The relations that the command suggests beside the required ones.
    pub usual_links: &'static [Relation],
    /// Other signatures that its act needs, beside the author's own in one of `signers`.
    pub also: &'static [Also],
    /// Looks at the answers in their circumstances. Never refuses a fact.
    pub check: fn(&Answers, &Facts<'_>) -> Vec<Finding>,
}

/// What it means when the author's role may not sign the kind (Appendix A of the format).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Decides who may sign: an entry by anyone else is not genuine.
    Governance,
    /// Permits something still to come: refused on input unless an exception stands before it.
    Permission,
    /// Records what happened: always taken, and its lack of authority shown.
    Fact,
}

/// The roles that may sign a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signers {
    /// Any person with an appointment in force.
    AnyAppointed,
    /// The holder of the key that the linked appointment names.
    Appointee,
    /// Any one of these roles.
    OneOf(&'static [&'static str]),
}

/// The clear fields of an entry, one shape for each kind that has any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clear {
    /// `{}`.
    Nothing,
    /// `{format, school, log, key, person, roles, continues}`.
    Genesis,
    /// `{person, key, roles, from, until}`.
    Appointment,
    /// `{kid, suspect-since}`.
    Revocation,
    /// `{log}`.
    LogKey,
    /// `{size, evidence}`.
    Anchor,
    /// `{entry, reason}`.
    ClockCorrection,
    /// `{decision}`.
    Decision,
    /// `{statement}`.
    Statement,
    /// `{entries, ground}`.
    Erasure,
}

/// A relation from one entry to an earlier one (`links.rel`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// Replaces what an earlier entry says.
    Corrects,
    /// The appointee accepts an appointment.
    Accepts,
    /// Approves the content of an entry.
    Approves,
    /// Advises on the content of an entry.
    Advises,
    /// Ratifies an exception.
    Ratifies,
    /// Stands under an exception that is recorded directly before.
    Excepts,
    /// Withdraws a consent.
    Withdraws,
    /// Removes images after a withdrawal.
    Removes,
    /// Decides on a report.
    Decides,
    /// Signs a report off.
    SignsOff,
    /// Answers a request.
    Answers,
    /// Erases fields of an entry.
    Erases,
    /// Continues an earlier matter.
    Continues,
    /// Concerns an entry in any other way.
    About,
}

/// Another signature that an act needs.
#[derive(Debug)]
pub struct Also {
    /// The kind that carries it, such as `dpo-advice`.
    pub kind: &'static str,
    /// The roles in which it may be given.
    pub roles: &'static [&'static str],
    /// In words: "the DPO's advice on this exact content".
    pub what: &'static str,
    /// What it has to be given on.
    pub on: On,
    /// Whether the author of the act may give it, too. Where they may, their own signature on
    /// the act is none of those that it needs. The others are always by different people.
    pub by_author: bool,
}

/// What another signature has to be given on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// The content that the act itself is on: the entries that it approves and the files that
    /// it names.
    Content,
    /// The act's own entry.
    Itself,
    /// The act's own entry, or a retention rule that it links `about`.
    ItselfOrRule,
}

impl Also {
    /// "on the same content", "on this entry".
    #[must_use]
    pub const fn on_what(&self) -> &'static str {
        match self.on {
            On::Content => "on the same content",
            On::Itself => "on this entry",
            On::ItselfOrRule => "on this entry or on a `retention-rule` that it links `about`",
        }
    }
}

/// One question and its answer's form.
#[derive(Debug)]
pub struct Field {
    /// Name as it stands in bodies, `[a-z][a-z0-9-]{0,63}`.
    pub name: &'static str,
    /// The question in plain words; also the option's help.
    pub ask: &'static str,
    /// The form of the answer.
    pub form: Form,
    /// Whether the record is refused without an answer.
    pub required: bool,
    /// Holds legal advice: an export that discloses it says so.
    pub privileged: bool,
}

/// The form of an answer; each maps to one CBOR type (table in `docs/format.md`).
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// A line of text.
    Text,
    /// Text of any length.
    Long,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A moment, POSIX seconds.
    Time,
    /// Yes or no.
    Bool,
    /// A whole number, from 0.
    Count,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A random reference that stands for a person; never a name, UPN or birth date.
    Ref,
    /// A person's name.
    Person,
    /// A SHA-256 in 64 hexadecimal digits.
    Hash,
    /// An attached file: `{name, type, size, sha256}`.
    Doc,
    /// When it happened: `{from, to}` (days or moments) or `{unknown: reason}`.
    Occurred,
    /// Role names, sorted.
    Roles,
    /// One or more of a form.
    List(&'static Form),
    /// Several named answers together.
    Group(&'static [Field]),
}

impl Field {
    /// A field that must be answered.
    #[must_use]
    pub const fn required(name: &'static str, form: Form, ask: &'static str) -> Self {
        Self { name, ask, form, required: true, privileged: false }
    }

    /// A field that may be left unanswered.
    #[must_use]
    pub const fn optional(name: &'static str, form: Form, ask: &'static str) -> Self {
        Self { name, ask, form, required: false, privileged: false }
    }

    /// The same field, marked as holding legal advice.
    #[must_use]
    pub const fn privileged(mut self) -> Self {
        self.privileged = true;
        self
    }
}

/// Person, role and date of a decision that somebody else is now recording.
const DECIDED_BY: &[Field] = &[
    Field::required("person", Form::Person, "who decided"),
    Field::required("role", Form::Text, "in which role"),
    Field::required("date", Form::Date, "on which day"),
];

/// The two fields that every kind has but those of governance and `statement`.
static COMMON: [Field; 2] = [
    Field::optional(
        "occurred",
        Form::Occurred,
        "when it happened: a day, FROM/TO, or 'unknown: REASON'",
    ),
    Field::optional(
        "decided-by",
        Form::Group(DECIDED_BY),
        "who decided, if you record somebody else's earlier decision",
    ),
];

impl Kind {
    /// Every field that the body commits to, the common ones last.
    pub fn body_fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        let bare = self.class == Class::Governance || self.clear == Clear::Statement;
        let common: &'static [Field] = if bare { &[] } else { &COMMON };
        self.fields.iter().chain(common)
    }

    /// Whether it can be signed where the ledger isn't, as a statement: not what decides who
    /// may sign or erases, since that depends on the moment at which it is entered.
    #[must_use]
    pub fn can_be_stated(&self) -> bool {
        can_be_stated(self.name)
    }

    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.body_fields().find(|field| field.name == name)
    }

    /// The list field that takes attached files, if there is one.
    #[must_use]
    pub fn documents_field(&self) -> Option<&'static Field> {
        self.body_fields().find(|field| matches!(field.form, Form::Doc | Form::List(Form::Doc)))
    }

    /// Whether an author in `role` has the authority to sign it. The holder of a key that an
    /// appointment names is judged elsewhere, by that key.
    #[must_use]
    pub fn admits(&self, role: &str) -> bool {
        match self.signers {
            Signers::AnyAppointed | Signers::Appointee => true,
            Signers::OneOf(roles) => roles.contains(&role),
        }
    }
}

/// Whether a kind of that name, of whatever version, can be signed as a statement.
#[must_use]
pub fn can_be_stated(kind: &str) -> bool {
    !is_governance(kind) && !matches!(kind, "erasure" | "statement")
}

impl Relation {
    /// All of them, in the order of the format page.
    pub const ALL: [Self; 14] = [
        Self::Corrects,
        Self::Accepts,
        Self::Approves,
        Self::Advises,
        Self::Ratifies,
        Self::Excepts,
        Self::Withdraws,
        Self::Removes,
        Self::Decides,
        Self::SignsOff,
        Self::Answers,
        Self::Erases,
        Self::Continues,
        Self::About,
    ];

    /// The name as it stands in entries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Corrects => "corrects",
            Self::Accepts => "accepts",
            Self::Approves => "approves",
            Self::Advises => "advises",
            Self::Ratifies => "ratifies",
            Self::Excepts => "excepts",
            Self::Withdraws => "withdraws",
            Self::Removes => "removes",
            Self::Decides => "decides",
            Self::SignsOff => "signs-off",
            Self::Answers => "answers",
            Self::Erases => "erases",
            Self::Continues => "continues",
            Self::About => "about",
        }
    }

    /// The relation of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|relation| relation.name() == name)
    }
}
