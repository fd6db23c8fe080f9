//! How far a widget is drawn: in tasks of their own, so that in between a small phone answers its reader.

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::{App, Message};

/// What is over, is over when it is dropped.
#[expect(dead_code, reason = "the pauses are only waited for")]
pub(super) enum Drawn {
    /// Not at all.
    Nothing(Timeout),
    /// All but the poll.
    Bar(Timeout),
    /// All of it for the first time, and not yet shown.
    All,
    /// Whenever something changes.
    Shown,
}

impl Drawn {
    /// The beginning, which goes on by itself.
    pub(super) fn nothing(ctx: &Context<App>) -> Self {
        Self::Nothing(soon(ctx))
    }

    /// With each message by one step, the pauses' own or another: what it is told makes it hurry.
    pub(super) fn goes_on(&mut self, ctx: &Context<App>) {
        match self {
            Self::Nothing(_) => *self = Self::Bar(soon(ctx)),
            Self::Bar(_) => *self = Self::All,
            Self::All | Self::Shown => {}
        }
    }
}

fn soon(ctx: &Context<App>) -> Timeout {
    let scope = ctx.link().clone();
    Timeout::new(0, move || scope.send_message(Message::Due))
}
