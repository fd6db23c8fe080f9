//! Reads objects that the browser has parsed from JSON, field by field and under serde's names, into the types of
//! `wire`, and makes the objects that the loader writes as JSON. miniserde would enlarge the download by 6 KB, serde_json
//! by 12.

use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;
use wire::{
    Answer, Article, ArticleKey, Assets, Button, ButtonKind, Choice, Counting, Counts, Dir, Face,
    Imported, Labels, Network, OwnVote, Plural, Poll, Reaction, ReadDedup, RejectedEvent, Seq,
    ShareStyle, Tally, View,
};

/// Maximum number of items that are read from a list. The endpoint sends fewer.
const MAX_ITEMS: u64 = 1000;

#[wasm_bindgen]
extern "C" {
    /// A value of which fields can be read: not `null` or `undefined`.
    type Fields;
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn get(this: &Fields, name: &str) -> JsValue;
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn item(this: &Fields, place: u32) -> JsValue;
    #[wasm_bindgen(method, structural, indexing_setter)]
    fn set(this: &Fields, name: &str, value: &JsValue);
}

/// A field; `undefined` if it is missing.
pub fn field(object: &JsValue, name: &str) -> JsValue {
    if object.is_null() || object.is_undefined() {
        return JsValue::UNDEFINED;
    }
    object.unchecked_ref::<Fields>().get(name)
}

/// A text field; `None` if it is missing or no text.
pub fn optional(object: &JsValue, name: &str) -> Option<String> {
    field(object, name).as_string()
}

/// A text field; empty if it is missing.
pub fn text(object: &JsValue, name: &str) -> String {
    optional(object, name).unwrap_or_default()
}

/// An integer field of up to 53 bits, the integers that JavaScript's numbers represent exactly.
pub fn integer(object: &JsValue, name: &str) -> Option<u64> {
    as_integer(&field(object, name))
}

fn as_integer(value: &JsValue) -> Option<u64> {
    let float = value.as_f64()?;
    let integer = float as u64;
    (integer as f64 == float && integer <= Seq::MAX.get()).then_some(integer)
}

/// A field with a small integer.
pub fn small(object: &JsValue, name: &str) -> Option<u32> {
    integer(object, name).and_then(|number| u32::try_from(number).ok())
}

/// Each item of a list.
pub fn each(list: &JsValue, take: &mut dyn FnMut(&JsValue)) {
    let length = integer(list, "length").unwrap_or(0).min(MAX_ITEMS);
    for place in 0..length as u32 {
        take(&list.unchecked_ref::<Fields>().item(place));
    }
}

/// An object with these fields. It has no prototype: a page may have added setters to `Object.prototype`.
pub fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object: Object = Object::create(JsValue::NULL.unchecked_ref::<Object>());
    for (name, value) in fields {
        object.unchecked_ref::<Fields>().set(name, value);
    }
    object.into()
}

/// An integer of up to 53 bits as a number of JavaScript.
pub fn number(number: u64) -> JsValue {
    JsValue::from_f64(number as f64)
}

/// A text, or `null`.
pub fn nullable(text: Option<&str>) -> JsValue {
    text.map_or(JsValue::NULL, JsValue::from_str)
}

/// Reads a view; `None` if its tally is missing or invalid.
pub fn view(view: &JsValue) -> Option<View> {
    let tally = tally(&field(view, "tally"))?;
    let (mut reactions, mut networks) = (Vec::new(), Vec::new());
    each(&field(view, "reactions"), &mut |item| {
        reactions.extend(choice(item))
    });
    each(&field(view, "networks"), &mut |item| {
        networks.extend(button(item))
    });
    Some(View {
        tally,
        article: article(&field(view, "article")),
        reactions,
        networks,
        share_style: match &*text(view, "share_style") {
            "words" => ShareStyle::Words,
            "both" => ShareStyle::Both,
            _ => ShareStyle::Icons,
        },
        show_from: small(view, "show_from").unwrap_or(1),
        columns: small(view, "columns").map_or(0, |step| step as u8),
        labels: labels(&field(view, "labels")),
        locale: text(view, "locale"),
        dir: match &*text(view, "dir") {
            "rtl" => Dir::Rtl,
            _ => Dir::Ltr,
        },
        poll: match &*text(view, "poll") {
            "open" => Poll::Open,
            "off" => Poll::Off,
            _ => Poll::Closed,
        },
        window_ends: integer(view, "window_ends").unwrap_or(0),
        // Only the loader reads these.
        identity: ReadDedup::default(),
        read_after: 0,
        live: false,
        method: optional(view, "method"),
        assets: Assets::default(),
        refusal: None,
        counts: true,
    })
}

/// Reads the article's metadata. The loader inserts its body into the page.
fn article(article: &JsValue) -> Option<Article> {
    Some(Article {
        title: optional(article, "title")?,
        byline: optional(article, "byline"),
        published: optional(article, "published"),
        url: None,
        html: String::new(),
    })
}

/// Reads a tally.
pub fn tally(tally: &JsValue) -> Option<Tally> {
    Some(Tally {
        article: ArticleKey::parse(&text(tally, "article")).ok()?,
        rev: integer(tally, "rev")?,
        reads: integer(tally, "reads")?,
        imported: Imported::default(),
        reactions: counts(&field(tally, "reactions")),
        shares: Counts::default(),
        mine: own_vote(&field(tally, "mine")),
    })
}

fn counts(counts: &JsValue) -> Counts<Reaction> {
    let mut read = Vec::new();
    if counts.is_object() {
        each(
            &Object::entries(counts.unchecked_ref::<Object>()),
            &mut |entry| {
                let [name, count] = [0, 1].map(|place| entry.unchecked_ref::<Fields>().item(place));
                if let (Some(reaction), Some(count)) = (reaction(&name), as_integer(&count)) {
                    read.push((reaction, count));
                }
            },
        );
    }
    Counts(read)
}

fn own_vote(mine: &JsValue) -> Option<OwnVote> {
    Some(OwnVote {
        reaction: reaction(&field(mine, "reaction")),
        seq: Seq::parse(integer(mine, "seq")?).ok()?,
    })
}

/// A reaction's name.
pub fn reaction(name: &JsValue) -> Option<Reaction> {
    Reaction::parse(&name.as_string()?).ok()
}

fn choice(choice: &JsValue) -> Option<Choice> {
    Some(Choice {
        key: reaction(&field(choice, "key"))?,
        emoji: optional(choice, "emoji"),
        image: optional(choice, "image"),
        face: face(&field(choice, "face")),
        label: text(choice, "label"),
    })
}

fn face(face: &JsValue) -> Option<Face> {
    Some(Face {
        lines: optional(face, "lines")?,
        skin: text(face, "skin"),
        shape: text(face, "shape"),
        colour: text(face, "colour"),
    })
}

/// Reads a button; `None` if this release does not know its kind.
fn button(button: &JsValue) -> Option<Button> {
    Some(Button {
        key: Network::parse(&text(button, "key")).ok()?,
        kind: match &*text(button, "kind") {
            "link" => ButtonKind::Link,
            "native" => ButtonKind::Native,
            "copy" => ButtonKind::Copy,
            "qr" => ButtonKind::Qr,
            "mastodon" => ButtonKind::Mastodon,
            _ => return None,
        },
        label: text(button, "label"),
        mark: optional(button, "mark"),
        href: optional(button, "href"),
        phone: optional(button, "phone"),
        limit: small(button, "limit"),
        counting: match &*text(button, "counting") {
            "weighted" => Counting::Weighted,
            _ => Counting::Graphemes,
        },
        url_counts: small(button, "url_counts"),
    })
}

/// Reads the labels. One that an older endpoint lacks is empty; the others are shown.
fn labels(labels: &JsValue) -> Labels {
    let text = |name| text(labels, name);
    Labels {
        share: text("share"),
        question: text("question"),
        percent: text("percent"),
        chosen: text("chosen"),
        undo: text("undo"),
        first: text("first"),
        taken_back: text("taken_back"),
        waiting: text("waiting"),
        refused: text("refused"),
        closed: text("closed"),
        more: text("more"),
        close: text("close"),
        copied: text("copied"),
        copy_by_hand: text("copy_by_hand"),
        qr: text("qr"),
        qr_failed: text("qr_failed"),
        qr_too_long: text("qr_too_long"),
        instance: text("instance"),
        instance_invalid: text("instance_invalid"),
        instance_go: text("instance_go"),
        new_tab: text("new_tab"),
        reads: plural(&field(labels, "reads")),
        responses: plural(&field(labels, "responses")),
    }
}

fn plural(plural: &JsValue) -> Plural {
    let category = |name| optional(plural, name);
    Plural {
        zero: category("zero"),
        one: category("one"),
        two: category("two"),
        few: category("few"),
        many: category("many"),
        other: text(plural, "other"),
    }
}

/// Reads the body of a response; a body of another kind has no tallies and no refusals.
pub fn answer(body: &JsValue) -> Answer {
    let mut answer = Answer::default();
    each(&field(body, "tallies"), &mut |item| {
        answer.tallies.extend(tally(item))
    });
    each(&field(body, "refused"), &mut |item| {
        answer.refused.push(rejected(item))
    });
    answer
}

/// Reads a refusal without field and reason, which developers see in the network panel.
fn rejected(refused: &JsValue) -> RejectedEvent {
    RejectedEvent {
        index: small(refused, "index").map_or(usize::MAX, |index| index as usize),
        field: String::new(),
        reason: String::new(),
        retry_after: small(refused, "retry_after"),
    }
}

/// A list of these values.
pub fn list(items: impl Iterator<Item = JsValue>) -> JsValue {
    let list = Array::new();
    items.for_each(|item| {
        list.push(&item);
    });
    list.into()
}
