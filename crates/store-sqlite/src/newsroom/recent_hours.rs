use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};
use store::{ChooseOfHours, Days, HourSums, Metric, RecentHours, START_HOURS, TypicalStart};
use visitor::{Day, HOURS_PER_DAY, Hour};
use wire::SiteId;

use super::{super::read_model::MetricId, articles_of, cards, site_id};

/// Row id of the metric, if anything of it was ever counted.
fn reads(conn: &Connection) -> rusqlite::Result<Option<MetricId>> {
    let name = Metric::Reads.name();
    conn.query_row("select id from metric where name = ?1", [name], |row| {
        row.get(0)
    })
    .optional()
}

/// Hours since day 0.
fn number((day, hour): (Day, Hour)) -> i64 {
    i64::from(day.get()) * i64::from(HOURS_PER_DAY) + i64::from(hour.get())
}

fn hour_of(number: i64) -> (Day, Hour) {
    let hours = i64::from(HOURS_PER_DAY);
    let day = i32::try_from(number.div_euclid(hours)).unwrap_or_default();
    let hour = u8::try_from(number.rem_euclid(hours)).unwrap_or_default();
    (Day::new(day), Hour::new(hour))
}

/// Reads of each article in the last hours.
pub(in super::super) fn recent_hours(
    conn: &Connection,
    site: &SiteId,
    section: Option<&str>,
    last: (Day, Hour),
    hours: u8,
    choose: &ChooseOfHours,
) -> rusqlite::Result<RecentHours> {
    let first = number(last) + 1 - i64::from(hours);
    let columns: Vec<_> = (first..=number(last)).map(hour_of).collect();
    let mut sums = HourSums {
        hours: columns,
        reads: Vec::new(),
    };
    let (Some(site), Some(reads)) = (site_id(conn, site)?, reads(conn)?) else {
        return Ok(RecentHours {
            sums,
            cards: Vec::new(),
        });
    };
    let wanted = section
        .map(|section| articles_of(conn, site, section))
        .transpose()?;
    let mut select = conn.prepare(
        "select article, change from article_hour where site = ?1 and day = ?2 and hour = ?3 and metric = ?4",
    )?;
    let width = sums.hours.len();
    let mut ids = Vec::new();
    let mut indexes: HashMap<i64, usize> = HashMap::new();
    for (column, (day, hour)) in sums.hours.iter().enumerate() {
        let mut rows = select.query(params![site, day.get(), hour.get(), reads])?;
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            if wanted.as_ref().is_some_and(|wanted| !wanted.contains(id)) {
                continue;
            }
            let index = *indexes.entry(id).or_insert_with(|| {
                ids.push(id);
                ids.len() - 1
            });
            sums.reads.resize(ids.len() * width, 0);
            let sum = &mut sums.reads[index * width + column];
            *sum = sum.saturating_add(row.get(1)?);
        }
    }
    let chosen = choose(&sums);
    let cards = cards(conn, &ids, chosen)?;
    Ok(RecentHours { sums, cards })
}

/// The median article's reads in its first hours, of the newsroom's articles that started in these days.
pub(in super::super) fn typical_start(
    conn: &Connection,
    site: &SiteId,
    days: Days,
) -> rusqlite::Result<TypicalStart> {
    let (Some(site), Some(reads)) = (site_id(conn, site)?, reads(conn)?) else {
        return Ok(TypicalStart::default());
    };
    let mut started = conn.prepare(
        "select id from article not indexed where site = ?1 and coalesce(published, created) between ?2 and ?3",
    )?;
    let mut rows = started.query(params![site, days.first.get(), days.last.get()])?;
    // The first hour with a read of each article, and its reads in each hour since.
    let mut articles: HashMap<i64, Option<(i64, [i64; START_HOURS])>> = HashMap::new();
    while let Some(row) = rows.next()? {
        articles.insert(row.get(0)?, None);
    }
    let mut select = conn.prepare(
        "select day, hour, article, change from article_hour \
         where site = ?1 and day between ?2 and ?3 and hour < ?4 and metric = ?5",
    )?;
    let last = days
        .last
        .get()
        .saturating_add(START_HOURS.div_ceil(24) as i32);
    let mut rows = select.query(params![site, days.first.get(), last, HOURS_PER_DAY, reads])?;
    while let Some(row) = rows.next()? {
        let Some(start) = articles.get_mut(&row.get(2)?) else {
            continue;
        };
        let hour = number((Day::new(row.get(0)?), Hour::new(row.get(1)?)));
        let (first, reads) = start.get_or_insert((hour, [0; START_HOURS]));
        let since = usize::try_from(hour - *first).unwrap_or(START_HOURS);
        if let Some(sum) = reads.get_mut(since) {
            *sum = sum.saturating_add(row.get(3)?);
        }
    }
    let starts: Vec<_> = articles
        .into_values()
        .flatten()
        .map(|(_, reads)| cumulative(reads))
        .collect();
    Ok(TypicalStart {
        articles: u32::try_from(starts.len()).unwrap_or(u32::MAX),
        reads: (0..START_HOURS)
            .map(|hour| median(starts.iter().map(|reads| reads[hour]).collect()))
            .collect(),
    })
}

fn cumulative(mut reads: [i64; START_HOURS]) -> [u64; START_HOURS] {
    let mut sum = 0_i64;
    for count in &mut reads {
        sum = sum.saturating_add(*count);
        *count = sum;
    }
    reads.map(|count| count.max(0).unsigned_abs())
}

fn median(mut counts: Vec<u64>) -> u64 {
    counts.sort_unstable();
    counts.get(counts.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_numbered_across_days() {
        for at in [
            (Day::new(0), Hour::new(0)),
            (Day::new(16_756), Hour::new(23)),
        ] {
            assert_eq!(hour_of(number(at)), at);
        }
        let midnight = number((Day::new(5), Hour::new(0)));
        assert_eq!(hour_of(midnight - 1), (Day::new(4), Hour::new(23)));
    }
}
