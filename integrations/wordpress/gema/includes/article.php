<?php
/**
 * Posts as articles: their keys, and which of them are counted.
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

const META_OFF = '_gema_off';

/** Parameters of the frames in which page builders show a post to its author. */
const BUILDERS = array( 'elementor-preview', 'fl_builder', 'et_fb', 'vc_editable', 'ct_builder', 'bricks', 'breakdance', 'fb-edit' );

/**
 * The post's article key: its number, which stays when its address changes. On further sites of a network, the site's number
 * precedes it, because every site numbers its posts from 1.
 *
 * @param int $post_id The post.
 * @return string
 */
function article_key( $post_id ) {
	$blog = is_multisite() && ! is_main_site() ? get_current_blog_id() . '-' : '';
	/**
	 * Filters a post's article key.
	 *
	 * @param string $key     The key, such as `wp-123`.
	 * @param int    $post_id The post.
	 */
	return (string) apply_filters( 'gema_article_key', 'wp-' . $blog . (int) $post_id, (int) $post_id );
}

/**
 * Whether readers of the post are counted: it is published for everybody, of a chosen type, and not excepted.
 *
 * @param \WP_Post|null $post The post.
 * @return bool
 */
function is_article( $post ) {
	return $post instanceof \WP_Post
		&& 'publish' === $post->post_status
		&& '' === $post->post_password
		&& in_array( $post->post_type, post_types(), true )
		&& ! get_post_meta( $post->ID, META_OFF, true );
}

/**
 * Whether the page is an ordinary page for readers: not a preview, a feed, an embed on another site, or AMP, which allows no
 * script.
 *
 * @return bool
 */
function is_for_readers() {
	$is_amp = function_exists( 'amp_is_request' ) && amp_is_request();
	return ! is_feed() && ! is_embed() && ! is_preview() && ! is_customize_preview() && ! is_page_builder() && ! $is_amp;
}

/**
 * Whether the page is in the frame of a page builder. Only signed-in users can request that.
 *
 * @return bool
 */
function is_page_builder() {
	foreach ( is_user_logged_in() ? BUILDERS : array() as $parameter ) {
		if ( isset( $_GET[ $parameter ] ) ) { // phpcs:ignore WordPress.Security.NonceVerification -- nothing is done by it.
			return true;
		}
	}
	return false;
}

/**
 * The post's headline as plain text.
 *
 * @param \WP_Post $post The post.
 * @return string
 */
function headline( $post ) {
	return plain_text( get_the_title( $post ) );
}

/**
 * Text without tags and character references.
 *
 * @param string $html What WordPress's template tags return.
 * @return string
 */
function plain_text( $html ) {
	$text = html_entity_decode( wp_strip_all_tags( $html ), ENT_QUOTES | ENT_HTML5, 'UTF-8' );
	return trim( preg_replace( '/\s+/u', ' ', $text ) );
}

/**
 * A post's path and query: its key if the bare tag has counted it.
 *
 * @param int $post_id The post.
 * @return string
 */
function path_of( $post_id ) {
	$parts = wp_parse_url( get_permalink( $post_id ) );
	return rawurldecode( ( $parts['path'] ?? '/' ) . ( isset( $parts['query'] ) ? '?' . $parts['query'] : '' ) );
}
