use wire::{Choice, Face, Poll};
use yew::prelude::*;

use super::{
    Shown,
    drawing::drawing,
    elements::{attribute, line, list, says, silent, span, text, when},
};
use crate::{
    format,
    intent::Intent,
    percent::percents,
    text::{cut, digits, fill, join},
};

/// The options: each with a face, its share of the votes as a bar and in percent, and its name. The style sheet places them
/// side by side where there is room, otherwise one below the other. Numbers are shown from a minimum of votes.
pub(super) fn poll(shown: &Shown<'_>) -> Html {
    let Shown {
        settings,
        view,
        state,
        format,
        ..
    } = shown;
    let labels = &view.labels;
    let poll = settings.poll(state.poll);
    if poll == Poll::Off {
        return Html::default();
    }
    let counts: Vec<u64> = view
        .reactions
        .iter()
        .map(|choice| state.count(&choice.key))
        .collect();
    let total = counts
        .iter()
        .fold(0, |total: u64, count| total.saturating_add(*count));
    let open = poll == Poll::Open;
    let numbers = total >= u64::from(view.show_from);
    let notice = if poll == Poll::Closed {
        &labels.closed
    } else {
        held_up(shown)
    };
    let responses = match () {
        () if numbers || !open => format::count(*format, &labels.responses, total),
        () if total == 0 => labels.first.clone(),
        () => String::new(),
    };
    let chosen = |choice: &&Choice| state.chosen() == Some(&choice.key);
    let mut options = Vec::new();
    for ((choice, count), percent) in view.reactions.iter().zip(&counts).zip(percents(&counts)) {
        let numbers = numbers.then_some((*count, percent));
        options.push(html! { <li>{option(shown, choice, numbers, open)}</li> });
    }
    let chosen = view.reactions.iter().find(chosen);
    let chosen = chosen.map(|choice| chosen_line(shown, choice, open));
    let sum = vec![span("responses", &responses), chosen.unwrap_or_default()];
    // The form has no name: as its name, the question would be announced twice.
    html! {
        <form part="poll" method="post" action={shown.action.map(attribute)}>
            {list(vec![
                html! { <h2 id="question" part="question">{&*labels.question}</h2> },
                html! {
                    <div class="options" data-columns={digits(view.columns.into())}>
                        <ul role="list" data-numbers={says(numbers)}>{list(options)}</ul>
                    </div>
                },
                html! { <p class="sum">{list(sum)}</p> },
                when(!notice.is_empty(), || line("notice", notice)),
            ])}
        </form>
    }
}

/// Why the reader's choice is not counted: it waits for a connection, or was rejected.
pub(super) fn held_up<'a>(Shown { view, state, .. }: &Shown<'a>) -> &'a str {
    match () {
        () if state.refused => &view.labels.refused,
        () if state.waiting() => &view.labels.waiting,
        () => "",
    }
}

/// "Anda memilih Senang. Ketuk lagi untuk membatalkan."
fn chosen_line(Shown { view, .. }: &Shown<'_>, choice: &Choice, open: bool) -> Html {
    let (before, rest) = cut(&view.labels.chosen, b'{');
    let (_, after) = cut(rest.unwrap_or_default(), b'}');
    let undo = if open { &*view.labels.undo } else { "" };
    let after = join(&[after.unwrap_or_default(), " ", undo]);
    let name = html! { <b>{&*choice.label}</b> };
    html! { <span part="choice">{list(vec![text(before), name, text(&after)])}</span> }
}

/// An option, with its count and percentage if numbers are shown.
fn option(shown: &Shown<'_>, choice: &Choice, numbers: Option<(u64, u64)>, open: bool) -> Html {
    let Shown {
        state,
        format,
        view,
        on_intent,
        ..
    } = shown;
    let pressed = state.chosen() == Some(&choice.key);
    // "Senang, 1 tanggapan, 25%": numbers alone do not say of what. Not as `aria-label`, which fewer translators translate.
    let (mut told, mut texts) = (choice.label.clone(), [String::new(), String::new()]);
    if let Some((count, percent)) = numbers {
        let percent = fill(&view.labels.percent, &[("n", &format.number(percent))]);
        let responses = format::count(*format, &view.labels.responses, count);
        told = join(&[&told, ", ", &responses, ", ", &percent]);
        texts = [format.number(count), percent];
    }
    // The width is an SVG attribute, because a strict policy blocks inline styles. The bar is also drawn without numbers: it
    // grows with the first vote.
    let bar = numbers.map_or(0, |(_, percent)| percent);
    let width = join(&[&digits(bar), "%"]);
    let inner = vec![
        picture(choice),
        silent("label", &choice.label),
        html! { <svg class="track" aria-hidden="true"><rect {width} height="100%" /></svg> },
        silent("count", &texts[0]),
        silent("percent", &texts[1]),
        html! { <span class="said">{told}</span> },
    ];
    let name = join(&["option-", choice.key.as_str()]);
    if open {
        // With listeners, the button must not submit the form, not even after a trap.
        let kind = shown.action.is_none().then_some("button");
        let key = choice.key.clone();
        let onclick = on_intent.reform(move |_: MouseEvent| Intent::React(key.clone()));
        html! {
            <button type={kind} part="option" data-part={name} name="reaction" value={attribute(choice.key.as_str())}
                aria-pressed={says(pressed)} {onclick}>
                {list(inner)}
            </button>
        }
    } else {
        html! { <div part="option" data-part={name} aria-current={says(pressed)}>{list(inner)}</div> }
    }
}

fn picture(choice: &Choice) -> Html {
    match (&choice.image, &choice.face) {
        (Some(image), _) => {
            html! { <img part="face" src={attribute(image)} alt="" width="28" height="28" /> }
        }
        (None, Some(face)) => drawn(face),
        (None, None) => silent("face", choice.emoji.as_deref().unwrap_or_default()),
    }
}

/// The disc behind every face.
const CIRCLE: &str = "M2 16a14 14 0 1 0 28 0a14 14 0 1 0-28 0";

fn drawn(face: &Face) -> Html {
    let paths = [
        (CIRCLE, Some(&*face.skin)),
        (&*face.lines, None),
        (&*face.shape, Some(&*face.colour)),
    ];
    drawing("face", "0 0 32 32", &paths)
}
