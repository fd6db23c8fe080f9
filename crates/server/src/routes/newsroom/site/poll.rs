use accounts::AuditAction;
use axum::{extract::State, response::Response};
use newsroom::pages::poll::{named_state, state_name};
use store::{ArticlePoll, ArticleUpdate};
use visitor::Window;

use super::{
    SitePage,
    article::{RefusedForm, log},
    article_form::EditorsForm,
    stale::is_stale,
};
use crate::{
    problem::Problem,
    routes::extract::{FormFields, value},
    state::App,
};

/// Stores what the form has sent, and records who did it.
pub(super) async fn save(
    State(app): State<App>,
    EditorsForm(form): EditorsForm,
    FormFields(fields): FormFields,
) -> Result<Response, Problem> {
    let (site, key) = (&form.page.site, &form.key);
    let poll = sent(&form.page, &fields)?;
    let stored = app
        .store
        .tallies(&site.id, std::slice::from_ref(key))
        .await?;
    let stored = stored.first().and_then(|counted| counted.poll.as_deref());
    if stored.unwrap_or(&ArticlePoll::default()) == &poll {
        return Ok(form.saved("poll", "poll"));
    }
    let why = match admin::check_poll(&poll, site) {
        Err(why) => Some(why.reason),
        Ok(()) => is_stale(value(&fields, "mark"), &stored)
            .then(|| form.page.texts().changed_meanwhile.to_owned()),
    };
    if let Some(why) = why {
        return form.refuse(&app, RefusedForm::Poll(poll, why)).await;
    }
    let today = Window::at((app.now)(), &site.time_zone).day;
    let subject = format!("{key} ({})", state_name(poll.state));
    let update = ArticleUpdate {
        article: None,
        imported: None,
        poll: Some(poll),
    };
    app.store.put_article(&site.id, today, key, update).await?;
    log(&app, &form.page, AuditAction::PollChanged, subject).await?;
    Ok(form.saved("poll", "poll"))
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
