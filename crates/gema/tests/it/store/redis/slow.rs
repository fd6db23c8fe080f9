use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use store_contract::{Engine, TODAY, changes, read, site, steps::apply};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::{One, one_server};

/// For how long a probe is held back: longer than readiness waits for it.
const HELD_FOR: Duration = Duration::from_millis(700);

/// How long readiness is known, and a little more.
const FORGOTTEN_AFTER: Duration = Duration::from_millis(1100);

/// A proxy of a server that can hold back probes, and whatever follows them on the same connection.
struct Proxy {
    port: u16,
    holds_probes: Arc<AtomicBool>,
}

impl Proxy {
    async fn of(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let holds_probes = Arc::new(AtomicBool::default());
        let holds = Arc::clone(&holds_probes);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, server, Arc::clone(&holds)));
            }
        });
        Self { port, holds_probes }
    }
}

async fn pass(client: TcpStream, server: u16, holds_probes: Arc<AtomicBool>) {
    let server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
    let mut piece = vec![0; 65_536];
    while let Ok(length @ 1..) = from_client.read(&mut piece).await {
        let sent = &piece[..length];
        let is_probe = sent.windows(4).any(|part| part == b":try");
        if is_probe && holds_probes.load(Ordering::Relaxed) {
            tokio::time::sleep(HELD_FOR).await;
        }
        if to_server.write_all(sent).await.is_err() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_goes_by_events_while_its_probe_waits() {
    let One(url) = One::new();
    let server = one_server().ports[0];
    let proxy = Proxy::of(server).await;
    let url = url.replace(&server.to_string(), &proxy.port.to_string());
    let store = engines::open(&url).unwrap();
    apply(&store, changes(1, [read("a", 1)])).await;
    let sites = [(site(), TODAY)];
    assert!(store.readiness(&sites).await.is_ok());

    proxy.holds_probes.store(true, Ordering::Relaxed);
    tokio::time::sleep(FORGOTTEN_AFTER).await;
    assert!(
        store.readiness(&sites).await.is_err(),
        "nothing shows that events are taken"
    );
    tokio::time::sleep(FORGOTTEN_AFTER).await;
    let event = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        apply(&store, changes(1, [read("a", 2)])).await;
    };
    let (ready, ()) = tokio::join!(store.readiness(&sites), event);
    assert!(ready.is_ok(), "an event was acknowledged meanwhile");
}
