use yew::prelude::*;

use super::{
    PageContext,
    listed::{ListedArticle, encode, link},
};

/// Filter and order of the list; also the query of its address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words of headline or key.
    pub search: String,
    /// How keys begin.
    pub section: String,
    /// Words of the author's name.
    pub byline: String,
    /// First day of publication, `YYYY-MM-DD`; empty: any.
    pub from: String,
    /// Last day of publication.
    pub until: String,
    /// The order.
    pub sort: Sort,
}

/// Order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Newest first.
    #[default]
    New,
    /// Oldest first.
    Old,
    /// Most read.
    Reads,
    /// Least read.
    Least,
    /// Most reactions.
    Reactions,
    /// Most shares.
    Shares,
}

impl Sort {
    /// All orders.
    pub const ALL: [Self; 6] = [
        Self::New,
        Self::Old,
        Self::Reads,
        Self::Least,
        Self::Reactions,
        Self::Shares,
    ];

    /// Its name in queries.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Old => "old",
            Self::Reads => "reads",
            Self::Least => "least",
            Self::Reactions => "reactions",
            Self::Shares => "shares",
        }
    }

    /// The order of that name, else the first.
    pub fn parse(name: &str) -> Self {
        let known = Self::ALL.into_iter().find(|sort| sort.name() == name);
        known.unwrap_or_default()
    }

    fn text(self, context: &PageContext) -> &'static str {
        let texts = context.texts;
        match self {
            Self::New => texts.sort_new,
            Self::Old => texts.sort_old,
            Self::Reads => texts.sort_reads,
            Self::Least => texts.sort_least,
            Self::Reactions => texts.sort_reactions,
            Self::Shares => texts.sort_shares,
        }
    }
}

impl Filter {
    /// The query of this list, without empty parameters.
    pub fn query(&self) -> String {
        let sort = if self.sort == Sort::default() {
            ""
        } else {
            self.sort.name()
        };
        let pairs = [
            ("q", &*self.search),
            ("section", &*self.section),
            ("byline", &*self.byline),
            ("from", &*self.from),
            ("until", &*self.until),
            ("sort", sort),
        ];
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let pairs = pairs.map(|(name, value)| format!("{name}={}", encode(value)));
        pairs.collect::<Vec<_>>().join("&")
    }
}

/// A row of the list.
pub struct ArticleRow {
    /// The article.
    pub article: ListedArticle,
    /// Reads, reactions and shares.
    pub counts: [u64; 3],
}

/// Contents of the page.
pub struct Articles {
    /// How the list is filtered.
    pub filter: Filter,
    /// Rows of this part.
    pub rows: Vec<ArticleRow>,
    /// Number of rows before this part.
    pub skipped: usize,
    /// Number of all rows.
    pub found: usize,
    /// Maximum number of rows in a part.
    pub part: usize,
}

/// Draws the page.
pub fn articles(context: &PageContext, page: &Articles) -> Html {
    html! {
        <>
            {form(context, &page.filter)}
            {rows(context, page)}
            {parts(context, page)}
        </>
    }
}

fn form(context: &PageContext, filter: &Filter) -> Html {
    let texts = context.texts;
    let options = Sort::ALL.map(|sort| {
        let selected = sort == filter.sort;
        html! { <option value={sort.name()} {selected}>{sort.text(context)}</option> }
    });
    html! {
        <form class="filter" method="get" action="articles" role="search">
            <label>{texts.search}<input type="search" name="q" value={filter.search.clone()} placeholder={texts.search_hint} /></label>
            <label>{texts.section}<input name="section" value={filter.section.clone()} placeholder={texts.section_hint} /></label>
            <label>{texts.byline}<input name="byline" value={filter.byline.clone()} /></label>
            <label>{texts.from}<input type="date" name="from" value={filter.from.clone()} /></label>
            <label>{texts.until}<input type="date" name="until" value={filter.until.clone()} /></label>
            <label>{texts.sort}<select name="sort">{ for options }</select></label>
            <button>{texts.show}</button>
        </form>
    }
}

fn rows(context: &PageContext, page: &Articles) -> Html {
    let texts = context.texts;
    if page.rows.is_empty() {
        return html! { <p>{texts.no_articles}</p> };
    }
    let number = |number: usize| context.number(number as i64);
    let range = context.fill(
        texts.found_range,
        &[
            ("first", &number(page.skipped + 1)),
            ("last", &number(page.skipped + page.rows.len())),
            ("n", &number(page.found)),
        ],
    );
    let rows = page.rows.iter().map(|row| {
        let counts = row.counts.map(|count| {
            html! { <td class="number">{context.number(count.cast_signed())}</td> }
        });
        html! { <tr data-row=""><th scope="row">{link(context, &row.article)}</th>{ for counts }</tr> }
    });
    html! {
        <table class="list">
            <caption>{range}{". "}{texts.all_time}{"."}</caption>
            <thead><tr>
                <th scope="col">{texts.title}</th>
                <th scope="col" class="number">{texts.reads}</th>
                <th scope="col" class="number">{texts.reactions}</th>
                <th scope="col" class="number">{texts.shares}</th>
            </tr></thead>
            <tbody>{ for rows }</tbody>
        </table>
    }
}

fn parts(context: &PageContext, page: &Articles) -> Html {
    let texts = context.texts;
    let query = page.filter.query();
    let at = |skipped: usize| {
        let query = if query.is_empty() {
            String::new()
        } else {
            format!("&{query}")
        };
        format!("articles?skip={skipped}{query}")
    };
    let previous = (page.skipped > 0).then(|| {
        let href = at(page.skipped.saturating_sub(page.part));
        html! { <a {href} rel="prev">{texts.previous_page}</a> }
    });
    let is_more = page.skipped + page.rows.len() < page.found;
    let next = is_more.then(|| {
        let href = at(page.skipped + page.part);
        html! { <a {href} rel="next">{texts.next_page}</a> }
    });
    let csv = if query.is_empty() {
        "articles.csv".to_owned()
    } else {
        format!("articles.csv?{query}")
    };
    html! {
        <p class="parts">
            {previous.unwrap_or_default()}{next.unwrap_or_default()}
            <a href={csv} download="">{texts.csv}</a>
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_its_query_without_what_is_empty() {
        assert_eq!(Filter::default().query(), "");
        let filter = Filter {
            search: "a b".into(),
            sort: Sort::Least,
            ..Filter::default()
        };
        assert_eq!(filter.query(), "q=a%20b&sort=least");
        for sort in Sort::ALL {
            assert_eq!(Sort::parse(sort.name()), sort);
        }
    }
}
