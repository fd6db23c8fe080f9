//! One file a noun: extract from the request, judge by the rules, ask the store, answer.

/// `/admin/…`: what an operator asks, never in public.
pub(crate) mod admin;
/// `…/articles`: what a newsroom does.
pub(crate) mod articles;
/// The widget's files.
pub(crate) mod assets;
/// `GET …/badge.svg`: an article's count as an image.
pub(crate) mod badge;
/// Answers that caches keep.
mod cached;
/// Who wants to change something, and whether she may ask.
mod caller;
/// The demo's pages, where nothing is configured.
pub(crate) mod demo;
/// `POST …/events`: what readers did.
pub(crate) mod events;
/// What several routes take from a request.
mod extract;
/// `GET /`: the tags to copy.
mod front;
/// Whether the endpoint lives, and whether it can work.
pub(crate) mod health;
/// `GET …/live`: counts while they change.
pub(crate) mod live;
/// What an operator sees, on a listener of its own.
pub(crate) mod metrics;
/// The description of all this, for programs.
pub(crate) mod openapi;
/// From which page a request comes.
mod origin;
/// What may go wrong where, in that description.
mod problems;
/// `GET …/qr.svg`: an article's address for a phone's camera.
pub(crate) mod qr;
/// `POST …/reaction`: what one reader chose.
pub(crate) mod reaction;
/// What readers did, however it was sent.
mod taking;
/// `GET …/tallies`: counts of many articles.
pub(crate) mod tallies;
/// `GET …/top.json`, `top.atom`: most read, most answered.
pub(crate) mod top;
/// `GET …/view`: all that one page needs.
pub(crate) mod view;
/// `DELETE …/visitor`: a reader takes everything back.
pub(crate) mod visitor;
/// `GET …/widget.html`: the same, drawn.
pub(crate) mod widget;

pub(crate) use extract::OfSite;
