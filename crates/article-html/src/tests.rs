use proptest::prelude::*;
use scraper::Html;

use super::*;

fn html(source: &str) -> String {
    body(source.as_bytes(), SourceFormat::Html, None).unwrap()
}

fn based(source: &str) -> String {
    let base = Url::parse("https://news.example/2015/11/fgd.html").unwrap();
    body(source.as_bytes(), SourceFormat::Html, Some(&base)).unwrap()
}

#[test]
fn elements_of_an_article_are_kept() {
    let article = "<h2>Judul</h2><p>Satu <strong>dua</strong> <em>tiga</em><br>empat</p><ul><li>a</li></ul><ol start=\"3\"><li>b</li></ol>\
         <table><caption>T</caption><thead><tr><th colspan=\"2\" scope=\"col\">x</th></tr></thead><tbody><tr><td>y</td></tr></tbody></table>\
         <figure><img alt=\"Foto\" height=\"480\" loading=\"lazy\" sizes=\"100vw\" src=\"https://a.example/f.jpg\" \
         srcset=\"f-640.jpg 640w, f-1280.jpg 1280w\" width=\"640\"><figcaption>Foto</figcaption></figure><blockquote>kata</blockquote>";
    assert_eq!(html(article), article);
}

#[test]
fn links_are_kept_and_closed_off() {
    let rel = "rel=\"noopener noreferrer\"";
    assert_eq!(
        html("<a href='https://a.example/'>a</a>"),
        format!("<a href=\"https://a.example/\" {rel}>a</a>")
    );
    assert_eq!(
        html("<a href='mailto:a@b.example'>a</a>"),
        format!("<a href=\"mailto:a@b.example\" {rel}>a</a>")
    );
    assert_eq!(
        html("<a href='javascript:alert(1)' target=_top>a</a>"),
        format!("<a {rel}>a</a>")
    );
    assert_eq!(
        html("<a href=' JaVa\tScript:alert(1)'>a</a>"),
        format!("<a {rel}>a</a>")
    );
    assert_eq!(
        html("<a href='data:text/html,x'>a</a>"),
        format!("<a {rel}>a</a>")
    );
}

#[test]
fn relative_addresses_follow_the_articles_own() {
    assert!(html("<a href='/b'>b</a>").contains("href=\"/b\""));
    assert!(based("<a href='/b'>b</a>").contains("href=\"https://news.example/b\""));
    assert!(based("<img src=f.jpg>").contains("src=\"https://news.example/2015/11/f.jpg\""));
    assert!(
        based("<img src=f.jpg srcset='g.jpg 2x'>")
            .contains("srcset=\"https://news.example/2015/11/g.jpg 2x\"")
    );
}

#[test]
fn anchors_lead_where_they_led_and_no_id_is_the_host_pages() {
    let out =
        based("<a href='#satu'>1</a><h2 id=satu>Satu</h2><a name='dua'></a><a href='#dua'>2</a>");
    assert!(
        out.contains("href=\"#gema-satu\"") && out.contains("<h2 id=\"gema-satu\">"),
        "{out}"
    );
    assert!(
        out.contains("href=\"#gema-dua\"") && out.contains("id=\"gema-dua\""),
        "{out}"
    );
    assert!(!html("<p id='location'>x</p><img name=cookie src=x.jpg>").contains("\"location\""));
}

#[test]
fn hidden_elements_are_removed_with_their_content() {
    for gone in [
        "<script>alert(1)</script>",
        "<style>p{}</style>",
        "<iframe src='https://ads.example'>x</iframe>",
        "<noscript><img src='https://t.example/p.gif'></noscript>",
        "<button onclick='x()'>Bagikan</button>",
        "<select><option>x</option></select>",
        "<svg><script>x</script><text>x</text></svg>",
        "<math><mtext>x</mtext></math>",
        "<object data=x><p>x</p></object>",
        "<nav><a href=/>x</a></nav>",
        "<aside>Baca juga</aside>",
        "<div style='color:red; display: none'>x</div>",
        "<p hidden>x</p>",
        "<img src='https://t.example/p.gif' width=1 height=1>",
        "<img src='data:image/gif;base64,R0lGOD'>",
        "<img src='javascript:x'>",
        "<!-- x -->",
        "<template><p>x</p></template>",
    ] {
        assert_eq!(html(&format!("<p>a</p>{gone}")), "<p>a</p>", "{gone}");
    }
}

#[test]
fn attributes_that_are_not_listed_go() {
    let out = html(
        "<p class=a style='position:fixed' onmouseover=x() data-x=1 lang=id dir=rtl slot=s is=x>a</p>",
    );
    assert_eq!(out, "<p dir=\"rtl\" lang=\"id\">a</p>");
    assert_eq!(
        html("<td>a</td><img src=a.jpg onerror=x width='100%'>"),
        "a<img src=\"a.jpg\">"
    );
}

#[test]
fn the_fields_of_a_form_go_and_its_article_stays() {
    let out =
        html("<form id=aspnetForm action='/x'><input name=__VIEWSTATE value=x><p>Isi</p></form>");
    assert_eq!(out, "<p>Isi</p>");
}

#[test]
fn images_that_a_script_would_load_are_loaded_without_it() {
    let out = html(
        "<img src='data:image/gif;base64,R0' data-src='/f.jpg' data-srcset='/g.jpg 2x' alt=Foto>",
    );
    assert_eq!(
        out,
        "<img alt=\"Foto\" src=\"/f.jpg\" srcset=\"/g.jpg 2x\">"
    );
}

/// The single image of the output.
fn image(source: &str) -> String {
    let out = html(&format!("<p>a</p>{source}"));
    out.strip_prefix("<p>a</p>")
        .unwrap_or_else(|| panic!("{out}"))
        .to_owned()
}

#[test]
fn lazy_images_get_the_address_from_any_data_attribute() {
    let empty = "src='data:image/gif;base64,R0'";
    for lazy in [
        format!("{empty} data-lazyload='/f.jpg'"),
        "data-cfsrc=/f.jpg style='display:block'".into(),
        "src=/low.jpg data-hi-res-src=/f.jpg".into(),
        format!("{empty} data-td-src='/f.jpg'"),
        format!("{empty} data-anything='/f.jpg' data-id=7"),
        format!("{empty} data-settings='{{\"a\":\"x.jpg\"}}' data-full='/f.jpg'"),
    ] {
        assert_eq!(
            image(&format!("<img {lazy} alt=Foto>")),
            "<img alt=\"Foto\" src=\"/f.jpg\">",
            "{lazy}"
        );
    }
    for none in [
        "data-id=7",
        "data-src='javascript:x'",
        "src='data:x' data-href='/page.html'",
        "data-src='{{photo}}'",
    ] {
        assert_eq!(image(&format!("<img {none} alt=Foto>")), "", "{none}");
    }
    let of_set = image("<img srcset='/a.jpg 400w, /b.jpg 900w, /c.jpg 2000w'>");
    assert_eq!(
        of_set,
        "<img src=\"/b.jpg\" srcset=\"/a.jpg 400w, /b.jpg 900w, /c.jpg 2000w\">"
    );
    assert!(image("<img srcset='/a.jpg 1x, /b.jpg 2x'>").contains("src=\"/a.jpg\""));
    assert!(
        image("<img src='data:x' data-srcset='/a.jpg 320w, /b.jpg 640w'>")
            .contains("src=\"/b.jpg\"")
    );
    let picture =
        image("<picture><source data-srcset='/a.webp 640w' type=image/webp><img alt=F></picture>");
    assert!(
        picture.contains("<img alt=\"F\" src=\"/a.webp\">"),
        "{picture}"
    );
}

#[test]
fn noscript_images_replace_those_a_script_would_fill() {
    let real =
        "<noscript><img src=/f.jpg srcset='/g.jpg 2x' width=640 height=480 alt=Foto></noscript>";
    let expected =
        "<img alt=\"Foto\" height=\"480\" src=\"/f.jpg\" srcset=\"/g.jpg 2x\" width=\"640\">";
    for source in [
        format!("<img src='data:image/gif;base64,R0'>{real}"),
        format!("{real} <img class=lazy data-x=1>"),
        real.to_owned(),
    ] {
        assert_eq!(image(&source).trim(), expected, "{source}");
    }
    let wrapped = image(&format!("<span><img src='data:x'></span>{real}"));
    assert_eq!(wrapped, format!("<span>{expected}</span>"));
    // The image is not duplicated, and a tracking pixel is not restored.
    let there = "<img alt=\"Foto\" src=\"/small.jpg\">";
    assert_eq!(image(&format!("{there}{real}")), there);
    for tracker in [
        "<img src=https://t.example/p>",
        "<img src=https://t.example/p alt=x width=1 height=1>",
    ] {
        assert_eq!(image(&format!("<noscript>{tracker}</noscript>")), "");
        assert_eq!(
            image(&format!(
                "<img src='data:x' width=1 height=1><noscript>{tracker}</noscript>"
            )),
            ""
        );
    }
    assert_eq!(
        image("<noscript><script>x</script><img src=javascript:x alt=x></noscript>"),
        ""
    );
}

#[test]
fn players_become_links_to_what_they_play_and_other_frames_go() {
    let rel = "rel=\"noopener noreferrer\"";
    for (source, address, label) in [
        (
            "<iframe src='//www.youtube.com/embed/abc_-9?rel=0' title='Pidato Presiden'></iframe>",
            "https://www.youtube.com/watch?v=abc_-9",
            "Pidato Presiden",
        ),
        (
            "<iframe data-src='https://www.youtube-nocookie.com/embed/abc'></iframe>",
            "https://www.youtube.com/watch?v=abc",
            "youtube.com",
        ),
        (
            "<iframe src='https://player.vimeo.com/video/7?h=1'></iframe>",
            "https://vimeo.com/7",
            "vimeo.com",
        ),
        (
            "<video src=https://v.example/a/klip%20satu.mp4 autoplay><p>Tidak bisa</p></video>",
            "https://v.example/a/klip%20satu.mp4",
            "klip satu.mp4",
        ),
        (
            "<video poster=x><source src=blob:x><source src='https://v.example/k.webm'></video>",
            "https://v.example/k.webm",
            "k.webm",
        ),
        (
            "<audio controls src='https://v.example/k.mp3' aria-label=Siniar></audio>",
            "https://v.example/k.mp3",
            "Siniar",
        ),
    ] {
        assert_eq!(
            html(&format!("<p>a</p>{source}")),
            format!("<p>a</p><a href=\"{address}\" {rel}>{label}</a>"),
            "{source}"
        );
    }
    for gone in [
        "<video src=blob:https://a.example/x></video>",
        "<iframe src=https://notyoutube.com/embed/x></iframe>",
        "<iframe src='javascript:x' title=x></iframe>",
        "<iframe src=https://www.youtube.com/embed/></iframe>",
        "<iframe src=about:blank></iframe>",
        "<div style='display:none'><video src=/a.mp4></video></div>",
    ] {
        assert_eq!(html(&format!("<p>a</p>{gone}")), "<p>a</p>", "{gone}");
    }
    let linked = html("<a href=/b>b<video src=/a.mp4></video></a>");
    assert_eq!(
        linked,
        format!("<a href=\"/b\" {rel}>b</a>"),
        "no link in a link"
    );
    let tex = "<math alttext='E=mc^{2}'><mi>E</mi></math>";
    assert_eq!(
        html(&format!("<p>a {tex}</p>")),
        "<p>a <code>E=mc^{2}</code></p>"
    );
    assert_eq!(
        html("<p>a</p><math alttext='<script>x</script>'></math>"),
        "<p>a</p><code>&lt;script&gt;x&lt;/script&gt;</code>"
    );
}

fn taken(source: &str) -> Extraction {
    extract(source.as_bytes(), SourceFormat::Html, None).unwrap()
}

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
fn a_srcset_keeps_only_what_may_be_fetched() {
    let out = html(
        "<img src=a.jpg srcset='javascript:x 1x, b.jpg 2x, data:image/gif;base64,R0 3x, c.jpg onerror=x, d.jpg'>",
    );
    assert_eq!(out, "<img src=\"a.jpg\" srcset=\"b.jpg 2x, d.jpg\">");
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

#[test]
fn broken_nesting_is_mended() {
    assert_eq!(html("<p><b>a<p>b</b>"), "<p><b>a</b></p><p><b>b</b></p>");
    assert_eq!(
        html("<ul><li>a<li>b</div></ul></article>"),
        "<ul><li>a</li><li>b</li></ul>"
    );
    assert_eq!(
        html("<p>a<marquee><p>b</marquee>"),
        html(&html("<p>a<marquee><p>b</marquee>"))
    );
}

#[test]
fn markdown_becomes_html_and_is_cleaned_like_it() {
    let source = "# Satu\n\nDua *tiga* [empat](javascript:x)[^1] <script>x</script>\n\n| a |\n|---|\n| b |\n\n[^1]: Catatan\n";
    let out = body(source.as_bytes(), SourceFormat::Markdown, None).unwrap();
    assert!(
        out.starts_with(
            "<h1>Satu</h1>\n<p>Dua <em>tiga</em> <a rel=\"noopener noreferrer\">empat</a>"
        ),
        "{out}"
    );
    assert!(
        out.contains("<td>b</td>")
            && out.contains("href=\"#gema-1\"")
            && out.contains("id=\"gema-1\""),
        "{out}"
    );
    assert!(!out.contains("script>"), "{out}");
}

#[test]
fn unusable_bodies_are_refused_with_the_remedy() {
    let refused = |source: &[u8]| body(source, SourceFormat::Html, None).unwrap_err();
    assert_eq!(refused(b""), ArticleHtmlError::Empty);
    assert_eq!(
        refused(b"<script>alert(1)</script><p> </p>"),
        ArticleHtmlError::Empty
    );
    assert_eq!(refused(b"<p>a\xff</p>"), ArticleHtmlError::NotUtf8(4));
    assert_eq!(
        refused(&vec![b'a'; MAX_BODY_BYTES + 1]),
        ArticleHtmlError::TooLarge(MAX_BODY_BYTES + 1)
    );
    assert!(refused(b"<p>a\xff</p>").to_string().contains("UTF-8"));
}

#[test]
fn markup_that_would_explode_is_refused_before_it_does() {
    let reopened = |attribute: &str| {
        (0..2_000)
            .map(|n| format!("<p><b {attribute}={n}>x"))
            .collect::<String>()
    };
    let long = format!("<p><b title={}>", "x".repeat(100_000));
    for bomb in [
        "<div>".repeat(MAX_DEPTH + 1) + "x",
        "<br>".repeat(MAX_NODES + 1),
        reopened("id"),
        format!("<b>{}", "<table><b>".repeat(10_000)),
        long + &"<p>x".repeat(1_000),
    ] {
        assert_eq!(
            body(bomb.as_bytes(), SourceFormat::Html, None),
            Err(ArticleHtmlError::TooTangled),
            "{}",
            &bomb[..40]
        );
    }
}

#[test]
fn too_many_attributes_are_refused_before_parsing() {
    let with = |count: usize| {
        (0..count)
            .map(|number| format!(" data-a{number}=b"))
            .collect::<String>()
    };
    let tag = |count| format!("<p{}>Isi</p>", with(count));
    assert_eq!(html(&tag(MAX_ATTRIBUTES)), "<p>Isi</p>");
    let too_many = tag(MAX_ATTRIBUTES + 1);
    let page = format!("<!doctype html><title>{too_many}</title><script>{too_many}</script><p>Isi");
    assert_eq!(
        taken(&page).html,
        "<p>Isi</p>",
        "text that is not a tag has no attributes"
    );
    for (source, format) in [
        (too_many.clone(), SourceFormat::Html),
        (format!("# Judul\n\n{too_many}\n"), SourceFormat::Markdown),
        (
            format!("<!doctype html><body><article>{too_many}</article>"),
            SourceFormat::Html,
        ),
        // Text within SVG is not raw, which depends on the tree.
        (
            format!("<svg><style>{too_many}</style></svg>"),
            SourceFormat::Html,
        ),
    ] {
        assert_eq!(
            body(source.as_bytes(), format, None),
            Err(ArticleHtmlError::TooManyAttributes),
            "{}",
            &source[..30]
        );
    }
}

#[test]
fn a_long_text_of_references_is_refused_before_it_is_written() {
    let many = "&".repeat(50_000);
    let short = format!("<p>{}</p>", &many[..1000]).repeat(50);
    assert!(
        body(short.as_bytes(), SourceFormat::Html, None).is_ok(),
        "in paragraphs"
    );
    let script = format!("<!doctype html><script>{many}</script><p>Isi");
    assert_eq!(
        taken(&script).html,
        "<p>Isi</p>",
        "what is written without escapes"
    );
    for source in [
        many.clone(),
        "\u{a0}".repeat(40_000) + "x",
        format!("<p title='{many}'>Isi"),
    ] {
        assert_eq!(
            body(source.as_bytes(), SourceFormat::Html, None),
            Err(ArticleHtmlError::TooManyReferences),
            "{}",
            &source[..8]
        );
    }
}

#[test]
fn sanitising_stops_at_the_deadline_between_steps() {
    let limits = parse::ParseLimits::of_body(Instant::now());
    assert_eq!(
        parse::parse("<p>Isi", false, limits).err(),
        Some(ArticleHtmlError::TooSlow)
    );
    assert_eq!(
        from_markdown("*Isi*", Instant::now()),
        Err(ArticleHtmlError::TooSlow)
    );
}

/// Markup as attackers and broken editors produce it.
const PIECES: &[&str] = &[
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<b>",
    "</b>",
    "<i>",
    "<a href=\"#x\">",
    "</a>",
    "<table>",
    "<tr>",
    "<td>",
    "</table>",
    "<script>",
    "</script>",
    "<scr<script>ipt>",
    "<svg>",
    "</svg>",
    "<math>",
    "<mtext>",
    "<mglyph>",
    "<style>",
    "</style>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<img src=x onerror=alert(1)>",
    "<a href=javascript:alert(1)>",
    "<a href='java\nscript:x'>",
    "<form>",
    "</form>",
    "<input>",
    "<select>",
    "<option>",
    "<template>",
    "</template>",
    "<noscript>",
    "</noscript>",
    "<title>",
    "<textarea>",
    "<iframe srcdoc='<script>'>",
    "<pre>",
    "\n",
    "<marquee>",
    "<object>",
    "<button>",
    "<h1>",
    "<h2>",
    "</h2>",
    "<li>",
    "<ul>",
    "</ul>",
    "<frameset>",
    "<html>",
    "<body onload=x>",
    "<base href=//x>",
    "<meta>",
    "<plaintext>",
    "<nobr>",
    "<font color=x>",
    "<ruby>",
    "<rt>",
    "<caption>",
    "<colgroup>",
    "<col>",
    "<details open ontoggle=x>",
    "<p id=x style='x' title='<b>\"'>",
    "&lt;script&gt;",
    "&#0;",
    "\u{0}",
    "<blockquote cite='javascript:x'>",
    "<img srcset='javascript:x 1x' src=y>",
    "<xmp>",
    "<foreignObject>",
    "<annotation-xml>",
    "<source srcset=x>",
    "<picture>",
    "</picture>",
    "<img srcset='a.jpg 1x, javascript:x 2x'>",
    "<img src=data:x data-lazyload=/f.jpg data-x=javascript:y.jpg>",
    "<noscript><img src=y alt=z onerror=x></noscript>",
    "<video src=javascript:x>",
    "<video src=/v.mp4 title='<b>'>",
    "</video>",
    "<iframe src=//www.youtube.com/embed/x title=t></iframe>",
    "<math alttext='<img src=x onerror=y>'></math>",
    "<article lang='\"><script>' dir=rtl>",
    "<div itemprop=articleBody>",
    "<dd>",
    "<dt>",
    "<address>",
    "<summary>",
    "<section>",
];

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![4 => prop::sample::select(PIECES).prop_map(str::to_owned), 1 => "[ -~]{0,12}", 1 => "\\PC{0,6}"]
}

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..40).prop_map(|pieces| pieces.concat())
}

/// Whether a browser would resolve the address to the web.
fn leads_to_the_web(address: &str) -> bool {
    let base = Url::parse("https://host.example/page").unwrap();
    // Invalid addresses lead nowhere.
    base.join(address).map_or(true, |url| {
        ["http", "https", "mailto", "tel"].contains(&url.scheme())
    })
}

fn is_dangerous(html: &str) -> Option<String> {
    let page = Html::parse_fragment(html);
    for element in page.root_element().descendent_elements() {
        let name = element.value().name();
        if ALWAYS_REMOVED.contains(&name) {
            return Some(name.to_owned());
        }
        for (attribute, value) in element.value().attrs() {
            let link = ["href", "src", "srcset", "cite"].contains(&attribute);
            if attribute.starts_with("on")
                || [
                    "style", "class", "name", "srcdoc", "action", "target", "slot",
                ]
                .contains(&attribute)
                || (link && !leads_to_the_web(value))
                || (attribute == "id" && !value.starts_with(sanitize::ID_PREFIX))
            {
                return Some(format!("{name} {attribute}={value}"));
            }
        }
    }
    None
}

const ALWAYS_REMOVED: [&str; 22] = [
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "button",
    "select",
    "textarea",
    "svg",
    "math",
    "template",
    "noscript",
    "base",
    "meta",
    "link",
    "title",
    "head",
    "frameset",
    "plaintext",
    "xmp",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn nothing_dangerous_ever_comes_out(source in soup(), markdown: bool, whole: bool) {
        let format = if markdown { SourceFormat::Markdown } else { SourceFormat::Html };
        let source = if whole { format!("<!doctype html>{source}") } else { source };
        if let Ok(out) = body(source.as_bytes(), format, None) {
            prop_assert_eq!(is_dangerous(&out), None, "{}", out);
            prop_assert!(!out.to_ascii_lowercase().contains("<script"), "{}", out);
        }
    }

    #[test]
    fn sanitising_is_idempotent(source in soup(), whole: bool) {
        let base = Url::parse("https://news.example/a/b").unwrap();
        let source = if whole { format!("<!doctype html>{source}") } else { source };
        if let Ok(out) = body(source.as_bytes(), SourceFormat::Html, Some(&base)) {
            prop_assert_eq!(body(out.as_bytes(), SourceFormat::Html, Some(&base)), Ok(out.clone()));
        }
    }
}
