use yew::prelude::*;

use super::context::PageContext;

/// Height and width of the drawing, whose width is stretched to that of the page.
const HEIGHT: f64 = 100.0;
const WIDTH: f64 = 1000.0;

/// Labels below the drawing, at most.
const MAX_AXIS_LABELS: usize = 7;

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Bars, for the series that the chart is about.
    Bars,
    /// A line of that number, with its own colour and dashes.
    Line(u8),
}

/// One row of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// One number for each label; `None`: not known, or still to come.
    pub values: Vec<Option<i64>>,
    /// How it is drawn.
    pub look: Look,
}

/// A chart: a sentence, a drawing, and a table of the same numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Id of the chart on its page.
    pub id: &'static str,
    /// Its heading.
    pub title: String,
    /// The chart in words, as a sentence.
    pub sentence: String,
    /// Heading of the labels, in the table.
    pub label_head: String,
    /// One label for each column of numbers.
    pub labels: Vec<String>,
    /// Short forms of the labels for the axis; empty: the labels themselves.
    pub axis: Vec<String>,
    /// The numbers.
    pub series: Vec<Series>,
    /// Columns that are marked as spikes.
    pub marked: Vec<usize>,
}

/// Draws a chart.
pub fn chart(context: &PageContext, chart: &Chart) -> Html {
    let sentence = format!("{}-says", chart.id);
    let drawn = chart.has_counts().then(|| {
        html! {
            <>
            {drawing(context, chart, sentence.clone())}
            {axis(chart)}
            {legend(chart)}
            {table(context, chart)}
            </>
        }
    });
    html! {
        <figure class="chart" id={chart.id}>
            <h2>{&*chart.title}</h2>
            <p id={sentence}>{&*chart.sentence}</p>
            {drawn.unwrap_or_default()}
        </figure>
    }
}

impl Chart {
    /// Whether any number is above zero; otherwise the sentence says it all.
    fn has_counts(&self) -> bool {
        let all = self.series.iter().flat_map(|series| &series.values);
        all.flatten().any(|number| *number > 0)
    }
}

/// The drawing, with the number of its upper edge.
fn drawing(context: &PageContext, chart: &Chart, sentence: String) -> Html {
    let all = chart.series.iter().flat_map(|series| &series.values);
    let top = all.flatten().copied().max().unwrap_or(0).max(1) as f64;
    let view_box = format!("0 0 {WIDTH} {HEIGHT}");
    let series = chart.series.iter().map(|series| match series.look {
        Look::Bars => bars(series, &chart.marked, top),
        Look::Line(number) => line(series, number, top),
    });
    let most = context.number(top as i64);
    html! {
        <>
        <p class="axis" aria-hidden="true">{most}</p>
        <svg role="img" aria-labelledby={sentence} viewBox={view_box} preserveAspectRatio="none">
            { for series }
        </svg>
        </>
    }
}

fn bars(series: &Series, marked: &[usize], top: f64) -> Html {
    let step = WIDTH / series.values.len().max(1) as f64;
    let values = series.values.iter().enumerate();
    let bars = values.filter_map(|(at, value)| {
        let height = (*value)?.max(0) as f64 / top * HEIGHT;
        let class = if marked.contains(&at) { "bar spike" } else { "bar" };
        let x = number(at as f64 * step + step * 0.1);
        Some(html! {
            <rect {class} {x} y={number(HEIGHT - height)} width={number(step * 0.8)} height={number(height)} />
        })
    });
    html! { <g>{ for bars }</g> }
}

fn line(series: &Series, look: u8, top: f64) -> Html {
    let step = WIDTH / series.values.len().max(1) as f64;
    let values = series.values.iter().enumerate();
    let points: Vec<_> = values
        .filter_map(|(at, value)| {
            let height = (*value)?.max(0) as f64 / top * HEIGHT;
            let x = number(at as f64 * step + step / 2.0);
            Some(format!("{x},{}", number(HEIGHT - height)))
        })
        .collect();
    html! {
        <polyline class={format!("line line-{look}")} points={points.join(" ")} vector-effect="non-scaling-stroke" />
    }
}

fn number(number: f64) -> String {
    format!("{number:.2}")
}

/// Some of the labels, each below the left edge of its column: a table, because the page's policy allows no inline styles.
fn axis(chart: &Chart) -> Html {
    let labels = if chart.axis.is_empty() {
        &chart.labels
    } else {
        &chart.axis
    };
    let step = axis_step(labels.len());
    let cells = labels.chunks(step).map(|columns| {
        // Too narrow for a label, which would be wider than the page.
        let label = if columns.len() == step {
            &*columns[0]
        } else {
            ""
        };
        html! { <td colspan={columns.len().to_string()}>{label}</td> }
    });
    html! { <table class="axis" aria-hidden="true"><tbody><tr>{ for cells }</tr></tbody></table> }
}

/// Every how many columns have a label: so that there are not too many, and a whole number of steps if possible.
fn axis_step(columns: usize) -> usize {
    let least = columns.div_ceil(MAX_AXIS_LABELS).max(1);
    let whole = (least..least * 2).find(|step| columns.is_multiple_of(*step));
    whole.unwrap_or(least)
}

fn legend(chart: &Chart) -> Html {
    if chart.series.len() < 2 {
        return Html::default();
    }
    let names = chart.series.iter().map(|series| {
        let class = match series.look {
            Look::Bars => "key key-bars".to_owned(),
            Look::Line(number) => format!("key key-{number}"),
        };
        html! { <li><span {class} aria-hidden="true"></span>{&*series.name}</li> }
    });
    html! { <ul class="legend">{ for names }</ul> }
}

fn table(context: &PageContext, chart: &Chart) -> Html {
    let heads = chart
        .series
        .iter()
        .map(|series| html! { <th scope="col" class="number">{&*series.name}</th> });
    let rows = chart.labels.iter().enumerate().map(|(at, label)| {
        let cells = chart.series.iter().map(|series| {
            let value = series.values.get(at).copied().flatten();
            html! { <td class="number">{value.map_or("–".into(), |value| context.number(value))}</td> }
        });
        let mark = if chart.marked.contains(&at) {
            html! { <strong class="mark">{context.texts.spike}</strong> }
        } else {
            Html::default()
        };
        html! { <tr><th scope="row">{&**label}{mark}</th>{ for cells }</tr> }
    });
    html! {
        <details>
            <summary>{context.texts.table}</summary>
            <div class="scroll" tabindex="0" role="region" aria-label={chart.title.clone()}>
                <table>
                    <thead><tr><th scope="col">{&*chart.label_head}</th>{ for heads }</tr></thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_an_axis_are_few_and_divide_it() {
        let steps = [0, 1, 7, 12, 13, 24, 28, 31, 36, 48].map(axis_step);
        assert_eq!(steps, [1, 1, 1, 2, 2, 4, 4, 5, 6, 8]);
    }
}
