use std::fmt;

use serde::Deserialize;

/// Where a page may come from that sends events: an exact origin, or any page of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Origin {
    /// `https://news.example`, compared as a browser writes it.
    Exact(String),
    /// `loopback` in the file: `http` or `https` on `localhost`, `127.0.0.1` or `[::1]`, any port.
    Loopback,
}

impl Origin {
    /// Whether a page with this `Origin` header is meant.
    pub fn matches(&self, header: &str) -> bool {
        match self {
            Self::Exact(origin) => origin == header,
            Self::Loopback => is_loopback(header),
        }
    }
}

impl TryFrom<String> for Origin {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "loopback" {
            return Ok(Self::Loopback);
        }
        let remedy = || format!("`{text}` is no origin: write it as \"https://news.example\", or \"loopback\"");
        let (scheme, host) = text.split_once("://").ok_or_else(remedy)?;
        if !matches!(scheme, "http" | "https") {
            return Err(remedy());
        }
        // A browser leaves out the scheme's own port and everything after the host.
        let default_port = if scheme == "http" { ":80" } else { ":443" };
        let host = host.strip_suffix('/').unwrap_or(host);
        let host = host.strip_suffix(default_port).unwrap_or(host);
        let in_host = |c: char| c.is_ascii_alphanumeric() || "-.:[]_".contains(c);
        if host.is_empty() || !host.chars().all(in_host) {
            return Err(remedy());
        }
        Ok(Self::Exact(format!("{scheme}://{}", host.to_ascii_lowercase())))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exact(origin) => origin,
            Self::Loopback => "loopback",
        })
    }
}

fn is_loopback(header: &str) -> bool {
    let Some(rest) = header.strip_prefix("http://").or_else(|| header.strip_prefix("https://")) else {
        return false;
    };
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|host| match rest.strip_prefix(host) {
        Some("") => true,
        Some(port) => port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok()),
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Origin {
        Origin::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn an_origin_is_written_as_a_browser_writes_it() {
        assert!(origin("https://News.example:443/").matches("https://news.example"));
        assert!(origin("http://news.example:8080").matches("http://news.example:8080"));
        assert!(!origin("https://news.example").matches("http://news.example"));
        assert!(!origin("https://news.example").matches("https://news.example.evil.example"));
    }

    #[test]
    fn what_is_no_origin_is_refused_with_the_remedy() {
        for text in ["", "news.example", "ftp://news.example", "https://", "https://a.example/path", "https://*"] {
            assert!(Origin::try_from(text.to_owned()).is_err_and(|e| e.contains("https://news.example")), "{text}");
        }
    }

    #[test]
    fn loopback_is_this_machine_and_no_other() {
        for header in ["http://localhost", "https://localhost:8443", "http://127.0.0.1:1", "http://[::1]:8787"] {
            assert!(Origin::Loopback.matches(header), "{header}");
        }
        for header in ["http://localhost.evil.example", "http://127.0.0.10", "http://127.0.0.1:x", "null", "localhost"]
        {
            assert!(!Origin::Loopback.matches(header), "{header}");
        }
    }
}
