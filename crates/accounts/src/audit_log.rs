use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use wire::SiteId;

/// The actor of commands on the command line. Not a valid user name.
pub const COMMAND_LINE: &str = "command line";

/// How long entries are kept.
pub const MAX_AUDIT_AGE: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Maximum number of entries; the oldest ones are deleted.
pub const MAX_AUDIT_ENTRIES: usize = 10_000;

/// One entry of the log of who did what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// A random number, so that an entry that is stored twice is one.
    pub id: u64,
    /// The user's name, or [`COMMAND_LINE`].
    pub actor: String,
    /// What was done.
    pub action: AuditAction,
    /// To whom or what: a user's name, with the role if it is about one; a link's label; an article's key. May be empty.
    pub subject: String,
    /// The sites that it concerns: their operators see the entry.
    pub sites: Vec<SiteId>,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditAction {
    /// A session began.
    SignedIn,
    /// All sessions of a user were ended.
    SignedOutEverywhere,
    /// A user set a password, by a one-time link.
    PasswordSet,
    /// A one-time link was made for a user.
    Invited,
    /// A user was added, or has another role.
    RoleSet,
    /// A user has lost the role on a site.
    RoleRemoved,
    /// A user was removed.
    UserRemoved,
    /// A read-only link was made.
    LinkMade,
    /// A read-only link was revoked.
    LinkRevoked,
    /// An article's copy was changed.
    CopyChanged,
    /// An earlier address of an article was joined to it.
    AddressJoined,
    /// The starting count of an article was replaced.
    StartingCountSet,
    /// An article's poll was changed, closed or reopened.
    PollChanged,
}
