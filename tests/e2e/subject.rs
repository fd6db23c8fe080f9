//! Which article an element without a name is about, and what of the page is shared: what the page says by then, wherever an application
//! of one page has gone in place. Nothing is counted for an article that is not the one shown.

/// Which key an article has.
mod naming;
/// From article to article in place.
mod navigation;
/// Articles that come late, are drawn again, or are taken away.
mod redrawn;
/// Titles and addresses that are shared.
mod shared;

use crate::{
    page::{Draft, Page},
    widget::Widget,
};

const MAIN: &str = "<main><h1>Berita</h1><p id=text>Isi satu</p></main>";
const ELEMENT: &str = "<main><gema-article><p id=text>Isi satu</p></gema-article></main>";
const CANONICAL: &str = "<link rel=canonical href=/t/satu>";

/// Goes to another article in place, as routers do: the address first, then the body, and the head in a later task.
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
