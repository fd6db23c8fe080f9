//! docs/recipes.md: pages made with common tools, and what their readers do there.

/// A system, and the pages of its site.
mod system;
/// Whole sites.
mod systems;

use std::{fs, path::Path};

use serde_json::json;

use crate::{
    engine::named,
    looks::take,
    newsroom::{Newsroom, SITE},
    page::{Draft, Page},
    reader::Reader,
};

/// The pages of one recipe, with this newsroom's address and site in place of the example's.
fn recipe(name: &str, newsroom: &Newsroom) -> Page {
    files(&named("GEMA_RECIPES").join(name), newsroom, |text| text).served()
}

/// The files of a generated site, with this newsroom's address and site in place of the example's, and further changes.
pub(crate) fn files(dir: &Path, newsroom: &Newsroom, change: impl Fn(String) -> String) -> Draft {
    let mut draft = Draft::default();
    let mut dirs = vec![(dir.to_owned(), "/".to_owned())];
    while let Some((dir, path)) = dirs.pop() {
        for entry in fs::read_dir(&dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()))
        {
            let file = entry.expect("an entry").path();
            let name = file
                .file_name()
                .and_then(|name| name.to_str())
                .expect("a name")
                .to_owned();
            if file.is_dir() {
                dirs.push((file, format!("{path}{name}/")));
                continue;
            }
            // These tests do not need images and fonts.
            let (Some(media), Ok(text)) = (media(&name), fs::read_to_string(&file)) else {
                continue;
            };
            let text = change(
                text.replace("https://gema.example", &newsroom.url(""))
                    .replace("setneg", SITE),
            );
            for address in addresses(&format!("{path}{name}")) {
                draft = draft.file(&address, media, text.clone());
            }
        }
    }
    draft
}

fn media(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    let known = [
        ("html", "text/html"),
        ("js", "text/javascript"),
        ("css", "text/css"),
        ("json", "application/json"),
        ("xml", "text/xml"),
        ("txt", "text/plain"),
        ("data", "text/x-script"),
    ];
    known
        .into_iter()
        .find_map(|(known, media)| (known == ending).then_some(media))
}

/// The addresses at which servers of static files serve a file: also without its ending, and a directory for its index.
fn addresses(path: &str) -> Vec<String> {
    let short = path
        .strip_suffix("index.html")
        .or(path.strip_suffix(".html"));
    [path]
        .into_iter()
        .chain(short)
        .chain(short.and_then(|short| short.strip_suffix('/')))
        .map(str::to_owned)
        .collect()
}

/// The reader reacts to an article, goes to the next, and comes back: each is counted separately, and read once.
fn is_walked_through(name: &str) {
    let newsroom = Newsroom::open();
    let page = recipe(name, &newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget
        .says("[part=reads]", "Dibaca 1 kali")
        .reacts("happy")
        .counts(&[("happy", 1)]);
    newsroom.has_reads("satu", 1);
    newsroom.has_reactions("satu", &[("happy", 1)]);
    let article = "document.querySelector('gema-article')?.getAttribute('article')";
    reader.runs(
        "window.stays = true; document.querySelector('#next').click()",
        &[],
    );
    reader.sees(article, "dua");
    widget
        .is_there()
        .has_chosen(None)
        .counts(&[])
        .says("[part=reads]", "Dibaca 1 kali")
        .reacts("sad");
    newsroom.has_reads("dua", 1);
    newsroom.has_reactions("dua", &[("sad", 1)]);
    assert_eq!(
        reader.finds("window.stays"),
        true,
        "the page was loaded anew"
    );
    reader.runs("history.back()", &[]);
    reader.sees(article, "satu");
    widget
        .is_there()
        .has_chosen(Some("happy"))
        .counts(&[("happy", 1)])
        .reacts("angry")
        .counts(&[("angry", 1)]);
    newsroom.has_reactions("satu", &[("angry", 1)]);
    take(&reader, &format!("recipe-{name}"));
    assert_eq!(
        (newsroom.tally("satu").reads, newsroom.tally("dua").reads),
        (1, 1)
    );
    reader.console_is_quiet();
}

#[test]
fn with_react_every_article_is_counted_as_itself() {
    is_walked_through("react");
}

#[test]
fn with_vue_every_article_is_counted_as_itself() {
    is_walked_through("vue");
}

#[test]
fn with_turbo_every_article_is_counted_as_itself() {
    is_walked_through("turbo");
}

#[test]
fn with_htmx_every_article_is_counted_as_itself() {
    is_walked_through("htmx");
}

#[test]
fn react_and_vue_hear_of_a_reaction_as_of_their_own_events() {
    for name in ["react", "vue"] {
        let newsroom = Newsroom::open();
        let page = recipe(name, &newsroom);
        let reader = Reader::new();
        reader.loads(&page).reacts("happy");
        reader.sees("document.querySelector('output').innerText", "happy");
    }
}

#[test]
fn hugo_articles_count_and_lists_show_the_counts() {
    let newsroom = Newsroom::open();
    let page = recipe("hugo", &newsroom);
    let reader = Reader::new();
    reader
        .goes_to(&page.url("/berita/banjir/"))
        .widget()
        .is_there()
        .reacts("happy")
        .counts(&[("happy", 1)]);
    reader.sees("document.querySelector('main strong').innerText", "Selasa");
    newsroom.has_reads("/berita/banjir/", 1);
    newsroom.has_reactions("/berita/banjir/", &[("happy", 1)]);
    take(&reader, "recipe-hugo");
    // A file of the same name in another section is another article.
    reader
        .goes_to(&page.url("/olahraga/banjir/"))
        .widget()
        .is_there()
        .has_chosen(None)
        .counts(&[]);
    newsroom.has_reads("/olahraga/banjir/", 1);
    reader
        .goes_to(&page.url("/"))
        .sees(&shown_counts(), json!(["Dibaca 1 kali", "Dibaca 1 kali"]));
    assert_eq!(
        reader.finds("document.querySelector('gema-article')"),
        json!(null)
    );
    reader.goes_to(&page.url("/404.html"));
    has_nothing_of_ours(&reader);
}

/// The texts of a page's counts.
fn shown_counts() -> String {
    "[...document.querySelectorAll('gema-count')].map((one) => (one.shadowRoot ?? one).textContent.trim())".to_owned()
}

fn has_nothing_of_ours(reader: &Reader) {
    let ours =
        "document.querySelectorAll('gema-article, gema-count, script[src*=\"/embed.js\"]').length";
    assert_eq!(reader.finds(ours), json!(0));
}

#[test]
fn in_wordpress_only_posts_have_the_widget() {
    let newsroom = Newsroom::open();
    let page = recipe("wordpress", &newsroom);
    let reader = Reader::new();
    // A block theme, and a theme with PHP templates.
    for theme in ["twentytwentyfour", "warta"] {
        let widget = reader
            .goes_to(&page.url(&format!("/{theme}/banjir/")))
            .widget();
        widget.is_there().says("[part=reads]", "Read 1 time");
        newsroom.has_reads("wp-1", 1);
        // The widget is as wide as the theme's paragraphs.
        let width = |what: &str| {
            reader.finds(&format!(
                "document.querySelector('{what}').getBoundingClientRect().width"
            ))
        };
        assert_eq!(width("gema-article"), width("p:has(+ gema-article)"));
        take(&reader, &format!("recipe-wordpress-{theme}"));
        for other in [
            "beranda",
            "cari",
            "kategori",
            "laman",
            "rahasia",
            "tidak-ada",
        ] {
            reader.goes_to(&page.url(&format!("/{theme}/{other}/")));
            has_nothing_of_ours(&reader);
        }
    }
    for (preview, title) in [
        ("rancangan", "Rancangan"),
        ("penyesuai", "Banjir mulai surut"),
    ] {
        reader
            .goes_to(&page.url(&format!("/warta/{preview}/")))
            .sees("document.querySelector('h1').innerText", title);
        has_nothing_of_ours(&reader);
    }
}

#[test]
fn ghost_posts_have_the_widget_and_lists_have_none() {
    let newsroom = Newsroom::with(r#"ignore = ["/p/*"]"#);
    let page = recipe("ghost", &newsroom);
    let reader = Reader::new();
    reader
        .goes_to(&page.url("/banjir"))
        .widget()
        .is_there()
        .reacts("happy")
        .counts(&[("happy", 1)]);
    newsroom.has_reads("/banjir/", 1);
    let edges = |what: &str| {
        let edges = format!(
            "(({{ left, right }}) => [left, right])(document.querySelector('{what}').getBoundingClientRect())"
        );
        reader.finds(&edges)
    };
    assert_eq!(edges("gema-article"), edges(".gh-content p"));
    take(&reader, "recipe-ghost");
    reader
        .goes_to(&page.url("/tag"))
        .says_in_console(&["a list of articles here"]);
    assert_eq!(
        reader.finds("document.querySelector('gema-article')"),
        json!(null)
    );
    // The preview of a draft, shown for longer than a read takes.
    reader
        .goes_to(&page.url("/rancangan"))
        .widget()
        .is_there()
        .sees("performance.now() > 1500", true);
    assert_eq!(
        newsroom
            .tally("/p/6f1c2b8e-8a52-4b0c-9a27-3f4e0d9c7b11/")
            .rev,
        0
    );
}

/// Every line of the documents' examples occurs in a page that is tested here.
#[test]
fn the_documents_show_what_is_tried() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tried = String::new();
    let mut dirs = vec![
        root.join("tests/e2e/recipes"),
        root.join("tests/e2e/frameworks"),
    ];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).expect("recipes") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                dirs.push(path)
            } else {
                tried += &fs::read_to_string(path).expect("text")
            }
        }
    }
    for document in ["docs/recipes.md", "docs/id/resep.md"] {
        let text = fs::read_to_string(root.join(document)).expect("a document");
        let shown = text
            .split("```")
            .skip(1)
            .step_by(2)
            .flat_map(|block| block.lines().skip(1))
            .map(str::trim);
        for line in shown.filter(|line| !line.is_empty()) {
            assert!(
                tried.contains(line),
                "{document} shows what no page has: {line}"
            );
        }
    }
}
