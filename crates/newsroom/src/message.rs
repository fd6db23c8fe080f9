use yew::prelude::*;

use crate::Texts;

/// A page with one sentence.
pub fn sentence(text: &str) -> Html {
    html! { <p>{ text.to_owned() }</p> }
}

/// A page that continues at once: a browser sends a strict cookie only with a navigation that began on the same site,
/// not when a link elsewhere was followed.
pub fn continued(texts: &Texts, address: &str) -> Html {
    let refresh = format!("0; url={address}");
    html! {
        <>
            <meta http-equiv="refresh" content={refresh} />
            <p><a href={address.to_owned()}>{ texts.continue_link }</a></p>
        </>
    }
}
