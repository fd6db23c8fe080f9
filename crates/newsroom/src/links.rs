use accounts::{Link, TokenHash};
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

/// The validities that the form offers, in days.
const VALIDITIES: [u16; 5] = [1, 7, 30, 90, 365];

/// Contents of the page.
#[derive(Clone, Debug)]
pub struct Links {
    /// Message above the list.
    pub note: Option<Note>,
    /// The address of a link that was just made.
    pub made: Option<String>,
    /// The links that the viewer may revoke.
    pub links: Vec<(TokenHash, Link)>,
    /// The sites for which the viewer may make links.
    pub sites: Vec<SiteId>,
}

/// Read-only links, for editors and operators.
pub fn page(texts: &Texts, links: &Links) -> Html {
    html! {
        <>
            { note(links.note.as_ref()) }
            { made(texts, links.made.as_ref()) }
            <p>{ texts.links_hint }</p>
            { list(texts, &links.links) }
            { make(texts, &links.sites) }
        </>
    }
}

fn made(texts: &Texts, address: Option<&String>) -> Html {
    let Some(address) = address else {
        return Html::default();
    };
    html! {
        <section class="note" aria-labelledby="made">
            <h2 id="made">{ texts.link_made }</h2>
            <code class="secret">{ address.clone() }</code>
            <p>{ texts.link_made_hint }</p>
        </section>
    }
}

fn list(texts: &Texts, links: &[(TokenHash, Link)]) -> Html {
    if links.is_empty() {
        return html! { <p>{ texts.links_none }</p> };
    }
    let row = |(token, link): &(TokenHash, Link)| {
        let section = link
            .section
            .as_ref()
            .map_or(texts.whole_site, |section| section.as_str());
        let label = format!("{}: {}", texts.revoke, link.label);
        html! {
            <tr>
                <th scope="row">{ link.label.clone() }</th>
                <td>{ link.site.as_str().to_owned() }</td>
                <td>{ section.to_owned() }</td>
                <td>{ link.author.clone() }</td>
                <td>{ minute(link.expires) }</td>
                <td>
                    <form method="post" action="links/revoke">
                        { hidden("link", token) }
                        <button class="quiet danger" aria-label={label}>{ texts.revoke }</button>
                    </form>
                </td>
            </tr>
        }
    };
    let table = html! {
        <table>
            <thead>
                <tr>
                    <th scope="col">{ texts.label }</th>
                    <th scope="col">{ texts.site }</th>
                    <th scope="col">{ texts.section }</th>
                    <th scope="col">{ texts.made_by }</th>
                    <th scope="col">{ texts.expires }</th>
                    <th scope="col">{ texts.actions }</th>
                </tr>
            </thead>
            <tbody>{ for links.iter().map(row) }</tbody>
        </table>
    };
    scrollable(texts.links, table)
}

fn make(texts: &Texts, sites: &[SiteId]) -> Html {
    let validity = |days: u16| {
        let text = match days {
            1 => texts.one_day.to_owned(),
            days => with(texts.n_days, days),
        };
        html! { <option value={days.to_string()} selected={days == 7}>{ text }</option> }
    };
    html! {
        <section class="form" aria-labelledby="make">
            <h2 id="make">{ texts.make_link }</h2>
            <form class="card" method="post" action="links">
                <label>
                    { texts.label }
                    <small id="label-hint">{ texts.label_hint }</small>
                    <input name="label" required=true maxlength="100" aria-describedby="label-hint" />
                </label>
                { form::sites(texts, sites) }
                { form::section(texts) }
                <label>
                    { texts.days_valid }
                    <select name="days">{ for VALIDITIES.into_iter().map(validity) }</select>
                </label>
                <button>{ texts.make_link }</button>
            </form>
        </section>
    }
}
