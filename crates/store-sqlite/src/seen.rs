//! The reads and shares that were counted in the current windows: an exact set in memory. Their rows are only read when
//! the database is opened, so each transaction appends one row for all its reads of a window. In the order of digests,
//! which are random, each read would change a page of its own.

use std::{collections::BTreeMap, mem, ops::RangeInclusive};

use rusqlite::{Connection, params};
use visitor::{Day, Digest};

use super::mark_set::{Mark, MarkSet, mark};

/// The counted reads and shares by site and window.
#[derive(Default)]
pub(super) struct Seen {
    windows: BTreeMap<(i64, Day), MarkSet>,
    /// Added by the open transaction, and not written yet.
    added: Vec<((i64, Day), Mark)>,
    /// Written by the open transaction.
    written: Vec<((i64, Day), Mark)>,
    /// Deleted by the open transaction.
    ended: Vec<(i64, Day)>,
}

impl Seen {
    /// Loads all windows.
    pub(super) fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let mut seen = Self::default();
        let mut lengths =
            conn.prepare("select site, window, sum(length(marks)) / 8 from seen group by 1, 2")?;
        let mut rows = lengths.query([])?;
        while let Some(row) = rows.next()? {
            let window = (row.get(0)?, Day::new(row.get(1)?));
            let marks: u32 = row.get(2)?;
            seen.windows
                .insert(window, MarkSet::with_capacity(marks as usize));
        }
        let mut select = conn.prepare("select site, window, marks from seen")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let window = (row.get(0)?, Day::new(row.get(1)?));
            let marks = seen.windows.entry(window).or_default();
            let (stored, _) = row.get_ref(2)?.as_blob()?.as_chunks();
            for mark in stored {
                marks.insert(Mark::from_be_bytes(*mark));
            }
        }
        Ok(seen)
    }

    /// Whether the digest was counted in that window.
    pub(super) fn contains(&self, site: i64, window: Day, digest: &Digest) -> bool {
        let marks = self.windows.get(&(site, window));
        marks.is_some_and(|marks| marks.contains(mark(digest)))
    }

    /// Adds a digest. [`write`](Self::write) stores it.
    pub(super) fn insert(&mut self, site: i64, window: Day, digest: &Digest) {
        let (window, mark) = ((site, window), mark(digest));
        if self.windows.entry(window).or_default().insert(mark) {
            self.added.push((window, mark));
        }
    }

    /// Stores what the transaction has added since the last call: sorted, so that its order tells nothing.
    pub(super) fn write(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        if self.added.is_empty() {
            return Ok(());
        }
        self.added.sort_unstable();
        let mut insert =
            conn.prepare_cached("insert into seen (site, window, marks) values (?1, ?2, ?3)")?;
        for added in self.added.chunk_by(|(a, _), (b, _)| a == b) {
            let (site, window) = added[0].0;
            let marks: Vec<u8> = added
                .iter()
                .flat_map(|(_, mark)| mark.to_be_bytes())
                .collect();
            insert.execute(params![site, window.get(), marks])?;
        }
        self.written.append(&mut self.added);
        Ok(())
    }

    /// Deletes the site's windows that are not live. Returns whether there was one.
    pub(super) fn end_windows(
        &mut self,
        conn: &Connection,
        site: i64,
        live: &RangeInclusive<Day>,
    ) -> rusqlite::Result<bool> {
        let of_site = (site, Day::new(i32::MIN))..=(site, Day::new(i32::MAX));
        let windows = self.windows.range(of_site).map(|(window, _)| *window);
        let ended: Vec<_> = windows.filter(|(_, day)| !live.contains(day)).collect();
        let any = !ended.is_empty();
        for window in ended {
            self.ended.push(window);
            let (site, day) = window;
            // A scan of the table, once a day: an index would be changed by every transaction.
            conn.prepare_cached("delete from seen where site = ?1 and window = ?2")?
                .execute(params![site, day.get()])?;
            self.windows.remove(&window);
            self.added.retain(|(of, _)| *of != window);
        }
        Ok(any)
    }

    /// Keeps the transaction's changes, after its commit.
    pub(super) fn commit(&mut self) {
        self.added.clear();
        self.written.clear();
        self.ended.clear();
    }

    /// Takes back what the transaction has added. The rows of windows that it has ended are there again: they are to be
    /// deleted by the next one. Their marks match no digest, since their salt is deleted.
    pub(super) fn rollback(&mut self) {
        for (window, mark) in self.added.drain(..).chain(self.written.drain(..)) {
            if let Some(marks) = self.windows.get_mut(&window) {
                marks.remove(mark);
            }
        }
        for window in mem::take(&mut self.ended) {
            self.windows.entry(window).or_default();
        }
    }
}

#[cfg(test)]
mod tests;
