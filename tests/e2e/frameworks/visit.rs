//! A reader's visit to a site of two articles, and the expected state of each of its pages.

use serde_json::{Value, json};

use crate::{
    engine::named,
    newsroom::{Newsroom, SITE},
    page::Page,
    reader::Reader,
    recipes,
    widget::Widget,
};

/// One of the two articles that each of these sites has.
#[derive(Clone, Copy)]
pub(super) struct Article {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) imported_reads: u64,
}

pub(super) const SATU: Article = Article {
    name: "satu",
    title: "Banjir mulai surut",
    imported_reads: 1841,
};
pub(super) const DUA: Article = Article {
    name: "dua",
    title: "Kereta ke Bandung",
    imported_reads: 7,
};

/// A script that is held back until the test releases it.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Held {
    Nothing,
    /// The library's script.
    Library,
    /// embed.js.
    Loader,
}

/// A reader of such a site, and its endpoint.
pub(super) struct Visit {
    pub(super) newsroom: Newsroom,
    pub(super) page: Page,
    pub(super) reader: Reader,
    /// The parts of the key before and after the article's name.
    key: (&'static str, &'static str),
    /// Whether the site's links may load their page.
    pub(super) loads_pages: bool,
}

/// The key is the page's path.
const PATHS: (&str, &str) = ("/", "");

impl Visit {
    /// Opens the first article of a site whose elements name their article.
    pub(super) fn of(name: &str, held: Held) -> Self {
        Self::with("/satu", name, ("", ""), held)
    }

    /// Opens the first article of a site that has the tag only.
    pub(super) fn of_bare(name: &str, held: Held) -> Self {
        Self::with("/satu", name, PATHS, held)
    }

    pub(super) fn with(
        path: &str,
        name: &str,
        key: (&'static str, &'static str),
        held: Held,
    ) -> Self {
        let newsroom = Newsroom::open();
        let draft =
            recipes::files(
                &named("GEMA_FRAMEWORKS").join(name),
                &newsroom,
                |text| match held {
                    Held::Nothing => text,
                    Held::Library => {
                        text.replace(r#"type="module" src="/main.js""#, r#"type="held""#)
                    }
                    // An empty script, because frameworks look for the tag that they have rendered.
                    Held::Loader => {
                        text.replace(&newsroom.url("/embed.js"), "data:text/javascript,")
                    }
                },
            );
        let draft = super::apps::with_fallback(draft, name);
        let visit = Self {
            newsroom,
            page: draft.served(),
            reader: Reader::new(),
            key,
            loads_pages: false,
        };
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

    pub(super) fn key(&self, article: Article) -> String {
        format!("{}{}{}", self.key.0, article.name, self.key.1)
    }

    /// Releases the library's script, and waits until it has hydrated the page.
    pub(super) fn is_hydrated(&self) {
        let script = "const script = { type: 'module', src: '/main.js' };
                      document.head.append(Object.assign(document.createElement('script'), script))";
        self.reader.runs(script, &[]);
        self.reader
            .sees("'hydrated' in document.documentElement.dataset", true);
    }

    /// Releases embed.js.
    pub(super) fn is_loaded(&self) {
        let script =
            "const script = Object.assign(document.createElement('script'), { src: arguments[0] });
                      script.dataset.site = arguments[1];
                      document.head.append(script)";
        self.reader.runs(
            script,
            &[json!(self.newsroom.url("/embed.js")), json!(SITE)],
        );
    }

    /// Presses a link or button of the page itself.
    pub(super) fn presses(&self, id: &str) -> &Self {
        self.reader.runs(
            "document.getElementById(arguments[0]).click()",
            &[json!(id)],
        );
        self
    }

    /// Makes the library morph the page, and waits until it has.
    pub(super) fn is_refreshed(&self) {
        self.reader
            .runs("document.querySelector('#after').textContent = document.querySelector('h1').textContent = '…'", &[]);
        self.presses("refresh");
        self.reader
            .sees("document.querySelector('h1').textContent !== '…'", true);
    }

    /// Checks that there is exactly one widget, complete and of this article, without leftovers or reserved room.
    pub(super) fn shows(&self, article: Article) -> Widget<'_> {
        let reader = &self.reader;
        reader
            .sees(
                "location.pathname.split('/').filter(Boolean).at(-1)",
                article.name,
            )
            .sees(
                &format!(
                    "document.querySelector('h1')?.innerText.startsWith('{}')",
                    article.title
                ),
                true,
            );
        reader.sees("document.querySelectorAll('gema-article').length", 1);
        let widget = reader.widget();
        widget
            .is_there()
            .sees("root.querySelectorAll('[part=gema]').length", 1);
        let reads = format!("Dibaca {} kali", grouped(article.imported_reads + 1));
        widget.says("[part=reads]", &reads);
        reader.sees(
            "getComputedStyle(document.querySelector('gema-article'), '::after').content",
            "none",
        );
        // During a view transition, its snapshot of the page receives the clicks.
        let transitions = "document.getAnimations().filter((one) => one.effect?.pseudoElement?.startsWith('::view')).length";
        reader.sees(transitions, 0);
        widget
    }

    /// Checks that every count on the page has its text.
    pub(super) fn shows_counts(&self, article: Article) {
        let [before, after] = [0, 1].map(|more| grouped(article.imported_reads + more));
        let counts = format!(
            "[...document.querySelectorAll('gema-count')].map((one, place) => {{
                const text = (one.shadowRoot ?? one).textContent.trim();
                const reads = ['Dibaca {before} kali', 'Dibaca {after} kali'].includes(text);
                return (place ? /^\\d tanggapan$/.test(text) : reads) || text;
            }})"
        );
        let all = self
            .reader
            .finds("[...document.querySelectorAll('gema-count')].map(() => true)");
        assert_ne!(all, json!([]), "counts");
        self.reader.sees(&counts, all);
    }

    /// The positions of the article and of what follows it.
    pub(super) fn boxes(&self) -> Value {
        self.reader.finds(
            "['gema-article', '#after'].map((one) => document.querySelector(one).getBoundingClientRect())
                .map(({ left, top, width, height }) => [left, top + scrollY, width, height].map(Math.round))",
        )
    }

    /// Number of the page's requests to that route.
    pub(super) fn asked(&self, what: &str) -> Value {
        let asked = "performance.getEntriesByType('resource').filter((one) => one.name.includes(`/${arguments[0]}?`)).length";
        self.reader.runs(&format!("return {asked}"), &[json!(what)])
    }

    /// The reader reacts, goes to the next article, reacts there, comes back and changes their mind.
    pub(super) fn goes_on_and_comes_back(&self) {
        self.shows(SATU)
            .has_chosen(None)
            .reacts("happy")
            .counts(&[("happy", 1)]);
        self.newsroom
            .has_reactions(&self.key(SATU), &[("happy", 1)]);
        self.presses("next")
            .shows(DUA)
            .has_chosen(None)
            .counts(&[])
            .reacts("sad")
            .counts(&[("sad", 1)]);
        if !self.loads_pages {
            // Check this before going back: that restores the first page from the cache.
            assert_eq!(
                self.reader.finds("window.stays"),
                true,
                "the page was loaded again"
            );
        }
        self.newsroom.has_reactions(&self.key(DUA), &[("sad", 1)]);
        self.reader.runs("history.back()", &[]);
        let widget = self.shows(SATU);
        widget
            .has_chosen(Some("happy"))
            .counts(&[("happy", 1)])
            .reacts("angry")
            .counts(&[("angry", 1)]);
        self.newsroom
            .has_reactions(&self.key(SATU), &[("angry", 1)]);
        for article in [SATU, DUA] {
            self.newsroom
                .has_reads(&self.key(article), article.imported_reads + 1);
        }
    }

    /// Checks that the console has only messages of the library about itself.
    pub(super) fn console_is_quiet(&self) {
        let lines = self.reader.console();
        let own: Vec<_> = lines
            .iter()
            .filter(|line| !line.contains("React DevTools"))
            .collect();
        assert_eq!(own, [""; 0], "in the console");
    }
}

/// A number with Indonesian thousands separators.
fn grouped(number: u64) -> String {
    if number < 1000 {
        number.to_string()
    } else {
        format!("{}.{:03}", number / 1000, number % 1000)
    }
}

/// Pages without an article have no widget, and are not counted.
pub(super) fn is_no_article(visit: &Visit, paths: &[&str]) {
    for path in paths {
        visit
            .reader
            .goes_to(&visit.page.url(path))
            .sees("performance.now() > 1500", true);
        visit
            .reader
            .sees("document.querySelectorAll('gema-article').length", 0);
        assert_eq!(visit.newsroom.tally(path).rev, 0, "{path}");
    }
}

/// With the tag only, each article gets its widget, however the page came to show it.
pub(super) fn is_brought_by_the_tag_alone(visit: &Visit) {
    visit.goes_on_and_comes_back();
    visit.reader.console_is_quiet();
}
