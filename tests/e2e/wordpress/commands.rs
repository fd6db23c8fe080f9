use super::{
    newsroom,
    site::{CURRENT, WordPress},
};
use crate::newsroom::Newsroom;

fn site(newsroom: &Newsroom) -> WordPress {
    let site = WordPress::new(CURRENT, newsroom);
    for (name, views) in [
        ("lama-1", "841"),
        ("lama-2", "1,234"),
        ("lama-3", "abc"),
        ("laman", "5"),
    ] {
        site.runs(&format!(
            "update_post_meta({}, 'views', '{views}');",
            site.id(name)
        ));
    }
    site
}

fn succeeds(site: &WordPress, words: &[&str]) -> String {
    let (is_right, text) = site.commands(words);
    assert!(is_right, "{words:?}: {text}");
    text
}

#[test]
fn wp_gema_imports_what_its_dry_run_has_shown() {
    let newsroom = newsroom();
    let site = site(&newsroom);
    assert_eq!(succeeds(&site, &["import"]), "wp-postviews\tWP-PostViews\n");
    let (first, second) = (site.key("lama-1"), site.key("lama-2"));
    let dry = succeeds(&site, &["import", "wp-postviews", "--dry-run"]);
    let sum = "Success: 2075 reads of 2 posts would be imported; 2 posts are left out.\n";
    assert_eq!(
        dry,
        format!("{first}\t841\tLama-1\n{second}\t1234\tLama-2\n{sum}")
    );
    assert_eq!(newsroom.tally(&first).rev, 0, "a dry run sends nothing");
    let done = succeeds(&site, &["import", "wp-postviews"]);
    assert_eq!(done, "Success: 2075 reads of 2 posts are imported.\n");
    assert_eq!(
        (newsroom.tally(&first).reads, newsroom.tally(&second).reads),
        (841, 1234)
    );
    let (is_right, text) = site.commands(&["import", "jetpack"]);
    assert!(
        !is_right && text.contains("There are: wp-postviews, "),
        "{text}"
    );
    site.is_quiet();
}

#[test]
fn wp_gema_tests_sends_and_lists() {
    let mut newsroom = newsroom();
    let site = site(&newsroom);
    let found = succeeds(&site, &["test"]);
    assert!(
        found.lines().count() == 6 && found.lines().all(|line| line.starts_with("ok     ")),
        "{found}"
    );
    // Including the sample post of every new WordPress.
    assert_eq!(succeeds(&site, &["push"]), "Success: 9 posts are sent.\n");
    assert!(
        newsroom
            .shows(&site.key("banjir"))
            .contains("surut & kering")
    );
    let paths = succeeds(&site, &["paths"]);
    assert!(
        paths.contains(&format!("/banjir/\t{}\n", site.key("banjir"))),
        "{paths}"
    );
    assert!(
        !paths.contains("/rahasia/") && !paths.contains("/rancangan/"),
        "{paths}"
    );

    newsroom.is_killed();
    for command in ["test", "push"] {
        assert!(
            !site.commands(&[command]).0,
            "{command} succeeds while the endpoint is away"
        );
    }
    newsroom.restart();
    site.is_quiet();
}
