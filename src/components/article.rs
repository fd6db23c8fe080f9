use yew::prelude::*;

use super::{
    Shown,
    elements::{attribute, dir, lang, list, span, when},
};

/// Headline, byline and day of the endpoint's copy. Its body is in the page's light DOM, in the slot.
pub(super) fn heading(Shown { view, format, .. }: &Shown<'_>) -> Html {
    let Some(article) = &view.article else {
        return Html::default();
    };
    let byline = article.byline.as_deref().unwrap_or_default();
    let day = |day: &String| html! { <time part="date" datetime={attribute(day)}>{format.date(day)}</time> };
    let meta = vec![
        when(!byline.is_empty(), || span("byline", byline)),
        article.published.as_ref().map(day).unwrap_or_default(),
    ];
    html! {
        <header part="heading" lang={lang(view)} dir={dir(view)}>
            {list(vec![
                html! { <h1 part="title">{&*article.title}</h1> },
                html! { <p part="meta">{list(meta)}</p> },
            ])}
        </header>
    }
}
