use serde_json::json;

use super::{
    newsroom,
    site::{CURRENT, WordPress},
};
use crate::{looks::take, patience::until, reader::Reader};

/// The plugin's notice above the list of posts.
const NOTICE: &str = "document.querySelector('#gema-push-notice p')?.innerText ?? null";

#[test]
fn publishing_a_post_sends_its_copy_and_trash_removes_it() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    let (id, key) = (site.id("banjir"), site.key("banjir"));
    let shown = || newsroom.shows(&key);
    site.runs(&format!(
        "wp_update_post(array('ID' => {id}, 'post_excerpt' => 'Air <b>surut</b> & kering.'));"
    ));
    site.runs_what_is_due();
    let copy = shown();
    for part in [
        "Banjir “mulai” surut & kering",
        "admin",
        "2026-02-01",
        &site.url("/banjir/"),
    ] {
        assert!(copy.contains(part), "{part}: {copy}");
    }
    newsroom.imports(&format!("article,reads\n{key},7\n"));
    // A new address is sent, and the counts stay: the key is the post's number.
    site.runs(&format!(
        "wp_update_post(array('ID' => {id}, 'post_name' => 'banjir-surut'));"
    ));
    site.runs_what_is_due();
    assert!(shown().contains(&site.url("/banjir-surut/")), "{}", shown());
    for withdrawn in [
        "wp_trash_post(ID);",
        "wp_update_post(array('ID' => ID, 'post_status' => 'private'));",
        "wp_update_post(array('ID' => ID, 'post_password' => 'kunci'));",
    ] {
        site.runs(
            &withdrawn
                .replace("ID", &id.to_string())
                .replace(&format!("'{id}'"), "'ID'"),
        );
        site.runs_what_is_due();
        assert!(
            !shown().contains("Banjir") && newsroom.tally(&key).reads == 7,
            "{withdrawn} {}",
            shown()
        );
        let back = format!(
            "wp_untrash_post({id}); wp_update_post(array('ID' => {id}, 'post_status' => 'publish', 'post_password' => ''));"
        );
        site.runs(&back);
        site.runs_what_is_due();
        assert!(shown().contains("Banjir"), "{withdrawn} {}", shown());
    }
    site.runs(&format!("wp_delete_post({id}, true);"));
    site.runs_what_is_due();
    assert!(!shown().contains("Banjir"));
    // Content that readers do not see is never sent: drafts and pages.
    for name in ["rancangan", "laman"] {
        site.runs(&format!(
            "wp_update_post(array('ID' => {}, 'post_title' => 'Lain'));",
            site.id(name)
        ));
    }
    site.runs_what_is_due();
    assert_eq!(
        (
            newsroom.tally(&site.key("rancangan")).rev,
            newsroom.tally(&site.key("laman")).rev
        ),
        (0, 0)
    );
    site.is_quiet();
}

#[test]
fn an_absent_endpoint_delays_no_editor_and_gets_the_post_later() {
    let mut newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    let (id, key) = (site.id("lama-1"), site.key("lama-1"));
    newsroom.is_killed();
    let reader = Reader::new();
    site.lets_in(&reader);
    // Saving the post makes no request.
    let requests = site.runs(&format!(
        "$asked = 0; add_filter('pre_http_request', function ($no) use (&$asked) {{ $asked++; return $no; }});
         wp_update_post(array('ID' => {id}, 'post_title' => 'Baru')); echo $asked;"
    ));
    assert_eq!(requests, "0");
    let next = || {
        site.runs(&format!(
            "echo wp_next_scheduled('gema_push', array({id})) - time();"
        ))
    };
    let seconds = |text: String| text.parse::<i64>().expect("seconds");
    assert!(seconds(next()) <= 0);
    site.runs_what_is_due();
    assert!((50..=60).contains(&seconds(next())), "{}", next());
    site.runs(&format!("do_action('gema_push', {id});"));
    assert!(
        (290..=300).contains(&seconds(next())),
        "each attempt waits longer: {}",
        next()
    );
    reader.goes_to(&site.url("/wp-admin/edit.php"));
    let notice = reader.finds(NOTICE).to_string();
    assert!(
        notice.contains("1 post could not be sent") && notice.contains("The next attempt is in"),
        "{notice}"
    );
    take(&reader, "wordpress-notice");

    newsroom.restart();
    reader.runs(
        "document.querySelector('#gema-push-notice button').click()",
        &[],
    );
    until("the next attempt", true, || seconds(next()) <= 0);
    site.runs_what_is_due();
    assert!(newsroom.shows(&key).contains("Baru"));
    reader
        .goes_to(&site.url("/wp-admin/edit.php"))
        .sees(NOTICE, json!(null));
    site.is_quiet();
}

#[test]
fn posts_from_before_the_plugin_are_sent_by_a_button() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    let reader = Reader::new();
    site.lets_in(&reader);
    reader.goes_to(&site.url("/wp-admin/options-general.php?page=gema"));
    reader.runs(
        "document.querySelector('[name=what][value=all]').form.querySelector('button').click()",
        &[],
    );
    let answer = "document.querySelector('#gema-headlines + .notice')?.innerText ?? ''";
    reader.sees(&format!("({answer}).includes('now being sent')"), true);
    until("a plan", true, || {
        site.runs("echo (int) wp_next_scheduled('gema_push_all', array(0));") != "0"
    });
    site.runs_what_is_due();
    for (name, is_there) in [
        ("lama-1", true),
        ("blok", true),
        ("rahasia", false),
        ("rancangan", false),
        ("laman", false),
    ] {
        let shown = newsroom.shows(&site.key(name));
        assert_eq!(shown.contains(&site.url("/")), is_there, "{name}: {shown}");
    }
}

/// Tables and fields of other counters.
const EARLIER: &str = r"
    global $wpdb;
    $wpdb->query('CREATE TABLE wp_popularpostsdata (postid bigint(20) NOT NULL, day datetime NOT NULL, last_viewed datetime NOT NULL, pageviews bigint(20) DEFAULT 1, PRIMARY KEY (postid))');
    $wpdb->query('CREATE TABLE wp_post_views (id bigint unsigned NOT NULL, type tinyint(1) unsigned NOT NULL, period varchar(8) NOT NULL, count bigint unsigned NOT NULL, PRIMARY KEY (type, period, id))');
    foreach ([[FIRST, 841], [PAGE, 5], [99999, 3]] as [$post, $views]) {
        $wpdb->insert('wp_popularpostsdata', ['postid' => $post, 'day' => '2024-01-01', 'last_viewed' => '2024-01-01', 'pageviews' => $views]);
    }
    foreach ([[0, '20240101', 4], [4, 'total', 99]] as [$type, $period, $views]) {
        $wpdb->insert('wp_post_views', ['id' => FIRST, 'type' => $type, 'period' => $period, 'count' => $views]);
    }
    update_post_meta(FIRST, 'views', '1,234');
    update_post_meta(SECOND, 'views', 'abc');
    update_post_meta(SECOND, 'post_views_count', '12');
";

#[test]
fn earlier_counts_are_shown_by_a_dry_run_and_imported_once() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    let (first, second) = (site.id("lama-1"), site.id("lama-2"));
    let key = site.key("lama-1");
    let earlier = EARLIER
        .replace("FIRST", &first.to_string())
        .replace("SECOND", &second.to_string());
    site.runs(&earlier.replace("PAGE", &site.id("laman").to_string()));
    newsroom.imports(&format!("article,reaction:happy\n{key},5\n"));
    let reader = Reader::new();
    site.lets_in(&reader);
    let press = |what: &str| {
        reader.goes_to(&site.url("/wp-admin/options-general.php?page=gema"));
        reader.runs(
            "document.querySelector('#gema-source').value = 'popular-posts'",
            &[],
        );
        reader.runs(
            &format!("document.querySelector('[name=what][value={what}]').click()"),
            &[],
        );
    };
    press("dry-run");
    let expected = "841 reads (posts: 1). Posts left out, because they have no count or are not counted here: 2.";
    reader.sees(
        &format!("document.querySelector('#gema-dry-run')?.innerText.includes({expected:?})"),
        true,
    );
    let sums = site.runs(
        "echo wp_json_encode(array_map(fn($name) => array_values(Gema\\import_dry_run($name)), array_keys(Gema\\import_sources())));",
    );
    // Posts, reads, and skipped posts.
    assert_eq!(sums, "[[1,1234,1],[1,12,0],[1,841,2],[1,99,0]]");
    assert_eq!(newsroom.tally(&key).reads, 0, "a dry run sends nothing");

    press("import");
    reader.sees(
        "document.querySelector('#gema-import-state') !== null",
        true,
    );
    site.runs_what_is_due();
    reader.goes_to(&site.url("/wp-admin/options-general.php?page=gema"));
    reader.sees(
        "document.querySelector('#gema-import-state').innerText",
        "The import is done: 841 reads (posts: 1).",
    );
    assert_eq!(newsroom.tally(&key).reads, 841);
    for (source, reads) in [("popular-posts", 841), ("wp-postviews", 1234)] {
        site.runs(&format!(
            "Gema\\start_import('{source}'); Gema\\import_in_background();"
        ));
        // Counts are set, not added; reactions from another counter stay.
        assert_eq!(newsroom.tally(&key).reads, reads, "{source}");
        newsroom.has_reactions(&key, &[("happy", 5)]);
    }
    assert_eq!(newsroom.tally(&site.key("laman")).rev, 0);
    site.is_quiet();
}

#[test]
fn import_takes_the_greater_of_two_fields_at_any_batch_size() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    let (first, second) = (site.id("lama-1"), site.id("lama-2"));
    for (post, views) in [(first, 3), (first, 841), (second, 7), (second, 5)] {
        site.runs(&format!("add_post_meta({post}, 'views', '{views}');"));
    }
    let parts = "$after = 0; $all = array(); while ($part = Gema\\import_counts('wp-postviews', $after, LIMIT)) { $all += $part; $after = array_key_last($part); }
        echo wp_json_encode($all);";
    for limit in ["1", "2", "50"] {
        assert_eq!(
            site.runs(&parts.replace("LIMIT", limit)),
            format!(r#"{{"{first}":841,"{second}":7}}"#),
            "{limit}"
        );
    }
}

#[test]
fn an_interrupted_import_resumes() {
    let mut newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    let (first, second) = (site.id("lama-1"), site.id("lama-2"));
    site.runs(&format!("update_post_meta({first}, 'views', '3'); update_post_meta({second}, 'views', '4'); Gema\\start_import('wp-postviews');"));
    newsroom.is_killed();
    site.runs_what_is_due();
    assert!(site.runs("echo get_option('gema_import')['error'];").len() > 5);
    newsroom.restart();
    site.runs("Gema\\import_in_background();");
    assert_eq!(
        (
            newsroom.tally(&site.key("lama-1")).reads,
            newsroom.tally(&site.key("lama-2")).reads
        ),
        (3, 4)
    );
    let state = site.runs("echo wp_json_encode(get_option('gema_import'));");
    assert!(state.contains("\"error\":\"\",\"done\":true"), "{state}");
}
