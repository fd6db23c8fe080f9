use axum::{extract::State, response::Response};
use newsroom::pages::period::Unit;
use store::{MAX_DAYS_OF_SECTION, low_priority};

use super::{
    SitePage,
    articles::{as_csv, push_row},
    names::Names,
    period::{ChosenPeriod, PeriodQuery, chosen, heading, is_part, ordered},
    units::by_unit,
};
use crate::{problem::Problem, readership::PeriodData, routes::extract::Query, state::App};

/// The page's sums, days and rankings as one table.
pub(super) async fn csv(
    State(app): State<App>,
    page: SitePage,
    Query(query): Query<PeriodQuery>,
) -> Result<Response, Problem> {
    let ChosenPeriod { days, data, .. } = chosen(&app, &page, &query).await?;
    let name = format!("{}-{}-{}", page.site.id, days.first, days.last);
    // Of a section's long period, only the sums of months are known.
    let unit = match page.scope().section {
        Some(_) if days.count() > MAX_DAYS_OF_SECTION => Unit::Month,
        _ => Unit::Day,
    };
    let write = move || {
        let sums = by_unit(&data.reads, days, unit);
        table(&page, &data, unit, &sums)
    };
    Ok(as_csv(&name, low_priority::query(write).await?))
}

fn table(page: &SitePage, data: &PeriodData, unit: Unit, sums: &[(visitor::Day, i64)]) -> String {
    let (context, texts) = (&page.context, page.texts());
    let names = Names::of(&page.site, page.viewer.language.tag());
    let mut csv = String::from("\u{feff}");
    let heads = [
        texts.what,
        texts.title,
        texts.key,
        texts.byline,
        texts.day_head,
        texts.total,
        texts.period_before,
    ];
    push_row(&mut csv, heads.map(str::to_owned).into_iter());
    let mut totals: Vec<_> = data.totals.iter().collect();
    totals.sort_by_key(|(metric, ..)| names.place(metric));
    for (metric, now, before) in totals {
        let row = [names.metric(context, metric)].into_iter();
        let row = row.chain([const { String::new() }; 4]);
        push_row(&mut csv, row.chain([now.to_string(), before.to_string()]));
    }
    let unit = match unit {
        Unit::Day => texts.day,
        Unit::Week => texts.week,
        Unit::Month => texts.month,
    };
    let by_unit = context.fill(texts.reads_by, &[("unit", unit)]);
    for (day, reads) in sums {
        let row = [by_unit.clone()].into_iter();
        let row = row.chain([const { String::new() }; 3]);
        push_row(
            &mut csv,
            row.chain([day.to_string(), reads.to_string(), String::new()]),
        );
    }
    for ranking in ordered(&names, data) {
        for (card, score) in &ranking.articles {
            let published = card.published.map(|day| day.to_string());
            let score = match is_part(&ranking.by) {
                true => format!("{score:.3}"),
                false => format!("{score:.0}"),
            };
            let row = [
                heading(context, &names, &ranking.by),
                card.title.clone().unwrap_or_default(),
                card.key.to_string(),
                card.byline.clone().unwrap_or_default(),
                published.unwrap_or_default(),
                score,
                String::new(),
            ];
            push_row(&mut csv, row.into_iter());
        }
    }
    csv
}
