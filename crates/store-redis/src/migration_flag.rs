//! Migration flag: blocks writes on every endpoint while data is copied to another store, and afterwards. Stored in 16
//! slots so it stays readable during a failover; every endpoint polls it. It expires unless it is renewed, and renewal
//! never recreates it: a flag that can still be exchanged at the end was never missing.

/// Cached view of the flag.
mod cached_flag;

use std::time::Duration;

use futures_util::future::{join_all, try_join_all};
use store::{StoreError, WriteBlockLease, WritesBlocked};

pub(super) use self::cached_flag::CachedFlag;
use super::{
    Redis,
    command::{Command, Script},
    keys::{Name, SlottedName},
    reply::utf8,
    slot::Slot,
};

/// Number of copies of the flag in a cluster, so that some are readable during a failover.
const FLAG_COPIES: u8 = 16;

/// Expiry of a flag that is not renewed; longer than a failover usually takes.
const FLAG_EXPIRY: Duration = Duration::from_secs(20);

/// How long to wait until every endpoint has seen the flag: longer than the validity of an endpoint's cached view,
/// with a margin for clock drift.
const FLAG_PROPAGATION_WAIT: Duration = Duration::from_secs(5);
const _: () =
    assert!(FLAG_PROPAGATION_WAIT.as_millis() * 2 >= cached_flag::FLAG_VALID_FOR.as_millis() * 3);

const MOVING_PREFIX: &str = "moving:";
const MOVED_PREFIX: &str = "moved:";

impl Redis {
    /// Sets the flag in each of its slots, and waits until every endpoint has seen it or has stopped acknowledging
    /// writes.
    pub(super) async fn set_flag(&self) -> Result<WriteBlockLease, WritesBlocked> {
        let lease = WriteBlockLease(super::random::token()?);
        // Set the copies in order, so that of two concurrent migrations only one gets the first slot.
        for key in self.flag_keys() {
            let flag = self
                .swap_flag(&key, "", &moving_value(&lease), FLAG_EXPIRY)
                .await;
            let why = match flag {
                Ok(flag) if flag == moving_value(&lease) => continue,
                Ok(other) => parse_flag(&other).unwrap_or(WritesBlocked::Migrating),
                Err(error) => error.into(),
            };
            self.clear_flag(&lease, "").await;
            return Err(why);
        }
        tokio::time::sleep(FLAG_PROPAGATION_WAIT).await;
        Ok(lease)
    }

    /// Extends the flag. False: it was lost, and writes may have been accepted.
    pub(super) async fn renew_flag(&self, lease: &WriteBlockLease) -> Result<bool, StoreError> {
        let moving = moving_value(lease);
        let renewed = join_all(
            self.flag_keys()
                .iter()
                .map(|key| self.swap_flag(key, &moving, &moving, FLAG_EXPIRY)),
        )
        .await;
        if renewed.iter().flatten().any(|flag| *flag != moving) {
            return Ok(false);
        }
        renewed
            .into_iter()
            .collect::<Result<Vec<_>, _>>()
            .map(|_| true)
    }

    /// Clears the flag, or replaces it permanently with the name of the new store. False: it was lost, and writes may
    /// have been accepted.
    pub(super) async fn end_flag(
        &self,
        lease: &WriteBlockLease,
        to: Option<&str>,
    ) -> Result<bool, StoreError> {
        let Some(to) = to else {
            self.clear_flag(lease, "").await;
            return Ok(true);
        };
        let moving = moving_value(lease);
        let moved = format!("{MOVED_PREFIX}{}:{to}", lease.0);
        // Every copy of the flag still exists, so it can be made permanent.
        let done = match self.renew_flag(lease).await {
            Ok(true) => {
                let flag_keys = self.flag_keys();
                let moved_flags = flag_keys
                    .iter()
                    .map(|key| self.swap_flag(key, &moving, &moved, Duration::ZERO));
                try_join_all(moved_flags)
                    .await
                    .map(|flags| flags.iter().all(|flag| *flag == moved))
            }
            other => other,
        };
        if done != Ok(true) {
            self.clear_flag(lease, &moved).await;
        }
        done
    }

    /// Clears the flag of a completed migration. Returns whether there was one.
    pub(super) async fn reset_flag(&self) -> Result<bool, WritesBlocked> {
        let flag_keys = self.flag_keys();
        let flags = try_join_all(
            flag_keys
                .iter()
                .map(|(name, slot)| self.read_flag(name, *slot)),
        )
        .await?;
        if flags
            .iter()
            .flatten()
            .any(|text| text.starts_with(MOVING_PREFIX))
        {
            return Err(WritesBlocked::Migrating);
        }
        for (key, text) in flag_keys.iter().zip(&flags) {
            if let Some(text) = text {
                self.swap_flag(key, text, "", Duration::ZERO).await?;
            }
        }
        Ok(flags.iter().any(Option::is_some))
    }

    async fn read_flag(&self, name: &Name, slot: Slot) -> Result<Option<String>, StoreError> {
        Ok(utf8(
            &self
                .cluster
                .read(slot, Command::new("GET").arg(name.clone()))
                .await?,
        )
        .map(str::to_owned))
    }

    /// Clears the flags of this lease, including `moved`. Those out of reach expire.
    async fn clear_flag(&self, lease: &WriteBlockLease, moved: &str) {
        let moving = moving_value(lease);
        let flag_keys = self.flag_keys();
        let clears = flag_keys.iter().map(async |key| {
            for text in [moved, &moving].into_iter().filter(|text| !text.is_empty()) {
                if let Err(error) = self.swap_flag(key, text, "", Duration::ZERO).await {
                    tracing::warn!(%error, "the migration flag could not be removed");
                }
            }
        });
        join_all(clears).await;
    }

    /// Compares and swaps a flag in one slot; returns the value afterwards.
    pub(super) async fn swap_flag(
        &self,
        (name, slot): &SlottedName,
        is: &str,
        to: &str,
        expiry: Duration,
    ) -> Result<String, StoreError> {
        let replace = Command::script(Script::SwapFlag, [name.clone()])
            .arg(is)
            .arg(to);
        let flag = self
            .cluster
            .write(*slot, replace.arg(expiry.as_millis().to_string()))
            .await?;
        utf8(&flag)
            .map(str::to_owned)
            .ok_or_else(|| self.corrupt_reply("a flag"))
    }

    /// The keys of the flag's copies. Their stored name is `notice`.
    fn flag_keys(&self) -> Vec<SlottedName> {
        let copies = if self.cluster.url().is_cluster {
            FLAG_COPIES
        } else {
            1
        };
        (0..copies)
            .map(|copy| self.names.standalone_key("notice", &copy.to_string()))
            .collect()
    }
}

fn moving_value(lease: &WriteBlockLease) -> String {
    format!("{MOVING_PREFIX}{}", lease.0)
}

/// Parses a flag; `None`: no flag. Any unknown value blocks writes.
fn parse_flag(text: &str) -> Option<WritesBlocked> {
    let moved_to = || {
        Some(
            text.strip_prefix(MOVED_PREFIX)?
                .split_once(':')?
                .1
                .to_owned(),
        )
    };
    (!text.is_empty()).then(|| moved_to().map_or(WritesBlocked::Migrating, WritesBlocked::Migrated))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_flag_blocks_writes_for_any_unknown_value() {
        assert_eq!(parse_flag(""), None);
        assert_eq!(
            parse_flag(&moving_value(&WriteBlockLease("1f".into()))),
            Some(WritesBlocked::Migrating)
        );
        assert_eq!(
            parse_flag("moved:1f:sqlite:/new.db"),
            Some(WritesBlocked::Migrated("sqlite:/new.db".into()))
        );
        assert_eq!(
            parse_flag("of a gema to come"),
            Some(WritesBlocked::Migrating)
        );
    }
}
