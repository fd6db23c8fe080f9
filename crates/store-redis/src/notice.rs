//! Migration flag: blocks writes on every endpoint while data is copied to another store, and afterwards. Stored in 16
//! slots so it stays readable during a failover; every endpoint polls it. It expires unless it is renewed, and renewal
//! never recreates it: a flag that can still be exchanged at the end was never missing.

/// Cached view of the flag.
mod watch;

use std::time::Duration;

use futures_util::future::{join_all, try_join_all};
use store::{Closed, Hold, StoreError};

pub(super) use self::watch::Watch;
use super::{
    Redis,
    command::{Command, Script},
    keys::Name,
    reply::utf8,
    slot::Slot,
};

/// Number of copies of the flag in a cluster, so that some are readable during a failover.
const PLACES: u8 = 16;

/// Expiry of a flag that is not renewed; longer than a failover usually takes.
const LASTS: Duration = Duration::from_secs(20);

/// How long to wait until every endpoint has seen the flag: longer than the validity of an endpoint's cached view,
/// with a margin for clock drift.
const UNTIL_SEEN: Duration = Duration::from_secs(5);
const _: () = assert!(UNTIL_SEEN.as_millis() * 2 >= watch::BELIEVED.as_millis() * 3);

const MOVING: &str = "moving:";
const MOVED: &str = "moved:";

impl Redis {
    /// Sets the flag in each of its slots, and waits until every endpoint has seen it or has stopped acknowledging
    /// writes.
    pub(super) async fn post_notice(&self) -> Result<Hold, Closed> {
        let hold = Hold(super::random::token()?);
        // In order, so that of two concurrent migrations one wins the first slot.
        for place in self.places() {
            let hangs = self.replace(&place, "", &moving(&hold), LASTS).await;
            let why = match hangs {
                Ok(hangs) if hangs == moving(&hold) => continue,
                Ok(other) => reads(&other).unwrap_or(Closed::Moving),
                Err(error) => error.into(),
            };
            self.take_down(&hold, "").await;
            return Err(why);
        }
        tokio::time::sleep(UNTIL_SEEN).await;
        Ok(hold)
    }

    /// Extends the flag. False: it was lost, and writes may have been accepted.
    pub(super) async fn renew_notice(&self, hold: &Hold) -> Result<bool, StoreError> {
        let moving = moving(hold);
        let renewed = join_all(self.places().iter().map(|place| self.replace(place, &moving, &moving, LASTS))).await;
        if renewed.iter().flatten().any(|hangs| *hangs != moving) {
            return Ok(false);
        }
        renewed.into_iter().collect::<Result<Vec<_>, _>>().map(|_| true)
    }

    /// Clears the flag, or replaces it permanently with the name of the new store. False: it was lost, and writes may
    /// have been accepted.
    pub(super) async fn end_notice(&self, hold: &Hold, to: Option<&str>) -> Result<bool, StoreError> {
        let Some(to) = to else {
            self.take_down(hold, "").await;
            return Ok(true);
        };
        let (moving, moved) = (moving(hold), format!("{MOVED}{}:{to}", hold.0));
        // Every copy of the flag still exists, so it can be made permanent.
        let done = match self.renew_notice(hold).await {
            Ok(true) => {
                let places = self.places();
                let said = places.iter().map(|place| self.replace(place, &moving, &moved, Duration::ZERO));
                try_join_all(said).await.map(|said| said.iter().all(|hangs| *hangs == moved))
            }
            other => other,
        };
        if done != Ok(true) {
            self.take_down(hold, &moved).await;
        }
        done
    }

    /// Clears the flag of a completed migration. Returns whether there was one.
    pub(super) async fn strike_notice(&self) -> Result<bool, Closed> {
        let places = self.places();
        let hangs = try_join_all(places.iter().map(|(name, slot)| self.hangs(name, *slot))).await?;
        if hangs.iter().flatten().any(|text| text.starts_with(MOVING)) {
            return Err(Closed::Moving);
        }
        for (place, text) in places.iter().zip(&hangs) {
            if let Some(text) = text {
                self.replace(place, text, "", Duration::ZERO).await?;
            }
        }
        Ok(hangs.iter().any(Option::is_some))
    }

    /// The flag in one slot.
    async fn hangs(&self, name: &Name, slot: Slot) -> Result<Option<String>, StoreError> {
        Ok(utf8(&self.cluster.read(slot, Command::new("GET").arg(name.clone())).await?).map(str::to_owned))
    }

    /// Clears this hold's flags, including `moved`. Those out of reach expire.
    async fn take_down(&self, hold: &Hold, moved: &str) {
        let moving = moving(hold);
        let places = self.places();
        let downs = places.iter().map(async |place| {
            for text in [moved, &moving].into_iter().filter(|text| !text.is_empty()) {
                if let Err(error) = self.replace(place, text, "", Duration::ZERO).await {
                    tracing::warn!(%error, "the migration notice could not be removed");
                }
            }
        });
        join_all(downs).await;
    }

    /// Compares and swaps the flag in one slot; returns the value afterwards.
    async fn replace(&self, (name, slot): &Place, is: &str, to: &str, lasts: Duration) -> Result<String, StoreError> {
        let replace = Command::script(Script::Notice, [name.clone()]).arg(is).arg(to);
        let hangs = self.cluster.write(*slot, replace.arg(lasts.as_millis().to_string())).await?;
        utf8(&hangs).map(str::to_owned).ok_or_else(|| self.nonsense("a notice"))
    }

    fn places(&self) -> Vec<Place> {
        let many = if self.cluster.place().is_cluster { PLACES } else { 1 };
        (0..many).map(|place| self.names.other("notice", &place.to_string())).collect()
    }
}

/// A key and its slot.
type Place = (Name, Slot);

fn moving(hold: &Hold) -> String {
    format!("{MOVING}{}", hold.0)
}

/// Parses a flag; `None`: no flag. Any unknown value blocks writes.
fn reads(text: &str) -> Option<Closed> {
    let moved_to = || Some(text.strip_prefix(MOVED)?.split_once(':')?.1.to_owned());
    (!text.is_empty()).then(|| moved_to().map_or(Closed::Moving, Closed::Moved))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_says_what_it_means_and_keeps_writes_out_whatever_it_says() {
        assert_eq!(reads(""), None);
        assert_eq!(reads(&moving(&Hold("1f".into()))), Some(Closed::Moving));
        assert_eq!(reads("moved:1f:sqlite:/new.db"), Some(Closed::Moved("sqlite:/new.db".into())));
        assert_eq!(reads("of a gema to come"), Some(Closed::Moving));
    }
}
