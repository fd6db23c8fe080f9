//! Users whose sessions this process has seen lately: they go on while the store of the accounts does not answer.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use accounts::{TokenHash, User};
use jiff::Timestamp;

/// How long after its last check a session goes on without one. What was ended elsewhere meanwhile may last so long.
const VALID_FOR: Duration = Duration::from_secs(300);

/// Maximum number of sessions that are remembered.
const MAX_SEEN_SESSIONS: usize = 1024;

/// See the [module](self).
#[derive(Default)]
pub(crate) struct SeenSessions(Mutex<BTreeMap<TokenHash, (Timestamp, User)>>);

impl SeenSessions {
    /// Notes what the store says of a session; `None`: it is not valid.
    pub(crate) fn note(&self, token: TokenHash, user: Option<&User>, now: Timestamp) {
        let mut seen = self.seen();
        let Some(user) = user else {
            seen.remove(&token);
            return;
        };
        seen.insert(token, (now, user.clone()));
        if seen.len() > MAX_SEEN_SESSIONS {
            seen.retain(|_, (at, _)| is_recent(*at, now));
            let oldest = seen.iter().min_by_key(|(_, (at, _))| *at);
            if let Some(oldest) = oldest.map(|(token, _)| *token)
                && seen.len() > MAX_SEEN_SESSIONS
            {
                seen.remove(&oldest);
            }
        }
    }

    /// Forgets all: sessions may have ended.
    pub(crate) fn clear(&self) {
        self.seen().clear();
    }

    /// The user of a session that was valid lately.
    pub(crate) fn user(&self, token: TokenHash, now: Timestamp) -> Option<User> {
        let seen = self.seen();
        let (at, user) = seen.get(&token)?;
        is_recent(*at, now).then(|| user.clone())
    }

    fn seen(&self) -> MutexGuard<'_, BTreeMap<TokenHash, (Timestamp, User)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    Duration::try_from(now.duration_since(at)).is_ok_and(|age| age <= VALID_FOR)
}

#[cfg(test)]
mod tests {
    use accounts::{Token, UserName};

    use super::*;

    #[test]
    fn seen_sessions_end_soon_and_are_bounded() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let token = |number: usize| {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&number.to_be_bytes());
            Token::new(&bytes).hash()
        };
        let name = UserName::parse("budi").unwrap();
        let user = User::new(name, 7, at(1));
        let seen = SeenSessions::default();
        seen.note(token(0), Some(&user), at(10));
        assert_eq!(seen.user(token(0), at(310)), Some(user.clone()));
        assert_eq!(seen.user(token(0), at(311)), None);
        assert_eq!(seen.user(token(0), at(9)), None, "the clock was set back");
        assert_eq!(seen.user(token(1), at(10)), None);
        seen.note(token(0), None, at(11));
        assert_eq!(seen.user(token(0), at(11)), None);
        for number in 0..MAX_SEEN_SESSIONS + 8 {
            seen.note(token(number), Some(&user), at(20));
        }
        assert_eq!(seen.seen().len(), MAX_SEEN_SESSIONS);
    }
}
