use scraper::{ElementRef, Html};
use url::Url;

use super::page::Page;

/// The addresses of frames in the page's `<noscript>`.
pub(super) fn noscript_frames(page: &Page) -> Vec<Url> {
    let mut frames = Vec::new();
    for noscript in page.elements("noscript") {
        let markup = Html::parse_fragment(&noscript.text().collect::<String>());
        let elements = markup
            .tree
            .root()
            .descendants()
            .filter_map(ElementRef::wrap);
        let sources = elements
            .filter(|element| element.value().name() == "iframe")
            .filter_map(|frame| page.web(frame.attr("src")?));
        frames.extend(sources.filter(|src| src.path().ends_with("/widget.html")));
    }
    frames
}
