use visitor::Day;
use yew::prelude::*;

use super::context::PageContext;

/// An article of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedArticle {
    /// Its key.
    pub key: String,
    /// The headline; empty without a copy.
    pub title: String,
    /// The author; empty if unknown.
    pub byline: String,
    /// The day of publication.
    pub published: Option<Day>,
}

/// A list of articles with numbers.
pub struct ArticleList {
    /// Id of the list on its page.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// How it is made, if that is not plain.
    pub note: Option<&'static str>,
    /// Headings of the numbers.
    pub heads: Vec<String>,
    /// The articles, each with one number for each heading.
    pub entries: Vec<(ListedArticle, Vec<String>)>,
    /// The text of an empty list.
    pub empty: &'static str,
}

/// The address of an article's page, relative to the other pages of its site.
pub fn article_href(key: &str) -> String {
    article_form("article", key)
}

/// The address to which a form about an article is sent.
pub(crate) fn article_form(form: &str, key: &str) -> String {
    format!("{form}?article={}", encode(key))
}

/// A query's value, percent-encoded.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Draws a link to an article's page, with what is known of the article.
pub(crate) fn link(context: &PageContext, entry: &ListedArticle) -> Html {
    let title = if entry.title.is_empty() {
        &entry.key
    } else {
        &entry.title
    };
    let published = entry.published.map(|day| context.date(day));
    let about: Vec<_> = [Some(entry.byline.clone()), published]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect();
    let about = (!about.is_empty()).then(|| html! { <small>{about.join(" · ")}</small> });
    html! { <><a href={article_href(&entry.key)} dir="auto">{&**title}</a>{about.unwrap_or_default()}</> }
}

/// Draws a list.
pub(crate) fn list(context: &PageContext, list: &ArticleList) -> Html {
    let heading = format!("{}-head", list.id);
    let note = list.note.map(|note| html! { <p class="note">{note}</p> });
    let body = if list.entries.is_empty() {
        html! { <p>{list.empty}</p> }
    } else {
        let heads = list
            .heads
            .iter()
            .map(|head| html! { <th scope="col" class="number">{&**head}</th> });
        let rows = list.entries.iter().map(|(entry, numbers)| {
            let numbers = numbers
                .iter()
                .map(|number| html! { <td class="number">{&**number}</td> });
            html! { <tr data-row=""><th scope="row">{link(context, entry)}</th>{ for numbers }</tr> }
        });
        html! {
            <table class="list">
                <thead><tr><th scope="col">{context.texts.title}</th>{ for heads }</tr></thead>
                <tbody>{ for rows }</tbody>
            </table>
        }
    };
    html! {
        <section id={list.id.clone()} aria-labelledby={heading.clone()}>
            <h2 id={heading}>{&*list.title}</h2>
            {note.unwrap_or_default()}
            {body}
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_articles_address_survives_any_key() {
        assert_eq!(article_href("/a b?c&d"), "article?article=/a%20b%3Fc%26d");
        assert_eq!(article_href("é"), "article?article=%C3%A9");
    }
}
