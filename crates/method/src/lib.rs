//! How a site counts, made from the configuration in force, so that it cannot differ from it: as data for programs, and
//! as a page for people. Knows no HTTP and no store.

/// The rules of a site as data.
mod facts;
/// The document of the rules: sections of sentences and tables, in the reader's language.
mod outline;
/// The document as HTML.
mod page;
/// The sentences, in each language of the page.
mod texts;

pub use facts::{Counted, Method, Yesterday};
pub use outline::Names;
pub use page::page;
