use visitor::Day;
use yew::prelude::*;

use super::{
    Chart, ListedArticle, Look, PageContext, Series,
    chart::chart,
    correct::{CorrectionPanel, corrections},
    period::Unit,
    poll::{PollPanel, poll, state},
    refused::{RefusedPanel, refused},
};

/// A count of an article with its starting count.
pub struct Total {
    /// What is counted.
    pub label: String,
    /// Counted here.
    pub counted: u64,
    /// From an earlier counter.
    pub imported: u64,
}

/// The first hours of an article.
#[derive(Clone, Debug, Default)]
pub struct FirstHours {
    /// All reads up to and including each hour since the first.
    pub reads: Vec<i64>,
    /// The same of the typical article; empty: there is none.
    pub typical: Vec<u64>,
    /// Number of articles that this was computed from.
    pub articles: u32,
}

/// Contents of the page.
pub struct ArticlePage {
    /// The article.
    pub article: ListedArticle,
    /// The address of its page, if known.
    pub url: Option<String>,
    /// Its poll.
    pub poll: PollPanel,
    /// Refused events.
    pub refused: RefusedPanel,
    /// Reads, each option, each network.
    pub totals: Vec<Total>,
    /// First and last day of the charts.
    pub period: (Day, Day),
    /// How days are joined in the charts.
    pub unit: Unit,
    /// The first day of each unit.
    pub days: Vec<Day>,
    /// Reads in each unit.
    pub reads: Vec<i64>,
    /// Its first hours; `None`: not kept.
    pub first_hours: Option<FirstHours>,
    /// Label and votes of each option: in each unit the sum since the first day.
    pub options: Vec<(String, Vec<i64>)>,
    /// Keys that count here too.
    pub aliases: Vec<String>,
    /// Choices of the number of days: number, and whether it is chosen.
    pub choices: Vec<(u16, bool)>,
    /// Corrections of its counts; `None`: the viewer may not.
    pub corrections: Option<CorrectionPanel>,
    /// The copy to edit; `None`: the viewer may not.
    pub copy: Option<EditedCopy>,
    /// Whether the copy has just been saved.
    pub is_saved: bool,
    /// Why the copy was not saved.
    pub refusal: Option<String>,
}

/// The fields of a copy.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "as in `wire::Article`")]
pub struct EditedCopy {
    pub title: String,
    pub byline: String,
    pub published: String,
    pub url: String,
    pub html: String,
    /// A mark of what is stored, which the form sends back.
    pub mark: String,
}

/// Draws the page.
pub fn article(context: &PageContext, page: &ArticlePage) -> Html {
    html! {
        <>
            {about(context, page)}
            {totals(context, page)}
            {days(context, page)}
            {page.first_hours.as_ref().map(|hours| first_hours(context, hours)).unwrap_or_default()}
            {options(context, page)}
            {poll(context, &page.poll, action(page, "poll"))}
            {refused(context, &page.refused)}
            {page.corrections.as_ref().map(|panel| corrections(context, panel, &action(page, "correct"))).unwrap_or_default()}
            {page.copy.as_ref().map(|copy| edit(context, page, copy)).unwrap_or_default()}
        </>
    }
}

/// The address of a form about this article.
fn action(page: &ArticlePage, form: &str) -> String {
    super::listed::article_form(form, &page.article.key)
}

fn about(context: &PageContext, page: &ArticlePage) -> Html {
    let texts = context.texts;
    let article = &page.article;
    let row = |head: &'static str, value: Html| html! { <><dt>{head}</dt><dd>{value}</dd></> };
    let published = article
        .published
        .map(|day| row(texts.published, html! { {context.date(day)} }));
    let byline = (!article.byline.is_empty()).then(|| {
        row(
            texts.byline,
            html! { <a href={format!("articles?byline={}", super::listed::encode(&article.byline))} dir="auto">{&*article.byline}</a> },
        )
    });
    let link = page.url.as_ref().map(|url| {
        let url = url.clone();
        row(
            texts.address,
            html! { <a href={url} rel="noreferrer">{texts.page}</a> },
        )
    });
    let aliases =
        (!page.aliases.is_empty()).then(|| row(texts.aliases, html! { {page.aliases.join(", ")} }));
    html! {
        <dl class="about">
            {row(texts.key, html! { <code>{&*article.key}</code> })}
            {published.unwrap_or_default()}
            {byline.unwrap_or_default()}
            {link.unwrap_or_default()}
            {row(texts.polls, html! { <a href="#poll">{state(context, &page.poll)}</a> })}
            {aliases.unwrap_or_default()}
        </dl>
    }
}

fn totals(context: &PageContext, page: &ArticlePage) -> Html {
    let texts = context.texts;
    let number = |number: u64| context.number(number.cast_signed());
    let has_imported = page.totals.iter().any(|total| total.imported > 0);
    let rows = page.totals.iter().map(|total| {
        let imported = has_imported.then(|| {
            html! { <><td class="number">{number(total.counted)}</td><td class="number">{number(total.imported)}</td></> }
        });
        html! {
            <tr>
                <th scope="row">{&*total.label}</th>
                <td class="number">{number(total.counted + total.imported)}</td>
                {imported.unwrap_or_default()}
            </tr>
        }
    });
    let heads = has_imported.then(|| {
        html! { <><th scope="col" class="number">{texts.counted}</th><th scope="col" class="number">{texts.imported}</th></> }
    });
    let note = has_imported.then(|| html! { <p class="hint">{texts.imported_note}</p> });
    html! {
        <section aria-labelledby="totals-head">
            <h2 id="totals-head">{texts.totals}</h2>
            <table class="narrow">
                <thead><tr>
                    <th scope="col">{texts.what}</th>
                    <th scope="col" class="number">{texts.total}</th>
                    {heads.unwrap_or_default()}
                </tr></thead>
                <tbody>{ for rows }</tbody>
            </table>
            {note.unwrap_or_default()}
        </section>
    }
}

fn days(context: &PageContext, page: &ArticlePage) -> Html {
    let texts = context.texts;
    let (first, last) = page.period;
    let (unit, head) = page.unit.texts(context);
    let sum = page.reads.iter().copied().fold(0, i64::saturating_add);
    let most = page.days.iter().zip(&page.reads);
    let most = most.max_by_key(|(day, reads)| (**reads, std::cmp::Reverse(**day)));
    let sentence = match most.filter(|(_, reads)| **reads > 0) {
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
    let choices = page.choices.iter().map(|(days, is_current)| {
        let href = format!("{}&days={days}", super::listed::article_href(&page.article.key));
        let current = is_current.then_some("true");
        let days = context.number((*days).into());
        html! { <li><a {href} aria-current={current}>{format!("{days} {}", texts.days_of_article.to_lowercase())}</a></li> }
    });
    let drawn = chart(
        context,
        &Chart {
            id: "days",
            title: context.fill(texts.reads_by, &[("unit", unit)]),
            sentence,
            label_head: head.to_owned(),
            labels: page
                .days
                .iter()
                .map(|day| page.unit.name(context, *day))
                .collect(),
            axis: page
                .days
                .iter()
                .map(|day| page.unit.short_name(context, *day))
                .collect(),
            series: vec![Series {
                name: texts.reads.to_owned(),
                values: page.reads.iter().map(|reads| Some(*reads)).collect(),
                look: Look::Bars,
            }],
            marked: Vec::new(),
        },
    );
    html! { <><ul class="inline">{ for choices }</ul>{drawn}</> }
}

fn first_hours(context: &PageContext, hours: &FirstHours) -> Html {
    let texts = context.texts;
    let Some(last) = hours.reads.len().checked_sub(1) else {
        return Html::default();
    };
    let n = context.number(hours.reads[last]);
    let after = context.number(last as i64 + 1);
    let typical = hours.typical.get(last);
    let sentence = match typical {
        Some(typical) => context.fill(
            texts.first_hours_sentence,
            &[
                ("hours", &after),
                ("n", &n),
                ("m", &context.number(typical.cast_signed())),
                ("articles", &context.number(hours.articles.into())),
            ],
        ),
        None => context.fill(texts.first_hours_alone, &[("hours", &after), ("n", &n)]),
    };
    let width = hours.reads.len().max(hours.typical.len());
    let mut series = vec![Series {
        name: texts.this_article.to_owned(),
        values: (0..width).map(|at| hours.reads.get(at).copied()).collect(),
        look: Look::Bars,
    }];
    if typical.is_some() {
        let typical = hours.typical.iter();
        series.push(Series {
            name: texts.typical.to_owned(),
            values: typical.map(|reads| Some(reads.cast_signed())).collect(),
            look: Look::Line(1),
        });
    }
    chart(
        context,
        &Chart {
            id: "first-hours",
            title: texts.first_hours.to_owned(),
            sentence,
            label_head: texts.since_first.to_owned(),
            labels: (1..=width)
                .map(|hour| context.number(hour as i64))
                .collect(),
            axis: Vec::new(),
            series,
            marked: Vec::new(),
        },
    )
}

fn options(context: &PageContext, page: &ArticlePage) -> Html {
    let texts = context.texts;
    let last = |votes: &[i64]| votes.last().copied().unwrap_or(0);
    let votes = page.options.iter().map(|(_, votes)| last(votes));
    let all = votes.fold(0, i64::saturating_add);
    let leads = page.options.iter().max_by_key(|(_, votes)| last(votes));
    let sentence = match leads.filter(|(_, votes)| last(votes) > 0) {
        Some((label, votes)) => context.fill(
            texts.options_sentence,
            &[
                ("option", label),
                ("n", &context.number(last(votes))),
                ("m", &context.number(all)),
            ],
        ),
        None => {
            return html! {
                <section aria-labelledby="options-head">
                    <h2 id="options-head">{texts.options_over_time}</h2>
                    <p>{texts.options_empty}</p>
                </section>
            };
        }
    };
    let series = page.options.iter().enumerate();
    let series = series.map(|(at, (label, votes))| Series {
        name: label.clone(),
        values: votes.iter().map(|votes| Some(*votes)).collect(),
        look: Look::Line(at as u8 + 1),
    });
    chart(
        context,
        &Chart {
            id: "options",
            title: texts.options_over_time.to_owned(),
            sentence,
            label_head: page.unit.texts(context).1.to_owned(),
            labels: page
                .days
                .iter()
                .map(|day| page.unit.name(context, *day))
                .collect(),
            axis: page
                .days
                .iter()
                .map(|day| page.unit.short_name(context, *day))
                .collect(),
            series: series.collect(),
            marked: Vec::new(),
        },
    )
}

fn edit(context: &PageContext, page: &ArticlePage, copy: &EditedCopy) -> Html {
    let texts = context.texts;
    let action = action(page, "article");
    let saved = page
        .is_saved
        .then(|| html! { <p class="note" role="status">{texts.saved}</p> });
    let refusal = page.refusal.as_ref();
    let refusal = refusal.map(|why| html! { <p class="note error" role="alert">{&**why}</p> });
    let is_open = page.refusal.is_some();
    html! {
        <section id="copy" class="form" aria-labelledby="copy-head">
            <h2 id="copy-head">{texts.edit_copy}</h2>
            {saved.unwrap_or_default()}{refusal.unwrap_or_default()}
            <p class="hint">{texts.edit_note}</p>
            <details open={is_open}>
                <summary>{texts.edit_copy}</summary>
                <form method="post" {action} class="card wide-card">
                    <label>{texts.title}<input name="title" required=true value={copy.title.clone()} dir="auto" /></label>
                    <label>{texts.byline}<input name="byline" value={copy.byline.clone()} dir="auto" /></label>
                    <label>{texts.published}<input type="date" name="published" value={copy.published.clone()} /></label>
                    <label>{texts.address}<input type="url" name="url" value={copy.url.clone()} /></label>
                    <label>{texts.body}<textarea name="html" rows="12" required=true dir="auto" value={copy.html.clone()} /></label>
                    <input type="hidden" name="mark" value={copy.mark.clone()} />
                    <button>{texts.save}</button>
                </form>
            </details>
        </section>
    }
}
