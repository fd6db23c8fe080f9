use std::collections::BTreeMap;

use store::{Days, HourChange, PeriodBuilder, PeriodPart, StoreError, add_days_of_rollup};
use visitor::Day;
use wire::SiteId;

use super::{
    super::{
        Redis,
        hours::{self, Hours},
        record::{Days as ArticleDays, OWN_DAYS},
        rollups::{DAYS_FIELD, SiteHours, within_day},
        scan::{Scan, hourly_changes},
    },
    is_in,
};

/// Hours of a site, or of a section of it, while they are gathered.
pub(super) struct SiteHoursQuery {
    days: Days,
    of_days: ArticleDays,
    known: Hours,
    /// Days that are in no roll-up: their articles are added up.
    unrolled: Vec<Days>,
    /// The stored hours of the site on some of them, whose articles' hours have expired.
    stored: BTreeMap<Day, SiteHours>,
}

impl SiteHoursQuery {
    /// The scan that these hours need, if any.
    pub(super) fn scan<'s>(&self, section: Option<&'s str>) -> Option<Scan<'s>> {
        let unrolled = self.unrolled.iter().flat_map(|days| days.iter());
        let of_articles = unrolled.filter(|day| !self.stored.contains_key(day));
        Some(Scan {
            section,
            since: self.unrolled.first()?.first,
            until: self.unrolled.last()?.last,
            with_days: true,
            hours_of: of_articles.collect(),
        })
    }

    /// Adds an article's.
    pub(super) fn add(&mut self, days: &ArticleDays, hours: &Hours) {
        let Self {
            of_days,
            known,
            unrolled,
            stored,
            ..
        } = self;
        for ((day, _, metric), change) in days {
            if is_in(unrolled, *day) {
                let key = (*day, OWN_DAYS.to_owned(), metric.clone());
                let sum = of_days.entry(key).or_default();
                *sum = sum.saturating_add(*change);
            }
        }
        let of_articles = |day: &Day| is_in(unrolled, *day) && !stored.contains_key(day);
        hours::add(known, hours.iter().filter(|((day, _), _)| of_articles(day)));
    }
}

impl Redis {
    /// What was counted in each hour of a site, or of a section, of which the hours of articles are read.
    pub(in super::super) async fn hours_of_site(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
    ) -> Result<Vec<HourChange>, StoreError> {
        let mut query = self.begin_hours(site, section, days).await?;
        if let Some(scan) = query.scan(section) {
            query = self
                .scan(site, &scan, query, |query, _, days, hours| {
                    query.add(days, hours);
                })
                .await?;
        }
        self.end_hours(site, section, query).await
    }

    /// Reads what is stored of the site. Of a section, nothing is.
    pub(super) async fn begin_hours(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
    ) -> Result<SiteHoursQuery, StoreError> {
        let mut query = SiteHoursQuery {
            days,
            of_days: ArticleDays::new(),
            known: Hours::new(),
            unrolled: vec![days],
            stored: BTreeMap::new(),
        };
        if section.is_some() {
            return Ok(query);
        }
        let mut rolled = Vec::new();
        query.unrolled.clear();
        for part in self.rollups(site).await?.parts(days, 1) {
            match part {
                PeriodPart::Days(days) => query.unrolled.push(days),
                PeriodPart::Rollup(day) => rolled.push(day),
            }
        }
        self.add_rolled_days(site, &rolled, &mut query.of_days)
            .await?;
        let unrolled: Vec<Day> = query.unrolled.iter().flat_map(|days| days.iter()).collect();
        let stored = self.stored_site_hours(site, &unrolled).await?;
        let stored = unrolled.into_iter().zip(stored);
        query.stored = stored
            .filter_map(|(day, stored)| Some((day, stored?)))
            .collect();
        Ok(query)
    }

    async fn add_rolled_days(
        &self,
        site: &SiteId,
        days: &[Days],
        to: &mut ArticleDays,
    ) -> Result<(), StoreError> {
        let stored = self.read_rollups(site, days, &[DAYS_FIELD]).await?;
        for (day, stored) in days.iter().zip(stored) {
            let mut builder = PeriodBuilder::default();
            let added = stored
                .first()
                .and_then(|stored| add_days_of_rollup(stored, &mut builder));
            added.ok_or_else(|| self.corrupt_reply("a roll-up"))?;
            for (metric, sum) in builder.totals() {
                to.insert((day.first, OWN_DAYS.to_owned(), metric.name()), sum);
            }
        }
        Ok(())
    }

    /// The changes of each hour. Those of days whose articles' hours have expired are those that are stored of the site.
    pub(super) async fn end_hours(
        &self,
        site: &SiteId,
        section: Option<&str>,
        mut query: SiteHoursQuery,
    ) -> Result<Vec<HourChange>, StoreError> {
        let mut stored = std::mem::take(&mut query.stored);
        if section.is_none() {
            let rolled = query
                .days
                .iter()
                .filter(|day| !is_in(&query.unrolled, *day));
            let rolled: Vec<Day> = rolled.collect();
            let hours = self.stored_site_hours(site, &rolled).await?.into_iter();
            stored.extend(rolled.into_iter().zip(hours.map(Option::unwrap_or_default)));
        }
        for (day, hours) in stored {
            set_hours(&mut query.known, &query.of_days, day, hours);
        }
        Ok(hourly_changes(&query.of_days, &query.known, query.days))
    }
}

/// Sets the stored hours of a site's day, as far as the day has so many.
fn set_hours(known: &mut Hours, of_days: &ArticleDays, day: Day, hours: SiteHours) {
    let sum = |metric: &str| {
        let of_day = of_days.get(&(day, OWN_DAYS.to_owned(), metric.to_owned()));
        of_day.copied().unwrap_or_default()
    };
    for (metric, hours) in within_day(hours, sum) {
        known.insert((day, metric), hours);
    }
}
