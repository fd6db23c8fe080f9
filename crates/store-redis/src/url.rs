use percent_encoding::percent_decode_str;
use store::OpenError;

/// A store's URL: `redis://[USER:PASSWORD@]HOST:PORT[/NUMBER]` for one server,
/// `redis+cluster://[USER:PASSWORD@]HOST:PORT,HOST:PORT` for a cluster, where some servers are named and the others
/// are discovered.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct RedisUrl {
    /// The servers to contact first.
    pub(super) servers: Vec<Address>,
    pub(super) is_cluster: bool,
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    /// Number of the database; a cluster has only number 0.
    pub(super) number: i64,
    /// Prefix of every key: `?prefix=`.
    pub(super) prefix: String,
    /// Number of replicas that must have a write before it is acknowledged: `?replicas_acknowledged=`.
    pub(super) replicas: u32,
    /// Accept servers that may lose acknowledged writes: `?unsafe=1`.
    pub(super) is_unsafe: bool,
}

/// Host and port of a server.
pub(super) type Address = (String, u16);

const DEFAULT_PORT: u16 = 6379;

/// Maximum number of replicas to wait for: clusters have fewer for each master.
const MAX_REPLICAS: u32 = 5;

impl RedisUrl {
    /// Parses a URL of one of the two schemes.
    pub(super) fn parse(url: &str) -> Result<Self, OpenError> {
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| invalid("it must begin with redis://"))?;
        let (rest, options) = rest.split_once('?').unwrap_or((rest, ""));
        let (who, rest) = rest.rsplit_once('@').unwrap_or(("", rest));
        let (hosts, number) = rest.split_once('/').unwrap_or((rest, ""));
        let servers = hosts
            .split(',')
            .map(address)
            .collect::<Result<Vec<_>, _>>()?;
        let is_cluster = scheme == "redis+cluster";
        if !is_cluster && servers.len() > 1 {
            return Err(invalid(
                "several servers are a cluster: write redis+cluster://",
            ));
        }
        let number = match number {
            "" => 0,
            _ if is_cluster => return Err(invalid("a cluster has no numbered databases")),
            text => text
                .parse()
                .map_err(|_| invalid(&format!("`{text}` is not the number of a database")))?,
        };
        let (user, password) = who.split_once(':').unwrap_or((who, ""));
        let mut parsed = Self {
            servers,
            is_cluster,
            user: decoded(user)?,
            password: decoded(password)?,
            number,
            prefix: "gema".into(),
            replicas: u32::from(is_cluster),
            is_unsafe: false,
        };
        for option in options.split('&').filter(|option| !option.is_empty()) {
            parsed.set(option)?;
        }
        Ok(parsed)
    }

    fn set(&mut self, option: &str) -> Result<(), OpenError> {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        match name {
            "prefix" if is_prefix(value) => self.prefix = value.into(),
            "prefix" => {
                return Err(invalid(
                    "a prefix is letters, digits, dots, dashes and underscores",
                ));
            }
            "replicas_acknowledged" => {
                self.replicas = value
                    .parse()
                    .ok()
                    .filter(|replicas| *replicas <= MAX_REPLICAS)
                    .ok_or_else(|| invalid("replicas_acknowledged must be a number from 0 to 5"))?;
            }
            "unsafe" if matches!(value, "0" | "1") => self.is_unsafe = value == "1",
            "unsafe" => return Err(invalid("unsafe must be 0 or 1")),
            // The name may be part of a password with a question mark: do not quote it.
            _ => {
                return Err(invalid(
                    "an option is prefix, replicas_acknowledged or unsafe",
                ));
            }
        }
        Ok(())
    }
}

fn is_prefix(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
}

/// Parses host and port, in a URL or a redirection.
pub(super) fn address(text: &str) -> Result<Address, OpenError> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && !port.contains(']') => {
            // Without a host after it, this is a password: do not quote it.
            (
                host,
                port.parse().map_err(|_| {
                    invalid("a port must be a number, and a password is followed by @HOST")
                })?,
            )
        }
        _ => (text, DEFAULT_PORT),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() {
        Err(invalid("it names no server"))
    } else {
        Ok((host.into(), port))
    }
}

fn decoded(text: &str) -> Result<Option<String>, OpenError> {
    let text = percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| invalid("its user and password must be UTF-8"))?;
    Ok(if text.is_empty() {
        None
    } else {
        Some(text.into_owned())
    })
}

fn invalid(what: &str) -> OpenError {
    OpenError::BadUrl(what.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redis_url_parses_servers_and_options() {
        let one = RedisUrl::parse("redis://:p%40ss@localhost/3?prefix=news").unwrap();
        assert_eq!(one.servers, [("localhost".into(), 6379)]);
        assert_eq!(
            (
                one.password.as_deref(),
                one.number,
                one.prefix.as_str(),
                one.replicas
            ),
            (Some("p@ss"), 3, "news", 0)
        );
        let cluster = RedisUrl::parse("redis+cluster://a:1,[::1]:2").unwrap();
        assert_eq!(cluster.servers, [("a".into(), 1), ("::1".into(), 2)]);
        assert!(cluster.is_cluster && cluster.replicas == 1 && !cluster.is_unsafe);
    }

    #[test]
    fn invalid_redis_url_names_the_cause() {
        for (url, says) in [
            ("redis://a:1,b:2", "redis+cluster://"),
            ("redis+cluster://a/1", "no numbered databases"),
            ("redis://", "names no server"),
            ("redis://a:x", "a port must be a number"),
            ("redis://user:password", "followed by @HOST"),
            ("redis://a?replicas=1", "replicas_acknowledged"),
            ("redis+cluster://a?replicas_acknowledged=99", "from 0 to 5"),
            ("redis://a?prefix={x}", "prefix"),
            ("redis://a?unsafe=yes", "0 or 1"),
        ] {
            let Err(OpenError::BadUrl(what)) = RedisUrl::parse(url) else {
                panic!("{url}")
            };
            assert!(what.contains(says), "{url}: {what}");
        }
    }
}
