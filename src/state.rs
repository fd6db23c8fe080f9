//! The model of one widget, and the function that changes it. Pure: time and randomness are arguments. Displayed counts
//! are the endpoint's latest tally plus unsent entries.

use std::rc::Rc;

use wire::{Answer, ArticleKey, IdempotencyKey, Network, OwnVote, Poll, Reaction, Seq, Tally};

use crate::outbox::{self, Entry, Outbox, What};

mod shown;

/// How long a tally is kept although the endpoint sends one with a lower `rev`, in ms. A cache may be late by a minute;
/// after a restored backup, the endpoint's `rev` stays lower for long.
const HEALS_AFTER_MS: u64 = 10 * 60_000;

/// State of one widget.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The widget's article.
    pub article: ArticleKey,
    /// The latest tally that was displayed.
    pub tally: Rc<Tally>,
    /// When it was received, in ms since 1970.
    pub tally_at: u64,
    /// Events of the reader.
    pub outbox: Outbox,
    /// Whether readers may react.
    pub poll: Poll,
    /// The end of the current window of reads and shares, in ms since 1970.
    pub window_ends: u64,
    /// On a narrow page: whether all buttons of the share bar are shown, independent of the open panel.
    pub more: bool,
    /// The panel that is open in the share bar.
    pub panel: Option<Panel>,
    /// The reader's Mastodon instance, as stored or as being entered.
    pub instance: String,
    /// The message for screen readers about the reader's last action.
    pub said: Option<Said>,
    /// Whether this message repeats the one before.
    pub again: bool,
    /// Whether the endpoint has rejected the last choice.
    pub refused: bool,
}

/// A panel of the share bar; one is open at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The QR code.
    Qr,
    /// The QR code could not be loaded.
    QrFailed,
    /// The address is too long for a readable QR code.
    QrTooLong,
    /// The field for a Mastodon instance.
    Mastodon,
    /// The field for a Mastodon instance, after invalid input.
    MastodonInvalid,
    /// A field to copy the address from, because writing to the clipboard failed.
    CopyByHand,
}

impl Panel {
    /// The panel that the button opens, before any failure.
    pub fn opener(self) -> Self {
        match self {
            Self::QrFailed | Self::QrTooLong => Self::Qr,
            Self::MastodonInvalid => Self::Mastodon,
            panel => panel,
        }
    }
}

/// A message for screen readers, after an action of the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A choice was made.
    Chosen(Reaction),
    /// A choice was withdrawn.
    TakenBack,
    /// The address is on the clipboard.
    Copied,
    /// The contents of a panel, or the error in it.
    Panel(Panel),
    /// No message: something was opened or closed, and screen readers announce the moved focus.
    Nothing,
}

/// An event that changes the state.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A tally arrived, from the endpoint or from the browser's storage.
    Tallied(Tally),
    /// A newer view arrived.
    Viewed {
        /// See [`State::poll`].
        poll: Poll,
        /// See [`State::window_ends`].
        window_ends: u64,
    },
    /// The reader pressed an option: chooses it, or withdraws the choice if it was chosen.
    Pressed(Reaction),
    /// The read of the article is due.
    Read {
        /// The idempotency key.
        key: IdempotencyKey,
        /// The end of its window, in ms since 1970.
        until: u64,
    },
    /// The reader clicked a button of the share bar.
    Shared {
        /// The button's network.
        network: Network,
        /// The idempotency key; unused for a repeated share in the same window.
        key: IdempotencyKey,
    },
    /// The endpoint responded to a request.
    Answered {
        /// The entries of the request.
        sent: Vec<Entry>,
        /// The response.
        answer: Answer,
        /// Random, 0 to 999.
        jitter: u32,
    },
    /// A request failed, or must be repeated later.
    Failed {
        /// The endpoint's delay, in seconds.
        retry_after: Option<u32>,
        /// Random, 0 to 999.
        jitter: u32,
    },
    /// The endpoint rejected a whole request: it accepts nothing from this page.
    Rejected {
        /// The entries of the request.
        sent: Vec<Entry>,
    },
    /// Send unsent entries immediately.
    Hurried,
    /// Another widget, here or in another tab, has changed the browser's storage.
    Kept(Entry),
    /// Show all buttons, or only the first ones again. Closes the panel, whose button may be hidden then.
    More,
    /// Open a panel, or close it if it is open.
    Toggled(Panel),
    /// Close the open panel.
    Closed,
    /// The QR code was loaded.
    Seen,
    /// The reader has entered an invalid instance.
    NoServer {
        /// The focus was in the field already, so moving it there announces nothing.
        stays: bool,
    },
    /// The reader is entering an instance.
    Wrote(String),
    /// The address was copied to the clipboard.
    Copied,
}

impl State {
    /// The initial state, with the stored entries.
    pub fn new(article: ArticleKey, kept: impl IntoIterator<Item = Entry>) -> Self {
        let mut outbox = Outbox::default();
        kept.into_iter().for_each(|entry| outbox.put(entry));
        Self {
            tally: Tally::empty(article.clone()).into(),
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

    /// Applies an action at the time `now` (ms since 1970). Never panics, in whatever order actions come.
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
                let read = outbox::read(self.article.clone(), key, until);
                self.outbox.put_once(read);
            }
            Action::Shared { network, key } => {
                let what = What::Share {
                    network,
                    key,
                    until: self.window_end(now),
                };
                self.outbox.put_once(Entry {
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
        // Announce a change of the choice's outcome, unless the choice was made on another page.
        if before != self.held_up() && self.said.is_some() {
            self.say_choice(self.chosen().cloned());
        }
    }

    /// Whether the choice waits for a connection, and whether it was rejected.
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

    /// Accepts a tally unless it is older than the displayed one. If that was received more than ten minutes ago,
    /// accepts any.
    fn take(&mut self, tally: Tally, now: u64) {
        if tally.article == self.article
            && (tally.rev >= self.tally.rev || now.abs_diff(self.tally_at) > HEALS_AFTER_MS)
        {
            let shown = Tally {
                mine: None,
                ..tally
            };
            (self.tally, self.tally_at) = (shown.into(), now);
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

    /// Reverts an entry that the endpoint has rejected, and records it if it was this article's choice.
    fn refuse(&mut self, entry: &Entry) {
        self.refused |= self.outbox.refused(entry) && entry.article == self.article;
    }

    /// The end of the current window. A cached view may contain the end of the previous one, so then assume a day from
    /// now.
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
