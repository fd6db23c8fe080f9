/// Client addresses, and which proxies are trusted to name them.
mod addresses;
/// Article management by a newsroom, and its effect on counts.
mod articles;
/// An article's count as an image.
mod badge;
/// Bounded resources, of which each network has a share.
mod budgets;
/// The response cache, and what invalidates it.
mod cache;
/// Clients of other counters, by their exact requests.
pub(crate) mod clients;
/// Which events count, and which do not.
mod counting;
/// Events that are answered without the router, and by it: alike.
mod direct;
/// Invalid requests: each has a clear error response.
mod errors;
/// The shared fixtures have the shape of real requests and responses.
mod fixtures;
/// Pages of other sites, and requests without an origin.
mod foreign;
/// Reactions sent by an HTML form.
mod form;
/// The widget as the endpoint draws it.
mod fragment;
/// The front page at the endpoint's own address.
mod front;
/// Articles that a site's configuration ignores.
mod ignore;
/// Keys of any length.
mod keys;
/// Rate limits: how much one script can add, and how little they disturb an office.
mod limits;
/// How a site counts, as its page says it.
mod method;
/// Aliases: articles that were renamed or merged.
mod moving;
/// Readers whose browsers run no script.
mod noscript;
/// A store of which one part does not answer.
mod partly_away;
/// QR codes of a page's address.
mod qr;
/// The views, tallies and widgets that pages request.
mod reading;
/// The refusal in a view, for pages whose events would be refused.
mod refusal;
/// Upper bounds for attackers by size of their network, and crowds behind one address that are counted completely.
mod roofs;
/// Readers whose browser stores nothing (stand-ins).
mod stand_in;
/// The lists of the most read and most answered articles.
mod top;
/// Rankings while the store is unavailable.
mod top_away;
