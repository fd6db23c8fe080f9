//! Renders the widget's markup as text on a server, for readers whose browser has not rendered it yet, or never will.
//! Uses the same components, so that nothing moves when the browser renders them.

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

/// The input of the rendering.
#[derive(Clone, Properties)]
pub struct Drawn {
    /// Settings from the page.
    pub settings: Settings,
    /// Options, buttons and texts.
    pub view: View,
    /// Counts and choices.
    pub state: State,
    /// Formatter for numbers and dates.
    pub format: &'static (dyn Format + Sync),
    /// Capabilities of the reader's device, as far as known.
    pub device: Device,
    /// The `action` of the poll's form.
    pub action: String,
}

impl Drawn {
    /// The state at `now` (ms since 1970), for a reader without unsent events. The choice in the view's tally, if any,
    /// is pressed.
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

/// Rendered only once, so comparing is pointless.
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
        on_intent: &Callback::noop(),
    })
}

/// Renders the markup; takes some tens of microseconds.
pub fn html(drawn: Drawn) -> String {
    // The components never suspend, so the first poll returns everything.
    let rendered = LocalServerRenderer::<Root>::with_props(drawn)
        .hydratable(false)
        .render()
        .now_or_never();
    rendered.unwrap_or_default()
}
