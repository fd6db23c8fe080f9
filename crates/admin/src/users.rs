//! Management of the newsroom's users: for the pages, the socket and the command line.

use accounts::{
    Access, AuditAction, AuditEntry, Grant, Role, SESSION_TOKEN_BYTES, Token, User, UserName,
};
use jiff::Timestamp;
use store::{AccountStore, StoreError};
use wire::SiteId;

/// Maximum number of users: far more than a newsroom has.
const MAX_USERS: usize = 10_000;

/// Who changes users, when, and the randomness for it.
#[derive(Clone, Debug)]
pub struct UserChange<'a> {
    /// The name for the log.
    pub actor: &'a str,
    /// The operator's roles, which limit what may be changed. `None`: the command line, which may change everything.
    pub operator: Option<&'a Access>,
    /// The time.
    pub now: Timestamp,
    /// Random bytes of a one-time link.
    pub token: [u8; SESSION_TOKEN_BYTES],
    /// A random number: the users' next epoch, and the id of the log's entry.
    pub random: u64,
}

/// Why users were not changed.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// There is no such user.
    #[error("there is no user of that name: `gema user list` shows all")]
    NoUser,
    /// The user has no role on the site.
    #[error("the user has no role on that site: `gema user list` shows all")]
    NoRole,
    /// The operator's roles do not permit it.
    #[error("this needs an operator of every site of that user")]
    Forbidden,
    /// Operators cannot take away their own role.
    #[error("operators cannot take away their own role: another operator can")]
    Own,
    /// Somebody else has changed the user at the same time.
    #[error("somebody else has changed that user at the same time: try again")]
    Changed,
    /// There are too many users.
    #[error("there are {MAX_USERS} users, which is the maximum: remove some")]
    TooMany,
    /// An error of the store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UserChange<'_> {
    /// Gives a role; an earlier one on the site is replaced. A user who does not exist is added, and invited: returns
    /// the token of the one-time link then.
    ///
    /// # Errors
    /// [`UserError`]
    pub async fn set_role(
        &self,
        store: &dyn AccountStore,
        name: &UserName,
        grant: Grant,
    ) -> Result<Option<Token>, UserError> {
        let site = grant.site().clone();
        self.require_operator(&site)?;
        let before = store.user(name).await?;
        self.require_other(name, before.as_ref(), &site, Some(grant.role()))?;
        if before.is_none() && store.users().await?.len() >= MAX_USERS {
            return Err(UserError::TooMany);
        }
        let is_new = before.is_none();
        let subject = with_role(name, &grant);
        let mut after = before
            .clone()
            .unwrap_or_else(|| User::new(name.clone(), self.random, self.now));
        after.access.set(grant);
        let token = is_new.then(|| self.invite_with_token(&mut after));
        self.swap(store, name, before.as_ref(), Some(&after))
            .await?;
        self.log(store, AuditAction::RoleSet, subject, vec![site])
            .await?;
        Ok(token)
    }

    /// Takes the role on a site away. Without any role left, the user is removed.
    ///
    /// # Errors
    /// [`UserError`]
    pub async fn revoke_role(
        &self,
        store: &dyn AccountStore,
        name: &UserName,
        site: &SiteId,
    ) -> Result<(), UserError> {
        self.require_operator(site)?;
        let before = store.user(name).await?.ok_or(UserError::NoUser)?;
        self.require_other(name, Some(&before), site, None)?;
        let mut after = before.clone();
        let removed = before.access.on(site).ok_or(UserError::NoRole)?;
        let subject = with_role(name, removed);
        after.access.remove(site);
        let kept = (!after.access.is_empty()).then_some(&after);
        self.swap(store, name, Some(&before), kept).await?;
        if kept.is_none() {
            remove_sessions(store, name).await?;
        }
        self.log(store, AuditAction::RoleRemoved, subject, vec![site.clone()])
            .await
    }

    /// Makes a one-time link with which the user sets a new password. Returns its token.
    ///
    /// # Errors
    /// [`UserError`]
    pub async fn invite(
        &self,
        store: &dyn AccountStore,
        name: &UserName,
    ) -> Result<Token, UserError> {
        let before = self.managed(store, name).await?;
        let mut after = before.clone();
        let token = self.invite_with_token(&mut after);
        self.swap(store, name, Some(&before), Some(&after)).await?;
        self.log(store, AuditAction::Invited, name, sites_of(&after))
            .await?;
        Ok(token)
    }

    /// Ends all sessions of the user.
    ///
    /// # Errors
    /// [`UserError`]
    pub async fn sign_out(
        &self,
        store: &dyn AccountStore,
        name: &UserName,
    ) -> Result<(), UserError> {
        let before = match self.actor == name.as_str() {
            // Users end their own sessions, whatever their roles.
            true => store.user(name).await?.ok_or(UserError::NoUser)?,
            false => self.managed(store, name).await?,
        };
        let mut after = before.clone();
        after.epoch = self.random;
        self.swap(store, name, Some(&before), Some(&after)).await?;
        remove_sessions(store, name).await?;
        let sites = sites_of(&after);
        self.log(store, AuditAction::SignedOutEverywhere, name, sites)
            .await
    }

    /// Removes the user, with all sessions. Links that the user has made stay.
    ///
    /// # Errors
    /// [`UserError`]
    pub async fn remove(&self, store: &dyn AccountStore, name: &UserName) -> Result<(), UserError> {
        let before = self.managed(store, name).await?;
        if self.actor == name.as_str() {
            return Err(UserError::Own);
        }
        self.swap(store, name, Some(&before), None).await?;
        remove_sessions(store, name).await?;
        self.log(store, AuditAction::UserRemoved, name, sites_of(&before))
            .await
    }

    /// Writes an entry of the log.
    ///
    /// # Errors
    /// The store's.
    pub async fn log(
        &self,
        store: &dyn AccountStore,
        action: AuditAction,
        subject: impl ToString,
        sites: Vec<SiteId>,
    ) -> Result<(), UserError> {
        let entry = AuditEntry {
            at: self.now,
            id: self.random,
            actor: self.actor.to_owned(),
            action,
            subject: subject.to_string(),
            sites,
        };
        Ok(store.add_audit_entry(&entry).await?)
    }

    fn invite_with_token(&self, user: &mut User) -> Token {
        let token = Token::new(&self.token);
        user.invite(&token, self.now);
        token
    }

    fn require_operator(&self, site: &SiteId) -> Result<(), UserError> {
        match self.operator {
            Some(operator) if !operator.is_operator(site) => Err(UserError::Forbidden),
            _ => Ok(()),
        }
    }

    /// Refuses operators who would lose their own role.
    fn require_other(
        &self,
        name: &UserName,
        user: Option<&User>,
        site: &SiteId,
        role: Option<Role>,
    ) -> Result<(), UserError> {
        let is_own = self.operator.is_some()
            && self.actor == name.as_str()
            && user.is_some_and(|user| user.access.is_operator(site));
        match is_own && role != Some(Role::Operator) {
            true => Err(UserError::Own),
            false => Ok(()),
        }
    }

    /// The user, whom the operator must be able to manage wholly.
    async fn managed(&self, store: &dyn AccountStore, name: &UserName) -> Result<User, UserError> {
        let user = store.user(name).await?;
        match (self.operator, user) {
            (None, user) => user.ok_or(UserError::NoUser),
            // The same answer for a user of other sites only as for nobody.
            (Some(operator), Some(user)) if operator.may_manage(&user.access) => Ok(user),
            (Some(_), _) => Err(UserError::Forbidden),
        }
    }

    async fn swap(
        &self,
        store: &dyn AccountStore,
        name: &UserName,
        before: Option<&User>,
        after: Option<&User>,
    ) -> Result<(), UserError> {
        match store.swap_user(name, before, after).await? {
            true => Ok(()),
            false => Err(UserError::Changed),
        }
    }
}

/// A user and a role, for the log.
fn with_role(name: &UserName, grant: &Grant) -> String {
    let role = grant.role();
    match grant.section() {
        Some(section) => format!("{name}: {role} {section}"),
        None => format!("{name}: {role}"),
    }
}

/// The sites of a user's roles.
pub fn sites_of(user: &User) -> Vec<SiteId> {
    user.access
        .iter()
        .map(|grant| grant.site().clone())
        .collect()
}

/// Removes the stored sessions of a user. They are invalid already, by the user's epoch.
///
/// # Errors
/// The store's.
pub async fn remove_sessions(store: &dyn AccountStore, name: &UserName) -> Result<(), StoreError> {
    let sessions = store.sessions().await?.into_iter();
    let of_user = sessions.filter_map(|(token, session)| (session.user == *name).then_some(token));
    store.remove_sessions(&of_user.collect::<Vec<_>>()).await
}

/// Copies users, links and the log to another store. Users and links that are there already stay as they are. Sessions
/// are not copied: everybody signs in again.
///
/// # Errors
/// A store's.
pub async fn copy_accounts(
    from: &dyn AccountStore,
    to: &dyn AccountStore,
) -> Result<(), StoreError> {
    for user in from.users().await? {
        to.swap_user(&user.name, None, Some(&user)).await?;
    }
    for (token, link) in from.links().await? {
        to.put_link(token, &link).await?;
    }
    for entry in from.audit_log().await? {
        to.add_audit_entry(&entry).await?;
    }
    Ok(())
}
