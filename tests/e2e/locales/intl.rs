use serde_json::{Value, json};

use super::{file, languages};
use crate::{
    engine::Engine,
    newsroom::{Newsroom, SITE},
    page::Page,
    reader::Reader,
};

/// Known differences between endpoint and browser, with the reason why each is acceptable.
const KNOWN: &[Known] = &[
    Known::date(
        "fa",
        "icu writes months without the ezafe that stands before a year",
    ),
    Known::date("hi", "a comma before the year"),
    Known::date(
        "jv",
        "Chromium has no Javanese and takes Indonesian, which has another name for Sunday",
    ),
    Known::date("ru", "which no-break space stands before “г.”"),
    Known::date("su", "Chromium has no Sundanese and takes Indonesian"),
    Known::date("sw", "where the comma stands"),
    Known::date("ta", "a comma before the year"),
    Known::date(
        "th",
        "icu says of which era the year is, which is not the usual one there",
    ),
    Known::date("uk", "which no-break space stands before “р.”"),
    Known::date("vi", "a comma before the year"),
    Known {
        engine: None,
        locale: "vi",
        kind: "plural",
        why: "new in CLDR; both forms are the same",
    },
    Known::older("bn", "date", "how February and January are spelt"),
    Known::older("de-CH", "number", "which apostrophe groups digits"),
    Known::older("en-IN", "date", "a comma before the year"),
    Known::older("es-CO", "percent", "a space before the sign"),
    Known::older("it", "number", "whether four digits are grouped"),
    Known::older("zh-Hant", "date", "a space before the day of the week"),
];

struct Known {
    /// The engine with the difference; `None`: all engines.
    engine: Option<Engine>,
    /// Prefix of the locale.
    locale: &'static str,
    /// `number`, `percent`, `date` or `plural`.
    kind: &'static str,
    #[expect(dead_code, reason = "for the failure's message")]
    why: &'static str,
}

impl Known {
    const fn date(locale: &'static str, why: &'static str) -> Self {
        Self {
            engine: None,
            locale,
            kind: "date",
            why,
        }
    }

    /// WebKit uses the system's data, which are some years older.
    const fn older(locale: &'static str, kind: &'static str, why: &'static str) -> Self {
        Self {
            engine: Some(Engine::WebKit),
            locale,
            kind,
            why,
        }
    }
}

/// Tested in addition to 0 to 200.
const LARGE: [u64; 16] = [
    201,
    211,
    221,
    222,
    255,
    300,
    999,
    1000,
    1001,
    1111,
    12_345,
    123_456,
    1_000_000,
    1_234_567,
    2_000_000,
    1_000_000_000,
];

/// Each weekday, each month, a leap day.
const DAYS: [&str; 12] = [
    "2015-11-17",
    "2016-02-29",
    "2016-01-01",
    "2017-03-22",
    "2018-04-05",
    "2019-05-31",
    "2020-06-06",
    "2021-07-04",
    "2022-08-08",
    "2023-09-30",
    "2024-10-12",
    "2025-12-25",
];

/// Formats the endpoint's values again in the browser, and returns the differences.
const FORMAT_DIFFERENCES: &str = r"((written) => {
    const LONG = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' };
    const differences = [];
    for (const { locale: exact, percent, numbers, days } of written) {
        // The fallback list that the widget passes to `Intl`.
        const locale = [exact, 'id'];
        const number = new Intl.NumberFormat(locale), rules = new Intl.PluralRules(locale);
        const date = new Intl.DateTimeFormat(locale, LONG);
        const compare = (kind, what, endpoint, browser) => {
            if (endpoint !== browser) differences.push([exact, kind, `${what}`, endpoint, browser]);
        };
        for (const [what, text, category] of numbers) {
            compare('number', what, text, number.format(what));
            compare('plural', what, category, rules.select(what));
        }
        for (const [what, text] of days) compare('date', what, text, date.format(new Date(what)));
        const percents = new Intl.NumberFormat(locale, { style: 'percent' });
        for (const n of [0, 7, 12, 100]) compare('percent', n, percent.replace('{n}', number.format(n)), percents.format(n / 100));
    }
    return differences;
})(arguments[0])";

/// A newsroom whose texts are the compared formats, with an article for each number and day.
fn open(languages: &[String]) -> Newsroom {
    let texts = |lang: &String| {
        let categories = ["zero", "one", "two", "few", "many", "other"]
            .map(|name| format!("{name} = '{name}'"))
            .join(", ");
        format!("[sites.{SITE}.labels.{lang}]\nreads = '{{n}}'\nresponses = {{ {categories} }}\n")
    };
    let newsroom =
        Newsroom::in_languages(languages, &languages.iter().map(texts).collect::<String>());
    let line = |number: u64| format!("{number:010},{number},{number}\n");
    newsroom.imports(&format!(
        "article,reads,reaction:happy\n{}",
        numbers().map(line).collect::<String>()
    ));
    for day in DAYS {
        newsroom.puts(day, "<p>…</p>", &["--title", day, "--published", day]);
    }
    newsroom
}

fn numbers() -> impl Iterator<Item = u64> {
    (0..=200).chain(LARGE)
}

/// The endpoint's texts for a page in that language.
fn written(newsroom: &Newsroom, lang: &str) -> Value {
    let ask = |noun: &str| -> Value {
        serde_json::from_str(&newsroom.get(&format!("/v1/sites/{SITE}/{noun}&lang={lang}")))
            .expect("JSON")
    };
    let view = ask("view?article=a");
    let all: Vec<_> = numbers().collect();
    let of = |some: &[u64]| {
        let query: String = some
            .iter()
            .map(|number| format!("&article={number:010}"))
            .collect();
        let Value::Array(texts) = ask(&format!("tallies?{}", &query[1..]))["texts"].take() else {
            panic!("texts")
        };
        some.iter()
            .zip(texts)
            .map(|(number, text)| json!([number, text["reads"], text["reactions"]]))
            .collect::<Vec<_>>()
    };
    let day = |day: &&str| {
        let drawn = newsroom.get(&format!(
            "/v1/sites/{SITE}/widget.html?body=1&article={day}&lang={lang}"
        ));
        let (_, after) = drawn.split_once("<time ").expect("a day");
        let text = after
            .split_once('>')
            .and_then(|(_, after)| after.split_once("</time>"))
            .expect("a day")
            .0;
        json!([day, text])
    };
    json!({
        "locale": view["locale"],
        "percent": view["labels"]["percent"],
        "numbers": all.chunks(100).flat_map(of).collect::<Vec<_>>(),
        "days": DAYS.iter().map(day).collect::<Vec<_>>(),
    })
}

/// Every language, and one region of each kind that formats differently.
fn with_regions(languages: &[String]) -> Vec<String> {
    let regions = |lang: &String| {
        let text = file(lang);
        let first = |list: &str| {
            list.split('"')
                .next()
                .map(|region| format!("{lang}-{region}"))
        };
        text.split("codes = [\"")
            .skip(1)
            .filter_map(first)
            .collect::<Vec<_>>()
    };
    languages
        .iter()
        .cloned()
        .chain(languages.iter().flat_map(regions))
        .collect()
}

#[test]
fn endpoint_and_browser_format_alike() {
    let languages = languages();
    let newsroom = open(&languages);
    let written: Vec<_> = with_regions(&languages)
        .iter()
        .map(|lang| written(&newsroom, lang))
        .collect();
    assert!(written.len() > languages.len(), "regions are compared too");
    let reader = Reader::new();
    reader.opens(&Page::with("", ""));
    let differences = reader.runs(&format!("return {FORMAT_DIFFERENCES};"), &[json!(written)]);
    let Value::Array(differences) = differences else {
        panic!("{differences}")
    };
    let is_known = |difference: &Value| {
        let (locale, kind) = (difference[0].as_str().unwrap_or_default(), &difference[1]);
        KNOWN.iter().any(|known| {
            known
                .engine
                .is_none_or(|engine| engine == Engine::current())
                && locale.starts_with(known.locale)
                && kind == known.kind
        })
    };
    let (known, news): (Vec<_>, Vec<_>) = differences
        .iter()
        .partition(|difference| is_known(difference));
    println!(
        "{} locales compared with {:?}; {} known differences, of each kind the first:",
        written.len(),
        Engine::current(),
        known.len()
    );
    let of_a_kind = known
        .chunk_by(|a, b| (&a[0], &a[1]) == (&b[0], &b[1]))
        .map(|kind| kind[0]);
    let lines = |list: &[&Value]| {
        list.iter()
            .map(|difference| format!("  {difference}\n"))
            .collect::<String>()
    };
    print!("{}", lines(&of_a_kind.collect::<Vec<_>>()));
    assert!(
        news.is_empty(),
        "the endpoint and the browser write otherwise (locale, kind, what, endpoint, browser):\n{}",
        lines(&news)
    );
}
