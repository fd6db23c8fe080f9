//! Durability checks at startup: servers that are configured as caches lose counts. Also runs the checks of `compatibility`.

use metrics::StoreMetrics;
use redis::Value;
use store::OpenError;

use super::{
    cluster::Cluster,
    command::Command,
    compatibility,
    reply::{list, utf8},
    url::{Address, RedisUrl},
};

/// A required setting, and the consequence of another value.
struct RequiredSetting {
    setting: &'static str,
    must_be: &'static str,
    or_else: &'static str,
}

const REQUIRED_SETTINGS: [RequiredSetting; 3] = [
    RequiredSetting {
        setting: "maxmemory-policy",
        must_be: "noeviction",
        or_else: "it throws counts away when memory is short",
    },
    RequiredSetting {
        setting: "appendonly",
        must_be: "yes",
        or_else: "it keeps nothing on disk between its snapshots",
    },
    RequiredSetting {
        setting: "appendfsync",
        must_be: "always",
        or_else: "it acknowledges what is not on disk yet",
    },
];

/// Checks every server, on temporary connections. Uses a thread of its own, because the caller may be on a runtime
/// that must not block.
pub(super) fn check_servers(url: &RedisUrl) -> Result<(), OpenError> {
    let url = url.clone();
    let check = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(check_all_servers(url))
    });
    check
        .join()
        .map_err(|_| OpenError::Redis("the look at its settings failed".into()))?
}

async fn check_all_servers(url: RedisUrl) -> Result<(), OpenError> {
    let is_unsafe = url.is_unsafe;
    let cluster = Cluster::new(url, StoreMetrics::default());
    let servers = cluster.servers().await;
    if servers.is_empty() {
        for server in &cluster.url().servers {
            compatibility::check_server(&cluster, server).await?;
        }
        return Err(OpenError::Redis(
            "none of the servers that the URL names says who is in the cluster".into(),
        ));
    }
    for server in &servers {
        compatibility::check_server(&cluster, server).await?;
        warn_of_coverage(&cluster, server).await;
        let found = check_settings(&cluster, server).await;
        match found {
            Err(OpenError::Unsafe(why)) if is_unsafe => {
                tracing::warn!("{why}: counts may be lost, which the URL allows");
            }
            // This server's replicas or the other masters can serve meanwhile.
            Err(OpenError::Redis(why)) if servers.len() > 1 => {
                tracing::warn!("{why}: its settings were not looked at")
            }
            other => other?,
        }
    }
    compatibility::try_scripts(&cluster).await
}

/// With this setting, a part without a master stops all others.
async fn warn_of_coverage(cluster: &Cluster, (host, port): &Address) {
    const SETTING: &str = "cluster-require-full-coverage";
    if !cluster.url().is_cluster {
        return;
    }
    let reply = cluster
        .request_server(
            &(host.clone(), *port),
            Command::new("CONFIG").arg("GET").arg(SETTING),
        )
        .await;
    if reply.is_ok_and(|reply| value(&reply) == Some("yes")) {
        tracing::warn!(
            "{host}:{port} has `{SETTING} yes`: while one master and its replicas are away, no event is accepted in any slot. Set it to \
             `no` (CONFIG SET {SETTING} no, then CONFIG REWRITE)"
        );
    }
}

async fn check_settings(cluster: &Cluster, server: &Address) -> Result<(), OpenError> {
    let name = format!("{}:{}", server.0, server.1);
    for RequiredSetting {
        setting,
        must_be,
        or_else,
    } in &REQUIRED_SETTINGS
    {
        let reply = cluster
            .request_server(server, Command::new("CONFIG").arg("GET").arg(*setting))
            .await;
        let reply = match reply {
            Ok(reply) => reply,
            Err(why) if why.contains("NOPERM") || why.contains("unknown command") => {
                let cannot = "does not let its settings be looked at: see to it yourself that `maxmemory-policy` is noeviction, \
                              `appendonly` yes and `appendfsync` always, then add `unsafe=1` to the URL's options";
                return Err(OpenError::Unsafe(format!("{name} {cannot}")));
            }
            Err(why) => return Err(OpenError::Redis(format!("{name} does not answer: {why}"))),
        };
        let is = value(&reply).unwrap_or_default();
        if is != *must_be {
            return Err(OpenError::Unsafe(format!(
                "{name} has `{setting} {is}`: {or_else}. Set it to `{must_be}` (CONFIG SET {setting} {must_be}, then CONFIG REWRITE), \
                 or add `unsafe=1` to the URL's options if counts may be lost"
            )));
        }
    }
    Ok(())
}

fn value(reply: &Value) -> Option<&str> {
    list(reply).get(1).and_then(utf8)
}
