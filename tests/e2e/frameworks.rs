//! Pages whose markup a library owns: it takes over what a server has drawn, morphs it, or swaps it on the way from article to
//! article. They are in frameworks/; `cargo xtask test e2e` makes them with the libraries themselves.

/// Whole apps.
mod apps;

use serde_json::{Value, json};

use crate::{
    engine::{Engine, named},
    newsroom::{Newsroom, SITE},
    page::Page,
    reader::Reader,
    recipes,
    widget::Widget,
};

/// One of the two articles that each of these sites has.
#[derive(Clone, Copy)]
struct Article {
    name: &'static str,
    title: &'static str,
    imported_reads: u64,
}

const SATU: Article = Article { name: "satu", title: "Banjir mulai surut", imported_reads: 1841 };
const DUA: Article = Article { name: "dua", title: "Kereta ke Bandung", imported_reads: 7 };

/// The scripts of a page that run only when the test wants it; all others as they come.
#[derive(Clone, Copy, PartialEq)]
enum Held {
    Nothing,
    /// The library's own.
    Library,
    /// embed.js.
    Loader,
}

/// A reader of such a site, and its endpoint.
struct Visit {
    newsroom: Newsroom,
    page: Page,
    reader: Reader,
    /// What comes before and after an article's name in its key.
    key: (&'static str, &'static str),
    /// Whether the site's links may load their page.
    loads_pages: bool,
}

/// Keys of pages that say nothing but their path.
const PATHS: (&str, &str) = ("/", "");

impl Visit {
    /// Opens the first article of a site whose elements name their article.
    fn of(name: &str, held: Held) -> Self {
        Self::with("/satu", name, ("", ""), held)
    }

    /// Opens the first article of a site that has nothing but the tag.
    fn of_bare(name: &str, held: Held) -> Self {
        Self::with("/satu", name, PATHS, held)
    }

    fn with(path: &str, name: &str, key: (&'static str, &'static str), held: Held) -> Self {
        let newsroom = Newsroom::open();
        let draft = recipes::files(&named("GEMA_FRAMEWORKS").join(name), &newsroom, |text| match held {
            Held::Nothing => text,
            Held::Library => text.replace(r#"type="module" src="/main.js""#, r#"type="held""#),
            // A script that does nothing: frameworks find the tag that they have drawn.
            Held::Loader => text.replace(&newsroom.url("/embed.js"), "data:text/javascript,"),
        });
        let draft = apps::with_fallback(draft, name);
        let visit = Self { newsroom, page: draft.served(), reader: Reader::new(), key, loads_pages: false };
        for article in [SATU, DUA] {
            let reads = article.imported_reads.to_string();
            visit.newsroom.puts(
                &visit.key(article),
                "<p>.</p>",
                &["--title", article.title, "--imported-reads", &reads],
            );
        }
        visit.reader.goes_to(&visit.page.url(path));
        visit.reader.runs("window.stays = true", &[]);
        visit
    }

    fn key(&self, article: Article) -> String {
        format!("{}{}{}", self.key.0, article.name, self.key.1)
    }

    /// The library's script comes, and has taken the page over.
    fn is_hydrated(&self) {
        let script = "const script = { type: 'module', src: '/main.js' };
                      document.head.append(Object.assign(document.createElement('script'), script))";
        self.reader.runs(script, &[]);
        self.reader.sees("'hydrated' in document.documentElement.dataset", true);
    }

    /// embed.js comes at last.
    fn is_loaded(&self) {
        let script = "const script = Object.assign(document.createElement('script'), { src: arguments[0] });
                      script.dataset.site = arguments[1];
                      document.head.append(script)";
        self.reader.runs(script, &[json!(self.newsroom.url("/embed.js")), json!(SITE)]);
    }

    /// Presses one of the page's own links and buttons.
    fn presses(&self, id: &str) -> &Self {
        self.reader.runs("document.getElementById(arguments[0]).click()", &[json!(id)]);
        self
    }

    /// Has the library bring the page's markup to what the server says, and waits until it has.
    fn is_refreshed(&self) {
        self.reader
            .runs("document.querySelector('#after').textContent = document.querySelector('h1').textContent = '…'", &[]);
        self.presses("refresh");
        self.reader.sees("document.querySelector('h1').textContent !== '…'", true);
    }

    /// Exactly one widget, this article's, all of it there; nothing beside it, and in its place no reserved room.
    fn shows(&self, article: Article) -> Widget<'_> {
        let reader = &self.reader;
        reader
            .sees("location.pathname.split('/').filter(Boolean).at(-1)", article.name)
            .sees(&format!("document.querySelector('h1')?.innerText.startsWith('{}')", article.title), true);
        reader.sees("document.querySelectorAll('gema-article').length", 1);
        let widget = reader.widget();
        widget.is_there().sees("root.querySelectorAll('[part=gema]').length", 1);
        let reads = format!("Di baca {} kali", grouped(article.imported_reads + 1));
        widget.says("[part=reads]", &reads);
        reader.sees("getComputedStyle(document.querySelector('gema-article'), '::after').content", "none");
        // While a transition runs, its picture of the page takes the clicks.
        let transitions =
            "document.getAnimations().filter((one) => one.effect?.pseudoElement?.startsWith('::view')).length";
        reader.sees(transitions, 0);
        widget
    }

    /// Every count on the page has its text.
    fn shows_counts(&self, article: Article) {
        let [before, after] = [0, 1].map(|more| grouped(article.imported_reads + more));
        let counts = format!(
            "[...document.querySelectorAll('gema-count')].map((one, place) => {{
                const text = (one.shadowRoot ?? one).textContent.trim();
                const reads = ['Di baca {before} kali', 'Di baca {after} kali'].includes(text);
                return (place ? /^\\d tanggapan$/.test(text) : reads) || text;
            }})"
        );
        let all = self.reader.finds("[...document.querySelectorAll('gema-count')].map(() => true)");
        assert_ne!(all, json!([]), "counts");
        self.reader.sees(&counts, all);
    }

    /// Where the article and what follows it stand on the page.
    fn boxes(&self) -> Value {
        self.reader.finds(
            "['gema-article', '#after'].map((one) => document.querySelector(one).getBoundingClientRect())
                .map(({ left, top, width, height }) => [left, top + scrollY, width, height].map(Math.round))",
        )
    }

    /// How often the endpoint was asked for that.
    fn asked(&self, what: &str) -> Value {
        let asked =
            "performance.getEntriesByType('resource').filter((one) => one.name.includes(`/${arguments[0]}?`)).length";
        self.reader.runs(&format!("return {asked}"), &[json!(what)])
    }

    /// The reader reacts here, goes on, reacts there, comes back and changes her mind.
    fn goes_on_and_comes_back(&self) {
        self.shows(SATU).has_chosen(None).reacts("happy").counts(&[("happy", 1)]);
        self.newsroom.has_reactions(&self.key(SATU), &[("happy", 1)]);
        self.presses("next").shows(DUA).has_chosen(None).counts(&[]).reacts("sad").counts(&[("sad", 1)]);
        self.newsroom.has_reactions(&self.key(DUA), &[("sad", 1)]);
        self.reader.runs("history.back()", &[]);
        let widget = self.shows(SATU);
        widget.has_chosen(Some("happy")).counts(&[("happy", 1)]).reacts("angry").counts(&[("angry", 1)]);
        self.newsroom.has_reactions(&self.key(SATU), &[("angry", 1)]);
        if !self.loads_pages {
            assert_eq!(self.reader.finds("window.stays"), true, "the page was loaded anew");
        }
        for article in [SATU, DUA] {
            self.newsroom.has_reads(&self.key(article), article.imported_reads + 1);
        }
    }

    /// Nothing in the console but what a library says of itself.
    fn console_is_quiet(&self) {
        let lines = self.reader.console();
        let own: Vec<_> = lines.iter().filter(|line| !line.contains("React DevTools")).collect();
        assert_eq!(own, [""; 0], "in the console");
    }
}

/// As Indonesian writes thousands.
fn grouped(number: u64) -> String {
    if number < 1000 { number.to_string() } else { format!("{}.{:03}", number / 1000, number % 1000) }
}

/// What a server has drawn with the elements in it is there before and after the library takes it over: the same element, nothing
/// asked twice, nothing moved.
fn is_hydrated_around_the_widget(name: &str) {
    let visit = Visit::of(name, Held::Library);
    visit.shows(SATU);
    visit.shows_counts(SATU);
    visit.reader.runs("window.element = document.querySelector('gema-article')", &[]);
    let boxes = visit.boxes();
    visit.is_hydrated();
    visit.shows(SATU);
    visit.shows_counts(SATU);
    assert_eq!(visit.boxes(), boxes, "after hydration");
    assert_eq!(
        visit.reader.finds("window.element === document.querySelector('gema-article')"),
        true,
        "another element"
    );
    assert_eq!((visit.asked("widget.html"), visit.asked("tallies")), (json!(1), json!(1)));
    // It lives, and draws again.
    visit.presses("likes").reader.sees("document.querySelector('#likes').innerText", "1");
    visit.shows_counts(SATU);
    visit.goes_on_and_comes_back();
    visit.shows_counts(SATU);
    assert_eq!(visit.boxes(), boxes, "back again");
    visit.console_is_quiet();
}

/// The same where our script comes last.
fn is_hydrated_before_the_widget_comes(name: &str) {
    let visit = Visit::of(name, Held::Loader);
    visit.reader.sees("'hydrated' in document.documentElement.dataset", true);
    visit.is_loaded();
    visit.shows(SATU);
    visit.shows_counts(SATU);
    visit.goes_on_and_comes_back();
    visit.shows_counts(SATU);
    visit.console_is_quiet();
}

#[test]
fn react_hydrates_around_the_widget() {
    is_hydrated_around_the_widget("react");
}

#[test]
fn react_in_development_hydrates_around_the_widget() {
    is_hydrated_around_the_widget("react-development");
}

#[test]
fn preact_hydrates_around_the_widget() {
    is_hydrated_around_the_widget("preact");
}

#[test]
fn vue_hydrates_around_the_widget() {
    is_hydrated_around_the_widget("vue");
}

#[test]
fn svelte_hydrates_around_the_widget() {
    is_hydrated_around_the_widget("svelte");
}

#[test]
fn a_widget_that_comes_after_hydration_is_left_alone() {
    for name in ["react", "preact", "vue", "svelte"] {
        is_hydrated_before_the_widget_comes(name);
    }
}

/// A library sets a property where an element has one of an attribute's name. Consent is waited for all the same, and the count shows
/// what it is to show.
fn means_attributes(name: &str) {
    let visit = Visit::of(name, Held::Nothing);
    let rahasia = "performance.getEntriesByType('resource').filter((one) => one.name.includes('widget.html?') && one.name.includes('rahasia')).length";
    visit.shows(SATU);
    visit.reader.sees("'hydrated' in document.documentElement.dataset", true);
    visit.presses("open").reader.sees("document.querySelectorAll('gema-article[article=rahasia]').length", 1);
    visit.reader.runs(
        "document.querySelector('gema-article[article=rahasia]').scrollIntoView(); window.since = performance.now()",
        &[],
    );
    visit.reader.sees("performance.now() - window.since > 1000", true);
    assert_eq!(visit.reader.finds(rahasia), json!(0), "{name} did not wait");
    assert_eq!(visit.newsroom.tally("rahasia").rev, 0);
    visit.reader.sees("document.querySelector('#reactions').shadowRoot?.textContent", "0 tanggapan");
    visit.presses("consent").reader.widget_at("gema-article[article=rahasia]").is_there();
    visit.newsroom.has_reads("rahasia", 1);
    visit.console_is_quiet();
}

#[test]
fn attributes_that_a_framework_sets_in_the_browser_mean_the_same() {
    for name in ["react", "preact", "vue", "svelte"] {
        means_attributes(name);
    }
}

/// The library brings the page to what the server says, again and again, and goes from article to article so.
fn is_morphed_around_the_widget(name: &str) {
    let visit = Visit::of(name, Held::Nothing);
    visit.shows(SATU);
    visit.shows_counts(SATU);
    visit.reader.runs("window.element = document.querySelector('gema-article')", &[]);
    let boxes = visit.boxes();
    for _ in 0..2 {
        visit.is_refreshed();
        visit.shows(SATU);
        visit.shows_counts(SATU);
        assert_eq!(visit.boxes(), boxes, "after a morph");
    }
    assert_eq!(
        visit.reader.finds("window.element === document.querySelector('gema-article')"),
        true,
        "another element"
    );
    assert_eq!(visit.asked("widget.html"), json!(1));
    visit.goes_on_and_comes_back();
    visit.shows_counts(SATU);
    assert_eq!(visit.boxes(), boxes, "back again");
    visit.reader.console_is_quiet();
}

#[test]
fn turbo_morphs_around_the_widget() {
    is_morphed_around_the_widget("turbo");
}

#[test]
fn htmx_with_idiomorph_morphs_around_the_widget() {
    is_morphed_around_the_widget("htmx");
}

#[test]
fn htmx_4_morphs_around_the_widget() {
    is_morphed_around_the_widget("htmx4");
}

#[test]
fn alpine_morphs_around_the_widget() {
    is_morphed_around_the_widget("alpine");
}

#[test]
fn morphdom_morphs_around_the_widget() {
    is_morphed_around_the_widget("morphdom");
}

#[test]
fn astros_router_brings_each_article_its_widget() {
    let visit = Visit::of("astro", Held::Nothing);
    visit.goes_on_and_comes_back();
    visit.shows_counts(SATU);
    visit.reader.console_is_quiet();
    is_no_article(&visit, &["/404"]);
}

/// Pages that are no articles have no widget, and are not counted.
fn is_no_article(visit: &Visit, paths: &[&str]) {
    for path in paths {
        visit.reader.goes_to(&visit.page.url(path)).sees("performance.now() > 1500", true);
        visit.reader.sees("document.querySelectorAll('gema-article').length", 0);
        assert_eq!(visit.newsroom.tally(path).rev, 0, "{path}");
    }
}

/// Its navigation begins when it knows all pages of the site; until then a link loads its page, and always in Firefox.
fn mkdocs(name: &str, key: (&'static str, &'static str)) -> Visit {
    let mut visit = Visit::with("/satu/", name, key, Held::Nothing);
    visit.loads_pages = Engine::current() == Engine::Firefox;
    let sitemap =
        "performance.getEntriesByType('resource').some((one) => one.name.includes('sitemap') && one.responseEnd)";
    visit.reader.sees(sitemap, true);
    visit
}

#[test]
fn mkdocs_navigation_brings_each_article_its_widget() {
    let visit = mkdocs("mkdocs", ("", "/"));
    visit.goes_on_and_comes_back();
    visit.shows_counts(SATU);
    visit.reader.console_is_quiet();
    is_no_article(&visit, &["/tentang/", "/404.html"]);
}

#[test]
fn vitepress_brings_each_article_its_widget() {
    let visit = Visit::with("/satu", "vitepress", ("", ".md"), Held::Nothing);
    visit.goes_on_and_comes_back();
    visit.shows_counts(SATU);
    visit.reader.console_is_quiet();
    is_no_article(&visit, &["/tentang", "/404.html"]);
}

/// The tag alone brings each article's widget, however the page came to show it.
fn is_brought_by_the_tag_alone(visit: &Visit) {
    visit.goes_on_and_comes_back();
    visit.reader.console_is_quiet();
}

#[test]
fn the_tag_alone_follows_turbo_and_its_morphs() {
    let visit = Visit::of_bare("turbo-bare", Held::Nothing);
    visit.shows(SATU);
    visit.is_refreshed();
    is_brought_by_the_tag_alone(&visit);
}

#[test]
fn the_tag_alone_follows_htmx_and_its_morphs() {
    for name in ["htmx-bare", "htmx4-bare"] {
        let visit = Visit::of_bare(name, Held::Nothing);
        visit.shows(SATU);
        visit.is_refreshed();
        is_brought_by_the_tag_alone(&visit);
    }
}

#[test]
fn the_tag_alone_follows_what_alpine_and_morphdom_put_in_place() {
    for name in ["alpine-bare", "morphdom-bare"] {
        let visit = Visit::of_bare(name, Held::Nothing);
        visit.shows(SATU);
        visit.is_refreshed();
        is_brought_by_the_tag_alone(&visit);
    }
}

#[test]
fn the_tag_alone_follows_astros_router() {
    is_brought_by_the_tag_alone(&Visit::with("/bare/satu", "astro", ("/bare/", ""), Held::Nothing));
}

#[test]
fn the_tag_alone_follows_mkdocs_navigation() {
    is_brought_by_the_tag_alone(&mkdocs("mkdocs-bare", ("/", "/")));
}

/// The library removes what it has not drawn: the widget comes again, or one line says what to do.
fn outlives_hydration_by_the_tag_alone(name: &str) {
    let visit = Visit::of_bare(name, Held::Library);
    visit.shows(SATU);
    visit.is_hydrated();
    visit.goes_on_and_comes_back();
}

#[test]
fn the_tag_alone_outlives_hydration_by_react() {
    outlives_hydration_by_the_tag_alone("react-bare");
}

#[test]
fn the_tag_alone_outlives_hydration_by_preact() {
    outlives_hydration_by_the_tag_alone("preact-bare");
}

#[test]
fn the_tag_alone_outlives_hydration_by_vue() {
    outlives_hydration_by_the_tag_alone("vue-bare");
}

#[test]
fn the_tag_alone_outlives_hydration_by_svelte() {
    outlives_hydration_by_the_tag_alone("svelte-bare");
}
