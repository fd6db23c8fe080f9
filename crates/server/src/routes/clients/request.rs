use std::{marker::PhantomData, sync::Arc};

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
    response::IntoResponse,
};
use config::{Clients, Config, Site};
use metrics::{Kind, Reason};
use rules::Rejection;
use visitor::{Client, Visitor, Window};
use wire::{ArticleKey, Event, IdempotencyKey, Reaction, Seq, Tally};

use super::counts::tallies;
use crate::{
    problem::Problem,
    routes::{
        apply_events::{BatchOutcome, EventBatch, apply_events, problem},
        caller::Caller,
        extract::{log_refused, no_site, site_named},
        origin,
    },
    state::App,
};

/// The protocol of one client.
pub(super) trait Protocol {
    /// The client.
    const CLIENT: Client;
    /// Its form of an error.
    type Error: From<Problem> + IntoResponse;
    /// Whether the site has it.
    fn is_on(clients: &Clients) -> bool;
}

/// The site in the path, if it has that client; else there is nothing at the address.
pub(super) struct ClientSite<P>(pub(super) Arc<Site>, pub(super) PhantomData<P>);

impl<P: Protocol> FromRequestParts<App> for ClientSite<P> {
    type Rejection = P::Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, P::Error> {
        Ok(Self(site::<P>(parts, app).await?, PhantomData))
    }
}

async fn site<P: Protocol>(parts: &mut Parts, app: &App) -> Result<Arc<Site>, Problem> {
    let Ok(params) = RawPathParams::from_request_parts(parts, app).await else {
        return Err(no_site(""));
    };
    let id = params.iter().find(|(name, _)| *name == "site");
    let site = site_named(id.map_or("", |(_, id)| id), parts, app)?;
    if P::is_on(&site.clients) {
        Ok(site)
    } else {
        Err(Problem::not_found("There is nothing at this address."))
    }
}

/// A request that counts something, from a page that the site allows. Extracting it charges the rate limits.
pub(super) struct ClientWrite<P> {
    pub(super) app: App,
    pub(super) site: Arc<Site>,
    config: Arc<Config>,
    caller: Caller,
    protocol: PhantomData<P>,
}

impl<P: Protocol> FromRequestParts<App> for ClientWrite<P> {
    type Rejection = P::Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, P::Error> {
        let site = site::<P>(parts, app).await?;
        let config = app.config.of(&mut parts.extensions);
        let headers = &parts.headers;
        // An image, GoatCounter's fallback, has only the `Referer`.
        let is_image = parts.method.is_safe();
        let referer = is_image.then(|| origin::referer(headers)).flatten();
        let named = origin::header(headers).or(referer.as_deref());
        let is_opaque = named.is_none_or(|origin| origin == "null");
        origin::check_named(&config, &site, headers, named).inspect_err(|_| {
            app.metrics.refused.add(Reason::Origin);
            app.count_refused(&site, None, Kind::Unknown, Reason::Origin);
            log_refused(app, &site, named);
        })?;
        let caller = Caller::of_write(parts, app, is_opaque).await?;
        Ok(Self {
            app: app.clone(),
            site,
            config,
            caller,
            protocol: PhantomData,
        })
    }
}

/// A client's change of its reader's choice.
pub(super) enum Vote<'r> {
    /// The option becomes the choice.
    Choose(&'r Reaction),
    /// The choice is withdrawn if it is this option.
    TakeBack(&'r Reaction),
}

impl<P: Protocol> ClientWrite<P> {
    /// Counts a read; an inner error is the reason why it does not count.
    pub(super) async fn read(
        &self,
        article: ArticleKey,
        signals: Vec<String>,
    ) -> Result<Result<Tally, Rejection>, Problem> {
        // Valid, and unused: the fingerprint stands in for the key.
        let key = IdempotencyKey::parse("----------------").expect("16 characters of base64url");
        self.apply(Event::Read { article, key }, signals).await
    }

    /// Applies a vote. Returns the counts after it.
    pub(super) async fn vote(&self, article: ArticleKey, vote: Vote<'_>) -> Result<Tally, Problem> {
        let now = (self.app.now)();
        let day = Window::at(now, &self.site.time_zone).day;
        let store = &self.app.store;
        let known = store
            .choice(&self.site.id, day, &article, &self.visitor())
            .await?;
        let current = known.as_ref().and_then(|own| own.reaction.as_ref());
        let reaction = match vote {
            Vote::Choose(option) => Some(option),
            Vote::TakeBack(option) if current == Some(option) => None,
            Vote::TakeBack(_) => current,
        };
        if reaction == current {
            return self.counts(article).await;
        }
        let now_ms = now.as_millisecond().unsigned_abs();
        let seq = Seq::next(now_ms, known.as_ref().map(|known| known.seq));
        let reaction = reaction.cloned();
        let event = Event::React {
            article,
            reaction,
            seq,
        };
        self.apply(event, Vec::new()).await?.map_err(problem)
    }

    /// The article's counts.
    pub(super) async fn counts(&self, article: ArticleKey) -> Result<Tally, Problem> {
        let keys = [article];
        let counted = tallies(&self.app, &self.site, &keys).await?.pop();
        let [article] = keys;
        Ok(counted.unwrap_or_else(|| Tally::empty(article)))
    }

    async fn apply(
        &self,
        event: Event,
        signals: Vec<String>,
    ) -> Result<Result<Tally, Rejection>, Problem> {
        let article = event.article().clone();
        let batch = EventBatch {
            visitor: Some(self.visitor()),
            events: vec![Ok(event)],
            signals,
            is_of_site: false,
        };
        let config = Arc::clone(&self.config);
        let BatchOutcome {
            mut tallies,
            mut refused,
        } = apply_events(&self.app, &self.site, config, &self.caller, batch).await?;
        Ok(match refused.pop() {
            Some((_, why)) => Err(why),
            None => Ok(tallies.pop().unwrap_or_else(|| Tally::empty(article))),
        })
    }

    fn visitor(&self) -> Visitor {
        self.caller.reader_of(P::CLIENT)
    }
}
