use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Access, PasswordHash, Token, TokenHash, UserName};

/// How long an invitation is valid.
pub const INVITATION_VALID_FOR: SignedDuration = SignedDuration::from_hours(1);

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The name.
    pub name: UserName,
    /// Roles by site.
    pub access: Access,
    /// The password's hash; `None`: none has been set.
    pub password: Option<PasswordHash>,
    /// A random number that every session contains. Replacing it ends all of them at once, on every endpoint.
    pub epoch: u64,
    /// When the user was added.
    pub created: Timestamp,
    /// The link with which the user can set a password, once. A new one replaces it.
    pub invitation: Option<Invitation>,
}

/// A one-time link to set a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The hash of its token.
    pub token: TokenHash,
    /// When it ends.
    pub expires: Timestamp,
}

impl User {
    /// A user without roles or password. `epoch`: random.
    pub fn new(name: UserName, epoch: u64, now: Timestamp) -> Self {
        Self {
            name,
            access: Access::default(),
            password: None,
            epoch,
            created: now,
            invitation: None,
        }
    }

    /// Invites the user to set a password with this token.
    pub fn invite(&mut self, token: &Token, now: Timestamp) {
        self.invitation = Some(Invitation {
            token: token.hash(),
            expires: now + INVITATION_VALID_FOR,
        });
    }

    /// Whether the token is that of a valid invitation.
    pub fn is_invited(&self, token: &Token, now: Timestamp) -> bool {
        let hash = token.hash();
        self.invitation
            .as_ref()
            .is_some_and(|invitation| invitation.token == hash && now < invitation.expires)
    }

    /// Sets the password, which uses up the invitation and ends all sessions. `epoch`: random.
    pub fn set_password(&mut self, hash: PasswordHash, epoch: u64) {
        self.password = Some(hash);
        self.invitation = None;
        self.epoch = epoch;
    }
}
