use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{User, UserName};

/// A session without a request for this long has ended.
pub const SESSION_IDLE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Minimum age at which the stored time of the last request is replaced, so that not every request writes.
const TOUCH_INTERVAL: SignedDuration = SignedDuration::from_hours(1);

/// A session of a browser, stored under the hash of its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The user.
    pub user: UserName,
    /// The user's [`epoch`](User::epoch) when the session began.
    pub epoch: u64,
    /// When the session began.
    pub created: Timestamp,
    /// When it was last used, to the hour.
    pub used: Timestamp,
}

impl Session {
    /// A session that begins now.
    pub fn new(user: &User, now: Timestamp) -> Self {
        Self {
            user: user.name.clone(),
            epoch: user.epoch,
            created: now,
            used: now,
        }
    }

    /// Whether the session has been idle too long.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now.duration_since(self.used) > SESSION_IDLE
    }

    /// Whether the session is valid for that user, as stored now.
    pub fn is_valid(&self, user: &User, now: Timestamp) -> bool {
        self.user == user.name && self.epoch == user.epoch && !self.is_expired(now)
    }

    /// Whether the time of the last request should be stored again.
    pub fn is_touch_due(&self, now: Timestamp) -> bool {
        now.duration_since(self.used) > TOUCH_INTERVAL
    }
}
