/// Lower-case substrings of the `User-Agent` of known programs: crawlers, previews, monitoring with a real browser,
/// assistants, libraries. A program that poses as a browser is not detected; limits handle those.
const BOT_NAMES: &[&str] = &[
    // Generic names, of any operator. `bot` is matched separately, at the end of a word.
    "crawl",
    "spider",
    "slurp",
    "scrap",
    "archiver",
    "fetcher",
    "scan",
    "check",
    "validat",
    "verif",
    "inspect",
    "analyz",
    "monitor",
    "uptim",
    "synthetic",
    "research",
    "preview",
    "thumbnail",
    "favicon",
    "headless",
    "prerender",
    "-agent",
    "-user/",
    // Google, besides its bots: those that run scripts are named GoogleOther, GoogleAgent-Mariner, Google-….
    "google-",
    "-google",
    "googleother",
    "googleagent",
    "googleadsense",
    "googleweblight",
    "google page speed",
    "google search console",
    "feedfetcher",
    // Other search engines, social networks and assistants.
    "facebookexternalhit",
    "facebookcatalog",
    "meta-external",
    "whatsapp/",
    "skypeuripreview",
    "bingpreview",
    "botify",
    "anthropic",
    "chatgpt",
    "claude",
    "cohere",
    "deepseek",
    "devin/",
    "gemini-deep",
    "mistralai",
    "openai",
    "perplexity",
    // Monitoring and measuring with a real browser.
    "alertsite",
    "apica",
    "brandverity",
    "catchpoint",
    "cloudflare",
    "dareboost",
    "datadog",
    "debugbear",
    "dynatrace",
    "functionize",
    "ghost inspector",
    "gomez",
    "gtmetrix",
    "hotjar",
    "iplabel",
    "lighthouse",
    "newrelic",
    "pagespeed",
    "pingdom",
    "ptst/",
    "rigor)",
    "ruxit",
    "screaming frog",
    "securityheaders",
    "silktide",
    "site24x7",
    "sitebulb",
    "siteimprove",
    "splunk",
    "statuscake",
    "thousandeyes",
    // Browser automation, and HTTP libraries.
    "htmlunit",
    "jsdom",
    "phantomjs",
    "playwright",
    "puppeteer",
    "rendertron",
    "selenium",
    "webdriver",
    "http-client",
    "httpclient",
    "python-",
    "aiohttp",
    "go-http",
    "okhttp",
    "java/1",
    "curl/",
    "wget/",
    "libwww-perl",
    "axios/",
    "node-fetch",
    "undici",
    "heritrix",
    "httrack",
    "nutch",
];

/// Device names that contain one of the names above by coincidence.
const DEVICES_NAMED_LIKE_BOTS: &[&str] = &["cubot"];

/// Signals of a page without a reader: browser automation, or a page that has not been shown yet.
const BOT_SIGNALS: &[&str] = &["webdriver", "prerender", "hidden"];

/// Whether one of the signals indicates a bot.
pub(super) fn indicate_bot(signals: &[String]) -> bool {
    signals.iter().any(|signal| BOT_SIGNALS.contains(&signal.as_str()))
}

/// Whether the `User-Agent` is that of a known program.
pub(super) fn is_bot(agent: &str) -> bool {
    let mut agent = without_devices(&agent.to_ascii_lowercase());
    for device in DEVICES_NAMED_LIKE_BOTS {
        agent = agent.replace(device, "");
    }
    // Browsers do not include a URL (except add-ons of Internet Explorer), and are not "like Gecko; compatible".
    let is_page = agent.contains("mozilla/") && agent.contains("://") && !agent.contains("msie");
    let explains = agent.contains("+http") || is_page;
    let claims = agent.contains("gecko; compatible;") || agent.contains("gecko); compatible;");
    explains || claims || is_named_bot(&agent) || BOT_NAMES.iter().any(|name| agent.contains(name))
}

/// Matches `bot` or `bots` at the end of a word: `Googlebot/2.1`, not `Banca Caboto`.
fn is_named_bot(agent: &str) -> bool {
    let is_end = |rest: &str| !rest.starts_with(|letter: char| letter.is_ascii_alphabetic());
    agent.match_indices("bot").any(|(at, bot)| {
        let rest = &agent[at + bot.len()..];
        is_end(rest) || rest.strip_prefix('s').is_some_and(is_end)
    })
}

/// Removes device names, which can be anything: there are phones called `M bot 54`, `IDbot553` and `Spider 8`. They
/// follow `Android 7.0;` in the first parentheses, or are the fields of an app's `Android (31/12; …)` or a
/// television's `HbbTV/1.5.1 (…)`.
fn without_devices(agent: &str) -> String {
    let mut kept = String::with_capacity(agent.len());
    let mut rest = agent;
    while let Some(open) = rest.find('(') {
        let (before, from) = rest.split_at(open);
        let (brackets, after) = from.split_at(closed(from));
        kept.push_str(before);
        let last = before.trim_end().rsplit(' ').next().unwrap_or_default();
        if last != "android" && !last.starts_with("hbbtv/") {
            kept.push_str(&without_device(brackets));
        }
        rest = after;
    }
    kept + rest
}

/// Length of the text up to the closing parenthesis that matches its first character.
fn closed(from: &str) -> usize {
    let mut depth = 0;
    let end = from.char_indices().find(|(_, letter)| {
        depth += match letter {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth == 0
    });
    end.map_or(from.len(), |(at, bracket)| at + bracket.len_utf8())
}

/// `(linux; android 7.0; m bot 54 build/nrd90m)` without the fields after the version, except those that contain a
/// version themselves.
fn without_device(brackets: &str) -> String {
    let mut fields = brackets.split_inclusive(';');
    let mut kept: String = String::with_capacity(brackets.len());
    let is_android = |field: &str| field.trim_start_matches(['(', ' ']).starts_with("andr");
    for field in fields.by_ref() {
        kept.push_str(field);
        if is_android(field) {
            break;
        }
    }
    let named = fields.map(|field| field.split(" build/").next().unwrap_or_default());
    kept.extend(named.filter(|field| field.contains('/') || field.contains("compatible")));
    kept
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
            // These run scripts.
            "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36 (compatible; GoogleOther)",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/135.0.0.0 Safari/537.36 (compatible; GoogleAgent-Mariner)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0 Safari/537.36 DatadogSynthetics",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0 Safari/537.36 NewRelicSynthetics/1.0",
            "Mozilla/5.0 (Linux; Android 6.0.1; Moto G (4) Build/MPJ24.139-64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/65.0.3325.146 Mobile Safari/537.36 PTST/180829.190838",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Claude-User/1.0; +Claude-User@anthropic.com)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Perplexity-User/1.0; +https://perplexity.ai/perplexity-user)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0 Safari/537.36 Checkly/1.0 (https://www.checklyhq.com)",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_6) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/97.0.4692.71 Safari/537.36 (ThousandEyes Agent)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0 Safari/537.36 RuxitSynthetic/1.0 v123",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ChatGPT-User/1.0; +https://openai.com/bot)",
            "Mozilla/5.0 (Linux; Android 8.0; Pixel 2 Build/OPD3.170816.012; DuplexWeb-Google/1.0) AppleWebKit/537.36 Chrome/74.0.3729.131 Mobile Safari/537.36",
            "Mozilla/5.0 (Linux; Android 5.0; SM-G900P Build/LRX21T; Seobot/1.0) AppleWebKit/537.36 Chrome/90.0 Mobile Safari/537.36",
            "Mozilla/5.0 (compatible; SomebodysRobots; robots@news.example)",
        ] {
            assert!(is_bot(agent), "{agent}");
        }
    }

    #[test]
    fn whatever_a_header_says_it_is_looked_through_to_its_end() {
        for agent in ["(", ")", "((", "(;", "(android", "(android;;é", "android (", "hbbtv/ (((bot)", "é(é)é"] {
            assert!(!is_bot(agent), "{agent}");
        }
        assert!(is_bot("(((((bot") && is_bot("é(linux; android 9; é; bot/1"));
    }

    #[test]
    fn readers_user_agents_are_not_bots() {
        for agent in [
            "",
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Linux; Android 9; CUBOT NOTE 20) AppleWebKit/537.36 Chrome/96.0 Mobile Safari/537.36",
            "Lynx/2.8.8pre.3 libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/1.0.1e",
            "Mozilla/5.0 (Linux; Android 7.0; M bot 54) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/78.0.3904.96 Mobile Safari/537.36",
            "Mozilla/5.0 (Linux; Android 6.0; IDbot553 Build/MRA58K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/59.0.3071.125 Mobile Safari/537.36",
            "Mozilla/5.0 (Linux; Android 6.0; B BOT 550 Build/MRA58K; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/53.0.2785.124 Mobile Safari/537.36",
            "Mozilla/5.0 (Linux; U; Android 7.1.1; id-id; M_bot_tab_1150 Build/N9F27F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/67.0.3396.87 Safari/537.36",
            "Mozilla/5.0 (Linux; Android 8.1.0; XBot_Senior Build/O11019) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/65.0.3325.109 Mobile Safari/537.36",
            "Mozilla/5.0 (Linux; Android 13; Spider 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Linux; Android 12; HTC Desire 22 pro Build/SKQ1.220201.001; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/105.0.5195.136 Mobile Safari/537.36 \
             Instagram 267.0.0.18.93 Android (31/12; 480dpi; 1080x2142; HTC/htc; HTC Desire 22 pro; htc_botdugls; qcom; in_ID; 424013002)",
            "Mozilla/5.0 (Linux; Andr0id 9; ATV R1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/77.0.3865.120 Safari/537.36 OPR/46.0.2207.0 HbbTV/1.5.1 (+DRM;BOTECH;ATV R1;Demo 1.0;TVs;) FVC/5.0",
            "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; Banca Caboto s.p.a.; rv:11.0) like Gecko",
            "Mozilla/5.0 (Linux; Android 14; Moto G Power (2022)) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Mobile Safari/537.36",
            "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1; U; id) Presto/2.12",
        ] {
            assert!(!is_bot(agent), "{agent}");
        }
    }
}
