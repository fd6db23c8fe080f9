use yew::prelude::*;

use crate::{
    Texts,
    form::{hidden, note},
};

pub use crate::form::Note;

/// The form to sign in. `next`: where to go then, below `/redaksi/`.
pub fn page(texts: &Texts, said: Option<&Note>, root: &str, next: &str) -> Html {
    let action = format!("{root}sign-in");
    html! {
        <>
            { note(said) }
            <form class="card" method="post" {action}>
                { hidden("next", next) }
                <label>
                    { texts.name }
                    <input name="name" required=true autocomplete="username" autocapitalize="none" spellcheck="false" />
                </label>
                <label>
                    { texts.password }
                    <input name="password" type="password" required=true autocomplete="current-password" />
                </label>
                <button>{ texts.sign_in }</button>
                <p class="hint">{ texts.sign_in_hint }</p>
            </form>
        </>
    }
}
