//! Whether servers keep what they acknowledge: whole sites have lost their counts to servers that were set up as caches. And
//! whether they can do what is asked of them at all.

use metrics::Storing;
use redis::Value;
use store::OpenError;

use super::{
    cluster::Cluster,
    command::Command,
    fitness,
    place::{Address, Place},
    reply::{list, utf8},
};

/// A setting, what it must be, and what happens if not.
struct Rule {
    setting: &'static str,
    must_be: &'static str,
    or_else: &'static str,
}

const RULES: [Rule; 3] = [
    Rule { setting: "maxmemory-policy", must_be: "noeviction", or_else: "it throws counts away when memory is short" },
    Rule { setting: "appendonly", must_be: "yes", or_else: "it keeps nothing on disk between its snapshots" },
    Rule { setting: "appendfsync", must_be: "always", or_else: "it acknowledges what is not on disk yet" },
];

/// Looks at every server, on connections that end with it. A thread of its own, since whoever opens a store cannot wait on hers.
pub(super) fn look(place: &Place) -> Result<(), OpenError> {
    let place = place.clone();
    let looking = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(look_at_all(place))
    });
    looking.join().map_err(|_| OpenError::Redis("the look at its settings failed".into()))?
}

async fn look_at_all(place: Place) -> Result<(), OpenError> {
    let is_unsafe = place.is_unsafe;
    let cluster = Cluster::new(place, Storing::default());
    let servers = cluster.servers().await;
    if servers.is_empty() {
        for server in &cluster.place().servers {
            fitness::look_at(&cluster, server).await?;
        }
        return Err(OpenError::Redis("none of the servers that the URL names says who is in the cluster".into()));
    }
    for server in &servers {
        fitness::look_at(&cluster, server).await?;
        warn_of_coverage(&cluster, server).await;
        let found = look_at(&cluster, server).await;
        match found {
            Err(OpenError::Unsafe(why)) if is_unsafe => {
                tracing::warn!("{why}: counts may be lost, and the URL says that this is meant so");
            }
            // The others answer for it meanwhile.
            Err(OpenError::Redis(why)) if servers.len() > 1 => tracing::warn!("{why}: its settings were not looked at"),
            other => other?,
        }
    }
    fitness::try_scripts(&cluster).await
}

/// With this, a part that has no master stops all others.
async fn warn_of_coverage(cluster: &Cluster, (host, port): &Address) {
    const SETTING: &str = "cluster-require-full-coverage";
    if !cluster.place().is_cluster {
        return;
    }
    let answer = cluster.ask_server(&(host.clone(), *port), Command::new("CONFIG").arg("GET").arg(SETTING)).await;
    if answer.is_ok_and(|answer| value(&answer) == Some("yes")) {
        tracing::warn!(
            "{host}:{port} has `{SETTING} yes`: while one master and its replicas are away, no event is taken in any slot. Set it to \
             `no` (CONFIG SET {SETTING} no, then CONFIG REWRITE)"
        );
    }
}

async fn look_at(cluster: &Cluster, server: &Address) -> Result<(), OpenError> {
    let name = format!("{}:{}", server.0, server.1);
    for Rule { setting, must_be, or_else } in &RULES {
        let answer = cluster.ask_server(server, Command::new("CONFIG").arg("GET").arg(*setting)).await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(why) if why.contains("NOPERM") || why.contains("unknown command") => {
                let cannot = "does not let its settings be looked at: see to it yourself that `maxmemory-policy` is noeviction, \
                              `appendonly` yes and `appendfsync` always, then add `unsafe=1` to the URL's options";
                return Err(OpenError::Unsafe(format!("{name} {cannot}")));
            }
            Err(why) => return Err(OpenError::Redis(format!("{name} does not answer: {why}"))),
        };
        let is = value(&answer).unwrap_or_default();
        if is != *must_be {
            return Err(OpenError::Unsafe(format!(
                "{name} has `{setting} {is}`: {or_else}. Set it to `{must_be}` (CONFIG SET {setting} {must_be}, then CONFIG REWRITE), \
                 or add `unsafe=1` to the URL's options if counts may be lost"
            )));
        }
    }
    Ok(())
}

fn value(answer: &Value) -> Option<&str> {
    list(answer).get(1).and_then(utf8)
}
