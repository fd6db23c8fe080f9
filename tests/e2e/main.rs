//! What a reader, a webmaster and a newsroom would try: pages of a news site in a real browser, and a real endpoint with a
//! real database behind them, at another origin. `cargo xtask test e2e` runs it (`-- NAME`: what has that in its name) and says where gema,
//! the browser and its driver are.

// The vocabulary.

/// A display for the browser that needs one.
mod display;
/// The programs that steer browsers.
mod driver;
/// Which browser it is.
mod engine;
/// Ends what would outlive this process.
mod guard;
/// What hears pages.
mod listener;
/// The endpoint.
mod newsroom;
/// What stands in front of several endpoints.
#[path = "../../crates/gema/tests/it/nginx.rs"]
mod nginx;
/// A screen reader.
mod orca;
/// The news site.
mod page;
/// Waiting for a condition, never for a while.
mod patience;
/// Somebody with a browser.
mod reader;
/// What comes to the console, where the browser does not tell.
mod recorder;
/// When a node is not in the page any more.
mod stale;
/// What a reader sees of one article's widget.
mod widget;

// What is claimed.

/// For every hand, eye and ear.
mod accessibility;
/// Several widgets, several tabs.
mod company;
/// The endpoint's copy of the article.
mod copy;
/// What the page itself tells its webmaster.
mod debug;
/// Browsers and pages that deny what the widget needs.
mod denied;
/// What the doctor says of pages.
mod doctor;
/// How a page dresses it.
mod dress;
/// What a page may do with the element.
mod element;
/// What the endpoint draws.
mod foreign;
mod fragment;
/// Pages whose markup a library owns.
mod frameworks;
/// What a page says in its head.
mod heads;
/// What a screen reader says.
mod heard;
/// What the host page is told, and in which language its reader is spoken to.
mod host;
/// All of it without a mouse.
mod keyboard;
/// On pages that nobody here made.
mod layouts;
/// What stays behind of widgets that are gone.
mod leaks;
/// Before the WebAssembly, and without it.
mod levels;
/// Pages that list articles.
mod list;
/// Counts that change while they are looked at.
mod live;
/// Every language: drawn, and written as the browser writes it.
mod locales;
/// How it looks: on paper, while it loads, small and wide, light and dark.
mod looks;
/// Pages that go and come back, and change their article.
mod moving;
/// Names that the page has taken.
mod names;
/// Readers whose browsers run no script, and what stands there before any has run.
mod noscript;
/// Browsers that are years old.
mod old_engines;
/// The endpoint goes, and comes back.
mod outage;
/// What is a reaction.
mod reacting;
/// What is a read.
mod reading;
/// Pages as webmasters make them.
mod recipes;
/// One release while another comes.
mod releases;
/// What the share bar does.
mod sharing;
/// Between the steps in which the WebAssembly takes over.
mod steps;
/// Pages with rules of their own.
mod strict;
/// Which article a page is about, and what of it is shared, while the page goes on in place.
mod subject;
/// Where the tag may stand.
mod tag;
/// What a webmaster is told where nothing is counted.
mod told;
/// Pages whose texts a translator has replaced.
mod translated;
/// The widget's code comes to an end in mid-session.
mod trap;
/// The demo's page on which a webmaster tries it.
mod trying;
/// Anything, in any order.
mod wandering;
/// The plugin for WordPress.
mod wordpress;
