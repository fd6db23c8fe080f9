//! What crosses the wire, on the browser's side: answers and settings read from the fields that
//! `api.js` puts in order, requests written as text. Pure. What the widget does not show, it does
//! not read.

use wire::{
    Answer, Article, ArticleKey, Assets, Batch, Button, ButtonKind, Choice, Counts, Dir, Event, Identity, Imported,
    Labels, Mine, Network, Plural, Poll, Reaction, Refusal, Seq, Tally, View,
};

use crate::{
    outbox::quoted,
    text::{cut, digits, join, number},
};

/// Fields in the order of their shape; empty ones are absent.
pub struct Fields<'a>(Option<&'a str>);

impl<'a> Fields<'a> {
    /// The fields of a text from `api.js`.
    pub fn of(text: &'a str) -> Self {
        Self(Some(text))
    }

    /// The next field, or an empty text after the last.
    pub fn take(&mut self) -> &'a str {
        let Some(rest) = self.0 else { return "" };
        let (field, rest) = cut(rest, b'\x1f').map_or((rest, None), |(field, rest)| (field, Some(rest)));
        self.0 = rest;
        field
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
        while self.0.is_some() {
            let (found, value) = (self.take(), self.take());
            if found == name {
                return Some(value);
            }
        }
        None
    }

    fn text(&mut self) -> String {
        self.take().to_owned()
    }

    fn optional(&mut self) -> Option<String> {
        let text = self.take();
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn list(&mut self, take: &mut dyn FnMut(&mut Self)) {
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
        answer.refused.push(Refusal { index, field, reason, retry_after: fields.small() });
    });
    match status {
        // Without a tally it is somebody else's answer, say a captive portal's.
        Some(200) if !answer.tallies.is_empty() || !answer.refused.is_empty() => Outcome::Answered(answer),
        Some(status @ 400..500) if status != 408 && status != 429 => Outcome::Rejected,
        _ => Outcome::Failed(retry),
    }
}

/// Reads a view; `None` where something that is needed is missing or wrong.
pub fn view(fields: &mut Fields<'_>) -> Option<View> {
    let tally = tally(fields)?;
    let locale = fields.text();
    let dir = if fields.take() == "rtl" { Dir::Rtl } else { Dir::Ltr };
    let poll = match fields.take() {
        "open" => Poll::Open,
        "off" => Poll::Off,
        _ => Poll::Closed,
    };
    let window_ends = fields.integer().unwrap_or(0);
    let (title, byline, published) = (fields.text(), fields.optional(), fields.optional());
    // The body is put into the page by the loader script.
    let article = Article { title, byline, published, url: None, html: String::new() };
    let (mut reactions, mut networks) = (Vec::new(), Vec::new());
    fields.list(&mut |fields| reactions.extend(choice(fields)));
    fields.list(&mut |fields| networks.extend(button(fields)));
    Some(View {
        tally,
        article: (!article.title.is_empty()).then_some(article),
        reactions,
        networks,
        labels: labels(fields),
        locale,
        dir,
        poll,
        window_ends,
        // The loader script's business.
        identity: Identity::default(),
        read_after: 0,
        assets: Assets::default(),
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
        mine: seq.and_then(|seq| Some(Mine { reaction: mine, seq: Seq::parse(seq).ok()? })),
    })
}

fn choice(fields: &mut Fields<'_>) -> Option<Choice> {
    let key = Reaction::parse(fields.take());
    let (emoji, image, label) = (fields.optional(), fields.optional(), fields.text());
    Some(Choice { key: key.ok()?, emoji, image, label })
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
    let (label, href, phone, limit) = (fields.text(), fields.optional(), fields.optional(), fields.small());
    Some(Button { key: key.ok()?, kind: kind?, label, href, phone, limit })
}

/// A text that an older endpoint does not have is empty, and the rest is shown.
fn labels(fields: &mut Fields<'_>) -> Labels {
    Labels {
        share: fields.text(),
        question: fields.text(),
        chosen: fields.text(),
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
    Plural { zero: category(), one: category(), two: category(), few: category(), many: category(), other }
}

/// A batch as JSON.
pub fn body(batch: &Batch) -> String {
    let mut body = String::from("{");
    if let Some(visitor) = &batch.visitor {
        body.push_str(&join(&["\"visitor\":\"", visitor.as_str(), "\","]));
    }
    body.push_str("\"events\":[");
    for (index, event) in batch.events.iter().enumerate() {
        body.push_str(if index > 0 { ",{\"article\":\"" } else { "{\"article\":\"" });
        body.push_str(&escaped(event.article().as_str()));
        body.push_str(&match event {
            Event::Read { key, .. } => join(&["\",\"type\":\"read\",\"key\":\"", key.as_str(), "\"}"]),
            Event::Share { network, key, .. } => {
                let (network, key) = (network.as_str(), key.as_str());
                join(&["\",\"type\":\"share\",\"network\":\"", network, "\",\"key\":\"", key, "\"}"])
            }
            Event::React { reaction, seq, .. } => {
                let (reaction, seq) = (quoted(reaction.as_ref()), digits(seq.get()));
                join(&["\",\"type\":\"react\",\"reaction\":", &reaction, ",\"seq\":", &seq, "}"])
            }
        });
    }
    body.push_str("]}");
    body
}

/// A tally as it is kept: what is shown of it.
pub fn kept_tally(tally: &Tally, at: u64) -> String {
    let (article, rev, reads) = (tally.article.as_str(), digits(tally.rev), digits(tally.reads));
    let article = escaped(article);
    let mut text = join(&["{\"tally\":{\"article\":\"", &article, "\",\"rev\":", &rev, ",\"reads\":", &reads]);
    text.push_str(",\"reactions\":{");
    for (index, (reaction, count)) in tally.reactions.0.iter().enumerate() {
        let quote = if index > 0 { ",\"" } else { "\"" };
        text.push_str(&join(&[quote, reaction.as_str(), "\":", &digits(*count)]));
    }
    text.push_str(&join(&["}},\"at\":", &digits(at), "}"]));
    text
}

/// A text within the quotes of JSON. The only ones that may need it are article keys, which have no
/// control characters.
fn escaped(text: &str) -> String {
    let mut escaped = Vec::new();
    for byte in text.bytes() {
        if b"\"\\".contains(&byte) {
            escaped.push(b'\\');
        }
        escaped.push(byte);
    }
    // As well formed as it was: what was added is ASCII, before ASCII.
    String::from_utf8(escaped).unwrap_or_default()
}

#[cfg(test)]
mod tests;
