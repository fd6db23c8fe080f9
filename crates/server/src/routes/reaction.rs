//! `POST …/reaction`: one choice, sent as a form; responds with the updated widget.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use rules::Rejection;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::{ArticleKey, Event, View, VisitorToken};

use super::{
    SiteFromPath,
    apply_events::{BatchOutcome, EventBatch, apply_events, problem},
    caller::Caller,
    extract::{CurrentConfig, FormFields, FromSitePage, from_pairs, is_set, value},
    openapi_errors::WriteErrors,
    parse_event::parse_reaction,
    widget::{self, HTML_CONTENT_TYPE},
};
use crate::{problem::Problem, render::WidgetQuery, state::App};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(reaction))
}

/// The form. Its other fields have the meaning of the query of `widget.html`.
#[derive(Deserialize, ToSchema)]
#[schema(as = ReactionForm)]
#[expect(dead_code, reason = "it tells programs what to send")]
struct ReactionForm {
    /// The article.
    #[schema(value_type = ArticleKey)]
    article: String,
    /// The option; empty: withdraw the choice.
    reaction: String,
    /// The visitor's token.
    #[schema(value_type = Option<VisitorToken>)]
    visitor: Option<String>,
    /// `1`, instead of a visitor, if the browser stores nothing: the reader is identified by address and browser, for
    /// a day.
    stand_in: Option<String>,
    /// Logical clock: greater for later choices.
    #[schema(maximum = 9007199254740991_u64)]
    seq: u64,
}

/// Applies a reader's choice. Responds with the updated fragment when the choice is durable; it may be sent again.
///
/// Errors as of `events`, without effect: 400 and 403 are permanent; after 429 and 503 it may be sent again.
#[utoipa::path(
    post,
    path = "/v1/sites/{site}/reaction",
    tag = "readers",
    params(SiteFromPath),
    request_body(content = ReactionForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = OK, content_type = "text/html", body = String), WriteErrors),
)]
async fn reaction(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    CurrentConfig(config): CurrentConfig,
    FromSitePage(is_of_site): FromSitePage,
    caller: Caller,
    FormFields(fields): FormFields,
) -> Result<Response, Problem> {
    let (visitor, event) = parse(&fields).map_err(problem)?;
    let query: WidgetQuery = from_pairs(
        fields
            .iter()
            .map(|(name, value)| (name.into(), value.into())),
    )?;
    let article = event.article().clone();
    let stands_in = || is_set(value(&fields, "stand_in")).then(|| caller.stand_in());
    let visitor = visitor.map(Into::into).or_else(stands_in);
    let batch = EventBatch {
        visitor,
        events: vec![Ok(event)],
        signals: Vec::new(),
        is_of_site,
    };
    if is_set(query.body.as_deref()) {
        // Before anything is counted.
        caller.budget.check_room_for_copy(&app)?;
    }
    let BatchOutcome {
        mut tallies,
        mut refused,
    } = apply_events(&app, &site, config, &caller, batch).await?;
    if let Some((_, why)) = refused.pop() {
        return Err(problem(why));
    }
    let answered = |view: &mut View| {
        view.tally = tallies.pop().unwrap_or_else(|| view.tally.clone());
        Ok(())
    };
    let (html, _) =
        widget::render_fragment(&app, &site, &article, &query, caller.budget, answered).await?;
    Ok((
        [
            (header::CONTENT_TYPE, HTML_CONTENT_TYPE),
            (header::CACHE_CONTROL, "no-store"),
        ],
        html,
    )
        .into_response())
}

/// The visitor, if there is one, and the event.
fn parse(fields: &[(String, String)]) -> Result<(Option<VisitorToken>, Event), Rejection> {
    let event = parse_reaction(
        value(fields, "article"),
        value(fields, "reaction"),
        value(fields, "seq"),
    )?;
    let visitor = value(fields, "visitor")
        .map(VisitorToken::parse)
        .transpose();
    Ok((
        visitor.map_err(|invalid| Rejection::new("visitor", invalid.to_string()))?,
        event,
    ))
}
