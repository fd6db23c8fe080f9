use jiff::Timestamp;
use widget::{
    format::{Format, language},
    markup::Drawn,
    settings::Settings,
    text::fill,
};
use wire::{Button, ButtonKind, Dir, MAX_QR_BYTES, Poll, Reaction, View};

use super::{ENDPOINT_FROM_FRAGMENT, RenderParams, attribute, render, style_sheet};

/// State of a page in a frame.
#[derive(Clone, Copy, Debug)]
pub struct FrameState {
    /// Whether the reader may react.
    pub votes: bool,
    /// Whether the last choice was rejected.
    pub refused: bool,
}

/// A whole page for a reader without JavaScript, with only what works there. `view` as for
/// [`fragment`](super::fragment), with the reader's own choice.
pub fn page(
    params: &RenderParams<'_>,
    mut view: View,
    format: &'static (dyn Format + Sync),
    now: Timestamp,
    FrameState { votes, refused }: FrameState,
) -> String {
    // Site and article have been validated already.
    let Some(mut settings) = params.settings(&view) else {
        return String::new();
    };
    // The page ignores the parameter `endpoint`; its own addresses are relative.
    settings.endpoint = ENDPOINT_FROM_FRAGMENT.to_owned();
    if !votes && settings.poll == Poll::Open {
        settings.poll = Poll::Closed;
        // The poll is closed for this reader only.
        view.labels.closed.clear();
    }
    view.networks = view
        .networks
        .into_iter()
        .filter_map(|button| link_button(button, &settings))
        .collect();
    let body = view
        .article
        .as_ref()
        .filter(|_| params.body())
        .map_or("", |article| &article.html)
        .to_owned();
    let style = style_sheet(ENDPOINT_FROM_FRAGMENT, &view);
    let lang = attribute(language(&view.locale)).into_owned();
    let title = attribute(&settings.page.title).into_owned();
    let theme = params.theme();
    let dir = if view.dir == Dir::Rtl { "rtl" } else { "ltr" };
    let is_open = settings.poll(view.poll) == Poll::Open;
    let pressed = params
        .pressed()
        .filter(|_| is_open || refused)
        .and_then(|key| sentence(&view, key, refused));
    let options: Vec<_> = view
        .reactions
        .iter()
        .map(|choice| choice.key.clone())
        .collect();
    let mut drawn = Drawn::new(settings, view, format, now.as_millisecond().unsigned_abs());
    let action = params.action(ENDPOINT_FROM_FRAGMENT);
    drawn.action = action.clone();
    drawn.state.refused = refused && pressed.is_none();
    let chosen = drawn.state.chosen().cloned();
    let mut drawn = render(drawn);
    for option in &options {
        name_option_in_action(&mut drawn, &action, option);
    }
    if let Some(chosen) = chosen {
        // Without a script, the button of the chosen option must itself send the withdrawal.
        drawn = drawn.replacen(&format!(" value=\"{chosen}\""), " value=\"\"", 1);
    }
    if let Some((option, sentence)) = pressed {
        insert_sentence(&mut drawn, &option, &sentence);
    }
    // Without a shadow root, the slot's fallback content is displayed.
    let drawn = drawn.replacen("<slot></slot>", &format!("<slot>{body}</slot>"), 1);
    format!(
        "<!doctype html><html lang=\"{lang}\" dir=\"{dir}\" data-theme=\"{theme}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title>{style}</head><body>{drawn}</body></html>"
    )
}

/// The option that was pressed, and a sentence about the result.
fn sentence(view: &View, pressed: Reaction, refused: bool) -> Option<(Reaction, String)> {
    let labels = &view.labels;
    let label = |key: &Reaction| {
        view.reactions
            .iter()
            .find(|choice| choice.key == *key)
            .map(|choice| &*choice.label)
    };
    label(&pressed)?;
    let chosen = view
        .tally
        .mine
        .as_ref()
        .and_then(|mine| mine.reaction.as_ref())
        .and_then(label);
    let sentence = match chosen {
        _ if refused => labels.refused.clone(),
        Some(label) => fill(&labels.chosen, &[("option", label)]),
        None => labels.taken_back.clone(),
    };
    Some((pressed, sentence))
}

/// Id of the sentence about the last press. Browsers keep the fragment of the form's address across the redirect.
const PRESSED_ID: &str = "pressed";

/// Adds the option to the button's address, because the form's empty value for a withdrawal does not name it.
fn name_option_in_action(drawn: &mut String, action: &str, option: &Reaction) {
    let Some(at) = drawn.find(&option_attribute(option)) else {
        return;
    };
    let address = format!("{action}&{PRESSED_ID}={option}#{PRESSED_ID}");
    drawn.insert_str(at, &format!(" formaction=\"{}\"", attribute(&address)));
}

/// Inserts the sentence beside the option, with the focus. It is an alert, because Orca announces no other focused
/// element when a frame loads.
fn insert_sentence(drawn: &mut String, option: &Reaction, sentence: &str) {
    let Some(start) = drawn.find(&option_attribute(option)) else {
        return;
    };
    let Some(end) = drawn[start..].find("</li>") else {
        return;
    };
    let sentence = html_escape::encode_text(sentence);
    let paragraph = format!(
        "<p id=\"{PRESSED_ID}\" part=\"notice\" role=\"alert\" tabindex=\"-1\" autofocus>{sentence}</p>"
    );
    drawn.insert_str(start + end, &paragraph);
}

fn option_attribute(option: &Reaction) -> String {
    format!(" data-part=\"option-{option}\"")
}

/// A button of the share bar that works as a link.
fn link_button(button: Button, settings: &Settings) -> Option<Button> {
    match button.kind {
        ButtonKind::Link => Some(button),
        ButtonKind::Qr if settings.page.url.len() > MAX_QR_BYTES => None,
        ButtonKind::Qr => Some(Button {
            kind: ButtonKind::Link,
            href: Some(settings.qr()),
            ..button
        }),
        ButtonKind::Native | ButtonKind::Copy | ButtonKind::Mastodon => None,
    }
}
