use locale::Language;
use tracing::subscriber::NoSubscriber;
use widget::markup::render;
use yew::prelude::*;

use super::{
    facts::Method,
    outline::{Block, Names, Outline, Section, Table},
    texts::texts,
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
    let html = document(&outline, style_sheet, data);
    // Yew logs what it renders; suppress that.
    let rendered = tracing::subscriber::with_default(NoSubscriber::new(), || render(html));
    format!("<!doctype html>{rendered}")
}

fn document(outline: &Outline<'_>, style_sheet: &str, data: &str) -> Html {
    let texts = outline.texts;
    let title = outline.title();
    let sections = outline.sections();
    let (style_sheet, data) = (style_sheet.to_owned(), data.to_owned());
    html! {
        <html lang={texts.lang}>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width" />
                <title>{&*title}</title>
                <link rel="stylesheet" href={style_sheet} />
            </head>
            <body>
                <main>
                    <h1>{&*title}</h1>
                    <p>{texts.intro}</p>
                    <p>
                        {outline.made()}
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
