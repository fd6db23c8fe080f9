use yew::prelude::*;

use super::PageContext;

/// Events of one article that were refused.
pub struct RefusedPanel {
    /// The number of days, today included.
    pub days: u16,
    /// The address of the page about how the site counts.
    pub method: String,
    /// Why, and how many: the most frequent first.
    pub causes: Vec<(&'static str, u64)>,
}

/// The texts of the reasons, by their names in the store.
pub fn cause(context: &PageContext, reason: &str) -> &'static str {
    let texts = context.texts;
    match reason {
        "bot" => texts.cause_bot,
        "limit" => texts.cause_limit,
        "closed" => texts.cause_closed,
        "option" => texts.cause_option,
        "network" => texts.cause_network,
        "ignored" => texts.cause_ignored,
        "off" => texts.cause_off,
        "origin" => texts.cause_origin,
        _ => texts.cause_malformed,
    }
}

/// Draws the numbers with a sentence.
pub(crate) fn refused(context: &PageContext, panel: &RefusedPanel) -> Html {
    let texts = context.texts;
    let days = context.number(panel.days.into());
    let number = |count: u64| context.number(count.cast_signed());
    let all = panel.causes.iter().map(|(_, count)| count).sum::<u64>();
    let content = match panel.causes.first() {
        None => html! { <p>{context.fill(texts.refused_none, &[("days", &days)])}</p> },
        Some((cause, count)) => {
            let blanks = [
                ("n", &*number(all)),
                ("days", &days),
                ("cause", &cause.to_lowercase()),
                ("m", &number(*count)),
            ];
            let rows = panel.causes.iter().map(|(cause, count)| {
                html! { <tr><th scope="row">{*cause}</th><td class="number">{number(*count)}</td></tr> }
            });
            html! {
                <>
                    <p>{context.fill(texts.refused_sentence, &blanks)}</p>
                    <table class="narrow">
                        <thead><tr>
                            <th scope="col">{texts.cause}</th>
                            <th scope="col" class="number">{texts.refused_events}</th>
                        </tr></thead>
                        <tbody>{ for rows }</tbody>
                    </table>
                </>
            }
        }
    };
    html! {
        <section id="refused" aria-labelledby="refused-head">
            <h2 id="refused-head">{texts.refused}</h2>
            {content}
            <p class="hint">{texts.refused_note}{" "}<a href={panel.method.clone()}>{texts.refused_method}</a></p>
        </section>
    }
}
