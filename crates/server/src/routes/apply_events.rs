//! Applies batches of events from any route: validates each event separately, so that an invalid one does not affect
//! the others, and stores the rest in one transaction. All routes with events use it, so the same rules, limits and
//! metrics apply.

use std::sync::Arc;

use axum::http::StatusCode;
use config::{Config, Site};
use limits::RequestLimiter;
use metrics::{Kind, Outcome, Reason};
use rules::{EventContext, PollFacts, Rejection};
use store::{Admission, Changes, PollRecord, StoreError, client_kind};
use visitor::{Visitor, day_and_hour};
use wire::{ArticleKey, Event, OwnVote, Tally};

use super::caller::Caller;
use crate::{problem::Problem, state::App};

/// A parsed [`wire::Batch`], with a separate error for each invalid event.
pub(super) struct EventBatch {
    pub(super) visitor: Option<Visitor>,
    pub(super) events: Vec<Result<Event, Rejection>>,
    pub(super) signals: Vec<String>,
    /// Whether it was sent by a page of the site.
    pub(super) is_of_site: bool,
}

/// Result of a batch.
pub(super) struct BatchOutcome {
    /// One tally for each article touched, as the site displays it.
    pub(super) tallies: Vec<Tally>,
    /// Rejected events, by index.
    pub(super) refused: Vec<(usize, Rejection)>,
}

/// Applies the events. Everything in the result is durable.
pub(super) async fn apply_events(
    app: &App,
    site: &Arc<Site>,
    config: Arc<Config>,
    caller: &Caller,
    EventBatch {
        visitor,
        events,
        signals,
        is_of_site,
    }: EventBatch,
) -> Result<BatchOutcome, Problem> {
    let (day, hour) = day_and_hour((app.now)(), &site.time_zone);
    let polls = polls(app, site, &events).await?;
    let noscript = visitor.as_ref().is_some_and(Visitor::is_fingerprint);
    let client = visitor.as_ref().and_then(Visitor::client);
    let context = EventContext {
        site,
        day,
        bots: config.bots,
        visitor: visitor.is_some(),
        noscript,
        client: client.is_some(),
        address: caller.address,
        agent: &caller.agent,
        signals: &signals,
    };

    let sent_choices = (noscript && !is_of_site).then(|| choices(&events));

    // `event_indices`: for each change, the index of its event. `about`: kind and article of each event.
    let mut changes = Vec::with_capacity(events.len());
    let mut event_indices = Vec::new();
    let mut about = Vec::with_capacity(events.len());
    let mut refused = Vec::new();
    for (index, (event, poll)) in events.into_iter().zip(&polls).enumerate() {
        let kind = event
            .as_ref()
            .map_or(Kind::Unknown, |event| kind(event, noscript));
        let kind = client.map_or(kind, client_kind);
        let article = event.as_ref().ok().map(|event| event.article().clone());
        about.push((kind, article));
        match event.and_then(|event| {
            let poll = poll.as_ref().map(PollFacts::from).unwrap_or_default();
            rules::validate(event, poll, context)
        }) {
            Ok(change) => {
                changes.push(change);
                event_indices.push(index);
            }
            Err(why) => {
                app.metrics.store.events.add_pair(kind, Outcome::Refused, 1);
                refused.push((index, why));
            }
        }
    }
    // If fingerprints may not vote, do not look up a fingerprint's choice either.
    let visitor = visitor.filter(|_| !noscript || site.noscript_votes || client.is_some());
    let mut tallies = if changes.is_empty() {
        Vec::new()
    } else {
        let limits = Arc::clone(&app.limits);
        let limiter = Arc::new(RequestLimiter::new(
            limits,
            config,
            Arc::clone(site),
            day,
            caller.address,
            visitor.as_ref(),
        ));
        let admission = Some(Arc::clone(&limiter) as Arc<dyn Admission>);
        let tallies = app
            .store
            .apply(Changes {
                site: site.id.clone(),
                day,
                hour,
                visitor,
                changes,
                admission,
            })
            .await?;
        refused.extend(
            limiter
                .refused()
                .into_iter()
                .map(|(change, why)| (event_indices[change], why)),
        );
        refused.sort_by_key(|(index, _)| *index);
        tallies
    };
    if let Some(sent_choices) = sent_choices {
        tallies
            .iter_mut()
            .for_each(|applied| hide_unsent_choice(&mut applied.tally, &sent_choices));
    }
    for (index, why) in &refused {
        app.metrics.refused.add(why.cause);
        let (kind, article) = &about[*index];
        app.count_refused(site, article.as_ref(), *kind, why.cause);
    }
    Ok(BatchOutcome {
        tallies: tallies
            .into_iter()
            .map(|applied| rules::displayed(applied.tally, site, applied.poll.as_deref()))
            .collect(),
        refused,
    })
}

fn choices(events: &[Result<Event, Rejection>]) -> Vec<(ArticleKey, OwnVote)> {
    let choice = |event: &Event| match event {
        Event::React {
            article,
            reaction,
            seq,
        } => Some((
            article.clone(),
            OwnVote {
                reaction: reaction.clone(),
                seq: *seq,
            },
        )),
        _ => None,
    };
    events.iter().flatten().filter_map(choice).collect()
}

/// Any page can embed a frame with an opaque origin and send events from it on behalf of its visitor. To such a page,
/// reveal the choice of a fingerprint only if the page has just sent that choice.
fn hide_unsent_choice(tally: &mut Tally, sent_choices: &[(ArticleKey, OwnVote)]) {
    let article = &tally.article;
    tally.mine.take_if(|mine| {
        !sent_choices
            .iter()
            .any(|(of, choice)| of == article && choice == mine)
    });
}

fn kind(event: &Event, noscript: bool) -> Kind {
    match event {
        Event::Read { .. } => Kind::Read,
        Event::React { .. } if noscript => Kind::Noscript,
        Event::React { .. } => Kind::React,
        Event::Share { .. } => Kind::Share,
    }
}

/// What decides about the poll of each reaction.
async fn polls(
    app: &App,
    site: &Site,
    events: &[Result<Event, Rejection>],
) -> Result<Vec<Option<PollRecord>>, StoreError> {
    let reacts = |event: &&Event| matches!(event, Event::React { .. });
    let keys: Vec<ArticleKey> = events
        .iter()
        .flatten()
        .filter(reacts)
        .map(|event| event.article().clone())
        .collect();
    if keys.is_empty() {
        return Ok(vec![None; events.len()]);
    }
    let mut polls = app.store.polls(&site.id, &keys).await?.into_iter();
    let poll = |event: &Result<Event, Rejection>| match event {
        Ok(Event::React { .. }) => polls.next(),
        _ => None,
    };
    Ok(events.iter().map(poll).collect())
}

/// An error for the request, whose only event was rejected.
pub(super) fn problem(why: Rejection) -> Problem {
    if why.retry_after.is_some() {
        return why.into();
    }
    let status = match why.cause {
        Reason::Malformed | Reason::Visitor => StatusCode::BAD_REQUEST,
        _ => StatusCode::FORBIDDEN,
    };
    Problem::new(status, format!("{}: {}.", why.field, why.reason)).in_field(why.field)
}
