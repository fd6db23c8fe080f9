//! The state of the root component: a reducer around the pure [`State`](crate::state::State). The time of a change is part of it.

use std::{mem, rc::Rc};

use wire::{Tally, View};
use yew::Reducible;

use crate::{
    components::Device,
    settings::Settings,
    state::{Action, State},
};

/// How much is rendered. Each stage is a task of its own, so that a slow phone can respond to its reader in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing.
    Empty,
    /// Everything except the poll.
    BarOnly,
    /// Everything.
    Full,
    /// Nothing: the widget has ended.
    Ended,
}

/// Everything that a widget is rendered from.
#[derive(Clone)]
pub struct Model {
    /// The element's attributes.
    pub settings: Rc<Settings>,
    /// Options, buttons and texts.
    pub view: Rc<View>,
    /// When the view arrived, in ms since 1970.
    pub viewed_at: u64,
    /// Counts and choices.
    pub state: State,
    /// Capabilities of the device.
    pub device: Device,
    /// Whether the live region contains the last announcement; false during the pause after a press.
    pub announces: bool,
    /// How much is rendered.
    pub stage: Stage,
}

/// A change of the model.
pub enum Change {
    /// Something has happened, at that time (ms since 1970).
    Act(Action, u64),
    /// The element's attributes have changed, and neither site nor article.
    Settings(Rc<Settings>),
    /// A newer view arrived, at that time (ms since 1970).
    View(Box<View>, u64),
    /// The view was requested again at that time (ms since 1970).
    ViewRequested(u64),
    /// Whether announcements go into the live region; not immediately after a press.
    Announces(bool),
    /// The browser does not let this page open the device's share sheet.
    NoShareSheet,
    /// Render the next stage.
    Draw,
    /// A delay has ended: unsent events may be due.
    Tick,
    /// The widget has ended.
    End,
    /// Another widget begins, after the end of the last one.
    Begin(Box<Model>),
}

impl Model {
    /// A widget with `state` as the browser has stored it, at `now` (ms since 1970).
    pub fn new(
        settings: Rc<Settings>,
        view: View,
        mut state: State,
        device: Device,
        now: u64,
    ) -> Self {
        let view = viewed(&mut state, view, now);
        Self {
            settings,
            view,
            viewed_at: now,
            state,
            device,
            announces: true,
            stage: Stage::Empty,
        }
    }
}

/// Applies a view to the state. The returned view has no counts.
fn viewed(state: &mut State, mut view: View, now: u64) -> Rc<View> {
    let empty = Tally::empty(state.article.clone());
    let tally = mem::replace(&mut view.tally, empty);
    state.reduce(Action::Tallied(tally), now);
    let (poll, window_ends) = (view.poll, view.window_ends);
    state.reduce(Action::Viewed { poll, window_ends }, now);
    view.into()
}

impl Reducible for Model {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut next = Self::clone(&self);
        match change {
            Change::Act(action, now) => next.state.reduce(action, now),
            Change::Settings(settings) => next.settings = settings,
            Change::View(view, now) => {
                next.view = viewed(&mut next.state, *view, now);
                next.viewed_at = now;
            }
            Change::ViewRequested(now) => next.viewed_at = now,
            Change::Announces(announces) => next.announces = announces,
            Change::NoShareSheet => next.device.share_sheet = false,
            Change::Draw => {
                next.stage = match self.stage {
                    Stage::Empty => Stage::BarOnly,
                    _ => Stage::Full,
                };
            }
            Change::Tick => {}
            Change::End => next.stage = Stage::Ended,
            Change::Begin(model) => next = *model,
        }
        next.into()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::{ArticleKey, Poll};

    use super::*;

    fn view(rev: u64, reads: u64, poll: Poll) -> View {
        let mut view: View =
            serde_json::from_str(include_str!("../tests/fixtures/view.json")).unwrap();
        (view.tally.rev, view.tally.reads, view.poll) = (rev, reads, poll);
        view.tally.article = article();
        view
    }

    fn article() -> ArticleKey {
        ArticleKey::parse("a").unwrap()
    }

    fn model() -> Rc<Model> {
        let get = |name: &str| match name {
            "site" => Some("demo"),
            "article" => Some("a"),
            _ => None,
        };
        let settings = Settings::read(&get).unwrap().into();
        let (view, state) = (view(2, 841, Poll::Open), State::new(article(), []));
        Model::new(settings, view, state, Device::default(), 1).into()
    }

    fn viewed(model: Rc<Model>, view: View) -> Rc<Model> {
        model.reduce(Change::View(view.into(), 2))
    }

    #[test]
    fn a_newer_view_brings_its_counts_and_an_older_one_the_rest() {
        let newer = viewed(model(), view(3, 900, Poll::Open));
        assert_eq!((newer.state.reads(), newer.viewed_at), (900, 2));
        let older = viewed(newer, view(1, 5, Poll::Closed));
        assert_eq!((older.state.reads(), older.state.poll), (900, Poll::Closed));
    }

    #[test]
    fn a_widget_is_rendered_in_stages_and_another_follows_its_end() {
        let mut model = model();
        let mut stages = Vec::new();
        for _ in 0..3 {
            stages.push(model.stage);
            model = model.reduce(Change::Draw);
        }
        assert_eq!(stages, [Stage::Empty, Stage::BarOnly, Stage::Full]);
        let ended = model.reduce(Change::End);
        assert_eq!(ended.stage, Stage::Ended);
        let first = Model::clone(&self::model());
        assert_eq!(
            ended.reduce(Change::Begin(first.into())).stage,
            Stage::Empty
        );
    }
}
