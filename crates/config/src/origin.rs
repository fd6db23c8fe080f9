use std::fmt;

use serde::Deserialize;
use url::{Host, Url};

/// An allowed origin of events: an exact one, all subdomains of a name, or any page on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Origin {
    /// `https://news.example`, in the form of the browser's header.
    Exact(String),
    /// `https://*.news.example`: any subdomain, with one label or more, but not the name itself.
    Below {
        /// `https://`
        scheme: String,
        /// `.news.example`, with the port if it has one.
        end: String,
    },
    /// `loopback` in the file: `http` or `https` on `localhost`, `127.0.0.1` or `[::1]`, with any port.
    Loopback,
}

impl Origin {
    /// Whether it matches the value of an `Origin` header.
    pub fn matches(&self, header: &str) -> bool {
        match self {
            Self::Exact(origin) => origin == header,
            Self::Below { scheme, end } => {
                let name = header
                    .strip_prefix(scheme.as_str())
                    .and_then(|host| host.strip_suffix(end.as_str()));
                name.is_some_and(are_labels)
            }
            Self::Loopback => is_loopback(header),
        }
    }
}

impl Origin {
    /// Whether it means names below an IPv4 address, which has none: no page has such an origin.
    pub(crate) fn is_below_address(&self) -> bool {
        let Self::Below { end, .. } = self else {
            return false;
        };
        let name = end.split(':').next().unwrap_or_default();
        let last = name.rsplit('.').find(|label| !label.is_empty());
        last.is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// The origin as sources of a content security policy.
    pub fn in_policy(&self) -> String {
        match self {
            Self::Loopback => {
                // `[::1]` is not a valid host in a policy.
                let hosts = ["localhost", "127.0.0.1"]
                    .map(|host| format!("http://{host}:* https://{host}:*"));
                hosts.join(" ")
            }
            origin => origin.to_string(),
        }
    }
}

impl TryFrom<String> for Origin {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "loopback" {
            return Ok(Self::Loopback);
        }
        let remedy = || {
            format!(
                "`{text}` is not an origin: write it as \"https://news.example\", or \"loopback\""
            )
        };
        let (scheme, host) = text.split_once("://").ok_or_else(remedy)?;
        if !matches!(scheme, "http" | "https") {
            return Err(remedy());
        }
        // Browsers omit the scheme's default port and everything after the host.
        let default_port = if scheme == "http" { ":80" } else { ":443" };
        let host = host.strip_suffix('/').unwrap_or(host);
        let host = host.strip_suffix(default_port).unwrap_or(host);
        match host.strip_prefix("*.") {
            Some(parent) => below(&text, scheme, parent),
            None => {
                let sent = sent_host(scheme, host).ok_or_else(remedy)?;
                spelled(&text, host, &sent, "")?;
                Ok(Self::Exact(format!("{scheme}://{sent}")))
            }
        }
    }
}

/// The wildcard origin for all names below `parent`.
fn below(text: &str, scheme: &str, parent: &str) -> Result<Origin, String> {
    let remedy = || {
        format!("`{text}` is not an origin: write all below a name as \"https://*.news.example\"")
    };
    let sent = sent_host(scheme, parent).ok_or_else(remedy)?;
    let name = sent.split_once(':').map_or(&*sent, |(name, _)| name);
    // Reject a whole top-level domain.
    if !are_labels(name) || !name.contains('.') {
        return Err(remedy());
    }
    if let Some(suffix) = public_suffix(name) {
        return Err(format!(
            "`{text}` is not an origin: names below {name} belong to others. Write all below a name of your own as \
             \"https://*.news.{suffix}\""
        ));
    }
    spelled(text, parent, &sent, "*.")?;
    Ok(Origin::Below {
        scheme: format!("{scheme}://"),
        end: format!(".{sent}"),
    })
}

/// The host and optional port as browsers send them in `Origin`: lower case, punycode, canonical IP addresses. `None`:
/// no page has such an origin.
fn sent_host(scheme: &str, host: &str) -> Option<String> {
    if !host.chars().all(|c| in_host(c) || !c.is_ascii()) {
        return None;
    }
    let url = Url::parse(&format!("{scheme}://{host}")).ok()?;
    let is_possible = match url.host()? {
        Host::Domain(name) => is_name(name),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    };
    if !is_possible || url.port() == Some(0) {
        return None;
    }
    let origin = url.origin().ascii_serialization();
    origin.split_once("://").map(|(_, host)| host.to_owned())
}

/// Whether DNS can have the name: each label has a letter or digit. The final dot of an absolute name may be there.
fn is_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.split('.')
        .all(|label| label.bytes().any(|byte| byte.is_ascii_alphanumeric()))
}

/// Requires a host to be written as browsers send it, so that the log and the configuration show the same spelling.
fn spelled(text: &str, host: &str, sent: &str, wildcard: &str) -> Result<(), String> {
    if host.eq_ignore_ascii_case(sent) {
        return Ok(());
    }
    let scheme = text.split_once("://").map_or("https", |(scheme, _)| scheme);
    Err(format!(
        "`{text}` is not an origin as browsers send it: write it as \"{scheme}://{wildcard}{sent}\""
    ))
}

/// The public suffix, below which anybody may register names, that this name is (`co.id`, `github.io`) or that each
/// name below it is (`example.kobe.jp`); from the Public Suffix List.
fn public_suffix(name: &str) -> Option<String> {
    let is_suffix = |name: &str| psl::suffix_str(name) == Some(name);
    [name.to_owned(), format!("example.{name}")]
        .into_iter()
        .find(|name| is_suffix(name))
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(origin) => f.write_str(origin),
            Self::Below { scheme, end } => write!(f, "{scheme}*{end}"),
            Self::Loopback => f.write_str("loopback"),
        }
    }
}

fn in_host(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-.:[]_".contains(c)
}

/// `a`, `a.b-c`: nonempty labels, separated by dots.
fn are_labels(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    text.split('.').all(is_label)
}

fn is_loopback(header: &str) -> bool {
    let Some(rest) = header
        .strip_prefix("http://")
        .or_else(|| header.strip_prefix("https://"))
    else {
        return false;
    };
    ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|host| match rest.strip_prefix(host) {
            Some("") => true,
            Some(port) => port
                .strip_prefix(':')
                .is_some_and(|port| port.parse::<u16>().is_ok()),
            None => false,
        })
}

#[cfg(test)]
mod tests;
