//! Which article an element without a name is about, and what the page shares: taken from the page's current state,
//! wherever a single-page application has navigated. Nothing is counted for an article that is not shown.

/// The article key.
mod naming;
/// Navigation from article to article in place.
mod navigation;
/// Articles that arrive late, are rendered again, or are removed.
mod redrawn;
/// The title and address to share.
mod shared;

use crate::{
    page::{Draft, Page},
    widget::Widget,
};

const MAIN: &str = "<main><h1>Berita</h1><p id=text>Isi satu</p></main>";
const ELEMENT: &str = "<main><gema-article><p id=text>Isi satu</p></gema-article></main>";
const CANONICAL: &str = "<link rel=canonical href=/t/satu>";

/// Navigates in place as routers do: first the address, then the body, and the head in a later task.
const GO: &str = "
    window.go = (name, late = 30) => {
        history.pushState(null, '', '/t/' + name);
        window.draw(name);
        setTimeout(() => window.head(name), late);
    };
    window.head = (name) => {
        document.title = 'Judul ' + name;
        const link = document.querySelector('link[rel=canonical]');
        if (link) link.href = '/t/' + name;
    };
    window.draw = (name) => (document.querySelector('#text').textContent = 'Isi ' + name);
    addEventListener('popstate', () => {
        const name = location.pathname.split('/').pop();
        window.draw(name);
        setTimeout(() => window.head(name), 30);
    });
";

fn application(head: &str, body: &str) -> Page {
    let head = format!("<script>{GO}</script>{head}");
    Draft::default().page("/t/satu", &head, body).served()
}

fn shares(widget: &Widget<'_>, path: &str) {
    let href = "decodeURIComponent(root.querySelector('[data-part=whatsapp]').href)";
    widget.sees(&format!("{href}.endsWith('{path}')"), true);
}
