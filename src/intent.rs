//! The reader's intent, determined by the name of the pressed button or link. Components have no listeners: Yew's would
//! be a fifteenth of the widget, so one listener in `browser.js` handles all clicks.

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
    VisitInstance,
    /// Close the open panel.
    Close,
}

/// Prefix of an option's name, before its key.
pub const OPTION: &str = "option-";

impl Intent {
    /// The intent for a name, the `data-part` of the pressed node.
    pub fn of(name: &str, view: &View) -> Option<Self> {
        if let Some(option) = name.strip_prefix(OPTION) {
            return Reaction::parse(option).ok().map(Self::React);
        }
        Some(match name {
            "more" => Self::More,
            "go" => Self::VisitInstance,
            "close" => Self::Close,
            _ => {
                let button = view
                    .networks
                    .iter()
                    .find(|button| button.key.as_str() == name)?;
                Self::Share(button.key.clone(), button.kind)
            }
        })
    }
}
