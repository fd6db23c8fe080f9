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
    stale::is_stale,
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
    let poll = sent(&page, &fields)?;
    let address = format!("{}&saved=poll#poll", article_href(key.as_str()));
    let stored = app
        .store
        .tallies(&site.id, std::slice::from_ref(&key))
        .await?;
    let stored = stored.first().and_then(|counted| counted.poll.as_deref());
    if stored.unwrap_or(&ArticlePoll::default()) == &poll {
        return Ok(respond::see_other(&address));
    }
    let why = match admin::check_poll(&poll, site) {
        Err(why) => Some(why.reason),
        Ok(()) => is_stale(value(&fields, "mark"), &stored)
            .then(|| page.texts().changed_meanwhile.to_owned()),
    };
    if let Some(why) = why {
        let refused = Some(RefusedForm::Poll(poll, why));
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
    Ok(respond::see_other(&address))
}

/// The poll of a form. Options of the site that the form does not name are off.
fn sent(page: &SitePage, fields: &[(String, String)]) -> Result<ArticlePoll, Problem> {
    let is_on = |key: &str| {
        fields
            .iter()
            .any(|(name, value)| name == "on" && value == key)
    };
    let question = value(fields, "question").unwrap_or_default().trim();
    let options = page.site.reactions.iter().map(|option| &option.key);
    let state = named_state(value(fields, "state").unwrap_or_default());
    let state = state.ok_or_else(|| {
        Problem::field(
            "state",
            "The state must be `site`, `open`, `closed` or `off`.",
        )
    })?;
    Ok(ArticlePoll {
        state,
        question: Some(question.to_owned()).filter(|question| !question.is_empty()),
        off: options
            .filter(|key| !is_on(key.as_str()))
            .cloned()
            .collect(),
    })
}
