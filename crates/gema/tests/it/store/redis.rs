use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use store::Store;
use store_contract::{Engine, contract};

use crate::servers::Servers;

/// Three masters and three replicas.
mod cluster {
    use super::{Six, contract};

    contract!(Six);
}
/// Erasure of deleted data from the servers' files, and deletion when the servers have no memory left.
mod erasure;
/// Migration from one engine to another.
mod migrate;
/// One server.
mod one {
    use super::{One, contract};

    contract!(One);
}
/// Reads that the newsroom's pages need.
mod newsroom;
/// Tests of this engine only.
mod own;
/// Slots that are being migrated.
mod resharding;
/// A server that answers slowly.
mod slow;

/// A key prefix of its own on the single server that all tests share.
struct One(String);

/// A key prefix of its own on the cluster of six servers that all tests share.
struct Six(String);

fn url(servers: &Servers, scheme: &str) -> String {
    static NEXT_DATABASE: AtomicU64 = AtomicU64::new(0);
    let number = NEXT_DATABASE.fetch_add(1, Ordering::Relaxed);
    format!("{}?prefix=t{number}", servers.url(scheme))
}

/// The server that all tests share.
fn one_server() -> &'static Servers {
    static ONE_SERVER: OnceLock<Servers> = OnceLock::new();
    ONE_SERVER.get_or_init(Servers::one)
}

/// The cluster that all tests share.
fn six_servers() -> &'static Servers {
    static CLUSTER_SERVERS: OnceLock<Servers> = OnceLock::new();
    CLUSTER_SERVERS.get_or_init(Servers::cluster)
}

/// The URL of a new, empty store on the cluster that all tests share.
pub(crate) fn cluster_url() -> String {
    url(six_servers(), "redis+cluster")
}

/// The key prefix in a store's URL.
fn prefix(url: &str) -> &str {
    url.split_once("prefix=").unwrap().1
}

impl One {
    /// The key prefix.
    fn prefix(&self) -> &str {
        prefix(&self.0)
    }
}

impl Engine for One {
    const COST: u32 = 5;

    fn new() -> Self {
        Self(url(one_server(), "redis"))
    }

    fn open(&self) -> Arc<dyn Store> {
        engines::open(&self.0).unwrap()
    }

    fn check(&self) {
        check(self.open());
    }
}

impl Engine for Six {
    const COST: u32 = 20;

    fn new() -> Self {
        Self(cluster_url())
    }

    fn open(&self) -> Arc<dyn Store> {
        engines::open(&self.0).unwrap()
    }

    fn check(&self) {
        check(self.open());
    }
}

/// Checks the store on a thread of its own, because the caller may be on a runtime.
fn check(store: Arc<dyn Store>) {
    let checking = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(store.check()).unwrap()
    });
    let check = checking.join().unwrap();
    assert_eq!((check.found, check.findings), (0, Vec::new()));
}
