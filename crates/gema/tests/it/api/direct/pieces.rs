use std::{net::SocketAddr, time::Duration};

use store_contract::soak::rounds;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{
    any::{AnyRequest, site, state},
    bytes::serve,
};
use crate::{random::Random, site::TestSite};

/// A header that has no meaning here, but only hyper knows that.
const THROUGH_HYPER: &str = "connection: keep-alive, x\r\n";

/// The last request of a conversation, after whose response the endpoint closes the connection.
const END: &[u8] = b"GET /health/live HTTP/1.1\r\nconnection: close\r\n\r\n";

/// A body that fits in one piece. Longer ones are refused before they are received, and close the connection.
const MAX_BODY_BYTES: usize = 8000;

/// Sends these pieces and returns the responses, without dates.
async fn converse(address: SocketAddr, pieces: &[Vec<u8>]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    for piece in pieces {
        stream.write_all(piece).await.unwrap();
        // Most responses are ready then; if not, the next piece arrives while one is awaited.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    stream.write_all(END).await.unwrap();
    let mut answer = Vec::new();
    let closed = timeout(Duration::from_secs(20), stream.read_to_end(&mut answer));
    closed.await.expect("closed").unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let mut parts = answer.split("date: ");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| {
        text + "date:" + &part["Sun, 06 Nov 1994 08:49:37 GMT".len()..]
    })
}

/// The responses with their headers in alphabetical order.
fn sorted(answer: &str) -> Vec<&str> {
    let mut lines: Vec<_> = answer.split("\r\n").collect();
    for head in lines.split_mut(|line| line.is_empty()) {
        head.sort_unstable();
    }
    lines
}

/// Cuts the bytes where `random` says.
fn cut(bytes: &[u8], random: &mut Random) -> Vec<Vec<u8>> {
    let mut pieces = vec![bytes.to_vec()];
    for _ in 0..random.below(3) {
        let last = pieces.last_mut().unwrap();
        let at = random.below(last.len() as u64) as usize;
        let rest = last.split_off(at);
        pieces.push(rest);
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Requests for the early path, for hyper, and for the router.
type ForEachPath = [Vec<Vec<u8>>; 3];

/// Some requests of this kind.
fn some(random: &mut Random, kind: impl Fn(&mut Random) -> AnyRequest) -> ForEachPath {
    let mut requests = Vec::new();
    while requests.is_empty() || random.below(3) > 0 {
        let request = kind(random);
        if request.body_bytes() <= MAX_BODY_BYTES {
            requests.push(request);
        }
    }
    let of = |is_direct, further| -> Vec<_> {
        let bytes = requests
            .iter()
            .map(|request| request.bytes(is_direct, further));
        bytes.collect()
    };
    [of(true, ""), of(true, THROUGH_HYPER), of(false, "")]
}

/// Has conversations with three like sites, and compares the responses and what the sites have counted.
async fn converse_alike(
    sites: [TestSite; 3],
    conversations: u32,
    mut conversation: impl FnMut(u32) -> ForEachPath,
) {
    let mut addresses = Vec::new();
    for site in &sites {
        addresses.push(serve(site).await);
    }
    let mut taken = 0;
    for number in 0..conversations {
        let [early, hyper, routed] = conversation(number);
        let shown = String::from_utf8_lossy(&early.concat()).into_owned();
        let early = converse(addresses[0], &early).await;
        let hyper = converse(addresses[1], &hyper).await;
        let routed = converse(addresses[2], &routed).await;
        assert_eq!(early, hyper, "{number}: {shown}");
        assert_eq!(sorted(&early), sorted(&routed), "{number}: {shown}");
        taken += early.matches("HTTP/1.1 200").count() - 1;
    }
    assert!(taken > conversations as usize / 4, "{taken} were taken");
    let [early, hyper, routed] = &sites;
    let expected = state(routed).await;
    assert_eq!(state(early).await, expected);
    assert_eq!(state(hyper).await, expected);
}

#[tokio::test]
async fn any_request_is_answered_alike_early_and_by_hyper() {
    let (mut random, seed) = Random::new();
    println!("GEMA_SEED={seed}");
    for proxies in [None, Some("127.0.0.1")] {
        let sites = [(); 3].map(|()| site(proxies, |_| {}));
        let next = |_| some(&mut random, AnyRequest::new);
        converse_alike(sites, rounds(200, 5000), next).await;
    }
}

#[tokio::test]
async fn pieces_of_requests_are_answered_alike_early_and_by_hyper() {
    let (mut random, seed) = Random::new();
    println!("GEMA_SEED={seed}");
    // A request that a limit refuses closes the connection, if its body has not arrived.
    let sites = [(); 3].map(|()| site(None, |config| config.limits = None));
    let next = |number: u32| {
        let [early, hyper, routed] = some(&mut random, AnyRequest::usual);
        let early = match number % 2 {
            0 => {
                let each = early.iter().map(|request| cut(request, &mut random));
                each.flatten().collect()
            }
            _ => cut(&early.concat(), &mut random),
        };
        [early, hyper, vec![routed.concat()]]
    };
    converse_alike(sites, rounds(200, 5000), next).await;
}
