//! The plugin in integrations/wordpress, in a running WordPress, as readers and editors see it. `cargo xtask soak
//! wordpress` runs it in every supported version.

/// The settings page and the list of posts.
mod administration;
/// `wp gema`.
mod commands;
mod mariadb;
/// Several sites in one WordPress.
mod network;
/// Plugins and services that rewrite a page's scripts.
mod optimisers;
/// Blocks and shortcodes in templates.
mod placing;
/// What the plugin sends to the endpoint.
mod sending;
mod site;
/// Rules for the plugin's sources.
mod sources;
/// The widget's looks in each theme.
mod themes;

use serde_json::{Value, json};

use crate::{looks::take, newsroom::Newsroom, reader::Reader};
use site::{CURRENT, KEY, WordPress};

/// A block theme, and a theme with PHP templates.
const THEMES: [&str; 2] = ["twentytwentyfour", "twentytwentyone"];

fn newsroom() -> Newsroom {
    Newsroom::with(&format!("key = \"{KEY}\""))
}

/// The versions of this run: one, or all that are installed.
fn versions() -> Vec<String> {
    if std::env::var_os("GEMA_SOAK").is_none() {
        return vec![CURRENT.to_owned()];
    }
    let made = std::fs::read_dir(crate::engine::named("GEMA_WORDPRESS")).expect("versions");
    let names = made.filter_map(|entry| entry.expect("an entry").file_name().into_string().ok());
    let mut versions: Vec<_> = names
        .filter(|name| name.starts_with(|first: char| first.is_ascii_digit()))
        .collect();
    versions.sort();
    versions
}

/// The tested themes of this version: all in the long form, else [`THEMES`].
fn themes(site: &WordPress) -> Vec<String> {
    let all: Vec<String> =
        serde_json::from_str(&site.runs("echo wp_json_encode(array_keys(wp_get_themes()));"))
            .expect("themes");
    let is_short = std::env::var_os("GEMA_SOAK").is_none();
    all.into_iter()
        .filter(|theme| !is_short || THEMES.contains(&theme.as_str()))
        .collect()
}

/// Opens a post and scrolls to its widget, which is loaded when it is near. The middle of the window is in the article,
/// which is read then.
fn opens(reader: &Reader, url: &str) {
    reader
        .goes_to(url)
        .sees("document.querySelector('gema-article') !== null", true);
    reader.runs(
        "document.querySelector('gema-article').scrollIntoView({ block: 'center', behavior: 'instant' })",
        &[],
    );
    reader.widget().is_there();
}

fn ours(reader: &Reader) -> Value {
    reader.finds(
        "[...document.querySelectorAll('gema-article, gema-count, script[src*=\"/embed.js\"]')]
             .map((one) => `${one.localName} ${one.getAttribute('article') ?? ''}`.trim())",
    )
}

#[test]
fn posts_have_the_widget_and_other_pages_have_none() {
    for version in versions() {
        let newsroom = newsroom();
        let site = WordPress::new(&version, &newsroom);
        for theme in themes(&site) {
            let reader = Reader::with_width(1280);
            site.wears(&theme);
            has_it_on_posts(&site, &newsroom, &reader, &theme);
            has_counts_on_lists(&site, &reader);
            has_nothing_elsewhere(&site, &newsroom, &reader);
            println!("{version} {theme}: right");
        }
        site.is_quiet();
    }
}

fn has_it_on_posts(site: &WordPress, newsroom: &Newsroom, reader: &Reader, theme: &str) {
    let key = site.key("banjir");
    let reads = newsroom.tally(&key).reads + 1;
    opens(reader, &site.url("/banjir/"));
    assert_eq!(
        ours(reader),
        json!([format!("gema-article {key}"), "script"]),
        "{theme}"
    );
    newsroom.has_reads(&key, reads);
    let edges = "((one) => [one.getBoundingClientRect().left, one.getBoundingClientRect().width])";
    let column = |what: &str| reader.finds(&format!("{edges}(document.querySelector('{what}'))"));
    assert_eq!(
        column("gema-article"),
        column("p:has(+ gema-article)"),
        "{theme}: not in the text's column"
    );
    take(reader, &format!("wordpress-{theme}"));
    // The second page of the same article, which this browser has read by then.
    for path in ["/bersambung/", "/bersambung/2/"] {
        opens(reader, &site.url(path));
        assert_eq!(
            ours(reader),
            json!([format!("gema-article {}", site.key("bersambung")), "script"]),
            "{theme}"
        );
    }
    // The widget is where the author has placed it, and not a second time below the text.
    for (name, attribute, value) in [("sisipan", "share", "off"), ("blok", "poll", "closed")] {
        opens(reader, &site.url(&format!("/{name}/")));
        assert_eq!(
            ours(reader),
            json!([format!("gema-article {}", site.key(name)), "script"]),
            "{theme}"
        );
        let element = "document.querySelector('gema-article')";
        assert_eq!(
            reader.finds(&format!("{element}.getAttribute('{attribute}')")),
            json!(value)
        );
        assert_eq!(
            reader.finds(&format!("{element}.nextElementSibling.innerText")),
            json!("Sesudah."),
            "{theme}"
        );
    }
}

fn has_counts_on_lists(site: &WordPress, reader: &Reader) {
    let counts = |names: &[&str]| {
        let counts = names
            .iter()
            .map(|name| format!("gema-count {}", site.key(name)));
        counts.chain(["script".to_owned()]).collect::<Vec<_>>()
    };
    let newest = ["banjir", "lama-4", "lama-3"];
    reader.goes_to(&site.url("/"));
    assert_eq!(ours(reader), json!(counts(&newest)));
    reader.sees(
        "/^Read \\d+ times?$/.test(document.querySelector('gema-count').shadowRoot?.textContent)",
        true,
    );
    for (path, names) in [
        ("/page/2/", ["lama-2", "lama-1", "blok"]),
        ("/category/uncategorized/", newest),
        ("/2026/01/", ["lama-4", "lama-3", "lama-2"]),
        ("/author/admin/", newest),
        ("/?s=lama-", ["lama-4", "lama-3", "lama-2"]),
    ] {
        assert_eq!(ours_in(&site.text(path)), counts(&names), "{path}");
    }
}

/// Like [`ours`], in a page's markup.
fn ours_in(text: &str) -> Vec<String> {
    let key = |tag: &str| {
        tag.split("article=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap_or_default()
            .to_owned()
    };
    let tags = text
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split('>').next());
    tags.filter_map(|tag| match tag.split_whitespace().next()? {
        name @ ("gema-article" | "gema-count") => Some(format!("{name} {}", key(tag))),
        "script" if tag.contains("/embed.js") => Some("script".to_owned()),
        _ => None,
    })
    .collect()
}

fn has_nothing_elsewhere(site: &WordPress, newsroom: &Newsroom, reader: &Reader) {
    let is_clean = |path: &str, title: &str| {
        reader
            .goes_to(&site.url(path))
            .sees(&format!("document.title.includes('{title}')"), true);
        assert_eq!(ours(reader), json!([]), "{path}");
    };
    is_clean("/laman/", "Laman");
    is_clean("/rahasia/", "Rahasia");
    is_clean("/tidak-ada/", "not found");
    // Only a page builder's user can leave the widget out by an address.
    let article = format!("gema-article {}", site.key("banjir"));
    let as_builder = site.text("/banjir/?elementor-preview=1");
    assert!(ours_in(&as_builder).contains(&article));
    for path in [
        "/banjir/embed/",
        "/feed/",
        "/banjir/feed/?withoutcomments=1",
    ] {
        let text = site.text(path);
        assert!(text.contains("Banjir") && !text.contains("gema-"), "{path}");
    }
    let draft = site.id("rancangan");
    site.lets_in(reader);
    is_clean(&format!("/?p={draft}&preview=true"), "Rancangan");
    is_clean(&changed(site, reader), "Banjir lagi");
    is_clean("/banjir/?elementor-preview=1", "Banjir");
    let customizer = "customize_changeset_uuid=12345678-1234-4123-8123-123456789012&customize_messenger_channel=preview-0";
    is_clean(&format!("/banjir/?{customizer}"), "Banjir");
    for name in ["rahasia", "rancangan", "laman"] {
        assert_eq!(newsroom.tally(&site.key(name)).rev, 0, "{name}");
    }
}

/// The preview of unsaved changes to a published post: its address is the post's, with a nonce.
fn changed(site: &WordPress, reader: &Reader) -> String {
    let post = site.id("banjir");
    // A nonce that any page of the administration may request.
    let nonce =
        "fetch('/wp-admin/admin-ajax.php?action=rest-nonce').then((answer) => answer.text())";
    let autosave = format!(
        "{nonce}.then((nonce) => fetch('/wp-json/wp/v2/posts/{post}/autosaves', {{ method: 'POST', body: JSON.stringify({{ title: 'Banjir lagi' }}),
             headers: {{ 'Content-Type': 'application/json', 'X-WP-Nonce': nonce }} }})).then((answer) => answer.json()).then((one) => one.preview_link)"
    );
    let preview = reader.awaits(&autosave);
    let preview = preview
        .as_str()
        .unwrap_or_else(|| panic!("no preview: {preview}"))
        .replace(&site.url(""), "");
    assert!(preview.contains("preview_nonce="), "{preview}");
    preview
}

/// The rectangles of all of the page's own elements, in document order, and which are before, around and after the
/// widget.
const RECTANGLES: &str = "document.fonts.ready.then(() => {
    // Elements with a fixed position would move with the page.
    scrollTo({ top: 0, behavior: 'instant' });
    const ours = document.querySelector('gema-article');
    const own = [...document.body.querySelectorAll('*')].filter((one) => !one.matches('gema-article, script, link, style, noscript'));
    return own.map((one) => {
        const { left, top, width, height } = one.getBoundingClientRect();
        const place = !ours || one.compareDocumentPosition(ours) & Node.DOCUMENT_POSITION_CONTAINED_BY ? 'around'
            : one.compareDocumentPosition(ours) & Node.DOCUMENT_POSITION_FOLLOWING ? 'before' : 'after';
        return [[one.localName, ...one.classList].join('.'), place, [left, top + scrollY, width, height].map((number) => Math.round(number * 8) / 8)];
    });
})";

#[test]
fn the_plugin_does_not_move_the_themes_elements() {
    let newsroom = newsroom();
    for version in versions() {
        let site = WordPress::new(&version, &newsroom);
        for theme in themes(&site) {
            site.wears(&theme);
            let reader = Reader::with_width(1280);
            opens(&reader, &site.url("/banjir/"));
            let with = reader.awaits(RECTANGLES);
            site.runs("update_option('active_plugins', array());");
            reader.goes_to(&site.url("/banjir/"));
            let without = reader.awaits(RECTANGLES);
            site.runs("update_option('active_plugins', array('gema/gema.php'));");
            stand_the_same(&with, &without, &theme);
        }
    }
}

fn stand_the_same(with: &Value, without: &Value, theme: &str) {
    let (with, without) = (
        with.as_array().expect("a list"),
        without.as_array().expect("a list"),
    );
    assert_eq!(with.len(), without.len(), "{theme}");
    let number = |one: &Value, at: usize| one[2][at].as_f64().expect("a number");
    let (mut compared, mut shifts) = (0, Vec::new());
    for (one, other) in with.iter().zip(without) {
        assert_eq!(one[0], other[0], "{theme}");
        if number(one, 2) * number(one, 3) == 0.0 && number(other, 2) * number(other, 3) == 0.0 {
            continue;
        }
        let shift = number(one, 1) - number(other, 1);
        assert_eq!(
            (number(one, 0), number(one, 2)),
            (number(other, 0), number(other, 2)),
            "{theme}: {one} {other}"
        );
        if one[1] != "around" {
            assert_eq!(number(one, 3), number(other, 3), "{theme}: {one} {other}");
        }
        match one[1].as_str() {
            // Elements after the widget move down to make room for it, all by the same amount.
            Some("after") => shifts.push(shift),
            _ => assert_eq!(shift, 0.0, "{theme}: {one} {other}"),
        }
        compared += 1;
    }
    let (least, most) = shifts
        .iter()
        .fold((f64::MAX, 0.0_f64), |(least, most), shift| {
            (least.min(*shift), most.max(*shift))
        });
    // Browsers round to a fraction of a pixel.
    assert!(
        compared > 30 && least > 0.0 && most - least <= 0.25,
        "{theme}: {compared}, {shifts:?}"
    );
    println!("{theme}: {compared} rectangles are the same, but for {most} px of the widget");
}

#[test]
fn included_markup_shows_before_scripts_and_waits_one_second() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    site.runs(
        "update_option('gema_settings', array('draw' => true) + get_option('gema_settings'));",
    );
    let drawn = "<template shadowrootmode=\"open\">";
    assert!(site.text("/banjir/").contains(drawn));
    let reader = Reader::new();
    opens(&reader, &site.url("/banjir/"));
    reader.widget().says("[part=reads]", "Read 1 time");
    newsroom.falls_asleep();
    let since = std::time::Instant::now();
    let without = site.text("/lama-1/");
    let waited = since.elapsed();
    assert!(without.contains("<gema-article article=") && !without.contains(drawn));
    // That request took a second longer than the page; for the next minute the plugin requests nothing.
    let since = std::time::Instant::now();
    site.text("/lama-1/");
    assert!(
        since.elapsed() + std::time::Duration::from_millis(500) < waited,
        "{:?} {waited:?}",
        since.elapsed()
    );
    newsroom.wakes_up();
    site.is_quiet();
}
