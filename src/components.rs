//! What a reader sees: functions of what is known. They know no browser, so each renders to text
//! natively; what a press on their buttons and links means is in `intent`.

use wire::View;
use yew::prelude::*;

use crate::{format::Format, settings::Settings, state::State};

mod article;
mod drawing;
mod elements;
mod notice;
mod poll;
mod read_counter;
mod share_bar;
mod share_panel;

use article::heading;
use elements::{dir, lang, when};
use notice::notice;
use poll::poll;
use read_counter::read_counter;
use share_bar::share_bar;

/// What every component is made from. They are plain functions of it, since each component that Yew
/// manages by itself would cost every reader most of a kilobyte.
pub struct Shown<'a> {
    /// What the page wants.
    pub settings: &'a Settings,
    /// Options, buttons and texts.
    pub view: &'a View,
    /// Counts and choices.
    pub state: &'a State,
    /// How numbers and dates are written.
    pub format: &'a dyn Format,
    /// What this browser can do.
    pub device: Device,
    /// Whether the poll is drawn too, or not yet.
    pub poll: bool,
    /// Whether the live region says what the reader has done, or not yet.
    pub announces: bool,
    /// Where a choice goes by itself, where nothing hears it: only what a server draws has that.
    pub action: Option<&'a str>,
}

/// What the reader's device can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// It has a share sheet of its own.
    pub share_sheet: bool,
    /// It is a phone, where some networks have another address.
    pub phone: bool,
}

/// The whole widget: heading, counter and share bar, the article's own place, poll. Each part says its own language and
/// direction: what is around all of them is around the article too, which may have others.
pub fn widget(shown: &Shown) -> Html {
    let Shown { settings, view, .. } = shown;
    let above = settings.bar_on_top || settings.body;
    let bar = || {
        html! {
            <div part="bar" lang={lang(view)} dir={dir(view)}>
                {when(settings.reads, || read_counter(shown))}
                {when(settings.share, || share_bar(shown))}
            </div>
        }
    };
    html! {
        <div part="gema">
            {when(settings.body, || heading(shown))}
            {when(above, bar)}
            <slot />
            <div part="below" lang={lang(view)} dir={dir(view)}>
                {when(!above, bar)}
                {when(shown.poll, || poll(shown))}
                {notice(shown)}
            </div>
        </div>
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
