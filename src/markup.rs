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
#[derive(Clone)]
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

/// Renders the widget's markup; takes some tens of microseconds.
pub fn html(drawn: Drawn) -> String {
    render(widget(&Shown {
        settings: &drawn.settings,
        view: &drawn.view,
        state: &drawn.state,
        format: drawn.format,
        device: drawn.device,
        poll: true,
        announces: true,
        action: Some(&drawn.action),
        on_intent: &Callback::noop(),
    }))
}

#[derive(Clone, PartialEq, Properties)]
struct RootProps {
    html: Html,
}

#[component]
fn Root(RootProps { html }: &RootProps) -> Html {
    html.clone()
}

/// Renders nodes to text. Yew logs everything that it renders, so callers suppress the log.
pub fn render(html: Html) -> String {
    // The components never suspend, so the first poll returns everything.
    let rendered = LocalServerRenderer::<Root>::with_props(RootProps { html })
        .hydratable(false)
        .render()
        .now_or_never();
    rendered.unwrap_or_default()
}
