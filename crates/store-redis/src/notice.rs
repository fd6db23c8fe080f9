//! The notice that everything moves to another store, or has moved. Whoever moves it hangs it up in several parts of the
//! keys, so that it is seen while some servers do not answer, and every endpoint looks for it all the time. One that is not renewed
//! goes by itself, and is then never hung up again: who takes it down in the end knows that nobody was without it.

/// What an endpoint has seen of it.
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

/// In how many places it hangs in a cluster, so that some of them answer while a master is replaced.
const PLACES: u8 = 16;

/// How long it hangs when whoever has hung it up is not heard of any more: longer than a master usually takes to be replaced.
const LASTS: Duration = Duration::from_secs(20);

/// How long to wait until everybody has seen it. Longer than an endpoint believes in what it has seen, by more than clocks differ.
const UNTIL_SEEN: Duration = Duration::from_secs(5);
const _: () = assert!(UNTIL_SEEN.as_millis() * 2 >= watch::BELIEVED.as_millis() * 3);

const MOVING: &str = "moving:";
const MOVED: &str = "moved:";

impl Redis {
    /// Hangs it up everywhere, and waits until every endpoint has seen it or takes nothing anyway.
    pub(super) async fn post_notice(&self) -> Result<Hold, Closed> {
        let hold = Hold(super::random::token()?);
        // One place after the other: of two who move everything, one is first.
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

    /// Lets it hang for longer. False: it is gone, and writes may have been taken.
    pub(super) async fn renew_notice(&self, hold: &Hold) -> Result<bool, StoreError> {
        let moving = moving(hold);
        let renewed = join_all(self.places().iter().map(|place| self.replace(place, &moving, &moving, LASTS))).await;
        if renewed.iter().flatten().any(|hangs| *hangs != moving) {
            return Ok(false);
        }
        renewed.into_iter().collect::<Result<Vec<_>, _>>().map(|_| true)
    }

    /// Takes it down, or says instead, for good, where everything is. False: it was gone, and writes may have been taken.
    pub(super) async fn end_notice(&self, hold: &Hold, to: Option<&str>) -> Result<bool, StoreError> {
        let Some(to) = to else {
            self.take_down(hold, "").await;
            return Ok(true);
        };
        let (moving, moved) = (moving(hold), format!("{MOVED}{}:{to}", hold.0));
        // All of it hangs still, so that it can be made to stay.
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

    /// Takes down what says that everything has moved. Whether anything did.
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

    /// What it says in one place.
    async fn hangs(&self, name: &Name, slot: Slot) -> Result<Option<String>, StoreError> {
        Ok(utf8(&self.cluster.read(slot, Command::new("GET").arg(name.clone())).await?).map(str::to_owned))
    }

    /// Where this hold's hangs, or says that. What cannot be reached goes by itself.
    async fn take_down(&self, hold: &Hold, moved: &str) {
        let moving = moving(hold);
        let places = self.places();
        let downs = places.iter().map(async |place| {
            for text in [moved, &moving].into_iter().filter(|text| !text.is_empty()) {
                if let Err(error) = self.replace(place, text, "", Duration::ZERO).await {
                    tracing::warn!(%error, "a notice that everything moves could not be taken down");
                }
            }
        });
        join_all(downs).await;
    }

    /// What hangs in the place afterwards.
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

/// A key, and where that is.
type Place = (Name, Slot);

fn moving(hold: &Hold) -> String {
    format!("{MOVING}{}", hold.0)
}

/// What a notice means; `None`: that none hangs. Whatever it says, it keeps writes out.
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
