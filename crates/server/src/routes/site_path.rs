/// The site's name in the path of an API route, and the rest of the path. `None`: another route, also one without a name,
/// or a name with percent-encoded characters, which the router decodes.
pub(crate) fn plain_site_in_path(path: &str) -> Option<(&str, &str)> {
    let (name, rest) = path.strip_prefix("/v1/sites/")?.split_once('/')?;
    (!name.is_empty() && !name.contains('%')).then_some((name, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_the_router_decodes_or_refuses_are_not_plain() {
        let plain = plain_site_in_path;
        assert_eq!(plain("/v1/sites/news/events"), Some(("news", "events")));
        assert_eq!(plain("/v1/sites/news//events"), Some(("news", "/events")));
        for path in [
            "/v1/sites//events",
            "/v1/sites/n%65ws/events",
            "/v1/sites/news",
        ] {
            assert_eq!(plain(path), None, "{path}");
        }
    }
}
