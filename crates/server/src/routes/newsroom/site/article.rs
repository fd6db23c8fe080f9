use std::collections::BTreeMap;

use accounts::{AuditAction, AuditEntry};
use axum::{extract::State, http::StatusCode, response::Response};
use newsroom::pages::{
    ListedArticle, Tab,
    article::{ArticlePage, EditedCopy, FirstHours, Total, article},
    correct::CorrectionPanel,
    period::Unit,
    poll::PollPanel,
};
use serde::Deserialize;
use store::{ArticleCounts, ArticleDayChange, ArticlePoll, Days, Metric, StoreError, low_priority};
use visitor::{Day, Hour, Window};
use wire::{Article, ArticleKey};

use super::{
    SitePage,
    names::Names,
    panels::{correction_panel, may_edit, poll_panel, refused_poll},
    refused::refused_events,
    stale::mark,
    units::{by_unit, unit_of},
};
use crate::{
    problem::Problem,
    readership::first_hours,
    routes::{
        extract::{Query, key},
        newsroom::{random, respond, viewer::forbidden},
    },
    state::App,
};

/// Numbers of days to choose from.
const CHOICES: [u16; 4] = [28, 90, 365, 1096];

/// The article and the number of days.
#[derive(Deserialize)]
pub(super) struct ShownArticleQuery {
    #[serde(default, deserialize_with = "key")]
    pub(super) article: Option<ArticleKey>,
    #[serde(default)]
    days: Option<String>,
    #[serde(default)]
    saved: Option<String>,
}

impl ShownArticleQuery {
    /// The chosen number of days; without a choice, the least that reaches back to the first day with reads.
    fn days(&self, today: Day, first: Option<Day>) -> u16 {
        let named = self.days.as_deref().and_then(|days| days.parse().ok());
        named
            .filter(|days| CHOICES.contains(days))
            .unwrap_or_else(|| {
                let age = first.map_or(0, |first| today.since(first));
                let reaches = |days: &&u16| i64::from(**days) > age;
                let days = CHOICES.iter().find(reaches);
                *days.unwrap_or(&CHOICES[CHOICES.len() - 1])
            })
    }
}

/// A form that was sent, and why it was refused.
pub(super) enum RefusedForm {
    /// The copy.
    Copy(EditedCopy, String),
    /// The poll.
    Poll(ArticlePoll, String),
    /// A correction: refused, or not confirmed yet.
    Correction(Box<CorrectionPanel>),
}

pub(super) async fn show(
    State(app): State<App>,
    page: SitePage,
    Query(query): Query<ShownArticleQuery>,
) -> Result<Response, Problem> {
    let Some(key) = readable(&app, &page, query.article.as_ref()).await? else {
        return Ok(forbidden(&page.viewer));
    };
    draw(&app, page, &query, &key, None).await
}

/// The article's own key, if the viewer may read it.
pub(super) async fn readable(
    app: &App,
    page: &SitePage,
    key: Option<&ArticleKey>,
) -> Result<Option<ArticleKey>, StoreError> {
    let Some(key) = key else { return Ok(None) };
    let site = &page.site.id;
    let target = app.store.alias_target(site, key).await?;
    let key = target.unwrap_or_else(|| key.clone());
    Ok(Some(key).filter(|key| page.viewer.may_read_article(site, key)))
}

pub(super) async fn draw(
    app: &App,
    page: SitePage,
    query: &ShownArticleQuery,
    key: &ArticleKey,
    refused: Option<RefusedForm>,
) -> Result<Response, Problem> {
    let site = &page.site.id;
    let counted = app
        .store
        .tallies(site, std::slice::from_ref(key))
        .await?
        .pop();
    let Some(counted) = counted.filter(|counted| counted.version.id != 0) else {
        let text = page.texts().unknown_article;
        let response = page.respond(
            Tab::Article,
            page.texts().article,
            yew::html! { <p>{text}</p> },
        );
        return Ok(respond::with_status(StatusCode::NOT_FOUND, response));
    };
    let copy = app.store.article(site, key).await?;
    let title = copy
        .as_ref()
        .map_or(key.as_str(), |copy| &copy.title)
        .to_owned();
    let is_refused = match &refused {
        Some(RefusedForm::Correction(panel)) => panel.refusal.is_some(),
        form => form.is_some(),
    };
    let status = match is_refused {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    let shown = gather(app, &page, query, key, counted, copy, refused).await?;
    let draw = move || page.respond(Tab::Article, &title, article(&page.context, &shown));
    let response = low_priority::query(draw).await?;
    Ok(respond::with_status(status, response))
}

async fn gather(
    app: &App,
    page: &SitePage,
    query: &ShownArticleQuery,
    key: &ArticleKey,
    counted: ArticleCounts,
    copy: Option<Article>,
    refused: Option<RefusedForm>,
) -> Result<ArticlePage, Problem> {
    let now = (app.now)();
    let site = &page.site;
    let today = Window::at(now, &site.time_zone).day;
    let hour = Hour::at(now, &site.time_zone);
    let names = Names::of(site, page.viewer.language.tag());
    let all = app
        .store
        .article_days(&site.id, key, Day::new(i32::MIN))
        .await?;
    let all = all.unwrap_or_default();
    let reads = changes(&all, &Metric::Reads);
    let shown_days = query.days(today, reads.keys().next().copied());
    let days = Days::until(today, shown_days);
    let unit = unit_of(days);
    let reads = by_unit(&reads, days, unit);
    let first_hours = match first_hours(&app.store, &site.id, key, &all, (today, hour)).await? {
        Some(reads) => {
            let typical = app
                .readership
                .typical(&app.store, page.scope(), today, now)
                .await?;
            Some(FirstHours {
                reads,
                typical: if typical.articles == 0 {
                    Vec::new()
                } else {
                    typical.reads.clone()
                },
                articles: typical.articles,
            })
        }
        None => None,
    };
    let aliases = app.store.aliases_of(&site.id, key).await?;
    let listed = ListedArticle {
        key: key.to_string(),
        title: copy
            .as_ref()
            .map(|copy| copy.title.clone())
            .unwrap_or_default(),
        byline: copy
            .as_ref()
            .and_then(|copy| copy.byline.clone())
            .unwrap_or_default(),
        published: copy
            .as_ref()
            .and_then(|copy| copy.published.as_deref())
            .and_then(Day::parse),
    };
    let may_edit = may_edit(page, key);
    let url = copy.as_ref().and_then(|copy| copy.url.clone());
    let poll = poll_panel(page, &names, &counted, today, may_edit);
    let poll = match &refused {
        Some(RefusedForm::Poll(sent, why)) => refused_poll(poll, sent, why),
        _ => PollPanel {
            is_saved: query.saved.as_deref() == Some("poll"),
            ..poll
        },
    };
    let is_corrected = query.saved.as_deref() == Some("correct");
    let corrections = correction_panel(page, &counted, is_corrected);
    let corrections = match &refused {
        Some(RefusedForm::Correction(sent)) => corrections.map(|panel| CorrectionPanel {
            starting_reads: panel.starting_reads,
            ..(**sent).clone()
        }),
        _ => corrections,
    };
    let stored = mark(&copy);
    let (copy, refusal) = match refused {
        Some(RefusedForm::Copy(copy, why)) => (copy, Some(why)),
        _ => (copy.map(of_article).unwrap_or_default(), None),
    };
    let copy = EditedCopy {
        mark: stored,
        ..copy
    };
    let refused = refused_events(app, page, key, today).await?;
    Ok(ArticlePage {
        article: listed,
        url,
        corrections,
        totals: totals(page, &names, &counted),
        poll,
        refused,
        period: (days.first, days.last),
        unit,
        options: options(&names, &all, days, unit),
        days: reads.iter().map(|(day, _)| *day).collect(),
        reads: reads.into_iter().map(|(_, reads)| reads).collect(),
        first_hours,
        aliases: aliases.iter().map(ArticleKey::to_string).collect(),
        choices: CHOICES.map(|count| (count, count == shown_days)).to_vec(),
        copy: may_edit.then_some(copy),
        is_saved: query.saved.as_deref() == Some("1") && refusal.is_none(),
        refusal,
    })
}

fn totals(page: &SitePage, names: &Names, counted: &ArticleCounts) -> Vec<Total> {
    let tally = &counted.tally;
    let imported = &tally.imported;
    let mut counts = vec![(Metric::Reads, tally.reads, imported.reads)];
    let reactions = tally.reactions.0.iter();
    counts.extend(reactions.map(|(key, count)| {
        (
            Metric::Reaction(key.clone()),
            *count,
            imported.reactions.get(key),
        )
    }));
    let shares = tally.shares.0.iter();
    counts.extend(
        shares.map(|(key, count)| (Metric::Share(key.clone()), *count, imported.shares.get(key))),
    );
    counts.sort_by_key(|(metric, ..)| names.place(metric));
    let total = |(metric, count, imported): (Metric, u64, u64)| Total {
        label: names.metric(&page.context, &metric),
        counted: count - imported.min(count),
        imported,
    };
    counts.into_iter().map(total).collect()
}

/// The changes of a metric, by day.
fn changes(all: &[ArticleDayChange], metric: &Metric) -> BTreeMap<Day, i64> {
    let changes = all.iter().filter(|change| change.metric == *metric);
    changes.map(|change| (change.day, change.change)).collect()
}

/// Votes for each option up to and including each unit, since the first of these days.
fn options(
    names: &Names,
    all: &[ArticleDayChange],
    days: Days,
    unit: Unit,
) -> Vec<(String, Vec<i64>)> {
    let votes = |(key, label): &(wire::Reaction, String)| {
        let changes = changes(all, &Metric::Reaction(key.clone()));
        let mut sum = 0_i64;
        let votes = by_unit(&changes, days, unit)
            .into_iter()
            .map(|(_, change)| {
                sum = sum.saturating_add(change);
                sum
            });
        (label.clone(), votes.collect())
    };
    names.options().map(votes).collect()
}

/// The fields of the form that edits a copy.
fn of_article(article: Article) -> EditedCopy {
    EditedCopy {
        title: article.title,
        byline: article.byline.unwrap_or_default(),
        published: article.published.unwrap_or_default(),
        url: article.url.unwrap_or_default(),
        html: article.html,
        ..EditedCopy::default()
    }
}

/// Records who changed an article.
pub(super) async fn log(
    app: &App,
    page: &SitePage,
    action: AuditAction,
    subject: String,
) -> Result<(), Problem> {
    let entry = AuditEntry {
        at: (app.now)(),
        id: u64::from_ne_bytes(random()?),
        actor: page.viewer.name.clone(),
        action,
        subject,
        sites: vec![page.site.id.clone()],
    };
    Ok(app.store.accounts().add_audit_entry(&entry).await?)
}
