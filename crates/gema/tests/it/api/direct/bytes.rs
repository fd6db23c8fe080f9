use std::{net::SocketAddr, time::Duration};

use futures_util::future::join_all;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use super::{PATHS, lines};
use crate::site::{FIREFOX, PAGE, TestSite, event_key, read};

/// How long a connection is silent after its last response.
const SILENCE: Duration = Duration::from_secs(2);

/// A request with other headers, in the form in which clients may frame them. `PATH`: the path; `AGENT`: the headers that
/// readers' browsers send; `BODY`: a read; `LENGTH`: its length.
const FRAMED: [&str; 40] = [
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nContent-Length: LENGTH\r\n\r\nBODY",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nContent-Length: LENGTH\r\nContent-Length: LENGTH\r\n\r\nBODY",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nContent-Length: LENGTH\r\nContent-Length: 5\r\n\r\nBODY",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nContent-Length: +LENGTH\r\n\r\nBODY",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nContent-Length: -1\r\n\r\nBODY",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nContent-Length: 0\r\n\r\nBODY",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nContent-Length: 99999\r\n\r\nBODY",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\n\r\nBODY",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nTransfer-Encoding: chunked\r\n\r\nSIZE\r\nBODY\r\n0\r\n\r\n",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nTransfer-Encoding: chunked\r\n\r\nSIZE;a=\"b\"\r\nBODY\r\n0\r\nOrigin: null\r\n\r\n",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nTransfer-Encoding: chunked\r\nContent-Length: LENGTH\r\n\r\nSIZE\r\nBODY\r\n0\r\n\r\n",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nTransfer-Encoding: gzip, chunked\r\n\r\nSIZE\r\nBODY\r\n0\r\n\r\n",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nTransfer-Encoding: identity\r\nContent-Length: LENGTH\r\n\r\nBODY",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nBODY\r\n0\r\n\r\n",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nBODY\r\n0\r\n\r\n",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nTransfer-Encoding: chunked\r\n\r\nSIZE\r\nBODYxx\r\n0\r\n\r\n",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nExpect: 100-continue\r\nContent-Length: LENGTH\r\n\r\nBODY",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nExpect: 100-continue\r\nContent-Length: 99999\r\n\r\n",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nExpect: a-miracle\r\nContent-Length: LENGTH\r\n\r\nBODY",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nContent-Length: LENGTH\r\nConnection: close\r\n\r\nBODYrest",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nContent-Length: LENGTH\r\n\r\nBODYPOST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nContent-Length: LENGTH\r\n\r\nBODYGET /health/live HTTP/1.1\r\nHost: x\r\n\r\n",
    "POST PATH HTTP/1.1\r\nHost: x\r\nContent-Length: LENGTH\r\n\r\nBODYPOST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nContent-Length: LENGTH\r\n\r\nBODY",
    "POST PATH HTTP/1.0\r\nAGENT\r\nContent-Length: LENGTH\r\n\r\nBODY",
    "POST PATH HTTP/1.0\r\nAGENT\r\nConnection: keep-alive\r\nContent-Length: LENGTH\r\n\r\nBODY",
    "POST PATH HTTP/1.0\r\nAGENT\r\nTransfer-Encoding: chunked\r\n\r\nSIZE\r\nBODY\r\n0\r\n\r\n",
    "POST PATH HTTP/1.1\r\nAGENT\r\nContent-Length: LENGTH\r\n\r\nBODY",
    "POST PATH HTTP/1.1\r\nHost: x\r\nHost: y\r\nAGENT\r\nContent-Length: LENGTH\r\n\r\nBODY",
    "POST http://other.examplePATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nContent-Length: LENGTH\r\n\r\nBODY",
    "POST PATH#fragment HTTP/1.1\r\nHost: x\r\nAGENT\r\nContent-Length: LENGTH\r\n\r\nBODY",
    "POST PATH x HTTP/1.1\r\nHost: x\r\nAGENT\r\nContent-Length: LENGTH\r\n\r\nBODY",
    "post PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nContent-Length: LENGTH\r\n\r\nBODY",
    "HEAD PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\n\r\n",
    "OPTIONS PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nAccess-Control-Request-Method: POST\r\n\r\n",
    "GET PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nContent-Length: LENGTH\r\n\r\nBODY",
    "POST PATH HTTP/1.1\nHost: x\nAGENT\nContent-Length: LENGTH\n\nBODY",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nContent-Length : LENGTH\r\n\r\nBODY",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nX: a\r\n b\r\nContent-Length: LENGTH\r\n\r\nBODY",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nX: a\0b\r\nContent-Length: LENGTH\r\n\r\nBODY",
    "POST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: LENGTH\r\n\r\nBODY",
    "\r\nPOST PATH HTTP/1.1\r\nHost: x\r\nAGENT\r\nContent-Length: LENGTH\r\n\r\nBODY",
];

/// Everything that a connection answers until it is silent or closed, in lines without the date, in order.
async fn answers(address: SocketAddr, request: &str) -> Vec<String> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The endpoint may have closed it within the request.
    let _ = stream.write_all(request.as_bytes()).await;
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(Ok(length @ 1..)) = timeout(SILENCE, stream.read(&mut piece)).await {
        answer.extend_from_slice(&piece[..length]);
    }
    let answer = String::from_utf8(answer).unwrap();
    let lines = answer.split("\r\n").map(str::to_owned);
    let mut lines: Vec<_> = lines.filter(|line| !line.starts_with("date: ")).collect();
    lines.sort();
    lines
}

pub(super) async fn serve(site: &TestSite) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(server::running::serve(
        listener,
        site.app(),
        std::future::pending(),
    ));
    address
}

#[tokio::test]
async fn any_framing_is_answered_alike_by_both_paths() {
    let agent = format!("Content-Type: text/plain\r\nOrigin: {PAGE}\r\nUser-Agent: {FIREFOX}");
    let [direct, routed] = [TestSite::new(), TestSite::new()];
    let addresses = [serve(&direct).await, serve(&routed).await];
    let both = FRAMED.iter().enumerate().map(async |(number, framed)| {
        // The order in which these requests are answered is another at each site.
        let article = format!("a{number}");
        let key = event_key(number as u64);
        let body = serde_json::json!({ "events": [read(&article, &key)] }).to_string();
        let request = framed
            .replace("LENGTH", &body.len().to_string())
            .replace("SIZE", &format!("{:x}", body.len()))
            .replace("BODY", &body)
            .replace("AGENT", &agent);
        let [one, other] = [0, 1].map(|at| {
            let request = request.replace("PATH", PATHS[at]);
            async move { answers(addresses[at], &request).await }
        });
        let (one, other) = tokio::join!(one, other);
        assert_eq!(one, other, "{framed:?}");
        one.iter().any(|line| line.starts_with("HTTP/1.1 200"))
    });
    let taken = join_all(both).await.into_iter().filter(|taken| *taken);
    assert!(taken.count() > 8);
    for name in ["gema_requests", "gema_refused", "gema_events"] {
        assert_eq!(lines(&direct, name).await, lines(&routed, name).await);
    }
}
