use accounts::{AuditEntry, Link, Session, TokenHash, User, UserName};
use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;

/// Storage of the newsroom's accounts. Traffic is low: there are some requests a second, by editors. Every write is
/// durable on return, and idempotent.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// All users, in the order of their names.
    async fn users(&self) -> Result<Vec<User>, StoreError>;

    /// Whether there is any user.
    async fn has_users(&self) -> Result<bool, StoreError>;

    /// The user of that name.
    async fn user(&self, name: &UserName) -> Result<Option<User>, StoreError>;

    /// Replaces the stored user `before` by `after`; `None`: no such user. Returns false if another user is stored than
    /// `before`, and changes nothing then.
    async fn swap_user(
        &self,
        name: &UserName,
        before: Option<&User>,
        after: Option<&User>,
    ) -> Result<bool, StoreError>;

    /// The session under that hash.
    async fn session(&self, token: TokenHash) -> Result<Option<Session>, StoreError>;

    /// All sessions.
    async fn sessions(&self) -> Result<Vec<(TokenHash, Session)>, StoreError>;

    /// Stores a session.
    async fn put_session(&self, token: TokenHash, session: &Session) -> Result<(), StoreError>;

    /// Stores the time of a session's last request, unless the session has been removed.
    async fn touch_session(&self, token: TokenHash, session: &Session) -> Result<(), StoreError>;

    /// Removes sessions.
    async fn remove_sessions(&self, tokens: &[TokenHash]) -> Result<(), StoreError>;

    /// The read-only link under that hash.
    async fn link(&self, token: TokenHash) -> Result<Option<Link>, StoreError>;

    /// All read-only links, the newest first.
    async fn links(&self) -> Result<Vec<(TokenHash, Link)>, StoreError>;

    /// Stores a read-only link.
    async fn put_link(&self, token: TokenHash, link: &Link) -> Result<(), StoreError>;

    /// Removes read-only links.
    async fn remove_links(&self, tokens: &[TokenHash]) -> Result<(), StoreError>;

    /// Adds an entry to the log.
    async fn add_audit_entry(&self, entry: &AuditEntry) -> Result<(), StoreError>;

    /// The log, the newest entry first.
    async fn audit_log(&self) -> Result<Vec<AuditEntry>, StoreError>;

    /// Deletes expired sessions, links and entries of the log.
    async fn expire_accounts(&self, now: Timestamp) -> Result<(), StoreError>;
}
