use std::{fs, process::Command};

use store_contract::soak::rounds;
use tokio::sync::watch;

use super::load::{LoadedSite, Sent};
use crate::{
    cli_harness::{CliHarness, GEMA, Serving},
    contains::assert_contains,
    event_oracle::EventOracle,
    random::Random,
};

/// Serves with SIGXFSZ ignored: at the limit on the size of a file, writes fail as on a full disk.
fn serves(cli: &CliHarness) -> Serving {
    let script = "trap '' XFSZ; exec \"$0\" \"$@\"";
    cli.serving(cli.command(
        "sh",
        &[
            "-c",
            script,
            GEMA,
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--limits",
            "off",
        ],
    ))
}

/// Limits the size of the files that the process writes.
fn allow(serving: &Serving, bytes: &str) {
    let pid = serving.child.id().to_string();
    let limit = format!("--fsize={bytes}:unlimited");
    assert!(
        Command::new("prlimit")
            .args(["--pid", &pid, &limit])
            .status()
            .unwrap()
            .success()
    );
}

fn bytes(cli: &CliHarness, name: &str) -> u64 {
    fs::metadata(cli.path().join(name)).map_or(0, |file| file.len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing_and_needs_no_restart() {
    let (mut random, seed) = Random::new();
    let mut cli = CliHarness::new();
    let mut oracle = EventOracle::new(16);
    let mut serving = serves(&cli);
    for round in 0..rounds(4, 100) {
        if round % 10 == 9 {
            serving.stop();
            cli = CliHarness::new();
            oracle = EventOracle::new(16);
            serving = serves(&cli);
        }
        let site = LoadedSite::at(&serving.address);
        let since = oracle.acknowledged.len();
        let room = random.below(300_000);
        println!("round {round}, GEMA_SEED={seed}, {room} bytes are free");
        let largest = bytes(&cli, "gema.db").max(bytes(&cli, "gema.db-wal"));
        allow(&serving, &(largest + room).to_string());
        let told = watch::Sender::new(0);
        let stopped = site.everybody_reads(u64::MAX / 2, &mut oracle, &told).await;
        assert!(
            stopped.len() == 16 && stopped.iter().all(|by| *by == Sent::Later(30)),
            "{stopped:?}"
        );
        // A smaller write may still fit; with a limit of 0, none does.
        allow(&serving, "0");
        assert!(!site.is_ready().await);
        let told_to_readers = site.tallies().await;
        assert_eq!(told_to_readers.len(), 4, "counts can be read");

        allow(&serving, "unlimited");
        assert!(site.is_ready().await, "without a restart");
        assert_eq!(
            site.tallies().await,
            told_to_readers,
            "no batch was applied partly"
        );
        site.everything_is_there_once(&cli, &oracle, since).await;
    }
    let log = fs::read_to_string(cli.path().join("gema.log")).unwrap();
    assert_contains(&log, &["disk of the database", "the store works again"]);
    serving.stop();
}

/// The page that holds a copy is damaged: that article cannot be shown, and everything else works.
#[test]
fn a_damaged_page_loses_only_itself_and_logs_the_remedy() {
    let cli = CliHarness::new();
    cli.article(&["put", "short.md", "--article", "a", "--title", "Judul"]);
    let file = cli.path().join("gema.db");
    let page: u32 = rusqlite::Connection::open(&file)
        .unwrap()
        .query_row(
            "select rootpage from sqlite_schema where name = 'copy'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let mut image = fs::read(&file).unwrap();
    image[(page as usize - 1) * 4096..][..4096].fill(0xa5);
    fs::write(&file, image).unwrap();

    // Without a configuration, gema would add the demo's articles first.
    let config = "database = \"gema.db\"\n[sites.demo]\norigins = [\"https://news.example\"]\nopaque_origins = true\n";
    fs::write(cli.path().join("gema.toml"), config).unwrap();
    let serving = cli.serves();
    let events = |reader: u64| {
        let key = crate::site::event_key(reader);
        serde_json::json!({ "visitor": crate::site::token(reader), "events": [crate::site::read("a", &key)] })
    };
    assert_eq!(serving.post(&events(1)).0, 200);
    let reply = serving.get("/v1/sites/demo/view?article=a&body=1");
    assert_contains(&reply, &[" 503 ", "retry-after: 30"]);
    assert_eq!(serving.post(&events(2)).0, 200, "others go on");
    assert!(
        serving
            .get("/v1/sites/demo/tallies?article=a")
            .contains("\"reads\":2")
    );
    let log = fs::read_to_string(cli.path().join("gema.log")).unwrap();
    assert!(log.contains("gema restore"), "{log}");
    assert!(cli.fails(&["check"]).1.contains("found wrong"));
}
