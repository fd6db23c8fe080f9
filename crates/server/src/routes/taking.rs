//! What readers did, however it was sent: judged event by event, so that a bad one does not cost the others, and stored as one
//! change. Whatever takes events goes through here, so that the same rules, limits and metrics hold for all.

use std::sync::Arc;

use axum::http::StatusCode;
use config::{Config, Site};
use limits::Pass;
use metrics::{Kind, Outcome, Reason};
use rules::{Arrival, Refused};
use store::{Changes, Gate, StoreError};
use visitor::{Day, Visitor, Window};
use wire::{ArticleKey, Event, Mine, Tally};

use super::caller::Caller;
use crate::{problem::Problem, state::App};

/// [`wire::Batch`], in which what is wrong with one event is that event's own.
pub(super) struct Sent {
    pub(super) visitor: Option<Visitor>,
    pub(super) events: Vec<Result<Event, Refused>>,
    pub(super) signals: Vec<String>,
    /// Whether a page of the site's own sends it.
    pub(super) is_of_site: bool,
}

/// What became of it.
pub(super) struct Taken {
    /// One an article touched, as its site shows it.
    pub(super) tallies: Vec<Tally>,
    /// What was not taken, by its place among the events.
    pub(super) refused: Vec<(usize, Refused)>,
}

/// Counts what counts. All that this tells is durable.
pub(super) async fn take(
    app: &App,
    site: &Arc<Site>,
    config: Arc<Config>,
    caller: &Caller,
    Sent { visitor, events, signals, is_of_site }: Sent,
) -> Result<Taken, Problem> {
    let day = Window::at((app.now)(), &site.time_zone).day;
    let since = since(app, site, &events).await?;
    let noscript = matches!(visitor, Some(Visitor::StandIn(_)));
    let arrival = Arrival {
        site,
        day,
        bots: config.bots,
        visitor: visitor.is_some(),
        noscript,
        address: caller.address,
        agent: &caller.agent,
        signals: &signals,
    };

    let told = (noscript && !is_of_site).then(|| choices(&events));

    // Each change with the place of its event in the batch.
    let (mut changes, mut places, mut refused) = (Vec::with_capacity(events.len()), Vec::new(), Vec::new());
    for (index, (event, since)) in events.into_iter().zip(since).enumerate() {
        let kind = event.as_ref().map_or(Kind::Unknown, |event| kind(event, noscript));
        match event.and_then(|event| rules::judge(event, since, arrival)) {
            Ok(change) => {
                changes.push(change);
                places.push(index);
            }
            Err(why) => {
                app.metrics.storing.events.add_pair(kind, Outcome::Refused, 1);
                refused.push((index, why));
            }
        }
    }
    // What makes nobody a stand-in must not look for one's choices either.
    let visitor = visitor.filter(|_| !noscript || site.noscript_votes);
    let mut tallies = if changes.is_empty() {
        Vec::new()
    } else {
        let limits = Arc::clone(&app.limits);
        let pass = Arc::new(Pass::new(limits, config, Arc::clone(site), day, caller.address, visitor.as_ref()));
        let gate = Some(Arc::clone(&pass) as Arc<dyn Gate>);
        let tallies = app.store.apply(Changes { site: site.id.clone(), day, visitor, changes, gate }).await?;
        refused.extend(pass.refused().into_iter().map(|(change, why)| (places[change], why)));
        refused.sort_by_key(|(index, _)| *index);
        tallies
    };
    if let Some(told) = told {
        tallies.iter_mut().for_each(|tally| discreet(tally, &told));
    }
    refused.iter().for_each(|(_, why)| app.metrics.refused.add(why.cause));
    Ok(Taken { tallies: tallies.into_iter().map(|tally| rules::shown(tally, site)).collect(), refused })
}

/// What these events choose.
fn choices(events: &[Result<Event, Refused>]) -> Vec<(ArticleKey, Mine)> {
    let choice = |event: &Event| match event {
        Event::React { article, reaction, seq } => {
            Some((article.clone(), Mine { reaction: reaction.clone(), seq: *seq }))
        }
        _ => None,
    };
    events.iter().flatten().filter_map(choice).collect()
}

/// Any page can have a frame without an origin, and send events for whoever looks at it. So it is told of a stand-in's choice
/// only if that is what it has sent.
fn discreet(tally: &mut Tally, told: &[(ArticleKey, Mine)]) {
    let article = &tally.article;
    tally.mine.take_if(|mine| !told.iter().any(|(of, choice)| of == article && choice == mine));
}

fn kind(event: &Event, noscript: bool) -> Kind {
    match event {
        Event::Read { .. } => Kind::Read,
        Event::React { .. } if noscript => Kind::Noscript,
        Event::React { .. } => Kind::React,
        Event::Share { .. } => Kind::Share,
    }
}

/// Since when each event's poll has been open. Asked only where polls close by themselves.
async fn since(app: &App, site: &Site, events: &[Result<Event, Refused>]) -> Result<Vec<Option<Day>>, StoreError> {
    if site.poll_closes_after_days.is_none() {
        return Ok(vec![None; events.len()]);
    }
    let keys: Vec<ArticleKey> = events.iter().flatten().map(|event| event.article().clone()).collect();
    let mut counted = app.store.tallies(&site.id, &keys).await?.into_iter();
    let since = |event: &Result<Event, Refused>| match event {
        Ok(_) => counted.next().and_then(|counted| counted.since),
        Err(_) => None,
    };
    Ok(events.iter().map(since).collect())
}

/// The only event was refused, and so the request is.
pub(super) fn problem(why: Refused) -> Problem {
    if why.retry_after.is_some() {
        return why.into();
    }
    let status = match why.cause {
        Reason::Malformed | Reason::Visitor => StatusCode::BAD_REQUEST,
        _ => StatusCode::FORBIDDEN,
    };
    Problem::new(status, format!("{}: {}.", why.field, why.reason)).in_field(why.field)
}
