use rusqlite::Connection;
use store::CheckReport;
use visitor::{Day, HOURS_PER_DAY};

/// Checks that the hours of each day of a site add up to the days of its articles, and that no hour of the last days
/// differs from the sum of its articles'.
pub(super) fn check(snapshot: &Connection, report: &mut CheckReport) -> rusqlite::Result<()> {
    let mut days = snapshot.prepare(
        "select s.name, t.day, m.name, sum(t.days), sum(t.hours) from \
         (select site, day, metric, sum(change) days, 0 hours from day group by site, day, metric \
          union all select site, day, metric, 0, sum(change) from hour group by site, day, metric) t \
         left join site s on s.id = t.site left join metric m on m.id = t.metric \
         group by t.site, t.day, t.metric having sum(t.days) <> sum(t.hours) order by s.name, t.day, m.name",
    )?;
    let mut rows = days.query([])?;
    while let Some(row) = rows.next()? {
        let (site, metric) = (text(row.get(0)?), text(row.get(2)?));
        let day = Day::new(row.get(1)?);
        let (days, hours): (i64, i64) = (row.get(3)?, row.get(4)?);
        report.add(
            None,
            format!("{site} {metric} on {day}: {days} counted, but its hours add up to {hours}"),
        );
    }
    let mut hours = snapshot.prepare(
        "select s.name, t.day, t.hour, m.name, sum(t.site_hours), sum(t.article_hours) from \
         (select site, day, hour, metric, change site_hours, 0 article_hours from hour \
          union all select site, day, hour, metric, 0, sum(change) from article_hour group by site, day, hour, metric) t \
         left join site s on s.id = t.site left join metric m on m.id = t.metric \
         left join article_hours_from f on f.site = t.site \
         where t.hour < ?1 and t.day >= coalesce(f.day, -1000000) \
         group by t.site, t.day, t.hour, t.metric having sum(t.site_hours) <> sum(t.article_hours) \
         order by s.name, t.day, t.hour, m.name",
    )?;
    let mut rows = hours.query([HOURS_PER_DAY])?;
    while let Some(row) = rows.next()? {
        let (site, metric) = (text(row.get(0)?), text(row.get(3)?));
        let (day, hour) = (Day::new(row.get(1)?), row.get::<_, u8>(2)?);
        let (of_site, of_articles): (i64, i64) = (row.get(4)?, row.get(5)?);
        report.add(
            None,
            format!(
                "{site} {metric} on {day} at {hour}: {of_site} counted, but its articles add up to {of_articles}"
            ),
        );
    }
    Ok(())
}

fn text(name: Option<String>) -> String {
    name.unwrap_or_else(|| "?".into())
}
