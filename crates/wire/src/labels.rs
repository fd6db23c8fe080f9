use serde::{Deserialize, Serialize};

/// Every text that the widget shows, in the page's language. `{n}` stands for a number written in
/// the locale, `{option}` and `{p}` for an option's label and its part of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Labels {
    /// Before the share bar: "Bagikan berita ke :".
    pub share: String,
    /// The read counter: "Di baca {n} kali".
    pub reads: Plural,
    /// Above the poll: "Bagaimana pendapat anda mengenai artikel ini?".
    pub question: String,
    /// Below it, and in the name of each option: how many have reacted.
    pub responses: Plural,
    /// An option's part of all: "{n}%". In here and not left to the browser, which would take longer to find out than to draw
    /// all the rest.
    pub percent: String,
    /// Said to a screen reader when a choice was made; `{option}`.
    pub chosen: String,
    /// Said to a screen reader when it was taken back.
    pub taken_back: String,
    /// Shown while a choice waits for a connection.
    pub waiting: String,
    /// Shown when the endpoint would not take a choice.
    pub refused: String,
    /// Shown where the poll is closed.
    pub closed: String,
    /// Opens the rest of the share bar.
    pub more: String,
    /// Closes a panel.
    pub close: String,
    /// The address is on the clipboard.
    pub copied: String,
    /// It could not be put there: the reader may copy it from a field.
    pub copy_by_hand: String,
    /// Below the QR code.
    pub qr: String,
    /// The QR code could not be fetched.
    pub qr_failed: String,
    /// The address is too long for a QR code that can be read.
    #[serde(default)]
    pub qr_too_long: String,
    /// The field for a Mastodon instance.
    pub instance: String,
    /// What to write there instead; shown when it is no host name.
    pub instance_invalid: String,
    /// The button beside it.
    pub instance_go: String,
    /// In the name of links that open a new tab, after the text that is seen.
    pub new_tab: String,
}

/// One text a CLDR plural category; `other` is what every language has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[expect(missing_docs, reason = "the names are CLDR's categories")]
pub struct Plural {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zero: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub two: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub few: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub many: Option<String>,
    pub other: String,
}

impl Plural {
    /// Whether there is more than the one text.
    pub fn varies(&self) -> bool {
        [&self.zero, &self.one, &self.two, &self.few, &self.many].into_iter().any(Option::is_some)
    }

    /// The text of a category by its CLDR name; `other` where the language does not need it.
    pub fn text(&self, category: &str) -> &str {
        let text = match category {
            "zero" => &self.zero,
            "one" => &self.one,
            "two" => &self.two,
            "few" => &self.few,
            "many" => &self.many,
            _ => &None,
        };
        text.as_deref().unwrap_or(&self.other)
    }
}
