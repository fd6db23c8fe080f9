//! What a reader sees: functions of their props, which say back only what the reader wants. They
//! know no browser, so each renders to text natively.

use std::rc::Rc;

use wire::{Reaction, View};
use yew::prelude::*;

use crate::{
    format::Formatter,
    settings::Settings,
    state::{Panel, State},
};

mod article;
mod notice;
mod poll;
mod read_counter;
mod share_bar;
mod share_panel;

pub use article::Heading;
pub use notice::Notice;
pub use poll::PollBox;
pub use read_counter::ReadCounter;
pub use share_bar::ShareBar;

/// What every component is made from. One type for all of them: each further one would cost every
/// reader bytes.
#[derive(Clone, PartialEq, Properties)]
pub struct Shown {
    /// What the page wants.
    pub settings: Rc<Settings>,
    /// Options, buttons and texts.
    pub view: Rc<View>,
    /// Counts and choices.
    pub state: Rc<State>,
    /// How numbers and dates are written.
    pub format: Formatter,
    /// What this browser can do.
    pub device: Device,
    /// What the reader wants.
    pub on: Callback<Intent>,
}

/// What the reader's device can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// It has a share sheet of its own.
    pub share_sheet: bool,
    /// It is a phone, where some networks have another address.
    pub phone: bool,
}

/// What a reader wants, by a click or a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// To choose this option, or take it back.
    React(Reaction),
    /// To follow a link of the share bar, which the browser does: the place of the button.
    Follow(usize),
    /// To use the device's share sheet.
    ShareSheet(usize),
    /// To copy the address.
    Copy(usize),
    /// To open or close a panel; the place of the button, if it counts as a share.
    Toggle(Panel, Option<usize>),
    /// To go to her Mastodon instance, as written in the field.
    VisitInstance(usize),
    /// To close the open panel.
    Close,
}

/// The whole widget: heading, counter and share bar, the article's own place, poll.
#[component]
pub fn Widget(shown: &Shown) -> Html {
    let Shown { settings, view, .. } = shown;
    let above = settings.bar_on_top || settings.body;
    let bar = || {
        html! {
            <div class="bar" part="bar">
                if settings.reads { <ReadCounter ..shown.clone() /> }
                if settings.share { <ShareBar ..shown.clone() /> }
            </div>
        }
    };
    let dir = match view.dir {
        wire::Dir::Ltr => "ltr",
        wire::Dir::Rtl => "rtl",
    };
    html! {
        <div class="gema" part="gema" lang={view.locale.clone()} {dir} data-theme={settings.theme.name()}>
            if settings.body { <Heading ..shown.clone() /> }
            if above { {bar()} }
            <slot />
            <div class="below">
                if !above { {bar()} }
                <PollBox ..shown.clone() />
            </div>
            <Notice ..shown.clone() />
        </div>
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
