//! Checks at startup whether servers can do what is required: version, role, and every script, each tried once.
//! Failing at startup tells the operator before the first event fails.

use store::OpenError;

use super::{
    cluster::{Cluster, ClusterPart, TrialResult},
    command::{Command, Script},
    keys::KeyNames,
    reply::utf8,
    slot::Slot,
    url::{Address, RedisUrl},
};

/// The oldest version of Redis with the script features that are used. Valkey reports itself as 7.2.
const MIN_REDIS_VERSION: (u32, u32) = (7, 0);

/// Checks that the server's version and role fit the URL. Skipped if INFO is not permitted: `try_scripts` covers the
/// rest.
pub(super) async fn check_server(cluster: &Cluster, server: &Address) -> Result<(), OpenError> {
    let Ok(info) = cluster.request_server(server, Command::new("INFO")).await else {
        return Ok(());
    };
    check_info(cluster.url(), server, utf8(&info).unwrap_or_default())
}

/// Checks a reply to INFO.
fn check_info(url: &RedisUrl, (host, port): &Address, info: &str) -> Result<(), OpenError> {
    let field = |name: &str| {
        info.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .map(str::trim)
    };
    let unfit = |why: String| Err(OpenError::Unfit(format!("{host}:{port} {why}")));
    if field("redis_mode") == Some("sentinel") {
        return unfit(
            "is a Sentinel, which keeps no counts: name the server that it watches".into(),
        );
    }
    if let Some(version) = field("redis_version").filter(|version| is_too_old(version)) {
        let (major, minor) = MIN_REDIS_VERSION;
        return unfit(format!(
            "is Redis {version}: gema needs Redis {major}.{minor} or newer, or Valkey; install one of these"
        ));
    }
    match (url.is_cluster, field("cluster_enabled")) {
        (false, Some("1")) => {
            return unfit(format!(
                "is a member of a cluster, of which redis:// sees one server, and waits for no replica: write redis+cluster://{host}:{port}"
            ));
        }
        (true, Some("0")) => {
            return unfit(format!(
                "is not part of a cluster: write redis://{host}:{port}"
            ));
        }
        _ => {}
    }
    if !url.is_cluster && field("role") == Some("slave") {
        let master = |part| field(part).unwrap_or("?");
        let host = master("master_host");
        let port = master("master_port");
        return unfit(format!(
            "is a replica, which takes no writes: name its master, {host}:{port}"
        ));
    }
    Ok(())
}

fn is_too_old(version: &str) -> bool {
    let mut numbers = version
        .split('.')
        .map_while(|number| number.parse::<u32>().ok());
    numbers
        .next()
        .is_some_and(|major| (major, numbers.next().unwrap_or(0)) < MIN_REDIS_VERSION)
}

/// Runs every script on each reachable master, on keys that are deleted afterwards.
pub(super) async fn try_scripts(cluster: &Cluster) -> Result<(), OpenError> {
    for ClusterPart { slot, .. } in cluster.known_parts() {
        let Some((slot, server)) = slot.and_then(|slot| Some((slot, cluster.master(slot)?))) else {
            continue;
        };
        let (host, port) = &server;
        match cluster
            .try_on(&server, trial_commands(&cluster.url().prefix, slot))
            .await
        {
            TrialResult::Done => {}
            // Only this part's events have to wait.
            TrialResult::Later(why) => {
                tracing::warn!("{host}:{port} accepts no writes now: {why}")
            }
            TrialResult::Never(why) => {
                let remedy = "let gema's user run EVAL, EVALSHA and what they call, and see that the server is Redis 7 or Valkey";
                return Err(OpenError::Unfit(format!(
                    "{host}:{port} does not run gema's scripts: {why}. {remedy}"
                )));
            }
        }
    }
    Ok(())
}

/// Runs each script once, as it is used. The replies are ignored; only errors matter.
fn trial_commands(prefix: &str, slot: Slot) -> Vec<Command> {
    let names = KeyNames::new(prefix);
    let tag = slot.tag();
    let key = |of: &str| names.standalone_key(&format!("try-{of}"), &tag).0;
    let [record, days, hours, votes] = ["record", "days", "hours", "votes"].map(key);
    let [seen, more, rollups, changes] = ["seen", "more", "rollups", "changes"].map(key);
    let [salts, durable, flag] = ["salts", "durable", "notice"].map(key);
    let mark = "0123456789abcdef";
    let apply = Command::script(
        Script::Apply,
        [&record, &days, &hours, &votes, &seen].map(Clone::clone),
    )
    // The article, the hour, two tables, one mark of the visitor's, and two events.
    .args(["", "0", "1", "try", "0", "voted", "60", "", "9", "60"])
    .args(["2", "4", "1", "5", "1", "1", mark, "4"])
    .args([
        "2", "once", "reads", "", "2", "1", mark, "5", "vote", "happy", "1", "",
    ]);
    let lock = Command::script(Script::Lock, [record.clone()]).args(["token", "1000", "0"]);
    let add_marks = Command::script(Script::AddMarks, [record.clone(), votes.clone()])
        .args(["token", "60", mark, "x", "2"]);
    let commits = [Script::Commit, Script::CommitErasure].map(|commit| {
        Command::script(commit, [record.clone(), days.clone()])
            .args(["token", "0", "4", "HSET", "2", "try", "1"])
    });
    let [commit, commit_erasure] = commits;
    let split_bucket = Command::script(
        Script::SplitBucket,
        [record.clone(), votes.clone(), votes.clone(), more.clone()],
    );
    vec![
        apply,
        Command::script(Script::MarkListed, [record.clone()]).arg("1"),
        lock,
        add_marks,
        commit,
        commit_erasure,
        split_bucket.args(["1", "token"]),
        Command::script(Script::Release, [record.clone()]).arg("token"),
        Command::script(Script::Redirect, [record.clone()]).arg(""),
        Command::script(Script::RotateSalt, [salts.clone(), durable.clone()])
            .args(["0", "salt", "60"]),
        Command::script(Script::SwapFlag, [flag.clone()]).args(["", "try", "1000"]),
        Command::script(Script::NoteErasure, [flag.clone()]).arg("try"),
        Command::script(Script::SwapField, [record.clone()]).args(["try", "", "1"]),
        Command::script(Script::NoteChangedDays, [rollups.clone()]).arg("1"),
        Command::script(Script::ReadRollups, [rollups.clone(), days.clone()]),
        Command::script(Script::NoteIndexChange, [changes.clone()]).args(["60", "1", "try"]),
        Command::new("DEL").args([record, days, hours, votes, seen, more]),
        Command::new("DEL").args([salts, durable, flag, rollups, changes]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_info_rejects_old_versions_and_wrong_roles() {
        let says = |url: &str, info: &str| {
            let url = RedisUrl::parse(url).unwrap();
            match check_info(&url, &url.servers[0], info) {
                Ok(()) => String::new(),
                Err(error) => error.to_string(),
            }
        };
        let well = "# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nrole:master\r\ncluster_enabled:0\r\n";
        let member =
            "redis_version:7.2.4\r\nserver_name:valkey\r\nrole:slave\r\ncluster_enabled:1\r\n";
        assert_eq!(
            (
                says("redis://a:1", well),
                says("redis+cluster://a:1", member)
            ),
            <(String, String)>::default()
        );
        assert_eq!(says("redis://a:1", "redis_version:10.0.1\r\n"), "");
        assert_eq!(says("redis://a:1", "what is that"), "");
        for (url, info, remedy) in [
            (
                "redis://a:1",
                "redis_version:6.2.14\r\n",
                "is Redis 6.2.14: gema needs Redis 7.0",
            ),
            (
                "redis+cluster://a:1",
                "redis_version:5.0.7\r\ncluster_enabled:1\r\n",
                "needs Redis 7.0",
            ),
            ("redis://a:1", member, "write redis+cluster://a:1"),
            ("redis+cluster://a:1", well, "write redis://a:1"),
            (
                "redis://a:1",
                "role:slave\r\nmaster_host:b\r\nmaster_port:2\r\n",
                "name its master, b:2",
            ),
            (
                "redis://a:1",
                "redis_version:7.0.15\r\nredis_mode:sentinel\r\n",
                "name the server that it watches",
            ),
        ] {
            assert!(
                says(url, info).contains(remedy),
                "{info}: {}",
                says(url, info)
            );
        }
    }
}
