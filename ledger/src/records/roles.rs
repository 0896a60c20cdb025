//! The roles in which people sign, and the groups of them that the rules name.

/// A role and its name for people.
#[derive(Debug)]
pub struct Role {
    /// Name as it stands in entries.
    pub name: &'static str,
    /// Name for people: "Headteacher".
    pub title: &'static str,
}

const fn role(name: &'static str, title: &'static str) -> Role {
    Role { name, title }
}

/// Every role that an appointment may name.
pub static ROLES: &[Role] = &[
    role("headteacher", "Headteacher"),
    role("acting-headteacher", "Acting headteacher"),
    role("deputy-headteacher", "Deputy headteacher"),
    role("chair-of-governors", "Chair of governors"),
    role("vice-chair-of-governors", "Vice-chair of governors"),
    role("trust-executive", "Trust executive"),
    role("trust-chair", "Chair of the trust"),
    role("interim-board-chair", "Chair of the interim board"),
    role("dpo", "Data protection officer"),
    role("dpo-nominee", "Data protection officer's nominee"),
    role("committee-chair", "Chair of a governors' committee"),
    role("data-protection-governor", "Data protection governor"),
    role("leadership-group", "Member of the leadership group"),
    role("gdpr-lead", "GDPR lead"),
    role("advisor-pupils", "Adviser for pupils' data"),
    role("advisor-staff", "Adviser for staff data"),
    role("it-lead", "IT lead"),
    role("security-advisor", "Security adviser"),
    role("technical-officer", "Technical officer"),
    role("cctv-caretaker", "Caretaker at the CCTV desk"),
    role("asset-owner", "Information asset owner"),
    role("asset-owner-delegate", "Information asset owner's delegate"),
    role("project-lead", "Project lead"),
    role("dpia-author", "Author of a DPIA"),
    role("meeting-host", "Meeting host"),
    role("dsl", "Designated safeguarding lead"),
    role("deputy-dsl", "Deputy safeguarding lead"),
    role("trip-leader", "Trip leader"),
    role("administrator", "Administrator"),
    role("staff", "Member of staff"),
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
