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
mod tests {
    use super::*;

    const DAY: Day = Day::new(20_000);

    fn digest(number: u64) -> Digest {
        let half = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
        [half, half].concat().try_into().unwrap()
    }

    fn database() -> Connection {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch("create table seen (id integer primary key, site, window, marks)")
            .unwrap();
        conn
    }

    fn rows(conn: &Connection) -> i64 {
        conn.query_row("select count(*) from seen", [], |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn a_transaction_writes_one_row_for_each_site_and_window() {
        let conn = database();
        let mut seen = Seen::default();
        for number in 0..100 {
            seen.insert(1, DAY, &digest(number));
            seen.insert(2, DAY, &digest(number));
        }
        seen.write(&conn).unwrap();
        seen.write(&conn).unwrap();
        assert_eq!(rows(&conn), 2, "nothing was added since");
        seen.commit();
        seen.write(&conn).unwrap();
        assert_eq!(rows(&conn), 2);
        let loaded = Seen::load(&conn).unwrap();
        for number in 0..100 {
            assert!(loaded.contains(1, DAY, &digest(number)));
            assert!(loaded.contains(2, DAY, &digest(number)));
            assert!(!loaded.contains(1, DAY, &digest(number + 100)));
            assert!(!loaded.contains(1, Day::new(20_001), &digest(number)));
        }
    }

    #[test]
    fn a_rollback_forgets_only_what_its_transaction_added() {
        let mut seen = Seen::default();
        seen.insert(1, DAY, &digest(1));
        seen.commit();
        seen.insert(1, DAY, &digest(1));
        seen.insert(1, DAY, &digest(2));
        seen.write(&database()).unwrap();
        seen.insert(1, DAY, &digest(3));
        assert!(seen.contains(1, DAY, &digest(2)), "within its transaction");
        seen.rollback();
        assert!(!seen.contains(1, DAY, &digest(3)));
        assert!(seen.contains(1, DAY, &digest(1)) && !seen.contains(1, DAY, &digest(2)));
    }

    #[test]
    fn a_window_that_ends_in_its_first_transaction_leaves_no_row() {
        let conn = database();
        let mut seen = Seen::default();
        seen.insert(1, DAY, &digest(1));
        let later = Day::new(20_002);
        assert!(seen.end_windows(&conn, 1, &(later..=later)).unwrap());
        seen.insert(1, later, &digest(2));
        seen.write(&conn).unwrap();
        seen.commit();
        assert_eq!(rows(&conn), 1);
        assert!(Seen::load(&conn).unwrap().contains(1, later, &digest(2)));
    }

    #[test]
    fn ended_windows_of_a_site_are_deleted_also_after_a_rollback() {
        let conn = database();
        let mut seen = Seen::default();
        for site in [1, 2] {
            seen.insert(site, DAY, &digest(1));
        }
        seen.write(&conn).unwrap();
        seen.commit();
        let live = Day::new(20_001)..=Day::new(20_002);
        conn.execute_batch("begin").unwrap();
        assert!(seen.end_windows(&conn, 1, &live).unwrap());
        conn.execute_batch("rollback").unwrap();
        seen.rollback();
        assert_eq!(rows(&conn), 2);
        assert!(seen.end_windows(&conn, 1, &live).unwrap());
        seen.commit();
        assert_eq!(rows(&conn), 1);
        assert!(!seen.contains(1, DAY, &digest(1)) && seen.contains(2, DAY, &digest(1)));
        assert!(!seen.end_windows(&conn, 1, &live).unwrap());
    }
}
