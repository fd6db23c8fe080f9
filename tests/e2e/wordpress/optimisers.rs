use serde_json::json;

use super::{
    newsroom, opens, ours,
    site::{CURRENT, WordPress},
};
use crate::reader::Reader;

/// Delays every script until a reader does something that this one never does, as WP Rocket, LiteSpeed Cache, Jetpack
/// Boost, NitroPack and Cloudflare's Rocket Loader do, except scripts that the rules of all of them exclude.
const OPTIMISER: &str = r#"
    ob_start(fn($page) => preg_replace_callback('~<script\b[^>]*>~i', function ($found) {
        $rules = array('~nowprocket~i', '~\sdata-no-optimize="1"~', '~\sdata-jetpack-boost="ignore"~', '~\snitro-exclude~', '~\sdata-cfasync="false".*\ssrc=~');
        $is_excluded = !array_filter($rules, fn($rule) => !preg_match($rule, $found[0]));
        return $is_excluded ? $found[0] : str_replace('<script', '<script type="text/delayed" data-delayed', str_replace(' src=', ' data-src=', $found[0]));
    }, $page));
"#;

#[test]
fn optimisers_that_delay_scripts_leave_the_widgets_alone() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    site.must_use("optimiser.php", OPTIMISER);
    let reader = Reader::new();
    opens(&reader, &site.url("/banjir/"));
    newsroom.has_reads(&site.key("banjir"), 1);
    let delayed = "document.querySelectorAll('[data-delayed]').length > 0";
    assert_eq!(reader.finds(delayed), json!(true), "nothing is delayed");
    reader.goes_to(&site.url("/"));
    assert!(ours(&reader).to_string().contains("gema-count"));
    reader.sees(
        "/^Read \\d+ times?$/.test(document.querySelector('gema-count').shadowRoot?.textContent)",
        true,
    );
    site.is_quiet();
}
