//! Which article an element without a name is about, and what of the page is shared: what the page says by then, wherever an application
//! of one page has gone in place. Nothing is counted for an article that is not the one shown.

use serde_json::json;

use crate::{
    newsroom::Newsroom,
    page::{Draft, Page},
    reader::Reader,
    widget::Widget,
};

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

/// Reads, reacts to and shares each of three articles there and back: each is counted as itself.
fn each_is_itself(newsroom: &Newsroom, page: &Page) {
    let reader = Reader::new();
    reader.goes_to(&page.url("/t/satu"));
    let widget = reader.widget();
    for (name, option) in [("satu", "happy"), ("dua", "sad"), ("tiga", "angry")] {
        if name != "satu" {
            reader.runs("window.go(arguments[0])", &[json!(name)]);
        }
        widget.is_there().has_chosen(None).says("[part=reads]", "Di baca 1 kali");
        newsroom.has_reads(&format!("/t/{name}"), 1);
        shares(&widget, &format!("/t/{name}"));
        widget.reacts(option).counts(&[(option, 1)]);
        newsroom.has_reactions(&format!("/t/{name}"), &[(option, 1)]);
    }
    reader.runs("history.back()", &[]);
    reader.sees("location.pathname", "/t/dua");
    widget.is_there().has_chosen(Some("sad")).reacts("sad").counts(&[]);
    newsroom.has_reactions("/t/dua", &[]);
    reader.runs("history.back()", &[]);
    reader.sees("location.pathname", "/t/satu");
    widget.is_there().has_chosen(Some("happy")).counts(&[("happy", 1)]);
    for name in ["satu", "dua", "tiga"] {
        assert_eq!(newsroom.tally(&format!("/t/{name}")).reads, 1, "{name}");
    }
    assert_eq!(reader.finds("document.querySelectorAll('gema-article').length"), json!(1));
}

fn shares(widget: &Widget<'_>, path: &str) {
    let href = "decodeURIComponent(root.querySelector('[data-part=whatsapp]').href)";
    widget.sees(&format!("{href}.endsWith('{path}')"), true);
}

const MAIN: &str = "<main><h1>Berita</h1><p id=text>Isi satu</p></main>";
const ELEMENT: &str = "<main><gema-article><p id=text>Isi satu</p></gema-article></main>";
const CANONICAL: &str = "<link rel=canonical href=/t/satu>";

#[test]
fn the_element_goes_with_the_page_to_each_article_and_back() {
    for head in ["", CANONICAL] {
        let newsroom = Newsroom::open();
        each_is_itself(&newsroom, &application(&(head.to_owned() + &newsroom.tag("async")), ELEMENT));
    }
}

#[test]
fn the_bare_tag_goes_with_the_page_to_each_article_and_back() {
    for head in ["", CANONICAL] {
        let newsroom = Newsroom::open();
        each_is_itself(&newsroom, &application(&(head.to_owned() + &newsroom.tag("async")), MAIN));
    }
}

#[test]
fn where_navigation_fires_no_event_the_title_tells() {
    let newsroom = Newsroom::open();
    let head =
        format!("<script>delete window.Navigation; window.Navigation = undefined</script>{}", newsroom.tag("async"));
    each_is_itself(&newsroom, &application(&head, ELEMENT));
}

#[test]
fn a_script_that_comes_late_and_a_body_that_is_drawn_anew_are_no_other_page() {
    let newsroom = Newsroom::open();
    let drawn_anew = "<script>window.draw = (name) => (document.querySelector('main').innerHTML = '<p id=text>Isi ' + name + '</p>')</script>";
    let late = format!(
        "<script>addEventListener('load', () => setTimeout(() => document.body.append(
            document.createRange().createContextualFragment(`{}`).firstChild), 300))</script>",
        newsroom.tag("async").replace("</script>", "<\\/script>")
    );
    // At the end of the body, and so behind the tag.
    let reader = Reader::new();
    let page = application(&format!("{CANONICAL}{drawn_anew}{late}"), MAIN);
    reader.goes_to(&page.url("/t/satu")).widget().is_there().reacts("happy");
    newsroom.has_reactions("/t/satu", &[("happy", 1)]);
    reader.runs("window.go('dua')", &[]);
    reader.widget().is_there().has_chosen(None).reacts("sad");
    newsroom.has_reactions("/t/dua", &[("sad", 1)]);
    newsroom.has_reactions("/t/satu", &[("happy", 1)]);
}

#[test]
fn a_hydration_that_takes_the_bare_tags_element_away_gets_it_back() {
    let newsroom = Newsroom::open();
    let hydration = "<script>addEventListener('load', () => setTimeout(() => {
        document.querySelector('main').innerHTML = '<h1>Berita</h1><p id=text>Isi satu</p>'; window.hydrated = true }, 200))</script>";
    let page = application(&(hydration.to_owned() + &newsroom.tag("async")), MAIN);
    let reader = Reader::new();
    reader.goes_to(&page.url("/t/satu")).sees("window.hydrated", true);
    reader.widget().is_there().reacts("happy").counts(&[("happy", 1)]);
    newsroom.has_reads("/t/satu", 1);
    assert_eq!(reader.finds("document.querySelectorAll('gema-article').length"), json!(1));
}

#[test]
fn an_article_that_is_drawn_anew_before_it_was_read_is_read_when_it_is_seen() {
    let newsroom = Newsroom::open();
    let anew = "<script>window.anew = () => {
        const old = document.querySelector('article'), next = document.createElement('article');
        next.innerHTML = '<p>Isi satu</p>';
        old.replaceWith(next); }</script>";
    let far = "<div style='height: 3000px'></div>";
    let body = &format!("<main>{far}<article><p>Isi satu</p></article>{far}</main>");
    let page = application(&(anew.to_owned() + &newsroom.tag("async")), body);
    let reader = Reader::new();
    reader.goes_to(&page.url("/t/satu")).widget().is_shown();
    reader.runs("anew()", &[]);
    reader.sees("document.querySelector('article > gema-article') !== null", true);
    assert_eq!(newsroom.tally("/t/satu").reads, 0);
    reader.runs("document.querySelector('article').scrollIntoView()", &[]);
    newsroom.has_reads("/t/satu", 1);
}

#[test]
fn a_framework_that_takes_it_away_again_and_again_has_the_last_word_and_one_line_says_so() {
    let newsroom = Newsroom::open();
    let removing = "<script>new MutationObserver(() => document.querySelector('main gema-article')?.remove())
        .observe(document, { childList: true, subtree: true })</script>";
    let page = application(&(removing.to_owned() + &newsroom.tag("async")), MAIN);
    let reader = Reader::new();
    reader.goes_to(&page.url("/t/satu")).says_in_console(&["this page removes the widget"]);
    assert_eq!(reader.finds("document.querySelector('gema-article')"), json!(null));
}

#[test]
fn an_article_that_is_drawn_after_the_tag_gets_its_widget() {
    let newsroom = Newsroom::open();
    let drawing = "<script>setTimeout(() => (document.querySelector('#app').innerHTML = '<main><p>Isi satu</p></main>'), 700)</script>";
    let page = application(&(drawing.to_owned() + &newsroom.tag("async")), "<div id=app></div>");
    let reader = Reader::new();
    reader.goes_to(&page.url("/t/satu")).widget().is_there();
    reader.sees("document.querySelector('gema-article').parentNode.localName", "main");
    newsroom.has_reads("/t/satu", 1);
}

#[test]
fn pages_behind_a_hash_are_articles_of_their_own_and_a_place_in_the_page_is_none() {
    let newsroom = Newsroom::open();
    let page = Page::with(&newsroom.tag("async"), ELEMENT);
    let reader = Reader::new();
    let widget = reader.widget();
    reader.goes_to(&page.url("/#/berita/satu"));
    widget.is_there().reacts("happy");
    newsroom.has_reactions("/#/berita/satu", &[("happy", 1)]);
    shares(&widget, "/#/berita/satu");
    reader.runs("location.hash = '#!/berita/dua'", &[]);
    widget.is_there().has_chosen(None).reacts("sad");
    newsroom.has_reactions("/#!/berita/dua", &[("sad", 1)]);
    reader.runs("location.hash = '#/berita/satu'", &[]);
    widget.has_chosen(Some("happy"));
    let place = Draft::default().page("/a", &newsroom.tag("async"), ELEMENT).served();
    reader.goes_to(&place.url("/a#text")).widget().is_there();
    newsroom.has_reads("/a", 1);
    shares(&widget, "/a");
}

#[test]
fn pictures_that_open_at_an_address_of_their_own_leave_the_article_as_it_is() {
    let newsroom = Newsroom::open();
    let page = application(&(CANONICAL.to_owned() + &newsroom.tag("async")), ELEMENT);
    let reader = Reader::new();
    let widget = reader.widget();
    reader.goes_to(&page.url("/t/satu"));
    widget.is_there().reacts("happy").counts(&[("happy", 1)]);
    for address in ["/t/satu?foto=2", "/t/satu/foto/3"] {
        reader.runs("history.pushState(null, '', arguments[0])", &[json!(address)]);
        widget.has_chosen(Some("happy")).reacts("happy").has_chosen(None).reacts("happy").counts(&[("happy", 1)]);
        shares(&widget, "/t/satu");
    }
    newsroom.has_reactions("/t/satu", &[("happy", 1)]);
}

#[test]
fn an_empty_canonical_link_is_the_page_without_its_campaign() {
    let newsroom = Newsroom::open();
    let head = format!("<link rel=canonical href=''>{}", newsroom.tag("async"));
    let page = Draft::default().page("/2024/b", &head, ELEMENT).served();
    let reader = Reader::new();
    reader.goes_to(&page.url("/2024/b?utm_source=x")).widget().is_there();
    newsroom.has_reads("/2024/b", 1);
}

#[test]
fn a_link_in_a_comment_says_nothing_of_the_page() {
    let newsroom = Newsroom::open();
    let comment = "<div><link rel=canonical href=/lain><meta property=og:title content=Lain></div>";
    let page = Draft::default().page("/a", &newsroom.tag("async"), &(ELEMENT.to_owned() + comment)).served();
    let reader = Reader::new();
    reader.goes_to(&page.url("/a")).widget().is_there();
    newsroom.has_reads("/a", 1);
    shares(&reader.widget(), "/a");
}

#[test]
fn each_of_several_articles_on_an_endless_page_shares_its_own_title_and_address() {
    let newsroom = Newsroom::open();
    let head =
        format!("<meta property=og:title content='Judul a'><link rel=canonical href=/a>{}", newsroom.tag("async"));
    let one =
        |name: &str, more: &str| format!("<gema-article id={name} article={name} {more}><p>{name}</p></gema-article>");
    let body = format!("<main>{}</main>", one("a", ""));
    let page = Draft::default().page("/a", &head, &body).served();
    let reader = Reader::new();
    reader.goes_to(&page.url("/a")).widget().is_there();
    for (name, attributes) in
        [("b", "title='Judul b' url=/b"), ("c", "data-title='Judul c' data-url=https://warta.example/c")]
    {
        let markup = one(name, attributes);
        reader.runs("document.querySelector('main').insertAdjacentHTML('beforeend', arguments[0])", &[json!(markup)]);
        reader.runs("document.querySelector(arguments[0]).scrollIntoView()", &[json!(format!("#{name}"))]);
    }
    let link = "decodeURIComponent(root.querySelector('[data-part=whatsapp]').href.split('text=')[1])";
    for (name, shared) in [
        ("a", format!("Judul a {}", page.url("/a"))),
        ("b", format!("Judul b {}", page.url("/b"))),
        ("c", "Judul c https://warta.example/c".to_owned()),
    ] {
        reader.widget_at(&format!("#{name}")).is_there().sees(link, shared);
    }
}

#[test]
fn a_title_that_comes_after_the_article_is_the_one_that_is_shared_with_and_without_webassembly() {
    for policy in [None, Some("script-src 'unsafe-inline' http:; object-src 'none'")] {
        let newsroom = Newsroom::open();
        let mut draft = Draft::article(&newsroom.tag("async"), "");
        if let Some(policy) = policy {
            draft = draft.policy(policy);
        }
        let page = draft.served();
        let reader = Reader::new();
        let widget = reader.opens(&page).widget();
        widget.stands(if policy.is_some() { "plain" } else { "wasm" });
        let link = "decodeURIComponent(root.querySelector('[data-part=whatsapp]').href.split('text=')[1])";
        reader.runs(
            "document.title = '\\n  Judul\\n  yang baru  ';
             document.head.append(Object.assign(document.createElement('link'), { rel: 'canonical', href: '/baru' }))",
            &[],
        );
        // At the latest when it is pressed.
        widget.finds(
            "root.querySelector('[data-part=whatsapp]').addEventListener('click', (event) => event.preventDefault())",
        );
        widget.finds("root.querySelector('[data-part=whatsapp]').click()");
        widget.sees(link, format!("Judul yang baru {}", page.url("/baru")));
    }
}

#[test]
fn articles_side_by_side_are_a_list_and_get_no_widget() {
    let newsroom = Newsroom::open();
    let teaser = |number: u32| {
        format!(
            "<article class=card><h2><a href=/{number}>Judul {number}</a></h2><p>Ringkasan yang pendek.</p></article>"
        )
    };
    let cards: String = (1..6).map(teaser).collect();
    let wrapped: String = (1..6).map(|number| format!("<li>{}</li>", teaser(number))).collect();
    let story = format!("<article id=story><h1>Judul</h1><p>{}</p></article>", "Isi berita yang panjang. ".repeat(40));
    let linked: String = (1..6).map(|number| format!("<div><a href=/{number}>{}</a></div>", teaser(number))).collect();
    let columns: String = (1..6).map(|number| format!("<div><div>{}</div></div>", teaser(number))).collect();
    let row: String = (1..6).map(|number| format!("<div>{}</div>", teaser(number))).collect();
    let hero = format!("<div><div>{}</div></div><div>{row}</div>", teaser(0));
    let lists = [
        format!("<main>{linked}</main>"),
        format!("<main>{columns}</main>"),
        format!("<main>{hero}</main>"),
        format!("<main>{cards}</main>"),
        format!("<main><ul>{wrapped}</ul></main>"),
        cards.clone(),
    ];
    let reader = Reader::new();
    for (body, number) in lists.iter().zip(1..) {
        let page = Draft::default().page("/tag/banjir", &newsroom.tag("async"), body).served();
        reader.goes_to(&page.url("/tag/banjir")).says_in_console(&["several articles here"]);
        assert_eq!(reader.finds("document.querySelector('gema-article')"), json!(null), "{number}");
    }
    assert_eq!(newsroom.tally("/tag/banjir").rev, 0);
    // A story with others below it is one, and so is one with comments.
    let comments: String =
        (0..9).map(|_| "<li><article class=comment>Setuju sekali dengan berita ini.</article></li>").collect();
    for body in [format!("<main>{story}{cards}</main>"), format!("<main>{story}<ol>{comments}</ol></main>")] {
        let page = Draft::default().page("/2024/a", &newsroom.tag("async"), &body).served();
        reader.goes_to(&page.url("/2024/a")).widget().is_there();
        assert_eq!(reader.finds("document.querySelector('gema-article').parentNode.id"), json!("story"));
    }
}

#[test]
fn a_key_may_have_white_space_around_it_and_any_length() {
    let newsroom = Newsroom::open();
    let vectors: serde_json::Value =
        serde_json::from_str(include_str!("../fixtures/keys.json")).expect("the vectors are JSON");
    let reader = Reader::new();
    let page = Page::with(
        &newsroom.tag("async"),
        "<main><gema-article article='\n   fgd-2015 \n'><p>Isi.</p></gema-article></main>",
    );
    reader.opens(&page).widget().is_there();
    newsroom.has_reads("fgd-2015", 1);
    let change = "document.querySelector('gema-article').setAttribute('article', arguments[0])";
    for vector in vectors.as_array().expect("a list") {
        reader.runs(change, &[vector["input"].clone()]);
        reader.widget().is_there();
        newsroom.has_reads(vector["key"].as_str().expect("a key"), 1);
    }
    // As the path of a page, too.
    let path = format!("/{}", "ภาษาไทย".repeat(12));
    let page = Draft::default()
        .page(
            reqwest::Url::parse("http://a").and_then(|url| url.join(&path)).expect("a path").path(),
            &newsroom.tag("async"),
            ELEMENT,
        )
        .served();
    reader.goes_to(&page.url(&path)).widget().is_there().reacts("happy").counts(&[("happy", 1)]);
}
