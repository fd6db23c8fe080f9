//! `impl AccountStore`. All queries of the tables of accounts; they run on the writer's thread.

use accounts::{
    AuditEntry, Link, MAX_AUDIT_AGE, MAX_AUDIT_ENTRIES, SESSION_IDLE, Section, Session, TokenHash,
    User, UserName,
};
use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde::de::DeserializeOwned;
use store::{AccountStore, CheckReport, StoreError};
use wire::SiteId;

use super::{MIN_JOB_BYTES, Sqlite, failure::Failure, transaction::Transaction};

/// [`MAX_AUDIT_ENTRIES`] for SQLite.
const KEPT_ENTRIES: i64 = MAX_AUDIT_ENTRIES as i64;

#[async_trait]
impl AccountStore for Sqlite {
    async fn users(&self) -> Result<Vec<User>, StoreError> {
        self.read(|transaction| {
            let mut select = transaction
                .conn()
                .prepare_cached("select value from account order by name")?;
            let users = select.query_map([], json)?;
            Ok(users.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn has_users(&self) -> Result<bool, StoreError> {
        self.read(|transaction| {
            let mut select = transaction
                .conn()
                .prepare_cached("select exists (select 1 from account)")?;
            Ok(select.query_row([], |row| row.get(0))?)
        })
        .await
    }

    async fn user(&self, name: &UserName) -> Result<Option<User>, StoreError> {
        let name = name.clone();
        self.read(move |transaction| find_user(transaction, &name))
            .await
    }

    async fn swap_user(
        &self,
        name: &UserName,
        before: Option<&User>,
        after: Option<&User>,
    ) -> Result<bool, StoreError> {
        let (name, before, after) = (name.clone(), before.cloned(), after.cloned());
        self.run(MIN_JOB_BYTES, move |transaction| {
            let stored = find_user(transaction, &name)?;
            if stored != before {
                return Ok(stored == after);
            }
            match after {
                Some(user) => transaction
                    .conn()
                    .prepare_cached("insert or replace into account (name, value) values (?1, ?2)")?
                    .execute(params![name.as_str(), to_json(&user)])?,
                None => {
                    transaction.note_erasure();
                    transaction
                        .conn()
                        .prepare_cached("delete from account where name = ?1")?
                        .execute([name.as_str()])?
                }
            };
            Ok(true)
        })
        .await
    }

    async fn session(&self, token: TokenHash) -> Result<Option<Session>, StoreError> {
        self.read(move |transaction| {
            let mut select = transaction.conn().prepare_cached(
                "select account, epoch, created, used from session where token = ?1",
            )?;
            let session = |row: &Row<'_>| session_at(row, 0);
            Ok(select.query_row([token.0], session).optional()?)
        })
        .await
    }

    async fn sessions(&self) -> Result<Vec<(TokenHash, Session)>, StoreError> {
        self.read(|transaction| {
            let mut select = transaction.conn().prepare_cached(
                "select token, account, epoch, created, used from session order by used desc",
            )?;
            let sessions =
                select.query_map([], |row| Ok((TokenHash(row.get(0)?), session_at(row, 1)?)))?;
            Ok(sessions.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn put_session(&self, token: TokenHash, session: &Session) -> Result<(), StoreError> {
        let session = session.clone();
        self.run(MIN_JOB_BYTES, move |transaction| {
            let mut insert = transaction.conn().prepare_cached(
                "insert or replace into session (token, account, epoch, created, used) values (?1, ?2, ?3, ?4, ?5)",
            )?;
            insert.execute(params![
                token.0,
                session.user.as_str(),
                session.epoch.cast_signed(),
                session.created.as_second(),
                session.used.as_second()
            ])?;
            Ok(())
        })
        .await
    }

    async fn touch_session(&self, token: TokenHash, session: &Session) -> Result<(), StoreError> {
        let used = session.used.as_second();
        self.run(MIN_JOB_BYTES, move |transaction| {
            transaction
                .conn()
                .prepare_cached("update session set used = ?2 where token = ?1 and used < ?2")?
                .execute(params![token.0, used])?;
            Ok(())
        })
        .await
    }

    async fn remove_sessions(&self, tokens: &[TokenHash]) -> Result<(), StoreError> {
        self.remove("delete from session where token = ?1", tokens)
            .await
    }

    async fn link(&self, token: TokenHash) -> Result<Option<Link>, StoreError> {
        self.read(move |transaction| {
            let mut select = transaction.conn().prepare_cached(
                "select site, section, label, author, created, expires from link where token = ?1",
            )?;
            let link = |row: &Row<'_>| link_at(row, 0);
            Ok(select.query_row([token.0], link).optional()?)
        })
        .await
    }

    async fn links(&self) -> Result<Vec<(TokenHash, Link)>, StoreError> {
        self.read(|transaction| {
            let mut select = transaction.conn().prepare_cached(
                "select token, site, section, label, author, created, expires from link \
                 order by created desc, token",
            )?;
            let links =
                select.query_map([], |row| Ok((TokenHash(row.get(0)?), link_at(row, 1)?)))?;
            Ok(links.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn put_link(&self, token: TokenHash, link: &Link) -> Result<(), StoreError> {
        let link = link.clone();
        self.run(MIN_JOB_BYTES, move |transaction| {
            let mut insert = transaction.conn().prepare_cached(
                "insert or replace into link (token, site, section, label, author, created, expires) \
                 values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            insert.execute(params![
                token.0,
                link.site.as_str(),
                link.section.as_ref().map(Section::as_str),
                link.label,
                link.author,
                link.created.as_second(),
                link.expires.as_second()
            ])?;
            Ok(())
        })
        .await
    }

    async fn remove_links(&self, tokens: &[TokenHash]) -> Result<(), StoreError> {
        self.remove("delete from link where token = ?1", tokens)
            .await
    }

    async fn add_audit_entry(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        let entry = entry.clone();
        self.run(MIN_JOB_BYTES, move |transaction| {
            transaction
                .conn()
                .prepare_cached("insert or ignore into audit (at, id, value) values (?1, ?2, ?3)")?
                .execute(params![
                    entry.at.as_second(),
                    entry.id.cast_signed(),
                    to_json(&entry)
                ])?;
            Ok(())
        })
        .await
    }

    async fn audit_log(&self) -> Result<Vec<AuditEntry>, StoreError> {
        self.read(|transaction| {
            let mut select = transaction
                .conn()
                .prepare_cached("select value from audit order by at desc, id desc limit ?1")?;
            let entries = select.query_map([KEPT_ENTRIES], json)?;
            let mut entries: Vec<AuditEntry> = entries.collect::<Result<_, _>>()?;
            // The column has seconds.
            entries.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.id)));
            Ok(entries)
        })
        .await
    }

    async fn expire_accounts(&self, now: Timestamp) -> Result<(), StoreError> {
        self.run(MIN_JOB_BYTES, move |transaction| {
            let conn = transaction.conn();
            let idle = (now - SESSION_IDLE).as_second();
            let old = (now - MAX_AUDIT_AGE).as_second();
            let expired = conn
                .prepare_cached("delete from session where used < ?1")?
                .execute([idle])?
                + conn
                    .prepare_cached("delete from link where expires <= ?1")?
                    .execute([now.as_second()])?
                + conn
                    .prepare_cached("delete from audit where at < ?1")?
                    .execute([old])?
                + conn
                    .prepare_cached(
                        "delete from audit where (at, id) in \
                         (select at, id from audit order by at desc, id desc limit -1 offset ?1)",
                    )?
                    .execute([KEPT_ENTRIES])?;
            if expired > 0 {
                transaction.note_erasure();
            }
            Ok(())
        })
        .await
    }
}

impl Sqlite {
    async fn remove(&self, sql: &'static str, tokens: &[TokenHash]) -> Result<(), StoreError> {
        let tokens = tokens.to_vec();
        self.run(MIN_JOB_BYTES, move |transaction| {
            let mut delete = transaction.conn().prepare_cached(sql)?;
            for token in tokens {
                delete.execute([token.0])?;
            }
            drop(delete);
            transaction.note_erasure();
            Ok(())
        })
        .await
    }
}

fn find_user(transaction: &Transaction<'_>, name: &UserName) -> Result<Option<User>, Failure> {
    let mut select = transaction
        .conn()
        .prepare_cached("select value from account where name = ?1")?;
    Ok(select.query_row([name.as_str()], json).optional()?)
}

/// The JSON in the first column.
fn json<T: DeserializeOwned>(row: &Row<'_>) -> rusqlite::Result<T> {
    let text: String = row.get(0)?;
    serde_json::from_str(&text).map_err(|error| unreadable(0, error))
}

/// The types of accounts have only texts and numbers, so serialising them cannot fail.
fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn session_at(row: &Row<'_>, first: usize) -> rusqlite::Result<Session> {
    let name: String = row.get(first)?;
    Ok(Session {
        user: UserName::parse(&name).map_err(|invalid| unreadable(first, invalid))?,
        epoch: row.get::<_, i64>(first + 1)?.cast_unsigned(),
        created: time(row, first + 2)?,
        used: time(row, first + 3)?,
    })
}

fn link_at(row: &Row<'_>, first: usize) -> rusqlite::Result<Link> {
    let site: String = row.get(first)?;
    let section: Option<String> = row.get(first + 1)?;
    let section = section.map(|prefix| Section::parse(&prefix)).transpose();
    Ok(Link {
        site: SiteId::parse(&site).map_err(|invalid| unreadable(first, invalid))?,
        section: section.map_err(|invalid| unreadable(first + 1, invalid))?,
        label: row.get(first + 2)?,
        author: row.get(first + 3)?,
        created: time(row, first + 4)?,
        expires: time(row, first + 5)?,
    })
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_second(row.get(column)?).map_err(|error| unreadable(column, error))
}

fn unreadable(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
}

/// Checks that every row of the tables of accounts can be read.
pub(super) fn check(conn: &rusqlite::Connection, report: &mut CheckReport) -> rusqlite::Result<()> {
    let mut users = conn.prepare("select value, name from account")?;
    let mut rows = users.query([])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(1)?;
        let is_sound = json(row).is_ok_and(|user: User| {
            user.name.as_str() == name
                && user
                    .password
                    .as_ref()
                    .is_none_or(accounts::PasswordHash::is_well_formed)
        });
        if !is_sound {
            report.add(None, format!("account {name}: it cannot be read"));
        }
    }
    let mut count = |what: &str, sql: &str, is_sound: fn(&Row<'_>) -> bool| {
        let mut select = conn.prepare(sql)?;
        let mut rows = select.query([])?;
        let mut unsound = 0;
        while let Some(row) = rows.next()? {
            unsound += u64::from(!is_sound(row));
        }
        if unsound > 0 {
            report.add(None, format!("{unsound} rows of {what} cannot be read"));
        }
        rusqlite::Result::Ok(())
    };
    count(
        "session",
        "select account, epoch, created, used from session",
        |row| session_at(row, 0).is_ok(),
    )?;
    count(
        "link",
        "select site, section, label, author, created, expires from link",
        |row| link_at(row, 0).is_ok(),
    )?;
    count("audit", "select value from audit", |row| {
        json::<AuditEntry>(row).is_ok()
    })
}
