//! The newsroom's pages of a site's counts: numbers come in, markup goes out. Each chart has a sentence that says
//! what it shows, and a table of the same numbers.

/// A chart.
pub mod chart;
/// Texts and formats of one page.
pub mod context;
/// Corrections of one article's counts.
pub mod correct;
/// Numbers beside what they were before.
pub mod figures;
/// Lists of articles.
pub mod listed;
/// The navigation within a site.
pub mod tabs;
/// Texts in each language.
pub mod texts;

/// One article.
pub mod article;
/// Search and lists of all articles.
pub mod articles;
/// What is read now.
pub mod now;
/// Numbers on the site's own pages.
pub mod overlay;
/// Sums of some days.
pub mod period;
/// The poll of one article.
pub mod poll;
/// Events of one article that were refused.
pub mod refused;
/// The settings in force.
pub mod settings;

pub use self::{
    chart::{Chart, Look, Series},
    context::{Direction, PageContext},
    figures::Figure,
    listed::{ArticleList, ListedArticle},
    tabs::{Tab, keys, tabs},
    texts::PageTexts,
};
