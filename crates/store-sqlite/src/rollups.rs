//! Which days may be in roll-ups. The writer deletes the roll-ups of days that it changes.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, params};
use visitor::Day;

/// The days in roll-ups, of each site by row id, and those that the open transaction has changed.
#[derive(Clone, Default)]
pub(super) struct RolledDays {
    /// The last day that is in a roll-up, or in one that is being made. Events have later ones.
    last: HashMap<i64, Day>,
    changed: BTreeSet<(i64, Day)>,
}

impl RolledDays {
    pub(super) fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let mut select = conn.prepare("select site, max(last) from rollup group by site")?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, Day::new(row.get(1)?))))?;
        Ok(Self {
            last: rows.collect::<rusqlite::Result<_>>()?,
            changed: BTreeSet::new(),
        })
    }

    /// Roll-ups of days until this one are being made.
    pub(super) fn begin(&mut self, site: i64, last: Day) {
        let known = self.last.entry(site).or_insert(last);
        *known = last.max(*known);
    }

    /// Notes that a day of an article changes.
    pub(super) fn note_change(&mut self, site: i64, day: Day) {
        if self.last.get(&site).is_some_and(|last| day <= *last) {
            self.changed.insert((site, day));
        }
    }

    /// Deletes the roll-ups of the days that were changed.
    pub(super) fn delete_changed(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        if self.changed.is_empty() {
            return Ok(());
        }
        let mut delete = conn
            .prepare_cached("delete from rollup where site = ?1 and first <= ?2 and last >= ?2")?;
        let mut count = conn.prepare_cached(
            "insert into rollup_changes (site, changes) values (?1, 1) on conflict do update set changes = changes + 1",
        )?;
        for (site, day) in std::mem::take(&mut self.changed) {
            delete.execute(params![site, day.get()])?;
            count.execute([site])?;
        }
        Ok(())
    }

    /// Forgets the changes of a transaction that is rolled back.
    pub(super) fn rollback(&mut self) {
        self.changed.clear();
    }
}
