//! Intents of the reader.

use wire::{ButtonKind, Network, Reaction, View};

use crate::state::Panel;

/// An intent of the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Choose this option, or withdraw the choice.
    React(Reaction),
    /// The action of a button of the share bar. The browser itself follows links.
    Share(Network, ButtonKind),
    /// Show all buttons of the share bar, or only the first ones.
    More,
    /// Open or close a panel of the share bar.
    Toggle(Panel),
    /// Open the Mastodon instance in the field.
    VisitInstance {
        /// Whether the focus is in the field.
        in_field: bool,
    },
    /// The QR code was loaded, or could not be loaded.
    SawQr(bool),
    /// Close the open panel.
    Close,
    /// Close what is open: the panel, else the further buttons.
    Escape,
}

impl Intent {
    /// The intent of a press before the module was loaded, by the `data-part` of the button or link.
    pub fn of(name: &str, view: &View) -> Option<Self> {
        if name == "more" {
            return Some(Self::More);
        }
        let button = view
            .networks
            .iter()
            .find(|button| button.key.as_str() == name)?;
        Some(Self::Share(button.key.clone(), button.kind))
    }
}
