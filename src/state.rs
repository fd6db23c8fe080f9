//! The whole model of one widget, and the one function that changes it. Pure: time and randomness
//! come with the action. What is shown = the endpoint's newest tally + entries still unsent.

use wire::{Answer, ArticleKey, IdempotencyKey, Network, OwnVote, Poll, Reaction, Seq, Tally};

use crate::outbox::{self, Entry, Outbox, What};

mod shown;

/// For how long a tally with a greater `rev` than the endpoint's own is believed, in ms: a cache may
/// be late by a minute, a restored backup is behind for ever.
const HEALS_AFTER: u64 = 10 * 60_000;

/// What one widget knows.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Of which article.
    pub article: ArticleKey,
    /// The newest tally that was shown.
    pub tally: Tally,
    /// When it came, in ms since 1970.
    pub tally_at: u64,
    /// What is on its way.
    pub outbox: Outbox,
    /// Whether readers may react.
    pub poll: Poll,
    /// The end of the current window of reads and shares, in ms since 1970.
    pub window_ends: u64,
    /// Where the page is narrow: all buttons of the share bar are shown, whatever is open below them.
    pub more: bool,
    /// The panel that is open in the share bar.
    pub panel: Option<Panel>,
    /// The reader's Mastodon instance, or what she is writing there.
    pub instance: String,
    /// Said once to a screen reader, about what she has just done.
    pub said: Option<Said>,
    /// Whether that is the same as what was said before.
    pub again: bool,
    /// The last choice was not taken.
    pub refused: bool,
}

/// What the share bar can open below itself, one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The QR code.
    Qr,
    /// The QR code did not come.
    QrFailed,
    /// The address is too long for a QR code that can be read.
    QrTooLong,
    /// The field for a Mastodon instance.
    Mastodon,
    /// The same, after something that is no host name.
    MastodonInvalid,
    /// The address in a field, where the clipboard is out of reach.
    CopyByHand,
}

impl Panel {
    /// The panel as its button opens it, before anything went wrong in it.
    pub fn opener(self) -> Self {
        match self {
            Self::QrFailed | Self::QrTooLong => Self::Qr,
            Self::MastodonInvalid => Self::Mastodon,
            panel => panel,
        }
    }
}

/// What a screen reader says after the reader's own action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Her choice was made.
    Chosen(Reaction),
    /// Her choice was taken back.
    TakenBack,
    /// The address is on the clipboard.
    Copied,
    /// What is to be seen in a panel, or what went wrong there.
    Panel(Panel),
    /// She has opened or closed something, which the focus tells.
    Nothing,
}

/// Everything that can happen to a widget.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A tally came: with a view, or from what the browser keeps.
    Tallied(Tally),
    /// A newer view says these.
    Viewed {
        /// See [`State::poll`].
        poll: Poll,
        /// See [`State::window_ends`].
        window_ends: u64,
    },
    /// The reader pressed an option: her choice, or taken back if it was that already.
    Pressed(Reaction),
    /// She has read the article.
    Read {
        /// Made for this read.
        key: IdempotencyKey,
        /// The end of its window.
        until: u64,
    },
    /// She clicked a button of the share bar.
    Shared {
        /// Which one.
        network: Network,
        /// Made for this share, if it is one: the second in a window is not.
        key: IdempotencyKey,
    },
    /// The endpoint answered a request with these entries.
    Answered {
        /// What was sent.
        sent: Vec<Entry>,
        /// What came back.
        answer: Answer,
        /// From 0 to 999.
        jitter: u32,
    },
    /// A request failed, or must wait.
    Failed {
        /// Seconds, as the endpoint said.
        retry_after: Option<u32>,
        /// From 0 to 999.
        jitter: u32,
    },
    /// The endpoint refused a request as a whole: it takes nothing from this page.
    Rejected {
        /// What was sent.
        sent: Vec<Entry>,
    },
    /// Whatever is unsent should be sent at once.
    Hurried,
    /// Another widget, here or in another tab, has changed what the browser keeps.
    Kept(Entry),
    /// All buttons are shown, or the first ones again; the panel of one that goes would be nobody's.
    More,
    /// A panel is opened, or closed if it is open.
    Toggled(Panel),
    /// The open panel is closed.
    Closed,
    /// The QR code is to be seen.
    Seen,
    /// What was written is no server.
    NoServer {
        /// The focus was in the field: nothing else tells her.
        stays: bool,
    },
    /// The reader is writing her instance.
    Wrote(String),
    /// The address was put on the clipboard.
    Copied,
}

impl State {
    /// A widget that knows nothing yet but what the browser keeps.
    pub fn new(article: ArticleKey, kept: impl IntoIterator<Item = Entry>) -> Self {
        let mut outbox = Outbox::default();
        kept.into_iter().for_each(|entry| outbox.put(entry));
        Self {
            tally: Tally::empty(article.clone()),
            article,
            tally_at: 0,
            outbox,
            poll: Poll::Open,
            window_ends: 0,
            more: false,
            panel: None,
            instance: String::new(),
            said: None,
            again: false,
            refused: false,
        }
    }

    /// Lets `action` happen at `now` (ms since 1970). Total: no order of actions makes it panic.
    pub fn reduce(&mut self, action: Action, now: u64) {
        let before = self.held_up();
        self.outbox.expire(now);
        match action {
            Action::Tallied(tally) => self.take(tally, now),
            Action::Viewed { poll, window_ends } => {
                (self.poll, self.window_ends) = (poll, window_ends)
            }
            Action::Pressed(reaction) => return self.press(reaction, now),
            Action::Read { key, until } => {
                self.add_once(outbox::read(self.article.clone(), key, until))
            }
            Action::Shared { network, key } => {
                let what = What::Share {
                    network,
                    key,
                    until: self.window_end(now),
                };
                self.add_once(Entry {
                    article: self.article.clone(),
                    what,
                    sent: false,
                });
            }
            Action::Answered {
                sent,
                answer,
                jitter,
            } => self.answered(&sent, answer, now, jitter),
            Action::Failed {
                retry_after,
                jitter,
            } => self.outbox.failed(now, retry_after, jitter),
            Action::Rejected { sent } => {
                self.outbox.succeeded();
                for entry in &sent {
                    self.refuse(entry);
                    self.outbox.end(entry);
                }
            }
            Action::Hurried => self.outbox.hurry(),
            Action::Kept(entry) if entry.article == self.article => self.outbox.merge(entry),
            Action::Kept(_) => {}
            Action::More => {
                self.more = !self.more;
                self.open(None);
            }
            Action::Toggled(panel) => {
                self.open(Some(panel).filter(|_| self.panel.map(Panel::opener) != Some(panel)))
            }
            Action::Closed => self.open(None),
            Action::Seen if self.panel == Some(Panel::Qr) => self.say(Said::Panel(Panel::Qr)),
            Action::Seen => {}
            Action::NoServer { stays } => {
                self.panel = Some(Panel::MastodonInvalid);
                self.say(if stays {
                    Said::Panel(Panel::MastodonInvalid)
                } else {
                    Said::Nothing
                });
            }
            Action::Wrote(instance) => self.instance = instance,
            Action::Copied => {
                self.panel = None;
                self.say(Said::Copied);
            }
        }
        // What becomes of her choice is said, whatever was said since; and nothing of one that she made on another page.
        if before != self.held_up() && self.said.is_some() {
            self.say_choice(self.chosen().cloned());
        }
    }

    /// Whether the choice waits, and whether it was not taken.
    fn held_up(&self) -> (bool, bool) {
        (self.waiting(), self.refused)
    }

    fn open(&mut self, panel: Option<Panel>) {
        self.panel = panel;
        self.say(match panel {
            Some(panel @ (Panel::QrFailed | Panel::QrTooLong)) => Said::Panel(panel),
            _ => Said::Nothing,
        });
    }

    fn say(&mut self, said: Said) {
        self.again = !self.again && self.said.as_ref() == Some(&said) && said != Said::Nothing;
        self.said = Some(said);
    }

    fn say_choice(&mut self, reaction: Option<Reaction>) {
        (self.said, self.again) = (Some(reaction.map_or(Said::TakenBack, Said::Chosen)), false);
    }

    /// Takes a tally unless it is older than the shown one, or the shown one is ten minutes old; then any is taken.
    fn take(&mut self, tally: Tally, now: u64) {
        if tally.article == self.article
            && (tally.rev >= self.tally.rev || now.abs_diff(self.tally_at) > HEALS_AFTER)
        {
            (self.tally, self.tally_at) = (
                Tally {
                    mine: None,
                    ..tally
                },
                now,
            );
        }
    }

    fn press(&mut self, pressed: Reaction, now: u64) {
        if self.poll != Poll::Open {
            return;
        }
        let (chosen, known, before) =
            match self.outbox.choice(&self.article).map(|entry| &entry.what) {
                Some(What::Choice {
                    reaction,
                    seq,
                    before,
                }) => (reaction.clone(), Some(*seq), before.clone()),
                _ => (None, None, None),
            };
        let reaction = (chosen.as_ref() != Some(&pressed)).then_some(pressed);
        self.say_choice(reaction.clone());
        self.refused = false;
        let what = What::Choice {
            reaction,
            seq: Seq::next(now, known),
            before,
        };
        self.outbox.put(Entry {
            article: self.article.clone(),
            what,
            sent: false,
        });
    }

    /// Reads and shares: the first one in a window stands.
    fn add_once(&mut self, entry: Entry) {
        if !self.outbox.has(&entry) {
            self.outbox.put(entry);
        }
    }

    fn answered(&mut self, sent: &[Entry], answer: Answer, now: u64, jitter: u32) {
        self.outbox.succeeded();
        for (index, entry) in sent.iter().enumerate() {
            match answer.refused.iter().find(|refusal| refusal.index == index) {
                None => self
                    .outbox
                    .acknowledged(entry, mine(&answer, &entry.article)),
                Some(refusal) if refusal.retry_after.is_some() => {
                    self.outbox.failed(now, refusal.retry_after, jitter);
                }
                Some(_) => self.refuse(entry),
            }
        }
        answer
            .tallies
            .into_iter()
            .for_each(|tally| self.take(tally, now));
    }

    /// Undoes what the endpoint will not count, and shows so where it is the choice that is shown.
    fn refuse(&mut self, entry: &Entry) {
        self.refused |= self.outbox.refused(entry) && entry.article == self.article;
    }

    /// The end of the window that `now` is in. A view from a cache may still tell of the last one.
    fn window_end(&self, now: u64) -> u64 {
        const DAY: u64 = 24 * 60 * 60_000;
        let latest = now.saturating_add(DAY);
        if self.window_ends > now {
            self.window_ends.min(latest)
        } else {
            latest
        }
    }
}

fn mine<'a>(answer: &'a Answer, article: &ArticleKey) -> Option<&'a OwnVote> {
    answer
        .tallies
        .iter()
        .find(|tally| tally.article == *article)?
        .mine
        .as_ref()
}

#[cfg(test)]
mod tests;
