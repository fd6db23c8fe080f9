use accounts::Session;
use yew::prelude::*;

use crate::{Texts, table::scrollable, time::minute};

/// The viewer's sessions; each with whether it is the current one. Empty: the viewer is known by the proxy.
pub fn page(texts: &Texts, sessions: &[(Session, bool)]) -> Html {
    if sessions.is_empty() {
        return html! { <p>{ texts.by_proxy }</p> };
    }
    let row = |(session, is_current): &(Session, bool)| {
        html! {
            <tr>
                <td>{ minute(session.created) }</td>
                <td>{ minute(session.used) }</td>
                <td>{ is_current.then_some(texts.this_session) }</td>
            </tr>
        }
    };
    let table = html! {
        <table>
            <thead>
                <tr>
                    <th scope="col">{ texts.session_begun }</th>
                    <th scope="col">{ texts.last_seen }</th>
                    <td></td>
                </tr>
            </thead>
            <tbody>{ for sessions.iter().map(row) }</tbody>
        </table>
    };
    html! {
        <section>
            <h2>{ texts.sessions }</h2>
            <p class="hint">{ texts.sessions_hint }</p>
            { scrollable(texts.sessions, table) }
            <form method="post" action="sign-out-everywhere">
                <p class="hint">{ texts.sign_out_everywhere_hint }</p>
                <button>{ texts.sign_out_everywhere }</button>
            </form>
        </section>
    }
}
