//! What crosses the wire, on the browser's side: the endpoint's answers read field by field, our
//! requests written as text. The fixtures that the endpoint's tests read as well hold both to one
//! shape; a JSON library would be a quarter of the whole widget.

use js_sys::{Array, JSON, Object};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wire::{
    Answer, Article, ArticleKey, Assets, Batch, Button, ButtonKind, Choice, Counts, Dir, Event, Imported, Labels, Mine,
    Network, Plural, Poll, Reaction, Refusal, Seq, SiteId, Tally, View,
};

use crate::browser::{Host, field};

/// What became of a request.
pub enum Outcome {
    /// The endpoint has taken it.
    Answered(Answer),
    /// Nobody answered, or the endpoint asks to wait that many seconds.
    Failed(Option<u32>),
    /// The endpoint says that the request is wrong.
    Rejected,
}

/// Sends events.
pub async fn send(page: &Host, site: &SiteId, batch: &Batch) -> Outcome {
    let request = page.request(&format!("v1/sites/{site}/events"), Some(&body(batch)));
    let Ok(response) = JsFuture::from(request).await else { return Outcome::Failed(None) };
    match integer(&response, "status") {
        Some(200) => answer(&field(&response, "body")).map_or(Outcome::Failed(None), Outcome::Answered),
        Some(status @ 400..500) if status != 408 && status != 429 => Outcome::Rejected,
        _ => Outcome::Failed(integer(&response, "retry").and_then(|seconds| u32::try_from(seconds).ok())),
    }
}

/// Asks for the view again.
pub async fn newer_view(page: &Host, path: &str) -> Option<View> {
    let response = JsFuture::from(page.request(path, None)).await.ok()?;
    view(&field(&response, "body"))
}

/// A batch as JSON.
fn body(batch: &Batch) -> String {
    let events: Vec<String> = batch.events.iter().map(event).collect();
    let events = events.join(",");
    match &batch.visitor {
        Some(visitor) => format!(r#"{{"visitor":"{visitor}","events":[{events}]}}"#),
        None => format!(r#"{{"events":[{events}]}}"#),
    }
}

fn event(event: &Event) -> String {
    let article = quoted(event.article().as_str());
    match event {
        Event::Read { key, .. } => format!(r#"{{"type":"read","article":{article},"key":"{key}"}}"#),
        Event::Share { network, key, .. } => {
            format!(r#"{{"type":"share","article":{article},"network":"{network}","key":"{key}"}}"#)
        }
        Event::React { reaction, seq, .. } => {
            let reaction = reaction.as_ref().map_or("null".into(), |reaction| format!("\"{reaction}\""));
            format!(r#"{{"type":"react","article":{article},"reaction":{reaction},"seq":{seq}}}"#)
        }
    }
}

/// The only texts that may need escapes are article keys: names and tokens have none.
fn quoted(text: &str) -> String {
    JSON::stringify(&text.into()).map_or_else(|_| "null".into(), String::from)
}

/// A tally as it is kept, without the article, which is in its name.
pub fn kept_tally(tally: &Tally, at: u64) -> String {
    let reactions = counts_text(tally.reactions.0.iter().map(|(key, count)| (key.as_str(), *count)));
    let shares = counts_text(tally.shares.0.iter().map(|(key, count)| (key.as_str(), *count)));
    let (rev, reads) = (tally.rev, tally.reads);
    format!(r#"{{"tally":{{"rev":{rev},"reads":{reads},"reactions":{reactions},"shares":{shares}}},"at":{at}}}"#)
}

fn counts_text<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> String {
    let pairs: Vec<String> = counts.map(|(key, count)| format!("\"{key}\":{count}")).collect();
    format!("{{{}}}", pairs.join(","))
}

/// Reads a kept tally back, and when it came.
pub fn parse_kept_tally(text: &str, article: &ArticleKey) -> Option<(Tally, u64)> {
    let kept = JSON::parse(text).ok()?;
    Some((tally(&field(&kept, "tally"), Some(article))?, integer(&kept, "at")?))
}

/// Reads a view; `None` where something that is needed is missing or wrong.
pub fn view(value: &JsValue) -> Option<View> {
    Some(View {
        tally: tally(&field(value, "tally"), None)?,
        article: article(&field(value, "article")),
        reactions: list(value, "reactions", choice),
        networks: list(value, "networks", button),
        labels: labels(&field(value, "labels"))?,
        locale: text(value, "locale")?,
        dir: if text(value, "dir")? == "rtl" { Dir::Rtl } else { Dir::Ltr },
        poll: match text(value, "poll")?.as_str() {
            "open" => Poll::Open,
            "off" => Poll::Off,
            _ => Poll::Closed,
        },
        window_ends: integer(value, "window_ends").unwrap_or(0),
        // The loader script's business, like `assets`.
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
    Some(Tally {
        article,
        rev: integer(value, "rev")?,
        reads: integer(value, "reads")?,
        // Not shown: what was imported is part of the other numbers.
        imported: Imported::default(),
        reactions: counts(&field(value, "reactions"), |key| Reaction::parse(key).ok()),
        shares: counts(&field(value, "shares"), |key| Network::parse(key).ok()),
        mine,
    })
}

fn answer(value: &JsValue) -> Option<Answer> {
    if !field(value, "tallies").is_array() {
        return None;
    }
    let refusal = |value: &JsValue| {
        Some(Refusal {
            index: usize::try_from(integer(value, "index")?).ok()?,
            // For developers, who see them in the network panel.
            field: String::new(),
            reason: String::new(),
            retry_after: integer(value, "retry_after").and_then(|seconds| u32::try_from(seconds).ok()),
        })
    };
    Some(Answer {
        tallies: list(value, "tallies", |value| tally(value, None)),
        refused: list(value, "refused", refusal),
    })
}

fn article(value: &JsValue) -> Option<Article> {
    Some(Article {
        title: text(value, "title")?,
        byline: text(value, "byline"),
        published: text(value, "published"),
        url: text(value, "url"),
        html: text(value, "html")?,
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
        limit: integer(value, "limit").and_then(|limit| u32::try_from(limit).ok()),
    })
}

/// A text that an older endpoint does not have is empty, and the rest is shown.
fn labels(value: &JsValue) -> Option<Labels> {
    if !value.is_object() {
        return None;
    }
    let label = |name| text(value, name).unwrap_or_default();
    let plural = |name| {
        let value = field(value, name);
        let text = |category| text(&value, category);
        let other = text("other").unwrap_or_default();
        Plural { zero: text("zero"), one: text("one"), two: text("two"), few: text("few"), many: text("many"), other }
    };
    Some(Labels {
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
    })
}

fn counts<K: PartialEq>(value: &JsValue, parse: impl Fn(&str) -> Option<K>) -> Counts<K> {
    let Some(object) = value.dyn_ref::<Object>() else { return Counts::default() };
    let names = Object::keys(object).into_iter().filter_map(|name| name.as_string());
    names.filter_map(|name| Some((parse(&name)?, integer(value, &name)?))).collect()
}

fn list<T>(value: &JsValue, name: &str, read: impl Fn(&JsValue) -> Option<T>) -> Vec<T> {
    field(value, name)
        .dyn_ref::<Array>()
        .map(|array| array.iter().filter_map(|item| read(&item)).collect())
        .unwrap_or_default()
}

fn text(value: &JsValue, name: &str) -> Option<String> {
    field(value, name).as_string()
}

/// A count: anything below zero, with a fraction or too great for a JavaScript integer is none.
fn integer(value: &JsValue, name: &str) -> Option<u64> {
    let number = field(value, name).as_f64()?;
    let integer = number as u64;
    (integer as f64 == number && integer <= Seq::MAX.get()).then_some(integer)
}
