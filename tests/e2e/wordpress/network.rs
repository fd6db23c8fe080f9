use serde_json::json;

use super::{
    newsroom, opens, ours,
    site::{CURRENT, WordPress},
};
use crate::reader::Reader;

/// The plugin's remaining data on both sites: options, scheduled events, post fields.
const LEFT: &str = r#"
    global $wpdb;
    echo wp_json_encode(array_map(function ($site) use ($wpdb) {
        switch_to_blog($site);
        $left = array(
            (int) $wpdb->get_var("SELECT COUNT(*) FROM $wpdb->options WHERE option_name LIKE '%gema_%'"),
            substr_count(serialize(_get_cron_array()), 'gema_'),
            (int) $wpdb->get_var("SELECT COUNT(*) FROM $wpdb->postmeta WHERE meta_key LIKE '%gema%'"),
        );
        restore_current_blog();
        return $left;
    }, array(1, 2)));
"#;

#[test]
fn sites_of_a_network_count_apart_and_uninstall_cleans_all() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    assert_eq!(site.becomes_a_network(), 2);
    let reader = Reader::new();
    // The second site's first post has the same number as a post of the first site.
    for (path, key) in [("/?p=1", "wp-1"), ("/dua/?p=1", "wp-2-1")] {
        opens(&reader, &site.url(path));
        assert_eq!(
            ours(&reader),
            json!([format!("gema-article {key}"), "script"])
        );
        newsroom.has_reads(key, 1);
    }
    let left = |what: &str| site.administers(&format!("{what} {LEFT}"));
    let use_both =
        "foreach (array(1, 2) as $site) { switch_to_blog($site); Gema\\schedule_collection();
        Gema\\counts_of(array(1)); restore_current_blog(); }";
    let left_by_use: Vec<[u32; 3]> = serde_json::from_str(&left(use_both)).expect("numbers");
    assert!(
        left_by_use.iter().flatten().all(|number| *number > 0),
        "{left_by_use:?}"
    );
    let deactivated: Vec<[u32; 3]> =
        serde_json::from_str(&left("deactivate_plugins('gema/gema.php', false, true);"))
            .expect("numbers");
    assert!(
        deactivated.iter().all(|[_, planned, _]| *planned == 0),
        "{deactivated:?}"
    );
    assert_eq!(
        left("uninstall_plugin('gema/gema.php');"),
        "[[0,0,0],[0,0,0]]"
    );
    site.is_quiet();
}
