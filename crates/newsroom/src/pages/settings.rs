use yew::prelude::*;

use super::PageContext;

/// A setting in force.
pub struct Setting {
    /// Its name in gema.toml.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// Its default.
    pub default: String,
}

/// A text that may be broken after an underscore, a point or a slash.
fn breakable(name: &str) -> Html {
    let parts = name.split_inclusive(['_', '.', '/']);
    html! { <>{ for parts.map(|part| html! { <>{part.to_owned()}<wbr /></> }) }</> }
}

/// Draws the page.
pub fn settings(context: &PageContext, settings: &[Setting]) -> Html {
    let texts = context.texts;
    let shown = |value: &str| match value {
        "" => texts.none.to_owned(),
        value => value.to_owned(),
    };
    let rows = settings.iter().map(|setting| {
        let differs = setting.value != setting.default;
        let mark =
            differs.then(|| html! { <>{" "}<strong class="mark">{texts.differs}</strong></> });
        html! {
            <tr data-row="">
                <th scope="row"><code>{breakable(setting.name)}</code></th>
                <td>{breakable(&shown(&setting.value))}{mark.unwrap_or_default()}</td>
                <td>{breakable(&shown(&setting.default))}</td>
            </tr>
        }
    });
    html! {
        <>
            <p class="hint">{texts.settings_note}</p>
            <table>
                <thead><tr>
                    <th scope="col">{texts.option}</th>
                    <th scope="col">{texts.in_force}</th>
                    <th scope="col">{texts.default}</th>
                </tr></thead>
                <tbody>{ for rows }</tbody>
            </table>
        </>
    }
}
