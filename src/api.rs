//! What crosses the wire, on the browser's side: the endpoint's answers read field by field, our
//! requests written as text. The fixtures that the endpoint's tests read as well hold both to one
//! shape; a JSON library would be a quarter of the whole widget. What the widget does not show, it
//! does not read.

use js_sys::{Array, JSON, Object};
use wasm_bindgen::prelude::*;
use wire::{
    Answer, Article, ArticleKey, Assets, Batch, Button, ButtonKind, Choice, Counts, Dir, Event, Imported, Labels, Mine,
    Network, Plural, Poll, Reaction, Refusal, Seq, Tally, View,
};

use crate::{
    browser::field,
    outbox::quoted,
    text::{digits, join},
};

/// What became of a request.
pub enum Outcome {
    /// The endpoint has taken it.
    Answered(Answer),
    /// Nobody answered, or the endpoint asks to wait that many seconds.
    Failed(Option<u32>),
    /// The endpoint says that the request is wrong.
    Rejected,
}

/// Reads a response: `{status, retry, body}`, or nothing of these where none came in time.
pub fn outcome(response: &JsValue) -> Outcome {
    match integer(response, "status") {
        Some(200) => answer(&field(response, "body")).map_or(Outcome::Failed(None), Outcome::Answered),
        Some(status @ 400..500) if status != 408 && status != 429 => Outcome::Rejected,
        _ => Outcome::Failed(seconds(response, "retry")),
    }
}

/// A batch as JSON.
pub fn body(batch: &Batch) -> String {
    let mut body = String::from("{");
    if let Some(visitor) = &batch.visitor {
        body.push_str(&join(&["\"visitor\":\"", visitor.as_str(), "\","]));
    }
    body.push_str("\"events\":[");
    for (index, event) in batch.events.iter().enumerate() {
        body.push_str(if index > 0 { ",{\"article\":" } else { "{\"article\":" });
        // The only texts that may need escapes: names and tokens have none.
        body.push_str(&JSON::stringify(&event.article().as_str().into()).map_or_else(|_| String::new(), String::from));
        body.push_str(&match event {
            Event::Read { key, .. } => join(&[",\"type\":\"read\",\"key\":\"", key.as_str(), "\"}"]),
            Event::Share { network, key, .. } => {
                let (network, key) = (network.as_str(), key.as_str());
                join(&[",\"type\":\"share\",\"network\":\"", network, "\",\"key\":\"", key, "\"}"])
            }
            Event::React { reaction, seq, .. } => {
                let (reaction, seq) = (quoted(reaction.as_ref()), digits(seq.get()));
                join(&[",\"type\":\"react\",\"reaction\":", &reaction, ",\"seq\":", &seq, "}"])
            }
        });
    }
    body.push_str("]}");
    body
}

/// A tally as it is kept: what is shown of it, without the article, which is in its name.
pub fn kept_tally(tally: &Tally, at: u64) -> String {
    let mut text =
        join(&["{\"tally\":{\"rev\":", &digits(tally.rev), ",\"reads\":", &digits(tally.reads), ",\"reactions\":{"]);
    for (index, (reaction, count)) in tally.reactions.0.iter().enumerate() {
        let quote = if index > 0 { ",\"" } else { "\"" };
        text.push_str(&join(&[quote, reaction.as_str(), "\":", &digits(*count)]));
    }
    text.push_str(&join(&["}},\"at\":", &digits(at), "}"]));
    text
}

/// Reads a kept tally back, and when it came.
pub fn parse_kept_tally(text: &str, article: &ArticleKey) -> Option<(Tally, u64)> {
    let kept = JSON::parse(text).ok()?;
    Some((tally(&field(&kept, "tally"), Some(article))?, integer(&kept, "at")?))
}

/// Reads a view; `None` where something that is needed is missing or wrong.
pub fn view(value: &JsValue) -> Option<View> {
    let (mut reactions, mut networks) = (Vec::new(), Vec::new());
    each(value, "reactions", &mut |item| reactions.extend(choice(item)));
    each(value, "networks", &mut |item| networks.extend(button(item)));
    Some(View {
        tally: tally(&field(value, "tally"), None)?,
        article: article(&field(value, "article")),
        reactions,
        networks,
        labels: labels(&field(value, "labels")),
        locale: text(value, "locale")?,
        dir: if text(value, "dir")? == "rtl" { Dir::Rtl } else { Dir::Ltr },
        poll: match text(value, "poll")?.as_str() {
            "open" => Poll::Open,
            "off" => Poll::Off,
            _ => Poll::Closed,
        },
        window_ends: integer(value, "window_ends").unwrap_or(0),
        // The loader script's business.
        read_after: 0,
        assets: Assets::default(),
    })
}

/// Reads a tally; `known` is its article where the text does not say.
fn tally(value: &JsValue, known: Option<&ArticleKey>) -> Option<Tally> {
    let article = match known {
        Some(article) => article.clone(),
        None => ArticleKey::parse(&text(value, "article")?).ok()?,
    };
    let mine = field(value, "mine");
    let mine = integer(&mine, "seq")
        .and_then(|seq| Seq::parse(seq).ok())
        .map(|seq| Mine { reaction: text(&mine, "reaction").and_then(|key| Reaction::parse(&key).ok()), seq });
    let mut reactions = Vec::new();
    let counts = field(value, "reactions");
    if let Some(object) = counts.dyn_ref::<Object>() {
        for name in Object::keys(object).iter() {
            let Some(name) = name.as_string() else { continue };
            if let (Ok(reaction), Some(count)) = (Reaction::parse(&name), integer(&counts, &name)) {
                reactions.push((reaction, count));
            }
        }
    }
    Some(Tally {
        article,
        rev: integer(value, "rev")?,
        reads: integer(value, "reads")?,
        imported: Imported::default(),
        reactions: Counts(reactions),
        shares: Counts::default(),
        mine,
    })
}

fn answer(value: &JsValue) -> Option<Answer> {
    if !field(value, "tallies").is_array() {
        return None;
    }
    let mut answer = Answer::default();
    each(value, "tallies", &mut |item| answer.tallies.extend(tally(item, None)));
    each(value, "refused", &mut |item| {
        // Field and reason are for developers, who see them in the network panel.
        let index = integer(item, "index").and_then(|index| usize::try_from(index).ok());
        let retry_after = seconds(item, "retry_after");
        answer.refused.extend(index.map(|index| Refusal {
            index,
            field: String::new(),
            reason: String::new(),
            retry_after,
        }));
    });
    Some(answer)
}

/// All but the body, which the loader script puts into the page.
fn article(value: &JsValue) -> Option<Article> {
    Some(Article {
        title: text(value, "title")?,
        byline: text(value, "byline"),
        published: text(value, "published"),
        url: None,
        html: String::new(),
    })
}

fn choice(value: &JsValue) -> Option<Choice> {
    let key = Reaction::parse(&text(value, "key")?).ok()?;
    Some(Choice { key, emoji: text(value, "emoji"), image: text(value, "image"), label: text(value, "label")? })
}

/// A kind that this release does not know is no button.
fn button(value: &JsValue) -> Option<Button> {
    Some(Button {
        key: Network::parse(&text(value, "key")?).ok()?,
        kind: match text(value, "kind")?.as_str() {
            "link" => ButtonKind::Link,
            "native" => ButtonKind::Native,
            "copy" => ButtonKind::Copy,
            "qr" => ButtonKind::Qr,
            "mastodon" => ButtonKind::Mastodon,
            _ => return None,
        },
        label: text(value, "label")?,
        href: text(value, "href"),
        phone: text(value, "phone"),
        limit: seconds(value, "limit"),
    })
}

/// A text that an older endpoint does not have is empty, and the rest is shown.
fn labels(value: &JsValue) -> Labels {
    let label = |name| text(value, name).unwrap_or_default();
    let plural = |name| {
        let value = field(value, name);
        let text = |category| text(&value, category);
        let other = text("other").unwrap_or_default();
        Plural { zero: text("zero"), one: text("one"), two: text("two"), few: text("few"), many: text("many"), other }
    };
    Labels {
        share: label("share"),
        reads: plural("reads"),
        question: label("question"),
        responses: plural("responses"),
        chosen: label("chosen"),
        taken_back: label("taken_back"),
        waiting: label("waiting"),
        refused: label("refused"),
        closed: label("closed"),
        more: label("more"),
        close: label("close"),
        copied: label("copied"),
        copy_by_hand: label("copy_by_hand"),
        qr: label("qr"),
        qr_failed: label("qr_failed"),
        instance: label("instance"),
        instance_invalid: label("instance_invalid"),
        instance_go: label("instance_go"),
        new_tab: label("new_tab"),
    }
}

/// Every item of a list; none where there is no list. Not generic: one copy serves all lists.
fn each(value: &JsValue, name: &str, take: &mut dyn FnMut(&JsValue)) {
    if let Some(list) = field(value, name).dyn_ref::<Array>() {
        for index in 0..list.length() {
            take(&list.get(index));
        }
    }
}

/// A text field; `None` where there is no text.
pub fn text(value: &JsValue, name: &str) -> Option<String> {
    field(value, name).as_string()
}

/// A count: anything below zero, with a fraction or too great for a JavaScript integer is none.
pub fn integer(value: &JsValue, name: &str) -> Option<u64> {
    let number = field(value, name).as_f64()?;
    let integer = number as u64;
    (integer as f64 == number && integer <= Seq::MAX.get()).then_some(integer)
}

/// A small integer.
pub fn seconds(value: &JsValue, name: &str) -> Option<u32> {
    integer(value, name).and_then(|seconds| u32::try_from(seconds).ok())
}
