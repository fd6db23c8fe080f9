use std::collections::BTreeMap;

use axum::{Json, extract::State, response::Response};
use newsroom::pages::{ListedArticle, Tab, now};
use serde::Serialize;
use store::{ArticleCard, StoreError, low_priority};
use visitor::Hour;
use wire::ArticleKey;

use super::SitePage;
use crate::{problem::Problem, readership::NowData, routes::newsroom::respond, state::App};

/// Articles with the most tabs that are listed.
const WATCHED: usize = 10;

pub(super) async fn show(State(app): State<App>, page: SitePage) -> Result<Response, Problem> {
    let now = load(&app, &page).await?;
    let draw = move || {
        let content = now::now(&page.context, &now);
        page.respond(Tab::Now, page.texts().now, content)
    };
    Ok(low_priority::query(draw).await?)
}

/// The numbers of the page, as it writes them.
#[derive(Serialize)]
struct Numbers {
    numbers: BTreeMap<&'static str, String>,
    time: String,
}

pub(super) async fn numbers(State(app): State<App>, page: SitePage) -> Result<Response, Problem> {
    let now = load(&app, &page).await?;
    let context = &page.context;
    let [reads, reactions, shares] = now.totals.map(|(total, _)| context.number(total));
    let mut numbers = BTreeMap::from([
        ("reads", reads),
        ("reactions", reactions),
        ("shares", shares),
    ]);
    if let (true, Some((_, hour, _))) = (now.has_hours, now.today) {
        let reads = now.reads[usize::from(hour.get()).min(23)];
        numbers.insert("hour", context.number(reads));
    }
    if let Some(watching) = now.watching {
        numbers.insert("watching", context.number(watching.cast_signed()));
    }
    let time = context.fill(context.texts.as_of, &[("time", &now.time)]);
    let mut response = axum::response::IntoResponse::into_response(Json(Numbers { numbers, time }));
    respond::protect(&mut response);
    Ok(response)
}

async fn load(app: &App, page: &SitePage) -> Result<now::Now, StoreError> {
    let time = (app.now)();
    let zone = &page.site.time_zone;
    let data = app
        .readership
        .now(&app.store, page.scope(), time, zone)
        .await?;
    let (watching, watched) = watched(app, page).await?;
    let minute = data
        .at
        .to_zoned_datetime(zone.clone())
        .minute()
        .unsigned_abs();
    Ok(now::Now {
        time: page.context.clock(Hour::at(data.at, zone), minute),
        ..of(&data, watching, watched)
    })
}

fn of(data: &NowData, watching: Option<u64>, watched: Vec<(ListedArticle, u64)>) -> now::Now {
    let rising = data.rising.iter();
    let read = data.read.iter();
    now::Now {
        today: Some((
            data.today,
            data.hour,
            crate::readership::week_before(data.today),
        )),
        reads: data.reads,
        before: data.before,
        usual: data.usual,
        totals: data.totals,
        watching,
        watched,
        rising: rising
            .map(|(card, reads, before)| (listed(card), *reads, *before))
            .collect(),
        read: read.map(|(card, reads)| (listed(card), *reads)).collect(),
        has_hours: data.has_hours,
        time: String::new(),
    }
}

/// The article as lists show it.
pub(super) fn listed(card: &ArticleCard) -> ListedArticle {
    ListedArticle {
        key: card.key.to_string(),
        title: card.title.clone().unwrap_or_default(),
        byline: card.byline.clone().unwrap_or_default(),
        published: card.published,
    }
}

/// Number of open tabs with live counts, and the articles with the most; `None`: the site has no live counts.
async fn watched(
    app: &App,
    page: &SitePage,
) -> Result<(Option<u64>, Vec<(ListedArticle, u64)>), StoreError> {
    if !page.site.live {
        return Ok((None, Vec::new()));
    }
    let mut watched: Vec<(ArticleKey, u64)> = app.subscriptions.watchers(&page.site.id);
    watched.retain(|(key, _)| page.viewer.may_read_article(&page.site.id, key));
    let sum = watched.iter().map(|(_, tabs)| tabs).sum();
    watched.sort_by(|this, that| that.1.cmp(&this.1).then_with(|| this.0.cmp(&that.0)));
    watched.truncate(WATCHED);
    let mut articles = Vec::with_capacity(watched.len());
    for (key, tabs) in watched {
        let copy = app.store.article_metadata(&page.site.id, &key).await?;
        let published = copy.as_ref().and_then(|copy| copy.published.as_deref());
        let article = ListedArticle {
            key: key.to_string(),
            published: published.and_then(visitor::Day::parse),
            title: copy
                .as_ref()
                .map(|copy| copy.title.clone())
                .unwrap_or_default(),
            byline: copy.and_then(|copy| copy.byline).unwrap_or_default(),
        };
        articles.push((article, tabs));
    }
    Ok((Some(sum), articles))
}
