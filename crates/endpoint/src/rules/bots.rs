/// Parts of the names by which programs that read for others are known, in lower case. A program that
/// wants to be taken for a browser is: limits are for those.
const NAMES: &[&str] = &[
    "bot",
    "crawl",
    "spider",
    "slurp",
    "archiver",
    "facebookexternalhit",
    "facebookcatalog",
    "whatsapp/",
    "skypeuripreview",
    "bingpreview",
    "google-read-aloud",
    "googleweblight",
    "mediapartners-google",
    "google-inspectiontool",
    "feedfetcher",
    "lighthouse",
    "pagespeed",
    "gtmetrix",
    "pingdom",
    "uptime",
    "headlesschrome",
    "phantomjs",
    "puppeteer",
    "playwright",
    "selenium",
    "prerender",
    "http-client",
    "httpclient",
    "python-",
    "aiohttp",
    "go-http",
    "okhttp",
    "java/",
    "curl/",
    "wget/",
    "libwww",
    "scrapy",
    "axios/",
    "node-fetch",
    "undici",
];

/// Names of devices in which one of the names above is found by accident.
const READERS: &[&str] = &["cubot"];

/// What a page says of itself that no reader looks at: a program drives the browser, or nobody has opened it yet.
const SIGNALS: &[&str] = &["webdriver", "prerender", "hidden"];

/// Whether one of these speaks against a reader.
pub(super) fn are_of_a_bot(signals: &[String]) -> bool {
    signals.iter().any(|signal| SIGNALS.contains(&signal.as_str()))
}

/// Whether somebody who calls herself that is known not to be a reader.
pub(super) fn is_bot(agent: &str) -> bool {
    let mut agent = agent.to_ascii_lowercase();
    for reader in READERS {
        agent = agent.replace(reader, "");
    }
    NAMES.iter().any(|name| agent.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crawlers_previews_and_tools_are_known() {
        for agent in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/116.0 Safari/537.36",
            "facebookexternalhit/1.1",
            "WhatsApp/2.23.20.0",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0.0.0 Safari/537.36",
            "python-requests/2.31",
            "curl/8.5.0",
        ] {
            assert!(is_bot(agent), "{agent}");
        }
    }

    #[test]
    fn readers_are_readers() {
        for agent in [
            "",
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Linux; Android 9; CUBOT NOTE 20) AppleWebKit/537.36 Chrome/96.0 Mobile Safari/537.36",
            "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1; U; id) Presto/2.12",
        ] {
            assert!(!is_bot(agent), "{agent}");
        }
    }
}
