//! The newsroom's pages: components that make HTML on the server, complete without JavaScript. Independent of HTTP and
//! of the store: what a page shows comes in, and markup goes out.

/// The own account: sessions, signing out.
pub mod account;
/// Parts of forms.
mod form;
/// The page with the sites that a viewer may see.
pub mod home;
/// The frame of every page: head, navigation, style sheet.
pub mod layout;
/// Read-only links.
pub mod links;
/// The log of who did what.
pub mod log;
/// Pages with a sentence only.
pub mod message;
/// A site's counts: charts, rankings, articles, settings.
pub mod pages;
/// Setting a password by a one-time link.
pub mod password;
/// Users and their roles.
pub mod people;
/// Signing in.
pub mod sign_in;
/// Tables.
mod table;
/// Texts in each language.
pub mod texts;
/// Points in time.
mod time;

pub use layout::{Chrome, NavLink, STYLE, document};
pub use texts::{Language, Texts};
