//! Erasure from the servers' append-only files, which hold deleted data until they are rewritten. A flag in Redis is set
//! before something is deleted, so that the need for a rewrite outlives the process; any endpoint's clean-up does it.

use std::{collections::HashMap, sync::atomic::Ordering, time::Duration};

use futures_util::future::join_all;
use redis::Value;
use store::StoreError;

use super::{
    Redis,
    command::{Command, Script},
    keys::SlottedName,
    reply::utf8,
    slot::Slot,
    url::Address,
};

/// Number of flags in a cluster, so that some are on the server that deletes.
const FLAGS: u8 = 16;

/// Number of rewrites before a flag is cleared. The second begins at least one clean-up after the flag was first read,
/// when the deletion for which it was set has been done or has failed.
const REWRITES: u32 = 2;

/// Expiry of the lock of the endpoint that does the rewrites; longer than two intervals of clean-ups.
const REWRITER_EXPIRY: Duration = Duration::from_secs(150);

/// The rewrites that this endpoint does.
#[derive(Default)]
pub(super) struct Rewriter {
    /// Its token in the lock.
    token: String,
    /// Number of rewrites begun, by the flag's value.
    begun: HashMap<String, u32>,
}

impl Redis {
    /// Sets the flag, before something in that slot is deleted.
    pub(super) async fn note_erasure(&self, near: Slot) -> Result<(), StoreError> {
        let flags = self.erasure_flags();
        let on_its_server = flags
            .iter()
            .find(|(_, slot)| self.cluster.share_server(near, *slot));
        let (name, slot) = on_its_server.unwrap_or(&flags[0]);
        let note =
            Command::script(Script::NoteErasure, [name.clone()]).arg(super::random::token()?);
        self.cluster.write(*slot, note).await.map(drop)
    }

    /// Makes the next clean-up set the flag; for data that was deleted already.
    pub(super) fn note_erasure_later(&self) {
        self.erased.store(true, Ordering::Relaxed);
    }

    /// Rewrites all servers' files if a flag is set; clears it when that is done. Called once a minute.
    pub(super) async fn rewrite_files(&self) -> Result<(), StoreError> {
        if self.erased.swap(false, Ordering::Relaxed)
            && let Err(error) = self.note_erasure(Slot::default()).await
        {
            self.note_erasure_later();
            return Err(error);
        }
        let flags = self.read_erasure_flags().await;
        let mut rewriter = self.rewriter.lock().await;
        rewriter
            .begun
            .retain(|known, _| flags.iter().any(|(_, value)| value == known));
        if flags.is_empty() {
            return Ok(());
        }
        if rewriter.token.is_empty() {
            rewriter.token = super::random::token()?;
        }
        let lock = self.names.standalone_key("erased-lock", "0");
        if self
            .swap_flag(&lock, "", &rewriter.token, REWRITER_EXPIRY)
            .await?
            != rewriter.token
        {
            rewriter.begun.clear();
            return Ok(());
        }
        // Replicas may have been added.
        self.cluster.refresh_slot_map().await;
        let begun = |value| rewriter.begun.get(value).copied().unwrap_or(0);
        if flags.iter().any(|(_, value)| begun(value) < REWRITES) {
            if self.begin_rewrites(self.cluster.servers().await).await {
                flags
                    .into_iter()
                    .for_each(|(_, value)| *rewriter.begun.entry(value).or_default() += 1);
            }
            return Ok(());
        }
        let unfinished = self.unfinished_rewrites().await;
        if !unfinished.is_empty() {
            self.begin_rewrites(unfinished).await;
            return Ok(());
        }
        for (flag, value) in flags {
            self.swap_flag(&flag, &value, "", Duration::ZERO).await?;
        }
        self.swap_flag(&lock, &rewriter.token, "", Duration::ZERO)
            .await
            .map(drop)
    }

    /// The flags that are set, with their values. Those out of reach are read by the next clean-up.
    async fn read_erasure_flags(&self) -> Vec<(SlottedName, String)> {
        let read = async |(name, slot): SlottedName| {
            let value = self
                .cluster
                .read(slot, Command::new("GET").arg(name.clone()))
                .await
                .ok()?;
            Some(((name, slot), utf8(&value)?.to_owned()))
        };
        join_all(self.erasure_flags().into_iter().map(read))
            .await
            .into_iter()
            .flatten()
            .collect()
    }

    /// Begins a rewrite on each of these servers. False: one of them did not begin.
    async fn begin_rewrites(&self, servers: Vec<Address>) -> bool {
        let mut have_all_begun = true;
        for server in servers {
            if let Err(why) = self
                .cluster
                .request_server(&server, Command::new("BGREWRITEAOF"))
                .await
            {
                // Retried in a minute. A server that is already rewriting reports an error.
                tracing::info!(
                    why,
                    server = format!("{}:{}", server.0, server.1),
                    "a file was not rewritten yet"
                );
                have_all_begun = false;
            }
        }
        have_all_begun
    }

    /// The servers whose last rewrite has not succeeded.
    async fn unfinished_rewrites(&self) -> Vec<Address> {
        let servers = self.cluster.servers().await;
        let checks = servers.into_iter().map(async |server| {
            let info = self
                .cluster
                .request_server(&server, Command::new("INFO").arg("persistence"))
                .await;
            (!is_finished(&info)).then_some(server)
        });
        join_all(checks).await.into_iter().flatten().collect()
    }

    fn erasure_flags(&self) -> Vec<SlottedName> {
        let flags = if self.cluster.url().is_cluster {
            FLAGS
        } else {
            1
        };
        (0..flags)
            .map(|number| self.names.standalone_key("erased", &number.to_string()))
            .collect()
    }
}

/// Whether a reply to INFO shows that the last rewrite has succeeded. A server that does not permit INFO is trusted.
fn is_finished(info: &Result<Value, String>) -> bool {
    match info {
        Ok(info) => {
            let info = utf8(info).unwrap_or_default();
            [
                "aof_rewrite_in_progress:0",
                "aof_rewrite_scheduled:0",
                "aof_last_bgrewrite_status:ok",
            ]
            .iter()
            .all(|line| info.lines().any(|known| known.trim_end() == *line))
        }
        Err(why) => why.contains("NOPERM"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_finished_requires_a_rewrite_that_succeeded() {
        let info = |progress: u8, status: &str| {
            let lines = format!(
                "# Persistence\r\naof_rewrite_in_progress:{progress}\r\naof_rewrite_scheduled:0\r\naof_last_bgrewrite_status:{status}\r\n"
            );
            is_finished(&Ok(Value::BulkString(lines.into())))
        };
        assert_eq!(
            (info(0, "ok"), info(1, "ok"), info(0, "err")),
            (true, false, false)
        );
        assert!(is_finished(&Err(
            "NOPERM this user has no permissions".into()
        )));
        assert!(!is_finished(&Err("connection refused".into())));
    }
}
