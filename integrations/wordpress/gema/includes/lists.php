<?php
/**
 * Read counts in lists of posts.
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

add_filter( 'render_block_core/post-date', __NAMESPACE__ . '\add_count_to_date', 10, 3 );
add_filter( 'the_excerpt', __NAMESPACE__ . '\add_count_to_text', 20 );
add_filter( 'the_content', __NAMESPACE__ . '\add_count_to_text', 21 );

/**
 * A count as text: how often a post was read, or how many readers reacted.
 *
 * @param \WP_Post|null $post The post.
 * @param string        $show `reads` or `reactions`.
 * @return string Empty where nothing is counted.
 */
function count_element( $post, $show = 'reads' ) {
	if ( ! is_configured() || ! is_for_readers() || ! is_article( $post ) ) {
		return '';
	}
	enqueue_script();
	$shown = 'reactions' === $show ? ' show="reactions"' : '';
	return '<gema-count article="' . esc_attr( article_key( $post->ID ) ) . '"' . $shown . '></gema-count>';
}

/**
 * Whether the page is a list of this query's posts.
 *
 * @return bool
 */
function is_list() {
	return setting( 'lists' ) && ! is_admin() && ! is_singular() && ! is_404() && in_the_loop() && is_main_query();
}

/**
 * Adds the count after the date of each post of a list, in block themes.
 *
 * @param string    $html  The block.
 * @param array     $block The parsed block.
 * @param \WP_Block $instance With the post's number in its context.
 * @return string
 */
function add_count_to_date( $html, $block, $instance ) {
	$post_id = (int) ( $instance->context['postId'] ?? 0 );
	if ( ! setting( 'lists' ) || ! $post_id || is_admin() || is_404() || '' === $html ) {
		return $html;
	}
	// On the post's own page the widget shows the count.
	if ( is_singular() && get_queried_object_id() === $post_id ) {
		return $html;
	}
	$count = count_element( get_post( $post_id ) );
	$end   = strrpos( $html, '</' );
	if ( '' === $count || false === $end ) {
		return $html;
	}
	return substr( $html, 0, $end ) . ' ' . $count . substr( $html, $end );
}

/**
 * Adds the count below the text or excerpt of each post of a list, in other themes.
 *
 * @param string $text The text.
 * @return string
 */
function add_count_to_text( $text ) {
	if ( wp_is_block_theme() || ! is_list() || doing_filter( 'get_the_excerpt' ) ) {
		return $text;
	}
	$count = count_element( get_post() );
	return '' === $count ? $text : $text . '<p class="gema-count">' . $count . '</p>';
}
