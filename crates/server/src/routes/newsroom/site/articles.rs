use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::Response,
};
use newsroom::pages::{
    ListedArticle, Tab,
    articles::{ArticleRow, Articles, Filter, Sort, articles},
};
use serde::Deserialize;
use store::{ArticleIndex, IndexedArticle, Metric, StoreError, low_priority};

use super::{SitePage, file, names::Names};
use crate::{
    problem::Problem,
    readership::{ArticleSelection, IndexColumns, SelectedArticles, select},
    routes::extract::Query,
    state::App,
};

/// Articles of one part of the list.
const PART: usize = 50;

/// Maximum number of articles in a CSV file, which then takes some 5 MB of memory.
const MAX_CSV_ROWS: usize = 20_000;

/// The filter, and the number of articles before the part.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ListQuery {
    q: Option<String>,
    section: Option<String>,
    byline: Option<String>,
    from: Option<String>,
    until: Option<String>,
    sort: Option<String>,
    skip: Option<String>,
}

impl ListQuery {
    fn filter(self) -> Filter {
        Filter {
            search: self.q.unwrap_or_default(),
            section: self.section.unwrap_or_default(),
            byline: self.byline.unwrap_or_default(),
            from: self.from.unwrap_or_default(),
            until: self.until.unwrap_or_default(),
            sort: Sort::parse(&self.sort.unwrap_or_default()),
        }
    }
}

/// All articles of the site.
async fn index(app: &App, page: &SitePage) -> Result<Arc<Arc<ArticleIndex>>, StoreError> {
    let now = (app.now)();
    app.readership.index(&app.store, &page.site.id, now).await
}

pub(super) async fn show(
    State(app): State<App>,
    page: SitePage,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let index = index(&app, &page).await?;
    let skipped = query.skip.as_deref().and_then(|skip| skip.parse().ok());
    let filter = query.filter();
    let draw = move || {
        let content = articles(
            &page.context,
            &part(&page, &index, filter, skipped.unwrap_or(0)),
        );
        page.respond(Tab::Articles, page.texts().articles, content)
    };
    Ok(low_priority::query(draw).await?)
}

/// The part of the list after `skipped` articles.
fn part(page: &SitePage, index: &ArticleIndex, filter: Filter, skipped: usize) -> Articles {
    let until = skipped.saturating_add(PART);
    let SelectedArticles { found, first } = select(index, &selection(page, &filter), until);
    let skipped = skipped.min(found);
    let columns = IndexColumns::of(index);
    let rows = first.iter().skip(skipped).map(|at| {
        let article = index.get(*at);
        ArticleRow {
            article: listed(&article),
            counts: columns.counts(&article),
        }
    });
    Articles {
        rows: rows.collect(),
        skipped,
        found,
        part: PART,
        filter,
    }
}

fn selection(page: &SitePage, filter: &Filter) -> ArticleSelection {
    ArticleSelection::new(filter, page.viewer.section(&page.site.id))
}

fn listed(article: &IndexedArticle<'_>) -> ListedArticle {
    ListedArticle {
        key: article.key.to_owned(),
        title: article.title.to_owned(),
        byline: article.byline.to_owned(),
        published: article.published,
    }
}

pub(super) async fn csv(
    State(app): State<App>,
    page: SitePage,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let index = index(&app, &page).await?;
    let filter = query.filter();
    let name = page.site.id.to_string();
    let write = move || {
        let found = select(&index, &selection(&page, &filter), MAX_CSV_ROWS).first;
        let names = Names::of(&page.site, page.viewer.language.tag());
        table(&page, &names, &index, &found)
    };
    Ok(as_csv(&name, low_priority::query(write).await?))
}

/// A table that browsers save under that name.
pub(super) fn as_csv(name: &str, table: String) -> Response {
    let mut response = file("text/csv; charset=utf-8", table);
    let name = format!("attachment; filename=\"{name}.csv\"");
    if let Ok(name) = HeaderValue::from_str(&name) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// The table, with a byte order mark, by which Excel recognises UTF-8.
fn table(page: &SitePage, names: &Names, index: &ArticleIndex, found: &[usize]) -> String {
    let texts = page.texts();
    let mut metrics: Vec<(u16, &Metric)> = index
        .metrics
        .iter()
        .enumerate()
        .filter_map(|(at, metric)| Some((u16::try_from(at).ok()?, metric)))
        .collect();
    metrics.sort_by_key(|(_, metric)| names.place(metric));
    let heads = [texts.key, texts.title, texts.byline, texts.published];
    let heads = heads.into_iter().map(str::to_owned);
    let heads = heads.chain(
        metrics
            .iter()
            .map(|(_, metric)| names.metric(&page.context, metric)),
    );
    let mut csv = String::from("\u{feff}");
    push_row(&mut csv, heads);
    for at in found {
        let article = index.get(*at);
        let published = article.published.map(|day| day.to_string());
        let texts = [
            article.key.to_owned(),
            article.title.to_owned(),
            article.byline.to_owned(),
            published.unwrap_or_default(),
        ];
        let counts = metrics
            .iter()
            .map(|(column, _)| article.count(*column).to_string());
        push_row(&mut csv, texts.into_iter().chain(counts));
    }
    csv
}

pub(super) fn push_row(csv: &mut String, cells: impl Iterator<Item = String>) {
    for (at, text) in cells.enumerate() {
        if at > 0 {
            csv.push(',');
        }
        csv.push_str(&cell(&text));
    }
    csv.push_str("\r\n");
}

/// Characters with which a formula begins, or that a spreadsheet skips before one.
const FORMULA_STARTS: [char; 11] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
];

/// Whether it is a number below zero, as the page's own sums may be: no spreadsheet takes it for a formula.
fn is_negative_number(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// A cell by RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe before it; also after a
/// semicolon, a tab and a line break, which begin a cell for spreadsheets of countries with a decimal comma.
fn cell(text: &str) -> String {
    if is_negative_number(text) {
        return text.to_owned();
    }
    let mut safe = String::with_capacity(text.len());
    let mut begins = true;
    for c in text.chars() {
        if begins && FORMULA_STARTS.contains(&c) {
            safe.push('\'');
        }
        safe.push(c);
        begins = matches!(c, ';' | '\t' | '\n' | '\r') || begins && matches!(c, ' ' | '"');
    }
    if safe.contains(['"', ',', '\n', '\r', '\t', ';']) || safe.len() > text.len() {
        format!("\"{}\"", safe.replace('"', "\"\""))
    } else {
        safe
    }
}

#[cfg(test)]
mod tests;
