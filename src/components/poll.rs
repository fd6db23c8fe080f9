use wire::{Choice, Poll};
use yew::prelude::*;

use super::{
    Shown,
    elements::{attribute, line, says, silent, when},
};
use crate::{
    format,
    intent::OPTION,
    percent::percents,
    text::{digits, fill, join},
};

/// The five options, each with its count, and its part of all as a bar and in percent.
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
    let notice = if poll == Poll::Closed {
        &labels.closed
    } else {
        held_up(shown)
    };
    // The heading alone has the question: as the form's name too, it would be said twice.
    html! {
        <form part="poll" method="post" action={shown.action.map(attribute)}>
            <h2 id="question" part="question">{&*labels.question}</h2>
            <ul role="list">
                for ((choice, count), percent) in view.reactions.iter().zip(&counts).zip(percents(&counts)) {
                    <li>{option(shown, choice, *count, percent, open)}</li>
                }
            </ul>
            {line("responses", &format::count(*format, &labels.responses, total))}
            {when(!notice.is_empty(), || line("notice", notice))}
        </form>
    }
}

/// Why the reader's choice does not count yet, or never will.
pub(super) fn held_up<'a>(Shown { view, state, .. }: &Shown<'a>) -> &'a str {
    match () {
        () if state.refused => &view.labels.refused,
        () if state.waiting() => &view.labels.waiting,
        () => "",
    }
}

fn option(shown: &Shown<'_>, choice: &Choice, count: u64, percent: u64, open: bool) -> Html {
    let Shown {
        state,
        format,
        view,
        ..
    } = shown;
    let pressed = state.chosen() == Some(&choice.key);
    let face = match (&choice.image, &choice.emoji) {
        (Some(image), _) => {
            html! { <img part="face" src={attribute(image)} alt="" width="28" height="28" /> }
        }
        (None, emoji) => {
            html! { <span part="face" aria-hidden="true">{emoji.as_deref().unwrap_or_default()}</span> }
        }
    };
    let percent_text = fill(&view.labels.percent, &[("n", &format.number(percent))]);
    // "Senang, 1 tanggapan, 25%": numbers alone do not say of what. Not as `aria-label`, which fewer translators translate.
    let told = join(&[
        &choice.label,
        ", ",
        &format::count(*format, &view.labels.responses, count),
        ", ",
        &percent_text,
    ]);
    // The bar is an SVG attribute and no inline style, which a strict policy would block.
    let inner = html! {
        <>
            {face}
            {silent("label", &choice.label)}
            <svg aria-hidden="true"><rect width={join(&[&digits(percent), "%"])} height="100%" /></svg>
            {silent("count", &format.number(count))}
            {silent("percent", &percent_text)}
            <span class="said">{told}</span>
        </>
    };
    let name = join(&[OPTION, choice.key.as_str()]);
    if open {
        html! {
            <button part="option" data-part={name} name="reaction" value={attribute(choice.key.as_str())}
                aria-pressed={says(pressed)}>
                {inner}
            </button>
        }
    } else {
        html! { <div part="option" data-part={name} aria-current={says(pressed)}>{inner}</div> }
    }
}
