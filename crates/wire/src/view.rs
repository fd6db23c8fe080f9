use serde::{Deserialize, Serialize};

use crate::{Labels, Network, Reaction, Tally};

/// Answer to `GET …/view`: everything that one page needs, the same for every reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct View {
    /// The article's counts.
    pub tally: Tally,
    /// The endpoint's copy of the article, if `body=1` was asked for and it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<Article>,
    /// The options of the poll, in the order to show.
    pub reactions: Vec<Choice>,
    /// The buttons of the share bar, in the order to show.
    pub networks: Vec<Button>,
    /// All texts.
    pub labels: Labels,
    /// The exact BCP 47 tag by which both sides write numbers, dates and plurals.
    pub locale: String,
    /// The direction of that language's script.
    pub dir: Dir,
    /// Whether readers may react.
    pub poll: Poll,
    /// When the current window of reads and shares ends, in ms since 1970: until then a second read
    /// by the same browser is the same read.
    pub window_ends: u64,
    /// What makes two reads the same read, which decides what the browser keeps.
    #[serde(default)]
    pub identity: Identity,
    /// How long the page must have been visible for a read to count, in ms.
    pub read_after: u32,
    /// Whether `GET …/live` tells the counts as they change.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub live: bool,
    /// The files of the widget that this endpoint serves.
    pub assets: Assets,
    /// Why events of the page that asks would be refused, with the remedy: a sentence for its webmaster. The poll is closed
    /// then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// Whether anything is counted of this article. `false` only where the site ignores its key; the poll is closed then.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub counts: bool,
}

fn yes() -> bool {
    true
}

/// What makes two reads in one window the same read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Identity {
    /// The random key that the browser keeps for the article.
    #[default]
    Key,
    /// The same address and browser, hashed: the browser keeps nothing before its reader reacts.
    Hash,
    /// Nothing does: reads are not counted.
    Off,
}

/// The endpoint's copy of an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Article {
    /// The headline.
    pub title: String,
    /// Who wrote it, as it should be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byline: Option<String>,
    /// The day of publication, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// Its canonical address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The body, made safe when it was stored.
    pub html: String,
}

/// One option of the poll: an emoji or an image, and a label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Choice {
    /// Its name in counts and events.
    pub key: Reaction,
    /// Shown before the label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
    /// The address of an image to show instead of the emoji.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// In the page's language.
    pub label: String,
}

/// One button of the share bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Button {
    /// Its name in counts and events.
    pub key: Network,
    /// What a click does.
    pub kind: ButtonKind,
    /// In the page's language.
    pub label: String,
    /// Where it leads (kinds `link` and `mastodon`): `{url}`, `{title}` and `{text}` (the title, cut
    /// to `limit`) stand for percent-encoded values, `{instance}` for a host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
    /// Where it leads on a phone, if elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The most characters of title, space and address together that the network takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// How the network counts them.
    #[serde(default, skip_serializing_if = "Counting::is_default")]
    pub counting: Counting,
    /// What the network counts any address as; absent: as its characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_counts: Option<u32>,
}

/// The longest address that a QR code is drawn of, in bytes: in the width of a phone, cameras cannot read longer ones.
pub const MAX_QR_BYTES: usize = 1024;

/// How a network counts the characters of a post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Counting {
    /// Each grapheme cluster is one.
    #[default]
    Graphemes,
    /// As X's twitter-text 3 does: Latin and most other alphabets one, all else two, an emoji two however it is composed.
    Weighted,
}

impl Counting {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What a click on a button of the share bar does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ButtonKind {
    /// Opens a page of the network.
    Link,
    /// Opens the device's own share sheet.
    Native,
    /// Puts the address on the clipboard.
    Copy,
    /// Shows the address as a QR code.
    Qr,
    /// Asks for the reader's Mastodon instance, once, and opens its share page.
    Mastodon,
}

/// Direction of writing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Dir {
    /// Left to right.
    #[default]
    Ltr,
    /// Right to left.
    Rtl,
}

/// Whether readers may react.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Poll {
    /// They may.
    #[default]
    Open,
    /// The result is shown, and stands.
    Closed,
    /// There is none.
    Off,
}

/// The widget's files, as addresses relative to the endpoint, and their `sha384-…` integrity. Empty
/// where the endpoint was built without the widget.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Assets {
    /// The glue module.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub js: String,
    /// The widget.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub wasm: String,
    /// Its style sheet.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub css: String,
    /// What listens to counts that change; only where they are live.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub live: String,
    /// What follows the page: reads, presses, and changes in place.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub follow: String,
    /// Integrity of each, by the same names.
    #[serde(default)]
    pub integrity: Integrity,
}

/// Subresource integrity of the widget's files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[expect(missing_docs, reason = "the names are those of `Assets`")]
pub struct Integrity {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub js: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub wasm: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub css: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub live: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub follow: String,
}
