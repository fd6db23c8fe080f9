/// The article and its metadata in a whole page.
mod extraction;
/// Random markup, as attackers and broken editors produce it.
mod hostile;
/// Bodies that are refused.
mod limits;
/// Images, videos, players and formulas.
mod media;

use super::*;

fn html(source: &str) -> String {
    body(source.as_bytes(), SourceFormat::Html, None).unwrap()
}

fn based(source: &str) -> String {
    let base = Url::parse("https://news.example/2015/11/fgd.html").unwrap();
    body(source.as_bytes(), SourceFormat::Html, Some(&base)).unwrap()
}

fn taken(source: &str) -> Extraction {
    extract(source.as_bytes(), SourceFormat::Html, None).unwrap()
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
