//! Accounts of the newsroom: types and rules. Pure: takes time and randomness from the caller; independent of HTTP and
//! of storage.

/// The log of who did what.
mod audit_log;
/// A role on a site.
mod grant;
/// Read-only links.
mod link;
/// Numbers on a site's own pages.
mod overlay;
/// Passwords and their hashes.
mod password;
/// Key prefixes.
mod section;
/// Sessions of browsers.
mod session;
/// Random tokens and their hashes.
mod token;
/// Users.
mod user;
/// Names of users.
mod user_name;

pub use audit_log::{AuditAction, AuditEntry, COMMAND_LINE, MAX_AUDIT_AGE, MAX_AUDIT_ENTRIES};
pub use grant::{Access, Grant, Role};
pub use link::{Link, MAX_LABEL_CHARS, MAX_LINK_DAYS};
pub use overlay::{OVERLAY_VALID_FOR, OverlayHolder, overlay_hash};
pub use password::{MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARS, PasswordHash, WeakPassword};
pub use section::Section;
pub use session::{SESSION_IDLE, Session};
pub use token::{LINK_TOKEN_BYTES, SESSION_TOKEN_BYTES, Token, TokenHash};
pub use user::{INVITATION_VALID_FOR, Invitation, User};
pub use user_name::UserName;
