use serde::{Deserialize, Serialize};

/// All texts of the widget, in the page's language. Placeholders: `{n}` for a formatted number, `{option}` and `{p}`
/// for an option's label and its percentage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Labels {
    /// Heading of the share bar: "Bagikan berita ke:".
    pub share: String,
    /// The read counter: "Dibaca {n} kali".
    pub reads: Plural,
    /// Question of the poll: "Bagaimana pendapat Anda mengenai artikel ini?".
    pub question: String,
    /// Number of reactions, below the poll and in each option's accessible name.
    pub responses: Plural,
    /// Format of an option's percentage: "{n}%". A label, because asking the browser's `Intl` for it would take longer
    /// than rendering everything else.
    pub percent: String,
    /// Shown, and announced to screen readers, after a choice; `{option}`.
    pub chosen: String,
    /// Shown beside the choice: how to withdraw it.
    #[serde(default)]
    pub undo: String,
    /// Shown while nobody has reacted.
    #[serde(default)]
    pub first: String,
    /// Announced to screen readers after a withdrawal.
    pub taken_back: String,
    /// Shown while a choice waits for a connection.
    pub waiting: String,
    /// Shown after the endpoint has rejected a choice.
    pub refused: String,
    /// Shown if the poll is closed.
    pub closed: String,
    /// The button that opens the rest of the share bar.
    pub more: String,
    /// The button that closes a panel.
    pub close: String,
    /// Confirms that the address is on the clipboard.
    pub copied: String,
    /// Shown if copying failed, with a field to copy from.
    pub copy_by_hand: String,
    /// Caption of the QR code.
    pub qr: String,
    /// Shown if the QR code could not be loaded.
    pub qr_failed: String,
    /// Shown if the address is too long for a readable QR code.
    #[serde(default)]
    pub qr_too_long: String,
    /// Label of the field for a Mastodon instance.
    pub instance: String,
    /// Shown if the entered instance is not a host name.
    pub instance_invalid: String,
    /// The button beside that field.
    pub instance_go: String,
    /// Hidden text of links that open a new tab.
    pub new_tab: String,
}

/// A text for each CLDR plural category; every language has `other`.
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
    /// Whether there is a text besides `other`.
    pub fn varies(&self) -> bool {
        [&self.zero, &self.one, &self.two, &self.few, &self.many]
            .into_iter()
            .any(Option::is_some)
    }

    /// The text of a CLDR category; `other` if there is none.
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
