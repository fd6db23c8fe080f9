//! The widget's markup as text: what a server sends to readers whose browser has not drawn it yet, or never will. The
//! same components, so that nothing shifts when the browser draws them.

use futures_util::FutureExt;
use wire::{OwnVote, View};
use yew::{LocalServerRenderer, prelude::*};

use crate::{
    components::{Device, Shown, widget},
    format::Format,
    outbox::{Entry, What},
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
    /// Where her choice goes, by a form.
    pub action: String,
}

impl Drawn {
    /// At `now` (ms since 1970), for a reader who has done nothing yet, or chosen what the view's tally says of her.
    pub fn new(
        settings: Settings,
        view: View,
        format: &'static (dyn Format + Sync),
        now: u64,
    ) -> Self {
        let chosen = view.tally.mine.clone().map(|OwnVote { reaction, seq }| {
            let before = reaction.clone();
            Entry {
                article: settings.article.clone(),
                what: What::Choice {
                    reaction,
                    seq,
                    before,
                },
                sent: true,
            }
        });
        let mut state = State::new(settings.article.clone(), chosen);
        state.reduce(Action::Tallied(view.tally.clone()), now);
        state.reduce(
            Action::Viewed {
                poll: view.poll,
                window_ends: view.window_ends,
            },
            now,
        );
        Self {
            settings,
            view,
            state,
            format,
            device: Device::default(),
            action: String::new(),
        }
    }
}

/// Drawn once, and compared with nothing.
impl PartialEq for Drawn {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

#[component]
fn Root(
    Drawn {
        settings,
        view,
        state,
        format,
        device,
        action,
    }: &Drawn,
) -> Html {
    widget(&Shown {
        settings,
        view,
        state,
        format: *format,
        device: *device,
        poll: true,
        announces: true,
        action: Some(action),
    })
}

/// The markup. Takes some tens of microseconds.
pub fn html(drawn: Drawn) -> String {
    // The components wait for nothing, so that all is there at the first look.
    let rendered = LocalServerRenderer::<Root>::with_props(drawn)
        .hydratable(false)
        .render()
        .now_or_never();
    rendered.unwrap_or_default()
}
