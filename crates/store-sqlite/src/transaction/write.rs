use rusqlite::params;

use super::{
    super::{count_changes::DayChanges, count_log::ArticleChange, read_model::Entry},
    DirtyArticle, Failure, Transaction,
};

impl Transaction<'_> {
    /// Brings the tables of counts up to date, and writes the changes of this transaction there too, whatever changes
    /// them: for what reads or changes these tables.
    pub(in super::super) fn use_tables(&mut self) -> Result<(), Failure> {
        self.uses_tables = true;
        self.fold_counts()
    }

    /// Writes what the transaction has changed, at its end. The counts of events are logged, and some of the older ones move.
    pub(in super::super) fn write(&mut self) -> Result<(), Failure> {
        if self.uses_tables {
            return self.write_counts();
        }
        self.write_marks_and_votes()?;
        let articles = self.articles.iter_mut();
        let changes = articles.filter_map(DirtyArticle::take_change).collect();
        self.count_log.write(self.conn, self.rolled_days, changes)?;
        self.note_deleted_counts();
        Ok(())
    }

    /// Writes the counts of every changed article and the new reads, shares and votes to their tables, and deletes
    /// roll-ups of days that have changed.
    pub(super) fn write_counts(&mut self) -> Result<(), Failure> {
        self.write_marks_and_votes()?;
        self.fold_counts()?;
        let mut set = self.conn.prepare_cached(
            "update article set rev = ?2, own = ?3, voted = ?4, counts = ?5, created = ?6, put = ?7, poll = ?8 where id = ?1",
        )?;
        let mut days = DayChanges::new(self.conn)?;
        for article in &mut self.articles {
            let (Some(entry), true) = (&article.entry, article.changed) else {
                continue;
            };
            let Entry {
                id,
                rev,
                own,
                voted,
                counts,
                created,
                put,
                poll,
                ..
            } = entry;
            let poll = poll.as_ref().and_then(|poll| poll.to_json());
            set.execute(params![
                id,
                rev,
                own,
                voted,
                counts,
                created.get(),
                put,
                poll
            ])?;
            if article.days.is_empty() {
                continue;
            }
            let site = self.interner.site(self.conn, &article.site)?;
            for change in article.days.drain(..) {
                days.add(self.rolled_days, (site, *id), change)?;
            }
        }
        days.write()?;
        self.rolled_days.delete_changed(self.conn)?;
        Ok(())
    }

    fn write_marks_and_votes(&mut self) -> Result<(), Failure> {
        self.seen.write(self.conn)?;
        self.vote_log.write(self.conn)?;
        // They tell in which order votes came.
        self.erased |= self.vote_log.has_deleted_rows();
        Ok(())
    }

    /// Moves the logged counts into their tables.
    fn fold_counts(&mut self) -> Result<(), Failure> {
        self.count_log.fold(self.conn, self.rolled_days)?;
        self.note_deleted_counts();
        Ok(())
    }

    fn note_deleted_counts(&mut self) {
        // The log's rows tell in which order events came.
        self.erased |= self.count_log.has_deleted_rows();
    }
}

impl DirtyArticle {
    /// What events have made of the article; its changes by hour are taken.
    fn take_change(&mut self) -> Option<ArticleChange> {
        let entry = self.entry.as_ref().filter(|_| self.changed)?;
        Some(ArticleChange {
            article: entry.id,
            rev: entry.rev,
            created: entry.created,
            own: entry.own,
            voted: entry.voted,
            hours: std::mem::take(&mut self.days),
        })
    }
}
