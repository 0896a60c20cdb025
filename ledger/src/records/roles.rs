//! The roles in which people sign, and the groups of them that the rules name.

/// A role and its name for people.
#[derive(Debug)]
pub struct Role {
    /// Name as it stands in entries.
    pub name: &'static str,
    /// Name for people: "Headteacher".
    pub title: &'static str,
    /// The law, policy or guidance that knows it.
    pub source: &'static str,
}

const fn role(name: &'static str, title: &'static str, source: &'static str) -> Role {
    Role { name, title, source }
}

/// Every role that an appointment may name.
pub static ROLES: &[Role] = &[
    role("headteacher", "Headteacher", "policy §5, §13.5"),
    role("acting-headteacher", "Acting headteacher", "policy §5: stands in for the head"),
    role("deputy-headteacher", "Deputy headteacher", "policy §5: where the policy says so"),
    role("chair-of-governors", "Chair of governors", "policy cover, §9.5, §14"),
    role("vice-chair-of-governors", "Vice-chair of governors", "stands in for the chair"),
    role("trust-executive", "Trust executive", "academies: the trust is the controller"),
    role("trust-chair", "Chair of the trust", "academies: the trust is the controller"),
    role("interim-board-chair", "Chair of the interim board", "a school under an interim board"),
    role("dpo", "Data protection officer", "Art 37 to 39 UK GDPR; policy §5"),
    role(
        "dpo-nominee",
        "Data protection officer's nominee",
        "policy §9.5: nominated representative",
    ),
    role("committee-chair", "Chair of a governors' committee", "policy cover, §12.8"),
    role(
        "data-protection-governor",
        "Data protection governor",
        "policy §5; the screening's actions",
    ),
    role("leadership-group", "Member of the leadership group", "policy §10.4, §10.6, §11.3"),
    role("gdpr-lead", "GDPR lead", "policy §5"),
    role("advisor-pupils", "Adviser for pupils' data", "policy §5"),
    role("advisor-staff", "Adviser for staff data", "policy §5"),
    role("it-lead", "IT lead", "policy §5, §9.5"),
    role("security-advisor", "Security adviser", "policy §5: external agency"),
    role("technical-officer", "Technical officer", "policy §10.6"),
    role("cctv-caretaker", "Caretaker at the CCTV desk", "policy §10.1, §10.6"),
    role("asset-owner", "Information asset owner", "policy §12.8"),
    role("asset-owner-delegate", "Information asset owner's delegate", "policy §12.8"),
    role("project-lead", "Project lead", "policy §12.5"),
    role("dpia-author", "Author of a DPIA", "policy App 4"),
    role("meeting-host", "Meeting host", "guidance on video conferences"),
    role("dsl", "Designated safeguarding lead", "guidance on video conferences; policy §8.3"),
    role("deputy-dsl", "Deputy safeguarding lead", "guidance on video conferences"),
    role("trip-leader", "Trip leader", "policy §11.7"),
    role("administrator", "Administrator", "policy §7.4.1"),
    role("staff", "Member of staff", "policy §5.1"),
];

/// Those who act for the controller.
pub const REPRESENTATIVES: &[&str] = &[
    "headteacher",
    "acting-headteacher",
    "deputy-headteacher",
    "chair-of-governors",
    "vice-chair-of-governors",
    "trust-executive",
    "trust-chair",
    "interim-board-chair",
];

/// The data protection officer and who stands in.
pub const DPO: &[&str] = &["dpo", "dpo-nominee"];

/// Those who decide on a breach: the controller's representatives, or the DPO where the policy
/// says so (policy §9.7).
pub const BREACH_DECIDERS: &[&str] = &[
    "headteacher",
    "acting-headteacher",
    "deputy-headteacher",
    "chair-of-governors",
    "vice-chair-of-governors",
    "trust-executive",
    "trust-chair",
    "interim-board-chair",
    "dpo",
    "dpo-nominee",
];

/// The head teacher, or who acts as one.
pub const HEADS: &[&str] = &["headteacher", "acting-headteacher"];

/// Who keeps the school's records.
pub const ADMINISTRATOR: &str = "administrator";

/// Those who have answers erased: the controller's representatives, and an administrator under a
/// retention rule that somebody else signed.
pub const ERASERS: &[&str] = &[
    "headteacher",
    "acting-headteacher",
    "deputy-headteacher",
    "chair-of-governors",
    "vice-chair-of-governors",
    "trust-executive",
    "trust-chair",
    "interim-board-chair",
    ADMINISTRATOR,
];

/// Those who chair the governing body, or the board in its place.
pub const CHAIRS: &[&str] =
    &["chair-of-governors", "vice-chair-of-governors", "trust-chair", "interim-board-chair"];

/// Those who sign a breach's investigation report off: head, DPO and chair (policy App 3).
pub const BREACH_SIGNERS: &[&str] = &[
    "headteacher",
    "acting-headteacher",
    "dpo",
    "dpo-nominee",
    "chair-of-governors",
    "vice-chair-of-governors",
    "trust-chair",
    "interim-board-chair",
];

/// Those who authorise covert monitoring (policy §10.4).
pub const LEADERSHIP: &[&str] = &["leadership-group"];

/// Governors, whose counter-signature clears what a head approved alone.
pub const GOVERNORS: &[&str] = &[
    "chair-of-governors",
    "vice-chair-of-governors",
    "committee-chair",
    "data-protection-governor",
    "trust-chair",
    "interim-board-chair",
];

/// Those authorised to view CCTV images (policy §10.6).
pub const CCTV_DESK: &[&str] = &["cctv-caretaker", "technical-officer", "leadership-group"];

/// Those who accept risks and approve controls (policy §12.8).
pub const ASSET_OWNERS: &[&str] = &["asset-owner", "asset-owner-delegate", "committee-chair"];

/// Those who ratify policies (policy §14).
pub const POLICY_BODIES: &[&str] = &["chair-of-governors", "committee-chair", "trust-chair"];

/// Those who answer a request (policy §13.5): the DPO, the controller's representatives, and who
/// leads on data protection.
pub const REQUEST_ANSWERERS: &[&str] = &[
    "headteacher",
    "acting-headteacher",
    "deputy-headteacher",
    "chair-of-governors",
    "vice-chair-of-governors",
    "trust-executive",
    "trust-chair",
    "interim-board-chair",
    "dpo",
    "dpo-nominee",
    "gdpr-lead",
];

/// Those who permit photography (policy §11.3): the leadership group, and the controller's
/// representatives.
pub const PHOTOGRAPHY_PERMITTERS: &[&str] = &[
    "headteacher",
    "acting-headteacher",
    "deputy-headteacher",
    "chair-of-governors",
    "vice-chair-of-governors",
    "trust-executive",
    "trust-chair",
    "interim-board-chair",
    "leadership-group",
];

/// The role of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Role> {
    ROLES.iter().find(|role| role.name == name)
}

/// The role's name for people, or the name itself when it is not known here.
#[must_use]
pub fn title(name: &str) -> &str {
    find(name).map_or(name, |role| role.title)
}

/// Whether a role acts for the controller.
#[must_use]
pub fn is_representative(name: &str) -> bool {
    REPRESENTATIVES.contains(&name)
}
