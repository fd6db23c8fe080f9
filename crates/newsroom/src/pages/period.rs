use visitor::Day;
use yew::prelude::*;

use super::{
    ArticleList, Chart, Figure, Look, PageContext, Series, chart::chart, figures::totals,
    listed::list,
};

/// Days, weeks or months of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Days.
    Day,
    /// Weeks that begin on Monday.
    Week,
    /// Calendar months.
    Month,
}

impl Unit {
    /// Its name, and the heading of a column of units.
    pub(crate) fn texts(self, context: &PageContext) -> (&'static str, &'static str) {
        let texts = context.texts;
        match self {
            Self::Day => (texts.day, texts.day_head),
            Self::Week => (texts.week, texts.week_head),
            Self::Month => (texts.month, texts.month_head),
        }
    }

    /// The name of the unit that begins on that day.
    pub(crate) fn name(self, context: &PageContext, first: Day) -> String {
        match self {
            Self::Month => context.month(first),
            Self::Day | Self::Week => context.date(first),
        }
    }

    /// The same, in short.
    pub(crate) fn short_name(self, context: &PageContext, first: Day) -> String {
        match self {
            Self::Month => context.short_month(first),
            Self::Day | Self::Week => context.short_date(first),
        }
    }
}

/// Contents of the page.
pub struct PeriodPage {
    /// First and last day.
    pub days: (Day, Day),
    /// The period before, of equal length.
    pub before: (Day, Day),
    /// How days are joined in the chart.
    pub unit: Unit,
    /// First day and reads of each unit.
    pub reads: Vec<(Day, i64)>,
    /// Totals with those of the period before.
    pub totals: Vec<Figure>,
    /// Rankings.
    pub lists: Vec<ArticleList>,
    /// Links to usual periods: query and text.
    pub choices: Vec<(String, &'static str, bool)>,
}

/// Draws the page.
pub fn period(context: &PageContext, page: &PeriodPage) -> Html {
    let texts = context.texts;
    let lists = page.lists.iter().map(|of| list(context, of));
    let (first, last) = page.days;
    html! {
        <>
            {choose(context, page)}
            {reads(context, page)}
            {totals(context, texts.totals, &page.totals)}
            <p class="csv"><a href={format!("site.csv?from={first}&until={last}")}>{texts.csv}</a></p>
            <div class="columns">{ for lists }</div>
        </>
    }
}

fn choose(context: &PageContext, page: &PeriodPage) -> Html {
    let texts = context.texts;
    let (first, last) = page.days;
    let links = page.choices.iter().map(|(query, text, is_current)| {
        let current = is_current.then_some("true");
        html! { <li><a href={format!("site?{query}")} aria-current={current}>{*text}</a></li> }
    });
    html! {
        <form class="choose" method="get" action="site">
            <ul class="inline">{ for links }</ul>
            <label>{texts.from}<input type="date" name="from" value={first.to_string()} /></label>
            <label>{texts.until}<input type="date" name="until" value={last.to_string()} /></label>
            <button class="quiet">{texts.show}</button>
        </form>
    }
}

fn reads(context: &PageContext, page: &PeriodPage) -> Html {
    let texts = context.texts;
    let (unit, head) = page.unit.texts(context);
    let reads = page.reads.iter().map(|(_, reads)| *reads);
    let sum = reads.fold(0, i64::saturating_add);
    let most = page
        .reads
        .iter()
        .max_by_key(|(day, reads)| (*reads, std::cmp::Reverse(*day)));
    let (first, last) = page.days;
    let sentence = match most.filter(|(_, reads)| *reads > 0) {
        Some((day, reads)) => context.fill(
            texts.days_sentence,
            &[
                ("n", &context.number(sum)),
                ("first", &context.date(first)),
                ("last", &context.date(last)),
                ("unit", unit),
                ("m", &context.number(*reads)),
                ("when", &page.unit.name(context, *day)),
            ],
        ),
        None => texts.no_entries.to_owned(),
    };
    let values = page.reads.iter().map(|(_, reads)| Some(*reads)).collect();
    chart(
        context,
        &Chart {
            id: "reads",
            title: context.fill(texts.reads_by, &[("unit", unit)]),
            sentence,
            label_head: head.to_owned(),
            labels: page
                .reads
                .iter()
                .map(|(day, _)| page.unit.name(context, *day))
                .collect(),
            axis: page
                .reads
                .iter()
                .map(|(day, _)| page.unit.short_name(context, *day))
                .collect(),
            series: vec![Series {
                name: texts.reads.to_owned(),
                values,
                look: Look::Bars,
            }],
            marked: Vec::new(),
        },
    )
}
