use std::time::{Duration, Instant};

use wire::SiteId;

use super::{
    Redis,
    command::{Command, Script},
    reply::{list, number, pairs},
};
use crate::{
    hex,
    store::StoreError,
    visitor::{Day, HashKey, Salt},
};

/// How long salts live that nobody turns, and what was seen with them: two days, one of them an hour longer, and one more hour.
pub(super) const SECONDS: u32 = 50 * 3600;

/// How long salts are taken for the live ones: another endpoint may have begun the next window.
const FRESH: Duration = Duration::from_secs(1);

/// The live salts of a site, as they were then.
#[derive(Clone)]
pub(super) struct Turned {
    day: Day,
    at: Instant,
    pub(super) salts: Vec<Salt>,
}

impl Redis {
    /// The site's live salts after its window of that day has begun, that of the day first.
    pub(super) async fn salts(&self, site: &SiteId, day: Day) -> Result<Vec<Salt>, StoreError> {
        if let Some(known) = self.turned().get(site)
            && known.day == day
            && known.at.elapsed() < FRESH
        {
            return Ok(known.salts.clone());
        }
        let at = Instant::now();
        let (name, slot) = self.names.other("salts", site.as_str());
        let fresh = hex::encode(&super::random::key()?.0);
        let turn = Command::script(Script::Turn, [name]).arg(day.get().to_string()).arg(fresh).arg(SECONDS.to_string());
        let answer = self.cluster.write(slot, turn).await?;
        let [turned, fields] = list(&answer) else { return Err(self.nonsense("the salts")) };
        let mut salts: Vec<Salt> = pairs(fields).filter_map(|(day, key)| salt(day, key)).collect();
        salts.sort_by_key(|salt| (salt.day != day, std::cmp::Reverse(salt.day)));
        if salts.first().is_none_or(|salt| salt.day != day) {
            return Err(self.nonsense("the salts"));
        }
        if number(turned) == Some(1) {
            self.has_erased();
        }
        self.turned().insert(site.clone(), Turned { day, at, salts: salts.clone() });
        Ok(salts)
    }
}

fn salt(day: &[u8], key: &[u8]) -> Option<Salt> {
    let day = Day::new(std::str::from_utf8(day).ok()?.parse().ok()?);
    Some(Salt { day, key: HashKey(hex::decode(std::str::from_utf8(key).ok()?)?) })
}
