/// The site's name in the path of an API route, and the rest of the path. `None`: another route, or a name with
/// percent-encoded characters, which the router decodes.
pub(crate) fn plain_site_in_path(path: &str) -> Option<(&str, &str)> {
    let (name, rest) = path.strip_prefix("/v1/sites/")?.split_once('/')?;
    (!name.contains('%')).then_some((name, rest))
}
