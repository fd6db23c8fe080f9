use std::{
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
};

use serde::Deserialize;

/// The listening address: `127.0.0.1:8787`, or `unix:/run/gema/gema.sock`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Listen {
    /// A TCP port.
    Tcp(SocketAddr),
    /// The path of a unix socket, for a proxy on this machine.
    Unix(PathBuf),
}

/// Prefix of a unix socket's path.
const UNIX_PREFIX: &str = "unix:";

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some(path) = text.strip_prefix(UNIX_PREFIX) else {
            return text.parse().map(Self::Tcp).map_err(|_| {
                format!(
                    "`{text}` is not a valid address: write \"127.0.0.1:8787\", or \"unix:/run/gema/gema.sock\" for a unix socket"
                )
            });
        };
        if !cfg!(unix) {
            return Err(format!(
                "`{text}`: this system has no unix sockets; write \"127.0.0.1:8787\""
            ));
        }
        // A relative path would be another file for the proxy.
        if !Path::new(path).is_absolute() || path.ends_with('/') {
            return Err(format!(
                "`{text}` is not an absolute path of a file: write \"unix:/run/gema/gema.sock\""
            ));
        }
        Ok(Self::Unix(path.into()))
    }
}

impl TryFrom<String> for Listen {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<SocketAddr> for Listen {
    fn from(address: SocketAddr) -> Self {
        Self::Tcp(address)
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "{UNIX_PREFIX}{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_port_or_the_absolute_path_of_a_socket() {
        for text in ["127.0.0.1:8787", "[::1]:80", "unix:/run/gema/gema.sock"] {
            assert_eq!(text.parse::<Listen>().unwrap().to_string(), text);
        }
        for text in [
            "unix:",
            "unix:gema.sock",
            "unix:/run/",
            "unix:./x",
            "localhost:80",
            "8787",
            "/run/x",
            "unix://",
        ] {
            let error = text.parse::<Listen>().unwrap_err();
            assert!(
                error.contains(text) && error.contains("unix:/run/gema/gema.sock"),
                "{error}"
            );
        }
    }
}
