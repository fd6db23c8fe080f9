//! End-to-end tests for readers, webmasters and newsrooms: pages of a news site in a real browser, with a real endpoint
//! and database at another origin. `cargo xtask test e2e` runs them (`-- NAME` selects tests by name), and passes the
//! locations of gema, the browser and its driver.

// Test vocabulary.

/// A virtual display, for a browser that needs one.
mod display;
/// WebDriver programs.
mod driver;
/// The browser engine of this run.
mod engine;
/// Ends processes that would outlive this one.
mod guard;
/// A reader who uses a screen reader.
mod listener;
/// The newsroom's endpoint.
mod newsroom;
/// nginx in front of several endpoints.
#[path = "../../crates/gema/tests/it/nginx.rs"]
mod nginx;
/// The screen reader Orca.
mod orca;
/// The news site.
mod page;
/// Waiting for conditions.
mod patience;
/// A reader with a browser.
mod reader;
/// Records console messages, for browsers that do not report them.
mod recorder;
/// Errors about nodes that are no longer in the page.
mod stale;
/// The widget of one article, as a reader uses it.
mod widget;

// Tests.

/// Accessibility.
mod accessibility;
/// Clients of other counters.
mod clients;
/// The poll with its options side by side.
mod columns;
/// Several widgets, several tabs.
mod company;
/// A component in a release build.
mod component;
/// The endpoint's copy of the article.
mod copy;
/// The debug box.
mod debug;
/// Browsers and pages that deny what the widget needs.
mod denied;
/// `gema doctor`.
mod doctor;
/// Theming.
mod dress;
/// Editors on the newsroom's pages.
mod editors;
/// The custom element's attributes and methods.
mod element;
/// Pages whose scripts and documents differ from what most pages have.
mod environments;
/// Attacks by pages of other sites.
mod foreign;
/// The fragment that the endpoint renders.
mod fragment;
/// Pages whose markup belongs to a library.
mod frameworks;
/// The page's head.
mod heads;
/// What Orca says.
mod heard;
/// Events for the host page, and the language of the widget.
mod host;
/// Keyboard use.
mod keyboard;
/// Unusual layouts.
mod layouts;
/// Leaks of removed widgets.
mod leaks;
/// The widget before the WebAssembly runs, and without it.
mod levels;
/// Pages that list articles.
mod list;
/// Live counts.
mod live;
/// Every language: layout and formats.
mod locales;
/// Appearance: print, loading, narrow and wide windows, light and dark.
mod looks;
/// The page about how a site counts.
mod method;
/// Lists of the most read articles.
mod most_read;
/// Back and forward navigation, hidden pages, and changes of the article.
mod moving;
/// Names that the page has redefined.
mod names;
/// Attacks on the newsroom's pages by other pages.
mod newsroom_attacks;
/// Readers without JavaScript, and the page before any script has run.
mod noscript;
/// Old browsers.
mod old_engines;
/// An endpoint that becomes unavailable and comes back.
mod outage;
/// What is kept of a reader, shown to that reader and deleted.
mod own_data;
/// Reactions.
mod reacting;
/// Reads.
mod reading;
/// The documented recipes.
mod recipes;
/// Two releases at the same time.
mod releases;
/// The demo with several serifs.
mod serifs;
/// The share bar.
mod sharing;
/// The steps in which the WebAssembly takes over.
mod steps;
/// Pages with strict policies.
mod strict;
/// Which article a page is about and what it shares, while it navigates in place.
mod subject;
/// Where the tag may be placed.
mod tag;
/// Messages to the webmaster when nothing is counted.
mod told;
/// Pages translated by the browser.
mod translated;
/// Traps of the WebAssembly.
mod trap;
/// The demo's page for trying options.
mod trying;
/// Random actions in random order.
mod wandering;
/// The WordPress plugin.
mod wordpress;
