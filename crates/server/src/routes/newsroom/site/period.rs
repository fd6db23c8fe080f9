use std::sync::Arc;

use axum::{extract::State, response::Response};
use newsroom::pages::{
    ArticleList, Figure, PageContext, Tab,
    period::{PeriodPage, period},
};
use serde::Deserialize;
use store::{Days, Metric, low_priority};
use visitor::{Day, Window};

use super::{
    SitePage,
    names::Names,
    now::listed,
    units::{by_unit, unit_of},
};
use crate::{
    problem::Problem,
    readership::{PeriodData, RankedArticles, RankedBy},
    routes::extract::Query,
    state::App,
};

/// Days without a query, and at most.
const DEFAULT_PERIOD_DAYS: u16 = 28;
const MAX_PERIOD_DAYS: i64 = 3 * 366;

/// The days: their number until today, or the first and last.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PeriodQuery {
    days: Option<String>,
    from: Option<String>,
    until: Option<String>,
}

impl PeriodQuery {
    /// The days. An invalid parameter counts as absent; the period ends today at the latest, and is cut to the maximum length.
    pub(super) fn days(&self, today: Day) -> Days {
        let day = |text: &Option<String>| text.as_deref().and_then(Day::parse);
        let count = self.days.as_deref().and_then(|days| days.parse().ok());
        let last = day(&self.until).unwrap_or(today).min(today);
        let days = match (day(&self.from), count) {
            (Some(first), _) => {
                let first = first.min(today);
                Days {
                    first: first.min(last),
                    last: first.max(last),
                }
            }
            (None, count) => Days::until(last, count.unwrap_or(DEFAULT_PERIOD_DAYS)),
        };
        match days.count() > MAX_PERIOD_DAYS {
            true => Days::until(last, MAX_PERIOD_DAYS as u16),
            false => days,
        }
    }
}

/// The counts of the chosen days.
pub(super) struct ChosenPeriod {
    pub(super) today: Day,
    pub(super) days: Days,
    pub(super) data: Arc<PeriodData>,
}

pub(super) async fn chosen(
    app: &App,
    page: &SitePage,
    query: &PeriodQuery,
) -> Result<ChosenPeriod, Problem> {
    let now = (app.now)();
    let today = Window::at(now, &page.site.time_zone).day;
    let days = query.days(today);
    let readership = &app.readership;
    let data = readership
        .period(&app.store, page.scope(), days, now)
        .await?;
    Ok(ChosenPeriod { today, days, data })
}

pub(super) async fn show(
    State(app): State<App>,
    page: SitePage,
    Query(query): Query<PeriodQuery>,
) -> Result<Response, Problem> {
    let ChosenPeriod { today, days, data } = chosen(&app, &page, &query).await?;
    let draw = move || {
        let content = period(&page.context, &of(&page, &data, days, today));
        page.respond(Tab::Site, page.texts().site, content)
    };
    Ok(low_priority::query(draw).await?)
}

fn of(page: &SitePage, data: &PeriodData, days: Days, today: Day) -> PeriodPage {
    let context = &page.context;
    let names = Names::of(&page.site, page.viewer.language.tag());
    let unit = unit_of(days);
    let before = days.before();
    PeriodPage {
        days: (days.first, days.last),
        before: (before.first, before.last),
        unit,
        reads: by_unit(&data.reads, days, unit),
        totals: totals(context, &names, data),
        lists: lists(context, &names, data),
        choices: choices(context, days, today),
    }
}

fn choices(context: &PageContext, days: Days, today: Day) -> Vec<(String, &'static str, bool)> {
    let texts = context.texts;
    let usual = [
        (7, texts.last_7),
        (28, texts.last_28),
        (84, texts.weeks_12),
        (365, texts.months_12),
    ];
    usual
        .map(|(count, text)| {
            let is_current = days == Days::until(today, count);
            (format!("days={count}"), text, is_current)
        })
        .to_vec()
}

fn totals(context: &PageContext, names: &Names, data: &PeriodData) -> Vec<Figure> {
    let mut totals: Vec<_> = data.totals.iter().collect();
    totals.sort_by_key(|(metric, ..)| names.place(metric));
    let figure = |(metric, now, before): &(_, i64, i64)| Figure {
        label: names.metric(context, metric),
        now: *now,
        before: Some((*before, String::new())),
        live: None,
    };
    totals.into_iter().map(figure).collect()
}

/// The place of a ranking on the page.
fn place(names: &Names, by: &RankedBy) -> (u8, usize) {
    match by {
        RankedBy::Reads => (0, 0),
        RankedBy::FewestReads => (1, 0),
        RankedBy::Option(key) => (2, names.place(&Metric::Reaction(key.clone())).1),
        RankedBy::Division => (3, 0),
        RankedBy::Love => (4, 0),
        RankedBy::Shares => (5, 0),
    }
}

/// The rankings in the page's order: those by option in the order of the site's options, where the first of them is.
pub(super) fn ordered<'d>(names: &Names, data: &'d PeriodData) -> Vec<&'d RankedArticles> {
    let mut rankings: Vec<_> = data.rankings.iter().collect();
    rankings.sort_by_key(|ranking| place(names, &ranking.by));
    rankings
}

/// Whether the scores are parts of one.
pub(super) fn is_part(by: &RankedBy) -> bool {
    matches!(by, RankedBy::Division | RankedBy::Love)
}

/// The heading of a ranking.
pub(super) fn heading(context: &PageContext, names: &Names, by: &RankedBy) -> String {
    let texts = context.texts;
    match by {
        RankedBy::Reads => texts.most_read.to_owned(),
        RankedBy::FewestReads => texts.least_read.to_owned(),
        RankedBy::Option(key) => {
            context.fill(texts.most_answered, &[("option", &names.option(key))])
        }
        RankedBy::Division => texts.most_divided.to_owned(),
        RankedBy::Love => texts.quietly_loved.to_owned(),
        RankedBy::Shares => texts.most_shared.to_owned(),
    }
}

fn lists(context: &PageContext, names: &Names, data: &PeriodData) -> Vec<ArticleList> {
    let texts = context.texts;
    let percent = |part: f64| context.percent((part * 100.0).round() as i64);
    let number = |number: f64| context.number(number as i64);
    let rankings = ordered(names, data).into_iter().enumerate();
    rankings
        .map(|(at, ranking)| {
            let (note, head) = match &ranking.by {
                RankedBy::Reads | RankedBy::FewestReads => (None, texts.reads),
                RankedBy::Option(_) => (None, texts.reactions),
                RankedBy::Division => (Some(texts.divided_note), texts.spread),
                RankedBy::Love => (Some(texts.loved_note), texts.per_read),
                RankedBy::Shares => (None, texts.shares),
            };
            let shown = |score: f64| {
                if is_part(&ranking.by) {
                    percent(score)
                } else {
                    number(score)
                }
            };
            let articles = ranking.articles.iter();
            ArticleList {
                id: format!("list-{at}"),
                title: heading(context, names, &ranking.by),
                note,
                heads: vec![head.to_owned()],
                entries: articles
                    .map(|(card, score)| (listed(card), vec![shown(*score)]))
                    .collect(),
                empty: texts.no_entries,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn invalid_days_become_valid_ones() {
        let today = day("2015-11-17");
        let query = |days: Option<&str>, from: Option<&str>, until: Option<&str>| {
            let owned = |text: Option<&str>| text.map(str::to_owned);
            let query = PeriodQuery {
                days: owned(days),
                from: owned(from),
                until: owned(until),
            };
            let days = query.days(today);
            (days.first.to_string(), days.last.to_string())
        };
        let period = |first: &str, last: &str| (first.to_owned(), last.to_owned());
        assert_eq!(query(None, None, None), period("2015-10-21", "2015-11-17"));
        assert_eq!(
            query(Some("7"), None, None),
            period("2015-11-11", "2015-11-17")
        );
        assert_eq!(
            query(Some("x"), Some("y"), Some("z")),
            period("2015-10-21", "2015-11-17")
        );
        assert_eq!(
            query(None, Some("2015-11-20"), Some("2020-01-01")),
            period("2015-11-17", "2015-11-17")
        );
        assert_eq!(
            query(None, Some("2015-11-10"), Some("2015-11-03")),
            period("2015-11-03", "2015-11-10"),
            "the other way round"
        );
        let long = query(None, Some("1000-01-01"), None);
        assert_eq!(long.1, "2015-11-17");
        assert_eq!(long.0, "2012-11-15");
    }
}
