use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use store::{
    DayHours, Metric,
    export_format::{ArticlePart, HoursLine},
    is_first_day, merged_hours,
};
use visitor::{Day, HOURS_PER_DAY, Hour};

use super::{
    super::{super::count_changes::HourlyChanges, Failure, Transaction},
    MetricId,
};

/// Hours of one day, by metric.
type HoursByMetric = BTreeMap<MetricId, DayHours>;

impl Transaction<'_> {
    /// Merges what the file knows of the article's hours, after its days. Their counts move from the site's unknown hour.
    pub(super) fn import_hours(
        &mut self,
        (id, first): (i64, Day),
        part: &ArticlePart,
        is_new: bool,
    ) -> Result<(), Failure> {
        if part.hours.is_empty() {
            return Ok(());
        }
        let site = self.interner.site(self.conn, &part.article.site)?;
        let from = article_hours_from(self.conn, site)?;
        let mut changes = HourlyChanges::new(self.conn)?;
        for line in &part.hours {
            let Some(day) = Day::parse(&line.day) else {
                continue;
            };
            if !is_first_day(first, day) && from.is_some_and(|from| day < from) {
                continue;
            }
            let known = match is_new {
                true => HoursByMetric::new(),
                false => self.hours_of_article(site, day, id)?,
            };
            for (metric, imported) in line.metrics() {
                let is_net = matches!(metric, Metric::Reaction(_));
                let metric = self.interner.metric(self.conn, &metric)?;
                let total = self.day_of_article((site, day, id), metric)?;
                let known = known.get(&metric).copied().unwrap_or_default();
                let merged = merged_hours(&known, &imported, total, is_net);
                for (hour, change) in differences(&known, &merged) {
                    changes.add(site, (day, hour), id, metric, change)?;
                    changes.add_to_site((site, day, Hour::UNKNOWN, metric), -change);
                }
            }
        }
        Ok(changes.write()?)
    }

    /// Merges what a file knows of a site's hours, after all articles. From then on the hours of its articles on that
    /// day count as incomplete.
    pub(super) fn import_site_hours(&mut self, line: &HoursLine) -> Result<(), Failure> {
        let (Some(site), Some(day)) = (&line.site, Day::parse(&line.day)) else {
            return Ok(());
        };
        let site = self.interner.site(self.conn, site)?;
        let mut stored = self.hours_of_site(site, day)?;
        let mut changes = HourlyChanges::new(self.conn)?;
        let mut has_changed = false;
        for (metric, imported) in line.metrics() {
            let is_net = matches!(metric, Metric::Reaction(_));
            let metric = self.interner.metric(self.conn, &metric)?;
            let (known, unknown) = stored.remove(&metric).unwrap_or_default();
            let total = known.iter().fold(unknown, |sum, change| sum + change);
            let merged = merged_hours(&known, &imported, total, is_net);
            for (hour, change) in differences(&known, &merged) {
                changes.add_to_site((site, day, hour, metric), change);
                changes.add_to_site((site, day, Hour::UNKNOWN, metric), -change);
                has_changed = true;
            }
        }
        if has_changed {
            self.conn
                .prepare_cached(
                    "insert into article_hours_from (site, day) values (?1, ?2) \
                     on conflict do update set day = max(day, excluded.day)",
                )?
                .execute(params![site, day.get() + 1])?;
        }
        Ok(changes.write()?)
    }

    /// The known hours of an article on a day.
    fn hours_of_article(&self, site: i64, day: Day, id: i64) -> Result<HoursByMetric, Failure> {
        let mut select = self.conn.prepare_cached(
            "select metric, change from article_hour where site = ?1 and day = ?2 and hour = ?3 and article = ?4",
        )?;
        let mut hours = HoursByMetric::new();
        for hour in 0..HOURS_PER_DAY {
            let mut rows = select.query(params![site, day.get(), hour, id])?;
            while let Some(row) = rows.next()? {
                hours.entry(row.get(0)?).or_default()[usize::from(hour)] = row.get(1)?;
            }
        }
        Ok(hours)
    }

    /// The known hours of a site on a day, and the unknown one.
    fn hours_of_site(
        &self,
        site: i64,
        day: Day,
    ) -> Result<BTreeMap<MetricId, (DayHours, i64)>, Failure> {
        let mut select = self
            .conn
            .prepare_cached("select hour, metric, change from hour where site = ?1 and day = ?2")?;
        let mut rows = select.query(params![site, day.get()])?;
        let mut hours: BTreeMap<MetricId, (DayHours, i64)> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let (known, unknown) = hours.entry(row.get(1)?).or_default();
            let hour = usize::from(row.get::<_, u8>(0)?);
            *known.get_mut(hour).unwrap_or(unknown) = row.get(2)?;
        }
        Ok(hours)
    }

    /// The article's change of a metric on a day, of all sources together.
    fn day_of_article(
        &self,
        (site, day, id): (i64, Day, i64),
        metric: MetricId,
    ) -> Result<i64, Failure> {
        let mut select = self.conn.prepare_cached(
            "select coalesce(sum(change), 0) from day where site = ?1 and day = ?2 and metric = ?3 and article = ?4",
        )?;
        Ok(select.query_row(params![site, day.get(), metric, id], |row| row.get(0))?)
    }
}

/// The first day from which hours of all articles are stored; `None`: of all days.
fn article_hours_from(conn: &Connection, site: i64) -> Result<Option<Day>, Failure> {
    let mut select = conn.prepare_cached("select day from article_hours_from where site = ?1")?;
    let day: Option<i32> = select.query_row([site], |row| row.get(0)).optional()?;
    Ok(day.map(Day::new))
}

/// The hours that differ, with the difference.
fn differences(known: &DayHours, merged: &DayHours) -> Vec<(Hour, i64)> {
    let hours = (0..HOURS_PER_DAY)
        .map(Hour::new)
        .zip(known.iter().zip(merged));
    hours
        .map(|(hour, (known, merged))| (hour, merged - known))
        .filter(|(_, change)| *change != 0)
        .collect()
}
