use proptest::prelude::*;
use scraper::Html;

use super::*;

fn html(source: &str) -> String {
    body(source.as_bytes(), Format::Html, None).unwrap()
}

fn based(source: &str) -> String {
    let base = Url::parse("https://news.example/2015/11/fgd.html").unwrap();
    body(source.as_bytes(), Format::Html, Some(&base)).unwrap()
}

#[test]
fn what_an_article_is_made_of_stays() {
    let article = "<h2>Judul</h2><p>Satu <strong>dua</strong> <em>tiga</em><br>empat</p><ul><li>a</li></ul><ol start=\"3\"><li>b</li></ol>\
         <table><caption>T</caption><thead><tr><th colspan=\"2\" scope=\"col\">x</th></tr></thead><tbody><tr><td>y</td></tr></tbody></table>\
         <figure><img alt=\"Foto\" height=\"480\" loading=\"lazy\" sizes=\"100vw\" src=\"https://a.example/f.jpg\" \
         srcset=\"f-640.jpg 640w, f-1280.jpg 1280w\" width=\"640\"><figcaption>Foto</figcaption></figure><blockquote>kata</blockquote>";
    assert_eq!(html(article), article);
}

#[test]
fn links_are_kept_and_closed_off() {
    let rel = "rel=\"noopener noreferrer\"";
    assert_eq!(html("<a href='https://a.example/'>a</a>"), format!("<a href=\"https://a.example/\" {rel}>a</a>"));
    assert_eq!(html("<a href='mailto:a@b.example'>a</a>"), format!("<a href=\"mailto:a@b.example\" {rel}>a</a>"));
    assert_eq!(html("<a href='javascript:alert(1)' target=_top>a</a>"), format!("<a {rel}>a</a>"));
    assert_eq!(html("<a href=' JaVa\tScript:alert(1)'>a</a>"), format!("<a {rel}>a</a>"));
    assert_eq!(html("<a href='data:text/html,x'>a</a>"), format!("<a {rel}>a</a>"));
}

#[test]
fn relative_addresses_follow_the_articles_own() {
    assert!(html("<a href='/b'>b</a>").contains("href=\"/b\""));
    assert!(based("<a href='/b'>b</a>").contains("href=\"https://news.example/b\""));
    assert!(based("<img src=f.jpg>").contains("src=\"https://news.example/2015/11/f.jpg\""));
    assert!(based("<img src=f.jpg srcset='g.jpg 2x'>").contains("srcset=\"https://news.example/2015/11/g.jpg 2x\""));
}

#[test]
fn anchors_lead_where_they_led_and_no_id_is_the_host_pages() {
    let out = based("<a href='#satu'>1</a><h2 id=satu>Satu</h2><a name='dua'></a><a href='#dua'>2</a>");
    assert!(out.contains("href=\"#gema-satu\"") && out.contains("<h2 id=\"gema-satu\">"), "{out}");
    assert!(out.contains("href=\"#gema-dua\"") && out.contains("id=\"gema-dua\""), "{out}");
    assert!(!html("<p id='location'>x</p><img name=cookie src=x.jpg>").contains("\"location\""));
}

#[test]
fn what_is_not_for_readers_goes_with_its_content() {
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
    let out = html("<p class=a style='position:fixed' onmouseover=x() data-x=1 lang=id dir=rtl slot=s is=x>a</p>");
    assert_eq!(out, "<p dir=\"rtl\" lang=\"id\">a</p>");
    assert_eq!(html("<td>a</td><img src=a.jpg onerror=x width='100%'>"), "a<img src=\"a.jpg\">");
}

#[test]
fn the_fields_of_a_form_go_and_its_article_stays() {
    let out = html("<form id=aspnetForm action='/x'><input name=__VIEWSTATE value=x><p>Isi</p></form>");
    assert_eq!(out, "<p>Isi</p>");
}

#[test]
fn images_that_a_script_would_load_are_loaded_without_it() {
    let out = html("<img src='data:image/gif;base64,R0' data-src='/f.jpg' data-srcset='/g.jpg 2x' alt=Foto>");
    assert_eq!(out, "<img alt=\"Foto\" src=\"/f.jpg\" srcset=\"/g.jpg 2x\">");
}

#[test]
fn a_srcset_keeps_only_what_may_be_fetched() {
    let out =
        html("<img src=a.jpg srcset='javascript:x 1x, b.jpg 2x, data:image/gif;base64,R0 3x, c.jpg onerror=x, d.jpg'>");
    assert_eq!(out, "<img src=\"a.jpg\" srcset=\"b.jpg 2x, d.jpg\">");
}

#[test]
fn of_a_whole_page_the_article_is_taken() {
    let page = "<!-- saved --><!DOCTYPE html><html><head><title>t</title></head><body><header>Menu</header>\
         <main><h1>Judul</h1><article><p>Berita yang panjang sekali.</p></article><article><p>Lain</p></article></main>\
         <footer>Kaki</footer></body></html>";
    assert_eq!(html(page), "<p>Berita yang panjang sekali.</p>");
    assert_eq!(html("<html><body><main><h1>Judul</h1><p>a</p></main><p>lain</p></body></html>"), "<p>a</p>");
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
    assert_eq!(html("<ul><li>a<li>b</div></ul></article>"), "<ul><li>a</li><li>b</li></ul>");
    assert_eq!(html("<p>a<marquee><p>b</marquee>"), html(&html("<p>a<marquee><p>b</marquee>")));
}

#[test]
fn markdown_becomes_html_and_is_cleaned_like_it() {
    let source =
        "# Satu\n\nDua *tiga* [empat](javascript:x)[^1] <script>x</script>\n\n| a |\n|---|\n| b |\n\n[^1]: Catatan\n";
    let out = body(source.as_bytes(), Format::Markdown, None).unwrap();
    assert!(out.starts_with("<h1>Satu</h1>\n<p>Dua <em>tiga</em> <a rel=\"noopener noreferrer\">empat</a>"), "{out}");
    assert!(out.contains("<td>b</td>") && out.contains("href=\"#gema-1\"") && out.contains("id=\"gema-1\""), "{out}");
    assert!(!out.contains("script>"), "{out}");
}

#[test]
fn what_cannot_be_taken_is_refused_with_the_remedy() {
    let refused = |source: &[u8]| body(source, Format::Html, None).unwrap_err();
    assert_eq!(refused(b""), IngestError::Empty);
    assert_eq!(refused(b"<script>alert(1)</script><p> </p>"), IngestError::Empty);
    assert_eq!(refused(b"<p>a\xff</p>"), IngestError::NotUtf8(4));
    assert_eq!(refused(&vec![b'a'; MAX_BYTES + 1]), IngestError::TooLarge(MAX_BYTES + 1));
    assert!(refused(b"<p>a\xff</p>").to_string().contains("UTF-8"));
}

#[test]
fn markup_that_would_explode_is_refused_before_it_does() {
    let reopened = |attribute: &str| (0..2_000).map(|n| format!("<p><b {attribute}={n}>x")).collect::<String>();
    let long = format!("<p><b title={}>", "x".repeat(100_000));
    for bomb in [
        "<div>".repeat(MAX_DEPTH + 1) + "x",
        "<br>".repeat(MAX_NODES + 1),
        reopened("id"),
        format!("<b>{}", "<table><b>".repeat(10_000)),
        long + &"<p>x".repeat(1_000),
    ] {
        assert_eq!(body(bomb.as_bytes(), Format::Html, None), Err(IngestError::TooTangled), "{}", &bomb[..40]);
    }
}

/// Markup as attackers and broken editors write it.
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

/// As a browser reads the address.
fn leads_to_the_web(address: &str) -> bool {
    let base = Url::parse("https://host.example/page").unwrap();
    // What is no address leads nowhere.
    base.join(address).map_or(true, |url| ["http", "https", "mailto", "tel"].contains(&url.scheme()))
}

fn is_dangerous(html: &str) -> Option<String> {
    let page = Html::parse_fragment(html);
    for element in page.root_element().descendent_elements() {
        let name = element.value().name();
        if GONE_ALWAYS.contains(&name) {
            return Some(name.to_owned());
        }
        for (attribute, value) in element.value().attrs() {
            let link = ["href", "src", "srcset", "cite"].contains(&attribute);
            if attribute.starts_with("on")
                || ["style", "class", "name", "srcdoc", "action", "target", "slot"].contains(&attribute)
                || (link && !leads_to_the_web(value))
                || (attribute == "id" && !value.starts_with(clean::ID_PREFIX))
            {
                return Some(format!("{name} {attribute}={value}"));
            }
        }
    }
    None
}

const GONE_ALWAYS: [&str; 22] = [
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
        let format = if markdown { Format::Markdown } else { Format::Html };
        let source = if whole { format!("<!doctype html>{source}") } else { source };
        if let Ok(out) = body(source.as_bytes(), format, None) {
            prop_assert_eq!(is_dangerous(&out), None, "{}", out);
            prop_assert!(!out.to_ascii_lowercase().contains("<script"), "{}", out);
        }
    }

    #[test]
    fn what_comes_out_comes_out_the_same_again(source in soup(), whole: bool) {
        let base = Url::parse("https://news.example/a/b").unwrap();
        let source = if whole { format!("<!doctype html>{source}") } else { source };
        if let Ok(out) = body(source.as_bytes(), Format::Html, Some(&base)) {
            prop_assert_eq!(body(out.as_bytes(), Format::Html, Some(&base)), Ok(out.clone()));
        }
    }
}
