use super::{hostile::is_dangerous, *};

#[test]
fn elements_left_out_of_the_article_are_counted() {
    let out = taken(
        "<html><body><nav>Menu</nav><script>a</script><article><p>Satu dua tiga</p><script>b</script><div><script>c</script></div>\
         <iframe src=https://ads.example></iframe><video src=/a.mp4></video><aside>Baca <svg></svg></aside><math><mi>x</mi></math>\
         <img src='data:x'><img src=/p.gif width=1><img src=/f.jpg></article>",
    );
    let expected = [
        ("aside", 1),
        ("formula", 1),
        ("frame", 1),
        ("image (without an address)", 1),
        ("script", 2),
        ("tracking pixel", 1),
        ("video (a link to it is kept)", 1),
    ];
    assert_eq!(out.left_out, expected.into());
    assert_eq!(
        (out.amount, out.of),
        (
            Amount {
                words: 4,
                images: 1
            },
            Amount {
                words: 7,
                images: 1
            }
        )
    );
    assert_eq!(
        taken("<p>satu <b>d</b>ua</p><p>北京 新闻</p>").amount.words,
        6
    );
}

#[test]
fn the_copy_says_language_and_direction_as_the_page_does() {
    let page = |html: &str, article: &str| {
        taken(&format!(
            "<!doctype html><html {html}><body><main><article {article}><p>خبر</p></article>"
        ))
        .html
    };
    assert_eq!(
        page("lang=ar dir=rtl", ""),
        "<div dir=\"rtl\" lang=\"ar\"><p>خبر</p></div>"
    );
    assert_eq!(
        page("lang=en", "lang=ar dir=rtl"),
        "<div dir=\"rtl\" lang=\"ar\"><p>خبر</p></div>"
    );
    assert_eq!(page("", ""), "<p>خبر</p>");
    let odd = page("dir='x\" onclick=\"y' lang='\"><script>'", "");
    assert!(
        !odd.contains("<script") && !odd.contains("onclick=\"") && is_dangerous(&odd).is_none(),
        "{odd}"
    );
}

fn words(count: usize) -> String {
    (0..count).map(|n| format!("kata{n} ")).collect()
}

fn paragraphs(count: usize, each: usize) -> String {
    (0..count)
        .map(|_| format!("<p>{}</p>", words(each)))
        .collect()
}

#[test]
fn a_teaser_that_is_marked_as_an_article_is_not_the_story() {
    let story = paragraphs(40, 48);
    let teaser = format!(
        "<article><h3><a href=/b>Lain</a></h3><p>{}</p></article>",
        words(15)
    );
    for page in [
        format!(
            "<div class=page><div class=story>{story}</div><div class=side>{teaser}{teaser}</div></div>"
        ),
        format!(
            "<main><div>{teaser}</div><div id=isi>{story}</div></main><footer>{}</footer>",
            words(3000)
        ),
        format!(
            "<div itemprop=articleBody>{}</div><div><section>{story}</section></div>{teaser}",
            words(40)
        ),
        // A story in two parts around an advertisement, without paragraphs, in a layout table.
        format!(
            "{teaser}<div><div>{}</div><div>iklan</div><div>{}</div></div>",
            paragraphs(24, 48),
            paragraphs(16, 48)
        ),
        format!(
            "{teaser}<form><table><tr><td><a href=/>{}</a></td><td>{}</td></tr></table></form>",
            words(90),
            "<p>".to_owned() + &(words(48) + "<br><br>").repeat(40)
        ),
        format!(
            "{teaser}<div><div>{story}</div></div><div id=comments><div>{}</div></div>",
            paragraphs(90, 60)
        ),
    ] {
        let out = taken(&format!("<!doctype html><html><body>{page}</body></html>"));
        assert!(
            (1915..=1925).contains(&out.amount.words),
            "{} of {}: {}",
            out.amount.words,
            out.of.words,
            &page[..60]
        );
        assert!(!out.html.contains("Lain"), "{}", &page[..60]);
    }
}

#[test]
fn many_short_reports_on_a_page_are_one_article() {
    let reports: String = (0..20)
        .map(|n| format!("<article><h2>Pukul {n}</h2>{}</article>", paragraphs(2, 30)))
        .collect();
    let out = taken(&format!(
        "<!doctype html><html><body><main><div>{reports}</div></main></body></html>"
    ));
    assert_eq!(out.amount.words, 20 * 62);
}

#[test]
fn an_article_element_with_the_text_is_taken() {
    let story = paragraphs(10, 40);
    let beside = format!("<div>{}</div>", paragraphs(6, 40));
    for page in [
        format!("{beside}<article>{story}</article>{beside}"),
        format!("<article>{beside}<div itemprop='x articleBody'>{story}</div></article>"),
        format!("{beside}<article><div><div>{story}</div></div></article>"),
        format!("<div>{beside}</div><main><section>{story}</section></main>"),
    ] {
        let out = taken(&format!("<!doctype html><html><body>{page}</body></html>"));
        assert_eq!(out.amount.words, 400, "{}", &page[..60]);
    }
}

#[test]
fn limits_apply_to_the_article_and_not_to_a_pages_scripts() {
    let scripts = format!("<script>{}</script>", "var a = '<p>x</p>';".repeat(40_000));
    let page = format!(
        "<!doctype html><html><head>{scripts}</head><body>{scripts}<article>{}</article>",
        paragraphs(20, 300)
    );
    assert!(page.len() > MAX_BODY_BYTES);
    assert_eq!(taken(&page).amount.words, 6_000);
    let refused = |source: &str| extract(source.as_bytes(), SourceFormat::Html, None).unwrap_err();
    assert!(
        matches!(
            refused(&"x".repeat(MAX_BODY_BYTES + 1)),
            ArticleHtmlError::TooLarge(_)
        ),
        "a fragment is a body"
    );
    let long = format!(
        "<!doctype html><p>{}</p>",
        "kata ".repeat(MAX_BODY_BYTES / 4)
    );
    assert!(matches!(refused(&long), ArticleHtmlError::TooLarge(bytes) if bytes > MAX_BODY_BYTES));
    assert_eq!(
        refused(&" ".repeat(MAX_PAGE_BYTES + 1)),
        ArticleHtmlError::PageTooLarge(MAX_PAGE_BYTES + 1)
    );
    assert_eq!(
        refused(&format!("<!doctype html>{}x", "<div>".repeat(600))),
        ArticleHtmlError::TooTangled
    );
    assert_eq!(
        body(page.as_bytes(), SourceFormat::Html, None),
        Err(ArticleHtmlError::TooLarge(page.len())),
        "not over HTTP"
    );
}

fn facts(head: &str, body: &str) -> [Option<String>; 4] {
    let metadata = taken(&format!(
        "<!doctype html><html><head>{head}</head><body>{body}<p>Isi</p></body></html>"
    ))
    .metadata;
    let day = metadata.day(&jiff::tz::TimeZone::get("Asia/Jakarta").unwrap());
    [metadata.title, metadata.byline, day, metadata.url]
}

fn four(texts: [&str; 4]) -> [Option<String>; 4] {
    texts.map(|text| Some(text.to_owned()).filter(|text| !text.is_empty()))
}

#[test]
fn a_page_names_its_title_author_day_and_address() {
    let expected = four([
        "Gin & Juice: \"e-Gov\"",
        "Humas",
        "2015-11-17",
        "https://news.example/fgd",
    ]);
    let open_graph = "<title>Gin &amp; Juice: \"e-Gov\" - Warta</title><link rel=canonical href=https://news.example/fgd>\
                      <meta property=og:title content='Gin &amp; Juice: \"e-Gov\"'><meta name=author content=Humas>\
                      <meta property=article:published_time content=2015-11-16T20:00:00Z>";
    assert_eq!(facts(open_graph, ""), expected);
    assert_eq!(
        facts(
            open_graph,
            "<h1><a href=/>Warta</a></h1><h1>Gin &amp; <i>Juice</i>: “e-Gov”</h1>"
        )[0]
        .as_deref(),
        Some("Gin & Juice: “e-Gov”")
    );
    for data in [
        r#"{"@type":"NewsArticle","headline":"Gin & Juice: \"e-Gov\"","author":{"@type":"Person","name":" Humas "},"datePublished":"2015-11-17T03:00:00+07:00","url":"https://news.example/fgd"}"#,
        r#"[{"@type":"WebSite"},{"@type":["Article","NewsArticle"],"headline":"Gin & Juice: \"e-Gov\"","author":["Humas"],"datePublished":"2015-11-17","mainEntityOfPage":{"@id":"https://news.example/fgd"}}]"#,
        r##"{"@graph":[{"@type":"http://schema.org/ReportageNewsArticle","headline":"Gin & Juice: \"e-Gov\"","author":{"@id":"#h"},"datePublished":"2015-11-17T00:30:00","mainEntityOfPage":"https://news.example/fgd"},{"@id":"#h","name":"Humas"}]}"##,
    ] {
        assert_eq!(
            facts(
                &format!("<title>x</title><script type=application/ld+json>{data}</script>"),
                ""
            ),
            expected,
            "{data}"
        );
    }
    let marks = "<h1>Judul</h1><span itemprop=author><b itemprop=name>A. Hakim</b></span><time itemprop=datePublished datetime='2015-11-17 09:00'>Selasa</time>";
    assert_eq!(
        facts(
            "<title>Judul | Warta</title><meta property=og:url content=https://news.example/fgd>",
            marks
        ),
        four([
            "Judul",
            "A. Hakim",
            "2015-11-17",
            "https://news.example/fgd"
        ])
    );
    let saved = "<!-- saved from url=(0024)https://news.example/fgd -->\n<html><head><title>Judul</title></head><body><p>Isi <a href=/b>b</a></p>";
    let out = taken(saved);
    assert_eq!(
        out.metadata.url.as_deref(),
        Some("https://news.example/fgd")
    );
    assert!(out.html.contains("https://news.example/b"), "{}", out.html);
    assert_eq!(facts("", ""), four(["", "", "", ""]));
    let odd = "<link rel=canonical href=javascript:x><meta name=author content=https://facebook.com/x><meta name=twitter:creator content=@x>\
               <meta name=date content=kemarin><script type=application/ld+json>{</script><script type=application/ld+json>[[],1,{\"@type\":7}]</script>";
    assert_eq!(facts(odd, "<h1> </h1>"), four(["", "", "", ""]));
}

#[test]
fn the_heading_that_became_the_title_is_not_in_the_body() {
    let page = |title: &str| {
        format!(
            "<html><head><title>{title}</title></head><body><h1>Warta</h1><article><h1>Judul <i>satu</i></h1><p>Isi</p></article>"
        )
    };
    let out = taken(&page("Judul satu - Warta"));
    assert_eq!(
        (out.html.as_str(), out.metadata.title.as_deref()),
        ("<p>Isi</p>", Some("Judul satu"))
    );
}

#[test]
fn of_a_whole_page_the_article_is_taken() {
    let page = "<!-- saved --><!DOCTYPE html><html><head><title>t</title></head><body><header>Menu</header>\
         <main><h1>Judul</h1><article><p>Berita yang panjang sekali.</p></article><article><p>Lain</p></article></main>\
         <footer>Kaki</footer></body></html>";
    assert_eq!(html(page), "<p>Berita yang panjang sekali.</p>");
    assert_eq!(
        html("<html><body><main><h1>Judul</h1><p>a</p></main><p>lain</p></body></html>"),
        "<p>a</p>"
    );
    assert_eq!(html("<body><h1>Judul</h1><nav>x</nav><p>a</p>"), "<p>a</p>");
}

#[test]
fn a_marked_article_body_is_preferred() {
    let page = "<html><body><article><p>Penulis dan tanggal dan lain-lain</p><div itemprop='articleBody'><p>Isi</p></div></article>";
    assert_eq!(html(page), "<p>Isi</p>");
}
