<?php
/**
 * The widget below a post's text, and the script tag on the pages that have it.
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

const SCRIPT = 'gema-embed';

/** Attributes that exclude a script from the optimisers of Cloudflare, LiteSpeed Cache, WP Rocket, Jetpack Boost and NitroPack. */
const LEFT_ALONE = 'data-cfasync="false" data-no-optimize="1" nowprocket data-jetpack-boost="ignore" nitro-exclude';

add_filter( 'the_content', __NAMESPACE__ . '\add_widget', 20 );
add_filter( 'script_loader_tag', __NAMESPACE__ . '\complete_script_tag', 10, 2 );

/**
 * Whether this is the page of one counted post, as its readers see it, and that post is the current one: not one of a list that the
 * page also has.
 *
 * @return bool
 */
function is_article_page() {
	if ( ! is_configured() || ! is_for_readers() || ! is_singular( post_types() ) ) {
		return false;
	}
	// Excerpts are generated with the filters of the text.
	return get_the_ID() === get_queried_object_id() && ! doing_filter( 'get_the_excerpt' ) && is_article( get_post() );
}

/**
 * Whether the theme is printing the post. Plugins also render texts elsewhere, for descriptions in the head.
 *
 * @return bool
 */
function is_in_loop() {
	return in_the_loop() && is_main_query();
}

/**
 * Appends the widget to the text. It does not wrap the text, because themes style the direct children of the content.
 *
 * @param string $content The text.
 * @return string
 */
function add_widget( $content ) {
	if ( ! setting( 'after' ) || ! is_in_loop() || false !== strpos( $content, '<gema-article' ) ) {
		return $content;
	}
	return $content . widget();
}

/**
 * The widget's element, of the post that the page shows. The block, the shortcode and the content filter all use it. Block and
 * shortcode may be in a template too, which some page builders and WordPress before 6.4 render outside of the loop.
 *
 * @param array $options `share`, `reads`, `poll` as in the block's settings.
 * @return string Empty on other pages.
 */
function widget( $options = array() ) {
	if ( ! is_article_page() ) {
		return '';
	}
	$post       = get_post();
	$attributes = array(
		'article'    => article_key( $post->ID ),
		'body'       => 'page',
		// Not `title`: browsers show that as a tooltip over the whole article.
		'data-title' => headline( $post ),
		'url'        => get_permalink( $post ),
	);
	foreach ( array(
		'share' => array( 'off' ),
		'reads' => array( 'off' ),
		'poll'  => array( 'off', 'closed' ),
	) as $name => $values ) {
		if ( in_array( $options[ $name ] ?? '', $values, true ) ) {
			$attributes[ $name ] = $options[ $name ];
		}
	}
	$html = '<gema-article';
	foreach ( $attributes as $name => $value ) {
		$html .= ' ' . $name . '="' . ( 'url' === $name ? esc_url( $value ) : esc_attr( $value ) ) . '"';
	}
	enqueue_script();
	enqueue_space();
	return $html . '>' . ( setting( 'draw' ) && is_in_loop() ? fragment( $attributes ) : '' ) . '</gema-article>';
}

/**
 * Adds the script tag, once, to the current page only.
 */
function enqueue_script() {
	// The endpoint gives the script its own lifetime in caches: no version.
	wp_enqueue_script( SCRIPT, setting( 'endpoint' ) . '/embed.js', array(), null, true ); // phpcs:ignore WordPress.WP.EnqueuedResourceParameters.MissingVersion
}

/**
 * The space below the widget in classic themes, which give paragraphs a margin, and unknown elements none. Block themes
 * space whatever stands in the content. Any rule of the theme is stronger than this one.
 */
function enqueue_space() {
	if ( wp_is_block_theme() ) {
		return;
	}
	wp_register_style( SCRIPT, false ); // phpcs:ignore WordPress.WP.EnqueuedResourceParameters.MissingVersion
	wp_enqueue_style( SCRIPT );
	wp_add_inline_style( SCRIPT, ':where(gema-article){display:block;margin-block-end:1.5em}' );
}

/**
 * Adds the attributes that the tag needs, and those by which optimisers leave it where it is and as it is: delayed until a reader
 * scrolls, the widget would appear late and reads would be lost; merged into another file, the script would not find its tag.
 * `async` by a strategy exists only since WordPress 6.3.
 *
 * @param string $tag    The tag.
 * @param string $handle The script's handle.
 * @return string
 */
function complete_script_tag( $tag, $handle ) {
	if ( SCRIPT !== $handle ) {
		return $tag;
	}
	// Cloudflare reads its attribute only before `src`.
	$added = ' async data-site="' . esc_attr( setting( 'site' ) ) . '" ' . LEFT_ALONE;
	return str_replace( ' src=', $added . ' src=', $tag );
}
