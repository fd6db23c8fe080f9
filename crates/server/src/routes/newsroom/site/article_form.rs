//! The forms of an article's page. Each changes the article that the address names, if the viewer may.

use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse, Response},
};
use newsroom::pages::listed::article_href;
use wire::ArticleKey;

use super::{
    SitePage,
    article::{RefusedForm, ShownArticleQuery, draw, readable},
    panels::{may_correct, may_edit},
};
use crate::{
    problem::Problem,
    routes::{
        extract::Query,
        newsroom::{respond, viewer::forbidden},
    },
    state::App,
};

/// A form for one article, by a viewer who may send it.
pub(super) struct ArticleForm {
    pub(super) page: SitePage,
    pub(super) key: ArticleKey,
    query: ShownArticleQuery,
}

/// A form for editors of the article.
pub(super) struct EditorsForm(pub(super) ArticleForm);

/// A form for operators of the site.
pub(super) struct OperatorsForm(pub(super) ArticleForm);

impl FromRequestParts<App> for EditorsForm {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        ArticleForm::of(parts, app, may_edit).await.map(Self)
    }
}

impl FromRequestParts<App> for OperatorsForm {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let may = |page: &SitePage, _: &ArticleKey| may_correct(page);
        ArticleForm::of(parts, app, may).await.map(Self)
    }
}

impl ArticleForm {
    async fn of(
        parts: &mut Parts,
        app: &App,
        may: impl Fn(&SitePage, &ArticleKey) -> bool,
    ) -> Result<Self, Response> {
        let page = SitePage::from_request_parts(parts, app).await?;
        let Query(query) = Query::<ShownArticleQuery>::from_request_parts(parts, app)
            .await
            .map_err(IntoResponse::into_response)?;
        let key = readable(app, &page, query.article.as_ref())
            .await
            .map_err(|error| Problem::from(error).into_response())?;
        match key {
            Some(key) if may(&page, &key) => Ok(Self { page, key, query }),
            _ => Err(forbidden(&page.viewer)),
        }
    }

    /// The article's page with what was sent and not saved.
    pub(super) async fn refuse(self, app: &App, form: RefusedForm) -> Result<Response, Problem> {
        draw(app, self.page, &self.query, &self.key, Some(form)).await
    }

    /// Leads to the article's page, which says that this was saved, at the form.
    pub(super) fn saved(&self, what: &str, form: &str) -> Response {
        let address = article_href(self.key.as_str());
        respond::see_other(&format!("{address}&saved={what}#{form}"))
    }
}
