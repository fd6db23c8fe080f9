use accounts::UserName;
use yew::prelude::*;

use crate::{
    Texts,
    form::{Note, note},
    texts::with,
};

/// The form to set a password. It is sent to its own address, which contains the token.
pub fn page(texts: &Texts, said: Option<&Note>, user: &UserName) -> Html {
    html! {
        <>
            { note(said) }
            <form class="card" method="post">
                <p>{ with(texts.set_password_for, user) }</p>
                // For password managers.
                <input name="name" hidden=true readonly=true autocomplete="username" value={user.to_string()} />
                <label>
                    { texts.new_password }
                    <small id="rule">{ texts.password_rule }</small>
                    <input name="password" type="password" required=true minlength="12" autocomplete="new-password" aria-describedby="rule" />
                </label>
                <label>
                    { texts.repeat_password }
                    <input name="again" type="password" required=true minlength="12" autocomplete="new-password" />
                </label>
                <button>{ texts.save }</button>
            </form>
        </>
    }
}
