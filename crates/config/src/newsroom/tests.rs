use crate::file::parse;

const SITE: &str = "[sites.news]\norigins = []\n";

#[test]
fn the_section_alone_switches_the_pages_on() {
    let enabled = |text: &str| parse(&format!("{text}\n{SITE}")).unwrap().newsroom.enabled;
    assert_eq!(enabled(""), None);
    assert_eq!(enabled("[newsroom]"), Some(true));
    assert_eq!(enabled("[newsroom]\nenabled = false"), Some(false));
}

#[test]
fn of_several_groups_the_first_of_a_site_counts() {
    let config = parse(&format!(
        "trusted_proxies = [\"127.0.0.1\"]\n[newsroom]\nuser_header = \"Remote-User\"\ngroups_header = \"Remote-Groups\"\n\
             [[newsroom.groups]]\ngroup = \"a\"\nsite = \"news\"\nrole = \"editor\"\nsection = \"/a/\"\n\
             [[newsroom.groups]]\ngroup = \"b\"\nsite = \"news\"\nrole = \"operator\"\n{SITE}"
    ));
    let newsroom = config.unwrap().newsroom;
    assert_eq!(newsroom.user_header.as_deref(), Some("remote-user"));
    let role = |groups: &[&str]| {
        let access = newsroom.access_of(groups.iter().copied());
        access.iter().map(|grant| grant.role().name()).next()
    };
    assert_eq!(role(&["b", "a"]), Some("editor"));
    assert_eq!(role(&["b"]), Some("operator"));
    assert_eq!(role(&["A", "ab", ""]), None);
}

#[test]
fn each_fault_names_the_remedy() {
    for (section, remedy) in [
        (
            "user_header = \"Remote-User\"",
            "name the network of the proxy",
        ),
        ("groups_header = \"Remote-Groups\"", "needs `user_header`"),
        ("user_header = \"Remote User\"", "is not a header's name"),
        ("user_header = \"User-Agent\"", "that only the proxy sets"),
        (
            "user_header = \"X-Forwarded-For\"",
            "that only the proxy sets",
        ),
        ("groups_header = \"sec-ch-ua\"", "that only the proxy sets"),
        (
            "user_header = \"CF-Connecting-IP\"",
            "that only the proxy sets",
        ),
        (
            "user_header = \"X-Forwarded-Prefix\"",
            "that only the proxy sets",
        ),
        (
            "user_header = \"Gema-Newsroom\"",
            "that only the proxy sets",
        ),
        (
            "user_header = \"Remote-User\"\ngroups_header = \"remote-user\"",
            "name another one",
        ),
        (
            "[[newsroom.groups]]\ngroup = \"\"\nsite = \"news\"\nrole = \"reader\"",
            "write one name",
        ),
        (
            "[[newsroom.groups]]\ngroup = \"a, b\"\nsite = \"news\"\nrole = \"reader\"",
            "write one name",
        ),
        ("address = \"loopback\"", "https://gema.news.example"),
        (
            "address = \"https://*.news.example\"",
            "https://gema.news.example",
        ),
        (
            "[[newsroom.groups]]\ngroup = \"a\"\nsite = \"other\"\nrole = \"reader\"",
            "the site `other`",
        ),
        (
            "[[newsroom.groups]]\ngroup = \"a\"\nsite = \"news\"\nrole = \"reader\"",
            "needs `groups_header`",
        ),
        (
            "[[newsroom.groups]]\ngroup = \"a\"\nsite = \"news\"\nrole = \"operator\"\nsection = \"/a/\"",
            "whole site",
        ),
        (
            "[[newsroom.groups]]\ngroup = \"a\"\nsite = \"news\"\nrole = \"boss\"",
            "operator",
        ),
    ] {
        let faults = parse(&format!("[newsroom]\n{section}\n{SITE}")).unwrap_err();
        let all = faults.join("\n");
        assert!(all.contains(remedy), "{section}: {all}");
    }
}
