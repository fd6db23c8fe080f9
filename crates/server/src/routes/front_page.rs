//! `GET /`: what this endpoint is, and the script tag of each site, for webmasters. It names no readers, articles or
//! keys.

use std::{fmt::Write, sync::LazyLock};

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use config::{Config, Origin, Site};
use data_encoding::BASE64;
use html_escape::{encode_double_quoted_attribute, encode_text};
use sha2::{Digest, Sha256};
use url::Url;

use super::{extract::CurrentConfig, widget::HTML_CONTENT_TYPE};

/// Long words and tags may break anywhere, so that nothing is wider than a phone's screen, at any font size.
const FRONT_PAGE_STYLE: &str = "\
:root { color-scheme: light dark; }
body { max-width: 44rem; margin: 0 auto; padding: 1.5rem; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
section { margin-block: 2rem; border-block-start: 1px solid; }
pre { padding: 0.75rem; border: 1px solid; white-space: pre-wrap; user-select: all; }
";

static FRONT_PAGE_CSP: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64.encode(&Sha256::digest(FRONT_PAGE_STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// Texts of the page in one language.
struct FrontPageTexts {
    lang: &'static str,
    what: &'static str,
    tag: &'static str,
    plain: &'static str,
    pages: &'static str,
    anybody: &'static str,
    nobody: &'static str,
    loopback: &'static str,
    check: &'static str,
    silent: &'static str,
}

const ENGLISH: FrontPageTexts = FrontPageTexts {
    lang: "en",
    what: "Share bar, read counter and reaction poll for news articles. This is an endpoint; docs/embedding.md in Gema's repository says how to put it on a page.",
    tag: "Put this tag into the template of the article pages:",
    plain: "This page was asked for over http. On pages of https, write https:// in the tag, and let the proxy say so: X-Forwarded-Proto.",
    pages: "Pages that may use it (origins in gema.toml):",
    anybody: "Also pages without an origin, such as sandboxed frames.",
    nobody: "None yet: add origins to the site in gema.toml.",
    loopback: "this machine (localhost), any port",
    check: "If nothing shows on a page, this says why:",
    silent: "Its sites are not listed here (front_page = false in gema.toml).",
};

const INDONESIAN: FrontPageTexts = FrontPageTexts {
    lang: "id",
    what: "Bilah berbagi, penghitung pembaca, dan jajak reaksi untuk artikel berita. Ini sebuah endpoint; docs/id/pemasangan.md di repositori Gema menjelaskan cara memasangnya di halaman.",
    tag: "Pasang tag ini di templat halaman artikel:",
    plain: "Halaman ini diminta lewat http. Untuk halaman https, tulis https:// di dalam tag, dan biarkan proxy mengatakannya: X-Forwarded-Proto.",
    pages: "Halaman yang boleh memakainya (origins di gema.toml):",
    anybody: "Juga halaman tanpa origin, misalnya bingkai sandbox.",
    nobody: "Belum ada: tambahkan origins pada situs itu di gema.toml.",
    loopback: "mesin ini (localhost), porta apa pun",
    check: "Jika tidak ada yang tampil di halaman, perintah ini mengatakan sebabnya:",
    silent: "Situsnya tidak ditampilkan di sini (front_page = false di gema.toml).",
};

/// The page, in the language of the request.
pub(super) async fn page(CurrentConfig(config): CurrentConfig, headers: HeaderMap) -> Response {
    let html = markup(&config, &headers);
    let mut response = (
        StatusCode::OK,
        [(header::CONTENT_TYPE, HTML_CONTENT_TYPE)],
        html,
    )
        .into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&FRONT_PAGE_CSP) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    // The page repeats the Host header of the request.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

fn markup(config: &Config, headers: &HeaderMap) -> String {
    let texts = if wants_indonesian(headers) {
        INDONESIAN
    } else {
        ENGLISH
    };
    let version = env!("CARGO_PKG_VERSION");
    let mut html = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>Gema {version}</title>\n<style>{FRONT_PAGE_STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>Gema {version}</h1>\n<p>{}</p>\n",
        texts.lang, texts.what
    );
    if config.front_page {
        let address = address(headers);
        for site in config.sites.values() {
            section(&mut html, site, &address, &texts);
        }
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(
            html,
            "<p>{}</p>\n<pre><code>gema doctor https://…</code></pre>",
            texts.check
        );
    } else {
        let _ = writeln!(html, "<p>{}</p>", texts.silent);
    }
    html + "</main>\n</body>\n</html>\n"
}

fn section(html: &mut String, site: &Site, address: &Url, texts: &FrontPageTexts) {
    let tag = format!(
        r#"<script async src="{}embed.js" data-site="{}"></script>"#,
        encode_double_quoted_attribute(address.as_str()),
        site.id
    );
    let id = encode_text(site.id.as_str());
    let tag_text = encode_text(&tag);
    let _ = writeln!(
        html,
        "<section aria-labelledby=\"site-{id}\">\n<h2 id=\"site-{id}\">{id}</h2>\n<p>{}</p>\n<pre tabindex=\"0\"><code>{tag_text}</code></pre>",
        texts.tag
    );
    let host = address.host_str().unwrap_or_default();
    if address.scheme() == "http"
        && host != "localhost"
        && !host.starts_with("127.")
        && host != "[::1]"
    {
        let _ = writeln!(html, "<p>{}</p>", texts.plain);
    }
    if site.origins.is_empty() {
        let _ = writeln!(html, "<p>{}</p>", texts.nobody);
    } else {
        let _ = writeln!(html, "<p>{}</p>\n<ul>", texts.pages);
        for origin in &site.origins {
            let text = match origin {
                Origin::Loopback => texts.loopback.to_owned(),
                origin => origin.to_string(),
            };
            let _ = writeln!(html, "<li>{}</li>", encode_text(&text));
        }
        html.push_str("</ul>\n");
    }
    if site.opaque_origins {
        let _ = writeln!(html, "<p>{}</p>", texts.anybody);
    }
    html.push_str("</section>\n");
}

/// The endpoint's address according to the request: Host, and a proxy's headers for scheme and path prefix. It is only
/// shown to the client that sent them.
pub(super) fn address(headers: &HeaderMap) -> Url {
    let says = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let first = |name: &str| {
        says(name)
            .split(',')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    };
    let scheme = if first("x-forwarded-proto") == "https" {
        "https"
    } else {
        "http"
    };
    let host = match says("x-forwarded-host")
        .split(',')
        .next()
        .unwrap_or_default()
        .trim()
    {
        "" => says("host"),
        host => host,
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-.:[]_".contains(c);
    let host = if !host.is_empty() && host.chars().all(is_host) {
        host
    } else {
        "gema.example"
    };
    let prefix = says("x-forwarded-prefix").trim_matches('/');
    let is_prefix = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    let prefix = if !prefix.is_empty() && prefix.chars().all(is_prefix) {
        format!("{prefix}/")
    } else {
        String::new()
    };
    let whole = Url::parse(&format!("{scheme}://{host}/{prefix}"));
    whole.unwrap_or_else(|_| Url::parse("https://gema.example/").expect("an address"))
}

/// Whether `Accept-Language` prefers Indonesian to English.
fn wants_indonesian(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut best = ("", 0.0);
    for entry in accepted.split(',') {
        let (tag, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
        let weight = weight
            .trim()
            .strip_prefix("q=")
            .and_then(|weight| weight.parse::<f32>().ok())
            .unwrap_or(0.0);
        let language = tag.trim().split('-').next().unwrap_or_default();
        if matches!(language, "id" | "in" | "en") && weight > best.1 {
            best = (language, weight);
        }
    }
    matches!(best.0, "id" | "in")
}

#[cfg(test)]
mod tests;
