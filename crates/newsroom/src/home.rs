use accounts::{Access, Grant};
use yew::prelude::*;

use crate::{Texts, form, table::scrollable};

/// The sites that the viewer may see.
pub fn page(texts: &Texts, access: &Access) -> Html {
    if access.is_empty() {
        return html! { <p>{ texts.no_sites }</p> };
    }
    let row = |grant: &Grant| {
        let section = grant
            .section()
            .map_or(texts.whole_site, |section| section.as_str());
        html! {
            <tr>
                <th scope="row"><a href={format!("{}/now", grant.site())}>{ grant.site().as_str().to_owned() }</a></th>
                <td>{ form::role(texts, grant.role()) }</td>
                <td>{ section.to_owned() }</td>
            </tr>
        }
    };
    let table = html! {
        <table>
            <thead>
                <tr>
                    <th scope="col">{ texts.site }</th>
                    <th scope="col">{ texts.role }</th>
                    <th scope="col">{ texts.section }</th>
                </tr>
            </thead>
            <tbody>{ for access.iter().map(row) }</tbody>
        </table>
    };
    scrollable(texts.sites_heading, table)
}
