//! What crosses the boundary to JavaScript: answers, settings and entries as fields, which `api.js`
//! puts in order, and which it makes requests of. Pure. What the widget does not show, it does not
//! read.

use wire::{
    Answer, Article, ArticleKey, Assets, Button, ButtonKind, Choice, Counting, Counts, Dir, Face,
    IdempotencyKey, Imported, Labels, Network, OwnVote, Plural, Poll, Reaction, ReadDedup,
    RejectedEvent, Seq, ShareStyle, Tally, View,
};

use crate::{
    outbox::{Entry, What},
    text::{cut, digits, join, number},
};

/// What parts the fields of a text: no name has it, and in a text to be shown it is nothing.
const SEPARATOR: &str = "\x1f";

/// Fields in the order of their shape; empty ones are absent.
pub struct Fields<'a>(Option<&'a str>);

impl<'a> Fields<'a> {
    /// The fields of a text from `api.js`.
    pub fn of(text: &'a str) -> Self {
        Self(Some(text))
    }

    /// The next field, or an empty text after the last.
    pub fn take(&mut self) -> &'a str {
        self.next().unwrap_or_default()
    }

    fn next(&mut self) -> Option<&'a str> {
        let (field, rest) = cut(self.0?, b'\x1f');
        self.0 = rest;
        Some(field)
    }

    /// The next field as an integer that JavaScript can hold.
    pub fn integer(&mut self) -> Option<u64> {
        number(self.take()).filter(|number| *number <= Seq::MAX.get())
    }

    /// The next field as a small integer.
    pub fn small(&mut self) -> Option<u32> {
        self.integer().and_then(|number| u32::try_from(number).ok())
    }

    /// What follows a name in a list of names and values.
    pub fn named(mut self, name: &str) -> Option<&'a str> {
        while let (Some(found), value) = (self.next(), self.take()) {
            if found == name {
                return Some(value);
            }
        }
        None
    }

    /// The next field as a text of its own.
    pub fn text(&mut self) -> String {
        self.take().to_owned()
    }

    fn optional(&mut self) -> Option<String> {
        let text = self.take();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A list: its length, and then each of its items.
    pub fn list(&mut self, take: &mut dyn FnMut(&mut Self)) {
        for _ in 0..self.small().unwrap_or(0) {
            take(self);
        }
    }
}

/// What became of a request.
pub enum Outcome {
    /// The endpoint has taken it.
    Answered(Answer),
    /// Nobody answered, or the endpoint asks to wait that many seconds.
    Failed(Option<u32>),
    /// The endpoint says that the request is wrong.
    Rejected,
}

/// Reads a response: its status and `Retry-After`, its tallies and refusals.
pub fn outcome(fields: &mut Fields<'_>) -> Outcome {
    let (status, retry) = (fields.small(), fields.small());
    let mut answer = Answer::default();
    fields.list(&mut |fields| answer.tallies.extend(tally(fields)));
    fields.list(&mut |fields| {
        // Field and reason are for developers, who see them in the network panel.
        let (field, reason) = (String::new(), String::new());
        let index = fields.small().map_or(usize::MAX, |index| index as usize);
        answer.refused.push(RejectedEvent {
            index,
            field,
            reason,
            retry_after: fields.small(),
        });
    });
    match status {
        // Without a tally it is somebody else's answer, say a captive portal's.
        Some(200) if !answer.tallies.is_empty() || !answer.refused.is_empty() => {
            Outcome::Answered(answer)
        }
        Some(status @ 400..500) if ![408, 425, 429].contains(&status) => Outcome::Rejected,
        _ => Outcome::Failed(retry),
    }
}

/// Reads a view; `None` where something that is needed is missing or wrong.
pub fn view(fields: &mut Fields<'_>) -> Option<View> {
    let tally = tally(fields)?;
    let locale = fields.text();
    let dir = if fields.take() == "rtl" {
        Dir::Rtl
    } else {
        Dir::Ltr
    };
    let poll = match fields.take() {
        "open" => Poll::Open,
        "off" => Poll::Off,
        _ => Poll::Closed,
    };
    let window_ends = fields.integer().unwrap_or(0);
    let (title, byline, published) = (fields.text(), fields.optional(), fields.optional());
    // The body is put into the page by the loader script.
    let article = Article {
        title,
        byline,
        published,
        url: None,
        html: String::new(),
    };
    let (mut reactions, mut networks) = (Vec::new(), Vec::new());
    fields.list(&mut |fields| reactions.extend(choice(fields)));
    fields.list(&mut |fields| networks.extend(button(fields)));
    let share_style = match fields.take() {
        "words" => ShareStyle::Words,
        "both" => ShareStyle::Both,
        _ => ShareStyle::Icons,
    };
    let show_from = fields.small().unwrap_or(1);
    let columns = fields.small().and_then(|step| u8::try_from(step).ok());
    Some(View {
        tally,
        article: (!article.title.is_empty()).then_some(article),
        reactions,
        networks,
        share_style,
        show_from,
        columns: columns.unwrap_or(0),
        labels: labels(fields),
        locale,
        dir,
        poll,
        window_ends,
        // The loader script's business.
        identity: ReadDedup::default(),
        read_after: 0,
        live: false,
        assets: Assets::default(),
        refusal: None,
        counts: true,
    })
}

/// Reads a tally.
pub fn tally(fields: &mut Fields<'_>) -> Option<Tally> {
    let article = ArticleKey::parse(fields.take());
    let (rev, reads, seq) = (fields.integer(), fields.integer(), fields.integer());
    let mine = Reaction::parse(fields.take()).ok();
    let mut reactions = Vec::new();
    fields.list(&mut |fields| {
        if let (Ok(reaction), Some(count)) = (Reaction::parse(fields.take()), fields.integer()) {
            reactions.push((reaction, count));
        }
    });
    Some(Tally {
        article: article.ok()?,
        rev: rev?,
        reads: reads?,
        imported: Imported::default(),
        reactions: Counts(reactions),
        shares: Counts::default(),
        mine: seq.and_then(|seq| {
            Some(OwnVote {
                reaction: mine,
                seq: Seq::parse(seq).ok()?,
            })
        }),
    })
}

fn choice(fields: &mut Fields<'_>) -> Option<Choice> {
    let key = Reaction::parse(fields.take());
    let (emoji, image, label) = (fields.optional(), fields.optional(), fields.text());
    let face = Face {
        skin: fields.text(),
        lines: fields.text(),
        shape: fields.text(),
        colour: fields.text(),
    };
    Some(Choice {
        key: key.ok()?,
        emoji,
        image,
        face: (!face.lines.is_empty()).then_some(face),
        label,
    })
}

/// A kind that this release does not know is no button.
fn button(fields: &mut Fields<'_>) -> Option<Button> {
    let key = Network::parse(fields.take());
    let kind = match fields.take() {
        "link" => Some(ButtonKind::Link),
        "native" => Some(ButtonKind::Native),
        "copy" => Some(ButtonKind::Copy),
        "qr" => Some(ButtonKind::Qr),
        "mastodon" => Some(ButtonKind::Mastodon),
        _ => None,
    };
    let (label, mark, href, phone, limit) = (
        fields.text(),
        fields.optional(),
        fields.optional(),
        fields.optional(),
        fields.small(),
    );
    let counting = if fields.take() == "weighted" {
        Counting::Weighted
    } else {
        Counting::Graphemes
    };
    Some(Button {
        key: key.ok()?,
        kind: kind?,
        label,
        mark,
        href,
        phone,
        limit,
        counting,
        url_counts: fields.small(),
    })
}

/// A text that an older endpoint does not have is empty, and the rest is shown.
fn labels(fields: &mut Fields<'_>) -> Labels {
    Labels {
        share: fields.text(),
        question: fields.text(),
        percent: fields.text(),
        chosen: fields.text(),
        undo: fields.text(),
        first: fields.text(),
        taken_back: fields.text(),
        waiting: fields.text(),
        refused: fields.text(),
        closed: fields.text(),
        more: fields.text(),
        close: fields.text(),
        copied: fields.text(),
        copy_by_hand: fields.text(),
        qr: fields.text(),
        qr_failed: fields.text(),
        qr_too_long: fields.text(),
        instance: fields.text(),
        instance_invalid: fields.text(),
        instance_go: fields.text(),
        new_tab: fields.text(),
        reads: plural(fields),
        responses: plural(fields),
    }
}

fn plural(fields: &mut Fields<'_>) -> Plural {
    let other = fields.text();
    let mut category = || fields.optional();
    Plural {
        zero: category(),
        one: category(),
        two: category(),
        few: category(),
        many: category(),
        other,
    }
}

/// Reads an entry of that kind back; `None` for whatever else is kept there, or was damaged.
pub fn entry(kind: &str, fields: &mut Fields<'_>) -> Option<Entry> {
    let article = ArticleKey::parse(fields.take());
    let (network, sent, key) = (fields.take(), fields.take(), fields.take());
    let (until, seq) = (fields.integer(), fields.integer());
    let (reaction, before) = (reaction(fields), reaction(fields));
    let what = match kind {
        "mine" => What::Choice {
            reaction: reaction?,
            seq: Seq::parse(seq?).ok()?,
            before: before?,
        },
        "read" => What::Read {
            key: IdempotencyKey::parse(key).ok()?,
            until: until?,
        },
        "share" => What::Share {
            network: Network::parse(network).ok()?,
            key: IdempotencyKey::parse(key).ok()?,
            until: until?,
        },
        _ => return None,
    };
    Some(Entry {
        article: article.ok()?,
        what,
        sent: sent == "true",
    })
}

fn reaction(fields: &mut Fields<'_>) -> Option<Option<Reaction>> {
    match fields.take() {
        "" => Some(None),
        key => Reaction::parse(key).ok().map(Some),
    }
}

/// An entry as `api.js` reads it: its kind, and then what [`entry`] reads.
pub fn entry_text(entry: &Entry) -> String {
    let (mut kind, mut network, mut key, mut until) = ("read", "", "", String::new());
    let (mut seq, mut reactions) = (String::new(), [""; 2]);
    match &entry.what {
        What::Choice {
            reaction,
            seq: chosen,
            before,
        } => {
            (kind, seq) = ("mine", digits(chosen.get()));
            reactions =
                [reaction, before].map(|reaction| reaction.as_ref().map_or("", Reaction::as_str));
        }
        What::Read {
            key: read,
            until: end,
        } => (key, until) = (read.as_str(), digits(*end)),
        What::Share {
            network: to,
            key: shared,
            until: end,
        } => {
            (kind, network, key, until) = ("share", to.as_str(), shared.as_str(), digits(*end));
        }
    }
    let sent = if entry.sent { "true" } else { "" };
    text(&[
        kind,
        entry.article.as_str(),
        network,
        sent,
        key,
        &until,
        &seq,
        reactions[0],
        reactions[1],
    ])
}

/// A tally as `api.js` reads it: what is shown of it, and when it came.
pub fn tally_text(tally: &Tally, at: u64) -> String {
    let mut kept = text(&[
        "tally",
        tally.article.as_str(),
        &digits(tally.rev),
        &digits(tally.reads),
        &digits(at),
    ]);
    for (reaction, count) in &tally.reactions.0 {
        kept.push_str(&join(&[SEPARATOR, reaction.as_str(), "=", &digits(*count)]));
    }
    kept
}

/// Entries as `api.js` makes a request of them.
pub fn request(entries: &[Entry]) -> String {
    let mut request = String::new();
    for entry in entries {
        request.push_str(if request.is_empty() { "" } else { "\x1e" });
        request.push_str(&entry_text(entry));
    }
    request
}

fn text(fields: &[&str]) -> String {
    let mut text = String::new();
    for (place, field) in fields.iter().enumerate() {
        text.push_str(if place == 0 { "" } else { SEPARATOR });
        text.push_str(field);
    }
    text
}

#[cfg(test)]
mod tests;
