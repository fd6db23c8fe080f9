/// From where requests come, and who is believed about it.
mod addresses;
/// What a newsroom does, and what depends on it.
mod articles;
/// An article's count as an image.
mod badge;
/// Answers that are kept, and what ends them.
mod cache;
/// What is counted, and what is not.
mod counting;
/// Requests that are wrong, each with its clear answer.
mod errors;
/// What the widget's tests take for ours.
mod fixtures;
/// Pages of other sites, and of none.
mod foreign;
/// A choice as a form sends it.
mod form;
/// The widget as the endpoint draws it.
mod fragment;
/// The endpoint's own address, as a webmaster sees it.
mod front;
/// Articles that a site ignores.
mod ignore;
/// Keys of any length.
mod keys;
/// How much one script can add, and how little an office is in its way.
mod limits;
/// Articles that have moved.
mod moving;
/// Readers whose browsers run no script.
mod noscript;
/// What pages ask for.
mod reading;
/// Pages whose events would be refused.
mod refusal;
/// What networks of each width can add, and crowds that count whole.
mod roofs;
/// Readers whose browser keeps nothing.
mod stand_in;
/// Most read, most answered.
mod top;
/// The same while the store does not tell.
mod top_away;
