//! State of the newsroom's pages: whether they are served, and the queue of passwords.

use std::time::{Duration, Instant};

use config::Config;
use store::Store;
use tokio::sync::Mutex;

use crate::{line_limit::LineLimit, seen_sessions::SeenSessions, work_queue::WorkQueue};

/// How long it is cached whether there are users. Adding a user in this process clears the cache.
const HAS_USERS_VALID_FOR: Duration = Duration::from_secs(1);

/// See the [module](self).
pub struct Newsroom {
    /// Queue for hashing passwords: one at a time, which bounds memory and CPU time, and after what readers wait for.
    pub(crate) password_queue: WorkQueue,
    /// Throttles the log of failed attempts to sign in.
    pub(crate) failed_sign_ins: LineLimit,
    /// Locked from the count of links to the next one: of requests at once, each would find room.
    pub(crate) making_link: Mutex<()>,
    /// Sessions that were valid lately.
    pub(crate) seen_sessions: SeenSessions,
    /// Whether there are users, and when that was read. Locked while it is read, so that one read serves all who wait.
    has_users: Mutex<Option<(Instant, bool)>>,
}

impl Default for Newsroom {
    fn default() -> Self {
        Self {
            password_queue: WorkQueue::of_low_priority(),
            failed_sign_ins: LineLimit::default(),
            making_link: Mutex::default(),
            seen_sessions: SeenSessions::default(),
            has_users: Mutex::default(),
        }
    }
}

impl Newsroom {
    /// Whether the pages are served.
    pub(crate) async fn is_enabled(&self, config: &Config, store: &dyn Store) -> bool {
        match config.newsroom.enabled {
            Some(enabled) => enabled,
            None => self.has_users(store).await,
        }
    }

    /// Whether the pages are served, read from the store without the cache.
    pub(crate) async fn is_enabled_now(&self, config: &Config, store: &dyn Store) -> bool {
        match config.newsroom.enabled {
            Some(enabled) => enabled,
            None => store.accounts().has_users().await.unwrap_or_default(),
        }
    }

    async fn has_users(&self, store: &dyn Store) -> bool {
        let mut known = self.has_users.lock().await;
        if let Some((at, has_users)) = *known
            && at.elapsed() < HAS_USERS_VALID_FOR
        {
            return has_users;
        }
        let read = store.accounts().has_users().await;
        // While the store cannot be read, what was known counts.
        let has_users = read.unwrap_or_else(|_| known.is_some_and(|(_, known)| known));
        *known = Some((Instant::now(), has_users));
        has_users
    }

    /// Forgets whether there are users, because some were added or removed.
    pub(crate) async fn forget_users(&self) {
        *self.has_users.lock().await = None;
    }
}
