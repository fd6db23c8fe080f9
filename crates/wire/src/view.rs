use serde::{Deserialize, Serialize};

use crate::{Labels, Network, Reaction, Tally};

/// Response to `GET …/view`: all data for one page, the same for every reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct View {
    /// The article's counts.
    pub tally: Tally,
    /// The stored copy of the article, if `body=1` was given and there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<Article>,
    /// The options of the poll, in display order.
    pub reactions: Vec<Choice>,
    /// The buttons of the share bar, in display order.
    pub networks: Vec<Button>,
    /// What a button of the share bar shows.
    #[serde(default, skip_serializing_if = "ShareStyle::is_default")]
    pub share_style: ShareStyle,
    /// The least number of votes with which the poll shows numbers and bars.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub show_from: u32,
    /// How wide the poll must be for its options to stand side by side: a step of the style sheet's, from the length of
    /// their labels. `0`: they never do.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub columns: u8,
    /// All texts.
    pub labels: Labels,
    /// The exact BCP 47 tag for numbers, dates and plurals, in browser and endpoint.
    pub locale: String,
    /// The direction of the language's script.
    pub dir: Dir,
    /// State of the poll.
    pub poll: Poll,
    /// End of the current deduplication window in ms since 1970: until then, a repeated read by the same browser is
    /// not counted.
    pub window_ends: u64,
    /// When two reads are the same read; determines what the browser stores.
    #[serde(default)]
    pub identity: ReadDedup,
    /// How long the page must be visible for a read to count, in ms.
    pub read_after: u32,
    /// Whether `GET …/live` is available.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub live: bool,
    /// The name of the counter's link to the page about how the site counts, if the site has that link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The widget's files.
    pub assets: Assets,
    /// Why events of the requesting page would be rejected, with the remedy: a sentence for its webmaster. The poll is
    /// then closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// Whether the article is counted: `false` if the site ignores its key. The poll is then closed.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub counts: bool,
}

fn yes() -> bool {
    true
}

fn one() -> u32 {
    1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_one(number: &u32) -> bool {
    *number == 1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(number: &u8) -> bool {
    *number == 0
}

/// When two reads in one window are the same read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Identity))]
#[serde(rename_all = "lowercase")]
pub enum ReadDedup {
    /// If they have the same random key, which the browser stores for the article.
    #[default]
    Key,
    /// If address and browser are the same (hashed): the browser stores nothing before the reader reacts.
    Hash,
    /// Reads are not counted.
    Off,
}

/// The stored copy of an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Article {
    /// The headline.
    pub title: String,
    /// The author, as displayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byline: Option<String>,
    /// The day of publication, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// Its canonical address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The body, sanitised when it was stored.
    pub html: String,
}

/// An option of the poll: a picture and a label. Of several pictures, the first of image, face and emoji is displayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Choice {
    /// Name in counts and events.
    pub key: Reaction,
    /// Displayed before the label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
    /// Address of an image to display instead of the emoji.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// A drawn face to display instead of the emoji.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub face: Option<Face>,
    /// The label in the page's language.
    pub label: String,
}

/// A drawn face: a circle in a square of 32 units, and SVG paths in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Face {
    /// Colour of the circle: `#rrggbb`.
    pub skin: String,
    /// What is drawn as strokes.
    pub lines: String,
    /// What is filled; empty if nothing is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub shape: String,
    /// With which colour.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub colour: String,
}

/// A button of the share bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Button {
    /// Name in counts and events.
    pub key: Network,
    /// What a click does.
    pub kind: ButtonKind,
    /// The label in the page's language.
    pub label: String,
    /// The network's mark: an SVG path in a square of 24 units. Absent if buttons show words only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// Target of the link (kinds `link` and `mastodon`): `{url}`, `{title}` and `{text}` (the title, cut to `limit`)
    /// stand for percent-encoded values, `{instance}` for a host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
    /// Target on a phone, if it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The network's maximum length of title, space and address together, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// How the network counts characters.
    #[serde(default, skip_serializing_if = "Counting::is_default")]
    pub counting: Counting,
    /// The length that the network counts for any address; absent: its characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_counts: Option<u32>,
}

/// Maximum length of an address in a QR code, in bytes: on a phone's screen, cameras cannot read longer ones.
pub const MAX_QR_BYTES: usize = 1024;

/// How a network counts the characters of a post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Counting {
    /// Each grapheme cluster counts as one.
    #[default]
    Graphemes,
    /// As X's twitter-text 3: one for Latin and most other alphabets, two for all else, and two for any emoji
    /// sequence.
    Weighted,
}

impl Counting {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What a button of the share bar shows. Its name is always there for assistive technology.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ShareStyle {
    /// The mark; the button of the device's share sheet also shows its name.
    #[default]
    Icons,
    /// The name.
    Words,
    /// Both.
    Both,
}

impl ShareStyle {
    /// Its name in the view.
    pub fn name(self) -> &'static str {
        match self {
            Self::Icons => "icons",
            Self::Words => "words",
            Self::Both => "both",
        }
    }

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
    /// Opens the device's share sheet.
    Native,
    /// Copies the address to the clipboard.
    Copy,
    /// Shows the address as a QR code.
    Qr,
    /// Asks for the reader's Mastodon instance once, and opens its share page.
    Mastodon,
}

/// Direction of a script.
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

/// State of a poll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Poll {
    /// Readers may react.
    #[default]
    Open,
    /// Results are displayed, and readers may not react.
    Closed,
    /// There is no poll.
    Off,
}

/// The widget's files, as addresses relative to the endpoint, and their `sha384-…` integrity. Empty if the endpoint
/// was built without the widget.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Assets {
    /// The JavaScript of the widget, with its glue.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub js: String,
    /// The WebAssembly module.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub wasm: String,
    /// The style sheet.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub css: String,
    /// The client of live counts; only if they are enabled.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub live: String,
    /// The script that follows the page: reads, clicks, and changes in place.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub follow: String,
    /// Integrity of each file, by the same names.
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
