use proptest::prelude::*;
use scraper::Html;

use super::*;

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

/// The first element or attribute that must not be in a body.
pub(super) fn is_dangerous(html: &str) -> Option<String> {
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
