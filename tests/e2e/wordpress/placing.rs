use serde_json::json;

use super::{
    newsroom, opens, ours,
    site::{CURRENT, WordPress},
    versions,
};
use crate::reader::Reader;

/// Makes this the theme's template for posts, as the site editor does.
const TEMPLATE: &str = r#"
    foreach (get_posts(array('post_type' => 'wp_template', 'post_status' => 'any')) as $earlier) wp_delete_post($earlier->ID, true);
    $template = wp_insert_post(array(
        'post_type' => 'wp_template', 'post_name' => 'single', 'post_title' => 'Single', 'post_status' => 'publish',
        'post_content' => '<!-- wp:post-title /--><!-- wp:post-content /-->MARKUP<!-- wp:paragraph --><p>Sesudah.</p><!-- /wp:paragraph -->',
    ));
    wp_set_object_terms($template, get_stylesheet(), 'wp_theme');
"#;

/// The widget in a template. WordPress runs the second one outside of the loop.
const MARKUPS: [&str; 2] = [
    r#"<!-- wp:gema/widget {"share":"off"} /-->"#,
    r#"<!-- wp:shortcode -->[gema share="off"]<!-- /wp:shortcode -->"#,
];

/// Only by block or shortcode.
const NOT_AFTER_THE_TEXT: &str =
    "update_option('gema_settings', array('after' => false) + get_option('gema_settings'));";

#[test]
fn block_and_shortcode_in_a_template_show_the_widget() {
    for version in versions() {
        let newsroom = newsroom();
        let site = WordPress::new(&version, &newsroom);
        let theme = site.runs("echo wp_get_theme('twentytwentyfour')->exists() ? 'twentytwentyfour' : 'twentytwentythree';");
        site.wears(&theme);
        site.runs(NOT_AFTER_THE_TEXT);
        for (markup, name) in MARKUPS.iter().zip(["banjir", "lama-1"]) {
            site.runs(&TEMPLATE.replace("MARKUP", markup));
            let (reader, key) = (Reader::new(), site.key(name));
            opens(&reader, &site.url(&format!("/{name}/")));
            assert_eq!(
                ours(&reader),
                json!([format!("gema-article {key}"), "script"]),
                "{version} {markup}"
            );
            // WordPress puts a shortcode on its own into a paragraph, or leaves it beside the others.
            let place = "document.querySelector('gema-article').closest('p') ?? document.querySelector('gema-article')";
            let next = format!("({place}).nextElementSibling.innerText");
            assert_eq!(reader.finds(&next), json!("Sesudah."), "{version} {markup}");
            newsroom.has_reads(&key, 1);
        }
        assert!(!site.text("/rahasia/").contains("gema-"), "{version}");
        site.is_quiet();
    }
}

/// A page builder's template for posts: it has the post's text and a shortcode, outside of the loop, and related posts.
const BUILDER: &str = r#"
    add_filter('template_include', function ($theme) {
        if (!is_single()) return $theme;
        get_header();
        echo '<main>', apply_filters('the_content', get_post()->post_content), do_shortcode('[gema poll="closed"]'), '</main><aside>';
        $related = new WP_Query(array('post__not_in' => array(get_the_ID()), 'posts_per_page' => 2));
        while ($related->have_posts()) {
            $related->the_post();
            echo apply_filters('the_content', get_the_content()), do_shortcode('[gema]');
        }
        wp_reset_postdata();
        echo '</aside>';
        get_footer();
        return false;
    });
"#;

#[test]
fn a_shortcode_in_a_page_builders_template_shows_the_widget() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    site.wears("twentytwentyone");
    site.must_use("builder.php", BUILDER);
    let reader = Reader::new();
    opens(&reader, &site.url("/banjir/"));
    let key = site.key("banjir");
    assert_eq!(
        ours(&reader),
        json!([format!("gema-article {key}"), "script"])
    );
    newsroom.has_reads(&key, 1);
    assert!(!site.text("/rahasia/").contains("gema-"));
    site.is_quiet();
}

#[test]
fn amp_pages_have_neither_widget_nor_counts() {
    let newsroom = newsroom();
    let site = WordPress::new(CURRENT, &newsroom);
    // The function of the AMP plugin.
    site.must_use(
        "amp.php",
        "function amp_is_request() { return isset($_GET['amp']); }",
    );
    for path in ["/banjir/", "/", "/sisipan/", "/blok/"] {
        assert!(site.text(path).contains("<gema-"), "{path}");
        assert!(
            !site.text(&format!("{path}?amp=1")).contains("gema-"),
            "{path}"
        );
    }
    site.is_quiet();
}
