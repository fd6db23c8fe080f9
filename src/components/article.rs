use yew::prelude::*;

use super::{
    Shown,
    elements::{attribute, dir, lang, span, when},
};

/// Headline, byline and day of the endpoint's copy. Its body is not ours to draw: it stands in the
/// page, in the slot.
pub(super) fn heading(Shown { view, format, .. }: &Shown<'_>) -> Html {
    let Some(article) = &view.article else {
        return Html::default();
    };
    let byline = article.byline.as_deref().unwrap_or_default();
    let day = |day: &String| html! { <time part="date" datetime={attribute(day)}>{format.date(day)}</time> };
    html! {
        <header part="heading" lang={lang(view)} dir={dir(view)}>
            <h1 part="title">{&*article.title}</h1>
            <p part="meta">
                {when(!byline.is_empty(), || span("byline", byline))}
                {article.published.as_ref().map(day).unwrap_or_default()}
            </p>
        </header>
    }
}
