//! Sites as generators and content management systems make them (recipes/systems): whatever page a reader opens, articles have one widget,
//! which counts that article, and other pages have none. The test command makes two of them, `cargo xtask soak recipes` all; what each
//! does is a row of the table in docs/recipes.md.

use std::{collections::BTreeMap, fs, panic, path::Path};

use serde_json::json;

use super::{
    files,
    system::{SYSTEMS, System},
};
use crate::{engine::named, looks::take, newsroom::Newsroom, page::Page, reader::Reader};

/// A page as its reader sees it.
struct SystemVisit<'a> {
    system: &'a System,
    newsroom: Newsroom,
    page: Page,
    reader: Reader,
}

impl<'a> SystemVisit<'a> {
    fn new(system: &'a System, dir: &Path) -> Self {
        let newsroom = Newsroom::with(system.config);
        let page = files(dir, &newsroom, |text| text).served();
        Self {
            system,
            newsroom,
            page,
            reader: Reader::with_width(1280),
        }
    }

    fn opens(&self, path: &str) {
        self.reader.goes_to(&self.page.url(path));
    }

    /// Checks that the page has one widget, and that its article is read once.
    fn is_article(&self, (path, key): (&str, &str)) {
        self.has_widget(path);
        self.newsroom.has_reads(key, 1);
    }

    fn has_widget(&self, path: &str) {
        self.reader.sees(
            "decodeURIComponent(location.pathname).replace(/\\/$/, '')",
            path.trim_end_matches('/'),
        );
        self.reader
            .sees("document.querySelectorAll('gema-article').length", 1);
        // Scroll to the article's text, so that it counts as read and the widget is loaded.
        let scroll = "document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })";
        self.reader.runs(scroll, &[json!(self.system.text)]);
        self.reader.widget().is_there();
    }

    /// Checks for longer than a read takes that there is no widget, and that every count of a list has its text.
    fn is_no_article(&self) {
        let since = "performance.now() - (window.since ??= performance.now()) > 1000";
        self.reader
            .sees(since, true)
            .sees("document.querySelectorAll('gema-article').length", 0);
        self.reader.sees(
            "[...document.querySelectorAll('gema-count:not([hidden])')].every((one) => (one.shadowRoot ?? one).textContent.trim())",
            true,
        );
    }

    /// Whether the article's widget is as wide as the text, on a phone and on a desktop.
    fn is_in_column(&self, path: &str) -> bool {
        [360, 1280].iter().all(|width| {
            self.reader.becomes_wide(*width);
            // In WebKit, another window has that width.
            self.opens(path);
            self.has_widget(path);
            self.has_the_texts_edges()
        })
    }

    fn has_the_texts_edges(&self) -> bool {
        let edges = |what: &str| {
            self.reader.finds(&format!(
                "(({{ left, right }}) => [left, right].map(Math.round))(document.querySelector({what:?}).getBoundingClientRect())"
            ))
        };
        edges("gema-article") == edges(self.system.text)
    }

    /// Goes from the first article to the second by its link, and back. Returns whether the second was shown in place.
    fn goes_on_and_comes_back(&self) -> bool {
        let [first, second] = self.system.posts;
        self.reader.sees(self.system.begins, true);
        let click = "window.stays = true; document.querySelector(arguments[0]).click()";
        match self.system.links.0 {
            // A copy whose links lead to its own server.
            "" => self.opens(second.0),
            link => drop(self.reader.runs(click, &[json!(link)])),
        }
        self.is_article(second);
        let is_in_place = self.reader.finds("window.stays === true") == json!(true);
        self.reader.runs("history.back()", &[]);
        self.is_article(first);
        if let Some(link) = self.system.links.1 {
            self.reader.runs(
                "window.since = undefined; document.querySelector(arguments[0]).click()",
                &[json!(link)],
            );
            self.reader.sees("location.pathname", "/");
            self.is_no_article();
        }
        is_in_place
    }

    /// Every article that the endpoint has counted, with its reads.
    fn counted(&self) -> BTreeMap<String, u64> {
        let list = self.newsroom.lists();
        let rows = list
            .lines()
            .skip(1)
            .map(|line| line.split('\t').collect::<Vec<_>>());
        rows.map(|row| (row[4].to_owned(), row[0].parse().expect("a number")))
            .collect()
    }

    /// Tests the system, and returns its row for the table in the documents, without the version.
    fn row(&self) -> Vec<String> {
        let [first, second] = self.system.posts;
        self.opens(first.0);
        self.is_article(first);
        let is_in_column = self.is_in_column(first.0);
        take(
            &self.reader,
            &format!(
                "system-{}",
                self.system.title.to_lowercase().replace([',', ' '], "-")
            ),
        );
        let is_in_place = self.goes_on_and_comes_back();
        let [list, next, missing, feed, preview] = self.system.others;
        for path in [list, next, missing, feed].into_iter().flatten() {
            self.opens(path);
            self.is_no_article();
        }
        // A preview may show the widget, but counts nothing.
        for path in preview {
            self.opens(path);
            self.reader.sees("performance.now() > 1500", true);
        }
        let counted = self.counted();
        assert_eq!(
            counted,
            BTreeMap::from([first, second].map(|(_, key)| (key.to_owned(), 1))),
            "{}",
            self.system.title
        );
        assert_eq!(
            (is_in_column, is_in_place),
            (true, self.system.is_in_place),
            "{}",
            self.system.title
        );
        let kinds = self
            .system
            .others
            .map(|paths| if paths.is_empty() { "—" } else { "0" }.to_owned());
        let way = if is_in_place {
            "1, in place"
        } else {
            "1, loaded"
        };
        [
            vec!["yes".to_owned(), format!("`{}`", first.1), "1".to_owned()],
            kinds.to_vec(),
            vec![way.to_owned()],
        ]
        .concat()
    }
}

/// The cells of the system's row in the documents.
fn documented(title: &str) -> Option<Vec<String>> {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recipes.md");
    let text = fs::read_to_string(document).expect("a document");
    let row = text.lines().find_map(|line| {
        line.strip_prefix(&format!("| {title} | "))
            .map(str::to_owned)
    })?;
    Some(
        row.trim_end_matches(" |")
            .split(" | ")
            .map(str::to_owned)
            .collect(),
    )
}

#[test]
fn generated_sites_have_one_widget_on_articles_only() {
    let made = named("GEMA_SYSTEMS");
    let is_long = std::env::var_os("GEMA_SOAK").is_some();
    let mut wrong = Vec::new();
    let mut tried = 0;
    for system in SYSTEMS {
        let dir = if system.name == "wordpress" {
            named("GEMA_RECIPES")
        } else {
            made.clone()
        }
        .join(system.name);
        if !dir.exists() && !is_long {
            continue;
        }
        tried += 1;
        let version = fs::read_to_string(dir.join("version"))
            .unwrap_or_default()
            .trim()
            .to_owned();
        let Ok(row) = panic::catch_unwind(|| SystemVisit::new(system, &dir).row()) else {
            wrong.push(format!("{}: see above", system.title));
            continue;
        };
        println!("| {} | {version} | {} |", system.title, row.join(" | "));
        // The test command may use the machine's own versions.
        let is_right = documented(system.title)
            .is_some_and(|cells| cells[1..] == row && (!is_long || cells[0] == version));
        if !is_right {
            wrong.push(format!(
                "docs/recipes.md lacks: | {} | {version} | {} |",
                system.title,
                row.join(" | ")
            ));
        }
    }
    assert!(
        tried > 1 && wrong.is_empty(),
        "of {tried}:\n{}",
        wrong.join("\n")
    );
}
