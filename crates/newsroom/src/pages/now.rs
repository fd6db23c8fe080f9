use visitor::{Day, Hour};
use yew::prelude::*;

use super::{
    ArticleList, Chart, Figure, ListedArticle, Look, PageContext, Series, chart::chart,
    figures::figures, listed::list,
};

/// Hours of a day.
const HOURS: usize = 24;

/// A spike is an hour with more than this multiple of its usual reads, and at least this number of reads.
const SPIKE_FACTOR: f64 = 3.0;
const SPIKE_READS: i64 = 20;

/// Contents of the page.
#[derive(Clone, Debug, Default)]
pub struct Now {
    /// Today, the current hour, and the day a week before.
    pub today: Option<(Day, Hour, Day)>,
    /// Reads in each hour of today.
    pub reads: [i64; HOURS],
    /// Reads in each hour of the day a week before.
    pub before: [i64; HOURS],
    /// Mean reads in each hour of the seven days before today; `None`: unknown.
    pub usual: Option<[f64; HOURS]>,
    /// Reads, reactions and shares of today, and of the day a week before until the same hour; `None`: its hours are not
    /// known.
    pub totals: [(i64, Option<i64>); 3],
    /// Open tabs with live counts; `None`: the site has no live counts.
    pub watching: Option<u64>,
    /// Articles that are watched, with the number of tabs.
    pub watched: Vec<(ListedArticle, u64)>,
    /// Articles that rise: reads of the last two hours, and the mean of two hours before.
    pub rising: Vec<(ListedArticle, i64, f64)>,
    /// Most read today.
    pub read: Vec<(ListedArticle, i64)>,
    /// Whether the hours are known.
    pub has_hours: bool,
    /// The time of the page.
    pub time: String,
}

impl Now {
    /// Hours of today that are spikes.
    fn spikes(&self) -> Vec<usize> {
        let Some(usual) = &self.usual else {
            return Vec::new();
        };
        let is_spike = |hour: &usize| {
            let (reads, usual) = (self.reads[*hour], usual[*hour]);
            reads >= SPIKE_READS && reads as f64 > usual.max(1.0) * SPIKE_FACTOR
        };
        (0..HOURS).filter(is_spike).collect()
    }
}

/// Draws the page.
pub fn now(context: &PageContext, now: &Now) -> Html {
    let texts = context.texts;
    let Some((_, hour, before)) = now.today else {
        return html! { <p>{texts.no_entries}</p> };
    };
    let hour_text = context.hour(hour);
    let when = |n: i64| {
        let date = context.date(before);
        let n = context.number(n);
        context.fill(
            texts.before_until,
            &[("date", &date), ("hour", &hour_text), ("n", &n)],
        )
    };
    let figure = |label: &str, live, (now, before): (i64, Option<i64>)| Figure {
        label: label.to_owned(),
        now,
        before: before.map(|before| (before, when(before))),
        live: Some(live),
    };
    let this_hour = usize::from(hour.get()).min(HOURS - 1);
    let [reads, reactions, shares] = now.totals;
    let mut all = vec![
        figure(texts.reads, "reads", reads),
        figure(texts.reactions, "reactions", reactions),
        figure(texts.shares, "shares", shares),
    ];
    if now.has_hours {
        all.push(figure(
            texts.this_hour,
            "hour",
            (now.reads[this_hour], None),
        ));
    }
    if let Some(watching) = now.watching {
        all.push(Figure {
            label: texts.watching.to_owned(),
            now: watching.cast_signed(),
            before: None,
            live: Some("watching"),
        });
    }
    html! {
        <>
            <p class="as-of">{context.fill(texts.as_of, &[("time", &now.time)])}</p>
            {figures(context, &all)}
            {hours(context, now)}
            <div class="columns">
                {list(context, &rising(context, now))}
                {list(context, &read(context, now))}
                {watched(context, now)}
            </div>
        </>
    }
}

fn hours(context: &PageContext, now: &Now) -> Html {
    let texts = context.texts;
    let Some((_, current, before)) = now.today else {
        return Html::default();
    };
    if !now.has_hours {
        return html! { <p class="hint">{texts.hours_unknown}</p> };
    }
    let date = context.date(before);
    let hour = |at: usize| context.hour(Hour::new(at as u8));
    let most = (0..HOURS).max_by_key(|at| (now.reads[*at], HOURS - at));
    let most = most.filter(|at| now.reads[*at] > 0);
    let mut sentence = match most {
        Some(at) => context.fill(
            texts.hours_sentence,
            &[
                ("n", &context.number(now.reads[at])),
                ("hour", &hour(at)),
                ("date", &date),
                ("m", &context.number(now.before[at])),
            ],
        ),
        None => texts.hours_empty.to_owned(),
    };
    let marked = now.spikes();
    if !marked.is_empty() {
        let hours = ranges(&marked).into_iter();
        let hours = hours.map(|(first, last)| match first == last {
            true => hour(first),
            false => format!("{}–{}", hour(first), hour(last)),
        });
        let hours: Vec<_> = hours.collect();
        sentence += " ";
        sentence += &context.fill(texts.spikes, &[("hours", &hours.join(", "))]);
    }
    let is_past = |at: usize| at <= usize::from(current.get());
    let values = |hours: &[i64; HOURS], is_shown: &dyn Fn(usize) -> bool| {
        let values = hours.iter().enumerate();
        values
            .map(|(at, reads)| is_shown(at).then_some(*reads))
            .collect::<Vec<_>>()
    };
    chart(
        context,
        &Chart {
            id: "hours",
            title: context.fill(texts.hours_today, &[("date", &date)]),
            sentence,
            label_head: texts.hour.to_owned(),
            labels: (0..HOURS).map(hour).collect(),
            axis: Vec::new(),
            series: vec![
                Series {
                    name: texts.today.to_owned(),
                    values: values(&now.reads, &is_past),
                    look: Look::Bars,
                },
                Series {
                    name: date,
                    values: values(&now.before, &|_| true),
                    look: Look::Line(1),
                },
            ],
            marked,
        },
    )
}

/// First and last of each run of consecutive hours.
fn ranges(hours: &[usize]) -> Vec<(usize, usize)> {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for hour in hours {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == *hour => *last = *hour,
            _ => ranges.push((*hour, *hour)),
        }
    }
    ranges
}

fn rising(context: &PageContext, now: &Now) -> ArticleList {
    let texts = context.texts;
    let entries = now.rising.iter().map(|(article, reads, before)| {
        let before = context.number(before.round() as i64);
        (article.clone(), vec![context.number(*reads), before])
    });
    ArticleList {
        id: "rising".into(),
        title: texts.rises.to_owned(),
        note: Some(texts.rises_note),
        heads: vec![texts.two_hours.to_owned(), texts.usual.to_owned()],
        entries: entries.collect(),
        empty: texts.nothing_rises,
    }
}

fn read(context: &PageContext, now: &Now) -> ArticleList {
    let texts = context.texts;
    let entries = now.read.iter();
    ArticleList {
        id: "read".into(),
        title: texts.read_today.to_owned(),
        note: None,
        heads: vec![texts.reads.to_owned()],
        entries: entries
            .map(|(article, reads)| (article.clone(), vec![context.number(*reads)]))
            .collect(),
        empty: texts.no_entries,
    }
}

fn watched(context: &PageContext, now: &Now) -> Html {
    let texts = context.texts;
    if now.watching.is_none() {
        return Html::default();
    }
    let entries = now.watched.iter();
    let watched = ArticleList {
        id: "watched".into(),
        title: texts.watched.to_owned(),
        note: Some(texts.watching_note),
        heads: vec![texts.watching.to_owned()],
        entries: entries
            .map(|(article, tabs)| (article.clone(), vec![context.number(tabs.cast_signed())]))
            .collect(),
        empty: texts.no_entries,
    };
    list(context, &watched)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_spikes_are_one_range() {
        assert_eq!(ranges(&[]), []);
        assert_eq!(ranges(&[3, 7, 8, 9, 23]), [(3, 3), (7, 9), (23, 23)]);
    }

    #[test]
    fn spike_is_thrice_the_usual_and_no_small_number() {
        let mut now = Now {
            usual: Some([10.0; HOURS]),
            ..Now::default()
        };
        now.reads[3] = 31;
        now.reads[4] = 30;
        assert_eq!(now.spikes(), [3]);
        now.usual = Some([0.0; HOURS]);
        now.reads = [0; HOURS];
        now.reads[5] = SPIKE_READS - 1;
        assert!(now.spikes().is_empty());
        now.usual = None;
        now.reads[5] = 1000;
        assert!(now.spikes().is_empty(), "nothing to compare with");
    }
}
