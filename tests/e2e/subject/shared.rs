//! The title and the address to share.

use serde_json::json;

use crate::{
    newsroom::Newsroom,
    page::{Draft, Page},
    reader::Reader,
};

#[test]
fn articles_on_an_endless_page_share_their_own_address() {
    let newsroom = Newsroom::open();
    let head = format!(
        "<meta property=og:title content='Judul a'><link rel=canonical href=/a>{}",
        newsroom.tag("async")
    );
    let one = |name: &str, more: &str| {
        format!("<gema-article id={name} article={name} {more}><p>{name}</p></gema-article>")
    };
    let body = format!("<main>{}</main>", one("a", ""));
    let page = Draft::default().page("/a", &head, &body).served();
    let reader = Reader::new();
    reader.goes_to(&page.url("/a")).widget().is_there();
    for (name, attributes) in [
        ("b", "title='Judul b' url=/b"),
        ("c", "data-title='Judul c' data-url=https://warta.example/c"),
    ] {
        let markup = one(name, attributes);
        reader.runs(
            "document.querySelector('main').insertAdjacentHTML('beforeend', arguments[0])",
            &[json!(markup)],
        );
        reader.runs(
            "document.querySelector(arguments[0]).scrollIntoView()",
            &[json!(format!("#{name}"))],
        );
    }
    let link =
        "decodeURIComponent(root.querySelector('[data-part=whatsapp]').href.split('text=')[1])";
    for (name, shared) in [
        ("a", format!("Judul a {}", page.url("/a"))),
        ("b", format!("Judul b {}", page.url("/b"))),
        ("c", "Judul c https://warta.example/c".to_owned()),
    ] {
        reader
            .widget_at(&format!("#{name}"))
            .is_there()
            .sees(link, shared);
    }
}

#[test]
fn a_later_title_is_shared_with_and_without_wasm() {
    for has_wasm in [true, false] {
        let newsroom = Newsroom::open();
        let reader = Reader::new();
        let page = Page::opened(&newsroom, &reader, has_wasm);
        let widget = reader.widget();
        let link =
            "decodeURIComponent(root.querySelector('[data-part=whatsapp]').href.split('text=')[1])";
        reader.runs(
            "document.title = '\\n  Judul\\n  yang baru  ';
             document.head.append(Object.assign(document.createElement('link'), { rel: 'canonical', href: '/baru' }))",
            &[],
        );
        // Title and address are updated at the latest when the link is pressed.
        widget.finds(
            "root.querySelector('[data-part=whatsapp]').addEventListener('click', (event) => event.preventDefault())",
        );
        widget.finds("root.querySelector('[data-part=whatsapp]').click()");
        widget.sees(link, format!("Judul yang baru {}", page.url("/baru")));
    }
}
