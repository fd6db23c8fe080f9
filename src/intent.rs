//! What a reader wants, by the name of the button or link that she has pressed. There are no
//! listeners in the components: Yew's would be a fifteenth of the widget, and one in `browser.js`
//! hears the clicks of them all.

use wire::{ButtonKind, Network, Reaction, View};

use crate::state::Panel;

/// What a reader wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// To choose this option, or take it back.
    React(Reaction),
    /// What that button of the share bar does; a link is followed by the browser itself.
    Share(Network, ButtonKind),
    /// To see all buttons of the share bar, or the first ones.
    More,
    /// To open or close a panel of the share bar.
    Toggle(Panel),
    /// To go to her Mastodon instance, as written in the field.
    VisitInstance,
    /// To close the open panel.
    Close,
}

/// What an option of the poll is called, before its key.
pub const OPTION: &str = "option-";

impl Intent {
    /// The intent behind a name, which is the `data-part` of what was pressed.
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
