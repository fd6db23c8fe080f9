//! How the widget looks in each theme, on a phone and on a desktop, light and dark. A screenshot of each is kept.

use serde_json::json;

use super::{
    newsroom, opens,
    site::{CURRENT, WordPress},
    themes,
};
use crate::{layouts::faint, looks::take, reader::Reader};

/// Widths of the window, in pixels.
const WIDTHS: [u32; 2] = [360, 1280];

/// Themes that may be dark, with the code that makes them so where the reader's system is dark, or always.
const DARK: [(&str, &str); 3] = [
    (
        "twentytwentyone",
        "set_theme_mod('respect_user_color_preference', true);",
    ),
    ("twentytwentythree", "$style = 'Pitch';"),
    ("twentytwentyfour", "$style = 'Onyx';"),
];

/// Applies a block theme's variation, as the site editor does.
const APPLIES_STYLE: &str = "if (isset($style)) {
    wp_set_current_user(1);
    $found = wp_list_filter(WP_Theme_JSON_Resolver::get_style_variations(), array('title' => $style));
    $json = array('isGlobalStylesUserThemeJSON' => true, 'version' => WP_Theme_JSON::LATEST_SCHEMA) + reset($found);
    wp_update_post(array('ID' => WP_Theme_JSON_Resolver::get_user_global_styles_post_id(), 'post_content' => wp_slash(wp_json_encode($json))));
}";

/// Where the widget is not as wide as the paragraph before it, makes the page wider than it is without it, or stands
/// too close to what follows.
const WIDTH_FAULTS: &str = "(() => {
    const box = (one) => one.getBoundingClientRect(), ours = document.querySelector('gema-article'), found = [];
    const text = box(document.querySelector('p:has(+ gema-article)')), widget = box(ours);
    if (widget.left !== text.left || widget.width !== text.width) found.push(`${widget.left}+${widget.width}, the text ${text.left}+${text.width}`);
    const next = (one) => !one || one.nextElementSibling && box(one.nextElementSibling).height ? one.nextElementSibling : next(one.nextElementSibling ?? one.parentElement);
    const space = box(next(ours)).top - widget.bottom;
    if (space < 16) found.push(`${space} px below it`);
    const wide = () => document.documentElement.scrollWidth, with_it = wide();
    ours.style.display = 'none';
    if (with_it > wide()) found.push(`the page is ${with_it} px wide, and ${wide()} without it`);
    ours.style.display = '';
    return found;
})()";

#[test]
fn the_widget_fits_each_theme_and_is_readable_in_chromium() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    for theme in themes(&site) {
        site.wears(&theme);
        suits(&site, &theme, "light");
        if let Some((_, darken)) = DARK.iter().find(|(name, _)| *name == theme) {
            site.runs(&format!("{darken} {APPLIES_STYLE}"));
            suits(&site, &theme, "dark");
        }
    }
    site.is_quiet();
}

fn suits(site: &WordPress, theme: &str, scheme: &str) {
    for width in WIDTHS {
        let reader = Reader::with_width(width);
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        reader.devtools("Emulation.setEmulatedMedia", features);
        opens(&reader, &site.url("/banjir/"));
        let name = format!("wordpress-{theme}-{scheme}-{width}");
        assert_eq!(reader.finds(WIDTH_FAULTS), json!([]), "{name}");
        assert_eq!(reader.finds(&faint()), json!([]), "{name}");
        take(&reader, &name);
    }
}
