//! `impl AccountStore`. All keys of accounts share a hash tag; their traffic is low.

use accounts::{
    AuditEntry, Link, MAX_AUDIT_AGE, MAX_AUDIT_ENTRIES, PasswordHash, Session, TokenHash, User,
    UserName,
};
use async_trait::async_trait;
use jiff::Timestamp;
use redis::Value;
use serde::{Serialize, de::DeserializeOwned};
use store::{AccountStore, CheckReport, StoreError};

use super::{
    Redis,
    command::{Command, Script},
    keys::{Name, SlottedName},
    reply::{list, number, pairs, text, utf8},
};

/// The hash tag of all keys of accounts.
const ACCOUNTS_TAG: &str = "accounts";

/// Hash: users by name, as JSON.
const USERS: &str = "users";

/// Hash: sessions by the hash of their token, as JSON.
const SESSIONS: &str = "sessions";

/// Hash: read-only links by the hash of their token, as JSON.
const LINKS: &str = "links";

/// Sorted set: the entries of the log as JSON, by time in seconds.
const AUDIT: &str = "audit";

#[async_trait]
impl AccountStore for Redis {
    async fn users(&self) -> Result<Vec<User>, StoreError> {
        let mut users: Vec<User> = self.hash_values(USERS).await?.into_values().collect();
        users.sort_by(|one, next| one.name.cmp(&next.name));
        Ok(users)
    }

    async fn has_users(&self) -> Result<bool, StoreError> {
        let (name, slot) = self.account_key(USERS);
        let length = self.cluster.read(slot, Command::new("HLEN").arg(name));
        Ok(number(&length.await?).is_some_and(|length| length > 0))
    }

    async fn user(&self, name: &UserName) -> Result<Option<User>, StoreError> {
        self.hash_value(USERS, name.as_str()).await
    }

    async fn swap_user(
        &self,
        name: &UserName,
        before: Option<&User>,
        after: Option<&User>,
    ) -> Result<bool, StoreError> {
        let raw = self.raw_value(USERS, name.as_str()).await?;
        let stored: Option<User> = self.parsed(raw.as_deref())?;
        if stored.as_ref() != before {
            return Ok(stored.as_ref() == after);
        }
        if after.is_none() {
            self.note_erasure(self.account_key(USERS).1).await?;
        }
        let after = after.map(to_json).unwrap_or_default();
        self.swap_field(USERS, name.as_str(), raw.unwrap_or_default(), after)
            .await
    }

    async fn session(&self, token: TokenHash) -> Result<Option<Session>, StoreError> {
        self.hash_value(SESSIONS, &token.to_string()).await
    }

    async fn sessions(&self) -> Result<Vec<(TokenHash, Session)>, StoreError> {
        let mut sessions = self.by_token::<Session>(SESSIONS).await?;
        sessions.sort_by_key(|(_, session)| std::cmp::Reverse(session.used));
        Ok(sessions)
    }

    async fn put_session(&self, token: TokenHash, session: &Session) -> Result<(), StoreError> {
        self.put_value(SESSIONS, &token.to_string(), session).await
    }

    async fn touch_session(&self, token: TokenHash, session: &Session) -> Result<(), StoreError> {
        let field = token.to_string();
        let raw = self.raw_value(SESSIONS, &field).await?;
        let Some(stored) = self.parsed::<Session>(raw.as_deref())? else {
            return Ok(());
        };
        let touched = Session {
            used: stored.used.max(session.used),
            ..stored
        };
        // If the session was removed or touched meanwhile, that counts.
        self.swap_field(SESSIONS, &field, raw.unwrap_or_default(), to_json(&touched))
            .await
            .map(drop)
    }

    async fn remove_sessions(&self, tokens: &[TokenHash]) -> Result<(), StoreError> {
        self.remove_fields(SESSIONS, tokens).await
    }

    async fn link(&self, token: TokenHash) -> Result<Option<Link>, StoreError> {
        self.hash_value(LINKS, &token.to_string()).await
    }

    async fn links(&self) -> Result<Vec<(TokenHash, Link)>, StoreError> {
        let mut links = self.by_token::<Link>(LINKS).await?;
        links.sort_by_key(|(token, link)| (std::cmp::Reverse(link.created), *token));
        Ok(links)
    }

    async fn put_link(&self, token: TokenHash, link: &Link) -> Result<(), StoreError> {
        self.put_value(LINKS, &token.to_string(), link).await
    }

    async fn remove_links(&self, tokens: &[TokenHash]) -> Result<(), StoreError> {
        self.remove_fields(LINKS, tokens).await
    }

    async fn add_audit_entry(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        let (name, slot) = self.account_key(AUDIT);
        let add = Command::new("ZADD")
            .arg(name)
            .arg(entry.at.as_second().to_string())
            .arg(to_json(entry));
        self.cluster.write(slot, add).await.map(drop)
    }

    async fn audit_log(&self) -> Result<Vec<AuditEntry>, StoreError> {
        let (name, slot) = self.account_key(AUDIT);
        let range = Command::new("ZRANGE").arg(name).args(["0", "-1", "REV"]);
        let entries = self.cluster.read(slot, range).await?;
        let parsed = |entry: &Value| self.parsed::<AuditEntry>(text(entry));
        let entries: Result<Vec<_>, _> = list(&entries).iter().map(parsed).collect();
        let mut entries: Vec<_> = entries?.into_iter().flatten().collect();
        entries.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.id)));
        entries.truncate(MAX_AUDIT_ENTRIES);
        Ok(entries)
    }

    async fn expire_accounts(&self, now: Timestamp) -> Result<(), StoreError> {
        let expired: Vec<_> = self
            .sessions()
            .await?
            .into_iter()
            .filter_map(|(token, session)| session.is_expired(now).then_some(token))
            .collect();
        self.remove_fields(SESSIONS, &expired).await?;
        let expired: Vec<_> = self
            .links()
            .await?
            .into_iter()
            .filter_map(|(token, link)| link.is_expired(now).then_some(token))
            .collect();
        self.remove_fields(LINKS, &expired).await?;
        let (name, slot) = self.account_key(AUDIT);
        let old = (now - MAX_AUDIT_AGE).as_second();
        let by_age = Command::new("ZREMRANGEBYSCORE")
            .arg(name.clone())
            .arg("-inf")
            .arg(format!("({old}"));
        self.cluster.write(slot, by_age).await?;
        let by_number = Command::new("ZREMRANGEBYRANK")
            .arg(name)
            .arg("0")
            .arg(format!("-{}", MAX_AUDIT_ENTRIES + 1));
        self.cluster.write(slot, by_number).await.map(drop)
    }
}

impl Redis {
    fn account_key(&self, kind: &str) -> SlottedName {
        self.names.standalone_key(kind, ACCOUNTS_TAG)
    }

    async fn raw_value(&self, kind: &str, field: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let (name, slot) = self.account_key(kind);
        let get = Command::new("HGET").arg(name).arg(field);
        let value = self.cluster.read(slot, get).await?;
        Ok(text(&value).map(<[u8]>::to_vec))
    }

    async fn hash_value<T: DeserializeOwned>(
        &self,
        kind: &str,
        field: &str,
    ) -> Result<Option<T>, StoreError> {
        let raw = self.raw_value(kind, field).await?;
        self.parsed(raw.as_deref())
    }

    async fn hash_values<T: DeserializeOwned>(
        &self,
        kind: &str,
    ) -> Result<std::collections::BTreeMap<String, T>, StoreError> {
        let (name, slot) = self.account_key(kind);
        let hash = self.cluster.read(slot, Command::new("HGETALL").arg(name));
        let hash = hash.await?;
        let parsed = |(field, value): (&[u8], &[u8])| {
            let field = String::from_utf8_lossy(field).into_owned();
            let value = self.parsed(Some(value)).transpose()?;
            Some(value.map(|value| (field, value)))
        };
        pairs(&hash).filter_map(parsed).collect()
    }

    async fn by_token<T: DeserializeOwned>(
        &self,
        kind: &str,
    ) -> Result<Vec<(TokenHash, T)>, StoreError> {
        let values = self.hash_values(kind).await?.into_iter();
        let values = values.map(|(token, value)| {
            let token = TokenHash::parse(&token);
            Ok((token.map_err(|_| self.corrupt_reply(kind))?, value))
        });
        values.collect()
    }

    async fn put_value(
        &self,
        kind: &str,
        field: &str,
        value: &impl Serialize,
    ) -> Result<(), StoreError> {
        let (name, slot) = self.account_key(kind);
        let set = Command::new("HSET")
            .arg(name)
            .arg(field)
            .arg(to_json(value));
        self.cluster.write(slot, set).await.map(drop)
    }

    async fn remove_fields(&self, kind: &str, tokens: &[TokenHash]) -> Result<(), StoreError> {
        if tokens.is_empty() {
            return Ok(());
        }
        let (name, slot) = self.account_key(kind);
        let fields = tokens.iter().map(TokenHash::to_string);
        let delete = Command::new("HDEL").arg(name).args(fields);
        self.cluster.write(slot, delete).await.map(drop)
    }

    /// Returns whether the field has the new value.
    async fn swap_field(
        &self,
        kind: &str,
        field: &str,
        before: Vec<u8>,
        after: String,
    ) -> Result<bool, StoreError> {
        let (name, slot): (Name, _) = self.account_key(kind);
        let swap = Command::script(Script::SwapField, [name])
            .arg(field)
            .arg(before)
            .arg(after.clone());
        let is = self.cluster.write(slot, swap).await?;
        Ok(utf8(&is) == Some(&after))
    }

    fn parsed<T: DeserializeOwned>(&self, raw: Option<&[u8]>) -> Result<Option<T>, StoreError> {
        let parsed = raw.map(serde_json::from_slice).transpose();
        parsed.map_err(|_| self.corrupt_reply("an account that cannot be read"))
    }

    /// Checks that every value of the accounts can be read.
    pub(super) async fn check_accounts(&self, report: &mut CheckReport) -> Result<(), StoreError> {
        type IsSound = fn(&[u8], &[u8]) -> bool;
        let kinds: [(&str, IsSound); 3] = [
            (USERS, |name, value| {
                serde_json::from_slice(value).is_ok_and(|user: User| {
                    user.name.as_str().as_bytes() == name
                        && user
                            .password
                            .as_ref()
                            .is_none_or(PasswordHash::is_well_formed)
                })
            }),
            (SESSIONS, |_, value| {
                serde_json::from_slice::<Session>(value).is_ok()
            }),
            (LINKS, |_, value| {
                serde_json::from_slice::<Link>(value).is_ok()
            }),
        ];
        for (kind, is_sound) in kinds {
            let (name, slot) = self.account_key(kind);
            let all = Command::new("HGETALL").arg(name);
            let all = self.cluster.read(slot, all).await?;
            let unsound = pairs(&all)
                .filter(|(field, value)| !is_sound(field, value))
                .count();
            if unsound > 0 {
                report.add(None, format!("{unsound} of the {kind} cannot be read"));
            }
        }
        Ok(())
    }
}

/// The types of accounts have only texts and numbers, so serialising them cannot fail.
fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
