//! The demo's page on which a webmaster tries properties, languages and parts, and copies the resulting tag.

use serde_json::{Value, json};

use crate::{
    dress::LOOKS,
    looks::{stands, take},
    newsroom::Newsroom,
    page::Draft,
    patience::until_some,
    reader::Reader,
    widget::Widget,
};

const PAGE: &str = "/coba.html";

/// An article of the webmaster's own, which has no counts yet.
const OWN: &str = "berita-saya";

/// A webmaster who adds the widget to a site.
struct Webmaster {
    reader: Reader,
}

impl Webmaster {
    fn tries(newsroom: &Newsroom, width: u32, query: &str) -> Self {
        let reader = Reader::with_width(width);
        reader.goes_to(&newsroom.url(&format!("{PAGE}{query}")));
        // A narrow page shows one group of fields at a time.
        reader.runs(
            "document.querySelectorAll('details').forEach((group) => (group.open = true))",
            &[],
        );
        reader.sees(
            "document.querySelectorAll('#lang option').length > 20",
            true,
        );
        Self { reader }
    }

    /// The sample widget.
    fn sample(&self) -> Widget<'_> {
        self.reader.runs(
            "document.querySelector('#contoh').scrollIntoView({ behavior: 'instant' })",
            &[],
        );
        let sample = self.reader.widget_at("#contoh");
        sample.is_there();
        sample
    }

    /// Sets a field; of several with the same name, the one at this place.
    fn sets(&self, name: &str, place: usize, value: &str) -> &Self {
        let script = "const field = document.getElementsByName(arguments[0])[arguments[1]];
            if (field.type === 'checkbox') return field.click();
            field.value = arguments[2];
            for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, { bubbles: true }));";
        self.reader
            .runs(script, &[json!(name), json!(place), json!(value)]);
        self
    }

    /// Presses the copy button, and pastes elsewhere. Returns the text.
    fn copies(&self) -> String {
        self.reader
            .runs("document.querySelector('#salin').scrollIntoView({ block: 'center', behavior: 'instant' })", &[]);
        self.reader.clicks("#salin").sees(
            "document.querySelector('#kata').textContent",
            "Tag tersalin.",
        );
        let field = "const field = document.createElement('textarea'); field.id = 'lain'; document.body.append(field); field.focus()";
        self.reader.runs(field, &[]);
        self.reader.pastes();
        let pasted = || {
            self.reader
                .finds("document.querySelector('#lain').value")
                .as_str()
                .map(str::to_owned)
        };
        until_some("what she has copied", || {
            pasted().filter(|text| text.ends_with("</gema-article>\n"))
        })
    }

    /// A page of the webmaster's that has only the copied tag.
    fn puts_on_her_site(&self, tag: &str) -> Widget<'_> {
        let page = Draft::default()
            .page("/", "", &format!("<main>{tag}</main>"))
            .served();
        self.reader.opens(&page);
        let widget = self.reader.widget();
        widget.is_there();
        widget
    }
}

/// The widget's appearance, and its texts except the counts.
fn seen(widget: &Widget<'_>) -> (Value, Value) {
    let words = "['#question', '[part=share-label]', '[part=reads]', '[data-part=option-happy] [part=label]'].map(text)";
    // Outside the article, styles depend on the page.
    let looks = format!("{LOOKS}.filter((look) => !look.startsWith('gema '))");
    (widget.finds(&looks), widget.finds(words))
}

#[test]
fn the_copied_tag_shows_the_same_widget_as_the_preview() {
    let newsroom = Newsroom::demo();
    let her = Webmaster::tries(&newsroom, 1280, "");
    let sample = her.sample();
    let default = seen(&sample);
    sample.says("#question", "Bagaimana pendapat Anda mengenai artikel ini?");
    her.sets("lang", 0, "jv");
    sample.says("#question", "Piye panemune panjenengan bab artikel iki?");
    her.sets("--gema-accent", 0, "#8c1d22")
        .sets("--gema-text", 1, "#ffeedd")
        .sets("--gema-radius", 0, "1.5rem");
    sample.sees(
        "getComputedStyle(root.querySelector('[part=option]')).borderTopLeftRadius",
        "24px",
    );
    her.sets("theme", 0, "dark");
    sample.sees(
        "getComputedStyle(root.querySelector('[part=question]')).color",
        "rgb(255, 238, 221)",
    );
    her.sets("reads", 0, "")
        .sets("poll", 0, "closed")
        .sets("article", 0, OWN);
    sample
        .is_there()
        .sees("root.querySelector('[part=reads]')", Value::Null)
        .sees("root.querySelector('button[part=option]')", Value::Null);
    let saw = seen(&sample);
    assert_ne!(saw, default);
    let tag = her.copies();
    let widget = her.puts_on_her_site(&tag);
    widget.sees("root.querySelector('[part=below]').lang", "jv");
    assert_eq!(seen(&widget), saw, "{tag}");
    her.reader.sees(
        "document.querySelector('gema-article').getAttribute('article')",
        OWN,
    );
    assert!(
        tag.contains("--gema-accent: light-dark(#8c1d22, #7db8f0);")
            && !tag.contains("--gema-line"),
        "{tag}"
    );
}

#[test]
fn a_theme_fills_the_fields_and_the_tag_and_can_be_removed() {
    let newsroom = Newsroom::demo();
    let her = Webmaster::tries(&newsroom, 1280, "?tema=tabloid");
    let sample = her.sample();
    sample.sees(
        "getComputedStyle(root.querySelector('[part=option]')).borderTopWidth",
        "2px",
    );
    her.reader.sees(
        "document.getElementsByName('--gema-accent')[1].value",
        "#ffd60a",
    );
    her.sets("--gema-accent", 0, "#0b5cad")
        .sets("theme", 0, "light")
        .sets("article", 0, OWN);
    sample
        .says("[part=reads]", "Dibaca 0 kali")
        .reacts("sad")
        .has_chosen(Some("sad"));
    her.reader.runs(
        "document.querySelector('#contoh').shadowRoot.activeElement.blur()",
        &[],
    );
    let tag = her.copies();
    assert!(
        tag.contains("--gema-accent: light-dark(#0b5cad, #ffd60a);")
            && tag.contains("::part(question)"),
        "{tag}"
    );
    her.sets("tema", 0, "");
    sample.sees(
        "getComputedStyle(root.querySelector('[part=option]')).borderTopWidth",
        "1px",
    );
    her.reader.sees(
        "/<style|part/.test(document.querySelector('#tag').value)",
        false,
    );
    let widget = her.puts_on_her_site(&tag);
    widget.sees(
        "getComputedStyle(root.querySelector('[part=option]')).borderTopWidth",
        "2px",
    );
    widget.reacts("sad").sees(
        "getComputedStyle(root.querySelector('[data-part=option-sad]')).borderTopColor",
        "rgb(11, 92, 173)",
    );
}

#[test]
fn the_playground_resets_and_drops_invalid_values() {
    let newsroom = Newsroom::demo();
    let her = Webmaster::tries(&newsroom, 1280, "");
    let sample = her.sample();
    let tag = || her.reader.finds("document.querySelector('#tag').value");
    let (plain, looked) = (tag(), seen(&sample));
    her.sets("--gema-radius", 0, "1px; } body { display: none")
        .sets("--gema-size", 0, "  ");
    assert_eq!((tag(), seen(&sample)), (plain.clone(), looked.clone()));
    her.sets("article", 0, "\"><script>alert(1)</script>")
        .sets("bar", 0, "")
        .sets("--gema-density", 0, "0.75")
        .sets("tema", 0, "tabloid");
    her.reader.sees(
        "document.querySelector('#tag').value.includes('::part(')",
        true,
    );
    let given = tag();
    let given = given.as_str().expect("a text");
    assert!(
        given.contains("article=\"&quot;>&lt;script>alert(1)&lt;/script>\"")
            && given.contains("bar=\"top\""),
        "{given}"
    );
    her.reader
        .runs("document.querySelector('[type=reset]').scrollIntoView({ block: 'center', behavior: 'instant' })", &[]);
    her.reader
        .clicks("[type=reset]")
        .sees("document.querySelector('#tag').value", plain);
    sample
        .is_there()
        .sees("!!root.querySelector('slot ~ * [part=bar]')", true);
    assert_eq!(seen(&sample), looked);
    her.reader.console_is_quiet();
}

/// Whether any part of the fields of the result is covered, at every place to which the page can be scrolled.
const COVERED: &str = "(() => {
    const found = [];
    for (let top = 0; top <= document.documentElement.scrollHeight; top += 50) {
        scrollTo({ top, behavior: 'instant' });
        for (const field of document.querySelectorAll('.result textarea')) {
            const { left, right, top, bottom } = field.getBoundingClientRect();
            for (const x of [left + 5, (left + right) / 2, right - 5]) {
                for (let y = Math.max(top + 5, 1); y < Math.min(bottom - 5, innerHeight); y += 20) {
                    const hit = document.elementFromPoint(x, y);
                    if (hit !== field) found.push(`${field.id} by ${hit?.className || hit?.localName}`);
                }
            }
        }
    }
    return [...new Set(found)];
})()";

#[test]
fn the_preview_stays_visible_and_covers_nothing_in_chromium() {
    let newsroom = Newsroom::demo();
    for (width, height) in [(1280, 900), (1024, 768), (360, 640)] {
        let her = Webmaster::tries(&newsroom, width, "");
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        her.reader
            .devtools("Emulation.setDeviceMetricsOverride", size);
        her.sample();
        assert_eq!(her.reader.finds(COVERED), json!([]), "at {width} px");
        // Where a colour is chosen, the sample is in view too.
        let seen = "(() => {
            const field = document.getElementsByName('--gema-accent')[0];
            field.focus();
            const box = document.querySelector('.preview').getBoundingClientRect(), own = field.getBoundingClientRect();
            const isApart = own.top >= box.bottom || own.right <= box.left;
            return box.bottom > 100 && box.top < innerHeight - 100 && own.top >= 0 && own.bottom <= innerHeight && isApart;
        })()";
        her.reader.sees(seen, true);
    }
}

#[test]
fn the_lines_for_gema_toml_name_the_site_and_its_origin() {
    let newsroom = Newsroom::demo();
    let her = Webmaster::tries(&newsroom, 1280, "");
    let lines = "document.querySelector('#toml').value";
    her.reader.sees(
        lines,
        "[sites.demo]\norigins = [\"https://berita.example\"]\n",
    );
    her.sets("site", 0, "warta")
        .sets("origin", 0, "https://www.warta.example/berita/");
    her.reader.sees(
        lines,
        "[sites.warta]\norigins = [\"https://www.warta.example\"]\n",
    );
}

/// Fields and buttons without an accessible name.
const NAMELESS: &str = "[...document.querySelectorAll('#pilihan :is(input, select, button), #tag, #toml, #salin')]
    .filter((one) => !(one.labels?.[0]?.innerText ?? one.innerText).trim()).map((one) => one.outerHTML)";

#[test]
fn the_playground_fits_every_width_and_names_fields_in_chromium() {
    let newsroom = Newsroom::demo();
    for (width, scheme) in [
        (320, "light"),
        (360, "dark"),
        (800, "light"),
        (1280, "light"),
        (1280, "dark"),
    ] {
        let her = Webmaster::tries(&newsroom, width, "");
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        her.reader.devtools("Emulation.setEmulatedMedia", features);
        her.sample();
        stands(&her.reader, width);
        assert_eq!(her.reader.finds(NAMELESS), json!([]));
        let cut =
            "[...document.querySelectorAll('main :is(label, legend, summary, button, select)')]
            .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.innerText)";
        assert_eq!(her.reader.finds(cut), json!([]), "cut at {width} px");
        let low = "[...document.querySelectorAll('main :is(button, summary, select, label:has(> input))')]
            .filter((one) => one.offsetHeight < 44).map((one) => one.innerText)";
        assert_eq!(
            her.reader.finds(low),
            json!([]),
            "too small for a thumb at {width} px"
        );
        her.reader.runs("scrollTo(0, 0)", &[]);
        take(&her.reader, &format!("trying-{width}-{scheme}"));
    }
}

#[test]
fn the_page_needs_nothing_that_a_strict_policy_forbids() {
    let newsroom = Newsroom::demo();
    let endpoint = newsroom.url("");
    let file = |path: &str| {
        newsroom
            .get(path)
            .replace("\"/embed.js\"", &format!("\"{endpoint}/embed.js\""))
    };
    let policy = format!(
        "default-src 'none'; script-src 'self' {endpoint} 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self' {endpoint}; img-src data:"
    );
    let page = Draft::default()
        .file("/", "text/html", file(PAGE))
        .file("/coba.js", "text/javascript", file("/coba.js"))
        .file("/coba.css", "text/css", file("/coba.css"))
        .file("/demo.css", "text/css", file("/demo.css"))
        .file("/tabloid.css", "text/css", file("/tabloid.css"))
        .file("/languages.txt", "text/plain", file("/languages.txt"))
        .policy(&policy)
        .served();
    let reader = Reader::with_width(1280);
    reader.opens(&page);
    let her = Webmaster { reader };
    let sample = her.sample();
    her.sets("tema", 0, "tabloid");
    sample.sees(
        "getComputedStyle(root.querySelector('[part=option]')).borderTopWidth",
        "2px",
    );
    her.reader.console_is_quiet();
}
