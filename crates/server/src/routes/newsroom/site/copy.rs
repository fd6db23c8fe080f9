use accounts::AuditAction;
use admin::{Body, Draft};
use axum::{
    body::Bytes,
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use newsroom::pages::{article::EditedCopy, listed::article_href};
use store::ArticleUpdate;
use visitor::Window;
use wire::ArticleKey;

use super::{
    SitePage,
    article::{RefusedForm, ShownArticleQuery, draw, log, readable},
    stale::is_stale,
};
use crate::{
    problem::Problem,
    routes::{
        articles::{MAX_REQUEST_BYTES, clean},
        extract::Query,
        newsroom::{respond, viewer::forbidden},
    },
    state::App,
};

/// Stores the copy that the form has sent, and records who did it.
pub(super) async fn save(
    State(app): State<App>,
    page: SitePage,
    Query(query): Query<ShownArticleQuery>,
    request: Request,
) -> Result<Response, Problem> {
    let site = &page.site;
    let key = readable(&app, &page, query.article.as_ref()).await?;
    let is_editor = |key: &ArticleKey| page.viewer.may_edit(&site.id, key);
    let Some(key) = key.filter(|key| page.viewer.user().is_some() && is_editor(key)) else {
        return Ok(forbidden(&page.viewer));
    };
    let copy = fields(request).await?;
    let optional = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let draft = Draft {
        title: copy.title.clone(),
        byline: optional(&copy.byline),
        published: optional(&copy.published),
        url: optional(&copy.url),
        body: Body::Html(copy.html.clone().into_bytes()),
    };
    let article = match clean(draft).await {
        Ok(article) => article,
        Err(problem) => {
            let why = problem.detail().to_owned();
            return draw(&app, page, &query, &key, Some(RefusedForm::Copy(copy, why))).await;
        }
    };
    let address = article_href(key.as_str());
    let address = format!("{address}&saved=1#copy");
    let stored = app.store.article(&site.id, &key).await?;
    if stored.as_ref() == Some(&article) {
        return Ok(respond::see_other(&address));
    }
    if is_stale(Some(&copy.mark), &stored) {
        let why = page.texts().changed_meanwhile.to_owned();
        return draw(&app, page, &query, &key, Some(RefusedForm::Copy(copy, why))).await;
    }
    let now = (app.now)();
    let today = Window::at(now, &site.time_zone).day;
    let update = ArticleUpdate {
        article: Some(article),
        imported: None,
        poll: None,
    };
    app.store.put_article(&site.id, today, &key, update).await?;
    log(&app, &page, AuditAction::CopyChanged, key.to_string()).await?;
    Ok(respond::see_other(&address))
}

/// The fields of the form. The viewer is an editor, so the body may be as long as a CMS's.
async fn fields(request: Request) -> Result<EditedCopy, Problem> {
    let body: Bytes = axum::body::to_bytes(request.into_body(), MAX_REQUEST_BYTES)
        .await
        .map_err(|_| {
            let detail = format!("The form must be at most {MAX_REQUEST_BYTES} bytes.");
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail).with_limit(MAX_REQUEST_BYTES)
        })?;
    let mut copy = EditedCopy::default();
    for (name, value) in url::form_urlencoded::parse(&body) {
        let value = value.into_owned();
        match &*name {
            "title" => copy.title = value,
            "byline" => copy.byline = value,
            "published" => copy.published = value,
            "url" => copy.url = value,
            "html" => copy.html = value,
            "mark" => copy.mark = value,
            _ => {}
        }
    }
    Ok(copy)
}
