//! Display of a site's section of `gema.toml`, for messages and remedies.

/// `[sites.news]`, or `[sites."news.example"]`: without quotes, TOML parses the dot as a nested table.
pub fn section(site: &str) -> String {
    let is_bare = !site.is_empty()
        && site
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if is_bare {
        format!("[sites.{site}]")
    } else {
        format!("[sites.{site:?}]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_quotes_a_name_with_a_dot() {
        for (site, written) in [
            ("news-1", "[sites.news-1]"),
            ("news.example", "[sites.\"news.example\"]"),
        ] {
            assert_eq!(section(site), written);
            let table: toml::Table = format!("{written}\norigins = []").parse().unwrap();
            assert!(table["sites"][site]["origins"].is_array());
        }
    }
}
