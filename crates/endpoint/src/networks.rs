//! The buttons of the share bar: one table of networks, never a branch for one of them.

use wire::{Button, ButtonKind, Network};

use crate::{config::Site, locale::Language};

/// The names of all networks.
const KNOWN: [&str; 2] = ["whatsapp", "copy"];

/// The site's buttons with their labels, in the order to show.
pub fn buttons(site: &Site, _language: &Language) -> Vec<Button> {
    let button = |key: &Network| Button {
        key: key.clone(),
        kind: if key.as_str() == "copy" { ButtonKind::Copy } else { ButtonKind::Link },
        label: key.to_string(),
        href: (key.as_str() == "whatsapp").then(|| "https://wa.me/?text={text}%20{url}".into()),
        phone: None,
        limit: None,
    };
    site.networks.iter().map(button).collect()
}

/// The buttons of a site that names none.
pub fn default_networks() -> Vec<Network> {
    KNOWN.iter().map(|key| Network::parse(key).expect("a slug")).collect()
}

/// Whether the table has it.
pub fn is_known(network: &Network) -> bool {
    KNOWN.contains(&network.as_str())
}

/// All names, for a message.
pub fn known() -> String {
    KNOWN.join(", ")
}
