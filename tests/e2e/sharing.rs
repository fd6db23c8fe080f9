use serde_json::{Value, json};

use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, Page, element},
    patience::until_some,
    reader::Reader,
};

/// A page with a title and an address to share.
fn page(newsroom: &Newsroom) -> Page {
    let head = "<meta property=og:title content='Banjir & kanal: apa lagi?'><link rel=canonical href='https://warta.example/b?id=1&x=é'>";
    Draft::article(&(head.to_owned() + &newsroom.tag("async")), "").served()
}

const URL: &str = "https%3A%2F%2Fwarta.example%2Fb%3Fid%3D1%26x%3D%25C3%25A9";
const TITLE: &str = "Banjir%20%26%20kanal%3A%20apa%20lagi%3F";

#[test]
fn every_link_shares_this_page() {
    let newsroom = Newsroom::open();
    let page = page(&newsroom);
    let reader = Reader::new();
    reader.loads(&page);
    let links = reader.widget().finds(
        "Object.fromEntries([...root.querySelectorAll('a[part=share-button]')].map((link) => [link.dataset.part, link.getAttribute('href')]))",
    );
    let expected: Value = json!({
        "whatsapp": format!("https://wa.me/?text={TITLE}%20{URL}"),
        "telegram": format!("https://t.me/share/url?url={URL}&text={TITLE}"),
        "facebook": format!("https://www.facebook.com/sharer/sharer.php?u={URL}"),
        "x": format!("https://x.com/intent/tweet?url={URL}&text={TITLE}"),
        "line": format!("https://social-plugins.line.me/lineit/share?url={URL}"),
        "threads": format!("https://www.threads.com/intent/post?text={TITLE}&url={URL}"),
        "bluesky": format!("https://bsky.app/intent/compose?text={TITLE}%20{URL}"),
        "linkedin": format!("https://www.linkedin.com/sharing/share-offsite/?url={URL}"),
        "reddit": format!("https://www.reddit.com/submit?url={URL}&title={TITLE}"),
        "mail": format!("mailto:?subject={TITLE}&body={URL}"),
    });
    assert_eq!(links, expected);
    let safe = "[...root.querySelectorAll('a[part=share-button]')].every((link) => link.target === (link.dataset.part === 'mail' ? '' : '_blank') && link.rel.includes('noopener'))";
    assert_eq!(reader.widget().finds(safe), json!(true));
}

#[test]
fn a_click_opens_the_network_in_a_new_tab_and_is_counted_once() {
    let newsroom = Newsroom::open();
    let page = page(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.shares("whatsapp");
    reader.has_tab("https://wa.me/?text=");
    newsroom.has_shares(ARTICLE, "whatsapp", 1);
    // Share again, and then send another event.
    widget.shares("whatsapp");
    widget.shares("telegram");
    newsroom.has_shares(ARTICLE, "telegram", 1);
    newsroom.has_shares(ARTICLE, "whatsapp", 1);
    // After a reload it is still the same reader.
    reader.reloads();
    widget.is_shown().shares("whatsapp");
    widget.reacts("happy");
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    newsroom.has_shares(ARTICLE, "whatsapp", 1);
}

#[test]
fn a_middle_click_opens_and_counts_like_a_click() {
    let newsroom = Newsroom::open();
    let page = page(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.shares_in_another_tab("telegram");
    newsroom.has_shares(ARTICLE, "telegram", 1);
    reader.has_tab("https://t.me/share/url?url=");
    assert_eq!(newsroom.tally(ARTICLE).shares.total(), 1);
}

/// A device with a native share sheet.
const SHARE_SHEET_SCRIPT: &str = "<script>
    Object.defineProperty(navigator, 'share', { value: async (what) => { window.shared = what; } });
</script>";

#[test]
fn where_the_device_has_a_share_sheet_a_button_opens_it() {
    let newsroom = Newsroom::open();
    let head = "<meta property=og:title content='Banjir & kanal'><link rel=canonical href='https://warta.example/b'>";
    let page = Draft::article(
        &format!("{SHARE_SHEET_SCRIPT}{head}{}", newsroom.tag("async")),
        "",
    )
    .served();
    let reader = Reader::new();
    reader.loads(&page).shares("native");
    reader.sees(
        "window.shared",
        json!({ "title": "Banjir & kanal", "url": "https://warta.example/b" }),
    );
    newsroom.has_shares(ARTICLE, "native", 1);
}

/// A device whose share sheet ends with that error.
fn with_a_sheet_that_ends_with(newsroom: &Newsroom, error: &str) -> Page {
    let sheet = format!(
        "<script>Object.defineProperty(navigator, 'share', {{ value: async () => {{ throw new DOMException('no', '{error}'); }} }});</script>"
    );
    Draft::article(&(sheet + &newsroom.tag("async")), "").served()
}

const SHEET_IS_OFFERED: &str = "!!root.querySelector('[data-part=native]')?.checkVisibility()";

#[test]
fn a_refused_share_sheet_counts_nothing_and_loses_its_button() {
    let newsroom = Newsroom::open();
    let page = with_a_sheet_that_ends_with(&newsroom, "NotAllowedError");
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget
        .sees(SHEET_IS_OFFERED, true)
        .shares("native")
        .sees(SHEET_IS_OFFERED, false);
    widget
        .sees("root.activeElement?.dataset.part", "whatsapp")
        .shares("copy");
    newsroom.has_shares(ARTICLE, "copy", 1);
    assert_eq!(newsroom.tally(ARTICLE).shares.total(), 1);
    // The button stays hidden when the widget is rendered again.
    reader.runs(
        "document.querySelector('gema-article').setAttribute('bar', 'top')",
        &[],
    );
    widget
        .sees("!!root.querySelector('slot').previousElementSibling", true)
        .sees(SHEET_IS_OFFERED, false);
}

#[test]
fn a_share_sheet_that_is_closed_again_counts_as_a_click_does() {
    let newsroom = Newsroom::open();
    let page = with_a_sheet_that_ends_with(&newsroom, "AbortError");
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.shares("native");
    newsroom.has_shares(ARTICLE, "native", 1);
    widget.sees(SHEET_IS_OFFERED, true);
}

#[test]
fn a_second_press_during_the_share_sheet_counts_nothing() {
    let newsroom = Newsroom::open();
    let page = with_a_sheet_that_ends_with(&newsroom, "InvalidStateError");
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.shares("native").shares("copy");
    newsroom.has_shares(ARTICLE, "copy", 1);
    assert_eq!(newsroom.tally(ARTICLE).shares.total(), 1);
    widget.sees(SHEET_IS_OFFERED, true);
}

#[test]
fn no_share_sheet_button_for_an_address_it_refuses() {
    let newsroom = Newsroom::open();
    let picky = "<script>Object.defineProperty(navigator, 'canShare', { value: ({ url }) => !url.includes('warta') })</script>";
    let head = "<link rel=canonical href='https://warta.example/b'>";
    let page = Draft::article(
        &[SHARE_SHEET_SCRIPT, picky, head, &newsroom.tag("async")].concat(),
        "",
    )
    .served();
    Reader::new()
        .opens(&page)
        .widget()
        .is_there()
        .sees(SHEET_IS_OFFERED, false);
}

/// A browser whose policy API knows web-share, and whether it is allowed.
fn policy(allows: bool) -> String {
    format!(
        "<script>Object.defineProperty(Document.prototype, 'featurePolicy', {{ configurable: true, get: () => ({{
            features: () => ['web-share'], allowsFeature: (name) => name === 'web-share' && {allows}
        }}) }})</script>"
    )
}

/// A browser without a policy API.
const NO_POLICY: &str = "<script>delete Document.prototype.featurePolicy</script>";

#[test]
fn a_page_whose_policy_forbids_sharing_has_no_such_button() {
    let newsroom = Newsroom::open();
    for allows in [false, true] {
        let head = [SHARE_SHEET_SCRIPT, &policy(allows), &newsroom.tag("async")].concat();
        let page = Draft::article(&head, "").served();
        Reader::new()
            .opens(&page)
            .widget()
            .is_there()
            .sees(SHEET_IS_OFFERED, allows);
    }
    // An image named `featurePolicy` is not a policy.
    let body = format!("<img name=featurePolicy alt=''>{}", element(""));
    let page = Draft::default()
        .page(
            "/",
            &[SHARE_SHEET_SCRIPT, &newsroom.tag("async")].concat(),
            &body,
        )
        .served();
    Reader::new()
        .opens(&page)
        .widget()
        .is_there()
        .sees(SHEET_IS_OFFERED, true);
}

#[test]
fn cross_origin_frames_need_a_policy_for_the_share_sheet() {
    let newsroom = Newsroom::open();
    let told = "<script>{
        const tell = () => {
            const element = document.querySelector('gema-article');
            if (element.getAttribute('data-ready') !== 'wasm') return setTimeout(tell, 20);
            parent.postMessage(element.shadowRoot.querySelector('[data-part=native]').checkVisibility(), '*');
        };
        tell();
    }</script>";
    let inside = element("") + told;
    let framed = |policy: &str, host: &str| {
        let head = [SHARE_SHEET_SCRIPT, policy, &newsroom.tag("async")].concat();
        let outside = format!(
            "<script>onmessage = ({{ data }}) => (window.told = data);
                document.write(`<iframe src='http://{host}:${{location.port}}/inside'></iframe>`)</script>"
        );
        let page = Draft::default()
            .page("/", "", &outside)
            .page("/inside", &head, &inside)
            .served();
        let reader = Reader::new();
        reader
            .opens(&page)
            .sees("typeof window.told", "boolean")
            .finds("window.told")
    };
    assert_eq!(
        framed(NO_POLICY, "127.0.0.1"),
        json!(false),
        "another origin"
    );
    assert_eq!(
        framed(NO_POLICY, "localhost"),
        json!(true),
        "the same origin"
    );
    assert_eq!(
        framed(&policy(true), "127.0.0.1"),
        json!(true),
        "another origin, with allow=web-share"
    );
}

#[test]
fn a_long_title_is_cut_between_graphemes_in_every_browser() {
    let newsroom = Newsroom::open();
    // With and without `Intl.Segmenter`, which browsers of 2023 lack.
    let old = "<script>delete Intl.Segmenter</script>";
    let title = "🇮🇩👨‍👩‍👧‍👦👍🏽 kāfé क्ष्मा ".repeat(28);
    for browser in ["", old] {
        let head = [
            browser,
            &format!("<meta property=og:title content='{title}'>"),
            &newsroom.tag("async"),
        ]
        .concat();
        let page = Draft::article(&head, "").served();
        let reader = Reader::new();
        let widget = reader.opens(&page).widget();
        let shared = |network: &str| {
            let text =
                "new URL(root.querySelector(`[data-part=NETWORK]`).href).searchParams.get('text')";
            widget
                .is_there()
                .finds(&text.replace("NETWORK", network))
                .as_str()
                .expect("a text")
                .to_owned()
        };
        let x = shared("x");
        let bluesky = shared("bluesky");
        let (bluesky, url) = bluesky.rsplit_once(' ').expect("a text and the address");
        assert_eq!(url, page.url("/"));
        for cut in [&*x, bluesky] {
            let start = cut.strip_suffix('…').expect("an ellipsis");
            assert!(
                title.starts_with(start) && title[start.len()..].starts_with(' '),
                "{cut}"
            );
        }
        // X counts the first word as 6, "kāfé" as 4, "क्ष्मा" as 6; with their spaces 19 in all: 13 times is 247, and
        // two more words.
        assert_eq!(x.matches("kāfé").count(), 13, "{x}");
        assert!(x.ends_with("👍🏽…"), "{x}");
        // Bluesky counts graphemes.
        assert!(bluesky.matches("kāfé").count() > 18, "{bluesky}");
    }
}

#[test]
fn a_long_address_has_a_readable_qr_code_or_an_explanation() {
    let newsroom = Newsroom::open();
    let reader = Reader::with_width(1100);
    let head = |length: usize| {
        let url = format!("http://localhost/{}", "a".repeat(length - 17));
        format!("<link rel=canonical href='{url}'>{}", newsroom.tag("async"))
    };
    let (fits, too_long) = (head(1000), head(1100));
    let page = Draft::article(&fits, "")
        .page("/panjang", &too_long, &element(""))
        .served();
    let widget = reader.opens(&page).widget();
    // 113 modules including the quiet zone, at three pixels each.
    widget.is_there().shares("qr").sees(
        "root.querySelector('[part=panel] img')?.getBoundingClientRect().width >= 339",
        true,
    );
    newsroom.has_shares(ARTICLE, "qr", 1);
    reader.goes_to(&page.url("/panjang"));
    widget.is_there().shares("qr").says(
        "[part=panel] p",
        "Alamat ini terlalu panjang untuk kode QR.",
    );
    widget.says(
        ".said[aria-live]",
        "Alamat ini terlalu panjang untuk kode QR.",
    );
    widget
        .shares("qr")
        .sees("root.querySelector('[part=panel]')", Value::Null);
    widget.shares("copy");
    newsroom.has_shares(ARTICLE, "copy", 1);
    assert_eq!(newsroom.tally(ARTICLE).shares.total(), 2);
}

#[test]
fn where_it_has_none_there_is_no_such_button() {
    let newsroom = Newsroom::open();
    let none = "<script>Object.defineProperty(navigator, 'share', { value: undefined })</script>";
    let page = Draft::article(&(none.to_owned() + &newsroom.tag("async")), "").served();
    let reader = Reader::new();
    reader.loads(&page).sees(
        "!!root.querySelector('[data-part=native]')?.checkVisibility()",
        false,
    );
}

#[test]
fn a_copied_link_is_on_the_clipboard_and_announced() {
    let newsroom = Newsroom::open();
    let page = page(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget
        .shares("copy")
        .says(".said[aria-live]", "Tautan sudah disalin.")
        .says("[part=notice]", "Tautan sudah disalin.");
    reader.runs(
        "const field = document.createElement('input'); document.body.append(field); field.focus()",
        &[],
    );
    reader.pastes().sees(
        "document.querySelector('body > input').value",
        "https://warta.example/b?id=1&x=%C3%A9",
    );
    newsroom.has_shares(ARTICLE, "copy", 1);
}

#[test]
fn without_a_clipboard_the_link_can_be_copied_by_hand() {
    let newsroom = Newsroom::open();
    let denied = "<script>navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));</script>";
    let page = Draft::article(&(denied.to_owned() + &newsroom.tag("async")), "").served();
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget
        .shares("copy")
        .says("[part=panel] label", "Salin tautan ini:");
    widget.sees("root.activeElement?.value", page.url("/"));
    widget.sees(
        "root.activeElement.selectionEnd - root.activeElement.selectionStart",
        page.url("/").len(),
    );
}

#[test]
fn the_qr_code_is_an_image_that_the_endpoint_draws() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.shares("qr").sees(
        "root.querySelector('[part=panel] img')?.naturalWidth > 0",
        true,
    );
    widget.says(
        "figcaption",
        "Pindai dengan kamera ponsel untuk membuka berita ini.",
    );
    let source = widget.finds("root.querySelector('[part=panel] img').src");
    assert!(
        source
            .as_str()
            .is_some_and(|source| source.starts_with(&newsroom.url("/v1/sites/warta/qr.svg?"))),
        "{source}"
    );
    newsroom.has_shares(ARTICLE, "qr", 1);
    widget
        .clicks("[data-part=close]")
        .sees("root.querySelector('[part=panel]')", Value::Null);
}

#[test]
fn a_qr_code_that_does_not_come_is_a_sentence() {
    let mut newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    newsroom.is_killed();
    widget
        .shares("qr")
        .says("[part=panel] p", "Kode QR gagal dimuat. Silakan coba lagi.");
}

#[test]
fn a_reader_enters_their_mastodon_server_only_once() {
    let newsroom = Newsroom::open();
    let page = page(&newsroom);
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    let field = "root.querySelector('[part=panel] input')";
    widget
        .is_there()
        .shares("mastodon")
        .sees(&format!("root.activeElement === {field}"), true);
    assert_eq!(widget.finds(&format!("{field}.value")), json!(""));
    reader.types("bukan server\u{e007}");
    widget.says(
        "#instance",
        "Tulis nama servernya saja, misalnya mastodon.social.",
    );
    widget.sees(&format!("{field}.getAttribute('aria-invalid')"), "true");
    assert_eq!(newsroom.tally(ARTICLE).shares.total(), 0);

    widget.sees(
        &format!("root.activeElement === {field} && {field}.selectionStart === 0 && {field}.selectionEnd > 0"),
        true,
    );
    reader.types("@rini@Mastodon.example");
    widget.sees(&format!("{field}.value"), "@rini@Mastodon.example");
    reader.types("\u{e007}");
    let shared = reader.has_tab("https://mastodon.example/share?text=");
    assert!(shared.ends_with(&format!("{TITLE}%20{URL}")), "{shared}");
    newsroom.has_shares(ARTICLE, "mastodon", 1);

    reader.reloads();
    widget
        .is_shown()
        .shares("mastodon")
        .sees(&format!("{field}?.value"), "mastodon.example");
}

#[test]
fn a_narrow_page_has_the_first_networks_and_more() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::with_width(360);
    let widget = reader.opens(&page).widget();
    let shown = "[...root.querySelectorAll('li:not([hidden]) > [part=share-button]')].filter((one) => one.checkVisibility()).map((one) => one.dataset.part)";
    let first = until_some("the first networks", || {
        let shown = widget.is_there().finds(shown);
        shown.as_array().filter(|shown| shown.len() == 5).cloned()
    });
    assert_eq!(first.last(), Some(&json!("more")));
    widget
        .says("[data-part=more]", "Lainnya")
        .clicks("[data-part=more]")
        .has_all_buttons();
    widget.sees(
        &format!("{shown}.length === root.querySelectorAll('li:not([hidden]) > [part=share-button]').length"),
        true,
    );
    widget
        .clicks("[data-part=more]")
        .sees(&format!("{shown}.length"), 5);
    reader.sees("document.documentElement.scrollWidth", 360);

    let desk = Reader::with_width(1100);
    desk.opens(&page)
        .widget()
        .is_there()
        .sees(&format!("{shown}.includes('more')"), false)
        .sees(&format!("{shown}.includes('mail')"), true);
}
