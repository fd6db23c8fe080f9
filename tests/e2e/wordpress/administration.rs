use serde_json::json;

use super::{
    newsroom, opens,
    site::{CURRENT, KEY, WordPress},
};
use crate::{
    looks::take,
    newsroom::Newsroom,
    page::{Draft, Page},
    reader::Reader,
};

const SETTINGS_PATH: &str = "/wp-admin/options-general.php?page=gema";

/// Fills in the settings form and saves it.
fn saves(reader: &Reader, site: &WordPress, endpoint: &str, name: &str, key: &str) {
    reader.goes_to(&site.url(SETTINGS_PATH));
    reader.runs(
        "const form = document.querySelector('form[action=\"options.php\"]');
         form.noValidate = true;
         for (const [id, value] of Object.entries(arguments[0])) document.getElementById(id).value = value;
         form.querySelector('[type=submit]').click();",
        &[json!({ "gema-endpoint": endpoint, "gema-site": name, "gema-key": key })],
    );
    reader.sees(
        "document.querySelector('#setting-error-settings_updated, .settings-error') !== null",
        true,
    );
}

/// Presses the test button; returns the problems, one sentence each.
fn tests(reader: &Reader, site: &WordPress) -> Vec<String> {
    reader.goes_to(&site.url(SETTINGS_PATH));
    reader.runs(
        "document.querySelector('[name=action][value=gema_test]').form.querySelector('[type=submit]').click()",
        &[],
    );
    reader.sees(
        "document.querySelectorAll('.gema-findings li').length > 0",
        true,
    );
    let wrong = reader.finds(
        "[...document.querySelectorAll('.gema-wrong')].map((one) => one.innerText.replace(/^\\s*Wrong:\\s*/, '').trim())",
    );
    serde_json::from_value(wrong).expect("sentences")
}

/// A server in front of an endpoint that repeats its responses, with its own headers.
fn copy_of(newsroom: &Newsroom) -> Page {
    let view = newsroom.get("/v1/sites/warta/view?article=wp-0");
    Draft::default()
        .file(
            "/v1/version",
            "application/json",
            newsroom.get("/v1/version"),
        )
        .file("/embed.js", "text/plain", newsroom.get("/embed.js"))
        .file("/v1/sites/warta/view", "application/json", view)
        .served()
}

#[test]
fn the_test_of_the_connection_names_what_is_wrong() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    let reader = Reader::new();
    site.lets_in(&reader);
    let endpoint = newsroom.url("");
    assert_eq!(tests(&reader, &site), Vec::<String>::new());
    take(&reader, "wordpress-settings");

    // Users paste the script's address instead of the endpoint's.
    saves(
        &reader,
        &site,
        &format!("{endpoint}/embed.js?site=warta"),
        "warta",
        "a-key-of-twenty-letters",
    );
    let wrong = tests(&reader, &site);
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(
        wrong[0].contains("refuses the key") && wrong[0].contains("Authorization"),
        "{wrong:?}"
    );

    let elsewhere = Newsroom::for_origins(r#"["https://warta.example"]"#);
    let (other, copied) = (Page::with("", ""), copy_of(&newsroom));
    let refused = format!("Pages of `{}` may not send", site.url(""));
    let (other, elsewhere, copied) = (other.url(""), elsewhere.url(""), copied.url(""));
    let headers = [
        "The header Content-Type of embed.js is “text/plain”",
        "The header Access-Control-Allow-Origin is “” and must be “*”",
        ".wasm does not arrive",
    ];
    let cases: [(&str, &str, &str, &[&str]); 5] = [
        (&endpoint, "koran", KEY, &["no site `koran`"]),
        (&other, "warta", "", &["not as a Gema endpoint does"]),
        (
            "http://127.0.0.1:9",
            "warta",
            "",
            &["cannot reach http://127.0.0.1:9"],
        ),
        (&elsewhere, "warta", "", &[&refused]),
        (&copied, "warta", "", &headers),
    ];
    for (endpoint, name, key, expected) in cases {
        let set =
            format!("array('endpoint' => '{endpoint}', 'site' => '{name}', 'key' => '{key}')");
        let found = site.runs(&format!(
            "update_option('gema_settings', {set}); echo wp_json_encode(Gema\\test_connection());"
        ));
        let found: Vec<(bool, String)> = serde_json::from_str(&found).expect("findings");
        let wrong: Vec<_> = found
            .into_iter()
            .filter(|(is_right, _)| !is_right)
            .map(|(_, text)| text)
            .collect();
        assert_eq!(wrong.len(), expected.len(), "{wrong:?}");
        assert!(
            wrong
                .iter()
                .zip(expected)
                .all(|(wrong, expected)| wrong.contains(expected)),
            "{wrong:?}"
        );
    }
    site.is_quiet();
}

#[test]
fn invalid_settings_are_not_saved_and_the_key_is_not_shown() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    let reader = Reader::new();
    site.lets_in(&reader);
    let saved = |name: &str| site.runs(&format!("echo Gema\\setting('{name}');"));
    for (endpoint, name, key) in [
        ("javascript:alert(1)", "WARTA!", "short"),
        (
            "https://user:word@gema.example",
            "a b",
            "a key with spaces in it",
        ),
        ("https://gema.example/#a", "\"><script>", "short"),
    ] {
        saves(&reader, &site, endpoint, name, key);
        assert_eq!(
            (saved("endpoint"), saved("site"), saved("key")),
            (newsroom.url(""), "warta".into(), KEY.into())
        );
    }
    // An empty field keeps the key; only the checkbox deletes it.
    saves(
        &reader,
        &site,
        "https://gema.example/di-bawah/",
        "warta",
        "",
    );
    assert_eq!(
        (saved("endpoint"), saved("key")),
        ("https://gema.example/di-bawah".into(), KEY.into())
    );
    let text = reader.finds("document.documentElement.outerHTML");
    assert!(!text.to_string().contains(KEY), "the page has the key");
    reader.runs("document.querySelector('[name*=forget_key]').click()", &[]);
    reader.runs(
        "document.querySelector('form[action=\"options.php\"] [type=submit]').click()",
        &[],
    );
    reader.sees(
        "document.querySelector('[name*=forget_key]') === null",
        true,
    );
    assert_eq!(saved("key"), "");
}

#[test]
fn editors_see_counts_in_list_box_and_admin_bar() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    newsroom.imports(&format!(
        "article,reads\n{},7\n{},1234\n",
        site.key("lama-1"),
        site.key("lama-3")
    ));
    let reader = Reader::new();
    site.lets_in(&reader);
    let list = |order: &str| {
        reader.goes_to(&site.url(&format!(
            "/wp-admin/edit.php?orderby=gema_reads&order={order}"
        )));
        reader.finds(
            "[...document.querySelectorAll('#the-list tr')].map((row) => [row.querySelector('.row-title').innerText,
                 row.querySelector('.column-gema_reads').innerText.trim()])",
        )
    };
    // The first view fetches the counts; the next one is sorted by them.
    list("desc");
    let rows = list("desc");
    assert_eq!(rows[0], json!(["Lama-3", "1,234"]));
    assert_eq!(rows[1], json!(["Lama-1", "7"]));
    let rows = list("asc");
    let rows = rows.as_array().expect("rows");
    assert_eq!(rows.last(), Some(&json!(["Lama-3", "1,234"])));
    // A draft is in the list too, without a count.
    assert!(rows.contains(&json!(["Rancangan", "—"])), "{rows:?}");
    take(&reader, "wordpress-list");

    // Later views have everything of the widget in the browser's cache: a load would wait for a request that is under way.
    opens(&reader, &site.url("/lama-1/"));
    let bar = "document.querySelector('#wp-admin-bar-gema-reads')?.innerText.trim() ?? null";
    reader.sees(bar, "Read 7 times");
    // Counts are cached for a minute, and shown even if the endpoint does not answer.
    newsroom.falls_asleep();
    reader
        .goes_to(&site.url("/lama-1/"))
        .sees(bar, "Read 7 times");
    newsroom.wakes_up();

    reader.goes_to(&site.url(&format!(
        "/wp-admin/post.php?post={}&action=edit",
        site.id("lama-1")
    )));
    reader.sees(
        "document.querySelector('#gema-counts')?.textContent.includes('Reads: 7')",
        true,
    );
    let note = "document.querySelector('#gema-counts').textContent.includes('7 are from an earlier counter')";
    assert_eq!(reader.finds(note), json!(true));
    // In Indonesian, the column has the word that readers use.
    site.runs("update_user_meta(1, 'locale', 'id_ID');");
    reader.goes_to(&site.url("/wp-admin/edit.php"));
    reader.sees(
        "document.querySelector('th#gema_reads').innerText.trim().split('\\n')[0]",
        "Dibaca",
    );
    reader.goes_to(&site.url(SETTINGS_PATH)).sees(
        "document.querySelector('#gema-test').innerText",
        "Sambungan",
    );
    site.is_quiet();
}

#[test]
fn the_posts_box_has_thirty_days_as_chart_and_table() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    let key = site.key("banjir");
    newsroom.imports(&format!("article,reads\n{key},7\n"));
    let stranger = Reader::new();
    opens(&stranger, &site.url("/banjir/"));
    newsroom.has_reads(&key, 8);
    drop(stranger);
    // The editor's guide for new users covers the box.
    let preferences =
        "array('core/edit-post' => array('welcomeGuide' => false), '_modified' => gmdate('c'))";
    site.runs(&format!(
        "update_user_meta(1, $wpdb->get_blog_prefix() . 'persisted_preferences', {preferences});"
    ));
    let reader = Reader::new();
    site.lets_in(&reader);
    let edit = |slug: &str| {
        site.url(&format!(
            "/wp-admin/post.php?post={}&action=edit",
            site.id(slug)
        ))
    };
    reader.goes_to(&edit("banjir"));
    let within = |what: &str| format!("document.querySelector('#gema-counts {what}')");
    let all = |what: &str| format!("[...document.querySelectorAll('#gema-counts {what}')]");
    reader.sees(
        &format!("{}.length", all("svg[role=img] > rect > title")),
        30,
    );
    // The earlier counter's reads are of no day.
    let label = format!(
        "{}.getAttribute('aria-label').split(' on ')[0]",
        within("svg")
    );
    reader.sees(&label, "Reads in the last 30 days: 1. Most: 1");
    let heights = format!(
        "{}.map((bar) => Number(bar.getAttribute('height'))).slice(-2)",
        all("rect")
    );
    assert_eq!(reader.finds(&heights), json!([0, 60]));
    let rows = format!(
        "{}.slice(0, 2).map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent))",
        all(".gema-days tbody tr:has(th[scope=row])")
    );
    assert_eq!(
        reader.finds(&rows),
        json!([["1", "0", "0"], ["0", "0", "0"]])
    );
    assert_eq!(
        reader.finds(&format!("{}.length", all(".gema-days tbody tr"))),
        json!(30)
    );
    reader.runs(
        &format!(
            "{}.open = true; {}.scrollIntoView()",
            within("details"),
            within("ul")
        ),
        &[],
    );
    let right = |what: &str| format!("{}.getBoundingClientRect().right", within(what));
    let sticks_out = format!("{} - {}", right("table"), right("figure"));
    take(&reader, "wordpress-days");
    assert_eq!(reader.finds(&sticks_out), json!(0));
    assert_eq!(
        reader.finds("document.querySelector('.components-guide')"),
        json!(null)
    );
    take(&reader, "wordpress-days");

    // A post without any event is unknown to the endpoint, and has no chart.
    reader.goes_to(&edit("lama-2"));
    reader.sees(
        &format!("{}?.textContent.includes('Reads: 0')", within("ul")),
        true,
    );
    assert_eq!(reader.finds(&within("svg")), json!(null));

    site.runs("update_user_meta(1, 'locale', 'id_ID');");
    reader.goes_to(&edit("banjir"));
    reader.sees(
        &format!("{}.innerText", within("figcaption")),
        "Dibaca dalam 30 hari terakhir: 1 kali",
    );
    site.runs("update_option('gema_settings', array('key' => '') + get_option('gema_settings'));");
    reader.goes_to(&edit("banjir"));
    reader.sees(
        &format!("{}?.innerText ?? null", within(".description")),
        "Isi kunci di pengaturan untuk melihat 30 hari terakhir.",
    );
    site.is_quiet();
}

#[test]
fn the_order_by_reads_heeds_no_other_field_of_a_post() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    newsroom.imports(&format!("article,reads\n{},7\n", site.key("lama-1")));
    // The edit lock of a user who has the draft open: a time in seconds, and the user's number.
    site.runs(&format!(
        "update_post_meta({}, '_edit_lock', '1764444444:1'); Gema\\collect();",
        site.id("rancangan")
    ));
    let reader = Reader::new();
    site.lets_in(&reader);
    for (order, place) in [("desc", "first"), ("asc", "last")] {
        reader.goes_to(&site.url(&format!(
            "/wp-admin/edit.php?orderby=gema_reads&order={order}"
        )));
        let title =
            format!("document.querySelector('#the-list tr:{place}-child .row-title').innerText");
        assert_eq!(reader.finds(&title), json!("Lama-1"), "{order}");
    }
    site.is_quiet();
}

#[test]
fn until_it_is_set_up_the_list_of_plugins_leads_to_the_settings() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    site.runs("delete_option('gema_settings');");
    let reader = Reader::new();
    site.lets_in(&reader);
    reader.goes_to(&site.url("/wp-admin/plugins.php"));
    reader.runs("document.querySelector('#gema-first-step a').click()", &[]);
    reader.sees("document.querySelector('#gema-endpoint') !== null", true);
    saves(&reader, &site, &newsroom.url(""), "warta", "");
    reader.goes_to(&site.url("/wp-admin/plugins.php"));
    assert_eq!(
        reader.finds("document.querySelector('#gema-first-step')"),
        json!(null)
    );
    site.is_quiet();
}

#[test]
fn only_editors_of_a_post_may_exclude_it() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    let id = site.id("lama-2");
    let off = |user: &str, nonce: &str| {
        site.administers(&format!(
            "{user}; $_POST = array('gema_box_nonce' => {nonce}, 'gema_off' => '1');
             Gema\\save_box({id}); echo get_post_meta({id}, '_gema_off', true); delete_post_meta({id}, '_gema_off');"
        ))
    };
    let stranger = "$id = wp_insert_user(array('user_login' => uniqid(), 'user_pass' => 'x', 'role' => 'author')); wp_set_current_user($id)";
    assert_eq!(
        off("wp_set_current_user(1)", "wp_create_nonce('gema_box')"),
        "1"
    );
    assert_eq!(off("wp_set_current_user(1)", "'wrong'"), "");
    assert_eq!(
        off(stranger, "wp_create_nonce('gema_box')"),
        "",
        "another author's post"
    );
    site.runs(&format!("update_post_meta({id}, '_gema_off', '1');"));
    assert!(!site.text("/lama-2/").contains("gema-"));
}

#[test]
fn the_buttons_need_the_capability() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    let press = |user: &str, action: &str, nonce: &str| {
        site.administers(&format!(
            "{user};
             $_REQUEST = $_POST = array('_wpnonce' => {nonce}, 'source' => 'wp-postviews', 'what' => 'import');
             add_filter('wp_die_handler', fn() => function ($text, $title, $more) {{ echo 'refused ', $more['response'] ?? $title; exit; }});
             do_action('admin_post_gema_{action}'); echo 'done';"
        ))
    };
    let subscriber = "wp_set_current_user(wp_insert_user(array('user_login' => uniqid(), 'user_pass' => 'x', 'role' => 'editor')))";
    for action in ["test", "push", "import"] {
        let nonce = format!("wp_create_nonce('gema_{action}')");
        assert_eq!(press(subscriber, action, &nonce), "refused 403", "{action}");
        assert_eq!(
            press("wp_set_current_user(1)", action, "'wrong'"),
            "refused 403",
            "{action}"
        );
    }
    assert_eq!(site.runs("var_export(get_option('gema_import'));"), "false");
}

#[test]
fn deleting_the_plugin_leaves_nothing() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    let left = "echo $wpdb->get_var(\"SELECT (SELECT COUNT(*) FROM $wpdb->options WHERE option_name LIKE '%gema_%' OR
        (option_name = 'cron' AND option_value LIKE '%gema%')) + (SELECT COUNT(*) FROM $wpdb->postmeta WHERE meta_key LIKE '%gema%')\");";
    site.runs(&format!(
        "wp_publish_post({}); Gema\\counts_of(array({})); update_option('gema_failures', array(1)); Gema\\start_import('wp-postviews');",
        site.id("rancangan"),
        site.id("banjir")
    ));
    assert!(
        site.runs(&format!("global $wpdb; {left}"))
            .parse::<u32>()
            .expect("a number")
            >= 5
    );
    site.administers("deactivate_plugins('gema/gema.php'); uninstall_plugin('gema/gema.php');");
    assert_eq!(site.runs(&format!("global $wpdb; {left}")), "0");
}
