//! The networks of the share bar, one row each, as of 2026. Adding a network means adding a row. The widget fills in
//! the links for a page; the endpoint contacts no network.

use locale::Language;
use wire::{Button, ButtonKind, Counting, Network, ShareStyle};

use crate::marks::mark;

/// A supported network.
struct NetworkRow {
    /// Name in counts, events and `gema.toml`.
    key: &'static str,
    /// Action of a click.
    kind: ButtonKind,
    /// Its proper name; empty if the locale files translate the name.
    name: &'static str,
    /// See [`Button::href`].
    href: Option<&'static str>,
    /// See [`Button::phone`].
    phone: Option<&'static str>,
    /// See [`Button::limit`].
    limit: Option<u32>,
    /// See [`Button::counting`].
    counting: Counting,
    /// See [`Button::url_counts`].
    url_counts: Option<u32>,
}

/// Defaults of a row, without a limit.
const UNLIMITED: NetworkRow = NetworkRow {
    key: "",
    kind: ButtonKind::Link,
    name: "",
    href: None,
    phone: None,
    limit: None,
    counting: Counting::Graphemes,
    url_counts: None,
};

/// A row with a link and the network's proper name.
const fn link(key: &'static str, name: &'static str, href: &'static str) -> NetworkRow {
    NetworkRow {
        key,
        name,
        href: Some(href),
        ..UNLIMITED
    }
}

/// A row that the browser handles itself.
const fn local(key: &'static str, kind: ButtonKind) -> NetworkRow {
    NetworkRow {
        key,
        kind,
        ..UNLIMITED
    }
}

/// All networks, in the default order for a news site in Indonesia: the phone's own share sheet and the most used
/// networks first; the rest is behind "more".
static NETWORKS: [NetworkRow; 14] = [
    local("native", ButtonKind::Native),
    link("whatsapp", "WhatsApp", "https://wa.me/?text={text}%20{url}"),
    link(
        "telegram",
        "Telegram",
        "https://t.me/share/url?url={url}&text={text}",
    ),
    link(
        "facebook",
        "Facebook",
        "https://www.facebook.com/sharer/sharer.php?u={url}",
    ),
    // Since 2018, according to https://github.com/twitter/twitter-text (version 3): every address counts as 23
    // characters.
    NetworkRow {
        limit: Some(280),
        counting: Counting::Weighted,
        url_counts: Some(23),
        ..link("x", "X", "https://x.com/intent/tweet?url={url}&text={text}")
    },
    NetworkRow {
        phone: Some("https://line.me/R/share?text={text}%20{url}"),
        ..link(
            "line",
            "LINE",
            "https://social-plugins.line.me/lineit/share?url={url}",
        )
    },
    local("copy", ButtonKind::Copy),
    local("qr", ButtonKind::Qr),
    link(
        "threads",
        "Threads",
        "https://www.threads.com/intent/post?text={text}&url={url}",
    ),
    // The limit is 300 graphemes: the title is cut, never the address.
    NetworkRow {
        limit: Some(300),
        ..link(
            "bluesky",
            "Bluesky",
            "https://bsky.app/intent/compose?text={text}%20{url}",
        )
    },
    // There is no central address, and `web+mastodon:` no longer works, so the reader enters their instance. 500
    // characters are Mastodon's default limit; some instances allow more.
    NetworkRow {
        kind: ButtonKind::Mastodon,
        limit: Some(500),
        url_counts: Some(23),
        ..link(
            "mastodon",
            "Mastodon",
            "https://{instance}/share?text={text}%20{url}",
        )
    },
    link(
        "linkedin",
        "LinkedIn",
        "https://www.linkedin.com/sharing/share-offsite/?url={url}",
    ),
    link(
        "reddit",
        "Reddit",
        "https://www.reddit.com/submit?url={url}&title={title}",
    ),
    link("mail", "", "mailto:?subject={title}&body={url}"),
];

/// The site's buttons with their labels, in display order.
pub fn buttons(networks: &[Network], style: ShareStyle, language: &Language) -> Vec<Button> {
    let marked = |button: Button| Button {
        mark: mark(&button.key)
            .filter(|_| style != ShareStyle::Words)
            .map(str::to_owned),
        ..button
    };
    networks
        .iter()
        .filter_map(|key| find(key).and_then(|row| button(key, row, language)))
        .map(marked)
        .collect()
}

fn button(key: &Network, row: &NetworkRow, language: &Language) -> Option<Button> {
    let label = if row.name.is_empty() {
        locale::network(language, row.key)?
    } else {
        row.name
    };
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Some(Button {
        key: key.clone(),
        kind: row.kind,
        label: label.to_owned(),
        mark: None,
        href: owned(row.href),
        phone: owned(row.phone),
        limit: row.limit,
        counting: row.counting,
        url_counts: row.url_counts,
    })
}

fn find(network: &Network) -> Option<&'static NetworkRow> {
    NETWORKS.iter().find(|row| row.key == network.as_str())
}

/// The default buttons of a site: all, in the table's order.
pub fn default_networks() -> Vec<Network> {
    // Every key of the table is a valid slug.
    NETWORKS
        .iter()
        .map(|row| Network::parse(row.key).expect("a slug"))
        .collect()
}

/// Whether the network is supported.
pub fn is_known(network: &Network) -> bool {
    find(network).is_some()
}

/// All names, for an error message.
pub fn known() -> String {
    NETWORKS.each_ref().map(|row| row.key).join(", ")
}

#[cfg(test)]
mod tests;
