use yew::prelude::*;

use super::{Shown, elements::span};

/// Headline, byline and day of the endpoint's copy. Its body is not ours to draw: it stands in the
/// page, in the slot.
pub(super) fn heading(Shown { view, format, .. }: &Shown<'_>) -> Html {
    let Some(article) = &view.article else { return Html::default() };
    let byline = article.byline.as_ref().filter(|byline| !byline.is_empty());
    html! {
        <header part="heading">
            <h1 part="title">{&*article.title}</h1>
            <p part="meta">
                if let Some(byline) = byline { {span("byline", byline)} }
                if let Some(day) = &article.published {
                    <time part="date" datetime={day.clone()}>{format.date(day)}</time>
                }
            </p>
        </header>
    }
}
