use accounts::Role;
use wire::SiteId;
use yew::prelude::*;

use crate::Texts;

/// A message above a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Something was done.
    Done(String),
    /// Why nothing was done.
    Error(String),
}

/// The message.
pub(crate) fn note(note: Option<&Note>) -> Html {
    match note {
        None => Html::default(),
        Some(Note::Done(text)) => {
            html! { <p class="note" role="status">{ text.clone() }</p> }
        }
        Some(Note::Error(text)) => {
            html! { <p class="note error" role="alert">{ text.clone() }</p> }
        }
    }
}

/// A field that only carries a value.
pub(crate) fn hidden(name: &'static str, value: impl ToString) -> Html {
    html! { <input type="hidden" {name} value={value.to_string()} /> }
}

/// The choice of a site.
pub(crate) fn sites(texts: &Texts, sites: &[SiteId]) -> Html {
    let option = |site: &SiteId| {
        let id = site.as_str().to_owned();
        html! { <option value={id.clone()}>{ id }</option> }
    };
    html! {
        <label>
            { texts.site }
            <select name="site">{ for sites.iter().map(option) }</select>
        </label>
    }
}

/// The name of a role.
pub(crate) fn role(texts: &Texts, role: Role) -> &'static str {
    match role {
        Role::Reader => texts.reader,
        Role::Editor => texts.editor,
        Role::Operator => texts.operator,
    }
}

/// The field for a section.
pub(crate) fn section(texts: &Texts) -> Html {
    html! {
        <label>
            { texts.section }
            <small id="section-hint">{ texts.section_hint }</small>
            <input name="section" maxlength="200" aria-describedby="section-hint" />
        </label>
    }
}
