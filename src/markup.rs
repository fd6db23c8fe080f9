//! The widget's markup as text: what a server sends to readers whose browser has not drawn it yet, or never will. The
//! same components, so that nothing shifts when the browser draws them.

use futures_util::FutureExt;
use wire::View;
use yew::{LocalServerRenderer, prelude::*};

use crate::{
    components::{Device, Shown, widget},
    format::Format,
    settings::Settings,
    state::{Action, State},
};

/// All that the markup is made from.
#[derive(Clone, Properties)]
pub struct Drawn {
    /// What the page wants.
    pub settings: Settings,
    /// Options, buttons and texts.
    pub view: View,
    /// Counts and choices.
    pub state: State,
    /// How numbers and dates are written.
    pub format: &'static (dyn Format + Sync),
    /// What the reader's device can do, as far as that is known.
    pub device: Device,
}

impl Drawn {
    /// For a reader who has done nothing yet, at `now` (ms since 1970).
    pub fn new(settings: Settings, view: View, format: &'static (dyn Format + Sync), now: u64) -> Self {
        let mut state = State::new(settings.article.clone(), []);
        state.reduce(Action::Tallied(view.tally.clone()), now);
        state.reduce(Action::Viewed { poll: view.poll, window_ends: view.window_ends }, now);
        Self { settings, view, state, format, device: Device::default() }
    }
}

/// Drawn once, and compared with nothing.
impl PartialEq for Drawn {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

#[component]
fn Root(Drawn { settings, view, state, format, device }: &Drawn) -> Html {
    widget(&Shown { settings, view, state, format: *format, device: *device })
}

/// The markup. Takes some tens of microseconds.
pub fn html(drawn: Drawn) -> String {
    // The components wait for nothing, so that all is there at the first look.
    let rendered = LocalServerRenderer::<Root>::with_props(drawn).hydratable(false).render().now_or_never();
    rendered.unwrap_or_default()
}
