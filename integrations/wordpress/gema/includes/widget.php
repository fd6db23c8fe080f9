<?php
/**
 * The widget below a post's text, and the script tag on the pages that have it.
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

const SCRIPT = 'gema-embed';

add_filter( 'the_content', __NAMESPACE__ . '\add_widget', 20 );
add_filter( 'script_loader_tag', __NAMESPACE__ . '\complete_script_tag', 10, 2 );

/**
 * Whether the widget may be inserted here: on the page of one counted post, as its readers see it, in the post's own text.
 *
 * @return bool
 */
function is_place() {
	if ( ! is_configured() || ! is_for_readers() ) {
		return false;
	}
	if ( ! is_singular( post_types() ) || ! in_the_loop() || ! is_main_query() ) {
		return false;
	}
	// A list of related posts inside the text has other posts; excerpts are generated with the same filter.
	return get_the_ID() === get_queried_object_id() && ! doing_filter( 'get_the_excerpt' ) && is_article( get_post() );
}

/**
 * Appends the widget to the text. It does not wrap the text, because themes style the direct children of the content.
 *
 * @param string $content The text.
 * @return string
 */
function add_widget( $content ) {
	if ( ! setting( 'after' ) || false !== strpos( $content, '<gema-article' ) ) {
		return $content;
	}
	return $content . widget();
}

/**
 * The widget's element, of the post that the page shows. The block, the shortcode and the content filter all use it.
 *
 * @param array $options `share`, `reads`, `poll` as in the block's settings.
 * @return string Empty if the widget may not be inserted.
 */
function widget( $options = array() ) {
	if ( ! is_place() ) {
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
	return $html . '>' . ( setting( 'draw' ) ? fragment( $attributes ) : '' ) . '</gema-article>';
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
 * Adds the attributes that the tag needs. `async` by a strategy exists only since WordPress 6.3.
 *
 * @param string $tag    The tag.
 * @param string $handle The script's handle.
 * @return string
 */
function complete_script_tag( $tag, $handle ) {
	if ( SCRIPT !== $handle ) {
		return $tag;
	}
	return str_replace( ' src=', ' async data-site="' . esc_attr( setting( 'site' ) ) . '" src=', $tag );
}
