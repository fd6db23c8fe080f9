//! Plain HTTP requests, for checks beside what is measured.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The body of the response to a GET.
pub(crate) fn get(url: &str, path: &str) -> Result<Vec<u8>> {
    ask(url, "GET", path, "")
}

/// The body of the response to a POST.
pub(crate) fn post(url: &str, path: &str, body: &str) -> Result<Vec<u8>> {
    ask(url, "POST", path, body)
}

fn ask(url: &str, method: &str, path: &str, body: &str) -> Result<Vec<u8>> {
    let address = address(url)?;
    let mut stream = TcpStream::connect(address)?;
    // HTTP/1.0: the response is never chunked.
    let head = format!("{method} {path} HTTP/1.0\r\nHost: {address}\r\nContent-Type: text/plain");
    write!(
        stream,
        "{head}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    if !answer
        .get(8..)
        .is_some_and(|rest| rest.starts_with(b" 200 "))
    {
        bail!("{path}: {}", String::from_utf8_lossy(&answer));
    }
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .context("an answer without an end of its head")?;
    Ok(answer.split_off(end + 4))
}

/// The body of the response to a GET, as JSON.
pub(crate) fn json(url: &str, path: &str) -> Result<serde_json::Value> {
    Ok(serde_json::from_slice(&get(url, path)?)?)
}

/// An address of this machine whose port is free at the moment.
pub(crate) fn free() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Waits until a server listens there.
pub(crate) fn until_listening(address: SocketAddr) -> Result<()> {
    let since = Instant::now();
    while TcpStream::connect(address).is_err() {
        if since.elapsed() > Duration::from_secs(30) {
            bail!("nobody listens on {address}: see what the server has said above");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn address(url: &str) -> Result<SocketAddr> {
    url.strip_prefix("http://")
        .with_context(|| format!("no plain URL: {url}"))?
        .parse()
        .context("no address in a URL")
}
