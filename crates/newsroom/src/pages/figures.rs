use yew::prelude::*;

use super::context::{Direction, PageContext};

/// A number beside what it was before.
pub struct Figure {
    /// What is counted.
    pub label: String,
    /// How many.
    pub now: i64,
    /// How many there were before, and when that was; `None`: nothing to compare with.
    pub before: Option<(i64, String)>,
    /// Id for the script, which replaces the number.
    pub live: Option<&'static str>,
}

/// Draws large numbers side by side.
pub(crate) fn figures(context: &PageContext, figures: &[Figure]) -> Html {
    let figures = figures.iter().map(|figure| {
        let before = figure.before.as_ref().map(|(before, when)| {
            let (change, direction) = context.change(figure.now, *before);
            html! { <><dd class={class(direction)}>{change}</dd><dd class="note">{&**when}</dd></> }
        });
        html! {
            <div>
                <dt>{&*figure.label}</dt>
                <dd class="large" data-live={figure.live}>{context.number(figure.now)}</dd>
                {before.unwrap_or_default()}
            </div>
        }
    });
    html! { <dl class="figures">{ for figures }</dl> }
}

/// Draws a table of numbers with their change.
pub(crate) fn totals(context: &PageContext, title: &str, figures: &[Figure]) -> Html {
    let texts = context.texts;
    let rows = figures.iter().map(|figure| {
        let (before, change) = match &figure.before {
            Some((before, _)) => {
                let (change, direction) = context.change(figure.now, *before);
                (
                    context.number(*before),
                    html! { <span class={class(direction)}>{change}</span> },
                )
            }
            None => ("–".into(), Html::default()),
        };
        html! {
            <tr>
                <th scope="row">{&*figure.label}</th>
                <td class="number">{context.number(figure.now)}</td>
                <td class="number">{before}</td>
                <td class="number">{change}</td>
            </tr>
        }
    });
    html! {
        <section aria-labelledby="totals-head">
            <h2 id="totals-head">{title}</h2>
            <table class="narrow">
                <thead><tr>
                    <th scope="col">{texts.what}</th>
                    <th scope="col" class="number">{texts.period}</th>
                    <th scope="col" class="number">{texts.period_before}</th>
                    <th scope="col" class="number">{texts.change}</th>
                </tr></thead>
                <tbody>{ for rows }</tbody>
            </table>
        </section>
    }
}

fn class(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "up",
        Direction::Down => "down",
        Direction::None => "same",
    }
}
