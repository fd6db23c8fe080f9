use std::rc::Rc;

use futures_util::FutureExt;
use locale::Language;
use tracing::subscriber::NoSubscriber;
use yew::{LocalServerRenderer, prelude::*};

use super::{
    facts::Method,
    outline::{Block, Names, Outline, Section, Table},
    texts::{Texts, texts},
};

/// The page in a language: its sentences in English or Indonesian, numbers and dates as that language writes them.
/// `style_sheet` and `data`: relative addresses of the style sheet and of the rules as data.
pub fn page(
    method: &Method,
    names: &Names,
    language: &Language,
    style_sheet: &str,
    data: &str,
) -> String {
    let texts = texts(&language.code);
    let outline = Outline {
        method,
        names,
        texts,
        format: locale::formatter(language),
    };
    let drawn = DocumentProps {
        texts,
        title: outline.title(),
        made: outline.made(),
        sections: outline.sections().into(),
        style_sheet: style_sheet.to_owned().into(),
        data: data.to_owned().into(),
    };
    format!("<!doctype html>{}", render(drawn))
}

/// Yew logs what it renders; suppress that.
fn render(drawn: DocumentProps) -> String {
    let render = || {
        // The components never suspend, so the first poll returns everything.
        LocalServerRenderer::<Document>::with_props(drawn)
            .hydratable(false)
            .render()
            .now_or_never()
            .unwrap_or_default()
    };
    tracing::subscriber::with_default(NoSubscriber::new(), render)
}

#[derive(Clone, Properties)]
struct DocumentProps {
    texts: &'static Texts,
    title: String,
    made: String,
    sections: Rc<[Section]>,
    style_sheet: AttrValue,
    data: AttrValue,
}

/// Rendered only once, so comparing is pointless.
impl PartialEq for DocumentProps {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

#[component]
fn Document(
    DocumentProps {
        texts,
        title,
        made,
        sections,
        style_sheet,
        data,
    }: &DocumentProps,
) -> Html {
    html! {
        <html lang={texts.lang}>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width" />
                <title>{title}</title>
                <link rel="stylesheet" href={style_sheet} />
            </head>
            <body>
                <main>
                    <h1>{title}</h1>
                    <p>{texts.intro}</p>
                    <p>
                        {made}
                        {" "}
                        <a href={data}>{texts.as_data}</a>
                    </p>
                    {for sections.iter().map(section)}
                </main>
            </body>
        </html>
    }
}

fn section(Section { id, title, blocks }: &Section) -> Html {
    let heading = format!("{id}-title");
    html! {
        <section id={*id} aria-labelledby={heading.clone()}>
            <h2 id={heading}>{title}</h2>
            {for blocks.iter().map(block)}
        </section>
    }
}

fn block(block: &Block) -> Html {
    match block {
        Block::Text(text) => html! { <p>{text}</p> },
        Block::Code(code) => html! { <pre tabindex="0"><code>{code}</code></pre> },
        Block::List(items) => {
            html! { <ul>{for items.iter().map(|item| html! { <li>{item}</li> })}</ul> }
        }
        Block::Table(shown) => table(shown),
    }
}

/// A table that scrolls within the page on a narrow screen, also by the keyboard.
fn table(
    Table {
        caption,
        head,
        rows,
    }: &Table,
) -> Html {
    let cell = |(column, cell): (usize, &String)| match column {
        0 => html! { <th scope="row">{cell}</th> },
        _ => html! { <td>{cell}</td> },
    };
    html! {
        <div class="table" tabindex="0" role="region" aria-label={*caption}>
            <table>
                <caption>{*caption}</caption>
                <thead>
                    <tr>{for head.iter().map(|name| html! { <th scope="col">{*name}</th> })}</tr>
                </thead>
                <tbody>
                    {for rows.iter().map(|row| html! { <tr>{for row.iter().enumerate().map(cell)}</tr> })}
                </tbody>
            </table>
        </div>
    }
}
