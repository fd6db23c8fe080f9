//! Numbers of refused events: one hash for each site and day, with a field for each process, kind and reason. A process
//! writes its sums, so a command that is sent again changes nothing.

use store::{REFUSED_KEPT_DAYS, Refused, RefusedByProcess, StoreError, sum_refused};
use visitor::Day;
use wire::SiteId;

use super::{
    Redis,
    command::{Command, Script},
    keys::SlottedName,
    reply::pairs,
};

/// Maximum number of fields: a hash of a day does not grow with the number of restarts.
const MAX_REFUSED_FIELDS: usize = 4096;

impl Redis {
    /// Replaces the numbers of one process.
    pub(super) async fn write_refused(
        &self,
        site: &SiteId,
        day: Day,
        by: &RefusedByProcess,
    ) -> Result<(), StoreError> {
        if by.refused.is_empty() {
            return Ok(());
        }
        let (name, slot) = self.name_of_refused(site, day);
        let seconds = i64::from(REFUSED_KEPT_DAYS) * 24 * 3600;
        let mut command = Command::script(Script::NoteRefused, [name])
            .arg(seconds.to_string())
            .arg(MAX_REFUSED_FIELDS.to_string());
        for Refused {
            kind,
            reason,
            count,
        } in &by.refused
        {
            command = command
                .arg(format!("{}.{}.{}", by.process, kind.name(), reason.name()))
                .arg(count.to_string());
        }
        self.cluster.write(slot, command).await.map(drop)
    }

    /// The numbers of a day, of all processes.
    pub(super) async fn read_refused(
        &self,
        site: &SiteId,
        day: Day,
    ) -> Result<Vec<Refused>, StoreError> {
        let (name, slot) = self.name_of_refused(site, day);
        let fields = self
            .cluster
            .read(slot, Command::new("HGETALL").arg(name))
            .await?;
        Ok(sum_refused(pairs(&fields).filter_map(|(field, count)| {
            let mut parts = std::str::from_utf8(field).ok()?.splitn(3, '.').skip(1);
            let count = std::str::from_utf8(count).ok()?.parse().ok()?;
            Some((parts.next()?, parts.next()?, count))
        })))
    }

    fn name_of_refused(&self, site: &SiteId, day: Day) -> SlottedName {
        self.names
            .standalone_key("refused", &format!("{site}.{}", day.get()))
    }
}
