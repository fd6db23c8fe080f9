use accounts::{Access, Grant, Role, User, UserName};
use jiff::Timestamp;
use wire::SiteId;
use yew::prelude::*;

use crate::{
    Texts,
    form::{self, hidden, note},
    table::scrollable,
    texts::with,
    time::minute,
};

pub use crate::form::Note;

/// Contents of the page.
#[derive(Clone, Debug)]
pub struct People<'a> {
    /// Message above the list.
    pub note: Option<Note>,
    /// A one-time link that was just made.
    pub invited: Option<(UserName, String)>,
    /// The users, each with the time of its last request.
    pub users: Vec<(&'a User, Option<Timestamp>)>,
    /// The operator's own roles: only sites that they manage are shown.
    pub operator: &'a Access,
}

/// Users and their roles, for operators.
pub fn page(texts: &Texts, people: &People<'_>) -> Html {
    html! {
        <>
            { note(people.note.as_ref()) }
            { invited(texts, people.invited.as_ref()) }
            { list(texts, people) }
            { add(texts, people.operator) }
        </>
    }
}

fn invited(texts: &Texts, invited: Option<&(UserName, String)>) -> Html {
    let Some((user, address)) = invited else {
        return Html::default();
    };
    html! {
        <section class="note" aria-labelledby="invited">
            <h2 id="invited">{ with(texts.invited_heading, user) }</h2>
            <code class="secret">{ address.clone() }</code>
            <p>{ texts.invited_hint }</p>
        </section>
    }
}

fn list(texts: &Texts, people: &People<'_>) -> Html {
    if people.users.is_empty() {
        return html! { <p>{ texts.people_none }</p> };
    }
    let rows = people.users.iter().flat_map(|(user, seen)| {
        let managed = user
            .access
            .iter()
            .filter(|grant| people.operator.is_operator(grant.site()));
        managed.map(|grant| row(texts, people.operator, user, *seen, grant))
    });
    let table = html! {
        <table class="cards" role="table">
            <thead role="rowgroup">
                <tr role="row">
                    <th scope="col" role="columnheader">{ texts.name }</th>
                    <th scope="col" role="columnheader">{ texts.site }</th>
                    <th scope="col" role="columnheader">{ texts.role }</th>
                    <th scope="col" role="columnheader">{ texts.section }</th>
                    <th scope="col" role="columnheader">{ texts.last_seen }</th>
                    <th scope="col" role="columnheader">{ texts.actions }</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{ for rows }</tbody>
        </table>
    };
    scrollable(texts.people, table)
}

fn row(
    texts: &Texts,
    operator: &Access,
    user: &User,
    seen: Option<Timestamp>,
    grant: &Grant,
) -> Html {
    let section = grant
        .section()
        .map_or(texts.whole_site, |section| section.as_str());
    let seen = match (seen, &user.password) {
        (Some(seen), _) => minute(seen),
        (None, None) => html! { { texts.password_missing } },
        (None, Some(_)) => html! { { texts.never } },
    };
    html! {
        <tr role="row">
            <th scope="row" role="rowheader">{ user.name.to_string() }</th>
            <td role="cell" data-label={texts.site}>{ grant.site().as_str().to_owned() }</td>
            <td role="cell" data-label={texts.role}>{ form::role(texts, grant.role()) }</td>
            <td role="cell" data-label={texts.section}>{ section.to_owned() }</td>
            <td role="cell" data-label={texts.last_seen}>{ seen }</td>
            <td role="cell">{ actions(texts, operator, user, grant.site()) }</td>
        </tr>
    }
}

fn actions(texts: &Texts, operator: &Access, user: &User, site: &SiteId) -> Html {
    let button = |action: &'static str, text: &'static str, class: &'static str| {
        let label = format!("{text}: {} ({site})", user.name);
        html! {
            <form method="post" {action}>
                { hidden("name", &user.name) }
                { hidden("site", site) }
                <button {class} aria-label={label}>{ text }</button>
            </form>
        }
    };
    let take_away = button("people/revoke", texts.remove_role, "quiet danger");
    if !operator.may_manage(&user.access) {
        return html! { <>{ take_away }<p class="hint">{ texts.not_all_yours }</p></> };
    }
    html! {
        <>
            { button("people/invite", texts.invite, "quiet") }
            { button("people/sign-out", texts.sign_out_user, "quiet") }
            <details>
                <summary>{ texts.more }</summary>
                { take_away }
                { button("people/remove", texts.remove_user, "quiet danger") }
            </details>
        </>
    }
}

fn add(texts: &Texts, operator: &Access) -> Html {
    let managed: Vec<_> = operator
        .iter()
        .filter(|grant| grant.role() == Role::Operator)
        .map(|grant| grant.site().clone())
        .collect();
    let role =
        |role: Role| html! { <option value={role.name()}>{ form::role(texts, role) }</option> };
    html! {
        <section class="form" aria-labelledby="add">
            <h2 id="add">{ texts.add_person }</h2>
            <form class="card" method="post" action="people">
                <p class="hint">{ texts.add_person_hint }</p>
                <label>
                    { texts.name }
                    <input name="name" required=true maxlength="64" autocomplete="off" autocapitalize="none" spellcheck="false" />
                </label>
                { form::sites(texts, &managed) }
                <label>
                    { texts.role }
                    <select name="role">{ for Role::ALL.into_iter().map(role) }</select>
                </label>
                { form::section(texts) }
                <button>{ texts.add }</button>
            </form>
        </section>
    }
}
