use accounts::AuditAction;
use admin::{Body, Draft};
use axum::{
    body::Bytes,
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use newsroom::pages::article::EditedCopy;
use store::ArticleUpdate;
use visitor::Window;

use super::{
    article::{RefusedForm, log},
    article_form::EditorsForm,
    stale::is_stale,
};
use crate::{
    problem::Problem,
    routes::articles::{MAX_REQUEST_BYTES, clean},
    state::App,
};

/// Stores the copy that the form has sent, and records who did it.
pub(super) async fn save(
    State(app): State<App>,
    EditorsForm(form): EditorsForm,
    request: Request,
) -> Result<Response, Problem> {
    let (site, key) = (&form.page.site, &form.key);
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
            return form.refuse(&app, RefusedForm::Copy(copy, why)).await;
        }
    };
    let stored = app.store.article(&site.id, key).await?;
    if stored.as_ref() == Some(&article) {
        return Ok(form.saved("1", "copy"));
    }
    if is_stale(Some(&copy.mark), &stored) {
        let why = form.page.texts().changed_meanwhile.to_owned();
        return form.refuse(&app, RefusedForm::Copy(copy, why)).await;
    }
    let today = Window::at((app.now)(), &site.time_zone).day;
    let update = ArticleUpdate {
        article: Some(article),
        imported: None,
        poll: None,
    };
    app.store.put_article(&site.id, today, key, update).await?;
    log(&app, &form.page, AuditAction::CopyChanged, key.to_string()).await?;
    Ok(form.saved("1", "copy"))
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
