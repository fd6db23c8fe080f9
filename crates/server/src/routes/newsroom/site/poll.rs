use accounts::AuditAction;
use axum::{extract::State, response::Response};
use newsroom::pages::{
    listed::article_href,
    poll::{named_state, state_name},
};
use store::{ArticlePoll, ArticleUpdate};
use visitor::Window;
use wire::ArticleKey;

use super::{
    SitePage,
    article::{RefusedForm, ShownArticleQuery, draw, log, readable},
};
use crate::{
    problem::Problem,
    routes::{
        extract::{FormFields, Query, value},
        newsroom::{respond, viewer::forbidden},
    },
    state::App,
};

/// Stores what the form has sent, and records who did it.
pub(super) async fn save(
    State(app): State<App>,
    page: SitePage,
    Query(query): Query<ShownArticleQuery>,
    FormFields(fields): FormFields,
) -> Result<Response, Problem> {
    let site = &page.site;
    let key = readable(&app, &page, query.article.as_ref()).await?;
    let may_edit =
        |key: &ArticleKey| page.viewer.user().is_some() && page.viewer.may_edit(&site.id, key);
    let Some(key) = key.filter(may_edit) else {
        return Ok(forbidden(&page.viewer));
    };
    let poll = sent(&page, &fields);
    if let Err(why) = admin::check_poll(&poll, site) {
        let refused = Some(RefusedForm::Poll(poll, why.reason));
        return draw(&app, page, &query, &key, refused).await;
    }
    let today = Window::at((app.now)(), &site.time_zone).day;
    let subject = format!("{key} ({})", state_name(poll.state));
    let update = ArticleUpdate {
        article: None,
        imported: None,
        poll: Some(poll),
    };
    app.store.put_article(&site.id, today, &key, update).await?;
    log(&app, &page, AuditAction::PollChanged, subject).await?;
    let address = article_href(key.as_str());
    Ok(respond::see_other(&format!("{address}&saved=poll#poll")))
}

/// The poll of a form. Options of the site that the form does not name are off.
fn sent(page: &SitePage, fields: &[(String, String)]) -> ArticlePoll {
    let is_on = |key: &str| {
        fields
            .iter()
            .any(|(name, value)| name == "on" && value == key)
    };
    let question = value(fields, "question").unwrap_or_default().trim();
    let options = page.site.reactions.iter().map(|option| &option.key);
    ArticlePoll {
        state: named_state(value(fields, "state").unwrap_or_default()).flatten(),
        question: Some(question.to_owned()).filter(|question| !question.is_empty()),
        off: options
            .filter(|key| !is_on(key.as_str()))
            .cloned()
            .collect(),
    }
}
