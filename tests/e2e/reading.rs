use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, Page},
    reader::Reader,
};

#[test]
fn a_read_is_counted_once_and_not_again_after_a_reload() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    reader.loads(&page).says("[part=reads]", "Dibaca 1 kali");
    newsroom.has_reads(ARTICLE, 1);
    // The reaction arrives after any read that the reload would have counted.
    reader.reloads().sees("performance.now() > 600", true);
    reader
        .widget()
        .is_there()
        .reacts("happy")
        .says("[part=reads]", "Dibaca 1 kali");
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    assert_eq!(newsroom.tally(ARTICLE).reads, 1);
}

#[test]
fn two_readers_are_two_reads() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    for reads in [1, 2] {
        let reader = Reader::new();
        reader
            .loads(&page)
            .says("[part=reads]", &format!("Dibaca {reads} kali"));
        newsroom.has_reads(ARTICLE, reads);
    }
}

#[test]
fn a_hidden_tab_reads_nothing_until_it_is_visible() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    reader
        .looks_away()
        .opens(&page)
        .sees("document.visibilityState", "hidden")
        .sees("performance.now() > 1200", true);
    reader.widget().is_shown();
    assert_eq!(newsroom.tally(ARTICLE).rev, 0);
    reader
        .looks_back()
        .sees("document.visibilityState", "visible");
    newsroom.has_reads(ARTICLE, 1);
}

#[test]
fn a_text_that_a_style_hides_is_not_read_until_it_is_shown() {
    for style in [
        "visibility: hidden",
        "opacity: 0",
        "content-visibility: hidden; height: 400px",
    ] {
        let newsroom = Newsroom::open();
        let article = format!("<gema-article article='{ARTICLE}'><p>Isi.</p></gema-article>");
        let page = Page::with(
            &newsroom.tag("async"),
            &format!("<main style='{style}'>{article}</main>"),
        );
        let reader = Reader::new();
        reader.opens(&page).sees("performance.now() > 2500", true);
        assert_eq!(newsroom.tally(ARTICLE).reads, 0, "{style}");
        reader.runs("document.querySelector('main').style = ''", &[]);
        newsroom.has_reads(ARTICLE, 1);
    }
}

#[test]
fn an_article_in_several_columns_is_read() {
    let newsroom = Newsroom::open();
    let css =
        "<style>main { columns: 3; column-fill: auto; height: 20em } p { margin: 0 0 1em }</style>";
    let text = "<p>Baris.</p>".repeat(20);
    let article = format!("<gema-article article='{ARTICLE}'>{text}</gema-article>");
    let page = Page::with(
        &[css, &newsroom.tag("async")].concat(),
        &format!("<main>{article}</main>"),
    );
    let reader = Reader::new();
    reader.opens(&page);
    newsroom.has_reads(ARTICLE, 1);
    reader.widget().is_there();
}

#[test]
fn an_element_is_measured_after_the_frame_that_shows_it() {
    let newsroom = Newsroom::open();
    let watch = "<script>
        let [frames, shown] = [0, Infinity];
        const count = () => requestAnimationFrame(count, frames++);
        count();
        const watched = { attributeFilter: ['data-ready'], subtree: true };
        new MutationObserver(() => (shown = Math.min(shown, frames))).observe(document, watched);
        const { getClientRects } = Element.prototype;
        window.measured = [];
        Element.prototype.getClientRects = function () {
            measured.push(frames - shown);
            return getClientRects.call(this);
        };
    </script>";
    let page = Page::with(
        &[watch, &newsroom.tag("async")].concat(),
        &format!("<main><gema-article article='{ARTICLE}'><p>Isi.</p></gema-article></main>"),
    );
    let reader = Reader::new();
    reader.opens(&page);
    newsroom.has_reads(ARTICLE, 1);
    reader.sees("measured.length > 0", true);
    reader.sees(
        "measured.filter((frames) => frames < 1)",
        serde_json::json!([]),
    );
}

#[test]
fn articles_that_are_scrolled_past_are_not_read() {
    let newsroom = Newsroom::with_reads_after(1_500);
    let one = |number: u32| {
        format!(
            "<gema-article article=a{number}><p style='height: 1500px'>Berita {number}.</p></gema-article>"
        )
    };
    let articles: String = (0..6).map(one).collect();
    let body = format!("<main><div style='height: 3000px'></div>{articles}</main>");
    let page = Page::with(&newsroom.tag("async"), &body);
    let reader = Reader::new();
    reader.opens(&page);
    for number in 0..6 {
        reader.widget_at(&format!("[article=a{number}]")).is_shown();
    }
    let flung = "(async () => {
        for (const one of document.querySelectorAll('gema-article')) {
            one.scrollIntoView({ behavior: 'instant' });
            await new Promise((done) => setTimeout(done, 40));
        }
    })()";
    reader.awaits(flung);
    newsroom.has_reads("a5", 1);
    reader.sees("performance.now() > 6000", true);
    for number in 0..5 {
        assert_eq!(newsroom.tally(&format!("a{number}")).reads, 0, "a{number}");
    }
}

#[test]
fn the_widget_at_the_end_of_a_long_article_is_not_what_is_read() {
    let newsroom = Newsroom::open();
    let text = "<h1>Berita</h1><p style='height: 9000px'>Isi.</p>";
    let page = Draft::default()
        .page(
            "/a",
            &newsroom.tag("async"),
            &format!("<main><article>{text}</article></main>"),
        )
        .served();
    let reader = Reader::new();
    reader.goes_to(&page.url("/a"));
    // The widget is far below; the article's text is in view.
    newsroom.has_reads("/a", 1);
    assert_eq!(reader.finds("scrollY"), serde_json::json!(0));
}
