use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::PathBuf,
};

use serde_json::{Value, json};

use crate::{
    cli_harness::{CliHarness, Serving},
    contains::assert_contains,
    site::{FIREFOX, event_key, read},
};

/// A gema that listens on a unix socket for a proxy.
struct Behind {
    cli: CliHarness,
    socket: PathBuf,
    serving: Serving,
}

impl Behind {
    fn with(trusted: &str) -> Self {
        let cli = CliHarness::new();
        let socket = cli.path().join("gema.sock");
        let config = format!(
            "listen = \"unix:{}\"\ntrusted_proxies = [{trusted}]\n[sites.demo]\norigins = []\nopaque_origins = true\n\
             live = true\n[sites.demo.reads]\nidentity = \"hash\"\n",
            socket.display()
        );
        fs::write(cli.path().join("gema.toml"), config).unwrap();
        let serving = serve(&cli);
        Self {
            cli,
            socket,
            serving,
        }
    }

    fn sends(&self, request: &str) -> UnixStream {
        let mut stream = UnixStream::connect(&self.socket).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    /// The body of the response.
    fn asks(&self, request: &str) -> Value {
        let mut answer = String::new();
        self.sends(request).read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// Sends a read by a reader whose address the proxy forwards.
    fn reads(&self, number: u64, address: &str) {
        let body = json!({ "events": [read("a", &event_key(number))] }).to_string();
        let head = format!(
            "User-Agent: {FIREFOX}\r\nContent-Type: text/plain\r\nX-Forwarded-For: {address}\r\nContent-Length: {}",
            body.len()
        );
        self.asks(&format!(
            "POST /v1/sites/demo/events HTTP/1.0\r\n{head}\r\n\r\n{body}"
        ));
    }

    fn counted(&self) -> u64 {
        self.asks("GET /v1/sites/demo/tallies?article=a HTTP/1.0\r\n\r\n")["tallies"][0]["reads"]
            .as_u64()
            .unwrap()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.cli.path().join("gema.log")).unwrap()
    }
}

/// Starts `gema serve`, and waits until it has printed its address.
fn serve(cli: &CliHarness) -> Serving {
    cli.serving(cli.gema(&["serve"]))
}

#[test]
fn a_trusted_unix_socket_uses_headers_for_addresses() {
    let behind = Behind::with("\"unix\"");
    assert_eq!(
        behind.serving.address,
        format!("unix:{}", behind.socket.display())
    );
    for number in 0..6 {
        behind.reads(number, &format!("198.51.100.9, 192.0.2.{}", number % 3));
    }
    assert_eq!(behind.counted(), 3);
    assert!(!behind.log().contains("client address"), "{}", behind.log());
    let mut live = BufReader::new(
        behind.sends("GET /v1/sites/demo/live?article=a HTTP/1.1\r\nHost: gema\r\n\r\n"),
    );
    let mut line = String::new();
    while !line.starts_with("data: ") {
        line.clear();
        assert!(live.read_line(&mut line).unwrap() > 0);
    }
    assert!(line.contains("\"reads\":3"), "{line}");
}

#[test]
fn an_untrusted_unix_socket_is_one_reader_and_logs_the_remedy() {
    let behind = Behind::with("\"127.0.0.1\"");
    for number in 0..6 {
        behind.reads(number, &format!("192.0.2.{number}"));
    }
    assert_eq!(behind.counted(), 1);
    let remedies = behind
        .log()
        .matches("(\"unix\" for the unix socket)")
        .count();
    assert_eq!(remedies, 1, "{}", behind.log());
}

#[test]
fn the_socket_is_removed_at_exit_and_a_stale_one_replaced() {
    let behind = Behind::with("\"unix\"");
    let Behind {
        cli,
        socket,
        serving,
    } = behind;
    assert_eq!(
        fs::metadata(&socket).unwrap().permissions().mode() & 0o777,
        0o660
    );
    serving.dies();
    assert!(socket.exists(), "it was killed");
    let again = serve(&cli);
    let (_, refused) = cli.fails(&["serve", "--database", "other.db"]);
    assert_contains(&refused, &["another process listens on", "name another"]);
    assert!(
        UnixStream::connect(&socket).is_ok(),
        "the one that serves goes on"
    );
    again.stop();
    assert!(!socket.exists());
    fs::write(&socket, "a file of somebody").unwrap();
    let (_, refused) = cli.fails(&["serve"]);
    assert!(refused.contains("not a socket"), "{refused}");
    assert_eq!(fs::read_to_string(&socket).unwrap(), "a file of somebody");
}
